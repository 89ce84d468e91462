"""What a cell of files of one source means, as a person has said it: fixes that were accepted, remembered for the next file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from revisit import posts
from revisit.db import Sql
from revisit.intake import proposals
from revisit.intake.cells import CellError, Doubt
from revisit.intake.columns import alias_key, readers, shown
from revisit.intake.headers import CUSTOMER_FIELDS, Field
from revisit.intake.rows import Reading
from revisit.intake.textcell import clean
from revisit.sheets import BadCell

if TYPE_CHECKING:
    from sqlmodel import Session

ALIASES = "SELECT source, field, written, meant FROM import_alias WHERE kind = :kind"
FORGET = "DELETE FROM import_alias WHERE kind = :kind AND source = :source AND field = :field AND written = :written"
CUSTOMERS = "SELECT code, name FROM customer"
KINDS_WITHOUT = ("customers", "staff")
"""Kinds whose rows make customers or people: there a code or a name is what the sheet says, and no misspelling of another."""


def remembered(sql: Sql, kind: str) -> dict[str, dict[tuple[str, str], str]]:
    """What was accepted in earlier imports of a kind: (field, written) → meant, by source."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    for source, field, written, meant in sql.rows(ALIASES, kind=kind):
        found.setdefault(source, {})[field, written] = meant
    return found


def remember(session: Session, sql: Sql, reading: Reading, batch_id: int) -> None:
    """Keeps the fixes that were accepted in this import, for the next file of the same source. A later meaning replaces an
    earlier one.

    Not kept: a fix whose row was refused all the same, a fix for what is understood without it, one text with two meanings,
    and a figure that a person has written instead of the proposed one: it goes with its row, not with what stood there.
    """
    from revisit.models import ImportAlias

    told = _told(sql, reading)
    known = remembered(sql, reading.kind).get(reading.source, {}) if told else {}
    for (field, written), meanings in told.items():
        meant, *others = meanings
        if others or known.get((field, written)) == meant:
            continue
        if (field, written) in known:
            sql.run(FORGET, kind=reading.kind, source=reading.source, field=field, written=written)
        session.add(
            ImportAlias(
                kind=reading.kind, source=reading.source, field=field, written=written, meant=meant, batch_id=batch_id
            )
        )
    session.flush()


def _told(sql: Sql, reading: Reading) -> dict[tuple[str, str], set[str]]:
    """What each text was said to mean, by field, of the fixes that can be remembered."""
    found: dict[tuple[str, str], set[str]] = {}
    for field, written, meant in _kept(reading):
        found.setdefault((field.name, alias_key(field)(written)), set()).add(clean(shown(meant)))
    misspelt = {written for field, written in found if field in CUSTOMER_FIELDS}
    if misspelt:
        there = {text for row in sql.rows(CUSTOMERS) for text in row} & misspelt
        return {key: meant for key, meant in found.items() if key[0] not in CUSTOMER_FIELDS or key[1] not in there}
    return found


def _kept(reading: Reading) -> Iterator[tuple[Field, object, object]]:
    """The fixes that say what is meant by a text, whatever row it stands in."""
    if not reading.fixes:
        return
    refused = {reject.row for reject in reading.rejects}
    read = readers(reading.layout, reading.epoch1904, reading.hints)
    offered = proposals.Offers(reading.layout, read)
    for label, name, fix in reading.fixes:
        field = reading.layout.fields[name]
        if label not in refused and _says_what_is_meant(
            field, fix.written, fix.meant, reading.kind, read[name], offered
        ):
            yield field, fix.written, fix.meant


def _says_what_is_meant(
    field: Field,
    written: object,
    meant: object,
    kind: str,
    read: Callable[[object], Any],
    offered: proposals.Offers,
) -> bool:
    if written is None or isinstance(written, BadCell) or not clean(shown(written)):
        return False
    if field.name in CUSTOMER_FIELDS:
        return kind not in KINDS_WITHOUT and understood(read, written) is not None
    if field.type == "post":
        return posts.find_post(posts.load_posts(), clean(shown(written))) is None
    if field.type in ("word", "yes_no"):
        return understood(read, written) is None
    if field.type in proposals.FIGURES:
        proposed = offered.of(field, written)
        return proposed is not None and understood(read, proposed) == understood(read, meant)
    return False


def understood(read: Callable[[object], Any], cell: object) -> Any:
    """The value of a cell that is understood without a doubt; None for any other."""
    try:
        return read(cell)
    except (CellError, Doubt):
        return None
