"""Rows that an import made go again, unless somebody, or a later import that holds, has done something with them since.

What refers goes before what it refers to. A row that stays keeps what it stands on, and a file or a revisit stays whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from revisit.db import chunks, id_list
from revisit.undoing.spans import Span, conditions, within, without
from revisit.undoing.work import Held, Why, Work

PARTS: Mapping[str, tuple[str, ...]] = {
    "revisit": ("booking",),
    "customer": ("contact_person", "contact_point", "fact", "handover", "allocation", "shown_order"),
}
"""What belongs to a row and stays with it."""
WORK_HERE = ("staff", "department")
"""What others have done with a customer is no reason that tells why these stay: that the customer is theirs is one."""
REGISTER = ("follow_up", "standing", "claim")
"""What goes with a customer whatever stands there."""
REFERRING = "SELECT {column}, max(id) FROM {table} WHERE {where} GROUP BY {column}"
OF_HELD = "SELECT {columns} FROM {table} WHERE id IN ({ids})"
MERGED = "SELECT merged_into, id FROM customer WHERE {where}"
PARTS_OF = "SELECT id, {column} FROM {table} WHERE {column} IN ({ids})"
CUSTOMERS = "SELECT DISTINCT customer_id FROM {table} WHERE {where}"
COUNT = "SELECT count(*) FROM {table} WHERE {where}"
DELETE = "DELETE FROM {table} WHERE id BETWEEN :first AND :last"
DELETE_OF = "DELETE FROM {table} WHERE customer_id BETWEEN :first AND :last"
HELD_BEFORE = """
SELECT i.batch_id, i.before FROM import_change i JOIN import_batch b ON b.id = i.batch_id
WHERE i.table_name = :table AND i.before LIKE '%"{column}"%' AND b.undone_at IS NULL AND i.batch_id NOT IN ({ids})
ORDER BY i.batch_id
"""
ACTED = "SELECT s.id, max(a.id) FROM staff s JOIN audit a ON a.who = s.login WHERE {where} GROUP BY s.id"


def decide(work: Work, table: str) -> None:
    """Finds what of a table stays, and why; the rest is going. Rows that refer to it and are going have gone before."""
    stays = dict(work.held(table))
    if table == "staff":
        stays = _acting(work) | stays
    owned = work.owned(table)
    for child, column in _references(table):
        for row_id, other in _referring(work, table, child, column, owned):
            if row_id not in stays:
                why = work.why(child, other)
                stays[row_id] = Why("used", table=child) if why.code == "person" and table in WORK_HERE else why
    if table == "customer":
        _keep_merged(work, owned, stays)
    if table in WORK_HERE and owned:
        stays = _remembered(work, table, owned) | stays
    work.reasons |= {(table, row_id): why for row_id, why in stays.items()}
    makers = work.makers(table)
    work.kept += [Held(table, row_id, (), why) for row_id, why in stays.items() if makers.of(row_id) == work.batch]
    _let_go(work, table, stays)


def remove(work: Work, table: str) -> None:
    """Removes what is going of a table, after its parts. `decide` was asked."""
    for part in PARTS.get(table, ()):
        _decide_part(work, table, part)
        _delete(work, part)
    if table == "customer":
        for register in REGISTER:
            work.sql.run_many(DELETE_OF.format(table=register), _as_params(work.gone[table]))
    _delete(work, table)


def _decide_part(work: Work, table: str, part: str) -> None:
    """Of the parts of a row those stay that somebody has touched, and those that were made with a row that stays."""
    stays = dict(work.held(part))
    column, owned, makers, owners = f"{table}_id", work.owned(part), work.makers(part), work.makers(table)
    staying = sorted(row_id for name, row_id in work.reasons if name == table)
    for portion in chunks(sorted(stays)):
        for row_id, owner in work.sql.rows(OF_HELD.format(table=part, columns=f"id, {column}", ids=id_list(portion))):
            if makers.of(row_id) == work.batch and not within(work.owned(table), owner):
                work.kept.append(Held(part, row_id, (), stays[row_id]))
    for portion in chunks(staying) if owned else ():
        for row_id, owner in work.sql.rows(PARTS_OF.format(table=part, column=column, ids=id_list(portion))):
            if row_id not in stays and within(owned, row_id) and makers.of(row_id) == owners.of(owner):
                stays[row_id] = work.reasons[table, owner]
    work.reasons |= {(part, row_id): why for row_id, why in stays.items()}
    _let_go(work, part, stays)


def _let_go(work: Work, table: str, stays: Iterable[int]) -> None:
    work.gone[table] = without(work.owned(table), [(row_id, row_id) for row_id in stays])


def _delete(work: Work, table: str) -> None:
    """Deletes what is going, counts it, and notes whose customers' register it changes."""
    gone = work.gone[table]
    for where in conditions("id", gone):
        work.removed[table] += _count(work, table, where)
        if "customer_id" in _columns(table):
            found = work.sql.rows(CUSTOMERS.format(table=table, where=where))
            work.touched |= {row[0] for row in found if row[0] is not None}
    for batch in work.together - {work.batch, *work.freed}:
        own = without(work.makers(table).spans({batch}), without(work.owned(table), gone))
        if any(_count(work, table, where) for where in conditions("id", own)):
            work.freed.add(batch)
    if work.removed[table]:
        work.sql.run_many(DELETE.format(table=table), _as_params(gone))


