"""What goes on with a customer beside the calls, a line each: what is open, what was done, what the customer thinks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from revisit import approvals, posts, render, wording
from revisit.approvals.words import KINDS
from revisit.i18n import N_, _
from revisit.matters import words
from revisit.policy.survey import ITEMS

Told = Mapping[str, Any]


def show(found: Told) -> None:
    """What is open of each kind, under its heading; nothing where nothing is."""
    for key, title, line in OPEN:
        if found[key]:
            render.tell()
            render.heading(_(title))
            for one in found[key]:
                render.paragraph(render.safe(_joined(line(one))))


def _case(one: Told) -> Iterator[str]:
    yield from (
        f"#{one['number']}",
        str(one["opened_at"].date()),
        _("at once") if one["immediate"] else "",
        one["what"],
    )
    yield _(words.STATES[one["state"]])


def _complaint(one: Told) -> Iterator[str]:
    severe = wording.word(one["severity"]) if one["severity"] == "severe" else ""
    yield from (one["number"], str(one["opened_at"].date()), severe, one["what"], _(words.STATES[one["state"]]))


def _job(one: Told) -> Iterator[str]:
    yield from (one["number"], str(one["asked_at"].date()), wording.word(one["kind"]), one["what"])
    yield _(words.STATES[one["state"]])
    yield one["worker"] or ""


def _approval(one: Told) -> Iterator[str]:
    term = _("{days} days").format(days=one["term_days"]) if one["term_days"] is not None else ""
    yield from (approvals.called(one["number"]), str(one["asked_at"].date()), _(KINDS[one["kind"]]))
    yield from (one["amount"] or one["credit_limit"] or "", term, one["reason"], _(words.STATES[one["state"]]))


OPEN: Sequence[tuple[str, str, Callable[[Told], Iterator[str]]]] = (
    ("cases", N_("Open cases"), _case),
    ("complaints", N_("Open complaints"), _complaint),
    ("services", N_("Open service jobs"), _job),
    ("approvals", N_("Approvals to be signed"), _approval),
)
"""By the key of a document: the heading, and the parts of a line."""


def opinion(one: Told) -> str:
    """What the customer thinks of somebody's work, in a line."""
    grades = [f"{wording.word(item)} {wording.word(one[item])}" for item in ITEMS]
    grave = _("a grave complaint") if one["grave"] else ""
    return render.safe(_joined((str(one["asked_on"]), one["staff_name"], *grades, grave, one["note"])))


def event(kind: str, parts: Sequence[str]) -> Iterator[str]:
    """What was done with a matter, or what a customer answered, in words."""
    if kind == "survey":
        number, who, *rest = parts
        grades, (note, grave, void) = rest[: len(ITEMS)], rest[len(ITEMS) :]
        yield from (number, who)
        for item, grade in (one.split(" = ") for one in grades):
            yield f"{wording.word(item)} {wording.word(grade)}"
        yield from (_("a grave complaint") if grave else "", note)
        yield _("taken back: {reason}").format(reason=void) if void else ""
        return
    at, number, *rest = parts
    yield from (at, number)
    if kind == "approval":
        yield _(KINDS[rest.pop(0)])
    action, *rest = rest
    yield _(words.ACTIONS[action])
    if action == "climb":
        yield posts.shown_post(posts.load_posts(), rest[0])
    else:
        department, text, how, *people = rest
        yield from (department, text, wording.word(how), *people)


def _joined(parts: Iterator[str] | Sequence[str]) -> str:
    return " · ".join(filter(None, parts))
