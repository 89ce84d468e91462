"""A report in words as sections: key figures, follow-ups, revisits, what customers said, and whatever else there is to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from revisit import wording
from revisit.figures.catalogue import MATTERS
from revisit.i18n import N_, _
from revisit.policy.tally import Tally
from revisit.reports import Compared, Report, closed_section, funnel_section
from revisit.reports.details import Suggestion, Unreached
from revisit.reports.sections import Bar, Bars, Block, Column, Plot, Section, Table, Text, translated
from revisit.reports.values import KINDS, Value, counted_in, title_of, unit_of

BY = {
    "rule": N_("Rule"), "rep": N_("Representative"), "department": N_("Department"), "region": N_("Region"), "grade": N_("Grade"),
}  # fmt: skip
UNNAMED = {
    "rep": N_("(no representative)"), "department": N_("(no department)"), "region": N_("(no region)"), "grade": N_("(no grade)"),
}  # fmt: skip
STATES = ("in_time", "late", "missed", "overdue", "open")
TALLY = (
    ("owed", N_("Owed")), ("in_time", N_("In time")), ("late", N_("Late")), ("missed", N_("Missed")), ("overdue", N_("Overdue")),
    ("open", N_("Open")), ("void", N_("Void")),
)  # fmt: skip
OVERVIEW = (
    "followups.owed", "followups.in_time", "followups.late", "followups.missed", "followups.overdue", "followups.open",
    "followups.coverage", "contacts.total", "contacts.reached", "contacts.attempts_per_contact", "enquiries.total",
    "customers.in_scope", "customers.contacted", "customers.never_reached", "satisfaction.share", "records.share",
    "dormancy.entered", "dormancy.reactivated", "dormancy.reactivated_soon", "dormancy.still", "prospects.in_scope",
    "prospects.interested", "funnel.customers", "cases.opened", "cases.closed", "cases.open", "complaints.opened",
    "complaints.closed", "complaints.open", "complaints.amount", "suggestions.total",
)  # fmt: skip
MOST_REASONS = 12


def heading(found: Report) -> str:
    """What the report is about, in a line."""
    period = found.period
    return _("Report {label} ({start} to {end}), as it stood on {on}").format(
        label=period.label, start=period.start, end=period.end, on=found.on
    )


def sections(found: Report, by: str = "rule") -> list[Section]:
    """Every section that has something to say."""
    made = (
        Section("closed", _("The month is closed"), tuple(closed_section.blocks(found.closed))),
        Section("overview", _("Key figures"), (_overview(found),)),
        Section(
            "followups", _("Follow-ups owed: {owed}").format(owed=found.followups.owed), tuple(_follow_ups(found, by))
        ),
        Section("contacts", _("Revisits made: {total}").format(total=found.contacts.total), tuple(_contacts(found))),
        Section("voices", _("What customers said"), tuple(_voices(found))),
        Section("dormancy", _("Dormant customers"), tuple(_dormancy(found))),
        Section("prospects", _("From prospect to order"), tuple(funnel_section.blocks(found))),
        Section("timeliness", _("Records and deadlines"), tuple(_timeliness(found))),
        Section("never-reached", _("Never reached so far"), tuple(_unreached(found))),
    )
    return [one for one in made if one.blocks]


def _overview(found: Report) -> Table:
    """The figures beside those of the periods before."""
    others = [
        (key, one) for key, one in (("previous", found.previous), ("last_year", found.last_year)) if one is not None
    ]
    columns = (
        Column("title", _("Figure"), "text"), Column("value", found.period.label),
        *(Column(key, one.period.label) for key, one in others),
        Column("counted", _("Unit"), "unit"), *_trend(found),
    )  # fmt: skip
    names = [name for name in OVERVIEW if _worth_it(name, found, [one for _key, one in others])]
    rows = tuple(
        {"title": title_of(name), "unit": unit_of(name), "counted": counted_in(name), "value": found.figures[name]}
        | {key: one.figures.get(name) for key, one in others}
        | {"trend": (*(one.figures.get(name) for one in found.history), found.figures[name])}
        for name in names
    )
    return Table("", columns, rows, tuple(names))


def _trend(found: Report) -> Iterator[Column]:
    """The column of lines, where more is known than the period before."""
    if len(found.history) > 1:
        labels = (*(one.period.label for one in found.history), found.period.label)
        yield Column("trend", _("Since {label}").format(label=labels[0]), "trend", labels)


def _worth_it(name: str, found: Report, others: Sequence[Compared]) -> bool:
    """Whether a figure is anything but nothing in one of the periods; what is owed is told in any case."""
    return name == "followups.owed" or any(
        one.get(name) for one in (found.figures, *(other.figures for other in others))
    )


def _follow_ups(found: Report, by: str) -> Iterator[Block]:
    whole = found.followups
    if not whole.owed:
        yield Text(_("No follow-up fell due."))
    else:
        figures = [(wording.state(state), getattr(whole, state), f"followups.{state}") for state in STATES]
        yield Bars("", _("State"), _bars(figures, whole.owed))
    if whole.missed:
        told = _("Missed: {tried} tried in vain, {never_tried} never tried")
        yield Text(told.format(**asdict(found.missed)))
    if whole.void:
        yield Text(_("Void, ended before they were due: {void}").format(void=whole.void))
    groups: Mapping[str, Tally] = getattr(found, f"by_{by}")
    rows = tuple({"name": group_name(by, name), **asdict(one)} for name, one in groups.items() if one.owed or one.void)
    if rows:
        columns = (
            Column("name", _(BY[by]), "text"), *(Column(key, _(title)) for key, title in TALLY),
            Column("coverage", _("Coverage"), "share"),
        )  # fmt: skip
        yield Table("", columns, rows)


def group_name(by: str, name: str) -> str:
    """What a group is called."""
    if by == "rule":
        return wording.rule(name)
    return name or _(UNNAMED[by])


def _contacts(found: Report) -> Iterator[Block]:
    contacts = found.contacts
    if not contacts.total:
        return
    for title, family, counted in (
        (_("Channel"), "contacts.channel", contacts.by_channel), (_("Result"), "contacts.result", contacts.by_result),
    ):  # fmt: skip
        figures = [(wording.word(code), n, f"{family}.{code}") for code, n in counted.items()]
        yield Bars("", title, _bars(figures, contacts.total))
    yield Plot(
        _("Revisits per day"),
        tuple(one.on for one in found.days),
        (
            (_("Revisits made"), tuple(one.contacts for one in found.days)),
            (_("Follow-ups met"), tuple(one.met for one in found.days)),
        ),
        _("Revisits per {step} days"),
    )
    if found.hours:
        columns = (
            Column("hour", _("Hour"), "text"), Column("calls", _("Calls")), Column("reached", _("Reached")),
            Column("share", _("Share"), "share"),
        )  # fmt: skip
        rows: tuple[Mapping[str, Value], ...] = tuple(
            {"hour": f"{one.hour:02d}:00", "calls": one.calls, "reached": one.reached, "share": one.reached / one.calls}
            for one in found.hours
        )
        yield Table(_("Best hours to call"), columns, rows, chart="bars")


def _voices(found: Report) -> Iterator[Block]:
    said = asdict(found.satisfaction)
    answers = sum(said.values())
    if answers:
        figures = [(wording.word(code), n, f"satisfaction.{code}") for code, n in said.items()]
        yield Bars(_("Opinions given: {n}").format(n=answers), _("Satisfaction"), _bars(figures, answers))
    for title, family, reasons in (
        (_("Why customers were dormant"), "reasons_dormancy", found.reasons_dormancy),
        (_("Why customers were not satisfied"), "reasons_dissatisfaction", found.reasons_dissatisfaction),
        (_("All reasons"), "reasons", found.reasons),
    ):
        if reasons and (family != "reasons" or not _told(reasons, found)):
            yield pareto(title, family, reasons)
    if found.suggestions:
        yield Table(
            _("Suggestions: {n}").format(n=found.figures["suggestions.total"]), translated(SUGGESTED),
            tuple(_suggestion(one) for one in found.suggestions),
        )  # fmt: skip


def _told(reasons: Sequence[tuple[str, int]], found: Report) -> bool:
    """Whether one of the other two says just the same."""
    return reasons in (found.reasons_dormancy, found.reasons_dissatisfaction)


def pareto(title: str, family: str, reasons: Sequence[tuple[str, int]]) -> Bars:
    """The reasons of a family, ranked."""
    whole = sum(n for _reason, n in reasons)
    title = title and _("{title}: named {n} times").format(title=title, n=whole)
    figures = [(reason, n, f"{family}.{reason}") for reason, n in reasons[:MOST_REASONS]]
    return Bars(title, _("Reason"), _bars(figures, whole), pareto=True, left=max(0, len(reasons) - MOST_REASONS))


SUGGESTED = (
    Column("on", N_("Day"), "day"), Column("code", N_("Code"), "code"), Column("name", N_("Customer"), "text"),
    Column("text", N_("Suggestion"), "long"),
)  # fmt: skip
UNREACHED = (
    Column("code", N_("Code"), "code"), Column("name", N_("Customer"), "text"), Column("rep", N_("Representative"), "code"),
    Column("since", N_("In scope since"), "day"), Column("attempts", N_("Attempts")),
)  # fmt: skip


def _suggestion(one: Suggestion) -> Mapping[str, Value]:
    return {"on": one.on, "code": one.code, "name": one.name, "text": one.text}


def _dormancy(found: Report) -> Iterator[Block]:
    one = found.dormancy
    if any(asdict(one).values()):
        told = _("Dormant customers: {entered} became dormant, {reactivated} ordered again, {still} still are")
        yield Text(told.format(**asdict(one)))
        if one.reactivated:
            yield Text(_("Ordered again within 30 days of becoming dormant: {n}").format(n=one.reactivated_soon))


def _timeliness(found: Report) -> Iterator[Block]:
    records = found.records
    if records.within_deadline or records.late:
        told = _("Records: {within_deadline} filled in within the deadline, {late} late")
        yield Text(told.format(**asdict(records)))
    states = ("in_time", "late", "overdue", "open")
    rows = []
    for matter in MATTERS:
        counted = {state: found.figures[f"deadlines.{matter}.{state}"] for state in states}
        if any(counted.values()):
            rows.append({"name": _(KINDS[matter]), **counted})
    if rows:
        columns = (
            Column("name", _("Steps with a deadline"), "text"), Column("in_time", _("In time")), Column("late", _("Late")),
            Column("overdue", _("Overdue")), Column("open", _("Not due yet")),
        )  # fmt: skip
        yield Table("", columns, tuple(rows))


def _unreached(found: Report) -> Iterator[Block]:
    customers = found.customers
    told = _("Customers: {in_scope} in scope, {contacted} contacted, {never_reached} never reached so far")
    yield Text(told.format(**asdict(customers)))
    if found.unreached:
        yield Table("", translated(UNREACHED), tuple(_unreached_row(one) for one in found.unreached))
        left = customers.never_reached - len(found.unreached)
        if left > 0:
            yield Text(_("and {n} more: revisit report trace {label} customers.never_reached").format(
                n=left, label=found.period.label))  # fmt: skip


def _unreached_row(one: Unreached) -> Mapping[str, Value]:
    return {"code": one.code, "name": one.name, "rep": one.rep, "since": one.since, "attempts": one.attempts}


def _bars(figures: Sequence[tuple[str, int, str]], whole: int) -> tuple[Bar, ...]:
    bars, so_far = [], 0
    for label, n, name in figures:
        so_far += n
        bars.append(Bar(label, n, n / whole if whole else 0.0, so_far / whole if whole else 0.0, name))
    return tuple(bars)
