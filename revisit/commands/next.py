"""`revisit next` and `revisit release`: the next customer onto the desk, and back."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Annotated, Any

import typer

from revisit import access, claims, clock, customers, prompting, render, scheduler, staff, wording
from revisit.access import Viewer
from revisit.claims import Choice, Claim, Taking
from revisit.commands import due
from revisit.commands.options import Command, JsonOption, OnOption, RepOption, context_of
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.morning import DueLine
from revisit.policy import hours
from revisit.render import Column

VIEW = tuple(column for column in due.VIEW if column.key != "place")
MINE = (
    Column("code", N_("Code"), card=0),
    Column("name", N_("Customer"), card=0),
    Column("until", N_("Taken until"), card=2),
    Column("why", N_("Why"), wrap=True, card=1),
)
PASSED = {
    "held": N_("on a desk already: {number}"),
    "retry": N_("wait for their next try: {number}"),
    "promised": N_("wait for their promised time: {number}"),
    "others": N_("customers of others: {number}"),
}
"""Why lines of the list are passed over."""
EMPTY = tuple(one.name for one in fields(DueLine) if one.name not in ("customer_id", "why"))


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command(
        "next", cls=Command, help=_("Take the first customer of the list whom nobody has taken, and open the call.")
    )(next_)
    app.command("release", cls=Command, help=_("Give a customer back that was taken with next."))(release)


def next_(
    ctx: typer.Context,
    on: OnOption = None,
    rep: RepOption = None,
    everybody: Annotated[bool, typer.Option("--all", help=_("Everybody's customers."))] = False,
    rule: Annotated[str | None, typer.Option("--rule", metavar=_("RULE"), help=_("Only lines of this rule."))] = None,
    claim_only: Annotated[bool, typer.Option("--claim-only", help=_("Take the customer and say so; no call."))] = False,
    resume: Annotated[bool, typer.Option("--resume", help=_("Whom I have taken; nobody new."))] = False,
    as_json: JsonOption = False,
) -> None:
    """A customer is taken for some minutes, which the policy states; meanwhile nobody is given the same one."""
    if everybody and rep is not None:
        raise WrongUsage(N_("{options} exclude each other"), N_("name one of them"), options="--all, --rep")
    if rule is not None:
        scheduler.check_rule(rule)
    if not (claim_only or resume) and (as_json or not prompting.is_terminal()):
        raise WrongUsage(N_("a call needs a terminal"), N_("take the customer alone: revisit next --claim-only"))
    context = context_of(ctx)
    with context.reading() as (sql, company):
        me = staff.required(context.actor(sql))
        access.require_role(me, "log")
        viewer = access.viewer(sql, me)
        taking = Taking(me, context.day(on, company), context.now)
        if resume:
            mine = _mine(sql, company, viewer, taking)
        else:
            found = due.list_of(sql, company, viewer, on=taking.on, rep=rep, everybody=everybody)
            choice = claims.choose(sql, company, due.narrowed(found.items, rule, None), viewer=viewer, taking=taking)
            with context.quickly(sql):
                line = claims.take(sql, company, choice.free, taking)
    if resume:
        _show_mine(mine, as_json)
        return
    if line is not None and claim_only:
        _warn_of_hours(company, context.now)
    if as_json:
        render.as_json(document(line, choice))
    else:
        _show(line, choice)
    if line is not None and not claim_only:
        from revisit.commands.call import open_call

        render.tell()
        open_call(context, line.customer_id)


def release(
    ctx: typer.Context,
    customer: Annotated[
        str | None,
        typer.Argument(metavar=_("CUSTOMER"), help=_("A code, or a name or phone that fits exactly one customer.")),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help=_("Everybody I have taken."))] = False,
    rep: Annotated[
        str | None, typer.Option("--rep", metavar=_("LOGIN"), help=_("With --all: everybody this person has taken."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """One's own; a supervisor also those of the team."""
    if (customer is None) != everything:
        raise WrongUsage(N_("name a customer, or --all"), N_("what I have taken: revisit next --resume"))
    if rep is not None and not everything:
        raise WrongUsage(N_("{option} goes with {other}"), N_("add {other}"), option="--rep", other="--all")
    context = context_of(ctx)
    with context.reading() as (sql, _company):
        me = staff.required(context.actor(sql))
        holder = staff.get_by_login(sql, rep, former=True) if rep is not None else me
        customer_id = customers.get_customer(sql, customer, access.viewer(sql, me)) if customer is not None else None
        with context.quickly(sql):
            if customer_id is None:
                given = claims.release_all(sql, holder=holder, actor=me, now=context.now)
            else:
                given = tuple(filter(None, [claims.release(sql, customer_id, actor=me, now=context.now)]))
    if as_json:
        render.as_json({"released": [{"code": one.code, "name": one.name, "claimed_by": one.login} for one in given]})
        return
    for one in given:
        render.tell(
            _("{code} {name} is back on the list.").format(code=render.safe(one.code), name=render.safe(one.name))
        )
    if not given:
        render.tell(_("Nothing had been taken; nothing was changed."))


