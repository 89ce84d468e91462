"""What a command is given: settings, database, clock, who works here; `unit` is one transaction."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from revisit import audit, clock, company, config, customers, db, interrupts, quick, resources, staff, wording
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import NotedRefusal, WrongUsage
from revisit.i18n import N_
from revisit.matters import climbing
from revisit.policy.when import WhenError, parse_day
from revisit.register import keep
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

Opened = TypeVar("Opened")
NOT_WAITED_FOR, NOT_WAITED_FOR_ON_SERVER = "busy_timeout=200", "SET LOCAL lock_timeout = '200ms'"
"""A command which only shows something waits 200 milliseconds until it can note what was missed."""
WHEN_REMEDY = N_("write for example 2026-10-08, 2026/10/8, today or 昨天")


@dataclass
class Context:
    """One run of the program. `db_option` and `login_option` are what `--db` and `--as` said; `written`: something was."""

    db_option: str | None = None
    login_option: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    written: bool = False

    @classmethod
    def from_settings(cls) -> Context:
        """The context of this process: environment and config file. Raises Refused for a bad config file."""
        settings = config.load()
        if "templates" in settings:
            resources.use_company_folder(Path(settings["templates"]).expanduser())
        return cls(settings=settings)

    @cached_property
    def now(self) -> datetime:
        """The instant at which this command runs (UTC); one for the whole command."""
        return clock.now()

    def later(self) -> datetime:
        """This instant, when a command has waited for a person: what it writes from here on is written now."""
        self.now = clock.now()
        return self.now

    @property
    def db(self) -> str:
        """The database: --db, else REVISIT_DB, else the config file, else the user's data folder."""
        named = self.db_option or self.settings.get("db")
        if named and not db.is_server(named):
            return str(Path(named).expanduser())
        return named or config.default_db()

    @property
    def login(self) -> str:
        """Who I say I am: --as, else REVISIT_USER, else the config file, else the login of the operating system."""
        named = self.login_option or self.settings.get("user")
        if named:
            return named
        try:
            return getpass.getuser()
        except (OSError, KeyError):
            return ""

    def actor(self, sql: Sql) -> StaffMember | None:
        """The staff member who works here; None if only the operating system names somebody, and not of the staff.

        Raises Refused if --as, REVISIT_USER or the config file name a login that is not there.
        """
        if self.login_option or self.settings.get("user"):
            return staff.get_by_login(sql, self.login)
        return staff.find_by_login(sql, self.login)

    @contextmanager
    def reading(self) -> Iterator[tuple[Sql, CompanyInfo]]:
        """The database to read from, and whose it is. Of a refusal that is to be noted an audit row stays."""
        with self._noting(), self._up_to_date(db.reading) as sql:
            yield sql, company.load_company(sql)

    @contextmanager
    def unit(self, *, dry_run: bool = False) -> Iterator[Unit]:
        """One transaction: what is written inside is planned, audited and committed together, or not at all.

        With `dry_run` everything is done, and then rolled back. Of a refusal that is to be noted an audit row stays.
        """
        with self._noting(), self._transaction(dry_run=dry_run) as unit:
            yield unit

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Leaves an audit row of a refusal that is to be noted."""
        try:
            yield
        except NotedRefusal as refusal:
            with self._transaction() as unit:
                audit.changed(
                    unit.session, action="refuse", table=refusal.table, row_id=refusal.row_id,
                    customer_id=refusal.customer_id, after={"action": refusal.action, "why": str(refusal)},
                )  # fmt: skip
            raise

    @contextmanager
    def _transaction(self, *pragmas: str, dry_run: bool = False) -> Iterator[Unit]:
        with self._up_to_date(lambda url: db.writing(url, *pragmas)) as session:
            sql = db.sql_of(session)
            info = company.load_company(sql)
            actor = self.actor(sql)
            if actor is None:
                raise staff.nobody()
            unit = Unit(session=session, sql=sql, company=info, actor=actor, now=self.now)
            yield unit
            unit.finish()
            if dry_run or unit.given_up:
                session.rollback()
            else:
                with interrupts.held():  # a Ctrl-C now comes too late, and the program says so
                    session.commit()
                    self.written = True

    def look(self) -> None:
        """Puts what was missed before the next post, before anything is shown. An auditor, or nobody of the staff, only reads;
        and so does everybody while the database cannot be written to, or more was missed than is noted while somebody waits: it
        is noted the next time, with the same instants."""
        with self.reading() as (sql, _company):
            member = self.actor(sql)
            wanted = member is not None and member.role != "auditor" and climbing.pending(sql, self.now)
        if not wanted:
            return
        try:
            with self._transaction(NOT_WAITED_FOR) as unit:
                if unit.sql.server:
                    unit.sql.run(NOT_WAITED_FOR_ON_SERVER)
                climbing.climb(unit.session, unit.sql, unit.company, unit.now)
        except Exception as error:
            if db.explain(error) is None:
                raise

    @contextmanager
    def quickly(self, sql: Sql) -> Iterator[None]:
        """A short writing transaction on a connection of `reading`, for what no audit row is kept of."""
        with quick.writing(sql):
            yield
        self.written = True

    @contextmanager
    def _up_to_date(self, way: Callable[[str], AbstractContextManager[Opened]]) -> Iterator[Opened]:
        """The database, opened this way; a file of an older revision is brought up to date first. Raises Refused."""
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(way(self.db))
            except db.OlderSchema:
                if db.is_server(self.db):
                    raise
                from revisit import databases, render

                for line in databases.upgraded(
                    databases.bring_up_to_date(self.db, login=self.login, at=self.now), self.db
                ):
                    render.note(render.safe(line))
                opened = stack.enter_context(way(self.db))
            yield opened

    def today(self, info: CompanyInfo) -> date:
        """The calendar day it is in the company's time zone."""
        return clock.local(self.now, info.timezone).date()

    def day(self, text: str | None, info: CompanyInfo) -> date:
        """The day a person named, today if none. Raises WrongUsage."""
        today = self.today(info)
        if text is None:
            return today
        try:
            return parse_day(text, today)
        except WhenError as error:
            raise bad_when(error) from error


