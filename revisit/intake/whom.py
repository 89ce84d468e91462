"""Which customer a row of an order list, a revisit log or a sales log speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from revisit.i18n import N_
from revisit.intake import customers, opening
from revisit.intake.known import File, Known
from revisit.intake.ledger import Ledger
from revisit.intake.rows import Record

NO_CODE, NO_NAME = N_("no customer has this code"), N_("no customer has this name")
LIKE_A_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9_./-]*")


def resolve(ledger: Ledger) -> Iterator[tuple[Record, File]]:
    """The records with the customer each one names, in order; the others are rejected.

    With `create_customers` the file of an unknown customer is opened; `settle` makes those that are needed in the end.
    Rows with a code come first, so that a name alone finds the file they open.
    """
    known = Known(ledger.sql)
    records = list(ledger.reading.read())
    files: list[File | None] = [None] * len(records)
    for place in sorted(range(len(records)), key=lambda place: "code" not in records[place].values):
        files[place] = _file_of(ledger, records[place], known)
    return ((record, file) for record, file in zip(records, files, strict=True) if file is not None)


def settle(ledger: Ledger, used: Iterable[tuple[Record, File]]) -> None:
    """Makes the files that are only opened: code, name and region are all that such a row knows of a customer."""
    fresh: dict[str, tuple[Record, File]] = {}
    for record, file in used:
        if file.id is not None:
            continue
        first, _file = fresh.setdefault(file.code, (Record(record.row, {}, {}), file))
        if "region" in record.values:
            first.values.setdefault("region", record.values["region"])
    if fresh:
        opening.create(ledger, list(fresh.values()))
        ledger.warn(N_("{count} customer files were made from the rows"), count=len(fresh))


def _file_of(ledger: Ledger, record: Record, known: Known) -> File | None:
    values = record.values
    code, name, either = (values.get(field) for field in ("code", "name", "customer"))
    if code is not None:
        return known.by_code(code) or _unknown(ledger, record, "code", code, name or either, known)
    if either is not None:
        file = known.by_code(either)
        if file is not None:
            return file
    named = either or name
    if named is None:
        ledger.reject(record, _customer_field(ledger), N_("the row names no customer"))
        return None
    field_name = "customer" if either else "name"
    files = customers.fitting(ledger, record, field_name, named, known)
    if files is None:
        return None
    if files:
        return files[0]
    code = either if either and LIKE_A_CODE.fullmatch(either) else None
    return _unknown(ledger, record, field_name, code, named, known)


def _unknown(
    ledger: Ledger, record: Record, field_name: str, code: str | None, name: str | None, known: Known
) -> File | None:
    if ledger.create_customers:
        return customers.open_file(ledger, record, code, name, known)
    if field_name == "code":
        ledger.reject(record, "code", NO_CODE)
    else:
        ledger.reject(record, field_name, NO_NAME)
    return None


def _customer_field(ledger: Ledger) -> str:
    return next((name for name in ("code", "customer", "name") if name in ledger.reading.fields), "code")
