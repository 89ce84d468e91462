"""`import list` and `import undo` on the screen and as documents: what is shown, what is asked before."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.support import Program, table

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "电话": "13800000001", "等级": "A", "客服专员": "wang"},
    {"客户编号": "C2", "客户名称": "宏达建材", "客服专员": "wang"},
]
CHANGED = [
    {"客户编号": "C1", "客户名称": "宏远新材", "电话": "13900000009", "等级": "B"},
    {"客户编号": "C3", "客户名称": "海天", "客服专员": "sun"},
    {"客户编号": "C4", "客户名称": "走了"},
    {"客户编号": "C5", "客户名称": "错", "签约日期": "2018-02-29"},
]
ORDERS = [{"订单号": "A1", "客户编号": "C4", "下单日期": "2026-03-01"}]


@pytest.fixture
def desk(revisit: Program, tmp_path: Path) -> Program:
    """Three imports on three days; since then C3 was called and C1 was given to somebody else."""
    for day, kind, name, rows in (
        ("10", "customers", "one.xlsx", CUSTOMERS),
        ("11", "customers", "客户表.xlsx", CHANGED),
        ("12", "orders", "orders.xlsx", ORDERS),
    ):
        assert revisit.at(f"2026-03-{day} 09:30")("import", kind, str(table(tmp_path / name, rows))).code in (0, 3)
    assert revisit("log", "C3", "--result", "reached").code == 0
    return revisit.at("2026-03-13 10:00")


def listed(desk: Program, *more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk("import", "list", "--json", *more).json["imports"]
    return found


def test_the_list_on_the_screen(desk: Program) -> None:
    assert desk("import", "undo", "3", "--yes").code == 0
    hashes = [one["sha256"][:8] for one in listed(desk)]
    done = desk("import", "list")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Import  When              Who    Kind       File         Hash      Rows                          Undone",
        f"     3  2026-03-12 09:30  admin  orders     orders.xlsx  {hashes[0]}  1 new                         "
        "undone on 2026-03-13 by admin",
        f"     2  2026-03-11 09:30  admin  customers  客户表.xlsx  {hashes[1]}  2 new, 1 changed, 1 rejected",
        f"     1  2026-03-10 09:30  admin  customers  one.xlsx     {hashes[2]}  2 new",
    ]


def test_the_document_of_the_list(desk: Program) -> None:
    assert desk("import", "undo", "3", "--yes").code == 0
    found = desk("import", "list", "--json").json
    assert found["total"] == 3
    newest = found["imports"][0]
    assert newest | {"sha256": ""} == {
        "batch": 3, "at": "2026-03-12T09:30:00+08:00", "who": "admin", "kind": "orders", "file": "orders.xlsx", "sha256": "",
        "counts": newest["counts"], "undone_at": "2026-03-13T10:00:00+08:00", "undone_by": "admin",
    }  # fmt: skip
    assert len(newest["sha256"]) == 64
    assert newest["counts"] | {"inserted": 1, "updated": 0, "unchanged": 0, "rejected": 0} == newest["counts"]
    assert [one["undone_at"] for one in found["imports"][1:]] == [None, None]


def test_part_of_the_list(desk: Program) -> None:
    assert [one["batch"] for one in listed(desk, "--kind", "customers")] == [2, 1]
    done = desk("import", "list", "--limit", "2")
    assert len(done.out.splitlines()) == 3
    assert done.err == "1 older imports are not shown; --limit 0 shows all.\n"
    assert len(listed(desk, "--limit", "0")) == 3
    wrong = desk("import", "list", "--kind", "clients")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.splitlines()[0] == "Error: there is no kind of import clients"


def test_an_empty_list(revisit: Program) -> None:
    assert revisit("import", "list").out == "Nothing was imported yet.\n"
    assert revisit("import", "list", "--json").json == {"imports": [], "total": 0}


UNDONE = [
    "Changed back: customer file: 1, phone or address: 1",
    "Removed: nothing",
    "Kept, since somebody or a later import has touched it: 3",
    "",
    "Code  What           Why",
    "C3    customer file  admin on 2026-03-12 09:30 (made: revisit)",
    "C4    customer file  import 3 has built on it",
    "      staff sun      in use: customer file",
]


def test_an_undo_on_the_screen(desk: Program) -> None:
    dry = desk("import", "undo", "2", "--dry-run")
    title = "Dry run: import 2 (客户表.xlsx) would be undone; nothing was changed"
    assert (dry.code, dry.out.splitlines()) == (0, [title, *UNDONE])
    assert dry.err == "What later imports hold goes when they are undone as well: 3\n"
    done = desk("import", "undo", "2", "--yes")
    assert (done.code, done.out.splitlines()) == (0, ["Import 2 (客户表.xlsx) is undone", *UNDONE])
    later = desk("import", "undo", "3", "--yes")
    assert later.out.splitlines() == [
        "Import 3 (orders.xlsx) is undone",
        "Changed back: nothing",
        "Removed: customer file: 1, order: 1",
        "With it goes what it had held of imports undone before: 2",
    ]
    assert desk("show", "C4").code == 1


def test_the_document_of_an_undo(desk: Program) -> None:
    assert desk("assign", "C1", "--to", "admin").code == 0
    assert desk("import", "undo", "2", "--yes", "--json").json == {
        "batch": 2, "kind": "customers", "file": "客户表.xlsx", "undone_at": "2026-03-13T10:00:00+08:00", "freed": [],
        "restored": {"customer": 1, "contact_point": 1}, "removed": {}, "withdrawn": [],
        "kept": [
            {
                "table": "customer", "code": "C3", "label": "", "columns": [], "reason": "person", "who": "admin",
                "at": "2026-03-12T09:30:00+08:00", "action": "create", "batch": None,
            },
            {
                "table": "customer", "code": "C4", "label": "", "columns": [], "reason": "import", "who": None, "at": None,
                "action": None, "batch": 3,
            },
            {
                "table": "staff", "code": None, "label": "sun", "columns": [], "reason": "used", "who": None, "at": None,
                "action": None, "batch": None,
            },
        ],
    }  # fmt: skip


def test_cells_that_stay_are_named_with_their_columns(desk: Program, tmp_path: Path) -> None:
    later = [{"客户编号": "C1", "客户名称": "宏远", "等级": "C"}]
    assert desk("import", "customers", str(table(tmp_path / "later.xlsx", later))).code == 0
    lines = desk("import", "undo", "2", "--dry-run").out.splitlines()
    assert "C1    customer file: grade, name  import 4 has built on it" in lines
    (first,) = [one for one in desk("import", "undo", "2", "--dry-run", "--json").json["kept"] if one["code"] == "C1"]
    assert (first["columns"], first["batch"]) == (["grade", "name"], 4)


def test_without_somebody_to_ask_yes_has_to_be_said(desk: Program) -> None:
    done = desk("import", "undo", "2")
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        "Error: nobody can be asked here whether import 2 is to be undone",
        "Try: look with --dry-run what it would do, then say --yes",
    ]
    assert listed(desk)[1]["undone_at"] is None


@ON_SQLITE
@pytest.mark.slow
@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("y", 0)])
def test_a_terminal_is_shown_what_it_would_do_and_asked(desk: Program, answer: str, code: int) -> None:
    program = ["-m", "revisit", "--db", desk.url, "--as", "admin", "import", "undo", "2"]
    environment = os.environ | {"REVISIT_LANG": "en", "TERM": "dumb"}
    terminal = pexpect.spawn(sys.executable, program, env=environment, encoding="utf-8", timeout=30)
    terminal.expect("Dry run: import 2")
    terminal.expect("import 3 has built on it")
    terminal.expect("Undo import 2")
    terminal.sendline(answer)
    terminal.expect("Nothing was changed" if code else r"Import 2 \(.*\) is undone")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == code
    assert (listed(desk)[1]["undone_at"] is None) == bool(code)


def test_numbers_only(desk: Program) -> None:
    for words in (["x"], []):
        done = desk("import", "undo", *words)
        assert (done.code, done.out) == (2, "")
    assert json.loads(desk("import", "undo", "1", "--dry-run", "--json").out)["undone_at"] is None
