"""`revisit inspect`: random samples of records, what a supervisor found of them, the bulletin of a month."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from revisit import access, appraisal, inspections, render, scheduler, staff, targets, wording
from revisit.access import Viewer
from revisit.commands import outcomes, papers
from revisit.commands.options import Command, JsonOption, add_group, context_of
from revisit.commands.papers import OutputOption, YesOption
from revisit.commands.periods import MonthCommand, MonthOption, month_of
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.i18n import N_, _
from revisit.inspections import Bulletin, Item, Sample
from revisit.policy.scoring import VERDICTS
from revisit.render import Column
from revisit.reports.appraisal_sections import bulletin_paper, found_in
from revisit.reports.sections import Paper

MOST = 1000
NumberArgument = Annotated[int, typer.Argument(metavar=_("NUMBER"), min=1, help=_("The number of a sample."))]
LIST = (
    Column("number", N_("Sample"), right=True, card=0),
    Column("month", N_("Month"), card=0),
    Column("rep", N_("Of"), card=0),
    Column("drawn", N_("Drawn"), right=True, card=1),
    Column("checked", N_("Checked"), right=True, card=1),
    Column("drawn_by", N_("Drawn by"), card=2),
    Column("drawn_on", N_("Drawn on"), card=2),
)
ITEMS = (
    Column("place", "#", right=True, card=0),
    Column("record", N_("Record"), card=0),
    Column("on", N_("Day"), card=1),
    Column("login", N_("Login"), card=1),
    Column("who", N_("Customer"), card=0),
    Column("verdict", N_("Verdict"), card=1),
    Column("text", N_("What was found"), wrap=True, card=1),
)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(app, "inspect", _("Random samples of records, checked by a supervisor; the bulletin of a month."))
    group.command(
        "draw", cls=MonthCommand, help=_("Draw records of a month at random, in a way that can be repeated.")
    )(draw)
    group.command("list", cls=MonthCommand, help=_("The samples that I may see."))(list_)
    group.command("show", cls=Command, help=_("The records of a sample, and what was found."))(show)
    group.command("find", cls=Command, help=_("Say what was found of a record."))(find)
    group.command("bulletin", cls=MonthCommand, help=_("What the samples of a month brought, person by person."))(
        bulletin
    )


def draw(
    ctx: typer.Context,
    size: Annotated[int, typer.Option("--size", metavar=_("N"), min=1, max=MOST, help=_("So many records."))],
    month: MonthOption = None,
    rep: Annotated[
        str | None, typer.Option("--rep", metavar=_("LOGIN"), help=_("Only records of this person."))
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option("--seed", metavar=_("TEXT"), help=_("What the lots follow from; one is thrown unless told.")),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Records that count today, of everybody whom I lead; none of my own. The same seed draws the same from the same records."""
    context = context_of(ctx)
    with context.unit() as unit:
        viewer = access.viewer(unit.sql, unit.actor)
        whom = staff.get_by_login(unit.sql, rep, former=True) if rep is not None else None
        found = inspections.draw(
            unit.session, unit.sql, month_of(month, unit.today), whom, size, seed or secrets.token_hex(4), viewer=viewer,
            actor=unit.actor, at=unit.now,
        )  # fmt: skip
        items = inspections.items(unit.sql, [found])
        company = unit.company
    if as_json:
        render.as_json(document(found, items, viewer, company))
    else:
        _show(found, items, viewer)


def list_(ctx: typer.Context, month: MonthOption = None, as_json: JsonOption = False) -> None:
    """All, or those of a month. Representatives see samples in which a record of theirs was checked."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, staff.required(context.actor(sql)))
        period = month_of(month, context.today(company)) if month is not None else None
        samples = inspections.samples(sql, period)
        seen: dict[int, list[Item]] = {one.number: [] for one in samples}
        for item in inspections.items(sql, samples):
            if inspections.may_see(viewer, item):
                seen[item.sample].append(item)
    found = [one for one in samples if seen[one.number]]
    if as_json:
        render.as_json([_card(one, seen[one.number], company) for one in found])
        return
    render.heading(_("Samples: {n}").format(n=len(found)))
    if found:
        render.table([_row(one, seen[one.number], company) for one in found], LIST)
    else:
        render.tell(_("None. One is drawn with: revisit inspect draw --size 10"))


def show(ctx: typer.Context, number: NumberArgument, as_json: JsonOption = False) -> None:
    """A record itself: revisit show CUSTOMER, or revisit amend N without more, which only shows it."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, staff.required(context.actor(sql)))
        found = inspections.get_sample(sql, number)
        items = [one for one in inspections.items(sql, [found]) if inspections.may_see(viewer, one)]
        inspections.require_sight(viewer, found, items)
    if as_json:
        render.as_json(document(found, items, viewer, company))
    else:
        with render.paged():
            _show(found, items, viewer)


