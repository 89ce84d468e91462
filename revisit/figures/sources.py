"""What figures are counted from: for each source the statement of its rows, read grouped or row by row.

A row has marks (what figures ask for: a state, a channel, whose it is) and a key by which a person finds it. Every statement
here is the inner one; `GROUPED` counts its rows by their marks, `LISTED` tells them one by one. A server counts them itself,
since fewer rows travel then; those of a file are counted here (`ALIKE`), which is faster than to have SQLite sort them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from revisit.db import Sql
from revisit.figures.marks import (
    NOT_SAID,
    CaseMarks,
    ComplaintMarks,
    CustomerMarks,
    DeadlineMarks,
    DormancyMarks,
    FollowUpMarks,
    HourMarks,
    Marked,
    ReasonMarks,
    RevisitMarks,
    SuggestionMarks,
)  # fmt: skip
from revisit.figures.span import MOVED, Span, is_attempt, is_contact

ALIKE = "SELECT {marks} FROM ({rows}) x"
GROUPED = f"SELECT x.*, count(*) FROM ({ALIKE}) x GROUP BY {{marks}}"
LISTED = "SELECT {marks}, 1, cents, key, customer_id, on_day, said FROM ({rows}) x ORDER BY on_day, customer_id, key"

_LATEST = "CASE WHEN f.call_by > f.due_by THEN f.call_by ELSE f.due_by END"
STATE = f"""
CASE
  WHEN f.met_on <= :on THEN
    CASE WHEN f.opens_on > :on THEN 'ahead' WHEN f.met_on <= {_LATEST} THEN 'in_time' ELSE 'late' END
  WHEN f.ended_on <= :on THEN CASE WHEN f.ended_on <= f.due_by THEN 'void' ELSE 'missed' END
  WHEN f.opens_on > :on THEN 'ahead'
  WHEN :on > {_LATEST} THEN 'overdue'
  ELSE 'open'
END
"""
"""The state of a follow-up at the end of the day `on`, as `policy.outcome.state_on` has it (a test holds them equal)."""
OWNER_THEN = f"""
CASE WHEN f.customer_id NOT IN ({MOVED}) THEN c.rep_id ELSE (
  SELECT a.staff_id FROM allocation a
  WHERE a.customer_id = f.customer_id AND (a.from_on IS NULL OR a.from_on <= CASE WHEN f.due_by < :on THEN f.due_by ELSE :on END)
  ORDER BY CASE WHEN a.from_on IS NULL THEN 0 ELSE 1 END DESC, a.from_on DESC, a.id DESC LIMIT 1
) END
"""
"""Whose a follow-up was when it fell due; of what falls due later, whose it was on `on`."""
FOLLOW_UPS = f"""
SELECT y.rule, y.state, y.staff_id, y.grade, y.region, 0 AS cents, y.key, y.customer_id, y.on_day, y.said,
  CASE WHEN y.state = 'missed' AND y.rule NOT IN ({{paperwork}}) AND EXISTS (
    SELECT 1 FROM revisit r WHERE r.customer_id = y.customer_id AND r.is_current AND NOT r.is_void AND r.done_on >= y.opens_on
      AND r.done_on <= :on AND r.done_on < y.ended_on AND {{attempt}}
  ) THEN 1 ELSE 0 END AS tried
FROM (
  SELECT f.rule, {STATE} AS state, {OWNER_THEN} AS staff_id, c.grade, c.region, f.id AS key, f.customer_id, f.due_by AS on_day,
    f.opens_on, f.ended_on, f.numbers AS said
  FROM follow_up f LEFT JOIN customer c ON c.id = f.customer_id
  WHERE f.due_by >= :first AND f.due_by <= :last
) y WHERE y.state <> 'ahead'
"""
WAS_DORMANT = """
EXISTS (
  SELECT 1 FROM standing t WHERE t.customer_id = r.customer_id AND t.kind = 'dormant' AND t.code = 'week'
    AND t.from_on <= r.done_on AND (t.until_on IS NULL OR t.until_on > r.done_on)
)
"""
"""Whether the customer was dormant over a week on the day of a revisit; who ordered on that day was not."""
RECORDED = f"""
CASE
  WHEN r.done_at IS NULL OR r.filled_at IS NULL THEN ''
  WHEN {{lag}} <= CASE WHEN {WAS_DORMANT} THEN {{dormant_seconds}} ELSE {{seconds}} END THEN 'within'
  ELSE 'late'
