"""What a report tells by name: suggestions in the customers' words, and who was never reached. As much of it as may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from revisit.access import Viewer
from revisit.db import Sql
from revisit.figures import Span
from revisit.figures.span import is_attempt, is_contact

SUGGESTIONS = """
SELECT r.number, r.done_on, c.code, c.name, c.rep_id, coalesce(s.login, ''), r.suggestion
FROM revisit r JOIN customer c ON c.id = r.customer_id LEFT JOIN staff s ON s.id = c.rep_id
WHERE r.is_current AND NOT r.is_void AND r.done_on >= :first AND r.done_on <= :edge AND r.suggestion <> ''
ORDER BY r.done_on DESC, r.number DESC LIMIT :most
"""
UNREACHED = """
SELECT c.code, c.name, c.rep_id, coalesce(s.login, ''), c.first_on,
  (SELECT count(*) FROM revisit r
   WHERE r.customer_id = c.id AND r.is_current AND NOT r.is_void AND r.done_on <= :edge AND {attempt})
FROM customer c LEFT JOIN staff s ON s.id = c.rep_id
WHERE c.first_on <= :edge AND NOT EXISTS (
  SELECT 1 FROM revisit r WHERE r.customer_id = c.id AND r.is_current AND NOT r.is_void AND r.done_on <= :edge AND {contact}
) ORDER BY c.first_on, c.code LIMIT :most
"""
MOST = 20
"""So many are named on a screen or page; a trace names them all."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a customer suggested, in which revisit."""

    revisit: int
    on: date
    code: str
    name: str
    rep: str
    text: str


@dataclass(frozen=True, slots=True)
class Unreached:
    """A customer that was never contacted: since when in scope, how often tried in vain."""

    code: str
    name: str
    rep: str
    since: date
    attempts: int


def suggestions(sql: Sql, span: Span, viewer: Viewer, most: int = MOST) -> tuple[Suggestion, ...]:
    """The `most` newest suggestions of a period, of customers whose log this person sees."""
    return tuple(
        Suggestion(number, date.fromisoformat(on), code, viewer.name(name, owner), rep, text)
        for number, on, code, name, owner, rep, text in sql.rows(SUGGESTIONS, most=most, **span.params)
        if viewer.sees("log", owner) == "whole"
    )


def unreached(sql: Sql, span: Span, viewer: Viewer) -> tuple[Unreached, ...]:
    """Those never contacted up to the end of a period, the longest in scope first."""
    policies = span.company.policies
    contact, attempt = is_contact(policies), is_attempt(policies)
    text = UNREACHED.format(contact=contact[0], attempt=attempt[0])
    return tuple(
        Unreached(code, viewer.name(name, owner), rep, date.fromisoformat(first), attempts)
        for code, name, owner, rep, first, attempts in sql.rows(
            text, most=MOST, **span.params, **contact[1], **attempt[1]
        )
    )
