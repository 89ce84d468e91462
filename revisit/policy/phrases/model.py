"""From a parsed file to a situation with its phrases: what is malformed is left out and counted, never raised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LAST = 1_000_000
"""The place of a situation whose file names none: behind all others."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a situation or a cause is called. `also`: other words by which somebody looks for it."""

    id: str
    title: str
    also: tuple[str, ...] = ()


NOTHING = Named("", "")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something to say. `note`: when it fits; `place`: where it stands in its file (from 0); `cause`: of an objection."""

    id: str
    text: str
    note: str
    place: int
    cause: Named = NOTHING


@dataclass(frozen=True, slots=True)
class Situation:
    """One file: a situation of a talk, with its phrases as they stand there. `place`: where it comes in a talk;
    `left_out`: how much of the file cannot be used."""

    name: Named
    place: int
    causes: tuple[Named, ...]
    phrases: tuple[Phrase, ...]
    left_out: int = 0


def situation_from(file: str, data: Mapping[str, object]) -> Situation:
    """The situation of a parsed file, named by the file. Never raises; `check_phrases` tells what is wrong."""
    tables = data.get("cause", {})
    causes = {id_: _named(id_, table) for id_, table in tables.items()} if isinstance(tables, Mapping) else {}
    entries = data.get("phrase", [])
    listed = entries if isinstance(entries, list) else [entries]
    made = [_phrase(place, entry, causes) for place, entry in enumerate(listed)]
    place = data.get("place")
    phrases = tuple(one for one in made if one is not None)
    return Situation(
        _named(file, data),
        place if type(place) is int else LAST,
        tuple(causes.values()),
        phrases,
        len(listed) - len(phrases),
    )


def _phrase(place: int, entry: object, causes: Mapping[str, Named]) -> Phrase | None:
    """The phrase of an entry; None where there is nothing to say or no name for it."""
    if not isinstance(entry, Mapping):
        return None
    id_, text, note, cause = (_text(entry.get(key)) for key in ("id", "text", "note", "cause"))
    if not (id_ and text):
        return None
    return Phrase(id_, text, note, place, causes.get(cause) or Named(cause, cause))


def _named(id_: str, table: object) -> Named:
    if not isinstance(table, Mapping):
        return Named(id_, id_)
    also = table.get("also")
    words = tuple(filter(None, map(_text, also))) if isinstance(also, list) else ()
    return Named(id_, _text(table.get("title")) or id_, words)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
