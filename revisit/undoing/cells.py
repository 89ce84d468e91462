"""Cells that an import changed go back to what they held, unless somebody, or a later import that holds, changed them since.

Each cell has a history: imports (their images), people and undos (the audit). What the imports taken back have put on top of
it is taken off; what lies below something else stays.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from revisit import audit, staff
from revisit.db import chunks, id_list, instant
from revisit.undoing.work import Held, Restored, Why, Work

if TYPE_CHECKING:
    from sqlalchemy import Table

CHANGED_ROWS = """
SELECT DISTINCT row_id FROM import_change
WHERE batch_id IN ({ids}) AND table_name = :table AND before <> '' ORDER BY row_id
"""
IMAGES = """
SELECT row_id, batch_id, before FROM import_change
WHERE table_name = :table AND before <> '' AND row_id IN ({ids}) ORDER BY id
"""
NOTED = """
SELECT a.row_id, a.id, a.who, a.at, a.action, a.batch_id, a.change FROM audit a
WHERE a.table_name = :table AND (a.batch_id IS NULL OR a.action = 'undo') AND a.id > :since AND EXISTS (
  SELECT 1 FROM import_change i
  WHERE i.table_name = a.table_name AND i.row_id = a.row_id AND i.batch_id IN ({ids}) AND i.before <> '')
ORDER BY a.id
"""
NOW = "SELECT {columns} FROM {table} WHERE id IN ({ids})"
NEWER = """
SELECT r.id, n.id FROM revisit r JOIN revisit n ON n.number = r.number AND n.version > r.version
WHERE r.id IN ({ids}) ORDER BY n.version
"""
OF_REVISITS = {
    name: f"SELECT id, revisit_id FROM {name} WHERE id IN ({{ids}})" for name in ("booking", "call_", "case_")
}
"""What belongs to a revisit and stays with its customer, by table."""
OWNS = "SELECT 1 FROM customer WHERE rep_id = :id LIMIT 1"
SAME = "SELECT 1 FROM {table} WHERE {where} AND id <> :id LIMIT 1"
ALIASES = {"rep": "rep_id"}
"""What a person's change calls a cell, where it is not the name of the column."""
WHOSE = ("customer_id", "merged_into")
Row = dict[str, Any]


class _Step(NamedTuple):
    """A cell was changed: by an import (`batch`) or by somebody; `before` is what it held."""

    batch: int | None
    before: Any
    why: Why


class _Noted(NamedTuple):
    """An audit row about a row that the import changed: what a person did, or (`undone`: the import) an undo."""

    place: int
    undone: int | None
    why: Why
    change: Mapping[str, Any]


def restore(work: Work, table: str) -> None:
    """Lets the cells of a table go back as far as they may; keeps what stays, with its reason."""
    ids = id_list(sorted(work.together))
    rows = [row[0] for row in work.sql.rows(CHANGED_ROWS.format(ids=ids), table=table)]
    noted = _noted(work, table)
    wanted: dict[int, Row] = {}
    bound = ("revisit", *OF_REVISITS)
    for portion in chunks(rows):
        wanted |= _histories(work, table, portion, noted)
        if table not in bound:  # versions of one record have to be seen together
            _write(work, table, wanted)
            wanted = {}
    if table in bound:
        if table == "revisit":
            _bind_versions(work, wanted)
        else:
            _bind_to_revisits(work, table, wanted)
        for portion in chunks(list(wanted)):
            _write(work, table, {row_id: wanted[row_id] for row_id in portion})


def _noted(work: Work, table: str) -> Mapping[int, list[_Noted]]:
    """What people and undos have done with the rows that the imports taken back had changed."""
    since = min(work.imported_at.get(batch, 0) for batch in work.together)
    found: dict[int, list[_Noted]] = defaultdict(list)
    statement = NOTED.format(ids=id_list(sorted(work.together)))
    for row_id, place, who, at, action, batch, change in work.sql.rows(statement, table=table, since=since):
        why = Why("person", who, instant(at), action, table)
        found[row_id].append(_Noted(place, batch, why, json.loads(change)))
    return found


