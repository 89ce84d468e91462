"""Inspections: random samples of records that a supervisor checks, what was found, and the bulletin of a month.

A sample follows from its seed and the records there were (`policy.sampling`), so anybody can draw it again. Whoever draws it
gets none of the own records, and nobody checks them. Clause: P0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from revisit import access, audit, staff
from revisit.access import Viewer
from revisit.db import Sql, day, id_list, instant
from revisit.errors import NotedRefusal, Refused, WrongUsage
from revisit.i18n import N_
from revisit.policy import sampling, scoring
from revisit.policy.access import may
from revisit.policy.periods import Period
from revisit.policy.scoring import VERDICTS, Appraisal
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

NEWEST_NUMBER = "SELECT coalesce(max(number), 0) FROM inspection"
LOCK_ON_SERVER = "LOCK TABLE inspection IN SHARE ROW EXCLUSIVE MODE"
LOCK_ROW_ON_SERVER = "SELECT 1 FROM inspected WHERE id = :id FOR UPDATE"
POPULATION = """
SELECT number, id, staff_id FROM revisit
WHERE is_current AND NOT is_void AND done_on >= :first AND done_on <= :last AND staff_id IN ({ids})
"""
SAMPLES = """
SELECT p.id, p.number, p.start_on, p.end_on, p.rep_id, coalesce(r.login, ''), p.size, p.seed, p.population, s.login, p.made_at
FROM inspection p JOIN staff s ON s.id = p.staff_id LEFT JOIN staff r ON r.id = p.rep_id
"""
EVERY = f"{SAMPLES} ORDER BY p.number"
WITHIN = f"{SAMPLES} WHERE p.start_on >= :first AND p.start_on <= :last ORDER BY p.number"
BY_NUMBER = f"{SAMPLES} WHERE p.number = :number"
ITEMS = """
SELECT i.id, p.number, i.place, r.number, c.code, c.name, c.rep_id, i.rep_id, w.login, w.name, n.done_on, n.channel, n.result,
  n.version > r.version, n.is_void, i.verdict, i.finding, i.evidence, coalesce(k.login, ''), i.checked_at
FROM inspected i JOIN inspection p ON p.id = i.inspection_id JOIN revisit r ON r.id = i.revisit_id
JOIN revisit n ON n.number = r.number AND n.is_current JOIN customer c ON c.id = n.customer_id
JOIN staff w ON w.id = i.rep_id LEFT JOIN staff k ON k.id = i.checked_by
"""
OF_SAMPLES = f"{ITEMS} WHERE i.inspection_id IN ({{ids}}) ORDER BY p.number, i.place"
FINDING = """
UPDATE inspected SET verdict = :verdict, finding = :finding, evidence = :evidence, checked_by = :checked_by,
  checked_at = :checked_at
