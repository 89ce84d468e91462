"""`revisit audit`: who changed what, when, in words; who may see it; and whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from revisit import audit, i18n, models, trail, wording
from tests.commands.test_log import by, stored
from tests.commands.test_log import fill as fill_office
from tests.support import Program, at_shanghai, reading, table, unit
from tools.check_translations import extract


def fill(office: Program, folder: Path) -> None:
    """A talk recorded, corrected and taken back by three people on three days; before it a sheet that changed the file."""
    fill_office(office, folder)
    changed = {
        "客户编号": "C1",
        "客户名称": "宏远涂料",
        "等级": "B",
        "电话": "13900000009",
        "客服专员": "wang",
        "欠款": "120.5",
    }
    assert office("import", "customers", str(table(folder / "c2.xlsx", [changed]))).code == 0
    assert by(office.at("2026-03-13 09:00"), "wang", "log", "C1", "-r", "reached", "--note", "好").code == 0
    assert by(office, "li", "log", "C2", "-r", "no_answer").code == 0
    assert by(office.at("2026-03-14 09:00"), "sun", "amend", "1", "-r", "no_answer", "--because", "听了录音").code == 0
    assert by(office.at("2026-03-16 09:00"), "boss", "void", "1", "--reason", "打错客户").code == 0


FILLED = {"office": fill}


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves, on the last of these days."""
    return revisit.at("2026-03-16 09:00")


NEWEST = [
    "When              Who   Code  What                                    Details",
    "2026-03-16 09:00  boss  C1    taken back: revisit 1                   why: 打错客户, void: no → yes, version: 2 → 3",
    "2026-03-16 09:00  boss  C1    replaced by a newer version: revisit 1  in force: yes → no",
    "2026-03-14 09:00  sun   C1    corrected: revisit 1                    "
    "why: 听了录音, result: reached → no answer, version: 1 → 2",
    "2026-03-14 09:00  sun   C1    replaced by a newer version: revisit 1  in force: yes → no",
    "2026-03-13 09:00  li    C2    made: revisit 2                         "
    "channel: phone, time: 2026-03-13 09:00, day: 2026-03-13, number: 2, result: no answer, with: customer",
]


def test_the_newest_changes_first(office: Program) -> None:
    done = office("audit", "--limit", "5")
    assert (done.code, done.out.splitlines()) == (0, NEWEST)
    total = len(stored(office, "SELECT id FROM audit"))
    assert done.err == f"{total - 5} older changes are not shown; --limit 0 shows all.\n"
    whole = office("audit", "--limit", "0", "--json")
    assert (len(whole.json["rows"]), whole.err) == (total, "")


def test_the_document(office: Program) -> None:
    found = office("audit", "--limit", "1", "--json").json
    assert found == {
        "rows": [
            {
                "at": "2026-03-16T09:00:00+08:00", "who": "boss", "action": "void", "table": "revisit", "code": "C1",
                "revisit": 1, "batch": None,
                "changes": {"change_reason": ["", "打错客户"], "is_void": [False, True], "version": [2, 3]},
            }
        ],
        "verified": None,
        "head": stored(office, audit.NEWEST)[0][0],
    }  # fmt: skip


def told(office: Program, *arguments: str, login: str = "admin") -> list[tuple[Any, ...]]:
    rows = by(office, login, "audit", *arguments, "--json").json["rows"]
    return [(one["who"], one["action"], one["table"], one["code"]) for one in rows]


def test_the_story_of_a_customer_tells_what_imports_made_and_changed(office: Program) -> None:
    rows = office("audit", "C1", "--json").json["rows"]
    assert [(one["action"], one["table"]) for one in rows] == [
        ("import", "customer"), ("import", "contact_person"), ("import", "contact_point"), ("import", "allocation"),
        ("import", "order_"), ("import", "fact"), ("import", "contact_point"), ("import", "customer"), ("create", "revisit"),
        ("supersede", "revisit"), ("amend", "revisit"), ("supersede", "revisit"), ("void", "revisit"),
    ]  # fmt: skip
    batches = [one["batch"] for one in rows]
    assert batches == [1, 1, 1, 1, 2, 3, 3, 3, *[None] * 5]
    made, changed = rows[0]["changes"], rows[7]["changes"]
    assert made["grade"] == [None, "A"], "as it was then"
    assert changed == {"grade": ["A", "B"], "balance": [None, "120.50"]}
    assert rows[2]["changes"] == {"kind": [None, "phone"], "value": [None, "138****0001"]}
    assert rows[6]["changes"] == {"value": ["138****0001", "139****0009"]}
    assert rows[5]["changes"]["value"] == [None, "120.50"]


