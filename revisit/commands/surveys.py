"""`revisit survey record|due|results|list|show|void`: what customers think of the work, by person and month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import typer

from revisit import access, audit, customers, render, scheduler, service, surveys, wording
from revisit.access import Viewer
from revisit.commands import matters, numbers, outcomes
from revisit.commands.options import Command, CustomerArgument, JsonOption, add_group, context_of
from revisit.commands.periods import MonthCommand, MonthOption, QuarterOption
from revisit.company import CompanyInfo
from revisit.context import bad_when
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _
from revisit.matters import wall
from revisit.policy import survey as policy
from revisit.policy.periods import Kind, Period, parse_period
from revisit.policy.survey import GRADES, ITEMS, Figures
from revisit.policy.when import WhenError
from revisit.render import Column
from revisit.surveys import Said, Survey

NumberArgument = Annotated[int, typer.Argument(metavar=_("NUMBER"), min=1, help=_("The number of a survey."))]
DUE = (
    Column("number", N_("Job"), card=0),
    Column("who", N_("Customer"), card=0),
    Column("done", N_("Finished"), card=1),
    Column("worker", N_("Who did it"), card=1),
    Column("what", N_("What"), wrap=True, card=2),
)
VIEW = (
    Column("number", N_("Survey"), right=True, card=0),
    Column("on", N_("Asked"), card=1),
    Column("who", N_("Customer"), card=0),
    Column("staff", N_("About"), card=0),
    Column("attitude", N_("Attitude"), card=2),
    Column("skill", N_("Skill"), card=2),
    Column("arrival", N_("Arrival"), card=3),
    Column("promises", N_("Promises"), card=3),
    Column("more", "", wrap=True, card=1, soft=True),
)
ITEM = (
    Column("item", N_("Item"), card=0),
    *(Column(grade, title, right=True, card=2) for grade, title in zip(
        GRADES, (N_("Very satisfied"), N_("Satisfied"), N_("Fair"), N_("Poor")), strict=True
    )),
)  # fmt: skip
PEOPLE = (
    Column("person", N_("Person"), card=0),
    Column("month", N_("Month"), card=0),
    Column("surveys", N_("Surveys"), right=True, card=2),
    Column("score", N_("Score"), right=True, card=2),
    *(Column(item, title, card=2) for item, title in zip(
        ITEMS, (N_("Attitude"), N_("Skill"), N_("Arrival"), N_("Promises")), strict=True
    )),
)  # fmt: skip
BY = ("item", "person")


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(app, "survey", _("What customers think of the work: asked, counted by person and month."))
    group.command("record", cls=Command, help=_("What a customer answered: four items, four grades."))(record)
    group.command("due", cls=Command, help=_("Finished service jobs that the customer was not asked about yet."))(due)
    group.command("results", cls=MonthCommand, help=_("Counts, shares and scores of a month or quarter."))(results)
    group.command("list", cls=MonthCommand, help=_("The surveys of a month or quarter that I may see."))(list_)
    group.command("show", cls=Command, help=_("One survey."))(show)
    group.command("void", cls=Command, help=_("Take a survey back that is wrong: it counts no more."))(void)


def record(
    ctx: typer.Context,
    customer: CustomerArgument,
    job: Annotated[
        int | None,
        typer.Option(
            "--job", metavar=_("NUMBER"), parser=numbers.job, help=_("The finished service job that it is about.")
        ),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option("--staff", metavar=_("LOGIN"), help=_("The person it is about, where it is about no job.")),
    ] = None,
    attitude: Annotated[str, typer.Option("--attitude", metavar=_("WORD"), help=wording.words(GRADES))] = "",
    skill: Annotated[str, typer.Option("--skill", metavar=_("WORD"), help=_("The same words."))] = "",
    arrival: Annotated[
        str, typer.Option("--arrival", metavar=_("WORD"), help=_("Whether somebody came in time; the same words."))
    ] = "",
    promises: Annotated[
        str, typer.Option("--promises", metavar=_("WORD"), help=_("Whether promises were kept; the same words."))
    ] = "",
    note: Annotated[str, typer.Option("--note", metavar=_("TEXT"), help=_("What the customer said of it."))] = "",
    grave: Annotated[
        bool, typer.Option("--grave", help=_("A grave complaint: an urgent case that the vice president decides."))
    ] = False,
    at_once: Annotated[bool, typer.Option("--at-once", help=_("What was poor has to be solved at once."))] = False,
    on: Annotated[
        str | None, typer.Option("--on", metavar=_("DATE"), help=_("When the customer was asked; otherwise today."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """After each finished service job, and from time to time (P4). What was poor opens a case."""
    typed = dict(zip(ITEMS, (attitude, skill, arrival, promises), strict=True))
    said = Said(
        {item: outcomes.word_of(word, GRADES, f"--{item}") for item, word in typed.items()}, note, grave, at_once
    )
    context = context_of(ctx)
    with context.unit() as unit:
        viewer = access.viewer(unit.sql, unit.actor)
        customer_id = customers.get_customer(unit.sql, customer, viewer)
        access.require(unit.sql, unit.actor, "log", customer_id)
        about = service.get_job(unit.sql, job) if job is not None else None
        whom = surveys.about(unit.sql, customer_id, job=about, login=person)
        day = context.day(on, unit.company)
        _check_day(day, about, unit.company, unit.today)
        written = surveys.record(
            unit.session, unit.sql, unit.company, customer_id, whom, said, actor=unit.actor, on=day, at=unit.now
        )
    if as_json:
        render.as_json(document(written, viewer, unit.company))
        return
    told = _("Survey {number} about {person} is on record.")
    render.tell(told.format(number=written.number, person=render.safe(written.staff_name)))
    if written.case is not None:
        render.tell(_("Case {number} is open.").format(number=written.case))


def due(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Every job for a customer is asked about once (P4)."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        found = surveys.due(sql, viewer)
    if as_json:
        render.as_json(
            [
                {
                    "job": one.matter.number, "customer": one.code, "name": service.sees_name(viewer, one),
                    "ended_at": scheduler.local_at(one.ended_at, company), "worker": one.worker, "what": one.what,
                }
                for one in found
            ]
        )  # fmt: skip
        return
    render.heading(_("To be asked about: {n}").format(n=len(found)))
    if not found:
        render.tell(_("None. Every finished job was asked about."))
        return
    rows = [
        {
            "number": one.matter.number, "who": f"{one.code} {service.sees_name(viewer, one)}", "worker": one.worker_name,
            "done": matters.shown_at(wall(one.ended_at, company)) if one.ended_at else "", "what": one.what,
        }
        for one in found
    ]  # fmt: skip
    render.table(rows, DUE)


def results(
    ctx: typer.Context,
    month: MonthOption = None,
    quarter: QuarterOption = None,
    by: Annotated[str, typer.Option("--by", metavar="|".join(BY), help=_("What the table has a line for."))] = "item",
    as_json: JsonOption = False,
) -> None:
    """Representatives see their own, supervisors those of the team. The weights of the score stand in: revisit policy show"""
    if by not in BY:
        raise WrongUsage(
            N_("{option} does not know the word {word}"),
            N_("one of: {known}"),
            option="--by",
            word=by,
            known=", ".join(BY),
        )
    context = context_of(ctx)
    with context.reading() as (sql, company):
        period = period_of(month, quarter, context.today(company))
        found = surveys.about_people(sql, access.viewer(sql, context.actor(sql)), period)
    counted = surveys.answers(company, found)
    names = {one.staff: one.staff_name for one in found}
    whole = policy.figures([answer.grades for answer, _weights in counted], [weights for _answer, weights in counted])
    people = policy.by_person(counted)
    if as_json:
        render.as_json(
            {"period": {"from": period.start, "to": period.end, "label": period.label}}
            | _figures(whole)
            | {"people": [
                {"staff": who, "name": names[who], "month": month_} | _figures(one) for (who, month_), one in people.items()
            ]}
        )  # fmt: skip
        return
    score = _("score {score}").format(score=whole.score) if whole.score is not None else _("no score")
    render.heading(_("Surveys, {period}: {n} · {score}").format(period=period.label, n=whole.surveys, score=score))
    if not whole.surveys:
        render.tell(_("None. What is to be asked: revisit survey due"))
    elif by == "person":
        render.table([_person_row(names[who], month_, one) for (who, month_), one in people.items()], PEOPLE)
        render.tell(_("Very satisfied / satisfied / fair / poor"))
    else:
        render.table([_item_row(item, whole) for item in ITEMS], ITEM)


def list_(
    ctx: typer.Context, month: MonthOption = None, quarter: QuarterOption = None, as_json: JsonOption = False
) -> None:
    """Those taken back stand there as well."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        period = period_of(month, quarter, context.today(company))
        found = surveys.within(sql, viewer, period)
    if as_json:
        render.as_json([document(one, viewer, company) for one in found])
        return
    render.heading(_("Surveys, {period}: {n}").format(period=period.label, n=len(found)))
    if found:
        render.table([_row(one, viewer) for one in found], VIEW)
    else:
        render.tell(_("None. What is to be asked: revisit survey due"))


