"""What an import does to the database, row by row: counts, rejects, warnings, and the before-images that undo needs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, plain
from revisit.intake import images
from revisit.intake.rows import Reading, Record, Reject, RowLabel
from revisit.register.keep import FOLLOW_UP, STANDING, Entered

if TYPE_CHECKING:
    from sqlmodel import Session

NEXT_ID = """
SELECT coalesce(max(id), 0) + 1 FROM (
  SELECT max(id) AS id FROM {table} UNION ALL SELECT max(last_id) FROM import_change WHERE table_name = '{table}'
) AS given
"""
"""No id is given twice, also not one whose row an undone import has taken away: the audit still speaks of it."""
SET_SEQUENCE = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), :last)"
# What other deeds write first comes first: a revisit and its booking, an approval with its moves and deadlines, a fact, an
# allocation, somebody of the staff; then the customer, and last but for what only imports write the register. Whoever holds the
# first table of a deed can reach the rest of them, so that two wait for each other and never in a circle.
LOCK_ON_SERVER = """
LOCK TABLE import_batch, import_change, revisit, booking, approval, move, deadline, fact, allocation, staff, department, customer,
    follow_up, standing, contact_person, contact_point, handover, shown_order, order_, sales_follow_up,
    chat_message IN SHARE ROW EXCLUSIVE MODE
"""
INDEXES_IN_FILE = """
SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX %' ORDER BY name
"""
MANY_ROWS = 5_000  # rows of a sheet from which on it pays to order a table once instead of with each row
NOT_ONLY_OF_THE_SHEET = frozenset({"phone", "address", "extra"})
"""Columns that hold something after an import that was on file before: numbers that have changed places, further columns."""
MOST_CHANGES = 10_000  # changes that a receipt lists; all are counted
ROWS_AT_ONCE = 2_000  # rows that wait in memory before they are written, in the same transaction


class Change(NamedTuple):
    """A cell that a sheet changes: its row, of what (a customer's code, an order's number, a login), the column of the table, old
    and new.

    Of a customer's file old and new are what the person who imports may see of them (`access.HIDDEN`: nothing).
    """

    row: RowLabel
    of: str
    column: str
    old: Any
    new: Any


class Whose(NamedTuple):
    """Whose cells change: the customer's code or the order's number, and whose customer it was before the import (staff id):
    whoever a sheet gives a customer to does not see it by that."""

    of: str
    owner: int | None


class Application(NamedTuple):
    """A limit or term that a sheet changes and that has to be signed: the row, the customer's code, the column, old and new, and
    the number of the approval that was asked for."""

    row: RowLabel
    of: str
    column: str
    old: Any
    new: Any
    approval: int


class Alike(NamedTuple):
    """A new customer who is perhaps another one: the row, the new code, the other's code, and why (a code of `likeness`)."""

    row: RowLabel
    code: str
    other: str
    why: str


class Table:
    """The rows of one table that wait to be written. Ids are given at once, in one row of numbers for the whole import."""

    def __init__(self, sql: Sql, model: type) -> None:
        self.name: str = model.__table__.name  # type: ignore[attr-defined]
        self._defaults = _defaults(model)
        self.first = self.next = self._written = int(sql.rows(NEXT_ID.format(table=self.name))[0][0])
        self._said: dict[str, list[object]] = {}
        self.places = images.Places()

    def blank(self, column: str) -> object:
        """What stands in a column where nothing is said."""
        return self._defaults[column]

    def extend(self, places: Sequence[RowLabel], **columns: Sequence[object]) -> range:
        """Plans rows that come from rows of the sheet, given column by column; the ids they will have. What is not said is
        blank."""
        ids = range(self.next, self.next + len(places))
        before = len(self)
        for name, cells in columns.items():
            if name not in self._said:
                self._said[name] = [self._defaults[name]] * before
            self._said[name] += _plain(cells)
        for name in self._said.keys() - columns.keys():
            self._said[name] += [self._defaults[name]] * len(ids)
        self.places.extend(places)
        self.next = ids.stop
        return ids

    def __len__(self) -> int:
        """How many rows wait."""
        return self.next - self._written

    def write(self, sql: Sql) -> None:
        """Writes what waits."""
        ids = range(self._written, self.next)
        if ids:
            blank = {name: [cell] * len(ids) for name, cell in self._defaults.items() if name not in self._said}
            sql.insert_columns(self.name, {"id": ids, **self._said, **blank})
            self._said, self._written = {}, self.next


