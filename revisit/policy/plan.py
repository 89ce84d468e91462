"""The register of one customer: all rules together, a pure function of its file, the dated policies and the calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

from revisit.policy import spans
from revisit.policy.calendar import WorkCalendar
from revisit.policy.facts import NEVER, File, FollowUp, Plan, Standing
from revisit.policy.prospects import prospect
from revisit.policy.rules import Case, after_sale, brief, callbacks, case_revisit, dormant_month, dormant_week
from revisit.policy.takeover import followed
from revisit.policy.timeline import Timeline, timeline_of
from revisit.policy.values import Policies

RULES = ("callback", "case-revisit", "after-sale", "dormant-week", "dormant-month", "takeover", "prospect", "brief")
"""The rules this version knows, in the order of the policy file; the file holds the numbers of all ten."""
MOST_PLANS = 10_000  # plans that a Planner remembers before it begins anew


def plan(file: File, policies: Policies, calendar: WorkCalendar, start_on: date) -> Plan:
    """What is owed to a customer, from when to when, and how it ended; and what stands in the way of judging it.

    `start_on` is the programme start. Rows stand in the order of their natural key (rule, anchor, slot).
    """
    file = file._replace(contacts=tuple(sorted(file.contacts, key=lambda contact: contact.on)))
    line = timeline_of(file, policies)
    by = followed(file, line, policies, start_on)
    by_service = spans.without(by.by_sales, line.first_on)
    eligible = spans.meet(spans.meet(line.allowed, line.customer), by_service)
    case = Case(file, line, eligible, policies, start_on)
    found = chain(
        callbacks(case),
        case_revisit(case),
        after_sale(case),
        dormant_week(case),
        dormant_month(case),
        by.follow_ups,
        prospect(case),
        brief(case),
    )
    rows = sorted(found, key=lambda row: (row.rule, row.anchor_on))  # stable: those of one anchor stay in order of time
    last = [span.last for span in line.ordered if span.end == NEVER and not span.by_contract]
    return Plan(
        first_on=line.first_on,
        last_order_on=last[0] if last else None,
        follow_ups=tuple(_numbered(rows, calendar)),
        standings=tuple(sorted(set(chain(by.standings, _standings(file, line, policies))), key=_order)),
    )


class Planner:
    """Plans many customers: those whose files no rule can tell apart are planned once, and share their plan."""

    def __init__(self, policies: Policies, calendar: WorkCalendar, start_on: date) -> None:
        self._policies = policies
        self._calendar = calendar
        self._start_on = start_on
        self.told_apart_by = frozenset(
            key
            for version in policies.versions
            for one in version.week_exceptions
            for key in one
            if key != "after_days"
        )
        self._plans: dict[File, Plan] = {}

    def plan(self, file: File) -> Plan:
        """The plan of a file, as `plan` gives it."""
        known = self.plain(file)
        found = self._plans.get(known)
        if found is None:
            if len(self._plans) == MOST_PLANS:
                self._plans.clear()
            found = self._plans[known] = self.anew(known)
        return found

    def anew(self, file: File) -> Plan:
        """The same, not remembered."""
        return plan(file, self._policies, self._calendar, self._start_on)

    def plain(self, file: File) -> File:
        """The file without what the rules do not look at: words that no exception of the policy names, and the balance of a
        customer whom sales has never followed."""
        facts, seen = file.facts, self.told_apart_by
        if not file.handovers and facts:
            facts = tuple([fact for fact in facts if fact.name != "balance"])
        return file._replace(
            facts=facts,
            code=file.code if "code" in seen else "",
            grade=file.grade if "grade" in seen else "",
            region=file.region if "region" in seen else "",
            industry=file.industry if "industry" in seen else "",
        )


def _numbered(rows: list[FollowUp], calendar: WorkCalendar) -> Iterator[FollowUp]:
    """Rows of one rule and anchor are counted from 0; each gets the last working day of its window."""
    seen: Counter[tuple[str, date]] = Counter()
    for row in rows:
        slot = seen[row.rule, row.anchor_on]
        seen[row.rule, row.anchor_on] += 1
        if row.due_by is None:
            call_by = None
        elif row.rule == "callback":
            call_by = row.due_by  # the customer named the day
        else:
            call_by = calendar.call_by(row.opens_on, row.due_by)
        yield row._replace(slot=slot, call_by=call_by)


def _standings(file: File, line: Timeline, policies: Policies) -> Iterator[Standing]:
    for kind, code, found in (
        ("excluded", "do_not_call", line.do_not_call),
        ("excluded", "closed", line.closed),
        ("waived", "waived", line.waived),
    ):
        for start, end in found:
            yield Standing(kind, code, start, _open(end))
    known = spans.join((span.start, span.end) for span in line.ordered)
    for start, end in spans.meet(line.customer, spans.without(known, line.first_on)):
        yield Standing("defective", "order_date", start, _open(end))
    over_week = []
    for span in line.ordered:
        after = policies.on(span.last).week_days(file.code, file.grade, file.region, file.industry)
        over_week.append((max(span.last + timedelta(days=after + 1), span.start), span.end))
    dormant = spans.join(pair for pair in over_week if pair[0] < pair[1])
    for start, end in spans.meet(dormant, line.customer):
        yield Standing("dormant", "week", start, _open(end))


def _open(end: date) -> date | None:
    return None if end == NEVER else end


def _order(standing: Standing) -> tuple[str, str, date]:
    return standing.kind, standing.code, standing.from_on
