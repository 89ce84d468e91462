"""`revisit call` at a real terminal: killed after every single answer it goes on to the same record; the clock runs meanwhile."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pexpect
import pytest

from revisit import script_files
from tests.commands.test_call import CUSTOMERS, ENTER, of_customer
from tests.support import Program, at_shanghai, table

NOW = "2026-03-20 10:00"  # a Friday, in call hours, ten days after the orders
ORDERS = [
    {"订单号": f"D{number}", "客户编号": f"D{number}", "下单日期": "2026-03-10", "完成日期": "2026-03-10"}
    for number in range(2)
]
WALKS = {
    ("satisfaction", "zh"): ("1", "1", "3", "2", "晚了三天" + ENTER, "1", ENTER),
    ("dormancy", "en"): ("1", "1", "prices" + ENTER, "1", "the colour was off" + ENTER, "2", "2", "1", ENTER),
}
"""The keys of one way through a script, an unhappy one."""


def fill(revisit: Program, folder: Path) -> None:
    """Customers all alike, to whom two contacts are owed."""
    assert revisit("import", "customers", str(table(folder / "c.xlsx", CUSTOMERS))).code == 0
    assert revisit("import", "orders", str(table(folder / "o.xlsx", ORDERS))).code == 0


FILLED = {"office": fill}


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves."""
    return revisit


class Terminal:
    """The program in a terminal of its own."""

    def __init__(
        self, url: str, code: str, script: str, language: str, now: str | None = NOW, *, below: bool = False
    ) -> None:
        """`below`: it asks where the cursor is (`answer_place`), and shows the line below the question only then."""
        environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {
            "TERM": "xterm", "LC_ALL": "C.UTF-8", "REVISIT_LANG": language,
        }  # fmt: skip
        if not below:
            environment["PROMPT_TOOLKIT_NO_CPR"] = "1"
        environment.pop("REVISIT_NOW", None)
        if now is not None:
            environment["REVISIT_NOW"] = at_shanghai(now).isoformat()
        words = ["-m", "revisit", "--db", url, "--as", "wang", "call", code, "--script", script]
        self.child = pexpect.spawn(
            sys.executable, words, env=environment, encoding="utf-8", timeout=60, dimensions=(50, 100)
        )
        self.title = script_files.load_script_file(script, language).title

    def step(self, number: int) -> None:
        """Waits until this step is asked."""
        self.child.expect(re.escape(f"{number} · {self.title}"))

    def answer_place(self) -> None:
        """What a terminal says when it is asked where the cursor is."""
        self.child.expect(re.escape("\x1b[6n"))
        self.child.send("\x1b[10;1R")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.child.send(key)

    def kill(self) -> None:
        self.child.kill(9)
        self.child.wait()

    def ended(self) -> int:
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus)


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("script", "language"), sorted(WALKS))
def test_a_call_killed_after_every_answer_comes_to_the_same_record(office: Program, script: str, language: str) -> None:
    keys = WALKS[script, language]
    whole = Terminal(office.url, "D0", script, language)
    whole.press(ENTER)
    for number, key in enumerate(keys, 1):
        whole.step(number)
        whole.press(key)
    whole.press("y")
    assert whole.ended() == 0
    wanted = of_customer(office.url, "D0")
    assert wanted[0] and wanted[2] and [call[0] for call in wanted[3]] == ["recorded"]

    for number, key in enumerate(keys, 1):
        desk = Terminal(office.url, "D1", script, language)
        desk.press(ENTER if number == 1 else "g")
        desk.step(number)
        desk.press(key)
        if number < len(keys):
            desk.step(number + 1)
        else:
            desk.child.expect(re.escape("x 作废" if language == "zh" else "x drop it"))
        desk.kill()
        record, booked, case, (call,), _owed = of_customer(office.url, "D1")
        assert (record, booked, case, call[0]) == ([], [], [], "draft"), "nothing is recorded before it is confirmed"
        assert call[4] == wanted[3][0][4][:number]
    last = Terminal(office.url, "D1", script, language)
    last.press("g", "y")
    assert last.ended() == 0
    assert of_customer(office.url, "D1") == wanted


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_the_clock_runs_below_the_question(office: Program) -> None:
    desk = Terminal(office.url, "D0", "satisfaction", "en", now=None, below=True)
    desk.answer_place()
    desk.press(ENTER)
    seen = []
    for _question in range(2):
        desk.step(1)
        desk.answer_place()
        desk.child.expect(r"(\d\d:\d\d) · D0 ")
        seen.append(desk.child.match[1])
        time.sleep(1.1)
        desk.press("i")  # the briefing, then the question anew
    desk.step(1)
    desk.answer_place()
    desk.press("q")
    assert desk.ended() == 0
    assert seen[0] < seen[1]
