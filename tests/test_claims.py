"""Claims on both databases: leases that run out, what ends them, who is passed over, what happened since the list was read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from revisit import access, claims, db, models, quick, retries, staff
from revisit.claims import Choice, Taking
from revisit.errors import Refused
from revisit.morning import DueLine, morning_list
from revisit.revisits import Outcome, record_revisit
from revisit.staff import StaffMember
from tests.support import Program, at_shanghai, reading, unit

TEN = at_shanghai("2026-03-12 10:00")
MINUTE = timedelta(minutes=1)
CODES = ("C1", "C2", "C3")


def fill(revisit: Program, _folder: object) -> None:
    """Three customers, each owed a contact after a sale: two of ann's in the north, one of bob's in the south."""
    now = at_shanghai("2026-03-12 09:00")
    with unit(revisit.url, now) as work:
        rooms = [models.Department(name=name) for name in ("north", "south")]
        work.session.add_all(rooms)
        work.session.flush()
        people = {}
        for login, role, room in (
            ("ann", "representative", 0), ("bob", "representative", 1), ("sue", "supervisor", 0), ("gus", "auditor", 0),
        ):  # fmt: skip
            people[login] = models.Staff(
                login=login, name=login.title(), role=role, created_at=now, department_id=rooms[room].id
            )
            work.session.add(people[login])
        work.session.flush()
        for code, owner, done in (("C1", "ann", 2), ("C2", "ann", 3), ("C3", "bob", 4)):
            rep_id = people[owner].id
            row = models.Customer(code=code, name=f"N-{code}", entered_on=date(2026, 3, 1), rep_id=rep_id)
            work.session.add(row)
            work.session.flush()
            assert row.id is not None
            day = date(2026, 3, done)
            work.session.add(models.Order(customer_id=row.id, ordered_on=day, completed_on=day))
            work.session.add(models.Allocation(customer_id=row.id, staff_id=rep_id))
            work.session.info.setdefault("touched", set()).add(row.id)


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program) -> Program:
    """The company that `fill` leaves."""
    return revisit


def member(url: str, login: str) -> StaffMember:
    with reading(url) as (sql, _company):
        return staff.get_by_login(sql, login)


def choice_of(url: str, login: str, now: datetime = TEN, on: date | None = None) -> Choice:
    """What somebody may take from everybody's list."""
    with reading(url) as (sql, company):
        me = staff.get_by_login(sql, login)
        taking, viewer = Taking(me, on or now.date(), now), access.viewer(sql, me)
        lines = morning_list(sql, company, on=taking.on, viewer=viewer).items
        return claims.choose(sql, company, lines, viewer=viewer, taking=taking)


def take(url: str, login: str, now: datetime = TEN, free: tuple[DueLine, ...] | None = None) -> str | None:
    """Takes the next customer, from a list read now, or from an older one; its code."""
    lines = choice_of(url, login, now).free if free is None else free
    with reading(url) as (sql, company):
        taking = Taking(staff.get_by_login(sql, login), now.date(), now)
        with quick.writing(sql):
            line = claims.take(sql, company, lines, taking)
    return line.code if line else None


def record(url: str, login: str, code: str, result: str, now: datetime = TEN, **more: Any) -> None:
    """A revisit into the log."""
    with unit(url, now, login) as work:
        ((customer,),) = work.sql.rows("SELECT id FROM customer WHERE code = :code", code=code)
        outcome = Outcome(result, "phone", done_on=now.date(), done_at=now, **more)
        record_revisit(
            work.session, work.sql, customer_id=customer, staff_id=work.actor.id, outcome=outcome, filled_at=now
        )


def on_desks(url: str, now: datetime = TEN) -> dict[str, str]:
    with reading(url) as (sql, _company):
        return {one.code: one.login for one in claims.held(sql, now).values()}


def test_everybody_gets_another_customer_until_none_is_left(desk: Program) -> None:
    assert [take(desk.url, login) for login in ("sue", "sue", "admin", "admin")] == ["C1", "C2", "C3", None]
    assert on_desks(desk.url) == {"C1": "sue", "C2": "sue", "C3": "admin"}


def test_the_same_list_read_by_all_gives_each_another(desk: Program) -> None:
    """Both read the list before either has taken anybody."""
    free = choice_of(desk.url, "admin").free
    assert [line.code for line in free] == list(CODES)
    assert [take(desk.url, login, TEN, free) for login in ("sue", "admin", "sue")] == ["C1", "C2", "C3"]


