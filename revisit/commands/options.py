"""Options that many commands share, and the context they put together."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperOption

from revisit.context import Context
from revisit.i18n import _

DbOption = Annotated[
    str | None, typer.Option("--db", metavar="PATH|URL", help=_("The database: a file, or postgresql://… for a team."))
]
AsOption = Annotated[str | None, typer.Option("--as", metavar="LOGIN", help=_("Who I am."))]
JsonOption = Annotated[bool, typer.Option("--json", help=_("One JSON document on stdout."))]
OnOption = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help=_("The day to answer for: 2026-10-08, today, 昨天 …"))
]
RepOption = Annotated[
    str | None, typer.Option("--rep", metavar="LOGIN", help=_("Only customers of this representative."))
]
CustomerArgument = Annotated[
    str, typer.Argument(metavar=_("CUSTOMER"), help=_("A code, or a name or phone that fits exactly one customer."))
]


class Command(TyperCommand):
    """A command that also takes --db and --as after its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        shared = [
            TyperOption(
                param_decls=["--db"], metavar="PATH|URL", expose_value=False, callback=_remember("db_option"),
                help=_("The database: a file, or postgresql://… for a team."),
            ),
            TyperOption(
                param_decls=["--as"], metavar="LOGIN", expose_value=False, callback=_remember("login_option"),
                help=_("Who I am."),
            ),
        ]  # fmt: skip
        kwargs["params"] = [*(kwargs.get("params") or []), *shared]
        kwargs["options_metavar"] = _("[OPTIONS]")
        super().__init__(*args, **kwargs)


def context_of(ctx: typer.Context) -> Context:
    """The context that the root command made."""
    made: Context = ctx.obj
    return made


def _remember(name: str) -> Any:
    def keep(ctx: typer.Context, _param: object, value: str | None) -> None:
        if value is not None:
            setattr(ctx.obj, name, value)

    return keep
