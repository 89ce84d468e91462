"""The guide pages (docs/guide/) with what the program really says: `python tools/guide.py` brings their outputs up to date.

A page is played from its top to its end in an empty folder that holds only the example spreadsheets. Played is:

- a code block that begins with `$ `: its `revisit` commands, `export NAME=value` and `echo $?`, each followed by its output;
- `<!-- clock 2026-03-12 09:00 -->`: from here on it is this time in Shanghai;
- `<!-- press 1 enter "some words" … -->`: these keys are pressed while the next command asks (`enter`, `ctrl-c`, or as typed);
- `<!-- fill FILE A1=value … -->`: somebody writes into the cells of a workbook and saves it;
- `<!-- policy FILE rules.callback.window_days=2 … -->`: somebody changes these values in a policy file and saves it;
- `<!-- sheet FILE A B … -->`, `<!-- sheet FILE!SHEET A B … -->`: the table below shows these columns of a sheet,
  with `1:9` at the end only these rows.

A line `…` stands for any lines that were left out. An output that is still true stays as it is on the page, every other one is
written out whole, to be shortened by hand. `--only TOPIC`: the pages of one topic; `--sheets FOLDER`: only the spreadsheets.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import os
import re
import shlex
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

from openpyxl import Workbook, load_workbook
from openpyxl.utils import column_index_from_string

from revisit import cli, db, i18n, prompting
from revisit.policy.toml_lines import lines_of

ROOT = Path(__file__).parent.parent
SHEETS = Path(__file__).with_suffix(".toml")
TOPICS = ("importing", "calling", "problems", "complaints", "service", "reporting", "appraisal", "planning")
LANGUAGES = {"en": "md", "zh": "zh.md"}
PAGES = {
    (topic, language): ROOT / f"docs/guide/{topic}.{ending}"
    for topic in TOPICS
    for language, ending in LANGUAGES.items()
}
KEYS = {"enter": "\r", "ctrl-c": "\x03"}
LEFT_OUT = "…"
DATABASE = "company.db"
FENCE = "```"
HASH = 8  # characters of a file's hash in `import list`; workbooks that are written anew have another one every time
CLOSING = re.compile(
    r"\b[0-9a-f]{64}\b"
)  # what a month is closed under; it covers the audit, and so the hashes of workbooks
SHORT = 12  # characters of it in a report
HIDDEN = {"en": " (hidden)", "zh": "（隐藏）"}
_DIRECTIVE = re.compile(r"<!-- (clock|fill|policy|press|sheet) (.+) -->")


@dataclass(frozen=True)
class Step:
    """One thing that is done, and the lines first:last of the page that show what came of it."""

    does: str
    first: int
    last: int


def steps(lines: Sequence[str]) -> Iterator[Step]:
    """What is done on a page, in order."""
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if found := _DIRECTIVE.fullmatch(line):
            end = at
            while found[1] == "sheet" and end < len(lines) and lines[end].startswith("|"):
                end += 1
            yield Step(f"{found[1]} {found[2]}", at, end)
            at = end
        elif line.startswith(FENCE):
            end = lines.index(FENCE, at)
            typed = [number for number in range(at, end) if lines[number].startswith("$ ")]
            for number, after in zip(typed, [*typed[1:], end], strict=True):
                yield Step(lines[number][2:], number + 1, after)
            at = end + 1


@dataclass
class Stage:
    """Where a page is played: a folder with the example spreadsheets, a language, a database (`DATABASE` stands for it)."""

    folder: Path
    language: str
    database: str = DATABASE
    code: int = 0
    keys: str = ""
    closings: set[str] = field(default_factory=set)

    def play(self, does: str) -> list[str]:
        """The lines that come of one step."""
        word, *rest = shlex.split(does)
        if word == "revisit":
            return self._run(rest)
        if word == "export":
            name, _, value = rest[0].partition("=")
            os.environ[name] = self.database if value == DATABASE else value
            return []
        if word == "echo":
            assert rest == ["$?"], does
            return [str(self.code)]
        if word == "clock":
            wall = datetime.fromisoformat(" ".join(rest)).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
            os.environ["REVISIT_NOW"] = wall.isoformat()
            return []
        if word == "press":
            self.keys = "".join(KEYS.get(key, key) for key in rest)
            return []
        if word == "fill":
            return fill(self.folder / rest[0], rest[1:])
        if word == "policy":
            return change(self.folder / rest[0], rest[1:])
        assert word == "sheet", does
        file, _, name = rest[0].partition("!")
        rows = range(0)
        if found := re.fullmatch(r"(\d+):(\d+)", rest[-1]):
            rows = range(int(found[1]), int(found[2]) + 1)
            rest.pop()
        return table(self.folder / file, rest[1:], self.language, name, rows)

    def _run(self, arguments: Sequence[str]) -> list[str]:
        """What the program says, on both streams as a terminal shows them."""
        out = io.StringIO()
        pressed, self.keys = self.keys, ""
        keyboard = prompting.keys_ready(pressed) if pressed else contextlib.nullcontext()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), contextlib.chdir(self.folder), keyboard:
            try:
                self.code = cli.run(list(arguments))
            except SystemExit as stop:
                self.code = stop.code if isinstance(stop.code, int) else 1
        told = out.getvalue().replace(db.shown(self.database), DATABASE)
        for file in self.folder.glob("*.xlsx"):
            told = told.replace(hashlib.sha256(file.read_bytes()).hexdigest()[:HASH], LEFT_OUT.ljust(HASH))
        self.closings.update(CLOSING.findall(told))
        for hashed in self.closings:
            told = told.replace(hashed, LEFT_OUT).replace(hashed[:SHORT], LEFT_OUT)
        return [line.rstrip() for line in told.splitlines()]


@contextlib.contextmanager
def stage(folder: Path, language: str, database: str = DATABASE) -> Iterator[Stage]:
    """An empty place to play a page in; nothing of the person who plays it reaches it."""
    write_sheets(folder, language)
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("REVISIT_", "LC_", "XDG_"))}
    mine |= {"HOME": str(folder), "PAGER": "", "NO_COLOR": "1", "COLUMNS": "100", "REVISIT_LANG": language}
    before = i18n.language()
    with patch.dict(os.environ, mine, clear=True):
        i18n.activate(language)
        try:
            yield Stage(folder, language, database)
        finally:
            i18n.activate(before)


def write_sheets(folder: Path, language: str) -> list[Path]:
    """Writes the example spreadsheets of a language into a folder; their paths."""
    books: dict[str, Workbook] = {}
    for one in tomllib.loads(SHEETS.read_text(encoding="utf-8"))[language]:
        if one["file"] not in books:
            books[one["file"]] = Workbook()
            books[one["file"]].remove(books[one["file"]].worksheets[0])
        sheet = books[one["file"]].create_sheet(one["sheet"])
        for row in one["rows"]:
            sheet.append([None if cell == "" else cell for cell in row])
        for number, first, last in one.get("merged", ()):
            sheet.merge_cells(start_row=number, end_row=number, start_column=first, end_column=last)
        if "hidden" in one:
            sheet.row_dimensions[one["hidden"]].hidden = True
    for name, book in books.items():
        book.save(folder / name)
    return [folder / name for name in books]


def fill(path: Path, cells: Sequence[str]) -> list[str]:
    """Somebody writes into cells of the first sheet: `A1=text`, `A1=` to empty it."""
    book = load_workbook(path)
    for cell in cells:
        place, _, text = cell.partition("=")
        book.worksheets[0][place] = text or None
    book.save(path)
    return []


def change(path: Path, values: Sequence[str]) -> list[str]:
    """Somebody changes values of a policy file: `table.key=value`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for one in values:
        key, _, value = one.partition("=")
        at = lines_of("\n".join(lines))[tuple(key.split("."))] - 1
        lines[at] = re.sub("= [^#]*[^# ]", f"= {value}", lines[at], count=1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return []


def table(path: Path, columns: Sequence[str], language: str, name: str = "", rows: range = range(0)) -> list[str]:
    """Columns of a sheet, the first unless named, as a table of the page, with the letters and numbers of a spreadsheet; only the
    rows that are named, all of them without any."""
    book = load_workbook(path)
    sheet = book[name] if name else book.worksheets[0]
    lines = [f"|  | {' | '.join(columns)} |", "| ---: |" + " --- |" * len(columns)]
    for number in rows or range(1, sheet.max_row + 1):
        cells = (sheet.cell(number, column_index_from_string(letter)).value for letter in columns)
        hidden = HIDDEN[language] if sheet.row_dimensions[number].hidden else ""
        lines.append(f"| **{number}**{hidden} | {' | '.join(map(_shown, cells))} |")
    return lines


def _shown(value: object) -> str:
    text = value.date().isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
    return re.sub(r"([\\|*<~_])", r"\\\1", text)


def is_true(shown: Sequence[str], real: Sequence[str]) -> bool:
    """Whether the lines shown are the real ones; `…` alone on a line stands for any lines."""
    pattern = "".join("(?:.*\n)*" if line == LEFT_OUT else re.escape(line) + "\n" for line in shown)
    return re.fullmatch(pattern, "".join(line + "\n" for line in real)) is not None


def played(lines: Sequence[str], on: Stage) -> list[tuple[Step, list[str]]]:
    """Every step of a page with what came of it."""
    return [(step, on.play(step.does)) for step in steps(lines)]


def refreshed(lines: Sequence[str], done: Sequence[tuple[Step, list[str]]]) -> list[str]:
    """The page with outputs that are true."""
    fresh = list(lines)
    for step, real in reversed(done):
        if not is_true(lines[step.first : step.last], real):
            fresh[step.first : step.last] = real
    return fresh


def main() -> int:
    """Writes the pages anew, or the example spreadsheets."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--sheets", type=Path, metavar="FOLDER", help="only write the example spreadsheets there")
    options.add_argument("--only", choices=TOPICS, metavar="TOPIC", help="only the pages of this topic")
    options.add_argument("--lang", choices=sorted(LANGUAGES), default="en", help="their language")
    said = options.parse_args()
    if said.sheets:
        said.sheets.mkdir(parents=True, exist_ok=True)
        print(*write_sheets(said.sheets, said.lang), sep="\n")
        return 0
    for (topic, language), page in PAGES.items():
        if said.only not in (None, topic):
            continue
        lines = page.read_text(encoding="utf-8").splitlines()
        with tempfile.TemporaryDirectory() as folder, stage(Path(folder), language) as on:
            fresh = refreshed(lines, played(lines, on))
        page.write_text("\n".join(fresh) + "\n", encoding="utf-8")
        told = "as it was" if fresh == lines else "changed; shorten its long outputs by hand"
        print(f"{page.relative_to(ROOT)}: {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