def test_a_claim_runs_out(desk: Program) -> None:
    assert take(desk.url, "sue") == "C1"
    last = TEN + 30 * MINUTE - timedelta(microseconds=1)
    assert on_desks(desk.url, last) == {"C1": "sue"}
    assert take(desk.url, "admin", last) == "C2"
    over = TEN + 30 * MINUTE
    assert on_desks(desk.url, over) == {"C2": "admin"}
    assert take(desk.url, "admin", over) == "C1", "taken over"
    assert on_desks(desk.url, over) == {"C1": "admin", "C2": "admin"}
    record(desk.url, "sue", "C1", "no_answer", over + MINUTE)
    assert on_desks(desk.url, over + MINUTE) == {"C1": "admin", "C2": "admin"}, (
        "sue's had run out, admin's is none of sue's"
    )


def test_whoever_calls_a_customer_whose_claim_ran_out_has_it_from_then_on(desk: Program) -> None:
    """In the order in which they came onto the desk; a claim of one's own is made longer and no newer."""
    assert (take(desk.url, "sue"), take(desk.url, "admin", TEN + 20 * MINUTE)) == ("C1", "C2")
    for login, at in (("admin", TEN + 40 * MINUTE), ("sue", TEN + 45 * MINUTE), ("admin", TEN + 50 * MINUTE)):
        with reading(desk.url) as (sql, company):
            me = member(desk.url, login)
            assert me.id is not None
            ((customer,),) = sql.rows("SELECT id FROM customer WHERE code = 'C1'")
            with quick.writing(sql):
                claims.hold(sql, company, customer_id=customer, staff_id=me.id, now=at)
    with reading(desk.url) as (sql, _company):
        (claim,) = claims.held(sql, TEN + 55 * MINUTE).values()
    assert (claim.login, claim.taken_at, claim.until) == ("admin", TEN + 40 * MINUTE, TEN + 80 * MINUTE)


@pytest.mark.parametrize("result", ["reached", "no_answer"])
def test_a_record_takes_the_customer_off_the_desk_of_whoever_made_it(desk: Program, result: str) -> None:
    assert (take(desk.url, "sue"), take(desk.url, "sue")) == ("C1", "C2")
    record(desk.url, "ann", "C1", result)
    assert on_desks(desk.url) == {"C1": "sue", "C2": "sue"}, "ann's record is not sue's"
    record(desk.url, "sue", "C1", result)
    assert on_desks(desk.url) == {"C2": "sue"}


def test_a_talk_with_the_salesperson_leaves_the_customer_on_the_desk(desk: Program) -> None:
    take(desk.url, "sue")
    record(desk.url, "sue", "C1", "reached", with_whom="sales")
    assert on_desks(desk.url) == {"C1": "sue"}


