"""The call sheet there and back: `revisit due -o` and `revisit log --from`."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from revisit import i18n
from tests.commands.test_log import by, stored
from tests.commands.test_log import fill as fill_office
from tests.support import Program, mostly_on_sqlite, table
from tests.test_outgoing import sheet as sheet_of_texts

MORE = [
    {"客户编号": f"D{n}", "客户名称": name, "电话": f"1390000000{n}", "客服专员": "wang"}
    for n, name in enumerate(("甲行", "=1+1", "丙行"), 1)
]
ORDERS = [{"订单号": f"B{n}", "客户编号": f"D{n}", "下单日期": "2026-03-03"} for n in (1, 2, 3)]
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
RECORDS = """
SELECT c.code, r.number, r.version, r.result, r.channel, r.done_on, r.satisfaction, r.reason, r.note, r.is_void FROM revisit r
JOIN customer c ON c.id = r.customer_id WHERE r.is_current ORDER BY r.number
"""
HEADER = 4
EN = (
    "No.", "Code", "Customer", "Contact", "Phone", "Call by", "Rule", "Why", "Last contact", "Time of the talk", "Result",
    "Channel", "Satisfaction", "Reason", "Suggestion", "Spoken to", "Call back", "Note", "Written down at", "Row token",
)  # fmt: skip
COUNTS = ("rows", "recorded", "changed", "unchanged", "untouched", "in_conflict", "rejected", "blank", "skipped")
Filled = Mapping[str, Mapping[str, Any]]


def fill(revisit: Program, folder: Path) -> None:
    """`wang` owes four customers a contact: C1, and D1 to D3, all of them dormant over a week."""
    fill_office(revisit, folder)
    assert revisit("import", "customers", str(sheet_of_texts(folder / "more.csv", MORE))).code == 0
    assert revisit("import", "orders", str(table(folder / "orders.xlsx", ORDERS))).code == 0


FILLED = {"office": fill}


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves, on 12 March 2026, 10:00."""
    return revisit


def sheet_of(office: Program, folder: Path, *options: str, login: str = "wang", name: str = "sheet.xlsx") -> Path:
    """A call sheet that is not filled in."""
    done = by(office, login, "due", "-o", str(folder / name), *options)
    assert (done.code, done.err) == (0, ""), done
    return folder / name


def columns_of(page: Any) -> dict[str, int]:
    return {cell.value: cell.column for row in page.iter_rows(max_row=HEADER) for cell in row if cell.value in EN}


def filled(sheet: Path, rows: Filled, name: str = "filled.xlsx") -> Path:
    """The sheet as somebody filled it in: by customer and column title."""
    book = load_workbook(sheet)
    page = book.active
    assert page is not None
    at = columns_of(page)
    for row in page.iter_rows(min_row=HEADER + 1):
        for title, value in rows.get(str(row[at["Code"] - 1].value), {}).items():
            cell = row[at[title] - 1]
            cell.value = value
            cell.data_type = "s" if isinstance(value, str) else cell.data_type  # the cells are texts, whatever is typed
    book.save(sheet.with_name(name))
    return sheet.with_name(name)


def recorded(office: Program, sheet: Path, *options: str, login: str = "wang") -> dict[str, Any]:
    """The document of `log --from`."""
    done = by(office, login, "log", "--from", str(sheet), *options, "--json")
    found: dict[str, Any] = done.json
    assert sum(found[name] for name in COUNTS[1:]) == found["rows"]
    assert done.code == (3 if found["rejected"] or found["in_conflict"] else 0)
    return found


def counts(found: Mapping[str, Any]) -> dict[str, int]:
    """What a sheet came to; what is 0, and titles, left out."""
    return {name: found[name] for name in COUNTS[1:-1] if found[name]}


# --- out


@ON_SQLITE
def test_what_stands_on_the_sheet(office: Program, tmp_path: Path) -> None:
    page = load_workbook(sheet_of(office, tmp_path)).active
    assert page is not None
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert [row[0] for row in rows[:3]] == [
        "宏远商贸 · call sheet of 2026-03-12 · wang",
        "4 customers · exported by wang · orders known up to 2026-03-10",
        "Fill in the yellow columns; leave a row empty that was not called. A time alone is one of 2026-03-12. Then: revisit "
        "log --from FILE",
    ]
    assert tuple(rows[3]) == EN
    assert rows[4][:9] == [
        "1", "C1", "宏远涂料 (A)", "李敏", "13800000001", "03-09 overdue", "after a sale",
        "sale completed on 2026-03-02, no conversation since [P3 2.2]; also dormant over a week", None,
    ]  # fmt: skip
    assert [row[1] for row in rows[4:]] == ["C1", "D1", "D2", "D3"]
    cells = [cell for row in page.iter_rows(min_row=5) for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}, "texts, and no formula"
    assert {cell.number_format for cell in cells} == {"@"}
    assert rows[6][2] == "=1+1"


