"""The dated events of customers, gathered in one set query per table; no threshold stands here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from revisit import clock
from revisit.db import Sql, id_list, instant
from revisit.policy.facts import Allocation, Closing, Contact, Fact, File, Handover, Sale

CUSTOMERS = """
SELECT id, code, grade, region, industry, entered_on FROM customer WHERE merged_into IS NULL AND id IN ({ids}) ORDER BY id
"""
ORDERS = """
SELECT customer_id, ordered_on, completed_on, cancelled_on FROM order_ WHERE customer_id IN ({ids})
ORDER BY ordered_on, id
"""
REVISITS = """
SELECT r.customer_id, r.done_on, r.channel, r.result, r.inbound, r.with_whom, r.intention, b.promised_on, b.promised_at, b.planned
FROM revisit r LEFT JOIN booking b ON b.revisit_id = r.id
WHERE r.customer_id IN ({ids}) AND r.is_current AND NOT r.is_void
ORDER BY r.done_on, CASE WHEN r.done_at IS NULL THEN 1 ELSE 0 END, r.done_at, r.number, b.id
"""
HANDOVERS = "SELECT customer_id, to_whom, from_on FROM handover WHERE customer_id IN ({ids}) ORDER BY id"
FACTS = "SELECT customer_id, name, value, from_on, until_on FROM fact WHERE customer_id IN ({ids}) ORDER BY id"
ALLOCATIONS = "SELECT customer_id, from_on, temporary FROM allocation WHERE customer_id IN ({ids}) ORDER BY id"
SALES_FOLLOW_UPS = "SELECT customer_id, done_on FROM sales_follow_up WHERE customer_id IN ({ids}) ORDER BY done_on"
SHOWN_ORDERS = "SELECT customer_id, ordered_on FROM shown_order WHERE customer_id IN ({ids}) ORDER BY ordered_on"
CLOSED_CASES = """
SELECT k.customer_id, m.matter, k.number, m.state_to = 'closed', m.at, o.timezone
FROM case_ k JOIN move m ON m.matter = 'case' AND m.matter_id = k.id CROSS JOIN company o
WHERE k.customer_id IN ({ids}) AND (m.state_to = 'closed') <> (m.state_from = 'closed')
  AND EXISTS (SELECT 1 FROM move r WHERE r.matter = m.matter AND r.matter_id = m.matter_id AND r.action = 'route' AND r.id < m.id)
ORDER BY k.number, m.id
"""
CLOSED_COMPLAINTS = """
SELECT k.customer_id, m.matter, k.number, m.state_to = 'closed', m.at, o.timezone
FROM complaint k JOIN move m ON m.matter = 'complaint' AND m.matter_id = k.id CROSS JOIN company o
WHERE k.customer_id IN ({ids}) AND (m.action = 'close' OR (m.action = 'refuse' AND m.state_from <> 'told'))
ORDER BY k.number, m.id
"""
CLOSINGS = (CLOSED_CASES, CLOSED_COMPLAINTS)
"""What was closed and opened again, by kind of matter: (customer, matter, number, whether it was closed, when, time zone) of each
such move, those of one matter in their order. Of cases only what had gone to a department by then."""
ALL_IDS = "SELECT id FROM customer ORDER BY id"


class Gathered(NamedTuple):
    """A customer's id and everything the rules know of it."""

    id: int
    file: File


T = TypeVar("T")


def load_files(sql: Sql, ids: Sequence[int]) -> list[Gathered]:
    """The files of one portion of customers, in the order of their ids; one that was merged into another is none."""
    within = id_list(ids)
    days = _Days()
    sales: dict[int, list[Sale]] = defaultdict(list)
    for customer, ordered, completed, cancelled in sql.rows(ORDERS.format(ids=within)):
        sales[customer].append(Sale(days.of(ordered), days.maybe(completed), days.maybe(cancelled)))
    contacts: dict[int, list[Contact]] = defaultdict(list)
    for customer, on, *said in sql.rows(REVISITS.format(ids=within)):
        channel, result, inbound, whom, intention, promised_on, promised_at, planned = said
        contact = Contact(
            days.of(on), channel, result, bool(inbound), whom == "sales", days.maybe(promised_on), instant(promised_at),
            bool(planned), intention,
        )  # fmt: skip
        contacts[customer].append(contact)
    handovers: dict[int, list[Handover]] = defaultdict(list)
    for customer, to_whom, from_on in sql.rows(HANDOVERS.format(ids=within)):
        handovers[customer].append(Handover(to_whom, days.maybe(from_on)))
    facts: dict[int, list[Fact]] = defaultdict(list)
    for customer, name, value, from_on, until_on in sql.rows(FACTS.format(ids=within)):
        facts[customer].append(Fact(name, value, days.maybe(from_on), days.maybe(until_on)))
    allocations: dict[int, list[Allocation]] = defaultdict(list)
    for customer, from_on, temporary in sql.rows(ALLOCATIONS.format(ids=within)):
        allocations[customer].append(Allocation(days.maybe(from_on), bool(temporary)))
    talks: dict[int, list[date]] = defaultdict(list)
    for customer, on in sql.rows(SALES_FOLLOW_UPS.format(ids=within)):
        talks[customer].append(days.of(on))
    shown: dict[int, list[date]] = defaultdict(list)
    for customer, on in sql.rows(SHOWN_ORDERS.format(ids=within)):
        shown[customer].append(days.of(on))
    closings = _closings(sql, within)
    return [
        Gathered(
            customer,
            File(
                code=code,
                entered_on=days.of(entered),
                sales=tuple(sales[customer]),
                contacts=tuple(contacts[customer]),
                handovers=tuple(handovers[customer]),
                sales_follow_ups=tuple(talks[customer]),
                shown_orders=tuple(shown[customer]),
                facts=tuple(facts[customer]),
                allocations=tuple(allocations[customer]),
                closings=tuple(closings[customer]),
                grade=grade,
                region=region,
                industry=industry,
            ),
        )
        for customer, code, grade, region, industry, entered in sql.rows(CUSTOMERS.format(ids=within))
    ]


def _closings(sql: Sql, within: str) -> dict[int, list[Closing]]:
    """What was closed, by customer; each is open again from the next move that opens it on."""
    found: dict[int, list[Closing]] = defaultdict(list)
    for statement in CLOSINGS:
        for customer, matter, number, closed, at, timezone in sql.rows(statement.format(ids=within)):
            on = _local_day(instant(at), timezone)
            mine = Closing(on, None, matter, str(number))
            before = found[customer]
            if closed:
                before.append(mine)
            elif before and before[-1]._replace(on=on) == mine:
                before[-1] = before[-1]._replace(reopened_on=on)
    return found


def _local_day(at: datetime | None, timezone: str) -> date:
    assert at is not None
    return clock.local(at, timezone).date()


class _Days(dict[str, date]):
    """Days by their ISO text: the same few hundred come again and again."""

    def __missing__(self, text: str) -> date:
        value = self[text] = date.fromisoformat(text)
        return value

    def of(self, text: str) -> date:
        return self[text]

    def maybe(self, text: str | None) -> date | None:
        return self[text] if text else None
