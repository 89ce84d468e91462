"""`revisit script coverage`: which branches of the call scripts are used, and where calls break off."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, ClassVar

import typer

from revisit import coverage, render, script_files, wording
from revisit.commands.options import BareCommand, JsonOption, context_of
from revisit.company import CompanyInfo
from revisit.context import Context, bad_when
from revisit.coverage import Coverage
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.periods import Period, parse_period
from revisit.policy.scripts import unused
from revisit.policy.when import WhenError
from revisit.render import Column

VIEW = (
    Column("step", N_("Step"), wrap=True, card=0),
    Column("n", N_("Number"), right=True),
    Column("share", N_("Share"), right=True),
    Column("off", N_("Broke off"), right=True),
    Column("bar", ""),
)
INDENT = "  "
NARROW = 80


class CoverageCommand(BareCommand):
    """A command whose --month also stands without a value: the current month."""

    bare: ClassVar[Mapping[str, str]] = {"--month": "current"}


def mount(group: typer.Typer) -> None:
    """Hangs the command of this file on `revisit script`."""
    help_ = _("Which branches of the scripts are used, and where calls break off.")
    group.command("coverage", cls=CoverageCommand, help=help_)(show)


def show(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar=_("[M]"), help=_("A month: 2026-10, last; alone: this month."))
    ] = None,
    start: Annotated[str | None, typer.Option("--from", metavar=_("DATE"), help=_("The first day."))] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar=_("DATE"), help=_("The last day; today unless told."))
    ] = None,
    script_id: Annotated[str | None, typer.Option("--id", metavar=_("ID"), help=_("This script alone."))] = None,
    as_json: JsonOption = False,
) -> None:
    """Calls count on the day they were opened. A draft that nobody touched for a day has broken off."""
    if month is not None and (start or end):
        raise WrongUsage(N_("--month and --from, --to exclude each other"), N_("name one of them"))
    if end is not None and start is None:
        raise WrongUsage(N_("--to wants the first day too"), N_("name it with --from"))
    context = context_of(ctx)
    with context.reading() as (sql, company):
        period = _period(context, company, month, start, end)
        found = coverage.coverage(sql, company, period, now=context.now, script_id=script_id)
    if as_json:
        render.as_json(document(period, found))
        return
    with render.paged():
        render.heading(_("Call scripts, {start} to {end}").format(start=period.start, end=period.end))
        for one in found:
            render.tell()
            _show(one)
        silent = [name for name in script_files.script_ids() if name not in [one.id for one in found]]
        if script_id is None and silent:
            render.tell()
            _tell(_("Not used: {scripts}"), silent, "scripts")


def document(period: Period, found: Sequence[Coverage]) -> dict[str, Any]:
    """The JSON document of `script coverage`."""
    return {
        "period": {"from": period.start, "to": period.end, "label": period.label},
        "scripts": [
            asdict(one)
            | {"unused": [{"node": node, "key": key} for node, key in unused(one.nodes)] if one.calls else []}
            for one in found
        ],
    }


def _period(context: Context, company: CompanyInfo, month: str | None, start: str | None, end: str | None) -> Period:
    today = context.today(company)
    if start is not None:
        first, last = context.day(start, company), context.day(end, company)
        if last < first:
            raise WrongUsage(N_("the last day lies before the first"), N_("name a later day with --to"))
        return Period(first, last, f"{first}/{last}")
    try:
        return parse_period("month", month, today)
    except WhenError as error:
        raise bad_when(error) from error


def _show(one: Coverage) -> None:
    render.heading(render.safe(f"{one.id} · {one.title}"))
    counts = _("Calls: {calls}; recorded: {recorded}, broken off: {broke_off}, under way: {under_way}")
    render.paragraph(
        counts.format(**{name: getattr(one, name) for name in ("calls", "recorded", "broke_off", "under_way")})
    )
    if not one.calls:
        return
    words = _("version {version} ({hash}): {calls}")
    read_out = [words.format(version=said.version, hash=said.hash[:8], calls=said.calls) for said in one.wordings]
    _tell(_("Read out: {versions}"), read_out, "versions")
    if sys.stdout.isatty() and render.columns() < NARROW:
        for row in _rows(one):
            figures = [str(row["n"]), row["share"], _("broke off: {n}").format(n=row["off"]) if row["off"] else ""]
            indent = INDENT if row["share"] else ""
            render.paragraph(render.safe(f"{indent}{row['step']}  {wording.listed(filter(None, figures))}"))
    else:
        render.table(list(_rows(one)), VIEW)
    _show_unused(one)


def _show_unused(one: Coverage) -> None:
    never = unused(one.nodes)
    labels = {(node.node, said.key): _label(said.key, said.label) for node in one.nodes for said in node.answers}
    silent = {node: [labels[at, key] for at, key in never if at == node and key is not None] for node, _key in never}
    if any(silent.values()):
        render.tell(_("Never answered:"))
        for node, answers in silent.items():
            if answers:
                render.paragraph(render.safe(f"{INDENT}{node} ▸ {' / '.join(answers)}"))
    if nodes := [node for node, key in never if key is None]:
        _tell(_("Never reached: {nodes}"), nodes, "nodes")


def _rows(one: Coverage) -> Iterator[dict[str, Any]]:
    for node in one.nodes:
        if not node.reached:
            continue
        name = node.node if node.known else _("{node} (no longer in the script)").format(node=node.node)
        yield {"step": name, "n": node.reached, "share": "", "off": node.broke_off or "", "bar": ""}
        for answer in node.answers:
            if answer.n:
                share, bar = f"{answer.share:.0%}", render.bar(answer.share)
                yield {
                    "step": f"▸ {_label(answer.key, answer.label)}",
                    "n": answer.n,
                    "share": share,
                    "off": "",
                    "bar": bar,
                }


def _label(key: str, label: str) -> str:
    return label or key or _("in other words")


def _tell(words: str, listed: Sequence[str], name: str) -> None:
    render.paragraph(render.safe(words.format(**{name: wording.listed(listed)})))
