"""The throw-away company: the same for the same seed, as large and as busy as promised, and readable by the importer."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from revisit.demo import REPRESENTATIVES, DemoFiles, make_season, make_spreadsheets
from revisit.demo.season import Season
from revisit.intake import cells
from revisit.intake.columns import readers
from revisit.intake.headers import find_header, is_total_row, parse_layout
from revisit.intake.rows import Hints
from revisit.policy.facts import Contact, Fact, File, Handover, Sale
from revisit.policy.outcome import LIVE, MET
from revisit.policy.plan import RULES
from revisit.resources import read_text
from revisit.sheets import read_workbook
from tests.policy.reading import DEFAULT_POLICIES, Reading, read_file

DAYS = [
    date(2023, 1, 3),
    date(2024, 7, 1),  # a slot begins
    date(2025, 1, 31),  # in the middle of Spring Festival
    date(2026, 2, 24),  # the first working day after Spring Festival
    date(2026, 3, 12),
    date(2027, 8, 16),  # no festival calendar for this year
]
REFERENCE = date(2026, 3, 12)
WRONG_CUSTOMERS = {"impossible_date", "digits_lost", "unknown_word", "nobody", "not_an_amount", "not_a_number"}


@cache
def season_of(today: date) -> Season:
    return make_season(today)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return make_spreadsheets(tmp_path_factory.mktemp("demo"), REFERENCE)


class Read:
    """A workbook as the importer sees it: typed records, and why the other rows cannot be understood."""

    def __init__(self, path: Path, kind: str) -> None:
        layout = parse_layout(kind, read_text(f"import/{kind}.toml"))
        read = readers(layout, False, Hints())
        (sheet,) = read_workbook(path).sheets
        header = find_header(sheet, layout)
        assert header is not None
        assert header.missing(layout) == ()
        assert header.doubled == ()
        self.header = header
        self.unknown = {column.title for column in header.columns if column.field is None}
        self.records: list[dict[str, Any]] = []
        self.refused: Counter[str] = Counter()
        self.raw: dict[str, list[object]] = {name: [] for name in header.fields}
        self.blank = self.totals = 0
        for row in islice(sheet.rows, header.row_number, None):
            self.blank += row.blank
            self.totals += not row.blank and is_total_row(row.cells)
            if row.blank or is_total_row(row.cells):
                continue
            values: dict[str, Any] = {}
            try:
                for name, index in header.fields.items():
                    self.raw[name].append(row.cells[index])
                    value = read[name](row.cells[index])
                    if value is not None:
                        values[name] = value
            except cells.CellError as error:
                self.refused[error.code] += 1
                continue
            if kind == "customers" and not values.keys() & {"code", "name"}:
                self.refused["nobody"] += 1
            else:
                self.records.append(values)


@cache
def readings(today: date) -> dict[str, Reading]:
    """Every customer of the company on its day, planned and read without any help from the demo."""
    season = season_of(today)
    return {
        one.code: read_file(one.file(today), DEFAULT_POLICIES, season.calendar, season.start_on, today)
        for one in season.customers
    }


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_morning_holds_every_rule_and_is_neither_empty_nor_endless(today: date) -> None:
    season = season_of(today)
    listed = {code: reading.listed for code, reading in readings(today).items() if reading.listed}
    assert {code: len(live) for code, live in season.morning().items()} == {c: len(live) for c, live in listed.items()}
    apart = {"brief", "case-revisit"}  # paperwork; and a case stands in no spreadsheet: the demo raises one itself
    assert {rule for live in listed.values() for rule, *_ in live} == set(RULES) - apart
    assert 35 <= len(listed) <= 80
    due = [row for one in season.customers for row in season.owed(one) if row.live(today) and row.at]
    assert any(row.at and row.at.date() == today and row.at.hour for row in due), "one at a time of today"


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_company_is_as_large_as_promised(today: date) -> None:
    season = season_of(today)
    kinds = Counter(one.habit == "prospect" for one in season.customers)
    assert 220 <= len(season.customers) <= 260
    assert kinds[True] == 12
    assert (
        len({one.name for one in season.customers})
        == len({one.phone for one in season.customers})
        == len(season.customers)
    )
    assert {one.rep for one in season.customers} == {login for login, _ in REPRESENTATIVES}
    assert season.start_on.day == 1
    assert 150 <= (today - season.start_on).days <= 181
    orders = [order for one in season.customers for order in one.orders]
    assert max(order.ordered_on for order in orders) == today - timedelta(days=1)
    assert len(orders) > 2000
    assert all(order.completed_on is None or order.ordered_on <= order.completed_on < today for order in orders)
    assert any(order.completed_on is None and order.status != "已取消" for order in orders)
    assert any(order.status == "已取消" for order in orders)
    resting = sum(not season.calendar.is_working_day(order.ordered_on) for order in orders)
    assert resting / len(orders) < 0.1


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_everybody_is_in_some_class_and_no_class_is_empty(today: date) -> None:
    census: Counter[str] = Counter()
    for reading in readings(today).values():
        kinds = reading.standings.keys()
        if "excluded" in kinds:
            census["excluded"] += 1
        elif reading.promised:
            census["promised"] += 1
        elif reading.owed:
            census["due"] += 1
        else:
            census["defective" if "defective" in kinds else "settled"] += 1
    assert census["excluded"] == 5
    assert census["promised"] >= 4
    assert census["defective"] >= 5
    assert census["settled"] > census["due"]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_most_follow_ups_were_made_in_time_some_late_some_never(today: date) -> None:
    states: Counter[str] = Counter()
    for reading in readings(today).values():
        states.update(state for *_, state in (*reading.owed, *reading.settled))
    judged = sum(states[state] for state in (*MET, "missed", "overdue"))
    assert 0.8 < (states["in_time"] + states["late"]) / judged < 0.98
    assert states["late"] > 50
    assert states["missed"] > 20
    assert states["overdue"] > 2
    assert LIVE & states.keys()


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_calls_are_possible(today: date) -> None:
    season = season_of(today)
    calls = [call for one in season.customers for call in one.calls]
    assert len({(call.rep, call.at) for call in calls}) == len(calls)
    for call in calls:
        assert call.at.date() < today
        assert call.at < call.filled_at < datetime.combine(today, datetime.min.time())
        assert 9 <= call.at.hour < 18
        assert call.promised is None or (call.result == "inconvenient" and str(call.promised) > str(call.at))
        assert not call.satisfaction or call.result == "reached"
        assert call.result != "sent" or call.channel in ("wechat", "sms")
        if call.result != "sent":
            assert season.calendar.is_working_day(call.at.date())
    assert {call.result for call in calls} >= {"reached", "declined", "sent", "no_answer", "busy", "wrong_number"}
    lags = [call.filled_at - call.at > timedelta(hours=24) for call in calls]
    assert 0 < sum(lags) < len(lags) / 10


def test_sales_and_takeover() -> None:
    season = season_of(REFERENCE)
    by_sales = [one for one in season.customers if one.by_sales]
    last = [max(one.sales_follow_ups) for one in by_sales if one.sales_follow_ups]
    assert any((REFERENCE - day).days < 30 for day in last)
    assert any((REFERENCE - day).days > 62 for day in last)
    taken = {
        one.code: next((row.met_on for row in season.owed(one) if row.rule == "takeover" and row.met_on), None)
        for one in by_sales
    }
    assert any(taken.values())
    assert any(
        since and day > since for one in by_sales for day in one.sales_follow_ups if (since := taken[one.code])
    ), "one after customer service took over"


def test_the_same_day_and_seed_give_the_same_bytes(files: DemoFiles, tmp_path: Path) -> None:
    again = make_spreadsheets(tmp_path / "again", REFERENCE)
    for name in ("staff", "customers", "orders", "revisits", "sales_follow_ups"):
        one, other = getattr(files, name), getattr(again, name)
        assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()
    assert again.start_on == files.start_on == date(2025, 10, 1)


def test_another_seed_is_another_company() -> None:
    names = {one.name for one in make_season(REFERENCE, seed=8).customers}
    assert names != {one.name for one in season_of(REFERENCE).customers}


def test_it_is_made_in_a_few_seconds(tmp_path: Path) -> None:
    def seconds(attempt: int) -> float:
        before = time.process_time()
        make_spreadsheets(tmp_path / str(attempt), REFERENCE)
        return time.process_time() - before

    assert any(seconds(attempt) < 10 for attempt in range(3)), "processor time; it takes 2 to 3 s on a slow core"


def test_the_headers_are_understood(files: DemoFiles) -> None:
    customers = Read(files.customers, "customers")
    assert customers.header.row_number == 4
    assert customers.header.skipped == (1, 2)
    assert customers.unknown == {"结算方式"}
    assert (customers.blank, customers.totals) == (1, 1)
    assert any(isinstance(cell, int | float) for cell in customers.raw["phone"])
    assert any(isinstance(cell, str) for cell in customers.raw["phone"])
    notations = {
        "." if "." in cell else "年" if "年" in cell else "/"
        for cell in customers.raw["contract_on"]
        if isinstance(cell, str)
    }
    assert notations == {".", "年", "/"}
    assert any(isinstance(cell, date) for cell in customers.raw["contract_on"])
    assert Read(files.orders, "orders").unknown == {"开单人"}
    assert Read(files.revisits, "revisits").unknown == set()
    assert Read(files.sales_follow_ups, "sales-followups").unknown == set()


def test_the_rows_that_must_be_refused_are_there(files: DemoFiles) -> None:
    customers = Read(files.customers, "customers")
    assert set(customers.refused) == WRONG_CUSTOMERS
    assert customers.refused.total() == 6
    orders = Read(files.orders, "orders")
    assert dict(orders.refused) == {"not_an_amount": 1}
    known = {one["code"] for one in customers.records}
    assert [one["code"] for one in orders.records if one["code"] not in known] == ["C9999"]
    owners: dict[str, set[str]] = {}
    for one in orders.records:
        owners.setdefault(one["number"], set()).add(one["code"])
    assert sum(len(codes) > 1 for codes in owners.values()) == 1
    assert max(Counter(one["number"] for one in orders.records).values()) == 2, "some orders stand in two lines"
    assert not Read(files.revisits, "revisits").refused
    assert not Read(files.sales_follow_ups, "sales-followups").refused


def test_what_is_read_back_is_what_was_planned(files: DemoFiles) -> None:
    read = {
        "orders": Read(files.orders, "orders").records,
        "revisits": Read(files.revisits, "revisits").records,
        "sales": Read(files.sales_follow_ups, "sales-followups").records,
    }
    season = season_of(REFERENCE)
    lines: dict[str, Any] = {kind: {} for kind in read}
    for kind, records in read.items():
        for one in records:
            lines[kind].setdefault(one["code"], []).append(one)
    owner: dict[str, str] = {}
    for one in read["orders"]:
        owner.setdefault(one["number"], one["code"])
    customers = Read(files.customers, "customers").records
    assert [one["code"] for one in customers] == [one.code for one in season.customers]
    for one in customers:
        code = one["code"]
        orders = {line["number"]: line for line in lines["orders"].get(code, ()) if owner[line["number"]] == code}
        file = File(
            code=code,
            entered_on=REFERENCE,
            sales=tuple(_sale(line) for line in orders.values()),
            contacts=tuple(_contact(line) for line in sorted(lines["revisits"].get(code, ()), key=_when)),
            handovers=(Handover("sales", one.get("followed_since")),) if one.get("followed_by") == "sales" else (),
            sales_follow_ups=tuple(line["on"] for line in lines["sales"].get(code, ())),
            shown_orders=(one["last_order_on"],) if "last_order_on" in one else (),
            facts=tuple(
                Fact(
                    name, value.isoformat() if isinstance(value, date) else str(int(value) if name != "kind" else value)
                )
                for name, value in one.items()
                if name in ("kind", "contract_on", "balance", "do_not_call")
            ),
        )
        there = read_file(file, DEFAULT_POLICIES, season.calendar, season.start_on, REFERENCE)
        assert there == readings(REFERENCE)[code]


def _sale(line: dict[str, Any]) -> Sale:
    on = line["ordered_on"]
    return Sale(on, line.get("completed_on"), on if line.get("status") == "cancelled" else None)


def _when(line: dict[str, Any]) -> tuple[str, bool]:
    timed = isinstance(line["at"], datetime)
    return (line["at"].isoformat(), False) if timed else (f"{line['at']}T~", True)


def _contact(line: dict[str, Any]) -> Contact:
    at, promised = line["at"], line.get("callback")
    on = at.date() if isinstance(at, datetime) else at
    day = promised.date() if isinstance(promised, datetime) else promised
    return Contact(on, line["channel"], line["result"], promised_on=day)
