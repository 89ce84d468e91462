"""`revisit demo`: a throw-away company with a season of history, and one working day of it, typed as people type it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import clock, render
from revisit.commands.options import Command, context_of
from revisit.context import Context
from revisit.demo import make_spreadsheets
from revisit.errors import Refused
from revisit.i18n import N_, _, language

TIMEZONE = "Asia/Shanghai"
LOGIN = "admin"
DEPARTMENT = "物流部"
SHOWN_LINES = 12
REJECTED = 3


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("demo", cls=Command, help=_("A throw-away company: import, morning list, script, log, report."))(demo)


def demo(
    ctx: typer.Context,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar=_("DIR"), help=_("Keep the company in this folder to try things on.")),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar=_("N"), help=_("Another company for another number."))] = 7,
) -> None:
    """Nothing of yours is touched: the company lives in a folder of its own and is gone afterwards, unless kept."""
    today = clock.local(context_of(ctx).now, TIMEZONE).date()
    if keep is not None:
        if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
            raise Refused(N_("{path} is there already"), N_("name a folder that is empty or not there yet"), path=keep)
        keep.mkdir(parents=True, exist_ok=True)
        Day(keep, today, seed).play()
        render.tell()
        render.heading(_("Kept. Go on with it:"))
        render.tell(f"  export REVISIT_DB={shlex.quote(str(keep / 'demo.db'))} REVISIT_USER={LOGIN}")
        render.tell("  revisit due")
        return
    with tempfile.TemporaryDirectory(prefix="revisit-demo-") as folder:
        Day(Path(folder), today, seed).play()
    render.tell()
    render.tell(_("The company is gone again; keep one with: revisit demo --keep DIR"))


class Day:
    """One day at the throw-away company: every step is a command of its own, run as a person runs it."""

    def __init__(self, folder: Path, today: Any, seed: int) -> None:
        self.folder = folder
        self.files = make_spreadsheets(folder, today, seed)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("REVISIT_")} | {
            "REVISIT_DB": str(folder / "demo.db"),
            "REVISIT_USER": LOGIN,
            "REVISIT_LANG": language(),
            "REVISIT_CONFIG": str(folder / "none.toml"),
        }
        if "REVISIT_NOW" in os.environ:
            self.environment["REVISIT_NOW"] = os.environ["REVISIT_NOW"]
        self.environment.setdefault("PYTHONUTF8", "1")

    def play(self) -> None:
        """Import, morning list, why, script, log, list again, a case, month."""
        files = self.files
        self.say(_("1  A company, and its spreadsheets"))
        self.run("init", "--company", "青禾建材", "--timezone", TIMEZONE, "--start-on", str(files.start_on), "--yes")
        self.run("import", "staff", str(files.staff))
        self.run("import", "customers", str(files.customers))
        self.run("import", "orders", str(files.orders))
        self.run("import", "revisits", str(files.revisits))
        self.run("import", "sales-followups", str(files.sales_follow_ups))
        self.say(_("2  The morning list: who, by when, under which clause, and why"))
        self.run("due", "--limit", str(SHOWN_LINES))
        before = self.ask("due", "--json")
        one = _choose(before["items"])
        self.say(_("3  Why is {name} on the list?").format(name=one["name"]))
        self.run("why", one["code"])
        self.say(_("4  What to say, with all its branches"))
        self.run("script", one["code"])
        self.say(_("5  The talk is recorded, and the list is one line shorter"))
        self.run(
            "log",
            one["code"],
            "--result",
            "reached",
            "--satisfaction",
            "satisfied",
            "--suggestion",
            _("deliver earlier"),
        )
        after = self.ask("due", "--json")
        render.tell(
            _("On the list before: {before}. Now: {after}.").format(
                before=before["census"]["due"], after=after["census"]["due"]
            )
        )
        if any(item["code"] == one["code"] for item in after["items"]):
            raise Refused(
                N_("{code} is still on the list after its talk"), N_("tell us: this is a defect"), code=one["code"]
            )
        self.say(_("6  A problem goes to a department; once it is solved and told, it is asked how it was handled"))
        for line in problem(_choose(after["items"])["code"]):
            self.run(*line)
        self.run("due", "--rule", "case-revisit", "--why")
        self.lead()
        self.say(_("7  The month so far"))
        self.run("report", "--month")
        render.tell(_("The month before is closed, with targets and checked records: revisit appraise --month last"))

    def lead(self) -> None:
        """What is to be there of targets, checked records and closed months, without being shown."""
        from revisit.demo.leading import lead

        with Context(str(self.folder / "demo.db"), LOGIN).unit() as unit:
            lead(unit)

    def say(self, title: str) -> None:
        """A heading between the steps."""
        render.tell()
        render.heading(f"━━ {title}")

    def run(self, *arguments: str) -> None:
        """Types a command, with its line shown. Rejected rows are part of the show; anything else that fails ends it."""
        shown = [part.replace(str(self.folder) + os.sep, "") for part in arguments]
        render.tell()
        render.tell(f"$ revisit {shlex.join(shown)}")
        sys.stdout.flush()
        code = subprocess.run(self._command(*arguments), env=self.environment, check=False).returncode  # noqa: S603
        if code not in (0, REJECTED):
            raise Refused(N_("revisit {command} ended with exit code {code}"), "", command=" ".join(shown), code=code)

    def ask(self, *arguments: str) -> Any:
        """The JSON document of a command."""
        done = subprocess.run(  # noqa: S603 - our own program
            self._command(*arguments),
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        return json.loads(done.stdout)

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "revisit", *arguments]


def problem(code: str) -> Iterator[tuple[str, ...]]:
    """A customer's problem, the first of the company, from the first word to the last, as commands."""
    yield "department", "add", DEPARTMENT
    yield "case", "open", code, "--at-once", "--text", _("the goods came three days late")
    yield "case", "route", "1", "--department", DEPARTMENT
    yield "case", "respond", "1", "--text", _("has called the customer")
    yield "case", "resolve", "1", "--result", _("delivered with a lorry of its own from now on")
    yield "case", "tell", "1", "--channel", "phone"


def _choose(items: list[dict[str, Any]]) -> dict[str, Any]:
    """The first line that one talk settles as a whole."""
    settled_by_a_talk = {"after-sale", "dormant-week"}
    for item in items:
        if {item["rule"], *(other["rule"] for other in item["also"])} <= settled_by_a_talk and item["contact"]:
            return item
    return items[0]
