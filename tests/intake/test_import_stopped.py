"""Ctrl-C during an import, at any instant: the database is as before, it is said, and the next run completes it.

And what a person sees of the progress: one line on a terminal, nothing where nobody looks.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from revisit import interrupts
from tests.forks import Forks, forks
from tests.intake.test_import_safety import dump
from tests.support import Program, workbook

pytestmark = pytest.mark.slow
ROWS, FEWER = 8000, 1000
FIRST, LATER = 0.02, 1.4
"""The first instant, in seconds after the work began, and how many times later each next one is."""
NOT_COMPARED = {
    "import_batch",
    "audit",
    "import_change",
}  # they name the batch, whose number a stopped run may have used up
STOPPED = "stopped; nothing was changed"
TOO_LATE = "stopped; what was recorded before stays"
INTERRUPTED = (130, -signal.SIGINT)
"""A shell shows both as 130: where Ctrl-C falls into a module that runs code of its own making while it is imported, Python
ends by the signal itself, whatever the program returns."""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A customer list that takes a while."""
    return customer_list(tmp_path_factory.mktemp("sheet") / "large.xlsx", ROWS)


@pytest.fixture(scope="module")
def short_sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for many runs."""
    return customer_list(tmp_path_factory.mktemp("sheet") / "short.xlsx", FEWER)


def customer_list(path: Path, length: int, letter: str = "C") -> Path:
    rows: list[list[Any]] = [["客户编号", "客户名称", "联系人", "电话", "客服专员", "最近订货日期"]]
    rows += [
        [f"{letter}{n}", f"{letter}客户{n}", "李敏", str(13800000000 + n), "wang", "2026-02-01"] for n in range(length)
    ]
    return workbook(path, rows)


def start(url: str, sheet: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "revisit", *importing(url, sheet)],
        env=os.environ | {"REVISIT_NOW": "2026-03-12T02:00:00+00:00"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def importing(url: str, sheet: Path) -> list[str]:
    """What is typed."""
    return ["--db", url, "--as", "admin", "import", "customers", str(sheet)]


def told(tables: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """What an import leaves behind, whatever was tried before: ids are left out, a stopped run may have used some up."""
    return {
        name: sorted((row[1:] for row in rows), key=repr) for name, rows in tables.items() if name not in NOT_COMPARED
    }


def instants_to_the_end(
    program: Forks, url: str, sheet: Path, waits: float, later: Callable[[float], float]
) -> tuple[int, float]:
    """Ctrl-C ever later, until the work is done before it: how often it was stopped, and that last instant."""
    stopped = 0
    before = dump(url)
    while True:
        done = program.run(*importing(url, sheet), after=waits)
        if done.code not in INTERRUPTED or done.out or done.err == TOO_LATE + "\n":
            assert done.code in (0, *INTERRUPTED), done
            assert f"{FEWER} rows = {FEWER} new" in done.out or done.err == TOO_LATE + "\n", done
            return stopped, waits
        assert (done.out, done.err) == ("", STOPPED + "\n")
        assert dump(url) == before
        stopped += 1
        waits = later(waits)


def test_ctrl_c_at_any_instant_leaves_everything_as_before(company_db: str, short_sheet: Path, tmp_path: Path) -> None:
    """Instants spread over the whole work: first by ever more, so that neither a slow nor a fast machine matters; then, with
    other customers, by small steps towards the end, where it is written."""
    other_sheet = customer_list(tmp_path / "other.xlsx", FEWER, "D")
    with forks(tmp_path) as program:
        stopped, whole = instants_to_the_end(program, company_db, short_sheet, FIRST, lambda waits: waits * LATER)
        more, _whole = instants_to_the_end(
            program, company_db, other_sheet, whole / 2, lambda waits: waits + whole / 16
        )
    assert stopped + more >= 5, "the program was stopped at several instants"
    found = dump(company_db)
    assert len(found["customer"]) == 2 * FEWER
    again = start(company_db, other_sheet)
    out, _err = again.communicate(timeout=120)
    assert again.returncode == 0
    assert f"{FEWER} rows = 0 new + 0 changed + {FEWER} unchanged" in out
    assert told(dump(company_db)) == told(found)


def test_a_ctrl_c_that_comes_too_late_is_not_called_nothing(
    revisit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the transaction ended the program does not claim that nothing was changed."""
    from revisit.commands import imports

    def stop(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    file = str(workbook(tmp_path / "a.xlsx", [["客户编号", "客户名称"], ["C1", "甲"]]))
    monkeypatch.setattr(imports, "show_receipt", stop)
    late = revisit("import", "customers", file)
    assert (late.code, late.err) == (130, "stopped; what was recorded before stays\n")
    dry = revisit("import", "customers", file, "--dry-run")
    assert (dry.code, dry.err.splitlines()[-1]) == (130, STOPPED)
    assert revisit("due", "--json").json["census"]["customers"] == 1
    monkeypatch.setattr(imports.intake, "run_import", stop)
    assert (revisit("import", "customers", file).err) == STOPPED + "\n"


def test_a_driver_that_fails_while_it_is_stopped_is_stopped(
    revisit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tidying up after Ctrl-C it may say that another command is in progress: that is no fault of the database."""
    from psycopg import OperationalError

    from revisit.commands import imports

    def stop(*_arguments: object, **_options: object) -> None:
        try:
            raise KeyboardInterrupt
        finally:
            raise OperationalError("sending query failed: another command is already in progress")

    file = str(workbook(tmp_path / "a.xlsx", [["客户编号", "客户名称"], ["C1", "甲"]]))
    monkeypatch.setattr(imports.intake, "run_import", stop)
    stopped = revisit("import", "customers", file)
    assert (stopped.code, stopped.err) == (130, STOPPED + "\n")


def test_ctrl_c_waits_while_the_transaction_ends() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
    try:
        with interrupts.held():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_start_that_is_stopped_says_so_too(tmp_path: Path) -> None:
    """Before the command line is there to catch it."""
    code = (
        "import sys\nimport revisit.config\n"
        "def stop():\n    raise KeyboardInterrupt\n"
        "revisit.config.load = stop\nsys.argv = ['revisit', 'due']\n"
        "from revisit.__main__ import main\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", STOPPED + "\n")


# --- progress


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_progress_is_one_line_on_a_terminal_and_gone_at_the_end(company_db: str, sheet: Path) -> None:
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "revisit", "--db", company_db, "--as", "admin", "import", "customers", str(sheet)],
        env=os.environ | {"REVISIT_NOW": "2026-03-12T02:00:00+00:00", "TERM": "xterm", "NO_COLOR": "1"},
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 100),
    )
    for stage in ("reading the file", "bringing the rows in", "rows/s", "left"):
        terminal.expect_exact(stage)
    terminal.expect_exact(f"{ROWS} rows = {ROWS} new")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_no_progress_where_nobody_looks(company_db: str, sheet: Path) -> None:
    process = start(company_db, sheet)
    out, err = process.communicate(timeout=120)
    assert err == "Note: wang was not among the staff and has been added as a representative\n"
    assert "\x1b" not in out
