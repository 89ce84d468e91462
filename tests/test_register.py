"""The register is the pure plan, kept: random work against both databases, and every day's reading against the plan."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from revisit import audit, cases, company, db, models, morning, resources, revisits, scheduler
from revisit.company import CompanyInfo
from revisit.context import Unit
from revisit.db import Sql
from revisit.policy.explain import known_on
from revisit.policy.facts import Allocation, Closing, Contact, Fact, File, Handover, Sale
from revisit.policy.plan import plan
from revisit.policy.values import policy_from
from revisit.register import events, keep
from revisit.revisits import Outcome
from tests.policy.reading import PAPERWORK, Reading, read
from tests.support import PHASES, START_ON, at_shanghai, reading, unit

FIRST = date(2025, 10, 20)  # the days on which things happen: the programme starts in their middle
SPAN = 240
LAST = FIRST + timedelta(days=SPAN)
NOW = at_shanghai("2026-07-01 10:00")
DAY = timedelta(days=1)
EXAMPLES = hypothesis.settings.default.max_examples if hypothesis.settings.default else 60
DEFAULT_POLICY = resources.read_text("policy/default.toml")
TABLES = (
    "move, case_, booking, revisit, allocation, handover, fact, shown_order, sales_follow_up, order_, standing, follow_up, "
    "audit"
)

days = st.integers(0, SPAN).map(lambda n: FIRST + timedelta(days=n))
maybe_days = st.none() | days
WORDS = st.sampled_from(
    [("reached", "phone")] * 4
    + [("declined", "phone"), ("reached", "wechat"), ("sent", "sms"), ("sent", "email"), ("no_answer", "phone")]
    + [("busy", "phone"), ("inconvenient", "phone"), ("reached", "visit")]
)
FACTS = st.one_of(
    st.tuples(st.just("balance"), st.sampled_from(["0", "50000", "-100", ""])),
    st.tuples(st.just("kind"), st.sampled_from(["customer", "prospect", "prospect"])),
    st.tuples(st.just("intention"), st.sampled_from(["interested", "undecided", "none", ""])),
    st.tuples(st.sampled_from(["do_not_call", "closed", "waived"]), st.sampled_from(["1", "0"])),
    st.tuples(st.just("contract_on"), days.map(date.isoformat) | st.just("")),
)

PAUSES = st.tuples(st.sampled_from(["do_not_call", "closed", "waived"]), days, st.integers(1, 30))


@st.composite
def contacts(draw: st.DrawFn, on: st.SearchStrategy[date] = days) -> Contact:
    """A revisit of any kind, one in three with a callback."""
    result, channel = draw(WORDS)
    done = draw(on)
    promised = done + timedelta(days=draw(st.integers(0, 20))) if draw(st.integers(0, 2)) == 0 else None
    return Contact(
        on=done,
        channel=channel,
        result=result,
        inbound=draw(st.integers(0, 9)) == 0,
        with_sales=draw(st.integers(0, 9)) == 0,
        promised_on=promised,
        promised_at=at_shanghai(f"{promised} 15:30") if promised and promised > done and draw(st.booleans()) else None,
        planned=promised is not None and draw(st.integers(0, 2)) == 0,
        intention=draw(st.sampled_from(["", "", "", "interested", "undecided", "none"])),
    )


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    """An order, perhaps completed, perhaps cancelled."""
    ordered = draw(days)
    later = st.integers(0, 40).map(lambda n: ordered + timedelta(days=n))
    return Sale(
        ordered,
        draw(st.just(ordered) | later | st.none()),
        draw(later) if draw(st.integers(0, 5)) == 0 else None,
    )


@st.composite
def closings(draw: st.DrawFn) -> Closing:
    """A case that was closed, every other one opened again, now and then on the same day."""
    on = draw(days)
    return Closing(on, draw(st.none() | st.integers(0, 12).map(lambda n: on + timedelta(days=n))))


@st.composite
def files(draw: st.DrawFn, code: str) -> File:
    """A customer with a few events of every kind. What the sheet said that created the file has no day."""
    made = draw(st.lists(contacts(), max_size=5))
    said = draw(st.lists(st.builds(Fact, st.just("balance"), st.sampled_from(["0", "50000"])), max_size=1))
    told = draw(st.lists(st.builds(lambda pair, on: Fact(*pair, on), FACTS, days), max_size=2))
    for name, on, length in draw(st.lists(PAUSES, max_size=2)):
        told += [Fact(name, "1", on), Fact(name, "0", on + length * DAY)]
    told += [Fact("waived", "1", on, on + length * DAY) for _name, on, length in draw(st.lists(PAUSES, max_size=1))]
    entered = draw(days)
    # a contract that is told later and lies before everything else moves the file's first day afterwards: left out
    told = [one for one in told if one.name != "contract_on" or one.value >= entered.isoformat() or not one.value]
    return File(
        code=code,
        entered_on=entered,
        sales=tuple(sorted(draw(st.lists(sales(), max_size=4)), key=lambda one: one.ordered_on)),
        contacts=tuple(sorted(made, key=lambda one: one.on)),
        handovers=tuple(
            draw(st.lists(st.builds(Handover, st.sampled_from(["sales", "service"]), maybe_days), max_size=2))
        ),
        sales_follow_ups=tuple(sorted(set(draw(st.lists(days, max_size=2))))),
        shown_orders=tuple(sorted(set(draw(st.lists(days, max_size=1))))),
        facts=(*said, *told),
        allocations=tuple(draw(st.lists(st.builds(Allocation, maybe_days, st.booleans()), max_size=2))),
        grade=draw(st.sampled_from(["", "A", "D"])),
        closings=tuple(draw(st.lists(closings(), max_size=2))),
    )


def policy_text(from_on: date, changes: dict[str, str]) -> str:
    """The default policy under another day, with some of its lines written otherwise."""
    text = DEFAULT_POLICY.replace("in_force_from = 1900-01-01", f"in_force_from = {from_on}")
    text = text.replace('id = "default"', f'id = "from-{from_on}"')
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    assert policy_from(tomllib.loads(text)).in_force_from == from_on
    return text


POLICY_CHANGES = st.sampled_from(
    [
        {"after_days = 7": "after_days = 5"},
        {'repeat = "monthly"': 'repeat = "each-sale"', "auto = true": "auto = false"},
        {"slots = [1, 16]": "slots = [1, 11, 21]", "after_months = 1\n": "after_months = 2\n"},
        {'conversation_results = ["reached", "declined"]': 'conversation_results = ["reached"]'},
    ]
)


# --- a database of the test's own


@contextmanager
def opened(url: str) -> Iterator[Unit]:
    """One transaction of the administrator's."""
    with unit(url, NOW) as work:
        yield work


