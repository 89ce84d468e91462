"""How long `revisit import` takes, and how much memory, beside pandas on the same workbook.

    make measure-import [ARGS="--runs 5 --orders"]
    python tools/measure_import.py [--rows 100000] [--runs 5] [--orders] [--only import again] [--keep DIR] [--peers .venv-peers]

From a seed a customer list is written (100 000 customers × 15 columns, .xlsx with shared strings, as a spreadsheet program
saves it). Then these run in turn, each in a process of its own, several times:

    default    pandas.read_excel with its default engine, then to_sql into a fresh SQLite file
    calamine   pandas.read_excel with the calamine engine, then to_sql into a fresh SQLite file
    import     `revisit import customers` into a fresh company made by `revisit init`
    again      the same import once more: it must say that every row is unchanged, and change no record
    orders     with --orders, once, at the end: an order list of ten rows per customer, in one go, onto these customers

Printed are medians, spread and ratios beside the goals; the exit code is 1 where one is missed. Peak memory is what the
kernel says about the process (wait4), or what it and those it has started take together, if that is more: looked up all the
while, pages that several of them share counted once (PSS, Linux only). Times of the processor are those of all of them.
pandas lives in an environment of its own (requirements/peers.txt) and is no dependency of anything here.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import json
import multiprocessing
import os
import platform
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import import_books
from measure_due import PROGRAMS, TODAY

MIB = 1024 * 1024
PEERS = {"default": "", "calamine": "calamine"}  # "" is the engine that pandas takes by itself: openpyxl up to pandas 3
NAMES = (*PEERS, "import", "again", "orders")
TITLES = {
    "default": "pandas, default engine + to_sql",
    "calamine": "pandas, calamine + to_sql",
    "import": "revisit import customers",
    "again": "revisit import customers, again",
    "orders": "revisit import orders",
}
READ_AND_STORE = """
import sys
import pandas
import sqlalchemy
book, database, engine = sys.argv[1:]
frame = pandas.read_excel(book, engine=engine or None)
frame.to_sql("customer", sqlalchemy.create_engine("sqlite:///" + database), index=False)
"""
VERSIONS = """
import importlib.metadata as m
print(", ".join(f"{n} {m.version(n)}" for n in ("pandas", "numpy", "openpyxl", "python-calamine", "sqlalchemy")))
"""
LOOK_EVERY = 0.02  # seconds
OWN_RECORDS = ("import_batch", "audit")  # that an import took place stands there, also where it changed nothing


@dataclass(frozen=True)
class Run:
    """One program with all its processes: seconds on the wall and of the processor, peak of the memory in MiB."""

    wall: float
    cpu: float
    peak: float
    watched: bool = False


@dataclass(frozen=True)
class Goal:
    """The median of one figure, at most so many times that of another contestant; or, without one, at most so much."""

    figure: str
    ours: str
    theirs: str
    most: float


GOALS = (
    Goal("wall", "import", "default", 0.5),
    Goal("wall", "import", "calamine", 1.5),
    Goal("peak", "import", "calamine", 0.6),
    Goal("wall", "again", "import", 1.0),
    Goal("peak", "orders", "", 2.5 * 1024),
)


@dataclass(frozen=True)
class Bench:
    """Where it is measured, and with what."""

    folder: Path
    peers: Path
    environment: dict[str, str]
    watching: bool = False

    def fresh(self, name: str) -> Path:
        """A place for a database: whatever an earlier run left there is gone."""
        for tail in ("", "-wal", "-shm", "-journal"):
            (self.folder / (name + tail)).unlink(missing_ok=True)
        return self.folder / name

    def revisit(self, database: Path, *words: str) -> list[str]:
        """The command line of our program."""
        return [str(PROGRAMS / "revisit"), "--db", str(database), "--as", "admin", *words]


def book_of(folder: Path, name: str, write: Callable[[Path, int], None], rows: int) -> Path:
    """The workbook, unless it is there: written by another process, because a large parent would show in its children's peaks."""
    path = folder / f"{name}-{rows}.xlsx"
    if not path.exists():
        child = multiprocessing.get_context("spawn").Process(target=write, args=(path, rows))
        child.start()
        child.join()
        if child.exitcode:
            sys.exit(f"{path.name} could not be written")
    return path


# --- the runs -----------------------------------------------------------------------------------------------------------------


def mebibytes(maxrss: int) -> float:
    """The peak as the kernel gives it (KiB; bytes on macOS) in MiB."""
    return maxrss / (MIB if sys.platform == "darwin" else 1024)


def family(pid: int) -> Iterator[int]:
    """A process and all that it has started and that is still there."""
    yield pid
    for told in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in told.read_text().split():
            yield from family(int(child))


def memory_of(pid: int) -> int:
    """The bytes that a process takes, of shared pages its share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


class Watch(threading.Thread):
    """Looks all the while what a process and those it has started take together: `peak`, in bytes."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.peak = 0

    def run(self) -> None:
        """Until it is told that it is over."""
        while not self._over.wait(LOOK_EVERY):
            with suppress(OSError, StopIteration):  # one of them has just ended
                self.peak = max(self.peak, sum(map(memory_of, family(self._pid))))

    def end(self) -> None:
        """It is over."""
        self._over.set()
        self.join()


