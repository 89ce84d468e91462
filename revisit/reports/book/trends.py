"""The way of figures through the periods as a page of its own: a table for each group of them, with a line for each figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from revisit.i18n import N_, _
from revisit.reports.sections import Column, Section, Table
from revisit.reports.values import Unit, Value

GROUPS = (
    (N_("Follow-ups"), ("followups",)), (N_("Dormant customers"), ("dormancy",)),
    (N_("Cases and complaints"), ("cases", "complaints")), (N_("Revisits"), ("contacts", "enquiries")),
    (N_("Customers"), ("customers", "prospects")),
)  # fmt: skip
"""Figures that are drawn together: those whose names begin so."""
BESIDE = 3
"""So many groups are drawn beside the key figures as well."""


def members(block: Table, families: Sequence[str], unit: Unit = "n") -> list[int]:
    """The rows of a table whose figures belong to one of these families and are written so."""
    return [
        place
        for place, (name, row) in enumerate(zip(block.names, block.rows, strict=True))
        if name.split(".")[0] in families and row.get("unit") == unit
    ]


def trends(section: Section) -> Iterator[Section]:
    """The page of a section that tells a trend."""
    for block in section.blocks:
        for column in block.columns if isinstance(block, Table) else ():
            if column.unit == "trend" and isinstance(block, Table):
                yield Section("trend", _("Trend"), tuple(_tables(block, column)))


def _tables(block: Table, column: Column) -> Iterator[Table]:
    families = tuple(dict.fromkeys(name.split(".")[0] for name in block.names))
    for title, some in GROUPS:
        if places := members(block, some):
            yield _table(_(title), block, column, places, "n")
    if places := members(block, families, "share"):
        yield _table(_("Shares"), block, column, places, "share")


def _table(title: str, block: Table, column: Column, places: Sequence[int], unit: Unit) -> Table:
    """A row for each period, a column for each figure."""
    columns = (
        Column("label", _("Period"), "code"),
        *(Column(block.names[place], str(block.rows[place][block.columns[0].key]), unit) for place in places),
    )
    rows = []
    for number, label in enumerate(column.labels):
        row: dict[str, Value] = {"label": label}
        for place in places:
            values = block.rows[place][column.key]
            assert isinstance(values, tuple)
            row[block.names[place]] = values[number]
        rows.append(row)
    return Table(title, columns, tuple(rows), chart="lines")
