"""The same history under another policy: what is owed under both, compared. Pure: files and policies in, figures out; no today.

A follow-up counts where it falls due within the period, as in a report; one that ends before it is due counts for nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, zip_longest
from typing import Any, Literal, NamedTuple

from revisit.policy.calendar import WorkCalendar
from revisit.policy.explain import Verdict, explain, with_idle
from revisit.policy.facts import NEVER, File
from revisit.policy.loads import Load, Window, calls_for, load
from revisit.policy.months import month_start, next_month
from revisit.policy.plan import RULES, Planner
from revisit.policy.slots import Slot, slots_of_month
from revisit.policy.tally import owner_on
from revisit.policy.values import Policies

Kind = Literal["added", "removed", "moved"]
KINDS: tuple[Kind, ...] = ("added", "removed", "moved")
Parts = dict[tuple[str, date], list["Part"]]
"""The contacts of one customer by rule and anchor day (of a slot: its month), which are the same under either policy."""


class Part(NamedTuple):
    """One contact owed to a customer: a follow-up, or a slot of a series."""

    rule: str
    anchor_on: date
    opens_on: date
    due_by: date
    call_by: date
    met_on: date | None
    ended_on: date | None
    cause: str
    numbers: tuple[tuple[str, str], ...]

    @property
    def owed(self) -> bool:
        """Whether it counts: it did not end before it was due."""
        return self.met_on is not None or self.ended_on is None or self.ended_on > self.due_by

    @property
    def window(self) -> Window:
        """From when until when it is owed."""
        return self.opens_on, self.due_by

    @property
    def kept(self) -> bool:
        """Whether it was met in time."""
        return self.met_on is not None and self.met_on <= max(self.due_by, self.call_by)


class Change(NamedTuple):
    """A contact that is owed otherwise. `before`, `after`: what there is of it under each policy, which may be one that is not
    owed, or nothing."""

    kind: Kind
    before: Part | None
    after: Part | None

    @property
    def rule(self) -> str:
        """Its rule, the same under both."""
        return self._owed.rule

    @property
    def opens_on(self) -> date:
        """The day from which it is owed, where it is under both that of the policy in force."""
        return self._owed.opens_on

    @property
    def _owed(self) -> Part:
        found = self.after if self.kind == "added" else self.before
        assert found is not None
        return found


class Told(NamedTuple):
    """Why a contact is owed under one of the policies, or is not, and the clause. `as_of`: the day on which the rule was asked,
    where nothing of that contact is there (None: there is)."""

    verdict: Verdict
    clause: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Contacts that fall due in the period. `owed_…` and `kept_…`: under both policies, and of them met in time by the contacts
    that were made. `added`, `removed`: owed under one alone. `moved`: owed under both, on other days; of them `moved_in` fell
    due outside of the period before, and `moved_out` do now."""

    owed_before: int = 0
    owed_after: int = 0
    kept_before: int = 0
    kept_after: int = 0
    added: int = 0
    removed: int = 0
    moved: int = 0
    moved_in: int = 0
    moved_out: int = 0

    @property
    def differ(self) -> bool:
        """Whether anything is owed otherwise."""
        return bool(self.added or self.removed or self.moved)


class Side:
    """One of the two policies at work."""

    def __init__(self, policies: Policies, calendar: WorkCalendar, start_on: date) -> None:
        self.policies = policies
        self._calendar = calendar
        self._start_on = start_on
        self._planner = Planner(policies, calendar, start_on)
        self._slots: dict[tuple[date, date, date, tuple[date, ...]], list[Slot]] = {}

    def parts(self, file: File, first: date, last: date) -> Parts:
        """Every contact owed to a customer; of an endless series those of the months that hold the days."""
        result: Parts = defaultdict(list)
        planner = self._planner
        planned = (
            planner.anew(planner.plain(file)) if file.contacts else planner.plan(file)
        )  # contacts are seldom alike
        for row in planned.follow_ups:
            if row.due_by is not None and row.call_by is not None:
                part = Part(
                    row.rule, row.anchor_on, row.opens_on, row.due_by, row.call_by, row.met_on, row.ended_on, row.cause,
                    row.numbers,
                )  # fmt: skip
                result[row.rule, row.anchor_on].append(part)
                continue
            month = max(month_start(first), month_start(row.opens_on))
            while month <= last and month < (row.ended_on or NEVER):
                slots = self._slots_of(row.opens_on, row.ended_on, row.days, month)
                for slot in slots:
                    made = sum(one.met_on is not None and one.met_on <= slot.opens_on for one in slots)
                    cause = row.cause if slot.ended_on == row.ended_on else "month_over"
                    numbers = (*row.numbers, ("made", str(made)), ("owed", str(len(slots))))
                    part = Part(
                        row.rule, month, slot.opens_on, slot.due_by, slot.call_by, slot.met_on, slot.ended_on, cause, numbers
                    )  # fmt: skip
                    result[row.rule, month].append(part)
                month = next_month(month)
        return result

    def clause(self, rule: str, on: date) -> str:
        """The clause of a rule in the version of a day."""
        return self.policies.on(on).rules[rule].clause

    def told(self, file: File, rule: str, part: Part | None, on: date) -> Told:
        """Why a contact is owed, or is not; where there is nothing of it, what `why` says of the rule on the day."""
        if part is None:
            found = explain(file, self.policies, self._calendar, self._start_on, on)
            return Told(next(one for one in found if one.rule == rule), self.clause(rule, on), on)
        clause = self.clause(rule, part.anchor_on)
        numbers = dict(part.numbers)
        if part.owed:
            numbers = with_idle(numbers, part.opens_on)
            return Told(Verdict(rule, True, part.opens_on, part.due_by, rule, numbers), clause)
        assert part.ended_on is not None
        numbers |= {"ended_on": part.ended_on.isoformat(), "cause": part.cause}
        return Told(Verdict(rule, False, part.opens_on, part.due_by, "void", numbers), clause)

    def is_call(self, part: Part) -> bool:
        """Whether the customer is called for it: it is owed, and no paperwork."""
        return part.owed and not self.policies.on(part.anchor_on).rules[part.rule].paperwork

    def _slots_of(self, opens_on: date, ended_on: date | None, days: tuple[date, ...], month: date) -> list[Slot]:
        """The slots of a series in a month; series that look alike within it have the same: computed once."""
        after = next_month(month)
        opens, end = max(opens_on, month), min(ended_on or NEVER, after)
        within = tuple(day for day in days if month <= day < after) if days else ()
        key = (month, opens, end, within)
        found = self._slots.get(key)
        if found is None:
            found = slots_of_month(opens, end, within, month, self.policies, self._calendar, self._start_on)
            self._slots[key] = found
        return found


