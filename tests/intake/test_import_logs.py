"""What an old revisit log and a list of sales follow-ups mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from revisit.intake import load_layout
from tests.support import Program, reading, table

Row = dict[str, Any]
CALL = {"客户编号": "C1", "回访时间": "2026-03-05 10:00", "结果": "已接通"}
VERSIONS = "SELECT number, version, is_current, customer_id, result, note FROM revisit ORDER BY number, version"


class Desk:
    """Imports logs, each one twice: the second time nothing may change."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program, self.folder, self.sheets = program, folder, 0
        rows = [{"客户编号": "C1", "客户名称": "宏远"}, {"客户编号": "C2", "客户名称": "宏达"}]
        program("import", "customers", str(table(folder / "customers.xlsx", rows)))

    def bring(self, *rows: Row, kind: str = "revisits", options: tuple[str, ...] = ()) -> Any:
        self.sheets += 1
        file = table(self.folder / f"sheet-{self.sheets}.xlsx", rows)
        told = self.program("import", kind, str(file), "--json", *options).json
        again = self.program("import", kind, str(file), "--json", *options).json
        assert (again["inserted"], again["updated"], again["rejected"]) == (0, 0, told["rejected"])
        return told

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with reading(self.program.url) as (database, _company):
            return [
                tuple(bool(cell) if cell is True or cell is False else cell for cell in row)
                for row in database.rows(sql)
            ]


@pytest.fixture
def desk(revisit: Program, tmp_path: Path) -> Desk:
    return Desk(revisit, tmp_path)


def words(field: str) -> list[tuple[str, str]]:
    """Every word of the layout with what it means."""
    return [(written, meaning) for written, meaning in load_layout("revisits").fields[field].words.items()]


PROMISED = {
    "channel": ["电话", "上门", "短信", "微信", "邮件", "服务"],
    "result": ["已接通", "拒访", "已发送", "未接", "占线", "空号", "不方便"],
    "satisfaction": ["满意", "一般", "不满意"],
}
CANONICAL = {
    "channel": ["phone", "visit", "sms", "wechat", "email", "service"],
    "result": ["reached", "declined", "sent", "no_answer", "busy", "wrong_number", "inconvenient"],
    "satisfaction": ["satisfied", "neutral", "dissatisfied"],
}


@pytest.mark.parametrize("field", PROMISED)
def test_every_word_in_chinese_and_english(desk: Desk, field: str) -> None:
    known = [
        *zip(PROMISED[field], CANONICAL[field], strict=True),
        *zip(CANONICAL[field], CANONICAL[field], strict=True),
    ]
    known += words(field)
    rows = []
    for number, (written, _meaning) in enumerate(known):
        rows.append(
            {"客户编号": "C1", "回访时间": f"2026-02-{1 + number // 60:02} 10:{number % 60:02}", "结果": "reached"}
        )
        rows[-1] |= {{"channel": "方式", "result": "结果", "satisfaction": "满意度"}[field]: written}
    told = desk.bring(*rows)
    assert told["rejects"] == []
    assert [row[0] for row in desk.ask(f"SELECT {field} FROM revisit ORDER BY number")] == [one[1] for one in known]


def test_when_it_was_made_and_filled_in_and_by_whom(desk: Desk) -> None:
    told = desk.bring(
        CALL | {"填写时间": "2026-03-05 18:30", "回访人": "admin", "方式": None},
        {"客户编号": "C2", "回访时间": "2026-03-06", "结果": "拒访", "填写时间": "2026-03-07", "回访人": "老周"},
    )
    assert told["warnings"] == ["老周 is not among the staff: kept as an author who no longer works here"]
    with reading(desk.program.url) as (sql, _company):
        from revisit.db import instant

        rows = sql.rows("SELECT done_on, done_at, filled_at, channel, staff_id, extra FROM revisit ORDER BY id")
        shown = [(on, instant(at), instant(filled), *rest) for on, at, filled, *rest in rows]
        assert [bool(active) for (active,) in sql.rows("SELECT active FROM staff ORDER BY id")] == [True, False]
    assert [(str(cell) if cell else cell) for cell in shown[0][:3]] == [
        "2026-03-05", "2026-03-05 02:00:00+00:00", "2026-03-05 10:30:00+00:00"
    ]  # fmt: skip
    assert shown[0][3:] == ("phone", 1, "")
    assert shown[1][:5] == ("2026-03-06", None, None, "phone", 2)  # a day is no instant: the lag is unknown
    assert json.loads(shown[1][5]) == {"填写时间": "2026-03-07"}
    assert desk.program("due", "--as", "老周").code == 1


def test_a_callback_becomes_a_booking(desk: Desk) -> None:
    told = desk.bring(
        CALL | {"结果": "不方便", "约定时间": "2026-03-13 15:00"},
        CALL | {"回访时间": "2026-03-06", "结果": "不方便", "约定时间": "2026-03-06"},
        CALL | {"回访时间": "2026-03-07 10:00", "结果": "不方便", "约定时间": "2026-03-07 09:00"},
        CALL | {"回访时间": "2026-03-08", "结果": "不方便", "约定时间": "2026-03-07"},
    )
    assert [(one["row"], one["column"]) for one in told["rejects"]] == [(4, "约定时间"), (5, "约定时间")]
    assert told["rejects"][0]["reason"] == "the callback lies before the revisit that promises it"
    assert desk.ask("SELECT customer_id, promised_on FROM booking ORDER BY id") == [
        (1, "2026-03-13"),
        (1, "2026-03-06"),
    ]
    assert ("callback",) in desk.ask("SELECT rule FROM follow_up")


