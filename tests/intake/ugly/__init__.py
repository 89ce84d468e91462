"""Ugly spreadsheets: every case of `tests/intake/ugly/*.toml` as a file in a folder.

`python -m tests.intake.ugly FOLDER` writes them all, to be opened in a spreadsheet program and looked at.

A case names the program that might have written it (`write`) and what stands in it; the rest of its table says with which
options it is imported and what has to come out. See `cases` for the keys.
"""

from __future__ import annotations

from pathlib import Path

from tests.intake.ugly import heavy, libraries, packed, sheetxml, strange, textfiles
from tests.intake.ugly.cases import Case, load_cases

WRITERS = sheetxml.WRITERS | packed.WRITERS | libraries.WRITERS | textfiles.WRITERS | strange.WRITERS | heavy.WRITERS


def write(folder: Path, case: Case) -> Path:
    """Writes the file of a case."""
    path = folder / case.file
    path.parent.mkdir(parents=True, exist_ok=True)
    WRITERS[case.write](path, case.content)
    return path


__all__ = ["WRITERS", "Case", "load_cases", "write"]
