"""Order lists: lines that share number, customer and date are one order; its number belongs to one customer and one date."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from revisit.db import day
from revisit.i18n import N_
from revisit.intake import whom
from revisit.intake.customers import Known
from revisit.intake.ledger import Ledger, extra_text
from revisit.intake.rows import Record

TABLES = (
    "staff",
    "customer",
    "contact_person",
    "contact_point",
    "fact",
    "handover",
    "allocation",
    "shown_order",
    "order_",
)
KNOWN = """
SELECT id, customer_id, number, ordered_on, completed_on, cancelled_on, amount_cents, product, extra FROM order_
"""


@dataclass(slots=True)
class _Order:
    customer: int
    number: str
    ordered_on: date
    completed_on: date | None
    cancelled: bool
    stated: bool
    amount: int | None
    products: list[str]
    records: list[Record] = field(default_factory=list)


def apply(ledger: Ledger) -> None:
    """Writes the records of an order list."""
    from revisit.models import Order

    customers = Known(ledger)
    by_number: dict[str, dict[str, Any]] = {}
    by_content: dict[tuple[Any, ...], dict[str, Any]] = {}
    names = (
        "id",
        "customer_id",
        "number",
        "ordered_on",
        "completed_on",
        "cancelled_on",
        "amount_cents",
        "product",
        "extra",
    )
    for row in ledger.sql.rows(KNOWN):
        one = dict(zip(names, row, strict=True))
        for name in ("ordered_on", "completed_on", "cancelled_on"):
            one[name] = day(one[name])
        if one["number"]:
            by_number[one["number"]] = one
        else:
            by_content[one["customer_id"], one["ordered_on"], one["product"], one["amount_cents"]] = one
    fresh: list[_Order] = []
    for order in _orders(ledger, customers):
        if order.number:
            old = by_number.get(order.number)
        else:
            old = by_content.get((order.customer, order.ordered_on, _product(order), order.amount))
        if old is None:
            fresh.append(order)
        else:
            _update(ledger, order, old)
    rows = []
    for order in fresh:
        first = order.records[0]
        rows.append(
            {
                "customer_id": order.customer,
                "number": order.number,
                "ordered_on": order.ordered_on,
                "completed_on": order.completed_on,
                "cancelled_on": order.ordered_on if order.cancelled else None,
                "amount_cents": order.amount,
                "product": _product(order),
                "extra": extra_text(first.extra),
            }
        )
        ledger.touched.add(order.customer)
        for record in order.records:
            ledger.count("inserted", record)
    ledger.insert(Order, rows, [order.records[0].row for order in fresh])


def _orders(ledger: Ledger, customers: Known) -> list[_Order]:
    """The orders of the sheet, in the order of their first line."""
    has_completion = "completed_on" in ledger.reading.fields
    orders: dict[tuple[Any, ...], _Order] = {}
    for record, customer in whom.resolve(ledger, customers):
        values = record.values
        number = values.get("number", "")
        on = values["ordered_on"]
        if on > ledger.today:
            ledger.warn(N_("row {row}: {day} lies in the future"), row=record.row, day=on.isoformat())
        completed = values.get("completed_on") if has_completion else on
        if completed is not None and completed < on:
            ledger.warn(N_("row {row}: completed before it was ordered"), row=record.row)
        key = (number,) if number else (customer["id"], on, values.get("product", ""), values.get("amount"))
        order = orders.get(key)
        if order is None:
            orders[key] = _Order(
                customer=customer["id"],
                number=number,
                ordered_on=on,
                completed_on=completed,
                cancelled=values.get("status") == "cancelled",
                stated="status" in values,
                amount=values.get("amount"),
                products=[values["product"]] if "product" in values else [],
                records=[record],
            )
        elif order.customer != customer["id"]:
            ledger.reject(
                record, "number", N_("row {row} has this number with another customer"), row=order.records[0].row
            )
        elif order.ordered_on != on:
            ledger.reject(record, "number", N_("row {row} has this number with another date"), row=order.records[0].row)
        else:
            if number:
                _join(order, values)
            order.records.append(record)
    return list(orders.values())


def _join(order: _Order, values: dict[str, Any]) -> None:
    if values.get("amount") is not None:
        order.amount = (order.amount or 0) + values["amount"]
    if "product" in values and values["product"] not in order.products:
        order.products.append(values["product"])
    order.cancelled = order.cancelled and values.get("status") == "cancelled"
    if "completed_on" in values and order.completed_on is not None:
        order.completed_on = max(order.completed_on, values["completed_on"])


def _update(ledger: Ledger, order: _Order, old: dict[str, Any]) -> None:
    from revisit.models import Order

    first = order.records[0]
    if old["customer_id"] != order.customer or old["ordered_on"] != order.ordered_on:
        for record in order.records:
            what = N_("the number is known with another customer")
            if old["customer_id"] == order.customer:
                what = N_("the number is known with another date")
            ledger.reject(record, "number", what)
        return
    after: dict[str, Any] = {}
    if "completed_on" in ledger.reading.fields and order.completed_on not in (None, old["completed_on"]):
        after["completed_on"] = order.completed_on
    if order.amount is not None and order.amount != old["amount_cents"]:
        after["amount_cents"] = order.amount
    if order.products and _product(order) != old["product"]:
        after["product"] = _product(order)
    if order.cancelled and old["cancelled_on"] is None:
        after["cancelled_on"] = ledger.today
    elif order.stated and not order.cancelled and old["cancelled_on"] is not None:
        after["cancelled_on"] = None
    if first.extra and extra_text(first.extra) != old["extra"]:
        after["extra"] = extra_text(first.extra)
    if after:
        ledger.update(Order, old["id"], old, after, first.row)
        ledger.touched.add(order.customer)
    for record in order.records:
        ledger.count("updated" if after else "unchanged", record)


def _product(order: _Order) -> str:
    return "; ".join(order.products)
