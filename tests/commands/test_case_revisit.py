"""What closing a case brings about: a revisit on how it was handled, on every list, until somebody speaks with the customer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import Program, Result, table

CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料有限公司", "联系人": "李敏", "电话": "13800000001"},
    {"客户编号": "C2", "客户名称": "安顺化工", "联系人": "王强", "电话": "13800000002"},
]
CLOSED = "2026-03-12 16:00"


def fill(revisit: Program, folder: Path) -> None:
    """Two customers to whom nothing is owed, and a department that problems go to."""
    assert revisit("import", "customers", str(table(folder / "customers.xlsx", CUSTOMERS))).code == 0
    done(revisit("department", "add", "物流部"))


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program) -> Program:
    """The company that `fill` leaves, on 12 March 2026."""
    return revisit.at("2026-03-12 09:00")


def done(result: Result) -> Result:
    assert result.code == 0, result.err
    return result


def close(desk: Program, number: int = 1, code: str = "C1", *, routed: bool = True, at: str = CLOSED) -> None:
    """A case that a department has answered, or that a supervisor has decided, told to the customer at a moment."""
    done(desk("case", "open", code, "--text", "送货晚了三天"))
    if routed:
        done(desk("case", "route", str(number), "--department", "物流部"))
        done(desk("case", "respond", str(number), "--text", "已联系客户"))
        done(desk("case", "resolve", str(number), "--result", "改由专车送货"))
    else:
        done(desk("case", "decide", str(number), "--result", "已道歉"))
    desk.at(at)
    done(desk("case", "tell", str(number), "--channel", "phone"))


def owed(desk: Program, code: str = "C1", on: str = "today") -> list[tuple[str, str, str, str]]:
    """What the morning list says of a customer."""
    items = done(desk("due", "--why", "--json", "--on", on)).json["items"]
    return [
        (one["rule"], one["opens_on"], one["due_by"], one["status"])
        for line in items
        if line["code"] == code
        for one in line["why"]
    ]


def verdict(desk: Program, code: str = "C1") -> tuple[bool, str]:
    """What `why` says of the rule."""
    rules = done(desk("why", code, "--json")).json["rules"]
    return next((one["owed"], one["reason"]) for one in rules if one["rule"] == "case-revisit")


def followup(desk: Program, code: str = "C1") -> Any:
    """The newest follow-up under the rule, as `show` lists them."""
    return [one for one in done(desk("show", code, "--json")).json["followups"] if one["rule"] == "case-revisit"][-1]


def sound(desk: Program) -> None:
    """The register is what follows from the events."""
    checks = desk("doctor", "--json").json["checks"]
    assert next(one["status"] for one in checks if one["code"] == "register") == "ok"


def test_a_closed_case_asks_for_a_talk_that_meets_it(desk: Program) -> None:
    assert verdict(desk) == (False, "no case that was closed waits for a conversation")
    close(desk)
    assert owed(desk) == [("case-revisit", "2026-03-12", "2026-03-15", "open")]
    assert owed(desk, on="2026-03-11") == []
    assert verdict(desk) == (True, "case 1 was closed on 2026-03-12, no conversation since")
    assert done(desk("script", "C1", "--json")).json["id"] == "complaint"
    sound(desk)
    desk.at("2026-03-13 10:00")
    met = done(desk("log", "C1", "--result", "reached", "--satisfaction", "satisfied", "--json")).json["met"]
    assert met == [{"rule": "case-revisit", "due_by": "2026-03-15", "outcome": "in_time"}]
    assert owed(desk) == []
    assert verdict(desk) == (False, "met on 2026-03-13")
    by_rule = done(desk("report", "--month", "--json")).json["by_rule"]
    assert (by_rule["case-revisit"]["owed"], by_rule["case-revisit"]["in_time"]) == (1, 1)
    sound(desk)


def test_what_a_supervisor_decided_asks_for_none(desk: Program) -> None:
    close(desk, routed=False)
    assert owed(desk) == []
    desk.at("2026-03-13 09:00")
    done(desk("case", "reopen", "1", "--reason", "还是没有送到"))
    done(desk("case", "route", "1", "--department", "物流部"))
    assert owed(desk, on="2026-03-12") == owed(desk) == []
    done(desk("case", "respond", "1", "--text", "已联系客户"))
    done(desk("case", "resolve", "1", "--result", "已送到"))
    assert owed(desk) == [], "nothing is closed before the customer was told"
    done(desk("case", "tell", "1", "--channel", "wechat"))
    assert owed(desk) == [("case-revisit", "2026-03-13", "2026-03-16", "open")]
    sound(desk)


def test_opened_again_nothing_is_owed_until_it_is_closed_again(desk: Program) -> None:
    close(desk)
    desk.at("2026-03-14 09:00")
    done(desk("case", "reopen", "1", "--reason", "客户不接受"))
    assert owed(desk) == []
    assert owed(desk, on="2026-03-13") == [("case-revisit", "2026-03-12", "2026-03-15", "open")]
    assert verdict(desk) == (False, "ended on 2026-03-14 before it was due: the case was opened again")
    assert (followup(desk)["status"], followup(desk)["opens_on"]) == ("void", "2026-03-12")
    sound(desk)
    done(desk("case", "route", "1", "--department", "物流部"))
    done(desk("case", "respond", "1", "--text", "已联系客户"))
    done(desk("case", "resolve", "1", "--result", "退款"))
    desk.at("2026-03-16 09:00")
    done(desk("case", "tell", "1", "--channel", "phone"))
    assert owed(desk) == [("case-revisit", "2026-03-16", "2026-03-19", "open")]
    sound(desk)


def test_the_day_is_that_of_the_company_not_of_greenwich(desk: Program) -> None:
    close(desk, at="2026-03-13 00:30")
    assert owed(desk) == [("case-revisit", "2026-03-13", "2026-03-16", "open")]


def test_a_talk_of_the_day_on_which_the_customer_was_told_meets_it(desk: Program) -> None:
    desk.at("2026-03-12 15:50")
    done(desk("log", "C1", "--result", "reached"))
    desk.at("2026-03-12 09:00")
    close(desk)
    assert owed(desk) == []
    assert (followup(desk)["status"], followup(desk)["met_on"]) == ("in_time", "2026-03-12")


def test_what_was_closed_goes_with_the_customer_into_the_kept_file_and_back(desk: Program) -> None:
    close(desk)
    done(desk("customer", "merge", "C2", "C1", "--yes", "--reason", "同一家"))
    assert owed(desk, "C2") == [("case-revisit", "2026-03-12", "2026-03-15", "open")]
    assert owed(desk) == []
    sound(desk)
    done(desk("customer", "unmerge", "C1", "--yes"))
    assert owed(desk, "C2") == []
    assert owed(desk) == [("case-revisit", "2026-03-12", "2026-03-15", "open")]
    sound(desk)


def test_two_cases_closed_on_one_day_are_one_line_and_one_talk(desk: Program) -> None:
    close(desk, at="2026-03-12 10:00")
    close(desk, 2)
    assert owed(desk) == [("case-revisit", "2026-03-12", "2026-03-15", "open")] * 2
    (line,) = done(desk("due", "--why", "--json")).json["items"]
    assert [one["reason"] for one in line["why"]] == [
        "case 1 was closed on 2026-03-12, no conversation since",
        "case 2 was closed on 2026-03-12, no conversation since",
    ]
    met = done(desk("log", "C1", "--result", "reached", "--json")).json["met"]
    assert [one["rule"] for one in met] == ["case-revisit", "case-revisit"]
    assert owed(desk) == []
