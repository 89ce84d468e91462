"""`revisit report -o FILE.xlsx`: the report as a workbook with charts and the rows behind its figures."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from revisit import access, progress, render
from revisit.commands.report_files import Look
from revisit.context import Context
from revisit.db import hold_still
from revisit.i18n import N_, _
from revisit.reports import Report, book
from revisit.reports.book import Book
from revisit.reports.imprint import imprint, named
from revisit.sheets.writing import write_beside

STAGES = {"writing": N_("writing")}


def write(context: Context, look: Look, by: str, output: Path, *, replace: bool) -> tuple[Report, Book]:
    """Writes the workbook; it gets its name once the audit knows of the rows in it. Everything is read from one state."""
    done: list[tuple[Report, Book]] = []

    def make(beside: Path) -> None:
        beside.touch(mode=0o600)
        with context.reading() as (sql, company), progress.shown(STAGES) as told:
            hold_still(sql)
            found, viewer = look(sql, company)
            who = named(viewer.member, context.login)
            made_by = imprint(sql, company, found.period, found.on, who=who, now=context.now)
            made = book.write_book(beside, sql, company, found, made_by, by=by, viewer=viewer, told=told)
            done.append((found, made))
        if made.rows is not None:
            with context.unit() as unit:
                access.require_role(unit.actor, "export")
                book.note(unit.session, found, made, output.name)

    write_beside(output, make, replace=replace)
    return done[0]


def tell(output: Path, made: Book, *, as_json: bool) -> None:
    """What was written, and what was not."""
    if as_json:
        render.as_json({"file": str(output), **asdict(made)})
    else:
        count = sum((made.rows or {}).values())
        render.tell(_("{file} is written, rows: {count}").format(file=render.safe(output), count=count))
    for text in book.notes(made):
        render.note(text)
