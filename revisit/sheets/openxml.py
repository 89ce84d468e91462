"""What every workbook that is written by hand is made of: names of its parts' kinds, texts as markup, parts without a time."""

from __future__ import annotations

import re
import zipfile
from html import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_UNWRITTEN = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("[\x01-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")


def markup(text: str) -> str:
    """A text as it stands between tags: what is no character of XML is written as a spreadsheet does, or replaced."""
    return escape(_ESCAPED.sub(lambda one: f"_x{ord(one[0]):04X}_", _UNWRITTEN.sub("\ufffd", text)), quote=False)


def part(name: str) -> zipfile.ZipInfo:
    """A part of the archive that bears no time: the same table is the same file."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
