"""Our sheets through LibreOffice and back: `make test-apps`. Where it is missing the tests fail and name it."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from revisit import i18n
from tests.commands import test_callsheet
from tests.commands.test_callsheet import DAY, RECORDS, counts, filled, office, recorded, sheet_of, stored
from tests.support import Program

pytestmark = [pytest.mark.apps, pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)]
FILLED = test_callsheet.FILLED
PROGRAM = "soffice"
FORMS = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "ods": "ods", "xls": "xls:MS Excel 97"}
__all__ = ["office"]


def saved_by_libreoffice(sheet: Path, form: str) -> Path:
    """The sheet as LibreOffice saves it, in a folder of its own beside it."""
    program = shutil.which(PROGRAM)
    if program is None:
        pytest.fail(
            f"LibreOffice ({PROGRAM}) is not installed; on Debian: apt-get install libreoffice-calc", pytrace=False
        )
    folder = sheet.parent / f"saved-{form}"
    settings = f"-env:UserInstallation={(sheet.parent / 'settings').as_uri()}"
    command = [program, settings, "--headless", "--convert-to", FORMS.get(form, form), "--outdir", folder, sheet]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    saved = folder / f"{sheet.stem}.{form}"
    assert saved.exists(), f"{PROGRAM} wrote no {saved.name}: {done.stdout}{done.stderr}"
    return saved


@pytest.mark.parametrize("form", FORMS)
def test_a_call_sheet_that_libreoffice_saved_comes_back(office: Program, tmp_path: Path, form: str) -> None:
    ours = filled(sheet_of(office, tmp_path), DAY)
    saved = saved_by_libreoffice(ours, form)
    found = recorded(office, saved)
    assert (counts(found), found["rejects"]) == ({"recorded": 3, "untouched": 1}, [])
    assert [tuple(row)[:4] for row in stored(office, RECORDS)] == [
        ("C1", 1, 1, "reached"), ("D1", 2, 1, "no_answer"), ("D2", 3, 1, "reached"),
    ]  # fmt: skip
    assert stored(office, "SELECT note FROM revisit WHERE number = 1") == [("=好",)]
    for again in (saved, ours):
        assert counts(recorded(office, again)) == {"unchanged": 3, "untouched": 1}


def test_filled_in_after_libreoffice_saved_it(office: Program, tmp_path: Path) -> None:
    """What makes it a call sheet is still there: what is locked, the lists, the hidden tokens, the page."""
    saved = saved_by_libreoffice(sheet_of(office, tmp_path), "xlsx")
    page = load_workbook(saved).active
    assert page is not None
    assert page.protection.sheet
    assert not page["J5"].protection.locked
    assert page["H5"].protection.locked
    assert page.column_dimensions["T"].hidden
    assert (page["E5"].value, page["E5"].data_type) == ("13800000001", "s")
    assert len([one for one in page.data_validations.dataValidation if one.type == "list"]) == 3
    assert page.print_title_rows == "$4:$4"
    assert counts(recorded(office, filled(saved, DAY))) == {"recorded": 3, "untouched": 1}


def test_rejected_rows_that_libreoffice_saved(office: Program, tmp_path: Path) -> None:
    sheet = filled(sheet_of(office, tmp_path), {"D3": {"Result": "reachd", "Time of the talk": "9:00"}})
    rejects = tmp_path / "rejects.xlsx"
    recorded(office, sheet, "--rejects", str(rejects))
    book = load_workbook(rejects)
    assert book.active is not None
    (head, row) = book.active.iter_rows(max_row=2)
    next(cell for title, cell in zip(head, row, strict=True) if title.value == "Result").value = "reached"
    book.save(rejects)
    assert counts(recorded(office, saved_by_libreoffice(rejects, "ods"))) == {"recorded": 1}


def charts_in(book: Path) -> int:
    with zipfile.ZipFile(book) as archive:
        return len([name for name in archive.namelist() if name.startswith("xl/charts/chart")])


@pytest.mark.filterwarnings("ignore:Unable to read chart")  # openpyxl does not read every chart that LibreOffice writes
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("command", "charts"),
    [
        (("report", "--month"), 5), (("report", "--week", "--trend"), 5), (("report", "pack", "--quarter", "--to", "sales"), 1),
        (("report", "weekly", "--to", "sales"), 0), (("appraise", "--quarter"), 0),
    ],
)  # fmt: skip
def test_a_paper_that_libreoffice_opens(
    office: Program, tmp_path: Path, language: str, command: tuple[str, ...], charts: int
) -> None:
    """Every cell has the value that was written, in every page; as many charts are there."""
    recorded(office, filled(sheet_of(office, tmp_path), DAY))
    i18n.activate(language)
    ours = tmp_path / "report.xlsx"
    assert office(*command, "-o", str(ours)).code == 0
    theirs = saved_by_libreoffice(ours, "xlsx")
    assert charts_in(theirs) == charts_in(ours) >= charts
    saved = load_workbook(theirs)
    book = load_workbook(ours)
    assert saved.sheetnames == book.sheetnames
    for page in book.worksheets:
        twin = saved[page.title]
        cells = {cell.coordinate: cell.value for row in page.iter_rows() for cell in row if cell.value is not None}
        for at, value in cells.items():
            assert twin[at].value == (pytest.approx(value) if isinstance(value, float) else value), at
        assert not [cell for row in twin.iter_rows() for cell in row if cell.data_type == "f"]
        assert twin.auto_filter.ref == page.auto_filter.ref
        assert twin.print_title_rows == page.print_title_rows


@pytest.mark.parametrize(
    "command",
    [("report", "--month"), ("report", "--week"), ("report", "pack", "--quarter", "--to", "sales")],
    ids=" ".join,
)
def test_a_paper_is_printed_no_wider_than_a_page(office: Program, tmp_path: Path, command: tuple[str, ...]) -> None:
    """A4, turned, and one sheet of paper for each page but for what is longer."""
    recorded(office, filled(sheet_of(office, tmp_path), DAY))
    ours = tmp_path / "report.xlsx"
    assert office(*command, "-o", str(ours)).code == 0
    data = saved_by_libreoffice(ours, "pdf").read_bytes()
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", data)
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(842, 595)}
    pages = len(re.findall(rb"/Type\s*/Page\b", data))
    assert pages <= len(load_workbook(ours).worksheets) + 2


def test_it_is_printed_on_a4(office: Program, tmp_path: Path) -> None:
    """As wide as one page, and turned."""
    data = saved_by_libreoffice(sheet_of(office, tmp_path), "pdf").read_bytes()
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", data)
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(842, 595)}
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == 1
