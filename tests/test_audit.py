"""Every change leaves an audit row in its own transaction, and the chain of them shows what was tampered with.

Triggers in the test's database note each row that a command makes, changes or removes; the program knows nothing of them.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from revisit import audit, context, db, models, prompting
from revisit.db import Sql
from tests.support import Program, at_shanghai, reading, table, unit

AUDITED = (
    "company", "policy_version", "staff", "import_batch", "customer", "contact_person", "contact_point", "order_",
    "revisit", "booking", "allocation", "handover", "fact", "shown_order", "sales_follow_up",
    "department", "distinct_pair", "case_", "shift_note", "move", "deadline", "pause", "climb", "feedback_time",
    "approval", "signature", "delegation", "complaint", "measure", "returned_goods",
    "service_job", "survey", "chat_message", "closed_report", "target", "inspection", "inspected",
)  # fmt: skip
KEPT_OTHERWISE = {
    "follow_up": "the register: recomputed from the rest",
    "standing": "the register: recomputed from the rest",
    "import_change": "the before-images themselves; their hash stands in the audit row of their batch",
    "audit": "the chain",
    "import_mapping": "what was told with an import: it stands with its batch",
    "import_alias": "what was told with an import: it stands with its batch",
    "claim": "a lease of minutes",
    "call_": "the answers as they were typed; what came of them is the revisit, with its audit row",
}
DERIVED = ("first_on", "last_order_on", "last_contact_on", "search")
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)

CUSTOMERS = {
    "客户编号": "C001", "客户名称": "明珠酒楼", "联系人": "王芳", "称谓": "经理", "电话": "13800138000", "地址": "解放路 1 号",
    "等级": "A", "地区": "华东", "客服专员": "李梅", "业务员": "老赵", "跟进部门": "客服", "签约日期": "2026-01-05", "欠款": "0",
    "信用额度": "5000", "最近订货日期": "2026-02-20", "颜色": "红",
}  # fmt: skip
CHANGED = CUSTOMERS | {
    "联系人": "王小芳", "电话": "13900139000 13700137000", "地址": "解放路 2 号", "等级": "B", "客服专员": "陈静",
    "欠款": "120.50", "跟进部门": "销售", "移交日期": "2026-03-01", "签约日期": "2026-01-06", "颜色": "蓝",
    "最近订货日期": "2026-02-27",
}  # fmt: skip
ORDER = {
    "订单号": "D1",
    "客户编号": "C001",
    "订货日期": "2026-02-25",
    "完成日期": "2026-02-26",
    "金额": "100",
    "产品": "茶叶",
}
LOGGED = {
    "记录编号": "7", "客户编号": "C001", "回访时间": "2026-02-28 10:00", "结果": "已接通", "客服专员": "旧同事",
    "回访方式": "电话", "约定时间": "2026-03-05",
}  # fmt: skip
SALES = {"客户编号": "C001", "日期": "2026-03-02", "业务员": "老赵", "内容": "拜访"}

MESSAGE = {"会话编号": "1", "时间": "2026-03-01 10:00:00", "发送方": "客户", "内容": "在吗", "访客": "路人"}


def watch(path: str) -> None:
    """Notes every row that is made, changed or removed from now on."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE seen (how TEXT, table_name TEXT, row_id INTEGER)")
        connection.execute("CREATE TABLE known AS SELECT max(id) AS id FROM audit")
        for name in AUDITED:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            cells = ", ".join(column for column in columns if not (name == "customer" and column in DERIVED))
            for how, event, row in (
                ("made", "INSERT", "new"),
                ("changed", f"UPDATE OF {cells}", "new"),
                ("removed", "DELETE", "old"),
            ):
                connection.execute(
                    f"CREATE TRIGGER seen_{name}_{how} AFTER {event} ON {name} "
                    f"BEGIN INSERT INTO seen VALUES ('{how}', '{name}', {row}.id); END"
                )
    connection.close()


