"""What a check is given, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from revisit import clock, company
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import RevisitError
from revisit.i18n import N_, _

Status = Literal["ok", "warning", "failed", "skipped"]
EXAMPLES = 5
"""So many of what is wrong are named."""
RESTORE = N_("restore the newest backup")


class Finding(NamedTuple):
    """What a check found: a sentence, and how to mend it (empty if there is nothing to mend)."""

    code: str
    status: Status
    detail: str
    remedy: str


class Said(NamedTuple):
    """What a check says of itself, without its code."""

    status: Status
    detail: str
    remedy: str = ""


@dataclass
class Patient:
    """What is looked at: a file (`path`) or a server, at an instant. `connection` is None if no database can be opened."""

    url: str
    path: Path | None
    connection: Sql | None
    refused: RevisitError | None
    now: datetime

    @property
    def sql(self) -> Sql:
        """The database to read from."""
        assert self.connection is not None
        return self.connection

    @cached_property
    def company(self) -> CompanyInfo:
        """The company with its policies and calendar. Raises Refused where they cannot be used."""
        return company.load_company(self.sql)

    @property
    def today(self) -> date:
        """The calendar day it is in the company's time zone."""
        return clock.local(self.now, self.company.timezone).date()


def ok(detail: str) -> Said:
    """Nothing is wrong."""
    return Said("ok", detail)


def warning(detail: str, remedy: str) -> Said:
    """Something deserves a look; nothing is broken."""
    return Said("warning", detail, _(remedy))


def failed(detail: str, remedy: str = RESTORE) -> Said:
    """Something is broken."""
    return Said("failed", detail, _(remedy))


def named(names: list[str]) -> str:
    """The first few of many names."""
    text = ", ".join(names[:EXAMPLES])
    return text + ", …" if len(names) > EXAMPLES else text


def told(error: BaseException) -> str:
    """An error as a sentence: ours in the language in use, a driver's in its own words."""
    if isinstance(error, RevisitError):
        return _(error.message).format(**error.params)
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
