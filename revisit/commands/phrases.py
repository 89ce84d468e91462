"""`revisit phrase [TEXT...]`: what can be said in a talk, ready to say; and the faults of the library's files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Any

import typer

from revisit import access, calls, customers, phrases, render, wording
from revisit.commands.options import Command, JsonOption, context_of
from revisit.context import Context
from revisit.errors import WrongUsage
from revisit.i18n import N_, _, language
from revisit.phrases import Found, Line, Listed
from revisit.render import Column

LIMIT = 5
SITUATIONS = (
    Column("situation", N_("Situation"), card=0),
    Column("title", N_("Title"), card=0),
    Column("phrases", N_("Phrases"), right=True),
    Column("causes", N_("Causes"), wrap=True),
)
FAULTS = (
    Column("line", N_("Line"), right=True),
    Column("key", N_("Key")),
    Column("problem", N_("What is wrong"), wrap=True),
)
INDENT = "  "
NARROWEST = 16
CHECK_IT = "revisit phrase --check"


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("phrase", cls=Command, help=_("What to say in a talk: the phrase library."))(phrase)


def phrase(
    ctx: typer.Context,
    text: Annotated[
        list[str] | None,
        typer.Argument(
            metavar=_("TEXT..."),
            help=_("Words of a phrase, or of what it is about: price, jiage, wait. None: the situations."),
        ),
    ] = None,
    customer: Annotated[
        str | None,
        typer.Option(
            "--customer", "-c", metavar=_("CUSTOMER"), help=_("For this customer: filled in, without blanks.")
        ),
    ] = None,
    situation: Annotated[
        str | None, typer.Option("--situation", metavar=_("NAME"), help=_("Only phrases of this situation."))
    ] = None,
    cause: Annotated[
        str | None, typer.Option("--cause", metavar=_("NAME"), help=_("Only objections of this cause."))
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help=_("All phrases, by situation."))] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, metavar=_("N"), help=_("Only the first phrases."))
    ] = None,
    check: Annotated[bool, typer.Option("--check", help=_("Look the files of the library over for faults."))] = False,
    as_json: JsonOption = False,
) -> None:
    """The phrases that fit best, filled in for a customer; what is not known is a blank."""
    wanted = " ".join(text or []).strip()
    whole = listed or situation is not None or cause is not None
    if check:
        if text or customer or whole or limit:
            raise WrongUsage(N_("--check stands alone"), N_("leave out the rest"))
        _show_check(as_json)
        return
    if text and not wanted:
        raise WrongUsage(N_("there is nothing to look for"), N_("name words of a phrase, or what it is about"))
    if listed and wanted:
        raise WrongUsage(N_("--list takes no text"), N_("leave out the text or --list"))
    if (customer or limit) and not (wanted or whole):
        raise WrongUsage(N_("which phrases are meant?"), N_("name words of them, or --situation, --cause or --list"))
    code, values = _values(context_of(ctx), customer) if customer is not None else ("", {})
    found = None
    if wanted or whole:
        most = limit or (LIMIT if wanted else None)
        found = phrases.find(wanted, values=values, language=language(), limit=most, situation=situation, cause=cause)
    every = [] if found and found.items else phrases.situations(language())
    if as_json:
        render.as_json(document(wanted, code, found, every))
    else:
        with render.paged():
            _show(wanted, found, every)
    _warn(found.unusable if found else phrases.load(language()).unusable)


def document(text: str, code: str, found: Found | None, every: Sequence[Listed]) -> dict[str, Any]:
    """The JSON document of `phrase`."""
    return {
        "text": text,
        "customer": code or None,
        "items": found.items if found else [],
        "total": found.total if found else 0,
        "unknown": found.unknown if found else [],
        "meant": [{"word": word, "taken_for": other} for word, other in found.meant] if found else [],
        "situations": [
            {
                "situation": one.situation,
                "title": one.title,
                "phrases": one.phrases,
                "causes": [{"cause": cause.id, "title": cause.title} for cause in one.causes],
            }
            for one in every
        ],
    }


def _values(context: Context, customer: str) -> tuple[str, dict[str, str]]:
    """The code of a customer, and what is filled in for it today."""
    with context.reading() as (sql, company):
        me = context.actor(sql)
        viewer = access.viewer(sql, me)
        customer_id = customers.get_customer(sql, customer, viewer)
        access.require_whole(sql, viewer, customer_id)
        values = calls.values_for(sql, company, customer_id, me, context.day(None, company))
        return access.whose(sql, customer_id).code, values


def _show(text: str, found: Found | None, every: Sequence[Listed]) -> None:
    if found:
        for word, other in found.meant:
            _tell(_("“{word}” is found nowhere; taken for “{other}”.").format(word=word, other=other))
        if found.items and found.unknown:
            _tell(_("Found nowhere: {words}").format(words=wording.listed(found.unknown)))
        if found.items and (found.meant or found.unknown):
            render.tell()
    if found and found.items:
        (_show_found if text else _show_all)(found.items)
        if found.total > len(found.items):
            render.tell()
            render.tell(_("{shown} of {total} phrases shown").format(shown=len(found.items), total=found.total))
        return
    if found:
        _tell(_("No phrase is found by {text}.").format(text=text) if text else _("There is no such phrase."))
    rows = [
        {
            "situation": one.situation,
            "title": one.title,
            "phrases": one.phrases,
            "causes": wording.listed(f"{cause.title} ({cause.id})" for cause in one.causes),
        }
        for one in every
    ]
    render.table(rows, SITUATIONS)


def _show_found(items: Sequence[Line]) -> None:
    """Each phrase, below it when it fits, what it is about, and its name."""
    for number, one in enumerate(items):
        if number:
            render.tell()
        render.heading(render.safe(one.text))
        _tell(" · ".join(filter(None, (one.note, _about(one), one.id))), INDENT)


def _show_all(items: Sequence[Line]) -> None:
    """The phrases below what they are about."""
    for number, (about, those) in enumerate(groupby(items, _about)):
        if number:
            render.tell()
        render.heading(render.safe(about))
        for one in those:
            _tell(one.text, INDENT)
            _tell(" · ".join(filter(None, (one.note, one.id))), INDENT * 2)


def _about(line: Line) -> str:
    """Situation and cause in words."""
    if not line.cause:
        return line.title
    return _("{situation}: {cause}").format(situation=line.title, cause=line.cause_title)


def _tell(text: str, indent: str = "") -> None:
    """A text of the library, on a terminal folded to its width."""
    text = render.safe(text)
    lines = render.fold(text, max(NARROWEST, render.columns() - len(indent))) if sys.stdout.isatty() else [text]
    for line in lines:
        render.tell(indent + line)


def _warn(unusable: Sequence[str]) -> None:
    if unusable:
        files = wording.listed(map(render.safe, unusable))
        render.note(_("Not everything in these files can be used: {files}").format(files=files))
        render.note(_("Try: {remedy}").format(remedy=CHECK_IT))


def _show_check(as_json: bool) -> None:
    files = phrases.problems()
    number = sum(len(every) for _file, every in files)
    if as_json:
        rows = [{"file": file, **one._asdict()} for file, every in files for one in every]
        render.as_json({"problems": rows})
    elif not files:
        render.tell(_("The phrase library has no faults."))
    for place, (file, every) in enumerate([] if as_json else files):
        if place:
            render.tell()
        render.heading(_("{file}: faults: {number}").format(file=render.safe(file), number=len(every)))
        render.table([one._asdict() for one in every], FAULTS)
    if files:
        render.note(_("The phrase library has faults: {number}.").format(number=number))
        raise typer.Exit(1)
