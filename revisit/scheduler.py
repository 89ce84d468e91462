"""Who is in which class on a day, what is owed, and why. Reads the register; decides nothing. The list itself: `morning`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from revisit import clock
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.i18n import N_
from revisit.policy.explain import Verdict, explain
from revisit.policy.plan import RULES
from revisit.register import read
from revisit.register.events import load_files
from revisit.register.read import Owed

CLASSES = ("due", "promised", "settled", "waived", "excluded", "defective")


@dataclass(frozen=True, slots=True)
class Judged:
    """Every customer in scope on a day: its representative (staff id), its one census class, what is owed to it.

    `live` are the contacts owed to customers; `paperwork` is what a representative owes beside them, and makes nobody due.
    """

    owners: dict[int, int | None]
    groups: dict[int, str]
    live: dict[int, list[Owed]]
    paperwork: dict[int, list[Owed]]
    standing: dict[int, list[tuple[str, str, date]]]

    def census(self, among: Iterable[int]) -> dict[str, int]:
        """How many of these customers are in each class; the classes add up to `customers`."""
        counts = Counter(self.groups[customer] for customer in among)
        return {"customers": counts.total()} | {group: counts[group] for group in CLASSES}


def judge(sql: Sql, company: CompanyInfo, on: date) -> Judged:
    """Who is in which class on a day, and what is owed."""
    live, paperwork = _live(sql, company, on)
    promised = read.promised_on(sql, on)
    standing = read.standing_on(sql, on)
    owners = read.owners_on(sql, on)
    groups = {customer: _class_of(customer, live, promised, standing) for customer in owners}
    return Judged(owners, groups, live, paperwork, standing)


def is_due(sql: Sql, company: CompanyInfo, customer_id: int, on: date) -> bool:
    """Whether one customer stands on the list of a day, from what is known now."""
    live, _paperwork = _live(sql, company, on, customer_id)
    promised = read.promised_on(sql, on, customer_id)
    return _class_of(customer_id, live, promised, read.standing_on(sql, on, customer_id)) == "due"


def _live(
    sql: Sql, company: CompanyInfo, on: date, customer: int | None = None
) -> tuple[dict[int, list[Owed]], dict[int, list[Owed]]]:
    """What is owed to customers on a day, and the paperwork beside it."""
    rules = company.policies.on(on).rules
    live: dict[int, list[Owed]] = {}
    paperwork: dict[int, list[Owed]] = {}
    for whose, every in read.live_on(sql, company, on, customer).items():
        for one in every:
            (paperwork if rules[one.rule].paperwork else live).setdefault(whose, []).append(one)
    return live, paperwork


def verdicts(sql: Sql, company: CompanyInfo, customer_id: int, on: date) -> list[Verdict]:
    """Every rule the program knows, once, for one customer: owed or not, and why."""
    (one,) = load_files(sql, [customer_id])
    return explain(one.file, company.policies, company.calendar, company.start_on, on)


def next_on(sql: Sql, company: CompanyInfo, customer_id: int, on: date) -> tuple[date, str] | None:
    """The next day on which something opens for a customer without any new event, and under which rule."""
    ahead = [verdict for verdict in verdicts(sql, company, customer_id, on) if verdict.code == "opens"]
    return min(((verdict.opens_on, verdict.rule) for verdict in ahead if verdict.opens_on), default=None)


def clause_of(company: CompanyInfo, rule: str, on: date) -> str:
    """The clause of a rule in the policy of a day."""
    return company.policies.on(on).rules[rule].clause


def local_at(at: datetime | None, company: CompanyInfo) -> datetime | None:
    """An instant with the company's own offset, as lists and documents show it."""
    return clock.zoned(at, company.timezone) if at is not None else None


def check_rule(name: str) -> str:
    """The name of a rule. Raises Refused (usage) for a word that is none."""
    if name not in RULES:
        raise WrongUsage(N_("there is no rule {rule}"), N_("rules: {known}"), rule=name, known=", ".join(RULES))
    return name


def rank_of(owed: Owed, rank: dict[str, int]) -> tuple[int, date, str, int]:
    """Promised callbacks that have come due, by time; then by `call_by`, then in the order of the rules."""
    if owed.rule == "callback":
        return (0, owed.opens_on, owed.at.isoformat() if owed.at else "~", 0)
    return (1, owed.call_by, "", rank[owed.rule])


def _class_of(
    customer: int,
    live: dict[int, list[Owed]],
    promised: dict[int, read.Row],
    standing: dict[int, list[tuple[str, str, date]]],
) -> str:
    """The one census class of a customer: what excludes it stands before what is owed, and that before what is missing."""
    kinds = {kind for kind, _, _ in standing.get(customer, ())}
    for kind in ("excluded", "waived"):
        if kind in kinds:
            return kind
    if customer in promised:
        return "promised"
    if customer in live:
        return "due"
    return "defective" if "defective" in kinds else "settled"