def add(work: Unit, model: type, customer_id: int | None, **values: Any) -> int:
    """A new row, noted for the audit and so for the register."""
    row = model(**values) if customer_id is None else model(customer_id=customer_id, **values)
    work.session.add(row)
    work.session.flush()
    table = model.__tablename__  # type: ignore[attr-defined]
    owner = row.id if model is models.Customer else customer_id
    audit.changed(work.session, action="create", table=table, row_id=row.id, customer_id=owner, after=values)
    return int(row.id)


def change(work: Unit, table: str, row_id: int, customer_id: int, **values: Any) -> None:
    """Cells of a row changed through SQL, noted for the audit and so for the register."""
    cells = ", ".join(f"{name} = :{name}" for name in values)
    work.sql.run(f"UPDATE {table} SET {cells} WHERE id = :id", id=row_id, **values)
    audit.changed(
        work.session, action="update", table=table, row_id=row_id, customer_id=customer_id,
        before=dict.fromkeys(values), after=values,
    )  # fmt: skip


def adopt(work: Unit, from_on: date, text: str) -> None:
    """A dated policy version; every customer is touched."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    add(
        work,
        models.PolicyVersion,
        None,
        in_force_from=from_on,
        body=text,
        sha256=digest,
        adopted_at=NOW,
        adopted_by="admin",
    )
    work.company = company.load_company(work.sql)
    work.session.info["touched"] = {row[0] for row in work.sql.rows(events.ALL_IDS)}


def record(work: Unit, customer_id: int, contact: Contact, minute: int) -> int:
    """A revisit as `log` records it; its number."""
    outcome = Outcome(
        result=contact.result,
        channel=contact.channel,
        done_on=contact.on,
        done_at=at_shanghai(f"{contact.on} 09:00") + timedelta(minutes=minute) if minute >= 0 else None,
        inbound=contact.inbound,
        with_whom="sales" if contact.with_sales else "customer",
        promised_on=contact.promised_on,
        promised_at=contact.promised_at,
        planned=contact.planned,
        intention=contact.intention,
    )
    return revisits.record_revisit(
        work.session, work.sql, customer_id=customer_id, staff_id=work.actor.id, outcome=outcome, filled_at=NOW
    )


def raise_case(work: Unit, customer_id: int, number: int, *, routed: bool = True) -> int:
    """A case as it came into the database, perhaps by way of a department; its id."""
    id_ = add(
        work, models.Case, customer_id, number=number, staff_id=1, opened_at=NOW, what="late", state="resolved", result="paid"
    )  # fmt: skip
    if routed:
        move(work, customer_id, id_, "route", "open", "routed", FIRST)
    return id_


def move(work: Unit, customer_id: int, case_id: int, action: str, before: str, after: str, on: date) -> None:
    """A move of a case, at half past midnight: of the day before for whoever reads the instants as they are kept."""
    add(
        work, models.Move, None, matter="case", matter_id=case_id, action=action, state_from=before, state_to=after,
        at=at_shanghai(f"{on} 00:30"), staff_id=1,
    )  # fmt: skip
    work.session.info.setdefault("touched", set()).add(customer_id)


def close(work: Unit, customer_id: int, case_id: int, closing: Closing) -> None:
    """The case is closed, and opened again where it was."""
    move(work, customer_id, case_id, "tell", "resolved", "closed", closing.on)
    if closing.reopened_on:
        move(work, customer_id, case_id, "reopen", "closed", "open", closing.reopened_on)


def enter(work: Unit, file: File, rep_id: int | None = None) -> int:
    """A whole file into the database; its id."""
    id_ = add(
        work, models.Customer, None, code=file.code, name=file.code, entered_on=file.entered_on, grade=file.grade, rep_id=rep_id
    )  # fmt: skip
    for sale in file.sales:
        add(work, models.Order, id_, **sale._asdict())
    for place, contact in enumerate(file.contacts):
        record(work, id_, contact, place)
    for handover in file.handovers:
        add(work, models.Handover, id_, to_whom=handover.to, from_on=handover.on)
    for on in file.sales_follow_ups:
        add(work, models.SalesFollowUp, id_, done_on=on)
    for on in file.shown_orders:
        add(work, models.ShownOrder, id_, ordered_on=on)
    for fact in file.facts:
        add(work, models.Fact, id_, name=fact.name, value=fact.value, from_on=fact.on, until_on=fact.until)
    for allocation in file.allocations:
        add(work, models.Allocation, id_, staff_id=1, from_on=allocation.on, temporary=allocation.temporary)
    for closing in file.closings:
        ((newest,),) = work.sql.rows(cases.NEWEST_NUMBER)
        close(work, id_, raise_case(work, id_, newest + 1), closing)
    return id_


@pytest.fixture
def wiped(company_db: str, tmp_path: Path) -> Callable[[], str]:
    """The database of a company without customers, each time anew."""
    if db.is_server(company_db):

        def wipe() -> str:
            import psycopg

            with psycopg.connect(company_db) as connection:
                connection.execute(f"TRUNCATE {TABLES}, customer RESTART IDENTITY CASCADE")
                connection.execute("DELETE FROM policy_version WHERE in_force_from > '1900-01-01'")
            return company_db

        return wipe
    clean = shutil.copy(company_db, tmp_path / "clean.db")

    def copy() -> str:
        shutil.copy(clean, company_db)
        return company_db

    return copy


def few(url: str, share: int) -> hypothesis.settings:
    """Fewer examples than for pure functions, fewer still on the server."""
    most = max(2, EXAMPLES // (share * (4 if db.is_server(url) else 1)))
    return hypothesis.settings(
        max_examples=most,
        stateful_step_count=40,
        phases=PHASES,
        suppress_health_check=list(hypothesis.HealthCheck),
    )


# --- random work


@dataclass
class Visit:
    """A revisit as the test remembers it: its versions' newest cells."""

    number: int
    id: int
    minute: int
    contact: Contact
    version: int = 1
    void: bool = False


