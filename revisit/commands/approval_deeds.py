"""`revisit approval request|sign|reject|withdraw|change|remind`: what is done with an approval."""

from __future__ import annotations

from typing import Annotated

import typer

from revisit import access, approvals, customers, posts, render, staff
from revisit.access import Viewer
from revisit.approvals import Wanted
from revisit.commands import numbers
from revisit.commands.numbers import ApprovalArgument
from revisit.commands.options import Command, CustomerArgument, JsonOption, context_of
from revisit.context import Unit
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.intake import cells
from revisit.matters import deadlines, words
from revisit.policy.chains import KINDS

ReasonOption = Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why; it stands on record."))]
TextOption = Annotated[str, typer.Option("--text", metavar=_("TEXT"), help=_("A word that goes with it."))]
AmountOption = Annotated[
    str | None, typer.Option("--amount", metavar=_("AMOUNT"), help=_("What a complaint is settled with: 800, 1.2万."))
]
LimitOption = Annotated[str | None, typer.Option("--limit", metavar=_("AMOUNT"), help=_("The credit limit wanted."))]
TermOption = Annotated[
    int | None, typer.Option("--term", metavar=_("DAYS"), help=_("The payment term wanted, in days."))
]


def mount(group: typer.Typer) -> None:
    """Hangs the deeds on the group `approval`."""
    for name, function, text in (
        ("request", request, _("Ask for an approval.")),
        ("sign", sign, _("Sign the step that is next.")),
        ("reject", reject, _("Say no, with the reason; nothing changes.")),
        ("withdraw", withdraw, _("Take a request back.")),
        ("change", change, _("Ask for something else: the signatures given so far are void.")),
        ("remind", remind, _("Remind those who sign next.")),
    ):
        group.command(name, cls=Command, help=text)(function)


