"""How long `revisit find` takes among many customers, beside the start of `revisit due`.

    python tools/measure_find.py [--runs 9] [--customers 100000] [--db postgresql://…]

A throw-away company is made with the program itself (on a server: in the empty database that `--db` names). Then the program
runs with several texts, piped; and the query alone runs inside this process. The goals: the query below 60 ms, the command
at most 1.6 times as long as `revisit due --limit 1` in a company of 200 customers.
"""

from __future__ import annotations

import argparse
import compileall
import csv
import os
import random
import statistics
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from measure_due import PROGRAMS, TODAY, make_company, seconds

from revisit import db, search

PLACES = ("杭州", "宁波", "上海", "北京", "苏州", "广州", "深圳", "佛山", "成都", "武汉", "厦门", "重庆")
FIRST = "宏远利民安顺德昌永盛金海龙华嘉瑞泰达鑫源恒信诚明"
TRADES = ("涂料", "建材", "化工", "五金", "机械", "电器", "贸易", "纺织", "塑胶", "食品", "装饰", "科技")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙", "敏芳伟强丽军洋勇艳杰娟涛明超霞平刚"
TEXTS = ("C001234", "宏远涂料", "hongyuantuliao", "hytl", "limin", "13800079", "hy 涂料", "zzzz")


def make_large(folder: Path, customers: int, database: str, environment: dict[str, str]) -> None:
    """A company of so many customers with names as they are, made by `init` and `import`."""
    chance = random.Random(1)  # noqa: S311 - names to measure with
    with (folder / "many.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["code", "name", "contact", "phone", "grade"])
        for number in range(customers):
            name = f"{chance.choice(PLACES)}{''.join(chance.sample(FIRST, 2))}{chance.choice(TRADES)}有限公司"
            person = chance.choice(SURNAMES) + chance.choice(GIVEN)
            rows.writerow([f"C{number:06d}", name, person, f"138{number * 7919 % 10**8:08d}", "ABCD"[number % 4]])
    for command in (
        ["init", "--company", "宏远商贸", "--start-on", "2026-01-01"],
        ["import", "customers", str(folder / "many.csv")],
    ):
        program = [str(PROGRAMS / "revisit"), "--db", database, "--as", "admin", *command]
        subprocess.run(program, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def query_seconds(database: str, text: str, runs: int) -> tuple[float, float, int]:
    """Medians of the query alone, on an open connection: wall time, time of this process; how many customers are found."""
    with db.reading(database) as sql:
        walls, own = [], []
        for _run in range(runs):
            start, began = time.perf_counter(), time.process_time()
            total = search.find(sql, text, None, limit=20).total
            walls.append(time.perf_counter() - start)
            own.append(time.process_time() - began)
    return statistics.median(walls), statistics.median(own), total


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument(
        "--db", help="an empty database of a PostgreSQL server; a file in a folder of its own unless told"
    )
    chosen = parser.parse_args()
    found = find_spec("revisit")
    assert found is not None and found.origin is not None
    compileall.compile_dir(str(Path(found.origin).parent), quiet=2)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("REVISIT_", "PYTHON"))}
    environment["REVISIT_NOW"] = f"{TODAY}T02:00:00+00:00"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = make_company(folder, 200, environment)
        large = chosen.db or str(folder / "large.db")
        start = time.perf_counter()
        make_large(folder, chosen.customers, large, environment)
        print(f"init and import of {chosen.customers} customers: {time.perf_counter() - start:.0f} s")
        base = [str(PROGRAMS / "revisit"), "--as", "admin", "--db"]
        commands = {"due --limit 1 (200 customers)": [*base, str(small), "due", "--limit", "1"]}
        commands |= {f"find {text}": [*base, large, "find", text] for text in TEXTS}
        times: dict[str, list[float]] = {title: [] for title in commands}
        for _run in range(chosen.runs):
            for title, command in commands.items():
                times[title].append(seconds(command, environment))
        medians = {title: statistics.median(found) for title, found in times.items()}
        due = next(iter(medians.values()))
        for title, median in medians.items():
            print(f"revisit {title:<30} {1000 * median:6.0f} ms  × {median / due:.2f}")
        for text in TEXTS:
            wall, own, total = query_seconds(large, text, chosen.runs)
            print(f"query   {text:<30} {1000 * wall:6.0f} ms  of it in this process {1000 * own:.0f} ms  {total} found")


if __name__ == "__main__":
    main()
