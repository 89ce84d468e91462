"""`revisit policy show|check`: the numbers in force with their clauses, and what is wrong with a policy file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import policy_file, render, wording
from revisit.approvals.words import ACTS
from revisit.commands.options import Command, JsonOption, OnOption, YesOption, add_group, context_of
from revisit.commands.policy_adopt import adopt
from revisit.commands.policy_outcomes import outcomes
from revisit.commands.policy_simulate import simulate
from revisit.errors import WrongUsage
from revisit.i18n import N_, _, language
from revisit.policy_file import Adopted
from revisit.render import Column
from revisit.sheets.writing import write_beside

NUMBERS = {
    "conversation_results": N_("results that are a conversation"),
    "phone_channels": N_("a conversation by one of these is a phone contact"),
    "message_result": N_("result of a message that counts as a contact"),
    "message_channels": N_("channels by which it counts"),
    "attempt_results": N_("results that are an attempt"),
    "min_gap_days": N_("days between two contacts"),
    "working_days": N_("hours on working days"),
    "rest_days": N_("hours on days off"),
    "morning": N_("what customers call morning"),
    "noon": N_("what customers call noon"),
    "afternoon": N_("what customers call afternoon"),
    "evening": N_("what customers call evening"),
    "claim_minutes": N_("minutes for which a customer is taken"),
    "early_minutes": N_("minutes before a promised time"),
    "decide": N_("the supervisor's decision"),
    "coordinate": N_("agreeing with other departments"),
    "form": N_("sending the form to the department"),
    "contact": N_("the department's first contact"),
    "plan": N_("the department's plan of measures"),
    "feedback": N_("what is not urgent"),
    "sign": N_("each signature of an approval"),
    "report": N_("a complaint's report, from the investigation's end"),
    "closing": N_("a complaint is closed, from its acceptance"),
    "measure": N_("a measure of improvement whose day nobody named"),
    "review": N_("closed complaints: reviewed by that day of the next month"),
    "split_days": N_("days whose requests count together"),
    "documents": N_("to trade without all papers"),
    "credit": N_("another credit limit"),
    "term": N_("another payment term"),
    "settlement": N_("to settle a complaint"),
    "remote-service": N_("to serve from afar"),
    "ladder": N_("posts a missed deadline is put before"),
    "every_hours": N_("hours until the next post"),
    "grades": N_("grades, the best first"),
    "items": N_("what each item weighs"),
    "grave_to": N_("post that decides a grave complaint"),
    "first_reply_seconds": N_("seconds until the first reply in a chat"),
    "average_reply_seconds": N_("seconds until a reply, on average"),
    "word_within_seconds": N_("seconds until a word at least"),
    "apology_after_seconds": N_("seconds after which an apology is due"),
    "apologies": N_("words of an apology"),
    "indicators": N_("figures, and how they become points"),
    "posts": N_("what each indicator weighs"),
    "verdicts": N_("what a checked record counts"),
    "calls_per_day": N_("contacts on a working day, at ability 1"),
    "hours": N_("hours to fill a record in"),
    "dormancy_hours": N_("the same, of a dormant customer"),
    "orders_fresh_days": N_("days after which orders count as old"),
    "window_days": N_("days from opening until it is due"),
    "script": N_("script of the talk"),
    "paperwork": N_("paperwork, no contact with the customer"),
    "repeat": N_("after which sale"),
    "again_after_months": N_("months until the next one"),
    "after_days": N_("days after which it begins"),
    "exceptions": N_("other days for some customers"),
    "after_months": N_("months after which it begins"),
    "slots": N_("first days of the slots of a month"),
    "min_days_left": N_("days that must be left of a slot"),
    "max_balance": N_("the highest balance"),
    "auto": N_("without a supervisor's word"),
    "interested_after_days": N_("days until the next one, if interested"),
    "first_window_days": N_("days from entry until the first is due"),
}
"""What each number of the policy is, in a few words."""
SECTIONS = {
    "contact": N_("What counts as a contact"),
    "call_hours": N_("When calls are made"),
    "desk": N_("The call desk"),
    "outcomes": N_("What follows a result"),
    "records": N_("How soon a record is filled in"),
    "list": N_("The morning list"),
    "working_hours": N_("When people are at work"),
    "clocks": N_("How long each step may take"),
    "escalation": N_("Before whom a missed deadline is put"),
    "approvals": N_("What has to be signed, and by whom"),
    "survey": N_("What customers think of the work"),
    "chats": N_("How soon chats are answered"),
    "capacity": N_("How much work a day holds"),
    "appraisal": N_("How people are appraised"),
}
FAULTS = (
    Column("line", N_("Line"), right=True),
    Column("key", N_("Key")),
    Column("problem", N_("What is wrong"), wrap=True),
)
BOUNDS = {"below": N_("below"), "up_to": N_("up to")}
INDENT = "  "


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    policy = add_group(app, "policy", _("The follow-up policy: the numbers in force; try another one, and adopt it."))
    policy.command("show", cls=Command, help=_("The numbers in force, with their clauses."))(show)
    policy.command("outcomes", cls=Command, help=_("What each result of a call counts as, and what follows it."))(
        outcomes
    )
    policy.command("check", cls=Command, help=_("Look a policy file over for faults."))(check)
    policy.command("simulate", cls=Command, help=_("What another policy would change: the same history under both."))(
        simulate
    )
    policy.command("adopt", cls=Command, help=_("A policy that somebody else wrote comes into force on a day."))(adopt)


def show(
    ctx: typer.Context,
    rule: Annotated[str | None, typer.Argument(metavar=_("RULE"), help=_("This rule alone."))] = None,
    on: OnOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar=_("FILE"), help=_("Its text as a file instead, to change it.")),
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """The version in force on the day, as it was adopted."""
    if output is not None and rule is not None:
        raise WrongUsage(N_("a file holds the whole policy"), N_("leave {rule} out"), rule=rule)
    context = context_of(ctx)
    with context.reading() as (sql, company):
        day = context.day(on, company)
        versions = policy_file.adopted(sql)
        zone = company.timezone
    current = policy_file.in_force(versions, day)
    if output is not None:
        _write(current, output, replace=yes, as_json=as_json)
        return
    rules = current.data["rules"]
    if rule is not None and rule not in rules:
        known = ", ".join(rules)
        raise WrongUsage(N_("there is no rule {rule}"), N_("rules: {known}"), rule=rule, known=known)
    wanted = [name for name in rules if rule in (None, name)]
    if as_json:
        render.as_json(document(versions, current, wanted, day, zone))
    else:
        _show(versions, current, wanted, day, whole=rule is None)


def _write(current: Adopted, path: Path, *, replace: bool, as_json: bool) -> None:
    write_beside(path, lambda beside: beside.write_text(current.body, encoding="utf-8", newline="\n"), replace=replace)
    if as_json:
        render.as_json({"file": str(path), "in_force_from": current.in_force_from})
    else:
        render.tell(_("{file} is written.").format(file=render.safe(path)))


def check(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar=_("FILE"), help=_("A policy file: UTF-8 text in TOML."))],
    as_json: JsonOption = False,
) -> None:
    """All faults at once, each with its line; exit code 1 if there are any. No database is opened."""
    del ctx
    problems = policy_file.problems_of(policy_file.read_file(file))
    if as_json:
        render.as_json({"file": str(file), "problems": [one._asdict() for one in problems]})
    elif problems:
        render.heading(_("{file}: faults: {number}").format(file=render.safe(file), number=len(problems)))
        render.table([one._asdict() for one in problems], FAULTS)
    else:
        render.tell(_("{file}: no faults").format(file=render.safe(file)))
    if problems:
        render.note(_("The policy cannot be used as it is: faults: {number}.").format(number=len(problems)))
        raise typer.Exit(1)


def document(
    versions: tuple[Adopted, ...], current: Adopted, rules: list[str], day: date, timezone: str
) -> dict[str, Any]:
    """The JSON document of `policy show`."""
    data = current.data
    return {
        "on": day,
        "id": data["id"],
        "title": data.get("title", {}),
        "in_force_from": current.in_force_from,
        "versions": [one.card(timezone) for one in versions],
        "documents": data["documents"],
        "sections": [
            {"section": name, "clause": data[name].get("clause", ""), "numbers": numbers(data[name])}
            for name in SECTIONS
            if name in data
        ],
        "rules": [
            {
                "rule": name,
                "clause": data["rules"][name]["clause"],
                "says": data["rules"][name]["says"],
                "numbers": numbers(data["rules"][name]),
            }
            for name in rules
        ],
    }


def numbers(table: Mapping[str, Any]) -> dict[str, Any]:
    """What a table of the policy holds beside its clause and its sentence."""
    return {key: value for key, value in table.items() if key not in ("clause", "says")}


def _show(versions: tuple[Adopted, ...], current: Adopted, rules: list[str], day: date, *, whole: bool) -> None:
    data = current.data
    title = _words(data.get("title", {})) or str(data["id"])
    render.heading(f"{render.safe(title)} · {day}")
    if whole:
        render.hanging(_("In force from {day}.").format(day=current.in_force_from))
        if len(versions) > 1:
            render.hanging(
                _("Versions: {days}").format(days=wording.listed(str(one.in_force_from) for one in versions))
            )
        for name, words in data["documents"].items():
            render.hanging(f"{INDENT}{name}  {_words(words)}", hang=INDENT + " " * (len(name) + 2))
        for name, words in SECTIONS.items():
            if name in data:
                clause = data[name].get("clause")
                _part(_(words) + (f" [{clause}]" if clause else ""), "", numbers(data[name]))
    for name in rules:
        rule = data["rules"][name]
        spoken = wording.rule(name)
        heading = f"{name} · {spoken}" if spoken != name else name
        _part(f"{heading} [{rule['clause']}]", _words(rule["says"]), numbers(rule))


def _part(heading: str, sentence: str, table: Mapping[str, Any]) -> None:
    render.tell()
    render.heading(render.safe(heading))
    if sentence:
        render.hanging(INDENT + sentence, hang=INDENT)
    rows = [
        {"key": key, "value": text, "means": _(NUMBERS[key]) if key in NUMBERS else ""} for key, text in _cells(table)
    ]
    if rows:
        key_room = max(render.width(row["key"]) for row in rows)
        value_room = max(render.width(row["value"]) for row in rows)
        for row in rows:
            left = f"{INDENT}{render.pad(row['key'], key_room)}  {render.pad(row['value'], value_room)}  "
            render.hanging((left + row["means"]).rstrip(), hang=INDENT * 2)


def _cells(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Keys and values as text; words of ours in the language in use beside them."""
    for key, value in table.items():
        if isinstance(value, Mapping) and ("steps" in value or "tiers" in value):
            yield from _chain(key, value)
        elif isinstance(value, Mapping) and all(isinstance(one, Mapping) for one in value.values()):
            yield key, ""
            yield from ((INDENT + name, _one(numbers(one))) for name, one in value.items())
        elif isinstance(value, bool):
            yield key, _("yes") if value else _("no")
        elif isinstance(value, list):
            yield key, wording.listed(map(_one, value)) or "–"
        else:
            yield key, _one(value)


def _chain(kind: str, chain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Who signs, step after step; of tiers a row for each."""
    tiers = chain.get("tiers", [chain])
    for place, tier in enumerate(tiers):
        steps = " → ".join(
            f"{_(ACTS[act])} {' / '.join(posts)}" for step in tier["steps"] for act, posts in step.items()
        )
        bound = next((f"{_(BOUNDS[name])} {tier[name]}: " for name in BOUNDS if name in tier), "")
        if not bound and len(tiers) > 1:
            bound = _("more: ")
        clause = f" [{chain['clause']}]" if place == len(tiers) - 1 else ""
        yield kind if not place else "", bound + steps + clause


def _one(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}={str(one).lower() if isinstance(one, bool) else one}" for name, one in value.items())
    return wording.words([value]) if value in wording.WORDS else str(value)


def _words(words: Mapping[str, Any]) -> str:
    """A text in the language in use, else in the other."""
    return str(words.get(language()) or next(iter(words.values()), ""))
