"""Script files: which there are, shipped or a company's own, in which language; and everything that is wrong with them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from revisit import resources
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _, language
from revisit.policy.scripts import LANGUAGES, Problem, Script, load_script

GROUP, FAREWELLS = "scripts", "farewells"
KINDS_OF_DAY = ("workday", "before_rest", "weekend", "festival")
CHECK_IT = N_("look for the fault: revisit script --check")
NAME_A_FILE = N_("name a script file: UTF-8 text in TOML")
SAYS = {
    "syntax": N_("this is no TOML: {why}"),
    "wrong-type": N_("“{key}” is of the wrong kind"),
    "unknown-key": N_("“{key}” is not known here"),
    "missing-key": N_("“{key}” is missing"),
    "unknown-language": N_("there is no language “{language}”: it is zh or en"),
    "wrong-language": N_("the file stands in the folder of {folder} and says that it is {language}"),
    "unknown-with": N_("the talk is with “{whom}”: it can be with customer or sales"),
    "no-start": N_("it should start at “{start}”, and there is no such node"),
    "unreachable": N_("nothing leads here"),
    "unknown-goto": N_("it leads on to “{goto}”, and there is no such node"),
    "loop-without-exit": N_("from here the talk never comes to an end"),
    "dead-end": N_("it leads nowhere: it needs goto, end or answers"),
    "dead-answer": N_("the answer “{key}” leads nowhere: it needs goto or end"),
    "mixed-exit": N_("it has several of end, goto and answers that exclude each other"),
    "mixed-answer": N_("the answer “{key}” needs either goto or end, one of them"),
    "duplicate-answer": N_("the answer “{key}” stands here twice"),
    "text-without-goto": N_("free text is taken down here, and no goto says what follows"),
    "required-without-text": N_("something has to be typed here, and no free text is taken down (text = true)"),
    "unknown-outcome": N_("it ends with “{outcome}”, and there is no such outcome"),
    "unknown-field": N_("it records into “{field}”, and the record has no such field"),
    "unknown-code": N_("the record does not know the answer “{key}”; known: {known}"),
    "nothing-said": N_("nothing is said or asked here"),
    "unknown-placeholder": N_("“{part}” holds {name}, which is no placeholder"),
    "unhappy-without-case": N_(
        "whoever answers “{key}” has a problem, and a way to the end opens no case (opens_case)"
    ),
    "language-lacks": N_("this step is missing here; it stands in {other}"),
    "language-lacks-answer": N_("the answer “{key}” is missing here; it stands in {other}"),
    "language-lacks-file": N_("there is no such file; there is {other}"),
    "language-differs": N_("“{part}” is {here} here and {there} in {other}"),
    "old-place": N_("this file is not read: a script stands in the folder of its language, scripts/zh or scripts/en"),
    "no-permission": N_("time is promised, and nobody asks whether it is convenient"),
    "opening-too-long": N_("until the customer has agreed it takes {seconds} seconds, more than {limit}"),
    "too-long": N_("the longest way takes {seconds} seconds, more than the {limit} promised"),
    "too-many-questions": N_("the longest way asks {questions} questions, more than {limit}"),
}


class Fault(NamedTuple):
    """One thing to mend: in which file on which line, at which node ("" = the whole script), and what is wrong.

    File, node and text come out of files: not for a terminal as they are.
    """

    file: str
    line: int
    node: str
    code: str
    text: str


class _Text(NamedTuple):
    """A script file: the name to show, its text."""

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
    for one in sorted(LANGUAGES, key=lambda one: one != first):
        relative = f"{GROUP}/{one}/{script_id}.toml"
        if relative in resources.list_names(f"{GROUP}/{one}"):
            found = _read(lambda relative=relative: resources.read_text(relative), relative, CHECK_IT)  # type: ignore[misc]
            return replace(_script(found), id=script_id, language=one)
    raise AssertionError("a name that is listed has a file")


def read_script(path: Path) -> Script:
    """The script in a file that somebody is writing. Raises Refused if it cannot be read or is no TOML."""
    return _script(_read(lambda: path.read_text(encoding="utf-8-sig"), str(path), NAME_A_FILE))


def farewell(kind: str) -> str:
    """The last words of a talk on such a day (`KINDS_OF_DAY`) in the language in use; "" where the file has none."""
    relative = f"{GROUP}/{language()}/{FAREWELLS}.toml"
    words = _parsed(_read(lambda: resources.read_text(relative), relative, CHECK_IT)).get(kind)
    return words if isinstance(words, str) else ""


def sentence(problem: Problem, other: str = "") -> str:
    """What is wrong, in the language in use. The facts come out of a file: not for a terminal as they are."""
    code = problem.code
    if code == "language-lacks":
        code += "-answer" if problem.params.get("key") else "" if problem.node else "-file"
    return _(SAYS[code]).format(**{"other": other, **problem.params})


def _script(found: _Text) -> Script:
    return load_script(_parsed(found), hashlib.sha256(found.text.encode()).hexdigest())


def _read(read_text: Callable[[], str], name: str, remedy: str) -> _Text:
    try:
        return _Text(name, read_text())
    except OSError as error:
        why = error.strerror or str(error)
        raise Refused(N_("{file} cannot be read: {why}"), remedy, file=name, why=why) from error
    except UnicodeDecodeError as error:
        raise Refused(N_("{file} is no UTF-8 text"), remedy, file=name) from error


def _parsed(found: _Text) -> Mapping[str, Any]:
    try:
        return tomllib.loads(found.text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refused(N_("{file} is no TOML: {why}"), CHECK_IT, file=found.name, why=error) from error