def test_what_a_person_changed_after_an_import_is_not_the_imports(office: Program) -> None:
    """The import made the grade B; a person made it C: each is told what it did."""
    with unit(office.url, at_shanghai("2026-03-17 09:00"), "sun") as work:
        ((id_,),) = work.sql.rows("SELECT id FROM customer WHERE code = 'C1'")
        work.sql.run("UPDATE customer SET grade = 'C' WHERE id = :id", id=id_)
        audit.changed(
            work.session, action="update", table="customer", row_id=id_, customer_id=id_, before={"grade": "B"},
            after={"grade": "C"},
        )  # fmt: skip
    rows = office("audit", "C1", "--json").json["rows"]
    grades = [(one["who"], *one["changes"]["grade"]) for one in rows if "grade" in one["changes"]]
    assert grades == [("admin", None, "A"), ("admin", "A", "B"), ("sun", "B", "C")]


FILTERS: list[tuple[tuple[str, ...], list[str]]] = [
    (("--by", "sun"), ["amend", "supersede"]),
    (("--since", "2026-03-16"), ["void", "supersede"]),
    (("--since", "2026-03-14", "--until", "2026-03-14"), ["amend", "supersede"]),
    (("--action", "amend"), ["amend"]),
    (("--action", "corrected"), ["amend"]),
    (("--by", "wang", "--until", "2026-03-12"), []),
    (("C1", "--since", "2026-03-13", "--action", "import"), []),
    (("C1", "--action", "import", "--limit", "2"), ["import", "import"]),
    (("C1", "--since", "2026-03-13", "--limit", "1"), ["void"]),
    (("C2", "--by", "li"), ["create"]),
    (("C3", "--until", "2026-03-11"), []),
]


@pytest.mark.parametrize(("arguments", "actions"), FILTERS, ids=[" ".join(case[0]) for case in FILTERS])
def test_filters(office: Program, arguments: tuple[str, ...], actions: list[str]) -> None:
    assert [one[1] for one in told(office, *arguments)] == actions


def test_a_day_is_one_of_the_companys_wall_clock(office: Program) -> None:
    """Midnight in Shanghai is four in the afternoon in UTC."""
    assert by(office.at("2026-03-20 00:00"), "wang", "log", "C1", "-r", "busy").code == 0
    assert [one[1] for one in told(office, "--since", "2026-03-20")] == ["create"]
    assert told(office, "--since", "2026-03-17", "--until", "2026-03-19") == []
    assert office("audit", "--since", "2026-03-21").out == "Nothing was changed.\n"


def test_the_action_in_the_language_in_use(office: Program) -> None:
    i18n.activate("zh")
    assert [one[1] for one in told(office, "--action", wording.action("amend"))] == ["amend"]


# --- who may see it

SEES = {
    "wang": {"wang"},
    "li": {"li"},
    "sun": {"wang", "sun"},
    "zhou": {"li"},
    "boss": None,
    "admin": None,
    "shen": None,
}


@pytest.mark.parametrize("login", SEES)
def test_who_sees_whose_actions(office: Program, login: str) -> None:
    everybody = {"admin", "wang", "li", "sun", "boss"}
    assert {one[0] for one in told(office, "--limit", "0", login=login)} == (SEES[login] or everybody)
    of_c1 = {one[0] for one in told(office, "C1", login=login)} if login != "li" else set()
    assert of_c1 <= (SEES[login] or everybody)
    if SEES[login] is None:
        assert of_c1 == {"admin", "wang", "sun", "boss"}


REFUSED: list[tuple[str | None, tuple[str, ...], int, str]] = [
    ("gao", (), 1, "approver may not do this"),
    ("gao", ("--verify",), 1, "approver may not do this"),
    ("wang", ("--by", "li"), 1, "what li has done is not for you to see"),
    ("sun", ("--by", "li"), 1, "what li has done is not for you to see"),
    ("wang", ("--verify",), 1, "the role representative may not do this"),
    ("boss", ("--verify",), 1, "the role supervisor may not do this"),
    ("admin", ("--by", "nobody"), 1, "there is no staff login nobody"),
    ("admin", ("--action", "dance"), 2, "there is no action dance"),
    ("admin", ("--since", "soon"), 2, "I do not understand the date soon"),
    ("admin", ("C9",), 1, "no customer is known as C9"),
    ("admin", ("--verify", "C1"), 2, "--verify follows the whole chain"),
    ("admin", ("--limit", "-1"), 2, "-1 is not in the range"),
    (None, (), 1, "I do not know who you are"),
    (None, ("--verify",), 1, "I do not know who you are"),
]


