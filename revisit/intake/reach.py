"""How a customer is reached: contact person, telephone numbers and address, as a customer sheet names them."""

from __future__ import annotations

from typing import Any

from revisit.intake.known import Details
from revisit.intake.ledger import Ledger, Whose
from revisit.intake.rows import Record, RowLabel

POINTS = (("phone", "phone"), ("address", "address"))
"""The kinds of points, and the field that names them."""


def points_of(values: dict[str, Any], name: str) -> tuple[str, ...]:
    """The telephone numbers, or the address, that a row names."""
    value = values.get(name, ())
    return (value,) if isinstance(value, str) else value


def whose(file: Details) -> Whose:
    """What the receipt needs to know to tell of cells of this file."""
    return Whose(file["code"], file["rep_id"])


def reach(ledger: Ledger, record: Record, file: Details) -> bool:
    """Contact person, phones and address: what the sheet names replaces what was there."""
    from revisit.models import ContactPerson

    values = record.values
    before = {"name": file["contact"] or "", "title": file["title"] or ""}
    given = {column: values[name] for name, column in (("contact", "name"), ("title", "title")) if name in values}
    person = {column: value for column, value in given.items() if value != before[column]}
    if person and file["person_id"] is None:
        ledger.insert(ContactPerson, [{"customer_id": file["id"], "position": 1, **person}], [record.row])
        ledger.change(record.row, whose(file), {}, _in_words(person))
    elif person:
        ledger.update(ContactPerson, file["person_id"], before, person, record.row)
        ledger.change(record.row, whose(file), _in_words(before), _in_words(person))
    moved = [
        _replace_points(ledger, record.row, file, kind, points)
        for kind, name in POINTS
        if (points := points_of(values, name))
    ]
    return bool(person) or any(moved)


def _in_words(person: dict[str, Any]) -> dict[str, Any]:
    """Cells of a contact person under the names that sheets use."""
    return {{"name": "contact"}.get(column, column): value for column, value in person.items()}


def _replace_points(ledger: Ledger, row: RowLabel, file: Details, kind: str, given: tuple[str, ...]) -> bool:
    """The sheet's numbers come first; one that stood further behind changes places instead of standing there twice."""
    from revisit.models import ContactPoint

    kept: list[tuple[int, str]] = file["points"][kind]
    displaced = [value for _id, value in kept[: len(given)] if value not in given]
    wanted = list(given)
    for _id, value in kept[len(given) :]:
        wanted.append(displaced.pop(0) if value in given and displaced else value)
    changed = False
    for position, value in enumerate(wanted, 1):
        if position > len(kept):
            point = {"customer_id": file["id"], "kind": kind, "position": position, "value": value}
            ledger.insert(ContactPoint, [point], [row])
            ledger.change(row, whose(file), {}, {kind: value})
        elif kept[position - 1][1] != value:
            id_, before = kept[position - 1]
            ledger.update(ContactPoint, id_, {"value": before}, {"value": value}, row)
            ledger.change(row, whose(file), {kind: before}, {kind: value})
        else:
            continue
        changed = True
    return changed