@dataclass
class Remembered:
    """What has been done to a customer, as the test remembers it."""

    id: int
    code: str
    entered_on: date
    sales: dict[int, Sale] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    sales_follow_ups: set[date] = field(default_factory=set)
    shown: set[date] = field(default_factory=set)
    allocations: list[Allocation] = field(default_factory=list)
    closings: dict[int, list[Closing]] = field(default_factory=dict)
    cases: dict[int, int] = field(default_factory=dict)

    def file(self) -> File:
        """The file that the database should give."""
        visits = [visit for visit in self.visits if not visit.void]
        timed = sorted(visits, key=lambda one: (one.contact.on, one.minute if one.minute >= 0 else 10**6, one.number))
        return File(
            code=self.code,
            entered_on=self.entered_on,
            sales=tuple(sale for _, sale in sorted(self.sales.items(), key=lambda pair: (pair[1].ordered_on, pair[0]))),
            contacts=tuple(visit.contact for visit in timed),
            handovers=tuple(self.handovers),
            sales_follow_ups=tuple(sorted(self.sales_follow_ups)),
            shown_orders=tuple(sorted(self.shown)),
            facts=tuple(self.facts),
            allocations=tuple(self.allocations),
            closings=tuple(one for number in sorted(self.closings) for one in self.closings[number]),
        )


