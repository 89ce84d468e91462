"""`revisit target set|list|show`: what people are to reach in a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

import typer

from revisit import access, appraisal, render, scheduler, staff, targets
from revisit.commands.options import JsonOption, add_group, context_of
from revisit.commands.periods import MonthCommand, MonthOption, month_of
from revisit.company import CompanyInfo
from revisit.errors import WrongUsage
from revisit.i18n import N_, _, language
from revisit.policy.months import month_end
from revisit.policy.scoring import Indicator
from revisit.render import Column
from revisit.targets import Target

LoginArgument = Annotated[str, typer.Argument(metavar=_("LOGIN"), help=_("Whose: a staff login."))]
VIEW = (
    Column("login", N_("Login"), card=0),
    Column("name", N_("Name"), soft=True, card=0),
    Column("title", N_("Indicator"), card=1),
    Column("target", N_("Target"), right=True, card=1),
    Column("set_by", N_("Set by"), card=2),
    Column("set_on", N_("Set on"), card=2),
)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(app, "target", _("What people are to reach in a month."))
    group.command("set", cls=MonthCommand, help=_("Set the target of a person, or set it anew."))(set_)
    group.command("list", cls=MonthCommand, help=_("The targets of a month that I may see."))(list_)
    group.command("show", cls=MonthCommand, help=_("The targets of a person, and what has none yet."))(show)


def set_(
    ctx: typer.Context,
    login: LoginArgument,
    indicator: Annotated[
        str, typer.Argument(metavar=_("INDICATOR"), help=_("By which one: its name in the policy, or its title."))
    ],
    value: Annotated[str, typer.Argument(metavar=_("VALUE"), help=_("A number, or a share such as 95%."))],
    month: MonthOption = None,
    as_json: JsonOption = False,
) -> None:
    """By a supervisor of the team or an administrator. The indicators that have targets: revisit target show LOGIN"""
    wanted = number_of(value)
    context = context_of(ctx)
    with context.unit() as unit:
        start = month_of(month, unit.today).start
        found = targets.set_target(
            unit.session, unit.sql, unit.company, staff.get_by_login(unit.sql, login), start, indicator, wanted,
            viewer=access.viewer(unit.sql, unit.actor), actor=unit.actor, at=unit.now,
        )  # fmt: skip
        company = unit.company
    if as_json:
        render.as_json(document(found, company))
        return
    told = _("{login}, {month}: {title} {value}.")
    render.tell(
        told.format(
            login=render.safe(found.login),
            month=f"{found.month:%Y-%m}",
            title=render.safe(_indicator(company, found).says[language()]),
            value=_shown(company, found),
        )
    )


def list_(
    ctx: typer.Context,
    month: MonthOption = None,
    rep: Annotated[str | None, typer.Option("--rep", metavar=_("LOGIN"), help=_("Only this person."))] = None,
    as_json: JsonOption = False,
) -> None:
    """Representatives see their own, supervisors those of the team."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        period = month_of(month, context.today(company))
        found = targets.visible(sql, access.viewer(sql, context.actor(sql)), period.start)
        if rep is not None:
            whom = staff.get_by_login(sql, rep, former=True).id
            found = [one for one in found if one.staff_id == whom]
    if as_json:
        render.as_json([document(one, company) for one in found])
        return
    render.heading(_("Targets, {month}: {n}").format(month=period.label, n=len(found)))
    if found:
        render.table([_row(company, one) for one in found], VIEW)
    else:
        render.tell(_("None. One is set with: revisit target set LOGIN INDICATOR VALUE"))


def show(ctx: typer.Context, login: LoginArgument, month: MonthOption = None, as_json: JsonOption = False) -> None:
    """Which indicators have targets is said by the policy, for each post."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, staff.required(context.actor(sql)))
        period = month_of(month, context.today(company))
        person = staff.get_by_login(sql, login, former=True)
        access.require_about(viewer, "score", person, table="staff", row_id=person.id)
        indicators = targets.indicators_of(company, person, period.start)
        found = [one for one in targets.of_month(sql, period.start) if one.staff_id == person.id]
    missing = [one for one in indicators if one.name not in {target.indicator for target in found}]
    if as_json:
        render.as_json(
            {
                "login": person.login,
                "month": period.label,
                "targets": [document(one, company) for one in found],
                "without": [one.name for one in missing],
            }
        )
        return
    render.heading(render.safe(f"{person.login} {person.name} · {period.label}"))
    _show(company, found, missing)


def _show(company: CompanyInfo, found: Sequence[Target], missing: Sequence[Indicator]) -> None:
    rows = [_row(company, one) for one in found]
    rows += [{"title": _called(one), "target": "–", "set_by": "", "set_on": ""} for one in missing]
    if rows:
        render.table(rows, VIEW[2:])
    else:
        render.tell(_("No indicator of this post goes by a target."))


def document(one: Target, company: CompanyInfo) -> dict[str, Any]:
    """A target as a document gives it."""
    return {
        "login": one.login,
        "name": one.name,
        "month": f"{one.month:%Y-%m}",
        "indicator": one.indicator,
        "target": appraisal.plain(one.value),
        "set_by": one.set_by,
        "set_at": scheduler.local_at(one.set_at, company),
    }


def number_of(text: str) -> Fraction:
    """A number that was typed; of a share in percent. Raises WrongUsage."""
    plain = text.strip().replace(",", "").replace("，", "").removesuffix("%").removesuffix("％")
    try:
        if plain.isascii() and plain.replace(".", "", 1).isdigit():
            return Fraction(plain)
    except ValueError:
        pass
    raise WrongUsage(N_("{value} is no number"), N_("for example 120, or 95%"), value=text)


def _row(company: CompanyInfo, one: Target) -> dict[str, Any]:
    at = scheduler.local_at(one.set_at, company)
    return {
        "login": one.login,
        "name": one.name,
        "title": _called(_indicator(company, one)),
        "target": _shown(company, one),
        "set_by": one.set_by,
        "set_on": at.date() if at else "",
    }


def _called(indicator: Indicator) -> str:
    return _("{title} ({why})").format(title=indicator.says[language()], why=indicator.name)


def _shown(company: CompanyInfo, one: Target) -> str:
    return targets.shown(one.value, _indicator(company, one).kind)


def _indicator(company: CompanyInfo, one: Target) -> Indicator:
    """The indicator of a target; of one that the policy no longer knows only the name is left."""
    known = company.policies.on(month_end(date(one.month.year, one.month.month, 1))).appraisal.indicators
    return known.get(one.indicator) or Indicator(
        one.indicator, {"zh": one.indicator, "en": one.indicator}, "contacts.total", "target"
    )
