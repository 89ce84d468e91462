"""`revisit call CUSTOMER`: the guided call, from the briefing to the record."""

from __future__ import annotations

from typing import Annotated

import typer

from revisit import access, calls, clock, customers, prompting, render, script_faults, script_files, staff, wording
from revisit.commands import briefing
from revisit.commands.calling import Desk
from revisit.commands.options import Command, context_of
from revisit.commands.scripts import purpose
from revisit.context import Context
from revisit.desk import drafts
from revisit.desk.briefing import brief
from revisit.desk.cautions import cautions
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _
from revisit.policy.scripts import Script, check_script

BY_VOICE = ("phone", "visit", "wechat", "service")
"""Channels by which somebody is talked to."""
HARMLESS = (
    "too-long",
    "opening-too-long",
    "too-many-questions",
    "no-permission",
    "unhappy-without-case",
    "callback-without-text",
)
"""Faults of a script with which a call can be led to its end all the same."""


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("call", cls=Command, help=_("A guided call: briefing, script step by step, record."))(call)


def call(
    ctx: typer.Context,
    customer: Annotated[
        str | None,
        typer.Argument(
            metavar=_("CUSTOMER"),
            help=_("A code, or a name or phone that fits exactly one customer; none: only with --practice --script."),
        ),
    ] = None,
    script_id: Annotated[
        str | None, typer.Option("--script", metavar=_("ID"), help=_("This script instead of the one that fits."))
    ] = None,
    channel: Annotated[str, typer.Option("--channel", "-c", metavar=_("WORD"), help=wording.words(BY_VOICE))] = "phone",
    practice: Annotated[
        bool, typer.Option("--practice", help=_("Walk a script to learn it: nothing is recorded."))
    ] = False,
) -> None:
    """An answer is one key. Every answer is kept: an interrupted call goes on where it stopped."""
    if channel not in BY_VOICE:
        raise WrongUsage(
            N_("{option} does not know the word {word}"), N_("one of: {known}"), option="--channel", word=channel,
            known=", ".join(BY_VOICE),
        )  # fmt: skip
    if customer is None and not (practice and script_id is not None):
        raise WrongUsage(
            N_("whom is the call for?"),
            N_("name a customer; to practise without one: revisit call --practice --script ID"),
        )
    require_person()
    context = context_of(ctx)
    if customer is not None:
        with context.reading() as (sql, _company):
            customer_id = customers.get_customer(sql, customer, access.viewer(sql, context.actor(sql)))
        open_call(context, customer_id, script_id=script_id, channel=channel, practice=practice)
    else:
        assert script_id is not None
        _practise(context, script_id)


def require_person() -> None:
    """Raises WrongUsage where nobody sits at a terminal: no pipe ever answers for a customer."""
    prompting.require_terminal(
        N_("a call is led at a terminal, and here is none: nothing is asked and nothing is made up"),
        N_("record a talk with: revisit log CUSTOMER --result …; what to say: revisit script CUSTOMER"),
    )


def open_call(
    context: Context, customer_id: int, *, script_id: str | None = None, channel: str = "phone", practice: bool = False
) -> None:
    """Briefing, what speaks against calling now, the call, the record. Raises Refused for another's customer."""
    with context.reading() as (sql, company):
        me = context.actor(sql)
        if me is None:
            raise staff.nobody()
        viewer = access.viewer(sql, me)
        access.require(sql, me, "log", customer_id)
        now, today = context.now, context.today(company)
        draft = None if practice else drafts.find_draft(sql, customer_id=customer_id, staff_id=me.id)
        occasion = calls.occasion_of(sql, company, customer_id, today, script_id)
        script = _sound(script_id or occasion.script)
        kept = _sound(draft.script) if draft and draft.script in script_files.script_ids() else None
        with_sales = (kept or script).with_whom == "sales"
        known = brief(
            sql, company, customer_id, on=today, viewer=viewer, channel=channel, now=now, with_sales=with_sales
        )
        against = () if with_sales else cautions(sql, company, customer_id, staff_id=me.id, now=now)
        others = drafts.drafts_of_others(sql, customer_id=customer_id, staff_id=me.id)
        values = calls.values_for(sql, company, customer_id, me, today)
    desk = Desk(
        context, company, me, script, values, channel=channel, practice=practice, customer_id=customer_id,
        kept=kept, code=known.file["code"], name=known.file["name"], contact=known.file["contact"], known=known,
    )  # fmt: skip
    desk.banner()
    briefing.show(known, on=today)
    render.tell()
    render.paragraph(render.safe(f"{(kept or script).title} – {purpose(occasion)}"))
    for name, since in others:
        told = _("{name} has an unfinished call with this customer, begun {at}.")
        begun = clock.local(since, company.timezone)
        render.note(told.format(name=render.safe(name), at=f"{begun:%Y-%m-%d %H:%M}"))
    lines = briefing.cautions(against, company.timezone)
    if lines and not practice:
        render.tell()
        render.heading(_("Before you dial"))
        for line in lines:
            render.paragraph("! " + line)
    desk.run(draft)


def _practise(context: Context, script_id: str) -> None:
    script = _sound(script_id)
    with context.reading() as (sql, company):
        me = context.actor(sql)
        last_words = calls.farewell(company.calendar, context.today(company))
    values = {"company": company.name, "me": me.name if me else "", "farewell": last_words}
    Desk(context, company, me, script, values, practice=True).run(None)


def _sound(script_id: str) -> Script:
    """A script that can be walked: whoever has a customer on the line must not be left standing. Raises Refused.

    A fault of another kind (too long, no case for an unhappy customer) is told and stands in nobody's way.
    """
    script = script_files.load_script_file(script_id)
    problems = check_script(script)
    worst = next((one for one in problems if one.code not in HARMLESS), None)
    if worst is not None:
        raise Refused(
            N_("the script {name} cannot be walked: {why}"), script_files.CHECK_IT, name=script.id,
            why=script_faults.sentence(worst),
        )  # fmt: skip
    for one in problems:
        told = _("The script {name} has a fault: {why}")
        render.note(told.format(name=render.safe(script.id), why=render.safe(script_faults.sentence(one))))
    return script
