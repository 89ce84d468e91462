"""`revisit customer duplicates|merge|unmerge`: who may be there twice, two files into one, and one into two again."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from revisit import access, customers, duplicates, history, merging, progress, render, staff, wording
from revisit.commands import batches
from revisit.commands.options import Command, DryRunOption, JsonOption, context_of
from revisit.commands.show import FIELDS, shown_field
from revisit.context import Context
from revisit.duplicates import Crowd, Found
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.merging import Merge
from revisit.policy.likeness import LIKELY
from revisit.policy.outcome import LIVE
from revisit.render import Column

NEWEST = 20
BESIDE = 120  # columns from which a value of each of the three files of a merge can be folded beside the others
PAIRS = (
    Column("score", N_("Score"), right=True, card=3),
    Column("code", N_("Code"), card=0),
    Column("name", N_("Customer"), card=0),
    Column("rep", N_("Representative"), soft=True),
    Column("other_code", N_("Code"), card=2),
    Column("other_name", N_("Customer"), card=2),
    Column("other_rep", N_("Representative"), soft=True),
    Column("why", N_("Why"), wrap=True, card=4),
)
CROWDS = {
    "same-phone": N_("{count} customers have one phone, which says nothing: {codes}"),
    "same-address": N_("{count} customers have one address, which says nothing: {codes}"),
    "same-core": N_("{count} customers bear one name; they were not compared with each other: {codes}"),
    "same-sound": N_(
        "{count} customers have names that sound the same; they were not compared with each other: {codes}"
    ),
}
MOST_CROWDS = 5
OWED = (
    Column("rule", N_("Rule"), card=0),
    Column("due_by", N_("Due by"), card=0),
    Column("status", N_("Status"), card=1),
)
ReasonOption = Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why; it stands on record."))]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask first."))]


def mount(group: typer.Typer) -> None:
    """Hangs the commands of this file on the group of `customer`."""
    group.command(
        "duplicates", cls=Command, help=_("Customers that may be there twice, the likeliest first, with why.")
    )(list_duplicates)
    group.command("merge", cls=Command, help=_("Two files of one customer become one."))(merge)
    group.command("unmerge", cls=Command, help=_("Take a merge back: a file of its own again."))(unmerge)


def list_duplicates(
    ctx: typer.Context,
    customer: Annotated[
        str | None, typer.Argument(metavar=_("[CUSTOMER]"), help=_("Only pairs with this customer."))
    ] = None,
    least: Annotated[
        int,
        typer.Option("--min", metavar=_("SCORE"), min=1, max=100, help=_("Only pairs of that score at least.")),
    ] = LIKELY,
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar=_("N"), min=0, help=_("Only the likeliest; 0: all of them."))
    ] = NEWEST,
    different: Annotated[
        tuple[str, str] | None,
        typer.Option("--different", metavar=_("CUSTOMER CUSTOMER"), help=_("Say that these are two; shown no more.")),
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help=_("Take that back."))] = False,
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Nothing is joined by itself. A representative sees the pairs with an own customer. --different: supervisors only."""
    context = context_of(ctx)
    if different is None:
        if lift:
            raise WrongUsage(
                N_("--lift takes back what --different said"), N_("name both customers: --different A B --lift")
            )
        _show_found(*_look(context, customer, least, limit), as_json=as_json)
        return
    if customer is not None:
        raise WrongUsage(N_("--different names both customers"), N_("leave the other one out"))
    _tell_apart(context, different, lift=lift, reason=reason, as_json=as_json)


def _look(context: Context, text: str | None, least: int, limit: int) -> tuple[Found, int]:
    with context.reading() as (sql, _company):
        viewer = access.viewer(sql, context.actor(sql))
        customer_id = None
        if text is not None:
            customer_id = customers.get_customer(sql, text, viewer)
        found = duplicates.find_duplicates(sql, viewer, least=least, limit=limit or None, customer_id=customer_id)
    return found, least


