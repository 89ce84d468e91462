"""What the figures of a closed month would be today, and which audited changes may have moved them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from revisit.closing import Closed, Figures, calendar_hash, counted, policies
from revisit.closing.touching import Touch, touches
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.figures.catalogue import FAMILIES, FIGURES, SHARES

Value = int | float | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure that is not what it was: of all (`rep` None), or of a representative (login; "" of nobody)."""

    name: str
    rep: str | None
    then: Value
    now: Value


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a month was closed: figures of all, figures of representatives, and the audited changes after it that
    touch the period, the newest first (none are looked for where no figure changed, unless asked). `policies`, `calendar`:
    what the figures are counted under is no longer the same."""

    figures: tuple[Changed, ...]
    by_rep: tuple[Changed, ...]
    touches: tuple[Touch, ...]
    policies: bool
    calendar: bool

    @property
    def counts(self) -> dict[str, int]:
        """How many changes of each kind, in order of their number."""
        found: dict[str, int] = {}
        for one in self.touches:
            found[one.kind] = found.get(one.kind, 0) + one.n
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def changes(sql: Sql, company: CompanyInfo, closed: Closed, *, all_touches: bool = False) -> Changes:
    """Counts the month again as it stood on the day of closing, from what is known now, and compares."""
    whole, people = counted(sql, company, closed.period, closed.seen_on)
    known = frozenset(closed.figures)
    found = tuple(_different(closed.figures, whole, None, known))
    then, now = ({one.id: one for one in side} for side in (closed.people, people))
    by_rep = [
        one
        for id_ in dict.fromkeys((*then, *now))
        for one in _different(
            then[id_].figures if id_ in then else {},
            now[id_].figures if id_ in now else {},
            (now.get(id_) or then[id_]).login,
            known,
        )
    ]
    looked = all_touches or bool(found or by_rep)
    return Changes(
        figures=found,
        by_rep=tuple(sorted(by_rep, key=lambda one: (not one.rep, one.rep))),
        touches=tuple(touches(sql, company, closed)) if looked else (),
        policies=_policies_now(sql, closed) != closed.policies,
        calendar=calendar_hash(closed.seen_on) != closed.calendar,
    )


def _policies_now(sql: Sql, closed: Closed) -> tuple[tuple[date, str], ...]:
    return tuple((date.fromisoformat(day), hash_) for day, hash_ in policies(sql, closed.seen_on))


def _different(then: Figures, now: Figures, rep: str | None, known: frozenset[str]) -> Iterator[Changed]:
    """The figures that differ, in the order of the catalogue. One that the program did not know then cannot have changed, nor can
    a part of it by words."""
    names = [name for name in (*FIGURES, *SHARES) if name in known]
    plain = (*FIGURES, *SHARES)
    names += sorted({name for name in (*then, *now) if name not in plain and _of_family(name, known)})
    for name in names:
        nothing = None if name in SHARES else 0
        before, after = then.get(name, nothing), now.get(name, nothing)
        if before != after:
            yield Changed(name, rep, before, after)


def _of_family(name: str, known: frozenset[str]) -> bool:
    return any(name.startswith(f"{family}.") and (family not in FIGURES or family in known) for family in FAMILIES)