class Work(RuleBasedStateMachine):
    """Any order of events, late ones too. Each step is one transaction that only notes whom it touched."""

    wipe: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.url = type(self).wipe()
        self.files: list[Remembered] = []

    def one(self, place: int) -> Remembered:
        return self.files[place % len(self.files)]

    @initialize(entered=days)
    def first(self, entered: date) -> None:
        self.enter(entered)
        self.enter(FIRST)

    def enter(self, entered: date) -> None:
        code = f"C{len(self.files)}"
        with opened(self.url) as work:
            id_ = add(work, models.Customer, None, code=code, name=code, entered_on=entered)
        self.files.append(Remembered(id_, code, entered))

    @precondition(lambda self: len(self.files) < 4)
    @rule(entered=days)
    def another(self, entered: date) -> None:
        self.enter(entered)

    @rule(who=st.integers(0, 3), sale=sales())
    def order(self, who: int, sale: Sale) -> None:
        one = self.one(who)
        with opened(self.url) as work:
            id_ = add(work, models.Order, one.id, **sale._asdict())
        one.sales[id_] = sale

    @rule(who=st.integers(0, 3), which=st.integers(0, 9), completed=maybe_days, cancelled=maybe_days)
    def order_goes_on(self, who: int, which: int, completed: date | None, cancelled: date | None) -> None:
        """Completed later, cancelled, or neither any more."""
        one = self.one(who)
        if not one.sales:
            return
        id_ = sorted(one.sales)[which % len(one.sales)]
        with opened(self.url) as work:
            change(work, "order_", id_, one.id, completed_on=completed, cancelled_on=cancelled)
        one.sales[id_] = one.sales[id_]._replace(completed_on=completed, cancelled_on=cancelled)

    @rule(who=st.integers(0, 3), contact=contacts(), minute=st.integers(-1, 3))
    def revisit(self, who: int, contact: Contact, minute: int) -> None:
        one = self.one(who)
        with opened(self.url) as work:
            number = record(work, one.id, contact, minute)
            work.replan()  # as `log` does, to tell what was met
            ((id_,),) = work.sql.rows("SELECT id FROM revisit WHERE number = :number", number=number)
        one.visits.append(Visit(number, id_, minute, contact))

    @rule(who=st.integers(0, 3), which=st.integers(0, 9), void=st.booleans())
    def revisit_voided(self, who: int, which: int, void: bool) -> None:
        one = self.one(who)
        if not one.visits:
            return
        visit = one.visits[which % len(one.visits)]
        with opened(self.url) as work:
            change(work, "revisit", visit.id, one.id, is_void=void)
        visit.void = void

    @rule(who=st.integers(0, 3), which=st.integers(0, 9), contact=contacts(), minute=st.integers(-1, 3))
    def revisit_amended(self, who: int, which: int, contact: Contact, minute: int) -> None:
        one = self.one(who)
        if not one.visits:
            return
        visit = one.visits[which % len(one.visits)]
        with opened(self.url) as work:
            change(work, "revisit", visit.id, one.id, is_current=False)
            visit.id = add(
                work, models.Revisit, one.id, number=visit.number, version=visit.version + 1, done_on=contact.on,
                done_at=at_shanghai(f"{contact.on} 09:00") + timedelta(minutes=minute) if minute >= 0 else None,
                channel=contact.channel, result=contact.result, inbound=contact.inbound,
                with_whom="sales" if contact.with_sales else "customer", intention=contact.intention,
            )  # fmt: skip
            if contact.promised_on:
                promised = {
                    "promised_on": contact.promised_on,
                    "promised_at": contact.promised_at,
                    "planned": contact.planned,
                }
                add(work, models.Booking, one.id, revisit_id=visit.id, **promised)
        visit.version, visit.void, visit.minute, visit.contact = visit.version + 1, False, minute, contact

    @rule(who=st.integers(0, 3), to=st.sampled_from(["sales", "sales", "service"]), on=maybe_days)
    def hand_over(self, who: int, to: str, on: date | None) -> None:
        one = self.one(who)
        with opened(self.url) as work:
            add(work, models.Handover, one.id, to_whom=to, from_on=on)
        one.handovers.append(Handover(to, on))

    @rule(who=st.integers(0, 3), on=days)
    def sales_follow_up(self, who: int, on: date) -> None:
        one = self.one(who)
        with opened(self.url) as work:
            if on not in one.sales_follow_ups:
                add(work, models.SalesFollowUp, one.id, done_on=on)
        one.sales_follow_ups.add(on)

    @rule(who=st.integers(0, 3), on=days)
    def shown_order(self, who: int, on: date) -> None:
        one = self.one(who)
        with opened(self.url) as work:
            if on not in one.shown:
                add(work, models.ShownOrder, one.id, ordered_on=on)
        one.shown.add(on)

    @rule(who=st.integers(0, 3), pair=FACTS, on=maybe_days, length=st.none() | st.integers(0, 30))
    def fact(self, who: int, pair: tuple[str, str], on: date | None, length: int | None) -> None:
        one = self.one(who)
        until = on + length * DAY if on and length else None
        with opened(self.url) as work:
            add(work, models.Fact, one.id, name=pair[0], value=pair[1], from_on=on, until_on=until)
        one.facts.append(Fact(*pair, on, until))

    @rule(who=st.integers(0, 3), times=st.integers(1, 2))
    def said_again(self, who: int, times: int) -> None:
        """What an import of the same sheet may leave: the same fact and the same hand-over once more, or nothing at all."""
        one = self.one(who)
        with opened(self.url) as work:
            for fact in one.facts[-times:]:
                add(work, models.Fact, one.id, name=fact.name, value=fact.value, from_on=fact.on, until_on=fact.until)
            for handover in one.handovers[-times:]:
                add(work, models.Handover, one.id, to_whom=handover.to, from_on=handover.on)
            work.session.info["touched"] = {one.id}
        one.facts += one.facts[-times:]
        one.handovers += one.handovers[-times:]

    @rule(who=st.integers(0, 3), on=maybe_days, temporary=st.booleans())
    def allocation(self, who: int, on: date | None, temporary: bool) -> None:
        one = self.one(who)
        with opened(self.url) as work:
            add(work, models.Allocation, one.id, staff_id=1, from_on=on, temporary=temporary)
            change(work, "customer", one.id, one.id, rep_id=1)
        one.allocations.append(Allocation(on, temporary))

    @rule(who=st.integers(0, 3), closing=closings(), routed=st.integers(0, 4))
    def case_closed(self, who: int, closing: Closing, routed: int) -> None:
        """One in five never went to a department."""
        one = self.one(who)
        number = sum(len(other.cases) for other in self.files) + 1
        with opened(self.url) as work:
            one.cases[number] = raise_case(work, one.id, number, routed=routed > 0)
            close(work, one.id, one.cases[number], closing)
        one.closings[number] = [closing._replace(number=str(number))] if routed else []

    @rule(who=st.integers(0, 3), which=st.integers(0, 9), on=days, late=st.integers(0, 5))
    def case_goes_on(self, who: int, which: int, on: date, late: int) -> None:
        """A closed case is opened again; another one is sent to a department and closed."""
        one = self.one(who)
        if not one.cases:
            return
        number = sorted(one.cases)[which % len(one.cases)]
        known = one.closings[number]
        with opened(self.url) as work:
            if known and known[-1].reopened_on is None:
                known[-1] = known[-1]._replace(reopened_on=known[-1].on + late * DAY)
                move(work, one.id, one.cases[number], "reopen", "closed", "open", known[-1].on + late * DAY)
            elif not known:
                move(work, one.id, one.cases[number], "reopen", "closed", "open", on)
                move(work, one.id, one.cases[number], "route", "open", "routed", on)
                move(work, one.id, one.cases[number], "tell", "resolved", "closed", on)
                known.append(Closing(on, None, "case", str(number)))
            else:
                closed = max(on, known[-1].reopened_on or on)
                move(work, one.id, one.cases[number], "tell", "resolved", "closed", closed)
                known.append(Closing(closed, None, "case", str(number)))

    @rule(from_on=days, changes=POLICY_CHANGES)
    def policy(self, from_on: date, changes: dict[str, str]) -> None:
        with opened(self.url) as work:
            if not work.sql.rows("SELECT 1 FROM policy_version WHERE in_force_from = :on", on=from_on):
                adopt(work, from_on, policy_text(from_on, changes))

    @rule()
    def refused(self) -> None:
        """A transaction that fails leaves nothing behind."""
        with pytest.raises(ZeroDivisionError), opened(self.url) as work:
            add(work, models.Order, self.files[0].id, ordered_on=FIRST)
            work.replan()
            raise ZeroDivisionError

    @invariant()
    def register_is_recomputation(self) -> None:
        with reading(self.url) as (sql, info):
            assert [one.file for one in events.load_files(sql, [one.id for one in self.files])] == [
                one.file() for one in self.files
            ]
            assert not keep.replan(sql, info), "touched customers were not brought up to date"