@ON_SQLITE
def test_only_what_is_filled_in_is_free(office: Program, tmp_path: Path) -> None:
    page = load_workbook(sheet_of(office, tmp_path)).active
    assert page is not None
    assert page.protection.sheet and page.protection.password is None
    free = {EN[cell.column - 1] for row in page.iter_rows(min_row=5) for cell in row if not cell.protection.locked}
    assert free == set(EN[9:19])
    assert all(cell.protection.locked for row in page.iter_rows(max_row=HEADER) for cell in row)
    hidden = [letter for letter, column in page.column_dimensions.items() if column.hidden]
    assert hidden == ["T"]
    lists = {str(one.sqref): one.formula1 for one in page.data_validations.dataValidation if one.type == "list"}
    assert lists == {
        "K5:K8": '"reached,declined,sent,no answer,busy,wrong number,inconvenient"',
        "L5:L8": '"phone,visit,sms,wechat,email,service"',
        "M5:M8": '"satisfied,neutral,dissatisfied"',
    }


@ON_SQLITE
def test_it_prints_on_a4_with_its_titles_on_every_page(office: Program, tmp_path: Path) -> None:
    page = load_workbook(sheet_of(office, tmp_path)).active
    assert page is not None
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr is not None
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.print_title_rows, page.print_area) == ("$4:$4", "'call sheet'!$A$1:$S$8")
    assert page.freeze_panes == "D5"


@ON_SQLITE
def test_in_chinese(office: Program, tmp_path: Path) -> None:
    i18n.activate("zh")
    page = load_workbook(sheet_of(office, tmp_path)).active
    assert page is not None
    assert page.title == "回访单"
    assert page["A1"].value == "宏远商贸 · 2026-03-12 回访单 · wang"
    lists = [one.formula1 for one in page.data_validations.dataValidation if one.type == "list"]
    assert lists[0] == '"已接通,拒访,已发送,未接,占线,空号,不方便"'


@ON_SQLITE
@pytest.mark.parametrize("login", ["wang", "sun", "li", "admin"])
def test_it_holds_what_the_list_shows_of_a_customer(office: Program, tmp_path: Path, login: str) -> None:
    """Phones are whole for whoever owes the contact, masked for a supervisor; another's customers are only there."""
    page = load_workbook(sheet_of(office, tmp_path, "--all", login=login)).active
    assert page is not None
    shown = [(row[1], row[4]) for row in page.iter_rows(min_row=5, values_only=True)]
    listed = by(office, login, "due", "--all", "--json").json["items"]
    assert shown == [(one["code"], one["phone"] or "no phone") for one in listed]


@ON_SQLITE
def test_who_took_it_along_is_known(office: Program, tmp_path: Path) -> None:
    sheet = sheet_of(office, tmp_path, "--limit", "2")
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    ((who, change),) = stored(office, "SELECT who, change FROM audit WHERE action = 'export'")
    told = {name: new for name, (_old, new) in json.loads(change).items()}
    token = load_workbook(sheet).active["T5"].value  # type: ignore[index]
    assert who == "wang"
    assert told == {"kind": "call-sheet", "file": "sheet.xlsx", "rows": 2, "rep": "wang", "sheet": token[:8]}


REFUSED = [
    ("shen", ("due", "-o", "x.xlsx"), 1, "the role auditor may not do this"),
    ("gao", ("due", "-o", "x.xlsx"), 1, "the role approver may not do this"),
    (None, ("due", "-o", "x.xlsx"), 1, "I do not know who you are"),
    ("wang", ("due", "-o", "x.csv"), 2, "x.csv does not end in .xlsx"),
    ("wang", ("due", "-o", "x.xlsx", "--csv"), 2, "exclude each other"),
    ("wang", ("due", "-o", "x.xlsx", "--excluded"), 2, "exclude each other"),
    ("wang", ("due", "-o", "x.xlsx", "--why"), 2, "exclude each other"),
    ("wang", ("due", "-o", "there.xlsx"), 1, "is there already"),
    ("wang", ("due", "-o", "nowhere/x.xlsx"), 1, "cannot be written"),
    ("wang", ("log",), 2, "CUSTOMER is missing"),
    ("wang", ("log", "C1"), 2, "--result is missing"),
    ("wang", ("log", "C1", "--from", "there.xlsx"), 2, "--from, CUSTOMER exclude each other"),
    ("wang", ("log", "--from", "there.xlsx", "--note", "x"), 2, "--from, --note exclude each other"),
    ("wang", ("log", "C1", "-r", "reached", "--dry-run"), 2, "--dry-run is for call sheets"),
    ("wang", ("log", "--from", "there.xlsx"), 1, "there.xlsx is no call sheet"),
    ("wang", ("log", "--from", "none.xlsx"), 1, "does not exist"),
    ("wang", ("log", "--from", "there.xlsx", "--rejects", "there.xlsx"), 1, "is there already"),
    ("wang", ("log", "--from", "there.xlsx", "--rejects", "there.xlsx", "--yes"), 1, "is the call sheet itself"),
    ("shen", ("log", "--from", "there.xlsx"), 1, "the role auditor may not do this"),
    (None, ("log", "--from", "there.xlsx"), 1, "I do not know who you are"),
]


