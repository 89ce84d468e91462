"""`customer duplicates|merge|unmerge` on the screen and as documents: what is shown to whom, and what is asked before."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path

import pexpect
import pytest

from revisit import staff
from revisit.policy.likeness import NAMED_BY_MOST, SHARED_BY_MOST
from tests.support import Program, at_shanghai, mostly_on_sqlite, table, unit

NOW = "2026-03-12 10:00"
CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料有限公司", "联系人": "李敏", "电话": "13800000001", "客服专员": "wang", "等级": "A"},
    {"客户编号": "C2", "客户名称": "上海宏远涂料", "联系人": "李敏", "电话": "13800000001", "客服专员": "li", "地区": "华东"},
    {"客户编号": "C3", "客户名称": "鸿远涂料", "电话": "13700000003", "客服专员": "li", "免打扰": "是"},
    {"客户编号": "C4", "客户名称": "安顺化工", "客服专员": "li"},
    {"客户编号": "C5", "客户名称": "安顺化工集团", "电话": "02085550001", "客服专员": "wang"},
]  # fmt: skip
ORDERS = [{"订单号": f"A{n}", "客户编号": f"C{n}", "下单日期": f"2026-03-0{n}", "金额": "10"} for n in range(1, 6)]
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


def fill(revisit: Program, folder: Path) -> None:
    """Five files; C1 and C2 are one firm, C3 sounds like them, C4 and C5 differ in the legal form only."""
    for kind, rows in (("customers", CUSTOMERS), ("orders", ORDERS)):
        assert revisit("import", kind, str(table(folder / f"{kind}.xlsx", rows))).code == 0
    now = at_shanghai(NOW)
    with unit(revisit.url, now) as work:
        for login, role in (("ming", "supervisor"), ("shen", "approver"), ("guan", "auditor")):
            staff.add_staff(work.session, login=login, name=login, role=role, at=now)


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program) -> Program:
    """The company that `fill` leaves, on 12 March 2026."""
    return revisit.at(NOW)


def pairs(desk: Program, *more: str) -> list[tuple[int, str, str]]:
    found = desk("customer", "duplicates", "--json", *more).json
    return [(one["score"], *(side["code"] for side in one["customers"])) for one in found["items"]]


# --- duplicates


@ON_SQLITE
def test_the_likeliest_stand_first_with_why(desk: Program) -> None:
    shown = desk("customer", "duplicates")
    assert shown.code == 0
    assert shown.out.splitlines() == [
        "Score  Code  Customer          Representative  Code  Customer      Representative  Why",
        "   92  C1    宏远涂料有限公司  wang            C2    上海宏远涂料  li              "
        "the same name but for legal form and place, the same phone, the same contact person",
        "   75  C4    安顺化工          li              C5    安顺化工集团  wang            "
        "the same name but for legal form and place",
        "   70  C1    宏远涂料有限公司  wang            C3    鸿远涂料      li              names that sound the same",
        "   70  C2    上海宏远涂料      li              C3    鸿远涂料      li              names that sound the same",
    ]  # fmt: skip
    assert shown.err == ""


def test_the_document_of_duplicates(desk: Program) -> None:
    found = desk("customer", "duplicates", "C5", "--json").json
    assert found == {
        "min": 60,
        "total": 1,
        "items": [
            {
                "score": 75,
                "reasons": ["same-core"],
                "why": "the same name but for legal form and place",
                "customers": [
                    {"code": "C5", "name": "安顺化工集团", "rep": "wang"},
                    {"code": "C4", "name": "安顺化工", "rep": "li"},
                ],
            }
        ],
        "crowds": [],
    }
    assert pairs(desk) == [(92, "C1", "C2"), (75, "C4", "C5"), (70, "C1", "C3"), (70, "C2", "C3")]
    assert pairs(desk, "--min", "76") == [(92, "C1", "C2")]
    assert pairs(desk, "C3") == [(70, "C3", "C1"), (70, "C3", "C2")]


def test_the_likeliest_only(desk: Program) -> None:
    some = desk("customer", "duplicates", "--limit", "1")
    assert len(some.out.splitlines()) == 2
    assert some.err == "3 pairs are not shown; --limit 0 shows all.\n"
    assert desk("customer", "duplicates", "--limit", "1", "--json").json["total"] == 4
    assert len(pairs(desk, "--limit", "0")) == 4
    none = desk("customer", "duplicates", "--min", "99")
    assert (none.code, none.out) == (0, "No two customers look alike.\n")


def test_crowds_are_said(desk: Program, tmp_path: Path) -> None:
    many = [{"客户编号": f"T{n:02d}", "客户名称": "测试", "电话": f"1390000{n:04d}"} for n in range(NAMED_BY_MOST + 1)]
    many += [
        {"客户编号": f"S{n:02d}", "客户名称": f"{char}氏商行", "电话": "02085550001"}
        for n, char in enumerate("赵钱孙李周吴郑王冯陈褚"[:SHARED_BY_MOST])
    ]
    assert desk("import", "customers", str(table(tmp_path / "many.xlsx", many))).code == 0
    found = desk("customer", "duplicates", "--json").json
    assert found["crowds"] == [
        {"reason": "same-core", "customers": 21, "codes": ["T00", "T01", "T02", "T03", "T04"]},
        {"reason": "same-phone", "customers": 11, "codes": ["C5", "S00", "S01", "S02", "S03"]},
    ]
    assert found["total"] == 4
    said = desk("customer", "duplicates").err
    assert "21 customers bear one name; they were not compared with each other: T00, T01, T02, T03, T04 …" in said
    assert "11 customers have one phone, which says nothing: C5, S00, S01, S02, S03 …" in said


def test_a_representative_sees_pairs_with_an_own_customer(desk: Program) -> None:
    desk.login = "wang"
    found = desk("customer", "duplicates", "--json").json["items"]
    assert [[(side["code"], side["name"]) for side in one["customers"]] for one in found] == [
        [("C1", "宏远涂料有限公司"), ("C2", "上***")],
        [("C4", "安***"), ("C5", "安顺化工集团")],
        [("C1", "宏远涂料有限公司"), ("C3", "鸿***")],
    ]
    assert pairs(desk, "C3") == [(70, "C3", "C1")]
    for login in ("ming", "shen", "guan"):
        desk.login = login
        assert len(pairs(desk)) == 4
    assert "shown" not in desk("customer", "duplicates").err


# --- two that look alike


def test_two_that_are_two(desk: Program) -> None:
    said = desk("customer", "duplicates", "--different", "C5", "C4", "--reason", "两家")
    assert (said.code, said.out) == (0, "C5 and C4 are two customers.\n")
    assert pairs(desk) == [(92, "C1", "C2"), (70, "C1", "C3"), (70, "C2", "C3")]
    assert pairs(desk, "C4") == []
    again = desk("customer", "duplicates", "--different", "C4", "C5", "--json").json
    assert again == {"different": ["C4", "C5"], "holds": True, "changed": False}
    told = [one for one in desk("audit", "--json").json["rows"] if one["table"] == "distinct_pair"]
    assert [(one["action"], one["code"], one["changes"]) for one in told] == [
        ("state", "C4", {"customer": [None, "C4"], "other": [None, "C5"], "reason": [None, "两家"]})
    ]
    lifted = desk("customer", "duplicates", "--different", "C4", "C5", "--lift")
    assert lifted.out == "C4 and C5 may be one customer again.\n"
    assert len(pairs(desk)) == 4
    assert (
        desk("customer", "duplicates", "--different", "C4", "C5", "--lift").out == "That was not said of C4 and C5.\n"
    )


@pytest.mark.parametrize(
    ("company_db", "arguments", "code", "sentence"),
    mostly_on_sqlite(
        [
            (("duplicates", "--lift"), 2, "--lift takes back what --different said"),
            (("duplicates", "C1", "--different", "C1", "C2"), 2, "--different names both customers"),
            (("duplicates", "--different", "C1", "C1"), 1, "both are the same customer file"),
            (("duplicates", "--different", "C1", "C9"), 1, "no customer is known as C9"),
            (("duplicates", "C9"), 1, "no customer is known as C9"),
            (("duplicates", "--min", "0"), 2, "--min"),
            (("duplicates", "--different", "C1"), 2, "--different needs 2 values"),
            (("merge", "C1", "C2"), 2, "nobody can be asked here whether the files are to be merged"),
            (("merge", "C1", "C2", "--json"), 2, "nobody can be asked here"),
            (("merge", "C1"), 2, "OTHER"),
            (("merge", "安顺化工", "安顺", "--yes"), 1, "fits several customers"),
            (("unmerge", "C1", "--yes"), 1, "was not merged into another file"),
        ]
    ),
    indirect=["company_db"],
)
def test_what_cannot_be_is_a_sentence(desk: Program, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    result = desk("customer", *arguments)
    assert (result.code, result.out) == (code, "")
    assert sentence in result.err


DEEDS = {
    "merge": ("customer", "merge", "C1", "C2", "--yes"),
    "dry run": ("customer", "merge", "C1", "C2", "--dry-run"),
    "different": ("customer", "duplicates", "--different", "C1", "C2"),
    "unmerge": ("customer", "unmerge", "C3", "--yes"),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("login", ["wang", "li", "ming", "admin", "shen", "guan"])
@ON_SQLITE
def test_who_may(desk: Program, deed: str, login: str) -> None:
    assert desk("customer", "merge", "C4", "C3", "--yes").code == 0
    desk.login = login
    result = desk(*DEEDS[deed])
    assert result.code == (0 if login in ("ming", "admin") else 1), result.err


# --- merge


MERGED = """\
Field           C1 (stays)        C2 (goes)         Afterwards
Customer        宏远涂料有限公司  上海宏远涂料      宏远涂料有限公司
Kind            customer          customer          customer
Grade           A                                   A
Region                            华东              华东
Contact         李敏              李敏              李敏
Phone           138****0001       138****0001       138****0001
Representative  wang              li                wang
Followed by     customer service  customer service  customer service
Last order      2026-03-01        2026-03-02        2026-03-02

