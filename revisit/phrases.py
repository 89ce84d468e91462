"""The phrase library: what can be said in a talk, found by a text and filled in for a customer; the faults of its files.

A file is a situation: `phrases/zh/waiting.toml` in the templates. Every phrase has the same id in both languages.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from revisit import faults, pinyin, resources
from revisit.errors import WrongUsage
from revisit.faults import Problem
from revisit.i18n import N_, _
from revisit.policy.phrases import Entry, Hits, Named, Situation, search, situation_from
from revisit.policy.phrases.search import fold, order_of
from revisit.policy.scripts.words import LANGUAGES, fill

GROUP = "phrases"
SHORTEST = 3  # Latin letters of a part of a name by which a situation or cause is meant
SAYS = {
    "missing-key": N_("is missing"),
    "missing-file": N_("this file is missing; there is {other}"),
    "missing-phrase": N_("the phrase {value} is missing; it stands in {other}, line {line}"),
    "other-situation": N_("the phrase {value} belongs to another situation in {other}, line {line}"),
    "other-cause": N_("the phrase {value} has another cause in {other}, line {line}"),
    "twice": N_("{value} stands in {other} already, line {line}"),
    "unknown-key": N_("unknown key; known here: {known}"),
    "unknown-cause": N_("there is no cause {value} in this file; there are {known}"),
    "unknown-placeholder": N_("{name} is no placeholder; placeholders are {known}"),
    "bad-id": N_("a name of small letters, digits and hyphens is wanted, not {value}"),
    "no-text": N_("a text in quotation marks is wanted, not {value}"),
    "no-list": N_("a list in square brackets is wanted, not {value}"),
    "no-table": N_("a table is wanted, not {value}"),
    "no-whole": N_("a whole number is wanted, not {value}"),
    "no-phrases": N_("each phrase begins with [[phrase]], in double brackets"),
    "empty": N_("must not be empty"),
}
"""The sentence of each fault."""


class Library(NamedTuple):
    """The situations of one language. `unusable`: files that cannot be read, or of which something had to be left out."""

    situations: tuple[Situation, ...]
    unusable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A phrase ready to say. `title` and `cause_title`: situation and cause in words; `note`: when it fits."""

    id: str
    situation: str
    title: str
    cause: str
    cause_title: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a text finds: the first phrases, best first, and how many there are. `unknown`: words that nothing holds;
    `meant`: words that were taken for others; `unusable`: files that could not be searched, or not all of them."""

    items: tuple[Line, ...]
    total: int
    unknown: tuple[str, ...] = ()
    meant: tuple[tuple[str, str], ...] = ()
    unusable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A situation on the list: its name, its title, how many phrases it has, and the causes that part them."""

    situation: str
    title: str
    phrases: int
    causes: tuple[Named, ...]


def load(language: str) -> Library:
    """All situations of a language, shipped or the company's own, in the order of a talk. What cannot be read is left out."""
    situations, unusable = [], []
    for name in _names(language):
        try:
            made = situation_from(PurePosixPath(name).stem, tomllib.loads(resources.read_text(name)))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
            unusable.append(name)
            continue
        situations.append(made)
        if made.left_out:
            unusable.append(name)
    situations.sort(key=lambda one: (one.place, one.name.id))
    return Library(tuple(situations), tuple(unusable))


def find(
    text: str,
    *,
    values: Mapping[str, str],
    language: str,
    limit: int | None = None,
    situation: str | None = None,
    cause: str | None = None,
) -> Found:
    """The phrases in which words of a text are found, best first, filled in; with an empty text all, as a talk goes.

    `values`: as `calls.values_for` makes them; what is missing there is a blank. Situation and cause are meant by their
    name or their title in either language, or by a part of one of them. What is found nowhere is looked for among the
    names of the other language, then for what sounds or is written nearly so. Raises WrongUsage for a situation or a
    cause that there is none of.
    """
    library = load(language)
    entries = [Entry(phrase, one) for one in library.situations for phrase in one.phrases]
    if situation is not None:
        wanted = _meant(situation, "situation", language, library)
        entries = [one for one in entries if one.situation.name.id == wanted]
    if cause is not None:
        wanted = _meant(cause, "cause", language, library)
        entries = [one for one in entries if one.phrase.cause.id == wanted]
    if not text.strip():
        hits = Hits(tuple(sorted(entries, key=order_of)))
    else:
        hits = search(entries, text, pinyin.readings)
        if hits.unknown:
            hits = search(_with_names(entries, _other(language)), text, pinyin.readings, guess=True)
    lines = tuple(_line(one, values) for one in hits.entries[:limit])
    return Found(lines, len(hits.entries), hits.unknown, hits.meant, library.unusable)