END
"""
"""Whether a revisit was written down soon enough, as `policy.tally.lag` has it. Clause: P3 2.2."""
REVISITS = f"""
SELECT r.channel, r.result, CASE WHEN r.inbound THEN 1 ELSE 0 END AS inbound, r.with_whom, r.satisfaction,
  CASE WHEN {{contact}} THEN 'contact' WHEN {{attempt}} THEN 'attempt' ELSE '' END AS kind, {RECORDED} AS record,
  r.staff_id, c.grade, c.region, 0 AS cents, r.number AS key, r.customer_id, r.done_on AS on_day, r.result AS said
FROM revisit r LEFT JOIN customer c ON c.id = r.customer_id
WHERE r.is_current AND NOT r.is_void AND r.done_on >= :first AND r.done_on <= :edge
"""
REASONS = f"""
SELECT r.reason, r.satisfaction, CASE WHEN {WAS_DORMANT} THEN 1 ELSE 0 END AS dormant,
  r.staff_id, c.grade, c.region, 0 AS cents, r.number AS key, r.customer_id, r.done_on AS on_day, r.reason AS said
FROM revisit r LEFT JOIN customer c ON c.id = r.customer_id
WHERE r.is_current AND NOT r.is_void AND r.done_on >= :first AND r.done_on <= :edge AND r.reason <> ''
"""
SUGGESTIONS = """
SELECT r.staff_id, c.grade, c.region, 0 AS cents, r.number AS key, r.customer_id, r.done_on AS on_day, r.suggestion AS said
FROM revisit r LEFT JOIN customer c ON c.id = r.customer_id
WHERE r.is_current AND NOT r.is_void AND r.done_on >= :first AND r.done_on <= :edge AND r.suggestion <> ''
"""
HOURS = """
SELECT {hour} AS hour, CASE WHEN {contact} THEN 1 ELSE 0 END AS contact, r.staff_id, c.grade, c.region, 0 AS cents,
  r.number AS key, r.customer_id, r.done_on AS on_day, r.result AS said
FROM revisit r LEFT JOIN customer c ON c.id = r.customer_id
WHERE r.is_current AND NOT r.is_void AND r.done_on >= :first AND r.done_on <= :edge AND r.channel = 'phone' AND NOT r.inbound
  AND r.with_whom = 'customer' AND r.done_at IS NOT NULL
"""
DORMANCY = """
SELECT CASE WHEN s.from_on >= :first THEN 1 ELSE 0 END AS entered,
  CASE WHEN s.until_on <= :edge THEN 1 ELSE 0 END AS reactivated,
  CASE WHEN s.until_on <= :edge AND {days} <= :soon THEN 1 ELSE 0 END AS soon,
  CASE WHEN s.until_on IS NULL OR s.until_on > :edge THEN 1 ELSE 0 END AS still,
  c.rep_id AS staff_id, c.grade, c.region, 0 AS cents, s.id AS key, s.customer_id, s.from_on AS on_day, s.until_on AS said
FROM standing s LEFT JOIN customer c ON c.id = s.customer_id
WHERE s.kind = 'dormant' AND s.from_on <= :edge AND (s.until_on IS NULL OR s.until_on >= :first)
"""
CUSTOMERS = """
SELECT CASE WHEN c.id IN (
    SELECT r.customer_id FROM revisit r WHERE r.is_current AND NOT r.is_void AND r.done_on >= :first AND r.done_on <= :edge
      AND {contact}
  ) THEN 1 ELSE 0 END AS contacted,
  CASE WHEN c.last_contact_on <= :edge OR c.last_contact_on > :edge AND EXISTS (
    SELECT 1 FROM revisit r WHERE r.customer_id = c.id AND r.is_current AND NOT r.is_void AND r.done_on <= :edge AND {contact}
  ) THEN 1 ELSE 0 END AS reached,
  c.rep_id AS staff_id, c.grade, c.region, 0 AS cents, c.code AS key, c.id AS customer_id, c.first_on AS on_day, c.kind AS said
