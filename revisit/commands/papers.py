"""What a command tells, on the screen or with -o as a file: the same sections in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from revisit import access, progress, render, staff
from revisit.company import CompanyInfo
from revisit.context import Context
from revisit.db import Sql, hold_still
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.periods import Period
from revisit.render import Column
from revisit.reports import Day
from revisit.reports.sections import Bars, Block, Paper, Plot, Table, Text, steps
from revisit.reports.values import TEXTS, unit_in, written

ToOption = Annotated[
    str, typer.Option("--to", metavar=_("NAME"), help=_("Who receives the file; it stands in the audit."))
]
PurposeOption = Annotated[
    str, typer.Option("--purpose", metavar=_("TEXT"), help=_("What it is for; it stands in the audit."))
]
Look = Callable[[Sql, CompanyInfo], tuple[Mapping[str, Any], Paper]]
"""Reads what is to be told: as the document of --json, and as a paper."""
STAGES = {"writing": N_("writing")}
PLOT_WIDTH = 80
PLOT_HEIGHT = 4
_HEIGHTS = " ▁▂▃▄▅▆▇█"


class File(NamedTuple):
    """A file to write: where it lies, whether it takes another one's place; who receives it, what for (empty: nobody yet)."""

    path: Path
    replace: bool
    to: str = ""
    purpose: str = ""


def file_of(output: Path | None, *, yes: bool) -> File | None:
    """The file that was asked for. Raises WrongUsage, Refused where none can be written."""
    from revisit.reports.outputs import WRITERS
    from revisit.sheets.writing import check_place

    if output is None:
        return None
    if output.suffix.lower() not in WRITERS:
        raise WrongUsage(
            N_("{file} ends in none of {known}"), N_("for example -o report.html"), file=output.name, known=", ".join(WRITERS)
        )  # fmt: skip
    check_place(output, replace=yes)
    return File(output, yes)


def handed(output: Path | None, to: str, purpose: str, *, yes: bool) -> File | None:
    """A file for somebody else. Raises WrongUsage where nobody receives it, or there is none; Refused."""
    if output is None and (to or purpose):
        raise WrongUsage(N_("--to and --purpose belong to a file"), N_("name it with -o FILE.html"))
    if output is not None and not to.strip():
        raise WrongUsage(N_("nobody is named who receives the file"), N_("say it: --to NAME; it stands on record"))
    found = file_of(output, yes=yes)
    return found and found._replace(to=to.strip(), purpose=purpose.strip())


def put(context: Context, file: File | None, look: Look, *, as_json: bool) -> None:
    """Tells what `look` reads: on the screen, as a document, or in a file."""
    if file is not None:
        _write(context, file, look, as_json=as_json)
        return
    with context.reading() as (sql, company):
        document, paper = look(sql, company)
    if as_json:
        render.as_json(document)
    else:
        with render.paged():
            show(paper)


def card(period: Period) -> dict[str, Any]:
    """A period as a document tells it."""
    return {"from": period.start, "to": period.end, "label": period.label}


def _write(context: Context, file: File, look: Look, *, as_json: bool) -> None:
    """Writes the file, readable by its owner alone, and tells of it. Everything is read from one state of the database; the file
    gets its name once the audit knows who received it, and which rows behind the figures stand in it."""
    from revisit.reports import outputs
    from revisit.reports.book import notes
    from revisit.reports.imprint import imprint, named
    from revisit.sheets.writing import write_beside

    done: list[tuple[Paper, outputs.Made]] = []

    def make(beside: Path) -> None:
        beside.touch(mode=0o600)
        with context.reading() as (sql, company), progress.shown(STAGES) as told:
            hold_still(sql)
            actor = context.actor(sql)
            if file.to:
                access.require_role(staff.required(actor), "export")
            _document, paper = look(sql, company)
            who = named(actor, context.login)
            foot = imprint(sql, company, paper.period, paper.on, who=who, now=context.now)
            made = outputs.write(paper, foot, beside, file.path.suffix.lower(), told)
        if file.to or made.rows:
            with context.unit() as unit:
                access.require_role(unit.actor, "export")
                outputs.note(unit.session, paper, made, file.path.name, to=file.to, purpose=file.purpose)
        done.append((paper, made))

    write_beside(file.path, make, replace=file.replace)
    ((paper, made),) = done
    if as_json:
        receiver = {"receiver": file.to} if file.to else {}
        render.as_json({"file": str(file.path), "period": card(paper.period), "on": paper.on} | asdict(made) | receiver)
    elif file.to:
        render.tell(
            _("{file} is written for {receiver}.").format(file=render.safe(file.path), receiver=render.safe(file.to))
        )
    elif made.rows:
        told = _("{file} is written, rows: {count}")
        render.tell(told.format(file=render.safe(file.path), count=sum(made.rows.values())))
    else:
        render.tell(_("{file} is written.").format(file=render.safe(file.path)))
    for text in notes(made):
        render.note(text)


