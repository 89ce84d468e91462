"""`revisit policy outcomes`: what each result of a call counts as, and what follows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from revisit import render, wording
from revisit.commands.options import JsonOption, OnOption, context_of
from revisit.i18n import N_, _
from revisit.policy.calendar import WorkCalendar
from revisit.policy.meeting import meets
from revisit.policy.outcomes import CHANNELS, RESULTS, counts_as
from revisit.policy.values import Policy
from revisit.render import Column

VIEW = (
    Column("result", N_("Result"), card=0),
    Column("counts_as", N_("Counts as"), card=0),
    Column("ends", N_("Ends the follow-up"), card=2),
    Column("retry", N_("Next try after"), card=3),
    Column("number", N_("Other number after"), card=4),
    Column("channel", N_("Other channel after"), card=5),
    Column("note", N_("Note required"), card=6),
    Column("meets", N_("Meets"), wrap=True, card=1),
)
COUNTS = {
    "conversation": N_("conversation"),
    "message": N_("message"),
    "attempt": N_("attempt"),
    "nothing": N_("nothing"),
}


def outcomes(ctx: typer.Context, on: OnOption = None, as_json: JsonOption = False) -> None:
    """The policy in force on the day. An attempt is no contact: it meets nothing."""
    context = context_of(ctx)
    with context.reading() as (_sql, company):
        day = context.day(on, company)
    policy = company.policies.on(day)
    results = [document(result, policy, company.calendar) for result in RESULTS]
    if as_json:
        render.as_json({"on": day, "clause": policy.outcomes_clause, "results": results})
        return
    render.heading(_("What follows a result of a call [{clause}]").format(clause=render.safe(policy.outcomes_clause)))
    render.table([_row(one) for one in results], VIEW)


def document(result: str, policy: Policy, calendar: WorkCalendar) -> dict[str, Any]:
    """One result as the JSON document holds it; what is only asked of an attempt is null for every other result."""
    counts, rule = counts_as(result, policy), policy.outcomes[result]
    met = meets(result, policy, calendar)
    miss = counts == "attempt"
    return {
        "result": result,
        "counts_as": counts,
        "meets": {name: list(channels) for name, channels in met.items()},
        "ends_follow_up": bool(met),
        "retry_after_minutes": rule.retry_after_minutes if miss else None,
        "other_number_after": (rule.other_number_after or None) if miss else None,
        "other_channel_after": (rule.other_channel_after or None) if miss else None,
        "note_required": rule.note_required,
    }


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "result": wording.word(one["result"]),
        "counts_as": _(COUNTS[one["counts_as"]]),
        "ends": _("yes") if one["ends_follow_up"] else _("no"),
        "retry": _minutes(one["retry_after_minutes"]),
        "number": _misses(one["other_number_after"]),
        "channel": _misses(one["other_channel_after"]),
        "note": _("yes") if one["note_required"] else _("no"),
        "meets": wording.listed(_met(*pair) for pair in one["meets"].items()) or "–",
    }


def _met(rule: str, channels: list[str]) -> str:
    """A rule in words, with the channels where it is not met by all of them."""
    if len(channels) == len(CHANNELS):
        return wording.rule(rule)
    template = _("{rule} (by {channels})")
    return template.format(rule=wording.rule(rule), channels=wording.listed(map(wording.word, channels)))


def _minutes(minutes: int | None) -> str:
    return "–" if minutes is None else _("{minutes} min").format(minutes=minutes)


def _misses(number: int | None) -> str:
    return "–" if number is None else _("misses: {number}").format(number=number)
