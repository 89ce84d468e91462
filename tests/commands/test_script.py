"""`revisit script`: the whole reading in both languages, its options, its document, its refusals."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from revisit import i18n, resources
from revisit.i18n import _
from revisit.policy.scripts import BLANK
from revisit.render import fold, width
from tests.support import Program
from tests.test_calls import HOSTILE, Order, enter, enter_staff
from tests.test_script_files import company_file

GOLDEN = Path(__file__).parents[1] / "golden"
QUIET = {"orders": [Order("2026-03-02", "A 型涂料")]}
SOLD = {"orders": [Order("2026-03-10", "B 型涂料", completed="2026-03-10")]}


@pytest.fixture
def shop(revisit: Program) -> Program:
    """C0012 has not ordered for ten days, C0014 has just bought; 王芳 leads the team. It is 2026-03-12."""
    enter(revisit.url, "C0012", **QUIET)  # type: ignore[arg-type]
    enter(revisit.url, "C0014", name="新店", contact="王伟", title="先生", **SOLD)  # type: ignore[arg-type]
    enter_staff(revisit.url, "wang", "王芳", "supervisor")
    revisit.login = "wang"
    return revisit


# --- the whole output


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("code", "name", "title", "rule", "clause", "due_by"),
    [
        (
            "C0012", "宏远涂料", {"en": "No orders for a while", "zh": "久未订货回访"},
            "dormant over a week", "P3 1.4", "2026-03-16",
        ),
        (
            "C0014", "新店", {"en": "Satisfaction after a sale", "zh": "售后满意度回访"},
            "after a sale", "P3 2.2", "2026-03-17",
        ),
    ],
)  # fmt: skip
def test_the_whole_script(
    shop: Program, language: str, code: str, name: str, title: dict[str, str], rule: str, clause: str, due_by: str
) -> None:
    i18n.activate(language)
    done = shop("script", code)
    heading = [
        f"{title[language]} · {_('about {minutes} minutes').format(minutes=2)}",
        f"{code} {name} · 2026-03-12",
        _("For: {rule} [{clause}], due by {due_by}").format(rule=_(rule), clause=clause, due_by=due_by),
    ]
    golden = (GOLDEN / f"script-{code}-{language}.txt").read_text(encoding="utf-8")
    assert (done.code, done.err) == (0, "")
    assert done.out == "\n".join(heading) + "\n\n" + golden


BRANCHES = {
    ("C0012", "en"): ["▸ yes", "▸ not now", "▸ quality  → see E", "▸ still has stock (no problem)  → see D"],
    ("C0012", "zh"): ["▸ 方便", "▸ 现在不方便", "▸ 产品质量  → 见 E", "▸ 库存还够（不是问题）  → 见 D"],
    ("C0014", "en"): ["▸ yes", "▸ not now", "▸ satisfied", "▸ neither one nor the other", "▸ dissatisfied"],
    ("C0014", "zh"): ["▸ 方便", "▸ 现在不方便", "▸ 满意", "▸ 一般", "▸ 不满意"],
}


@pytest.mark.parametrize(("code", "language"), BRANCHES)
def test_every_branch_is_there(shop: Program, code: str, language: str) -> None:
    i18n.activate(language)
    lines = [line.strip() for line in shop("script", code).out.splitlines()]
    assert [one for one in BRANCHES[code, language] if one not in lines] == []


def test_the_telephone_number_is_no_part_of_it(shop: Program) -> None:
    from revisit import models
    from tests.support import at_shanghai, unit

    with unit(shop.url, at_shanghai("2026-03-12 10:00")) as work:
        (row,) = work.sql.rows("SELECT id FROM customer WHERE code = 'C0012'")
        work.session.add(models.ContactPoint(customer_id=row[0], kind="phone", value="13800000001"))
    assert "138" not in shop("script", "C0012").out
    assert shop("script", "13800000001").code == 0


def test_a_file_that_holds_nothing(revisit: Program) -> None:
    enter(revisit.url, "C1", contact="")
    done = revisit("script", "C1")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[2] == "No follow-up asks for this talk."
    assert "Are you satisfied with the goods and with our service?" in done.out


HEADS = {
    "C0012 --on 2026-03-09": "Nothing is owed yet; next: dormant over a week [P3 1.4], opens on 2026-03-10",
    "C0012 --on 2026-03-20": "For: dormant over a week [P3 1.4], was due by 2026-03-16",
    "C0012 --on 2026-04-10": "For: dormant over a month [P3 1.4], due by 2026-04-15",
    "C0014 --id takeover": "No follow-up asks for this talk.",
    "C0014 --id dormancy": "Nothing is owed yet; next: dormant over a week [P3 1.4], opens on 2026-03-18",
}


@pytest.mark.parametrize("arguments", HEADS)
def test_it_says_what_the_talk_is_for(shop: Program, arguments: str) -> None:
    assert shop("script", *arguments.split()).out.splitlines()[2] == HEADS[arguments]


def test_nobody_is_called_who_does_not_want_it(revisit: Program) -> None:
    enter(revisit.url, "C1", facts=[("do_not_call", "1")], **QUIET)  # type: ignore[arg-type]
    head = revisit("script", "C1").out.splitlines()[2]
    assert head == "Nothing is owed: do not call"


def test_a_hostile_name_comes_through_unharmed(revisit: Program) -> None:
    enter(revisit.url, "C1", name=HOSTILE, **QUIET)  # type: ignore[arg-type]
    shown = HOSTILE.replace("\x1b", "\ufffd")
    done = revisit("script", "C1")
    assert done.out.splitlines()[1] == f"C1 {shown} · 2026-03-12"
    assert f"Am I speaking with 女士 李敏 of {shown}?" in done.out
    assert "\x1b" not in done.out
    asked = [line["text"] for line in revisit("script", "C1", "--json").json["lines"]]
    assert f"Am I speaking with 女士 李敏 of {HOSTILE}?" in asked


# --- the document, the structure, the list


def test_the_document(shop: Program) -> None:
    found = shop("script", "C0014", "--json").json
    assert list(found) == ["id", "title", "lines"]
    assert (found["id"], found["title"]) == ("satisfaction", "Satisfaction after a sale")
    assert found["lines"][:3] == [
        {
            "kind": "say",
            "depth": 0,
            "text": "Hello! This is 王芳 from customer service at 宏远商贸.",
            "node": "greeting",
        },
        {"kind": "ask", "depth": 0, "text": "Am I speaking with 先生 王伟 of 新店?", "node": "greeting"},
        {"kind": "answer", "depth": 1, "text": "yes, speaking", "node": "greeting"},
    ]
    assert {line["kind"] for line in found["lines"]} == {"say", "ask", "answer", "hint", "goto", "end"}


def test_the_structure_alone(shop: Program) -> None:
    done = shop("script", "--id", "takeover", "--tree")
    assert done.out.splitlines()[:7] == [
        "Your new contact · about 2 minutes",
        "",
        "greeting",
        "  ▸ contact: yes, speaking → permission",
        "  ▸ other: somebody else answered → ask_for",
        "  ▸ wrong: no such person here → wrong",
        "  ▸ no_answer: nobody answers → Ends: no answer",
    ]
    assert done.out.splitlines()[7:9] == ["  ▸ busy: the line is busy → Ends: line busy", "ask_for"]
    assert "urgent\n  [opens a case]\n  ▸ yes: at once → need\n" in done.out
    assert shop("script", "C0012", "--tree", "--json").json["lines"][0]["kind"] == "node"


def test_without_a_customer_it_has_blanks_and_needs_no_database(revisit: Program) -> None:
    revisit.url = "/nowhere/at-all.db"
    done = revisit("script", "--id", "dormancy")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[:3] == [
        "No orders for a while · about 2 minutes",
        "",
        f"Hello! This is {BLANK} from customer service at {BLANK}.",
    ]


def test_the_list(revisit: Program) -> None:
    assert revisit("script", "--list").out.splitlines() == [
        "Script        Title                           Rules",
        "brief         Talk with the salesperson       talk with sales",
        "callback      The call we promised            promised callback",
        "campaign      A campaign or a new product     campaign",
        "complaint     How your complaint was handled  after a complaint or case",
        "dormancy      No orders for a while           dormant over a week, dormant over a month",
        "prospect      A talk with a prospect          prospect to follow",
        "satisfaction  Satisfaction after a sale       after a sale",
        "survey        Opinion survey",
        "takeover      Your new contact                takeover from sales",
    ]
    assert revisit("script", "--list", "--json").json[4] == {
        "id": "dormancy", "title": "No orders for a while", "rules": ["dormant-week", "dormant-month"],
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_talk_with_the_salesperson_names_both(shop: Program, language: str) -> None:
    i18n.activate(language)
    enter(
        shop.url,
        "C0020",
        name="顺风",
        contact="刘红",
        salesperson="赵强",
        allocated_on="2026-03-10",
        orders=[Order("2026-03-10")],
    )
    lines = shop("script", "C0020", "--id", "brief").out.splitlines()
    rule, said = {
        "en": (
            "talk with sales",
            "Hello 赵强, this is 王芳 from customer service. I look after 顺风 now and would like to hear what you know.",
        ),
        "zh": ("与业务员沟通", "赵强您好，我是客服王芳。顺风现在由我跟进，跟您了解一下情况。"),
    }[language]
    assert lines[2] == _("For: {rule} [{clause}], due by {due_by}").format(
        rule=rule, clause="P3 1.3", due_by="2026-03-17"
    )
    assert lines[4] == said


# --- script files


def test_a_company_folder_goes_before_what_is_shipped(
    shop: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own" / "scripts" / "en"
    own.mkdir(parents=True)
    text = resources.read_text("scripts/en/dormancy.toml").replace("It has been a while", "{name} has been quiet")
    (own / "dormancy.toml").write_text(text, encoding="utf-8")
    (own / "farewells.toml").write_text('workday = "So long!"\n', encoding="utf-8")
    monkeypatch.setattr(resources, "_company_folder", None)  # is put back after the test
    monkeypatch.setenv("REVISIT_TEMPLATES", str(tmp_path / "own"))
    out = shop("script", "C0012").out
    assert "宏远涂料 has been quiet" in out
    assert "just call me, 王芳, on this number. So long!" in out
    (own / "dormancy.toml").write_text(text.replace('goto = "why"', 'goto = "nowhere"'), encoding="utf-8")
    done = shop("script", "C0012")
    assert done.code == 0
    assert done.err.startswith("The script dormancy has faults (")
    assert "The first: permission: it leads on to “nowhere”, and there is no such node" in done.err
    (own / "dormancy.toml").write_text("id = 5", encoding="utf-8")
    done = shop("script", "C0012")
    assert (done.code, done.out) == (1, "")
    assert "the script dormancy cannot be read out" in done.err


def test_a_sound_file(revisit: Program) -> None:
    path = str(resources.folder() / "scripts" / "en" / "takeover.toml")
    done = revisit("script", "--check", path)
    assert (done.code, done.out, done.err) == (0, f"{path}: no faults\n", "")
    assert revisit("script", "--check", path, "--json").json == {"file": path, "problems": []}


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "The scripts in force: no faults\n"), ("zh", "在用的话术：没有毛病\n")]
)
def test_all_scripts_in_force(revisit: Program, language: str, sentence: str) -> None:
    i18n.activate(language)
    revisit.url = "/nowhere/at-all.db"
    done = revisit("script", "--check")
    assert (done.code, done.out, done.err) == (0, sentence, "")
    assert revisit("script", "--check", "--json").json == {"file": None, "problems": []}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_broken_file(revisit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    i18n.activate(language)
    monkeypatch.chdir(tmp_path)
    path = Path("mine.toml")
    text = resources.read_text("scripts/en/takeover.toml")
    text = text.replace('goto = "permission"', 'goto = "permision"', 1).replace("minutes = 2", "# minutes")
    path.write_text(text.replace('say = "Hello!', 'say = "{wo}Hello!\\u001b[31m'), encoding="utf-8")
    done = revisit("script", "--check", str(path))
    assert (done.code, done.err) == (
        1,
        _("Faults to be mended: {number}.").format(number=3) + "\n",
    )
    assert done.out == (GOLDEN / f"script-check-{language}.txt").read_text(encoding="utf-8")


def test_the_document_of_a_broken_file(revisit: Program, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = resources.read_text("scripts/en/takeover.toml").replace('goto = "ask_for"', 'goto = "ask"', 1)
    path.write_text(text, encoding="utf-8")
    found = revisit("script", "--check", str(path), "--json")
    assert found.code == 1
    assert [one["code"] for one in found.json["problems"]] == [
        "unknown-goto", *["unreachable"] * 3,
    ]  # fmt: skip
    line = text[: text.index('goto = "ask"')].count("\n") + 1
    assert found.json["problems"][0] == {
        "file": str(path),
        "line": line,
        "node": "greeting",
        "code": "unknown-goto",
        "text": "it leads on to “ask”, and there is no such node",
    }


def test_a_fault_of_what_is_in_force(revisit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = company_file(tmp_path, monkeypatch, "zh/takeover", "id = \n")
    monkeypatch.setenv("REVISIT_TEMPLATES", str(tmp_path / "own"))
    done = revisit("script", "--check")
    assert (done.code, done.err) == (1, "Faults to be mended: 1.\n")
    lines = done.out.splitlines()
    assert lines[0] == "The scripts in force: faults: 1"
    assert lines[2].startswith(f"{path}:1  the whole script  from here on this is no TOML: ")


BAD: dict[str, Callable[[Path], object]] = {
    "is no UTF-8 text": lambda path: path.write_bytes("标题".encode("gb18030")),
    "cannot be read": lambda path: None,
}


@pytest.mark.parametrize("words", BAD)
def test_a_file_that_is_no_script(revisit: Program, tmp_path: Path, words: str) -> None:
    path = tmp_path / "mine.toml"
    BAD[words](path)
    done = revisit("script", "--check", str(path))
    assert (done.code, done.out) == (1, "")
    assert f"Error: {path} {words}" in done.err
    assert "Try: name a script file" in done.err


WRONG = {
    "": "whom is the talk with?",
    "--id nope": "there is no script nope",
    "C0012 --id nope": "there is no script nope",
    "--id dormancy --on today": "--on goes with a customer",
    "--list --check x.toml": "--list and --check stand alone",
    "--check --list": "--list and --check stand alone",
    "C0012 --list": "--list and --check stand alone",
    "C0012 --on never": "I do not understand the date never",
}


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_usage(shop: Program, arguments: str) -> None:
    done = shop("script", *arguments.split())
    assert (done.code, done.out) == (2, "")
    assert f"Error: {WRONG[arguments]}" in done.err
    if "nope" in arguments or not arguments:
        assert (
            "Try: scripts: brief, callback, campaign, complaint, dormancy, prospect, satisfaction, survey, takeover"
            in done.err
        )


def test_an_unknown_customer(shop: Program) -> None:
    done = shop("script", "C9999")
    assert (done.code, done.out) == (1, "")


# --- on a terminal


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_terminal_no_line_is_wider_than_it(shop: Program, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    i18n.activate(language)
    whole = shop("script", "C0012").out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "46")
    folded = shop("script", "C0012").out
    assert max(width(line) for line in whole.splitlines()) > 80
    body = folded.split("\n\n", 1)[1].splitlines()
    assert max(width(line) for line in body) <= 46
    assert "".join(folded.split()) == "".join(whole.split())


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("", 10, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("说说说说", 4, ["说说", "说说"]),
        ("说说说说", 5, ["说说", "说说"]),
        ("说说，说", 4, ["说", "说，", "说"]),
        ("说「说说", 4, ["说", "「说", "说"]),
        ("订了ABC型", 6, ["订了", "ABC型"]),
        ("a  b", 2, ["a", "b"]),
        ("请e\u0301", 3, ["请e\u0301"]),
    ],
)
def test_a_text_is_folded(text: str, room: int, lines: list[str]) -> None:
    assert fold(text, room) == lines