def _histories(work: Work, table: str, ids: Sequence[int], noted: Mapping[int, list[_Noted]]) -> dict[int, Row]:
    """By row and column what a cell is to hold again; cells that stay are kept in `work`."""
    images: dict[int, list[tuple[int, int, Mapping[str, Any]]]] = defaultdict(list)
    for row_id, batch, before in work.sql.rows(IMAGES.format(ids=id_list(ids)), table=table):
        images[row_id].append((work.imported_at.get(batch, 0), batch, json.loads(before)))
    wanted: dict[int, Row] = {}
    makers = work.makers(table)
    for row_id in ids:
        maker = makers.of(row_id)
        made = work.imported_at.get(maker, 0) if maker is not None else -1
        own = [one for one in images[row_id] if one[0] > made]
        cells: Row = {}
        stay: dict[str, Why] = {}
        for column, steps in _steps(work, own, noted.get(row_id, ())).items():
            taken = False
            while steps and steps[-1].batch in work.together:
                cells[column], taken = steps.pop().before, True
            if any(step.batch == work.batch for step in steps) and not taken:
                stay[column] = steps[-1].why
        if cells:
            wanted[row_id] = cells
        _keep(work, table, row_id, stay)
    return wanted


def _steps(
    work: Work, images: Sequence[tuple[int, int, Mapping[str, Any]]], noted: Sequence[_Noted]
) -> dict[str, list[_Step]]:
    """The history of each cell of one row, the oldest change first; what an undo took back is no part of it any more."""
    events: list[tuple[int, int, Any]] = [
        (place, number, one) for number, one in enumerate(noted) for place in [one.place]
    ]
    events += [(place, number, (batch, before)) for number, (place, batch, before) in enumerate(images)]
    found: dict[str, list[_Step]] = defaultdict(list)
    for _place, _number, event in sorted(events, key=lambda one: one[:2]):
        if not isinstance(event, _Noted):
            batch, before = event
            for column, value in before.items():
                found[column].append(_Step(batch, value, Why("import", batch=batch)))
        elif event.undone is None:
            if audit.made_row(event.why.action, event.why.table):
                found.clear()  # what was before was another row of that id
            for name, pair in event.change.items():
                column = ALIASES.get(name, name)
                found[column].append(_Step(None, pair[0] if isinstance(pair, list) else None, event.why))
        else:
            until = work.undone_at.get(event.undone, 0)
            for column in event.change:
                while found[column] and work.undone_at.get(found[column][-1].batch or 0, until + 1) <= until:
                    found[column].pop()
    return found


def _keep(work: Work, table: str, row_id: int, stay: Mapping[str, Why]) -> None:
    """Cells that stay: one entry for those with the same reason."""
    for why in dict.fromkeys(stay.values()):
        columns = tuple(column for column, reason in stay.items() if reason == why)
        work.kept.append(Held(table, row_id, columns, why))


def _bind_versions(work: Work, wanted: dict[int, Row]) -> None:
    """A revisit of which a newer version stays does not come into force again, and stays with the customer of that one."""
    newer: dict[int, list[int]] = defaultdict(list)
    for portion in chunks(list(wanted)):
        for row_id, other in work.sql.rows(NEWER.format(ids=id_list(portion))):
            if not work.is_going("revisit", other):
                newer[row_id].append(other)
    for row_id in sorted(newer, reverse=True):  # the newest version first: the others follow it
        cells = wanted[row_id]
        cells.pop("is_current", None)
        staying = [other for other in newer[row_id] if "customer_id" not in wanted.get(other, {})]
        if staying and cells.pop("customer_id", None) is not None:
            work.reasons["revisit", row_id] = work.why("revisit", staying[-1])
            _keep(work, "revisit", row_id, {"customer_id": work.reasons["revisit", row_id]})


def _bind_to_revisits(work: Work, table: str, wanted: dict[int, Row]) -> None:
    """What belongs to a revisit stays with the customer of it; a booking is part of it, and not named apart."""
    for portion in chunks(list(wanted)):
        for row_id, revisit in work.sql.rows(OF_REVISITS[table].format(ids=id_list(portion))):
            why = work.reasons.get(("revisit", revisit))
            if why and wanted[row_id].pop("customer_id", None) is not None and table != "booking":
                _keep(work, table, row_id, {"customer_id": why})


