"""The work ahead as a paper: its days and weeks, its people, what cannot be kept, and the smallest change."""

from __future__ import annotations

from collections.abc import Iterator

from revisit import forecast_words as words
from revisit.forecast import Forecast
from revisit.i18n import N_, _
from revisit.policy.periods import range_of
from revisit.reports.sections import Block, Column, Paper, Plot, Section, Table, Text, translated

DONE = (Column("planned", N_("Kept")), Column("late", N_("Behind")), Column("overflow", N_("Lost")))
DAYS = (Column("when", N_("Day"), "text"), Column("capacity", N_("Room")), Column("listed", N_("List")), *DONE)
PEOPLE = (Column("rep", N_("Login"), "code"), Column("per_day", N_("Room")), *DONE)
LOST = (
    Column("rep", N_("Login"), "code"), Column("days", N_("Days"), "text"), Column("contacts", N_("Contacts")),
    Column("capacity", N_("Room")), Column("excess", N_("Too many")),
)  # fmt: skip


def forecast_paper(found: Forecast, by: str, whose: str) -> Paper:
    """The forecast by day or week; `whose`: what the people are called together."""
    nothing = words.nothing(found)
    made = (
        Section("days", _("Work of the days"), (Text(nothing),) if nothing else tuple(_days(found, by))),
        Section("people", _("Person by person"), () if nothing else tuple(_people(found))),
        Section(
            "lost", _("Windows that cannot be kept: {n}").format(n=found.lost), () if nothing else tuple(_lost(found))
        ),
        Section("change", _("The smallest change"), () if nothing else tuple(_change(found))),
    )
    period = range_of(found.first, found.last)
    return Paper("forecast", words.heading(found, whose), tuple(one for one in made if one.blocks), period, found.first)


def _days(found: Forecast, by: str) -> Iterator[Block]:
    told = words.parts(found.days, by)
    figures = [part.figures for part in told]
    lines = (
        (_("Contacts made"), tuple(one["planned"] + one["late"] for one in figures)),
        (_("Room"), tuple(one["capacity"] for one in figures)),
    )
    title = _("Contacts by week") if by == "week" else _("Contacts by day")
    yield Plot(title, tuple(part.first for part in told), lines, _("Contacts by {step} days"))
    columns = (Column("when", N_("Week"), "text"), *DAYS[1:]) if by == "week" else DAYS
    rows = tuple(part.figures | {"when": words.when(part, by)} for part in words.worked(found.days, by))
    yield Table("", translated(columns), rows)
    yield from map(Text, words.rest(found))


def _people(found: Forecast) -> Iterator[Block]:
    if len(found.people) > 1:
        yield Table("", translated(PEOPLE), tuple(map(words.person, found.people)))


def _lost(found: Forecast) -> Iterator[Block]:
    rows = words.overfull(found)
    yield Table("", translated(LOST), tuple(rows)) if rows else Text(words.lost(found))


def _change(found: Forecast) -> Iterator[Block]:
    if found.suggestion:
        first = words.change(found.suggestion, found)
        yield from map(Text, filter(None, (first, *words.told(found.suggestion, found))))
