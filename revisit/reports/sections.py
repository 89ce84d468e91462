"""A report as sections for people: what the screen, the HTML page, the workbook and the Markdown file all show, in words.

Values stay values (numbers, shares, dates), so that each output writes them in its own way; texts are in the language in use. A
figure carries its name, by which `revisit report trace` finds the rows behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import count

from revisit import wording
from revisit.figures.catalogue import MATTERS
from revisit.i18n import N_, _
from revisit.policy.tally import Tally
from revisit.reports import Compared, Report
from revisit.reports.details import Suggestion, Unreached
from revisit.reports.values import KINDS, Unit, Value, counted_in, definition_of, title_of, unit_of

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
    "prospects.interested", "cases.opened", "cases.closed", "cases.open", "complaints.opened", "complaints.closed",
    "complaints.open", "complaints.amount", "suggestions.total",
)  # fmt: skip
MOST_REASONS = 12


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its key, its title, how its values are written."""

    key: str
    title: str
    unit: Unit = "n"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titles; `names` are the figures of the rows, where each row is one. Then a row has a `unit` of its own."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Value], ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is called, how much, which share of the whole (of 1), and up to it (a Pareto chart); its figure."""

    label: str
    n: int
    share: float
    together: float
    name: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars with the same whole; `pareto`: ranked, what stands behind is what they make up together. `left` are more
    that are not shown."""

    title: str
    column: str
    bars: tuple[Bar, ...]
    pareto: bool = False
    left: int = 0


@dataclass(frozen=True, slots=True)
class Plot:
    """Values along the days; `lines` are (title, values). `title_of_more`: where a value stands for {step} days."""

    title: str
    days: tuple[date, ...]
    lines: tuple[tuple[str, tuple[int, ...]], ...]
    title_of_more: str = ""

    def folded(self, most: int) -> Plot:
        """The same in at most so many values, by adding up whole weeks; `days` are then the first ones."""
        step = next(step for step in steps() if len(self.days) <= most * step)
        if step == 1:
            return self
        starts = range(0, len(self.days), step)
        lines = tuple((title, tuple(sum(values[at : at + step]) for at in starts)) for title, values in self.lines)
        return Plot(self.title_of_more.format(step=step), self.days[::step], lines)


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence."""

    text: str


Block = Table | Bars | Plot | Text


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under a heading; `key` is its stable name."""

    key: str
    title: str
    blocks: tuple[Block, ...]


def steps() -> Iterator[int]:
    """How many days a value of a plot stands for, if there are too many: one, a week, more weeks."""
    yield 1
    yield from count(7, 7)


def heading(found: Report) -> str:
    """What the report is about, in a line."""
    period = found.period
    return _("Report {label} ({start} to {end}), as it stood on {on}").format(
        label=period.label, start=period.start, end=period.end, on=found.on
    )


def sections(found: Report, by: str = "rule") -> list[Section]:
    """Every section that has something to say."""
    from revisit.reports import closed_section

    made = (
        Section("closed", _("The month is closed"), tuple(closed_section.blocks(found.closed))),
        Section("overview", _("Key figures"), (_overview(found),)),
        Section(
            "followups", _("Follow-ups owed: {owed}").format(owed=found.followups.owed), tuple(_follow_ups(found, by))
        ),
        Section("contacts", _("Revisits made: {total}").format(total=found.contacts.total), tuple(_contacts(found))),
        Section("voices", _("What customers said"), tuple(_voices(found))),
        Section("dormancy", _("Dormant customers"), tuple(_dormancy(found))),
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
        Column("counted", _("Unit"), "text"), *_trend(found),
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
        yield Column("trend", _("Since {label}").format(label=found.history[0].period.label), "trend")


def _worth_it(name: str, found: Report, others: Sequence[Compared]) -> bool:
    """Whether a figure is anything but nothing in one of the periods; what is owed is told in any case."""
    return name == "followups.owed" or any(
        one.get(name) for one in (found.figures, *(other.figures for other in others))
    )


def definitions(found: Report) -> Section:
    """What the key figures count, and the names by which they are traced."""
    columns = (
        Column("title", _("Figure"), "text"), Column("name", _("Name of the figure"), "code"),
        Column("definition", _("What counts"), "text"),
    )  # fmt: skip
    rows = tuple(
        {"title": title_of(name), "name": name, "definition": definition_of(name)} for name in _overview(found).names
    )
    told = _("The rows behind a figure: revisit report trace {label} NAME").format(label=found.period.label)
    return Section("definitions", _("What the figures count"), (Text(told), Table("", columns, rows)))


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
        yield Table(_("Best hours to call"), columns, rows)


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
            yield _pareto(title, family, reasons)
    if found.suggestions:
        yield Table(
            _("Suggestions: {n}").format(n=found.figures["suggestions.total"]), _translated(SUGGESTED),
            tuple(_suggestion(one) for one in found.suggestions),
        )  # fmt: skip


def _told(reasons: Sequence[tuple[str, int]], found: Report) -> bool:
    """Whether one of the other two says just the same."""
    return reasons in (found.reasons_dormancy, found.reasons_dissatisfaction)


def _pareto(title: str, family: str, reasons: Sequence[tuple[str, int]]) -> Bars:
    whole = sum(n for _reason, n in reasons)
    title = _("{title}: named {n} times").format(title=title, n=whole)
    figures = [(reason, n, f"{family}.{reason}") for reason, n in reasons[:MOST_REASONS]]
    return Bars(title, _("Reason"), _bars(figures, whole), pareto=True, left=max(0, len(reasons) - MOST_REASONS))


SUGGESTED = (
    Column("on", N_("Day"), "day"), Column("code", N_("Code"), "code"), Column("name", N_("Customer"), "text"),
    Column("text", N_("Suggestion"), "text"),
)  # fmt: skip
UNREACHED = (
    Column("code", N_("Code"), "code"), Column("name", N_("Customer"), "text"), Column("rep", N_("Representative"), "code"),
    Column("since", N_("In scope since"), "day"), Column("attempts", N_("Attempts")),
)  # fmt: skip


def _translated(columns: Sequence[Column]) -> tuple[Column, ...]:
    return tuple(Column(one.key, _(one.title), one.unit) for one in columns)


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
        yield Table("", _translated(UNREACHED), tuple(_unreached_row(one) for one in found.unreached))
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