@pytest.mark.parametrize(
    ("company_db", "login", "typed", "code", "said"), mostly_on_sqlite(REFUSED), indirect=["company_db"]
)
def test_what_is_refused(
    office: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str | None, typed: Sequence[str], code: int,
    said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    table(Path("there.xlsx"), [{"客户编号": "C1", "结果": "已接通"}])
    before = Path("there.xlsx").read_bytes()
    office.login = login
    done = office(*typed)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert Path("there.xlsx").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("x.")] == []
    assert stored(office, "SELECT count(*) FROM audit WHERE action = 'export'") == [(0,)]


@ON_SQLITE
def test_a_file_that_is_there_goes_when_that_is_said(office: Program, tmp_path: Path) -> None:
    first = sheet_of(office, tmp_path).read_bytes()
    told = by(office, "wang", "due", "-o", str(tmp_path / "sheet.xlsx"), "--yes", "--json").json
    assert (tmp_path / "sheet.xlsx").read_bytes() != first
    assert {name: told[name] for name in ("on", "rep", "rows")} == {"on": "2026-03-12", "rep": "wang", "rows": 4}


# --- back

DAY = {
    "C1": {
        "Time of the talk": "9:30", "Result": "已接通", "Satisfaction": "满意", "Note": "=好", "Written down at": "9:45",
        "Spoken to": "李敏", "Call back": "下周三", "Reason": "库存多", "Suggestion": "快些",
    },
    "D1": {"Time of the talk": "8点", "Result": "no answer"},
    "D2": {"Result": "reached", "Channel": "上门"},
}  # fmt: skip
SCREEN = """\
filled.xlsx is recorded
7 rows = 3 recorded + 0 changed + 0 unchanged + 1 not filled in + 0 in conflict + 0 rejected + 0 blank + 3 titles and totals

Row  Code  Revisit  Result     What came of it
  5  C1          1  reached    met late: after a sale; met in time: dormant over a week; call back 2026-03-18 (Wednesday)
  6  D1          2  no answer  written down late: 2 h after the talk; allowed: 1 h [P3 2.2]
  7  D2          3  reached    met late: after a sale; met in time: dormant over a week
""".splitlines()


def test_a_filled_in_sheet_becomes_records_once(office: Program, tmp_path: Path) -> None:
    sheet = filled(sheet_of(office, tmp_path), DAY)
    done = by(office, "wang", "log", "--from", str(sheet))
    assert (done.code, done.err, done.out.splitlines()) == (0, "", SCREEN)
    assert [tuple(row) for row in stored(office, RECORDS)] == [
        ("C1", 1, 1, "reached", "phone", "2026-03-12", "satisfied", "库存多", "=好", False),
        ("D1", 2, 1, "no_answer", "phone", "2026-03-12", "", "", "", False),
        ("D2", 3, 1, "reached", "visit", "2026-03-12", "", "", "", False),
    ]
    booked = stored(office, "SELECT promised_on, person, planned FROM booking")
    assert [tuple(row) for row in booked] == [("2026-03-18", "李敏", False)]
    before = stored(office, "SELECT hash FROM audit ORDER BY id")
    again = recorded(office.at("2026-03-13 18:00"), sheet)
    assert counts(again) == {"unchanged": 3, "untouched": 1}
    assert stored(office, "SELECT hash FROM audit ORDER BY id") == before


