"""Score sheets: figures of a person become points, points are weighed by post, months make quarters and years. Pure. Clause: P0.

Every number is reckoned from those that stand on the sheet, as they stand there (half up), so that anybody can do it again by
hand: points and scores to one decimal, weighted points to two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from math import floor
from typing import Any, Literal, get_args

Kind = Literal["share", "score", "number"]
"""Of a figure: a share, which is shown in percent; a score of 0 to 100; a number of things."""
Points = Literal["share", "target"]
"""How a figure becomes points: as it is (a share in percent, a score), or by its target."""
Missing = Literal["figure", "target", ""]
FIGURES: Mapping[str, Kind] = {
    "followups.coverage": "share",
    "followups.in_time": "number",
    "contacts.total": "number",
    "contacts.reached": "number",
    "enquiries.total": "number",
    "satisfaction.share": "share",
    "records.share": "share",
    "suggestions.total": "number",
    "dormancy.reactivated": "number",
    "dormancy.soon_share": "share",
    "customers.contacted": "number",
    "customers.contacted_share": "share",
    "cases.closed": "number",
    "deadlines.case.share": "share",
    "deadlines.complaint.share": "share",
    "deadlines.approval.share": "share",
    "survey.score": "score",
    "inspection.score": "score",
}
"""What a person can be appraised by: figures of the report that say whose they are, and of which more is better; the scores of
the opinion survey and of inspections."""
POINTS: tuple[Points, ...] = get_args(Points)
VERDICTS = ("right", "minor", "major")
"""What may be found of a record that is checked."""
WHOLE = 100
MOST = (100, 200)
"""Between these lies the most that a figure above its target can bring."""
BEFORE_THE_APPRAISAL: Mapping[str, Any] = {
    "appraisal": {
        "clause": "P0",
        "verdicts": {"right": 100, "minor": 60, "major": 0},
        "indicators": {
            "coverage": {
                "says": {"zh": "回访完成率", "en": "follow-ups met"}, "figure": "followups.coverage", "points": "share",
            },
            "customers": {
                "says": {"zh": "客户联系率", "en": "customers contacted"}, "figure": "customers.contacted_share",
                "points": "share",
            },
            "contacts": {
                "says": {"zh": "有效联系数", "en": "contacts made"}, "figure": "contacts.reached", "points": "target",
                "most": 120,
            },
            "satisfaction": {
                "says": {"zh": "客户满意率", "en": "satisfied customers"}, "figure": "satisfaction.share", "points": "share",
            },
            "records": {
                "says": {"zh": "及时登记率", "en": "records in time"}, "figure": "records.share", "points": "share",
            },
            "cases": {
                "says": {"zh": "问题按时率", "en": "cases in time"}, "figure": "deadlines.case.share", "points": "share",
            },
            "survey": {"says": {"zh": "意见调查", "en": "opinion survey"}, "figure": "survey.score", "points": "share"},
            "inspection": {
                "says": {"zh": "记录抽查", "en": "inspected records"}, "figure": "inspection.score", "points": "share",
            },
        },
        "posts": {
            "service-representative": {
                "coverage": 30, "customers": 10, "contacts": 10, "satisfaction": 15, "records": 10, "cases": 10, "survey": 5,
                "inspection": 10,
            },
        },
    },
}  # fmt: skip
"""What holds for policies that were adopted before these keys were there."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """By what somebody is appraised: what it is called, the figure, and how that becomes points; `most` bounds what a figure
    above its target brings."""

    name: str
    says: Mapping[str, str]
    figure: str
    points: Points
    most: int = WHOLE

    @property
    def kind(self) -> Kind:
        """Of its figure."""
        return FIGURES[self.figure]


@dataclass(frozen=True, slots=True)
class Appraisal:
    """Indicators, their weights by post (those of a post add up to 100), and what a checked record counts (0 to 100)."""

    clause: str
    verdicts: Mapping[str, int]
    indicators: Mapping[str, Indicator]
    posts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator on a sheet: figure and target (in percent, points or things), points, and weighted points; what is missing
    makes that it does not count."""

    indicator: Indicator
    weight: int
    value: Fraction | None
    target: Fraction | None
    points: Fraction | None
    weighted: Fraction | None = None

    @property
    def missing(self) -> Missing:
        """Why it does not count."""
        return "" if self.points is not None else "figure" if self.value is None else "target"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of a person's month, the score (None: nothing counts), and how much weight of 100 counts."""

    lines: tuple[Line, ...]
    score: Fraction | None
    counted: int


