"""What stands in the tables: values, policy, calendar, owners, register, audit, and the clock they were written by."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from revisit import audit, clock, company, customers, policy_file
from revisit.db import Sql, day, id_list, instant
from revisit.doctor.finding import EXAMPLES, Patient, Said, failed, named, ok, told, warning
from revisit.doctor.store import expected
from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.register import keep
from revisit.register.read import OWNERS_ON

if TYPE_CHECKING:
    from sqlalchemy import Column, Table

COMPANIES = "SELECT timezone FROM company"
STATEMENTS = "SELECT name, value, count(*) FROM fact GROUP BY name, value ORDER BY name, value"
NOT_ONE_CURRENT = """
SELECT number FROM revisit GROUP BY number HAVING sum(CASE WHEN is_current THEN 1 ELSE 0 END) <> 1 ORDER BY number
"""
POLICY_VERSIONS = "SELECT in_force_from, body, sha256 FROM policy_version ORDER BY in_force_from"
OWNERS = "SELECT id, code, rep_id FROM customer WHERE merged_into IS NULL ORDER BY code"
OWNED_BY_LEAVERS = """
SELECT c.code FROM customer c JOIN staff s ON s.id = c.rep_id WHERE NOT s.active AND c.merged_into IS NULL ORDER BY c.code
"""
CODES = "SELECT code FROM customer WHERE id IN ({ids}) ORDER BY code"
WHOSE = "SELECT customer_id FROM {table} WHERE id IN ({ids})"
NEWEST_AT = """
SELECT max(at) FROM (
  SELECT max(at) AS at FROM audit UNION ALL SELECT max(at) FROM import_batch
  UNION ALL SELECT max(filled_at) FROM revisit UNION ALL SELECT max(done_at) FROM revisit
) AS newest
"""
NEWEST_ON = "SELECT max(done_on) FROM revisit"
TOLERANCE = timedelta(minutes=5)
"""Clocks of several computers differ by a little."""
FACTS = {
    "kind": r"customer|prospect",
    "intention": r"interested|undecided|none",
    "contract_on": r"\d{4}-\d\d-\d\d",
    "balance": r"-?\d+",
    "do_not_call": r"[01]",
    "closed": r"[01]",
    "waived": r"[01]",
    "credit_limit": r"\d+",
    "term_days": r"\d+",
}
"""The facts that the rules look at, and what may stand in each; an empty value is an unknown one."""
NEXT_CHANGE = N_("the next change to such a customer puts its rows right; if it happens again, report it")
POLICY_CHECK = N_("look the file over with: revisit policy check FILE")
SET_OWNER = N_("assign these customers anew")
LEAVERS = N_("assign these customers to somebody who works here")
PUBLISH = N_("put calendar/cn-{year}.toml into the company's templates folder once the State Council has published it")
CLOCK = N_("set the clock of this computer, or of the one that wrote this")
KEEP_HEAD = N_("compare with an older copy of the database to see what was changed")
_TABLE = re.compile(r"\b(?:INTO|UPDATE|FROM)\s+(\w+)")


def states(patient: Patient) -> Said:
    """Every value is one that its column may hold, and every customer's and revisit's facts fit together."""
    sql = patient.sql
    zones = [str(row[0]) for row in sql.rows(COMPANIES)]
    if len(zones) != 1:
        return failed(_("the database holds {number} companies, not one").format(number=len(zones)))
    try:
        ZoneInfo(zones[0])
    except (ValueError, OSError, LookupError):
        return failed(_("there is no time zone {timezone}").format(timezone=zones[0]))
    wrong = [fault for name, table in expected().items() for fault in _values(sql, name, table)]
    for name, value, rows in sql.rows(STATEMENTS):
        if name not in FACTS or (value and not re.fullmatch(FACTS[name], value)):
            wrong.append(f"fact {name} = {value} ({rows})")
    if wrong:
        return failed(_("values that may not stand there: {names}").format(names=named(wrong)))
    if doubles := [str(row[0]) for row in sql.rows(NOT_ONE_CURRENT)]:
        return failed(_("revisits without exactly one current version: {names}").format(names=named(doubles)))
    if astray := _badly_merged(sql):
        return failed(
            _("merged files in a circle, or with orders or revisits of their own: {names}").format(names=named(astray))
        )
    return ok(_("every value is one that may stand there"))


def policy(patient: Patient) -> Said:
    """Every stored version can be read, is what was adopted, and holds from a day of its own."""
    found = patient.sql.rows(POLICY_VERSIONS)
    if not found:
        return failed(_("there is no policy"))
    days: list[date] = []
    for from_on, body, sha256 in found:
        try:
            version = company.read_policy(body)
        except Refused as error:
            return failed(f"{from_on}: {told(error)}")
        if hashlib.sha256(body.encode()).hexdigest() != sha256:
            return failed(_("the version of {day} is not the one that was adopted").format(day=from_on))
        if version.in_force_from != day(from_on):
            why = _("the version of {day} says that it holds from {other}")
            return failed(why.format(day=from_on, other=version.in_force_from))
        days.append(version.in_force_from)
    if twice := [str(one) for one, times in Counter(days).items() if times > 1]:
        return failed(_("two versions hold from the same day: {names}").format(names=named(twice)))
    newest = policy_file.problems_of(found[-1][1])
    if newest:
        first = f"{newest[0].key}: {newest[0].problem}"
        return warning(_("the newest version has faults: {first}").format(first=first), POLICY_CHECK)
    return ok(_("versions: {number}, the newest in force from {day}").format(number=len(days), day=days[-1]))


def calendar(patient: Patient) -> Said:
    """The festivals of this year and the next are known."""
    try:
        known = company.load_calendar()
    except Refused as error:
        return failed(told(error), _(error.remedy).format(**error.params))
    year = patient.now.year if patient.connection is None else patient.today.year
    missing = [one for one in (year, year + 1) if one not in known.years]
    if missing:
        why = _("the festivals of {years} are not known: only weekends count as rest")
        return warning(why.format(years=", ".join(map(str, missing))), _(PUBLISH).format(year=missing[0]))
    return ok(_("the festivals of {year} and {next} are known").format(year=year, next=year + 1))


def owners(patient: Patient) -> Said:
    """Every customer belongs to whom the newest allocation says, and to nobody else."""
    then: Mapping[int, int] = dict(patient.sql.rows(OWNERS_ON, on=patient.today))
    customers = patient.sql.rows(OWNERS)
    wrong = [str(code) for id_, code, rep in customers if then.get(id_) != rep]
    if wrong:
        why = _("{number} customers do not belong to whom they were allocated: {names}")
        return failed(why.format(number=len(wrong), names=named(wrong)), SET_OWNER)
    if leavers := [str(row[0]) for row in patient.sql.rows(OWNED_BY_LEAVERS)]:
        why = _("{number} customers belong to people who no longer work here: {names}")
        return warning(why.format(number=len(leavers), names=named(leavers)), LEAVERS)
    return ok(_("{number} customers, each with one owner or none").format(number=len(customers)))


class Notes(Sql):
    """Reads like a database and writes down what would have been written."""

    def __init__(self, connection: Any, *, server: bool) -> None:
        super().__init__(connection, server=server)
        self.written: list[tuple[str, Mapping[str, object]]] = []

    def run(self, sql: str, **params: object) -> None:
        """Noted, not done."""
        self.written.append((sql, params))

    def run_many(self, sql: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Noted, not done."""
        self.written += [(sql, row) for row in rows]

    def insert_columns(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        """Noted, not done."""
        rows = zip(*columns.values(), strict=True)
        self.written += [(f"{table}: new row", dict(zip(columns, row, strict=True))) for row in rows]


def register(patient: Patient) -> Said:
    """The register says what follows from the events: every customer is planned anew and compared."""
    notes = Notes(patient.sql.connection, server=patient.sql.server)
    difference = keep.replan(notes, patient.company)
    if notes.written:
        ids = sorted(_customers(patient.sql, notes.written))
        codes = [str(row[0]) for row in patient.sql.rows(CODES.format(ids=id_list(ids[: EXAMPLES + 1])))]
        why = _("{number} rows differ from what follows from the events, of {customers} customers: {names}")
        return failed(why.format(number=sum(difference), customers=len(ids), names=named(codes)), NEXT_CHANGE)
    return ok(_("recomputed from the events: every row is the same"))


def audit_chain(patient: Patient) -> Said:
    """Every audit row follows from the one before."""
    chain = audit.verify(patient.sql)
    if chain.broken_at is not None:
        why = _("the chain breaks at row {row}: it, or one before it, was changed or taken out")
        return failed(why.format(row=chain.broken_at), KEEP_HEAD)
    if not chain.rows:
        return failed(_("there is no audit row: all were taken out"), KEEP_HEAD)
    return ok(_("{rows} rows follow from each other; the last hash is {hash}").format(rows=chain.rows, hash=chain.head))


def clock_runs(patient: Patient) -> Said:
    """Nothing was written later than now."""
    zone = patient.company.timezone
    newest: datetime | None = instant(patient.sql.rows(NEWEST_AT)[0][0])
    done: date | None = day(patient.sql.rows(NEWEST_ON)[0][0])
    now = clock.zoned(patient.now, zone).isoformat(" ", "minutes")
    if newest is not None and newest > patient.now + TOLERANCE:
        written = clock.zoned(newest, zone).isoformat(" ", "minutes")
        return failed(_("the clock says {now}, the newest row is of {newest}").format(now=now, newest=written), CLOCK)
    if done is not None and done > patient.today:
        return failed(_("the clock says {now}, a revisit is of {newest}").format(now=now, newest=done), CLOCK)
    return ok(_("nothing is later than now ({now})").format(now=now))


def _badly_merged(sql: Sql) -> list[str]:
    """The codes of merged files that lead to no file, or that still hold what belongs to another."""
    into = customers.leads_to(sql)
    astray = [one for one, target in into.items() if target in into]
    codes = [str(row[0]) for row in sql.rows(CODES.format(ids=id_list(astray)))] if astray else []
    return codes + customers.busy(sql, list(into))


def _values(sql: Sql, name: str, table: Table) -> list[str]:
    """What no column of a table may hold: outside its CHECK, and in a file of a type that is not the column's."""
    from sqlalchemy import CheckConstraint

    rules = [(str(one.name), f"NOT ({one.sqltext})") for one in table.constraints if isinstance(one, CheckConstraint)]
    if not sql.server:  # a server holds its types itself
        rules += [(f"{name}.{column.name}", _of_another_type(column)) for column in table.columns]
    if not rules:
        return []
    sums = ", ".join(f"sum(CASE WHEN {rule} THEN 1 ELSE 0 END)" for _label, rule in rules)
    counts = sql.rows(f'SELECT {sums} FROM "{name}"')[0]
    return [f"{label} ({count})" for (label, _rule), count in zip(rules, counts, strict=True) if count]


def _of_another_type(column: Column[Any]) -> str:
    """When a cell of a SQLite file does not hold what its column says; SQLite itself takes anything anywhere."""
    cell, kind = f'"{column.name}"', type(column.type).__name__
    wrong = {
        "Boolean": f"typeof({cell}) <> 'integer' OR {cell} NOT IN (0, 1)",
        "Date": f"typeof({cell}) <> 'text' OR date({cell}, '+0 days') IS NOT {cell}",
        "UtcDateTime": f"typeof({cell}) <> 'text' OR date({cell}, '+0 days') IS NOT substr({cell}, 1, 10)",
        "Integer": f"typeof({cell}) <> 'integer'",
        "BigInteger": f"typeof({cell}) <> 'integer'",
        "Text": f"typeof({cell}) <> 'text'",
    }[kind]
    return f"{cell} IS NOT NULL AND ({wrong})" if column.nullable else f"{cell} IS NULL OR {wrong}"


def _customers(sql: Sql, written: Iterable[tuple[str, Mapping[str, Any]]]) -> set[int]:
    """Whose rows would have been written."""
    found: set[int] = set()
    by_id: dict[str, list[int]] = {}
    for statement, row in written:
        table = _TABLE.search(statement)
        if "customer_id" in row:
            found.add(row["customer_id"])
        elif table is not None and table[1] == "customer":
            found.add(row["id"])
        elif table is not None:
            by_id.setdefault(table[1], []).append(row["id"])
    for name, ids in by_id.items():
        found |= {row[0] for row in sql.rows(WHOSE.format(table=name, ids=id_list(ids)))}
    return found
