"""Options that many commands share, and the context they put together."""

from __future__ import annotations

from copy import copy
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption

from revisit.context import Context
from revisit.i18n import _

DB_METAVAR, DB_HELP = _("PATH|URL"), _("The database: a file, or postgresql://… for a team.")
LOGIN_METAVAR, AS_HELP = _("LOGIN"), _("Who I am.")

DbOption = Annotated[str | None, typer.Option("--db", metavar=DB_METAVAR, help=DB_HELP)]
AsOption = Annotated[str | None, typer.Option("--as", metavar=LOGIN_METAVAR, help=AS_HELP)]
JsonOption = Annotated[bool, typer.Option("--json", help=_("One JSON document on stdout."))]
OnOption = Annotated[
    str | None, typer.Option("--on", metavar=_("DATE"), help=_("The day to answer for: 2026-10-08, today, 昨天 …"))
]
RepOption = Annotated[
    str | None, typer.Option("--rep", metavar=LOGIN_METAVAR, help=_("Only customers of this representative."))
]
CustomerArgument = Annotated[
    str, typer.Argument(metavar=_("CUSTOMER"), help=_("A code, or a name or phone that fits exactly one customer."))
]


class Command(TyperCommand):
    """A command that also takes --db and --as after its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        shared = [
            TyperOption(
                param_decls=[name], metavar=metavar, help=text, expose_value=False, callback=_remember(attribute)
            )
            for name, metavar, text, attribute in (
                ("--db", DB_METAVAR, DB_HELP, "db_option"),
                ("--as", LOGIN_METAVAR, AS_HELP, "login_option"),
            )
        ]
        kwargs["params"] = [*(kwargs.get("params") or []), *shared]
        kwargs["options_metavar"] = _("[OPTIONS]")
        super().__init__(*args, **kwargs)
        for param in self.params:
            if isinstance(param, TyperArgument):
                param.type = _without_name(param.type)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The usage line in the language in use."""
        write_usage(self, ctx, formatter)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help, with long explanations in full."""
        fold_help()
        super().format_help(ctx, formatter)

    def get_help_option(self, ctx: Any) -> Any:
        """--help, explained in the language in use."""
        return translated_help(super().get_help_option(ctx))


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
