"""What is wrong with the files of the phrase library: every key against what may stand there, and each language against
the other.

`check_phrases` takes all parsed files. It stands beside `model.situation_from`, which reads whatever can be used.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple, TypeGuard

from revisit.policy.scripts.words import LANGUAGES, PLACEHOLDER, PLACEHOLDERS
from revisit.policy.toml_lines import Key

FILE_KEYS = ("title", "place", "also", "cause", "phrase")
CAUSE_KEYS = ("title", "also")
PHRASE_KEYS = ("id", "cause", "text", "note")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")


class Source(NamedTuple):
    """A file of the library: its language and the situation that it is about."""

    language: str
    situation: str


class Fault(NamedTuple):
    """One thing that is wrong: in which file, where, what (a code), and the facts its sentence is made of.

    `other`: a second place that the sentence names.
    """

    source: Source
    key: Key
    code: str
    params: Mapping[str, object]
    other: tuple[Source, Key] | None = None


class _Place(NamedTuple):
    """Where a phrase stands, and its cause."""

    source: Source
    key: Key
    cause: object


def check_phrases(files: Mapping[Source, Mapping[str, Any]], broken: Collection[Source] = ()) -> list[Fault]:
    """Every fault of the library; nothing if all of it can be used in both languages. `broken`: files that cannot be read,
    of which therefore nothing is said."""
    found = [fault for source, data in files.items() for fault in _check_file(source, data)]
    seen: dict[str, dict[str, _Place]] = {language: {} for language in LANGUAGES}
    for source, data in files.items():
        for key, entry in _entries(data):
            id_ = entry.get("id")
            if not _is_text(id_):
                continue
            first = seen[source.language].setdefault(id_, _Place(source, key, entry.get("cause")))
            if (first.source, first.key) != (source, key):
                found.append(Fault(source, (*key, "id"), "twice", {"value": id_}, (first.source, (*first.key, "id"))))
    there = {*files, *broken}
    for language, other in (LANGUAGES, LANGUAGES[::-1]):
        for source in files:
            if source.language == language and Source(other, source.situation) not in there:
                found.append(Fault(Source(other, source.situation), (), "missing-file", {}, (source, ())))
        found += [one for one in _compare(seen, language, other) if one.source in there - set(broken)]
    return found


def _compare(seen: Mapping[str, Mapping[str, _Place]], language: str, other: str) -> Iterator[Fault]:
    """What the other language has not, or otherwise; each difference is told once."""
    for id_, place in seen[language].items():
        mate = seen[other].get(id_)
        facts, where = {"value": id_, "language": language}, (place.source, place.key)
        if mate is None:
            yield Fault(Source(other, place.source.situation), (), "missing-phrase", facts, where)
        elif language == LANGUAGES[0] and mate.source.situation != place.source.situation:
            yield Fault(mate.source, mate.key, "other-situation", facts, where)
        elif language == LANGUAGES[0] and mate.cause != place.cause:
            yield Fault(mate.source, mate.key, "other-cause", facts, where)


def _check_file(source: Source, data: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _check_keys(source, (), data, FILE_KEYS, ("title", "phrase"))
    yield from _check_texts(source, (), data, ("title",))
    yield from _check_also(source, (), data)
    if "place" in data and type(data["place"]) is not int:
        yield Fault(source, ("place",), "no-whole", {"value": data["place"]})
    causes = data.get("cause", {})
    if not isinstance(causes, Mapping):
        yield Fault(source, ("cause",), "no-table", {"value": causes})
        causes = {}
    for id_, table in causes.items():
        key: Key = ("cause", id_)
        if not _ID.fullmatch(id_):
            yield Fault(source, key, "bad-id", {"value": id_})
        if not isinstance(table, Mapping):
            yield Fault(source, key, "no-table", {"value": table})
            continue
        yield from _check_keys(source, key, table, CAUSE_KEYS, ("title",))
        yield from _check_texts(source, key, table, ("title",))
        yield from _check_also(source, key, table)
    yield from _check_list(source, data)
    for key, entry in _entries(data):
        yield from _check_phrase(source, key, entry, causes)


def _check_list(source: Source, data: Mapping[str, Any]) -> Iterator[Fault]:
    listed = data.get("phrase", [])
    if not isinstance(listed, list):
        yield Fault(source, ("phrase",), "no-phrases", {})
        return
    for number, entry in enumerate(listed):
        if not isinstance(entry, Mapping):
            yield Fault(source, ("phrase", number), "no-table", {"value": entry})


def _check_phrase(source: Source, key: Key, entry: Mapping[str, Any], causes: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _check_keys(source, key, entry, PHRASE_KEYS, ("id", "text"))
    yield from _check_texts(source, key, entry, ("id", "text", "note"))
    id_, cause, text = (entry.get(name) for name in ("id", "cause", "text"))
    if _is_text(id_) and not _ID.fullmatch(id_):
        yield Fault(source, (*key, "id"), "bad-id", {"value": id_})
    if cause is not None and not (isinstance(cause, str) and cause in causes):
        yield Fault(source, (*key, "cause"), "unknown-cause", {"value": cause, "known": ", ".join(causes)})
    if _is_text(text):
        for name in dict.fromkeys(_BRACES.findall(text)):
            if not PLACEHOLDER.fullmatch(name):
                facts = {"name": name, "known": ", ".join(PLACEHOLDERS)}
                yield Fault(source, (*key, "text"), "unknown-placeholder", facts)


def _check_keys(
    source: Source, at: Key, table: Mapping[str, Any], known: tuple[str, ...], required: tuple[str, ...]
) -> Iterator[Fault]:
    for name in table:
        if name not in known:
            yield Fault(source, (*at, name), "unknown-key", {"known": ", ".join(known)})
    for name in required:
        if name not in table:
            yield Fault(source, (*at, name), "missing-key", {})


def _check_texts(source: Source, at: Key, table: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[Fault]:
    for name in names:
        value = table.get(name, "x")
        if not isinstance(value, str):
            yield Fault(source, (*at, name), "no-text", {"value": value})
        elif not value.strip():
            yield Fault(source, (*at, name), "empty", {})


def _check_also(source: Source, at: Key, table: Mapping[str, Any]) -> Iterator[Fault]:
    words = table.get("also", [])
    if not isinstance(words, list):
        yield Fault(source, (*at, "also"), "no-list", {"value": words})
        return
    for number, word in enumerate(words):
        if not _is_text(word):
            yield Fault(source, (*at, "also", number), "no-text", {"value": word})


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    """The phrases of a file that are tables, and where each stands."""
    listed = data.get("phrase")
    for number, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, Mapping):
            yield ("phrase", number), entry


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())
