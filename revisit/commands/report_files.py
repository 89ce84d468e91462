"""`revisit report -o FILE`: the report as a file, by the suffix of its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from revisit import render
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.context import Context
from revisit.db import Sql, hold_still
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.reports import Report
from revisit.sheets.writing import check_place

Look = Callable[[Sql, CompanyInfo], tuple[Report, Viewer]]
"""Counts the report from the database, for the person who looks."""


def check_output(path: Path, *, replace: bool) -> None:
    """Raises WrongUsage, Refused where no report can be written."""
    if path.suffix.lower() not in WRITERS:
        raise WrongUsage(
            N_("{file} ends in none of {known}"), N_("for example -o report.html"), file=path.name, known=", ".join(WRITERS)
        )  # fmt: skip
    check_place(path, replace=replace)


def has_trend(path: Path) -> bool:
    """Whether a file shows the key figures of the periods before; a workbook has charts of its own."""
    return WRITERS[path.suffix.lower()] is _paper


def write(context: Context, look: Look, by: str, path: Path, *, replace: bool, as_json: bool) -> None:
    """Writes the report, and tells of it. Everything is read from one state of the database."""
    WRITERS[path.suffix.lower()](context, look, by, path, replace=replace, as_json=as_json)


def _paper(context: Context, look: Look, by: str, path: Path, *, replace: bool, as_json: bool) -> None:
    from revisit.reports import outputs
    from revisit.reports.imprint import imprint, named

    with context.reading() as (sql, company):
        hold_still(sql)
        found, viewer = look(sql, company)
        who = named(viewer.member, context.login)
        foot = imprint(sql, company, found.period, found.on, who=who, now=context.now)
    outputs.write(outputs.paper(found, by, foot), path, replace=replace)
    if as_json:
        period = {"from": found.period.start, "to": found.period.end, "label": found.period.label}
        render.as_json({"file": str(path), "period": period, "on": found.on})
    else:
        render.tell(_("{file} is written: report {label}").format(file=render.safe(path), label=found.period.label))


def _book(context: Context, look: Look, by: str, path: Path, *, replace: bool, as_json: bool) -> None:
    from revisit.commands import report_book

    _found, made = report_book.write(context, look, by, path, replace=replace)
    report_book.tell(path, made, as_json=as_json)


WRITERS: Mapping[str, Callable[..., Any]] = {".html": _paper, ".md": _paper, ".csv": _paper, ".xlsx": _book}
