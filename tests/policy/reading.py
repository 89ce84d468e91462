"""Reading a register on a day: comparing dates and nothing else, the way the list and `why` do."""

from __future__ import annotations

import copy
import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from revisit.policy.calendar import WorkCalendar, calendar_from
from revisit.policy.facts import Allocation, Closing, Contact, Fact, File, FollowUp, Handover, Plan, Sale
from revisit.policy.months import next_month
from revisit.policy.outcome import LIVE, state_on
from revisit.policy.plan import plan
from revisit.policy.slots import slots_of_month
from revisit.policy.values import Policies, policy_from

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = tomllib.loads((ROOT / "templates/policy/default.toml").read_text(encoding="utf-8"))
DEFAULT_POLICIES = Policies((policy_from(DEFAULT),))
CALENDAR = calendar_from(
    tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "templates/calendar").glob("cn-*.toml"))
)

Seen = tuple[str, date, date, str]
"""One follow-up on a day: rule, opens_on, due_by, state or outcome."""

PAPERWORK = {name: rule.paperwork for name, rule in DEFAULT_POLICIES.versions[0].rules.items()}


class Reading(NamedTuple):
    """A register on a day. `listed` is what the morning list shows: no paperwork, and nothing while a callback is booked for
    a later day."""

    owed: list[Seen]
    settled: list[Seen]
    promised: bool
    standings: dict[str, set[str]]

    @property
    def listed(self) -> list[Seen]:
        return [] if self.promised else [seen for seen in self.owed if not PAPERWORK[seen[0]]]


def slots_of(
    row: FollowUp, policies: Policies, calendar: WorkCalendar, start_on: date, until: date
) -> list[tuple[date, date, date | None, date, date]]:
    """(opens on, due by, met on, ended on, call by) of a series' slots, up to and with the month of `until`."""
    result = []
    month = row.opens_on.replace(day=1)
    last = until if row.ended_on is None else min(until, row.ended_on)
    while month <= last:
        for slot in slots_of_month(row.opens_on, row.ended_on, row.days, month, policies, calendar, start_on):
            result.append((slot.opens_on, slot.due_by, slot.met_on, slot.ended_on, slot.call_by))
        month = next_month(month)
    return result


def flat(register: Plan, policies: Policies, calendar: WorkCalendar, start_on: date, until: date) -> list[FollowUp]:
    """The rows with every series replaced by its slots."""
    result = []
    for row in register.follow_ups:
        if row.rule != "dormant-month":
            result.append(row)
            continue
        for opens, due, met, ended, call_by in slots_of(row, policies, calendar, start_on, until):
            result.append(row._replace(opens_on=opens, due_by=due, met_on=met, ended_on=ended, call_by=call_by))
    return result


def waits(row: FollowUp, rows: list[FollowUp], day: date) -> bool:
    """Whether the callback is booked for a later day. One of two with the same booking day waits once the other is over."""
    before = [other for other in rows if other[:3] == ("callback", row.anchor_on, row.slot - 1)]
    return (
        row.rule == "callback"
        and row.opens_on > day
        and (row.met_on is None or row.met_on > day)
        and all(min(other.met_on or date.max, other.ended_on or date.max) <= day for other in before)
    )


def read(
    register: Plan,
    policies: Policies,
    calendar: WorkCalendar,
    start_on: date,
    day: date,
    rows: list[FollowUp] | None = None,
) -> Reading:
    """What the register says at the end of the day."""
    owed, settled, promised = [], [], False
    rows = flat(register, policies, calendar, start_on, day) if rows is None else rows
    for row in rows:
        if row.anchor_on > day:
            continue
        assert row.due_by is not None
        assert row.call_by is not None
        state = state_on(row, row.due_by, row.call_by, day)
        seen = (row.rule, row.opens_on, row.due_by, str(state))
        if state in LIVE:
            owed.append(seen)
        elif state != "ahead":
            settled.append(seen)
        elif waits(row, rows, day):
            promised = True
    standings: dict[str, set[str]] = {}
    for standing in register.standings:
        if standing.from_on <= day and (standing.until_on is None or day < standing.until_on):
            standings.setdefault(standing.kind, set()).add(standing.code)
    promised = promised and not standings.keys() & {"excluded", "waived"}
    return Reading(sorted(owed), sorted(settled), promised, standings)


def read_file(file: File, policies: Policies, calendar: WorkCalendar, start_on: date, day: date) -> Reading:
    """Plan and read in one step."""
    return read(plan(file, policies, calendar, start_on), policies, calendar, start_on, day)


