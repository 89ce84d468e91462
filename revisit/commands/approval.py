"""`revisit approval list|show`: what has to be signed, by whom, what stands against it, and how it came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

from revisit import access, approvals, customers, form_words, posts, render, scheduler, wording
from revisit.access import Viewer
from revisit.approvals import Approval, Signature, signing, words
from revisit.commands import approval_deeds, approval_deputies, matters
from revisit.commands.numbers import ApprovalArgument
from revisit.commands.options import Command, JsonOption, add_group, context_of
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.matters import deadlines, wall
from revisit.matters import words as matter_words
from revisit.matters.deadlines import Kept
from revisit.policy.chains import KINDS, Step
from revisit.posts import Post
from revisit.render import Column

VIEW = (
    Column("number", N_("Approval"), right=True, card=0),
    Column("who", N_("Customer"), card=0),
    Column("what", N_("What"), wrap=True, card=1),
    Column("state", N_("Status"), card=1),
    Column("waits", N_("Waits for"), card=2),
    Column("due", N_("Due by"), card=2),
    Column("notes", N_("Note"), wrap=True, soft=True, card=3),
)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(
        app, "approval", _("What has to be signed before it holds: credit, terms, missing papers, settlements.")
    )
    group.command("list", cls=Command, help=_("The approvals that I may see, the nearest deadline first."))(list_)
    group.command("show", cls=Command, help=_("One approval: what is asked for, who signed, who signs next."))(show)
    approval_deeds.mount(group)
    approval_deputies.mount(group)


def list_(
    ctx: typer.Context,
    mine: Annotated[bool, typer.Option("--mine", help=_("Only what waits for my signature."))] = False,
    closed: Annotated[bool, typer.Option("--all", help=_("Also what is approved, rejected or withdrawn."))] = False,
    late: Annotated[bool, typer.Option("--late", help=_("Only what is late."))] = False,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", metavar=_("KIND"), help=_("What is to be signed: {kinds}.").format(kinds=", ".join(KINDS))
        ),
    ] = None,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar=_("CUSTOMER"), help=_("Only of this customer."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What was missed is put before the next post by itself whenever the program looks."""
    context = context_of(ctx)
    if kind is not None:
        approval_deeds.check_kind(kind)
    if mine and closed:
        raise WrongUsage(N_("--mine and --all exclude each other"), N_("name one of them"))
    context.look()
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        today = context.today(company)
        if mine:
            found = approvals.waiting_for(sql, company, viewer, today)
        else:
            found = approvals.visible(sql, company, viewer, approvals.list_approvals(sql, closed=closed), today)
        wanted = customers.get_customer(sql, customer, viewer) if customer is not None else None
        found = [one for one in found if kind in (None, one.kind) and wanted in (None, one.customer_id)]
        kept = deadlines.open_of(sql, "approval", [one.id for one in found])
        signatures = approvals.signatures_of(sql, [one.id for one in found])
        reminded = signing.reminders(sql)
        told = [
            Line(
                one, approvals.next_step(one, company, signatures.get(one.id, [])), kept.get(one.id, []),
                approvals.split_with(sql, company, one), reminded.get(one.id, 0),
            )
            for one in found
        ]  # fmt: skip
    if late:
        told = [one for one in told if any(kept.is_late(context.now) for kept in one.open)]
    told.sort(key=lambda one: (one.nearest is None, one.nearest or context.now, one.approval.number))
    shown = posts.load_posts()
    if as_json:
        render.as_json([card(one.approval, company) | _waiting(one, company, shown, context.now) for one in told])
        return
    render.heading(_("Approvals: {n}").format(n=len(told)))
    if told:
        render.table([_row(one, company, shown, context.now) for one in told], VIEW)
    else:
        render.tell(_("None. Ask for one: revisit approval request KIND CUSTOMER --reason TEXT"))


def show(ctx: typer.Context, number: ApprovalArgument, as_json: JsonOption = False) -> None:
    """What I may do next stands below."""
    context = context_of(ctx)
    context.look()
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        one = approvals.get_approval(sql, number)
        approvals.require_sight(sql, company, viewer, one, context.today(company), action="show")
        found = document(sql, company, one, viewer, context.now)
    if as_json:
        render.as_json(found)
    else:
        with render.paged():
            _show(found)