@dataclass
class Ledger:
    """The plan of one import, as it is found row by row: what is made and changed, counted, refused and doubted.

    It is written in portions, in the caller's transaction; `close` writes the rest and the images. `today` is the day on
    which it is recorded; `viewer` is the staff member who imports, and sees in the receipt what that person may see.
    """

    session: Session
    sql: Sql
    today: date
    now: datetime
    company: CompanyInfo
    batch_id: int
    reading: Reading
    viewer: Viewer
    create_customers: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    touched: set[int] = field(default_factory=set)
    images: list[tuple[object, ...]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    changed: int = 0
    alikes: list[Alike] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    _tables: dict[type, Table] = field(default_factory=dict)
    _updates: dict[tuple[str, tuple[str, ...]], list[dict[str, object]]] = field(default_factory=dict)
    _follow_ups: list[tuple[object, ...]] = field(default_factory=list)
    _standings: list[tuple[object, ...]] = field(default_factory=list)
    _waiting: int = 0
    _set_aside: list[str] = field(default_factory=list)

    def expect(self, model: type, *tables: str) -> None:
        """Far more rows may be made for a table than it holds, and for `tables` of the register with it: in a file their orders
        by other columns (those that are not unique) are made anew at the end, which takes a fraction of keeping them up."""
        height = sum(part.sheet.height or 0 for part in self.reading.parts)
        named = {model.__table__.name, *tables}  # type: ignore[attr-defined]
        if self.sql.server or height < max(MANY_ROWS, 1.5 * self.table(model).first):
            return
        for table, name, text in self.sql.rows(INDEXES_IN_FILE):
            if table in named:
                self.sql.run(f"DROP INDEX {name}")
                self._set_aside.append(text)

    def count(self, how: str, rows: int = 1) -> None:
        """Counts rows as inserted, updated or unchanged."""
        self.counts[how] += rows

    def title(self, field_name: str) -> str:
        """The column of a field as the sheet writes it."""
        return next((title for title, name in self.reading.columns.items() if name == field_name), field_name)

    def reject(self, record: Record, field_name: str, template: str, **params: object) -> None:
        """Refuses a row, naming its cell."""
        value = record.values.get(field_name, "")
        shown = value.isoformat() if isinstance(value, date | datetime) else str(value)
        self.reading.rejects.append(Reject(record.row, self.title(field_name), shown, template, params))

    def warn(self, template: str, **params: object) -> None:
        """Notes what looks wrong and is kept all the same."""
        self.reading.warnings.append((template, params))

    def insert(self, model: type, rows: Iterable[Mapping[str, Any]], places: Sequence[RowLabel]) -> list[int]:
        """Plans new rows of a table; the ids they will have, in order. `places` are the sheet rows they come from."""
        rows = list(rows)
        table = self.table(model)
        names = dict.fromkeys(name for row in rows for name in row)
        columns = {name: [row.get(name, table.blank(name)) for row in rows] for name in names}
        ids = table.extend(places, **columns)
        self._wait(0)
        return list(ids)

    def table(self, model: type) -> Table:
        """The new rows of a table, for whoever adds many; `portion` has to be said now and then."""
        table = self._tables.get(model)
        if table is None:
            table = self._tables[model] = Table(self.sql, model)
        return table

    def portion(self) -> None:
        """A good moment to write what waits, if it is much."""
        self._wait(0)

    def enter(self, ids: Iterable[int], plans: Iterable[Entered]) -> None:
        """Plans the register rows of new customers."""
        made = list(zip(ids, plans, strict=True))
        self._follow_ups += [(id_, *row) for id_, entered in made for row in entered.follow_ups]
        self._standings += [(id_, *span) for id_, entered in made for span in entered.standings]

    def update(
        self,
        model: type,
        row_id: int,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        place: RowLabel,
        whose: Whose | None = None,
    ) -> None:
        """Plans other cells for a row and keeps what they were; `whose`: as what the receipt tells them."""
        name: str = model.__table__.name  # type: ignore[attr-defined]
        self._updates.setdefault((name, tuple(after)), []).append({**after, "id": row_id})
        old = {column: _json(before[column]) for column in after}
        self.made(name, row_id, place, json.dumps(old, ensure_ascii=False, sort_keys=True))
        if whose is not None:
            self.change(place, whose, before, after)
        self._wait(1)

    def change(self, place: RowLabel, whose: Whose, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Tells the receipt what changes of a customer, old → new, as far as the person who imports may see it."""
        owner = whose.owner
        self.tell(
            place,
            whose.of,
            {column: self.viewer.cell(column, before.get(column), owner) for column in after},
            {
                column: self.viewer.cell(column, new, owner) if column in NOT_ONLY_OF_THE_SHEET else new
                for column, new in after.items()
            },
        )

    def tell(self, place: RowLabel, of: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Tells the receipt what changes, old → new; `of` names what these are the cells of."""
        self.changed += len(after)
        if len(self.changes) < MOST_CHANGES:
            self.changes += [Change(place, of, column, before[column], new) for column, new in after.items()]

    def alike(self, place: RowLabel, code: str, other: str, why: str) -> None:
        """Tells the receipt that a new customer is perhaps another one."""
        self.alikes.append(Alike(place, code, other, why))

    def made(self, table: str, row_id: int, place: RowLabel, before: str = "") -> None:
        """Keeps the image of a row that was made (`before` is empty) or changed, with the sheet row that did it."""
        sheet, number = images.split_label(place)
        self.images.append((self.batch_id, table, row_id, row_id, sheet, str(number), before))

    def close(self) -> None:
        """Writes what still waits, and the images."""
        self.write()
        for text in self._set_aside:
            self.sql.run(text)
        made: list[tuple[object, ...]] = []
        for table in self._tables.values():
            made += table.places.ranges(self.batch_id, table.name, table.first)
            if self.sql.server and table.places:
                self.sql.rows(SET_SEQUENCE.format(table=table.name), last=table.next - 1)
        self.images = made + self.images
        self.sql.insert_rows("import_change", images.COLUMNS, self.images)

    def _wait(self, rows: int) -> None:
        self._waiting += rows
        if self._waiting + sum(map(len, self._tables.values())) >= ROWS_AT_ONCE:
            self.write()

    def write(self) -> None:
        """Writes what waits, in the caller's transaction."""
        from revisit.models import metadata

        self._waiting = 0
        waiting = {table.name: table for table in self._tables.values() if len(table)}
        for one in metadata.sorted_tables if waiting else ():  # what is referred to comes first
            if one.name in waiting:
                waiting[one.name].write(self.sql)
        for (name, columns), sets in self._updates.items():
            cells = ", ".join(f"{column} = :{column}" for column in columns)
            self.sql.run_many(f"UPDATE {name} SET {cells} WHERE id = :id", sets)
        self._updates.clear()
        self.sql.insert_rows("follow_up", FOLLOW_UP, self._follow_ups)
        self.sql.insert_rows("standing", STANDING, self._standings)
        self._follow_ups, self._standings = [], []


_AS_IT_IS = frozenset({str, int, bool, type(None)})


def lock(sql: Sql) -> None:
    """On a server: nobody else writes these tables until the transaction ends. A file is locked as a whole anyway."""
    if sql.server:
        sql.run(LOCK_ON_SERVER)


def file_name(reading: Reading) -> str:
    """The name of the file; bytes that are no text are shown as such."""
    return reading.path.name.encode(errors="surrogateescape").decode(errors="replace")


def extra_text(*lines: Mapping[str, str]) -> str:
    """Unknown columns as they are kept with the row: an object, or a list of one object per line of a joined row."""
    if not any(lines):
        return ""
    shown: Any = dict(lines[0]) if len(lines) == 1 else [dict(line) for line in lines]
    return json.dumps(shown, ensure_ascii=False, sort_keys=True)


def merged_extra(old: str, new: str) -> str:
    """What a row keeps of unknown columns once another sheet has named some: the new ones, and old ones it is silent on."""
    if not old or not new:
        return old or new
    before, after = json.loads(old), json.loads(new)
    if isinstance(before, dict) and isinstance(after, dict):
        return extra_text(before | after)
    return new


def _plain(cells: Sequence[object]) -> Sequence[object]:
    """Cells of a column as the driver takes them."""
    return cells if _AS_IT_IS.issuperset(map(type, cells)) else [plain(cell) for cell in cells]


def _defaults(model: type) -> dict[str, Any]:
    """The columns of a table without the id, and what stands in each where nothing is said."""
    fields = model.model_fields  # type: ignore[attr-defined]
    return {
        name: (None if one.is_required() else one.get_default(call_default_factory=True))
        for name, one in fields.items()
        if name != "id"
    }


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