def show(ctx: typer.Context, number: NumberArgument, as_json: JsonOption = False) -> None:
    """Whom it is about, what was answered, what came of it."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        found = surveys.get_survey(sql, number)
        surveys.require_sight(sql, viewer, found)
    if as_json:
        render.as_json(document(found, viewer, company))
        return
    render.heading(render.safe(f"{found.number} {found.code} {viewer.name(found.name, found.owner)}"))
    rows = [
        (_("About"), found.staff_name),
        (_("Job"), f"S{found.job}" if found.job else ""),
        (_("Asked"), f"{found.asked_on} · {found.by}"),
        *((wording.word(item), wording.word(grade)) for item, grade in found.grades.items()),
        (_("Note"), found.note),
        (_("Grave"), _("yes") if found.grave else ""),
        (_("Case"), f"#{found.case}" if found.case else ""),
        (_("Taken back"), found.void_reason),
    ]
    render.pairs([(title, render.safe(text)) for title, text in rows if text])


def void(
    ctx: typer.Context,
    number: NumberArgument,
    reason: Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why; it stands on record."))] = "",
    as_json: JsonOption = False,
) -> None:
    """For supervisors, of another's work. The case that it opened stays."""
    context = context_of(ctx)
    with context.unit() as unit:
        viewer = access.viewer(unit.sql, unit.actor)
        found = surveys.get_survey(unit.sql, number)
        surveys.require_sight(unit.sql, viewer, found)
        access.require(unit.sql, unit.actor, "assign", found.customer_id)
        found = surveys.void(unit.session, unit.sql, number, audit.reason_of(reason), actor=unit.actor)
        company = unit.company
    if as_json:
        render.as_json(document(found, viewer, company))
    else:
        render.tell(_("Survey {number} counts no more.").format(number=number))


