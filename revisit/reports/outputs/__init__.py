"""A report as a file: the sections that the screen shows, as a page, a text or a table, by the suffix of the file's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from revisit import i18n
from revisit.errors import WrongUsage
from revisit.i18n import N_
from revisit.reports import Report, sections
from revisit.reports.imprint import Imprint
from revisit.reports.sections import Section
from revisit.sheets.writing import check_place, write_beside


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
    """A report in the language in use; what its figures count stands at its end."""
    told = (*sections.sections(found, by), sections.definitions(found))
    return Paper(found, by, told, imprint, i18n.language())


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


def check_output(path: Path, *, replace: bool) -> None:
    """Raises WrongUsage, Refused where no report can be written."""
    if path.suffix.lower() not in WRITERS:
        raise WrongUsage(
            N_("{file} ends in none of {known}"), N_("for example -o report.html"), file=path.name, known=", ".join(WRITERS)
        )  # fmt: skip
    check_place(path, replace=replace)


def write(paper: Paper, path: Path, *, replace: bool) -> None:
    """Writes a report to a file, readable by its owner alone; it is there as a whole or not at all. Raises Refused."""

    def write_it(beside: Path) -> None:
        beside.touch(mode=0o600)
        WRITERS[path.suffix.lower()](paper, beside)

    write_beside(path, write_it, replace=replace)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