def _show_found(found: Found, least: int, *, as_json: bool) -> None:
    if as_json:
        items = [
            {
                "score": one.score,
                "reasons": list(one.reasons),
                "why": one.why,
                "customers": [{"code": side.code, "name": side.name, "rep": side.rep} for side in (one.one, one.other)],
            }
            for one in found.items
        ]
        crowds = [{"reason": one.reason, "customers": one.customers, "codes": list(one.codes)} for one in found.crowds]
        render.as_json({"min": least, "total": found.total, "items": items, "crowds": crowds})
        return
    if not found.items:
        render.tell(_("No two customers look alike."))
    with render.paged():
        if found.items:
            rows = [
                {
                    "score": one.score, "code": one.one.code, "name": one.one.name, "rep": one.one.rep or "",
                    "other_code": one.other.code, "other_name": one.other.name, "other_rep": one.other.rep or "",
                    "why": one.why,
                }
                for one in found.items
            ]  # fmt: skip
            render.table(rows, PAIRS)
    for crowd in found.crowds[:MOST_CROWDS]:
        render.note(_crowd(crowd))
    if len(found.crowds) > MOST_CROWDS:
        more = len(found.crowds) - MOST_CROWDS
        render.note(_("… and {count} more such groups: all of them with --json").format(count=more))
    if found.total > len(found.items):
        render.note(_("{count} pairs are not shown; --limit 0 shows all.").format(count=found.total - len(found.items)))


def _crowd(crowd: Crowd) -> str:
    codes = wording.listed(map(render.safe, crowd.codes)) + (" …" if crowd.customers > len(crowd.codes) else "")
    return _(CROWDS[crowd.reason]).format(count=crowd.customers, codes=codes)


def _tell_apart(context: Context, texts: tuple[str, str], *, lift: bool, reason: str, as_json: bool) -> None:
    """Notes that two customers are two, or takes it back."""
    with context.unit() as unit:
        viewer = access.viewer(unit.sql, unit.actor)
        one, other = (customers.get_customer(unit.sql, text, viewer) for text in texts)
        for customer_id in (one, other):
            access.require(unit.sql, unit.actor, "merge", customer_id)
        change = duplicates.unpart if lift else duplicates.part
        changed = change(unit.session, unit.sql, one=one, other=other, reason=reason)
        codes = [access.whose(unit.sql, customer_id).code for customer_id in (one, other)]
    if as_json:
        render.as_json({"different": codes, "holds": not lift, "changed": changed})
        return
    shown = dict(zip(("one", "other"), map(render.safe, codes), strict=True))
    if lift:
        said = (
            _("{one} and {other} may be one customer again.")
            if changed
            else _("That was not said of {one} and {other}.")
        )
    else:
        said = (
            _("{one} and {other} are two customers.") if changed else _("That was said of {one} and {other} already.")
        )
    render.tell(said.format(**shown))


# --- merge


@dataclass(frozen=True, slots=True)
class _Done:
    """A merge that was done, or rolled back: the plan, its batch, the two files before, the kept one afterwards."""

    plan: Merge
    batch: int
    keep: Mapping[str, Any]
    other: Mapping[str, Any]
    after: Mapping[str, Any]


def merge(
    ctx: typer.Context,
    keep: Annotated[str, typer.Argument(metavar=_("KEEP"), help=_("The customer whose file stays."))],
    other: Annotated[str, typer.Argument(metavar=_("OTHER"), help=_("The customer whose file goes into it."))],
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Where the two contradict each other, KEEP stays as it is. OTHER is no file any more; its code and name lead to KEEP."""
    context = context_of(ctx)
    if not dry_run and not yes:
        _ask(context, keep, other, reason)
    done = _merge(context, keep, other, reason, dry_run=dry_run)
    if as_json:
        render.as_json(_document(done, dry_run=dry_run))
        return
    if dry_run:
        _show_plan(done)
        render.tell(_("Dry run: nothing was changed."))
        return
    if yes:
        _show_plan(done)
    render.tell(
        _("{other} is merged into {keep}. To take it back: revisit customer unmerge {other}").format(
            keep=render.safe(done.plan.keep.code), other=render.safe(done.plan.other.code)
        )
    )


def _merge(context: Context, keep: str, other: str, reason: str, *, dry_run: bool) -> _Done:
    """Merges in one transaction, or rolls the same work back."""
    with context.unit(dry_run=dry_run) as unit:
        viewer = access.viewer(unit.sql, unit.actor)

        def file(customer_id: int) -> dict[str, Any]:
            return history.whole_file(unit.sql, unit.company, customer_id, on=unit.today, viewer=viewer, now=unit.now)

        plan = merging.plan_merge(unit.sql, unit.actor, keep=keep, other=other, today=unit.today)
        before = file(plan.keep.id), file(plan.other.id)
        plan, batch = merging.merge(
            unit.session,
            unit.sql,
            keep=keep,
            other=other,
            actor=unit.actor,
            now=unit.now,
            today=unit.today,
            reason=reason,
        )
        unit.replan()
        return _Done(plan, batch, *before, file(plan.keep.id))


def _ask(context: Context, keep: str, other: str, reason: str) -> None:
    """Shows on a terminal what a merge would do and asks. Raises WrongUsage where nobody can answer, Exit for a no."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUsage(
            N_("nobody can be asked here whether the files are to be merged"),
            N_("look with --dry-run what it would do, then say --yes"),
        )
    done = _merge(context, keep, other, reason, dry_run=True)
    _show_plan(done)
    question = _("Merge {other} into {keep}?")
    codes = {"keep": render.safe(done.plan.keep.code), "other": render.safe(done.plan.other.code)}
    if not typer.confirm(question.format(**codes), err=True):
        render.note(_("Nothing was changed."))
        raise typer.Exit(1)


