"""Cells: what is understood, what is refused and why; the cases are data in cells.toml."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from revisit.intake import cells, telephone, textcell, when
from revisit.intake.cells import CellError, Doubt
from revisit.render import harmless
from revisit.sheets import BadCell

CASES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("cells.toml").read_text(encoding="utf-8"))
TODAY = dt.date(2026, 11, 22)
READ: dict[str, Callable[[object], Any]] = {
    "day_dmy": partial(cells.day, order="dmy", today=TODAY),
    "day_mdy": partial(cells.day, order="mdy", today=TODAY),
    "day_today": partial(cells.day, today=TODAY),
    "birthday": partial(cells.day, order="dmy", today=TODAY, earliest=cells.FIRST_YEAR, latest=TODAY),
}
READ = {name: READ.get(name) or getattr(cells, name) for name in CASES}
READERS = tuple(READ)
DAYS = st.dates(dt.date(1960, 1, 1), dt.date(2100, 12, 31))
GARBAGE = (
    st.text(max_size=40)
    | st.text("0123456789*xX-/.,()+ 年月日周四万元￥%'Tpm:转", max_size=30)
    | st.floats()
    | st.integers()
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.timedeltas()
    | st.booleans()
)


def cases(which: str) -> list[Any]:
    rows = [(name, case) for name in READERS for case in CASES[name].get(which, ())]
    return [pytest.param(name, *case[:2], *case[2:], id=f"{name}-{case[0]!r}") for name, case in rows]


def kept(meaning: object) -> object:
    """The value that a case in cells.toml means."""
    return tuple(meaning) if isinstance(meaning, list) else meaning


def outcome(read: Callable[[object], Any], cell: object) -> object:
    """The value of a cell with its type, or what it raised."""
    try:
        value = read(cell)
    except CellError as error:
        return error.code, error.params
    except Doubt as doubt:
        return doubt.code, doubt.value
    return type(value), value


@pytest.mark.parametrize(("reader", "cell", "meaning"), cases("good"))
def test_understood(reader: str, cell: object, meaning: object) -> None:
    found = READ[reader](cell)
    assert found == kept(meaning)
    assert type(found) is type(kept(meaning))


@pytest.mark.parametrize(("reader", "cell", "code"), cases("bad"))
def test_refused(reader: str, cell: object, code: str) -> None:
    with pytest.raises(CellError) as caught:
        READ[reader](cell)
    assert caught.value.code == code
    assert caught.value.template.format(**caught.value.params) == str(caught.value)


@pytest.mark.parametrize(
    "case",
    [(name, case) for name in READERS for case in CASES[name].get("doubt", ())],
    ids=lambda it: f"{it[0]}-{it[1][0]!r}",
)
def test_doubted_and_kept(case: tuple[str, list[object]]) -> None:
    reader, (cell, code, *rest) = case
    with pytest.raises(Doubt) as caught:
        READ[reader](cell)
    assert caught.value.code == code
    assert caught.value.value == (kept(rest[0]) if rest else None)
    assert type(caught.value.value) is type(kept(rest[0]) if rest else None)
    assert caught.value.template.format(**caught.value.params) == str(caught.value)


def test_what_is_told() -> None:
    told = {
        (
            "day",
            "3/4/2026",
        ): "3/4/2026 can be read as different days; write it as 2026-03-12, or say --dates dmy or --dates mdy",
        ("day_mdy", "31/12/2026"): "31/12/2026 is no date in the order mdy, which --dates names",
        ("day_today", dt.datetime(1970, 1, 1)): "1970-01-01 is an unlikely date; it was kept",  # noqa: DTZ001
        ("day", "2026-03-12（周五）"): "2026-03-12（周五）: the weekday does not go with the date; the date was kept",
        ("phones", "138****0001、13900000002"): "the masked number 138****0001 says nothing and was left out",
    }
    for (reader, cell), sentence in told.items():
        with pytest.raises((CellError, Doubt)) as caught:
            READ[reader](cell)
        assert str(caught.value) == sentence


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000\n", "\u200b"])
def test_blank_is_none(reader: str, blank: object) -> None:
    assert READ[reader](blank) is None


@pytest.mark.parametrize("reader", READERS)
def test_a_bad_cell_is_never_a_blank(reader: str) -> None:
    for bad in (BadCell("error_value", "#N/A"), BadCell("uncached_formula", "=A{1}+B1")):
        with pytest.raises(CellError) as caught:
            READ[reader](bad)
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


@given(GARBAGE)
@example("周四")
@example("138****")
@example("(")
def test_anything_else_is_a_value_an_error_or_a_doubt(cell: object) -> None:
    for read in READ.values():
        try:
            read(cell)
        except (CellError, Doubt) as told:
            assert str(told)


@given(st.text(max_size=60))
def test_clean_text_stays_clean(text: str) -> None:
    once = cells.clean(text)
    assert cells.clean(once) == once
    assert "\n" not in once
    once.encode()


@given(DAYS)
def test_a_weekday_may_stand_with_the_day_and_has_to_be_the_right_one(day: dt.date) -> None:
    right, wrong = day.weekday(), (day.weekday() + 3) % 7
    chinese = "周{}", "星期{}", "礼拜{}", "（周{}）", "【星期{}】"
    for number in (right, wrong):
        short = ("mon", "tues", "wed", "thurs", "fri", "sat", "sun")[number]
        long = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[number]
        named = [f"{day.isoformat()} {form.format('一二三四五六日'[number])}" for form in chinese]
        named += [f"{day.year}年{day.month}月{day.day}日星期{'一二三四五六日'[number]}", f"{day:%Y/%m/%d} ({short})"]
        named += [f"{long}, {day:%B} {day.day}, {day.year}", f"{short} {day.day} {day:%b} {day.year}"]
        for written in named:
            assert outcome(cells.day, written) == ((dt.date, day) if number == right else ("other_weekday", day))


@given(st.dates(dt.date(1932, 1, 1), dt.date(2031, 12, 31)))
def test_an_order_makes_every_day_readable(day: dt.date) -> None:
    plain = partial(cells.day, today=TODAY, earliest=cells.FIRST_YEAR)
    for year in (f"{day.year}", f"{day.year % 100:02d}"):
        for mark in "/-.":
            forward, backward = (
                mark.join((str(day.day), str(day.month), year)),
                f"{day.month}{mark}{day.day:02d}{mark}{year}",
            )
            assert plain(forward, order="dmy") == plain(backward, order="mdy") == day
            if day.day > 12:
                assert outcome(partial(plain, order="mdy"), forward)[0] == "other_order"  # type: ignore[index]
            elif day.day != day.month or len(year) == 2:
                assert outcome(plain, forward)[0] == "ambiguous_date"  # type: ignore[index]


def test_two_digits_without_today() -> None:
    assert cells.day("12/1/10", order="dmy") == dt.date(2010, 1, 12)
    assert [cells.day(f"1/1/{year}", order="dmy").year for year in ("69", "70")] == [2069, 1970]  # type: ignore[union-attr]


@given(st.text(max_size=30) | st.text("=+-@＝＋－＠'1aA公 ", max_size=8))
def test_what_our_csv_guards_comes_back(text: str) -> None:
    once = cells.clean(text)
    assume(cells.unguarded(once) == once)
    assert cells.text(harmless(once)) == (once or None)


@pytest.mark.parametrize("read", [cells.text, cells.code])
@given(written=st.text(max_size=30) | st.text("=+-@＝＋－＠'＇1aA \t\u200b\u202e", max_size=8))
def test_what_was_read_is_read_as_what_it_is(read: Callable[[object], str | None], written: str) -> None:
    """An exported sheet holds what was read: a cell must not change each time that it is read again."""
    try:
        once = read(written)
    except CellError:
        return
    assert once is None or read(once) == once


def test_guarded_figures_come_back() -> None:
    assert cells.money(harmless("-5.00")) == -500
    assert cells.phones(harmless("+442079460958")) == ("+442079460958",)
    assert cells.code(harmless("-001")) == cells.code("-001") == "-001"


# --- The quick ways and the long ones say the same ----------------------------------------------------------------


@given(st.text(max_size=40) | st.text("Aa9９Ａ宏（）()·—“” \t\u3000\u0301e\u200b'", max_size=12))
def test_a_text_is_clean_at_a_glance_only_if_it_is(text: str) -> None:
    long = textcell._cleaned(text)
    assert cells.clean(text) == long
    assert cells.text(text) == (textcell._cleaned(cells.unguarded(text)) or None)


def test_every_character_that_is_clean_at_a_glance_is() -> None:
    quick = [character for code in range(0x110000) if textcell.is_clean(character := chr(code))]
    assert len(quick) > 70_000
    assert [character for character in quick if textcell._cleaned(character) != character] == []
    pairs = [f"{first}{second}" for first in "aeかカ가宏é" for second in quick]
    assert [pair for pair in pairs if textcell._cleaned(pair) != pair] == []


@given(st.text("ABCabc019-_/#.+E' ", max_size=12) | st.floats() | st.integers(-(10**18), 10**18).map(float))
def test_a_code_is_the_same_the_long_way(cell: str | float) -> None:
    quick = outcome(cells.code, cell)
    assert quick == outcome(cells._code if isinstance(cell, str) else cells.text, cell)  # type: ignore[arg-type]


NEARLY_CENTS = st.builds(
    lambda cents, off, power: cents / 100 + off * 10.0**-power,
    st.integers(-(10**13), 10**13) | st.integers(-(10**9), 10**9),
    st.integers(-9, 9),
    st.integers(2, 12),
)


@given(st.floats() | NEARLY_CENTS | st.integers(-(10**17), 10**17))
@example(99_999_999.99)
@example(99_999_999.990001)
@example(0.1 + 0.2)
@example(0.010001)
@example(0.0100009)
def test_a_number_is_the_same_amount_the_long_way(value: float) -> None:
    assert outcome(cells.money, value) == outcome(cells._money, value)
    assert outcome(cells.number, value) == outcome(cells._number, value)


@given(
    st.from_regex(r"-?[¥￥]?[0-9]{1,5}(,[0-9]{3}){0,4}(\.[0-9]{0,3})?元?", fullmatch=True)
    | st.text("0123456789.,-￥元", max_size=9)
)
def test_a_text_is_the_same_amount_the_long_way(written: str) -> None:
    assert outcome(cells.money, written) == outcome(cells._money, written)
    assert outcome(cells.number, written) == outcome(cells._number, written)


WRITTEN_DAYS = st.from_regex(
    r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?", fullmatch=True
) | DAYS.flatmap(lambda day: st.sampled_from([f"{day}", f"{day:%Y/%m/%d} 9:05", f"{day:%Y.%m.%d}", f"{day} 23:59:60"]))


@given(WRITTEN_DAYS | st.datetimes() | st.dates())
def test_a_day_is_the_same_the_long_way(cell: object) -> None:
    quick = [outcome(READ[name], cell) for name in ("day", "day_today", "moment")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(when, "_quick", lambda _: None)
        assert [outcome(READ[name], cell) for name in ("day", "day_today", "moment")] == quick


CITIES = ["010", "020", "021", "025", "0311", "0571", "0754", "0755", "0851", "0898", "0991", "0999", "0137"]
LANDLINES = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", "+86", "0086", "+86-"]),
    st.sampled_from(CITIES) | st.from_regex(r"0[1-9][0-9]{1,2}", fullmatch=True),
    st.sampled_from(["", "-", " "]),
    st.from_regex(r"[0-9]{7,8}|[2-8][0-9]{7}|[19][0-9]{5,8}", fullmatch=True),
    st.sampled_from(["", "-12", "转12", "x3"]),
)
OTHERS = st.from_regex(r"(1[3-9][0-9]{9}[/;,、 ]){1,3}1[3-9][0-9]{9}", fullmatch=True) | st.from_regex(
    r"((\+|00)?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|[48]00-?[0-9]{3}-?[0-9]{4}", fullmatch=True
)


@given(LANDLINES | OTHERS | st.floats() | st.integers(13 * 10**9, 2 * 10**10).map(float))
def test_a_number_is_the_same_by_the_whole_numbering_plan(cell: object) -> None:
    quick = outcome(cells.phones, cell)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telephone, "_quick", lambda _: None)
        patch.setattr(telephone, "_is_landline", lambda _: False)
        patch.setattr(telephone, "_SERVICE", telephone.re.compile("(?!)"))
        patch.setattr(telephone, "_HOME_CODE", telephone.re.compile("(?!)"))
        assert outcome(cells.phones, cell) == quick