@dataclass(frozen=True, slots=True)
class Line:
    """An approval, the step that is next, its open deadlines, requests that look like parts of one, how often was reminded."""

    approval: Approval
    step: Step | None
    open: Sequence[Kept]
    split: Sequence[int]
    reminders: int

    @property
    def nearest(self) -> datetime | None:
        """The nearest deadline."""
        return min((one.due_by for one in self.open if one.due_by is not None), default=None)


def card(one: Approval, company: CompanyInfo) -> dict[str, Any]:
    """The approval itself, as a document gives it."""
    cents = {"amount": one.amount, "credit_limit": one.credit_limit, "old_credit_limit": one.old_credit_limit}
    return {
        "number": one.number,
        "kind": one.kind,
        "clause": one.chain(company).clause,
        "customer": one.code,
        "name": one.name,
        "rep": one.rep,
        "by": one.by,
        "opened_at": scheduler.local_at(one.opened_at, company),
        "asked_at": scheduler.local_at(one.asked_at, company),
        "form": one.round,
        **{name: None if value is None else wording.money(value) for name, value in cents.items()},
        "term_days": one.term_days,
        "old_term_days": one.old_term_days,
        "reason": one.reason,
        "state": one.state,
        "ended_at": scheduler.local_at(one.ended_at, company),
        "for": {"matter": one.about, "id": one.about_id} if one.about else None,
        "import": one.batch,
    }


