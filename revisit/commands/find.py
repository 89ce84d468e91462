"""`revisit find TEXT...`: customers by code, name, telephone number, pinyin or initials."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from revisit import access, render, search, wording
from revisit.commands.options import Command, JsonOption, context_of
from revisit.errors import WrongUsage
from revisit.finding import Found, Line, find_customers
from revisit.i18n import N_, _
from revisit.render import Column

LIMIT = 20
VIEW = (
    Column("code", N_("Code"), card=0),
    Column("who", N_("Customer"), card=0),
    Column("contact", N_("Contact"), card=2),
    Column("phone", N_("Phone"), card=3),
    Column("rep", N_("Representative"), soft=True),
    Column("due", N_("Owed"), wrap=True, card=1),
)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("find", cls=Command, help=_("Find customers by code, name, phone, pinyin or initials."))(find)


def find(
    ctx: typer.Context,
    text: Annotated[
        list[str],
        typer.Argument(metavar=_("TEXT..."), help=_("Words that all have to be found: C0012, 宏远, 0001, hytl.")),
    ],
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, metavar=_("N"), help=_("Only the first lines."))
    ] = LIMIT,
    as_json: JsonOption = False,
) -> None:
    """Codes and names that begin with the text come first, own customers before others. Part of a phone: 3 digits or more."""
    wanted = " ".join(text)
    if not search.fold(wanted):
        raise WrongUsage(
            N_("there is nothing to look for"), N_("name a code, a part of a name, or 3 digits of a phone number")
        )
    context = context_of(ctx)
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        found = find_customers(sql, company, wanted, on=context.day(None, company), viewer=viewer, limit=limit)
    if as_json:
        render.as_json({"text": found.text, "items": found.items, "total": found.total, "near": found.near})
    else:
        with render.paged():
            _show(found)


def _show(found: Found) -> None:
    if found.items:
        render.table([_row(line) for line in found.items], VIEW)
        if found.total > len(found.items):
            render.tell(_("{shown} of {total} shown").format(shown=len(found.items), total=found.total))
        return
    render.tell(_("Nobody is found by {text}.").format(text=render.safe(found.text)))
    if found.near:
        render.tell(_("Did you mean:"))
        render.table([_row(line) for line in found.near], VIEW)


def _row(line: Line) -> dict[str, Any]:
    due = ""
    if line.rule is not None:
        due = f"{wording.rule(line.rule)} · {line.due_by} · {wording.state(line.status or 'open')}"
    return {
        "code": line.code,
        "who": line.name + (f" ({line.grade})" if line.grade else ""),
        "contact": line.contact,
        "phone": line.phone,
        "rep": line.rep or "",
        "due": due,
    }