@dataclass
class Unit:
    """An open transaction, and whose work it is."""

    session: Session
    sql: Sql
    company: CompanyInfo
    actor: StaffMember
    now: datetime
    given_up: bool = False
    _planned: tuple[int, int] = (0, 0)

    def give_up(self) -> None:
        """What was written will be rolled back at the end, as in a dry run."""
        self.given_up = True

    @property
    def today(self) -> date:
        """The calendar day it is in the company's time zone."""
        return clock.local(self.now, self.company.timezone).date()

    def replan(self, told: Callable[[int, int], None] | None = None) -> keep.Difference:
        """Brings the register up to date for every customer touched so far; nothing to do if nothing was since the last time.

        `told` hears how many customers of how many are done.
        """
        self.session.flush()
        changes = audit.pending(self.session)
        touched = {change.customer_id for change in changes if change.customer_id is not None}
        touched |= self.session.info.get("touched", set())
        if self._planned == (len(changes), len(touched)):
            return keep.Difference(0, 0, 0)
        self._planned = (len(changes), len(touched))
        said = {change.customer_id for change in changes if change.customer_id is not None and change.batch_id is None}
        customers.refuse_merged(self.sql, touched, said)
        return keep.replan(self.sql, self.company, touched, told)

    def finish(self) -> None:
        """Register and audit rows of everything that was changed; called before the commit."""
        self.replan()
        audit.write(self.sql, audit.pending(self.session), who=self.actor.login, at=self.now)


def bad_when(error: WhenError) -> WrongUsage:
    """What is wrong with a date or time that a person typed."""
    return WrongUsage(wording.BAD_WHEN[error.code], wording.WHEN_REMEDIES.get(error.code, WHEN_REMEDY), text=error.text)
