"""The reject workbook: refused rows as they stood, with the reasons and proposed fixes; it is imported as it is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from revisit.intake.own import TITLES
from tests.intake import ugly
from tests.intake.ugly import Case
from tests.support import Program, init_company, workbook

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
WITH_REJECTS = [case for case in ugly.load_cases() if case.counts.get("rejected") and not case.heavy]


def fresh(revisit: Program, folder: Path) -> Program:
    """Another company, which knows nobody."""
    url = str(folder / "fresh.db")
    init_company(url)
    return replace(revisit, url=url)


def source_rows(path: Path, language: str = "en") -> dict[str, Any]:
    """The row of the source by the row of the reject workbook, labelled as an import labels it."""
    book = load_workbook(path)
    found = {}
    for sheet in book:
        at = [cell.value for cell in sheet[1]].index(TITLES["row"][language])
        for row in sheet.iter_rows(min_row=2):
            prefix = f"{sheet.title}!" if len(book.worksheets) > 1 else ""
            found[f"{prefix}{row[0].row}"] = f"{prefix}{row[at].value}"
    return found


@ON_SQLITE
@pytest.mark.parametrize("case", WITH_REJECTS, ids=lambda case: case.name)
def test_untouched_it_is_refused_again_for_the_same_reasons(revisit: Program, tmp_path: Path, case: Case) -> None:
    companies = (revisit, fresh(revisit, tmp_path))
    for number, (kind, rows) in enumerate(case.given):
        for company in companies:
            assert company("import", kind, str(workbook(tmp_path / f"given-{number}.xlsx", rows))).code == 0
    options = [one.format(folder=tmp_path) for one in case.options if one not in ("--sheet", "all")]
    first = revisit(
        "import", case.kind, str(ugly.write(tmp_path, case)), *(one.format(folder=tmp_path) for one in case.options),
        "--rejects", str(tmp_path / "rejects.xlsx"), "--json",
    )  # fmt: skip
    assert first.code == 3, first.err
    rows_of = source_rows(tmp_path / "rejects.xlsx")
    for company in companies:
        again = company("import", case.kind, str(tmp_path / "rejects.xlsx"), *options, "--json")
        assert again.code == 3, again.err
        said = [said_of(one, rows_of) for one in again.json["rejects"]]
        assert said == [said_of(one) for one in first.json["rejects"]]
        assert again.json["rejected"] == first.json["rejected"]
        assert again.json["columns"] == {
            title: field for title, field in first.json["columns"].items() if title in again.json["columns"]
        }


def said_of(reject: dict[str, Any], rows_of: dict[str, str] | None = None) -> Any:
    """A reject, its rows named as in the source. What a workbook cannot hold is an error in it; an order of the file is known
    once the file was imported."""

    def number(label: object) -> str:
        return str((rows_of or {}).get(str(label), label)).rpartition("!")[2]

    def bad(one: dict[str, Any]) -> tuple[str, str, str]:
        reason = re.sub(r"row (\S+) (?=has|states)", lambda match: f"row {number(match[1])} ", one["reason"])
        reason = re.sub(r"row \d+ has this number with", "the number is known with", reason)
        if "no computed value" in reason:
            return one["column"], "#N/A", "the cell shows the error #N/A"
        return one["column"], one["value"], reason

    return number(reject["row"]), bad(reject), [bad(one) for one in reject.get("also", ())]