@pytest.mark.parametrize(
    ("login", "arguments", "code", "sentence"), REFUSED, ids=[f"{case[0]} {' '.join(case[1])}" for case in REFUSED]
)
def test_what_is_refused(
    office: Program, login: str | None, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    office.login = login
    done = office("audit", *arguments)
    assert (done.code, done.out) == (code, "")
    assert sentence in done.err
    assert len(done.err.splitlines()) == 2


PHONES = ("13800000001", "13900000009")


@pytest.mark.parametrize("login", ["admin", "boss", "shen", "sun", "wang"])
def test_no_phone_stands_whole_in_it(office: Program, login: str) -> None:
    for arguments in (("C1",), ("--limit", "0"), ("C1", "--json")):
        done = by(office, login, "audit", *arguments)
        assert done.code == 0
        assert not [phone for phone in PHONES if phone in done.out]


def test_a_look_at_a_whole_number_is_told(office: Program) -> None:
    with unit(office.url, at_shanghai("2026-03-17 09:00"), "sun") as work:
        ((id_,),) = work.sql.rows("SELECT id FROM customer WHERE code = 'C1'")
        audit.changed(
            work.session, action="reveal", table="contact_point", row_id=None, customer_id=id_, after={"reason": "投诉"}
        )
    assert office("audit", "--action", "reveal").out.splitlines()[1:] == [
        "2026-03-17 09:00  sun  C1    revealed: phone or address  reason: 投诉"
    ]


# --- the chain


@pytest.mark.parametrize("login", ["admin", "shen"])
def test_the_chain_is_verified_with_its_head(office: Program, login: str) -> None:
    count, head = len(stored(office, "SELECT id FROM audit")), stored(office, audit.NEWEST)[0][0]
    done = by(office, login, "audit", "--verify")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [f"{count} audit rows fit together.", f"Head: {head}"]
    assert by(office, login, "audit", "--verify", "--json").json == {"rows": [], "verified": count, "head": head}


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET who = 'eve' WHERE id = :id",
        "UPDATE audit SET change = '{}' WHERE id = :id",
        "DELETE FROM audit WHERE id = :id",
    ],
)
def test_tampering_is_found_and_the_place_is_named(office: Program, tampering: str) -> None:
    ids = [row[0] for row in stored(office, "SELECT id FROM audit ORDER BY id")]
    with unit(office.url, at_shanghai("2026-03-17 09:00")) as work:
        work.sql.run(tampering, id=ids[4])
    count = len(stored(office, "SELECT id FROM audit"))
    done = office("audit", "--verify")
    assert (done.code, done.out.splitlines()[0]) == (1, "4 audit rows fit together.")
    assert done.err.splitlines() == [
        f"Error: the audit was tampered with: row 5 of {count} does not fit the one before",
        "Try: keep this database as it is, and compare it with a backup from before",
    ]
    document = office("audit", "--verify", "--json")
    assert (document.code, document.json["verified"]) == (1, 4)


# --- words


def marked() -> set[str]:
    return {str(one.id) for one in extract()}


@pytest.mark.parametrize("words", [wording.ACTIONS, wording.TABLES, wording.COLUMNS])
def test_every_word_of_it_is_to_be_translated(words: dict[str, str]) -> None:
    assert set(words.values()) <= marked()


def columns() -> Iterator[tuple[str, str]]:
    """Every column that a change may name, as it is told."""
    for name, cells in trail.CELLS.items():
        for cell in cells:
            yield name, {"rep_id": "rep"}.get(cell, cell.removesuffix("_cents").removesuffix("_id"))
    for name in ("company", "department", "staff", "policy_version"):
        for cell in models.metadata.tables[name].columns:
            if cell.name != "id":
                yield name, cell.name.removesuffix("_id")


@pytest.mark.parametrize(("name", "column"), list(columns()))
def test_every_column_has_a_word(name: str, column: str) -> None:
    assert column in wording.COLUMNS
    assert name in wording.TABLES


def test_every_cell_of_a_customers_tables_is_told_or_kept_by_the_register() -> None:
    """A new column is either told in the story of a customer, or named here."""
    derived = {"first_on", "last_order_on", "last_contact_on", "search", "id", "customer_id", "revisit_id", "position"}
    for name, cells in trail.CELLS.items():
        there = {column.name for column in models.metadata.tables[name].columns}
        assert set(cells) == there - derived, name


def test_every_action_of_the_program_has_a_word() -> None:
    import re

    sources = "".join(path.read_text(encoding="utf-8") for path in Path(audit.__file__).parent.rglob("*.py"))
    assert set(re.findall(r'\bchanged\([^()]*?\baction="(\w+)"', sources)) <= set(wording.ACTIONS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_screen_speaks_the_language_in_use(office: Program, language: str) -> None:
    i18n.activate(language)
    out = office("audit", "C1").out
    assert i18n._("no answer") in out
    assert i18n._("after a sale") not in out
    assert "no_answer" not in out


def test_hostile_text_is_text(office: Program) -> None:
    note = "[/] \x1b[31m <script> ' OR 1=1 {name}"
    assert by(office, "wang", "log", "C1", "-r", "busy", "--note", note).code == 0
    out = office("audit", "--limit", "1").out
    assert "\x1b" not in out
    assert "' OR 1=1 {name}" in out


def test_everything_is_read_on_a_server_as_in_a_file(office: Program) -> None:
    """What the viewer may see is one and the same set, with and without the customer named."""
    whole = {str(one) for one in office("audit", "--limit", "0", "--json").json["rows"] if one["code"] == "C1"}
    story = {str(one) for one in office("audit", "C1", "--json").json["rows"] if one["action"] != "import"}
    assert whole == story
    with reading(office.url) as (sql, _company):
        assert trail.actions(sql) == ["adopt", "amend", "create", "import", "supersede", "void"]
