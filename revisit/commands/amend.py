"""`revisit amend N` and `revisit void N`: a new version of a record, or one that takes it out of every count."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any

import typer

from revisit import access, lags, render, revisits, scheduler, wording
from revisit.commands import callbacks, outcomes
from revisit.commands.callbacks import Booked
from revisit.commands.options import Command, JsonOption, context_of
from revisit.commands.outcomes import Told
from revisit.company import CompanyInfo
from revisit.context import Context
from revisit.db import Sql
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _
from revisit.policy.tally import Lag
from revisit.register.effect import Effect
from revisit.render import Column
from revisit.revisits import Version
from revisit.staff import StaffMember

CLEARED = (
    "satisfaction", "intention", "reason", "suggestion", "person", "found-us", "recommend", "order-again", "note", "purpose",
    "ask-for",
)  # fmt: skip
"""What --clear can make empty."""
HISTORY = (
    Column("version", N_("Version"), right=True),
    Column("at", N_("When")),
    Column("who", N_("Who")),
    Column("what", N_("What"), wrap=True),
    Column("because", N_("Why"), wrap=True),
)
NumberArgument = Annotated[
    int, typer.Argument(metavar=_("N"), min=1, help=_("The number of the revisit, as log said it and show shows it."))
]


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command(
        "amend", cls=Command, help=_("Correct a record: a new version. Alone: the record and all its versions.")
    )(amend)
    app.command("void", cls=Command, help=_("Take a record back: what it met is owed again."))(void)


def amend(
    ctx: typer.Context,
    number: NumberArgument,
    result: Annotated[str | None, outcomes.RESULT] = None,
    channel: Annotated[str | None, outcomes.CHANNEL] = None,
    at: Annotated[str | None, outcomes.AT_CORRECTED] = None,
    satisfaction: Annotated[str | None, outcomes.SATISFACTION] = None,
    intention: Annotated[str | None, outcomes.INTENTION] = None,
    reason: Annotated[str | None, outcomes.REASON] = None,
    suggestion: Annotated[str | None, outcomes.SUGGESTION] = None,
    callback: Annotated[str | None, outcomes.CALLBACK] = None,
    next_: Annotated[str | None, outcomes.NEXT] = None,
    in_hours: Annotated[bool, callbacks.IN_HOURS] = False,
    no_callback: Annotated[
        bool, typer.Option("--no-callback", help=_("Nothing was promised or planned: the booking goes."))
    ] = False,
    purpose: Annotated[str | None, outcomes.PURPOSE] = None,
    ask_for: Annotated[str | None, outcomes.ASK_FOR] = None,
    with_whom: Annotated[str | None, outcomes.WITH] = None,
    person: Annotated[str | None, outcomes.PERSON] = None,
    found_us: Annotated[str | None, outcomes.FOUND_US] = None,
    recommend: Annotated[str | None, outcomes.RECOMMEND] = None,
    order_again: Annotated[str | None, outcomes.ORDER_AGAIN] = None,
    inbound: Annotated[
        bool | None, typer.Option("--inbound/--no-inbound", help=_("Whether the customer called us."))
    ] = None,
    important: Annotated[bool | None, typer.Option("--important/--no-important", help=outcomes.IMPORTANT)] = None,
    note: Annotated[str | None, outcomes.NOTE] = None,
    clear: Annotated[
        list[str] | None,
        typer.Option("--clear", metavar=_("FIELD"), help=_("Make empty: {fields}").format(fields=", ".join(CLEARED))),
    ] = None,
    because: Annotated[str, typer.Option("--because", metavar=_("TEXT"), help=_("Why it is corrected."))] = "",
    as_json: JsonOption = False,
) -> None:
    """Only what is named changes. The old version stays on record, and so does the time of filling in."""
    context = context_of(ctx)
    texts = {
        "result": result, "channel": channel, "satisfaction": satisfaction, "intention": intention, "reason": reason,
        "suggestion": suggestion, "with_whom": with_whom, "person": person, "note": note, "found_us": found_us,
        "recommend": recommend, "order_again": order_again, "purpose": purpose, "ask_for": ask_for,
    }  # fmt: skip
    texts = _cleared(texts, clear or [])
    told = Told(
        texts, at, callback, next_, no_callback=no_callback, inbound=inbound, important=important, in_hours=in_hours
    )
    if not told:
        if because:
            raise WrongUsage(N_("nothing to correct was named"), N_("see what can be: revisit amend --help"))
        _look(context, number, as_json)
        return
    made = correct(context, number, told, because)
    if as_json:
        render.as_json(made.document)
    elif not made.changes:
        render.tell(_("Revisit {number} says so already; nothing was changed.").format(number=number))
    else:
        render.tell(
            _("Revisit {number} is on record as version {version}.").format(number=number, version=made.version)
        )
        for name, (old, new) in made.changes.items():
            render.tell(f"  {outcomes.shown_change(name, old, new)}")
        if made.booking:
            callbacks.tell_how(made.booking)
        outcomes.tell_change(made.effect)
    if made.booking:
        callbacks.warn(made.booking)


def void(
    ctx: typer.Context,
    number: NumberArgument,
    reason: Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why it is taken back."))],
    as_json: JsonOption = False,
) -> None:
    """The record stays readable, with who took it back, when and why; it counts for nothing any more."""
    context = context_of(ctx)
    with context.unit() as unit:
        current = _current(unit.sql, unit.actor, number, unit.company)

        def write() -> int:
            return revisits.void(unit.session, current=current, reason=reason)

        version, effect = outcomes.watch(unit, current.customer_id, write)
    if as_json:
        render.as_json({"revisit": number, "version": version, **_effect(effect)})
        return
    render.tell(_("Revisit {number} is void.").format(number=number))
    outcomes.tell_change(effect or Effect())


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction on record: the JSON document of `amend`, and what the screen tells of it. `booking`: one that was told."""

    document: dict[str, Any]
    version: int
    changes: dict[str, list[Any]]
    effect: Effect
    booking: Booked | None


