"""Script files: which there are, shipped or a company's own, in which language, and what stands in them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from revisit import resources
from revisit.errors import Refused, WrongUsage
from revisit.faults import syntax_fault
from revisit.i18n import N_, language
from revisit.policy.scripts import LANGUAGES, Script, load_script

GROUP, FAREWELLS = "scripts", "farewells"
CHECK_IT = N_("look for the fault: revisit script --check")


class Source(NamedTuple):
    """A file as it was read: the name to show, and its text."""

    name: str
    text: str


def script_ids() -> list[str]:
    """The names of all scripts, shipped or the company's own, in either language."""
    files = [Path(name) for one in LANGUAGES for name in resources.list_names(f"{GROUP}/{one}")]
    return sorted({file.stem for file in files if file.suffix == ".toml"} - {FAREWELLS})


def load_script_file(script_id: str, in_language: str = "") -> Script:
    """The script of that name, in the language in use unless told, in the other where it lacks; its file's name without `.toml`.

    What is wrong inside it is found by `check_script`. Raises WrongUsage for a name that is none, Refused for a file that
    cannot be read.
    """
    known = script_ids()
    if script_id not in known:
        raise WrongUsage(
            N_("there is no script {name}"), N_("scripts: {known}"), name=script_id, known=", ".join(known)
        )
    first = in_language or language()
    place = next(
        one for one in sorted(LANGUAGES, key=lambda one: one != first) if place_of(one, script_id) in names(one)
    )
    found = source(place_of(place, script_id))
    script = load_script(parsed(found), hashlib.sha256(found.text.encode()).hexdigest())
    return replace(script, id=script_id, language=place)


def farewell(kind: str) -> str:
    """The last words of a talk on such a day (`KINDS_OF_DAY`) in the language in use; "" where the file has none."""
    words = parsed(source(place_of(language(), FAREWELLS))).get(kind)
    return words if isinstance(words, str) else ""


def names(in_language: str) -> tuple[str, ...]:
    """The files of a language as `resources.read_text` takes them."""
    return resources.list_names(f"{GROUP}/{in_language}")


def place_of(in_language: str, name: str) -> str:
    """A script of a language as `resources.read_text` takes it."""
    return f"{GROUP}/{in_language}/{name}.toml"


def shown(relative: str) -> str:
    """A template as it is named to a person: the company's own file with its whole path."""
    return str(resources.own_file(relative) or relative)


def source(relative: str) -> Source:
    """A template as it was read. Raises Refused if it cannot be."""
    return read_source(lambda: resources.read_text(relative), shown(relative), CHECK_IT)


def read_source(read_text: Callable[[], str], name: str, remedy: str) -> Source:
    """A file as it was read. Raises Refused, with the remedy, if it cannot be."""
    try:
        return Source(name, read_text())
    except OSError as error:
        why = error.strerror or str(error)
        raise Refused(N_("{file} cannot be read: {why}"), remedy, file=name, why=why) from error
    except UnicodeDecodeError as error:
        raise Refused(N_("{file} is no UTF-8 text"), remedy, file=name) from error


def parsed(found: Source) -> Mapping[str, Any]:
    """What stands in a file. Raises Refused if it is no TOML."""
    try:
        return tomllib.loads(found.text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line, why = syntax_fault(error, found.text)
        message = N_("{file} is no TOML from line {line} on: {why}")
        raise Refused(message, CHECK_IT, file=found.name, line=line, why=why) from error
