"""The effect of contacts as sections, of the same blocks as a report: how to read it, then rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from revisit import wording
from revisit.i18n import N_, _
from revisit.policy.effect import Group
from revisit.reports.effect import GROUPS, Difference, Effect, RuleEffect, Share, Window
from revisit.reports.sections import Block, Column, Paper, Section, Table, Text
from revisit.reports.values import Value

WARNING = N_(
    "The groups differ: nobody drew lots for who is reached. Who answers may be about to order anyway, and who is not reached "
    "has mostly been without an order for longer. This says nothing about cause."
)
READING = (
    N_("Reached in time: a contact by the day it was due; days are counted from the contact."),
    N_("Not reached in time: no contact by that day; days are counted from it, whatever comes after it."),
    N_("Reached later: those of them who were reached after it, once more, counted from that contact."),
    N_("Each customer counts once for a rule, with the first follow-up of the period, and only where the days are over. "
       "An order on the day from which is counted came before it."),
)  # fmt: skip
NAMES: Mapping[Group, str] = {
    "reached": N_("reached in time"), "unreached": N_("not reached in time"), "later": N_("reached later"),
}  # fmt: skip
COLUMNS = (
    Column("group", N_("Group"), "text"), Column("n", N_("Customers")), Column("ordered", N_("Ordered")),
    Column("share", N_("Share"), "share"), Column("low", N_("95 % from"), "share"),
    Column("high", N_("95 % to"), "share"), Column("recent", N_("Too recent")),
)  # fmt: skip
CUSTOMERS = (
    Column("group", N_("Group"), "text"), Column("on", N_("Counted from"), "day"), Column("due_by", N_("Due by"), "day"),
    Column("code", N_("Code"), "code"), Column("name", N_("Name"), "text"), Column("rep", N_("Representative"), "code"),
    Column("ordered_on", N_("First order after"), "day"),
)  # fmt: skip


def paper(found: Effect) -> Paper:
    """The effect as a paper: numbers of groups, behind which no rows go along."""
    return Paper("effect", heading(found), tuple(effect_sections(found)), found.period, found.on)


def heading(found: Effect) -> str:
    """What it is about, in a line."""
    told = _("Effect of contacts {label} ({start} to {end}), as it stood on {on}")
    return told.format(label=found.period.label, start=found.period.start, end=found.period.end, on=found.on)


def effect_sections(found: Effect) -> list[Section]:
    """How to read it, and a section for each rule under which anything was owed."""
    return [
        Section("reading", _("How to read this"), tuple(_reading(found))),
        *(Section(one.rule, f"{wording.rule(one.rule)} [{one.clause}]", tuple(_rule(one))) for one in found.rules),
    ]


def _reading(found: Effect) -> Iterator[Block]:
    yield Text(_(WARNING))
    yield from (Text(_(text)) for text in READING)
    if found.orders_known_to is None:
        yield Text(_("No orders are known."))
    else:
        yield Text(_("Orders known up to {day}.").format(day=found.orders_known_to))
    if not found.rules:
        yield Text(_("No follow-up fell due."))


def _rule(one: RuleEffect) -> Iterator[Block]:
    for window in one.windows:
        rows = tuple(_rows(window))
        if rows:
            yield Table(_("Orders within {days} days").format(days=window.days), _titled(COLUMNS), rows)
        if window.difference is not None:
            yield Text(_difference(window.difference))
    if any(window.difference for window in one.windows):
        yield Text(_("The groups differ: this says nothing about cause."))
    if one.void:
        yield Text(_("Void, ended before they were due: {void}").format(void=one.void))
    if one.open:
        yield Text(_("Not due yet: {n}").format(n=one.open))
    if one.rows:
        yield Table(
            _("Customers behind it"),
            _titled(CUSTOMERS),
            tuple(
                {"group": _(NAMES[row.group]), "on": row.on, "due_by": row.due_by, "code": row.code, "name": row.name,
                 "rep": row.rep, "ordered_on": row.ordered_on}
                for row in one.rows
            ),
        )  # fmt: skip


def _rows(window: Window) -> Iterator[Mapping[str, Value]]:
    """A row for each group in which anybody is."""
    for group in GROUPS:
        share: Share = getattr(window, group)
        if share.n or share.recent:
            yield {"group": _(NAMES[group]), **asdict(share)}


def _difference(found: Difference) -> str:
    value, low, high = (f"{100 * one:+.1f}" for one in (found.value, found.low, found.high))
    text = _("Reached in time less not reached in time: {value} percentage points (95 %: {low} to {high}).")
    told = text.format(value=value, low=low, high=high)
    if found.low <= 0 <= found.high:
        told += _(" That interval holds 0: the difference may be chance.")
    return told


def _titled(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(Column(one.key, _(one.title), one.unit) for one in columns)