def correct(context: Context, number: int, told: Told, because: str) -> Corrected:
    """Writes a new version and tells what came of it. What says the same as before is no new version.

    Raises Refused for a revisit that is not there or void, or that this person may not change; WrongUsage for words that are
    none.
    """
    with context.unit() as unit:
        current = _current(unit.sql, unit.actor, number, unit.company)
        outcome, booking = outcomes.outcome_of(told, context=context, company=unit.company, base=current.outcome)
        changes = outcomes.changes_of(current.outcome, outcome, unit.company)
        version: int = current.version
        effect: Effect | None = None
        if changes:
            revisits.check_outcome(outcome, now=unit.now, today=unit.today)
            revisits.check_note(outcome, unit.company.policies)

            def write() -> int:
                return revisits.amend(unit.session, current=current, outcome=outcome, because=because)

            version, effect = outcomes.watch(unit, current.customer_id, write)
        booked = outcomes.bookings(outcome, unit.company)
    document = {"revisit": number, "version": version, "changes": changes, **_effect(effect), **booked}
    return Corrected(document, version, changes, effect or Effect(), booking)


def _current(sql: Sql, actor: StaffMember, number: int, company: CompanyInfo) -> Version:
    """The newest version of a revisit that this person may change. Raises Refused."""
    revisits.lock(sql)
    current = revisits.get_versions(sql, number)[-1]
    if not _is_author(current, actor):
        access.require(sql, actor, "amend", current.customer_id)
    at = scheduler.local_at(current.at, company)
    revisits.refuse_void(current, callbacks.shown(at) if at else "?")
    return current


def _is_author(current: Version, actor: StaffMember | None) -> bool:
    return actor is not None and actor.role == "representative" and actor.id == current.staff_id


def _effect(effect: Effect | None) -> dict[str, Any]:
    return {one.name: list(getattr(effect, one.name, ())) for one in fields(Effect)}