def not_covered(path: str) -> tuple[set[tuple[str, str, int]], set[tuple[str, str, int]]]:
    """What was noted since the last call, and what of it no audit row since then speaks of: its own or one of its batch."""
    with sqlite3.connect(path) as connection:
        seen = set(connection.execute("SELECT how, table_name, row_id FROM seen"))
        connection.execute("DELETE FROM seen")
        new = "(SELECT * FROM audit WHERE id > (SELECT id FROM known))"
        own = set(connection.execute(f"SELECT table_name, row_id FROM {new}"))
        batched = {
            (name, row_id)
            for name, first, last in connection.execute(
                f"SELECT i.table_name, i.row_id, i.last_id FROM import_change i JOIN {new} a "
                "ON a.batch_id = i.batch_id AND a.table_name = 'import_batch' AND a.row_id = i.batch_id"
            )
            for row_id in range(first, last + 1)
        }
        connection.execute("UPDATE known SET id = (SELECT max(id) FROM audit)")
    connection.close()
    return seen, {one for one in seen if one[1:] not in own | batched}


def test_the_tables_watched_are_all_there_are() -> None:
    assert set(AUDITED) | set(KEPT_OTHERWISE) == set(models.metadata.tables)
    assert not set(AUDITED) & set(KEPT_OTHERWISE)


def test_setting_up_a_company_is_audited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "new.db")
    revisit = Program(path, capsys, monkeypatch).at("2026-03-01 09:00")
    assert revisit("init", "--company", "宏远商贸", "--start-on", "2026-01-01").code == 0
    with reading(path) as (sql, _company):
        rows = {(name, row[0]) for name in AUDITED for row in sql.rows(f"SELECT id FROM {name}")}
        assert rows == {("company", 1), ("policy_version", 1), ("staff", 1)}
        assert rows <= {(row[3], row[4]) for row in sql.rows(audit.ALL)}
        assert broken_at(sql) is None


