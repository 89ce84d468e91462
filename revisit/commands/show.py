"""`revisit show CUSTOMER`: the file and its timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Annotated, Any

import typer

from revisit import access, audit, customers, history, render, scheduler, search, wording
from revisit.commands import dealings
from revisit.commands.options import Command, CustomerArgument, JsonOption, OnOption, context_of
from revisit.context import Context
from revisit.i18n import N_, _
from revisit.policy.outcome import LIVE
from revisit.render import Column

FOLLOW_UPS = (
    Column("rule", N_("Rule")),
    Column("clause", N_("Clause")),
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
KINDS = {
    "order": N_("order"), "orders": N_("orders"), "cancelled": N_("cancelled"), "completed": N_("completed"),
    "revisit": N_("revisit"), "enquiry": N_("enquiry"), "talk": N_("talk with sales"), "void": N_("voided"),
    "handover": N_("hand-over"), "sales": N_("sales follow-up"), "allocation": N_("allocation"), "fact": N_("file"),
    "shown_order": N_("order shown"), "case": N_("case"), "complaint": N_("complaint"), "service": N_("service job"),
    "approval": N_("approval"), "survey": N_("survey"),
}  # fmt: skip
FEW = 3
"""Orders of one month up to this number stand one by one; more of them become a line with their number and days."""
WIDE = 100  # columns from which the fields of a file stand in two columns


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("show", cls=Command, help=_("One customer: file, what is owed, and everything that happened."))(show)


def show(
    ctx: typer.Context,
    customer: CustomerArgument,
    on: OnOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help=_("Every order on a line of its own, and follow-ups that are over."))
    ] = False,
    reveal: Annotated[
        bool, typer.Option("--reveal", help=_("Phones and address whole; it is logged, with the reason."))
    ] = False,
    reason: Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why they have to be seen."))] = "",
    as_json: JsonOption = False,
) -> None:
    """Phones and addresses are whole for the person who owes this customer a contact, masked for everybody else."""
    context = context_of(ctx)
    if reveal:
        _reveal(context, customer, reason)
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        customer_id = customers.get_customer(sql, customer, viewer)
        seen = context.day(on, company)
        found = history.whole_file(sql, company, customer_id, on=seen, viewer=viewer, now=context.now, revealed=reveal)
        upcoming = scheduler.next_on(sql, company, customer_id, seen)
        existence = viewer.sees("name", access.owner_of(sql, customer_id)) != "whole"
    _tell_merged(found, customer)
    if as_json:
        render.as_json(found)
    else:
        with render.paged():
            _screen(found, upcoming, existence=existence, everything=everything)


def _screen(found: dict[str, Any], upcoming: tuple[date, str] | None, *, existence: bool, everything: bool) -> None:
    render.heading(f"{render.safe(found['code'])} {render.safe(found['name'])}")
    if existence:
        whose = found["rep"] or _("(no representative)")
        render.tell(_("A customer of {rep}: you see that it is there, nothing else.").format(rep=render.safe(whose)))
        return
    _fields(found)
    _standing(found)
    render.tell()
    _show_follow_ups(found["followups"], everything)
    if not any(one["status"] in LIVE for one in found["followups"]) and upcoming is not None:
        render.tell(_("Next: {rule} opens on {day}").format(rule=wording.rule(upcoming[1]), day=upcoming[0]))
    dealings.show(found)
    if found["timeline"]:
        render.tell()
        render.heading(_("What happened, newest first"))
        _timeline(found["timeline"] if everything else list(_gathered(found["timeline"])))


def _tell_merged(found: dict[str, Any], text: str) -> None:
    """Says so where the file that was named was merged into the one that is shown."""
    wanted = search.fold(text)
    if wanted in (search.fold(found["code"]), search.fold(found["name"])):
        return
    for one in found["merged"]:
        if wanted in (search.fold(one["code"]), search.fold(one["name"])):
            told = _("{code} was merged into {keep}.")
            render.note(told.format(code=render.safe(one["code"]), keep=render.safe(found["code"])))
            return


def _reveal(context: Context, text: str, reason: str) -> None:
    """Notes who has seen the whole numbers, and why, before they are shown."""
    why = audit.reason_of(reason)
    with context.unit() as unit:
        customer_id = customers.get_customer(unit.sql, text, access.viewer(unit.sql, unit.actor))
        access.require(unit.sql, unit.actor, "reveal", customer_id)
        audit.changed(
            unit.session, action="reveal", table="contact_point", row_id=None, customer_id=customer_id,
            after={"reason": why},
        )  # fmt: skip


def _fields(found: dict[str, Any]) -> None:
    rows = []
    for key, title in FIELDS:
        value = found[key]
        if value not in (None, ""):
            rows.append((_(title), render.safe(shown_field(key, value))))
    size = max((render.width(title) for title, _value in rows), default=0)
    lines = [f"{render.pad(title, size)}  {value}" for title, value in rows]
    half = (len(lines) + 1) // 2
    room = max((render.width(line) for line in lines[:half]), default=0) + 4
    if render.columns() >= WIDE and room + max(map(render.width, lines[half:]), default=0) <= render.columns():
        right = [*lines[half:], ""]
        lines = [f"{render.pad(left, room)}{other}".rstrip() for left, other in zip(lines[:half], right, strict=False)]
    for line in lines:
        render.tell(line)


def _standing(found: dict[str, Any]) -> None:
    """What takes every rule away, in sight; and which files were merged into this one."""
    if found["merged"]:
        files = wording.listed(render.safe(f"{one['code']} {one['name']}") for one in found["merged"])
        render.tell(_("Merged into this file: {files}").format(files=files))
    if found["closed"]:
        render.tell(_("The file is closed."))
    if found["do_not_call"]:
        render.tell(_("Do not call."))
    if found["waived"] is not None:
        until = found["waived"]["until_on"] or _("further notice")
        why = render.safe(found["waived"]["reason"])
        render.tell(_("Waived until {until}: {reason}").format(until=until, reason=why))


def _show_follow_ups(follow_ups: Sequence[dict[str, Any]], everything: bool) -> None:
    shown = [one for one in follow_ups if everything or one["status"] in LIVE]
    if any(one["status"] in LIVE for one in shown):
        render.heading(_("Owed"))
    else:
        render.heading(_("Nothing is owed."))
    if shown:
        rows = [one | {"rule": wording.rule(one["rule"]), "status": wording.state(one["status"])} for one in shown]
        render.table(rows, FOLLOW_UPS)


def shown_field(key: str, value: Any) -> str:
    """A field of a file in words; nothing where nothing is known."""
    if value in (None, "", False):
        return ""
    if key == "waived":
        return str(value["until_on"] or _("further notice"))
    if value is True:
        return _("yes")
    if key == "followed_by":
        return wording.department(str(value))
    return wording.word(str(value)) if key in ("kind", "intention") else str(value)


def _gathered(events: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The events; the many orders of a month, with their completions, become one line where the last of them stood."""
    trade = ("order", "completed", "shown_order")
    for _month, group in groupby(events, key=lambda one: str(one["on"])[:7]):
        month = list(group)
        orders = [one for one in month if one["kind"] == "order"]
        if len(orders) <= FEW:
            yield from month
            continue
        last = max(place for place, one in enumerate(month) if one["kind"] in trade)
        for place, one in enumerate(month):
            if place == last:
                days = f"{orders[0]['on']:%m-%d} … {orders[-1]['on']:%m-%d}"
                yield {"on": orders[-1]["on"], "kind": "orders", "parts": [str(len(orders)), days]}
            elif one["kind"] not in trade:
                yield one