def document(line: DueLine | None, choice: Choice) -> dict[str, Any]:
    """The JSON document of `next`: the item as in `due`; every key null if nothing was left to take."""
    passed = {name: getattr(choice, name) for name in PASSED}
    return (dict.fromkeys(EMPTY) if line is None else due.item(line)) | {"passed_over": passed}


def _show(line: DueLine | None, choice: Choice) -> None:
    if line is None:
        render.tell(_("Nobody is left to take."))
    else:
        assert line.claim_until is not None
        render.table([due.row_of("", _unmarked(line))], VIEW)
        render.gap()
        until = line.claim_until.strftime("%H:%M")
        render.tell(_("Yours until {when}; back with: revisit release {code}").format(when=until, code=line.code))
    for name, template in PASSED.items():
        if number := getattr(choice, name):
            render.tell(_("Passed over, {why}").format(why=_(template).format(number=number)))


def _mine(
    sql: Sql, company: CompanyInfo, viewer: Viewer, taking: Taking
) -> list[tuple[Claim, DueLine | None, datetime]]:
    """What I have taken, the oldest first, each with its line of the list if it still has one, and until when it is mine."""
    mine = [claim for claim in claims.held(sql, taking.now).values() if claim.staff_id == taking.staff.id]
    lines: dict[int, DueLine] = {}
    if mine:
        found = due.list_of(sql, company, viewer, on=taking.on, rep=None, everybody=True)
        found = claims.placed(sql, company, found, viewer=viewer, now=taking.now)
        lines = {line.customer_id: line for line in found.items}
    return [(one, lines.get(one.customer_id), clock.zoned(one.until, company.timezone)) for one in mine]


def _show_mine(mine: list[tuple[Claim, DueLine | None, datetime]], as_json: bool) -> None:
    if as_json:
        known = [
            due.item(line)
            if line is not None
            else dict.fromkeys(EMPTY)
            | {"code": claim.code, "name": claim.name, "claimed_by": claim.login, "claim_until": until}
            for claim, line, until in mine
        ]
        render.as_json({"items": known})
    elif mine:
        render.table([_row(*one) for one in mine], MINE)
    else:
        render.tell(_("I have taken nobody."))


def _row(claim: Claim, line: DueLine | None, until: datetime) -> dict[str, Any]:
    why = due.row_of("", _unmarked(line))["reason"] if line is not None else _("no longer on the list")
    return {"code": claim.code, "name": claim.name, "until": until.strftime("%H:%M"), "why": why}


def _unmarked(line: DueLine) -> DueLine:
    """A line of mine: that it is on my desk need not be said in it."""
    return replace(line, claimed_by=None, claim_until=None)


def _warn_of_hours(company: CompanyInfo, now: datetime) -> None:
    """Says so where it is no time to call; it refuses nothing."""
    at = clock.local(now, company.timezone)
    why = hours.inside(at, company.calendar, company.policies.on(at.date()).call_hours)
    if why is not None:
        render.note(_("Outside call hours: {why}.").format(why=wording.outside(why)))
