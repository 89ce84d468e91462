"""`revisit policy simulate`: the same history under another policy, and what it would change."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from revisit import access, adoption, company, policy_file, progress, render, simulation, staff, wording
from revisit.access import Viewer
from revisit.commands.options import JsonOption, context_of
from revisit.commands.why import sentence
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.loads import Load
from revisit.policy.months import plus_months
from revisit.policy.simulation import Figures, Told, differences
from revisit.policy.values import Policies
from revisit.progress import Progress
from revisit.render import Column
from revisit.simulation import Effect, Example

MONTHS = 3
STAGES = {"planning": N_("planning under both policies"), "register": N_("planning follow-ups")}
KINDS = {"added": N_("owed with the file alone"), "removed": N_("owed no longer"), "moved": N_("owed on other days")}
RULES = (
    Column("rule", N_("Rule"), card=0),
    Column("before", N_("Now"), right=True, card=2),
    Column("added", N_("Added"), right=True, card=3),
    Column("removed", N_("Gone"), right=True, card=4),
    Column("moved", N_("Moved"), right=True, card=5),
    Column("after", N_("Then"), right=True, card=6),
)
PEOPLE = (
    Column("rep", N_("Representative"), card=0),
    Column("calls", N_("Calls"), right=True, card=2),
    Column("mean", N_("A day"), right=True, card=3),
    Column("busiest", N_("Busiest"), right=True, card=4),
    Column("unkept", N_("Not kept"), right=True, card=5),
)
FileArgument = Annotated[Path, typer.Argument(metavar=_("FILE"), help=_("A policy file: UTF-8 text in TOML."))]
CapacityOption = Annotated[
    int | None,
    typer.Option(
        "--capacity",
        metavar=_("N"),
        min=1,
        help=_("Calls a person can make on a working day; else as the policy says."),
    ),
]


class Compared(NamedTuple):
    """A file beside the policy in force: what stands otherwise in it, and what that does."""

    file: Path
    sha256: str
    changes: tuple[tuple[str, Any, Any], ...]
    effect: Effect
    viewer: Viewer
    today: date


def simulate(
    ctx: typer.Context,
    file: FileArgument,
    first: Annotated[
        str | None,
        typer.Option(
            "--from", metavar=_("DATE"), help=_("The first day, from which the file holds; else 3 months ago.")
        ),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar=_("DATE"), help=_("The last day, which belongs to it; else today."))
    ] = None,
    capacity: CapacityOption = None,
    as_json: JsonOption = False,
) -> None:
    """The file holds from the first day to the last; what began before keeps its policy. Nothing is written."""
    context = context_of(ctx)
    text = adoption.read_draft(policy_file.read_file(file))
    with context.reading() as (sql, info), progress.shown(STAGES) as tell:
        actor = context.actor(sql)
        if actor is None:
            raise staff.nobody()
        access.require_role(actor, "simulate")
        viewer = access.viewer(sql, actor)
        today = context.today(info)
        end = context.day(last, info)
        start = context.day(first, info) if first else plus_months(end, -MONTHS) + timedelta(days=1)
        if start > end:
            raise WrongUsage(
                N_("{first} is after {last}"), N_("name the earlier day with --from"), first=start, last=end
            )
        policies = info.policies.with_version(company.read_policy(text), start, end)
        found = compared(sql, info, viewer, (file, text), policies, (start, end), today, capacity, tell)
    if as_json:
        render.as_json(document(found))
        return
    with render.paged():
        show(found)


def compared(
    sql: Sql,
    info: CompanyInfo,
    viewer: Viewer,
    written: tuple[Path, str],
    policies: Policies,
    period: tuple[date, date],
    today: date,
    capacity: int | None,
    tell: Progress,
) -> Compared:
    """A policy file (its path and text) beside the policy in force on the first day of the period; `policies`: all versions as
    they would be with it."""
    file, text = written
    now = policy_file.in_force(policy_file.adopted(sql), period[0])
    effect = simulation.simulate(
        sql, info, policies, *period, on=today, viewer=viewer, capacity=capacity,
        told=lambda done, total: tell("planning", done, total),
    )  # fmt: skip
    changes = tuple(differences(now.data, tomllib.loads(text)))
    return Compared(file, hashlib.sha256(text.encode()).hexdigest(), changes, effect, viewer, today)


def document(found: Compared) -> dict[str, Any]:
    """The JSON document of `policy simulate`."""
    effect = found.effect
    return {
        "file": str(found.file),
        "sha256": found.sha256,
        "from": effect.first,
        "to": effect.last,
        "capacity": {"before": effect.capacity[0], "after": effect.capacity[1]},
        "changes": [{"key": key, "old": old, "new": new} for key, old, new in found.changes],
        "followups": _figures(effect.whole),
        "by_rule": {rule: _figures(one) for rule, one in effect.by_rule.items()},
        "by_rep": {rep: {"before": _load(was), "after": _load(will)} for rep, (was, will) in effect.by_rep.items()},
        "examples": [
            {
                "code": one.code,
                "name": one.name,
                "rule": one.rule,
                "change": one.kind,
                "before": _side(one.before, found.viewer, one.owner),
                "after": _side(one.after, found.viewer, one.owner),
            }
            for one in effect.examples
        ],
    }


def show(found: Compared) -> None:
    """What a policy file changes, on the screen."""
    effect, whole = found.effect, found.effect.whole
    title = _("With {file} from {first} to {last}")
    render.heading(title.format(file=render.safe(found.file.name), first=effect.first, last=effect.last))
    if not found.changes:
        render.paragraph(_("The file says what is in force already."))
    for key, old, new in found.changes:
        render.hanging(f"  {key}: {_value(old)} → {_value(new)}", hang="    ")
    render.tell()
    if whole.differ:
        _show_rules(effect, found.today)
    else:
        told = _("Follow-ups that fall due: {number}; with the file the same ones, on the same days.")
        render.paragraph(told.format(number=whole.owed_before))
    if whole.differ and effect.by_rep:
        _show_people(effect)
    if effect.examples:
        render.tell()
        render.heading(_("Examples"))
        for place, one in enumerate(effect.examples, 1):
            _show_example(place, one, found.viewer)
    elif whole.differ:
        render.paragraph(_("Examples are shown to those who see what was said to a customer."))
    render.tell()
    render.paragraph(_("What began before {day} keeps its policy.").format(day=effect.first))
    render.paragraph(
        _("The contacts are those that were made; with other follow-ups on the list they would have been others.")
    )
    if effect.last > found.today:
        render.paragraph(_("What is still to come is told as if nothing else happened."))


def _show_rules(effect: Effect, today: date) -> None:
    whole = effect.whole
    rows = [
        {
            "rule": wording.rule(rule),
            "before": one.owed_before,
            "added": one.added,
            "removed": one.removed,
            "moved": one.moved,
            "after": one.owed_after,
        }
        for rule, one in effect.by_rule.items()
        if one.owed_before or one.owed_after or one.differ
    ]
    told = _("Follow-ups that fall due: {before} → {after}")
    render.heading(told.format(before=whole.owed_before, after=whole.owed_after))
    render.table(rows, RULES)
    if whole.moved:
        render.paragraph(_("Moved: still owed, on other days."))
        if whole.moved_in or whole.moved_out:
            told = _("{out} of these no longer fall due in this period, {into} now do.")
            render.paragraph(told.format(out=whole.moved_out, into=whole.moved_in))
    if effect.last < today:
        told = _("Met in time by the contacts that were made: {before} → {after}")
        render.paragraph(told.format(before=whole.kept_before, after=whole.kept_after))


def _show_people(effect: Effect) -> None:
    render.tell()
    render.heading(_("Calls per person and working day"))
    rows = [
        {
            "rep": rep or _("(no representative)"),
            "calls": _beside(was.calls, will.calls),
            "mean": _beside(f"{was.mean:.1f}", f"{will.mean:.1f}"),
            "busiest": _beside(was.busiest, will.busiest),
            "unkept": "–" if was.unkept is None else _beside(was.unkept, will.unkept),
        }
        for rep, (was, will) in effect.by_rep.items()
    ]
    render.table(rows, PEOPLE)
    render.paragraph(_("Busiest: so many calls fall on a day even where they are spread as well as can be."))
    told = _("Not kept: windows for which {capacity} calls a day do not suffice, in whatever order they are made.")
    render.paragraph(told.format(capacity=_beside(*effect.capacity)))


def _show_example(place: int, one: Example, viewer: Viewer) -> None:
    number = f"{place}."
    indent = " " * (len(number) + 1)
    told = _("{rule}: {change}").format(rule=wording.rule(one.rule), change=_(KINDS[one.kind]))
    render.hanging(f"{number} {one.code} {one.name} · {told}", hang=indent)
    sides = (
        (_("now:"), _side(one.before, viewer, one.owner)),
        (_("with the file:"), _side(one.after, viewer, one.owner)),
    )
    room = max(render.width(title) for title, _side in sides)
    for title, side in sides:
        reason = side["reason"]
        if side["owed"]:
            reason = _("{first} to {last}: {reason}").format(first=side["opens_on"], last=side["due_by"], reason=reason)
        if side["as_of"]:
            reason = _("on {day}: {reason}").format(day=side["as_of"], reason=reason)
        text = f"{indent}{render.pad(title, room)} {reason} [{side['clause']}]"
        render.hanging(text, hang=indent + " " * (room + 1))


def _figures(one: Figures) -> dict[str, Any]:
    return {
        "before": {"owed": one.owed_before, "in_time": one.kept_before},
        "after": {"owed": one.owed_after, "in_time": one.kept_after},
        "added": one.added,
        "removed": one.removed,
        "moved": one.moved,
        "moved_in": one.moved_in,
        "moved_out": one.moved_out,
    }


def _load(one: Load) -> dict[str, Any]:
    return one._asdict() | {"mean": round(one.mean, 2)}


def _side(told: Told, viewer: Viewer, owner: int | None) -> dict[str, Any]:
    one = told.verdict
    return {
        "owed": one.owed,
        "clause": told.clause,
        "opens_on": one.opens_on,
        "due_by": one.due_by,
        "as_of": told.as_of,
        "reason": sentence(one, amounts=viewer.sees("credit", owner) == "whole"),
    }


def _beside(was: object, will: object) -> str:
    return str(was) if was == will else f"{was} → {will}"


def _value(value: Any) -> str:
    """A value of a policy file on one line; a dash for none."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_value(one)}" for name, one in value.items())
    if isinstance(value, list):
        return wording.listed(map(_value, value)) or "–"
    return str(value)