def _timeline(events: Sequence[dict[str, Any]]) -> None:
    """The events, newest first, month by month: day, what it was, and what is known of it."""
    size = max(render.width(_(KINDS[one["kind"]])) for one in events)
    indent = 2 + 5 + 2 + size + 2
    room = max(20, render.columns() - indent)
    for month, group in groupby(reversed(events), key=lambda one: str(one["on"])[:7] if one["on"] else ""):
        render.tell(month or _("from the start"))
        for one in group:
            on: date | None = one["on"]
            text = render.safe(" · ".join(filter(None, _said(one["kind"], one["parts"]))))
            first, *rest = render.fold(text, room)
            head = f"  {on.strftime('%m-%d') if on else '     '}  {render.pad(_(KINDS[one['kind']]), size)}  "
            render.tell((head + first).rstrip())
            for line in rest:
                render.tell(" " * indent + line)


def _said(kind: str, parts: Sequence[str]) -> Iterator[str]:
    """The parts of an event in words."""
    if kind == "fact":
        stated, until, *rest = (*parts, "", "")
        yield f"{wording.fact(*stated.split(' = ', 1))} {until}".rstrip()
        yield from rest
    elif kind in ("case", "complaint", "service", "approval", "survey"):
        yield from dealings.event(kind, parts)
    elif kind == "handover":
        yield from map(wording.department, parts)
    else:
        yield from map(wording.word, parts) if kind in ("revisit", "enquiry", "talk", "void") else parts