def situations(language: str) -> list[Listed]:
    """Every situation with the number of its phrases, in the order of a talk."""
    return [Listed(one.name.id, one.name.title, len(one.phrases), one.causes) for one in load(language).situations]


def problems() -> list[tuple[str, list[Problem]]]:
    """Everything that is wrong with the files of the library, by file, in the order of their lines."""
    from revisit.policy.phrases.check import Source, check_phrases
    from revisit.policy.toml_lines import line_of, lines_of

    found: dict[Source, list[Problem]] = {}
    texts: dict[Source, str] = {}
    files = {}
    for language in LANGUAGES:
        for name in _names(language):
            source = Source(language, PurePosixPath(name).stem)
            text = _read(name)
            data = text if isinstance(text, Problem) else faults.parsed(text)
            if isinstance(data, Problem):
                found[source] = [data]
            elif isinstance(text, str):
                texts[source], files[source] = text, data
    lines = {source: lines_of(text) for source, text in texts.items()}
    for fault in check_phrases(files, list(found)):
        params = dict(fault.params)
        if fault.other:
            source, key = fault.other
            params |= {"other": _file_of(*source), "line": line_of(lines[source], key)}
        told = faults.told(_(SAYS[fault.code]), params)
        line = line_of(lines.get(fault.source, {}), fault.key)
        found.setdefault(fault.source, []).append(Problem(line, faults.shown_key(fault.key), told))
    return [
        (str(resources.locate(_file_of(*source))), sorted(every, key=lambda one: one.line))
        for source, every in sorted(found.items())
    ]


def _names(language: str) -> list[str]:
    """The files of a language, as the templates name them."""
    return [name for name in resources.list_names(f"{GROUP}/{language}") if name.endswith(".toml")]


def _file_of(language: str, situation: str) -> str:
    return f"{GROUP}/{language}/{situation}.toml"


def _read(name: str) -> str | Problem:
    try:
        return resources.read_text(name)
    except OSError as error:
        return Problem(1, "", _("the file cannot be read: {why}").format(why=error.strerror or error))
    except UnicodeDecodeError as error:
        return Problem(error.object[: error.start].count(b"\n") + 1, "", _("from here on this is no UTF-8 text"))


def _other(language: str) -> str:
    return next(one for one in LANGUAGES if one != language)


def _line(entry: Entry, values: Mapping[str, str]) -> Line:
    phrase, name, cause = entry.phrase, entry.situation.name, entry.phrase.cause
    return Line(phrase.id, name.id, name.title, cause.id, cause.title, fill(phrase.text, values), phrase.note)


def _with_names(entries: Iterable[Entry], language: str) -> list[Entry]:
    """The entries with what their situation and cause are called in a language."""
    there = {one.name.id: one for one in load(language).situations}
    made = []
    for one in entries:
        mate = there.get(one.situation.name.id)
        causes = [cause for cause in mate.causes if cause.id == one.phrase.cause.id] if mate else []
        names = [word for name in [*([mate.name] if mate else []), *causes] for word in (name.title, *name.also)]
        made.append(Entry(one.phrase, one.situation, tuple(names)))
    return made


def _meant(wanted: str, kind: str, language: str, library: Library) -> str:
    """The id of the situation or cause that a person names, or a part of whose name. Raises WrongUsage where there is none."""
    known = _named(library, kind)
    every = [*known, *_named(load(_other(language)), kind)]
    text = fold(wanted.strip())
    exactly = [one.id for one in every if text in (fold(one.id), fold(one.title))]
    enough = len(text) >= (SHORTEST if text.isascii() else 1)
    partly = {one.id for one in every if enough and any(text in fold(word) for word in (one.id, one.title, *one.also))}
    if exactly or len(partly) == 1:
        return exactly[0] if exactly else partly.pop()
    listed = [one for one in known if one.id in partly] or known
    shown = ", ".join(one.id if one.title == one.id else f"{one.id} ({one.title})" for one in listed)
    if partly and kind == "cause":
        raise WrongUsage(N_("{name} may mean several causes"), N_("one of: {known}"), name=wanted, known=shown)
    if partly:
        raise WrongUsage(N_("{name} may mean several situations"), N_("one of: {known}"), name=wanted, known=shown)
    if kind == "cause":
        raise WrongUsage(N_("there is no cause {name}"), N_("causes: {known}"), name=wanted, known=shown)
    raise WrongUsage(N_("there is no situation {name}"), N_("situations: {known}"), name=wanted, known=shown)


def _named(library: Library, kind: str) -> list[Named]:
    if kind == "situation":
        return [one.name for one in library.situations]
    return [cause for one in library.situations for cause in one.causes]
