"""Response times of online service: what a chat log says of each person and day. Pure. Clause: P2.

A wait begins with the first message of a customer that nobody has answered yet, and ends with the next message of somebody
of the staff, to whom it counts; messages of a system answer nothing. It counts on the day on which it began. What came in the
same second stands in the order in which it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

Sender = Literal["customer", "staff", "system"]
SENDERS: tuple[Sender, ...] = ("customer", "staff", "system")
BEFORE_THE_CHATS: Mapping[str, Any] = {
    "chats": {
        "clause": "P2",
        "first_reply_seconds": 15,
        "average_reply_seconds": 30,
        "word_within_seconds": 120,
        "apology_after_seconds": 180,
        "apologies": ["抱歉", "对不起", "不好意思", "久等", "见谅", "sorry", "apolog"],
    },
}
"""What holds for policies that were adopted before these keys were there."""


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """How soon a customer is answered, first and on average; within what time a word is wanted; after what time an apology, and
    the words of which one holds at least one (compared without upper and lower case). Units: seconds."""

    clause: str
    first_reply_seconds: int
    average_reply_seconds: int
    word_within_seconds: int
    apology_after_seconds: int
    apologies: tuple[str, ...]

    def apologises(self, text: str) -> bool:
        """Whether a message holds an apology."""
        folded = text.casefold()
        return any(word.casefold() in folded for word in self.apologies)


class Message(NamedTuple):
    """A message of a chat. `at` is on the company's own clock; `who` is the login of the person of the staff who wrote it, or, of
    a customer's message, whom the chat was given to ("": nobody)."""

    at: datetime
    sender: Sender
    who: str
    text: str


class Wait(NamedTuple):
    """A customer waited for somebody's reply. `first`: it was the first of the chat."""

    who: str
    since: datetime
    seconds: int
    first: bool
    apology: bool


@dataclass(slots=True)
class Told:
    """What one chat says: waits that were ended, who wrote in it on which day, who took it over from somebody, whether nobody
    answered at all (and whom it was given to), and whether the customer had the last word."""

    waits: list[Wait] = field(default_factory=list)
    present: set[tuple[str, date]] = field(default_factory=set)
    taken_over: list[tuple[str, date]] = field(default_factory=list)
    unanswered: tuple[str, date] | None = None
    customer_last: tuple[str, date] | None = None


@dataclass(slots=True)
class Figures:
    """The figures of a person and day. Averages are in seconds, with one decimal; None where nothing was answered."""

    chats: int = 0
    first_replies: int = 0
    first_average: float | None = None
    first_late: int = 0
    replies: int = 0
    average: float | None = None
    over_average: bool = False
    without_word: int = 0
    without_apology: int = 0
    unanswered: int = 0
    customer_last: int = 0
    taken_over: int = 0


Key = tuple[str, date]
LimitsOn = Callable[[date], ChatLimits]


def read(messages: Sequence[Message], limits_on: LimitsOn) -> Told:
    """One chat, its messages in order of time."""
    told = Told()
    waiting: Message | None = None
    given = now = ""
    answered = False
    for one in messages:
        if one.sender == "customer":
            waiting, given = waiting or one, one.who or given
        elif one.sender == "staff":
            if waiting is not None:
                seconds = int((one.at - waiting.at).total_seconds())
                apology = limits_on(waiting.at.date()).apologises(one.text)
                told.waits.append(Wait(one.who, waiting.at, seconds, not answered, apology))
                waiting, answered = None, True
            if now and now != one.who:
                told.taken_over.append((one.who, one.at.date()))
            now = one.who
            told.present.add((one.who, one.at.date()))
    told.present |= {(one.who, one.since.date()) for one in told.waits}
    if waiting is not None and not answered:
        told.unanswered = (given or now, waiting.at.date())
        told.present.add(told.unanswered)
    elif waiting is not None:
        told.customer_last = (now, waiting.at.date())
        told.present.add(told.customer_last)
    return told


def figures(chats: Iterable[Sequence[Message]], limits_on: LimitsOn) -> dict[Key, Figures]:
    """The figures of each person and day; chats that nobody answered and that were given to nobody stand under ""."""
    found: dict[Key, list[Told]] = {}
    for one in (read(messages, limits_on) for messages in chats):
        for key in one.present:
            found.setdefault(key, []).append(_of(one, {key}))
    return {key: _counted(found[key], limits_on) for key in sorted(found)}


def by_person(chats: Iterable[Sequence[Message]], limits_on: LimitsOn, days: Iterable[date]) -> dict[str, Figures]:
    """The figures of each person over some days: a chat counts once."""
    found: dict[str, list[Told]] = {}
    wanted = frozenset(days)
    for one in (read(messages, limits_on) for messages in chats):
        keys = {key for key in one.present if key[1] in wanted}
        for who in {who for who, _on in keys}:
            found.setdefault(who, []).append(_of(one, {key for key in keys if key[0] == who}))
    return {who: _counted(found[who], limits_on) for who in sorted(found)}


def _of(told: Told, keys: set[Key]) -> Told:
    """What of a chat is somebody's on some days."""
    return Told(
        waits=[one for one in told.waits if (one.who, one.since.date()) in keys],
        present=told.present & keys,
        taken_over=[one for one in told.taken_over if one in keys],
        unanswered=told.unanswered if told.unanswered in keys else None,
        customer_last=told.customer_last if told.customer_last in keys else None,
    )


def _counted(told: Sequence[Told], limits_on: LimitsOn) -> Figures:
    waits = [(one, limits_on(one.since.date())) for chat in told for one in chat.waits]
    first = [(one, limits) for one, limits in waits if one.first]
    average = _mean(one.seconds for one, _limits in waits)
    limit = max((limits.average_reply_seconds for _one, limits in waits), default=0)
    return Figures(
        chats=sum(bool(one.present) for one in told),
        first_replies=len(first),
        first_average=_mean(one.seconds for one, _limits in first),
        first_late=sum(one.seconds > limits.first_reply_seconds for one, limits in first),
        replies=len(waits),
        average=average,
        over_average=average is not None and average > limit,
        without_word=sum(one.seconds > limits.word_within_seconds for one, limits in waits),
        without_apology=sum(one.seconds > limits.apology_after_seconds and not one.apology for one, limits in waits),
        unanswered=sum(one.unanswered is not None for one in told),
        customer_last=sum(one.customer_last is not None for one in told),
        taken_over=sum(len(one.taken_over) for one in told),
    )


def _mean(seconds: Iterable[int]) -> float | None:
    found = list(seconds)
    return round(sum(found) / len(found), 1) if found else None


def in_chats(rows: Iterable[tuple[str, Message]]) -> Iterator[list[Message]]:
    """Messages with the number of their chat, chat by chat as they stand, each in order of time."""
    chats: dict[str, list[Message]] = {}
    for chat, message in rows:
        chats.setdefault(chat, []).append(message)
    for messages in chats.values():
        yield sorted(messages, key=lambda one: one.at)
