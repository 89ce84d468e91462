"""How long a month's report takes beside the bare statements behind it, and beside the program's own start.

    python tools/measure_report.py [--runs 5] [--customers 33000] [--times 1]

A throw-away company is made with the program itself: each customer with ten orders and three revisits in two years, 200 customers
a representative. Then, in turn: `revisit report` of a month as a process, `revisit --help` as a process, the report within this
process, and every statement that it runs, bare: executed and fetched. Medians and their ratios are printed. The goals: a month
over 100 000 revisits within twice the start; the report within 1.5 times the sum of its bare statements. With `--times 30` the
company stands in the file so many times over, each time with customers of its own: 3 000 000 revisits.
"""

from __future__ import annotations

import argparse
import compileall
import csv
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from revisit import db, reports
from revisit.company import load_company
from revisit.policy.periods import period_of

TODAY, START = date(2026, 11, 27), date(2025, 1, 1)
MONTH = period_of("month", date(2026, 10, 1))
PROGRAM = str(Path(sys.executable).parent / "revisit")
ORDERS, REVISITS, PER_REP = 10, 3, 200
COPIED = ("customer", "fact", "allocation", "order_", "shown_order", "revisit", "follow_up", "standing")


def make_company(folder: Path, customers: int, environment: dict[str, str]) -> Path:
    """The company, imported from sheets."""
    database, luck = folder / "measured.db", random.Random(7)  # noqa: S311 - made-up customers, no secret
    reps = max(1, customers // PER_REP)
    days = (TODAY - START).days
    titles = {
        "staff": ["login", "name", "role", "department"],
        "customers": ["code", "name", "grade", "region", "rep"],
        "orders": ["order number", "code", "ordered_on", "completed_on", "amount"],
        "revisits": ["code", "at", "channel", "result", "satisfaction", "reason", "rep"],
    }
    sheets: dict[str, Iterable[list[object]]] = {
        "staff": ([f"r{n}", f"专员{n}", "representative", "客服部"] for n in range(reps)),
        "customers": (
            [f"C{n:07d}", f"客户{n}号", "ABCD"[n % 4], ("华东", "华南", "华北", "")[n % 4], f"r{n % reps}"]
            for n in range(customers)
        ),
        "orders": _orders(customers, days, luck),
        "revisits": _calls(customers, reps, days, luck),
    }
    environment = {**environment, "REVISIT_NOW": f"{TODAY}T02:00:00+00:00"}
    for command in (
        ["init", "--company", "宏远商贸", "--start-on", START.isoformat()],
        ["department", "add", "客服部"],
    ):
        _run([*command], database, environment)
    for kind, rows in sheets.items():
        path = folder / f"{kind}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(titles[kind])
            out.writerows(rows)
        _run(["import", kind, str(path)], database, environment)
    return database


def multiply(database: Path, times: int) -> None:
    """The company's customers with all that hangs on them, so many times over; staff stays as it is."""
    connection = sqlite3.connect(database)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")
    indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> ''").fetchall()
    for name, _sql in indexes:
        connection.execute(f"DROP INDEX {name}")
    width = connection.execute("SELECT max(id) FROM customer").fetchone()[0]
    for table in COPIED:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        most = connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0] or 0
        cells = {"id": f"id + {most} * :k", "customer_id": f"customer_id + {width} * :k"}
        if table == "revisit":
            cells["number"] = f"number + {most} * :k"
        if table == "order_":
            cells["number"] = "number || '-' || :k"
        if table == "customer":
            cells["code"] = "code || '-' || :k"
        told = ", ".join(cells.get(name, name) for name in columns)
        for k in range(1, times):
            connection.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {told} FROM {table} WHERE id <= {most} ORDER BY id",
                {"k": k},
            )
        connection.commit()
    for _name, text in indexes:
        connection.execute(text)
    connection.commit()
    connection.close()


