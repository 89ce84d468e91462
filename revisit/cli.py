"""The front door: the root command, its groups, and the ONE place where an error becomes a sentence and an exit code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from revisit import __version__, db, render
from revisit.commands.options import AsOption, DbOption, InOurWords
from revisit.context import Context
from revisit.errors import RevisitError, WrongUsage
from revisit.i18n import N_, _

COMMANDS = {
    "due": "due",
    "next": "next",
    "release": "next",
    "call": "call",
    "log": "revisits",
    "amend": "amend",
    "void": "amend",
    "why": "why",
    "show": "show",
    "find": "find",
    "script": "scripts",
    "phrase": "phrases",
    "day": "day",
    "report": "report",
    "effect": "effect",
    "forecast": "forecast",
    "case": "case",
    "clock": "clock",
    "complaint": "complaint",
    "approval": "approval",
    "service": "service",
    "survey": "surveys",
    "chats": "chats",
    "target": "targets",
    "appraise": "appraisals",
    "inspect": "inspections",
    "customer": "customers",
    "assign": "customers",
    "policy": "policies",
    "doctor": "doctor",
    "audit": "audit",
    "db": "databases",
    "init": "setup",
    "import": "imports",
    "export": "export",
    "staff": "staff",
    "department": "staff",
    "whoami": "whoami",
    "demo": "demo",
    "completion": "completion",
}
"""Every command and the file in `revisit.commands` that mounts it: only the one that is wanted is imported."""

TYPER_SAYS = (
    (r"Option '(?P<name>.+)' requires an argument\.", N_("{name} needs a value")),
    (r"Option '(?P<name>.+)' requires (?P<count>\d+) arguments\.", N_("{name} needs {count} values")),
    (r"Option '(?P<name>.+)' does not take a value\.", N_("{name} takes no value")),
    (r"Got unexpected extra argument\(s\) \((?P<words>.+)\)", N_("too many words: {words}")),
    (r"['\"](?P<value>.*)['\"] is not a valid int(?: range)?\.", N_("“{value}” is no whole number")),
    (r"(?P<value>.+) is not in the range (?P<range>.+)\.", N_("{value} is not in the range {range}")),
)
"""What Typer says in English only, and what we say instead."""


INTERRUPTED = 130


class FrontDoor(InOurWords, TyperGroup):
    """The root group: it knows the names of its commands and fetches a command when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            module = import_module(f"revisit.commands.{COMMANDS[cmd_name]}")
            part = typer.Typer(add_completion=False)
            module.mount(part)
            made: Any = typer.main.get_command(part)
            self.commands[cmd_name] = getattr(made, "commands", {}).get(cmd_name, made)
        return self.commands[cmd_name]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            known = ", ".join(COMMANDS)
            raise WrongUsage(N_("there is no command {name}"), N_("commands: {known}"), name=args[0], known=known)
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="revisit",
    cls=FrontDoor,
    help=_("Who must be contacted today, by when, under which clause, and why."),
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar=_("COMMAND [ARGS]..."),
    options_metavar=_("[OPTIONS]"),
)


def _version(wanted: bool) -> None:
    if wanted:
        render.tell(f"revisit {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    ctx: typer.Context,
    db_option: DbOption = None,
    login: AsOption = None,
    version: Annotated[
        bool, typer.Option("--version", help=_("Show the version."), callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Options that stand before the command hold for it as well."""
    if ctx.invoked_subcommand is None:
        render.tell(ctx.get_help())
        raise typer.Exit
    started: list[Context] = ctx.obj if isinstance(ctx.obj, list) else []
    ctx.obj = Context.from_settings()
    started.append(ctx.obj)
    render.use_pager(ctx.obj.settings.get("pager"))
    ctx.obj.db_option = db_option
    ctx.obj.login_option = login


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the program; the exit code. A person's mistake becomes a sentence and a remedy on stderr, never a traceback."""
    started: list[Context] = []
    try:
        if "_REVISIT_COMPLETE" in os.environ:  # the tab key asks: `revisit completion`
            from revisit.commands.completion import answer

            return answer(typer.main.get_command(app))
        words = list(arguments) if arguments is not None else None
        code = app(args=words, prog_name="revisit", standalone_mode=False, obj=started)
        sys.stdout.flush()
        if code == INTERRUPTED:
            return _stopped(started)
        return code if isinstance(code, int) else 0
    except RevisitError as error:
        return _fail(error)
    except BrokenPipeError:
        return _reader_left()
    except SystemExit:
        return _reader_left()  # Typer met the closed pipe first; nothing else ends the program so
    except KeyboardInterrupt:
        return _stopped(started)
    except Exception as error:
        if type(error).__name__ == "Abort" or _was_interrupted(error):  # at a question; in the middle of a statement
            return _stopped(started)
        known = db.explain(error)
        if known is not None:
            return _fail(known)
        usage = _usage(error)
        if usage is None:
            raise
        if usage[0]:
            _say(*usage)
        return 2


def _was_interrupted(error: BaseException) -> bool:
    """Whether Ctrl-C is at the bottom of it: a driver that is stopped in mid-statement may fail again while it tidies up."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, KeyboardInterrupt):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _stopped(started: list[Context]) -> int:
    """Ctrl-C: before a transaction ended nothing was changed, afterwards what was recorded stays."""
    written = any(context.written for context in started)
    render.note(_("stopped; what was recorded before stays") if written else _("stopped; nothing was changed"))
    return INTERRUPTED


def _reader_left() -> int:
    """`revisit due | head -1`: whoever reads has seen enough; that is no failure."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - so that the interpreter's last flush is quiet
    return 0


def _fail(error: RevisitError) -> int:
    params = {key: render.safe(value) for key, value in error.params.items()}
    _say(_(error.message).format(**params), _(error.remedy).format(**params) if error.remedy else "")
    return error.exit_code


def _say(message: str, remedy: str) -> None:
    render.note(_("Error: {message}").format(message=message))
    if remedy:
        render.note(_("Try: {remedy}").format(remedy=remedy))


def _usage(error: Any) -> tuple[str, str] | None:
    """What Typer refused, in the language in use; by the name of its class, since that part of Typer is private."""
    names = {cls.__name__ for cls in type(error).__mro__}
    if "ClickException" not in names:
        return None
    context = getattr(error, "ctx", None)
    remedy = _("{command} --help").format(command=context.command_path if context is not None else "revisit")
    param = getattr(error, "param", None)
    name = _name_of(param) or getattr(error, "param_hint", None) or ""
    if "MissingParameter" in names:
        return _("{name} is missing").format(name=name), remedy
    if "NoSuchOption" in names:
        return _("there is no option {name}").format(name=error.option_name), remedy
    if "NoArgsIsHelpError" in names:
        return error.message, ""
    if "BadParameter" in names:
        return _("{name} does not take this: {why}").format(name=name, why=_in_our_words(error.message)), remedy
    return _in_our_words(error.format_message()), remedy


def _in_our_words(text: str) -> str:
    for pattern, template in TYPER_SAYS:
        found = re.fullmatch(pattern, text, re.DOTALL)
        if found:
            return render.safe(_(template).format(**found.groupdict()))
    return render.safe(text)


def _name_of(param: Any) -> str:
    if param is None:
        return ""
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.human_readable_name)
