"""`revisit chats`: response times by person and day, from a log that was brought in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.test_service import by
from tests.commands.test_service import fill as fill_office
from tests.support import Program, table

LOG = [
    ("A1", "2026-03-11 10:00:00", "客户", None, "在吗"),
    ("A1", "2026-03-11 10:00:09", "客服", "wang", "您好"),
    ("A1", "2026-03-11 10:01:00", "客户", None, "有货吗"),
    ("A1", "2026-03-11 10:04:30", "客服", "wang", "有"),
    ("A2", "2026-03-11 17:29:50", "客户", None, "在吗"),
    ("A2", "2026-03-11 17:30:30", "客服", "wang", "您好"),
    ("A2", "2026-03-11 17:31:00", "客服", "li", "我接着为您服务"),
    ("A2", "2026-03-11 17:31:10", "客户", None, "谢谢"),
    ("A3", "2026-03-12 09:00:00", "客户", "li", "有人吗"),
    ("A4", "2026-03-12 09:00:00", "客户", None, "有人吗"),
    ("A5", "2026-02-27 09:00:00", "客户", None, "在吗"),
    ("A5", "2026-02-27 09:00:05", "客服", "li", "您好"),
]  # fmt: skip
TITLES = ("会话编号", "时间", "发送方", "客服", "内容")


def fill(revisit: Program, folder: Path) -> None:
    """Five chats."""
    fill_office(revisit, folder)
    rows = [dict(zip(TITLES, row, strict=True)) for row in LOG]
    assert revisit("import", "chats", str(table(folder / "chats.xlsx", rows))).code == 0


FILLED = {"office": fill}
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves, on 12 March 2026."""
    return revisit.at("2026-03-12 10:00")


def test_by_person_and_day(office: Program) -> None:
    office.monkeypatch.setenv("COLUMNS", "140")
    found = by(office, "boss", "chats")
    assert (found.code, found.err) == (0, "")
    assert [line.split() for line in found.out.splitlines()[2:7]] == [
        ["(nobody)", "03-12", "1", "1"], ["李雷", "03-11", "1", "1", "1"], ["李雷", "03-12", "1", "1"],
        ["王芳", "03-11", "2", "24", "s", "1", "86", "s!", "1", "1"], ["李雷", "together", "2", "1", "1", "1"],
    ]  # fmt: skip
    assert found.out.splitlines()[:2] + found.out.splitlines()[7:] == [
        "Chats, 2026-03: 4",
        "Person    Day       Chats  First reply  too late  On average  No word  No apology  Unanswered  Customer last  "
        "Taken over",
        "",
        "First reply within 15 s, on average 30 s (!: over it), a word within 120 s, an apology after 180 s [P2]. Customer last: "
        "nobody wrote after the customer's last message.",
    ]
    document = by(office, "boss", "chats", "--month", "2026-03", "--json").json
    assert document["chats"] == 4
    wang = next(one for one in document["people"] if one["staff"] == "wang")
    assert wang == {
        "staff": "wang", "name": "王芳", "chats": 2, "first_replies": 2, "first_average": 24.5, "first_late": 1, "replies": 3,
        "average": 86.3, "over_average": True, "without_word": 1, "without_apology": 1, "unanswered": 0, "customer_last": 0,
        "taken_over": 0,
    }  # fmt: skip


@ON_SQLITE
def test_who_sees_whose(office: Program) -> None:
    def people(login: str, *words: str) -> list[str]:
        return [one["staff"] for one in by(office, login, "chats", *words, "--json").json["people"]]

    assert people("boss") == ["", "li", "wang"]
    assert people("li") == ["li"]
    assert people("li", "--rep", "wang") == []
    assert people("boss", "--rep", "wang") == ["wang"]
    assert people("audit", "--day", "2026-03-12") == ["", "li"]
    assert people("boss", "--month", "last") == ["li"]
    assert people("boss", "--day") == ["", "li"]


@ON_SQLITE
def test_nothing_and_wrong_usage(office: Program) -> None:
    done = by(office, "boss", "chats", "--day", "2026-03-01")
    assert (done.code, done.out.splitlines()) == (
        0, ["Chats, 2026-03-01: 0", "None. A log is brought in with: revisit import chats FILE"],
    )  # fmt: skip
    assert by(office, "boss", "chats", "--day", "--month").code == 2
    assert by(office, "boss", "chats", "--day", "gestern?").code == 2
    assert by(office, "boss", "chats", "--rep", "nobody").code == 1
