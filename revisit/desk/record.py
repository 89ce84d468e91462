"""What a call brought, as a record: from the answers of the talk, and into the database in one transaction. Clause: P3 2.2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from revisit import access, cases, clock, revisits, surveys
from revisit.context import Unit
from revisit.desk import drafts
from revisit.policy.scripts import Talk
from revisit.policy.scripts.words import UNHAPPY
from revisit.policy.survey import ITEMS
from revisit.revisits import Outcome
from revisit.surveys import Said

OF_NUMBER = "SELECT id FROM revisit WHERE number = :number AND is_current"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a customer raised in a talk and becomes a case: what it is, whether it has to be solved at once, and whether it is a
    grave complaint, which the vice president decides."""

    what: str
    immediate: bool
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A call on record: the number of the revisit, of the case that was opened, and of the survey (None: none)."""

    revisit: int
    case: int | None
    survey: int | None = None


def outcome_of(
    talk: Talk, *, result: str, notes: str, channel: str, contact: str, at: datetime, timezone: str
) -> Outcome:
    """The outcome that a talk brought. `result`: how it ended where it was cut short, else empty. `contact` is the person in
    the file; `at` the instant at which the call began."""
    brought = talk.brought()
    said = brought.fields
    promised_on, promised_at = booked(brought.callback, timezone)
    person = brought.person or (contact if said.get("person") == "contact" else "")
    return Outcome(
        result=result or talk.ended,
        channel=channel,
        done_on=clock.local(at, timezone).date(),
        done_at=at,
        satisfaction=said.get("satisfaction", ""),
        intention=said.get("intention", ""),
        reason=said.get("reason", ""),
        suggestion=said.get("suggestion", ""),
        person=person,
        found_us=said.get("found_us", ""),
        recommend=said.get("recommend", ""),
        order_again=said.get("would_order_again", ""),
        note="; ".join(filter(None, (brought.note, notes))),
        with_whom=brought.with_whom,
        promised_on=promised_on,
        promised_at=promised_at,
        ask_for=(person or contact) if promised_on else "",
    )


def problem_of(talk: Talk) -> Problem | None:
    """The case that a talk opens, if it does. Clause: P3 2.1."""
    brought = talk.brought()
    grave = brought.fields.get("grave") == "yes"
    return Problem(brought.case_text, brought.immediate, grave) if brought.opens_case else None


def survey_of(talk: Talk) -> Said | None:
    """The survey that a talk filled: all four items were answered. Clause: P4."""
    said = talk.brought().fields
    if not all(item in said for item in ITEMS):
        return None
    words = "; ".join(filter(None, (said.get("reason", ""), said.get("suggestion", ""))))
    return Said({item: said[item] for item in ITEMS}, words, said.get("grave") == "yes")


def is_unhappy(talk: Talk) -> bool:
    """Whether an answer so far calls for a case."""
    answered = [(talk.script.nodes[one.node], one.key) for one in talk.steps]
    return any(
        answer.key == key and (answer.unhappy or (node.record == "satisfaction" and key in UNHAPPY))
        for node, key in answered
        for answer in node.answers
    )


def kept_moment(when: date) -> str:
    """A day, or a day and time on the company's own clock, as an answer keeps it."""
    return when.isoformat(" ", "minutes") if isinstance(when, datetime) else when.isoformat()


def booked(text: str, timezone: str) -> tuple[date | None, datetime | None]:
    """The day, and the instant if one was named, of what `kept_moment` made."""
    if not text:
        return None, None
    if len(text) == len("2026-03-10"):
        return date.fromisoformat(text), None
    wall = datetime.fromisoformat(text)
    return wall.date(), clock.instant(wall, timezone)


def write(
    unit: Unit, call_id: int, customer_id: int, outcome: Outcome, problem: Problem | None, survey: Said | None = None
) -> Written:
    """Record, booking, case and survey, and the end of the draft, in an open transaction. `outcome` was checked."""
    session, sql, staff_id, at = unit.session, unit.sql, unit.actor.id, unit.now
    number = revisits.record_revisit(
        session, sql, customer_id=customer_id, staff_id=staff_id, outcome=outcome, filled_at=at
    )
    session.flush()
    revisit_id = int(sql.rows(OF_NUMBER, number=number)[0][0])
    case = None
    if problem is not None:
        case = cases.open_case(
            session, sql, unit.company, customer_id=customer_id, actor=unit.actor, revisit_id=revisit_id, what=problem.what,
            immediate=problem.immediate or problem.grave, at=at, on=outcome.done_on,
            decider=surveys.grave_to(unit.company, at) if problem.grave else "",
        )  # fmt: skip
    kept = None
    if survey is not None:
        about = surveys.about_in_a_call(sql, access.viewer(sql, unit.actor), customer_id, unit.actor)
        kept = surveys.record(
            session, sql, unit.company, customer_id, about, survey, actor=unit.actor, on=outcome.done_on, at=at,
            revisit_id=revisit_id, case=case,
        ).number  # fmt: skip
    drafts.end(sql, call_id, at=at, revisit_id=revisit_id)
    return Written(number, case, kept)
