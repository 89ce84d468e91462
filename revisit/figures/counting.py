"""Counting: the rows of every source once, then whatever figure of them, whole or of a part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from revisit.db import Sql
from revisit.figures import series
from revisit.figures.catalogue import FAMILIES, FIGURES, SHARES, Figure, Share
from revisit.figures.funnel import PROSPECTS, Prospects
from revisit.figures.marks import Marked
from revisit.figures.sources import SOURCES, Source
from revisit.figures.span import Span

BY_NAME: Mapping[str, Source | Prospects] = {one.name: one for one in (*SOURCES, PROSPECTS)}


@dataclass(frozen=True, slots=True)
class Slice:
    """Of what is counted: everything, or what belongs to some people, a region, a grade, a rule. None: whatever."""

    staff: frozenset[int | None] | None = None
    region: str | None = None
    grade: str | None = None
    rule: str | None = None

    def takes(self, marks: Any) -> bool:
        """Whether a row belongs to it. What has no rule belongs to none."""
        return (
            (self.staff is None or marks.staff_id in self.staff)
            and (self.region is None or marks.region == self.region)
            and (self.grade is None or marks.grade == self.grade)
            and (self.rule is None or getattr(marks, "rule", None) == self.rule)
        )


EVERYTHING = Slice()


@dataclass(frozen=True, slots=True)
class Counts:
    """The rows of a period, grouped by their marks, of each source that was read; of the sources in `told` it is known
    to whom their rows belong; `looks`: of endless series, how many look how."""

    span: Span
    rows: Mapping[str, tuple[Marked, ...]] = field(default_factory=dict)
    told: frozenset[str] = frozenset(BY_NAME)
    looks: Mapping[series.Look, int] = field(default_factory=dict)

    def value(self, figure: Figure, part: Slice = EVERYTHING) -> int:
        """A figure: how many, or how many cents."""
        counts = figure.counts
        found = [one for one in self.of(figure.source, part) if counts(one.marks)]
        return sum([one.cents for one in found] if figure.money else [one.n for one in found])

    def of(self, source: str, part: Slice = EVERYTHING) -> Sequence[Marked]:
        """The rows of a source that belong to a part."""
        rows = self.rows[source]
        if part is EVERYTHING:
            return rows
        assert source in self.told
        return [one for one in rows if part.takes(one.marks)]

    def family(self, name: str, part: Slice = EVERYTHING) -> dict[str, int]:
        """The figures of a family by their word, the greatest first, equals by their word."""
        family, found = FAMILIES[name], Counter[str]()
        for one in self.of(family.source, part):
            for word in family.of(one.marks):
                found[word] += one.n
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))

    def people(self) -> dict[int | None, Counts]:
        """The rows of each person they belong to; None: of nobody."""
        assert self.told >= self.rows.keys()
        found: dict[int | None, dict[str, list[Marked]]] = {}
        for source, rows in self.rows.items():
            for one in rows:
                found.setdefault(one.marks.staff_id, {name: [] for name in self.rows})[source].append(one)
        return {
            person: Counts(self.span, {source: tuple(rows) for source, rows in mine.items()})
            for person, mine in found.items()
        }

    def all(self, part: Slice = EVERYTHING) -> dict[str, int | float | None]:
        """Every figure of the sources that were read, by its name: the families' among them."""
        found: dict[str, int | float | None] = {
            name: self.value(figure, part) for name, figure in FIGURES.items() if figure.source in self.rows
        }
        for name, share in SHARES.items():
            if all(one in found for one in share.whole):
                found[name] = share_of(share, found)
        for name, family in FAMILIES.items():
            if family.source in self.rows:
                found |= {f"{name}.{word}": n for word, n in self.family(name, part).items()}
        return found


def share_of(share: Share, figures: Mapping[str, int | float | None]) -> float | None:
    """A share of figures by their names, to four places; None where there is nothing to share."""
    part, whole = (sum(figures[name] or 0 for name in names) for names in (share.part, share.whole))
    return round(part / whole, 4) if whole else None


def count(sql: Sql, span: Span, sources: Iterable[str] = tuple(BY_NAME), whose: Iterable[str] | None = None) -> Counts:
    """Reads the rows of a period, of all sources or of those that are named; `whose` names those of which it is to be
    known to whom their rows belong (None: all)."""
    told, looks = frozenset(BY_NAME if whose is None else whose), Counter[series.Look]()
    read = {name: tuple(_read(sql, span, name, whose=name in told, looks=looks)) for name in sources}
    return Counts(span, read, told, looks)


def trace(sql: Sql, span: Span, figure: Figure, part: Slice = EVERYTHING) -> list[Marked]:
    """The rows that make a figure, one by one, in order of their days."""
    rows = _read(sql, span, figure.source, one_by_one=True)
    found = [one for one in rows if part.takes(one.marks) and figure.counts(one.marks)]
    return sorted(found, key=lambda one: (one.on or "", one.customer_id or 0, str(one.key)))


def rows(sql: Sql, span: Span, source: str) -> Iterator[Marked]:
    """Every row of a source that may count in a period, one by one; no list of them is made."""
    return _read(sql, span, source, one_by_one=True)


def _read(
    sql: Sql,
    span: Span,
    name: str,
    *,
    whose: bool = True,
    one_by_one: bool = False,
    looks: Counter[series.Look] | None = None,
) -> Iterator[Marked]:
    yield from BY_NAME[name].read(sql, span, whose=whose, one_by_one=one_by_one)
    if name == "followups":
        yield from series.slots(sql, span, whose=whose, one_by_one=one_by_one, looks=looks)