@ON_SQLITE
def test_the_document(office: Program, tmp_path: Path) -> None:
    sheet = filled(sheet_of(office, tmp_path), DAY)
    found = recorded(office, sheet)
    assert found["records"][0] == {
        "row": 5, "code": "C1", "revisit": 1, "version": 1,
        "met": [
            {"rule": "after-sale", "due_by": "2026-03-09", "outcome": "late"},
            {"rule": "dormant-week", "due_by": "2026-03-16", "outcome": "in_time"},
        ],
        "opened": [{"rule": "callback", "opens_on": "2026-03-18", "due_by": "2026-03-18"}],
        "callback": "2026-03-18", "lag_hours": 0.2, "in_time": True, "filled_stated": True,
    }  # fmt: skip
    assert [(one["lag_hours"], one["in_time"], one["filled_stated"]) for one in found["records"][1:]] == [
        (2.0, False, False), (None, None, False),
    ]  # fmt: skip
    shown = by(office, "wang", "amend", "1").out
    assert "Written down        0.2 h after the talk (as stated)" in shown.splitlines()


@pytest.mark.parametrize("company_db", ["sqlite", "postgresql"], indirect=True)
def test_a_dry_run_says_the_same_and_writes_nothing(office: Program, tmp_path: Path) -> None:
    sheet = filled(sheet_of(office, tmp_path), DAY | {"D3": {"Result": "什么"}})
    audit = "SELECT count(*) FROM audit"
    before = stored(office, audit)
    dry = recorded(office, sheet, "--dry-run")
    assert (stored(office, audit), stored(office, RECORDS)) == (before, [])
    real = recorded(office, sheet)
    assert [one.pop("revisit") for one in dry["records"]] == [None] * 3
    assert [one.pop("revisit") for one in real["records"]] == [1, 2, 3]
    assert dry == real


REFUSED_ROWS: list[tuple[dict[str, Any], str, str]] = [
    # what was filled in for C1; the column that is named, and part of the reason
    ({"Result": "什么"}, "Result", "什么 is unknown here"),
    ({"Note": "x"}, "Result", "the cell is empty"),
    ({"Time of the talk": "9:30"}, "Result", "the cell is empty"),
    ({"Result": "reached", "Satisfaction": "很多"}, "Satisfaction", "很多 is unknown here"),
    ({"Result": "reached", "Time of the talk": "10:30"}, "Time of the talk", "the revisit lies in the future"),
    ({"Result": "reached", "Time of the talk": "明天"}, "Time of the talk", "the revisit lies in the future"),
    ({"Result": "reached", "Time of the talk": "3点"}, "Time of the talk", "3点 can be read in two ways"),
    ({"Result": "reached", "Time of the talk": "25:00"}, "Time of the talk", "there is no such date: 25:00; write for"),
    ({"Result": "reached", "Time of the talk": "随便"}, "Time of the talk", "I do not understand the date 随便; write for"),
    ({"Result": "reached", "Time of the talk": "2小时后"}, "Time of the talk", "counts from a time that nobody knows"),
    ({"Result": "reached", "Call back": "2小时后"}, "Call back", "counts from a time that nobody knows"),
    ({"Result": "reached", "Call back": "改天"}, "Call back", "改天 names no day that could be kept; name a day"),
    ({"Result": "reached", "Call back": "周四"}, "Call back", "周四: this week or next week?; write today"),
    ({"Result": "reached", "Call back": "2062-03-18"}, "Call back", "2062-03-18 is more than two years away"),
    ({"Result": "reached", "Call back": "10-11"}, "Call back", "10-11 can be read in two ways"),
    ({"Result": "reached", "Call back": "昨天"}, "Call back", "the callback lies before the revisit"),
    ({"Result": "reached", "Time of the talk": "9:30", "Call back": "9:00"}, "Call back", "the callback lies before"),
    ({"Result": "reached", "Time of the talk": "9:30", "Written down at": "9:00"}, "Written down at", "before it happened"),
    ({"Result": "reached", "Written down at": "昨天18:00"}, "Written down at", "before it happened"),
    ({"Result": "reached", "Written down at": "23:00"}, "Written down at", "filled in in the future"),
    ({"Result": "reached", "Written down at": "今天"}, "Written down at", "今天 names no time of day"),
    ({"Result": "reached", "Row token": ""}, "Row token", "was not on the call sheet"),
    ({"Result": "reached", "Row token": "x"}, "Row token", "the token was changed"),
    ({"Result": "reached", "Code": "D1"}, "Code", "the token of this row is that of C1"),
    ({"Result": "reached", "Code": None}, "Code", "the code is gone; by its token this row is that of C1"),
]  # fmt: skip


