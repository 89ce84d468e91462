"""`revisit complaint form|letter`: the internal form of a complaint and the customer's letter, workbooks that print on A4 in the
language in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import access, approvals, audit, complaints, form_words, posts, render, scheduler, staff, wording
from revisit.commands import complaint_view, matters
from revisit.commands.callsheets import check_output
from revisit.commands.complaint_moves import NumberArgument
from revisit.commands.options import Command, JsonOption, YesOption, context_of
from revisit.company import CompanyInfo
from revisit.complaints import Complaint, Sight
from revisit.context import Unit
from revisit.db import Sql
from revisit.i18n import N_, _
from revisit.matters import wall
from revisit.sheets.forms import Form

SIGNATURES = (N_("Customer service"), N_("Marketing"), N_("Research and development"), N_("Vice president"))


OutputOption = Annotated[
    Path, typer.Option("--output", "-o", metavar=_("FILE"), help=_("The workbook to write, .xlsx."))
]


def mount(group: typer.Typer) -> None:
    """Hangs the commands of this file on the group `complaint`."""
    group.command("form", cls=Command, help=_("The form, to print on A4 (.xlsx)."))(form)
    group.command("letter", cls=Command, help=_("The letter to the customer, to print on A4 (.xlsx)."))(letter)


def form(
    ctx: typer.Context,
    number: NumberArgument,
    output: OutputOption,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """It is internal: the customer gets a letter. Who wrote it to a file stands on it and in the audit."""

    def filled(unit: Unit, sight: Sight, one: Complaint) -> Form:
        return _filled(unit, one, complaint_view.document(unit.sql, unit.company, one, sight, unit.now))

    _write(ctx, number, output, "complaint-form", filled, replace=yes, as_json=as_json)


def letter(
    ctx: typer.Context,
    number: NumberArgument,
    output: OutputOption,
    contact: Annotated[
        str, typer.Option("--contact", metavar=_("TEXT"), help=_("How to reach us: name, telephone, address."))
    ] = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """What was complained and decided, nothing internal; once it is settled. Once sent: complaint answer N --letter FILE"""

    def filled(unit: Unit, sight: Sight, one: Complaint) -> Form:
        complaints.require_letter(unit.sql, sight, one)
        return _letter(unit, one, contact.strip())

    _write(ctx, number, output, "complaint-letter", filled, replace=yes, as_json=as_json)


def _write(
    ctx: typer.Context,
    number: str,
    output: Path,
    kind: str,
    filled: Callable[[Unit, Sight, Complaint], Form],
    *,
    replace: bool,
    as_json: bool,
) -> None:
    """Writes a sheet of a complaint for whoever may see it; the audit knows who did."""
    from revisit.sheets.forms import workbook_of
    from revisit.sheets.writing import write_beside

    context = context_of(ctx)
    check_output(output, replace=replace)
    with context.reading() as (sql, _company):
        if context.actor(sql) is None:
            raise staff.nobody()
    made: list[Complaint] = []

    def write_it(beside: Path) -> None:
        beside.touch(mode=0o600)
        with context.unit() as unit:
            sight = complaints.sight_of(unit.sql, unit.company, unit.actor, unit.now)
            one = complaints.get_complaint(unit.sql, unit.company, number, unit.today)
            complaints.require_sight(unit.sql, sight, one)
            workbook_of(filled(unit, sight, one)).save(beside)
            made.append(one)
            named = output.name.encode(errors="surrogateescape").decode(errors="replace")
            audit.changed(
                unit.session, action="export", table="complaint", row_id=one.id, customer_id=one.customer_id,
                after={"kind": kind, "file": named, "number": one.number},
            )  # fmt: skip

    write_beside(output, write_it, replace=replace)
    if as_json:
        render.as_json({"file": str(output), "number": made[0].number})
    else:
        render.tell(_("{file} is written: {number}").format(file=render.safe(output), number=made[0].number))


def _letter(unit: Unit, one: Complaint, contact: str) -> Form:
    """The letter: nothing of what was found inside, of departments, losses or what staff wrote for each other."""
    company, today = unit.company, unit.today
    quantity = " ".join(filter(None, (form_words.quantity(one.quantity) if one.quantity is not None else "", one.unit)))
    if not one.upheld:
        decided = _("After a careful check we could not find that the goods or the service were at fault.")
    elif one.settlement == "none":
        decided = _("We take what you told us seriously; no payment follows from it.")
    else:
        decided = _("We settle it by: {settlement}, worth {amount}.").format(
            settlement=wording.word(one.settlement), amount=wording.money(one.amount)
        )
    pairs = [
        (_("Complaint no."), one.number),
        (_("Received"), f"{wall(one.opened_at, company):%Y-%m-%d}"),
        (_("Order"), one.order_number),
        (_("Batch"), one.batch_number),
        (_("Quantity"), quantity),
        (_("Shipped"), f"{one.shipped_on or ''}"),
        (_("Your complaint"), one.what),
        (_("Your demand"), one.demand),
        (_("Our decision"), decided),
    ]
    rep = access.whose(unit.sql, one.customer_id).owner_name or company.name
    person = contact or _("{rep}, customer service").format(rep=rep)
    return Form(
        title=_("Answer to your complaint"),
        below=(),
        opening=(
            _("Dear {customer},").format(customer=one.name),
            _("thank you for telling us what went wrong. We are sorry for the trouble, and this is what we decided."),
        ),
        pairs=[(title, text) for title, text in pairs if text],
        blocks=(),
        closing=(
            _(
                "If anything is still open, or if you do not agree, please reach us and name the number above: {contact}"
            ).format(contact=person),
            _("Thank you for your trust."),
        ),
        signed=(company.name, f"{today:%Y-%m-%d}"),
    )


def _filled(unit: Unit, one: Complaint, found: dict[str, Any]) -> Form:
    who = unit.actor.name if unit.actor.name == unit.actor.login else f"{unit.actor.name} {unit.actor.login}"
    now = scheduler.local_at(unit.now, unit.company)
    below = [
        f"{unit.company.name} · {found['number']} · {found['customer']} {found['name']}",
        _("internal · written by {who} · {now}").format(who=who, now=f"{now:%Y-%m-%d %H:%M}"),
    ]
    blocks = [
        (_("Measures of improvement"), [complaint_view.measure_line(each) for each in found["measures"]]),
        (_("Goods that come back"), [complaint_view.returned_line(each) for each in found["returned"]]),
        (_("Duties"), [complaint_view.duty_line(each) for each in found["duties"]]),
        (_("Signatures on record"), _signed(unit.sql, unit.company, one)),
        (
            _("What was done"),
            [f"{matters.shown_at(each['at'])} {complaint_view.event_line(each)}" for each in found["timeline"]],
        ),
    ]
    return Form(
        _("Complaint form"), below, complaint_view.form_lines(found), blocks, [_(title) for title in SIGNATURES]
    )


def _signed(sql: Sql, company: CompanyInfo, one: Complaint) -> list[str]:
    """Who signed the settlement, for which post, when."""
    if one.approval_id is None:
        return []
    shown = posts.load_posts()
    return [
        " · ".join(
            (posts.shown_post(shown, given.post), given.name, f"{scheduler.local_at(given.at, company):%Y-%m-%d %H:%M}")
        )
        for given in approvals.signatures_of(sql, [one.approval_id]).get(one.approval_id, [])
        if given.void_at is None
    ]
