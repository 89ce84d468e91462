"""What the reader library does not tell about a zipped workbook: is it safe, what is it, which cells are broken."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from ..errors import Refused
from ..i18n import N_
from .grid import BadCell, column_index

MOST_UNPACKED_BYTES = 2 * 1024**3
MOST_RATIO = 200
RATIO_MATTERS_FROM_BYTES = 100 * 1024**2
MOST_CELLS = 60_000_000
_CHUNK_BYTES = 1 << 20
_OVERLAP_BYTES = 512
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

# A sheet of up to 56 columns and 1 049 999 rows (no program has more) cannot be too large: only one beyond that is measured.
_FAR_COLUMN = rb"(?:[A-Z]{3}|[C-Z][A-Z]|B[E-Z])[0-9]"
_FAR_ROW = rb"[A-Z]*+(?=[0-9]{7})(?:10[5-9]|1[1-9]|[2-9]|[0-9]{8})"
_FAR = (
    re.compile(rb' r="' + _FAR_COLUMN),
    re.compile(rb' r="' + _FAR_ROW),
)  # two are three times as fast as one for both
_OTHERWISE_WRITTEN = (b"r='", b"\tr=", b"\nr=", b"\rr=")
_SELDOM = (b"'", b"\t", b"\n", b"\r")  # one of them stands in each of those, and a single byte is found far faster
_FAR_OTHERWISE = re.compile(rb"\sr=[\"'](?:" + _FAR_COLUMN + b"|" + _FAR_ROW + b")")
_FILLED = re.compile(rb"c\s[^<>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,9})[\"'][^<>]*(?<!/)>")
_FORMULA = re.compile(rb"[<:]f[>\s/]")
_POSITION = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,9})[\"']")
_ERROR = re.compile(rb"<(?:\w+:)?c\s([^<>]*\bt=[\"']e[\"'][^<>]*)(?<!/)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v[^<>]*>([^<]*)<")
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b[^<>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v[^<>]*/>|<(?:\w+:)?v[^<>]*>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^<>]*)>")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*\bhidden=[\"'](?:1|true)[\"'][^<>]*>")
_HIDDEN_NUMBER = re.compile(rb"\br=[\"']([0-9]{1,9})[\"']")
_ODS_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(?![-\w])([^<>]*?)(/?)>")
_ODS_REPEAT = re.compile(rb"number-(?:rows|columns)-repeated=[\"']([0-9]{1,9})[\"']")
# What the standard library raises on a broken archive or part (an ElementTree.ParseError is a SyntaxError).
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, lzma.LZMAError, EOFError, OSError,
    NotImplementedError, RuntimeError, LookupError, SyntaxError, ValueError, ArithmeticError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Marks:
    """Of one sheet: the broken cells by (row number, column index), and the numbers of the hidden rows."""

    bad: Mapping[tuple[int, int], BadCell] = field(default_factory=dict)
    hidden_rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Archive:
    """A workbook that may be opened: its kind, its date system, what was noted on each sheet by name; whether it holds
    macros, and links to other files."""

    kind: str
    epoch1904: bool = False
    marks: Mapping[str, Marks] = field(default_factory=dict)
    macros: bool = False
    links: bool = False


def inspect(data: bytes, name: str) -> Archive:
    """Look through a zip before anything parses it. Refused: bombs, entities, encryption, damage, other contents."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_size(archive, len(data), name)
            kind = _kind(archive, name)
            if kind == "ods":
                return _inspect_ods(archive, name)
            return _inspect_xlsx(archive, kind, name)
    except _BROKEN:
        raise damaged(name) from None


def damaged(name: str) -> Refused:
    """The refusal for a workbook that cannot be read to its end."""
    return Refused(
        N_("{name} is damaged: it cannot be read"),
        N_("open it in a spreadsheet program and save it again as .xlsx"),
        name=name,
    )


def encrypted(name: str) -> Refused:
    """The refusal for a workbook with a password."""
    return Refused(
        N_("{name} is protected by a password"), N_("save a copy without a password and import that"), name=name
    )