FROM customer c WHERE c.first_on <= :edge
"""
CASES = """
SELECT CASE WHEN k.opened_at >= :from_at THEN 1 ELSE 0 END AS opened, CASE WHEN k.immediate THEN 1 ELSE 0 END AS immediate,
  CASE WHEN k.closed_on <= :edge THEN 1 ELSE 0 END AS closed,
  c.rep_id AS staff_id, c.grade, c.region, 0 AS cents, k.number AS key, k.customer_id, k.closed_on AS on_day, k.what AS said
FROM case_ k LEFT JOIN customer c ON c.id = k.customer_id
WHERE k.opened_at < :until_at AND (k.closed_on IS NULL OR k.closed_on >= :first)
"""
COMPLAINTS = """
SELECT CASE WHEN k.opened_at >= :from_at THEN 1 ELSE 0 END AS opened, k.severity, k.kind,
  CASE WHEN k.closed_on <= :edge THEN 1 ELSE 0 END AS closed, CASE WHEN k.upheld THEN 1 ELSE 0 END AS upheld,
  c.rep_id AS staff_id, c.grade, c.region, CASE WHEN k.closed_on <= :edge THEN k.amount_cents ELSE 0 END AS cents,
  k.number AS key, k.customer_id, k.closed_on AS on_day, k.what AS said
FROM complaint k LEFT JOIN customer c ON c.id = k.customer_id
WHERE k.opened_at < :until_at AND k.state <> 'refused' AND (k.closed_on IS NULL OR k.closed_on >= :first)
"""
DEADLINES = """
SELECT d.matter, d.clock, CASE
    WHEN d.ended_at < :now_at THEN CASE WHEN d.ended_at <= d.due_by THEN 'in_time' ELSE 'late' END
    WHEN d.due_by < :now_at THEN 'overdue' ELSE 'open' END AS state,
  d.staff_id, coalesce(c.grade, '') AS grade, coalesce(c.region, '') AS region, 0 AS cents, m.number AS key, m.customer_id,
  d.due_by AS on_day, d.clock AS said
