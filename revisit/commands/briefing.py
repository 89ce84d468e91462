"""The briefing before a call and what speaks against calling now, as they stand on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from revisit import render, wording
from revisit.commands import dealings
from revisit.commands.callbacks import shown
from revisit.db import day
from revisit.desk.briefing import Briefing
from revisit.desk.cautions import Caution
from revisit.i18n import N_, _

SAID = ("satisfaction", "intention")
TOLD = ("reason", "suggestion", "note")
AGAINST = {
    "do_not_call": N_("Do not call: {why}."),
    "closed": N_("The file is closed: {why}."),
    "waived": N_("Waived until {until}: {why}."),
    "promised": N_("We promised to call at another time: {when}."),
    "claimed": N_("{login} has this customer on the desk until {until}."),
    "retry": N_("Missed a short while ago: to be tried again from {at} on."),
    "too_soon": N_("Too soon: the last contact was on {last}; at least {least} days lie between two contacts."),
    "open_case": N_("Case {number} of {on} is open: {what}"),
    "no_phone": N_("There is no phone number in the file."),
    "hours": N_("It is {now} ({weekday}): {why}."),
}

STATED = ("do_not_call", "closed", "waived")


def show(known: Briefing, *, on: date) -> None:
    """Everything that is known before the call."""
    file = known.file
    grade = f" ({file['grade']})" if file["grade"] else ""
    render.heading(f"{render.safe(file['code'])} {render.safe(file['name'])}{grade}")
    render.pairs(list(_file(known, on)))
    _why(known)
    _part(_("Promised"), [_promise(one) for one in known.promised])
    dealings.show(known.file)
    _part(_("Last opinion"), [dealings.opinion(one) for one in known.file["surveys"][-1:]])
    _part(_("Last contacts"), [_contact(one) for one in known.contacts])
    if not known.contacts:
        render.tell()
        render.tell(_("There was no contact yet."))


def cautions(found: Sequence[Caution], timezone: str) -> list[str]:
    """What speaks against calling now, a sentence each."""
    return [_against(one, timezone) for one in found]


def _file(known: Briefing, on: date) -> Iterator[tuple[str, str]]:
    file = known.file
    person = " ".join(filter(None, (file["contact"], file["title"])))
    yield _("Contact"), person
    yield _("Phone"), " / ".join(file["phones"]) or _("no phone")
    last = day(file["last_order_on"])
    if last is not None:
        days = _("{days} days ago").format(days=(on - last).days)
        yield (
            _("Last order"),
            " · ".join(filter(None, (_("{text} ({more})").format(text=last, more=days), known.product))),
        )
    yield _("Balance"), str(file["balance"] or "")
    yield _("Salesperson"), file["salesperson"]
    yield _("Note"), file["note"]


def _why(known: Briefing) -> None:
    render.tell()
    if known.line is None:
        render.tell(_("Nothing is owed to this customer today."))
    else:
        render.heading(_("Why now"))
        for one in known.line.why:
            render.paragraph(
                _("{rule}: {reason} [{clause}], due by {due_by}, {status}").format(
                    **one | {"rule": wording.rule(one["rule"]), "status": wording.state(one["status"])}
                )
            )
        if known.line.attempts:
            render.tell(_("attempts: {attempts}").format(attempts=known.line.attempts))
    met = dict.fromkeys(wording.rule(one["rule"]) for one in known.meets)
    if met:
        render.paragraph(_("This talk meets: {rules}").format(rules=wording.listed(met)))
    elif known.line is not None:
        render.paragraph(_("This talk alone meets none of them."))


def _part(title: str, lines: Sequence[str]) -> None:
    if lines:
        render.tell()
        render.heading(title)
        for line in lines:
            render.paragraph(line)


def _promise(one: Mapping[str, Any]) -> str:
    when = _on_weekday(one["callback"])
    return render.safe(" · ".join(filter(None, (when, one["purpose"], one["ask_for"]))))


def _on_weekday(when: date) -> str:
    return _("{when} ({weekday})").format(when=shown(when), weekday=render.weekday(when))


def _contact(one: Mapping[str, Any]) -> str:
    time = one["at"].strftime(" %H:%M") if one["at"] else ""
    words = [wording.word(one[name]) for name in ("channel", "result", *SAID) if one[name]]
    said = [one[name] for name in TOLD if one[name]]
    return render.safe(" · ".join([f"{one['on']}{time}", *words, *said, one["staff"] or ""]).removesuffix(" · "))


def _against(one: Caution, timezone: str) -> str:
    facts: dict[str, Any] = {
        name: render.safe(value) if isinstance(value, str) else value for name, value in one.facts.items()
    }
    if one.code == "hours":
        now = facts["now"]
        facts = {"now": shown(now), "weekday": render.weekday(now), "why": wording.outside(facts["reason"])}
    if one.code == "promised":
        when = facts["at"] or facts["on"]
        facts["when"] = _on_weekday(when)
    if one.code == "retry":
        facts["at"] = shown(facts["at"])
    if one.code in STATED:
        since = _("since {day}").format(day=facts["since"]) if facts["since"] else _("from the start")
        facts["why"] = _("; ").join(filter(None, (since, facts["reason"])))
    facts["until"] = facts.get("until") or _("further notice")
    return _(AGAINST[one.code]).format(**facts)