def request(
    ctx: typer.Context,
    kind: Annotated[
        str, typer.Argument(metavar=_("KIND"), help=_("What is to be signed: {kinds}.").format(kinds=", ".join(KINDS)))
    ],
    customer: CustomerArgument,
    reason: ReasonOption = "",
    amount: AmountOption = None,
    limit: LimitOption = None,
    term: TermOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who signs stands in the policy: revisit policy show"""
    context = context_of(ctx)
    check_kind(kind)
    wanted = wanted_from(amount, limit, term)
    with context.unit() as unit:
        viewer = access.viewer(unit.sql, unit.actor)
        made = approvals.request(
            unit.session, unit.sql, unit.company, kind=kind, customer_id=customers.get_customer(unit.sql, customer, viewer),
            wanted=wanted, reason=reason, viewer=viewer, actor=unit.actor, at=unit.now,
        )  # fmt: skip
    _tell(ctx, made.number, as_json=as_json)


def sign(
    ctx: typer.Context,
    number: ApprovalArgument,
    text: TextOption = "",
    amount: Annotated[
        str | None,
        typer.Option("--amount", metavar=_("AMOUNT"), help=_("What I have read: refused if it was changed since.")),
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option("--limit", metavar=_("AMOUNT"), help=_("What I have read: refused if it was changed since.")),
    ] = None,
    term: Annotated[
        int | None,
        typer.Option("--term", metavar=_("DAYS"), help=_("What I have read: refused if it was changed since.")),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """With the last signature it holds: a new credit limit or payment term from today on."""
    context = context_of(ctx)
    read = wanted_from(amount, limit, term)
    with context.unit() as unit:
        approvals.sign(
            unit.session, unit.sql, unit.company, number, read=read, text=text,
            viewer=access.viewer(unit.sql, unit.actor), actor=unit.actor, at=unit.now,
        )  # fmt: skip
    _tell(ctx, number, as_json=as_json)


def reject(
    ctx: typer.Context, number: ApprovalArgument, reason: ReasonOption = "", as_json: JsonOption = False
) -> None:
    """For whoever would sign next."""
    with context_of(ctx).unit() as unit:
        approvals.reject(
            unit.session, unit.sql, unit.company, number, reason=reason, viewer=access.viewer(unit.sql, unit.actor),
            actor=unit.actor, at=unit.now,
        )  # fmt: skip
    _tell(ctx, number, as_json=as_json)


def withdraw(
    ctx: typer.Context, number: ApprovalArgument, reason: ReasonOption = "", as_json: JsonOption = False
) -> None:
    """For the customer's representative, supervisors and administrators; it stays on record."""
    with context_of(ctx).unit() as unit:
        approvals.withdraw(
            unit.session, unit.sql, unit.company, number, reason=reason, viewer=access.viewer(unit.sql, unit.actor),
            actor=unit.actor, at=unit.now,
        )  # fmt: skip
    _tell(ctx, number, as_json=as_json)


def change(
    ctx: typer.Context,
    number: ApprovalArgument,
    reason: ReasonOption = "",
    amount: AmountOption = None,
    limit: LimitOption = None,
    term: TermOption = None,
    as_json: JsonOption = False,
) -> None:
    """It goes through all signatures again; the void ones stay to be seen."""
    wanted = wanted_from(amount, limit, term)
    with context_of(ctx).unit() as unit:
        approvals.change(
            unit.session, unit.sql, unit.company, number, wanted, reason=reason,
            viewer=access.viewer(unit.sql, unit.actor), actor=unit.actor, at=unit.now,
        )  # fmt: skip
    _tell(ctx, number, as_json=as_json)


def remind(
    ctx: typer.Context,
    number: Annotated[
        int | None,
        typer.Argument(metavar=_("NUMBER"), parser=numbers.approval, help=_("The number of an approval: 3 or A3.")),
    ] = None,
    text: TextOption = "",
    late: Annotated[bool, typer.Option("--late", help=_("Of everything that is late and mine to remind of."))] = False,
    as_json: JsonOption = False,
) -> None:
    """It stands on record, and in the list of those who sign."""
    if late == (number is not None):
        raise WrongUsage(N_("either a number or --late is wanted"), N_("for example: revisit approval remind A3"))
    with context_of(ctx).unit() as unit:
        viewer = access.viewer(unit.sql, unit.actor)
        wanted = [number] if number is not None else _late(unit, viewer)
        for one in wanted:
            approvals.remind(
                unit.session, unit.sql, unit.company, one, text=text, viewer=viewer, actor=unit.actor, at=unit.now
            )
    if as_json:
        render.as_json({"reminded": wanted})
    elif wanted:
        for one in wanted:
            _tell(ctx, one, as_json=False)
    else:
        render.tell(_("Nothing is late that is yours to remind of."))


def _late(unit: Unit, viewer: Viewer) -> list[int]:
    """The approvals that are late and that somebody may remind of."""
    sql, company, today = unit.sql, unit.company, unit.today
    found = approvals.visible(sql, company, viewer, approvals.list_approvals(sql), today)
    kept = deadlines.open_of(sql, "approval", [one.id for one in found])
    return [
        one.number
        for one in found
        if any(each.is_late(unit.now) for each in kept.get(one.id, []))
        and "remind" in approvals.possible(sql, company, viewer, one, [], today)
    ]


def check_kind(kind: str) -> None:
    """Raises WrongUsage for a kind that is none."""
    if kind not in KINDS:
        raise WrongUsage(
            N_("there is no approval of the kind {kind}"), N_("kinds: {known}"), kind=kind, known=", ".join(KINDS)
        )


def wanted_from(amount: str | None, limit: str | None, term: int | None) -> Wanted:
    """What was said with the options. Raises WrongUsage for what is no amount."""
    return Wanted(_cents(amount, "--amount"), _cents(limit, "--limit"), term)


def _cents(text: str | None, option: str) -> int | None:
    if text is None:
        return None
    try:
        found = cells.money(text)
    except cells.CellError as error:
        raise WrongUsage(error.template, N_("write for example 20000 or 2万"), **error.params) from error
    if found is None:
        raise WrongUsage(N_("{option} says no amount"), N_("write for example 20000 or 2万"), option=option)
    return found


def _tell(ctx: typer.Context, number: int, *, as_json: bool) -> None:
    """The approval as it stands now: who signs next, until when, and what looks odd."""
    from revisit.commands import approval, matters

    context = context_of(ctx)
    with context.reading() as (sql, company):
        member = context.actor(sql)
        viewer = access.viewer(sql, member)
        one = approvals.get_approval(sql, number)
        found = approval.document(sql, company, one, viewer, context.now)
        kept = deadlines.open_of(sql, "approval", [one.id]).get(one.id, [])
        holding = {other.post for other in staff.list_staff(sql)}
    if as_json:
        render.as_json(found)
        return
    state = _(words.STATES[one.state])
    told = (
        _("Approval {number}, {what} of {customer}: {state}") if one.code else _("Approval {number}, {what}: {state}")
    )
    render.tell(
        render.safe(told.format(number=one.matter.number, what=approval.what(found), customer=one.code, state=state))
    )
    if one.state == "approved" and one.kind in ("credit", "term") and found["ended_at"] is not None:
        render.tell("  " + _("It holds from {day} on.").format(day=found["ended_at"].date()))
    shown = posts.load_posts()
    for each in kept:
        line = _("{clock}: {owner}, {due}").format(
            clock=_(words.CLOCKS[each.clock]), owner=matters.owed_by(each, shown), due=matters.due_text(each, company)
        )
        render.tell("  " + render.safe(line))
    if kept and not any(each.owner.post in holding for each in kept):
        nobody = " / ".join(posts.shown_post(shown, each.owner.post) for each in kept)
        told = _("Note: nobody holds the post {posts}; give it to somebody: revisit staff change LOGIN --post POST")
        render.note(render.safe(told.format(posts=nobody)))
    if found["split"]:
        render.note(render.safe(_("Note: this one {split}.").format(split=approval.split_text(found["split"]))))
