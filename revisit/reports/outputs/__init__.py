"""A report as a file: the sections that the screen shows, as a page, a text or a table, by the suffix of the file's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from revisit import access, i18n
from revisit.reports import Report, sections
from revisit.reports.imprint import Imprint
from revisit.reports.sections import Bars, Block, Section, Table
from revisit.sheets.writing import write_beside


@dataclass(frozen=True, slots=True)
class Paper:
    """A report as it is written: what was found, `by` what its follow-ups are grouped, its sections in the `language` ("zh" or
    "en"), its foot."""

    found: Report
    by: str
    sections: tuple[Section, ...]
    imprint: Imprint
    language: str


def paper(found: Report, by: str, imprint: Imprint) -> Paper:
    """A report in the language in use; what its figures count stands at its end. A text in which a telephone number stands is
    left out: what is passed on is read by whoever gets it."""
    told = (*sections.sections(found, by), sections.definitions(found))
    return Paper(found, by, tuple(map(_without_phones, told)), imprint, i18n.language())


def free(text: str) -> str:
    """What somebody wrote; nothing of it where a telephone number stands in it."""
    return access.HIDDEN if access.holds_phone(text) else text


def _without_phones(section: Section) -> Section:
    return replace(section, blocks=tuple(map(_block_without_phones, section.blocks)))


def _block_without_phones(block: Block) -> Block:
    if isinstance(block, Bars):
        return replace(block, bars=tuple(replace(one, label=free(one.label)) for one in block.bars))
    if not isinstance(block, Table):
        return block
    texts = {one.key for one in block.columns if one.unit == "text"}
    rows = tuple(
        {key: free(value) if key in texts and isinstance(value, str) else value for key, value in row.items()}
        for row in block.rows
    )
    return replace(block, rows=rows)


def _page(paper: Paper, path: Path) -> None:
    from revisit.reports.outputs import page

    _write_text(path, page.page(paper))


def _markdown(paper: Paper, path: Path) -> None:
    from revisit.reports.outputs import markdown

    _write_text(path, markdown.markdown(paper))


def _csv(paper: Paper, path: Path) -> None:
    from revisit.reports.outputs import listing

    listing.write(paper, path)


WRITERS: Mapping[str, Callable[[Paper, Path], None]] = {".html": _page, ".md": _markdown, ".csv": _csv}
"""Who writes a file, by its suffix; loaded when it is wanted."""


def write(paper: Paper, path: Path, *, replace: bool) -> None:
    """Writes a report to a file, readable by its owner alone; it is there as a whole or not at all. Raises Refused;
    `replace`: what is there goes."""

    def write_it(beside: Path) -> None:
        beside.touch(mode=0o600)
        WRITERS[path.suffix.lower()](paper, beside)

    write_beside(path, write_it, replace=replace)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
