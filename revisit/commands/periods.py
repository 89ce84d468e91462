"""Options for a day, week, month, quarter or year, which also stand alone: the current one; and for any days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, ClassVar, NamedTuple

import typer

from revisit.commands.options import BareCommand, with_bare
from revisit.context import bad_when
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.periods import Kind, Period, parse_label, parse_period
from revisit.policy.when import WhenError

KINDS: tuple[Kind, ...] = ("day", "week", "month", "quarter", "year")
DayOption = Annotated[
    str | None, typer.Option("--day", metavar=_("[D]"), help=_("A day: 2026-10-08, last; alone: today."))
]
WeekOption = Annotated[
    str | None, typer.Option("--week", metavar=_("[W]"), help=_("A week: 2026-W41, last; alone: this week."))
]
MonthOption = Annotated[
    str | None, typer.Option("--month", metavar=_("[M]"), help=_("A month: 2026-10, last; alone: this month."))
]
QuarterOption = Annotated[
    str | None, typer.Option("--quarter", metavar=_("[Q]"), help=_("A quarter: 2026-Q4, last; alone: this quarter."))
]
YearOption = Annotated[
    str | None, typer.Option("--year", metavar=_("[Y]"), help=_("A year: 2026, last; alone: this year."))
]

FromOption = Annotated[str | None, typer.Option("--from", metavar=_("DATE"), help=_("Any days: the first one."))]
ToOption = Annotated[str | None, typer.Option("--to", metavar=_("DATE"), help=_("The last one; alone: up to today."))]


class PeriodCommand(BareCommand):
    """A command whose options for any kind of period also stand without a value: the current one."""

    bare: ClassVar[Mapping[str, str]] = {f"--{kind}": "current" for kind in KINDS}


def with_current(args: Sequence[str]) -> list[str]:
    """The arguments, with `current` after a period option that is last or followed by another option."""
    return with_bare(args, PeriodCommand.bare)


class Typed(NamedTuple):
    """What was typed of a period of any kind, or of the days from one to another."""

    day: str | None
    week: str | None
    month: str | None
    quarter: str | None
    year: str | None
    first: str | None
    last: str | None

    def check(self, command: str) -> None:
        """Raises WrongUsage where it names more than one period, with an example for a command."""
        named = _named(KINDS, self)
        if (self.first or self.last) and (named or not self.first):
            raise WrongUsage(
                N_("--from and --to are days of their own"),
                N_("for example: revisit {command} --from 2026-10-05 --to 2026-10-20"),
                command=command,
            )

    def period(self, seen: date, otherwise: tuple[Kind, str]) -> Period:
        """The period that was typed, seen from a day; where nothing was typed, another one. Raises WrongUsage."""
        if self.first is None:
            return _parsed(*(_named(KINDS, self) or otherwise), seen)
        try:
            return parse_label(f"{self.first}..{self.last or seen.isoformat()}", seen)
        except WhenError as error:
            raise bad_when(error) from error


class MonthCommand(BareCommand):
    """A command whose period options also stand without a value: the current period."""

    bare: ClassVar[Mapping[str, str]] = {"--month": "current", "--quarter": "current", "--year": "current"}


def month_of(text: str | None, today: date) -> Period:
    """The month that was typed, else this one. Raises WrongUsage."""
    return _parsed("month", text, today)


def period_of(month: str | None, quarter: str | None, year: str | None, today: date) -> Period:
    """The month, quarter or year that was typed, else this month. Raises WrongUsage."""
    kind, text = _named(("month", "quarter", "year"), (month, quarter, year)) or ("month", None)
    return _parsed(kind, text, today)


def _named(kinds: Sequence[Kind], texts: Iterable[str | None]) -> tuple[Kind, str] | None:
    """The kind of period for which something was typed. Raises WrongUsage where it is more than one."""
    typed = [(kind, text) for kind, text in zip(kinds, texts, strict=False) if text is not None]
    if len(typed) > 1:
        options = ", ".join(f"--{kind}" for kind, _text in typed)
        raise WrongUsage(N_("{options} exclude each other"), N_("name one of them"), options=options)
    return typed[0] if typed else None


def _parsed(kind: Kind, text: str | None, today: date) -> Period:
    try:
        return parse_period(kind, text, today)
    except WhenError as error:
        raise bad_when(error) from error
