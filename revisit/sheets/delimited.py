"""Text files with delimiters: which encoding, which delimiter, which rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from ..errors import Refused
from ..i18n import N_
from .grid import Row

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS = (",", ";", "\t")
_SAMPLE_ROWS = 50
_LONGEST_CELL = 1_000_000
_UTF8_CJK = re.compile(rb"[\xe2-\xef][\x80-\xbf]{2}")
_HIGH = re.compile(rb"[\x80-\xff]")


def decode(data: bytes, name: str) -> str:
    """The text of a csv: by its byte order mark, else strict UTF-8, else GB18030, else Refused. Nothing is replaced."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data, encoding, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if _is_damaged_utf8(data):
            raise _unknown_encoding(name) from None
    return _strict(data, "gb18030", name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise _unknown_encoding(name) from None


def _unknown_encoding(name: str) -> Refused:
    return Refused(
        N_("{name}: the text is neither UTF-8 nor GB18030, or a few bytes of it are damaged"),
        N_("save it again as .xlsx, or as CSV UTF-8"),
        name=name,
    )


def _is_damaged_utf8(data: bytes) -> bool:
    """UTF-8 with a few broken bytes often decodes as GB18030 too – into nonsense. Nearly all in triples says UTF-8."""
    high = len(_HIGH.findall(data))
    return high >= 30 and 3 * len(_UTF8_CJK.findall(data)) > 0.9 * high


def read_rows(text: str, name: str) -> tuple[str, Lines]:
    """The delimiter and the rows of `text`. Going through them raises Refused where a quotation mark never closes: it would
    swallow rows."""
    skipped, delimiter, body = 0, "", text
    if declared := re.match(r"sep=([,;\t])\r?\n", text):
        skipped, delimiter, body = 1, declared[1], text[declared.end() :]
    delimiter = delimiter or sniff_delimiter(body)
    return delimiter, Lines(body, delimiter, name, skipped)


class Lines:
    """The rows of a delimited text; each is cut when its turn comes. `height`: the number of lines."""

    def __init__(self, text: str, delimiter: str, name: str, skipped: int) -> None:
        self._text, self._delimiter, self._name, self._skipped = text, delimiter, name, skipped
        self.height = text.count("\n") + skipped + 1

    def __iter__(self) -> Iterator[Row]:
        for number in range(1, self._skipped + 1):
            yield Row(number, ())
        yield from _parse(self._text, self._delimiter, self._name, self._skipped)


def sniff_delimiter(text: str) -> str:
    """Comma, semicolon or tab: the one that cuts the first rows into the most even number of columns."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    lines = io.StringIO(text[:200_000], newline="")
    widths: list[int] = []
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            if any(row):
                widths.append(len(row))
            if len(widths) >= _SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    cut = Counter(width for width in widths if width > 1)
    if not cut:
        return 0.0, 0
    width, rows = cut.most_common(1)[0]
    return rows / len(widths), width


def _parse(text: str, delimiter: str, name: str, skipped: int) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = skipped + 1
    try:
        for cells in reader:
            yield Row(begins, tuple([cell or None for cell in cells]) if any(cells) else ())
            begins = reader.line_num + skipped + 1
    except csv.Error as error:
        raise Refused(
            N_("{name}, line {line}: the quotation marks do not match, or a cell is endless ({detail})"),
            N_("correct this line, or save the file again as .xlsx"),
            name=name,
            line=begins,
            detail=str(error),
        ) from None