def changes(before: Parts, after: Parts, first: date, last: date) -> Iterator[Change]:
    """What of one customer is owed otherwise, of all that falls due from `first` to `last` under either policy."""
    for key in {**before, **after}:
        for change in _changes(before.get(key, ()), after.get(key, ())):
            if any(part is not None and part.owed and _within(part, first, last) for part in change[1:]):
                yield change


def _changes(before: Sequence[Part], after: Sequence[Part]) -> Iterator[Change]:
    """The contacts of one anchor against each other: those on the same days are the same, the others are paired in their order,
    and what is left over is added or removed; beside it stands what ended there before it was due, if anything did."""
    was, is_now = ([part for part in parts if part.owed] for parts in (before, after))
    for part in tuple(was):
        if twin := next((one for one in is_now if one.window == part.window), None):
            was.remove(part)
            is_now.remove(twin)
    void_before, void_after = (iter([part for part in parts if not part.owed]) for parts in (before, after))
    for old, new in zip_longest(was, is_now):
        if old is None:
            yield Change("added", next(void_before, None), new)
        elif new is None:
            yield Change("removed", old, next(void_after, None))
        else:
            yield Change("moved", old, new)


class Simulation:
    """Gathers the figures, customer by customer, and keeps no more of them than sums."""

    def __init__(self, before: Side, after: Side, first: date, last: date) -> None:
        self.sides = (before, after)
        self.first = first
        self.last = last
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._calls: tuple[dict[str, Counter[Window]], ...] = (defaultdict(Counter), defaultdict(Counter))

    def add(self, file: File, owners: Sequence[tuple[date | None, str]], on: date) -> list[Change]:
        """Counts one customer, and tells what is owed otherwise. `owners`: (from, login), who it was allocated to; what falls
        due after `on` is its owner's of that day."""
        before, after = (side.parts(file, self.first, self.last) for side in self.sides)
        for place, (name, parts) in enumerate((("before", before), ("after", after))):
            windows: dict[str, list[Window]] = defaultdict(list)
            for part in chain.from_iterable(parts.values()):
                if not part.owed or not _within(part, self.first, self.last):
                    continue
                counts = self._counts[part.rule]
                counts[f"owed_{name}"] += 1
                counts[f"kept_{name}"] += part.kept
                if self.sides[place].is_call(part):
                    windows[owner_on(owners, min(part.due_by, on))].append((part.opens_on, part.call_by))
            for login, mine in windows.items():
                self._calls[place][login].update(calls_for(mine))
        found = list(changes(before, after, self.first, self.last))
        for one in found:
            counts = self._counts[one.rule]
            counts[one.kind] += 1
            if one.kind == "moved":
                counts["moved_in"] += not _within(one.before, self.first, self.last)
                counts["moved_out"] += not _within(one.after, self.first, self.last)
        return found

    def by_rule(self) -> dict[str, Figures]:
        """The figures of every rule the program knows."""
        return {rule: Figures(**self._counts[rule]) for rule in RULES}

    def whole(self) -> Figures:
        """The figures of all rules together."""
        together: Counter[str] = Counter()
        for counts in self._counts.values():
            together.update(counts)
        return Figures(**together)

    def by_rep(
        self, calendar: WorkCalendar, per_day: tuple[Mapping[str, int], Mapping[str, int]]
    ) -> dict[str, tuple[Load, Load]]:
        """The calls of every representative under both policies, by login; those of nobody ("") last. `per_day`: how many each
        makes on a working day, under both."""
        logins = sorted({*self._calls[0], *self._calls[1]}, key=lambda login: (not login, login))
        return {
            login: (
                load(self._calls[0][login], self.first, self.last, calendar, per_day[0].get(login)),
                load(self._calls[1][login], self.first, self.last, calendar, per_day[1].get(login)),
            )
            for login in logins
        }


def differences(old: Mapping[str, Any], new: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(key, old, new) of every value that stands otherwise in two policy files; None: it is not there."""
    for name in {**old, **new}:
        key = f"{within}.{name}" if within else name
        was, now = old.get(name), new.get(name)
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from differences(was, now, key)
        elif was != now and key != "in_force_from":
            yield key, was, now


def _within(part: Part | None, first: date, last: date) -> bool:
    return part is not None and first <= part.due_by <= last
