"""`revisit show CUSTOMER`: the file and its timeline."""

from __future__ import annotations

from datetime import date
from typing import Any

import typer

from revisit import customers, history, render, scheduler, wording
from revisit.commands.options import Command, CustomerArgument, JsonOption, OnOption, context_of
from revisit.i18n import N_, _
from revisit.render import Column

TIMELINE = (Column("on", N_("Day")), Column("what", N_("What")), Column("text", N_("Details"), wrap=True))
FOLLOW_UPS = (
    Column("rule", N_("Rule")),
    Column("opens_on", N_("Opens")),
    Column("due_by", N_("Due by")),
    Column("status", N_("Status")),
)
FIELDS = (
    ("kind", N_("Kind")), ("grade", N_("Grade")), ("region", N_("Region")), ("industry", N_("Industry")),
    ("contact", N_("Contact")), ("title", N_("Form of address")), ("phone", N_("Phone")), ("address", N_("Address")),
    ("rep", N_("Representative")), ("salesperson", N_("Salesperson")), ("followed_by", N_("Followed by")),
    ("followed_since", N_("Handed over on")), ("contract_on", N_("Contract")), ("last_order_on", N_("Last order")),
    ("last_contact_on", N_("Last contact")), ("balance", N_("Balance")), ("credit_limit", N_("Credit limit")),
    ("term_days", N_("Payment term (days)")), ("birthday", N_("Birthday")), ("intention", N_("Intention")),
    ("note", N_("Note")),
)  # fmt: skip


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("show", cls=Command, help=_("One customer: file, what is owed, and everything that happened."))(show)


def show(ctx: typer.Context, customer: CustomerArgument, on: OnOption = None, as_json: JsonOption = False) -> None:
    """Phones and addresses are whole for the person who owes this customer a contact, masked for everybody else."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        customer_id = customers.get_customer(sql, customer)
        me = context.actor(sql)
        found = history.whole_file(
            sql, company, customer_id, on=context.day(on, company), viewer=me.login if me is not None else None
        )
        upcoming = scheduler.next_on(sql, company, customer_id, context.day(on, company))
    if as_json:
        render.as_json(found)
        return
    render.heading(f"{render.safe(found['code'])} {render.safe(found['name'])}")
    _fields(found)
    if found["do_not_call"]:
        render.tell(_("Do not call."))
    open_ones = [one for one in found["followups"] if one["status"] in ("open", "overdue")]
    render.tell()
    if open_ones:
        render.heading(_("Owed"))
        render.table([_follow_up(one) for one in open_ones], FOLLOW_UPS)
    else:
        render.heading(_("Nothing is owed."))
        if upcoming is not None:
            render.tell(_("Next: {rule} opens on {day}").format(rule=wording.rule(upcoming[1]), day=upcoming[0]))
    render.tell()
    render.heading(_("What happened"))
    render.table([_event(one) for one in found["timeline"]], TIMELINE)


def _fields(found: dict[str, Any]) -> None:
    rows = []
    for key, title in FIELDS:
        value = found[key]
        if value in (None, ""):
            continue
        rows.append((_(title), _word(key, str(value))))
    size = max((render.width(title) for title, _value in rows), default=0)
    for title, value in rows:
        render.tell(f"{render.pad(title, size)}  {render.safe(value)}")


def _word(key: str, value: str) -> str:
    if key == "followed_by":
        return wording.department(value)
    return wording.word(value) if key in ("kind", "intention") else value


def _follow_up(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "rule": wording.rule(one["rule"]), "status": wording.state(one["status"])}


def _event(one: dict[str, Any]) -> dict[str, Any]:
    names = {
        "order": _("order"), "cancelled": _("cancelled"), "completed": _("completed"), "revisit": _("revisit"),
        "handover": _("hand-over"), "sales": _("sales follow-up"), "allocation": _("allocation"), "fact": _("file"),
        "shown_order": _("order shown"),
    }  # fmt: skip
    say = {"fact": _fact, "handover": wording.department, "revisit": wording.word}.get(one["kind"], str)
    parts = [say(part) for part in one["parts"] if part]
    on: date | None = one["on"]
    return {"on": on or _("from the start"), "what": names[one["kind"]], "text": " · ".join(parts)}


def _fact(part: str) -> str:
    return wording.fact(*part.split(" = ", 1))
