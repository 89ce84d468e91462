"""`revisit due`: the morning list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import access, claims, notes, render, scheduler, staff, waiting, wording
from revisit.access import Viewer
from revisit.aside import Aside
from revisit.commands import waits
from revisit.commands.options import Command, JsonOption, OnOption, RepOption, context_of
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.morning import DueLine, Morning, morning_list
from revisit.render import Column
from revisit.staff import StaffMember

VIEW = (
    Column("place", N_("#"), right=True, card=0),
    Column("code", N_("Code"), card=0),
    Column("who", N_("Customer"), card=0),
    Column("phone", N_("Phone"), card=3),
    Column("by", N_("Call by"), card=2),
    Column("rule", N_("Rule"), soft=True),
    Column("reason", N_("Why"), wrap=True, card=1),
)
ASIDE = (
    Column("code", N_("Code"), card=0),
    Column("name", N_("Customer"), card=0),
    Column("group", N_("Class"), card=2),
    Column("since", N_("Since"), card=3),
    Column("until_on", N_("Until"), card=4),
    Column("why", N_("Why"), wrap=True, card=1),
)
SHEET = (
    Column("place", N_("#")), Column("code", N_("Code")), Column("name", N_("Customer")), Column("contact", N_("Contact")),
    Column("phone", N_("Phone")), Column("grade", N_("Grade")), Column("region", N_("Region")),
    Column("rep", N_("Representative")), Column("rule", N_("Rule")), Column("clause", N_("Clause")),
    Column("opens_on", N_("Opens")), Column("due_by", N_("Due by")), Column("call_by", N_("Call by")),
    Column("at", N_("Time")), Column("status", N_("Status")), Column("reason", N_("Why")), Column("also", N_("Also")),
    Column("attempts", N_("Attempts")), Column("last_order_on", N_("Last order")),
    Column("idle_days", N_("Days since")), Column("last_contact_on", N_("Last contact")),
    Column("claimed_by", N_("Taken by")), Column("claim_until", N_("Taken until")), Column("retry_at", N_("Try again from")),
)  # fmt: skip
ASIDE_SHEET = (
    Column("code", N_("Code")), Column("name", N_("Customer")), Column("group", N_("Class")), Column("since", N_("Since")),
    Column("until_on", N_("Until")), Column("missing", N_("Why")), Column("reason", N_("Reason")), Column("by", N_("By")),
    Column("mend", N_("What to do")),
)  # fmt: skip
GROUPS = {"excluded": N_("excluded"), "waived": N_("waived"), "defective": N_("cannot be judged")}


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("due", cls=Command, help=_("The morning list: who must be contacted today, by when, and why."))(due)


def due(
    ctx: typer.Context,
    on: OnOption = None,
    rep: RepOption = None,
    everybody: Annotated[bool, typer.Option("--all", help=_("Everybody's customers."))] = False,
    unassigned: Annotated[bool, typer.Option("--unassigned", help=_("Customers without a representative."))] = False,
    rule: Annotated[str | None, typer.Option("--rule", metavar=_("RULE"), help=_("Only lines of this rule."))] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=0, metavar=_("N"), help=_("Only the first lines."))
    ] = None,
    why: Annotated[
        bool, typer.Option("--why", help=_("Everything that is owed to each customer, with clause and days."))
    ] = False,
    excluded: Annotated[
        bool, typer.Option("--excluded", help=_("Who is waived, excluded or cannot be judged, and why."))
    ] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=_("The list as CSV on stdout."))] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar=_("FILE"), help=_("A call sheet to fill in (.xlsx), then: log --from.")),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Replace the call sheet if it is there already."))] = False,
    as_json: JsonOption = False,
) -> None:
    """A representative sees the own customers, a supervisor the team's, everybody else all of them."""
    if sum((everybody, unassigned, rep is not None)) > 1:
        raise WrongUsage(N_("--all, --rep and --unassigned exclude each other"), N_("name one of them"))
    if as_csv and as_json:
        raise WrongUsage(N_("--csv and --json exclude each other"), N_("name one of them"))
    if output is not None and (as_csv or excluded or why):
        raise WrongUsage(N_("--output and --csv, --excluded, --why exclude each other"), N_("name one of them"))
    if rule is not None:
        scheduler.check_rule(rule)
    context = context_of(ctx)
    if output is not None:
        from revisit.commands import callsheets

        callsheets.check_output(output, replace=yes)
        callsheets.require(context)
    context.look()
    with context.reading() as (sql, company):
        me = context.actor(sql)
        chosen = everybody or unassigned or rep is not None
        day = context.day(on, company)
        viewer = access.viewer(sql, me)
        newest = callsheets.newest(sql) if output is not None else 0
        found = list_of(sql, company, viewer, on=day, rep=rep, everybody=everybody, unassigned=unassigned)
        found = claims.placed(sql, company, found, viewer=viewer, now=context.now)
        covered = company.calendar.covers(day)
        policy = company.policies.on(day)
        mine = [] if chosen else waiting.waiting_for(sql, company, viewer, context.now)
        papers = 0 if chosen or me is None else sum(one.rep == me.login for one in found.paperwork)
        left = [] if chosen else notes.waiting(sql, company.calendar, viewer, on=day)
    items, paperwork = (narrowed(lines, rule, limit) for lines in (found.items, found.paperwork))
    if not covered:
        render.note(_(wording.UNPUBLISHED).format(year=day.year))
    if output is not None:
        scope = _("without a representative") if unassigned else _scope(found, me if not chosen else None)
        told = callsheets.write(context, output, found, items, scope, newest=newest, replace=yes)
        render.as_json(told) if as_json else callsheets.tell_written(output, told, len(paperwork))
    elif as_json:
        render.as_json(document(found, items, paperwork, why=why) | {"waiting": waits.document(mine, papers, company)})
    elif as_csv and excluded:
        render.as_csv([aside_cells(one) for one in found.aside], ASIDE_SHEET)
    elif as_csv:
        render.as_csv(sheet_rows(items, paperwork, why=why), SHEET)
    else:
        with render.paged():
            if excluded:
                _show_excluded(found)
            else:
                scope = _("without a representative") if unassigned else _scope(found, me if not chosen else None)
                only = rule is not None and policy.rules[rule].paperwork
                _show(found, None if only else items, paperwork, scope, why=why)
        if not excluded:
            if waiting_line := waits.line(mine, papers, company, context.now):
                render.tell(waiting_line)
            _warn_of_old_orders(found, policy.orders_fresh_days)
            if left:
                render.note(_("Notes from the last shift: {n} (revisit day)").format(n=len(left)))


