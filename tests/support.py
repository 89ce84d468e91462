"""Small things that many tests need: a company, sheets from rows, the program in this process with its output."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import typer
from sqlmodel import Session

from revisit import cli, company, context, db, schema
from revisit.company import CompanyInfo
from revisit.context import Context, Unit
from revisit.db import Sql

THOROUGH = hypothesis.settings.default is not None and hypothesis.settings.default.max_examples > 1000
PHASES = [phase for phase in hypothesis.Phase if THOROUGH or phase.name not in ("shrink", "explain")]
"""Where each example is a company of its own: shrinking takes minutes there, only when somebody asks for it."""
START_ON = date(2026, 1, 1)
CREATED_AT = datetime(2025, 12, 31, 1, 0, tzinfo=UTC)


def init_company(url: str, *, start_on: date = START_ON) -> None:
    """An empty database becomes that of 宏远商贸, with `admin` as its administrator."""

    def fill(session: Session) -> None:
        company.open_company(
            session, name="宏远商贸", timezone="Asia/Shanghai", start_on=start_on, login="admin", at=CREATED_AT
        )

    schema.create(url, fill)


def at_shanghai(text: str) -> datetime:
    """An instant from a wall-clock text such as "2026-03-12 15:00"."""
    from revisit import clock

    return clock.instant(datetime.fromisoformat(text), "Asia/Shanghai")


@contextmanager
def unit(url: str, now: datetime, login: str = "admin") -> Iterator[Unit]:
    """One transaction as a command opens it, at a given instant."""
    made = Context(db_option=url, login_option=login)
    made.__dict__["now"] = now
    with made.unit() as opened:
        yield opened


@contextmanager
def reading(url: str) -> Iterator[tuple[Sql, CompanyInfo]]:
    """The database to read from, and its company."""
    with db.reading(url) as sql:
        yield sql, company.load_company(sql)


def workbook(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """An xlsx with these rows."""
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def table(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """An xlsx with a header and a row per mapping."""
    titles = list(dict.fromkeys(title for row in rows for title in row))
    return workbook(path, [titles, *([row.get(title) for title in titles] for row in rows)])


@dataclass(frozen=True)
class Result:
    """What a run of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.out)


@dataclass
class Program:
    """Runs commands against one database at a pretended instant (wall clock in Shanghai)."""

    url: str
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    login: str | None = "admin"

    def at(self, wall: str) -> Program:
        """From now on it is this time, e.g. "2026-03-12 15:00"."""
        self.monkeypatch.setenv("REVISIT_NOW", at_shanghai(wall).isoformat())
        return self

    def __call__(self, *arguments: str) -> Result:
        self.capsys.readouterr()
        who = ["--as", self.login] if self.login else []
        try:
            code = cli.run(["--db", self.url, *who, *arguments])
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        captured = self.capsys.readouterr()
        return Result(code, captured.out, captured.err)


def mostly_on_sqlite(cases: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Cases that do not depend on the database, each with a `company_db` in front: SQLite, and the last on both."""
    return [*(("sqlite", *case) for case in cases), ("postgresql", *cases[-1])]


@cache
def every_command() -> dict[str, Any]:
    """Every command by what is typed; the commands of a group after it: "policy", "policy show", …"""
    root: Any = typer.main.get_command(cli.app)
    found: dict[str, Any] = {}
    for name in root.list_commands(None):
        found[name] = root.get_command(None, name)
        found |= {f"{name} {inner}": one for inner, one in getattr(found[name], "commands", {}).items()}
    return found


__all__ = [
    "PHASES",
    "THOROUGH",
    "Program",
    "Result",
    "at_shanghai",
    "context",
    "every_command",
    "init_company",
    "mostly_on_sqlite",
    "reading",
    "table",
    "unit",
    "workbook",
]
