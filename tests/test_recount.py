"""Every figure of a report counted again, slowly and in another way: from what happened, not from the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

import pytest

from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.policy.periods import Period, period_of
from revisit.register import events
from revisit.reports import Report, report
from tests.policy import oracle
from tests.support import reading
from tests.test_reports import Call, Seed, at_random, courted, fill

SEEN = (date(2026, 3, 20), date(2026, 5, 17), date(2026, 8, 31))
PERIODS = (
    period_of("month", date(2026, 3, 1)),
    period_of("quarter", date(2026, 4, 1)),
    period_of("week", date(2026, 5, 13)),
)
CONTACT, ATTEMPT = ("reached", "declined"), ("no_answer", "busy", "wrong_number", "inconvenient")


def told(random: Random, number: int) -> Seed:
    """A customer with anything that may happen, who says something; calls have times, and were written down some time later."""
    seed = at_random(random, number)
    calls = []
    for call in seed.calls:
        at = datetime.combine(call.on, time(random.randrange(8, 20), random.randrange(60)))
        filled = at + timedelta(minutes=random.choice([5, 59, 60, 61, 600, 1440, 1441, 4000]))
        timed = random.random() < 0.8
        calls.append(
            replace(
                call,
                at=f"{at:%Y-%m-%d %H:%M}" if timed else "",
                filled=f"{filled:%Y-%m-%d %H:%M}" if timed else "",
                satisfaction=random.choice(["", "satisfied", "neutral", "dissatisfied"])
                if call.result == "reached"
                else "",
                reason=random.choice(["", "", "价格", "价格；质量", "质量/ 服务、价格"]),
            )
        )
    seed = replace(seed, calls=calls)
    return courted(random, seed) if number % 2 else seed


class Owed(NamedTuple):
    """A follow-up as the slow walk has it: its rule, its state, whose it was, customer, whether it was tried in vain."""

    rule: str
    state: str
    rep: str
    code: str


def owed(sql: Sql, company: CompanyInfo, seeds: list[Seed], period: Period, on: date) -> Iterator[Owed]:
    """Every follow-up that falls due in the period, in its state at the end of a day, by walking over the days."""
    ids = {code: id_ for id_, code in sql.rows("SELECT id, code FROM customer")}
    for seed in seeds:
        (found,) = events.load_files(sql, [ids[seed.code]])
        seen = [*oracle.owed_on(found.file, company.policies, company.calendar, company.start_on, on),
                *oracle.settled_before(found.file, company.policies, company.calendar, company.start_on, on)]  # fmt: skip
        for rule, _opens, due_by, state in seen:
            if period.start <= due_by <= period.end:
                yield Owed(rule, state, owner(seed, min(due_by, on)), seed.code)


def owner(seed: Seed, day: date) -> str:
    """The representative of a customer on a day."""
    held = [(start, place, login) for place, (start, login) in enumerate(seed.reps) if start is None or start <= day]
    return max(held, key=lambda one: (one[0] is not None, one[0] or date.min, one[1]))[2] if held else ""


def dormant(seed: Seed) -> list[tuple[date, date | None]]:
    """The spans of days on which no order was younger than eight days, from the first order on."""
    days = sorted({ordered for ordered, _done in seed.orders})
    spans = []
    for last, following in zip(days, [*days[1:], None], strict=False):
        start = last + timedelta(days=8)
        if following is None or start < following:
            spans.append((start, following))
    return spans


def was_dormant(seed: Seed, day: date) -> bool:
    return any(start <= day and (end is None or day < end) for start, end in dormant(seed))


def is_contact(call: Call) -> bool:
    outside = call.inbound or call.with_whom == "sales"
    return not outside and (call.result in CONTACT or (call.result == "sent" and call.channel in ("sms", "wechat")))


@pytest.mark.parametrize("luck", [11, 12])
def test_a_report_is_what_happened(company_db: str, luck: int) -> None:
    random = Random(luck)  # noqa: S311 - made-up customers, no secret
    seeds = [told(random, number) for number in range(30)]
    fill(company_db, seeds)
    seen: Counter[str] = Counter()
    with reading(company_db) as (sql, company):
        for on in SEEN:
            for period in PERIODS:
                found = report(sql, company, period, on, compare=False)
                counted = list(owed(sql, company, seeds, period, on))
                check_follow_ups(found, counted)
                check_calls(found, seeds, period, min(period.end, on))
                check_customers(found, seeds, period, min(period.end, on))
                seen.update(check_prospects(found, seeds, period, min(period.end, on)))
    assert all(seen[by] for by in ("", "order", "kind")), seen


def check_follow_ups(found: Report, counted: list[Owed]) -> None:
    states = Counter(one.state for one in counted)
    for state in ("in_time", "late", "missed", "overdue", "open", "void"):
        assert getattr(found.followups, state) == states[state], state
        for rep, whole in found.by_rep.items():
            assert getattr(whole, state) == sum(one.rep == rep and one.state == state for one in counted)
        for rule, whole in found.by_rule.items():
            assert getattr(whole, state) == sum(one.rule == rule and one.state == state for one in counted)
    assert found.followups.owed == sum(states.values()) - states["void"]
    assert set(found.by_rep) == {one.rep for one in counted}


def reasons(calls: Iterable[Call]) -> Counter[str]:
    """In how many calls which reason was named."""
    named: Counter[str] = Counter()
    for call in calls:
        named.update({part.strip() for part in call.reason.replace("；", "/").replace("、", "/").split("/")} - {""})
    return named


def check_calls(found: Report, seeds: list[Seed], period: Period, edge: date) -> None:
    every = [(seed, call) for seed in seeds for call in seed.calls if period.start <= call.on <= edge]
    out = [call for _seed, call in every if not call.inbound]
    figures = found.figures
    assert found.contacts.total == len(out)
    assert found.contacts.by_channel == Counter(call.channel for call in out)
    assert found.contacts.by_result == Counter(call.result for call in out)
    assert figures["contacts.reached"] == sum(map(is_contact, out))
    assert figures["contacts.attempts"] == sum(call.result in ATTEMPT for call in out)
    assert figures["enquiries.total"] == len(every) - len(out)
    said = Counter(call.satisfaction for call in out if call.result == "reached")
    assert found.satisfaction.satisfied == said["satisfied"]
    assert found.satisfaction.neutral == said["neutral"]
    assert found.satisfaction.dissatisfied == said["dissatisfied"]
    assert dict(found.reasons) == reasons(call for _seed, call in every)
    assert dict(found.reasons_dormancy) == reasons(call for seed, call in every if was_dormant(seed, call.on))
    unhappy = ("neutral", "dissatisfied")
    assert dict(found.reasons_dissatisfaction) == reasons(call for _seed, call in every if call.satisfaction in unhappy)
    in_time: Counter[bool] = Counter()
    for seed, call in every:
        if call.at:
            lag = datetime.fromisoformat(call.filled) - datetime.fromisoformat(call.at)
            in_time[lag <= timedelta(hours=1 if was_dormant(seed, call.on) else 24)] += 1
    assert (found.records.within_deadline, found.records.late) == (in_time[True], in_time[False])
    hours = Counter(datetime.fromisoformat(call.at).hour for call in out if call.at and call.channel == "phone")
    assert {one.hour: one.calls for one in found.hours} == hours
    assert [one.contacts for one in found.days] == [
        sum(call.on == one.on for call in out) for one in found.days
    ]  # fmt: skip


def check_customers(found: Report, seeds: list[Seed], period: Period, edge: date) -> None:
    if edge < period.start:
        return
    spans = [span for seed in seeds for span in dormant(seed) if span[0] <= edge]
    ended = [(start, end) for start, end in spans if end is not None and period.start <= end <= edge]
    assert found.dormancy.entered == sum(start >= period.start for start, _end in spans)
    assert found.dormancy.reactivated == len(ended)
    assert found.dormancy.reactivated_soon == sum((end - start).days <= 30 for start, end in ended)
    assert found.dormancy.still == sum(end is None or end > edge for _start, end in spans)
    scope = [seed for seed in seeds if first_on(seed) <= edge]
    assert found.customers.in_scope == len(scope)
    contacts = [(seed.code, call.on) for seed in scope for call in seed.calls if is_contact(call) and call.on <= edge]
    assert found.customers.contacted == len({code for code, on in contacts if on >= period.start})
    assert found.customers.never_reached == len(scope) - len({code for code, _on in contacts})


def is_prospect(seed: Seed, day: date) -> bool:
    """Whether the evening of a day saw a prospect."""
    if day < first_on(seed) or any(ordered <= day for ordered, _done in seed.orders):
        return False
    return last_said(seed, "kind", day) == "prospect"


def last_said(seed: Seed, name: str, day: date) -> str:
    """What a sheet said last up to a day, or, of the intention, a talk."""
    said = [(on or date.min, 0, "", place, value) for place, (one, value, on) in enumerate(seed.facts) if one == name]
    if name == "intention":
        said += [
            (one.on, 1, one.at or "~", place, one.intention) for place, one in enumerate(seed.calls) if one.intention
        ]
    return max((one for one in said if one[0] <= day), default=(None, 0, "", 0, ""))[4]


def check_prospects(found: Report, seeds: list[Seed], period: Period, edge: date) -> Counter[str]:
    """By what those who were prospects are customers; "" of those who still are prospects."""
    if edge < period.start:
        return Counter()
    evenings = [period.start + timedelta(days=n) for n in range(-1, (edge - period.start).days + 1)]
    every = [seed for seed in seeds if any(is_prospect(seed, day) for day in evenings)]
    met = [
        seed
        for seed in every
        if any(is_contact(one) and is_prospect(seed, one.on) for one in seed.calls if one.on in evenings[1:])
    ]
    gone = [seed for seed in every if not is_prospect(seed, edge)]
    ordered = [seed for seed in gone if any(day <= edge for day, _done in seed.orders)]
    figures, meant = found.figures, {seed.code: last_said(seed, "intention", edge) or "unknown" for seed in seeds}
    for name, group in (("prospects", every), ("contacted", met), ("customers", gone), ("ordered", ordered)):
        assert figures[f"funnel.{name}"] == len(group), name
        for word in ("interested", "undecided", "none", "unknown"):
            assert figures.get(f"funnel.{name}.{word}", 0) == sum(meant[one.code] == word for one in group), (
                name,
                word,
            )
    assert figures["funnel.interested"] == sum(meant[one.code] == "interested" for one in every)
    assert figures["prospects.in_scope"] == len(every) - len(gone)
    for word in ("interested", "undecided", "none", "unknown"):
        still = [seed for seed in every if is_prospect(seed, edge)]
        assert figures[f"prospects.{word}"] == sum(meant[one.code] == word for one in still)
    return Counter({"": len(every) - len(gone), "order": len(ordered), "kind": len(gone) - len(ordered)})


def first_on(seed: Seed) -> date:
    """The first day on which anything is known of a customer."""
    days = [seed.entered, *(call.on for call in seed.calls), *(start for start, _login in seed.reps if start)]
    return min([*days, *(day for order in seed.orders for day in order if day)])
