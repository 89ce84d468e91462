"""What a section is made of: tables, bars, plots and sentences, whose values each output writes in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from revisit import wording
from revisit.figures.catalogue import FAMILIES, FIGURES, SHARES
from revisit.i18n import _

Unit = Literal["n", "share", "ratio", "money", "text", "day"]
"""How a value is written: a number, percent (of a share of 1), a number with two decimals, an amount (cents), a text, a day."""
Value = int | float | str | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its key, its title, how its values are written."""

    key: str
    title: str
    unit: Unit = "n"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titles; `names` are the figures of the rows, where each row is one."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Value], ...]
    names: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Plot:
    """A line of values along the days; `lines` are (title, values)."""

    title: str
    days: tuple[date, ...]
    lines: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence."""

    text: str


Block = Table | Bars | Plot | Text


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under a heading; `key` is its stable name."""

    key: str
    title: str
    blocks: tuple[Block, ...]


def unit_of(name: str) -> Unit:
    """How a figure is written."""
    if name in SHARES:
        return "ratio" if SHARES[name].ratio else "share"
    return "money" if name in FIGURES and FIGURES[name].money else "n"


def title_of(name: str) -> str:
    """What a figure is called; one of a family by its word."""
    if name in SHARES:
        return _(SHARES[name].title)
    if name in FIGURES:
        return _(FIGURES[name].title)
    found = next((one for one in FAMILIES.values() if name.startswith(f"{one.name}.")), None)
    if found is None:
        return name
    return _("{title}: {word}").format(title=_(found.title), word=wording.word(name.removeprefix(f"{found.name}.")))