def days(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def up_to(file: File, day: date) -> File:
    """The file as it was known at the end of the day: what is dated later is not there yet."""
    return file._replace(
        sales=tuple(
            sale._replace(
                completed_on=sale.completed_on if sale.completed_on and sale.completed_on <= day else None,
                cancelled_on=sale.cancelled_on if sale.cancelled_on and sale.cancelled_on <= day else None,
            )
            for sale in file.sales
            if sale.ordered_on <= day
        ),
        contacts=tuple(contact for contact in file.contacts if contact.on <= day),
        handovers=tuple(item for item in file.handovers if item.on is None or item.on <= day),
        sales_follow_ups=tuple(on for on in file.sales_follow_ups if on <= day),
        shown_orders=tuple(on for on in file.shown_orders if on <= day),
        facts=tuple(fact for fact in file.facts if fact.on is None or fact.on <= day),
        allocations=tuple(item for item in file.allocations if item.on is None or item.on <= day),
        closings=tuple(
            item._replace(reopened_on=item.reopened_on if item.reopened_on and item.reopened_on <= day else None)
            for item in file.closings
            if item.on <= day
        ),
    )


# -- cases told in words ---------------------------------------------------------------------------------------------

FACTS = ("kind", "contract_on", "balance", "do_not_call", "closed", "waived", "intention")


class Check(NamedTuple):
    """What a case expects of a span of days. `settled` is compared where it is told."""

    first: date
    last: date
    owed: list[Seen]
    settled: list[Seen] | None
    promised: bool
    candidate: bool
    missing: set[str] | None


class Told(NamedTuple):
    """A case of a file of cases."""

    name: str
    file: File
    policies: Policies
    start_on: date
    checks: list[Check]


def day_of(text: str) -> date:
    """`03-02` is in 2026."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def seen_of(text: str) -> Seen:
    """`after-sale 03-02..03-09 open`"""
    rule, window, state = text.split()
    opens_on, due_by = window.split("..")
    return rule, day_of(opens_on), day_of(due_by), state


def after(words: list[str], word: str) -> date | None:
    """The day that follows the word."""
    return day_of(words[words.index(word) + 1]) if word in words else None


def file_of(events: list[str], grade: str) -> File:
    """A file from its events: `[day] what ...`, one in a line; see the heads of the files of cases."""
    file = File("C1", date(2026, 1, 1), grade=grade)
    facts: list[Fact] = []
    for event in events:
        words = event.split()
        on = day_of(words.pop(0)) if words[0][0].isdigit() else None
        what = words.pop(0)
        if what in FACTS:
            value = words[0] if words and words[0] != "until" else ""
            value = day_of(value).isoformat() if what == "contract_on" and value else value
            facts.append(Fact(what, value, on, after(words, "until")))
        elif what == "allocated":
            file = file._replace(allocations=(*file.allocations, Allocation(on, "temporary" in words)))
        elif what == "handover":
            file = file._replace(handovers=(*file.handovers, Handover(words[0], on)))
        elif on is None:
            raise ValueError(event)
        elif what == "entered":
            file = file._replace(entered_on=on)
        elif what == "order":
            completed = None if "open" in words else after(words, "completed") or on
            cancelled = after(words, "cancelled")
            file = file._replace(sales=(*file.sales, Sale(on, completed, cancelled)))
        elif what == "shown":
            file = file._replace(shown_orders=(*file.shown_orders, on))
        elif what == "case-closed":
            number = words[0] if words and words[0].isdigit() else ""
            closing = Closing(on, after(words, "reopened"), number=number)
            file = file._replace(closings=(*file.closings, closing))
        elif what == "sales-follow-up":
            file = file._replace(sales_follow_ups=(*file.sales_follow_ups, on))
        else:
            promised = after(words, "promised") or after(words, "planned")
            at = time.fromisoformat(words[-1]) if ":" in words[-1] else None
            contact = Contact(
                on,
                channel=what,
                result=words[0],
                inbound="inbound" in words,
                with_sales="with-sales" in words,
                promised_on=promised,
                promised_at=datetime.combine(promised, at) if promised and at else None,
                planned="planned" in words,
                intention=words[words.index("learnt") + 1] if "learnt" in words else "",
            )
            file = file._replace(contacts=(*file.contacts, contact))
    if not any(fact.name == "kind" for fact in facts):
        facts.append(Fact("kind", "customer"))
    return file._replace(facts=tuple(facts))


def policies_of(changes: list[dict[str, Any]]) -> Policies:
    """The default policy with changed keys, or several versions of it: `from` is the day from which one is in force."""
    versions = []
    for number, change in enumerate(changes or [{}]):
        data = copy.deepcopy(DEFAULT) | {"id": f"v{number}"}
        if "from" in change:
            data["in_force_from"] = day_of(change["from"])
        for key, value in change.items():
            if key != "from":
                rule, name = key.split(".")
                data["rules"][rule][name] = value
        versions.append(policy_from(data))
    return Policies(tuple(versions))


def told_in(name: str) -> list[Told]:
    """The cases of a file beside this one."""
    path = Path(__file__).with_name(name)
    result = []
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
        checks = []
        for check in case["checks"]:
            first, _, last = check["on"].partition("..")
            checks.append(
                Check(
                    first=day_of(first),
                    last=day_of(last or first),
                    owed=sorted(seen_of(text) for text in check.get("owed", [])),
                    settled=sorted(seen_of(text) for text in check["settled"]) if "settled" in check else None,
                    promised=check.get("promised", False),
                    candidate=check.get("candidate", False),
                    missing=set(check["missing"]) if "missing" in check else None,
                )
            )
        file = file_of(case["events"], case.get("grade", ""))
        start_on = day_of(case.get("start_on", "01-01"))
        result.append(Told(case["name"], file, policies_of(case.get("policy", [])), start_on, checks))
    return result


def hold(case: Told) -> None:
    """Every check of the case, on each of its days: the register of the whole file, and of what was known by then."""
    planned = plan(case.file, case.policies, CALENDAR, case.start_on)
    for check in case.checks:
        for day in days(check.first, check.last):
            for register in (planned, plan(up_to(case.file, day), case.policies, CALENDAR, case.start_on)):
                found = read(register, case.policies, CALENDAR, case.start_on, day)
                assert found.owed == check.owed, day
                assert found.promised == check.promised, day
                assert ("candidate" in found.standings) == check.candidate, day
                listed = [] if check.promised else [seen for seen in check.owed if not seen[0].startswith("brief")]
                assert found.listed == listed, day
                if check.settled is not None:
                    assert found.settled == check.settled, day
                if check.missing is not None:
                    assert found.standings.get("defective", set()) == check.missing, day
