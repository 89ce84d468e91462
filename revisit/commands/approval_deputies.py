"""`revisit approval delegate`: for some days a named person signs for the holder of a post."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from revisit import posts, render
from revisit.approvals import delegations
from revisit.approvals.delegations import Delegation
from revisit.commands.options import LOGIN_METAVAR, Command, JsonOption, context_of
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.posts import Post
from revisit.render import Column
from revisit.staff import StaffMember

VIEW = (
    Column("number", N_("Delegation"), right=True, card=0),
    Column("post", N_("Post"), card=0),
    Column("holder", N_("Holder"), card=1),
    Column("deputy", N_("Deputy"), card=1),
    Column("days", N_("Days"), card=2),
    Column("reason", N_("Reason"), wrap=True, soft=True, card=3),
)


def mount(group: typer.Typer) -> None:
    """Hangs the command on the group `approval`."""
    group.command("delegate", cls=Command, help=_("Let somebody sign for the holder of a post for some days."))(
        delegate
    )


def delegate(
    ctx: typer.Context,
    post: Annotated[
        str | None, typer.Argument(metavar=_("POST"), help=_("Whose signatures; the own post unless told."))
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar=LOGIN_METAVAR, help=_("Who signs meanwhile."))] = None,
    holder: Annotated[
        str | None, typer.Option("--for", metavar=LOGIN_METAVAR, help=_("The holder, where several hold the post."))
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar=_("DATE"), help=_("The first day; otherwise today."))
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar=_("DATE"), help=_("The last day."))] = None,
    reason: Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why; it stands on record."))] = "",
    end: Annotated[
        int | None, typer.Option("--end", metavar=_("NUMBER"), min=1, help=_("Take this delegation back from now on."))
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help=_("Who is whose deputy now and later."))] = False,
    as_json: JsonOption = False,
) -> None:
    """By the holder of the post, or an administrator. Every signature says for whom it was given."""
    context = context_of(ctx)
    if sum((post is not None or to is not None, end is not None, listed)) != 1:
        raise WrongUsage(
            N_("a deputy, --end or --list is wanted"),
            N_("for example: revisit approval delegate --to LOGIN --until 2026-03-20"),
        )
    if listed:
        with context.reading() as (sql, company):
            found = delegations.running(sql, context.today(company))
    elif end is not None:
        with context.unit() as unit:
            found = [delegations.end(unit.session, unit.sql, end, actor=unit.actor, at=unit.now)]
    else:
        if to is None or until is None:
            raise WrongUsage(
                N_("the deputy and the last day are missing"), N_("name them with --to LOGIN --until DATE")
            )
        with context.unit() as unit:
            named = _post(post, unit.actor)
            made = delegations.delegate(
                unit.session, unit.sql, post=named, holder=holder, deputy=to, from_on=context.day(from_, unit.company),
                until_on=context.day(until, unit.company), reason=reason, actor=unit.actor, at=unit.now, today=unit.today,
            )  # fmt: skip
            found = [made]
    _tell(found, listed=listed, as_json=as_json)


def _post(name: str | None, actor: StaffMember) -> Post:
    """The post of that name, the actor's own without one. Raises WrongUsage."""
    known = posts.load_posts()
    found = (
        posts.find_post(known, name) if name is not None else next((one for one in known if one.id == actor.post), None)
    )
    if found is None and name is None:
        raise WrongUsage(
            N_("{login} holds no post to sign for"),
            N_("name the post: revisit approval delegate POST --to LOGIN --until DATE"),
            login=actor.login,
        )
    if found is None:
        raise WrongUsage(
            N_("there is no post {post}"), N_("posts: {posts}"), post=name, posts=", ".join(one.shown for one in known)
        )
    return found


def _tell(found: list[Delegation], *, listed: bool, as_json: bool) -> None:
    shown = posts.load_posts()
    if as_json:
        documents = [_document(one, shown) for one in found]
        render.as_json(documents if listed else documents[0])
        return
    if listed:
        render.heading(_("Delegations: {n}").format(n=len(found)))
        if found:
            render.table([_row(one, shown) for one in found], VIEW)
        return
    (one,) = found
    told = (
        _("Delegation {number} is ended: {deputy} signs no more for {holder}, {post}.")
        if one.ended_at is not None
        else _("Delegation {number}: from {first} to {last} {deputy} signs for {holder}, {post}.")
    )
    names = {"deputy": one.deputy_name, "holder": one.holder_name, "post": posts.shown_post(shown, one.post)}
    render.tell(render.safe(told.format(number=one.id, first=one.from_on, last=one.until_on, **names)))


def _document(one: Delegation, shown: tuple[Post, ...]) -> dict[str, Any]:
    return {
        "number": one.id,
        "post": posts.shown_post(shown, one.post),
        "holder": one.holder,
        "deputy": one.deputy,
        "from_on": one.from_on,
        "until_on": one.until_on,
        "reason": one.reason,
        "ended": one.ended_at is not None,
    }


def _row(one: Delegation, shown: tuple[Post, ...]) -> dict[str, Any]:
    return {
        "number": one.id,
        "post": posts.shown_post(shown, one.post),
        "holder": one.holder_name,
        "deputy": one.deputy_name,
        "days": f"{one.from_on} → {one.until_on}",
        "reason": one.reason,
    }
