"""Customer files that are made from the rows of a sheet: what their row says holds from the file's first day.

They are made portion by portion, and within a portion column by column and table by table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from itertools import compress
from typing import Any

from revisit.intake.known import File
from revisit.intake.ledger import Ledger, extra_text
from revisit.intake.people import People
from revisit.intake.prepared import found_by
from revisit.intake.reach import POINTS, points_of
from revisit.intake.rows import Record, RowLabel
from revisit.policy import facts
from revisit.register.keep import Entered, Newcomers

PLAIN = ("name", "grade", "region", "industry", "salesperson", "note", "birthday")
DATED = {
    "kind": "kind", "intention": "intention", "contract_on": "contract_on", "balance": "balance_cents",
    "do_not_call": "do_not_call",
}  # fmt: skip
SIGNED = {"credit_limit": "credit_limit_cents", "term_days": "term_days"}
"""Fields of a customer sheet and their columns: plain ones, those that are dated facts as well, those that are signed for."""


def create(
    ledger: Ledger,
    files: Sequence[tuple[Record, File]],
    people: People | None = None,
    newcomers: Newcomers | None = None,
) -> None:
    """Makes files. What their row says holds from the file's first day; `people` are asked for the representative.

    `newcomers` plans them at once; without it the register looks at them afterwards, with what else the import brings, and
    their ids are told to the files.
    """
    from revisit.models import Customer

    if not files:
        return
    table = ledger.table(Customer)
    made = _Made(files, range(table.next, table.next + len(files)))
    columns = _file_columns(ledger, made, people)
    if newcomers is None:
        ledger.touched.update(made.ids)
        for file, id_ in zip(made.files, made.ids, strict=True):
            file.id = id_
    else:
        plans = _enter(ledger, made, columns, newcomers)
        columns["first_on"] = [one.first_on for one in plans]
        columns["last_order_on"] = [one.last_order_on for one in plans]
        columns["search"] = [
            (record.prepared is not None and record.prepared.search) or found_by(file.code, file.name, record.values)
            for record, file in files
        ]
    table.extend(made.rows, **columns)
    _add_parts(ledger, made, columns["rep_id"])
    ledger.portion()


class _Made:
    """Files that are made: the rows of the sheet, what they say, the files and their ids, each in the same order."""

    def __init__(self, files: Sequence[tuple[Record, File]], ids: Sequence[int]) -> None:
        self.rows = [record.row for record, _file in files]
        self.said = [record.values for record, _file in files]
        self.extra = [record.extra for record, _file in files]
        self.files = [file for _record, file in files]
        self.ids = ids

    def column(self, name: str, blank: Any = None) -> list[Any]:
        """What the rows say in a column."""
        return [said.get(name, blank) for said in self.said]

    def parts(self, has: Callable[[dict[str, Any]], bool]) -> tuple[list[RowLabel], list[int], list[dict[str, Any]]]:
        """Rows, ids and values of those of which this is true."""
        chosen = list(map(has, self.said))
        return (
            list(compress(self.rows, chosen)),
            list(compress(self.ids, chosen)),
            list(compress(self.said, chosen)),
        )


def _file_columns(ledger: Ledger, made: _Made, people: People | None) -> dict[str, list[Any]]:
    """The columns of files that are made, as far as their rows say something."""
    from revisit.models import Customer

    blank = ledger.table(Customer).blank
    names = dict.fromkeys(PLAIN, "") | DATED | SIGNED
    columns = {
        column: made.column(name, blank(column))
        for name, column in ((name, column or name) for name, column in names.items())
        if name in ledger.reading.fields
    }
    columns |= {
        "code": [file.code for file in made.files],
        "name": [file.name for file in made.files],
        "extra": [extra_text(one) if one else "" for one in made.extra],
        "entered_on": [ledger.today] * len(made.ids),
        "rep_id": [None] * len(made.ids),
    }
    if "followed_by" in ledger.reading.fields:
        columns["followed_by"] = made.column("followed_by", "service")
        columns["followed_since"] = [
            said.get("followed_since") if "followed_by" in said else None for said in made.said
        ]
    if "last_order_on" in ledger.reading.fields:
        columns["shown_order_on"] = made.column("last_order_on")
    if people is not None and "rep" in ledger.reading.fields:
        columns["rep_id"] = [
            people.representative(said["rep"], row) if "rep" in said else None
            for row, said in zip(made.rows, made.said, strict=True)
        ]
    return columns


def _enter(ledger: Ledger, made: _Made, columns: dict[str, list[Any]], newcomers: Newcomers) -> list[Entered]:
    """The register of files that are made. What tells their plans apart is all that the sheet says of what rules look at: a
    balance only of a customer who is followed by sales, and what the policy makes exceptions by."""
    seen = {"kind", "intention", "contract_on", "do_not_call", "last_order_on", *newcomers.told_apart_by}
    told = [made.column(name) for name in sorted(seen & ledger.reading.fields - {"code"})]
    if "followed_by" in ledger.reading.fields:
        told.append(
            [one.get("followed_by") == "sales" and (one.get("followed_since"), one.get("balance")) for one in made.said]
        )
    if "code" in newcomers.told_apart_by:
        told.append(columns["code"])
    owned = [owner is not None for owner in columns["rep_id"]]
    plans = [
        newcomers.known(key) or newcomers.enter(key, _events(ledger, file.code, said, allocated=key[0]))
        for key, file, said in zip(zip(owned, *told, strict=True), made.files, made.said, strict=True)
    ]
    ledger.enter(made.ids, plans)
    return plans


def _add_parts(ledger: Ledger, made: _Made, owners: Sequence[int | None]) -> None:
    """What stands in tables of its own: contact person, telephone numbers, address, dated facts, hand-over, owner, last order."""
    from revisit.models import Allocation, ContactPerson, ContactPoint, Fact, Handover, ShownOrder

    fields = ledger.reading.fields
    if not fields.isdisjoint(("contact", "title")):
        rows, ids, said = made.parts(lambda said: "contact" in said or "title" in said)
        names, titles = [one.get("contact", "") for one in said], [one.get("title", "") for one in said]
        ledger.table(ContactPerson).extend(rows, customer_id=ids, position=[1] * len(ids), name=names, title=titles)
    for kind, name in POINTS:
        if name in fields:
            points = [
                (row, id_, place, value)
                for row, id_, said in zip(made.rows, made.ids, made.said, strict=True)
                for place, value in enumerate(points_of(said, name), 1)
            ]
            if points:
                rows, ids, positions, values = map(list, zip(*points, strict=True))
                ledger.table(ContactPoint).extend(
                    rows, customer_id=ids, kind=[kind] * len(ids), position=positions, value=values
                )
    for name in DATED:
        if name in fields:
            rows, ids, said = made.parts(partial(_says, name))
            values = [fact_text(one[name]) for one in said]
            ledger.table(Fact).extend(rows, customer_id=ids, name=[name] * len(ids), value=values)
    if "followed_by" in fields:
        rows, ids, said = made.parts(lambda said: said.get("followed_by") == "sales")
        since = [one.get("followed_since") for one in said]
        ledger.table(Handover).extend(rows, customer_id=ids, to_whom=["sales"] * len(ids), from_on=since)
    owned = [one for one in zip(made.rows, made.ids, owners, strict=True) if one[2] is not None]
    if owned:
        rows, ids, staff = map(list, zip(*owned, strict=True))
        ledger.table(Allocation).extend(rows, customer_id=ids, staff_id=staff)
    if "last_order_on" in fields:
        rows, ids, said = made.parts(partial(_says, "last_order_on"))
        ledger.table(ShownOrder).extend(rows, customer_id=ids, ordered_on=[one["last_order_on"] for one in said])


def _says(name: str, said: dict[str, Any]) -> bool:
    return name in said


def _events(ledger: Ledger, code: str, values: dict[str, Any], *, allocated: bool) -> facts.File:
    """What the rules will know of a file that is made from a row."""
    return facts.File(
        code=code,
        entered_on=ledger.today,
        handovers=(
            (facts.Handover("sales", values.get("followed_since")),) if values.get("followed_by") == "sales" else ()
        ),
        shown_orders=(values["last_order_on"],) if "last_order_on" in values else (),
        facts=tuple([facts.Fact(name, fact_text(values[name])) for name in DATED if name in values]),
        grade=values.get("grade", ""),
        region=values.get("region", ""),
        industry=values.get("industry", ""),
        allocations=(facts.Allocation(None),) if allocated else (),
    )


def fact_text(value: Any) -> str:
    """A dated fact as it is kept: ISO days, whole cents, 1 and 0."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.isoformat() if isinstance(value, date) else str(value)
