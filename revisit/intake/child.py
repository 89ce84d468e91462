"""A large file is read by a child process while this one writes what the child has read: sheets, cells, keys of new customers.

They talk through pipes, in pickles: the request; the reading without its rows; portions of records; None at the end, or instead
of any of these the exception that ended it. The child opens no database, and whatever ends the parent ends it.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

from revisit import i18n, resources
from revisit.db import Sql
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.intake.accepted import Fix
from revisit.intake.choosing import open_file
from revisit.intake.prepared import prepare, told_by
from revisit.intake.refusals import Reject, RowLabel
from revisit.intake.rows import Hints, Progress, Reading, Record, Warning_, untold

LARGE = 2 * 1024**2  # bytes of a file from which on a child pays: 20 000 rows of a customer list
ROWS_AT_ONCE = 250
PIPE_BYTES = 1024**2
HIGHEST = "SELECT coalesce(max(id), 0) FROM customer"
ROOT = str(Path(__file__).parents[2])
PROGRAM = f"""
import sys
{ROOT!r} in sys.path or sys.path.insert(0, {ROOT!r})
from revisit.intake import child
child.serve()
"""
COUNTS = ("aliased", "records", "rows", "blank", "skipped")


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be read; `known`: how many customers there are about. Of a sheet that is mainly of others it is also worked out
    what they will be found by."""

    path: Path
    kind: str
    sheet_name: str | None
    hints: Hints
    language: str
    templates: Path | None
    known: int


class Notes(NamedTuple):
    """What was noted of a file before the record at this place of a portion."""

    place: int
    warnings: list[Warning_]
    rejects: list[Reject]
    fixes: list[tuple[RowLabel, str, Fix]]


class Portion(NamedTuple):
    """Some records, what was noted between them, and how far the reading is with them."""

    records: list[tuple[Any, ...]]
    notes: list[Notes]
    counts: dict[str, int]
    columns: dict[str, str | None]
    told: tuple[str, int, int | None] | None


@contextmanager
def opened(
    path: Path, kind: str, sheet_name: str | None, hints: Hints, progress: Progress, *, known: int, once: bool
) -> Iterator[Reading]:
    """A spreadsheet of a kind, ready to be read, as `open_file` gives it. `once`: its sheets are gone through once; only then
    a child can do it. `known`: see `Request`."""
    if not once or not _pays(path):
        yield open_file(path, kind, sheet_name, hints, progress)
        return
    progress("reading", 0, None)
    request = Request(path, kind, sheet_name, hints, i18n.language(), resources.company_folder(), known)
    with _process() as process:
        reading = _first_answer(process, request)
        if reading is None:  # it could not begin: it is done here
            reading = open_file(path, kind, sheet_name, hints, progress)
        else:
            reading.progress = progress
            reading.elsewhere = partial(_records, process, reading)
        yield reading


@contextmanager
def _process() -> Iterator[subprocess.Popen[bytes]]:
    """The child; it ends here, whatever happens."""
    nothing, pipe = subprocess.DEVNULL, subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603 - our own program; nothing is looked for in the folder where we are (-P)
        [sys.executable, "-P", "-c", PROGRAM], stdin=pipe, stdout=pipe, stderr=nothing, pipesize=PIPE_BYTES
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):  # what it no longer wanted to hear
                if stream is not None:
                    stream.close()


def highest_id(sql: Sql) -> int:
    """The highest id of a customer."""
    return int(sql.rows(HIGHEST)[0][0])


def _pays(path: Path) -> bool:
    """Whether a child is worth its start, and can be started."""
    try:
        large = path.stat().st_size >= LARGE
    except OSError:  # said properly by whoever opens it
        return False
    return large and (os.cpu_count() or 1) > 1 and bool(sys.executable) and not getattr(sys, "frozen", False)


