"""The pictures in docs/pictures/: a month's report of the demo company on the screen, as a page and a workbook: `make pictures`.

Chromium, LibreOffice and pdftoppm have to be there. The screen is drawn here (SVG), with every character in its place whatever
fonts there are. It and the text of the report (Markdown) are the same wherever they are made: a test holds them to what the
program says (`--text` writes these alone). So it is with the morning list in README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from unittest.mock import patch
from xml.sax.saxutils import escape

from revisit import cli, i18n
from revisit.context import Context
from revisit.demo import make_spreadsheets
from revisit.demo.leading import lead
from revisit.render import width

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
READMES = {"en": "README.md", "zh": "README.zh.md"}
LANGUAGES, LEFT_OUT = tuple(READMES), "…"
NOW, LOGIN, DATABASE = "2026-11-20T08:30:00+08:00", "admin", "demo.db"
REPORT, MORNING = ("report", "--month", "last"), ("due", "--limit", "8")
COLUMNS, LINES = 96, 58
HASH = re.compile(r"\b[0-9a-f]{64}\b|(?<![0-9a-f-])[0-9a-f]{12}(?![0-9a-f-])")
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
PLACE, LINE, MARGIN = 8.4, 19, 16
HEIGHTS = "▁▂▃▄▅▆▇█"
RUN = re.compile(r"█+|[▁▂▃▄▅▆▇]|·+|─+|[^\x00-\x7f▁▂▃▄▅▆▇█·─–]+|[\x21-\x7e–]+(?: [\x21-\x7e–]+)*")
BACK, TEXT, FAINT, DRAWN = "#16191d", "#d7dce2", "#59636e", "#5b9bd5"
STYLE = f"""text {{ font: 14px ui-monospace, Menlo, Consolas, "Noto Sans Mono CJK SC", "Microsoft YaHei", monospace; }}
text {{ fill: {TEXT}; }}
.b {{ font-weight: bold; fill: #fff; }}"""
PROGRAMS = ("chromium", "soffice", "pdftoppm")
PAGE_SIZE = "960,1400"
PAPER = ("-f", "2", "-l", "2", "-r", "100", "-x", "140", "-y", "40", "-W", "890", "-H", "600")
"""The page of key figures; the closed month stands before it."""


class Screen(io.StringIO):
    """What a terminal shows."""

    def isatty(self) -> bool:
        return True


@contextlib.contextmanager
def company(folder: Path) -> Iterator[None]:
    """The demo company in a folder, its last month closed."""
    files = make_spreadsheets(folder, date.fromisoformat(NOW[:10]))
    mine = {
        name: value for name, value in os.environ.items() if not name.startswith(("REVISIT_", "LC_", "XDG_", "NO_C"))
    }
    mine |= {"HOME": str(folder), "PAGER": "", "TERM": "xterm", "REVISIT_LANG": "zh", "REVISIT_NOW": NOW}
    mine |= {"REVISIT_USER": LOGIN, "REVISIT_DB": str(folder / DATABASE)}
    with patch.dict(os.environ, mine, clear=True), spoken("zh"):
        start = ("--timezone", "Asia/Shanghai", "--start-on", str(files.start_on), "--yes")
        says("init", "--company", "青禾建材", *start)
        for kind, file in (
            ("staff", files.staff), ("customers", files.customers), ("orders", files.orders), ("revisits", files.revisits),
            ("sales-followups", files.sales_follow_ups),
        ):  # fmt: skip
            says("import", kind, str(file))
        with Context(str(folder / DATABASE), LOGIN).unit() as unit:
            lead(unit)
        yield


def says(*words: str, terminal: bool = True) -> str:
    """What the program says on a terminal, or piped."""
    out = Screen() if terminal else io.StringIO()
    with patch.dict(os.environ, COLUMNS=str(COLUMNS)), contextlib.redirect_stdout(out):
        code = cli.run(list(words))
    assert code in (0, 3), (words, out.getvalue())
    return out.getvalue()


def texts(folder: Path, language: str) -> dict[str, str]:
    """The files that are the same wherever they are made, by name."""
    with spoken(language):
        screen = HASH.sub(LEFT_OUT, says(*REPORT, "--trend")).splitlines()[:LINES]
        report = folder / f"report-{language}.md"
        says(*REPORT, "-o", str(report), "--yes")
    typed = f"$ revisit {' '.join(REPORT)} --trend"
    return {
        f"report-screen-{language}.svg": drawn([typed, *screen, LEFT_OUT]),
        report.name: HASH.sub(LEFT_OUT, report.read_text(encoding="utf-8")),
    }


def readme(language: str) -> tuple[Path, str]:
    """The first page of a language, with the morning list as it is."""
    page = ROOT / READMES[language]
    text = page.read_text(encoding="utf-8")
    with spoken(language):
        told = says(*MORNING, "--as", "limin", terminal=False)
    start = text.index(typed := f"```\n$ revisit {' '.join(MORNING)}\n") + len(typed)
    return page, text[:start] + told + text[text.index("```", start) :]


@contextlib.contextmanager
def spoken(language: str) -> Iterator[None]:
    """The program speaks this language."""
    before = i18n.language()
    i18n.activate(language)
    try:
        yield
    finally:
        i18n.activate(before)


def drawn(lines: Sequence[str]) -> str:
    """Lines of a terminal as SVG: each run of characters as wide as its places, blocks as rectangles."""
    wide, high = COLUMNS * PLACE + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high}" width="{wide:g}" height="{high}">',
        f"<style>{STYLE}</style>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>',
    ]
    for number, line in enumerate(lines):
        parts += _line(line, MARGIN + number * LINE)
    return "\n".join([*parts, "</svg>", ""])


