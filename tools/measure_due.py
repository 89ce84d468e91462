"""How long `revisit due` takes beside another command-line tool that reads the same file.

    python tools/measure_due.py [--runs 15] [--customers 200]

A throw-away company is made with the program itself. Then `revisit due` and `sqlite-utils rows FILE follow_up --limit 50`
run in turn, both piped and with compiled byte code; the medians and their ratio are printed. The goal is a ratio of 2.
"""

from __future__ import annotations

import argparse
import compileall
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

TODAY = date(2026, 3, 12)
PROGRAMS = Path(sys.executable).parent


def make_company(folder: Path, customers: int, environment: dict[str, str]) -> Path:
    """A company of so many customers, each with a few orders; every second one is owed something."""
    database = folder / "measured.db"
    codes = [f"C{number:05d}" for number in range(customers)]
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["code", "name", "contact", "phone", "grade", "region"])
        rows.writerows(
            [code, f"客户{n}号", "王芳", f"138{n:08d}", "ABCD"[n % 4], "华东"] for n, code in enumerate(codes)
        )
    with (folder / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["order number", "code", "ordered_on", "amount"])
        for n, code in enumerate(codes):
            for back in range(3):
                ordered = TODAY - timedelta(days=n % 80 + 30 * back)
                rows.writerow([f"D{n}-{back}", code, ordered.isoformat(), 100])
    for command in (
        ["init", "--company", "宏远商贸", "--start-on", "2026-01-01"],
        ["import", "customers", str(folder / "customers.csv")],
        ["import", "orders", str(folder / "orders.csv")],
    ):
        program = [str(PROGRAMS / "revisit"), "--db", str(database), "--as", "admin", *command]
        subprocess.run(program, check=True, env=environment, stdout=subprocess.DEVNULL)
    return database


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Wall time of one run, its output piped."""
    start = time.perf_counter()
    subprocess.run(command, check=True, env=environment, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--customers", type=int, default=200)
    chosen = parser.parse_args()
    found = find_spec("revisit")
    if found is None or found.origin is None or not (PROGRAMS / "sqlite-utils").exists():
        sys.exit("needs revisit and sqlite-utils in the same environment: make setup")
    compileall.compile_dir(str(Path(found.origin).parent), quiet=2)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("REVISIT_", "PYTHON"))}
    environment["REVISIT_NOW"] = f"{TODAY}T02:00:00+00:00"
    with tempfile.TemporaryDirectory() as name:
        database = make_company(Path(name), chosen.customers, environment)
        commands = {
            "revisit due": [str(PROGRAMS / "revisit"), "--db", str(database), "--as", "admin", "due"],
            "sqlite-utils rows": [str(PROGRAMS / "sqlite-utils"), "rows", str(database), "follow_up", "--limit", "50"],
        }
        times: dict[str, list[float]] = {title: [] for title in commands}
        for command in commands.values():
            seconds(command, environment)  # the first run warms the disk
        for _run in range(chosen.runs):
            for title, command in commands.items():
                times[title].append(seconds(command, environment))
    medians = {title: statistics.median(found) for title, found in times.items()}
    for title, median in medians.items():
        print(f"{title:<18} {1000 * median:6.0f} ms (fastest {1000 * min(times[title]):.0f})")
    ours, theirs = medians.values()
    print(f"ratio              {ours / theirs:6.2f}")


if __name__ == "__main__":
    main()
