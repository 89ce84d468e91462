"""The pack for the sales department and the weekly report as sections, of the same blocks as a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from revisit import wording
from revisit.i18n import N_, _
from revisit.matters import words
from revisit.reports.packs import Dormant, Pack, Problem
from revisit.reports.report_sections import pareto
from revisit.reports.sections import Block, Column, Paper, Section, Table, Text, translated
from revisit.reports.tracing import Row
from revisit.reports.values import counted_in, title_of, unit_of
from revisit.reports.weekly import Weekly

CUSTOMER = (Column("code", N_("Code"), "code"), Column("name", N_("Customer"), "text"))
PROBLEMS = (
    Column("number", N_("Case")), Column("on", N_("Opened"), "day"), *CUSTOMER,
    Column("state", N_("Status"), "text"), Column("text", N_("What"), "long"),
)  # fmt: skip
COMPLAINTS = (
    Column("number", N_("Complaint"), "code"), Column("on", N_("Opened"), "day"), *CUSTOMER,
    Column("state", N_("Status"), "text"), Column("amount", N_("Settled"), "money"), Column("text", N_("What"), "long"),
)  # fmt: skip
DORMANT = (
    *CUSTOMER, Column("rep", N_("Representative"), "code"),
    Column("since", N_("Dormant since"), "day"),
    Column("last_contact", N_("Last contact"), "day"), Column("last_order", N_("Last order"), "day"),
    Column("promised_on", N_("Callback"), "day"), Column("text", N_("Reason"), "long"),
)  # fmt: skip
UNTROUBLED = (
    Column("rep", N_("Representative"), "code"), Column("talks", N_("Talks")), Column("satisfied", N_("Satisfied")),
    Column("neutral", N_("Neutral")), Column("unsaid", N_("Nothing said")),
)  # fmt: skip
SUGGESTED = (
    Column("on", N_("Day"), "day"), *CUSTOMER, Column("rep", N_("Representative"), "code"),
    Column("text", N_("Suggestion"), "long"),
)  # fmt: skip
CONCERNED = (
    *CUSTOMER, Column("rep", N_("Representative"), "code"), Column("problems", N_("Problems")),
    Column("complaints", N_("Complaints")), Column("dissatisfied", N_("Not satisfied")), Column("suggestions", N_("Suggestions")),
)  # fmt: skip
MISSED = (
    Column("on", N_("Due by"), "day"), *CUSTOMER, Column("rep", N_("Representative"), "code"),
    Column("text", N_("What"), "long"),
)  # fmt: skip
COMING = (
    Column("rep", N_("Representative"), "code"), Column("planned", N_("Kept")), Column("late", N_("Behind")),
    Column("overflow", N_("Lost")),
)  # fmt: skip
PROMISED = (
    Column("on", N_("Day"), "day"), *CUSTOMER, Column("rep", N_("Representative"), "code"),
)  # fmt: skip


def heading(found: Pack) -> str:
    """What the pack is, in a line."""
    text = (
        _("Quarterly summary {label} for the sales department")
        if found.quarterly
        else _("Monthly pack {label} for the sales department")
    )
    return text.format(label=found.period.label) + _(" ({start} to {end}), as it stood on {on}").format(
        start=found.period.start, end=found.period.end, on=found.on
    )


def pack_paper(found: Pack) -> Paper:
    """The pack as a paper."""
    return Paper("pack", heading(found), tuple(pack_sections(found)), found.period, found.on)


def pack_sections(found: Pack) -> list[Section]:
    """Every section that has something to say; the problems in any case."""
    made = (
        Section("problems", _("Problems that can wait: {n}").format(n=len(found.problems)),
                tuple(problems(found.problems)) or (Text(_("None.")),)),
        Section("concerned", _("Customers who raised most"), tuple(_concerned(found))),
        Section("trend", _("Month by month"), tuple(_trend(found))),
        Section("reasons", _("Reasons"), tuple(_reasons(found))),
        Section("complaints", _("Complaints: {n}").format(n=len(found.complaints)), tuple(_complaints(found))),
        Section("untroubled", _("Talks without a problem: {n}").format(n=sum(one.talks for one in found.untroubled)),
                tuple(_untroubled(found))),
        Section("suggestions", _("Suggestions: {n}").format(n=len(found.suggestions)), tuple(_suggestions(found))),
        Section("dormant", _("Dormant customers: {n}").format(n=len(found.dormant)), tuple(_dormant(found.dormant))),
    )  # fmt: skip
    return [one for one in made if one.blocks]


def problems(found: Sequence[Problem]) -> Iterator[Table]:
    """The problems as a table; nothing where there are none."""
    if found:
        yield Table("", translated(PROBLEMS), tuple(
            {"number": one.number, "on": one.on, "code": one.customer, "name": one.name,
             "state": _(words.STATES[one.state]), "text": one.what}
            for one in found
        ))  # fmt: skip


def _concerned(found: Pack) -> Iterator[Block]:
    if found.concerned:
        rows = [asdict(one) | {"code": one.customer} for one in found.concerned]
        yield Table("", translated(CONCERNED), tuple(rows))


def _trend(found: Pack) -> Iterator[Block]:
    if not found.months:
        return
    columns = (
        Column("title", _("Figure"), "text"), *(Column(one.label, one.label) for one in found.months),
        Column("counted", _("Unit"), "unit"),
    )  # fmt: skip
    names = list(found.months[0].figures)
    rows = tuple(
        {"title": title_of(name), "unit": unit_of(name), "counted": counted_in(name)}
        | {one.label: one.figures[name] for one in found.months}
        for name in names
    )
    yield Table("", columns, rows, tuple(names))


def _reasons(found: Pack) -> Iterator[Block]:
    for title, family, reasons in (
        (_("Why customers were dormant"), "reasons_dormancy", found.reasons_dormancy),
        (_("Why customers were not satisfied"), "reasons_dissatisfaction", found.reasons_dissatisfaction),
    ):
        if reasons:
            yield pareto(title, family, reasons)


def _complaints(found: Pack) -> Iterator[Block]:
    if found.complaints:
        yield Table("", translated(COMPLAINTS), tuple(
            {"number": one.number, "on": one.on, "code": one.customer, "name": one.name,
             "state": " · ".join(filter(None, (_(words.STATES[one.state]), wording.word(one.severity)))),
             "amount": one.amount or None, "text": one.what}
            for one in found.complaints
        ))  # fmt: skip


def _untroubled(found: Pack) -> Iterator[Block]:
    if found.untroubled:
        rows = [asdict(one) | {"rep": one.rep or _("(no representative)")} for one in found.untroubled]
        yield Table("", translated(UNTROUBLED), tuple(rows))


def _suggestions(found: Pack) -> Iterator[Block]:
    if found.suggestions:
        yield Table("", translated(SUGGESTED), tuple(
            {"on": one.on, "code": one.code, "name": one.name, "rep": one.rep, "text": one.text} for one in found.suggestions
        ))  # fmt: skip


def _dormant(found: Sequence[Dormant]) -> Iterator[Block]:
    if found:
        yield Table("", translated(DORMANT), tuple(
            asdict(one) | {"code": one.customer, "text": one.reason} for one in found
        ))  # fmt: skip


# --- The week


def weekly_heading(found: Weekly) -> str:
    """What the weekly report is, in a line."""
    told = _("Weekly report, {start} to {end}, as it stood on {on}")
    return told.format(start=found.period.start, end=found.period.end, on=found.on)


def weekly_paper(found: Weekly) -> Paper:
    """The weekly report as a paper."""
    return Paper("weekly", weekly_heading(found), tuple(weekly_sections(found)), found.period, found.on)


def weekly_sections(found: Weekly) -> list[Section]:
    """What was done, what was missed, what comes."""
    made = (
        Section("done", _("Done this week"), tuple(_done(found))),
        Section("missed", _("Missed: {n}").format(n=len(found.missed)), tuple(_owed(found.missed))),
        Section("overdue", _("Overdue: {n}").format(n=len(found.overdue)), tuple(_owed(found.overdue))),
        Section("next", _("Next week, {start} to {end}").format(start=found.next.start, end=found.next.end), tuple(_next(found))),
    )  # fmt: skip
    return [one for one in made if one.blocks]


def _done(found: Weekly) -> Iterator[Block]:
    if not found.over:
        yield Text(_("The week is not over: the report is due on {at}.").format(at=f"{found.due_at:%Y-%m-%d %H:%M}"))
    names = [name for name, value in found.done.items() if value or name == "followups.owed"]
    columns = (
        Column("title", _("Figure"), "text"),
        Column("value", _("How much")),
        Column("counted", _("Unit"), "unit"),
    )
    rows = tuple(
        {"title": title_of(name), "unit": unit_of(name), "counted": counted_in(name), "value": found.done[name]}
        for name in names
    )
    yield Table("", columns, rows, tuple(names))
    if found.people:
        keys = tuple(found.people[0].figures)
        of_people = (Column("rep", _("Representative"), "code"), *(Column(name, title_of(name)) for name in keys))
        people = tuple({"rep": one.rep or _("(no representative)"), **one.figures} for one in found.people)
        yield Table(_("By representative"), of_people, people)


def _owed(rows: Sequence[Row]) -> Iterator[Block]:
    if rows:
        yield Table("", translated(MISSED), tuple(
            {"on": one.on, "code": one.code, "name": one.name, "rep": one.rep, "text": one.what} for one in rows
        ))  # fmt: skip


def _next(found: Weekly) -> Iterator[Block]:
    if found.coming:
        rows = [asdict(one) | {"rep": one.rep or _("(no representative)")} for one in found.coming]
        yield Table(_("Contacts that fall due"), translated(COMING), tuple(rows))
    if found.promised:
        yield Table(_("Promised callbacks"), translated(PROMISED), tuple(
            {"on": one.on, "code": one.customer, "name": one.name, "rep": one.rep} for one in found.promised
        ))  # fmt: skip
    if not found.coming and not found.promised:
        yield Text(_("Nothing falls due."))