Moves to C1: order: 1
Stays with C2: contact person: 1, phone or address: 1, allocation: 1

Owed afterwards
Rule                 Due by      Status
after a sale         2026-03-08  overdue
dormant over a week  2026-03-16  open
"""


@ON_SQLITE
def test_what_a_merge_says(desk: Program) -> None:
    dry = desk("customer", "merge", "C1", "C2", "--dry-run")
    assert dry.out == MERGED + "Dry run: nothing was changed.\n"
    done = desk("customer", "merge", "C1", "C2", "--yes")
    assert done.out == MERGED + "C2 is merged into C1. To take it back: revisit customer unmerge C2\n"
    assert (dry.err, done.err) == ("", "")
    assert [line for line in desk("import", "list").out.splitlines() if "merge" in line]
    back = desk("customer", "unmerge", "C2", "--yes")
    assert back.code == 0
    assert back.out.splitlines()[-1] == "C2 is a file of its own again."


@ON_SQLITE
@pytest.mark.parametrize("columns", [40, 60, 119])
def test_where_there_is_no_room_every_value_says_whose_it_is(
    desk: Program, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    note = "催款 " * 30
    with unit(desk.url, at_shanghai(NOW)) as work:
        work.sql.run("UPDATE customer SET note = :note WHERE code = 'C2'", note=note)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr("revisit.render.paged", nullcontext)
    monkeypatch.setenv("NO_COLOR", "1")
    shown = desk("customer", "merge", "C1", "C2", "--dry-run").out
    assert "  C2 (goes)   上海宏远涂料\n" in shown
    assert "\n  C2 (goes)   催款" in shown


def test_do_not_call_is_said_before(desk: Program) -> None:
    shown = desk("customer", "merge", "C4", "C3", "--dry-run").out
    assert "Holds from today on: do not call = yes" in shown
    assert "Nothing is owed." in shown
    assert "Do not call" in shown


@pytest.mark.slow
@ON_SQLITE
@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("y", 0)])
def test_somebody_at_a_terminal_is_asked(desk: Program, answer: str, code: int) -> None:
    program = ["-m", "revisit", "--db", desk.url, "--as", "admin", "customer", "merge", "C1", "C2"]
    environment = os.environ | {"REVISIT_LANG": "en", "TERM": "dumb", "REVISIT_NOW": at_shanghai(NOW).isoformat()}
    terminal = pexpect.spawn(
        sys.executable, program, env=environment, encoding="utf-8", timeout=60, dimensions=(60, 120)
    )
    terminal.expect("Owed afterwards")
    terminal.expect("Merge C2 into C1")
    terminal.sendline(answer)
    terminal.expect("C2 is merged into C1" if answer == "y" else "Nothing was changed")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == code
    assert (desk("show", "C2", "--json").json["code"] == "C1") == (answer == "y")
