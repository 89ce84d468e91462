"""Many runs of the program as processes of their own, each stopped at an instant after its work began.

It is loaded once, and every run is a fork of that: how long a start takes on this machine does not matter, nor is it paid
for again and again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

FORKS = """
import gc, json, os, sys, time
import openpyxl, psycopg, python_calamine, sqlmodel, sqlalchemy.dialects.postgresql.psycopg, sqlalchemy.dialects.sqlite
import revisit.commands.imports, revisit.models
from revisit import cli
from revisit.__main__ import main

def run(arguments, out, err, after, signal_number):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        for file, stream in ((out, 1), (err, 2)):
            os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
        whole = cli.run
        def told():
            os.write(writer, b".")
            return whole()
        cli.run = told
        sys.argv = ["revisit", *arguments]
        try:
            main()
        except SystemExit as end:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(end.code)  # to take down what was loaded costs more than the run
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    began = time.monotonic()
    if after is not None:
        time.sleep(after)
        os.kill(child, signal_number)
    status = os.waitpid(child, 0)[1]
    return os.waitstatus_to_exitcode(status), time.monotonic() - began

gc.freeze()
for line in sys.stdin:
    print(json.dumps(run(*json.loads(line))), flush=True)
"""


class Ended(NamedTuple):
    """How a run ended: exit code (negative: by a signal), what it wrote, how long its work took."""

    code: int
    out: str
    err: str
    seconds: float


class Forks:
    """Made by `forks`."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process = process
        self.folder = folder

    def run(self, *arguments: str, after: float | None = None, by: signal.Signals = signal.SIGINT) -> Ended:
        """One run; `after` so many seconds of work it gets the signal `by`."""
        out, err = self.folder / "out", self.folder / "err"
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps([arguments, str(out), str(err), after, by]) + "\n")
        self.process.stdin.flush()
        code, seconds = json.loads(self.process.stdout.readline())
        return Ended(code, out.read_text(), err.read_text(), seconds)


@contextmanager
def forks(folder: Path) -> Iterator[Forks]:
    """The program, loaded; on 12 March 2026 at ten o'clock."""
    process = subprocess.Popen(
        [sys.executable, "-c", FORKS],
        env=os.environ | {"REVISIT_NOW": "2026-03-12T02:00:00+00:00"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hear_interrupts,
    )
    with process:
        yield Forks(process, folder)


def hear_interrupts() -> None:
    """Ctrl-C reaches the program even where whoever runs the tests had it ignored (a job in the background)."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
