"""Options that many commands share, and the context they put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from revisit import render
from revisit.context import Context
from revisit.errors import WrongUsage
from revisit.i18n import N_, _

DB_METAVAR, DB_HELP = _("PATH|URL"), _("The database: a file, or postgresql://… for a team.")
LOGIN_METAVAR, AS_HELP = _("LOGIN"), _("Who I am.")

DbOption = Annotated[str | None, typer.Option("--db", metavar=DB_METAVAR, help=DB_HELP)]
AsOption = Annotated[str | None, typer.Option("--as", metavar=LOGIN_METAVAR, help=AS_HELP)]
JsonOption = Annotated[bool, typer.Option("--json", help=_("One JSON document on stdout."))]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help=_("Say what would happen; change nothing."))]
OnOption = Annotated[
    str | None, typer.Option("--on", metavar=_("DATE"), help=_("The day to answer for: 2026-10-08, today, 昨天 …"))
]
RepOption = Annotated[
    str | None, typer.Option("--rep", metavar=LOGIN_METAVAR, help=_("Only customers of this representative."))
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar=_("FILE"), help=_("A file to write: .html, .xlsx, .md, .csv.")),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help=_("Replace the file if it is there already."))]
CustomerArgument = Annotated[
    str, typer.Argument(metavar=_("CUSTOMER"), help=_("A code, or a name or phone that fits exactly one customer."))
]


class InOurWords:
    """Help in the language in use, for every command, group and the front door: what Typer writes with English in it."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The usage line in the language in use."""
        write_usage(self, ctx, formatter)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help, with long explanations in full."""
        fold_help()
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_help_option(self, ctx: Any) -> Any:
        """--help, explained in the language in use."""
        return translated_help(super().get_help_option(ctx))  # type: ignore[misc]


class Command(InOurWords, TyperCommand):
    """A command that also takes --db and --as after its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["params"] = [*(kwargs.get("params") or []), *_shared_options()]
        kwargs["options_metavar"] = _("[OPTIONS]")
        super().__init__(*args, **kwargs)
        for param in self.params:
            if isinstance(param, TyperArgument):
                param.type = _without_name(param.type)


class BareCommand(Command):
    """A command some of whose options also stand without a value: `bare` says what each means then."""

    bare: ClassVar[Mapping[str, str]] = {}

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What was typed, with the value that a bare option means after it."""
        return list(super().parse_args(ctx, with_bare(args, self.bare)))


def with_bare(args: Sequence[str], bare: Mapping[str, str]) -> list[str]:
    """The arguments, with its meaning after a bare option that is last or followed by another option."""
    result: list[str] = []
    for place, word in enumerate(args):
        result.append(word)
        if word in bare and (place + 1 == len(args) or args[place + 1].startswith("-")):
            result.append(bare[word])
    return result


class Group(InOurWords, TyperGroup):
    """A command with commands of its own (`revisit policy show`); alone it shows its help. Made by `add_group`.

    One of them may bear the group's own name: it is meant where no other is named (`revisit import orders FILE` beside
    `revisit import template`), and the help of the group shows its arguments and options.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["params"] = [*(kwargs.get("params") or []), *_shared_options()]
        kwargs["options_metavar"] = _("[OPTIONS]")
        kwargs["subcommand_metavar"] = _("COMMAND [ARGS]...")
        kwargs["invoke_without_command"] = True
        super().__init__(*args, **kwargs)
        self.otherwise: Any = self.commands.pop(self.name, None) if self.name else None

    def make_context(self, info_name: Any, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the group, or of the command that is meant where none is named."""
        if self.otherwise is not None and args[:1] not in ([name] for name in ("--help", "-h", *self.commands)):
            return self.otherwise.make_context(info_name, args, parent=parent, **extra)
        return super().make_context(info_name, args, parent=parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        """One of the commands; without any the help."""
        if not ctx._protected_args:
            render.tell(ctx.get_help())
            return 0
        return super().invoke(ctx)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What the usage line shows after the name: that of the command which is meant where none is named."""
        pieces: list[str] = (
            super().collect_usage_pieces(ctx) if self.otherwise is None else self.otherwise.collect_usage_pieces(ctx)
        )
        return pieces

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is named; WrongUsage says which there are."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            whole = f"{ctx.command_path} {args[0]}".removeprefix("revisit ")
            known = ", ".join(self.commands)
            raise WrongUsage(N_("there is no command {name}"), N_("commands: {known}"), name=whole, known=known)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help, with the arguments and options of the command that is meant where none is named."""
        whole = copy(self)
        if self.otherwise is not None:
            whole.params = self.otherwise.params
        InOurWords.format_help(whole, ctx, formatter)


def add_group(app: typer.Typer, name: str, text: str) -> typer.Typer:
    """A command with commands of its own on the root: hang them on what this returns, each with `cls=Command`."""
    part = typer.Typer(name=name, cls=Group, help=text, add_completion=False)
    app.add_typer(part)
    return part


def _shared_options() -> list[TyperOption]:
    """--db and --as."""
    return [
        TyperOption(param_decls=[name], metavar=metavar, help=text, expose_value=False, callback=_remember(attribute))
        for name, metavar, text, attribute in (
            ("--db", DB_METAVAR, DB_HELP, "db_option"),
            ("--as", LOGIN_METAVAR, AS_HELP, "login_option"),
        )
    ]


def write_usage(command: Any, ctx: Any, formatter: Any) -> None:
    """What Typer writes with an English word before it."""
    pieces = " ".join(command.collect_usage_pieces(ctx))
    formatter.write_usage(ctx.command_path, pieces, prefix=_("Usage: "))


def fold_help() -> None:
    """Chinese has no spaces to part a line at: without this, help cuts a long explanation off at the end of its column."""
    from typer import rich_utils

    class Folding(rich_utils.OptionHighlighter):
        highlights: ClassVar[list[str]] = [*rich_utils.OptionHighlighter.highlights, f"(?P<usage>^{_('Usage: ')})"]

        def highlight(self, text: Any) -> None:
            text.overflow = "fold"
            super().highlight(text)

    rich_utils.highlighter = Folding()


def translated_help(option: Any) -> Any:
    """The help option, which Typer explains in English."""
    if option is not None:
        option.help = _("Show this message and exit.")
    return option


def context_of(ctx: typer.Context) -> Context:
    """The context that the root command made."""
    made: Context = ctx.obj
    return made


def _without_name(kind: Any) -> Any:
    """A type that help does not name in English: what an argument is called says enough."""
    mute = copy(kind)
    mute.get_metavar = lambda param, ctx: ""
    return mute


def _remember(name: str) -> Any:
    def keep(ctx: typer.Context, _param: object, value: str | None) -> None:
        if value is not None:
            setattr(ctx.obj, name, value)

    return keep