@ON_SQLITE
def test_every_change_of_a_command_is_covered(revisit: Program, tmp_path: Path) -> None:
    path = revisit.url
    watch(path)

    def run(*arguments: str) -> set[tuple[str, str, int]]:
        result = revisit(*arguments)
        assert result.code == 0, result.err
        seen, bare = not_covered(path)
        assert bare == set(), "changed without an audit row"
        return {(how, name, 0) for how, name, _ in seen}

    def sheet(kind: str, *rows: dict[str, Any], more: tuple[str, ...] = ()) -> set[tuple[str, str, int]]:
        return run("import", kind, str(table(tmp_path / "sheet.xlsx", rows)), *more)

    reached: set[tuple[str, str, int]] = set()
    revisit.at("2026-03-02 09:00")
    reached |= sheet("customers", CUSTOMERS)
    reached |= sheet("orders", ORDER, ORDER | {"订单号": "D2", "客户编号": "C002"}, more=("--create-customers",))
    reached |= sheet("revisits", LOGGED)
    reached |= sheet("sales-followups", SALES)
    reached |= sheet("chats", MESSAGE)
    revisit.at("2026-03-03 09:00")
    reached |= sheet("chats", MESSAGE | {"访客": "明珠酒楼"})
    reached |= sheet("customers", CHANGED)
    reached |= sheet("orders", ORDER | {"完成日期": "2026-02-27", "金额": "120"})
    reached |= sheet("revisits", LOGGED | {"结果": "无人接听"})
    reached |= sheet("sales-followups", SALES | {"内容": "电话"})
    assert sheet("sales-followups", SALES | {"内容": "电话"}) == {
        ("made", "import_batch", 0),
        ("changed", "import_batch", 0),
    }
    assert run("department", "add", "客服部") == {("made", "department", 0)}
    assert run("staff", "add", "han", "--department", "客服部") == {("made", "staff", 0)}
    for words in (
        ("department", "rename", "客服部", "客服一部"), ("staff", "change", "han", "--post", "客服主管", "--login", "hanmei"),
        ("staff", "change", "hanmei", "--department", ""), ("staff", "deactivate", "hanmei"),
        ("department", "close", "客服一部"), ("department", "add", "客服一部"),
    ):  # fmt: skip
        assert run(*words) == {("changed", words[0], 0)}
    reached |= sheet("staff", {"登录名": "hanmei", "在职": "是", "部门": "售后部"}, {"登录名": "limei", "姓名": "李梅"})
    with sqlite3.connect(path) as connection:
        ((last,),) = connection.execute("SELECT max(id) FROM import_batch")
    connection.close()
    undone = run("import", "undo", str(last), "--yes")
    assert {("removed", "department", 0), ("changed", "staff", 0), ("changed", "import_batch", 0)} == undone
    reached |= sheet("customers", CHANGED | {"客户编号": "C003", "客户名称": "误导入"}, CHANGED | {"等级": "C"})
    undone = run("import", "undo", str(last + 1), "--yes")
    assert {("removed", "customer", 0), ("removed", "contact_point", 0), ("changed", "customer", 0)} <= undone
    reached |= run("customer", "merge", "C001", "C002", "--reason", "同一家", "--yes")
    run("customer", "unmerge", "C002", "--yes")
    reached |= run("customer", "duplicates", "--different", "C001", "C002")
    reached |= run("log", "C001", "--result", "no_answer")
    reached |= run("log", "C001", "--result", "inconvenient", "--callback", "2026-03-06 15:00")
    reached |= run("log", "C002", "--result", "reached", "--satisfaction", "satisfied", "--note", "好")
    with prompting.keys_ready("\r1132晚了\r1\ry"):  # an unhappy customer: a case is opened
        reached |= run("call", "C002", "--script", "satisfaction")
    reached |= run("case", "hold", "1", "--reason", "等客户")
    reached |= run("case", "resume", "1")
    reached |= run("case", "open", "C002", "--text", "小包装", "--at-once")
    reached |= run(
        "case", "feedback", "C002", "--until", "2026-03-20", "--document", "x", "--sender", "x", "--receiver", "x"
    )
    for login, post in (("md", "营销总监"), ("deputy", "客服专员")):
        reached |= run("staff", "add", login, "--post", post)
    reached |= run("approval", "request", "credit", "C001", "--limit", "6000", "--reason", "x")
    reached |= run("approval", "delegate", "营销总监", "--to", "deputy", "--until", "2026-03-20")
    revisit.login = "deputy"
    reached |= run("approval", "sign", "1")
    revisit.login = "admin"
    reached |= run("approval", "change", "1", "--limit", "7000", "--reason", "x")
    reached |= run("approval", "delegate", "--end", "1")
    reached |= run("approval", "remind", "1")
    reached |= run("approval", "withdraw", "1", "--reason", "x")
    for words in (
        ("open", "C001", "--text", "发霉", "--severe"), ("facts", "1", "--batch", "B7"),
        ("investigate", "1", "--department", "客服一部"), ("conclude", "1", "--cause", "受潮"), ("report", "1", "--text", "x"),
        ("propose", "1", "--settlement", "refund", "--amount", "800"), ("propose", "1", "--settlement", "none"),
        ("settle", "1"), ("answer", "1", "--channel", "phone"), ("measure", "1", "--text", "换包装"),
        ("measure", "1", "--item", "1", "--done", "x"), ("return", "1", "--goods", "茶叶", "--quantity", "2"),
        ("return", "1", "--item", "1", "--received", "1"), ("close", "1", "--result", "x"), ("refuse", "1", "--reason", "x"),
        ("hold", "2", "--reason", "x"), ("resume", "2"),
    ):  # fmt: skip
        reached |= run("complaint", *words)
    sheet("customers", {"客户编号": "C001", "信用额度": "8000"})
    reached |= run("service", "open", "C002", "--kind", "free", "--text", "装门")
    for words in (
        ("dispatch", "--to", "admin"), ("start",), ("finish", "--result", "装好了"), ("sign-off", "--signed-by", "王芳"),
    ):  # fmt: skip
        reached |= run("service", words[0], "1", *words[1:])
    grades = [word for item in ("attitude", "skill", "arrival", "promises") for word in (f"--{item}", "poor")]
    reached |= run("survey", "record", "C002", "--job", "1", *grades, "--grave")
    reached |= run("service", "voucher", "1", "-o", str(tmp_path / "voucher.xlsx"))
    reached |= run("staff", "add", "boss", "--post", "客服主管")
    reached |= run("target", "set", "李梅", "contacts", "9")
    reached |= run("target", "set", "李梅", "contacts", "8")
    reached |= run("--as", "boss", "inspect", "draw", "--size", "1")
    reached |= run("--as", "boss", "inspect", "find", "1", "1", "--verdict", "right")
    reached |= run("amend", "4", "--result", "reached", "--callback", "2026-03-07", "--because", "记错")
    reached |= run("amend", "3", "--no-callback")
    reached |= run("void", "4", "--reason", "打错")
    shipped = (Path(__file__).parents[1] / "templates/policy/default.toml").read_text(encoding="utf-8")
    policies = tmp_path / "nine.toml"
    for n, days in enumerate((9, 10)):
        policies.write_text(shipped.replace("\nafter_days = 7\n", f"\nafter_days = {days}\n"), encoding="utf-8")
        adopted = run("policy", "adopt", str(policies), "--effective", "2026-04-01", "--author", "md", "--yes")
        assert adopted == {("changed" if n else "made", "policy_version", 0)}
        reached |= adopted
    assert run("day", "--note", "C001 明早回电") == {("made", "shift_note", 0)}
    reached |= {("made", "shift_note", 0)}
    reached |= run("report", "close", "2026-02")
    for look in (
        ("due",),
        ("report", "--month", "2026-02"),
        ("report", "changes", "2026-02"),
        ("report", "pack"),
        ("why", "C001"),
        ("show", "C001"),
        ("report",),
        ("day",),
        ("day", "--team"),
        ("amend", "4"),
        ("audit",),
        ("audit", "C001"),
        ("service", "list"),
        ("survey", "results"),
        ("appraise", "--year"),
        ("inspect", "bulletin"),
        ("target", "list"),
        ("policy", "simulate", str(policies)),
    ):
        assert run(*look) == set(), "reading writes nothing"
    revisit.at("2026-03-30 09:00")
    climbed = run("due")
    assert climbed == {("made", "climb", 0), ("changed", "deadline", 0)}, (
        "but what was missed is put before the next post"
    )
    assert run("due") == set(), "once"
    reached |= climbed
    assert {name for _, name, _ in reached} == set(AUDITED) - {"company"}, "every table was reached"
    changed = {name for how, name, _ in reached if how == "changed"}
    assert {"customer", "contact_person", "contact_point", "order_", "revisit", "sales_follow_up"} <= changed


