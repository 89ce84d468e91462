"""Cells: what is understood, what is refused and why; the cases are data in cells.toml."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.intake import cells
from revisit.intake.cells import CellError
from revisit.sheets import BadCell

CASES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("cells.toml").read_text(encoding="utf-8"))
READERS = tuple(CASES)
DAYS = st.dates(dt.date(1960, 1, 1), dt.date(2100, 12, 31))


def cases(which: str) -> list[Any]:
    return [pytest.param(name, *case, id=f"{name}-{case[0]!r}") for name in READERS for case in CASES[name][which]]


@pytest.mark.parametrize(("reader", "cell", "meaning"), cases("good"))
def test_understood(reader: str, cell: object, meaning: object) -> None:
    found = getattr(cells, reader)(cell)
    assert found == (tuple(meaning) if isinstance(meaning, list) else meaning)
    assert type(found) is (tuple if isinstance(meaning, list) else type(meaning))


@pytest.mark.parametrize(("reader", "cell", "code"), cases("bad"))
def test_refused(reader: str, cell: object, code: str) -> None:
    with pytest.raises(CellError) as caught:
        getattr(cells, reader)(cell)
    assert caught.value.code == code
    assert caught.value.template.format(**caught.value.params) == str(caught.value)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000\n", "\u200b"])
def test_blank_is_none(reader: str, blank: object) -> None:
    assert getattr(cells, reader)(blank) is None


@pytest.mark.parametrize("reader", READERS)
def test_a_bad_cell_is_never_a_blank(reader: str) -> None:
    for bad in (BadCell("error_value", "#N/A"), BadCell("uncached_formula", "=A{1}+B1")):
        with pytest.raises(CellError) as caught:
            getattr(cells, reader)(bad)
        assert caught.value.code == bad.code
        assert bad.text in str(caught.value)


def test_no_phone_is_not_an_error() -> None:
    assert cells.phones("无") is None
    assert cells.phones("020 7946 0958", region="GB") == ("02079460958",)


def test_serials_of_1904() -> None:
    assert cells.day(43890, epoch1904=True) == dt.date(2024, 3, 1)
    assert cells.day(45352) == dt.date(2024, 3, 1)


def test_words() -> None:
    table = {"customer": "customer", "客户": "customer", "老客户": "customer", "prospect": "prospect"}
    assert cells.word(" Ｃustomer ", table) == cells.word("老 客户", table) == "customer"
    assert cells.word(None, table) is None
    with pytest.raises(CellError, match=r"某某 is unknown here; known: customer \(客户\), prospect"):
        cells.word("某某", table)


@given(DAYS)
def test_every_day_is_read_back_however_written(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    chinese = f"{day.year}年{day.month}月{day.day}日"
    for written in (day.isoformat(), day.strftime("%Y.%m.%d"), day.strftime("%Y%m%d"), chinese, serial, float(serial)):
        assert cells.day(written) == day


@given(DAYS, st.integers(1, 86_399))
def test_every_second_is_read_back(day: dt.date, seconds: int) -> None:
    moment = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds)
    serial = (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)  # noqa: DTZ001 - wall clock
    english = f"{day:%Y-%m-%d} {moment:%I:%M:%S %p}"
    for written in (moment.isoformat(), moment.strftime("%Y/%m/%d %H:%M:%S"), english, serial, moment):
        assert cells.moment(written) == moment


@given(st.integers(-(10**11), 10**11))
def test_every_cent_is_read_back(cents: int) -> None:
    assert cells.money(cents / 100) == cents
    sign, size = "-" if cents < 0 else "", abs(cents)
    assert cells.money(f"{sign}￥{size // 100:,}.{size % 100:02d}") == cents
    assert cells.money(f"({size // 100}.{size % 100:02d})") == -size


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_mobile_is_read_back(number: str) -> None:
    dressed = f"+86 {number[:3]}-{number[3:7]} {number[7:]}"
    assert cells.phones(number) == cells.phones(float(number)) == cells.phones(dressed) == (number,)


@given(
    st.text(max_size=40) | st.floats() | st.integers() | st.datetimes() | st.times() | st.timedeltas() | st.booleans()
)
def test_anything_else_is_a_value_or_a_cell_error(cell: object) -> None:
    for reader in READERS:
        try:
            getattr(cells, reader)(cell)
        except CellError as error:
            assert str(error)


@given(st.text(max_size=60))
def test_clean_text_stays_clean(text: str) -> None:
    once = cells.clean(text)
    assert cells.clean(once) == once
    assert "\n" not in once
    once.encode()
