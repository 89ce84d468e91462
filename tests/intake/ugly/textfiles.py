"""Text files with delimiters, byte by byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write(path: Path, content: Mapping[str, Any]) -> None:
    """`rows` cut by `delimiter`, or `text` as it stands; in `encoding`, with `ends` at the end of lines; `lead` goes before.

    `lines_of_nothing`: so many lines of delimiters stand before the last row.
    """
    encoding, ends = content.get("encoding", "utf-8"), content.get("ends", "\r\n")
    text = content.get("text")
    if text is None:
        made = io.StringIO()
        writer = csv.writer(made, delimiter=content.get("delimiter", ","), lineterminator="\r\n")
        writer.writerows(content["rows"])
        text = made.getvalue().replace("\r\n", "\n")
    if nothing := content.get("lines_of_nothing", 0):
        head, _, last = text.rstrip("\n").rpartition("\n")
        text = "\n".join([head, *[",,"] * nothing, last, ""])
    text = content.get("lead", "") + text
    path.write_bytes(text.replace("\n", ends).encode(encoding))


def write_bytes(path: Path, content: Mapping[str, Any]) -> None:
    """Bytes from their hexadecimal digits (`hex`), between texts (`before`, `behind`) where there are any."""
    before, behind = (content.get(name, "").encode() for name in ("before", "behind"))
    path.write_bytes(before + bytes.fromhex(content.get("hex", "")) + behind)


def write_long(path: Path, content: Mapping[str, Any]) -> None:
    """A list in which one cell has so many `letters`."""
    path.write_text(f"客户编号,客户名称\nC1,{'长' * content['letters']}\n", encoding="utf-8")


WRITERS = {"csv": write, "bytes": write_bytes, "long-cell": write_long}