def test_after_any_work_the_register_is_what_recomputation_gives(wiped: Callable[[], str]) -> None:
    class Here(Work):
        wipe = staticmethod(wiped)

    run_state_machine_as_test(Here, settings=few(wiped(), 8))


def test_a_register_made_from_nothing_is_the_one_that_grew(wiped: Callable[[], str]) -> None:
    """The difference sees rows that are missing, wrong and left over, in all three places."""
    url = wiped()
    file = File(
        "C1",
        FIRST,
        sales=(Sale(date(2026, 3, 2), date(2026, 3, 2)),),
        handovers=(Handover("sales", date(2026, 3, 12)),),
    )
    with opened(url) as work:
        enter(work, file)
    with reading(url) as (sql, info):
        grown = whole_register(sql)
        sql.run("UPDATE follow_up SET due_by = '2026-03-10' WHERE rule = 'after-sale'")
        sql.run("DELETE FROM follow_up WHERE rule = 'dormant-week'")
        sql.run("UPDATE standing SET until_on = '2026-04-01' WHERE kind = 'followed'")
        sql.run("UPDATE standing SET code = 'else' WHERE kind = 'dormant'")
        sql.run("UPDATE customer SET last_order_on = NULL")
        assert keep.replan(sql, info) == keep.Difference(made=2, changed=3, removed=1)
        assert whole_register(sql) == grown
        assert not keep.replan(sql, info)