def list_of(
    sql: Sql,
    company: CompanyInfo,
    viewer: Viewer,
    *,
    on: date,
    rep: str | None,
    everybody: bool = False,
    unassigned: bool = False,
) -> Morning:
    """The list of whom the options name: a representative's own one, a supervisor's team, everybody's. Raises Refused."""
    me = viewer.member
    chosen = everybody or unassigned or rep is not None
    whose = staff.get_by_login(sql, rep) if rep is not None else me if _own(me) and not chosen else None
    return morning_list(
        sql,
        company,
        on=on,
        rep=(whose.id, whose.login) if whose else None,
        unassigned=unassigned,
        team=_leads(me) and not chosen,
        viewer=viewer,
    )


def _own(me: StaffMember | None) -> bool:
    return me is not None and not me.sees_all


def _leads(me: StaffMember | None) -> bool:
    """Whether somebody's own list is that of a department."""
    return me is not None and me.role == "supervisor" and me.department_id is not None


def _scope(found: Morning, me: StaffMember | None) -> str:
    if found.rep is not None:
        return found.rep
    return _("my team") if _leads(me) else _("everybody")


def narrowed(lines: Sequence[DueLine], rule: str | None, limit: int | None) -> Sequence[DueLine]:
    """The lines on which a rule stands, first or as "also"; only the first of them."""
    shown = [line for line in lines if rule is None or any(one["rule"] == rule for one in line.why)]
    return shown if limit is None else shown[:limit]


def document(
    found: Morning, items: Iterable[DueLine], paperwork: Iterable[DueLine], *, why: bool = False
) -> dict[str, Any]:
    """The JSON document of `due`."""
    return {
        "on": found.on,
        "rep": found.rep,
        "census": found.census,
        "orders_known_to": found.orders_known_to,
        "items": [item(line, why=why) for line in items],
        "paperwork": [item(line, why=why) for line in paperwork],
        "excluded": [asdict(one) for one in found.aside],
    }


def item(line: DueLine, *, why: bool = False) -> dict[str, Any]:
    """One line of the list as it stands in the JSON document; with `why` everything that is owed."""
    made = asdict(line)
    del made["customer_id"]
    if not why:
        del made["why"]
    return made


def census_line(census: dict[str, int]) -> str:
    """The census as a sum: everybody stands in exactly one class."""
    return _(
        "{customers} customers = {due} due + {promised} promised + {settled} settled + {waived} waived "
        "+ {excluded} excluded + {defective} defective"
    ).format(**census)


def row_of(place: int | str, line: DueLine, *, why: bool = False) -> dict[str, Any]:
    """A line of the list as the table shows it; with `why` each follow-up has a line of its own."""
    by = line.call_by.strftime("%m-%d")
    if line.at is not None:
        by += line.at.strftime(" %H:%M")
    if line.status == "overdue":
        by += " " + _("overdue")
    notes = [_("attempts: {attempts}").format(attempts=line.attempts)] if line.attempts else []
    notes += _place(line)
    if why:
        first, *others = (_told(one) for one in line.why)
        reason: object = (_("; ").join([_booked(line, first), *notes]), *others)
    else:
        also = _also(line)
        notes += [_("also {rules}").format(rules=also)] if also else []
        reason = _("; ").join([f"{_booked(line, line.reason)} [{line.clause}]", *notes])
    return {
        "place": place,
        "code": line.code,
        "who": line.name + (f" ({line.grade})" if line.grade else ""),
        "phone": line.phone or _("no phone"),
        "by": by,
        "rule": wording.rule(line.rule),
        "reason": reason,
    }


