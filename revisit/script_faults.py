"""What is wrong with scripts: every fault with its file and line, of one file or of all in force, in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from revisit import resources
from revisit.errors import Refused
from revisit.faults import syntax_fault
from revisit.i18n import N_, _
from revisit.policy.scripts import LANGUAGES, Problem, Script, check_pair, check_script, load_script
from revisit.policy.toml_lines import Key, line_of, lines_of
from revisit.script_files import FAREWELLS, GROUP, Source, names, place_of, read_source, script_ids, shown, source

KINDS_OF_DAY = ("workday", "before_rest", "weekend", "festival")
NAME_A_FILE = N_("name a script file: UTF-8 text in TOML")
SAYS = {
    "unreadable": "{why}",
    "syntax": N_("from here on this is no TOML: {why}"),
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
    "callback-without-text": N_("a time to call back has to be typed, and no free text is taken down (text = true)"),
    "too-many-answers": N_("{answers} answers are more than there are keys for: {limit}"),
    "nothing-said": N_("nothing is said or asked here"),
    "unknown-placeholder": N_("“{part}” holds {name}, which is no placeholder"),
    "unhappy-without-case": N_(
        "whoever answers “{key}” has a problem, and a way to the end opens no case (opens_case)"
    ),
    "language-lacks": N_("this step is missing here; it stands in {other}"),
    "language-lacks-answer": N_("the answer “{key}” is missing here; it stands in {other}"),
    "language-lacks-file": N_("there is no such file; there is {other}"),
    "language-differs": N_("“{part}” is {here} here and {there} in {other}"),
    "language-differs-answer": N_("“{part}” of the answer “{key}” is {here} here and {there} in {other}"),
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


class _Looked(NamedTuple):
    """A script file that is TOML: its name, the script, and on which line what stands."""

    name: str
    script: Script
    lines: dict[Key, int]

    def line(self, key: Key) -> int:
        return line_of(self.lines, key)


def faults_of(path: Path) -> list[Fault]:
    """Everything that is wrong with a file that somebody is writing, and where the other language does not go with it.

    The other language is the file beside it (`../en/NAME.toml`), else the one in force. Raises Refused for a file that
    cannot be read.
    """
    found = read_source(lambda: path.read_text(encoding="utf-8-sig"), str(path), NAME_A_FILE)
    mine = _looked(found)
    if isinstance(mine, Fault):
        return [mine]
    script = mine.script
    faults = _own_faults(mine)
    if script.language in LANGUAGES:
        (other_language,) = (one for one in LANGUAGES if one != script.language)
        beside = path.parent.parent / other_language / path.name
        relative = place_of(other_language, script.id or path.stem)
        if path.parent.name == script.language and beside.is_file():
            other = _looked(read_source(lambda: beside.read_text(encoding="utf-8-sig"), str(beside), NAME_A_FILE))
        elif relative in names(other_language):
            other = _looked(source(relative))
        else:
            return [*faults, _missing(relative, mine.name)]
        faults += [other] if isinstance(other, Fault) else [*_pair(mine, other), *_lacking(other, mine)]
    return _sorted(faults)


def faults_in_force() -> list[Fault]:
    """Everything that is wrong with the scripts and farewells in force, in both languages."""
    faults = [
        Fault(shown(name), 1, "", "old-place", _(SAYS["old-place"]))
        for name in resources.list_names(GROUP)
        if name.endswith(".toml")
    ]
    for script_id in script_ids():
        both = {one: _in_force(place_of(one, script_id)) for one in LANGUAGES if place_of(one, script_id) in names(one)}
        faults += [one for one in both.values() if isinstance(one, Fault)]
        sound = {one: looked for one, looked in both.items() if isinstance(looked, _Looked)}
        for one, looked in sound.items():
            if looked.script.language != one:
                params = {"folder": one, "language": looked.script.language}
                faults.append(_fault(looked, Problem("wrong-language", "", params, ("language",))))
                looked = looked._replace(script=replace(looked.script, language=one))
            faults += _own_faults(looked)
        there = shown(place_of(next(iter(both)), script_id))
        faults += [_missing(place_of(one, script_id), there) for one in LANGUAGES if one not in both]
        if len(sound) == len(LANGUAGES):
            faults += [*_pair(sound["zh"], sound["en"]), *_lacking(sound["en"], sound["zh"])]
    for one in LANGUAGES:
        faults += _farewell_faults(place_of(one, FAREWELLS))
    return _sorted(faults)


def sentence(problem: Problem, other: str = "") -> str:
    """What is wrong, in the language in use. The facts come out of a file: not for a terminal as they are."""
    code = problem.code
    if problem.params.get("key") and code in ("language-lacks", "language-differs"):
        code += "-answer"
    elif code == "language-lacks" and not problem.node:
        code += "-file"
    return _(SAYS[code]).format(**{"other": other, **problem.params})


def _own_faults(mine: _Looked) -> list[Fault]:
    return [_fault(mine, problem) for problem in check_script(mine.script)]


def _pair(mine: _Looked, other: _Looked) -> list[Fault]:
    """Where one language lacks what the other has, or leads elsewhere; not where something else is wrong already."""
    own = check_script(mine.script)
    wrong = {problem.key for problem in own}
    wrong |= {(*problem.key, str(problem.params["key"])) for problem in own if problem.code == "missing-key"}
    found = check_pair(mine.script, other.script)
    return [_fault(mine, problem, other) for problem in found if problem.key not in wrong]


def _lacking(mine: _Looked, other: _Looked) -> list[Fault]:
    """Where one language lacks what the other has."""
    return [one for one in _pair(mine, other) if one.code == "language-lacks"]


def _fault(looked: _Looked, problem: Problem, other: _Looked | None = None) -> Fault:
    text = sentence(problem, f"{other.name}:{other.line(_key_there(problem, other.script))}" if other else "")
    return Fault(looked.name, looked.line(problem.key), problem.node, problem.code, text)


def _key_there(problem: Problem, other: Script) -> Key:
    """The way to the same thing in the other language, whose answers may stand in another order."""
    node = other.nodes.get(problem.node)
    for number, answer in enumerate(node.answers if node else ()):
        if answer.key == problem.params.get("key"):
            return ("node", problem.node, "answers", number, *problem.at[2:])
    return problem.key


def _missing(relative: str, other: str) -> Fault:
    return Fault(shown(relative), 1, "", "language-lacks", sentence(Problem("language-lacks"), other))


def _farewell_faults(relative: str) -> list[Fault]:
    found = _in_force(relative)
    if isinstance(found, Fault):
        return [found]
    data = tomllib.loads(resources.read_text(relative))
    problems = [Problem("unknown-key", "", {"key": key}, (key,)) for key in data if key not in KINDS_OF_DAY]
    problems += [Problem("missing-key", "", {"key": key}) for key in KINDS_OF_DAY if not data.get(key)]
    problems += [
        Problem("wrong-type", "", {"key": key}, (key,))
        for key in KINDS_OF_DAY
        if not isinstance(data.get(key, ""), str)
    ]
    return [_fault(found, problem) for problem in problems]


def _in_force(relative: str) -> _Looked | Fault:
    try:
        return _looked(source(relative))
    except Refused as error:
        why = _(error.message).format(**error.params)
        return Fault(shown(relative), 1, "", "unreadable", why)


def _looked(found: Source) -> _Looked | Fault:
    try:
        data = tomllib.loads(found.text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line, why = syntax_fault(error, found.text)
        return Fault(found.name, line, "", "syntax", _(SAYS["syntax"]).format(why=why))
    return _Looked(found.name, load_script(data), lines_of(found.text))


def _sorted(faults: Iterable[Fault]) -> list[Fault]:
    return sorted(dict.fromkeys(faults), key=lambda one: (one.file, one.line))
