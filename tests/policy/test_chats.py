"""Response times of online service: chats worked out by hand, and what holds for any chat."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy import chats
from revisit.policy.chats import Figures, Message, Sender
from tests.policy.reading import DEFAULT, DEFAULT_POLICIES

CASES = tomllib.loads((Path(__file__).parent / "chats.toml").read_text(encoding="utf-8"))["case"]
LIMITS = DEFAULT_POLICIES.versions[0].chats
DAY = date(2026, 3, 12)
SENDERS: dict[str, Sender] = {"c": "customer", "s": "staff", "x": "system"}


def message(text: str) -> Message:
    found = re.fullmatch(r"(\S+) ([csx])(?::(\w+))? (.+)", text)
    assert found
    return Message(datetime.fromisoformat(f"{DAY} {found[1]}"), SENDERS[found[2]], found[3] or "", found[4])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_chats(case: dict[str, Any]) -> None:
    told = [[message(one) for one in chat] for chat in case["chats"]]
    found = chats.figures(told, lambda _day: LIMITS)
    assert found == {(who, DAY): Figures(**row) for who, row in case["rows"].items()}
    assert chats.by_person(told, lambda _day: LIMITS, [DAY]) == {who: found[who, on] for who, on in found}


def test_a_wait_counts_on_the_day_on_which_it_began_and_a_chat_once_for_a_person() -> None:
    late = datetime.fromisoformat("2026-03-12 23:59:50")
    chat = [
        Message(late, "customer", "", "在吗"),
        Message(late + timedelta(seconds=30), "staff", "wang", "您好"),
        Message(late + timedelta(seconds=60), "customer", "", "有货吗"),
        Message(late + timedelta(seconds=70), "staff", "wang", "有"),
    ]
    found = chats.figures([chat], lambda _day: LIMITS)
    assert {on: (one.chats, one.replies, one.average) for (_who, on), one in found.items()} == {
        date(2026, 3, 12): (1, 1, 30.0), date(2026, 3, 13): (1, 1, 10.0),
    }  # fmt: skip
    both = chats.by_person([chat], lambda _day: LIMITS, [date(2026, 3, 12), date(2026, 3, 13)])
    assert (both["wang"].chats, both["wang"].replies, both["wang"].average) == (1, 2, 20.0)


MESSAGES = st.lists(
    st.tuples(
        st.integers(0, 90_000), st.sampled_from(("customer", "staff", "system")), st.sampled_from(("li", "wang")),
        st.sampled_from(("在吗", "抱歉")),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@given(st.lists(MESSAGES, max_size=4))
def test_everything_adds_up(raw: list[list[tuple[int, Sender, str, str]]]) -> None:
    start = datetime.fromisoformat("2026-03-12 09:00")
    rows = [
        (str(number), Message(start + timedelta(seconds=at), sender, who, text))
        for number, chat in enumerate(raw)
        for at, sender, who, text in chat
    ]
    told = list(chats.in_chats(rows))
    found = chats.figures(told, lambda _day: LIMITS)
    for one in found.values():
        assert one.first_late <= one.first_replies <= one.replies
        assert one.without_apology <= one.without_word <= one.replies
        assert one.unanswered + one.customer_last <= one.chats
        assert (one.average is None) == (one.replies == 0)
    answered = [chat for chat in told if any(one.sender == "customer" for one in chat)]
    assert sum(one.first_replies + one.unanswered for one in found.values()) <= len(answered)
    assert sum(one.unanswered + one.customer_last for one in found.values()) <= len(told)


def test_an_older_policy_has_the_same_limits() -> None:
    from revisit.policy.values import policy_from

    older = {name: table for name, table in DEFAULT.items() if name != "chats"}
    assert policy_from(older).chats == LIMITS