def _count(work: Work, table: str, where: str) -> int:
    return int(work.sql.rows(COUNT.format(table=table, where=where))[0][0])


def _as_params(spans: Iterable[Span]) -> list[dict[str, object]]:
    return [{"first": first, "last": last} for first, last in spans]


def _referring(work: Work, table: str, child: str, column: str, owned: list[Span]) -> Iterator[tuple[int, int]]:
    """Rows that are to go and the newest row that refers to each and stays: what is a part of it and untouched goes with it."""
    with_it = work.owned(child) if child in PARTS.get(table, ()) else []
    besides = "".join(f" AND NOT {where}" for where in conditions("id", with_it))
    for where in conditions(column, owned):
        yield from work.sql.rows(REFERRING.format(table=child, column=column, where=where + besides))
    for portion in chunks(sorted(work.held(child))) if with_it else ():
        for row_id, other in work.sql.rows(OF_HELD.format(table=child, columns=f"{column}, id", ids=id_list(portion))):
            if row_id is not None and within(owned, row_id):
                yield row_id, other


def _keep_merged(work: Work, owned: list[Span], stays: dict[int, Why]) -> None:
    """A file into which another one that stays was merged stays as well."""
    pairs = [pair for where in conditions("merged_into", owned) for pair in work.sql.rows(MERGED.format(where=where))]
    found = True
    while found:
        found = False
        for row_id, merged in pairs:
            if row_id not in stays and (merged in stays or not within(owned, merged)):
                stays[row_id] = stays.get(merged) or work.why("customer", merged)
                found = True


def _remembered(work: Work, table: str, owned: list[Span]) -> dict[int, Why]:
    """Rows that stood in a cell which a later import has changed: undoing that one has to find them."""
    found: dict[int, Why] = {}
    together = id_list(sorted(work.together))
    for child, column in _references(table):
        statement = HELD_BEFORE.format(ids=together, column=column)
        for batch, before in work.sql.rows(statement, table=child):
            row_id = json.loads(before)[column]
            if row_id is not None and within(owned, row_id):
                found[row_id] = Why("import", batch=batch)
    return found


def _acting(work: Work) -> dict[int, Why]:
    """Who of the staff has done something here, the person who undoes among them."""
    owned = work.owned("staff")
    acted = dict(row for where in conditions("s.id", owned) for row in work.sql.rows(ACTED.format(where=where)))
    entries = work.entries(acted.values())
    found = {row_id: entries[place] for row_id, place in acted.items()}
    if within(owned, work.actor_id):
        found.setdefault(work.actor_id, Why("used", table="audit"))
    return found


@cache
def _references(table: str) -> tuple[tuple[str, str], ...]:
    """Tables and columns that refer to a table; not the register, which follows, nor the audit, which is asked first."""
    from revisit.models import metadata

    return tuple(
        (name, column.name)
        for name, one in metadata.tables.items()
        for column in one.columns
        if name not in (*REGISTER, "audit", table)
        and any(key.column.table.name == table for key in column.foreign_keys)
    )


@cache
def _columns(table: str) -> frozenset[str]:
    from revisit.models import metadata

    return frozenset(column.name for column in metadata.tables[table].columns)