# --- the screen


def show(paper: Paper) -> None:
    """A paper on the screen, section by section."""
    render.heading(render.safe(paper.heading))
    for section in paper.sections:
        if section.title:
            render.tell()
            render.heading(render.safe(section.title))
        show_blocks(section.blocks)


def show_blocks(blocks: Iterable[Block]) -> None:
    """What a section is made of, on the screen."""
    for place, block in enumerate(blocks):
        if place and isinstance(block, Table | Bars) and not block.title:
            render.gap()
        _BLOCKS[type(block)](block)


def _show_table(block: Table) -> None:
    if block.title:
        render.tell()
        render.tell(render.safe(block.title))
    view = [Column(one.key, one.title, right=one.unit not in TEXTS, card=0 if place == 0 else 9, wrap=one.unit == "long")
            for place, one in enumerate(block.columns)]  # fmt: skip
    rows = [{one.key: written(row[one.key], unit_in(one.unit, row)) for one in block.columns} for row in block.rows]
    render.table(rows, view)


def _show_bars(block: Bars) -> None:
    if block.title:
        render.tell()
        render.tell(render.safe(block.title))
    most = max((one.n for one in block.bars), default=0) or 1
    rows = [
        {
            "name": one.label,
            "n": one.n,
            "share": f"{one.together if block.pareto else one.share:.0%}",
            "bar": render.bar(one.n / most if block.pareto else one.share),
        }
        for one in block.bars
    ]
    together = N_("Together") if block.pareto else N_("Share")
    view = (
        Column("name", block.column, wrap=block.pareto), Column("n", N_("Number"), right=True),
        Column("share", together, right=True), Column("bar", ""),
    )  # fmt: skip
    render.table(rows, view)
    if block.more():
        render.tell(block.more())


def _show_plot(block: Plot) -> None:
    days = [Day(on, *values) for on, *values in zip(block.days, *(line[1] for line in block.lines), strict=True)]
    if not days:
        return
    lines, step = plot(days, min(PLOT_WIDTH, render.columns()))
    render.tell()
    render.tell(block.title if step == 1 else block.title_of_more.format(step=step))
    for line in lines:
        render.tell(line)


def _show_text(block: Text) -> None:
    render.paragraph(render.safe(block.text))


_BLOCKS: Mapping[type, Callable[[Any], None]] = {
    Table: _show_table, Bars: _show_bars, Plot: _show_plot, Text: _show_text,
}  # fmt: skip


def plot(days: Sequence[Day], room: int) -> tuple[list[str], int]:
    """The outbound revisits per day as lines of block characters, and how many days one column stands for.

    No line is wider than `room` columns: where the days are too many, a column holds seven of them, or a multiple.
    """
    for step in steps():
        columns = [sum(one.contacts for one in days[at : at + step]) for at in range(0, len(days), step)]
        most = max(columns, default=0)
        left = len(str(most)) + 1
        if len(columns) <= max(1, room - left):
            break
    size = 2 if 2 * len(columns) <= room - left else 1
    rows = max(1, min(PLOT_HEIGHT, most))
    heights = [max(1, round(n / most * rows * 8)) if n else 0 for n in columns]
    lines = []
    for row in reversed(range(rows)):
        cells = "".join(_HEIGHTS[max(0, min(8, height - 8 * row))].ljust(size) for height in heights)
        mark = str(most) if row == rows - 1 else "0" if row == 0 else ""
        lines.append(f"{mark:>{left - 1}} {cells}".rstrip())
    if days:
        first, last = f"{days[0].on:%m-%d}", f"{days[-1].on:%m-%d}"
        wide = size * len(columns) - size + 1
        lines.append(" " * left + (first + last.rjust(wide - len(first)) if wide >= len(first + last) + 1 else first))
    return lines, step