def whole_register(sql: Sql) -> list[list[tuple[Any, ...]]]:
    """Every row of the register, without its number."""
    customer = events.id_list([row[0] for row in sql.rows(events.ALL_IDS)])
    texts = (keep.FOLLOW_UPS, keep.STANDINGS, keep.DERIVED)
    return [sorted((row[1:] for row in sql.rows(text.format(ids=customer))), key=repr) for text in texts]


# --- reading on any day


def expected(file: File, info: CompanyInfo, on: date) -> tuple[str | None, Reading]:
    """The class of a customer (None: not in scope yet) and what it is owed, planned from what was known on the day."""
    made = plan(known_on(file, on), info.policies, info.calendar, info.start_on)
    found = read(made, info.policies, info.calendar, info.start_on, on)
    if made.first_on > on:
        return None, found
    for kind in ("excluded", "waived"):
        if kind in found.standings:
            return kind, found
    if found.promised:
        return "promised", found
    if found.listed:
        return "due", found
    return ("defective" if "defective" in found.standings else "settled"), found


def check_day(sql: Sql, info: CompanyInfo, customers: dict[int, File], on: date, *, whys: bool) -> None:
    """List, census and reasons of a day are those of the plan read on that day."""
    found = morning.morning_list(sql, info, on=on)
    wanted = {id_: expected(file, info, on) for id_, file in customers.items()}
    ids = {file.code: id_ for id_, file in customers.items()}
    counts = Counter(group for group, _ in wanted.values() if group)
    assert found.census == {"customers": counts.total()} | {group: counts[group] for group in scheduler.CLASSES}, on
    groups = {ids[line.code]: "due" for line in found.items} | {ids[one.code]: one.group for one in found.aside}
    assert len(groups) == len(found.items) + len(found.aside), "a customer stands in one class only"
    judged = scheduler.judge(sql, info, on).groups
    assert judged == {id_: group for id_, (group, _) in wanted.items() if group}, on
    assert groups == {id_: group for id_, group in judged.items() if group not in ("promised", "settled")}, on
    lines = {ids[line.code]: line for line in found.items}
    for id_, line in lines.items():
        owed = sorted(
            [(line.rule, line.due_by, line.status), *((o["rule"], o["due_by"], o["status"]) for o in line.also)]
        )
        assert owed == sorted((r, due_by, state) for r, _, due_by, state in wanted[id_][1].listed), (on, line.code)
        assert [one["rule"] for one in line.why] == [line.rule, *(o["rule"] for o in line.also)]
        assert (line.rule, line.opens_on, line.due_by, line.status) in wanted[id_][1].listed
        assert line.opens_on <= on
    for listed in (found.items, found.paperwork):
        assert listed == sorted(listed, key=lambda line: place(line, info, on)), "ranked"
    beside = {
        (ids[line.code], one["rule"], one["opens_on"], one["due_by"], one["status"])
        for line in found.paperwork
        for one in line.why
    }
    assert beside == {
        (id_, *one)
        for id_, (group, seen) in wanted.items()
        for one in seen.owed
        if PAPERWORK[one[0]] and group not in (None, "excluded", "waived")
    }, on
    for one in found.aside:
        missing = wanted[ids[one.code]][1].standings[one.group]
        assert set(one.missing) == missing, (on, one.code)
    if not whys:
        return
    for id_, (group, seen) in wanted.items():
        told = {verdict.rule: verdict for verdict in scheduler.verdicts(sql, info, id_, on)}
        owed_rules = {verdict.rule for verdict in told.values() if verdict.owed}
        assert owed_rules == {rule_ for rule_, *_ in seen.owed}, (on, customers[id_].code, group)
        if group == "settled" and not owed_rules:
            assert scheduler.next_on(sql, info, id_, on) == next_opening(customers[id_], info, on), (
                on,
                customers[id_].code,
            )
        if group == "due":
            assert {rule_ for rule_ in owed_rules if not PAPERWORK[rule_]} == {one["rule"] for one in lines[id_].why}
            first = told[lines[id_].rule]
            assert first.due_by is not None
            assert first.due_by <= lines[id_].due_by


