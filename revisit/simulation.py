"""The same history under another policy: every customer is planned twice, in portions, and nothing is written.

The stored register is not read: it holds what is owed under the policies that were adopted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from revisit import customers, staff
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, chunks, day, id_list
from revisit.policy import simulation
from revisit.policy.facts import File
from revisit.policy.loads import Load
from revisit.policy.plan import RULES
from revisit.policy.simulation import KINDS, Change, Figures, Kind, Side, Told
from revisit.policy.values import Policies
from revisit.register.events import ALL_IDS, load_files

ALLOCATIONS_OF = """
SELECT a.customer_id, a.from_on, s.login FROM allocation a JOIN staff s ON s.id = a.staff_id WHERE a.customer_id IN ({ids})
ORDER BY a.customer_id, CASE WHEN a.from_on IS NULL THEN 0 ELSE 1 END, a.from_on, a.id
"""
OWNERS_OF = "SELECT id, rep_id FROM customer WHERE id IN ({ids})"
EXAMPLES = 10


class Example(NamedTuple):
    """A customer who is owed a contact otherwise, and why, with the policies in force and with the other."""

    code: str
    name: str
    owner: int | None
    rule: str
    kind: Kind
    before: Told
    after: Told


@dataclass(frozen=True, slots=True)
class Effect:
    """What another policy changes of all that falls due from `first` to `last`.

    `capacity`: calls of a person of ability 1 on a working day under both policies. `whole`, `by_rule`: contacts; `by_rep`: calls
    of each representative ("": of nobody) under both; `examples`: customers whose log the viewer may see, of each rule and kind
    in turn.
    """

    first: date
    last: date
    capacity: tuple[int, int]
    whole: Figures
    by_rule: dict[str, Figures]
    by_rep: dict[str, tuple[Load, Load]]
    examples: tuple[Example, ...]


class _Found(NamedTuple):
    customer_id: int
    owner: int | None
    file: File
    change: Change


def simulate(
    sql: Sql,
    company: CompanyInfo,
    policies: Policies,
    first: date,
    last: date,
    *,
    on: date,
    viewer: Viewer,
    capacity: int | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Effect:
    """What would be owed with `policies` instead of the company's, of all that falls due from `first` to `last`.

    `on`: the day that is today; what falls due later is its owner's of that day. `capacity`: calls that a person of ability 1
    makes on a working day; None: as each policy says on the first day. `told` hears after each portion how many customers of
    how many are done.
    """
    before, after = (Side(one, company.calendar, company.start_on) for one in (company.policies, policies))
    work = simulation.Simulation(before, after, first, last)
    candidates: dict[tuple[str, Kind], list[_Found]] = defaultdict(list)
    ids = [row[0] for row in sql.rows(ALL_IDS)]
    done = 0
    for portion in chunks(ids):
        within = id_list(portion)
        owners: dict[int, list[tuple[date | None, str]]] = defaultdict(list)
        for customer, start, login in sql.rows(ALLOCATIONS_OF.format(ids=within)):
            owners[customer].append((day(start), login))
        reps: dict[int, int | None] = dict(sql.rows(OWNERS_OF.format(ids=within)))
        for customer, file in load_files(sql, portion):
            for change in work.add(file, owners.get(customer, ()), on):
                group = candidates[change.rule, change.kind]
                if len(group) < EXAMPLES and viewer.sees("log", reps[customer]) == "whole":
                    group.append(_Found(customer, reps[customer], file, change))
        done += len(portion)
        if told is not None:
            told(done, len(ids))
    said = [side.policies.on(first).capacity for side in (before, after)]
    capacities = [one if capacity is None else replace(one, calls_per_day=capacity) for one in said]
    people = staff.list_people(sql, former=True)
    per_day = [{one.login: each.of(one.ability_percent) for one in people} for each in capacities]
    return Effect(
        first=first,
        last=last,
        capacity=(capacities[0].calls_per_day, capacities[1].calls_per_day),
        whole=work.whole(),
        by_rule=work.by_rule(),
        by_rep=work.by_rep(company.calendar, (per_day[0], per_day[1])),
        examples=_examples(sql, _chosen(candidates), before, after),
    )


def _chosen(candidates: dict[tuple[str, Kind], list[_Found]]) -> list[_Found]:
    """Some of every rule and kind in turn, each of another customer."""
    waiting = [list(candidates[rule, kind]) for rule in RULES for kind in KINDS if (rule, kind) in candidates]
    chosen: dict[int, _Found] = {}
    while any(waiting) and len(chosen) < EXAMPLES:
        for group in waiting:
            while group and group[0].customer_id in chosen:
                del group[0]
            if group and len(chosen) < EXAMPLES:
                chosen[group[0].customer_id] = group[0]
    return list(chosen.values())


def _examples(sql: Sql, chosen: list[_Found], before: Side, after: Side) -> tuple[Example, ...]:
    cards = customers.cards(sql, [one.customer_id for one in chosen])
    result = []
    for one in sorted(chosen, key=lambda one: (RULES.index(one.change.rule), KINDS.index(one.change.kind))):
        card, change = cards[one.customer_id], one.change
        was = before.told(one.file, change.rule, change.before, change.opens_on)
        will = after.told(one.file, change.rule, change.after, change.opens_on)
        result.append(Example(card.code, card.name, one.owner, change.rule, change.kind, was, will))
    return tuple(result)