FROM deadline d JOIN (
  SELECT 'case' AS matter, id, CAST(number AS TEXT) AS number, customer_id FROM case_
  UNION ALL SELECT 'complaint', id, number, customer_id FROM complaint
  UNION ALL SELECT 'approval', id, CAST(number AS TEXT), customer_id FROM approval
) m ON m.matter = d.matter AND m.id = d.matter_id LEFT JOIN customer c ON c.id = m.customer_id
WHERE d.due_by >= :from_at AND d.due_by < :end_at AND d.started_at < :now_at AND d.ended <> 'dropped'
"""
SECONDS_BETWEEN = {
    False: "CAST(strftime('%s', {b}) AS INTEGER) - CAST(strftime('%s', {a}) AS INTEGER)",
    True: "floor(extract(epoch FROM {b})) - floor(extract(epoch FROM {a}))",
}
"""Whole seconds between two instants, on a file and on a server."""
DAYS_BETWEEN = {False: "julianday({b}) - julianday({a})", True: "({b} - {a})"}
HOUR_OF = {False: "substr({a}, 1, 13)", True: "to_char({a} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"}
"""Day and hour of an instant, in UTC: 2026-03-12 01."""


@dataclass(frozen=True)
class Source:
    """Rows that may count: the inner statement and the marks of a row."""

    name: str
    rows: str
    marks: Any

    def read(self, sql: Sql, span: Span, *, whose: bool = True, one_by_one: bool = False) -> Iterator[Marked]:
        """What may count in a period, those alike together, or one by one; without `whose` the marks do not say to whom it
        belongs, which is read in half the time."""
        text, params = self.statement(sql, span, whose=whose, one_by_one=one_by_one)
        wide = len(self.marks._fields)
        if one_by_one:
            for row in sql.each(text, **params):
                yield Marked(self.marks(*row[:wide]), *row[wide:])
            return
        rows = sql.each(text, **params)
        counted = ((row[:-1], row[-1]) for row in rows) if sql.server else Counter(rows).items()
        for (cents, *marks), n in counted:
            yield Marked(self.marks(*marks, *(() if whose else NOT_SAID)), n, n * cents)

    def statement(
        self, sql: Sql, span: Span, *, whose: bool = True, one_by_one: bool = False
    ) -> tuple[str, dict[str, Any]]:
        """The statement and its parameters."""
        inner, params = _filled(self.rows, sql, span)
        marks = self.marks._fields if whose else self.marks._fields[: -len(NOT_SAID)]
        if one_by_one:
            return LISTED.format(marks=", ".join(marks), rows=inner), params
        return (GROUPED if sql.server else ALIKE).format(marks=", ".join(("cents", *marks)), rows=inner), params


def _filled(text: str, sql: Sql, span: Span) -> tuple[str, dict[str, Any]]:
    """A statement with the conditions of the policy and of the database at hand."""
    params = span.params
    filled: dict[str, str] = {}
    if "{contact}" in text:
        filled["contact"], more = is_contact(span.company.policies)
        params |= more
    if "{attempt}" in text:
        filled["attempt"], more = is_attempt(span.company.policies)
        params |= more
    if "{paperwork}" in text:
        rules = sorted(span.paperwork)
        filled["paperwork"] = ", ".join(f":paperwork_{place}" for place in range(len(rules))) or "''"
        params |= {f"paperwork_{place}": rule for place, rule in enumerate(rules)}
    if "{lag}" in text:
        filled["lag"] = SECONDS_BETWEEN[sql.server].format(a="r.done_at", b="r.filled_at")
        filled["seconds"], more = _seconds(span, "record_hours")
        params |= more
        filled["dormant_seconds"], more = _seconds(span, "dormancy_record_hours")
        params |= more
    if "{days}" in text:
        filled["days"] = DAYS_BETWEEN[sql.server].format(a="s.from_on", b="s.until_on")
        params["soon"] = SOON_DAYS
    if "{hour}" in text:
        filled["hour"] = HOUR_OF[sql.server].format(a="r.done_at")
    return text.format(**filled), params


SOON_DAYS = 30
"""Who orders again so soon after becoming dormant was brought back. The issue of the reports says 30 days."""


def _seconds(span: Span, name: str) -> tuple[str, dict[str, Any]]:
    """How long the policy of a revisit's day gives for writing it down."""
    versions = span.company.policies.versions
    params: dict[str, Any] = {f"{name}_0": getattr(versions[0], name) * 3600}
    if len(versions) == 1:
        return f":{name}_0", params
    parts = []
    for place, policy in reversed(list(enumerate(versions))[1:]):
        parts.append(f"WHEN r.done_on >= :{name}_from_{place} THEN CAST(:{name}_{place} AS INTEGER)")
        params |= {f"{name}_from_{place}": policy.in_force_from, f"{name}_{place}": getattr(policy, name) * 3600}
    return f"CASE {' '.join(parts)} ELSE CAST(:{name}_0 AS INTEGER) END", params


SOURCES = (
    Source("followups", FOLLOW_UPS, FollowUpMarks),
    Source("revisits", REVISITS, RevisitMarks),
    Source("reasons", REASONS, ReasonMarks),
    Source("suggestions", SUGGESTIONS, SuggestionMarks),
    Source("hours", HOURS, HourMarks),
    Source("dormancy", DORMANCY, DormancyMarks),
    Source("customers", CUSTOMERS, CustomerMarks),
    Source("cases", CASES, CaseMarks),
    Source("complaints", COMPLAINTS, ComplaintMarks),
    Source("deadlines", DEADLINES, DeadlineMarks),
)
