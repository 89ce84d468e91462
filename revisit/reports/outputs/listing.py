"""A paper as one table (CSV): its own, or the tables of its sections under each other, each line with where it belongs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from revisit.folding import safe
from revisit.i18n import _
from revisit.reports.sections import Column, Paper, Section, Table, Text
from revisit.reports.values import Unit, Value, unit_in
from revisit.sheets.streaming import OutColumn, write_table
from revisit.sheets.streaming import Table as Sheet

Line = tuple[str | None, ...]


def write(paper: Paper, path: Path) -> None:
    """Writes the table; texts from outside are made harmless in it."""
    titles, *rows = _rows(_tables(paper.sections[0])[0]) if paper.listing else _of_sections(paper)
    write_table(path, Sheet("", "", [OutColumn(one or "") for one in titles]), rows, workbook=False)


def _of_sections(paper: Paper) -> list[Line]:
    """Of each table its titles and its rows, after the titles of section and table; sentences are left to the other files."""
    lines: list[Line] = [(_("Section"), _("Table"))]
    for section in paper.sections:
        for table in _tables(section):
            lines += [(safe(section.name()), safe(table.title), *line) for line in _rows(table)]
    wide = max(map(len, lines))
    return [(*line, *(None,) * (wide - len(line))) for line in lines]


def _tables(section: Section) -> list[Table]:
    told = (one for one in section.blocks if not isinstance(one, Text))
    return [one if isinstance(one, Table) else one.table() for one in told]


def _rows(table: Table) -> Iterator[Line]:
    """The titles of a table, then its rows."""
    columns: Sequence[Column] = [one for one in table.columns if one.unit != "trend"]
    yield tuple(safe(one.title) for one in columns)
    for row in table.rows:
        yield tuple(_plain(row[one.key], unit_in(one.unit, row)) for one in columns)


def _plain(value: Value, unit: Unit) -> str | None:
    """A value as a spreadsheet reads it."""
    if isinstance(value, int | float):
        if unit == "share":
            return f"{value:.2%}"
        return f"{value:.4f}" if unit == "ratio" else f"{value / 100:.2f}" if unit == "money" else str(value)
    return None if value is None else safe(value)
