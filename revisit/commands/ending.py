"""The end of a call: what it brought, to be looked over and confirmed; then everything in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from revisit import access, claims, prompting, render, retries, revisits, staff, wording
from revisit.commands import advice, outcomes
from revisit.desk import drafts, record
from revisit.desk.record import Problem
from revisit.errors import RevisitError
from revisit.i18n import _
from revisit.prompting import LeftOff
from revisit.revisits import Outcome

if TYPE_CHECKING:
    from revisit.commands.calling import Desk

SHOWN = (
    "result", "channel", "with", "person", "satisfaction", "intention", "reason", "suggestion", "found_us", "recommend",
    "order_again", "note", "callback", "ask_for",
)  # fmt: skip
"""What the summary shows, in this order, where anything was said."""


def finish(desk: Desk) -> None:
    """The summary until it is confirmed, dropped or left. Raises LeftOff."""
    while True:
        outcome = record.outcome_of(
            desk.talk, result=desk.result, notes="; ".join(desk.notes), channel=desk.channel, contact=desk.contact,
            at=desk.started_at, timezone=desk.company.timezone,
        )  # fmt: skip
        problem = _problem(desk, outcome)
        _summary(desk, outcome, problem)
        if desk.practice:
            render.paragraph(_("Enter: practice is over   b back"), at=prompting.GAP)
            if desk.key(("", "b")) == "":
                return
            _back(desk)
            continue
        render.paragraph(
            _("y record it   b back   n note   q leave it as a draft   x drop it: nothing is recorded"),
            at=prompting.GAP,
        )
        pressed = desk.key(("y", "b", "n", "q", "x"))
        if pressed == "y":
            if _write(desk, outcome, problem):
                return
        elif pressed == "b":
            _back(desk)
        elif pressed == "n":
            desk.note()
        elif pressed == "q":
            raise LeftOff
        else:
            _drop(desk)
            return


def _problem(desk: Desk, outcome: Outcome) -> Problem | None:
    """The case that the call opens. Of a talk that was cut short after an unhappy answer the person says what it is about."""
    problem = record.problem_of(desk.talk)
    if problem is None and desk.result and record.is_unhappy(desk.talk):
        problem = Problem("", immediate=False)
    if problem is None or problem.what:
        return problem
    if desk.raised is None:
        render.tell()
        render.paragraph(
            _("The customer was not satisfied. What is it about? (It becomes a case; Enter alone: no case.)")
        )
        desk.raised = desk.text(given=outcome.reason or outcome.note)
        desk.keep()
    return Problem(desk.raised, problem.immediate) if desk.raised else None


def _back(desk: Desk) -> None:
    """Back from the summary into the talk."""
    if desk.result:
        desk.result = ""
    else:
        desk.talk = desk.talk.back()
    desk.raised = None
    desk.keep()
    desk.walk()


def _summary(desk: Desk, outcome: Outcome, problem: Problem | None) -> None:
    render.tell()
    desk.banner()
    render.heading(_("The record"))
    known = outcomes.record_of(outcome, desk.company)
    rows = []
    for name in SHOWN:
        if known[name] and not (name == "with" and known[name] == "customer"):
            rows.append((_(outcomes.TITLES[name]), outcomes.shown_value(name, known[name])))
    survey = record.survey_of(desk.talk)
    rows += [(wording.word(item), wording.word(grade)) for item, grade in survey.grades.items()] if survey else []
    rows.append((_("Length"), desk.shown_length()))
    if problem is not None:
        kind = _("at once") if problem.immediate else _("not urgent")
        kind = _("a grave complaint") if problem.grave else kind
        rows.append((_("Opens a case"), _("{text} ({more})").format(text=problem.what, more=kind)))
    render.pairs(rows)


def _write(desk: Desk, outcome: Outcome, problem: Problem | None) -> bool:
    """Record, follow-ups met, callback, case and audit in one transaction; False: it was refused, and why was told."""
    now = desk.context.later()
    written: list[record.Written] = []
    try:
        with desk.context.unit() as unit:
            access.require(unit.sql, unit.actor, "log", desk.customer_id)
            revisits.check_outcome(outcome, now=now, today=unit.today)
            revisits.check_note(outcome, unit.company.policies)
            desk.keep_in(unit.sql)

            def write() -> int:
                survey = record.survey_of(desk.talk)
                written.append(record.write(unit, desk.call_id, desk.customer_id, outcome, problem, survey))
                return written[-1].revisit

            number, effect = outcomes.watch(unit, desk.customer_id, write)
            tries = retries.after(unit.sql, unit.company, customer_id=desk.customer_id, number=number)
    except RevisitError as error:
        render.paragraph(told(error))
        return False
    render.tell(_("Revisit {number} is on record.").format(number=written[-1].revisit))
    if written[-1].survey is not None:
        render.tell(_("Survey {number} is on record.").format(number=written[-1].survey))
    if written[-1].case is not None:
        render.tell(_("Case {number} is open.").format(number=written[-1].case))
    met: Sequence[Mapping[str, Any]] = effect.met if effect else ()
    outcomes.tell_met(met)
    outcomes.tell_bookings(outcome, None, desk.company)
    advice.tell(tries, desk.company, now)
    if outcome.promised_on is None and not met:
        render.tell(_("It meets no follow-up that is owed."))
    return True


def told(error: RevisitError) -> str:
    """What was refused, and what to do about it."""
    params = {key: render.safe(value) for key, value in error.params.items()}
    return " – ".join(_(text).format(**params) for text in (error.message, error.remedy) if text)


def _drop(desk: Desk) -> None:
    with desk.writing() as sql:
        drafts.end(sql, desk.call_id, at=desk.context.now, revisit_id=None)
        claims.end(sql, customer_id=desk.customer_id, staff_id=staff.required(desk.me).id)
    render.tell(_("The call was dropped; nothing is recorded."))