@ON_SQLITE
def test_a_row_that_cannot_be_is_returned_with_its_reason(office: Program, tmp_path: Path) -> None:
    """Each case is a copy of the row of C1; the row of D1 goes in all the same."""
    sheet = rearranged(sheet_of(office, tmp_path), range(len(EN)), (2, *[1] * len(REFUSED_ROWS)))
    book = load_workbook(sheet)
    assert book.active is not None
    for number, cells in enumerate([{"Result": "未接"}, *(cells for cells, _column, _reason in REFUSED_ROWS)], 2):
        for title, value in cells.items():
            book.active.cell(number, EN.index(title) + 1).value = value
    book.save(sheet)
    found = recorded(office, sheet)
    assert counts(found) == {"recorded": 1, "rejected": len(REFUSED_ROWS)}
    for number, (told, (cells, column, reason)) in enumerate(zip(found["rejects"], REFUSED_ROWS, strict=True), 3):
        assert (told["row"], told["column"], reason in told["reason"]) == (number, column, True), (cells, told)


TIMES: list[tuple[Any, str, str | None]] = [
    # what stands in the cell, also as other programs save it; day and time that are meant (the sheet is one of 12 March)
    ("9:30", "2026-03-12", "09:30"),
    ("上午9点半", "2026-03-12", "09:30"),
    ("９：３０", "2026-03-12", "09:30"),
    ("昨天下午3点", "2026-03-11", "15:00"),
    ("2026-03-11 16:20", "2026-03-11", "16:20"),
    ("3月11日", "2026-03-11", None),
    ("yesterday 15:00", "2026-03-11", "15:00"),
    (time(9, 30), "2026-03-12", "09:30"),
    (0.375, "2026-03-12", "09:00"),
    (datetime.fromisoformat("2026-03-11 16:20"), "2026-03-11", "16:20"),
    (date(2026, 3, 11), "2026-03-11", None),
    (datetime.fromisoformat("1899-12-30 09:30"), "2026-03-12", "09:30"),
    ("46092.5", "2026-03-11", "12:00"),
    (None, "2026-03-12", None),
]  # fmt: skip


@ON_SQLITE
@pytest.mark.parametrize(("cell", "on", "at"), TIMES, ids=[repr(case[0]) for case in TIMES])
def test_times_as_people_and_programs_write_them(
    office: Program, tmp_path: Path, cell: Any, on: str, at: str | None
) -> None:
    recorded(office, filled(sheet_of(office, tmp_path), {"C1": {"Time of the talk": cell, "Result": "reached"}}))
    shown = by(office, "wang", "show", "C1", "--json").json["contacts"][0]
    assert (shown["on"], shown["at"]) == (on, f"{on}T{at}:00+08:00" if at else None)


@ON_SQLITE
def test_rejected_rows_come_back_as_a_sheet_to_correct(office: Program, tmp_path: Path) -> None:
    sheet = filled(sheet_of(office, tmp_path), DAY | {"D3": {"Result": "reachd", "Time of the talk": "25:00"}})
    rejects = tmp_path / "rejects.xlsx"
    done = by(office, "wang", "log", "--from", str(sheet), "--rejects", str(rejects))
    assert done.code == 3
    assert done.err.splitlines() == [
        "rejected rows: 1",
        f"the rejected rows stand in {rejects}; correct them there, then: revisit log --from {rejects}",
    ]
    book = load_workbook(rejects)
    page = book.active
    assert page is not None
    titles = {cell.value: cell.column for cell in page[1]}
    assert page.cell(2, titles["Code"]).value == "D3"
    page.cell(2, titles["Time of the talk"]).value = "9:00"
    page.cell(2, titles["Result"]).value = "reached"
    book.save(rejects)
    found = recorded(office, rejects)
    assert (counts(found), [one["code"] for one in found["records"]]) == ({"recorded": 1}, ["D3"])
    corrected = filled(sheet, {"D3": {"Result": "reached", "Time of the talk": "9:00"}})
    assert counts(recorded(office, corrected)) == {"unchanged": 4}, "known again by its line of the sheet"


def test_what_changed_in_the_sheet_alone_is_a_new_version(office: Program, tmp_path: Path) -> None:
    sheet = sheet_of(office, tmp_path)
    recorded(office, filled(sheet, DAY))
    changed = {**DAY, "C1": {**DAY["C1"], "Result": "未接", "Satisfaction": None, "Call back": None}}
    found = recorded(office.at("2026-03-12 17:00"), filled(sheet, changed))
    assert counts(found) == {"changed": 1, "unchanged": 2, "untouched": 1}
    assert [(one["code"], one["revisit"], one["version"]) for one in found["records"]] == [("C1", 1, 2)]
    assert tuple(stored(office, RECORDS)[0]) == (
        "C1", 1, 2, "no_answer", "phone", "2026-03-12", "", "库存多", "=好", False,
    )  # fmt: skip
    assert [item["code"] for item in by(office, "wang", "due", "--json").json["items"]][:1] == ["C1"], "owed again"
    last = by(office, "wang", "amend", "1", "--json").json["versions"][-1]
    assert last["changes"].keys() == {"result", "satisfaction", "callback", "ask_for"}
    assert counts(recorded(office, filled(sheet, changed))) == {"unchanged": 3, "untouched": 1}
    assert "call sheet" in by(office, "wang", "amend", "1").out.splitlines()[-1]


