"""State machines as tables: what may be done with a matter in which state, by whom, and what it needs. Clause: P3 2.1, 2.2.

A matter is a case, a complaint, an approval or a service job. `check` looks a move up; a refusal names what would be legal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

Part = Literal["keeper", "lead", "department", "signer", "worker", "marketing", "development"]
"""What somebody is to a matter: the customer's representative, who leads the team (supervisor, administrator), one of the
department that it was sent to, one of those who may sign it now, the person dispatched to a service job, whoever has that duty
in a complaint (`duties_of`)."""
Need = Literal[
    "text",
    "result",
    "reason",
    "department",
    "how",
    "person",
    "approval",
    "fee",
    "customer",
    "cause",
    "settlement",
    "quantity",
    "amount",
]
"""What must be said with a move: what it is, what came of it, why, to whom, how the customer was told; of a service job who
goes, who approved that it is done from afar, what it costs, who of the customer's signed; of a complaint what the cause is,
how it is settled, how much it is, what a note is worth."""
WAITING = "hold"
"""The move that makes a matter's clocks stand still, whatever its state; `resume` ends it."""


class Move(NamedTuple):
    """In `state` an `action` leads to `to` ("" is the state before the first). `starts` and `ends` are clocks."""

    state: str
    action: str
    to: str
    who: frozenset[Part]
    needs: tuple[Need, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Machine:
    """The moves of one kind of matter. `closed` are the states in which nothing is open any more; `aside` the moves that only add
    something, so that the waiting for the customer goes on."""

    name: str
    moves: tuple[Move, ...]
    closed: frozenset[str]
    aside: frozenset[str] = frozenset()

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table comes to them."""
        return tuple(dict.fromkeys(move.to for move in self.moves))

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action, in the order of the table."""
        return tuple(dict.fromkeys(move.action for move in self.moves))

    def find(self, state: str, action: str) -> Move | None:
        """The move of an action in a state."""
        return next((move for move in self.moves if (move.state, move.action) == (state, action)), None)

    def legal(self, state: str, parts: Collection[Part]) -> tuple[str, ...]:
        """The actions that somebody may take in a state."""
        return tuple(move.action for move in self.moves if move.state == state and move.who & set(parts))

    def ends_waiting(self, action: str) -> bool:
        """Whether a move of a matter that waits for the customer ends the waiting."""
        return action != WAITING and action not in self.aside


class Illegal(ValueError):
    """A move that is not made. `code`: state (none of this state), who (not by this person), need (`need` was not said).
    `legal`: what this person may do instead."""

    def __init__(self, code: Literal["state", "who", "need"], legal: tuple[str, ...], need: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.legal = legal
        self.need = need


def check(machine: Machine, state: str, action: str, *, parts: Collection[Part], said: Collection[str]) -> Move:
    """The move of an action in a state. `said`: the needs that are filled. Raises Illegal."""
    legal = machine.legal(state, parts)
    move = machine.find(state, action)
    if move is None:
        raise Illegal("state", legal)
    if not move.who & set(parts):
        raise Illegal("who", legal)
    for need in move.needs:
        if need not in said:
            raise Illegal("need", legal, need)
    return move


def diagram(machine: Machine) -> str:
    """The table as a Mermaid state diagram; moves that stay where they are stand together."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in machine.moves:
        arrows.setdefault((move.state or "[*]", move.to), []).append(move.action)
    lines = [f"    {state} --> {to}: {' / '.join(actions)}" for (state, to), actions in arrows.items()]
    lines += [f"    {state} --> [*]" for state in machine.states if state in machine.closed]
    return "\n".join(["stateDiagram-v2", *lines])


_SERVICE: frozenset[Part] = frozenset({"keeper", "lead"})
_LEAD: frozenset[Part] = frozenset({"lead"})
_SIGNER: frozenset[Part] = frozenset({"signer"})
_NOBODY: frozenset[Part] = frozenset()
"""By nobody: what the program does itself once the last signature is there."""
_ANYBODY: frozenset[Part] = frozenset({"keeper", "lead", "department"})
_MARKETING: frozenset[Part] = frozenset({"keeper", "lead", "marketing"})
_DEVELOPMENT: frozenset[Part] = frozenset({"keeper", "lead", "development"})
FIRST = ("decide", "coordinate", "form", "feedback")
"""The clocks that run until a case is decided, or on its way to a department."""
ANSWER = ("contact", "plan")
"""The department's clock: its first contact after a regular revisit, its plan of measures after a dormancy revisit."""


def _case() -> Iterator[Move]:
    yield Move("", "open", "open", _SERVICE, ("text",), starts=("decide", "form", "feedback"))
    yield Move("open", "decide", "resolved", _LEAD, ("result",), ends=FIRST)
    yield Move("open", "coordinate", "coordinating", _LEAD, ("department",), starts=("coordinate",), ends=("decide",))
    yield Move("open", "route", "routed", _SERVICE, ("department",), starts=ANSWER, ends=FIRST)
    yield Move("coordinating", "decide", "resolved", _LEAD, ("result",), ends=FIRST)
    yield Move("coordinating", "route", "routed", _SERVICE, ("department",), starts=ANSWER, ends=FIRST)
    yield Move("routed", "respond", "answered", _ANYBODY, ("text",), ends=ANSWER)
    yield Move("routed", "route", "routed", _SERVICE, ("department",), starts=ANSWER, ends=ANSWER)
    yield Move("answered", "respond", "answered", _ANYBODY, ("text",))
    yield Move("answered", "route", "routed", _SERVICE, ("department",), starts=ANSWER)
    yield Move("answered", "resolve", "resolved", _ANYBODY, ("result",))
    yield Move("resolved", "tell", "closed", _SERVICE, ("how",))
    for state in ("coordinating", "routed", "answered"):
        yield Move(state, "urge", state, _SERVICE)
    for state in ("open", "coordinating", "routed", "answered"):
        yield Move(state, "escalate", state, _SERVICE, ("reason",))
        yield Move(state, "hold", state, _SERVICE, ("reason",))
        yield Move(state, "resume", state, _SERVICE)
    for state in ("resolved", "closed"):
        yield Move(state, "reopen", "open", _SERVICE, ("reason",), starts=("decide", "form"))


def _approval() -> Iterator[Move]:
    yield Move("", "request", "asked", _SERVICE, ("reason",), starts=("sign",))
    for state in ("asked", "signed"):
        yield Move(state, "sign", "signed", _SIGNER, starts=("sign",), ends=("sign",))
        yield Move(state, "reject", "rejected", _SIGNER, ("reason",), ends=("sign",))
        yield Move(state, "change", "asked", _SERVICE, ("reason",), starts=("sign",), ends=("sign",))
        yield Move(state, "withdraw", "withdrawn", _SERVICE, ("reason",), ends=("sign",))
        yield Move(state, "remind", state, _SERVICE)
    yield Move("signed", "complete", "approved", _NOBODY)


def _complaint() -> Iterator[Move]:
    yield Move("", "open", "accepted", _SERVICE, ("text",), starts=("closing", "decide"))
    yield Move("accepted", "investigate", "investigating", _SERVICE, ("department",))
    yield Move("investigating", "investigate", "investigating", _SERVICE, ("department",))
    yield Move("investigating", "urge", "investigating", _SERVICE)
    yield Move("investigating", "conclude", "investigated", _DEVELOPMENT, ("cause",), starts=("report",))
    yield Move("investigated", "report", "reported", _SERVICE, ("text",), ends=("report",))
    yield Move("reported", "propose", "proposed", _SERVICE, ("settlement",))
    yield Move("proposed", "propose", "proposed", _SERVICE, ("settlement",))
    yield Move("proposed", "settle", "settled", _SERVICE)
    yield Move("settled", "answer", "told", _MARKETING, ("how",))
    yield Move("told", "close", "closed", _SERVICE, ("result",), starts=("review",), ends=("closing", "decide"))
    yield Move("closed", "review", "reviewed", _LEAD, ("text",), ends=("review",))
    for state in ("told", "closed", "reviewed"):
        yield Move(state, "refuse", "refused", _SERVICE, ("reason",), ends=("closing", "decide", "review"))
    for state in ("accepted", "investigating", "investigated", "reported", "proposed", "settled"):
        yield Move(state, "facts", state, _MARKETING, starts=("decide",))
        yield Move(state, "instruct", state, _SIGNER, ("text",), ends=("decide",))
        yield Move(state, "hold", state, _SERVICE, ("reason",))
        yield Move(state, "resume", state, _SERVICE)


def _measure() -> Iterator[Move]:
    yield Move("", "plan", "planned", _DEVELOPMENT, ("text",), starts=("measure",))
    yield Move("", "exempt", "exempt", _SERVICE, ("reason",))
    yield Move("planned", "done", "done", _DEVELOPMENT | _ANYBODY, ("result",), ends=("measure",))
    yield Move("planned", "exempt", "exempt", _SERVICE, ("reason",), ends=("measure",))


def _returned() -> Iterator[Move]:
    yield Move("", "announce", "announced", _ANYBODY, ("text", "quantity"))
    yield Move("announced", "receive", "received", _ANYBODY, ("quantity",))
    yield Move("received", "approve", "approved", _LEAD, ("quantity", "amount"))


_AT_WORK: frozenset[Part] = frozenset({"keeper", "lead", "worker"})


def _service(*, internal: bool) -> Iterator[Move]:
    """A job of the service register. Work for ourselves needs nobody's sign-off. Clause: P4."""
    yield Move("", "open", "waiting", _SERVICE, ("text",))
    yield Move("waiting", "dispatch", "dispatched", _LEAD, ("person", "approval"))
    yield Move("dispatched", "dispatch", "dispatched", _LEAD, ("person", "approval"))
    yield Move("dispatched", "start", "started", _AT_WORK)
    yield Move("started", "finish", "done" if internal else "finished", _AT_WORK, ("result", "fee"))
    if not internal:
        yield Move("finished", "dispatch", "dispatched", _LEAD, ("person", "approval"))
        yield Move("finished", "sign-off", "done", _AT_WORK, ("customer",))
    for state in ("waiting", "dispatched", "started"):
        yield Move(state, "cancel", "cancelled", _SERVICE, ("reason",))


CASE = Machine("case", tuple(_case()), closed=frozenset({"closed"}), aside=frozenset({"urge", "escalate"}))
SERVICE = Machine("service", tuple(_service(internal=False)), closed=frozenset({"done", "cancelled"}))
SERVICE_FOR_OURSELVES = Machine(
    "internal-service", tuple(_service(internal=True)), closed=frozenset({"done", "cancelled"})
)
APPROVAL = Machine("approval", tuple(_approval()), closed=frozenset({"approved", "rejected", "withdrawn"}))
COMPLAINT = Machine(
    "complaint",
    tuple(_complaint()),
    closed=frozenset({"reviewed", "refused"}),
    aside=frozenset({"facts", "instruct", "urge"}),
)
MEASURE = Machine("measure", tuple(_measure()), closed=frozenset({"done", "exempt"}))
RETURNED = Machine("returned", tuple(_returned()), closed=frozenset({"approved"}))
MACHINES = (CASE, APPROVAL, COMPLAINT, MEASURE, RETURNED, SERVICE, SERVICE_FOR_OURSELVES)
DUTIES = {
    "marketing": ("facts", "answer"),
    "development": ("conclude", "measure"),
    "service": ("investigate", "report", "propose", "settle", "close", "review"),
}
"""Whose duty which step of a complaint is, whoever writes it down: order facts, demand and telling the result are marketing's;
cause, quality check and improvement research and development's; the rest customer service's. Clause: P4."""
IN_SIGHT = {
    "marketing": ("accepted", "investigating", "investigated", "reported", "proposed", "settled", "told"),
    "development": ("investigating", "investigated", "reported", "proposed", "settled", "told"),
}
"""In which states a complaint is before the department that carries a duty, wherever it was sent: as long as there is something
of that duty to do, until it is closed."""
FACTS_UNTIL = ("accepted", "investigating", "investigated", "reported", "proposed", "settled")
"""In which states order facts are owed, where none was taken down."""


def duties_of(mine: str, carried: Collection[str], *, concerned: bool) -> frozenset[Part]:
    """Which duties of a complaint are somebody's: that of the own department, and for whoever is concerned with it those that no
    department carries. The department of customer service writes down what others did, as it always may."""
    duties: tuple[Part, ...] = ("marketing", "development")
    return frozenset(
        duty for duty in duties if mine == duty or (concerned and (duty not in carried or mine == "service"))
    )


def owed_steps(duty: str, state: str, *, made: Collection[str], upheld: bool) -> tuple[str, ...]:
    """The steps of a duty that are still to be done, in their order. `made`: what was done, `facts` also where order facts were
    taken down when the complaint was opened."""
    if state == "refused":
        return ()
    never = {step for step, no_more in (("facts", state not in FACTS_UNTIL), ("measure", not upheld)) if no_more}
    if state in ("closed", "reviewed"):
        never |= set(DUTIES[duty]) - {"review"}
    return tuple(step for step in DUTIES[duty] if step not in made and step not in never)