WHERE id = :id
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample: of the records of these days, of one person (`rep`: login) or of a team (""); of so many (`population`), by
    whom (login) it was drawn."""

    id: int
    number: int
    start: date
    end: date
    rep_id: int | None
    rep: str
    size: int
    seed: str
    population: int
    drawn_by: str
    drawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """A record of a sample. `owner` is the customer's representative (staff id), `staff_id` whoever made the record; day, channel
    and result are those of today, `changed`: corrected since it was drawn; no `verdict`: not checked yet."""

    id: int
    sample: int
    place: int
    record: int
    code: str
    name: str
    owner: int | None
    staff_id: int
    login: str
    person: str
    on: date | None
    channel: str
    result: str
    changed: bool
    void: bool
    verdict: str
    finding: str
    evidence: str
    checked_by: str
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A person's line of the bulletin: records drawn and checked, each once, how many of each verdict, and the score."""

    login: str
    name: str
    drawn: int
    checked: int
    verdicts: dict[str, int]
    score: Fraction | None


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What the samples of a month brought: how many samples, records drawn and checked, a line for each person, the faults."""

    period: Period
    samples: int
    drawn: int
    checked: int
    score: Fraction | None
    people: tuple[Checked, ...]
    findings: tuple[Item, ...]

    @property
    def share(self) -> float | None:
        """The share that was checked, 0 to 1."""
        return round(self.checked / self.drawn, 4) if self.drawn else None


def draw(
    session: Session,
    sql: Sql,
    period: Period,
    whom: StaffMember | None,
    size: int,
    seed: str,
    *,
    viewer: Viewer,
    actor: StaffMember,
    at: datetime,
) -> Sample:
    """Draws records of a period: of a person, or of everybody whom the actor leads. Raises NotedRefusal and Refused."""
    from revisit.models import Inspected, Inspection

    _require_lead(viewer, actor, "draw")
    if whom is not None:
        _refuse_own(whom.id, actor, None, "draw")
        access.require_about(viewer, "inspect", whom, table="inspection", row_id=None)
        people = [whom.id]
    else:
        led = [one.id for one in staff.list_staff(sql, former=True) if may("inspect", viewer.side(one.id))]
        people = [one for one in led if one != actor.id]
    rows = sql.rows(POPULATION.format(ids=id_list(people)), first=period.start, last=period.end) if people else []
    if not rows:
        raise Refused(
            N_("there is no record in {period} to draw from"),
            N_("name another month with --month, or another person with --rep; the own records are never drawn"),
            period=period.label,
        )
    if sql.server:
        sql.run(LOCK_ON_SERVER)
    number = int(sql.rows(NEWEST_NUMBER)[0][0]) + 1
    told: dict[str, Any] = {
        "number": number, "start_on": period.start, "end_on": period.end, "rep_id": whom.id if whom else None, "size": size,
        "seed": seed, "population": len(rows),
    }  # fmt: skip
    kept = {name: value for name, value in told.items() if name not in ("start_on", "end_on")}
    sample = Inspection(**told, staff_id=actor.id, made_at=at)
    session.add(sample)
    session.flush()
    assert sample.id is not None
    audit.changed(session, action="create", table="inspection", row_id=sample.id, after=kept | {"month": period.label})
    known = {record: (row_id, maker) for record, row_id, maker in rows}
    for place, record in enumerate(sampling.sample(known, seed, size), start=1):
        row_id, maker = known[record]
        row = Inspected(inspection_id=sample.id, place=place, revisit_id=row_id, rep_id=maker)
        session.add(row)
        session.flush()
        drawn = {"sample": number, "place": place, "record": record, "rep_id": maker}
        audit.changed(session, action="create", table="inspected", row_id=row.id, after=drawn)
    return get_sample(sql, number)


def find(
    session: Session,
    sql: Sql,
    number: int,
    place: int,
    verdict: str,
    text: str,
    evidence: str,
    *,
    viewer: Viewer,
    actor: StaffMember,
    at: datetime,
) -> Item:
    """Keeps what was found of a record of a sample; said again, it replaces what was said. Raises NotedRefusal, Refused and
    WrongUsage."""
    _require_lead(viewer, actor, "find")
    item = _item(sql, number, place)
    if sql.server:
        sql.rows(LOCK_ROW_ON_SERVER, id=item.id)
        item = _item(sql, number, place)
    _refuse_own(item.staff_id, actor, item.id, "find")
    maker = next(one for one in staff.list_staff(sql, former=True) if one.id == item.staff_id)
    access.require_about(viewer, "inspect", maker, table="inspected", row_id=item.id)
    news = {"verdict": verdict, "finding": text.strip(), "evidence": evidence.strip()}
    if verdict != "right" and not news["finding"]:
        raise WrongUsage(N_("what was wrong is missing"), N_("say it with --text TEXT"))
    sql.run(FINDING, id=item.id, checked_by=actor.id, checked_at=at, **news)
    before = {name: getattr(item, name) for name in news}
    audit.changed(session, action="update", table="inspected", row_id=item.id, before=before, after=news)
    return _item(sql, number, place)


def get_sample(sql: Sql, number: int) -> Sample:
    """The sample of a number. Raises Refused."""
    found = sql.rows(BY_NUMBER, number=number)
    if not found:
        raise Refused(N_("there is no sample {number}"), N_("look at the list: revisit inspect list"), number=number)
    return _sample(found[0])


def samples(sql: Sql, period: Period | None = None) -> list[Sample]:
    """The samples of the records of a month, or all of them."""
    rows = sql.rows(EVERY) if period is None else sql.rows(WITHIN, first=period.start, last=period.end)
    return list(map(_sample, rows))


def items(sql: Sql, among: Iterable[Sample]) -> list[Item]:
    """The records of samples, sample by sample in their order."""
    ids = [one.id for one in among]
    names = [one.name for one in fields(Item)]
    found = []
    for row in sql.rows(OF_SAMPLES.format(ids=id_list(ids))) if ids else ():
        told = dict(zip(names, row, strict=True))
        told |= {"on": day(told["on"]), "checked_at": instant(told["checked_at"])}
        found.append(Item(**told | {"changed": bool(told["changed"]), "void": bool(told["void"])}))
    return found


def may_see(viewer: Viewer, item: Item) -> bool:
    """Whether somebody may see a record of a sample: who leads its maker, an auditor; the maker once it was checked, so that what
    was drawn is not mended first."""
    side = viewer.side(item.staff_id)
    if viewer.member is not None and viewer.member.id == item.staff_id:
        return bool(item.verdict)
    return side != "own" and may("score", side)


def require_sight(viewer: Viewer, sample: Sample, seen: Sequence[Item]) -> None:
    """Raises NotedRefusal where somebody may see nothing of a sample."""
    if not seen:
        raise NotedRefusal(
            N_("nothing of sample {number} is for you to see"), N_("ask a supervisor"), table="inspection", row_id=sample.id,
            customer_id=None, action="show", number=sample.number,
        )  # fmt: skip


def once(found: Iterable[Item]) -> list[Item]:
    """Every record once, also where several samples drew it: as it was checked last."""
    newest: dict[int, Item] = {}
    for one in sorted(found, key=lambda one: (one.checked_at is not None, one.checked_at, one.sample)):
        newest[one.record] = one
    return sorted(newest.values(), key=lambda one: (one.sample, one.place))


def scores(sql: Sql, appraisal: Appraisal, period: Period) -> dict[int, Fraction | None]:
    """The score of each person (staff id) of whose records of a month some were drawn; None: none was checked yet."""
    verdicts: dict[int, list[str]] = {}
    for one in once(items(sql, samples(sql, period))):
        verdicts.setdefault(one.staff_id, []).extend([one.verdict] if one.verdict else [])
    return {who: scoring.checked_score(found, appraisal) for who, found in verdicts.items()}


def bulletin(sql: Sql, appraisal: Appraisal, period: Period, viewer: Viewer) -> Bulletin:
    """The bulletin of a month, as far as somebody may see it. Clause: P0."""
    seen = [one for one in items(sql, samples(sql, period)) if may("score", viewer.side(one.staff_id))]
    records = once(seen)
    people = sorted({(one.person, one.login) for one in records})
    lines = [_line(login, name, [one for one in records if one.login == login], appraisal) for name, login in people]
    checked = [one for one in records if one.verdict]
    return Bulletin(
        period=period,
        samples=len({one.sample for one in seen}),
        drawn=len(records),
        checked=len(checked),
        score=scoring.checked_score([one.verdict for one in checked], appraisal),
        people=tuple(lines),
        findings=tuple(one for one in checked if one.verdict != "right"),
    )


def _line(login: str, name: str, records: Sequence[Item], appraisal: Appraisal) -> Checked:
    verdicts = [one.verdict for one in records if one.verdict]
    counts = {verdict: verdicts.count(verdict) for verdict in VERDICTS}
    return Checked(login, name, len(records), len(verdicts), counts, scoring.checked_score(verdicts, appraisal))


def _item(sql: Sql, number: int, place: int) -> Item:
    found = items(sql, [get_sample(sql, number)])
    item = next((one for one in found if one.place == place), None)
    if item is None:
        raise Refused(
            N_("sample {number} has no record {place}"), N_("its records are 1 to {last}: revisit inspect show {number}"),
            number=number, place=place, last=len(found),
        )  # fmt: skip
    return item


def _require_lead(viewer: Viewer, actor: StaffMember, action: str) -> None:
    """Raises NotedRefusal for somebody who leads nobody; what was drawn is not told before."""
    if not may("inspect", viewer.side(actor.id)):
        raise NotedRefusal(
            N_("samples are drawn and checked by supervisors and administrators"), N_("ask one of them"), table="inspection",
            row_id=None, customer_id=None, action=action,
        )  # fmt: skip


def _refuse_own(staff_id: int, actor: StaffMember, row_id: int | None, action: str) -> None:
    if staff_id == actor.id:
        raise NotedRefusal(
            N_("nobody checks the own records"), N_("let another supervisor do it"),
            table="inspected" if row_id else "inspection", row_id=row_id, customer_id=None, action=action,
        )  # fmt: skip


def _sample(row: tuple[Any, ...]) -> Sample:
    told = dict(zip((one.name for one in fields(Sample)), row, strict=True))
    return Sample(
        **told | {"start": day(told["start"]), "end": day(told["end"]), "drawn_at": instant(told["drawn_at"])}
    )
