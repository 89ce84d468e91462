"""Row tokens: which line of which sheet a row is, and what was on record then. Stateless: nothing is kept of a sheet.

A token ends in a digest that only rows of this company have, so that a row which was changed by accident, or comes from
somewhere else, is not taken for one of ours. It is no signature: what a person may record is asked anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from revisit.db import Sql, instant

CREATED_AT = "SELECT created_at FROM company"
_BETWEEN = "-"
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Token:
    """A line of a call sheet: the sheet, its day, the place on it, the customer, and the newest revisit (number) on record when
    it was written."""

    sheet: str
    day: date
    place: int
    newest: int
    code: str

    @property
    def source(self) -> str:
        """By which a record that was made of this row is known again (`revisit.source_number`)."""
        return f"sheet:{self.sheet}:{self.place}"


def origin(sql: Sql) -> str:
    """What tells this company's tokens from those of others."""
    return str(instant(sql.rows(CREATED_AT)[0][0]))


def written(token: Token, of: str) -> str:
    """The token as it stands in its cell; `of`: the `origin`."""
    return _BETWEEN.join((*_parts(token), _digest(token, of), token.code))


def read(text: str, of: str) -> Token | None:
    """The token of a cell; None where it is not as this company wrote it."""
    try:
        sheet, day, place, newest, digest, code = text.split(_BETWEEN, 5)
        token = Token(sheet, date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:]}"), int(place), int(newest), code)
    except ValueError:
        return None
    return token if digest == _digest(token, of) and text == written(token, of) else None


def _parts(token: Token) -> tuple[str, ...]:
    return token.sheet, f"{token.day:%Y%m%d}", str(token.place), str(token.newest)


def _digest(token: Token, of: str) -> str:
    told = "\x1f".join((of, *_parts(token), token.code))
    return hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]