def _write(work: Work, table: str, wanted: Mapping[int, Row]) -> None:
    """Writes the cells that differ from what stands there, and keeps what stood there."""
    kinds = _kinds(table)
    columns = {column for cells in wanted.values() for column in cells}
    if not columns:
        return
    names = sorted({"id", *columns, *({"customer_id"} & kinds.keys())})
    statement = NOW.format(columns=", ".join(names), table=table, ids=id_list(sorted(wanted)))
    found: list[tuple[Row, Row]] = []
    for values in work.sql.rows(statement):
        now = {name: _value(kinds[name], value) for name, value in zip(names, values, strict=True)}
        cells = {column: _value(kinds[column], value) for column, value in wanted[now["id"]].items()}
        after = {column: value for column, value in cells.items() if value != now[column]}
        if table == "staff":
            after = _with_customers(work, now["id"], after)
        if after:
            found.append((now, after))
    keys = frozenset[str]().union(*_unique(table))
    bare = [one for one in found if not keys & one[1].keys()]
    keyed = [one for one in found if keys & one[1].keys()]
    sets: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for now, after in bare:
        sets[tuple(sorted(after))].append(after | {"id": now["id"]})
    for changed, rows in sets.items():
        work.sql.run_many(_update(table, changed), rows)
    for now, after in bare + _write_keys(work, table, keyed):
        work.restored.append(Restored(table, now["id"], {column: now[column] for column in after}, after))
        work.touched |= {one[name] for one in (now, after) for name in WHOSE if one.get(name) is not None}
        if table == "customer":
            work.touched.add(now["id"])


def _write_keys(work: Work, table: str, found: list[tuple[Row, Row]]) -> list[tuple[Row, Row]]:
    """Writes rows of which no two may have the same: one makes room for the next. Those without room stay as they are."""
    done: list[tuple[Row, Row]] = []
    while found:
        waiting = []
        for now, after in found:
            if _is_taken(work, table, now["id"], after):
                waiting.append((now, after))
                continue
            work.sql.run(_update(table, tuple(after)), **after, id=now["id"])
            done.append((now, after))
        if len(waiting) == len(found):
            break
        found = waiting
    for now, after in found:
        _keep(work, table, now["id"], dict.fromkeys(after, Why("taken")))
    return done


def _update(table: str, columns: Sequence[str]) -> str:
    return f"UPDATE {table} SET {', '.join(f'{column} = :{column}' for column in columns)} WHERE id = :id"


def _with_customers(work: Work, row_id: int, after: Row) -> Row:
    """Of a person's cells those that may go back: nobody who has customers loses the list on which they stand."""
    loses = after.get("active", True) is False or after.get("role", staff.OWNING_ROLES[0]) not in staff.OWNING_ROLES
    if not loses or not work.sql.rows(OWNS, id=row_id):
        return after
    columns = {column for column in ("role", "active") if column in after}
    _keep(work, "staff", row_id, dict.fromkeys(sorted(columns), Why("used", table="customer")))
    return {column: value for column, value in after.items() if column not in columns}


def _is_taken(work: Work, table: str, row_id: int, after: Row) -> bool:
    """Whether what a row had is another row's now."""
    for columns in _unique(table):
        if not columns & after.keys():
            continue
        same = " AND ".join(
            f"{column} = :{column}" if column in after else f"{column} = (SELECT {column} FROM {table} WHERE id = :id)"
            for column in sorted(columns)
        )
        values = {column: after[column] for column in columns if column in after}
        if work.sql.rows(SAME.format(table=table, where=same), id=row_id, **values):
            return True
    return False


def _value(kind: str, value: Any) -> Any:
    """A cell as it is compared and written, from an image (JSON) or from the driver."""
    if value is None:
        return None
    if kind == "UtcDateTime":
        return instant(value)
    return bool(value) if kind == "Boolean" else value


@cache
def _kinds(table: str) -> Mapping[str, str]:
    """The type of every column of a table."""
    return {column.name: type(column.type).__name__ for column in _table(table).columns}


@cache
def _unique(table: str) -> tuple[frozenset[str], ...]:
    """Sets of columns of which no two rows may hold the same."""
    from sqlalchemy import UniqueConstraint

    found = _table(table)
    sets = [one.columns for one in found.constraints if isinstance(one, UniqueConstraint)]
    sets += [one.columns for one in found.indexes if one.unique]
    return tuple(frozenset(column.name for column in one) for one in sets)


def _table(name: str) -> Table:
    from revisit.models import metadata

    return metadata.tables[name]
