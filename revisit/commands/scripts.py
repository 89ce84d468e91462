"""`revisit script [CUSTOMER]`: what to say, with all branches, to read from or print; and the scripts themselves."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer

from revisit import access, calls, customers, render, script_faults, script_files, wording
from revisit.calls import Filled, Occasion
from revisit.commands import coverage
from revisit.commands.options import BareCommand, JsonOption, OnOption, add_group, context_of
from revisit.context import Context
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _
from revisit.policy.scripts import Line, Problem, check_script, outline
from revisit.render import Column

LIST = (
    Column("id", N_("Script")),
    Column("title", N_("Title"), wrap=True),
    Column("rules", N_("Rules"), wrap=True),
)
FAULTS = (
    Column("place", N_("Where")),
    Column("node", N_("Node")),
    Column("text", N_("What is wrong"), wrap=True),
)
IN_FORCE = "-"
"""What --check means without a file."""
INDENT = "  "
NARROWEST = 16
_LETTER = re.compile(r"〔\w+〕|\(\w+\)")


class ScriptCommand(BareCommand):
    """A command whose --check also stands without a file: all scripts in force."""

    bare: ClassVar[Mapping[str, str]] = {"--check": IN_FORCE}


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(
        app, "script", _("What to say to a customer, filled in, with all branches; how scripts are used.")
    )
    group.command("script", cls=ScriptCommand)(script)
    coverage.mount(group)


def script(
    ctx: typer.Context,
    customer: Annotated[
        str | None,
        typer.Argument(
            metavar=_("CUSTOMER"), help=_("A code, or a name or phone that fits exactly one customer; none: blanks.")
        ),
    ] = None,
    script_id: Annotated[
        str | None, typer.Option("--id", metavar=_("ID"), help=_("This script instead of the one that fits."))
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help=_("All scripts, and what they are for."))] = False,
    tree: Annotated[
        bool, typer.Option("--tree", help=_("The structure alone: where each answer leads, and how it ends."))
    ] = False,
    check: Annotated[
        str | None,
        typer.Option(
            "--check", metavar=_("[FILE]"), help=_("Look a script file over for faults; alone: all in force.")
        ),
    ] = None,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """For a customer: the script of the follow-up that ranks first. On a terminal long lines are folded, in a pipe not."""
    asked = (("CUSTOMER", customer), ("--id", script_id), ("--tree", tree or None), ("--on", on))
    given = [name for name, value in asked if value is not None]
    if listed or check is not None:
        if given or (listed and check is not None):
            raise WrongUsage(N_("--list and --check stand alone"), N_("leave out the rest"))
        if check is None:
            _show_list(as_json)
        else:
            _show_check(check, as_json)
        return
    if customer is None:
        if script_id is None:
            known = ", ".join(script_files.script_ids())
            raise WrongUsage(
                N_("whom is the talk with? Name a customer, or a script with --id"),
                N_("scripts: {known}"),
                known=known,
            )
        if on is not None:
            raise WrongUsage(N_("--on goes with a customer"), N_("name a customer"))
        found, day = calls.blank(script_id), None
    else:
        found, day = _fill(context_of(ctx), customer, script_id, on)
    problems = check_script(found.script)
    lines = outline(found.script) if tree else found.lines
    if not lines:
        raise Refused(
            N_("the script {name} cannot be read out: {why}"),
            script_files.CHECK_IT,
            name=found.script.id,
            why=script_faults.sentence(problems[0]),
        )
    if problems:
        _warn(found.script.id, problems)
    if as_json:
        render.as_json(document(found, lines))
        return
    with render.paged():
        _show_heading(found, day)
        render.tell()
        room = render.columns() if sys.stdout.isatty() else None
        for text in printed(lines, room):
            render.tell(text)


def document(found: Filled, lines: tuple[Line, ...]) -> dict[str, Any]:
    """The JSON document of `script`."""
    return {
        "id": found.script.id,
        "title": found.script.title,
        "lines": [{"kind": one.kind, "depth": one.depth, "text": one.text, "node": one.node} for one in lines],
    }


def printed(lines: Sequence[Line], room: int | None) -> Iterator[str]:
    """A script as it is printed: answers marked, where they lead beside them, hints in brackets; folded to `room` columns."""
    short = False
    for line, follows in zip_longest(lines, lines[1:]):
        if short:
            short = False
            continue
        text, mark = render.safe(line.text), ""
        if line.kind == "answer":
            mark = "▸ "
            if short := follows is not None and follows.kind in ("goto", "end") and follows.depth > line.depth:
                text += f"  {render.safe(follows.text)}"
        elif line.kind == "hint" and _LETTER.fullmatch(text):
            yield ""
        elif line.kind == "hint":
            text = f"[{text}]"
        indent = INDENT * line.depth
        first, *rest = render.fold(text, max(NARROWEST, room - len(indent) - len(mark))) if room else [text]
        yield indent + mark + first
        yield from (indent + " " * len(mark) + one for one in rest)


def _fill(context: Context, customer: str, script_id: str | None, on: str | None) -> tuple[Filled, date]:
    with context.reading() as (sql, company):
        day = context.day(on, company)
        me = context.actor(sql)
        viewer = access.viewer(sql, me)
        customer_id = customers.get_customer(sql, customer, viewer)
        access.require_whole(sql, viewer, customer_id)
        return calls.filled(sql, company, customer_id, me=me, on=day, script_id=script_id), day


def _show_heading(found: Filled, day: date | None) -> None:
    title = render.safe(found.script.title or found.script.id)
    if found.script.minutes:
        title += " · " + _("about {minutes} minutes").format(minutes=found.script.minutes)
    render.heading(title)
    if found.code:
        render.tell(f"{render.safe(found.code)} {render.safe(found.name)} · {day}")
    if found.occasion is not None:
        render.tell(render.safe(purpose(found.occasion)))


def purpose(occasion: Occasion) -> str:
    """Which follow-up a talk is for, under which clause; or why there is none."""
    facts = {
        "rule": wording.rule(occasion.rule),
        "clause": occasion.clause,
        "opens_on": occasion.opens_on,
        "due_by": occasion.due_by,
    }
    templates = {
        "open": _("For: {rule} [{clause}], due by {due_by}"),
        "overdue": _("For: {rule} [{clause}], was due by {due_by}"),
        "ahead": _("Nothing is owed yet; next: {rule} [{clause}], opens on {opens_on}"),
        "none": _("No follow-up asks for this talk."),
    }
    if occasion.state in templates:
        return templates[occasion.state].format(**facts)
    return _("Nothing is owed: {why}").format(why=wording.not_owed(occasion.state, {}))


def _warn(name: str, problems: list[Problem]) -> None:
    render.note(
        _("The script {name} has faults ({number}). The first: {why}").format(
            name=render.safe(name), number=len(problems), why=render.safe(_told(problems[0]))
        )
    )


def _told(problem: Problem) -> str:
    words = script_faults.sentence(problem)
    return f"{problem.node}: {words}" if problem.node else words


def _show_list(as_json: bool) -> None:
    found = calls.list_scripts()
    if as_json:
        render.as_json([{"id": one.id, "title": one.title, "rules": one.rules} for one in found])
        return
    rows = [one._asdict() | {"rules": wording.listed(wording.rule(rule) for rule in one.rules)} for one in found]
    render.table(rows, LIST)


def _show_check(file: str, as_json: bool) -> None:
    """Every fault with its file and line; exit code 1 if there are any."""
    named = None if file == IN_FORCE else file
    faults = script_faults.faults_in_force() if named is None else script_faults.faults_of(Path(named))
    if as_json:
        render.as_json({"file": named, "problems": [one._asdict() for one in faults]})
    elif faults:
        render.heading(
            _("{file}: faults: {number}").format(file=render.safe(named), number=len(faults))
            if named
            else _("The scripts in force: faults: {number}").format(number=len(faults))
        )
        rows = [
            one._asdict() | {"place": f"{one.file}:{one.line}", "node": one.node or _("the whole script")}
            for one in faults
        ]
        render.table(rows, FAULTS)
    else:
        render.tell(
            _("{file}: no faults").format(file=render.safe(named)) if named else _("The scripts in force: no faults")
        )
    if faults:
        render.note(_("Faults to be mended: {number}.").format(number=len(faults)))
        raise typer.Exit(1)
