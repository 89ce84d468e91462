"""Chat logs as they are brought in: one message per row, twice the same as once, and who is meant by a name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.commands.test_service import fill
from tests.support import Program, Result, reading, table

FILLED = {"office": fill}
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
FIRST = {
    "会话编号": "A1",
    "时间": "2026-03-11 10:00:00",
    "发送方": "访客",
    "客服": None,
    "内容": "在吗",
    "访客": "宏远涂料",
}
REPLY = FIRST | {"时间": "2026-03-11 10:00:09", "发送方": "客服", "客服": "王芳", "内容": "您好", "访客": None}
KEPT = """
SELECT m.chat, m.sender, s.login, c.code, m.visitor, m.text, m.extra FROM chat_message m
LEFT JOIN staff s ON s.id = m.staff_id LEFT JOIN customer c ON c.id = m.customer_id ORDER BY m.id
"""


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves, on 12 March 2026."""
    return revisit.at("2026-03-12 10:00")


def bring(office: Program, folder: Path, *rows: dict[str, Any]) -> Result:
    return office("import", "chats", str(table(folder / "chats.xlsx", rows)), "--json")


def kept(office: Program) -> list[tuple[Any, ...]]:
    with reading(office.url) as (sql, _company):
        return list(map(tuple, sql.rows(KEPT)))


def test_a_log_is_kept_in_its_order_and_twice_is_once(office: Program, tmp_path: Path) -> None:
    system = FIRST | {
        "时间": "2026-03-11 10:00:00",
        "发送方": "机器人",
        "内容": "稍候",
        "访客": "路人甲",
        "地区": "浙江",
    }
    done = bring(office, tmp_path, FIRST, system, REPLY, REPLY)
    assert (done.code, done.json["inserted"], done.json["unchanged"]) == (0, 3, 1)
    assert done.json["warnings"] == ["1 rows name a customer without a file: kept as a visitor"]
    assert kept(office) == [
        ("A1", "customer", None, "C1", "", "在吗", ""),
        ("A1", "system", None, None, "路人甲", "稍候", '{"地区": "浙江"}'),
        ("A1", "staff", "wang", None, "", "您好", ""),
    ]
    before = kept(office)
    again = bring(office, tmp_path, FIRST, system, REPLY, REPLY)
    assert (again.json["inserted"], again.json["updated"], again.json["unchanged"]) == (0, 0, 4)
    assert kept(office) == before
    changed = bring(office, tmp_path, FIRST | {"客服": "li"}, system | {"访客": "C2", "地区": None})
    assert changed.json["updated"] == 2
    assert kept(office)[:2] == [
        ("A1", "customer", "li", "C1", "", "在吗", ""), ("A1", "system", None, "C2", "", "稍候", '{"地区": "浙江"}'),
    ]  # fmt: skip


REJECTED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a day alone": (FIRST | {"时间": "2026-03-11"}, "时间", "the time of day is missing"),
    "tomorrow": (FIRST | {"时间": "2026-03-13 10:00:00"}, "时间", "the message lies in the future"),
    "by nobody": (REPLY | {"客服": None}, "客服", "who of the staff wrote it is missing"),
    "by no known side": (FIRST | {"发送方": "谁"}, "发送方", ""),
    "no chat": (FIRST | {"会话编号": None}, "会话编号", ""),
    "told otherwise": (FIRST | {"客服": "li"}, "时间", "row 2 states the same differently"),
}


@ON_SQLITE
@pytest.mark.parametrize("name", REJECTED)
def test_a_row_that_cannot_be_is_rejected_and_the_others_are_in(office: Program, tmp_path: Path, name: str) -> None:
    row, column, reason = REJECTED[name]
    done = bring(office, tmp_path, FIRST, REPLY, row)
    assert (done.code, done.json["inserted"], done.json["rejected"]) == (3, 2, 1)
    (reject,) = done.json["rejects"]
    assert (reject["row"], reject["column"]) == (4, column)
    assert reason in reject["reason"]


@ON_SQLITE
def test_a_name_of_several_files_is_rejected_and_an_unknown_author_kept(office: Program, tmp_path: Path) -> None:
    twin = [{"客户编号": "C8", "客户名称": "宏远涂料"}]
    assert office("import", "customers", str(table(tmp_path / "twin.xlsx", twin))).code == 0
    done = bring(office, tmp_path, FIRST, REPLY | {"客服": "旧同事"})
    assert [one["reason"] for one in done.json["rejects"]] == ["the name fits several customers: C1, C8"]
    assert kept(office) == [("A1", "staff", "旧同事", None, "", "您好", "")]
    assert any("旧同事 is not among the staff" in one for one in done.json["warnings"])


@ON_SQLITE
def test_chats_go_with_a_merged_customer_and_back(office: Program, tmp_path: Path) -> None:
    assert bring(office, tmp_path, FIRST, FIRST | {"时间": "2026-03-11 11:00:00", "访客": "C2"}).code == 0
    assert office("customer", "merge", "C1", "C2", "--reason", "同一家", "--yes").code == 0
    assert [row[3] for row in kept(office)] == ["C1", "C1"]
    assert office("customer", "unmerge", "C2", "--yes").code == 0
    assert [row[3] for row in kept(office)] == ["C1", "C2"]


@ON_SQLITE
def test_chats_are_not_exported(office: Program, tmp_path: Path) -> None:
    done = office("export", "chats", "-o", str(tmp_path / "x.xlsx"))
    assert (done.code, "chats are not exported" in done.err) == (2, True)


@ON_SQLITE
def test_a_message_at_midnight_has_a_time(office: Program, tmp_path: Path) -> None:
    """A sheet does not tell it from a day alone, which a log of days would be."""
    late = FIRST | {"时间": datetime.fromisoformat("2026-03-10 23:59:50")}
    midnight = REPLY | {"时间": datetime.fromisoformat("2026-03-11 00:00:00")}
    typed = REPLY | {"时间": "2026-03-11 00:00", "内容": "还在吗"}
    done = bring(office, tmp_path, late, midnight, typed)
    assert (done.code, done.json["inserted"], done.json["rejected"]) == (0, 3, 0)
    shown = office("chats", "--day", "2026-03-10", "--json").json
    assert [(one["staff"], one["average"]) for one in shown["people"]] == [("wang", 10.0)]
    days = bring(office, tmp_path, midnight | {"会话编号": "A2"}, midnight | {"会话编号": "A3"})
    assert {one["reason"] for one in days.json["rejects"]} == {"the time of day is missing"}
