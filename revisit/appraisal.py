"""Appraisals: the score sheet of a person's month, and what months make of a quarter or year. Clause: P0.

Figures are those of the report, counted once for everybody; the scores of the opinion survey and of inspections stand beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from revisit import access, figures, inspections, staff, surveys, targets
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import Refused
from revisit.figures import Counts
from revisit.figures.catalogue import FIGURES, SHARES
from revisit.figures.counting import share_of
from revisit.figures.marks import Marked
from revisit.i18n import N_
from revisit.policy import periods, scoring
from revisit.policy import survey as opinions
from revisit.policy.access import may
from revisit.policy.months import plus_months
from revisit.policy.periods import Period
from revisit.policy.scoring import Sheet
from revisit.staff import StaffMember

SURVEY, INSPECTION = "survey.score", "inspection.score"
Values = Mapping[int, Mapping[str, Fraction | None]]
"""Figures by person (staff id) and name, in percent, points or things; None: there is nothing to tell."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a person; no sheet: nothing was weighed for the post."""

    period: Period
    sheet: Sheet | None

    @property
    def score(self) -> Fraction | None:
        """None: nothing counts."""
        return self.sheet.score if self.sheet else None


@dataclass(frozen=True, slots=True)
class Appraised:
    """A person's months, and their mean."""

    person: StaffMember
    months: tuple[Month, ...]

    @property
    def score(self) -> Fraction | None:
        """Of the months that have a score."""
        return scoring.mean(one.score for one in self.months)

    def quarters(self) -> dict[str, Fraction | None]:
        """The score of each quarter that months belong to, by its label."""
        found: dict[str, list[Fraction | None]] = {}
        for one in self.months:
            found.setdefault(periods.period_of("quarter", one.period.start).label, []).append(one.score)
        return {label: scoring.mean(scores) for label, scores in found.items()}


def appraise(
    sql: Sql, company: CompanyInfo, period: Period, on: date, viewer: Viewer, *, whom: StaffMember | None = None
) -> list[Appraised]:
    """The sheets of a period as it stands on a day: of a person, or of everybody somebody may see who works here and has a post
    for which something is weighed. Raises NotedRefusal and Refused."""
    months = months_of(period, company, on)
    people = _people(sql, company, months, viewer, whom)
    found: dict[int, list[Month]] = {one.id: [] for one in people}
    for month in months:
        weighed = targets.appraisal_of(company, month.start)
        values = values_of(sql, company, month, on)
        goals: dict[int, dict[str, Fraction]] = {}
        for one in targets.of_month(sql, month.start):
            goals.setdefault(one.staff_id, {})[one.indicator] = one.value
        for person in people:
            post = targets.post_of(person)
            known = post in weighed.posts
            sheet = scoring.sheet(weighed, post, values.get(person.id, {}), goals.get(person.id, {})) if known else None
            found[person.id].append(Month(month, sheet))
    return [Appraised(one, tuple(found[one.id])) for one in people]


def months_of(period: Period, company: CompanyInfo, on: date) -> list[Period]:
    """The months of a period that have begun, from the programme's start on."""
    first = period.start
    found = []
    while first <= min(period.end, on):
        month = periods.period_of("month", first)
        if month.end >= company.start_on:
            found.append(month)
        first = plus_months(first, 1)
    return found


def values_of(sql: Sql, company: CompanyInfo, month: Period, on: date) -> Values:
    """Everybody's figures of a month by which somebody is appraised."""
    names = {one.figure for one in targets.appraisal_of(company, month.start).indicators.values()}
    found: dict[int, dict[str, Fraction | None]] = {}
    for name, by_person in _counted(sql, company, month, on, names - {SURVEY, INSPECTION}).items():
        for who, value in by_person.items():
            found.setdefault(who, {})[name] = value
    if SURVEY in names:
        for who, score in _survey_scores(sql, company, month).items():
            found.setdefault(who, {})[SURVEY] = score
    if INSPECTION in names:
        for who, score in inspections.scores(sql, targets.appraisal_of(company, month.start), month).items():
            found.setdefault(who, {})[INSPECTION] = score
    return found


def parts_of(figure: str) -> tuple[str, ...]:
    """The figures that can be traced behind one: of a share those it is made of; of a score none."""
    if figure in SHARES:
        return tuple(dict.fromkeys((*SHARES[figure].part, *SHARES[figure].whole)))
    return (figure,) if figure in FIGURES else ()