AMENDED: list[tuple[tuple[str, ...], dict[str, Any], dict[str, int], str]] = [
    # what a person does with the record of C1, how the row is changed, what becomes of it; part of what is told
    (("amend", "1", "--note", "别的"), {}, {"unchanged": 1}, ""),
    (("amend", "1", "--note", "别的"), {"Note": "别的"}, {"unchanged": 1}, ""),
    (("amend", "1", "--note", "别的"), {"Note": "又一个"}, {"in_conflict": 1}, "was corrected by sun"),
    (("amend", "1", "--note", "别的"), {"Reason": "价格"}, {"in_conflict": 1}, "was corrected by sun"),
    (("void", "1", "--reason", "错了"), {}, {"unchanged": 1}, ""),
    (("void", "1", "--reason", "错了"), {"Note": "又一个"}, {"in_conflict": 1}, "was taken back by sun"),
]


@pytest.mark.parametrize(
    ("company_db", "done", "row", "expected", "said"), mostly_on_sqlite(AMENDED), indirect=["company_db"]
)
def test_what_a_person_corrected_is_never_overwritten(
    office: Program, tmp_path: Path, done: tuple[str, ...], row: dict[str, Any], expected: dict[str, int], said: str
) -> None:
    sheet = sheet_of(office, tmp_path)
    recorded(office, filled(sheet, {"C1": DAY["C1"]}))
    assert by(office, "sun", *done).code == 0
    before = stored(office, RECORDS)
    found = recorded(office, filled(sheet, {"C1": {**DAY["C1"], **row}}))
    assert counts(found) == {**expected, "untouched": 3}
    assert [said in one["reason"] for one in found["conflicts"]] == [True] * expected.get("in_conflict", 0)
    assert stored(office, RECORDS) == before


@ON_SQLITE
def test_a_conflict_shows_both_sides(office: Program, tmp_path: Path) -> None:
    sheet = sheet_of(office, tmp_path)
    recorded(office, filled(sheet, {"C1": DAY["C1"]}))
    by(office, "sun", "amend", "1", "--note", "别的")
    done = by(office, "wang", "log", "--from", str(filled(sheet, {"C1": {**DAY["C1"], "Result": "未接"}})))
    assert done.code == 3
    assert done.out.splitlines()[3:] == [
        "In conflict: not written",
        "Row  Code  Why                                                               On record → in the sheet",
        "  5  C1    revisit 1 was corrected by sun, and this row was changed as well  Result: reached → no answer; "
        "Note: 别的 → =好",
    ]  # fmt: skip
    assert done.err == "rows in conflict: 1; look at the record and decide: revisit amend 1\n"


TALKS: list[tuple[tuple[str, ...], dict[str, Any], dict[str, int]]] = [
    # what was recorded with `log` after the sheet was made; what the row of C1 says; what becomes of it
    (("-r", "reached", "--at", "9:30"), {"Time of the talk": "9:30"}, {"unchanged": 1}),
    (("-r", "reached", "--at", "9:30"), {}, {"unchanged": 1}),
    (("-r", "reached", "--at", "9:30"), {"Time of the talk": "9:35"}, {"in_conflict": 1}),
    (("-r", "reached", "--at", "9:30"), {"Time of the talk": "9:30", "Note": "好"}, {"in_conflict": 1}),
    (("-r", "no_answer", "--at", "9:30"), {"Time of the talk": "9:30"}, {"in_conflict": 1}),
    (("-r", "no_answer", "--at", "9:30"), {}, {"in_conflict": 1}),
    (("-r", "no_answer", "--at", "8:00"), {"Time of the talk": "9:30"}, {"recorded": 1}),
    (("-r", "reached", "--at", "昨天"), {"Time of the talk": "9:30"}, {"recorded": 1}),
    (("-r", "reached", "-c", "wechat"), {"Time of the talk": "9:30"}, {"recorded": 1}),
    (("-r", "reached", "--inbound", "--at", "9:30"), {"Time of the talk": "9:30"}, {"recorded": 1}),
    (("-r", "reached", "--with", "sales"), {}, {"recorded": 1}),
]


