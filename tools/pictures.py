"""Pictures of a month's report of the demo company, as the guide pages show them: screen, page, workbook, in both languages.

    make pictures

Chromium, LibreOffice (soffice) and pdftoppm have to be there. The demo company is made as of a fixed day, so that its figures
stay the same; how letters look depends on the fonts of the machine, so pictures are looked at, not compared.
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
PROGRAM = str(Path(sys.executable).parent / "revisit")
NEEDED = ("chromium", "soffice", "pdftoppm")
NOW = "2026-04-02T01:00:00+00:00"
MONTH = "2026-03"
LANGUAGES = {"en": "en", "zh": "zh_CN"}
SCREEN_LINES, COLUMNS = 46, 80
STYLE = (
    "body{margin:0;background:#1d2430;color:#e6e9ee}"
    "pre{margin:0;padding:18px 22px;font:15px/1.32 'Noto Sans Mono CJK SC','DejaVu Sans Mono',monospace}"
)


def main() -> int:
    """Makes all of them; 1 where a program is missing."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        print(f"not there: {', '.join(missing)}", file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        revisit(folder, "zh", "demo", "--keep", str(folder / "demo"))
        for short in LANGUAGES:
            work = folder / short
            work.mkdir()
            told = revisit(folder, short, "report", "--month", MONTH, "--trend")
            screen(work, PICTURES / f"report-screen.{short}.png", told, f"revisit report --month {MONTH} --trend")
            for suffix in ("html", "xlsx"):
                revisit(folder, short, "report", "--month", MONTH, "-o", str(work / f"report.{suffix}"))
            shot(work, (work / "report.html").as_uri(), PICTURES / f"report-page.{short}.png", (1000, 1240))
            book(work, PICTURES / f"report-book.{short}.png")
    for path in sorted(PICTURES.glob("*.png")):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} KB")
    return 0


def revisit(folder: Path, language: str, *words: str) -> str:
    """What the program says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REVISIT_")}
    environment |= {
        "REVISIT_NOW": NOW, "REVISIT_LANG": language, "REVISIT_DB": str(folder / "demo" / "demo.db"), "REVISIT_USER": "admin",
        "COLUMNS": str(COLUMNS),
    }  # fmt: skip
    done = subprocess.run([PROGRAM, *words], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def screen(work: Path, picture: Path, told: str, command: str) -> None:
    """The first lines on a terminal of 80 columns."""
    lines = [f"$ {command}", *told.splitlines()[: SCREEN_LINES - 1]]
    page = work / "screen.html"
    text = html.escape("\n".join(lines))
    page.write_text(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><pre>{text}</pre>", encoding="utf-8")
    shot(work, page.as_uri(), picture, (790, int(SCREEN_LINES * 15 * 1.32) + 36))


def shot(work: Path, address: str, picture: Path, size: tuple[int, int]) -> None:
    """The upper part of a page, as Chromium draws it."""
    subprocess.run(
        [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={work / 'profile'}",
            f"--window-size={size[0]},{size[1]}", f"--screenshot={picture}", address,
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )  # fmt: skip


def book(work: Path, picture: Path) -> None:
    """The second printed page of the workbook, that of the key figures, as LibreOffice lays it out."""
    subprocess.run(
        [
            "soffice", "--headless", f"-env:UserInstallation={(work / 'office').as_uri()}", "--convert-to", "pdf",
            "--outdir", str(work), str(work / "report.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )  # fmt: skip
    target = picture.with_suffix("")
    subprocess.run(
        ["pdftoppm", "-png", "-r", "80", "-f", "2", "-l", "2", "-singlefile", str(work / "report.pdf"), str(target)],
        check=True,
    )


if __name__ == "__main__":
    sys.exit(main())
