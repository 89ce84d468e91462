"""What follows a result of a call: when to try again, on which number, by which channel, and whether a note must be written.

The numbers stand in the policy file (`[outcomes]`, `[desk]`). What a result counts as stands in `[contact]` and nowhere else,
which rules it meets in the rules themselves: `meets` asks them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from revisit.policy import hours
from revisit.policy.calendar import WorkCalendar

if TYPE_CHECKING:
    from revisit.policy.values import Policies, Policy

RESULTS = ("reached", "declined", "sent", "no_answer", "busy", "wrong_number", "inconvenient")
CHANNELS = ("phone", "visit", "sms", "wechat", "email", "service")
BEFORE_THE_DESK: Mapping[str, Any] = {
    "desk": {"clause": "P1", "claim_minutes": 30, "early_minutes": 10},
    "outcomes": {
        "clause": "P1",
        **{result: {"note_required": False} for result in ("reached", "declined", "sent")},
        "no_answer": {"retry_after_minutes": 120, "other_number_after": 2, "other_channel_after": 4, "note_required": False},
        "busy": {"retry_after_minutes": 15, "other_number_after": 3, "other_channel_after": 5, "note_required": False},
        "wrong_number": {"retry_after_minutes": 240, "other_number_after": 1, "other_channel_after": 2, "note_required": False},
        "inconvenient": {"retry_after_minutes": 120, "other_number_after": 0, "other_channel_after": 4, "note_required": False},
    },
}  # fmt: skip
"""What holds for policies that were adopted before these keys were there."""
Counts = Literal["conversation", "message", "attempt", "nothing"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """How the call desk works: for how many minutes a customer is claimed, and how many minutes before a promised time a
    callback is given out."""

    clause: str
    claim_minutes: int
    early_minutes: int


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """What the policy says of a result: minutes until the next try; from how many misses in a row on another number and
    another channel are tried (0: never); whether a note must be written."""

    retry_after_minutes: int
    other_number_after: int
    other_channel_after: int
    note_required: bool


class Miss(NamedTuple):
    """A customer was not reached: the result, and by which channel it was tried."""

    result: str
    channel: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The next step after a miss.

    `number` is which try the next one is. `phone` is the place of the number to dial then (1: the first of the file, 0: none
    is on file); from the try `other_phone_from` on it is another one, `other_phone` (0: never).
    `lacks_number`: another one should be tried, and none is on file. `channels` are what to try instead of the one used
    (empty: the same again).
    """

    number: int
    retry_after_minutes: int
    phone: int
    other_phone: int
    other_phone_from: int
    lacks_number: bool
    channels: tuple[str, ...]


def counts_as(result: str, policy: Policy) -> Counts:
    """What a result is by the policy: a conversation, a message, an attempt, or nothing of these."""
    if result in policy.conversation_results:
        return "conversation"
    if result == policy.message_result:
        return "message"
    return "attempt" if result in policy.attempt_results else "nothing"


def missed_in_a_row(newest_first: Iterable[tuple[str, str, bool]], policy: Policy) -> tuple[Miss, ...]:
    """How a customer was missed since the last talk, the oldest miss first. Of each revisit: its result, its channel, and
    whether the customer called us.

    A message is neither a miss nor a talk; what the customer calls about is a talk.
    """
    missed = []
    for result, channel, inbound in newest_first:
        counts = counts_as(result, policy)
        if counts == "conversation" or (inbound and counts != "attempt"):
            break
        if counts == "attempt" and not inbound:
            missed.append(Miss(result, channel))
    return tuple(reversed(missed))


def after(missed: Sequence[Miss], *, policy: Policy, phones: int) -> Advice | None:
    """The next step after the last of the misses in a row, the oldest first; None where that was no attempt.

    `phones` is how many numbers are on file.
    """
    if not missed or counts_as(missed[-1].result, policy) != "attempt":
        return None
    last, number = missed[-1], len(missed) + 1
    rule = policy.outcomes[last.result]
    phone, tried = _dialled(missed, policy, phones)
    step = rule.other_number_after if phones > 1 and last.channel == "phone" else 0
    changes_at = (number + step - tried if tried else number) if step else 0
    return Advice(
        number=number,
        retry_after_minutes=rule.retry_after_minutes,
        phone=phone,
        other_phone=(phone % phones + 1 if tried else phone) if step else 0,
        other_phone_from=changes_at,
        lacks_number=phones < 2 and last.channel == "phone" and 0 < rule.other_number_after < number,
        channels=_others(last.channel, policy) if 0 < rule.other_channel_after < number else (),
    )


def _dialled(missed: Iterable[Miss], policy: Policy, phones: int) -> tuple[int, int]:
    """The place of the number to dial now, and how often it was tried: the next one of the file follows after as many
    misses as the result says, the first one after the last."""
    phone, tried = min(phones, 1), 0
    for miss in missed:
        if miss.channel == "phone" and phones > 1:
            tried += 1
            if 0 < policy.outcomes[miss.result].other_number_after <= tried:
                phone, tried = phone % phones + 1, 0
    return phone, tried


def _others(channel: str, policy: Policy) -> tuple[str, ...]:
    """By what else a customer can be met: messages that count as a contact; after a message the telephone."""
    wanted = policy.phone_channels if channel in policy.message_channels else policy.message_channels
    return tuple(one for one in CHANNELS if one in wanted and one != channel)


def retry_at(missed_at: datetime, minutes: int, calendar: WorkCalendar, policy: Policy) -> datetime:
    """When to try again after a miss: so many minutes later, in call hours, to the minute. Local times."""
    at = (missed_at + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    return hours.next_inside(at, calendar, policy.call_hours)


def waiting_since(now: datetime, calendar: WorkCalendar, policies: Policies) -> date:
    """The first day on which a miss may have happened whose next try is still to come. `now` is local."""
    longest = max(rule.retry_after_minutes for policy in policies.versions for rule in policy.outcomes.values())
    return (_calls_began(now, calendar, policies) - timedelta(minutes=longest)).date()


def _calls_began(now: datetime, calendar: WorkCalendar, policies: Policies) -> datetime:
    """When the call hours began that are going on, else those that ended last."""
    day, until = now.date(), now.time()
    while True:
        begun = [start for start, _end in policies.on(day).call_hours.of(day, calendar) if start <= until]
        if begun:
            return datetime.combine(day, begun[-1])
        day, until = day - _DAY, time.max
