"""`revisit policy simulate`: whole outputs in both languages, the figures beside the report, and nothing written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit import access, db, reports, simulation
from revisit.company import read_policy
from revisit.db import Sql
from revisit.policy.periods import Period
from tests.support import Program, reading, table
from tests.test_register import POLICY_CHANGES, enter, few, files, opened, policy_text, wiped

DEFAULT = (Path(__file__).parents[2] / "templates/policy/default.toml").read_text(encoding="utf-8")
TEN = DEFAULT.replace("\nafter_days = 7\n", "\nafter_days = 10\n")
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
MARCH = ("--from", "2026-03-01", "--to", "2026-03-31")

__all__ = ["wiped"]


def fill(revisit: Program, folder: Path) -> None:
    """Three customers of li: C1 was called in time, C2 ordered again when its window was over, C3 ordered long ago."""
    people = [
        {"客户编号": f"C{n}", "客户名称": name, "客服专员": "li"}
        for n, name in enumerate(("宏远涂料", "利民建材", "安顺化工"), 1)
    ]
    orders = [
        {"订单号": f"D{n}", "客户编号": code, "下单日期": on}
        for n, (code, on) in enumerate(
            [("C1", "2026-03-02"), ("C2", "2026-03-02"), ("C2", "2026-03-18"), ("C3", "2025-12-10")]
        )
    ]
    talks = [{"客户编号": "C1", "回访时间": "2026-03-12 10:00", "方式": "电话", "结果": "已接通", "回访人": "li"}]
    revisit.at("2026-04-20 10:00")
    for kind, rows in (("customers", people), ("orders", orders), ("revisits", talks)):
        assert revisit("import", kind, str(table(folder / f"{kind}.xlsx", rows))).code == 0


FILLED = {"traded": fill}


@pytest.fixture
def traded(revisit: Program) -> Program:
    """The company that `fill` leaves, on 20 April."""
    return revisit.at("2026-04-20 10:00")


@pytest.fixture
def ten(tmp_path: Path) -> str:
    """The default policy with ten days instead of seven."""
    file = tmp_path / "ten.toml"
    file.write_text(TEN, encoding="utf-8")
    return str(file)


def rows_of(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    from revisit import schema

    with reading(url) as (sql, _info):
        return {name: sorted(sql.rows(f"SELECT * FROM {name}"), key=repr) for name in schema.tables(sql)}


ENGLISH = """\
With ten.toml from 2026-03-01 to 2026-03-31
  rules.dormant-week.after_days: 7 → 10

Follow-ups that fall due: 6 → 5
Rule                  Now  Added  Gone  Moved  Then
after a sale            2      0     0      0     2
dormant over a week     2      0     1      1     1
dormant over a month    2      0     0      0     2
Moved: still owed, on other days.
Met in time by the contacts that were made: 1 → 0

Calls per person and working day
Representative  Calls      A day  Busiest  Not kept
li              6 → 5  0.3 → 0.2        1         0
Busiest: so many calls fall on a day even where they are spread as well as can be.
Not kept: windows for which 2 calls a day do not suffice, in whatever order they are made.

Examples
1. C2 利民建材 · dormant over a week: owed no longer
   now:           2026-03-10 to 2026-03-16: no order for 8 days (last 2026-03-02) [P3 1.4]
   with the file: ended on 2026-03-18 before it was due: a new order [P3 1.4]
2. C1 宏远涂料 · dormant over a week: owed on other days
   now:           2026-03-10 to 2026-03-16: no order for 8 days (last 2026-03-02) [P3 1.4]
   with the file: 2026-03-13 to 2026-03-19: no order for 11 days (last 2026-03-02) [P3 1.4]

What began before 2026-03-01 keeps its policy.
The contacts are those that were made; with other follow-ups on the list they would have been others.
"""
CHINESE = """\
按ten.toml试算：2026-03-01至2026-03-31
  rules.dormant-week.after_days: 7 → 10

到期的应回访：6 → 5
规则              现行  新增  减少  改期  新制度
成交后回访           2     0     0     0       2
超过一周未订货       2     0     1     1       1
超过一个月未订货     2     0     0     0       2
改期：仍须回访，日期不同。
以实际联系计，按时完成：1 → 0

每人每个工作日的电话
客服专员   外呼       日均  最忙日  来不及
li        6 → 5  0.3 → 0.2       1       0
最忙日：即使安排得再均匀，也有一天要打这么多电话。
来不及：每人每天40个电话，无论怎样安排都不能按期完成的回访。

举例
1. C2 利民建材 · 超过一周未订货：不再须回访
   现行：     2026-03-10至2026-03-16：8天未订货（最近订货2026-03-02） [P3 1.4]
   按此文件： 到期前已于2026-03-18终止：有新订单 [P3 1.4]