@ON_SQLITE
def test_a_change_nobody_noted_would_be_found(company_db: str) -> None:
    watch(company_db)
    with unit(company_db, at_shanghai("2026-03-02 09:00")) as work:
        work.sql.run("UPDATE staff SET name = 'X'")
    assert not_covered(company_db)[1] == {("changed", "staff", 1)}
    with unit(company_db, at_shanghai("2026-03-02 09:00")) as work:
        values = {
            "login": "eve",
            "name": "Eve",
            "role": "representative",
            "created_at": at_shanghai("2026-03-02 09:00"),
        }
        work.session.add(models.Staff(**values))
    assert not_covered(company_db)[1] == {("made", "staff", 2)}


def test_a_change_that_cannot_be_audited_does_not_happen(
    revisit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit row stands in the same transaction: where it cannot be written, nothing is."""
    sheet = table(tmp_path / "sheet.xlsx", [CUSTOMERS])

    def rows() -> list[Any]:
        with reading(revisit.url) as (sql, _company):
            return [
                sql.rows(f"SELECT count(*) FROM {name}")[0][0] for name in (*AUDITED, "follow_up", "standing", "audit")
            ]

    def full(*_arguments: object, **_options: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    before = rows()
    with monkeypatch.context() as broken:
        broken.setattr(context.audit, "write", full)
        assert revisit("import", "customers", str(sheet)).code == 1
    assert rows() == before
    assert revisit("import", "customers", str(sheet)).code == 0
    assert rows() > before


# --- the chain


def broken_at(sql: Sql) -> int | None:
    """The place (from 0) of the first row that does not follow from the one before; None: the chain holds."""
    names = ("at", "who", "action", "table_name", "row_id", "customer_id", "batch_id", "change", "previous", "hash")
    previous = ""
    for place, values in enumerate(sql.rows(audit.ALL)):
        row = dict(zip(names, values, strict=True))
        row["at"] = db.instant(row["at"])
        if row["previous"] != previous or row["hash"] != audit.link(previous, row):
            return place
        previous = row["hash"]
    return None


@pytest.fixture
def chain(revisit: Program, tmp_path: Path) -> Program:
    """A company with a few changes on record."""
    assert revisit("import", "customers", str(table(tmp_path / "sheet.xlsx", [CUSTOMERS]))).code == 0
    for note in ("一", "二", "三", "四"):
        assert revisit("log", "C001", "--result", "reached", "--note", note, "--callback", "明天").code == 0
    return revisit


def test_the_chain_holds(chain: Program) -> None:
    with reading(chain.url) as (sql, _company):
        rows = sql.rows(audit.ALL)
        assert len(rows) >= 12
        assert broken_at(sql) is None
        assert audit.verify(sql) == (len(rows), sql.rows(audit.NEWEST)[0][0], None)
        assert {row[1] for row in rows} == {"admin"}
        notes = [json.loads(row[7])["note"] for row in rows if row[3] == "revisit"]
        assert notes == [[None, note] for note in ("一", "二", "三", "四")], "old → new"


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET who = 'somebody' WHERE id = :id",
        "UPDATE audit SET change = '{}' WHERE id = :id",
        "UPDATE audit SET at = '2026-03-01 00:00:00.000000' WHERE id = :id",
        "UPDATE audit SET row_id = 99 WHERE id = :id",
        "UPDATE audit SET customer_id = NULL WHERE id = :id",
        "DELETE FROM audit WHERE id = :id",
        "INSERT INTO audit (id, at, who, action, table_name, change, previous, hash) "
        "SELECT :id + 900, at, who, action, table_name, change, previous, hash FROM audit WHERE id = :id",
    ],
)
def test_tampering_shows(chain: Program, tampering: str) -> None:
    with reading(chain.url) as (sql, _company):
        count = len(sql.rows(audit.ALL))
        sql.run(tampering, id=count - 3)
        place = broken_at(sql)
        assert place in (count - 4, count - 3, count)  # that row, the one after it, or the one put at the end
        assert place is not None
        assert audit.verify(sql).broken_at == sql.rows("SELECT id FROM audit ORDER BY id")[place][0]


def test_cutting_the_tail_changes_the_head(chain: Program) -> None:
    """A shorter chain holds in itself; the head that stands on reports and backups does not fit it any more."""
    with reading(chain.url) as (sql, _company):
        head = sql.rows(audit.NEWEST)
        sql.run("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)")
        assert broken_at(sql) is None
        assert sql.rows(audit.NEWEST) != head


def test_an_instant_is_hashed_the_same_in_every_zone() -> None:
    row: dict[str, Any] = dict.fromkeys(("who", "action", "table_name", "row_id", "customer_id", "batch_id", "change"))
    at = at_shanghai("2026-03-02 09:00")
    there = at.astimezone(timezone(timedelta(hours=8)))
    assert audit.link("", row | {"at": at}) == audit.link("", row | {"at": there})


def test_only_what_differs_is_noted(company_db: str) -> None:
    with unit(company_db, at_shanghai("2026-03-02 09:00")) as work:
        audit.changed(
            work.session, action="update", table="staff", row_id=1,
            before={"name": "A", "role": "x"}, after={"name": "B", "role": "x"},
        )  # fmt: skip
        assert audit.pending(work.session)[-1].change == {"name": ["A", "B"]}


def test_a_read_never_opens_a_writing_transaction(chain: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_url: str) -> Any:
        raise AssertionError("a reading command wrote")

    monkeypatch.setattr(db, "writing", refuse)
    for arguments in (
        ("due",), ("due", "--json"), ("why", "C001"), ("show", "C001"), ("find", "C001"), ("amend", "1"), ("audit",), ("day",),
        ("audit", "C001"), ("audit", "--verify"),
    ):  # fmt: skip
        assert chain(*arguments).code == 0
