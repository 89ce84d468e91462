"""`revisit chats`: how soon customers were answered in online service, by person and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, ClassVar

import typer

from revisit import access, chats, render, staff
from revisit.chats import Report
from revisit.commands.options import BareCommand, JsonOption, context_of
from revisit.context import bad_when
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.chats import ChatLimits, Figures
from revisit.policy.periods import Period, parse_period
from revisit.policy.when import WhenError
from revisit.render import Column

VIEW = (
    Column("who", N_("Person"), card=0),
    Column("on", N_("Day"), card=0),
    Column("chats", N_("Chats"), right=True, card=2),
    Column("first", N_("First reply"), right=True, card=2),
    Column("first_late", N_("too late"), right=True, card=2),
    Column("average", N_("On average"), right=True, card=2),
    Column("without_word", N_("No word"), right=True, card=2),
    Column("without_apology", N_("No apology"), right=True, card=3),
    Column("unanswered", N_("Unanswered"), right=True, card=3),
    Column("customer_last", N_("Customer last"), right=True, card=4),
    Column("taken_over", N_("Taken over"), right=True, card=4),
)
LIMITS = ("first_reply_seconds", "average_reply_seconds", "word_within_seconds", "apology_after_seconds")


class PeriodCommand(BareCommand):
    """A command whose period options also stand without a value: the current period."""

    bare: ClassVar[Mapping[str, str]] = {"--month": "current", "--day": "current"}


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("chats", cls=PeriodCommand, help=_("How soon customers were answered in chats, by person and day."))(
        chats_
    )


def chats_(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar=_("[M]"), help=_("A month: 2026-10, last; alone: this month."))
    ] = None,
    day: Annotated[
        str | None, typer.Option("--day", metavar=_("[D]"), help=_("A day: 2026-10-08, last; alone: today."))
    ] = None,
    rep: Annotated[str | None, typer.Option("--rep", metavar=_("LOGIN"), help=_("Only this person."))] = None,
    as_json: JsonOption = False,
) -> None:
    """From chat logs that were brought in: revisit import chats FILE. Representatives see their own, supervisors their team's."""
    if month is not None and day is not None:
        raise WrongUsage(N_("--month and --day exclude each other"), N_("name one of them"))
    context = context_of(ctx)
    with context.reading() as (sql, company):
        period = _period(month, day, context.today(company))
        viewer = access.viewer(sql, context.actor(sql))
        who = staff.get_by_login(sql, rep, former=True).id if rep is not None else None
        found = chats.report(sql, company, viewer, period, who)
    if as_json:
        render.as_json(document(found))
    else:
        with render.paged():
            _show(found)


def document(found: Report) -> dict[str, Any]:
    """The JSON document of `chats`."""
    period = found.period
    return {
        "period": {"from": period.start, "to": period.end, "label": period.label},
        "chats": found.chats,
        "limits": {"clause": found.limits.clause} | {name: getattr(found.limits, name) for name in LIMITS},
        "rows": [
            {"staff": who, "name": found.names.get(who, ""), "on": on} | asdict(one)
            for (who, on), one in found.rows.items()
        ],
        "people": [{"staff": who, "name": found.names.get(who, "")} | asdict(one) for who, one in found.people.items()],
    }


def _show(found: Report) -> None:
    render.heading(_("Chats, {period}: {n}").format(period=found.period.label, n=found.chats))
    if not found.rows:
        render.tell(_("None. A log is brought in with: revisit import chats FILE"))
        return
    rows = [_row(found.names.get(who) or _("(nobody)"), on, one) for (who, on), one in found.rows.items()]
    several = {who for who, _on in found.rows if sum(one == who for one, _day in found.rows) > 1}
    rows += [_row(found.names.get(who) or _("(nobody)"), None, found.people[who]) for who in sorted(several)]
    render.table(rows, VIEW)
    render.tell()
    render.paragraph(_limits(found.limits))


def _row(who: str, on: date | None, one: Figures) -> dict[str, Any]:
    average = f"{one.average:.0f} s" if one.average is not None else ""
    return {
        "who": who,
        "on": f"{on:%m-%d}" if on else _("together"),
        "chats": one.chats,
        "first": f"{one.first_average:.0f} s" if one.first_average is not None else "",
        "first_late": one.first_late or "",
        "average": average + ("!" if one.over_average else ""),
        **{
            name: getattr(one, name) or ""
            for name in ("without_word", "without_apology", "unanswered", "customer_last", "taken_over")
        },
    }


def _limits(limits: ChatLimits) -> str:
    """The limits that the figures are held against."""
    told = _(
        "First reply within {first} s, on average {average} s (!: over it), a word within {word} s, an apology after "
        "{apology} s [{clause}]. Customer last: nobody wrote after the customer's last message."
    )
    return told.format(
        first=limits.first_reply_seconds, average=limits.average_reply_seconds, word=limits.word_within_seconds,
        apology=limits.apology_after_seconds, clause=limits.clause,
    )  # fmt: skip


def _period(month: str | None, day: str | None, today: date) -> Period:
    try:
        return parse_period("day", day, today) if day is not None else parse_period("month", month, today)
    except WhenError as error:
        raise bad_when(error) from error