def _first_answer(process: subprocess.Popen[bytes], request: Request) -> Reading | None:
    """What was found in the file; None where the child did not come to say anything."""
    assert process.stdin is not None
    try:
        process.stdin.write(pickle.dumps(request))
        process.stdin.close()
    except OSError:
        return None
    from revisit import models  # noqa: F401 - what writing needs is loaded while the child reads

    try:
        found = _received(process)
    except Refused:
        raise
    except (EOFError, OSError, pickle.UnpicklingError):
        return None
    assert isinstance(found, Reading)
    return found


def _received(process: subprocess.Popen[bytes]) -> Any:
    """The next thing that the child says. Raises what it ended with."""
    assert process.stdout is not None
    found = pickle.load(process.stdout)  # noqa: S301 - from our own process
    if isinstance(found, Exception):
        raise found
    return found


def _records(process: subprocess.Popen[bytes], reading: Reading) -> Iterator[Record]:
    """The records as they come; what was noted of the file is noted here at the same place."""
    while True:
        try:
            portion = _received(process)
        except (EOFError, OSError, pickle.UnpicklingError):
            raise Refused(
                N_("the process that read {file} has ended before its time; nothing was changed"),
                N_("import the file again"),
                file=reading.path.name,
            ) from None
        if portion is None:
            return
        for name, count in portion.counts.items():
            setattr(reading, name, count)
        reading.columns.update(portion.columns)
        if portion.told is not None:
            reading.progress(*portion.told)
        start = 0
        for place, warnings, rejects, fixes in portion.notes:
            yield from (Record(*record) for record in portion.records[start:place])
            reading.warnings += warnings
            reading.rejects += rejects
            reading.fixes += fixes
            start = place
        yield from (Record(*record) for record in portion.records[start:])


# --- the child


def serve() -> None:
    """Reads a request and answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever has asked decides, and ends us
    gc.disable()  # rows refer to nothing in circles, and all of it is gone soon
    out, sys.stdout = sys.stdout.buffer, sys.stderr
    request: Request = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own process
    i18n.activate(request.language)
    resources.use_company_folder(request.templates)
    try:
        answer(request, partial(_say, out))
    except Exception as error:
        _say(out, error)


def _say(out: IO[bytes], what: object) -> None:
    pickle.dump(what, out, pickle.HIGHEST_PROTOCOL)
    out.flush()


def answer(request: Request, say: Callable[[object], None]) -> None:
    """Says what is in the file."""
    told: list[tuple[str, int, int | None]] = []
    reading = open_file(request.path, request.kind, request.sheet_name, request.hints)
    parts = [replace(part, sheet=replace(part.sheet, rows=())) for part in reading.parts]
    say(replace(reading, parts=parts, progress=untold))
    reading.progress = lambda stage, done, total: told.append((stage, done, total))
    keys = sum(part.sheet.height or 0 for part in reading.parts) > 2 * request.known
    fields = told_by(reading.fields) if request.kind == "customers" else None
    new = _News(reading)
    records: list[tuple[Any, ...]] = []
    notes: list[Notes] = []

    def portion() -> None:
        counts = {name: getattr(reading, name) for name in COUNTS}
        say(Portion(records, notes, counts, reading.columns, told[-1] if told else None))
        for done in (records, notes, told):
            done.clear()

    for record in reading.read():
        if new:
            notes.append(new.notes(len(records)))
        prepared = None if fields is None else prepare(record.values, fields, keys=keys)
        records.append((record.row, record.values, record.extra, prepared))
        if len(records) == ROWS_AT_ONCE:
            portion()
    if new:
        notes.append(new.notes(len(records)))
    portion()
    say(None)


class _News:
    """What was noted of a file since one last asked."""

    def __init__(self, reading: Reading) -> None:
        self._of = (reading.warnings, reading.rejects, reading.fixes)
        self._known = self._now()

    def _now(self) -> tuple[int, int, int]:
        warnings, rejects, fixes = self._of
        return len(warnings), len(rejects), len(fixes)

    def __bool__(self) -> bool:
        return self._known != self._now()

    def notes(self, place: int) -> Notes:
        """It, as noted before the record at this place."""
        (warnings, rejects, fixes), (one, two, three) = self._of, self._known
        self._known = self._now()
        return Notes(place, warnings[one:], rejects[two:], fixes[three:])