def find(
    ctx: typer.Context,
    number: NumberArgument,
    place: Annotated[int, typer.Argument(metavar=_("PLACE"), min=1, help=_("The place of the record in it."))],
    verdict: Annotated[str, typer.Option("--verdict", metavar=_("WORD"), help=wording.words(VERDICTS))] = "",
    text: Annotated[str, typer.Option("--text", metavar=_("TEXT"), help=_("What was found."))] = "",
    evidence: Annotated[
        str,
        typer.Option("--evidence", metavar=_("NAME"), help=_("The recording or chat: name of a file, or its number.")),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """By a supervisor of whoever made the record, never by that person. Said again, it replaces what was said."""
    word = outcomes.word_of(verdict, VERDICTS, "--verdict")
    context = context_of(ctx)
    with context.unit() as unit:
        viewer = access.viewer(unit.sql, unit.actor)
        found = inspections.find(
            unit.session, unit.sql, number, place, word, text, evidence, viewer=viewer, actor=unit.actor, at=unit.now
        )
        company = unit.company
    if as_json:
        render.as_json(_item(found, viewer, company))
    else:
        told = _("Record #{record} of {login}: {verdict}.")
        render.tell(
            told.format(record=found.record, login=render.safe(found.login), verdict=wording.word(found.verdict))
        )


def bulletin(
    ctx: typer.Context,
    month: MonthOption = None,
    output: OutputOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """A record that several samples drew counts once, as it was checked last. What a verdict counts stands in the policy."""
    context, file = context_of(ctx), papers.file_of(output, yes=yes)

    def look(sql: Sql, company: CompanyInfo) -> tuple[dict[str, Any], Paper]:
        viewer, today = access.viewer(sql, staff.required(context.actor(sql))), context.today(company)
        period = month_of(month, today)
        found = inspections.bulletin(sql, targets.appraisal_of(company, period.start), period, viewer)
        return _bulletin(found, viewer, company), bulletin_paper(found, today)

    papers.put(context, file, look, as_json=as_json)


def document(one: Sample, items: Sequence[Item], viewer: Viewer, company: CompanyInfo) -> dict[str, Any]:
    """A sample with its records as a document gives it."""
    return _card(one, items, company) | {"items": [_item(item, viewer, company) for item in items]}


def _card(one: Sample, items: Sequence[Item], company: CompanyInfo) -> dict[str, Any]:
    return {
        "sample": one.number,
        "from": one.start,
        "to": one.end,
        "rep": one.rep or None,
        "size": one.size,
        "seed": one.seed,
        "population": one.population,
        "drawn": len(items),
        "checked": sum(bool(item.verdict) for item in items),
        "drawn_by": one.drawn_by,
        "drawn_at": scheduler.local_at(one.drawn_at, company),
    }


def _item(one: Item, viewer: Viewer, company: CompanyInfo) -> dict[str, Any]:
    return {
        "sample": one.sample,
        "place": one.place,
        "record": one.record,
        "customer": one.code,
        "name": viewer.name(one.name, one.owner),
        "on": one.on,
        "login": one.login,
        "channel": one.channel,
        "result": one.result,
        "corrected": one.changed,
        "void": one.void,
        "verdict": one.verdict or None,
        "finding": one.finding,
        "evidence": one.evidence,
        "checked_by": one.checked_by or None,
        "checked_at": scheduler.local_at(one.checked_at, company),
    }


def _bulletin(found: Bulletin, viewer: Viewer, company: CompanyInfo) -> dict[str, Any]:
    return {
        "period": papers.card(found.period),
        "samples": found.samples,
        "drawn": found.drawn,
        "checked": found.checked,
        "share": found.share,
        "score": appraisal.plain(found.score),
        "people": [
            {"login": one.login, "name": one.name, "drawn": one.drawn, "checked": one.checked}
            | one.verdicts
            | {"score": appraisal.plain(one.score)}
            for one in found.people
        ],
        "findings": [_item(one, viewer, company) for one in found.findings],
    }


def _show(one: Sample, items: Sequence[Item], viewer: Viewer) -> None:
    render.heading(
        render.safe(
            _("Sample {number}, {month} · {rep}").format(number=one.number, month=f"{one.start:%Y-%m}", rep=_of(one))
        )
    )
    told = _("Drawn by {login}: {drawn} of {population} records, seed {seed}; checked: {checked}.")
    checked = sum(bool(item.verdict) for item in items)
    render.paragraph(
        render.safe(
            told.format(
                login=one.drawn_by,
                drawn=min(one.size, one.population),
                population=one.population,
                seed=one.seed,
                checked=checked,
            )
        )
    )
    rows = [
        {
            "place": item.place, "record": f"#{item.record}", "on": item.on, "login": item.login,
            "who": f"{item.code} {viewer.name(item.name, item.owner)}",
            "verdict": wording.word(item.verdict) if item.verdict else "–", "text": found_in(item),
        }
        for item in items
    ]  # fmt: skip
    render.table(rows, ITEMS)


def _of(one: Sample) -> str:
    return one.rep or _("the team")


def _row(one: Sample, items: Sequence[Item], company: CompanyInfo) -> dict[str, Any]:
    at = scheduler.local_at(one.drawn_at, company)
    return {
        "number": one.number, "month": f"{one.start:%Y-%m}", "rep": _of(one), "drawn": len(items),
        "checked": sum(bool(item.verdict) for item in items), "drawn_by": one.drawn_by, "drawn_on": at.date() if at else "",
    }  # fmt: skip