def sheet_rows(items: Iterable[DueLine], paperwork: Iterable[DueLine], *, why: bool) -> list[dict[str, Any]]:
    """The lines as cells of a sheet; paperwork stands at the end, without a place."""
    placed: list[tuple[int | str, DueLine]] = [*enumerate(items, 1), *(("", line) for line in paperwork)]
    return [
        asdict(line)
        | {
            "place": place,
            "rule": wording.rule(line.rule),
            "status": wording.state(line.status),
            "reason": _booked(line, line.reason),
            "also": _("; ").join(_told(one) for one in line.why[1:]) if why else _also(line),
            **{key: _minute(getattr(line, key)) for key in ("at", "claim_until", "retry_at")},
        }
        for place, line in placed
    ]


def _minute(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


def aside_cells(one: Aside) -> dict[str, Any]:
    """Somebody who is not judged, in words."""
    return asdict(one) | {
        "group": _(GROUPS[one.group]),
        "missing": wording.listed(wording.missing(code) for code in one.missing),
        "mend": wording.listed(text for code in one.missing if (text := wording.mend(code))),
    }


def _booked(line: DueLine, sentence: str) -> str:
    return wording.booked(sentence, line.purpose, line.ask_for)


def _place(line: DueLine) -> list[str]:
    """On whose desk a customer is, and from when on it is to be tried again."""
    told = []
    if line.claimed_by is not None and line.claim_until is not None:
        template = _("on {login}'s desk until {when}")
        told.append(template.format(login=line.claimed_by, when=line.claim_until.strftime("%H:%M")))
    if line.retry_at is not None:
        told.append(_("try again from {when}").format(when=line.retry_at.strftime("%m-%d %H:%M")))
    return told


def _also(line: DueLine) -> str:
    others = dict.fromkeys(one["rule"] for one in line.also if one["rule"] != line.rule)
    return wording.listed(wording.rule(name) for name in others)


def _told(one: dict[str, Any]) -> str:
    """One follow-up in full."""
    return _("{rule}: {reason} [{clause}], opened {opens_on}, due by {due_by}, {status}").format(
        **one | {"rule": wording.rule(one["rule"]), "status": wording.state(one["status"])}
    )


def _show(
    found: Morning, items: Sequence[DueLine] | None, paperwork: Sequence[DueLine], scope: str, *, why: bool
) -> None:
    """The list, the paperwork beside it, and the census; `items` None: paperwork alone is asked for."""
    whose = render.safe(scope)
    if items is not None:
        _show_items(found, items, whose, why=why)
    if paperwork or items is None:
        heading = _("Paperwork on {on}: {number} ({whose})")
        if items is not None:
            render.tell()
        render.heading(heading.format(on=found.on, number=len(found.paperwork), whose=whose))
        if paperwork:
            render.table([row_of("", line, why=why) for line in paperwork], _view(why, beside=True))
        if len(paperwork) < len(found.paperwork):
            render.tell(_("{shown} of {due} shown").format(shown=len(paperwork), due=len(found.paperwork)))
    if items is not None:
        if paperwork:
            render.gap()
        _show_footer(found)


def _view(why: bool, *, beside: bool = False) -> list[Column]:
    """The columns of the list: with `why` each text names its rule; paperwork beside the list has no place and no phone."""
    left_out = {"rule"} if why else set()
    if beside:
        left_out |= {"place", "phone"}
    return [column for column in VIEW if column.key not in left_out]


def _show_items(found: Morning, items: Sequence[DueLine], whose: str, *, why: bool) -> None:
    heading = _("{on}: {due} customers to contact ({whose})")
    render.heading(heading.format(on=found.on, due=found.census["due"], whose=whose))
    if items:
        render.table([row_of(place, line, why=why) for place, line in enumerate(items, 1)], _view(why))
    elif not found.items:
        render.tell(_("Nobody has to be contacted."))
    render.gap()
    if len(items) < len(found.items):
        render.tell(_("{shown} of {due} shown").format(shown=len(items), due=len(found.items)))


def _show_footer(found: Morning) -> None:
    render.paragraph(census_line(found.census), at=" + ")
    if found.orders_known_to is None:
        render.tell(_("No orders are known."))
    else:
        render.tell(_("Orders known up to {day}.").format(day=found.orders_known_to))


def _warn_of_old_orders(found: Morning, fresh_days: int) -> None:
    known: date | None = found.orders_known_to
    if known is not None and (found.on - known).days > fresh_days:
        old = _("Orders are known only up to {day}: import newer ones before reproaching a customer.")
        render.note(old.format(day=known))


def _show_excluded(found: Morning) -> None:
    rows = []
    for one in found.aside:
        cells = aside_cells(one)
        said = [cells["missing"], one.reason, _("by {login}").format(login=one.by) if one.by else "", cells["mend"]]
        rows.append(cells | {"why": _("; ").join(text for text in said if text)})
    if rows:
        render.table(rows, ASIDE)
        render.gap()
    else:
        render.tell(_("Nobody is waived, excluded or defective."))
    render.paragraph(census_line(found.census), at=" + ")
