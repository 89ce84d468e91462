"""Targets: what a person is to reach in a month, by indicators of the policy that go by one; set by whoever leads the person.

Clause: P1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from revisit import access, alike, audit
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, day, instant
from revisit.errors import NotedRefusal, Refused, WrongUsage
from revisit.i18n import N_
from revisit.policy.access import may
from revisit.policy.months import month_end
from revisit.policy.scoring import Appraisal, Indicator
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

THOUSANDTHS = 1000
HIGHEST = 1_000_000
REPRESENTATIVE = "service-representative"
"""The post (posts.toml) of a representative of whom no post is on record."""
LOCK_ON_SERVER = "LOCK TABLE target IN SHARE ROW EXCLUSIVE MODE"
COLUMNS = "t.id, t.staff_id, s.login, s.name, t.month, t.indicator, t.value, b.login, t.set_at"
OF_MONTH = f"""
SELECT {COLUMNS} FROM target t JOIN staff s ON s.id = t.staff_id JOIN staff b ON b.id = t.set_by
WHERE t.month = :month ORDER BY t.staff_id, t.id
"""
CHANGE = "UPDATE target SET value = :value, set_by = :set_by, set_at = :set_at WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Target:
    """A target as it is kept: whose, in the month that begins on `month`, by which indicator, how much (things, percent,
    points), and who (login) set it last, when."""

    id: int
    staff_id: int
    login: str
    name: str
    month: date
    indicator: str
    value: Fraction
    set_by: str
    set_at: datetime | None


def of_month(sql: Sql, month: date) -> list[Target]:
    """Everybody's targets of the month that begins on that day."""
    return [
        Target(id_, staff_id, login, name, day(on) or month, indicator, Fraction(value, THOUSANDTHS), by, instant(at))
        for id_, staff_id, login, name, on, indicator, value, by, at in sql.rows(OF_MONTH, month=month)
    ]


def visible(sql: Sql, viewer: Viewer, month: date) -> list[Target]:
    """The targets of a month that somebody may see: the own ones, those of the team."""
    return [one for one in of_month(sql, month) if may("score", viewer.side(one.staff_id))]


def appraisal_of(company: CompanyInfo, month: date) -> Appraisal:
    """The indicators and weights of a month: those in force at its end."""
    return company.policies.on(month_end(month)).appraisal


def post_of(person: StaffMember) -> str:
    """The post by which somebody is appraised."""
    return person.post or (REPRESENTATIVE if person.role == "representative" else "")


def indicators_of(company: CompanyInfo, person: StaffMember, month: date) -> list[Indicator]:
    """What a person has targets by in a month. Raises Refused where nothing is weighed for the post."""
    appraisal = appraisal_of(company, month)
    weights = appraisal.posts.get(post_of(person))
    if weights is None:
        raise Refused(
            N_("nothing is weighed for the post of {login}"), N_("posts and weights stand in the policy: revisit policy show"),
            login=person.login,
        )  # fmt: skip
    return [appraisal.indicators[name] for name in weights if appraisal.indicators[name].points == "target"]


def set_target(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    person: StaffMember,
    month: date,
    indicator: str,
    value: Fraction,
    *,
    viewer: Viewer,
    actor: StaffMember,
    at: datetime,
) -> Target:
    """Sets what a person is to reach in the month that begins on that day, or sets it anew. Raises NotedRefusal, Refused and
    WrongUsage."""
    from revisit.models import Target as Row

    if person.id == actor.id:
        raise NotedRefusal(
            N_("nobody sets the own target"), N_("let another supervisor set it"), table="target", row_id=None,
            customer_id=None, action="target",
        )  # fmt: skip
    access.require_about(viewer, "target", person, table="target", row_id=None)
    found = find_indicator(indicators_of(company, person, month), indicator)
    thousandths = _thousandths(found, value)
    if sql.server:
        sql.run(LOCK_ON_SERVER)
    old = next((one for one in of_month(sql, month) if (one.staff_id, one.indicator) == (person.id, found.name)), None)
    news: dict[str, Any] = {"value": thousandths, "set_by": actor.id, "set_at": at}
    if old is None:
        row = Row(staff_id=person.id, month=month, indicator=found.name, **news)
        session.add(row)
        session.flush()
        row_id = row.id
    else:
        row_id = old.id
        sql.run(CHANGE, id=old.id, **news)
    whose = {"staff_id": person.id, "month": f"{month:%Y-%m}", "indicator": found.name}
    audit.changed(
        session, action="update" if old else "create", table="target", row_id=row_id,
        before={"value": shown(old.value)} if old else None, after={"value": shown(value)} | ({} if old else whose),
    )  # fmt: skip
    return next(one for one in of_month(sql, month) if one.id == row_id)


def find_indicator(among: list[Indicator], typed: str) -> Indicator:
    """The indicator of that name, or called so in either language. Raises WrongUsage."""
    word = alike.word(typed)
    for one in among:
        if word in [alike.word(name) for name in (one.name, *one.says.values())]:
            return one
    raise WrongUsage(
        N_("no target goes by {indicator}"), N_("indicators with a target: {known}"), indicator=typed,
        known=", ".join(one.name for one in among) or "–",
    )  # fmt: skip


def shown(value: Fraction, kind: str = "") -> str:
    """A number as it is written: 120, 92.5; a share in percent: 92.5%."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".") + ("%" if kind == "share" else "")


def _thousandths(indicator: Indicator, value: Fraction) -> int:
    """A target as it is kept. Raises WrongUsage for one that nobody could reach, or that says nothing."""
    whole = indicator.kind == "number"
    most = HIGHEST if whole else 100
    if not 0 < value <= most or (value * (1 if whole else 10)).denominator != 1:
        raise WrongUsage(
            N_("{value} is no target by {indicator}"),
            N_("a whole number from 1 to {most}") if whole else N_("more than 0 and up to {most}, with one decimal at most"),
            value=shown(value), indicator=indicator.name, most=most,
        )  # fmt: skip
    return int(value * THOUSANDTHS)