def next_opening(file: File, info: CompanyInfo, on: date) -> tuple[date, str] | None:
    """The first day on which something is owed if nothing happens any more, and under which rule."""
    made = plan(known_on(file, on), info.policies, info.calendar, info.start_on)
    for ahead in range(1, 250):  # a file may be entered, and so opened, months after its first event
        owed = read(made, info.policies, info.calendar, info.start_on, on + ahead * DAY).owed
        if owed:
            return min((opens, rule_) for rule_, opens, _, _ in owed)
    return None


def place(line: morning.DueLine, info: CompanyInfo, on: date) -> tuple[Any, ...]:
    """Where a line belongs: promised callbacks by time, then the last day to call, the rule, the grade, the code."""
    policy = info.policies.on(on)
    grade = policy.grades.index(line.grade) if line.grade in policy.grades else len(policy.grades)
    if line.rule == "callback":
        return 0, line.opens_on, line.at.isoformat() if line.at else "~", grade, line.code
    return 1, line.call_by, list(policy.rules).index(line.rule), grade, line.code


@st.composite
def companies(draw: st.DrawFn) -> tuple[list[File], tuple[date, dict[str, str]] | None]:
    """Some customers, and a change of the policy now and then."""
    made = [draw(files(f"C{n}")) for n in range(8)]
    return made, draw(st.none() | st.tuples(days, POLICY_CHANGES))


def fill(url: str, made: tuple[list[File], tuple[date, dict[str, str]] | None]) -> dict[int, File]:
    """Such a company in the database; its files by id."""
    with opened(url) as work:
        customers = {enter(work, file): file for file in made[0]}
        if made[1]:
            adopt(work, made[1][0], policy_text(*made[1]))
    return customers


def test_any_day_reads_as_the_plan_of_what_was_known_then(wiped: Callable[[], str]) -> None:
    @few(wiped(), 10)
    @hypothesis.given(companies())
    def check(made: tuple[list[File], tuple[date, dict[str, str]] | None]) -> None:
        url = wiped()
        customers = fill(url, made)
        with reading(url) as (sql, info):
            on = START_ON
            while on <= LAST + 20 * DAY:
                check_day(sql, info, customers, on, whys=on.day % 3 == 0)
                on += DAY

    check()


