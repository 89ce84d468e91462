"""Who is not judged on a day, and why: waived, not to be called, closed, or a fact is missing; as far as it may be seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from revisit import access, files, wording
from revisit.access import Viewer
from revisit.customers import Card
from revisit.db import Sql, chunks, day, id_list
from revisit.files import Held
from revisit.scheduler import Judged

STATED_BY = """
SELECT f.customer_id, f.name, f.from_on, a.who FROM fact f
JOIN audit a ON a.customer_id = f.customer_id AND a.table_name = 'fact' AND a.row_id = f.id
WHERE f.name IN ('waived', 'do_not_call', 'closed') AND f.value = '1' AND f.customer_id IN ({ids}) ORDER BY a.id
"""
GROUPS = ("excluded", "waived", "defective")


@dataclass(frozen=True, slots=True)
class Aside:
    """A customer that is not judged: its census class, the codes of why, since when, until when, what was said and by whom.

    `until_on` is the last day of a waiver; None: no end is known.
    """

    code: str
    name: str
    group: str
    missing: tuple[str, ...]
    since: date
    until_on: date | None
    reason: str
    by: str


def set_aside(
    sql: Sql,
    judged: Judged,
    ids: Sequence[int],
    cards: Mapping[int, Card],
    owners: Mapping[int, int | None],
    *,
    viewer: Viewer,
    on: date,
) -> list[Aside]:
    """Those of some customers who are not judged, by class and code: what a person stated, or the fact that is missing.

    `owners` are today's: what may be seen goes by them. Of another's customer only the class and since when.
    """
    held, authors = _stated(sql, [customer for customer in ids if judged.groups[customer] != "defective"], on)
    result = []
    for customer in ids:
        card, group = cards[customer], judged.groups[customer]
        spans = [span for span in judged.standing[customer] if span[0] == group]
        codes = tuple(code for _kind, code, _since in spans)
        said = [one for one in held.get(customer, ()) if one.name in codes]
        name = viewer.sees("name", owners.get(customer))
        told = name == viewer.sees("log", owners.get(customer)) == "whole"
        result.append(
            Aside(
                code=card.code,
                name=access.shown_name(card.name, name),
                group=group,
                missing=codes if name == "whole" else (),
                since=min(since for _kind, _code, since in spans),
                until_on=_end(said),
                reason=wording.listed(dict.fromkeys(one.reason for one in said if one.reason)) if told else "",
                by=_by(authors.get((customer, one.name, one.since)) for one in said) if told else "",
            )
        )
    return sorted(result, key=lambda one: (one.group, one.code))


def _by(logins: Iterable[str | None]) -> str:
    """Who stated it, as far as it is on record; what the creating sheet said is nobody's."""
    return wording.listed(dict.fromkeys(login for login in logins if login))


def _end(said: Sequence[Held]) -> date | None:
    """The last day of what was stated, if all of it has an end."""
    ends = [one.until for one in said if one.until is not None]
    return max(ends) if ends and len(ends) == len(said) else None


def _stated(
    sql: Sql, ids: Sequence[int], on: date
) -> tuple[dict[int, list[Held]], dict[tuple[int, str, date | None], str]]:
    """What a person stated of some customers and holds on a day; and who stated what, by customer, name and first day."""
    held: dict[int, list[Held]] = {}
    authors: dict[tuple[int, str, date | None], str] = {}
    for portion in chunks(ids):
        held |= files.held_on(sql, list(portion), on)
        for customer, name, from_on, login in sql.rows(STATED_BY.format(ids=id_list(portion))):
            authors[customer, name, day(from_on)] = login
    return held, authors
