"""The whole product on real data: `python tools/check_real.py FOLDER` with `online_retail_invoices.xlsx` in it.

Imports the 22 190 invoices unaided, compares the morning list of 2011-12-09 with figures computed independently, imports
them a second time, and compares list and census of every date of the year with plain date arithmetic on the rows.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from calendar import monthrange
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FILE = "online_retail_invoices.xlsx"
START_ON = date(2010, 12, 1)
LAST_DAY = date(2011, 12, 9)
EXPECTED = {"dormant-month": 2658, "dormant-week": 1133, "after-sale": 1714}
CUSTOMERS = 4372
SECONDS = 60


def main() -> None:
    """Runs all checks; ends with exit code 1 at the first that fails."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / FILE).is_file():
        sys.exit(f"usage: make check-real DATA=FOLDER, where FOLDER holds {FILE}")
    source = Path(sys.argv[1]) / FILE
    with tempfile.TemporaryDirectory(prefix="revisit-real-") as folder:
        database = str(Path(folder) / "real.db")
        run(
            database,
            "init",
            "--company",
            "Online Retail",
            "--timezone",
            "Europe/London",
            "--start-on",
            str(START_ON),
            "--yes",
        )
        import_twice(database, source)
        check_last_day(database)
        check_every_day(database, source)
    print("check-real: all true")


def run(database: str, *arguments: str) -> str:
    """The output of a real run of the program."""
    environment = os.environ | {"REVISIT_DB": database, "REVISIT_USER": "admin", "REVISIT_LANG": "en"}
    done = subprocess.run(
        [sys.executable, "-m", "revisit", *arguments], capture_output=True, text=True, env=environment
    )
    if done.returncode:
        sys.exit(f"revisit {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def import_twice(database: str, source: Path) -> None:
    """The import takes under a minute; the second one changes nothing, and no row of the register."""
    arguments = ("import", "orders", str(source), "--create-customers", "--json")
    begun = time.monotonic()
    first = json.loads(run(database, *arguments))
    seconds = time.monotonic() - begun
    same("rows imported", (first["rows"], first["inserted"], first["rejected"]), (22190, 22190, 0))
    same(f"import in {seconds:.1f} s, under {SECONDS} s", seconds < SECONDS, True)
    before = contents(database)
    second = json.loads(run(database, *arguments))
    same("second import: unchanged rows", (second["unchanged"], second["inserted"], second["updated"]), (22190, 0, 0))
    same("second import: tables", contents(database) == before, True)


def contents(database: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but those that record the import itself."""
    connection = sqlite3.connect(database)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    kept = [name for name in names if name not in ("audit", "import_batch", "import_change")]
    rows = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in kept}
    connection.close()
    return rows


def check_last_day(database: str) -> None:
    """The figures of 2011-12-09, by the program that people run."""
    found = json.loads(run(database, "due", "--on", str(LAST_DAY), "--json"))
    same("in scope", found["census"]["customers"], CUSTOMERS)
    same("due", (found["census"]["due"], len(found["items"])), (CUSTOMERS, CUSTOMERS))
    owed: Counter[str] = Counter()
    for item in found["items"]:
        owed.update({item["rule"], *(other["rule"] for other in item["also"])})
    same("owed", dict(owed), EXPECTED)
    month = json.loads(run(database, "report", "--month", "2011-11", "--on", str(LAST_DAY), "--json"))
    by_rule = sum(counts["owed"] for counts in month["by_rule"].values())
    same("report: rules add up", by_rule, month["followups"]["owed"])


def check_every_day(database: str, source: Path) -> None:
    """Census and owed rules of every date, against the rows of the sheet."""
    from revisit import company, db, scheduler

    ordered = orders(source)
    with db.reading(database) as sql:
        info = company.load_company(sql)
        codes = {row[0]: row[1] for row in sql.rows("SELECT id, code FROM customer")}
        day = START_ON
        while day <= LAST_DAY:
            judged = scheduler.judge(sql, info, day)
            census = judged.census(judged.owners)
            same(f"{day} census", sum(census.values()) - census["customers"], census["customers"], quiet=True)
            found = {
                (codes[customer], one.rule)
                for customer, owed in judged.live.items()
                for one in owed
                if customer in judged.owners
            }
            expected = {(code, rule) for code, days in ordered.items() for rule in expected_rules(days, day)}
            same(f"{day} owed", found == expected, True, quiet=True)
            in_scope = sum(days[0] <= day for days in ordered.values())
            same(f"{day} in scope", census["customers"], in_scope, quiet=True)
            day += timedelta(days=1)
    print(f"ok: census and rules on every date {START_ON} … {LAST_DAY}")


def orders(source: Path) -> dict[str, list[date]]:
    """The order dates of every customer, straight from the sheet."""
    from python_calamine import CalamineWorkbook

    header, *rows = CalamineWorkbook.from_path(str(source)).get_sheet_by_index(0).to_python()
    customer, on = header.index("CustomerID"), header.index("InvoiceDate")
    result: dict[str, set[date]] = defaultdict(set)
    for row in rows:
        value = row[on]
        assert isinstance(value, date)
        result[str(int(float(str(row[customer]))))].add(date(value.year, value.month, value.day))
    return {code: sorted(days) for code, days in result.items()}


def expected_rules(days: list[date], day: date) -> set[str]:
    """What is owed to a customer nobody ever spoke to, by plain date arithmetic."""
    place = bisect_right(days, day)
    if not place:
        return set()
    last = days[place - 1]
    year, month = last.year + last.month // 12, last.month % 12 + 1
    mark = date(year, month, min(last.day, monthrange(year, month)[1])) + timedelta(days=1)
    if day < mark:
        return {"after-sale"} | ({"dormant-week"} if day >= last + timedelta(days=8) else set())
    ends = (date(day.year, day.month, 15), date(day.year, day.month, monthrange(day.year, day.month)[1]))
    for first, end in zip((1, 16), ends, strict=True):
        opens = max(date(day.year, day.month, first), mark)
        if opens <= day and (end - opens).days + 1 >= 7:
            return {"dormant-month"}
    return set()


def same(what: str, found: object, expected: object, *, quiet: bool = False) -> None:
    """Ends the run if a check is not true."""
    if found != expected:
        sys.exit(f"WRONG: {what}: {found!r}, expected {expected!r}")
    if not quiet:
        print(f"ok: {what}: {found}")


if __name__ == "__main__":
    main()