def document(survey: Survey, viewer: Viewer, company: CompanyInfo) -> dict[str, Any]:
    """A survey as a document gives it."""
    return {
        "survey": survey.number,
        "customer": survey.code,
        "name": viewer.name(survey.name, survey.owner),
        "staff": survey.staff,
        "staff_name": survey.staff_name,
        "job": f"S{survey.job}" if survey.job else None,
        "revisit": survey.revisit,
        "on": survey.asked_on,
        "at": scheduler.local_at(survey.at, company),
        "by": survey.by,
        **survey.grades,
        "note": survey.note,
        "grave": survey.grave,
        "case": survey.case,
        "void": survey.void_reason or None,
    }


def period_of(month: str | None, quarter: str | None, today: date) -> Period:
    """The month or quarter that was asked for, else this month. Raises WrongUsage."""
    if month is not None and quarter is not None:
        raise WrongUsage(N_("--month and --quarter exclude each other"), N_("name one of them"))
    kind: Kind = "quarter" if quarter is not None else "month"
    try:
        return parse_period(kind, quarter if quarter is not None else month, today)
    except WhenError as error:
        raise bad_when(error) from error


def _check_day(day: date, job: service.Job | None, company: CompanyInfo, today: date) -> None:
    done = wall(job.ended_at, company).date() if job is not None and job.ended_at is not None else None
    if day > today or (done is not None and day < done):
        raise Refused(
            N_("the customer cannot have been asked on {day}"),
            N_("name a day since the work was finished, up to today"),
            day=day,
        )


def _figures(one: Figures) -> dict[str, Any]:
    items = {
        item: {grade: {"n": one.counts[item][grade], "share": one.share(item, grade)} for grade in GRADES}
        for item in ITEMS
    }
    return {"surveys": one.surveys, "score": one.score, "items": items}


def _item_row(item: str, one: Figures) -> dict[str, Any]:
    shares = {grade: f"{one.counts[item][grade]} ({one.share(item, grade):.0%})" for grade in GRADES}
    return {"item": wording.word(item), **shares}


def _person_row(name: str, month: str, one: Figures) -> dict[str, Any]:
    counts = {item: " / ".join(str(one.counts[item][grade]) for grade in GRADES) for item in ITEMS}
    return {"person": name, "month": month, "surveys": one.surveys, "score": one.score, **counts}


def _row(one: Survey, viewer: Viewer) -> dict[str, Any]:
    more: Sequence[str] = (
        _("taken back: {reason}").format(reason=one.void_reason) if one.void_reason else "",
        _("grave") if one.grave else "",
        f"#{one.case}" if one.case else "",
        one.note,
    )
    return {
        "number": one.number,
        "on": f"{one.asked_on:%m-%d}",
        "who": f"{one.code} {viewer.name(one.name, one.owner)}",
        "staff": one.staff_name,
        **{item: wording.word(grade) for item, grade in one.grades.items()},
        "more": " · ".join(filter(None, more)),
    }
