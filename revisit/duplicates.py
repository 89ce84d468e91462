"""Customers that may be there twice, with why; and what a person said of two that look alike: that they are two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from revisit import access, audit, customers, pinyin, staff, wording
from revisit.access import Viewer
from revisit.db import Sql
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.policy import likeness
from revisit.policy.likeness import Group, Pair, Profile

if TYPE_CHECKING:
    from sqlmodel import Session

CUSTOMERS = "SELECT id, code, name, rep_id FROM customer WHERE merged_into IS NULL ORDER BY code"
PEOPLE = "SELECT customer_id, name FROM contact_person WHERE name <> '' ORDER BY customer_id, position"
POINTS = "SELECT customer_id, kind, value FROM contact_point ORDER BY customer_id, kind, position"
DISTINCT = "SELECT id, customer_id, other_id FROM distinct_pair ORDER BY id"
FORGET = "DELETE FROM distinct_pair WHERE id = :id"
SHOWN_OF_A_GROUP = 5  # codes that are named of customers too many to compare


@dataclass(frozen=True, slots=True)
class Side:
    """One customer of a pair, its name as far as it may be seen."""

    code: str
    name: str
    rep: str | None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Two customers that may be one: how likely (0 to 100), the codes of why (`likeness.WEIGHTS`), and in words."""

    score: int
    reasons: tuple[str, ...]
    why: str
    one: Side
    other: Side


@dataclass(frozen=True, slots=True)
class Crowd:
    """Customers that share something with too many to be compared: what, how many they are, and the first codes."""

    reason: str
    customers: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The likeliest pairs, the likeliest first, how many there are, and the crowds that were left out."""

    items: tuple[Suspicion, ...]
    total: int
    crowds: tuple[Crowd, ...]


@dataclass(frozen=True, slots=True)
class _File:
    id: int
    code: str
    name: str
    owner: int | None


def find_duplicates(
    sql: Sql, viewer: Viewer, *, least: int = likeness.LIKELY, limit: int | None = None, customer_id: int | None = None
) -> Found:
    """Pairs of customers of that score at least, of all or with one of them.

    Only pairs of which the viewer may see one whole: a representative those with an own customer. Those of whom a person said
    that they are two are left out.
    """
    files = [_File(*row) for row in sql.rows(CUSTOMERS)]
    profiles = _profiles(sql, files)
    if customer_id is None:
        pairs, groups = likeness.pairs_among(profiles, least=least)
    else:
        place = next(place for place, file in enumerate(files) if file.id == customer_id)
        pairs, groups = likeness.pairs_with(profiles, place, least=least), []
    apart = _apart(sql)
    whole = {owner: viewer.sees("name", owner) == "whole" for owner in {file.owner for file in files}}
    seen = [whole[file.owner] for file in files]
    pairs = [
        pair
        for pair in pairs
        if (seen[pair.one] or seen[pair.other]) and _key(files[pair.one].id, files[pair.other].id) not in apart
    ]
    logins = {member.id: member.login for member in staff.list_staff(sql, former=True)}
    sides = _Sides(files, viewer, logins)
    return Found(
        tuple(_suspicion(pair, sides) for pair in pairs[:limit]),
        len(pairs),
        tuple(_crowd(group, files) for group in groups if any(seen[one] for one in group.members)),
    )


def part(session: Session, sql: Sql, *, one: int, other: int, reason: str) -> bool:
    """Notes that two customers are two, however alike they look; whether that is new. Raises Refused for one and the same."""
    from revisit.models import DistinctPair

    first, second = _two(sql, one, other)
    if _key(first, second) in _apart(sql):
        return False
    row = DistinctPair(customer_id=first, other_id=second)
    session.add(row)
    session.flush()
    audit.changed(
        session, action="state", table="distinct_pair", row_id=row.id, customer_id=first,
        after=_named(sql, first, second) | {"reason": reason.strip() or None},
    )  # fmt: skip
    return True


def unpart(session: Session, sql: Sql, *, one: int, other: int, reason: str) -> bool:
    """Takes that back; whether it had been said."""
    first, second = _two(sql, one, other)
    said = _apart(sql).get(_key(first, second), [])
    for id_ in said:
        audit.changed(
            session, action="state", table="distinct_pair", row_id=id_, customer_id=first,
            before=_named(sql, first, second), after={"reason": reason.strip() or None},
        )  # fmt: skip
        sql.run(FORGET, id=id_)
    return bool(said)


def are_parted(sql: Sql, one: int, other: int) -> bool:
    """Whether a person said that these are two customers."""
    return _key(one, other) in _apart(sql)


def _two(sql: Sql, one: int, other: int) -> tuple[int, int]:
    if one == other:
        raise Refused(
            N_("both are the same customer file: {customer}"),
            N_("name two customers"),
            customer=customers.labels(sql, [one])[0],
        )
    return _key(one, other)


def _key(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _named(sql: Sql, one: int, other: int) -> dict[str, str]:
    return {"customer": access.whose(sql, one).code, "other": access.whose(sql, other).code}


def _apart(sql: Sql) -> dict[tuple[int, int], list[int]]:
    """The pairs of which it was said that they are two, with the rows that say so; what was said of a file that was merged
    since holds of the one that was kept."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    leads_to = customers.leads_to(sql)
    for id_, one, other in sql.rows(DISTINCT):
        one, other = leads_to.get(one, one), leads_to.get(other, other)
        if one != other:
            found[_key(one, other)].append(id_)
    return found


def _profiles(sql: Sql, files: Sequence[_File]) -> list[Profile]:
    points: dict[str, dict[int, list[str]]] = {"phone": defaultdict(list), "address": defaultdict(list)}
    for customer, kind, value in sql.rows(POINTS):
        points[kind][customer].append(value)
    people: dict[int, list[str]] = defaultdict(list)
    for customer, name in sql.rows(PEOPLE):
        people[customer].append(name)
    nothing: list[str] = []
    return [
        likeness.profile(
            file.name,
            sound=_sound,
            phones=points["phone"].get(file.id, nothing),
            addresses=points["address"].get(file.id, nothing),
            people=people.get(file.id, nothing),
        )
        for file in files
    ]


def _sound(core: str) -> str:
    """How the core of a name is spoken, in its likeliest reading."""
    spelt = pinyin.spellings(core) if not core.isascii() else []
    return "".join(spelt[0]) if spelt else ""


class _Sides:
    """The customers as they may be seen."""

    def __init__(self, files: Sequence[_File], viewer: Viewer, logins: dict[int, str]) -> None:
        self.files = files
        self.viewer = viewer
        self.logins = logins

    def of(self, place: int) -> Side:
        """The side of a pair that stands at this place."""
        file = self.files[place]
        rep = self.logins.get(file.owner) if file.owner is not None else None
        return Side(file.code, self.viewer.name(file.name, file.owner), rep)


def _suspicion(pair: Pair, sides: _Sides) -> Suspicion:
    why = wording.listed(wording.alike(reason.code, reason.percent) for reason in pair.reasons)
    codes = tuple(reason.code for reason in pair.reasons)
    return Suspicion(pair.score, codes, why, sides.of(pair.one), sides.of(pair.other))


def _crowd(group: Group, files: Sequence[_File]) -> Crowd:
    return Crowd(group.what, len(group.members), tuple(files[one].code for one in group.members[:SHOWN_OF_A_GROUP]))
