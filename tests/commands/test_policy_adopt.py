"""`revisit policy adopt`: who may, from when; what was reported stays, and the register follows in the same transaction."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import date
from pathlib import Path

import pytest
import typer

from revisit import adoption, policy_file
from revisit.adoption import Draft
from revisit.errors import Refused
from revisit.policy.facts import Contact
from revisit.register import keep
from tests.commands.test_policy_simulate import DEFAULT, TEN, fill, rows_of
from tests.support import Program, Result, at_shanghai, reading, unit
from tests.test_register import record

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


def staffed(revisit: Program, folder: Path) -> None:
    """The company of the simulation, with somebody who writes policies and two who approve."""
    fill(revisit, folder)
    for login, role in (("sup", "supervisor"), ("boss", "approver"), ("audi", "auditor")):
        assert revisit("staff", "add", login, "--role", role).code == 0


FILLED = {"company": staffed}


@pytest.fixture
def company(revisit: Program, tmp_path: Path) -> Program:
    """The company that `staffed` leaves, on 20 April; the file ten.toml lies in the folder of the test."""
    (tmp_path / "ten.toml").write_text(TEN, encoding="utf-8")
    return revisit.at("2026-04-20 10:00")


def adopt(company: Program, tmp_path: Path, *more: str, day: str = "2026-05-01", author: str = "sup") -> Result:
    return company("policy", "adopt", str(tmp_path / "ten.toml"), "--effective", day, "--author", author, *more)


def register_is_right(url: str) -> bool:
    """Whether planning everybody anew changes nothing."""
    with reading(url) as (sql, info):
        return not keep.replan(sql, info)


def test_it_comes_into_force_on_its_day(company: Program, tmp_path: Path) -> None:
    done = adopt(company, tmp_path, "--yes")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("With ten.toml from 2026-05-01 to 2026-06-01\n  rules.dormant-week.after_days: 7 → 10\n")
    assert done.out.endswith(
        "The same over days that are past: revisit policy simulate FILE --from DATE --to DATE\n"
        "\nAdopted: the policy holds from 2026-05-01 (author sup, approver admin)\n"
        "Follow-ups planned anew: 0 new, 0 changed, 0 gone\n"
    )
    shown = {
        on: company("policy", "show", "dormant-week", "--on", on, "--json").json["rules"][0]["numbers"]["after_days"]
        for on in ("2026-04-30", "2026-05-01")
    }
    assert shown == {"2026-04-30": 7, "2026-05-01": 10}
    with reading(company.url) as (sql, _info):
        first, second = policy_file.adopted(sql)
        ((who, action, change),) = sql.rows("SELECT who, action, change FROM audit ORDER BY id DESC LIMIT 1")
        ((kept,),) = sql.rows("SELECT sha256 FROM policy_version WHERE in_force_from = '2026-05-01'")
    assert first.body == DEFAULT
    assert second.body == TEN.replace("in_force_from = 1900-01-01", "in_force_from = 2026-05-01")
    assert second.adopted_by == "admin"
    assert kept == hashlib.sha256(second.body.encode()).hexdigest()
    assert (who, action) == ("admin", "adopt")
    assert json.loads(change) == {
        "sha256": [None, kept], "in_force_from": [None, "2026-05-01"], "author": [None, "sup"], "approver": [None, "admin"],
    }  # fmt: skip
    assert {one["code"]: one["status"] for one in company("doctor", "--json").json["checks"]}["policy"] == "ok"
    assert register_is_right(company.url)


def test_reports_of_earlier_months_stay_byte_for_byte(company: Program, tmp_path: Path) -> None:
    """From 1 April, said explicitly: March is as it was, April is not."""
    asked = [
        ("report", "--month", month, "--on", "2026-04-20", *more)
        for month in ("2026-03", "2026-02", "2026-01")
        for more in ((), ("--json",), ("--by", "rep"))
    ]
    april = ("due", "--on", "2026-04-20", "--json")
    for n, on in enumerate(("2026-04-02", "2026-04-09")):
        assert company("log", f"C{n + 1}", "--result", "reached", "--at", f"{on} 10:00").code == 0
    before, list_before = [company(*words).out for words in asked], company(*april).json
    slots = TEN.replace("slots = [1, 16]", "slots = [1, 11, 21]").replace("min_days_left = 7", "min_days_left = 5")
    (tmp_path / "ten.toml").write_text(slots, encoding="utf-8")
    assert adopt(company, tmp_path, "--yes", "--restate", day="2026-04-01").code == 0
    assert [company(*words).out for words in asked] == before
    assert company(*april).json != list_before
    assert register_is_right(company.url)


def test_the_register_follows_in_the_same_transaction(company: Program, tmp_path: Path) -> None:
    done = adopt(company, tmp_path, "--yes", "--restate", "--json", day="2026-03-01")
    assert done.code == 0
    assert done.json["register"]["changed"] > 0
    assert done.json["effect"]["followups"]["removed"] == 1
    with reading(company.url) as (sql, _info):
        opens = sql.rows("SELECT opens_on FROM follow_up WHERE rule = 'dormant-week' AND anchor_on = '2026-03-02'")
    assert {one for (one,) in opens} == {"2026-03-13"}
    assert register_is_right(company.url)


def test_the_document(company: Program, tmp_path: Path) -> None:
    company.login = "boss"
    found = adopt(company, tmp_path, "--yes", "--json").json
    assert (found["effective"], found["author"], found["approver"]) == ("2026-05-01", "sup", "boss")
    assert found["adopted_at"] == "2026-04-20T10:00:00+08:00"
    assert found["effect"]["changes"] == [{"key": "rules.dormant-week.after_days", "old": 7, "new": 10}]
    assert (found["effect"]["from"], found["effect"]["to"]) == ("2026-05-01", "2026-06-01")


def test_a_dry_run_writes_nothing(company: Program, tmp_path: Path) -> None:
    before = rows_of(company.url)
    done = adopt(company, tmp_path, "--dry-run", "--restate", day="2026-03-01")
    assert done.code == 0
    assert (
        "Dry run: the policy would hold from 2026-03-01 (author sup, approver admin); nothing was changed" in done.out
    )
    assert adopt(company, tmp_path, "--dry-run", "--json").json["adopted_at"] is None
    assert rows_of(company.url) == before


@pytest.mark.parametrize(
    ("login", "author", "told"),
    [
        ("admin", "admin", "nobody adopts what he wrote himself: admin"),
        ("boss", "BOSS", "nobody adopts what he wrote himself: boss"),
        ("sup", "admin", "the role supervisor may not do this"),
        ("li", "sup", "the role representative may not do this"),
        ("audi", "sup", "the role auditor may not do this"),
        ("admin", "li", "li is no author of policies"),
        ("admin", "audi", "audi is no author of policies"),
        ("admin", "nobody", "there is no staff login nobody"),
    ],
)
@ON_SQLITE
def test_author_and_approver(company: Program, tmp_path: Path, login: str, author: str, told: str) -> None:
    before = rows_of(company.url)
    company.login = login
    done = adopt(company, tmp_path, "--yes", author=author)
    assert (done.code, done.out) == (1, "")
    assert told in done.err
    assert rows_of(company.url) == before


def test_a_day_that_is_over_has_to_be_meant(company: Program, tmp_path: Path) -> None:
    before = rows_of(company.url)
    done = adopt(company, tmp_path, "--yes", day="2026-04-19")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "Error: 2026-04-19 is over: figures that were reported since then would change\n"
        "Try: name a day to come, or say --restate if that is meant\n"
    )
    assert rows_of(company.url) == before
    assert adopt(company, tmp_path, "--yes", day="today").code == 0


def test_a_version_that_is_not_in_force_yet_gives_way(company: Program, tmp_path: Path) -> None:
    assert adopt(company, tmp_path, "--yes").code == 0
    again = adopt(company, tmp_path, "--yes")
    assert (again.code, again.out) == (1, "")
    assert "the file says what holds on 2026-05-01 already" in again.err
    (tmp_path / "ten.toml").write_text(TEN.replace("\nafter_days = 10\n", "\nafter_days = 9\n"), encoding="utf-8")
    company.login = "boss"
    assert adopt(company, tmp_path, "--yes").code == 0
    with reading(company.url) as (sql, info):
        assert len(policy_file.adopted(sql)) == 2
        second = policy_file.adopted(sql)[1]
        assert (second.adopted_by, second.written_by) == ("boss", "sup")
        assert info.policies.versions[1].week_after_days == 9
        ((change,),) = sql.rows("SELECT change FROM audit ORDER BY id DESC LIMIT 1")
    assert json.loads(change)["sha256"][0], "the one that gave way is named"
    company.at("2026-05-01 08:00")
    (tmp_path / "ten.toml").write_text(TEN, encoding="utf-8")
    late = adopt(company, tmp_path, "--yes")
    assert (late.code, late.out) == (1, "")
    assert "a version is in force from 2026-05-01 already" in late.err
    assert register_is_right(company.url)


@ON_SQLITE
def test_nobody_is_asked_where_nobody_can_answer(company: Program, tmp_path: Path) -> None:
    done = adopt(company, tmp_path)
    assert done.code == 2
    assert "nobody can be asked here whether the policy is to hold from 2026-05-01" in done.err
    assert len(rows_of(company.url)["policy_version"]) == 1


@pytest.mark.parametrize(("answer", "code", "versions"), [(True, 0, 2), (False, 1, 1)])
@ON_SQLITE
def test_a_person_is_asked(
    company: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bool, code: int, versions: int
) -> None:
    asked = []

    def confirm(text: str, **_more: object) -> bool:
        asked.append(text)
        return answer

    monkeypatch.setattr("revisit.commands.policy_adopt.prompting.is_terminal", lambda: True)
    monkeypatch.setattr(typer, "confirm", confirm)
    done = adopt(company, tmp_path)
    assert (done.code, asked) == (code, ["Let it hold from 2026-05-01?"])
    assert len(rows_of(company.url)["policy_version"]) == versions
    assert ("Nothing was changed." in done.err) == (not answer)


@ON_SQLITE
def test_nothing_stays_where_it_fails_at_the_end(
    company: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_of(company.url)

    def fail(*_arguments: object) -> None:
        raise Refused("the disk is full")

    monkeypatch.setattr(keep, "replan", fail)
    assert adopt(company, tmp_path, "--yes").code == 1
    assert rows_of(company.url) == before


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("in_force_from = 1900-01-01", "in_force_from = 2026-05-01"),
        ("  in_force_from=2026-01-01   # from the new year", "  in_force_from=2026-05-01   # from the new year"),
    ],
)
def test_the_day_stands_in_the_text_that_is_kept(line: str, kept: str) -> None:
    text = TEN.replace("in_force_from = 1900-01-01", line)
    assert adoption.dated(text, date(2026, 5, 1)) == TEN.replace("in_force_from = 1900-01-01", kept)


def test_a_line_that_cannot_take_the_day_is_named() -> None:
    text = TEN.replace("in_force_from = 1900-01-01", '"in_force_from" = 1900-01-01')
    with pytest.raises(Refused, match="the day cannot be written into line"):
        adoption.dated(text, date(2026, 5, 1))


def test_whoever_plans_by_the_old_versions_is_waited_for(company: Program) -> None:
    """A record is written while somebody adopts a policy: its customer, too, is planned by the new one in the end."""
    now, today = at_shanghai("2026-04-20 10:00"), date(2026, 4, 20)
    failed: list[Exception] = []

    def adopting() -> None:
        try:
            with unit(company.url, now) as work:
                draft = Draft(TEN, date(2026, 3, 1), "sup")
                work.company, _difference = adoption.adopt(
                    work.session, work.sql, draft, actor=work.actor, at=now, today=today, restate=True
                )
        except Exception as error:
            failed.append(error)

    with unit(company.url, now) as work:
        done = Contact(today, "phone", "reached")
        record(work, 2, done, 0)
        other = threading.Thread(target=adopting)
        other.start()
        other.join(0.5)
        assert other.is_alive()
        assert work.company.policies.on(today).week_after_days == 7
    other.join(60)
    assert failed == []
    with reading(company.url) as (_sql, info):
        assert info.policies.on(today).week_after_days == 10
    assert register_is_right(company.url)


def test_one_adoption_after_the_other(company: Program) -> None:
    now = at_shanghai("2026-04-20 10:00")
    for text, day in ((TEN, date(2026, 5, 1)), (DEFAULT, date(2026, 6, 1))):
        with unit(company.url, now) as work:
            work.company, _difference = adoption.adopt(
                work.session, work.sql, Draft(text, day, "sup"), actor=work.actor, at=now, today=date(2026, 4, 20),
                restate=False,
            )  # fmt: skip
    with reading(company.url) as (_sql, info):
        days = [date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1)]
        assert [info.policies.on(day).week_after_days for day in days] == [7, 10, 10, 7]
