"""A complaint as a document and on the screen: its form, its measures and goods, what was done, whose duty is still open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from revisit import approvals, complaints, form_words, posts, render, scheduler, wording
from revisit.commands import matters
from revisit.company import CompanyInfo
from revisit.complaints import Complaint, Measure, Returned, Sight
from revisit.db import Sql
from revisit.i18n import _
from revisit.matters import Matter, deadlines, moves, words
from revisit.matters.deadlines import Kept
from revisit.matters.moves import Made
from revisit.policy.machines import DUTIES, owed_steps

MORE = ("cause", "settlement", "amount", "quantity", "document")
"""What else is told of a step."""


def card(one: Complaint, company: CompanyInfo, sight: Sight) -> dict[str, Any]:
    """The form itself, as a document gives it."""
    return {
        "number": one.number,
        "customer": one.code,
        "name": sight.name(one),
        "rep": one.rep,
        "opened_at": scheduler.local_at(one.opened_at, company),
        "by": one.by,
        "before": one.parent or None,
        "after": one.child or None,
        "what": one.what,
        "severity": one.severity,
        "urgency": one.urgency,
        "order": one.order_number,
        "batch": one.batch_number,
        "quantity": form_words.quantity(one.quantity) if one.quantity is not None else None,
        "unit": one.unit,
        "shipped_on": one.shipped_on,
        "demand": one.demand,
        "state": one.state,
        "department": one.department,
        "kind": one.kind or None,
        "cause": one.cause,
        "upheld": one.upheld,
        "responsible": one.responsible,
        "supplier_liable": one.supplier_liable,
        "loss": wording.money(one.loss) if one.loss is not None else None,
        "settlement": one.settlement or None,
        "amount": wording.money(one.amount) if one.settlement else None,
        "approval": one.approval,
        "result": one.result,
        "answered_on": one.answered_on,
        "closed_on": one.closed_on,
        "case": one.case,
    }


def document(sql: Sql, company: CompanyInfo, one: Complaint, sight: Sight, now: datetime) -> dict[str, Any]:
    """The JSON document of `complaint show`."""
    kept, shown = deadlines.of(sql, one.matter), posts.load_posts()
    measures, goods = complaints.measures_of(sql, one.id), complaints.goods_of(sql, one.id)
    made = moves.of(sql, one.matter)
    return card(one, company, sight) | {
        "waits": deadlines.is_paused(sql, one.matter),
        "measures": [_measure(each) for each in measures],
        "returned": [_returned(each) for each in goods],
        "duties": [_duty(sql, company, one, sight, duty, made, measures) for duty in DUTIES],
        "deadlines": [matters.deadline(each, company, shown, now) for each in kept],
        "timeline": _timeline(sql, company, one, kept, measures, goods),
        "possible": complaints.possible(sql, sight, one),
    }


def _duty(
    sql: Sql,
    company: CompanyInfo,
    one: Complaint,
    sight: Sight,
    duty: str,
    made: Sequence[Made],
    measures: Sequence[Measure],
) -> dict[str, Any]:
    """A duty: whose it is, what of it was done last when and by whom, what is owed."""
    last = {each.action: each for each in made}
    if one.has_order:  # taken down when the complaint was accepted, unless later
        last.setdefault("facts", made[0])
    if measures:
        last["measure"] = moves.of(sql, Matter("measure", measures[0].id, "measure", "", "", one.customer_id))[0]
    return {
        "duty": duty,
        "departments": list(sight.carrying(duty)),
        "done": [
            {"step": step, "at": scheduler.local_at(last[step].at, company), "by": last[step].said.get("by") or last[step].login}
            for step in DUTIES[duty]
            if step in last
        ],
        "owed": list(owed_steps(duty, one.state, made=last, upheld=one.upheld)),
    }  # fmt: skip


def duty_line(one: dict[str, Any]) -> str:
    """A duty in one line: whose, what was done when and by whom, what is still to do."""
    who = wording.listed(one["departments"])
    named = _("{duty} ({departments})") if who else "{duty}"
    parts = [named.format(duty=form_words.duty(one["duty"]), departments=who)]
    parts += [f"{words.named(each['step'])} {matters.shown_at(each['at'])} {each['by']}" for each in one["done"]]
    if one["owed"]:
        parts.append(_("still to do: {steps}").format(steps=words.listed(one["owed"])))
    return " · ".join(parts)


def _timeline(
    sql: Sql,
    company: CompanyInfo,
    one: Complaint,
    kept: Sequence[Kept],
    measures: Sequence[Measure],
    goods: Sequence[Returned],
) -> list[dict[str, Any]]:
    """What was done with the form, its measures and its goods, in order of time."""
    found = matters.timeline(sql, company, one.matter, kept)
    for kind, table, parts in (("measure", "measure", measures), ("returned", "returned_goods", goods)):
        for part in parts:
            matter = Matter(kind, part.id, table, "", part.state, one.customer_id)
            found += matters.timeline(sql, company, matter, deadlines.of(sql, matter))
    return [_readable(event) for event in sorted(found, key=lambda event: event["at"])]


def _readable(event: dict[str, Any]) -> dict[str, Any]:
    """An event with its amount, or its quantity, as text."""
    told = dict(event)
    if "amount" in told:
        told["amount"] = wording.money(told["amount"])
    if "quantity" in told:
        told["quantity"] = form_words.quantity(told["quantity"])
    return told


def event_line(event: dict[str, Any]) -> str:
    """A step in one line: what is proposed, and how much, stand before the words."""
    more = [
        form_words.settlement(event[name]) if name == "settlement" else event[name] for name in MORE if event.get(name)
    ]
    return matters.event_line(event | {"text": " · ".join(filter(None, (*more, event.get("text", ""))))})


def _measure(one: Measure) -> dict[str, Any]:
    return {
        "place": one.place, "what": one.what, "department": one.department, "due_on": one.due_on, "state": one.state,
        "ended_on": one.ended_on, "result": one.result,
    }  # fmt: skip


def _returned(one: Returned) -> dict[str, Any]:
    quantities = {"announced": one.announced, "received": one.received, "approved": one.approved}
    return {
        "place": one.place, "goods": one.goods, "unit": one.unit, "note": one.note, "note_number": one.note_number,
        **{name: None if value is None else form_words.quantity(value) for name, value in quantities.items()},
        "amount": None if one.amount is None else wording.money(one.amount), "state": one.state,
    }  # fmt: skip


def form_lines(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The lines of the form: what each is called and what stands there, empty ones too."""
    marks = wording.listed(wording.word(found[name]) for name in ("severity", "urgency"))
    quantity = " ".join(filter(None, (found["quantity"], found["unit"])))
    settled = form_words.settlement(found["settlement"]) if found["settlement"] else ""
    if settled and found["settlement"] != "none":
        settled += f" {found['amount']}"
    if found["approval"] is not None:
        settled += " · " + _("approval {number}").format(number=approvals.called(found["approval"]))
    upheld = (_("yes") if found["upheld"] else _("no")) if found["settlement"] else ""
    supplier = (_("yes") if found["supplier_liable"] else _("no")) if found["settlement"] else ""
    waits = " · " + _("waits for the customer") if found["waits"] else ""
    return [
        (_("What"), found["what"]),
        (_("Status"), _(words.STATES[found["state"]]) + waits),
        (_("Opened"), f"{found['opened_at']:%Y-%m-%d %H:%M} · {found['by']}"),
        (_("Severity and urgency"), marks),
        (_("Case"), f"#{found['case']}" if found["case"] is not None else ""),
        (_("Form before"), found["before"] or ""),
        (_("Form after"), found["after"] or ""),
        (_("Order"), found["order"]),
        (_("Batch"), found["batch"]),
        (_("Quantity"), quantity),
        (_("Shipped"), f"{found['shipped_on'] or ''}"),
        (_("Demand"), found["demand"]),
        (_("Investigated by"), found["department"]),
        (_("Kind"), wording.word(found["kind"]) if found["kind"] else ""),
        (_("Cause"), found["cause"]),
        (_("Upheld"), upheld),
        (_("Responsible"), found["responsible"]),
        (_("Supplier liable"), supplier),
        (_("Loss"), found["loss"] or ""),
        (_("Settlement"), settled),
        (_("Customer told"), f"{found['answered_on'] or ''}"),
        (_("Result"), found["result"]),
        (_("Closed on"), f"{found['closed_on'] or ''}"),
    ]


