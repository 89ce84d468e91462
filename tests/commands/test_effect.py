"""`revisit effect`: its screen as a whole, its document, its files, and who may ask."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from openpyxl import load_workbook

from revisit import i18n
from revisit.render import width
from tests.support import Program, table

GOLDEN = Path(__file__).parents[1] / "golden"
STAFF = [
    {"登录名": "han", "姓名": "韩梅", "角色": "supervisor", "部门": "客服一部"},
    {"登录名": "wang", "姓名": "王芳", "角色": "representative", "部门": "客服一部"},
    {"登录名": "li", "姓名": "李明", "角色": "representative", "部门": "客服二部"},
    {"登录名": "shen", "姓名": "沈悦", "角色": "auditor"},
]
CUSTOMERS = {f"C{n}": "wang" if n < 7 else "li" for n in range(1, 9)}
CALLS = {"C1": "03-12", "C2": "03-13", "C3": "03-14", "C5": "03-19"}
AGAIN = {"C1": "03-20", "C2": "04-05", "C4": "03-25", "C6": "03-11"}


def fill(revisit: Program, folder: Path) -> None:
    """Eight customers who ordered on 2 March: C1 to C3 were called in the week of the 10th to the 16th, C5 later, the others
    never. C1, C2 and C4 order again, C6 before its call was due. Seen from 5 May."""
    customers = [{"客户编号": code, "客户名称": f"客户{code}", "客服专员": rep} for code, rep in CUSTOMERS.items()]
    days = [*((code, "03-02") for code in CUSTOMERS), *AGAIN.items()]
    orders = [{"订单号": f"D{n}", "客户编号": code, "下单日期": f"2026-{on}"} for n, (code, on) in enumerate(days)]
    revisit.at("2026-05-05 08:00")
    for kind, rows in (("staff", STAFF), ("customers", customers), ("orders", orders)):
        done = revisit("import", kind, str(table(folder / f"{kind}.xlsx", rows)))
        assert done.code == 0, done.err
    for code, on in CALLS.items():
        assert revisit("log", code, "--result", "reached", "--at", f"2026-{on} 10:00").code == 0


FILLED = {"spring": fill}


@pytest.fixture
def spring(revisit: Program) -> Program:
    """The supervisor of the first team on 5 May."""
    revisit.login = "han"
    return revisit.at("2026-05-05 09:00")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_whole_screen(spring: Program, language: str) -> None:
    i18n.activate(language)
    done = spring("effect", "--month", "2026-03")
    assert done.code == 0
    path = GOLDEN / f"effect-{language}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        path.write_text(done.out, encoding="utf-8")
    assert done.out == path.read_text(encoding="utf-8")
    assert "2026-04-05" in done.err, "orders are a month old"


def test_the_document(spring: Program) -> None:
    found = spring("effect", "--quarter", "2026-Q1", "--rule", "dormant-week", "--json").json
    assert list(found) == ["warning", "period", "on", "orders_known_to", "rules"]
    assert found["warning"].endswith("This says nothing about cause.")
    assert (found["on"], found["orders_known_to"]) == ("2026-05-05", "2026-04-05")
    (rule,) = found["rules"]
    assert {name: rule[name] for name in ("rule", "clause", "void", "open", "rows")} == {
        "rule": "dormant-week", "clause": "P3 1.4", "void": 1, "open": 0, "rows": [],
    }  # fmt: skip
    fortnight, month = rule["windows"]
    assert fortnight == {
        "days": 14,
        "reached": {"n": 3, "ordered": 1, "share": 0.333333, "low": 0.061492, "high": 0.79234, "recent": 0},
        "unreached": {"n": 5, "ordered": 1, "share": 0.2, "low": 0.036224, "high": 0.624465, "recent": 0},
        "later": {"n": 1, "ordered": 0, "share": 0.0, "low": 0.0, "high": 0.793451, "recent": 0},
        "difference": {"value": 0.133333, "low": -0.370719, "high": 0.620683},
    }
    assert month["reached"]["ordered"] == 2


def test_without_a_period_it_is_the_last_quarter(spring: Program) -> None:
    assert spring("effect", "--json").json["period"]["label"] == "2026-Q1"
    assert spring("effect", "--month", "--json").json["period"]["label"] == "2026-05"
    days = spring("effect", "--from", "2026-03-01", "--to", "2026-03-20", "--json").json["period"]
    assert days == {"from": "2026-03-01", "to": "2026-03-20", "label": "2026-03-01..2026-03-20"}


def test_the_customers_behind_it_as_far_as_they_may_be_seen(spring: Program) -> None:
    (rule,) = spring("effect", "--rule", "dormant-week", "--show", "--json").json["rules"]
    rows = {(one["code"], one["group"]): one for one in rule["rows"]}
    assert rows["C2", "reached"] == {
        "code": "C2", "name": "客户C2", "rep": "wang", "group": "reached", "on": "2026-03-13", "due_by": "2026-03-16",
        "ordered_on": "2026-04-05",
    }  # fmt: skip
    assert rows["C7", "unreached"]["name"] == "客***", "a customer of another team"
    assert rows["C6", "unreached"]["due_by"] == "2026-03-25", "the order of the 11th ended the first one"
    assert [group for code, group in rows if code == "C5"] == ["unreached", "later"]
    shown = spring("effect", "--rule", "dormant-week", "--show").out.splitlines()
    (line,) = [line.split() for line in shown if "C5" in line and "later" in line]
    assert line == ["reached", "later", "2026-03-19", "2026-03-16", "C5", "客户C5", "wang", "–"]


def test_files_tell_the_numbers_and_name_nobody(spring: Program, tmp_path: Path) -> None:
    book, text, page = tmp_path / "effect.xlsx", tmp_path / "effect.md", tmp_path / "effect.html"
    assert spring("effect", "-o", str(book), "--json").json["file"] == str(book)
    done = spring("effect", "-o", str(text))
    assert (done.code, done.out) == (0, f"{text} is written.\n")
    assert spring("effect", "-o", str(page)).code == 0
    sheets = load_workbook(book).worksheets
    assert sheets[0].title == "How to read this"
    cells = [cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert any(str(cell).startswith("The groups differ") for cell in cells)
    assert "not reached in time" in cells
    for written in (" ".join(map(str, cells)), text.read_text(encoding="utf-8"), page.read_text(encoding="utf-8")):
        assert "The groups differ" in written
        assert "客户C" not in written
        assert "C1" not in written
    assert text.stat().st_mode & 0o077 == 0
    assert spring("effect", "-o", str(text)).code == 1, "it is there already"
    assert spring("effect", "-o", str(text), "--yes").code == 0


@pytest.mark.parametrize(("login", "code"), [("admin", 0), ("han", 0), ("shen", 0), ("wang", 1), (None, 1)])
def test_who_may_ask(spring: Program, login: str | None, code: int) -> None:
    spring.login = login
    assert spring("effect").code == code


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--month", "--week"], "exclude each other"),
        (["--to", "2026-03-20"], "for example: revisit effect --from"),
        (["--rule", "whatever"], "there is no rule whatever"),
        (["--rule", "brief"], "brief is paperwork"),
        (["-o", "effect.pdf"], "effect.pdf ends in none of"),
        (["-o", "effect.md", "--show"], "a file tells numbers, no customers"),
        (["--month", "soon"], "I do not understand the date soon"),
    ],
)
def test_wrong_usage(spring: Program, options: list[str], words: str) -> None:
    done = spring("effect", *options)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_a_period_that_has_not_begun(spring: Program) -> None:
    done = spring("effect", "--month", "2026-06")
    assert done.code == 0
    assert "2026-06 has not begun on 2026-05-05." in done.err
    assert "No follow-up fell due." in done.out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_its_tables_fit_eighty_columns(spring: Program, language: str) -> None:
    i18n.activate(language)
    lines = spring("effect", "--month", "2026-03").out.splitlines()
    assert max(width(line) for line in lines if "%" in line and "（" not in line and "(" not in line) <= 80