def rounded(value: Fraction, places: int = 1) -> Fraction:
    """A number to some decimals, half up."""
    unit = 10**places
    return Fraction(floor(value * unit + Fraction(1, 2)), unit)


def points_of(indicator: Indicator, value: Fraction | None, target: Fraction | None) -> Fraction | None:
    """What a figure brings; None where it, or the target that it is held against, is missing."""
    if value is None:
        return None
    if indicator.points == "share":
        return rounded(min(value, Fraction(WHOLE)))
    return rounded(min(value * WHOLE / target, Fraction(indicator.most))) if target else None


def sheet(
    appraisal: Appraisal, post: str, values: Mapping[str, Fraction | None], targets: Mapping[str, Fraction]
) -> Sheet:
    """The sheet of somebody in a post, from figures (by their name) and targets (by indicator). What is missing does not count:
    the others share its weight."""
    lines = []
    for name, weight in appraisal.posts[post].items():
        indicator = appraisal.indicators[name]
        value, target = values.get(indicator.figure), targets.get(name) if indicator.points == "target" else None
        lines.append(Line(indicator, weight, value, target, points_of(indicator, value, target)))
    counted = sum(one.weight for one in lines if one.points is not None)
    brought = [(one, one.points * one.weight / counted) for one in lines if one.points is not None]
    weighted = {one.indicator.name: rounded(part, 2) for one, part in brought}
    return Sheet(
        tuple(
            Line(one.indicator, one.weight, one.value, one.target, one.points, weighted.get(one.indicator.name))
            for one in lines
        ),
        rounded(sum((part for _one, part in brought), Fraction())) if brought else None,
        counted,
    )


def mean(scores: Iterable[Fraction | None]) -> Fraction | None:
    """The score of several months, or of several records: the mean of those there are."""
    found = [one for one in scores if one is not None]
    return rounded(sum(found, Fraction()) / len(found)) if found else None


def checked_score(verdicts: Sequence[str], appraisal: Appraisal) -> Fraction | None:
    """The score of records that were checked: the mean of what their verdicts count."""
    return mean(Fraction(appraisal.verdicts[one]) for one in verdicts)


def appraisal_from(table: Mapping[str, Any]) -> Appraisal:
    """The part of a parsed policy about appraisals. Raises ValueError, which names the key."""
    for name, one in table["indicators"].items():
        if one["figure"] not in FIGURES or one["points"] not in POINTS:
            raise ValueError(
                f"indicators.{name}: a figure that there is, and points by {' or '.join(POINTS)}, are wanted"
            )
    for place, code, params in faults_of(table):
        raise ValueError(f"{'.'.join(place)}: {code} {dict(params)}")
    return Appraisal(
        clause=table["clause"],
        verdicts={verdict: table["verdicts"][verdict] for verdict in VERDICTS},
        indicators={
            name: Indicator(name, one["says"], one["figure"], one["points"], one.get("most", WHOLE))
            for name, one in table["indicators"].items()
        },
        posts=table["posts"],
    )


def faults_of(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str, Mapping[str, object]]]:
    """Where indicators and weights do not fit together (place, code, facts); each by itself is looked over elsewhere."""
    indicators, posts = (table.get(name, {}) for name in ("indicators", "posts"))
    known = indicators if isinstance(indicators, Mapping) else {}
    for name, one in known.items():
        if not isinstance(one, Mapping) or one.get("points") != "share":
            continue
        if one.get("figure") in [figure for figure, kind in FIGURES.items() if kind == "number"]:
            yield ("indicators", name, "points"), "no-share", {"figure": one["figure"]}
        if "most" in one:
            yield ("indicators", name, "most"), "no-most", {}
    if not isinstance(posts, Mapping):
        yield ("posts",), "no-table", {"value": posts}
        return
    for post, weights in posts.items():
        if not isinstance(weights, Mapping):
            yield ("posts", post), "no-table", {"value": weights}
            continue
        wrong = {name: n for name, n in weights.items() if type(n) is not int or not 1 <= n <= WHOLE}
        for name, n in wrong.items():
            yield ("posts", post, name), "no-whole", {"value": n, "low": 1, "high": WHOLE}
        for name in weights:
            if name not in known:
                near = next(iter(get_close_matches(name, known, n=1)), "")
                yield ("posts", post, name), "unknown-word", {"value": name, "near": near, "known": ", ".join(known)}
        if not wrong and sum(weights.values()) != WHOLE:
            yield ("posts", post), "no-hundred", {"sum": sum(weights.values())}
