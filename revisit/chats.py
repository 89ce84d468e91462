"""Response times of online service, as imported chat logs tell them, of people whose figures somebody may see. Clause: P2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, instant
from revisit.matters import instant_of, wall
from revisit.policy import chats
from revisit.policy.chats import ChatLimits, Figures, Message
from revisit.policy.periods import Period, days

WITHIN = """
SELECT m.chat, m.at, m.sender, m.staff_id, m.text FROM chat_message m
WHERE m.chat IN (SELECT chat FROM chat_message WHERE at >= :first AND at < :after) ORDER BY m.at, m.id
"""
PEOPLE = "SELECT id, login, name FROM staff"
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a period: how many chats there were; by person (login, "": given to nobody) and day; by person; and the
    names of the people."""

    period: Period
    chats: int
    limits: ChatLimits
    rows: Mapping[tuple[str, date], Figures]
    people: Mapping[str, Figures]
    names: Mapping[str, str]


def report(sql: Sql, company: CompanyInfo, viewer: Viewer, period: Period, rep: int | None = None) -> Report:
    """The figures of a period; with `rep` (staff id) of one person. A chat that began before or goes on after is read whole."""
    logins = {id_: (login, name) for id_, login, name in sql.rows(PEOPLE)}
    told = list(chats.in_chats(_messages(sql, company, period, {id_: login for id_, (login, _name) in logins.items()})))
    seen = {login for id_, (login, _name) in logins.items() if viewer.side(id_) != "other" and rep in (None, id_)}
    if rep is None and viewer.side(None) != "other":
        seen.add(NOBODY)
    limits_on: Callable[[date], ChatLimits] = lambda day: company.policies.on(day).chats  # noqa: E731
    within = days(period)
    rows = {key: one for key, one in chats.figures(told, limits_on).items() if key[0] in seen and key[1] in within}
    people = {who: one for who, one in chats.by_person(told, limits_on, within).items() if who in seen}
    number = sum(any(key in rows for key in chats.read(one, limits_on).present) for one in told)
    return Report(period, number, limits_on(period.end), rows, people, dict(logins.values()))


def _messages(
    sql: Sql, company: CompanyInfo, period: Period, logins: Mapping[int, str]
) -> Iterator[tuple[str, Message]]:
    first = instant_of(datetime.combine(period.start, datetime.min.time()), company)
    after = instant_of(datetime.combine(period.end + timedelta(days=1), datetime.min.time()), company)
    for chat, at, sender, staff_id, text in sql.each(WITHIN, first=first, after=after):
        yield chat, Message(_local(at, company), sender, logins.get(staff_id, NOBODY), text)


def _local(at: Any, company: CompanyInfo) -> datetime:
    moment = instant(at)
    assert moment is not None
    return wall(moment, company)
