"""Nothing is lost, nothing is doubled, nothing happens in silence: dry runs, second runs, bad input, before-images, kills."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import signal
import sqlite3
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.forks import Ended, forks
from tests.support import Program, at_shanghai, reading, table, unit, workbook

CUSTOMERS = [
    {
        "客户编号": "C1",
        "客户名称": "宏远涂料",
        "电话": "13800000001",
        "客服专员": "wang",
        "类型": "客户",
        "欠款": "100",
        "批次": "甲",
    },
    {
        "客户编号": "C2",
        "客户名称": "宏达建材",
        "跟进部门": "销售",
        "移交日期": "2026-01-10",
        "最近订货日期": "2026.2.3",
    },
    {"客户编号": "C3", "客户名称": "海天", "签约日期": "2018-02-29"},
    {"客户名称": "无号商行", "免打扰": "是", "联系人": "李敏", "称谓": "女士", "地址": "杭州"},
    {"客户编号": "C1", "客户名称": "宏远涂料", "电话": "13800000002"},
]
ORDERS = [
    {"订单号": "A1", "客户编号": "C1", "下单日期": "2026-03-02", "金额": "10.50", "产品": "漆", "行": "一"},
    {"订单号": "A1", "客户编号": "C1", "下单日期": "2026-03-02", "金额": "9.50", "产品": "刷", "行": "二"},
    {"订单号": "A1", "客户编号": "C2", "下单日期": "2026-03-02", "金额": "1"},
    {"客户编号": "C2", "下单日期": "2026-03-03", "金额": "7", "产品": "漆"},
    {"订单号": "A2", "客户编号": "C9", "下单日期": "2026-03-03", "金额": "8"},
]
REVISITS = [
    {"客户": "宏远涂料", "回访时间": "2026-03-05 10:00", "结果": "已接通", "回访人": "zhou", "满意度": "满意"},
    {"客户": "宏远涂料", "回访时间": "2026-03-05 10:00", "结果": "已接通", "回访人": "zhou", "满意度": "不满意"},
    {"客户": "C2", "回访时间": "2026-03-06", "结果": "不方便", "回访人": "wang", "约定时间": "2026-03-20 15:00"},
    {"客户": "C2", "回访时间": "2027-01-01", "结果": "已接通"},
]
SALES = [
    {"客户编号": "C2", "跟进日期": "2026-02-20", "业务员": "陈刚", "备注": "催款"},
    {"客户编号": "C2", "跟进日期": "2026-02-20", "业务员": "陈刚", "备注": "不同"},
    {"客户编号": "C7", "跟进日期": "2026-02-20"},
]
SHEETS: dict[str, list[dict[str, Any]]] = {
    "customers": CUSTOMERS,
    "orders": ORDERS,
    "revisits": REVISITS,
    "sales-followups": SALES,
}
REJECTED = {"customers": [4, 6], "orders": [4, 6], "revisits": [3, 5], "sales-followups": [3, 4]}
PRAGMAS = "PRAGMA integrity_check", "PRAGMA foreign_key_check"


def dump(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with reading(url) as (sql, _company):
        names = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            if sql.server
            else "SELECT name FROM sqlite_master WHERE type = 'table'"
        )
        return {name: sorted(sql.rows(f"SELECT * FROM {name}"), key=repr) for (name,) in sql.rows(names)}


def bring(revisit: Program, folder: Path, kind: str, *options: str) -> Any:
    """Imports the sheet of a kind; the document."""
    return revisit("import", kind, str(table(folder / f"{kind}.xlsx", SHEETS[kind])), "--json", *options).json


def bring_all(revisit: Program, folder: Path) -> None:
    for kind in SHEETS:
        bring(revisit, folder, kind)


@pytest.mark.parametrize("kind", SHEETS)
def test_a_dry_run_tells_the_same_and_changes_nothing(revisit: Program, tmp_path: Path, kind: str) -> None:
    for earlier in SHEETS:
        if earlier == kind:
            break
        bring(revisit, tmp_path, earlier)
    file = table(tmp_path / f"{kind}.xlsx", SHEETS[kind])
    before, bytes_before = dump(revisit.url), _bytes(revisit.url)
    dry = revisit("import", kind, str(file), "--json", "--dry-run")
    assert (dump(revisit.url), _bytes(revisit.url)) == (before, bytes_before)
    real = revisit("import", kind, str(file), "--json")
    assert dump(revisit.url) != before
    assert dry.code == real.code == 3
    assert dry.json["batch"] is None
    assert dry.json | {"batch": 0} == real.json | {"batch": 0}
    assert [one["row"] for one in real.json["rejects"]] == REJECTED[kind]
    counted = ("inserted", "updated", "unchanged", "rejected", "blank", "skipped")
    assert sum(real.json[name] for name in counted) == real.json["rows"] == len(SHEETS[kind])


def test_a_second_import_says_so_and_changes_nothing(revisit: Program, tmp_path: Path) -> None:
    bring_all(revisit, tmp_path)
    before = dump(revisit.url)
    assert before["follow_up"] and before["standing"] and before["booking"]
    for kind in SHEETS:
        again = revisit("import", kind, str(tmp_path / f"{kind}.xlsx"), "--json")
        assert "imported before, on 2026-03-12" in again.err
        told = again.json
        assert (told["inserted"], told["updated"]) == (0, 0)
        assert told["imported_before"] == "2026-03-12T10:00:00"
        assert told["unchanged"] == told["rows"] - told["rejected"] > 0
        assert [one["row"] for one in told["rejects"]] == REJECTED[kind]
    after = dump(revisit.url)
    assert {name for name in after if after[name] != before[name]} == {"import_batch", "audit"}


def test_the_register_is_what_a_recomputation_gives(revisit: Program, tmp_path: Path) -> None:
    from revisit.register import keep

    bring_all(revisit, tmp_path)
    bring_all(revisit, tmp_path)
    with unit(revisit.url, at_shanghai("2026-03-12 12:00")) as work:
        assert not keep.replan(work.sql, work.company)


def test_before_images_and_audit(revisit: Program, tmp_path: Path) -> None:
    bring_all(revisit, tmp_path)
    changed = [{"客户编号": "C1", "客户名称": "宏远新材", "电话": "13900000009", "欠款": "0", "客服专员": "zhao"}]
    revisit("import", "customers", str(table(tmp_path / "more.xlsx", changed)))
    with reading(revisit.url) as (sql, _company):
        columns = "batch_id, table_name, row_id, last_id, sheet, row_numbers, before"
        images = sql.rows(f"SELECT {columns} FROM import_change ORDER BY id")
        made = {
            (name, row_id)
            for _batch, name, first, last, *_rest, before in images
            for row_id in range(first, last + 1)
            if not before
        }
        for name in ("customer", "contact_person", "contact_point", "fact", "handover", "allocation", "shown_order",
                     "order_", "revisit", "booking", "sales_follow_up"):  # fmt: skip
            there = {(name, id_) for (id_,) in sql.rows(f"SELECT id FROM {name}")}
            assert there and there <= made, name
        assert {("staff", id_) for (id_,) in sql.rows("SELECT id FROM staff WHERE login <> 'admin'")} <= made
        newest = max(batch for batch, *_rest in images)
        old = {name: json.loads(before) for batch, name, *_rest, before in images if batch == newest and before}
        assert old["customer"] == {"name": "宏远涂料", "balance_cents": 10000, "rep_id": 2}
        assert old["contact_point"] == {"value": "13800000001"}
        assert {one[-2] for one in images if one[0] == newest} == {"2"}
        batches = sql.rows("SELECT id, counts FROM import_batch ORDER BY id")
        assert len(batches) == 5
        for batch, counts in batches:
            (audited,) = sql.rows("SELECT change FROM audit WHERE action = 'import' AND batch_id = :id", id=batch)
            told = json.loads(audited[0])
            rows = [dict(zip(columns.split(", "), image, strict=True)) for image in images if image[0] == batch]
            text = json.dumps(rows, ensure_ascii=False, sort_keys=True)
            assert told["images"][1] == hashlib.sha256(text.encode()).hexdigest()
            assert told["inserted"][1] == json.loads(counts)["inserted"]


def test_new_rows_of_others_find_their_place_after_an_import(revisit: Program, tmp_path: Path) -> None:
    from revisit import models

    bring_all(revisit, tmp_path)
    with unit(revisit.url, at_shanghai("2026-03-12 12:00")) as work:
        for row in (
            models.Customer(code="HAND", name="手工", entered_on=date(2026, 3, 12)),
            models.ContactPoint(customer_id=1, kind="phone", position=9, value="1"),
            models.Fact(customer_id=1, name="closed", value="0"),
            models.Order(customer_id=1, ordered_on=date(2026, 3, 1)),
            models.Revisit(number=99, customer_id=1, done_on=date(2026, 3, 1), channel="phone", result="busy"),
            models.SalesFollowUp(customer_id=1, done_on=date(2026, 3, 1)),
            models.ImportChange(batch_id=1, table_name="x", row_id=1, last_id=1),
        ):
            work.session.add(row)
        work.session.flush()


# --- bad input


FOREIGN = {
    "empty.xlsx": b"",
    "picture.xlsx": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "paper.xls": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "page.xls": b"<html><body><table><tr><td>x</td></tr></table></body></html>",
    "cut.xlsx": b"PK\x03\x04 this is no archive",
    "bytes.csv": bytes(range(256)),
    "no-customer.csv": "姓,数\n甲,1\n".encode(),
    "header.csv": "客户编号,客户名称\n".encode(),
    "totals.csv": "客户编号,客户名称\n合计,\n\n".encode(),
}


@pytest.mark.parametrize("name", [*FOREIGN, "missing.xlsx", "folder", "~$open.xlsx"])
def test_what_is_no_sheet_of_customers_is_refused(revisit: Program, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name in FOREIGN:
        path.write_bytes(FOREIGN[name])
    elif name == "folder":
        path.mkdir()
    elif name.startswith("~"):
        path.write_bytes(b"x")
    before = dump(revisit.url)
    for more in ((), ("--json",), ("--dry-run",)):
        result = revisit("import", "customers", str(path), *more)
        assert (result.code, result.out) == (1, "")
        error, remedy = result.err.splitlines()
        assert error.startswith("Error: ") and remedy.startswith("Try: ")
        assert name in error
    assert dump(revisit.url) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "clients", "FILE"], "there is no kind of import clients"),
        (["import", "customers", "FILE", "--sheet", "没有"], "there is no sheet 没有"),
        (["import", "customers"], "FILE is missing"),
        (["import", "customers", "FILE", "--frobnicate"], "--frobnicate"),
    ],
)
def test_wrong_usage(revisit: Program, tmp_path: Path, arguments: list[str], said: str) -> None:
    file = str(table(tmp_path / "a.xlsx", CUSTOMERS))
    result = revisit(*[file if one == "FILE" else one for one in arguments])
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_a_sheet_without_the_dates_it_needs_is_refused(revisit: Program, tmp_path: Path) -> None:
    for kind, title in (("orders", "ordered_on"), ("revisits", "at"), ("sales-followups", "on")):
        result = revisit("import", kind, str(table(tmp_path / "a.xlsx", [{"客户编号": "C1", "客户名称": "甲"}])))
        assert result.code == 1
        assert f"/{title}" in result.err


@pytest.mark.parametrize(
    ("kind", "bad", "reason"),
    [
        ("customers", {"客户编号": "C8", "签约日期": "2018-02-29"}, "2018-02-29: this day does not exist"),
        ("customers", {"客户编号": "C8", "签约日期": "12/1/10"}, "can be read as different days"),
        ("customers", {"客户编号": "C8", "电话": "138"}, "no complete telephone number"),
        ("customers", {"客户编号": "C8", "等级": "Z"}, "Z is unknown here"),
        ("customers", {"客户编号": "C8", "账期": "半年"}, "半年"),
        ("customers", {"客户编号": "C8", "免打扰": "也许"}, "neither yes"),
        ("customers", {"客户编号": "1.2E+15"}, "lost digits"),
        ("orders", {"订单号": "Z", "客户编号": "C1", "下单日期": None, "金额": 1}, "the cell is empty"),
        ("orders", {"订单号": "Z", "客户编号": "C1", "下单日期": "2026-03-01", "状态": "飞了"}, "飞了 is unknown here"),
        ("orders", {"订单号": "Z", "客户编号": "C1", "下单日期": "2026-03-01", "金额": "1,00"}, "no amount of money"),
        ("orders", {"订单号": "Z", "客户编号": None, "下单日期": "2026-03-01"}, "names no customer"),
        ("revisits", {"客户编号": "C1", "回访时间": "2026-03-01", "结果": "好吧"}, "好吧 is unknown here"),
        ("revisits", {"客户编号": "C1", "回访时间": "2026-03-01 25:00", "结果": "占线"}, "this time of day does not exist"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_understood_rejects_its_row_only(
    revisit: Program, tmp_path: Path, kind: str, bad: dict[str, Any], reason: str
) -> None:
    revisit("import", "customers", str(table(tmp_path / "c.xlsx", [{"客户编号": "C1", "客户名称": "甲"}])))
    good = {"客户编号": "C1", "下单日期": "2026-03-01", "回访时间": "2026-03-02", "结果": "占线"}
    result = revisit(
        "import", kind, str(table(tmp_path / "a.xlsx", [bad, {name: good.get(name) for name in bad}])), "--json"
    )
    assert result.code == 3
    assert "rejected rows: 1" in result.err
    (reject,) = result.json["rejects"]
    assert reject["row"] == 2
    assert reason in reject["reason"]
    assert result.json["rejected"] == 1
    assert result.json["inserted"] + result.json["unchanged"] == 1


def test_wherever_the_database_is_none(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(table(tmp_path / "a.xlsx", CUSTOMERS))
    foreign = sqlite3.connect(tmp_path / "foreign.db")
    foreign.execute("CREATE TABLE customer (id)")
    foreign.close()
    (tmp_path / "empty.db").touch()
    (tmp_path / "notes.txt").write_text("buy milk\n" * 50)
    said = {
        "nowhere.db": "there is no database yet",
        "foreign.db": "another program",
        "empty.db": "is not a database",
        "notes.txt": "is not a database",
    }
    for name, what in said.items():
        path = tmp_path / name
        bytes_before = path.read_bytes() if path.exists() else None
        result = Program(str(path), capsys, monkeypatch)("import", "customers", file)
        assert (result.code, result.out) == (1, "")
        assert what in result.err
        assert (path.read_bytes() if path.exists() else None) == bytes_before
    monkeypatch.setenv("REVISIT_DB", str(tmp_path / "notes.txt"))
    from revisit import cli

    assert cli.run(["--as", "admin", "import", "customers", file]) == 1
    assert "is not a database" in capsys.readouterr().err


def test_a_server_without_our_tables(db_url: str, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(table(tmp_path / "a.xlsx", CUSTOMERS))
    result = Program(db_url, capsys, monkeypatch)("import", "customers", file)
    assert (result.code, result.out) == (1, "")
    assert "there is no database yet" in result.err


def test_who_is_nobody_here_imports_nothing(revisit: Program, tmp_path: Path) -> None:
    file = str(table(tmp_path / "a.xlsx", CUSTOMERS))
    before = dump(revisit.url)
    revisit.login = "nobody-here"
    unknown = revisit("import", "customers", file)
    assert (unknown.code, unknown.out) == (1, "")
    assert "there is no staff login nobody-here" in unknown.err
    revisit.login = None
    stranger = revisit("import", "customers", file)
    assert (stranger.code, stranger.out) == (1, "")
    assert "who you are" in stranger.err
    assert dump(revisit.url) == before


# --- killed at any instant


@pytest.mark.slow
def test_a_killed_import_is_before_or_after(tmp_path: Path) -> None:
    from tests.support import init_company

    init_company(str(tmp_path / "empty.db"))
    rows = [["客户编号", "客户名称", "电话", "客服专员", "最近订货日期"]]
    rows += [[f"C{n}", f"客户{n}", str(13800000000 + n), "wang", "2026-02-01"] for n in range(1500)]
    file = workbook(tmp_path / "big.xlsx", rows)

    def prepared(name: str) -> Path:
        return Path(shutil.copy(tmp_path / "empty.db", tmp_path / name))

    def run(db: Path, after: float | None = None) -> Ended:
        words = ("--db", str(db), "--as", "admin", "import", "customers", str(file))
        return program.run(*words, after=after, by=signal.SIGKILL)

    with forks(tmp_path) as program:
        whole = run(prepared("whole.db"))
        assert whole.code == 0
        takes = whole.seconds
        before, after = dump(str(tmp_path / "empty.db")), dump(str(tmp_path / "whole.db"))
        chance = random.Random(8)  # noqa: S311 - instants, no secrets
        seen: set[bool] = set()
        early = 1.0
        for attempt in count():
            if attempt >= 8:
                if False in seen:
                    break
                early /= 2  # the machine has become faster since
            db = prepared(f"killed-{attempt}.db")
            # most of the time goes into reading and planning; the writing at the end is what matters
            run(db, takes * early * (1 - chance.random() ** 2 * 0.8))
            found = dump(str(db))  # opening it rolls a half-written state back
            assert found in (before, after)
            seen.add(found == after)
            with sqlite3.connect(db) as connection:
                assert [connection.execute(pragma).fetchall() for pragma in PRAGMAS] == [[("ok",)], []]
            connection.close()
            again = run(db)
            assert again.code == 0
            if found == before:
                takes = min(takes, again.seconds)
            completed = dump(str(db))
            same = {name for name in after if name not in ("import_batch", "audit")}
            assert {name: completed[name] for name in same} == {name: after[name] for name in same}
            db.unlink()


def _bytes(url: str) -> bytes | None:
    return Path(url).read_bytes() if not url.startswith("postgresql") else None