2. C1 宏远涂料 · 超过一周未订货：回访日期改变
   现行：     2026-03-10至2026-03-16：8天未订货（最近订货2026-03-02） [P3 1.4]
   按此文件： 2026-03-13至2026-03-19：11天未订货（最近订货2026-03-02） [P3 1.4]

2026-03-01以前开始的，仍按原制度。
以上按当时实际的联系推算；当时的清单若不同，联系也会不同。
"""


def test_the_whole_screen(traded: Program, ten: str) -> None:
    done = traded("policy", "simulate", ten, *MARCH, "--capacity", "2")
    assert (done.code, done.err) == (0, "")
    assert done.out == ENGLISH


def test_the_whole_screen_in_chinese(traded: Program, ten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVISIT_LANG", "zh")
    from revisit import i18n

    i18n.activate("zh")
    done = traded("policy", "simulate", ten, *MARCH)
    assert (done.code, done.err) == (0, "")
    assert done.out == CHINESE


def test_the_document(traded: Program, ten: str) -> None:
    found = traded("policy", "simulate", ten, *MARCH, "--capacity", "2", "--json").json
    assert found["sha256"] == hashlib.sha256(TEN.encode()).hexdigest()
    assert (found["from"], found["to"]) == ("2026-03-01", "2026-03-31")
    assert found["capacity"] == {"before": 2, "after": 2}
    assert found["changes"] == [{"key": "rules.dormant-week.after_days", "old": 7, "new": 10}]
    assert found["by_rule"]["dormant-week"] == {
        "before": {"owed": 2, "in_time": 1}, "after": {"owed": 1, "in_time": 0}, "added": 0, "removed": 1, "moved": 1,
        "moved_in": 0, "moved_out": 0,
    }  # fmt: skip
    (load,) = found["by_rep"].values()
    assert {key: load["before"][key] for key in ("calls", "mean", "busiest", "unkept")} == {
        "calls": 6, "mean": 0.27, "busiest": 1, "unkept": 0,
    }  # fmt: skip
    assert load["before"]["busiest_from"] <= load["before"]["busiest_to"]
    assert found["examples"][0] == {
        "code": "C2", "name": "利民建材", "rule": "dormant-week", "change": "removed",
        "before": {
            "owed": True, "clause": "P3 1.4", "opens_on": "2026-03-10", "due_by": "2026-03-16", "as_of": None,
            "reason": "no order for 8 days (last 2026-03-02)",
        },
        "after": {
            "owed": False, "clause": "P3 1.4", "opens_on": "2026-03-13", "due_by": "2026-03-19", "as_of": None,
            "reason": "ended on 2026-03-18 before it was due: a new order",
        },
    }  # fmt: skip


def test_the_figures_of_now_are_those_of_the_report(traded: Program, ten: str) -> None:
    found = traded("policy", "simulate", ten, *MARCH, "--json").json
    counted = traded("report", "--month", "2026-03", "--json").json
    for rule, one in found["by_rule"].items():
        told = counted["by_rule"][rule]
        assert (one["before"]["owed"], one["before"]["in_time"]) == (told["owed"], told["in_time"]), rule


def test_the_capacity_is_that_of_each_policy_and_of_the_ability(traded: Program, ten: str) -> None:
    """One contact a day under the file; somebody of ability 0.5 makes half of it, which is none."""
    Path(ten).write_text(TEN.replace("calls_per_day = 40", "calls_per_day = 1"), encoding="utf-8")
    assert traded("staff", "change", "li", "--ability", "0.5").code == 0
    found = traded("policy", "simulate", ten, *MARCH, "--json").json
    assert found["capacity"] == {"before": 40, "after": 1}
    assert [found["by_rep"]["li"][side]["unkept"] for side in ("before", "after")] == [0, 5]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_nothing_is_written(traded: Program, ten: str, more: tuple[str, ...]) -> None:
    before = rows_of(traded.url)
    bytes_before = None if db.is_server(traded.url) else Path(traded.url).read_bytes()
    assert traded("policy", "simulate", ten, *MARCH, *more).code == 0
    assert rows_of(traded.url) == before
    if bytes_before is not None:
        assert Path(traded.url).read_bytes() == bytes_before


def test_the_policy_in_force_changes_nothing(traded: Program, tmp_path: Path) -> None:
    file = tmp_path / "same.toml"
    file.write_text(DEFAULT, encoding="utf-8")
    done = traded("policy", "simulate", str(file), *MARCH)
    assert done.out == (
        "With same.toml from 2026-03-01 to 2026-03-31\n"
        "The file says what is in force already.\n\n"
        "Follow-ups that fall due: 6; with the file the same ones, on the same days.\n\n"
        "What began before 2026-03-01 keeps its policy.\n"
        "The contacts are those that were made; with other follow-ups on the list they would have been others.\n"
    )


def test_without_days_it_is_three_months_up_to_today(traded: Program, ten: str) -> None:
    found = traded("policy", "simulate", ten, "--json").json
    assert (found["from"], found["to"]) == ("2026-01-21", "2026-04-20")
    assert "as if nothing else happened" not in traded("policy", "simulate", ten).out
    assert "as if nothing else happened" in traded("policy", "simulate", ten, "--to", "2026-05-20").out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--from", "2026-04-01", "--to", "2026-03-01"), 2, "2026-04-01 is after 2026-03-01"),
        (("--from", "gestern"), 2, "I do not understand the date gestern"),
        (("--capacity", "0"), 2, "--capacity"),
    ],
)
@ON_SQLITE
def test_what_cannot_be_asked(traded: Program, ten: str, words: tuple[str, ...], code: int, told: str) -> None:
    done = traded("policy", "simulate", ten, *words)
    assert (done.code, done.out) == (code, "")
    assert told in done.err


@ON_SQLITE
def test_a_file_with_faults_is_not_simulated(traded: Program, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(DEFAULT.replace("\nafter_days = 7", '\nafter_days = "7"'), encoding="utf-8")
    done = traded("policy", "simulate", str(file))
    assert done.code == 1
    assert "the policy file has faults: 1; the first in line" in done.err
    assert "rules.dormant-week.after_days" in done.err
    assert "Try: see all of them: revisit policy check FILE" in done.err


@ON_SQLITE
def test_who_may(traded: Program, ten: str) -> None:
    """Approvers see the figures, and no examples: these tell what customers ordered and said."""
    for role in ("supervisor", "approver", "auditor"):
        assert traded("staff", "add", role, "--role", role).code == 0
    shown = {}
    for login in ("supervisor", "approver", "auditor", "li"):
        traded.login = login
        shown[login] = traded("policy", "simulate", ten, *MARCH)
    assert {login: done.code for login, done in shown.items()} == {
        "supervisor": 0,
        "approver": 0,
        "auditor": 0,
        "li": 1,
    }
    assert "the role representative may not do this" in shown["li"].err
    assert "C2 利民建材" in shown["supervisor"].out
    assert "C2 利民建材" in shown["auditor"].out
    assert "利民建材" not in shown["approver"].out
    assert "Follow-ups that fall due: 6 → 5" in shown["approver"].out
    assert "Examples are shown to those who see what was said to a customer." in shown["approver"].out
    traded.login = None
    traded.monkeypatch.setenv("REVISIT_USER", "")
    assert traded("policy", "simulate", ten).code == 1


@ON_SQLITE
def test_a_supervisor_sees_examples_of_the_own_team_alone(traded: Program, ten: str) -> None:
    for words in (
        ("department", "add", "a"),
        ("department", "add", "b"),
        ("staff", "change", "li", "--department", "a"),
    ):
        assert traded(*words).code == 0
    for login, department in (("sa", "a"), ("sb", "b")):
        assert traded("staff", "add", login, "--role", "supervisor", "--department", department).code == 0
    found = {}
    for traded.login in ("sa", "sb"):
        found[traded.login] = traded("policy", "simulate", ten, *MARCH, "--json").json
    assert [len(one["examples"]) for one in found.values()] == [2, 0]
    assert found["sa"]["followups"] == found["sb"]["followups"]


# --- on random histories in the database


def simulate(sql: Sql, info: Any, policies: Any, first: date, last: date) -> simulation.Effect:
    """As an administrator, on the day after the period."""
    viewer = access.viewer(sql, next(iter(access.staff.list_staff(sql))))
    return simulation.simulate(sql, info, policies, first, last, on=last, viewer=viewer)


def test_the_policy_in_force_changes_nothing_of_any_history(wiped: Callable[[], str]) -> None:
    first, last = date(2025, 12, 1), date(2026, 5, 31)

    @few(wiped(), 4)
    @given(st.lists(st.just("C").flatmap(lambda code: files(code)), min_size=1, max_size=4), POLICY_CHANGES)
    def check(made: list[Any], changes: dict[str, str]) -> None:
        url = wiped()
        with opened(url) as work:
            for number, file in enumerate(made):
                enter(work, file._replace(code=f"C{number}"), rep_id=1)
        before = rows_of(url)
        with reading(url) as (sql, info):
            same = simulate(sql, info, info.policies.with_version(read_policy(DEFAULT), first, last), first, last)
            other = read_policy(policy_text(first, changes))
            effect = simulate(sql, info, info.policies.with_version(other, first, last), first, last)
            counted = reports.report(sql, info, Period(first, last, ""), date(2027, 12, 31))
        assert not same.whole.differ
        assert same.examples == ()
        assert effect.whole.differ == bool(effect.examples)
        assert {rule: one.owed_before for rule, one in effect.by_rule.items()} == {
            rule: one.owed for rule, one in counted.by_rule.items()
        }
        assert rows_of(url) == before

    check()
