"""Files that are not what they seem, or only half of it: other formats, passwords, cut and broken archives."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.intake.ugly import libraries, sheetxml

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
NOBODY = 0xFFFFFFFF
ROOT_OBJECT, STREAM = 5, 2


def compound(path: Path, content: Mapping[str, Any]) -> None:
    """A compound file of the old Office (also the coat of an encrypted workbook), with `streams` by their names."""
    path.write_bytes(
        compound_bytes({name: text.encode().ljust(4096, b"\0") for name, text in content["streams"].items()})
    )


def compound_bytes(streams: Mapping[str, bytes]) -> bytes:
    """One table sector, one folder sector, then every stream in whole sectors, 4096 bytes at least."""
    table, body = [TABLE, END], b""
    entries = [_entry("Root Entry", ROOT_OBJECT, child=1, start=END, size=0)]
    for number, (name, data) in enumerate(streams.items(), 1):
        first, sectors = len(table), -(-len(data) // SECTOR)
        table += [*range(first + 1, first + sectors), END]
        following = number + 1 if number < len(streams) else NOBODY
        entries.append(_entry(name, STREAM, right=following, start=first, size=len(data)))
        body += data.ljust(sectors * SECTOR, b"\0")
    assert len(table) <= SECTOR // 4 and len(entries) <= SECTOR // 128
    folder = b"".join(entries).ljust(SECTOR, b"\0")
    head = MAGIC + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    head += struct.pack("<I", 0) + struct.pack("<I", FREE) * 108
    return head + struct.pack(f"<{SECTOR // 4}I", *table, *[FREE] * (SECTOR // 4 - len(table))) + folder + body


def _entry(name: str, kind: int, *, child: int = NOBODY, right: int = NOBODY, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    entry = written.ljust(64, b"\0") + struct.pack("<HBBIII", len(written) + 2, kind, 1, NOBODY, right, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)


def xls_with_password(path: Path, content: Mapping[str, Any]) -> None:
    """An xls whose second record says that all the others are encrypted."""
    libraries.xls(path, content)
    data = bytearray(path.read_bytes())
    at = data.index(bytes.fromhex("0908100000060500"))
    while data[at : at + 2] != bytes.fromhex("5c00"):  # the name of the last user: long enough to be taken over
        at += 4 + int.from_bytes(data[at + 2 : at + 4], "little")
    data[at : at + 2] = bytes.fromhex("2f00")
    path.write_bytes(bytes(data))


def cut(path: Path, content: Mapping[str, Any]) -> None:
    """A workbook of which only a part arrived (`keep`, of a hundred)."""
    WHOLE[content.get("of", "xlsx")](path, content)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * content["keep"] // 100])


def flipped(path: Path, content: Mapping[str, Any]) -> None:
    """A workbook with a broken byte in the packed data of its sheet."""
    sheetxml.write(path, content)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    data[start + 30 + len("xl/worksheets/sheet1.xml") + 40] ^= 0xFF
    path.write_bytes(bytes(data))


def zip_with_password(path: Path, content: Mapping[str, Any]) -> None:
    """A workbook packed with the password of the packing program: the flag of every part is set."""
    sheetxml.write(path, content)
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    path.write_bytes(bytes(data))


WHOLE: dict[str, Callable[[Path, Mapping[str, Any]], None]] = {"xlsx": sheetxml.write, "xls": libraries.xls}
WRITERS: dict[str, Callable[[Path, Mapping[str, Any]], None]] = {
    "compound": compound,
    "xls-with-password": xls_with_password,
    "cut": cut,
    "flipped": flipped,
    "zip-with-password": zip_with_password,
}