def test_a_numbered_record_gets_versions(desk: Desk) -> None:
    first = CALL | {"记录编号": "R1", "备注": "早", "约定时间": "2026-03-20 15:00", "结果": "不方便"}
    desk.bring(first, {"客户编号": "C1", "回访时间": "2026-03-01", "结果": "占线"})
    assert desk.bring(first | {"备注": "晚", "约定时间": None})["updated"] == 1
    assert desk.ask(VERSIONS.replace("is_current", "CASE WHEN is_current THEN 1 ELSE 0 END")) == [
        (1, 1, 0, 1, "inconvenient", "早"), (1, 2, 1, 1, "inconvenient", "晚"), (2, 1, 1, 1, "busy", "")
    ]  # fmt: skip
    bookings = desk.ask(
        "SELECT r.version, b.promised_on FROM booking b JOIN revisit r ON r.id = b.revisit_id ORDER BY 1"
    )
    assert bookings == [(1, "2026-03-20"), (2, "2026-03-20")]  # the blank cell takes the promise not back
    assert desk.bring(first)["unchanged"] == 1  # an old sheet brings nothing new
    assert desk.ask("SELECT count(*) FROM follow_up WHERE rule = 'callback'") == [(1,)]


def test_a_record_that_moves_to_another_customer_leaves_the_first(desk: Desk) -> None:
    promise = CALL | {"记录编号": "R1", "结果": "不方便", "约定时间": "2026-03-20 15:00"}
    desk.bring(promise)
    desk.bring(promise | {"客户编号": "C2"})
    assert desk.ask("SELECT customer_id FROM follow_up WHERE rule = 'callback'") == [(2,)]
    assert desk.ask("SELECT id, last_contact_on FROM customer ORDER BY id") == [(1, None), (2, None)]


def test_without_a_number_by_customer_time_channel_result_and_staff(desk: Desk) -> None:
    full = CALL | {"方式": "微信", "回访人": "admin", "备注": "一"}
    told = desk.bring(
        full, full, full | {"备注": "二"}, full | {"方式": "电话"}, full | {"结果": "未接"}, full | {"回访人": "新"},
        full | {"回访时间": "2026-03-05 10:01"}, full | {"客户编号": "C2"},
    )  # fmt: skip
    assert (told["inserted"], told["unchanged"]) == (6, 1)
    assert [(one["row"], one["reason"]) for one in told["rejects"]] == [(4, "row 2 states the same differently")]
    assert desk.bring(full | {"备注": "三"})["updated"] == 1
    assert desk.bring(full)["unchanged"] == 1


def test_the_same_number_twice_is_one_or_a_contradiction(desk: Desk) -> None:
    numbered = CALL | {"记录编号": "R1"}
    told = desk.bring(numbered, numbered, numbered | {"结果": "拒访", "回访人": "谁"})
    assert (told["inserted"], told["unchanged"], told["rejected"]) == (1, 1, 1)
    assert desk.ask("SELECT login FROM staff") == [("admin",)]  # a rejected row adds nobody


def test_tomorrow_is_rejected(desk: Desk) -> None:
    told = desk.bring(
        CALL | {"回访时间": "2026-03-12 10:01"}, CALL | {"回访时间": "2026-03-13"}, CALL | {"回访时间": "2026-03-12"}
    )
    assert [(one["row"], one["reason"]) for one in told["rejects"]] == [
        (2, "the revisit lies in the future"), (3, "the revisit lies in the future")
    ]  # fmt: skip
    assert told["inserted"] == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"方式": "电话", "结果": "已发送"}, "the channel is none for messages"),
        ({"方式": "短信", "结果": "占线"}, "the result is that of a call"),
        ({"结果": "未接", "满意度": "满意"}, "satisfaction without a conversation"),
        ({"填写时间": "2026-03-05 09:00"}, "filled in before it happened"),
        ({"填写时间": "2026-04-05 09:00"}, "filled in in the future"),
    ],
)
def test_implausible_pairs_are_kept_with_a_warning(desk: Desk, more: Row, said: str) -> None:
    told = desk.bring(CALL | more)
    assert told["inserted"] == 1
    assert [said in one for one in told["warnings"]] == [True]


def test_customers_are_made_from_a_log_when_asked(desk: Desk) -> None:
    row = {"客户": "新客", "回访时间": "2026-03-01", "结果": "已接通"}
    assert desk.bring(row)["rejected"] == 1
    assert (
        desk.bring(row, {**row, "回访时间": "2027-01-01", "客户": "未来"}, options=("--create-customers",))["inserted"]
        == 1
    )
    assert desk.ask("SELECT name FROM customer WHERE id > 2") == [("新客",)]


def test_sales_follow_ups(desk: Desk) -> None:
    row = {"客户编号": "C1", "跟进日期": "2026-02-20", "业务员": "陈刚", "备注": "催款", "天气": "晴"}
    told = desk.bring(
        row, row, row | {"备注": "别的"}, row | {"业务员": None}, row | {"客户编号": "C2"}, row | {"跟进日期": "2026-03-13"},
        kind="sales-followups",
    )  # fmt: skip
    assert (told["inserted"], told["unchanged"], told["rejected"]) == (3, 1, 2)
    assert [(one["row"], one["reason"]) for one in told["rejects"]] == [
        (4, "row 2 states the same differently"), (7, "the day lies in the future")
    ]  # fmt: skip
    told = desk.bring(row | {"备注": "已付", "天气": "雨"}, kind="sales-followups")
    assert told["updated"] == 1
    kept = desk.ask("SELECT note, extra FROM sales_follow_up WHERE customer_id = 1 AND salesperson = '陈刚'")
    assert kept == [("已付", '{"天气": "雨"}')]