def test_the_clock_moved_three_years_changes_nothing(wiped: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime(NOW.year + 3, NOW.month, NOW.day, NOW.hour, tzinfo=NOW.tzinfo)

    @few(wiped(), 10)
    @hypothesis.given(companies())
    def check(made: tuple[list[File], tuple[date, dict[str, str]] | None]) -> None:
        url = wiped()
        customers = fill(url, made)
        with monkeypatch.context() as moved:
            moved.setenv("REVISIT_NOW", later.isoformat())
            with reading(url) as (sql, info):
                assert not keep.replan(sql, info)
                for days_on in (0, 1, 14, 15, 16, 31):
                    check_day(sql, info, customers, later.date() + days_on * DAY, whys=True)

    check()


def test_a_callback_that_an_exclusion_interrupts_is_not_promised_before(wiped: Callable[[], str]) -> None:
    """After the exclusion it opens anew; until then its first part is what stands on the list."""
    url = wiped()
    booking = Contact(date(2026, 3, 2), "phone", "inconvenient", promised_on=date(2026, 3, 4))
    pause = (Fact("do_not_call", "1", date(2026, 3, 9)), Fact("do_not_call", "0", date(2026, 3, 12)))
    with opened(url) as work:
        enter(
            work, File("C1", FIRST, sales=(Sale(date(2026, 3, 1), date(2026, 3, 1)),), contacts=(booking,), facts=pause)
        )
    with reading(url) as (sql, info):
        groups = {on: scheduler.judge(sql, info, date(2026, 3, on)).groups[1] for on in range(2, 14)}
    assert groups == dict.fromkeys((2, 3), "promised") | dict.fromkeys((4, 5, 6, 7, 8, 12, 13), "due") | dict.fromkeys(
        (9, 10, 11), "excluded"
    )


def test_what_comes_next_is_not_what_was_called_off(wiped: Callable[[], str]) -> None:
    url = wiped()
    first = Contact(date(2026, 3, 3), "phone", "inconvenient", promised_on=date(2026, 3, 9))
    again = Contact(date(2026, 3, 4), "phone", "inconvenient", promised_on=date(2026, 3, 20))
    talk = Contact(date(2026, 4, 5), "phone", "reached")
    with opened(url) as work:
        one = enter(work, File("C1", FIRST, contacts=(first, again)))
        two = enter(work, File("C2", FIRST, sales=(Sale(date(2026, 3, 2), date(2026, 3, 2)),), contacts=(talk,)))
    with reading(url) as (sql, info):
        assert scheduler.next_on(sql, info, one, date(2026, 3, 5)) == (date(2026, 3, 20), "callback")
        assert scheduler.next_on(sql, info, two, date(2026, 4, 6)) == (date(2026, 4, 16), "dormant-month")


def test_the_parts_of_a_census_add_up_to_the_whole(wiped: Callable[[], str]) -> None:
    url = wiped()
    order = Sale(date(2026, 3, 2), date(2026, 3, 2))
    with opened(url) as work:
        ann = add(work, models.Staff, None, login="ann", name="Ann", role="representative", created_at=NOW)
        bob = add(work, models.Staff, None, login="bob", name="Bob", role="representative", created_at=NOW)
        for number, rep in enumerate([ann, ann, bob, None, None, bob]):
            facts = (Fact("do_not_call", "1", date(2026, 3, 5)),) if number % 2 else ()
            enter(work, File(f"C{number}", FIRST, sales=(order,) if number < 5 else (), facts=facts), rep)
    with reading(url) as (sql, info):
        for on in (date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 5), date(2026, 4, 3)):
            whole = morning.morning_list(sql, info, on=on)
            parts = [morning.morning_list(sql, info, on=on, rep=rep) for rep in ((ann, "ann"), (bob, "bob"))]
            parts.append(morning.morning_list(sql, info, on=on, unassigned=True))
            assert [part.census["customers"] for part in parts] == [2, 2, 2]
            assert {name: sum(part.census[name] for part in parts) for name in whole.census} == whole.census
            assert sorted(line.code for part in parts for line in part.items) == sorted(
                line.code for line in whole.items
            )
            assert sum(whole.census[group] for group in scheduler.CLASSES) == whole.census["customers"] == 6


def test_fifteen_silent_years_cost_no_more_rows_than_one_month(wiped: Callable[[], str]) -> None:
    url = wiped()
    last = Sale(date(2026, 3, 2), date(2026, 3, 2))
    contact = Contact(date(2026, 3, 5), "phone", "reached")

    def rows() -> tuple[int, int]:
        with reading(url) as (sql, _info):
            return (
                sql.rows("SELECT count(*) FROM follow_up")[0][0],
                sql.rows("SELECT count(*) FROM standing")[0][0],
            )

    with unit(url, at_shanghai("2026-04-10 10:00")) as work:
        id_ = enter(work, File("C1", FIRST, sales=(last,), contacts=(contact,)))
    after_a_month = rows()
    with unit(url, at_shanghai("2041-04-10 10:00")) as work:
        work.session.info["touched"] = {id_}
    assert rows() == after_a_month
    with reading(url) as (sql, info):
        found = morning.morning_list(sql, info, on=date(2041, 4, 10))
        assert [(line.rule, line.made, line.owed, line.due_by) for line in found.items] == [
            ("dormant-month", 0, 2, date(2041, 4, 15))
        ]

    with unit(url, at_shanghai("2041-04-10 10:00")) as work:
        record(work, id_, Contact(date(2041, 4, 10), "phone", "reached"), 0)
    assert rows() == after_a_month, "a contact lives in the row of its series"
    with reading(url) as (sql, info):
        assert morning.morning_list(sql, info, on=date(2041, 4, 10)).items == []
        assert [line.due_by for line in morning.morning_list(sql, info, on=date(2041, 4, 16)).items] == [
            date(2041, 4, 30)
        ]