def _line(line: str, top: int) -> Iterator[str]:
    bold = line.startswith(BOLD)
    text = line.replace(BOLD, "").replace(PLAIN, "")
    assert "\x1b" not in text, line
    for run in RUN.finditer(text):
        shown = run[0]
        left, wide = MARGIN + width(text[: run.start()]) * PLACE, width(shown) * PLACE
        if shown[0] in HEIGHTS:
            high = (HEIGHTS.index(shown[0]) + 1) * (LINE - 5) / len(HEIGHTS)
            yield _box(left, top + LINE - 3 - high, wide, high, DRAWN)
        elif shown[0] in "·─":
            yield _box(left, top + LINE / 2, wide, 1, FAINT)
        else:
            look = ' class="b"' if bold else ""
            place = f'x="{left:.1f}" y="{top + 14}" textLength="{wide:.1f}" lengthAdjust="spacingAndGlyphs"'
            yield f"<text{look} {place}>{escape(shown)}</text>"


def _box(left: float, top: float, wide: float, high: float, colour: str) -> str:
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{colour}"/>'


def photographed(folder: Path, language: str) -> None:
    """The page in a browser and the workbook on paper, as files in `FOLDER`."""
    page, book = folder / f"report-{language}.html", folder / f"report-{language}.xlsx"
    with spoken(language):
        says(*REPORT, "-o", str(page), "--yes")
        says(*REPORT, "-o", str(book), "--yes")
    picture = FOLDER / f"report-page-{language}.png"
    _run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={PAGE_SIZE}",
         f"--user-data-dir={folder / 'browser'}", f"--screenshot={picture}", page.as_uri())  # fmt: skip
    _run("soffice", f"-env:UserInstallation={(folder / 'office').as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(folder), str(book))  # fmt: skip
    _run(
        "pdftoppm",
        *PAPER,
        "-png",
        "-singlefile",
        str(book.with_suffix(".pdf")),
        str(FOLDER / f"report-workbook-{language}"),
    )


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"


def main() -> int:
    """Makes all of them anew."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--text", action="store_true", help="only the screen and the text of the report")
    said = options.parse_args()
    missing = [] if said.text else [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        print(f"Not there: {', '.join(missing)}. On Debian: apt-get install chromium libreoffice-calc poppler-utils "
              "fonts-noto-cjk", file=sys.stderr)  # fmt: skip
        return 1
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, company(Path(name)):
        for language in LANGUAGES:
            for file, text in texts(Path(name), language).items():
                (FOLDER / file).write_text(text, encoding="utf-8", newline="\n")
            page, text = readme(language)
            page.write_text(text, encoding="utf-8", newline="\n")
            if not said.text:
                photographed(Path(name), language)
    for made in sorted(FOLDER.iterdir()):
        print(f"docs/pictures/{made.name}: {made.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
