"""The smallest change that keeps every window: which contacts a colleague makes, and which calls are made beside the day's own.

Pure. Requirement F5. Contacts flow from their windows through the days of their owner to whoever makes them; the cheapest flow
that carries them all has the fewest extra calls, and among those the fewest contacts that change hands.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from revisit.policy.workload import Contact, Schedule

NOBODY = 0
"""The owner of customers without a representative: nobody makes no contact."""
MOVE, EXTRA = 1, 1_000_000  # one extra call costs more than all moves together
Room = Mapping[int, Mapping[date, int]]
"""By person: how many contacts can be made on each day of the forecast."""


class Move(NamedTuple):
    """A contact that a colleague makes on a day."""

    contact: Contact
    owner: int
    to: int
    on: date


class Extra(NamedTuple):
    """Contacts that a person makes on a day beside as many as the day has room for."""

    person: int
    on: date
    calls: int


@dataclass(frozen=True, slots=True)
class Relief:
    """A change that keeps every window: contacts that change hands, and extra calls. Empty: there is nothing to change."""

    moves: tuple[Move, ...] = ()
    extra: tuple[Extra, ...] = ()


def relief(plans: Mapping[int, Schedule], room: Room) -> Relief:
    """The smallest change of the plans (by owner) that keeps every window: as few extra calls as can be, then as few moves.

    Everybody in `room` can make contacts of everybody. What nobody has room for is an extra call of the owner (of whoever has
    fewest, where there is no owner), spread over the days of its window.
    """
    if not room or not any(plan.lost for plan in plans.values()):
        return Relief()
    network = _network(plans, room)
    asked: list[tuple[int, date, Contact]] = []  # of a colleague
    alone: list[tuple[int, Contact]] = []  # no room anywhere
    used: Counter[tuple[int, date]] = Counter()
    for owner, day, contacts in network.planned():
        own = network.made_by_owner(owner, day)
        used[owner, day] = own
        asked += [(owner, day, one) for one in contacts[own:]]
    for (owner, *_window), contacts in network.without_room():
        alone += [(owner, one) for one in contacts]
    moves = []
    together: Counter[tuple[int, int]] = (
        Counter()
    )  # contacts of an owner with one colleague: as few pairs as come of themselves
    for owner, day, one in asked:
        free = {person: days[day] - used[person, day] for person, days in room.items()}
        to = min((-together[owner, person], -left, person) for person, left in free.items() if left)[-1]
        together[owner, to] += 1
        used[to, day] += 1
        moves.append(Move(one, owner, to, day))
    extra: Counter[tuple[int, date]] = Counter()
    for owner, one in sorted(alone, key=lambda pair: (pair[1].call_by, pair[1].opens_on, pair[1].customer)):
        person = owner if owner in room else min(room, key=lambda person: (_of(person, extra), person))
        open_ = [day for day in room[person] if one.opens_on <= day <= one.call_by]
        worked = [day for day in open_ if room[person][day]] or open_
        on = min(worked, key=lambda day: (extra[person, day], day))
        extra[person, on] += 1
        if person != owner:
            moves.append(Move(one, owner, person, on))
    return Relief(
        tuple(sorted(moves, key=lambda move: (move.owner, move.to, move.on, move.contact.customer))),
        tuple(Extra(person, on, calls) for (person, on), calls in sorted(extra.items())),
    )


def changed(
    contacts: Mapping[int, Sequence[Contact]], room: Room, change: Relief
) -> tuple[dict[int, list[Contact]], dict[int, dict[date, int]]]:
    """Contacts (by owner) and room as they are with the change: what `schedule` keeps of them is the proof."""
    given: dict[int, list[Contact]] = {owner: list(every) for owner, every in contacts.items()}
    for move in change.moves:
        given[move.owner].remove(move.contact)
        given.setdefault(move.to, []).append(move.contact)
    more = {person: dict(days) for person, days in room.items()}
    for one in change.extra:
        more[one.person][one.on] += one.calls
    return given, more


def _of(person: int, extra: Counter[tuple[int, date]]) -> int:
    return sum(calls for (who, _on), calls in extra.items() if who == person)


# --- the flow


class _Network:
    """Contacts with the same owner and window are one node; edges lead to the days of the owner, from there to the day itself
    (made by the owner, or for one by a colleague) and out of it. What finds no day goes out by the dear edge."""

    def __init__(self) -> None:
        self.flow = _Flow()
        self.kinds: dict[tuple[int, date, date], list[Contact]] = defaultdict(list)
        self.on: dict[tuple[tuple[int, date, date], date], int] = {}
        self.own: dict[tuple[int, date], int] = {}
        self.nowhere: dict[tuple[int, date, date], int] = {}

    def planned(self) -> list[tuple[int, date, list[Contact]]]:
        """By owner and day the contacts that are made then, by whomever."""
        found: dict[tuple[int, date], list[Contact]] = {key: [] for key in self.own}
        place: Counter[tuple[int, date, date]] = Counter()
        for (kind, day), edge in self.on.items():
            number = self.flow.carried(edge)
            found[kind[0], day] += self.kinds[kind][place[kind] : place[kind] + number]
            place[kind] += number
        return [(owner, day, contacts) for (owner, day), contacts in found.items()]

    def made_by_owner(self, owner: int, day: date) -> int:
        """How many contacts the owner makes on a day."""
        return self.flow.carried(self.own[owner, day])

    def without_room(self) -> list[tuple[tuple[int, date, date], list[Contact]]]:
        """By owner and window the contacts that nobody has room for."""
        numbers = ((kind, self.flow.carried(edge)) for kind, edge in self.nowhere.items())
        return [(kind, self.kinds[kind][len(self.kinds[kind]) - number :]) for kind, number in numbers if number]


def _network(plans: Mapping[int, Schedule], room: Room) -> _Network:
    """The network with its cheapest flow: the plans as they are, and the cheapest way for each contact that they lose."""
    made, flow = _Network(), _Flow()
    made.flow = flow
    days = list(next(iter(room.values())))
    for owner, plan in plans.items():
        for one in sorted([*(one for one, _on in plan.kept), *plan.lost]):
            if one.call_by <= days[-1]:
                made.kinds[owner, one.opens_on, one.call_by].append(one)
    most = sum(map(len, made.kinds.values()))
    out = {day: flow.edge(day, None, sum(rooms[day] for rooms in room.values()), 0) for day in days}
    for owner in plans:
        for day in days:
            made.own[owner, day] = flow.edge((owner, day), day, room[owner][day] if owner in room else 0, 0)
            flow.edge((owner, day), day, most, MOVE)
    for kind, contacts in made.kinds.items():
        owner, opens_on, call_by = kind
        for day in days:
            if opens_on <= day <= call_by:
                made.on[kind, day] = flow.edge(kind, (owner, day), len(contacts), 0)
        made.nowhere[kind] = flow.edge(kind, None, len(contacts), EXTRA if owner in room else EXTRA + MOVE)
    waiting = Counter({kind: len(contacts) for kind, contacts in made.kinds.items()})
    for owner, plan in plans.items():
        for one, on in plan.kept:
            if one.call_by <= days[-1]:
                kind = (owner, one.opens_on, one.call_by)
                waiting[kind] -= 1
                for edge in (made.on[kind, on], made.own[owner, on], out[on]):
                    flow.push(edge, 1)
    flow.carry({kind: number for kind, number in waiting.items() if number})
    return made


class _Flow:
    """A flow of least cost. Edges are numbered; the one that leads back has the number beside it."""

    def __init__(self) -> None:
        self.nodes: dict[Hashable, int] = {}
        self.out: list[list[int]] = []
        self.ends: list[int] = []
        self.room: list[int] = []
        self.cost: list[int] = []

    def edge(self, start: Hashable, end: Hashable, room: int, cost: int) -> int:
        """A new edge; its number. The end None is where everything goes."""
        number = len(self.ends)
        here, there = self._node(start), self._node(end)
        self.ends += (there, here)
        self.room += (room, 0)
        self.cost += (cost, -cost)
        self.out[here].append(number)
        self.out[there].append(number + 1)
        return number

    def push(self, edge: int, number: int) -> None:
        """So many more along an edge."""
        self.room[edge] -= number
        self.room[edge ^ 1] += number

    def carried(self, edge: int) -> int:
        """How many go along an edge."""
        return self.room[edge ^ 1]

    def carry(self, waiting: Mapping[Hashable, int]) -> None:
        """What waits at nodes goes to the end, always by the cheapest paths that are left: all of one price, then dearer ones."""
        start, end = self._node(("start",)), self._node(None)
        for node, number in waiting.items():
            self.edge(("start",), node, number, 0)
        while (price := self._prices(start))[end] is not None:
            while self._fill(start, end, price):
                pass

    def _node(self, name: Hashable) -> int:
        number = self.nodes.setdefault(name, len(self.nodes))
        if number == len(self.out):
            self.out.append([])
        return number

    def _prices(self, start: int) -> list[int | None]:
        """The price of the cheapest path to every node; what leads back gives its cost back."""
        price: list[int | None] = [None] * len(self.out)
        price[start] = 0
        queue, waiting = deque([start]), {start}
        while queue:
            node = queue.popleft()
            waiting.discard(node)
            so_far = price[node]
            assert so_far is not None
            for edge in self.out[node]:
                if self.room[edge]:
                    there, total = self.ends[edge], so_far + self.cost[edge]
                    before = price[there]
                    if before is None or total < before:
                        price[there] = total
                        if there not in waiting:
                            waiting.add(there)
                            queue.append(there)
        return price

    def _fill(self, start: int, end: int, price: Sequence[int | None]) -> bool:
        """Fills the shortest of the cheapest paths; False: none is left."""
        steps: list[list[int]] = [[] for _node in self.out]  # edges of cheapest paths, away from the start
        level = {start: 0}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            so_far = price[node]
            assert so_far is not None
            for edge in self.out[node]:
                there = self.ends[edge]
                if self.room[edge] and so_far + self.cost[edge] == price[there]:
                    if there not in level:
                        level[there] = level[node] + 1
                        queue.append(there)
                    if level[there] == level[node] + 1:
                        steps[node].append(edge)
        for edges in steps:
            edges.reverse()  # the first of them, the earliest day, is tried first
        path: list[int] = []
        while True:
            node = self.ends[path[-1]] if path else start
            if node == end:
                most = min(self.room[edge] for edge in path)
                for edge in path:
                    self.push(edge, most)
                path.clear()
                continue
            while steps[node] and not self.room[steps[node][-1]]:
                steps[node].pop()
            if steps[node]:
                path.append(steps[node][-1])
            elif path:
                path.pop()  # a dead end: the step to it is not tried again
                steps[self.ends[path[-1]] if path else start].pop()
            else:
                return end in level
