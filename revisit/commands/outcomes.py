"""What `log`, `amend` and `void` share: the options that say what a revisit brought, and the lines that tell what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import typer

from revisit import access, clock, render, revisits, wording
from revisit.commands import callbacks
from revisit.commands.callbacks import Booked
from revisit.company import CompanyInfo
from revisit.context import Context, Unit, bad_when
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.times import parse_when
from revisit.policy.when import WhenError
from revisit.register import read
from revisit.register.effect import Effect, compare
from revisit.revisits import Outcome

RESULT = typer.Option("--result", "-r", metavar=_("WORD"), help=wording.words(revisits.RESULTS))
CHANNEL = typer.Option("--channel", "-c", metavar=_("WORD"), help=wording.words(revisits.CHANNELS))
AT = typer.Option("--at", metavar=_("WHEN"), help=_("When it was; now unless told."))
AT_CORRECTED = typer.Option("--at", metavar=_("WHEN"), help=_("When it was."))
SATISFACTION = typer.Option("--satisfaction", "-s", metavar=_("WORD"), help=wording.words(revisits.SATISFACTION))
INTENTION = typer.Option("--intention", metavar=_("WORD"), help=wording.words(revisits.INTENTION))
REASON = typer.Option(
    "--reason", metavar=_("TEXT"), help=_("Why no orders, with what not satisfied; of a call from the customer: what was asked.")
)  # fmt: skip
SUGGESTION = typer.Option("--suggestion", metavar=_("TEXT"), help=_("What the customer suggests."))
CALLBACK = typer.Option(
    "--callback", metavar=_("WHEN"), help=_("When to call back: 明天下午3点, 下周三上午, 月底前, Mon 15:00 …")
)
NEXT = typer.Option(
    "--next", metavar=_("DATE"), help=_("When to follow up, as planned by us, not promised: 下周三, 2026-10-08 …")
)
PURPOSE = typer.Option("--purpose", metavar=_("TEXT"), help=_("What the callback or follow-up is for."))
ASK_FOR = typer.Option(
    "--ask-for", metavar=_("NAME"), help=_("Whom to ask for then; the person of --person unless told.")
)
WITH = typer.Option("--with", metavar=_("WORD"), help=_("customer, or sales: a talk with the salesperson"))
PERSON = typer.Option("--person", metavar=_("NAME"), help=_("Who was spoken to."))
FOUND_US = typer.Option("--found-us", metavar=_("TEXT"), help=_("How the customer found us."))
RECOMMEND = typer.Option("--recommend", metavar=_("TEXT"), help=_("Whether they would recommend us."))
ORDER_AGAIN = typer.Option(
    "--order-again", metavar=_("TEXT"), help=_("Whether they would order again if it were solved.")
)
NOTE = typer.Option(
    "--note", metavar=_("TEXT"), help=_("Anything else; of a call from the customer: what was answered.")
)
IMPORTANT = _("Important: a follow-up is planned, on the next working day unless --next or --callback names a day.")

SYNONYMS = {"result": "revisits", "channel": "revisits", "satisfaction": "revisits", "intention": "customers"}
"""In which sheet a word has the same meaning: its synonyms stand in that layout (`templates/import`)."""
KNOWN = {
    "result": revisits.RESULTS, "channel": revisits.CHANNELS, "satisfaction": revisits.SATISFACTION,
    "intention": revisits.INTENTION,
}  # fmt: skip
TITLES = {
    "at": N_("When"), "result": N_("Result"), "channel": N_("Channel"), "with": N_("With"),
    "inbound": N_("The customer called"), "person": N_("Spoken to"), "satisfaction": N_("Satisfaction"),
    "intention": N_("Intention"), "reason": N_("Reason"), "suggestion": N_("Suggestion"), "found_us": N_("How they found us"),
    "recommend": N_("Would recommend us"), "order_again": N_("Would order again"), "note": N_("Note"),
    "important": N_("Important"), "callback": N_("Call back promised"), "next": N_("Follow-up planned"),
    "purpose": N_("Purpose"), "ask_for": N_("Ask for"),
}  # fmt: skip
"""What each key of a record is called on the screen, in the order in which it is shown."""

ALSO = {
    "有偿": "paid", "收费": "paid", "合同": "contract", "免费": "free", "无偿": "free", "内部": "internal",
    "非常满意": "very-satisfied", "很满意": "very-satisfied", "满意": "satisfied", "一般": "fair", "差": "poor", "不满意": "poor",
    "质量": "quality", "质量问题": "quality", "非质量": "non-quality", "非质量问题": "non-quality",
    "不处理": "none", "无": "none", "退款": "refund", "折让": "discount", "退货": "return",
    "换货": "replacement", "维修": "repair", "返修": "repair", "赔偿": "compensation", "补偿": "compensation",
}  # fmt: skip
"""What the words of the service register, of the survey and of the complaint form are called besides."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a person typed. `texts` by field of the outcome, None where nothing was said."""

    texts: Mapping[str, str | None]
    at: str | None = None
    callback: str | None = None
    next: str | None = None
    no_callback: bool = False
    inbound: bool | None = None
    important: bool | None = None
    in_hours: bool = False

    def __bool__(self) -> bool:
        said = (self.at, self.callback, self.next, self.inbound, self.important, *self.texts.values())
        return self.no_callback or self.in_hours or any(one is not None for one in said)


