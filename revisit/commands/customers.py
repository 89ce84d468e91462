"""`revisit customer waive|exclude|close`: what a person states about a file; `revisit assign`: whose customer it is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from revisit import access, customers, files, render, staff, wording
from revisit.commands import merging
from revisit.commands.options import Command, CustomerArgument, DryRunOption, JsonOption, add_group, context_of
from revisit.context import Context
from revisit.errors import WrongUsage
from revisit.files import Statement
from revisit.i18n import N_, _
from revisit.policy.access import Deed

ReasonOption = Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why; it stands on record."))]
LiftOption = Annotated[bool, typer.Option("--lift", help=_("Take it back, from today on."))]
DONE = {
    "waived": N_("{code} {name}: waived until {until}; nothing is owed meanwhile."),
    "do_not_call": N_("{code} {name}: do not call; nothing is owed until that is taken back."),
    "closed": N_("{code} {name}: the file is closed."),
}
LIFTED = {
    "waived": N_("{code} {name}: waived no longer."),
    "do_not_call": N_("{code} {name}: may be called again."),
    "closed": N_("{code} {name}: the file is open again."),
}
SHOWN = 20


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(
        app, "customer", _("A customer's file: waived, not to be called, closed; found twice and merged.")
    )
    group.command("waive", cls=Command, help=_("Nothing is owed to a customer until a day, with the reason."))(waive)
    group.command("exclude", cls=Command, help=_("A customer does not want to be called."))(exclude)
    group.command("close", cls=Command, help=_("Close a customer's file."))(close)
    merging.mount(group)
    app.command("assign", cls=Command, help=_("Give customers to a representative."))(assign)


def waive(
    ctx: typer.Context,
    customer: CustomerArgument,
    until: Annotated[
        str | None, typer.Option("--until", metavar=_("DATE"), help=_("The last day of the waiver."))
    ] = None,
    reason: ReasonOption = "",
    lift: LiftOption = False,
    as_json: JsonOption = False,
) -> None:
    """A waiver has a reason and an end. Supervisors and administrators only."""
    if until is None and not lift:
        raise WrongUsage(N_("the end of the waiver is missing"), N_("name its last day: --until 2026-12-31"))
    if until is not None and lift:
        raise WrongUsage(N_("--lift and --until exclude each other"), N_("name one of them"))
    _state(context_of(ctx), customer, "waived", "waive", until=until, reason=reason, lift=lift, as_json=as_json)


def exclude(
    ctx: typer.Context,
    customer: CustomerArgument,
    reason: ReasonOption = "",
    lift: LiftOption = False,
    as_json: JsonOption = False,
) -> None:
    """From today on nobody is to call this customer; promised callbacks end as well. Taking it back is for supervisors."""
    deed: Deed = "waive" if lift else "exclude"
    _state(context_of(ctx), customer, "do_not_call", deed, until=None, reason=reason, lift=lift, as_json=as_json)


def close(
    ctx: typer.Context,
    customer: CustomerArgument,
    reason: ReasonOption = "",
    lift: LiftOption = False,
    as_json: JsonOption = False,
) -> None:
    """A closed file is kept, found and shown, and owes nothing; --lift opens it again. Supervisors and administrators only."""
    _state(context_of(ctx), customer, "closed", "close", until=None, reason=reason, lift=lift, as_json=as_json)


def assign(
    ctx: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar=_("LOGIN"), help=_("Who is to own them."))],
    customer: Annotated[
        list[str] | None, typer.Argument(metavar=_("[CUSTOMER]..."), help=_("Customers, each by code, name or phone."))
    ] = None,
    giver: Annotated[
        str | None, typer.Option("--from", metavar=_("LOGIN"), help=_("All customers of this representative."))
    ] = None,
    unassigned: Annotated[
        bool, typer.Option("--unassigned", help=_("All customers of nobody, or of somebody who left."))
    ] = False,
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Whoever receives a customer owes a talk with the salesperson within the week (P3 1.3)."""
    if sum((bool(customer), giver is not None, unassigned)) != 1:
        raise WrongUsage(
            N_("name either customers, or --from LOGIN, or --unassigned"),
            N_("for example: revisit assign C0012 --to li"),
        )
    context = context_of(ctx)
    with context.unit(dry_run=dry_run) as unit:
        access.require_role(unit.actor, "assign")
        taker = staff.get_by_login(unit.sql, to)
        if customer:
            viewer = access.viewer(unit.sql, unit.actor)
            ids = list(dict.fromkeys(customers.get_customer(unit.sql, text, viewer) for text in customer))
        else:
            leaver = staff.get_by_login(unit.sql, giver, former=True) if giver is not None else None
            ids = files.owned_by(unit.sql, leaver)
        for id_ in ids:
            access.require(unit.sql, unit.actor, "assign", id_)
        given = files.assign(unit.session, unit.sql, ids=ids, to=taker, today=unit.today, reason=reason)
    found = {"to": taker.login, "assigned": len(given), "unchanged": len(ids) - len(given), "customers": given}
    if as_json:
        render.as_json(found)
        return
    template = _("{count} customers would go to {name}.") if dry_run else _("{count} customers given to {name}.")
    render.tell(template.format(count=len(given), name=render.safe(taker.name)))
    if given:
        more = " …" if len(given) > SHOWN else ""
        render.tell("  " + render.safe(wording.listed(given[:SHOWN])) + more)
    if len(ids) > len(given):
        render.tell(_("{count} were there already.").format(count=len(ids) - len(given)))


def _state(
    context: Context,
    text: str,
    name: Statement,
    deed: Deed,
    *,
    until: str | None,
    reason: str,
    lift: bool,
    as_json: bool,
) -> None:
    """One statement about one customer, and what it changes for the list."""
    with context.unit() as unit:
        customer_id = customers.get_customer(unit.sql, text, access.viewer(unit.sql, unit.actor))
        access.require(unit.sql, unit.actor, deed, customer_id)
        last: date | None = context.day(until, unit.company) if until is not None else None
        common: dict[str, Any] = {"customer_id": customer_id, "name": name, "today": unit.today, "reason": reason}
        if lift:
            files.lift(unit.session, unit.sql, **common)
        else:
            files.state(unit.session, unit.sql, until=last, **common)
        card = customers.cards(unit.sql, [customer_id])[customer_id]
    said = {
        "code": card.code, "name": card.name, "statement": name, "holds": not lift, "from_on": unit.today,
        "until_on": last, "reason": reason.strip(),
    }  # fmt: skip
    if as_json:
        render.as_json(said)
        return
    template = (LIFTED if lift else DONE)[name]
    render.tell(_(template).format(code=render.safe(card.code), name=render.safe(card.name), until=last))
