"""Writes every ugly file into a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.intake.ugly import load_cases, write

for case in load_cases():
    write(Path(sys.argv[1]), case)