def measure_line(one: dict[str, Any]) -> str:
    """A measure in one line."""
    due = _("due by {due}").format(due=one["due_on"]) if one["state"] == "planned" else f"{one['ended_on']}"
    return " · ".join(
        filter(
            None, (f"{one['place']}", one["what"], one["department"], _(words.STATES[one["state"]]), due, one["result"])
        )
    )


def returned_line(one: dict[str, Any]) -> str:
    """Goods that come back in one line."""
    parts = [f"{one['place']}", one["goods"], wording.word(one["note"])]
    for name in ("announced", "received", "approved"):
        if one[name] is not None:
            parts.append(f"{wording.column(name)} {one[name]} {one['unit']}".rstrip())
    if one["amount"] is not None:
        parts.append(f"{wording.column('amount')} {one['amount']}")
    return " · ".join(filter(None, (*parts, one["note_number"])))


def measure_of(one: Measure) -> str:
    """A measure in one line."""
    return measure_line(_measure(one))


def goods_of(one: Returned) -> str:
    """Goods that come back in one line."""
    return returned_line(_returned(one))


def show(found: dict[str, Any]) -> None:
    render.heading(render.safe(f"{found['number']} {found['customer']} {found['name']}"))
    render.pairs([(title, render.safe(text)) for title, text in form_lines(found) if text])
    for title, lines in (
        (_("Measures of improvement"), [measure_line(one) for one in found["measures"]]),
        (_("Goods that come back"), [returned_line(one) for one in found["returned"]]),
        (_("Duties"), [duty_line(one) for one in found["duties"]]),
        (_("Deadlines"), [matters.deadline_line(one) for one in found["deadlines"]]),
        (_("What was done"), [f"{matters.shown_at(one['at'])} {event_line(one)}" for one in found["timeline"]]),
    ):
        if lines:
            render.tell()
            render.heading(title)
            for line in lines:
                render.paragraph(render.safe(line))
    if found["possible"]:
        render.tell()
    matters.show_possible(found["possible"])