def measured(bench: Bench, command: list[str]) -> Run:
    """One run; its output goes to the folder. Whatever ends in anything but success ends the measuring."""
    with (bench.folder / "stdout").open("wb") as out, (bench.folder / "stderr").open("wb") as errors:
        os.sync()  # what the run before left to be written is not this one's burden
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env=bench.environment, cwd=bench.folder
        )
        watch = Watch(process.pid)
        if bench.watching:
            watch.start()
        _pid, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        if bench.watching:
            watch.end()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = (bench.folder / "stderr").read_text(errors="replace") or (bench.folder / "stdout").read_text()
        sys.exit(f"exit code {process.returncode}: {' '.join(command)}\n{said[-2000:]}")
    if used.ru_maxrss <= resource.getrusage(resource.RUSAGE_SELF).ru_maxrss:
        sys.exit("the peak is that of this tool and not of what it started: it cannot be told")
    if bench.watching and not watch.peak:
        sys.exit("what several processes take together cannot be told on this system")
    return Run(wall, used.ru_utime + used.ru_stime, max(mebibytes(used.ru_maxrss), watch.peak / MIB), bench.watching)


def check_answer(bench: Bench, rows: int, where: str) -> None:
    """The import says that all its rows went the same way."""
    said = json.loads((bench.folder / "stdout").read_text(encoding="utf-8"))
    if said["rows"] != rows or said[where] != rows:
        counts = {key: value for key, value in said.items() if isinstance(value, int)}
        sys.exit(f"expected {rows} rows, all of them {where}; the program says {counts}")


def contents(database: Path) -> dict[str, str]:
    """Every table of records with a digest of its rows."""
    found = {}
    with closing(sqlite3.connect(database)) as sql:
        tables = [name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for table in tables:
            if table not in OWN_RECORDS:
                digest = hashlib.sha256()
                for row in sql.execute(f'SELECT * FROM "{table}"'):
                    digest.update(repr(row).encode())
                found[table] = digest.hexdigest()
    return found


def peer(bench: Bench, engine: str, book: Path, rows: int) -> Run:
    """pandas reads the workbook and stores it; every row must have arrived."""
    database = bench.fresh(f"pandas-{engine or 'default'}.db")
    command = [str(bench.peers / "bin" / "python"), "-c", READ_AND_STORE, str(book), str(database), engine]
    run = measured(bench, command)
    with closing(sqlite3.connect(database)) as sql:
        ((stored,),) = sql.execute("SELECT count(*) FROM customer")
    if stored != rows:
        sys.exit(f"pandas stored {stored} of {rows} rows")
    return run


def ours(bench: Bench, names: set[str], books: dict[str, Path], rows: int) -> Iterator[tuple[str, Run]]:
    """The imports into a fresh company, each as far as it was asked for."""
    database = bench.fresh("revisit.db")
    measured(bench, bench.revisit(database, "init", "--company", "宏远商贸", "--start-on", "2026-01-01", "--yes"))
    import_customers = bench.revisit(database, "import", "customers", str(books["customers"]), "--json")
    yield "import", measured(bench, import_customers)
    check_answer(bench, rows, "inserted")
    if "again" in names:
        before = contents(database)
        yield "again", measured(bench, import_customers)
        check_answer(bench, rows, "unchanged")
        after = contents(database)
        if changed := sorted(table for table in before | after if before.get(table) != after.get(table)):
            sys.exit(f"the second import changed {', '.join(changed)}")
    if "orders" in names:
        yield "orders", measured(bench, bench.revisit(database, "import", "orders", str(books["orders"]), "--json"))
        check_answer(bench, rows * 10, "inserted")


def one_round(bench: Bench, names: set[str], books: dict[str, Path], rows: int) -> Iterator[tuple[str, Run]]:
    """Every contestant once, in turn."""
    for name, engine in PEERS.items():
        if name in names:
            yield name, peer(bench, engine, books["customers"], rows)
    if names - PEERS.keys():
        yield from ours(bench, names, books, rows)


# --- what is said -------------------------------------------------------------------------------------------------------------


def digest_of(path: Path) -> str:
    """The bytes of a workbook, told by a digest."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def said_by(command: list[str], folder: Path | None = None) -> str:
    """What a small program prints."""
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def surroundings(bench: Bench, program: Path) -> Iterator[str]:
    """The machine, the versions and the commit."""
    described, about = Path("/proc/cpuinfo"), platform.processor() or platform.machine()
    if described.exists():
        models = [
            line.split(":")[1].strip() for line in described.read_text().splitlines() if line.startswith("model name")
        ]
        about = models[0] if models else about
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / MIB / 1024
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    yield f"{about}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}; load {load}"
    yield f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    yield f"revisit at commit {said_by(['git', 'describe', '--always', '--dirty', '--exclude', '*'], program)}"
    yield f"peers: {said_by([str(bench.peers / 'bin' / 'python'), '-c', VERSIONS])}"


def figures(found: list[Run], figure: str) -> list[float]:
    """A figure of the runs in which it was measured: memory where somebody looked, time where nobody did."""
    measured_in = [run for run in found if run.watched == (figure == "peak")] or found
    return [getattr(run, figure) for run in measured_in]


def table(runs: dict[str, list[Run]]) -> Iterator[str]:
    """One line per contestant: medians and, in brackets, the smallest and the largest."""
    yield f"{'':<34}{'wall s':>24}{'processor s':>24}{'peak MiB':>24}  runs"
    for name, found in runs.items():
        cells, timed = "", sum(not run.watched for run in found)
        for figure, digits in (("wall", 1), ("cpu", 1), ("peak", 0)):
            values = figures(found, figure)
            spread = f"({min(values):.{digits}f} … {max(values):.{digits}f})"
            cells += f"{statistics.median(values):8.{digits}f} {spread:>15}"
        yield f"{TITLES[name]:<34}{cells}  {timed}"


def verdicts(runs: dict[str, list[Run]]) -> Iterator[tuple[str, bool]]:
    """Every goal that can be told from these runs, and whether it is met."""
    for goal in GOALS:
        if goal.ours in runs and (not goal.theirs or goal.theirs in runs):
            value = statistics.median(figures(runs[goal.ours], goal.figure))
            if goal.theirs:
                value /= statistics.median(figures(runs[goal.theirs], goal.figure))
                told = f"{goal.ours} / {goal.theirs}: × {value:.2f}, goal at most × {goal.most:.2f}"
            else:
                told = f"{goal.ours}: {value:.0f} MiB, goal at most {goal.most:.0f} MiB"
            met = value <= goal.most
            yield f"{'met   ' if met else 'MISSED'}  {'time' if goal.figure == 'wall' else 'memory'}  {told}", met


def parser_of() -> argparse.ArgumentParser:
    """The words that the command line takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="customers; orders are ten times as many")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--orders", action="store_true", help="also the order list, once")
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="work there and leave all of it; its workbooks are used again"
    )
    parser.add_argument("--peers", type=Path, default=Path(".venv-peers"), help="the environment that pandas is in")
    return parser


