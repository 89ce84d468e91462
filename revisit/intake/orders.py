"""Order lists: lines that share number, customer and date are one order; its number belongs to one customer and one date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from revisit.db import Sql, day
from revisit.i18n import N_
from revisit.intake import whom
from revisit.intake.known import File
from revisit.intake.ledger import Ledger, Whose, extra_text, merged_extra
from revisit.intake.rows import Record, RowLabel

KNOWN = """
SELECT o.id, o.customer_id, o.number, o.ordered_on, o.completed_on, o.cancelled_on, o.amount_cents, o.product, o.extra, c.rep_id
FROM order_ o JOIN customer c ON c.id = o.customer_id ORDER BY o.id
"""
COLUMNS = (
    "id", "customer_id", "number", "ordered_on", "completed_on", "cancelled_on", "amount_cents", "product", "extra", "rep_id",
)  # fmt: skip
Row = dict[str, Any]
AT_ONCE = 1000  # orders that are made at once


@dataclass(slots=True)
class _Order:
    """One order of the sheet, with its lines."""

    file: File
    number: str
    ordered_on: date
    records: list[Record]

    def stated(self, name: str) -> list[Any]:
        """What the lines say in a column; lines that are silent are left out."""
        return [record.values[name] for record in self.records if name in record.values]

    @property
    def amount(self) -> int | None:
        """The lines with a number added up; equal rows without a number are one order."""
        amounts = self.stated("amount")
        if not amounts:
            return None
        return sum(amounts) if self.number else int(amounts[0])

    @property
    def product(self) -> str:
        return "; ".join(dict.fromkeys(self.stated("product")))

    @property
    def cancelled(self) -> bool:
        """Cancelled is an order of which every line is."""
        return all(record.values.get("status") == "cancelled" for record in self.records)

    @property
    def completed_on(self) -> date | None:
        """The day on which its last line was completed; not yet while one that is not cancelled has none."""
        lines = (
            self.records if self.cancelled else [one for one in self.records if one.values.get("status") != "cancelled"]
        )
        days = [one.values.get("completed_on") for one in lines]
        return None if None in days else max(one for one in days if one)

    @property
    def extra(self) -> str:
        return extra_text(*(record.extra for record in self.records))


class _Known:
    """The orders there are, by number, or by what they say where they have none."""

    def __init__(self, sql: Sql) -> None:
        self.by_number: dict[str, Row] = {}
        self._by_content: dict[tuple[Any, ...], Row] = {}
        for row in sql.rows(KNOWN):
            one = dict(zip(COLUMNS, row, strict=True))
            for name in ("ordered_on", "completed_on", "cancelled_on"):
                one[name] = day(one[name])
            if one["number"]:
                self.by_number[one["number"]] = one
            else:
                self._by_content[one["customer_id"], one["ordered_on"], one["product"], one["amount_cents"]] = one

    def find(self, order: _Order) -> Row | None:
        """The order on record that an order of the sheet is."""
        if order.number:
            return self.by_number.get(order.number)
        return self._by_content.get((order.file.id, order.ordered_on, order.product, order.amount))


def apply(ledger: Ledger) -> None:
    """Writes the records of an order list."""
    known = _Known(ledger.sql)
    orders = _orders(ledger, known)
    whom.settle(ledger, ((record, order.file) for order in orders for record in order.records))
    fresh: list[_Order] = []
    for order in orders:
        old = known.find(order)
        if old is None:
            fresh.append(order)
        else:
            _update(ledger, order, old)
    del orders
    _create(ledger, fresh)


def _orders(ledger: Ledger, known: _Known) -> list[_Order]:
    """The orders of the sheet, in the order of their first line; lines that contradict are rejected."""
    orders: dict[tuple[Any, ...], _Order] = {}
    for record, file in whom.resolve(ledger):
        values = record.values
        number, on = values.get("number", ""), values["ordered_on"]
        old = known.by_number.get(number)
        if old and _contradicts(ledger, record, old["customer_id"] == file.id, old["ordered_on"] == on, None):
            continue
        key = (number,) if number else (file.code, on, values.get("product", ""), values.get("amount"))
        order = orders.get(key)
        if order is None:
            orders[key] = _Order(file, number, on, [record])
        elif _contradicts(ledger, record, order.file is file, order.ordered_on == on, order.records[0].row):
            continue
        else:
            order.records.append(record)
        _check(ledger, record)
    return list(orders.values())


def _contradicts(ledger: Ledger, record: Record, same_customer: bool, same_day: bool, row: RowLabel | None) -> bool:
    """Whether a line gives its number to another customer or day than the first line (`row`) or the database does."""
    if same_customer and same_day:
        return False
    if row is None:
        one, other = N_("the number is known with another date"), N_("the number is known with another customer")
    else:
        one, other = (
            N_("row {row} has this number with another date"),
            N_("row {row} has this number with another customer"),
        )
    ledger.reject(record, "number", one if same_customer else other, row=row)
    return True


def _check(ledger: Ledger, record: Record) -> None:
    """What looks wrong in a line; without a completion column an order counts as completed on its day."""
    values = record.values
    on = values["ordered_on"]
    if on > ledger.today:
        ledger.warn(N_("row {row}: {day} lies in the future"), row=record.row, day=on.isoformat())
    if "completed_on" not in ledger.reading.fields:
        values["completed_on"] = on
    elif "completed_on" in values and values["completed_on"] < on:
        ledger.warn(N_("row {row}: completed before it was ordered"), row=record.row)


def _create(ledger: Ledger, orders: list[_Order]) -> None:
    """Makes orders, some at a time; each is let go of when it is made."""
    from revisit.models import Order

    table = ledger.table(Order)
    orders.reverse()
    while orders:
        portion = [orders.pop() for _ in range(min(AT_ONCE, len(orders)))]
        ids = [order.file.row_id for order in portion]
        table.extend(
            [order.records[0].row for order in portion],
            customer_id=ids,
            number=[order.number for order in portion],
            ordered_on=[order.ordered_on for order in portion],
            completed_on=[order.completed_on for order in portion],
            cancelled_on=[order.ordered_on if order.cancelled else None for order in portion],
            amount_cents=[order.amount for order in portion],
            product=[order.product for order in portion],
            extra=[order.extra for order in portion],
        )
        ledger.touched.update(ids)
        ledger.count("inserted", sum(len(order.records) for order in portion))
        ledger.portion()


def _update(ledger: Ledger, order: _Order, old: Row) -> None:
    from revisit.models import Order

    news: dict[str, Any] = {"extra": merged_extra(old["extra"], order.extra)}
    if "completed_on" in ledger.reading.fields and order.completed_on is not None:
        news["completed_on"] = order.completed_on
    if order.amount is not None:
        news["amount_cents"] = order.amount
    if order.product:
        news["product"] = order.product
    if order.cancelled and old["cancelled_on"] is None:
        news["cancelled_on"] = ledger.today
    elif order.stated("status") and not order.cancelled:
        news["cancelled_on"] = None
    after = {name: value for name, value in news.items() if value != old[name]}
    if after:
        whose = Whose(order.number or order.file.code, old["rep_id"])
        ledger.update(Order, old["id"], old, after, order.records[0].row, whose)
        ledger.touched.add(old["customer_id"])
    ledger.count("updated" if after else "unchanged", len(order.records))
