"""Options for a month, quarter or year, which also stand alone: the current one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar

import typer

from revisit.commands.options import BareCommand
from revisit.context import bad_when
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.periods import Kind, Period, parse_period
from revisit.policy.when import WhenError

MonthOption = Annotated[
    str | None, typer.Option("--month", metavar=_("[M]"), help=_("A month: 2026-10, last; alone: this month."))
]
QuarterOption = Annotated[
    str | None, typer.Option("--quarter", metavar=_("[Q]"), help=_("A quarter: 2026-Q4, last; alone: this quarter."))
]
YearOption = Annotated[
    str | None, typer.Option("--year", metavar=_("[Y]"), help=_("A year: 2026, last; alone: this year."))
]


class MonthCommand(BareCommand):
    """A command whose period options also stand without a value: the current period."""

    bare: ClassVar[Mapping[str, str]] = {"--month": "current", "--quarter": "current", "--year": "current"}


def month_of(text: str | None, today: date) -> Period:
    """The month that was typed, else this one. Raises WrongUsage."""
    return _parsed("month", text, today)


def period_of(month: str | None, quarter: str | None, year: str | None, today: date) -> Period:
    """The month, quarter or year that was typed, else this month. Raises WrongUsage."""
    typed: list[tuple[Kind, str]] = []
    kinds: tuple[Kind, ...] = ("month", "quarter", "year")
    typed += [(kind, text) for kind, text in zip(kinds, (month, quarter, year), strict=True) if text is not None]
    if len(typed) > 1:
        raise WrongUsage(N_("--month, --quarter and --year exclude each other"), N_("name one of them"))
    return _parsed(*typed[0], today) if typed else _parsed("month", None, today)


def _parsed(kind: Kind, text: str | None, today: date) -> Period:
    try:
        return parse_period(kind, text, today)
    except WhenError as error:
        raise bad_when(error) from error