def asked_for(chosen: argparse.Namespace) -> set[str]:
    """The contestants: all of them, or those that were named."""
    names = set(chosen.only or NAMES[:-1])
    return names | {"orders"} if chosen.orders else names


def measure(bench: Bench, names: set[str], rows: int, runs: int) -> dict[str, list[Run]]:
    """The runs of every contestant: one to look at its memory, which slows it down, then those that are timed. The order list,
    which takes long, comes in the first one only."""
    books = {"customers": book_of(bench.folder, "customers", import_books.write_customers, rows)}
    if "orders" in names:
        books["orders"] = book_of(bench.folder, "orders", import_books.write_orders, rows * 10)
    digests = {name: digest_of(path) for name, path in books.items()}  # reading them also warms the disk
    for name, path in books.items():
        print(f"{path.name}: {path.stat().st_size / MIB:.1f} MiB, sha256 {digests[name]}", flush=True)
    found: dict[str, list[Run]] = {name: [] for name in NAMES}
    for number in range(runs + 1):
        now = names - {"orders"} if number else names
        for name, run in one_round(replace(bench, watching=not number), now, books, rows):
            found[name].append(run)
            told = f"{run.wall:.1f} s, {run.cpu:.1f} s of the processor" if number else f"{run.peak:.0f} MiB"
            which = f"run {number} of {runs}" if number else "memory"
            print(f"{which}: {TITLES[name]}: {told}", file=sys.stderr, flush=True)
    if digests != {name: digest_of(path) for name, path in books.items()}:
        sys.exit("a workbook changed while it was read")
    return {name: list_ for name, list_ in found.items() if list_}


def main() -> int:
    """Measures and prints."""
    chosen = parser_of().parse_args()
    names, peers = asked_for(chosen), chosen.peers.absolute()
    found = find_spec("revisit")
    if found is None or found.origin is None:
        sys.exit("needs revisit in the same environment: make setup")
    if not hasattr(os, "wait4"):
        sys.exit("the peak of a process cannot be told on this system")
    if names & PEERS.keys() and not (peers / "bin" / "python").exists():
        sys.exit("needs pandas in an environment of its own: make measure-import")
    program = Path(found.origin).parent
    compileall.compile_dir(str(program), quiet=2)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("REVISIT_", "PYTHON"))}
    environment["REVISIT_NOW"] = f"{TODAY}T02:00:00+00:00"
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.keep.absolute() if chosen.keep else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder, peers, environment)
        print(*surroundings(bench, program), sep="\n", flush=True)
        runs = measure(bench, names, chosen.rows, chosen.runs)
    print("", *table(runs), "", sep="\n")
    judged = list(verdicts(runs))
    print(*(line for line, _met in judged), sep="\n")
    return 0 if all(met for _line, met in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
