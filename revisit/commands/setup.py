"""`revisit init`: a new database with company, policy and first administrator."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from revisit import db, render
from revisit.commands.options import Command, context_of
from revisit.context import Context, bad_when
from revisit.errors import WrongUsage
from revisit.i18n import N_, _

if TYPE_CHECKING:
    from sqlmodel import Session

TIMEZONE = "Asia/Shanghai"


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("init", cls=Command, help=_("Create a new database: company, time zone, programme start."))(init)


def init(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Option("--company", metavar=_("NAME"), help=_("The company's name."))] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar=_("TZ"), help=_("Its time zone, Asia/Shanghai unless told."))
    ] = None,
    start_on: Annotated[
        str | None,
        typer.Option("--start-on", metavar=_("DATE"), help=_("Programme start: nothing is owed before that day.")),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=_("Ask nothing; what is not named takes its default."))
    ] = False,
) -> None:
    """Asks for what was not named, where somebody can answer; elsewhere a missing option is an error."""
    context = context_of(ctx)
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not yes
    if name is None:
        if not asks:
            raise WrongUsage(N_("the company needs a name"), N_("for example --company 宏远商贸"))
        name = typer.prompt(_("Company"))
    if timezone is None:
        timezone = typer.prompt(_("Time zone"), default=TIMEZONE) if asks else TIMEZONE
    if start_on is None:
        if not asks and not yes:
            raise WrongUsage(
                N_("the programme start is missing"), N_("for example --start-on 2026-01-01, or --yes for today")
            )
        start_on = typer.prompt(_("Programme start"), default="today") if asks else "today"
    create_company(context, name=str(name), timezone=str(timezone), start_on=str(start_on))
    render.tell(
        _("{company} is set up in {path}.").format(company=render.safe(name), path=render.safe(db.shown(context.db)))
    )
    render.tell(_("{login} is its first administrator.").format(login=render.safe(context.login)))
    render.tell(_("Next: revisit import customers FILE"))


def create_company(context: Context, *, name: str, timezone: str, start_on: str) -> None:
    """A new database at the context's address, filled and ready. Raises WrongUsage, Refused."""
    from revisit import clock, company, schema
    from revisit.policy.when import WhenError, parse_day

    company.check_company(name, timezone)
    if not context.login:
        raise WrongUsage(N_("I do not know who you are"), N_("name the first administrator: --as LOGIN"))
    try:
        first_day = parse_day(start_on, clock.local(context.now, timezone).date())
    except WhenError as error:
        raise bad_when(error) from error

    def fill(session: Session) -> None:
        company.open_company(
            session, name=name, timezone=timezone, start_on=first_day, login=context.login, at=context.now
        )

    schema.create(context.db, fill)
