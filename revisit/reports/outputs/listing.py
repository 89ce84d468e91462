"""A report as one table of its figures (CSV): every figure of the whole, then those of the groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from revisit.folding import safe
from revisit.i18n import _
from revisit.policy.tally import Tally
from revisit.reports import Report
from revisit.reports.outputs import Paper, free
from revisit.reports.sections import BY, group_name
from revisit.reports.values import Unit, definition_of, title_of, unit_of
from revisit.sheets.streaming import OutColumn, Table, write_table

Row = tuple[str | None, ...]
NO_WORD = ""


def write(paper: Paper, path: Path) -> None:
    """Writes the table; texts from outside are made harmless in it."""
    found = paper.found
    titles = (
        _("Grouped by"), _("Group"), _("Name of the figure"), _("Figure"), found.period.label, *_others(found), _("What counts")
    )  # fmt: skip
    rows = (*whole(found), *groups(found, paper.by))
    columns = [OutColumn(title) for title in titles]
    write_table(path, Table("", "", columns), (tuple(map(_harmless, row)) for row in rows), workbook=False)


def whole(found: Report) -> Iterator[Row]:
    """Every figure of one of the periods: neither by nor group, name, title, value, the other periods' values, definition."""
    others = [one.figures if one else {} for one in (found.previous, found.last_year)]
    for name in dict.fromkeys((*found.figures, *(name for one in others for name in one))):
        unit, missing = unit_of(name), _missing(name)
        values = [_plain(one.get(name, missing), unit) for one in (found.figures, *others)]
        yield (NO_WORD, NO_WORD, free(name), free(title_of(name)), *values, definition_of(name))


def groups(found: Report, by: str) -> Iterator[Row]:
    """The follow-ups of each group, figure by figure; the other periods are not counted by group."""
    counted: Mapping[str, Tally] = getattr(found, f"by_{by}")
    for group, tally in counted.items():
        for key, value in asdict(tally).items():
            name = f"followups.{key}"
            shown = _plain(value, unit_of(name))
            yield (_(BY[by]), free(group_name(by, group)), name, title_of(name), shown, None, None, definition_of(name))


def _others(found: Report) -> tuple[str, str]:
    """The titles of the other periods."""
    told = (_("Period before"), _("A year ago"))
    periods = (found.previous, found.last_year)
    before, ago = (f"{title}: {one.period.label}" if one else title for title, one in zip(told, periods, strict=True))
    return before, ago


def _missing(name: str) -> int | None:
    """What a figure is that a period does not know: of a family, none of that word; else nothing is known."""
    return 0 if name.split(".")[0] in ("reasons", "reasons_dormancy", "reasons_dissatisfaction", "contacts") else None


def _plain(value: Any, unit: Unit) -> str | None:
    """A value as a spreadsheet reads it."""
    if value is None:
        return None
    if unit == "share":
        return f"{value:.2%}"
    return f"{value:.4f}" if unit == "ratio" else f"{value / 100:.2f}" if unit == "money" else str(value)


def _harmless(cell: str | None) -> str | None:
    return None if cell is None else safe(cell)