def _counted(
    sql: Sql, company: CompanyInfo, month: Period, on: date, names: set[str]
) -> dict[str, dict[int, Fraction | None]]:
    """Figures and shares of everybody: each source is read once, and its rows are laid out by whose they are."""
    sources = sorted({FIGURES[part].source for name in names for part in parts_of(name)})
    whole = figures.count(sql, figures.span_of(company, month, on), sources)
    rows: dict[int, dict[str, list[Marked]]] = {
        one.id: {source: [] for source in sources} for one in staff.list_staff(sql, former=True)
    }
    for source in sources:
        for row in whole.rows[source]:
            if row.marks.staff_id is not None:
                rows[row.marks.staff_id][source].append(row)
    mine = {who: Counts(whole.span, {name: tuple(some) for name, some in found.items()}) for who, found in rows.items()}
    return {name: {who: _value(name, counts) for who, counts in mine.items()} for name in names}


def _value(name: str, counts: Counts) -> Fraction | None:
    """A figure, or a share in percent as the report has it."""
    found: dict[str, int | float | None] = {part: counts.value(FIGURES[part]) for part in parts_of(name)}
    if name in FIGURES:
        return Fraction(found[name] or 0)
    share = share_of(SHARES[name], found)
    return None if share is None else Fraction(str(share)) * 100


def _survey_scores(sql: Sql, company: CompanyInfo, month: Period) -> dict[int, Fraction | None]:
    """The score of everybody about whom somebody was asked in a month."""
    everything = Viewer(None)
    asked = [one for one in surveys.about_people(sql, everything, month) if not one.void_reason]
    ids = {one.staff: one.staff_id for one in asked}
    counted = opinions.by_person(surveys.answers(company, asked))
    return {ids[who]: None if one.score is None else Fraction(str(one.score)) for (who, _month), one in counted.items()}


def _people(
    sql: Sql, company: CompanyInfo, months: Sequence[Period], viewer: Viewer, whom: StaffMember | None
) -> list[StaffMember]:
    weighed = {post for month in months for post in targets.appraisal_of(company, month.start).posts}
    if whom is None:
        return [
            one
            for one in staff.list_staff(sql)
            if targets.post_of(one) in weighed and may("score", viewer.side(one.id))
        ]
    access.require_about(viewer, "score", whom, table="staff", row_id=whom.id)
    if months and targets.post_of(whom) not in weighed:
        raise Refused(
            N_("nothing is weighed for the post of {login}"), N_("posts and weights stand in the policy: revisit policy show"),
            login=whom.login,
        )  # fmt: skip
    return [whom]


def plain(value: Fraction | None) -> float | None:
    """A number as a document gives it."""
    return None if value is None else float(value)


def trace(label: str, login: str, figure: str) -> tuple[str, ...]:
    """The commands that show the rows behind a figure of a person's month."""
    if figure == SURVEY:
        return (f"revisit survey list --month {label}",)
    if figure == INSPECTION:
        return (f"revisit inspect bulletin --month {label}",)
    return tuple(f"revisit report trace {label} {part} --rep {login}" for part in parts_of(figure))


def document(found: Sequence[Appraised], period: Period, on: date) -> dict[str, Any]:
    """The JSON document of sheets."""
    return {
        "period": {"from": period.start, "to": period.end, "label": period.label},
        "on": on,
        "people": [
            {
                "login": one.person.login,
                "name": one.person.name,
                "post": targets.post_of(one.person),
                "score": plain(one.score),
                "months": [_month(one.person, month) for month in one.months],
                "quarters": [{"quarter": label, "score": plain(score)} for label, score in one.quarters().items()],
            }
            for one in found
        ],
    }


def _month(person: StaffMember, month: Month) -> dict[str, Any]:
    lines = month.sheet.lines if month.sheet else ()
    return {
        "month": month.period.label,
        "score": plain(month.score),
        "counted": month.sheet.counted if month.sheet else 0,
        "indicators": [
            {
                "indicator": line.indicator.name,
                "figure": line.indicator.figure,
                "value": plain(line.value),
                "target": plain(line.target),
                "points": plain(line.points),
                "weight": line.weight,
                "weighted": plain(line.weighted),
                "missing": line.missing or None,
                "trace": list(trace(month.period.label, person.login, line.indicator.figure)),
            }
            for line in lines
        ],
    }
