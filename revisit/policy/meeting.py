"""Which rules a result meets, asked of the rules themselves: a customer is made up who owes one contact, and is planned with it.

For people (`revisit policy outcomes`); nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from revisit.policy.calendar import WorkCalendar
from revisit.policy.facts import Allocation, Closing, Contact, Fact, File, Handover, Sale
from revisit.policy.outcomes import CHANNELS
from revisit.policy.plan import RULES, plan
from revisit.policy.values import Policies, Policy

FIRST = date(2024, 1, 1)
_DAY = timedelta(days=1)
_FILE = File("", FIRST, facts=(Fact("kind", "customer"), Fact("balance", "0")))
OWING = {
    "callback": _FILE._replace(contacts=(Contact(FIRST, "", "", promised_on=FIRST + _DAY),)),
    "case-revisit": _FILE._replace(closings=(Closing(FIRST),)),
    "after-sale": _FILE._replace(sales=(Sale(FIRST, FIRST),)),
    "dormant-week": _FILE._replace(sales=(Sale(FIRST),)),
    "dormant-month": _FILE._replace(sales=(Sale(FIRST),)),
    "takeover": _FILE._replace(handovers=(Handover("sales", FIRST),)),
    "prospect": _FILE._replace(facts=(Fact("kind", "prospect"),)),
    "brief": _FILE._replace(allocations=(Allocation(FIRST),)),
}
"""For each rule a file of which the first follow-up under that rule waits for a contact."""


def meets(result: str, policy: Policy, calendar: WorkCalendar) -> dict[str, tuple[str, ...]]:
    """The rules that a revisit of ours with that result meets, each with the channels by which it does.

    A talk with the salesperson is taken for `brief`, one with the customer for every other rule.
    """
    policies = Policies((policy,))
    found = {rule: tuple(_channels(rule, result, policies, calendar)) for rule in RULES}
    return {rule: channels for rule, channels in found.items() if channels}


def _channels(rule: str, result: str, policies: Policies, calendar: WorkCalendar) -> Iterator[str]:
    file = OWING[rule]
    owed = [row for row in plan(file, policies, calendar, FIRST).follow_ups if row.rule == rule]
    for channel in CHANNELS if owed else ():
        contact = Contact(owed[0].opens_on, channel, result, with_sales=rule == "brief")
        made = plan(file._replace(contacts=(*file.contacts, contact)), policies, calendar, FIRST)
        if any(row.met_on or row.days for row in made.follow_ups if row.rule == rule):
            yield channel