def _document(done: _Done, *, dry_run: bool) -> dict[str, Any]:
    plan = done.plan
    return {
        "batch": None if dry_run else done.batch,
        "keep": plan.keep.code,
        "other": plan.other.code,
        "moved": plan.moved,
        "left": plan.left,
        "filled": sorted(_field(name) for name in plan.filled),
        "stated": [one.name for one in plan.stated],
        "owed": [{name: one[name] for name in ("rule", "due_by", "status")} for one in _owed(done)],
    }


def _field(cell: str) -> str:
    """The name of a field as sheets and documents have it."""
    return cell.removesuffix("_cents").removesuffix("_id")


def _owed(done: _Done) -> list[dict[str, Any]]:
    return [one for one in done.after["followups"] if one["status"] in LIVE]


def _show_plan(done: _Done) -> None:
    """Both files beside each other and what becomes of them; what moves; what is owed afterwards."""
    plan = done.plan
    with render.paged():
        rows = []
        fields = (("name", N_("Customer")), *FIELDS, *((name, title) for name, title in STANDING))
        for key, title in fields:
            values = [shown_field(key, file[key]) for file in (done.keep, done.other, done.after)]
            if any(values):
                rows.append({"field": _(title), "keep": values[0], "other": values[1], "after": values[2]})
        beside = render.columns() >= BESIDE
        view = (
            Column("field", N_("Field"), card=0),
            Column("keep", _("{code} (stays)").format(code=plan.keep.code), wrap=beside),
            Column("other", _("{code} (goes)").format(code=plan.other.code), wrap=beside),
            Column("after", N_("Afterwards"), wrap=beside),
        )
        render.table(rows, view)
        render.tell()
        render.paragraph(_("Moves to {code}: {rows}").format(code=render.safe(plan.keep.code), rows=_rows(plan.moved)))
        if plan.left:
            render.paragraph(
                _("Stays with {code}: {rows}").format(code=render.safe(plan.other.code), rows=_rows(plan.left))
            )
        for stated in plan.stated:
            render.paragraph(_("Holds from today on: {fact}").format(fact=wording.fact(stated.name, stated.value)))
        owed = _owed(done)
        render.tell()
        render.heading(_("Owed afterwards") if owed else _("Nothing is owed."))
        if owed:
            render.table(
                [one | {"rule": wording.rule(one["rule"]), "status": wording.state(one["status"])} for one in owed],
                OWED,
            )


STANDING = (("do_not_call", N_("Do not call")), ("closed", N_("Closed")), ("waived", N_("Waived")))


def _rows(counts: Mapping[str, int]) -> str:
    parts = [_("{what}: {count}").format(what=wording.table(name), count=count) for name, count in counts.items()]
    return wording.listed(parts) if parts else _("nothing")


# --- unmerge


def unmerge(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(metavar=_("CODE"), help=_("The code of the file that was merged."))],
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """What came from the file goes back to it. What somebody has done since stays where it is, and is named."""
    context = context_of(ctx)
    with context.reading() as (sql, _company):
        actor = context.actor(sql)
        if actor is None:
            raise staff.nobody()
        merged, target, batch = merging.batch_of(sql, actor, code)
    if not dry_run and not yes:
        batches.ask(context, batch)
    with progress.shown(batches.STAGES) as tell:
        found, timezone = batches.take_back(context, batch, dry_run=dry_run, told=tell)
    if as_json:
        codes = {"code": merged.code, "keep": target.code}
        render.as_json(codes | batches.document(found, timezone, dry_run=dry_run))
        return
    batches.show(found, timezone, dry_run=dry_run)
    if not dry_run:
        render.tell(_("{code} is a file of its own again.").format(code=render.safe(merged.code)))