@pytest.mark.parametrize(("company_db", "logged", "row", "expected"), mostly_on_sqlite(TALKS), indirect=["company_db"])
def test_a_record_that_the_sheet_did_not_know(
    office: Program, tmp_path: Path, logged: tuple[str, ...], row: dict[str, Any], expected: dict[str, int]
) -> None:
    """Of the same day and channel, and at about the same time: it may be the same talk, and a person decides."""
    sheet = filled(sheet_of(office, tmp_path), {"C1": {"Result": "reached", **row}})
    assert by(office, "sun", "log", "C1", *logged).code == 0
    found = recorded(office, sheet)
    assert counts(found) == {**expected, "untouched": 3}
    differs = [{one["field"] for one in told["differs"]} for told in found["conflicts"]]
    assert all(
        fields <= {"result", "at", "note"} and ("at" in fields) == (row.get("Time of the talk") == "9:35")
        for fields in differs
    )
    assert all("revisit 1 (sun) of that day may be the same talk" in one["reason"] for one in found["conflicts"])


@ON_SQLITE
def test_what_was_on_record_before_the_sheet_is_no_conflict(office: Program, tmp_path: Path) -> None:
    assert by(office, "wang", "log", "C1", "-r", "no_answer").code == 0
    sheet = filled(sheet_of(office, tmp_path), {"C1": {"Result": "reached"}})
    assert counts(recorded(office, sheet)) == {"recorded": 1, "untouched": 3}


@ON_SQLITE
def test_two_sheets_of_one_day_record_a_talk_once(office: Program, tmp_path: Path) -> None:
    first, second = (filled(sheet_of(office, tmp_path, name=f"{n}.xlsx"), DAY, f"f{n}.xlsx") for n in (1, 2))
    assert counts(recorded(office, first)) == {"recorded": 3, "untouched": 1}
    assert counts(recorded(office, second)) == {"unchanged": 3, "untouched": 1}


# --- what people do with sheets


def rearranged(sheet: Path, order: Sequence[int], rows: Sequence[int], extra: Mapping[str, str] | None = None) -> Path:
    """The sheet with its columns in this order, its rows in that one, nothing above the titles, and more columns."""
    page = load_workbook(sheet).active
    assert page is not None
    found = [list(row) for row in page.iter_rows(min_row=HEADER, values_only=True)]
    book = Workbook()
    assert book.active is not None
    for number in (0, *rows):
        more = [*(extra or {})] if number == 0 else [*(extra or {}).values()]
        book.active.append([*(found[number][place] for place in order), *more])
    for cell in (cell for row in book.active.iter_rows() for cell in row if isinstance(cell.value, str)):
        cell.data_type = "s"
    book.save(sheet.with_name("rearranged.xlsx"))
    return sheet.with_name("rearranged.xlsx")


@ON_SQLITE
def test_sorted_rows_and_other_columns(office: Program, tmp_path: Path) -> None:
    sheet = filled(sheet_of(office, tmp_path), DAY)
    other = rearranged(sheet, (19, 10, 1, *range(11, 19), 9, 2), (4, 2, 3, 1, 2), {"心情": "好"})
    found = recorded(office, other)
    assert counts(found) == {"recorded": 3, "unchanged": 1, "untouched": 1}, "a row that stands twice is recorded once"
    assert [one["code"] for one in found["records"]] == ["D1", "D2", "C1"]
    assert [json.loads(row[0]) for row in stored(office, "SELECT extra FROM revisit")] == [{"心情": "好"}] * 3
    assert counts(recorded(office, sheet)) == {"unchanged": 3, "untouched": 1}


@ON_SQLITE
def test_what_does_not_go_together_is_written_with_a_warning(office: Program, tmp_path: Path) -> None:
    rows = {
        "C1": {"Result": "no answer", "Satisfaction": "satisfied"},
        "D1": {"Time of the talk": "2025-03-12 9:00", "Result": "reached"},
        "D2": {"Time of the talk": "2026-03-05 9:00", "Result": "sent", "Channel": "phone"},
    }
    found = recorded(office, filled(sheet_of(office, tmp_path), rows))
    assert counts(found) == {"recorded": 3, "untouched": 1}
    lines = {one["code"]: one["row"] for one in found["records"]}
    assert sorted(found["warnings"]) == sorted(
        [
            f"row {lines['C1']}: satisfaction without a conversation",
            f"row {lines['D1']}: the talk was on 2025-03-12, long before the day of the sheet (2026-03-12)",
            f"row {lines['D2']}: a message was sent, but the channel is none for messages",
        ]
    )


