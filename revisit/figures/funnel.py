"""The files that were prospects in a period, and what became of them: few, so that the policy itself judges each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from revisit.db import Sql, day
from revisit.figures.marks import Marked, ProspectMarks
from revisit.figures.span import Span
from revisit.policy.facts import Contact, Fact, File, Sale
from revisit.policy.funnel import way

MARKED = "SELECT x.customer_id FROM fact x WHERE x.name = 'kind' AND x.value = 'prospect'"
FILES = f"""
SELECT c.id, c.code, c.first_on, c.entered_on, c.rep_id, c.grade, c.region FROM customer c
WHERE c.first_on <= :edge AND c.id IN ({MARKED})
"""
FACTS = f"""
SELECT f.customer_id, f.name, f.value, f.from_on, f.until_on FROM fact f
WHERE f.name IN ('kind', 'contract_on', 'intention') AND f.customer_id IN ({MARKED}) ORDER BY f.id
"""
ORDERS = f"SELECT o.customer_id, o.ordered_on, o.cancelled_on FROM order_ o WHERE o.customer_id IN ({MARKED})"
SHOWN_ORDERS = f"SELECT o.customer_id, o.ordered_on FROM shown_order o WHERE o.customer_id IN ({MARKED})"
REVISITS = f"""
SELECT r.customer_id, r.done_on, r.channel, r.result, r.inbound, r.with_whom, r.intention FROM revisit r
WHERE r.is_current AND NOT r.is_void AND r.done_on <= :edge AND (r.done_on >= :first OR r.intention <> '')
  AND r.customer_id IN ({MARKED})
ORDER BY r.done_on, CASE WHEN r.done_at IS NULL THEN 1 ELSE 0 END, r.done_at, r.number
"""


class Prospects:
    """The source of the figures about prospects, as `sources.Source`."""

    name = "prospects"
    marks = ProspectMarks

    def read(self, sql: Sql, span: Span, *, whose: bool = True, one_by_one: bool = False) -> Iterator[Marked]:
        """Files that were prospects in a period, those alike together, or one by one; whose they are is known in any case."""
        del whose
        rows = _rows(sql, span)
        if one_by_one:
            yield from sorted(rows, key=lambda one: (one.on, one.customer_id, one.key))
            return
        for marks, n in Counter(one.marks for one in rows).items():
            yield Marked(marks, n, 0)


PROSPECTS = Prospects()


def _rows(sql: Sql, span: Span) -> Iterator[Marked]:
    """One by one; the day is that from which it is a customer, else the first one of the file."""
    files = sql.rows(FILES, edge=span.edge)
    if not files:
        return
    facts: dict[int, list[Fact]] = defaultdict(list)
    for customer, name, value, since, until in sql.rows(FACTS):
        facts[customer].append(Fact(name, value, day(since), day(until)))
    sales: dict[int, list[Sale]] = defaultdict(list)
    for customer, ordered, cancelled in sql.rows(ORDERS):
        sales[customer].append(Sale(date.fromisoformat(ordered), None, day(cancelled)))
    shown: dict[int, list[date]] = defaultdict(list)
    for customer, ordered in sql.rows(SHOWN_ORDERS):
        shown[customer].append(date.fromisoformat(ordered))
    contacts: dict[int, list[Contact]] = defaultdict(list)
    for customer, on, channel, result, inbound, whom, intention in sql.rows(
        REVISITS, first=span.period.start, edge=span.edge
    ):
        contacts[customer].append(
            Contact(date.fromisoformat(on), channel, result, bool(inbound), whom == "sales", intention=intention)
        )
    for id_, code, first, entered, owner, grade, region in files:
        file = File(
            code,
            date.fromisoformat(entered),
            sales=tuple(sales[id_]),
            contacts=tuple(contacts[id_]),
            shown_orders=tuple(shown[id_]),
            facts=tuple(facts[id_]),
        )
        found = way(file, span.company.policies, date.fromisoformat(first), span.period.start, span.edge)
        if found is not None:
            marks = ProspectMarks(found.intention or "unknown", int(found.contacted), found.by, owner, grade, region)
            yield Marked(marks, 1, 0, code, id_, found.since.isoformat() if found.since else first, found.by)
