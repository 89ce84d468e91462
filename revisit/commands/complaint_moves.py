"""The steps of a complaint, each a command of `revisit complaint`: from `open` to `close`, and `refuse`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from revisit import access, approvals, cases, complaints, customers, form_words, posts, render, wording
from revisit.commands.options import Command, CustomerArgument, JsonOption, context_of
from revisit.commands.outcomes import channel_of, word_of
from revisit.complaints import Complaint, Facts, Said
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _
from revisit.intake import cells
from revisit.matters import deadlines, wall, words

KINDS = ("quality", "non-quality")
NumberArgument = Annotated[
    str, typer.Argument(metavar=_("NUMBER"), help=_("The number of a complaint: TS2026-0001, or 1 of this year."))
]
TextOption = Annotated[str, typer.Option("--text", metavar=_("TEXT"), help=_("What was said or written."))]
ResultOption = Annotated[str, typer.Option("--result", metavar=_("TEXT"), help=_("What came of it."))]
ReasonOption = Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why; it stands on record."))]
DepartmentOption = Annotated[str, typer.Option("--department", metavar=_("NAME"), help=_("To which department."))]
QuantityOption = Annotated[
    str | None, typer.Option("--quantity", metavar=_("QUANTITY"), help=_("How much, with up to three decimals."))
]
OrderOption = Annotated[str | None, typer.Option("--order", metavar=_("NUMBER"), help=_("The order."))]
BatchOption = Annotated[str | None, typer.Option("--batch", metavar=_("TEXT"), help=_("The batch."))]
UnitOption = Annotated[str | None, typer.Option("--unit", metavar=_("TEXT"), help=_("The unit of the quantity."))]
ShippedOption = Annotated[str | None, typer.Option("--shipped", metavar=_("DATE"), help=_("When it was shipped."))]
DemandOption = Annotated[str | None, typer.Option("--demand", metavar=_("TEXT"), help=_("What the customer demands."))]
SevereOption = Annotated[
    bool | None, typer.Option("--severe/--ordinary", help=_("Severe: put before the vice president at once."))
]
UrgentOption = Annotated[bool | None, typer.Option("--urgent/--not-urgent", help=_("How urgent it is."))]


def mount(group: typer.Typer) -> None:
    """Hangs the steps on the group `complaint`."""
    for name, function, text in (
        ("open", open_, _("Accept a complaint on a new form.")),
        ("facts", facts, _("Order, batch, quantity, shipping date, demand (marketing).")),
        ("instruct", instruct, _("The vice president says what is to be done about a severe one.")),
        ("investigate", investigate, _("A department investigates it.")),
        ("urge", urge, _("Urge the department that investigates, with its answer.")),
        ("conclude", conclude, _("The investigation has ended: the cause (research and development).")),
        ("report", report, _("The report to the supervising vice president.")),
        ("propose", propose, _("Propose how it is settled, and who is responsible.")),
        ("settle", settle, _("The settlement takes effect, once it is signed.")),
        ("answer", answer, _("The customer was told, in a letter or by word (marketing).")),
        ("close", close, _("Close it, with what came of it.")),
        ("refuse", refuse, _("The customer does not accept the answer: a new form follows.")),
        ("hold", hold, _("Wait for the customer: the clocks stand still.")),
        ("resume", resume, _("The customer answered: the clocks run again.")),
    ):
        group.command(name, cls=Command, help=text)(function)


def open_(
    ctx: typer.Context,
    customer: CustomerArgument,
    text: TextOption = "",
    case: Annotated[
        int | None,
        typer.Option("--case", metavar=_("NUMBER"), min=1, help=_("The case that turned out to be this complaint.")),
    ] = None,
    order: OrderOption = None,
    batch: BatchOption = None,
    quantity: QuantityOption = None,
    unit: UnitOption = None,
    shipped: ShippedOption = None,
    demand: DemandOption = None,
    severe: SevereOption = None,
    urgent: UrgentOption = None,
    as_json: JsonOption = False,
) -> None:
    """It is to be closed within six days (P4); the number is the next one of this year. A case gives its text and goes on."""
    context = context_of(ctx)
    known = _facts(ctx, order, batch, quantity, unit, shipped, demand, severe=severe, urgent=urgent)
    with context.unit() as unit_:
        customer_id = customers.get_customer(unit_.sql, customer, access.viewer(unit_.sql, unit_.actor))
        access.require(unit_.sql, unit_.actor, "log", customer_id)
        before = cases.get_case(unit_.sql, case, lock=True) if case is not None else None
        made = complaints.open_complaint(
            unit_.session, unit_.sql, unit_.company, customer_id=customer_id, actor=unit_.actor, facts=known, at=unit_.now,
            what=text or (before.what if before else ""), case_id=before.id if before else None,
        )  # fmt: skip
    tell(ctx, made.number, as_json=as_json)


def facts(
    ctx: typer.Context,
    number: NumberArgument,
    order: OrderOption = None,
    batch: BatchOption = None,
    quantity: QuantityOption = None,
    unit: UnitOption = None,
    shipped: ShippedOption = None,
    demand: DemandOption = None,
    severe: SevereOption = None,
    urgent: UrgentOption = None,
    as_json: JsonOption = False,
) -> None:
    """What was said before stays in the audit."""
    known = _facts(ctx, order, batch, quantity, unit, shipped, demand, severe=severe, urgent=urgent)
    _move(ctx, number, "facts", Said(facts=known), as_json=as_json)


def instruct(ctx: typer.Context, number: NumberArgument, text: TextOption = "", as_json: JsonOption = False) -> None:
    """Within an hour, for whoever it was put before (P3 2.1)."""
    _move(ctx, number, "instruct", Said(text=text), as_json=as_json)


def investigate(
    ctx: typer.Context,
    number: NumberArgument,
    department: DepartmentOption = "",
    text: TextOption = "",
    as_json: JsonOption = False,
) -> None:
    """Its people see the complaint from then on, and write down what they find."""
    _move(ctx, number, "investigate", Said(text=text, department=department), as_json=as_json)


def urge(ctx: typer.Context, number: NumberArgument, text: TextOption = "", as_json: JsonOption = False) -> None:
    """Each urging stands on record with its time and what was answered."""
    _move(ctx, number, "urge", Said(text=text), as_json=as_json)


def conclude(
    ctx: typer.Context,
    number: NumberArgument,
    cause: Annotated[str, typer.Option("--cause", metavar=_("TEXT"), help=_("The cause that was found."))] = "",
    kind: Annotated[str, typer.Option("--kind", metavar=_("KIND"), help=wording.words(KINDS))] = "",
    text: Annotated[str, typer.Option("--check", metavar=_("TEXT"), help=_("What the quality check showed."))] = "",
    as_json: JsonOption = False,
) -> None:
    """The report is due three days later (P4)."""
    if kind:
        kind = word_of(kind, KINDS, "--kind")
    _move(ctx, number, "conclude", Said(cause=cause, kind=kind, text=text), as_json=as_json)


def report(ctx: typer.Context, number: NumberArgument, text: TextOption = "", as_json: JsonOption = False) -> None:
    """Within three days of the end of the investigation (P4)."""
    _move(ctx, number, "report", Said(text=text), as_json=as_json)


def propose(
    ctx: typer.Context,
    number: NumberArgument,
    settlement: Annotated[
        str,
        typer.Option(
            "--settlement", metavar=_("KIND"), help=wording.words(form_words.SETTLEMENTS, form_words.settlement)
        ),
    ] = "",
    amount: Annotated[
        str | None, typer.Option("--amount", metavar=_("AMOUNT"), help=_("What it is worth: 800, 1.2万."))
    ] = None,
    not_upheld: Annotated[bool, typer.Option("--not-upheld", help=_("The complaint is not upheld."))] = False,
    responsible: Annotated[
        str, typer.Option("--responsible", metavar=_("NAME"), help=_("The department that is responsible."))
    ] = "",
    supplier: Annotated[bool, typer.Option("--supplier", help=_("The supplier is liable."))] = False,
    loss: Annotated[str | None, typer.Option("--loss", metavar=_("AMOUNT"), help=_("What we have lost by it."))] = None,
    text: TextOption = "",
    as_json: JsonOption = False,
) -> None:
    """It goes to whoever signs amounts of that size: below 1000.00 the sales manager, up to 5000.00 the vice president (P4)."""
    if settlement:
        settlement = word_of(settlement, form_words.SETTLEMENTS, "--settlement", form_words.settlement)
    said = Said(
        text=text, settlement=settlement or ("none" if not_upheld else ""), amount=cents(amount) or 0, upheld=not not_upheld,
        responsible=responsible, supplier_liable=supplier, loss=cents(loss),
    )  # fmt: skip
    _move(ctx, number, "propose", said, as_json=as_json)


def settle(ctx: typer.Context, number: NumberArgument, text: TextOption = "", as_json: JsonOption = False) -> None:
    """Never above what was signed."""
    _move(ctx, number, "settle", Said(text=text), as_json=as_json)


def answer(
    ctx: typer.Context,
    number: NumberArgument,
    channel: Annotated[
        str, typer.Option("--channel", metavar=_("CHANNEL"), help=_("How: phone, visit, wechat or another channel."))
    ] = "",
    person: Annotated[str, typer.Option("--person", metavar=_("NAME"), help=_("Who was told."))] = "",
    by: Annotated[
        str, typer.Option("--by", metavar=_("NAME"), help=_("Who told it; otherwise whoever types this."))
    ] = "",
    on: Annotated[str | None, typer.Option("--on", metavar=_("DATE"), help=_("When; otherwise today."))] = None,
    letter: Annotated[
        str, typer.Option("--letter", metavar=_("FILE"), help=_("The letter; the form is internal."))
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """How, when and by whom: nothing closes before the customer was told."""
    context = context_of(ctx)
    day: date | None = None
    if on is not None:
        with context.reading() as (sql, company):
            day, today = context.day(on, company), context.today(company)
            opened = wall(complaints.get_complaint(sql, company, number, today).opened_at, company).date()
        if not opened <= day <= today:
            raise Refused(
                N_("the customer cannot have been told on {day}"), N_("name a day since the case was opened"), day=day
            )
    how = channel_of(channel) if channel else ""
    _move(ctx, number, "answer", Said(how=how, person=person, by=by, on=day, document=letter), as_json=as_json)


def close(ctx: typer.Context, number: NumberArgument, result: ResultOption = "", as_json: JsonOption = False) -> None:
    """An upheld one has a measure of improvement, or a reason why not. The customer is owed a revisit within three days (P0)."""
    _move(ctx, number, "close", Said(result=result), as_json=as_json)


def refuse(ctx: typer.Context, number: NumberArgument, reason: ReasonOption = "", as_json: JsonOption = False) -> None:
    """Both forms name each other; the new one begins with the facts of the old."""
    _move(ctx, number, "refuse", Said(reason=reason), as_json=as_json)


def hold(ctx: typer.Context, number: NumberArgument, reason: ReasonOption = "", as_json: JsonOption = False) -> None:
    """What is late already stays late."""
    _move(ctx, number, "hold", Said(reason=reason), as_json=as_json)


def resume(ctx: typer.Context, number: NumberArgument, text: TextOption = "", as_json: JsonOption = False) -> None:
    """The deadlines move on by the time that the clocks stood still."""
    _move(ctx, number, "resume", Said(text=text), as_json=as_json)


def _facts(
    ctx: typer.Context,
    order: str | None,
    batch: str | None,
    quantity: str | None,
    unit: str | None,
    shipped: str | None,
    demand: str | None,
    *,
    severe: bool | None,
    urgent: bool | None,
) -> Facts:
    """What was said with the options. Raises WrongUsage."""
    context = context_of(ctx)
    shipped_on = None
    if shipped is not None:
        with context.reading() as (_sql, company):
            shipped_on = context.day(shipped, company)
    return Facts(
        severity=None if severe is None else "severe" if severe else "ordinary",
        urgency=None if urgent is None else "urgent" if urgent else "ordinary",
        order_number=order, batch_number=batch, unit=unit, shipped_on=shipped_on, demand=demand,
        quantity=thousandths(quantity) if quantity is not None else None,
    )  # fmt: skip


def thousandths(text: str) -> int:
    """A quantity in thousandths. Raises WrongUsage for what is none, or not above 0."""
    try:
        value = Decimal(text.strip()) * 1000
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or value <= 0 or value != int(value) or value > 10**12:
        raise WrongUsage(N_("“{text}” is no quantity"), N_("write for example 20 or 12.5"), text=text)
    return int(value)


def cents(text: str | None) -> int | None:
    """An amount in cents; None where none was said. Raises WrongUsage."""
    if text is None:
        return None
    try:
        found = cells.money(text)
    except cells.CellError as error:
        raise WrongUsage(error.template, N_("write for example 20000 or 2万"), **error.params) from error
    if found is None or found < 0:
        raise WrongUsage(N_("“{text}” is no amount"), N_("write for example 20000 or 2万"), text=text)
    return found


def _move(ctx: typer.Context, number: str, action: str, said: Said, *, as_json: bool) -> None:
    with context_of(ctx).unit() as unit:
        moved = complaints.make(
            unit.session, unit.sql, unit.company, number, action, said,
            sight=complaints.sight_of(unit.sql, unit.company, unit.actor, unit.now), actor=unit.actor, at=unit.now,
        )  # fmt: skip
    tell(ctx, moved.number, as_json=as_json)


def tell(ctx: typer.Context, number: str, part: str = "", *, as_json: bool) -> None:
    """The complaint as it stands now: what is owed next, by whom, until when; `part`: the measure or goods it was about."""
    from revisit.commands import complaint_view, matters

    context = context_of(ctx)
    with context.reading() as (sql, company):
        sight = complaints.sight_of(sql, company, context.actor(sql), context.now)
        found: Complaint = complaints.get_complaint(sql, company, number, context.today(company))
        if as_json:
            document = complaint_view.document(sql, company, found, sight, context.now)
        kept = deadlines.open_of(sql, "complaint", [found.id]).get(found.id, [])
    if as_json:
        render.as_json(document)
        return
    shown = posts.load_posts()
    told = _("Complaint {number} of {code}: {state}").format(
        number=found.number, code=render.safe(found.code), state=_(words.STATES[found.state])
    )
    if found.case is not None and found.state == "accepted":
        told += " · " + _("from case #{number}").format(number=found.case)
    if found.parent and found.state == "accepted":
        told += " · " + _("goes on from {number}").format(number=found.parent)
    if found.approval is not None and found.state == "proposed":
        told += " · " + _("to be signed: approval {number}").format(number=approvals.called(found.approval))
    render.tell(told)
    if part:
        render.tell("  " + render.safe(part))
    for one in kept:
        line = _("{clock}: {owner}, {due}").format(
            clock=_(words.CLOCKS[one.clock]), owner=matters.owed_by(one, shown), due=matters.due_text(one, company)
        )
        render.tell("  " + render.safe(line))