def _orders(customers: int, days: int, luck: random.Random) -> Iterator[list[object]]:
    for n in range(customers):
        for k in range(ORDERS):
            on = START + timedelta(luck.randrange(days))
            yield [f"D{n}-{k}", f"C{n:07d}", on, on + timedelta(luck.randrange(5)), luck.randrange(10, 9000)]


def _calls(customers: int, reps: int, days: int, luck: random.Random) -> Iterator[list[object]]:
    for n in range(customers):
        for k in range(REVISITS):
            at = datetime.combine(START, datetime.min.time()) + timedelta(
                luck.randrange(days), hours=luck.randrange(9, 18)
            )
            channel = luck.choice(["phone", "phone", "wechat"])
            result = luck.choice(["reached", "reached", "no_answer", "busy"]) if channel == "phone" else "sent"
            said = luck.choice(["satisfied", "neutral", "dissatisfied", ""]) if result == "reached" else ""
            reason = luck.choice(["", "价格", "价格；质量"]) if result == "reached" else ""
            yield [f"C{n:07d}", f"{at:%Y-%m-%d %H}:{k:02d}", channel, result, said, reason, f"r{n % reps}"]


def _run(words: list[str], database: Path, environment: dict[str, str]) -> float:
    """Wall time of one run, its output piped."""
    begun = time.perf_counter()
    done = subprocess.run(
        [PROGRAM, "--db", str(database), "--as", "admin", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"revisit {' '.join(words[:2])}: {done.stderr}")
    return time.perf_counter() - begun


class Recording(db.Sql):
    """Remembers every statement that it runs."""

    def __init__(self, sql: db.Sql) -> None:
        super().__init__(sql.connection, server=sql.server)
        self.seen: list[tuple[str, dict[str, Any]]] = []

    def rows(self, sql: str, **params: object) -> list[tuple[Any, ...]]:
        self.seen.append((sql, dict(params)))
        return super().rows(sql, **params)

    def each(self, sql: str, **params: object) -> Iterator[tuple[Any, ...]]:
        self.seen.append((sql, dict(params)))
        return super().each(sql, **params)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--customers", type=int, default=33_000)
    parser.add_argument("--times", type=int, default=1, help="the company so many times over")
    chosen = parser.parse_args()
    found = find_spec("revisit")
    assert found is not None
    assert found.origin is not None
    compileall.compile_dir(str(Path(found.origin).parent), quiet=2)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("REVISIT_", "PYTHON"))}
    environment["REVISIT_NOW"] = f"{TODAY}T02:00:00+00:00"
    times: dict[str, list[float]] = {name: [] for name in ("start", "process", "report", "bare")}
    with tempfile.TemporaryDirectory() as name:
        database = make_company(Path(name), chosen.customers, environment)
        if chosen.times > 1:
            multiply(database, chosen.times)
        for _ in range(chosen.runs):
            times["start"].append(_run(["--help"], database, environment))
            times["process"].append(_run(["report", "--month", MONTH.label, "--json"], database, environment))
            with db.reading(str(database)) as sql:
                recording, company = Recording(sql), load_company(sql)
                begun = time.perf_counter()
                reports.report(recording, company, MONTH, TODAY)
                times["report"].append(time.perf_counter() - begun)
                begun = time.perf_counter()
                for text, params in recording.seen:
                    sql.rows(text, **params)
                times["bare"].append(time.perf_counter() - begun)
    middle = {name: statistics.median(values) for name, values in times.items()}
    for name, value in middle.items():
        print(f"{name:8} {value * 1000:8.0f} ms  ({min(times[name]) * 1000:.0f} to {max(times[name]) * 1000:.0f})")
    print(f"process / start {middle['process'] / middle['start']:.2f} (goal 2 at 100 000 revisits)")
    print(f"report / bare   {middle['report'] / middle['bare']:.2f} (goal 1.5)")


if __name__ == "__main__":
    main()