def document(sql: Sql, company: CompanyInfo, one: Approval, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """The JSON document of `approval show`."""
    kept, shown = deadlines.of(sql, one.matter), posts.load_posts()
    given = list(approvals.signatures_of(sql, [one.id]).get(one.id, []))
    step = approvals.next_step(one, company, given)
    today = wall(now, company).date()
    return card(one, company) | {
        "waits_for": [posts.shown_post(shown, post) for post in step.posts] if step else [],
        "steps": _steps(one, company, given, shown),
        "void": [_signature(each, company, shown) for each in given if each.void_at is not None],
        "split": list(approvals.split_with(sql, company, one)),
        "deadlines": [matters.deadline(each, company, shown, now) for each in kept],
        "timeline": [_readable(event, shown) for event in matters.timeline(sql, company, one.matter, kept)],
        "possible": list(approvals.possible(sql, company, viewer, one, given, today)),
    }


def _steps(
    one: Approval, company: CompanyInfo, given: Sequence[Signature], shown: Sequence[Post]
) -> list[dict[str, Any]]:
    """Every step with the signature that it has."""
    signed = {each.step: each for each in given if each.void_at is None}
    return [
        {
            "step": place,
            "act": step.act,
            "posts": [posts.shown_post(shown, post) for post in step.posts],
            "signature": _signature(signed[place], company, shown) if place in signed else None,
        }
        for place, step in enumerate(one.steps(company), 1)
    ]


def _signature(one: Signature, company: CompanyInfo, shown: Sequence[Post]) -> dict[str, Any]:
    """A signature as a document gives it."""
    return {
        "step": one.step,
        "post": posts.shown_post(shown, one.post),
        "by": one.login,
        "name": one.name,
        "for": one.holder_login or None,
        "at": scheduler.local_at(one.at, company),
        "text": one.text,
        "void_at": scheduler.local_at(one.void_at, company),
    }


def _readable(event: Mapping[str, Any], shown: Sequence[Post]) -> dict[str, Any]:
    """An event with the titles of posts."""
    if "post" not in event:
        return dict(event)
    return {**event, "post": posts.shown_post(shown, event["post"])}


def _waiting(one: Line, company: CompanyInfo, shown: Sequence[Post], now: datetime) -> dict[str, Any]:
    return {
        "waits_for": [posts.shown_post(shown, post) for post in one.step.posts] if one.step else [],
        "split": list(one.split),
        "reminders": one.reminders,
        "deadlines": [matters.deadline(kept, company, shown, now) for kept in one.open],
    }


def what(found: Mapping[str, Any]) -> str:
    """What is asked for, in a few words: credit limit 10000.00 → 20000.00."""
    parts = []
    if found["credit_limit"] is not None:
        parts.append(
            _("credit limit {old} → {new}").format(old=found["old_credit_limit"] or "—", new=found["credit_limit"])
        )
    if found["term_days"] is not None:
        old = "—" if found["old_term_days"] is None else found["old_term_days"]
        parts.append(_("payment term {old} → {new} days").format(old=old, new=found["term_days"]))
    if not parts:
        kind = _(words.KINDS[found["kind"]])
        parts = [_("{kind}, {amount}").format(kind=kind, amount=found["amount"]) if found["amount"] else kind]
    return wording.listed(parts)


def split_text(numbers: Sequence[int]) -> str:
    """That requests look like parts of one."""
    told = wording.listed(map(approvals.called, numbers))
    return _("stays under a tier that it passes together with {numbers}").format(numbers=told)


def _row(one: Line, company: CompanyInfo, shown: Sequence[Post], now: datetime) -> dict[str, Any]:
    found = one.approval
    nearest = min(one.open, key=lambda kept: (kept.due_by is None, kept.due_by or now), default=None)
    due = ""
    if nearest is not None and nearest.due_by is not None:
        due = matters.shown_at(wall(nearest.due_by, company))
        due += " " + _("late") if nearest.is_late(now) else ""
    notes = [split_text(one.split)] if one.split else []
    if one.reminders:
        notes.append(_("reminded: {n}").format(n=one.reminders))
    return {
        "number": found.matter.number,
        "who": f"{found.code} {found.name}".strip(),
        "what": what(card(found, company)),
        "state": _(matter_words.STATES[found.state]),
        "waits": " / ".join(posts.shown_post(shown, post) for post in one.step.posts) if one.step else "",
        "due": due,
        "notes": " · ".join(notes),
    }


def _show(found: dict[str, Any]) -> None:
    render.heading(render.safe(f"{approvals.called(found['number'])} {found['customer']} {found['name']}".rstrip()))
    rows = [
        (_("What"), f"{what(found)} [{found['clause']}]"),
        (_("Status"), _(matter_words.STATES[found["state"]])),
        (_("Asked for"), f"{found['asked_at']:%Y-%m-%d %H:%M} · {found['by']}"),
        (_("Reason"), _in_words(found["reason"], found)),
        (_("Import"), "" if found["import"] is None else str(found["import"])),
    ]
    render.pairs([(title, render.safe(text)) for title, text in rows if text])
    if found["split"]:
        render.paragraph(render.safe(_("Look closely: this one {split}.").format(split=split_text(found["split"]))))
    render.tell()
    render.heading(_("Signatures"))
    for step in found["steps"]:
        render.paragraph(render.safe(_step_line(step)))
    for one in found["void"]:
        render.paragraph(render.safe(_("void since {day}: {signature}").format(
            day=matters.shown_at(one["void_at"]), signature=_signature_line(one)
        )))  # fmt: skip
    matters.show_story(found | {
        "timeline": [one | {"text": _in_words(one["text"], found)} if "text" in one else one for one in found["timeline"]]
    })  # fmt: skip


def _in_words(text: str, found: Mapping[str, Any]) -> str:
    """A reason as it is read: a complaint asks with its number and the code of its settlement."""
    number, code, *more = [*text.split(" ", 2), ""]
    if not number or code not in form_words.SETTLEMENTS or not found["reason"].startswith(f"{number} "):
        return text
    return " ".join(filter(None, (number, form_words.settlement(code), *more)))


def _step_line(step: Mapping[str, Any]) -> str:
    act = _(words.ACTS[step["act"]])
    signed = (
        _signature_line(step["signature"]) if step["signature"] else " / ".join(step["posts"]) + " · " + _("not yet")
    )
    return f"{step['step']} {act} · {signed}"


def _signature_line(one: Mapping[str, Any]) -> str:
    """Who signed as what, for whom, when, and what was said."""
    who = f"{one['name']} ({one['by']})" if one["name"] != one["by"] else one["by"]
    if one["for"]:
        who = _("{deputy} for {holder}").format(deputy=who, holder=one["for"])
    return " · ".join(filter(None, (one["post"], who, f"{one['at']:%Y-%m-%d %H:%M}", one["text"])))