def outcome_of(
    told: Told, *, context: Context, company: CompanyInfo, base: Outcome | None = None
) -> tuple[Outcome, Booked | None]:
    """The outcome that a person told: a new one, or `base` with what was told otherwise; and its booking as it was
    understood, if one was told. Raises WrongUsage."""
    if sum((told.callback is not None, told.next is not None, told.no_callback)) > 1:
        raise WrongUsage(
            N_("{options} exclude each other"),
            N_("name one of them"),
            options="--callback, --next" + (", --no-callback" if told.no_callback else ""),
        )
    now = clock.local(context.now, company.timezone)
    outcome = base or Outcome(result="", channel="phone", done_on=now.date(), done_at=context.now)
    if told.at is not None:
        done_on, done_at = _when(told.at, now, company)
        outcome = replace(outcome, done_on=done_on, done_at=done_at)
    said: dict[str, Any] = {name: _word(name, text) for name, text in told.texts.items() if text is not None}
    said |= {name: one for name, one in (("inbound", told.inbound), ("important", told.important)) if one is not None}
    return _booked(replace(outcome, **said), told, now, company, base)


def record_of(outcome: Outcome, company: CompanyInfo) -> dict[str, Any]:
    """An outcome as documents hold it: `at` is an instant with the company's own offset, or a day where no time is known."""
    said = {name: getattr(outcome, "with_whom" if name == "with" else name, None) for name in TITLES}
    return said | {"at": _moment(outcome.done_on, outcome.done_at, company)} | bookings(outcome, company)


def changes_of(before: Outcome, after: Outcome, company: CompanyInfo) -> dict[str, list[Any]]:
    """Old and new of what differs between two outcomes, as documents hold it."""
    old, new = record_of(before, company), record_of(after, company)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def bookings(outcome: Outcome, company: CompanyInfo) -> dict[str, Any]:
    """The keys `callback` and `next` of a document."""
    when = _moment(outcome.promised_on, outcome.promised_at, company)
    return {"callback": None if outcome.planned else when, "next": when if outcome.planned else None}


def watch(unit: Unit, customer_id: int, write: Callable[[], int]) -> tuple[int, Effect | None]:
    """Does the writing and plans anew: what `write` gave, and what has changed in what is owed.

    None: what is owed to this customer is not for the writer to see (an enquiry of another's customer was written down).
    """
    revisits.lock(unit.sql)
    before = read.rows_of(unit.sql, [customer_id])
    written = write()
    unit.replan()
    if access.viewer(unit.sql, unit.actor).sees("log", access.owner_of(unit.sql, customer_id)) != "whole":
        return written, None
    return written, compare(before, read.rows_of(unit.sql, [customer_id]), unit.company, unit.today)


def tell_met(met: Sequence[Mapping[str, Any]]) -> None:
    """What a revisit has met."""
    for one in met:
        render.tell(
            _("Met {outcome}: {rule} (due by {due_by})").format(
                outcome=wording.state(one["outcome"]), rule=wording.rule(one["rule"]), due_by=one["due_by"]
            )
        )


def tell_change(effect: Effect) -> None:
    """What a correction has met, what is owed again or anew, and what is no more."""
    tell_met(effect.met)
    for one in effect.owed_again:
        render.tell(
            _("Owed again: {rule} (due by {due_by}; {status})").format(
                rule=wording.rule(one["rule"]), due_by=one["due_by"], status=wording.state(one["status"])
            )
        )
    for one in effect.opened:
        render.tell(
            _("Owed from {opens_on} on: {rule}").format(rule=wording.rule(one["rule"]), opens_on=one["opens_on"])
        )
    for one in effect.gone:
        render.tell(
            _("No longer owed: {rule} ({opens_on})").format(rule=wording.rule(one["rule"]), opens_on=one["opens_on"])
        )


def tell_bookings(outcome: Outcome, booked: Booked | None, company: CompanyInfo) -> None:
    """When to call back or to follow up, what for, and whom to ask for; a notice if that is outside call hours."""
    when = _moment(outcome.promised_on, outcome.promised_at, company)
    if when is None:
        return
    template = (
        _("Follow-up planned: {when} ({weekday})") if outcome.planned else _("Call back promised: {when} ({weekday})")
    )
    booked = booked or Booked(when)
    callbacks.tell(booked, template)
    for name, text in (("purpose", outcome.purpose), ("ask_for", outcome.ask_for)):
        if text:
            render.tell(_("  {title}: {text}").format(title=_(TITLES[name]), text=render.safe(text)))
    callbacks.warn(booked)