@ON_SQLITE
@pytest.mark.parametrize("title", [None, "几点打的"])
def test_a_sheet_without_a_column_to_fill_in_is_refused(office: Program, tmp_path: Path, title: str | None) -> None:
    """What stood there would be lost in silence, and of a sheet recorded before taken for emptied."""
    sheet = filled(sheet_of(office, tmp_path), DAY)
    assert counts(recorded(office, sheet)) == {"recorded": 3, "untouched": 1}
    before = stored(office, "SELECT * FROM revisit ORDER BY id")
    page = load_workbook(sheet)
    assert page.active is not None
    if title is None:
        page.active.delete_cols(10)
    else:
        page.active.cell(HEADER, 10).value = title
    page.save(sheet)
    done = by(office, "wang", "log", "--from", str(sheet))
    assert done.code == 1
    assert f"{sheet.name} has no column 回访时间/Time of the talk: its title was changed" in done.err
    assert stored(office, "SELECT * FROM revisit ORDER BY id") == before


@ON_SQLITE
def test_a_row_that_stands_twice_and_says_two_things(office: Program, tmp_path: Path) -> None:
    sheet = filled(sheet_of(office, tmp_path), {"C1": {"Result": "reached"}})
    page = load_workbook(rearranged(sheet, range(20), (1, 1)))
    assert page.active is not None
    page.active["K3"] = "busy"
    page.save(tmp_path / "twice.xlsx")
    found = recorded(office, tmp_path / "twice.xlsx")
    assert counts(found) == {"recorded": 1, "rejected": 1}
    assert found["rejects"][0]["reason"] == "row 2 states the same differently"


@ON_SQLITE
def test_a_sheet_of_somebody_else(office: Program, tmp_path: Path) -> None:
    """What may be recorded is asked of whoever brings it: not of another's customers, of the own team's by its supervisor."""
    sheet = filled(sheet_of(office, tmp_path), DAY)
    found = recorded(office, sheet, login="li")
    assert counts(found) == {"rejected": 3, "untouched": 1}
    assert {(one["column"], one["reason"]) for one in found["rejects"]} == {("Code", "C1 is a customer of wang")} | {
        ("Code", f"D{n} is a customer of wang") for n in (1, 2)
    }
    assert counts(recorded(office, sheet, login="sun")) == {"recorded": 3, "untouched": 1}
    authors = stored(office, "SELECT DISTINCT s.login FROM revisit r JOIN staff s ON s.id = r.staff_id")
    assert [tuple(row) for row in authors] == [("sun",)]


@ON_SQLITE
def test_a_customer_that_was_merged_meanwhile(office: Program, tmp_path: Path) -> None:
    sheet = filled(sheet_of(office, tmp_path), {"D1": {"Result": "reached"}})
    assert office("customer", "merge", "D3", "D1", "--yes").code == 0
    assert counts(recorded(office, sheet)) == {"recorded": 1, "untouched": 3}
    assert [row[0] for row in stored(office, RECORDS)] == ["D3"]
    assert counts(recorded(office, sheet)) == {"unchanged": 1, "untouched": 3}


@ON_SQLITE
def test_a_customer_that_is_there_no_more(office: Program, tmp_path: Path) -> None:
    """Never another one whose code looks like it."""
    assert (
        office("import", "customers", str(table(tmp_path / "new.xlsx", [{"客户编号": "C", "客户名称": "短"}]))).code
        == 0
    )
    sheet = sheet_of(office, tmp_path, "--all", login="admin")
    batch = stored(office, "SELECT max(id) FROM import_batch")[0][0]
    orders = table(tmp_path / "o.xlsx", [{"订单号": "Z", "客户编号": "C", "下单日期": "2026-03-03"}])
    assert office("import", "orders", str(orders)).code == 0
    sheet = filled(sheet_of(office, tmp_path, "--all", login="admin", name="2.xlsx"), {"C": {"Result": "reached"}})
    for number in (batch + 1, batch):
        assert office("import", "undo", str(number), "--yes").code == 0
    found = recorded(office, sheet, login="admin")
    assert [one["reason"] for one in found["rejects"]] == ["no customer has the code C any more"]


@ON_SQLITE
def test_corrected_later_from_the_sheet_with_its_own_time(office: Program, tmp_path: Path) -> None:
    """A time of filling in that is stated later is a change, and is marked as stated."""
    sheet = sheet_of(office, tmp_path)
    row = {"Result": "reached", "Time of the talk": "9:00"}
    recorded(office, filled(sheet, {"C1": row}))
    found = recorded(office.at("2026-03-12 18:00"), filled(sheet, {"C1": {**row, "Written down at": "9:30"}}))
    assert [(one["version"], one["lag_hours"], one["filled_stated"]) for one in found["records"]] == [(2, 0.5, True)]
    assert [bool(row[0]) for row in stored(office, "SELECT filled_stated FROM revisit ORDER BY version")] == [
        False,
        True,
    ]
    amended = by(office, "wang", "amend", "1", "--note", "x", "--json")
    assert amended.code == 0
    assert by(office, "wang", "amend", "1", "--json").json["filled_stated"] is True
