"""`revisit complaint measure|return`: what follows from a complaint, measures of improvement and goods that come back."""

from __future__ import annotations

from typing import Annotated

import typer

from revisit import complaints
from revisit.commands import complaint_view
from revisit.commands.complaint_moves import NumberArgument, cents, tell, thousandths
from revisit.commands.options import Command, JsonOption, context_of
from revisit.errors import WrongUsage
from revisit.i18n import N_, _

ItemOption = Annotated[
    int | None,
    typer.Option("--item", metavar=_("PLACE"), min=1, help=_("Which one of this complaint, counted from 1.")),
]


def mount(group: typer.Typer) -> None:
    """Hangs the commands of this file on the group `complaint`."""
    group.command("measure", cls=Command, help=_("A measure of improvement: planned, done, or why none is needed."))(
        measure
    )
    group.command("return", cls=Command, help=_("Goods that come back: announced, received, the note signed."))(return_)


def measure(
    ctx: typer.Context,
    number: NumberArgument,
    text: Annotated[str, typer.Option("--text", metavar=_("TEXT"), help=_("The measure."))] = "",
    department: Annotated[
        str, typer.Option("--department", metavar=_("NAME"), help=_("Whose it is; otherwise the responsible one's."))
    ] = "",
    by: Annotated[
        str | None, typer.Option("--by", metavar=_("DATE"), help=_("Until when; otherwise 30 days (policy)."))
    ] = None,
    item: ItemOption = None,
    done: Annotated[str, typer.Option("--done", metavar=_("TEXT"), help=_("It is done: what was done."))] = "",
    exempt: Annotated[str, typer.Option("--exempt", metavar=_("REASON"), help=_("It is not needed, and why."))] = "",
    as_json: JsonOption = False,
) -> None:
    """--text plans one; --item N --done TEXT ends one; --exempt REASON: none is needed, or with --item not this one."""
    said = [bool(one.strip()) for one in (text, done, exempt)]
    if sum(said) != 1 or (item is None and said[1]) or (item is not None and said[0]):
        raise WrongUsage(
            N_("a measure is planned with --text, ended with --item and --done, or not needed with --exempt"),
            N_("for example: revisit complaint measure 1 --text TEXT --by DATE"),
        )
    context = context_of(ctx)
    with context.unit() as unit:
        due_on = context.day(by, unit.company) if by is not None else None
        if due_on is not None and due_on < unit.today:
            raise WrongUsage(N_("a measure is not due before today"), N_("name a day from today on"))
        sight = complaints.sight_of(unit.sql, unit.company, unit.actor, unit.now)
        one = complaints.get_complaint(unit.sql, unit.company, number, unit.today, lock=True)
        if item is None:
            made = complaints.plan_measure(
                unit.session, unit.sql, unit.company, one, text=text, exempt=exempt, department=department, due_on=due_on,
                sight=sight, actor=unit.actor, at=unit.now,
            )  # fmt: skip
        else:
            made = complaints.end_measure(
                unit.session, unit.sql, unit.company, one, item, done=done, exempt=exempt, sight=sight, actor=unit.actor,
                at=unit.now,
            )  # fmt: skip
    tell(ctx, one.number, complaint_view.measure_of(made), as_json=as_json)


def return_(
    ctx: typer.Context,
    number: NumberArgument,
    goods: Annotated[str, typer.Option("--goods", metavar=_("TEXT"), help=_("What comes back."))] = "",
    quantity: Annotated[
        str | None, typer.Option("--quantity", metavar=_("QUANTITY"), help=_("How much is to come back."))
    ] = None,
    unit: Annotated[str, typer.Option("--unit", metavar=_("TEXT"), help=_("The unit of the quantity."))] = "",
    discount: Annotated[
        bool, typer.Option("--discount", help=_("A discount note follows; otherwise a return note."))
    ] = False,
    item: ItemOption = None,
    received: Annotated[
        str | None, typer.Option("--received", metavar=_("QUANTITY"), help=_("So much did come back."))
    ] = None,
    approve: Annotated[
        str | None, typer.Option("--approve", metavar=_("QUANTITY"), help=_("The note is signed for so much."))
    ] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", metavar=_("AMOUNT"), help=_("What the note is worth: 800, 1.2万."))
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar=_("NUMBER"), help=_("The number of the note."))] = "",
    as_json: JsonOption = False,
) -> None:
    """--goods announces; --item N --received; then somebody else: --item N --approve. Never for more than came back."""
    if sum(map(bool, (goods.strip(), received, approve))) != 1 or (item is None) != bool(goods.strip()):
        raise WrongUsage(
            N_(
                "goods are announced with --goods and --quantity, then --item with --received, then --item with --approve"
            ),
            N_("for example: revisit complaint return 1 --goods TEXT --quantity 20"),
        )
    context, worth = context_of(ctx), cents(amount)
    if worth == 0:
        raise WrongUsage(N_("a note is worth more than 0"), N_("say what it is worth: --amount AMOUNT"))
    with context.unit() as work:
        sight = complaints.sight_of(work.sql, work.company, work.actor, work.now)
        one = complaints.get_complaint(work.sql, work.company, number, work.today, lock=True)
        if item is None:
            back = complaints.announce(
                work.session, work.sql, one, goods=goods, quantity=thousandths(quantity) if quantity else 0, unit=unit,
                note="discount" if discount else "return", amount=worth, sight=sight, actor=work.actor, at=work.now,
            )  # fmt: skip
        elif received is not None:
            back = complaints.receive(
                work.session, work.sql, one, item, quantity=thousandths(received), amount=worth, sight=sight, actor=work.actor,
                at=work.now,
            )  # fmt: skip
        else:
            assert approve is not None
            back = complaints.approve(
                work.session, work.sql, one, item, quantity=thousandths(approve), amount=worth, note_number=note,
                sight=sight, actor=work.actor, at=work.now,
            )  # fmt: skip
    tell(ctx, one.number, complaint_view.goods_of(back), as_json=as_json)