def shown_value(name: str, value: Any) -> str:
    """A value of a record in words; a dash where nothing was said."""
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date) and name in ("callback", "next"):
        return _("{when} ({weekday})").format(when=callbacks.shown(value), weekday=render.weekday(value))
    if isinstance(value, date):
        return callbacks.shown(value)
    return wording.word(value) if name in (*SYNONYMS, "with") else render.safe(value)


def shown_change(name: str, old: Any, new: Any) -> str:
    """One change of a record in words."""
    was, now = shown_value(name, old), shown_value(name, new)
    return _("{field}: {old} → {new}").format(field=_(TITLES[name]), old=was, new=now)


def _moment(on: date | None, at: datetime | None, company: CompanyInfo) -> datetime | date | None:
    return clock.zoned(at, company.timezone) if at else on


def word_of(typed: str, known: tuple[str, ...], option: str, shown: Callable[[str], str] = wording.word) -> str:
    """The word of ours that was typed, as it is or as it is shown. Raises WrongUsage."""
    text = typed.strip().casefold()
    found = next((one for one in known if text in (one, one.replace("-", " "), shown(one).casefold())), ALSO.get(text))
    if found in known:
        return found
    raise WrongUsage(
        N_("{option} does not know the word {word}") if text else N_("{option} is missing"), N_("one of: {known}"),
        option=option, word=typed, known=wording.words(known, shown),
    )  # fmt: skip


def channel_of(typed: str) -> str:
    """The channel that a person named, in a word of ours or of a sheet. Raises WrongUsage."""
    channel = _word("channel", typed)
    if channel not in revisits.CHANNELS:
        known = ", ".join(revisits.CHANNELS)
        raise WrongUsage(N_("there is no channel {channel}"), N_("channels: {known}"), channel=typed, known=known)
    return channel


def _word(name: str, typed: str) -> str:
    """A word of ours for one that means the same in a sheet (已接通 → reached); another one stays as it is."""
    if name not in SYNONYMS or typed in KNOWN[name] or not typed.strip():
        return typed.strip()
    from revisit.intake.choosing import load_layout
    from revisit.intake.textcell import fold

    return load_layout(SYNONYMS[name]).fields[name].words.get(fold(typed), typed)


def _booked(
    outcome: Outcome, told: Told, now: datetime, company: CompanyInfo, base: Outcome | None
) -> tuple[Outcome, Booked | None]:
    """The outcome with its booking: named, planned because it is important, moved, taken away, or left as it was."""
    if told.no_callback:
        _refuse_without_day(told.texts.get("purpose"), told.texts.get("ask_for"), in_hours=told.in_hours)
        return replace(outcome, promised_on=None, promised_at=None, planned=False, purpose="", ask_for=""), None
    named = told.callback if told.callback is not None else told.next
    newly_important = outcome.important and not (base and base.important)
    booked: Booked | None = None
    done = outcome.done_at
    seen_from = clock.local(done, company.timezone) if done else datetime.combine(outcome.done_on, now.time())
    if named is not None:
        booked = callbacks.understood(named, seen_from, company, in_hours=told.in_hours)
        outcome = replace(outcome, **booked.stored(company), planned=told.next is not None)
        outcome = replace(outcome, ask_for=outcome.ask_for or outcome.person)
    elif newly_important and outcome.promised_on is None:
        on = revisits.follow_up_day(outcome.done_on, now.date(), company.calendar)
        outcome = replace(
            outcome, promised_on=on, planned=True, purpose=outcome.purpose or outcome.note or outcome.reason,
            ask_for=outcome.ask_for or outcome.person,
        )  # fmt: skip
    elif told.in_hours and outcome.promised_on is not None:
        local = clock.local(outcome.promised_at, company.timezone) if outcome.promised_at else outcome.promised_on
        booked = callbacks.placed(local, seen_from, company, in_hours=True)
        outcome = replace(outcome, **booked.stored(company))
    if outcome.promised_on is None:
        _refuse_without_day(outcome.purpose, outcome.ask_for, in_hours=told.in_hours)
    return outcome, booked


def _refuse_without_day(purpose: str | None, ask_for: str | None, *, in_hours: bool) -> None:
    for option, said in (("--purpose", purpose), ("--ask-for", ask_for), ("--in-hours", in_hours)):
        if said:
            raise WrongUsage(
                N_("{option} needs a day"), N_("name it with --callback, --next or --important"), option=option
            )


def _when(text: str, now: datetime, company: CompanyInfo) -> tuple[date, datetime | None]:
    try:
        when = parse_when(text, now)
    except WhenError as error:
        raise bad_when(error) from error
    if when.at is None:
        return when.on, None
    return when.on, clock.instant(datetime.combine(when.on, when.at), company.timezone)
