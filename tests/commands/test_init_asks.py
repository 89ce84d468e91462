"""`revisit init` at a terminal: it asks for what was not named, and Ctrl-C leaves nothing."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pexpect
import pytest

pytestmark = pytest.mark.slow


def at_terminal(path: Path) -> pexpect.spawn:
    program = ["-m", "revisit", "--db", str(path), "--as", "zhang", "init"]
    environment = os.environ | {"REVISIT_LANG": "en", "TERM": "dumb"}
    return pexpect.spawn(
        sys.executable, program, env=environment, encoding="utf-8", timeout=30, preexec_fn=hear_interrupts
    )


def hear_interrupts() -> None:
    """Ctrl-C reaches the program even where whoever runs the tests had it ignored (a job in the background)."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_it_asks_and_takes_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    terminal = at_terminal(path)
    for question, answer in (("Company", "宏远"), ("Time zone", ""), ("Programme start", "2026-01-01")):
        terminal.expect(question)
        terminal.sendline(answer)
    terminal.expect("zhang is its first administrator")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    assert path.exists()


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    terminal = at_terminal(tmp_path / "new.db")
    terminal.expect("Company")
    terminal.sendintr()
    terminal.expect("nothing was changed")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 130
    assert list(tmp_path.iterdir()) == []
