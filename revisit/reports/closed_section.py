"""The section of a closed month: that it is closed, which figures have changed since, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from revisit.closing.changes import Changed
from revisit.i18n import N_, _
from revisit.reports.closed import ClosedMonth, Reason
from revisit.reports.sections import Block, Column, Table, Text, translated
from revisit.reports.values import title_of, unit_of

SHORT_HASH = 12
KINDS = {
    "revisit-recorded": N_("revisits recorded later"), "revisit-amended": N_("revisits corrected"),
    "revisit-voided": N_("revisits taken back"), "orders-imported": N_("orders imported or cancelled"),
    "revisits-imported": N_("revisits imported"), "customers-imported": N_("customer files imported"),
    "sales-followups-imported": N_("sales follow-ups imported"), "staff-imported": N_("staff imported"),
    "merged": N_("files merged"), "undone": N_("imports or merges undone"), "waived": N_("waivers"),
    "closed": N_("files closed or opened again"), "do-not-call": N_("“do not call”"), "stated": N_("facts of files"),
    "allocated": N_("files given to somebody"), "file-made": N_("files made"), "file-changed": N_("files changed"),
    "policy-adopted": N_("policies adopted"), "case-changed": N_("cases changed"),
    "complaint-changed": N_("complaints changed"), "deadline-moved": N_("deadlines moved"),
}  # fmt: skip
"""What bears upon a closed month, by kind."""
WHY = (Column("what", N_("What"), "text"), Column("n", N_("Number")))
NAMED = (
    Column("at", N_("When"), "text"), Column("who", N_("Who"), "code"), Column("what", N_("What"), "text"),
    Column("record", N_("Record"), "code"), Column("code", N_("Customer"), "code"),
)  # fmt: skip


def heading(month: ClosedMonth) -> str:
    """When, by whom, as of which day, under which hash."""
    return _("{label} was closed at {at} by {who}, as it stood on {day}; hash {hash}").format(
        label=month.label, at=f"{month.closed_at:%Y-%m-%d %H:%M}", who=month.by, day=month.seen_on,
        hash=month.sha256[:SHORT_HASH],
    )  # fmt: skip


def blocks(month: ClosedMonth | None, *, whole: bool = False) -> Iterator[Block]:
    """What a report tells above its key figures; `whole`: figures of representatives one by one."""
    if month is None:
        return
    yield Text(heading(month))
    if not month.changed and not month.changed_by_rep:
        yield Text(_("No figure has changed since."))
    else:
        yield from _changed(month, whole=whole)
    if month.policies:
        yield Text(_("The policies that held then are no longer the same."))
    if month.calendar:
        yield Text(_("The working calendar of those days is no longer the same."))
    yield from _why(month, whole=whole)


def _changed(month: ClosedMonth, *, whole: bool) -> Iterator[Block]:
    if month.changed:
        yield _table(_("Changed since it was closed"), month.changed)
    if not month.changed_by_rep:
        return
    if whole:
        yield _table(_("Changed for representatives"), month.changed_by_rep, by_rep=True)
    else:
        yield Text(_("Figures of representatives that changed: {n}").format(n=len(month.changed_by_rep)))


def _table(title: str, found: Sequence[Changed], *, by_rep: bool = False) -> Table:
    columns = (
        *((Column("rep", _("Representative"), "code"),) if by_rep else ()),
        Column("title", _("Figure"), "text"), Column("then", _("When closed")), Column("now", _("Counted now")),
    )  # fmt: skip
    rows = tuple(
        {
            "rep": one.rep or _("(no representative)"),
            "title": title_of(one.name),
            "unit": unit_of(one.name),
            "then": one.then,
            "now": one.now,
        }
        for one in found
    )
    return Table(title, columns, rows, tuple(one.name for one in found))


def _why(month: ClosedMonth, *, whole: bool) -> Iterator[Block]:
    changed = month.changed or month.changed_by_rep
    if not month.counts:
        if changed and not (month.policies or month.calendar):
            yield Text(_("No audited change explains it: compare the database with a backup."))
        return
    yield Table(_("Reasons"), translated(WHY), tuple({"what": kind(name), "n": n} for name, n in month.counts.items()))
    if month.reasons:
        yield Table(
            _("Every one of them") if whole else _("The newest of them"),
            translated(NAMED),
            tuple(map(_row, month.reasons)),
        )
    if not whole:
        yield Text(_("All of them: revisit report changes {label}").format(label=month.label))


def _row(one: Reason) -> dict[str, str]:
    return {
        "at": f"{one.at:%Y-%m-%d %H:%M}" if one.at else "?", "who": one.who, "what": kind(one.kind), "record": one.record,
        "code": one.code,
    }  # fmt: skip


def kind(name: str) -> str:
    """A kind of change in words."""
    return _(KINDS[name]) if name in KINDS else name
