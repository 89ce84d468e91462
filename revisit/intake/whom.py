"""Which customer a row of an order list, a revisit log or a sales log speaks of."""

from __future__ import annotations

from typing import Any

from revisit.i18n import N_
from revisit.intake import customers
from revisit.intake.customers import Known
from revisit.intake.ledger import Ledger
from revisit.intake.rows import Record


def resolve(ledger: Ledger, known: Known) -> list[tuple[Record, dict[str, Any]]]:
    """The records with the customer each one names, in order; the others are rejected.

    With `create_customers` the file of an unknown customer is made from the row: code, name and region are all it knows.
    """
    found: list[tuple[Record, dict[str, Any] | str]] = []
    fresh: dict[str, Record] = {}
    for record in ledger.reading.records:
        values = record.values
        code, name = values.get("code"), values.get("name")
        either = values.get("customer")
        if code is None and name is None and either is None:
            ledger.reject(record, _column(ledger), N_("the row names no customer"))
            continue
        word = code or either or name or ""
        one = known.by_code.get(word)
        if one is None and code is None:
            namesakes = known.by_name.get(name or either or "", [])
            if len(namesakes) > 1:
                codes = ", ".join(customer["code"] for customer in namesakes[:5])
                ledger.reject(record, _column(ledger), N_("the name fits several customers: {codes}"), codes=codes)
                continue
            one = namesakes[0] if namesakes else None
        if one is not None:
            found.append((record, one))
        elif ledger.create_customers:
            fresh.setdefault(word, Record(record.row, _file_values(values, word), {}))
            found.append((record, word))
        elif code is not None:
            ledger.reject(record, "code", N_("no customer has this code"))
        else:
            ledger.reject(record, _column(ledger), N_("no customer has this name"))
    if fresh:
        counts = ledger.counts.copy()  # files made on the way are no rows of this sheet
        customers.create(ledger, list(fresh.values()), known, {})
        ledger.counts = counts
        ledger.warn(N_("{count} customer files were made from the rows"), count=len(fresh))
    return [(record, known.by_code[one] if isinstance(one, str) else one) for record, one in found]


def _file_values(values: dict[str, Any], word: str) -> dict[str, Any]:
    file = {"code": word, "name": values.get("name", word)}
    if "region" in values:
        file["region"] = values["region"]
    return file


def _column(ledger: Ledger) -> str:
    return next((name for name in ("code", "customer", "name") if name in ledger.reading.fields), "code")
