"""What can be said of a row of a customer sheet before anything is known of the customers on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from revisit.policy.firms import core_of
from revisit.search import search_text

TOLD_BITS = (1 << 60) - 1


class Prepared(NamedTuple):
    """`told`: all that the row says but the code, as a number that nothing else has. For a new customer also core and places of
    its name and what it is found by (`search`; empty: nothing was worked out)."""

    told: int
    core: str = ""
    places: tuple[str, ...] = ()
    search: str = ""


def told_by(fields: frozenset[str]) -> Sequence[str]:
    """The fields by which two rows say the same."""
    return sorted(fields - {"code"})


def prepare(said: Mapping[str, Any], fields: Sequence[str], *, keys: bool) -> Prepared:
    """What a row says, of the `fields` by which rows are told apart; with `keys` also what a new customer needs of it."""
    told = hash(tuple(map(said.get, fields))) & TOLD_BITS  # 60 bits take half the space of 64
    if not keys or "code" not in said or "name" not in said:
        return Prepared(told)
    core = core_of(said["name"])
    return Prepared(told, core.text, core.places, found_by(said["code"], said["name"], said))


def found_by(code: str, name: str, said: Mapping[str, Any]) -> str:
    """What a customer is found by, of whom a row says this."""
    return search_text(code, name, (said["contact"],) if "contact" in said else ())
