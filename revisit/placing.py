"""A finished file gets its name: it is there as a whole or not at all, and never takes another one's place."""

from __future__ import annotations

import os
from pathlib import Path


def put(beside: Path, path: Path) -> None:
    """Gives a file that was written beside its proper name. Raises FileExistsError where there is a file of that name."""
    try:
        os.link(beside, path)  # unlike a rename it never replaces what somebody put there meanwhile
    except FileExistsError:
        raise
    except OSError as error:  # a drive without hard links
        if path.exists():
            raise FileExistsError(str(path)) from error
        beside.rename(path)


def beside(path: Path) -> Path:
    """Where a file is written before it gets its name: in the same folder, by this process alone."""
    return path.with_name(f".{path.name}.{os.getpid()}.new")
