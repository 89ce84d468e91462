"""What a paper is made of: sections with tables, bars, plots and sentences. The screen and every kind of file show the same.

Values stay values (numbers, shares, dates), so that each output writes them in its own way; texts are in the language in use. A
figure carries its name, by which `revisit report trace` finds the rows behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Literal

from revisit.i18n import N_, _
from revisit.policy.periods import Period
from revisit.reports.values import Unit, Value, definition_of, title_of

if TYPE_CHECKING:
    from revisit.reports.behind import Behind
_COUNTED = re.compile("[:：,，]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its key, its title, how its values are written; of a trend the periods, the latest last."""

    key: str
    title: str
    unit: Unit = "n"
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titles; `names` are the figures of the rows, where each row is one. Then a row has a `unit` of its own. `chart`:
    how a workbook draws the first numbers of each row, those of one unit."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Value], ...]
    names: tuple[str, ...] = ()
    chart: Literal["", "bars", "lines"] = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is called, how much, which share of the whole (of 1), and up to it (a Pareto chart); its figure."""

    label: str
    n: int
    share: float
    together: float
    name: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars with the same whole; `pareto`: ranked, what stands behind is what they make up together. `left` are more
    that are not shown."""

    title: str
    column: str
    bars: tuple[Bar, ...]
    pareto: bool = False
    left: int = 0

    def table(self) -> Table:
        """The same as a table."""
        share = "together" if self.pareto else "share"
        columns = (
            Column("label", self.column, "text"), Column("n", _("Number")),
            Column(share, _("Together") if self.pareto else _("Share"), "share"),
        )  # fmt: skip
        rows = tuple({"label": one.label, "n": one.n, share: getattr(one, share)} for one in self.bars)
        return Table(self.title, columns, rows)

    def more(self) -> str:
        """How many are not shown; nothing where all are."""
        return _("and {n} more reasons").format(n=self.left) if self.left else ""


@dataclass(frozen=True, slots=True)
class Plot:
    """Values along the days; `lines` are (title, values). `title_of_more`: where a value stands for {step} days."""

    title: str
    days: tuple[date, ...]
    lines: tuple[tuple[str, tuple[int, ...]], ...]
    title_of_more: str = ""

    def folded(self, most: int) -> Plot:
        """The same in at most so many values, by adding up whole weeks; `days` are then the first ones."""
        step = next(step for step in steps() if len(self.days) <= most * step)
        if step == 1:
            return self
        starts = range(0, len(self.days), step)
        lines = tuple((title, tuple(sum(values[at : at + step]) for at in starts)) for title, values in self.lines)
        return Plot(self.title_of_more.format(step=step), self.days[::step], lines)

    def table(self) -> Table:
        """The same as a table."""
        columns = (Column("day", _("Day"), "day"), *(Column(title, title) for title, _values in self.lines))
        rows = tuple(
            {"day": day} | {title: values[place] for title, values in self.lines} for place, day in enumerate(self.days)
        )
        return Table(self.title, columns, rows)


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence."""

    text: str


Block = Table | Bars | Plot | Text


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a paper under a heading; `key` is its stable name."""

    key: str
    title: str
    blocks: tuple[Block, ...]

    def name(self) -> str:
        """The title without what was counted."""
        return _COUNTED.split(self.title)[0]


@dataclass(frozen=True, slots=True)
class Paper:
    """What a command tells, on the screen or in a file: what kind of paper it is (a word of the audit), heading, sections, of
    which period and day. `listing`: the one table that a .csv holds in place of those of the sections. `behind`: the rows behind
    the figures, for a workbook; None: whoever makes it may not take them along. `hidden`: so many texts were left out."""

    kind: str
    heading: str
    sections: tuple[Section, ...]
    period: Period
    on: date
    listing: Callable[[], Table] | None = None
    behind: Callable[[], Iterable[Behind]] | None = tuple
    hidden: int = 0


DEFINITIONS = (
    Column("title", N_("Figure"), "text"), Column("name", N_("Name of the figure"), "code"),
    Column("definition", N_("What counts"), "long"),
)  # fmt: skip


def definitions(paper: Paper) -> Iterator[Section]:
    """What the figures of a paper count, and the names by which they are traced; nothing where there are none."""
    tables = [block for section in paper.sections for block in section.blocks if isinstance(block, Table)]
    names = dict.fromkeys(name for table in tables for name in table.names)
    if names:
        rows = tuple({"title": title_of(name), "name": name, "definition": definition_of(name)} for name in names)
        told = _("The rows behind a figure: revisit report trace {label} NAME").format(label=paper.period.label)
        yield Section(
            "definitions", _("What the figures count"), (Text(told), Table("", translated(DEFINITIONS), rows))
        )


def translated(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Columns with their titles in the language in use."""
    return tuple(replace(one, title=_(one.title)) for one in columns)


def steps() -> Iterator[int]:
    """How many days a value of a plot stands for, if there are too many: one, a week, more weeks."""
    yield 1
    yield from count(7, 7)
