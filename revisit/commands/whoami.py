"""`revisit whoami`: who I am for the program, how it knows, and what I may see and do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import typer

from revisit import db, posts, render, staff, wording
from revisit.commands.options import Command, JsonOption, context_of
from revisit.context import Context
from revisit.i18n import N_, _, language
from revisit.policy.access import DEEDS, SIGHTS, Deed, Side, Sight, Subject, may
from revisit.render import Column
from revisit.staff import StaffMember

KNOWN_BY = {
    "option": N_("by --as"),
    "environment": N_("by REVISIT_USER"),
    "config": N_("by the config file"),
    "system": N_("by the login of the operating system"),
}
SIDES: Mapping[Side, str] = {
    "own": N_("own customers"),
    "other": N_("other customers"),
    "supervisor": N_("customers of the team"),
    "administrator": N_("all customers"),
    "approver": N_("all customers"),
    "auditor": N_("all customers"),
    "stranger": N_("all customers"),
}
SUBJECTS: Mapping[Subject, str] = {
    "name": N_("Name, what is due"),
    "phone": N_("Phone, address"),
    "log": N_("What was said"),
    "credit": N_("Credit, balance"),
}
HOW: Mapping[Sight, str] = {
    "whole": N_("whole"),
    "owed": N_("whole while a contact is owed"),
    "masked": N_("masked"),
    "none": N_("not at all"),
}
MAY: Mapping[Deed, str] = {
    "log": N_("record revisits"),
    "amend": N_("correct records"),
    "exclude": N_("mark “do not call”"),
    "waive": N_("waive for a while"),
    "close": N_("close files"),
    "assign": N_("give customers to somebody"),
    "merge": N_("merge files"),
    "staff": N_("change the staff"),
    "import": N_("import spreadsheets"),
    "undo": N_("undo imports"),
    "reveal": N_("reveal what is masked (with a reason)"),
    "export": N_("export spreadsheets"),
    "score": N_("see score sheets"),
    "target": N_("set targets"),
    "inspect": N_("check samples of records"),
    "audit": N_("read who changed what"),
    "verify": N_("verify the audit"),
    "upgrade": N_("bring the database of a server up to date"),
    "effect": N_("look whether contacts are followed by orders"),
    "simulate": N_("look what another policy would change"),
    "draft": N_("write a policy that somebody else adopts"),
    "adopt": N_("adopt a policy that somebody else wrote"),
    "close-report": N_("close the figures of a month"),
}


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("whoami", cls=Command, help=_("Who I am here, and what I may see and do."))(whoami)


def whoami(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """A login that is not of the staff is told as such: it may read with masked phones, and write nothing."""
    context = context_of(ctx)
    with context.reading() as (sql, _company):
        me = staff.find_by_login(sql, context.login)
        person = staff.get_person(sql, me.login) if me else None
    found = {
        "login": person.login if person else context.login,
        "name": person.name if person else None,
        "role": person.role if person else None,
        "post": person.post if person else None,
        "department": person.department if person else None,
        "known_by": known_by(context),
        "database": db.shown(context.db),
        "language": language(),
        "rights": [rights(side) for side in sides(me)],
    }
    if as_json:
        render.as_json(found)
    else:
        _show(found, server=db.is_server(context.db))


def known_by(context: Context) -> str:
    """Where the login comes from: option, environment, config, system."""
    if context.login_option:
        return "option"
    if os.environ.get("REVISIT_USER"):
        return "environment"
    return "config" if context.settings.get("user") else "system"


def sides(member: StaffMember | None) -> tuple[Side, ...]:
    """The sides from which somebody looks at customers."""
    if member is None:
        return ("stranger",)
    if member.role == "representative":
        return ("own", "other")
    if member.role == "supervisor":
        return ("supervisor",) if member.department_id is None else ("supervisor", "other")
    if member.role == "administrator":
        return ("administrator",)
    return ("approver",) if member.role == "approver" else ("auditor",)


def rights(side: Side) -> dict[str, Any]:
    """What may be seen from a side, and done."""
    seen: dict[str, Any] = {subject: by_side[side] for subject, by_side in SIGHTS.items()}
    return {"side": side, **seen, "may": [deed for deed in DEEDS if may(deed, side)]}


def _show(found: Mapping[str, Any], *, server: bool) -> None:
    named = found["login"] if found["name"] in (None, found["login"]) else f"{found['login']} {found['name']}"
    render.heading(render.safe(named or "?") + " · " + _(KNOWN_BY[found["known_by"]]))
    if found["role"] is None:
        render.tell(_("Nobody of the staff has this login: reading is allowed with masked phones, writing is not."))
    else:
        post = posts.shown_post(posts.load_posts(), found["post"])
        described = [_("role: {role}").format(role=wording.word(found["role"]))]
        described += [_("post: {post}").format(post=render.safe(post))] if post else []
        department = found["department"]
        described += [_("department: {name}").format(name=render.safe(department))] if department else []
        render.tell(wording.listed(described))
    render.tell(_("database: {database}").format(database=render.safe(found["database"])))
    render.tell(_("language: {language}").format(language=found["language"]))
    render.tell()
    view = (Column("side", N_("May see")), *(Column(name, title) for name, title in SUBJECTS.items()))
    rows = [{"side": _(SIDES[one["side"]])} | {name: _(HOW[one[name]]) for name in SUBJECTS} for one in found["rights"]]
    render.table(rows, view)
    render.tell()
    for one in found["rights"]:
        deeds = wording.listed(_(MAY[deed]) if deed in MAY else deed for deed in one["may"])
        render.tell(_("May do with {side}: {deeds}").format(side=_(SIDES[one["side"]]), deeds=deeds or _("nothing")))
    render.tell()
    render.tell(
        _("The program checks this; whoever may log in to the server itself can see more.")
        if server
        else _(
            "The program checks this; it is a guard-rail and no lock: whoever can read the file can read everything in it."
        )
    )