def _too_large(name: str) -> Refused:
    return Refused(
        N_("{name} unpacks to far more than a workbook of this size holds"),
        N_("copy the rows that are needed into a new workbook"),
        name=name,
    )


def _check_size(archive: zipfile.ZipFile, packed: int, name: str) -> None:
    unpacked = sum(info.file_size for info in archive.infolist())
    bomb = unpacked > RATIO_MATTERS_FROM_BYTES and unpacked > MOST_RATIO * packed
    if unpacked > MOST_UNPACKED_BYTES or bomb:
        raise _too_large(name)
    if any(info.flag_bits & 0x1 for info in archive.infolist()):
        raise encrypted(name)


def _kind(archive: zipfile.ZipFile, name: str) -> str:
    names = set(archive.namelist())
    if "mimetype" in names and archive.read("mimetype").strip().startswith(_ODS):
        return "ods"
    if "xl/workbook.xml" in names:
        return "xlsm" if "xl/vbaProject.bin" in names else "xlsx"
    raise Refused(
        N_("{name} is a packed file, but no workbook that can be read here"),
        N_("save it as .xlsx, .xls, .ods or CSV"),
        name=name,
    )


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part piece by piece, each with the end of the one before; reading to the end also checks size and CRC."""
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            piece = tail + chunk
            yield piece
            tail = piece[-_OVERLAP_BYTES:]


def _check_entities(piece: bytes, name: str) -> None:
    plain = piece.replace(b"\0", b"") if b"\0" in piece else piece
    if b"!" in plain and (b"<!DOCTYPE" in plain or b"<!ENTITY" in plain):
        raise Refused(
            N_("{name} declares entities of its own; no spreadsheet program writes such a file"),
            N_("do not trust it; ask where it comes from"),
            name=name,
        )


def _inspect_xlsx(archive: zipfile.ZipFile, kind: str, name: str) -> Archive:
    troubled: set[str] = set()
    for part in archive.namelist():
        if not part.endswith((".xml", ".rels", ".vml")):
            continue
        is_sheet = part.startswith("xl/") and not part.startswith(("xl/sharedStrings", "xl/styles", "xl/theme"))
        far = False
        for piece in _chunks(archive, part):
            _check_entities(piece, name)
            if is_sheet:
                far = far or _is_far(piece)
                if part not in troubled and _is_troubled(piece):
                    troubled.add(part)
        if far and _filled_area(archive, part) > MOST_CELLS:
            raise _too_large(name)
    epoch1904, sheets = _workbook_parts(archive)
    marks = {title: _marks(archive.read(part)) for title, part in sheets if part in troubled}
    links = any(part.startswith("xl/externalLinks/") for part in archive.namelist())
    return Archive(kind, epoch1904, marks, macros=kind == "xlsm", links=links)


def _is_troubled(piece: bytes) -> bool:
    """Whether there may be an error cell, a formula or a hidden row. A single byte is found far faster than several."""
    if b"e" in piece and (b't="e"' in piece or b"hidden=" in piece or (b"'" in piece and b"t='e'" in piece)):
        return True
    return b"f" in piece and (b"<f" in piece or b":f" in piece) and _FORMULA.search(piece) is not None


def _is_far(piece: bytes) -> bool:
    """Whether a cell stands far out. Nearly all programs write references in one way, which is looked for fast."""
    if any(byte in piece for byte in _SELDOM) and any(mark in piece for mark in _OTHERWISE_WRITTEN):
        return _FAR_OTHERWISE.search(piece) is not None
    return any(beyond.search(piece) for beyond in _FAR)


def _widest(columns: set[bytes]) -> int:
    return max((column_index(letters.decode()) + 1 for letters in columns), default=0)


def _filled_area(archive: zipfile.ZipFile, part: str) -> int:
    """Rows times columns up to the last cell that holds something: what a reader would spread out in memory."""
    rows = 0
    columns: set[bytes] = set()
    for piece in _chunks(archive, part):
        cells = _FILLED.findall(piece)
        rows = max(rows, max((int(row) for _, row in cells), default=0))
        columns.update(letters for letters, _ in cells)
    return rows * _widest(columns)


def _workbook_parts(archive: zipfile.ZipFile) -> tuple[bool, tuple[tuple[str, str], ...]]:
    """The date system, and (sheet name, part) of every sheet."""
    from xml.etree import ElementTree

    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - entities are refused before
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - the same
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    epoch1904, sheets = False, []
    for element in workbook.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "workbookPr":
            epoch1904 = element.get("date1904") in ("1", "true")
        elif tag == "sheet":
            identity = next((v for k, v in element.items() if k == _RELATION or k.endswith("}id")), "")
            target = targets.get(identity, "")
            sheets.append((element.get("name", ""), target.lstrip("/") if target[:1] == "/" else f"xl/{target}"))
    return epoch1904, tuple(sheets)


def _marks(xml: bytes) -> Marks:
    """Error cells, formulas whose value was never computed, and hidden rows of one sheet."""
    found = [
        (match.start(), match[1], _error_cell(match[2])) for match in _ERROR.finditer(xml) if match[1][-1:] != b"/"
    ]
    found += [
        (match.start(), match[1], BadCell("uncached_formula", "=" + _plain(match[2] or b"")))
        for match in _NO_VALUE.finditer(xml)
        if not (match[3] and re.search(rb"\bt=[\"']str[\"']", match[1]))  # a text formula that gives "" is a blank
    ]
    counted = _count_positions(xml) if any(not _POSITION.search(attributes) for _, attributes, _ in found) else {}
    bad = {_position(attributes) or counted[start]: cell for start, attributes, cell in found}
    hidden = (_HIDDEN_NUMBER.search(row[0]) for row in _HIDDEN_ROW.finditer(xml))
    return Marks(bad, tuple(int(number[1]) for number in hidden if number))


def _error_cell(body: bytes) -> BadCell:
    value = _VALUE.search(body)
    return BadCell("error_value", _plain(value[1]) if value else "#?")


def _plain(text: bytes) -> str:
    return unescape(text.decode("utf-8", "replace")).strip()


def _position(attributes: bytes) -> tuple[int, int] | None:
    match = _POSITION.search(attributes)
    return (int(match[2]), column_index(match[1].decode())) if match else None


def _count_positions(xml: bytes) -> dict[int, tuple[int, int]]:
    """Where each cell stands when cells bear no references: by counting, from its offset in the part."""
    positions: dict[int, tuple[int, int]] = {}
    row, column = 0, -1
    for tag in _TAG.finditer(xml):
        if tag[1] == b"row":
            number = _HIDDEN_NUMBER.search(tag[2])
            row, column = int(number[1]) if number else row + 1, -1
        else:
            stated = _position(tag[2])
            column = stated[1] if stated else column + 1
            positions[tag.start()] = (row, column)
    return positions


def _inspect_ods(archive: zipfile.ZipFile, name: str) -> Archive:
    for part in archive.namelist():
        if part.endswith(".xml"):
            for piece in _chunks(archive, part):
                _check_entities(piece, name)
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise encrypted(name)
    if _ods_area(archive.read("content.xml")) > MOST_CELLS:
        raise _too_large(name)
    return Archive("ods", macros=any(part.startswith("Basic/") for part in archive.namelist()))


def _ods_area(xml: bytes) -> int:
    """The largest table's rows times columns up to its last filled cell; repeated cells count as often as repeated."""
    largest = row = column = rows = columns = 0
    repeat_row, filled = 1, False
    for tag in _ODS_TAG.finditer(xml):
        closing, what, attributes, empty = bool(tag[1]), tag[2], tag[3], bool(tag[4])
        repeated = _ODS_REPEAT.search(attributes)
        times = int(repeated[1]) if repeated else 1
        if what == b"table":
            largest, row, rows, columns = max(largest, rows * columns), 0, 0, 0
        elif what == b"table-row" and not closing:
            repeat_row, column, filled = times, 0, False
            row += repeat_row
        elif not closing and what != b"table-row":
            column += times
            if not empty or b"value" in attributes:
                filled, columns = True, max(columns, column)
        if filled:
            rows = max(rows, row)
    return max(largest, rows * columns)
