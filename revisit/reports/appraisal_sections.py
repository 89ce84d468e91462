"""Score sheets and the bulletin of inspections as papers, of the same blocks as a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from revisit import appraisal, posts, targets, wording
from revisit.appraisal import Appraised, Month
from revisit.i18n import N_, _, language
from revisit.inspections import Bulletin, Item
from revisit.policy.periods import Kind, Period, period_of
from revisit.policy.scoring import WHOLE, Line
from revisit.reports.sections import Block, Column, Paper, Section, Table, Text, translated
from revisit.reports.values import NOTHING, Value, written

SHEET = (
    Column("title", N_("Indicator"), "text"), Column("figure", N_("Actual")), Column("target", N_("Target")),
    Column("points", N_("Points"), "score"), Column("weight", N_("Weight")), Column("weighted", N_("Counts"), "ratio"),
)  # fmt: skip
BEHIND = (Column("title", N_("Indicator"), "text"), Column("what", N_("Rows behind"), "long"))
PERSON = (Column("login", N_("Login"), "code"), Column("name", N_("Name"), "text"))
SCORE = Column("score", N_("Score"), "score")
COUNTED = Column("counted", N_("Counted"), "share")
CHECKED = (
    *PERSON, Column("drawn", N_("Drawn")), Column("checked", N_("Checked")), Column("right", N_("Right")),
    Column("minor", N_("Minor")), Column("major", N_("Major")), SCORE,
)  # fmt: skip
FINDINGS = (
    Column("record", N_("Record"), "code"), Column("login", N_("Login"), "code"), Column("verdict", N_("Verdict"), "text"),
    Column("text", N_("What was found"), "long"),
)  # fmt: skip
MISSING = {"figure": N_("nothing to count"), "target": N_("no target")}


def appraisal_paper(found: Sequence[Appraised], period: Period, on: date) -> Paper:
    """The sheets of a period: one line by line, several by person, those of a longer period by month."""
    sections: tuple[Section, ...]
    what = _("Appraisal, {period}").format(period=period.label)
    if not found or not found[0].months:
        told = _("No sheet: it has not begun, or nobody whom I may see has a post for which something is weighed.")
        sections = (Section("scores", _("Scores"), (Text(told),)),)
    elif len(found) > 1:
        sections = (Section("scores", _("Scores"), tuple(_people(found, period))),)
    else:
        (one,) = found
        what = _whose(one, period)
        months = Section("months", _("Month by month"), tuple(_months(one, period)))
        sections = tuple(_sheet(one, one.months[0])) if kind_of(period) == "month" else (months,)
    heading = _("{what}, as it stood on {on}").format(what=what, on=on)
    return Paper("appraisal", heading, sections, period, on)


def kind_of(period: Period) -> Kind:
    """Whether a period is a month, a quarter or a year."""
    kinds: tuple[Kind, ...] = ("year", "quarter", "month")
    return next(kind for kind in kinds if period_of(kind, period.start) == period)


def _whose(one: Appraised, period: Period) -> str:
    post = posts.shown_post(posts.load_posts(), targets.post_of(one.person))
    score = _("overall score {score}").format(score=written(appraisal.plain(one.score), "score"))
    return " · ".join((f"{one.person.login} {one.person.name}", period.label, post, score))


def _people(found: Sequence[Appraised], period: Period) -> Iterator[Block]:
    """Everybody by month; of a year by quarter."""
    rows: list[dict[str, Value]] = []
    titles: dict[str, None] = {}
    for one in found:
        by_month = {month.period.label: month.score for month in one.months}
        parts = {"year": one.quarters(), "quarter": by_month, "month": {}}[kind_of(period)]
        titles |= dict.fromkeys(parts)
        scores: dict[str, Value] = {label: appraisal.plain(score) for label, score in parts.items()}
        person: dict[str, Value] = {"login": one.person.login, "name": one.person.name}
        rows.append(person | scores | _scored(one.score, one.months[0]))
    more = (*(Column(label, label, "score") for label in titles), SCORE, *(() if titles else (COUNTED,)))
    yield Table("", translated((*PERSON, *more)), tuple(rows))
    yield Text(_("A sheet: revisit appraise {option} --rep LOGIN").format(option=f"--{kind_of(period)} {period.label}"))


def _sheet(one: Appraised, month: Month) -> Iterator[Section]:
    """A person's month, line by line."""
    if month.sheet is None:
        yield Section("indicators", _("Indicators"), (Text(_("Nothing was weighed for this post then.")),))
        return
    lines = month.sheet.lines
    blocks: list[Block] = [Table("", translated(SHEET), tuple(map(_line, lines)))]
    missing = [
        _("{title} ({why})").format(title=_title(line), why=_(MISSING[line.missing])) for line in lines if line.missing
    ]
    if missing:
        told = _("Not counted, the others share the weight ({counted} of {whole} counts): {missing}")
        blocks.append(Text(told.format(counted=month.sheet.counted, whole=WHOLE, missing=_("; ").join(missing))))
    yield Section("indicators", _("Indicators"), tuple(blocks))
    command = f"revisit report trace {month.period.label} {_('FIGURE')} --rep {one.person.login}"
    told = _("The rows behind: {command}, with FIGURE of this list").format(command=command)
    rows = tuple({"title": _title(line), "what": _behind(line, month, one)} for line in lines)
    yield Section("behind", told, (Table("", translated(BEHIND), rows),))


