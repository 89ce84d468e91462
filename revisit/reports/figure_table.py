"""A report as one table of its figures, for other programs: every figure of the whole, then those of the groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from revisit.i18n import _
from revisit.policy.tally import Tally
from revisit.reports import Report
from revisit.reports.report_sections import BY, group_name
from revisit.reports.sections import Column, Table
from revisit.reports.values import NOTHING, Value, definition_of, title_of, unit_of

Row = Mapping[str, Value]


def figure_table(found: Report, by: str) -> Table:
    """The table; the other periods are not counted by group."""
    before, ago = (one.period.label if one else NOTHING for one in (found.previous, found.last_year))
    columns = (
        Column("by", _("Grouped by"), "text"), Column("group", _("Group"), "text"),
        Column("name", _("Name of the figure"), "text"), Column("title", _("Figure"), "text"),
        Column("value", found.period.label),
        Column("previous", _("Period before ({label})").format(label=before)),
        Column("last_year", _("A year ago ({label})").format(label=ago)), Column("definition", _("What counts"), "text"),
    )  # fmt: skip
    return Table("", columns, (*_whole(found), *_groups(found, by)))


def _whole(found: Report) -> Iterator[Row]:
    """Every figure of one of the periods."""
    periods = {
        "value": found.figures,
        "previous": found.previous.figures if found.previous else {},
        "last_year": found.last_year.figures if found.last_year else {},
    }
    for name in dict.fromkeys(name for figures in periods.values() for name in figures):
        yield {
            "by": None, "group": None, **_named(name),
            **{period: figures.get(name, _missing(name)) for period, figures in periods.items()},
        }  # fmt: skip


def _groups(found: Report, by: str) -> Iterator[Row]:
    """The follow-ups of each group, figure by figure."""
    counted: Mapping[str, Tally] = getattr(found, f"by_{by}")
    for group, tally in counted.items():
        for key, value in asdict(tally).items():
            yield {
                "by": _(BY[by]), "group": group_name(by, group), **_named(f"followups.{key}"), "value": value,
                "previous": None, "last_year": None,
            }  # fmt: skip


def _named(name: str) -> Row:
    return {"name": name, "title": title_of(name), "definition": definition_of(name), "unit": unit_of(name)}


def _missing(name: str) -> int | None:
    """What a figure is that a period does not know: of a family, none of that word; else nothing is known."""
    return 0 if name.split(".")[0] in ("reasons", "reasons_dormancy", "reasons_dissatisfaction", "contacts") else None
