"""`revisit completion [SHELL]`: the script that makes the tab key complete; and what that script asks each time.

The script runs the program with two variables: `_REVISIT_COMPLETE` names the shell, `_REVISIT_LINE` is what is typed up to
the cursor. The answer is `words` or `files` on the first line, then a candidate on each. Nothing that goes wrong is said.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import PurePath
from typing import Annotated, Any, NamedTuple, Protocol

import typer

from revisit import access, customers, finding, render, staff, wording
from revisit.commands.options import Command
from revisit.context import Context
from revisit.errors import WrongUsage
from revisit.i18n import N_, _

ASKED, LINE = "_REVISIT_COMPLETE", "_REVISIT_LINE"
MOST = 50  # customers that are offered
SCRIPTS = {
    "bash": """\
_revisit() {
    local line kind=""
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ -z $kind ]]; then kind=$line; else COMPREPLY+=("$line"); fi
    done < <(_REVISIT_COMPLETE=bash _REVISIT_LINE="${COMP_LINE:0:COMP_POINT}" "$1" 2>/dev/null)
    if [[ $kind == files ]]; then compopt -o default 2>/dev/null; fi
    return 0
}
complete -F _revisit revisit""",
    "zsh": """\
#compdef revisit
_revisit() {
    local -a answer values shown
    local line
    answer=("${(@f)$(_REVISIT_COMPLETE=zsh _REVISIT_LINE="${words[1,$CURRENT]}" "${(Q)words[1]}" 2>/dev/null)}")
    if [[ ${answer[1]} == files ]]; then
        _files
        return
    fi
    for line in "${(@)answer[2,-1]}"; do
        values+=("${line%%$'\\t'*}")
        shown+=("${line/$'\\t'/  }")
    done
    (( ${#values} )) && compadd -U -V revisit -l -d shown -a -- values
}
if [[ ${funcstack[1]} == _revisit ]]; then
    _revisit "$@"
else
    (( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
    compdef _revisit revisit
fi""",
    "fish": """\
function __revisit_complete
    set -lx _REVISIT_COMPLETE fish
    set -lx _REVISIT_LINE (commandline -cp | string collect)
    set -l answer (revisit 2>/dev/null)
    if test "$answer[1]" = files
        __fish_complete_path (commandline -ct)
    else
        for line in $answer[2..-1]
            printf '%s\\n' $line
        end
    end
end
complete -c revisit -f -a '(__revisit_complete)'""",
}
HELP = N_(
    "What makes the tab key complete commands, options and customers: a script for your shell.\n\n"
    "bash: put into ~/.bashrc the line   source <(revisit completion bash)\n\n"
    "zsh: put into ~/.zshrc the line   source <(revisit completion zsh)\n\n"
    "fish: once   revisit completion fish > ~/.config/fish/completions/revisit.fish"
)
FILES = {"file", "--db", "--output", "--check", "--keep"}
"""Arguments and options that name a file or a folder."""


class Candidate(NamedTuple):
    """What may stand here, and what it is."""

    value: str
    says: str = ""


Offer = Callable[[Context, str], Iterable[Candidate]]


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command(
        "completion", cls=Command, help=_(HELP), short_help=_("Completion by the tab key: a script for your shell.")
    )(completion)


def completion(
    shell: Annotated[
        str | None, typer.Argument(metavar=_("SHELL"), help=_("bash, zsh or fish; that of $SHELL unless told."))
    ] = None,
) -> None:
    """Prints the script; nothing is installed by itself."""
    named = shell or PurePath(os.environ.get("SHELL", "")).name
    if named not in SCRIPTS:
        raise WrongUsage(
            N_("there is no completion for the shell “{shell}”"), N_("name one of: {known}"),
            shell=named, known=", ".join(SCRIPTS),
        )  # fmt: skip
    render.tell(SCRIPTS[named])


# --- the answer


def answer(root: Any) -> int:
    """What the script of a shell asks for. `root`: the command of the program. Never fails, never says why it has nothing."""
    shell, line = os.environ.get(ASKED, ""), os.environ.get(LINE, "")
    lines: list[str] = []
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            typed = type_of(line)
            place = candidates(root, typed, described=shell != "bash")
            lines = [place.kind, *WRITTEN[shell](place, quoted=typed.quoted)]
    except Exception:
        lines = []  # no database, not ours, a login there is none of, a config file with a fault: there is nothing to offer
    for one in lines:
        render.tell(one)
    sys.stdout.flush()
    return 0


class Typed(NamedTuple):
    """A command line up to the cursor: whole words without the program's name, and the word at the cursor; `quoted`: within
    quotation marks."""

    words: list[str]
    word: str
    quoted: bool


def type_of(line: str) -> Typed:
    """The words of a line as a shell parts them; the last one may still be within quotation marks."""
    reader = shlex.shlex(line, posix=True)
    reader.whitespace_split = True
    reader.commenters = ""
    words: list[str] = []
    try:
        words.extend(reader)
    except ValueError:  # the quotation mark at the end is still to come
        return Typed(words[1:], reader.token, quoted=True)
    if not line or line[-1].isspace():
        words.append("")
    return Typed(words[1:-1], words[-1] if len(words) > 1 else "", quoted=False)


class Place(NamedTuple):
    """What may stand at the cursor: `words` or `files`; the word there, of `--rule=do` what is behind the sign; what fits."""

    kind: str
    word: str
    found: list[Candidate]


def candidates(root: Any, typed: Typed, *, described: bool) -> Place:
    """What may stand at the cursor; commands and options are explained where they are `described`."""
    from typer._click import shell_completion  # the one part of Typer that knows what is being typed

    context = Context.from_settings()
    args = list(typed.words)
    here: Any = shell_completion._resolve_context(root, {"obj": context}, "revisit", args)
    before = here.find_root().params
    context.db_option = context.db_option or before.get("db_option")
    context.login_option = context.login_option or before.get("login")
    wanted: Any
    wanted, word = shell_completion._resolve_incomplete(here, args, typed.word)
    if wanted is here.command:
        if wanted is root and not described and not word.startswith("-"):  # no command is imported for its name
            return Place("words", word, [Candidate(name) for name in root.list_commands(here) if name.startswith(word)])
        offered = wanted.shell_complete(here, word)
        return Place("words", word, [Candidate(one.value, one.help or "" if described else "") for one in offered])
    name = wanted.name if wanted.param_type_name == "argument" else max(wanted.opts, key=len)
    whole = f"{here.info_name} {name}"
    if name in FILES:
        return Place("files", word, [])
    offer = OFFERS.get(whole) or OFFERS.get(str(name))
    found = list(offer(context, word)) if offer else []
    if len(args) == 1:  # the word after the name of a group may be one of its commands
        inner = getattr(root.get_command(here, args[0]), "commands", {})
        found += [Candidate(one) for one in inner if one.startswith(word)]
    return Place("words", word, found)


def _customers(context: Context, word: str) -> Iterable[Candidate]:
    with context.reading() as (sql, _company):
        viewer = access.viewer(sql, context.actor(sql))
        return [Candidate(*one) for one in finding.beginning(sql, word, viewer=viewer, limit=MOST)]


def _merged(context: Context, word: str) -> Iterable[Candidate]:
    with context.reading() as (sql, _company):
        viewer = access.viewer(sql, context.actor(sql))
        files = customers.merged_files(sql)
        return [Candidate(code, viewer.name(name, owner)) for code, name, owner in files if code.startswith(word)]


def _people(context: Context, word: str) -> Iterable[Candidate]:
    with context.reading() as (sql, _company):
        return [Candidate(one.login, one.name) for one in staff.list_staff(sql) if one.login.startswith(word)]


def _rules(_context: Context, word: str) -> Iterable[Candidate]:
    from revisit.policy.plan import RULES

    return [Candidate(name, wording.rule(name)) for name in RULES if name.startswith(word)]


def _kinds(_context: Context, word: str) -> Iterable[Candidate]:
    from revisit.intake import KINDS

    return [Candidate(name) for name in KINDS if name.startswith(word)]


def _nothing(_context: Context, _word: str) -> Iterable[Candidate]:
    return []


def _scripts(_context: Context, word: str) -> Iterable[Candidate]:
    from revisit import calls

    return [Candidate(one.id, one.title) for one in calls.list_scripts() if one.id.startswith(word)]


def _situations(_context: Context, word: str) -> Iterable[Candidate]:
    from revisit import i18n, phrases

    found = phrases.situations(i18n.language())
    return [Candidate(one.situation, one.title) for one in found if one.situation.startswith(word)]


def _causes(_context: Context, word: str) -> Iterable[Candidate]:
    from revisit import i18n, phrases

    found = [cause for one in phrases.situations(i18n.language()) for cause in one.causes]
    return [Candidate(one.id, one.title) for one in found if one.id.startswith(word)]


def _shells(_context: Context, word: str) -> Iterable[Candidate]:
    return [Candidate(name) for name in SCRIPTS if name.startswith(word)]


def _of(words: str) -> Offer:
    """The words that an option of a revisit takes, by the name of their list in `revisits`."""

    def offer(_context: Context, word: str) -> Iterable[Candidate]:
        from revisit import revisits

        return [Candidate(one, wording.word(one)) for one in getattr(revisits, words) if one.startswith(word)]

    return offer


OFFERS: dict[str, Offer] = {
    "customer": _customers, "keep": _customers, "other": _customers, "--different": _customers, "unmerge code": _merged,
    "login": _people, "--as": _people, "--rep": _people, "--to": _people, "assign --from": _people, "audit --by": _people,
    "rule": _rules, "--rule": _rules,
    "kind": _kinds,
    "--id": _scripts, "coverage --from": _nothing, "coverage --to": _nothing,
    "--author": _people, "simulate --to": _nothing, "adopt --to": _nothing,
    "phrase --customer": _customers, "--situation": _situations, "--cause": _causes,
    "shell": _shells,
    "--result": _of("RESULTS"), "--channel": _of("CHANNELS"), "--satisfaction": _of("SATISFACTION"),
    "--intention": _of("INTENTION"),
}  # fmt: skip
"""What may stand where, by the name of an argument, by an option, or by an option of one command."""


# --- as each shell takes it


def _for_bash(place: Place, *, quoted: bool) -> Iterator[str]:
    """One candidate is inserted as it is; of several bash shows all and inserts what they have in common.

    Where somebody typed a name and codes are found, that would take the name away: the word itself is shown among them.
    """
    values = [one.value if quoted else shlex.quote(one.value) for one in place.found]
    before = place.word[: place.word.rfind(":") + 1]  # bash takes a colon for the end of a word
    values = [value[len(before) :] if value.startswith(before) else value for value in values]
    if len(values) == 1:
        yield values[0]
        return
    for value, one in zip(values, place.found, strict=True):
        says = re.sub(r"[^\w .,·*-]+", " ", one.says).strip()
        yield f"{value}  {says}" if says else value
    if not all(one.value.startswith(place.word) for one in place.found):
        yield place.word


def _for_zsh(place: Place, *, quoted: bool) -> Iterator[str]:
    """Value and explanation; zsh quotes by itself and takes what does not begin with the word."""
    for one in place.found:
        yield f"{render.safe(one.value)}\t{render.safe(one.says)}"


def _for_fish(place: Place, *, quoted: bool) -> Iterator[str]:
    """Value and explanation; fish takes only what has the word in it: for somebody who typed a name, the name."""
    word = place.word.casefold()
    for one in place.found:
        by_name = word not in one.value.casefold() and word in one.says.casefold()
        value, says = (one.says, one.value) if by_name else one
        yield f"{render.safe(value)}\t{render.safe(says)}"


class Written(Protocol):
    """How a shell takes what may stand at the cursor."""

    def __call__(self, place: Place, *, quoted: bool) -> Iterator[str]:
        """The lines."""


WRITTEN: dict[str, Written] = {"bash": _for_bash, "zsh": _for_zsh, "fish": _for_fish}
