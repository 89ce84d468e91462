"""`revisit appraise`: score sheets by person, of a month, a quarter or a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

import typer

from revisit import access, appraisal, posts, render, staff, targets
from revisit.appraisal import Appraised, Month
from revisit.commands import periods
from revisit.commands.options import JsonOption, context_of
from revisit.commands.periods import MonthCommand, MonthOption, QuarterOption, YearOption
from revisit.commands.targets import shown
from revisit.i18n import N_, _, language
from revisit.policy.periods import Kind, Period, period_of
from revisit.policy.scoring import WHOLE, Line
from revisit.render import Column

SHEET = (
    Column("title", N_("Indicator"), card=0),
    Column("figure", N_("Actual"), right=True, card=2),
    Column("target", N_("Target"), right=True, card=2),
    Column("points", N_("Points"), right=True, card=2),
    Column("weight", N_("Weight"), right=True, card=2),
    Column("weighted", N_("Counts"), right=True, card=2),
)
BEHIND = (Column("title", N_("Indicator"), card=0), Column("what", N_("Rows behind"), wrap=True, card=1))
PEOPLE = (Column("login", N_("Login"), card=0), Column("name", N_("Name"), card=0))
MISSING = {"figure": N_("nothing to count"), "target": N_("no target")}
SCORES = (Column("score", N_("Score"), right=True, card=1), Column("counted", N_("Counted"), right=True, card=2))
MONTHS = (Column("month", N_("Month"), card=0), *SCORES)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("appraise", cls=MonthCommand, help=_("Score sheets: indicators, figures, points, weights, the score."))(
        appraise
    )


def appraise(
    ctx: typer.Context,
    month: MonthOption = None,
    quarter: QuarterOption = None,
    year: YearOption = None,
    rep: Annotated[
        str | None, typer.Option("--rep", metavar=_("LOGIN"), help=_("The sheet of this person, line by line."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Indicators and weights stand in the policy, by post. Representatives see their own sheet, supervisors those of the team."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        today = context.today(company)
        period = periods.period_of(month, quarter, year, today)
        viewer = access.viewer(sql, staff.required(context.actor(sql)))
        whom = staff.get_by_login(sql, rep, former=True) if rep is not None else None
        found = appraisal.appraise(sql, company, period, today, viewer, whom=whom)
    if as_json:
        render.as_json(appraisal.document(found, period, today))
        return
    with render.paged():
        _show(found, period, today)


def _show(found: Sequence[Appraised], period: Period, on: date) -> None:
    if not found or not found[0].months:
        render.heading(_("Appraisal, {period}").format(period=period.label))
        render.tell(
            _("No sheet: it has not begun, or nobody whom I may see has a post for which something is weighed.")
        )
    elif len(found) > 1:
        _show_people(found, period, on)
    elif _kind(period) == "month":
        _show_sheet(found[0], found[0].months[0], on)
    else:
        _show_months(found[0], period, on)


def _show_people(found: Sequence[Appraised], period: Period, on: date) -> None:
    """Everybody by month; of a year by quarter."""
    render.heading(_("Appraisal, {period}").format(period=period.label))
    render.tell(_("As it stood on {day}.").format(day=on))
    rows: list[dict[str, Any]] = []
    titles: dict[str, str] = {}
    for one in found:
        parts = {month.period.label: month.score for month in one.months}
        parts = {"year": one.quarters(), "quarter": parts, "month": {}}[_kind(period)]
        titles |= {label: label for label in parts}
        row: dict[str, Any] = {label: score_of(score) for label, score in parts.items()}
        counted = f"{one.months[0].sheet.counted}%" if len(one.months) == 1 and one.months[0].sheet else ""
        rows.append(
            row | {"login": one.person.login, "name": one.person.name, "score": score_of(one.score), "counted": counted}
        )
    parts_view = tuple(Column(label, label, right=True, card=2) for label in titles)
    render.table(rows, (*PEOPLE, *parts_view, *(SCORES if not titles else SCORES[:1])))
    render.paragraph(_("A sheet: revisit appraise {option} --rep LOGIN").format(option=_option(period)))


def _show_sheet(one: Appraised, month: Month, on: date) -> None:
    """A person's month, line by line."""
    _head(one, month.period, month.score, on)
    if month.sheet is None:
        render.tell(_("Nothing was weighed for this post then."))
        return
    lines = month.sheet.lines
    render.table([_line(line) for line in lines], SHEET)
    missing = [
        _("{title} ({why})").format(title=_title(line), why=_(MISSING[line.missing])) for line in lines if line.missing
    ]
    if missing:
        told = _("Not counted, the others share the weight ({counted} of {whole} counts): {missing}")
        render.paragraph(told.format(counted=month.sheet.counted, whole=WHOLE, missing=_("; ").join(missing)))
    render.tell()
    command = f"revisit report trace {month.period.label} {_('FIGURE')} --rep {one.person.login}"
    render.paragraph(_("The rows behind: {command}, with FIGURE of this list").format(command=render.safe(command)))
    render.table([{"title": _title(line), "what": _behind(line, month, one)} for line in lines], BEHIND)


def _show_months(one: Appraised, period: Period, on: date) -> None:
    """A person's quarter or year, month by month."""
    _head(one, period, one.score, on)
    rows: list[dict[str, Any]] = []
    for label, score in one.quarters().items():
        months = [month for month in one.months if period_of("quarter", month.period.start).label == label]
        rows += [
            {
                "month": month.period.label, "score": score_of(month.score),
                "counted": f"{month.sheet.counted}%" if month.sheet else "",
            }
            for month in months
        ]  # fmt: skip
        if label != period.label:
            rows.append({"month": label, "score": score_of(score), "counted": ""})
    render.table(rows, MONTHS)
    render.paragraph(_("The score is the mean of the months that have one."))
    login = render.safe(one.person.login)
    render.paragraph(_("A sheet: revisit appraise {option} --rep {login}").format(option="--month M", login=login))


def _head(one: Appraised, period: Period, score: Fraction | None, on: date) -> None:
    post = posts.shown_post(posts.load_posts(), targets.post_of(one.person))
    parts = (
        f"{one.person.login} {one.person.name}",
        period.label,
        post,
        _("overall score {score}").format(score=score_of(score)),
    )
    render.heading(render.safe(" · ".join(parts)))
    render.tell(_("As it stood on {day}.").format(day=on))


def score_of(score: Fraction | None) -> str:
    """A score as it stands in a cell."""
    return "–" if score is None else f"{float(score):.1f}"


def _line(line: Line) -> dict[str, str]:
    by_target = line.indicator.points == "target"
    return {
        "title": _title(line),
        "figure": shown(line.value, line.indicator.kind),
        "target": shown(line.target, line.indicator.kind) if by_target else "",
        "points": score_of(line.points),
        "weight": str(line.weight),
        "weighted": "–" if line.weighted is None else f"{float(line.weighted):.2f}",
    }


def _title(line: Line) -> str:
    return str(line.indicator.says[language()])


def _behind(line: Line, month: Month, one: Appraised) -> str:
    figure = line.indicator.figure
    parts = appraisal.parts_of(figure)
    return ", ".join(parts or appraisal.trace(month.period.label, one.person.login, figure))


def _option(period: Period) -> str:
    return f"--{_kind(period)} {period.label}"


def _kind(period: Period) -> Kind:
    kinds: tuple[Kind, ...] = ("year", "quarter", "month")
    return next(kind for kind in kinds if period_of(kind, period.start) == period)