MEANWHILE: dict[str, Callable[[str], None]] = {
    "reached by another": lambda url: record(url, "ann", "C1", "reached"),
    "missed by another": lambda url: record(url, "ann", "C1", "no_answer"),
    "put off to another day": lambda url: record(url, "ann", "C1", "inconvenient", promised_on=date(2026, 3, 20)),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_what_happened_since_the_list_was_read_counts(desk: Program, what: str) -> None:
    """The record ended the claim: that nobody holds the customer says nothing."""
    assert take(desk.url, "ann") == "C1"
    free = choice_of(desk.url, "admin", TEN + 31 * MINUTE).free
    assert [line.code for line in free] == list(CODES)
    MEANWHILE[what](desk.url)
    assert take(desk.url, "admin", TEN + MINUTE, free) == "C2"
    assert on_desks(desk.url, TEN + MINUTE) == {"C2": "admin"}, "no claim is left behind"


def test_whoever_was_missed_waits_for_the_next_try(desk: Program) -> None:
    record(desk.url, "ann", "C1", "busy")
    found = choice_of(desk.url, "admin", TEN + 14 * MINUTE)
    assert ([line.code for line in found.free], found.retry) == (["C2", "C3"], 1)
    assert [line.code for line in choice_of(desk.url, "admin", TEN + 15 * MINUTE).free] == list(CODES)


def test_a_later_message_or_call_ends_the_waiting(desk: Program) -> None:
    record(desk.url, "ann", "C1", "no_answer")
    record(desk.url, "ann", "C2", "no_answer")
    record(desk.url, "ann", "C1", "sent", TEN + MINUTE)
    record(desk.url, "ann", "C2", "reached", TEN + MINUTE, inbound=True)
    found = choice_of(desk.url, "admin", TEN + 2 * MINUTE)
    assert ([line.code for line in found.free], found.retry) == (list(CODES), 0)


def test_over_a_rest_day_the_next_try_waits_for_call_hours(desk: Program) -> None:
    friday = at_shanghai("2026-03-13 17:20")
    record(desk.url, "ann", "C1", "busy", friday)
    with reading(desk.url) as (sql, company):
        monday = at_shanghai("2026-03-16 09:00")
        assert list(retries.waiting(sql, company, at_shanghai("2026-03-15 12:00")).values()) == [monday]
        assert retries.waiting(sql, company, monday) == {}


def test_a_promised_time_is_waited_for(desk: Program) -> None:
    noon, three = at_shanghai("2026-03-12 12:00"), at_shanghai("2026-03-12 15:00")
    record(desk.url, "ann", "C3", "inconvenient", TEN, promised_on=three.date(), promised_at=three)
    found = choice_of(desk.url, "admin", noon)
    assert ([line.code for line in found.free], found.promised) == (["C1", "C2"], 1)
    assert choice_of(desk.url, "admin", three - 10 * MINUTE).free[0].code == "C3"
    assert choice_of(desk.url, "admin", three - 11 * MINUTE).promised == 1
    tomorrow = choice_of(desk.url, "admin", noon, date(2026, 3, 13))
    assert (tomorrow.free[0].code, tomorrow.promised) == ("C3", 0), "of another day's list all may be taken"


@pytest.mark.parametrize(
    ("login", "free", "others"),
    [("ann", ["C1", "C2"], 1), ("bob", ["C3"], 2), ("sue", ["C1", "C2"], 1), ("admin", list(CODES), 0), ("gus", [], 3)],
)
def test_nobody_takes_whom_they_may_record_nothing_for(desk: Program, login: str, free: list[str], others: int) -> None:
    found = choice_of(desk.url, login)
    assert ([line.code for line in found.free], found.others) == (free, others)


def release(url: str, login: str, code: str) -> str | None:
    with reading(url) as (sql, _company):
        actor = staff.get_by_login(sql, login)
        ((customer,),) = sql.rows("SELECT id FROM customer WHERE code = :code", code=code)
        with quick.writing(sql):
            given = claims.release(sql, customer, actor=actor, now=TEN)
    return given.login if given else None


def test_ones_own_may_be_given_back_and_a_supervisor_gives_back_those_of_the_team(desk: Program) -> None:
    assert [take(desk.url, login) for login in ("ann", "bob")] == ["C1", "C3"]
    with pytest.raises(Refused, match="C1 is on ann's desk"):
        release(desk.url, "bob", "C1")
    with pytest.raises(Refused, match="C3 is on bob's desk"):
        release(desk.url, "sue", "C3")  # another department's
    assert on_desks(desk.url) == {"C1": "ann", "C3": "bob"}
    assert release(desk.url, "sue", "C1") == "ann"
    assert release(desk.url, "bob", "C3") == "bob"
    assert release(desk.url, "bob", "C3") is None
    assert on_desks(desk.url) == {}


def test_what_is_raised_in_a_short_write_takes_it_back(desk: Program) -> None:
    with reading(desk.url) as (sql, _company):
        with pytest.raises(ZeroDivisionError), quick.writing(sql):
            claims.end(sql, customer_id=1, staff_id=1)
            sql.run("UPDATE company SET name = 'X'")
            raise ZeroDivisionError
        assert sql.rows("SELECT name FROM company") == [("宏远商贸",)]


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_a_file_that_stays_locked_is_told_as_busy(desk: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.05)
    with unit(desk.url, TEN), reading(desk.url) as (sql, _company):
        with pytest.raises(Exception, match="locked") as found, quick.writing(sql):
            raise AssertionError("it was not locked")
        told = db.explain(found.value)
        assert told is not None
        assert "busy" in str(told)


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_a_claim_is_written_as_safely_as_everything_else(desk: Program) -> None:
    with reading(desk.url) as (sql, _company), quick.writing(sql):
        pragmas = [sql.rows(f"PRAGMA {name}")[0][0] for name in ("synchronous", "foreign_keys", "trusted_schema")]
        assert pragmas == [2, 1, 0]
        with pytest.raises(Exception, match="FOREIGN KEY"):
            sql.run(claims.TAKE, customer=99, staff=1, now=TEN, until=TEN)