def _line(line: Line) -> Mapping[str, Value]:
    by_target = line.indicator.points == "target"
    return {
        "title": _title(line),
        "figure": _shown(line.value, line.indicator.kind),
        "target": _shown(line.target, line.indicator.kind) if by_target else "",
        "points": appraisal.plain(line.points),
        "weight": line.weight,
        "weighted": appraisal.plain(line.weighted),
    }


def _title(line: Line) -> str:
    return str(line.indicator.says[language()])


def _shown(value: Fraction | None, kind: str) -> str:
    return NOTHING if value is None else targets.shown(value, kind)


def _behind(line: Line, month: Month, one: Appraised) -> str:
    figure = line.indicator.figure
    parts = appraisal.parts_of(figure)
    return ", ".join(parts or appraisal.trace(month.period.label, one.person.login, figure))


def _months(one: Appraised, period: Period) -> Iterator[Block]:
    """A person's quarter or year, month by month."""
    rows: list[dict[str, Value]] = []
    for label, score in one.quarters().items():
        months = [month for month in one.months if period_of("quarter", month.period.start).label == label]
        rows += [{"month": month.period.label, **_scored(month.score, month)} for month in months]
        if label != period.label:
            rows.append({"month": label, **_scored(score, None)})
    columns = (Column("month", N_("Month"), "code"), SCORE, COUNTED)
    yield Table("", translated(columns), tuple(rows), chart="lines" if kind_of(period) == "quarter" else "")
    yield Text(_("The score is the mean of the months that have one."))
    yield Text(_("A sheet: revisit appraise {option} --rep {login}").format(option="--month M", login=one.person.login))


def _scored(score: Fraction | None, month: Month | None) -> dict[str, Value]:
    """A score, and how much of the weight counts in it."""
    counted = month.sheet.counted / WHOLE if month and month.sheet else None
    return {"score": appraisal.plain(score), "counted": counted}


# --- the bulletin of inspections


def bulletin_paper(found: Bulletin, on: date) -> Paper:
    """What the samples of a month brought."""
    score = written(appraisal.plain(found.score), "score")
    heading = _("Inspections, {month} · score {score}").format(month=found.period.label, score=score)
    if not found.drawn:
        told: tuple[Block, ...] = (Text(_("None. One is drawn with: revisit inspect draw --size 10")),)
        return Paper("bulletin", heading, (Section("people", _("Person by person"), told),), found.period, on)
    text = _("Samples: {samples} · records drawn: {drawn} · checked: {checked} ({share})").format(
        samples=found.samples, drawn=found.drawn, checked=found.checked, share=f"{found.share or 0:.0%}"
    )
    people = tuple(
        {
            "login": one.login, "name": one.name, "drawn": one.drawn, "checked": one.checked, **one.verdicts,
            "score": appraisal.plain(one.score),
        }
        for one in found.people
    )  # fmt: skip
    findings = tuple(
        {"record": f"#{one.record}", "login": one.login, "verdict": wording.word(one.verdict), "text": found_in(one)}
        for one in found.findings
    )
    sections = [Section("people", _("Person by person"), (Text(text), Table("", translated(CHECKED), people)))]
    if findings:
        sections.append(Section("findings", _("What was found"), (Table("", translated(FINDINGS), findings),)))
    return Paper("bulletin", heading, tuple(sections), found.period, on)


def found_in(one: Item) -> str:
    """What was found of a record, and what became of it since."""
    more = (
        one.finding,
        _("see {evidence}").format(evidence=one.evidence) if one.evidence else "",
        _("taken back since") if one.void else _("corrected since") if one.changed else "",
    )
    return " · ".join(filter(None, more))