def _cleared(texts: dict[str, str | None], clear: list[str]) -> dict[str, str | None]:
    """The texts with those made empty that --clear names. Raises WrongUsage for what cannot be empty, or was told as well."""
    for name in clear:
        field = name.replace("-", "_")
        if name not in CLEARED:
            known = ", ".join(CLEARED)
            raise WrongUsage(N_("{name} cannot be cleared"), N_("one of: {known}"), name=name, known=known)
        if texts[field] is not None:
            raise WrongUsage(
                N_("{options} exclude each other"), N_("name one of them"), options=f"--clear {name}, --{name}"
            )
        texts = texts | {field: ""}
    return texts


def _look(context: Context, number: int, as_json: bool) -> None:
    """The record and its versions. Raises Refused for somebody who may not see what was said to that customer."""
    with context.reading() as (sql, company):
        found = revisits.get_versions(sql, number)
        actor = context.actor(sql)
        code, name, owner, _owner_name = access.whose(sql, found[-1].customer_id)
        if not _is_author(found[-1], actor) and access.viewer(sql, actor).sees("log", owner) != "whole":
            raise Refused(
                N_("revisit {number} is a talk with a customer of somebody else"),
                N_("ask a supervisor"),
                number=number,
            )
        lag = _lag(sql, company, found[-1])
    if as_json:
        render.as_json(_document(found, code, company, lag))
        return
    newest = found[-1]
    render.heading(_("Revisit {number}: {code} {name}").format(number=number, code=code, name=render.safe(name)))
    if newest.is_void:
        render.tell(_("Void."))
    record = outcomes.record_of(newest.outcome, company)
    said = [(_(outcomes.TITLES[name]), outcomes.shown_value(name, record[name])) for name in record if record[name]]
    said.append((_("Recorded by"), render.safe(newest.author or "—")))
    if lag is not None:
        said.append((_("Written down"), wording.lag(*lag, stated=newest.stated)))
    size = max(render.width(title) for title, _value in said)
    for title, value in said:
        render.tell(f"{render.pad(title, size)}  {value}")
    render.tell()
    render.table([_row(one) for one in _told(found, company)], HISTORY)


def _lag(sql: Sql, company: CompanyInfo, one: Version) -> Lag | None:
    """How late a record was filled in."""
    spans = lags.dormant_spans(sql, [one.customer_id])
    return lags.lag_of(
        spans, company, customer_id=one.customer_id, done_on=one.outcome.done_on, done_at=one.outcome.done_at,
        filled_at=one.filled_at,
    )  # fmt: skip


def _document(found: tuple[Version, ...], code: str, company: CompanyInfo, lag: Lag | None) -> dict[str, Any]:
    newest = found[-1]
    return {
        "revisit": newest.number,
        "customer": code,
        "staff": newest.author or None,
        "filled_at": scheduler.local_at(newest.filled_at, company),
        "filled_stated": newest.stated,
        **lags.document(lag),
        "void": newest.is_void,
        **outcomes.record_of(newest.outcome, company),
        "versions": _told(found, company),
    }


def _told(found: tuple[Version, ...], company: CompanyInfo) -> list[dict[str, Any]]:
    """Every version as the document holds it: when, by whom, why, and what it changed."""
    return [
        {
            "version": one.version,
            "at": scheduler.local_at(one.at, company),
            "who": one.who or None,
            "because": one.because,
            "void": one.is_void,
            "changes": outcomes.changes_of(before.outcome, one.outcome, company),
        }
        for before, one in zip((found[0], *found), found, strict=False)
    ]


def _row(one: dict[str, Any]) -> dict[str, Any]:
    parts = [outcomes.shown_change(name, *pair) for name, pair in one["changes"].items()]
    what = _("recorded") if one["version"] == 1 else wording.listed([_("void")] if one["void"] else parts)
    return {
        **one,
        "because": wording.word(one["because"]),
        "at": callbacks.shown(one["at"]) if one["at"] else "?",
        "who": one["who"] or "?",
        "what": what,
    }
