"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "revisit").rglob("*.py"))
TOOLS = sorted((ROOT / "tools").rglob("*.py"))
# written in pieces, so that this file does not name what it forbids
FOREIGN = re.compile(
    r"(?<![\w.}~-])/(?:work|root)/|/tmp/bash_" + r"jobs|\bpypi\." + r"org|python" + r"hosted\.org|\.\./" + r"shared\b"
)
ALLOWED = {".ci/run": "../" + "shared/data"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted(node: ast.expr) -> str:
    """`datetime.now` for the expression `dt.datetime.now`: the last two names."""
    if isinstance(node, ast.Attribute):
        owner = node.value
        last = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
        return f"{last}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_there_is_something_to_check() -> None:
    assert len(MODULES) > 5
    assert TOOLS


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_it_is_and_stays_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module begins with a docstring"
    assert len(text.splitlines()) <= 400, "is there a second room in this file?"


@pytest.mark.parametrize("path", TOOLS, ids=name)
def test_a_tool_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def clock_reads(module: ast.Module) -> list[str]:
    """Where a module asks what time it is now."""
    reads = re.compile(r"^(?:\w*(?:date|datetime)\.(?:today|now|utcnow)|time\.(?:time|time_ns|localtime|gmtime))$")
    found = [
        f"line {node.lineno}" for node in ast.walk(module) if isinstance(node, ast.expr) and reads.match(dotted(node))
    ]
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [f"line {node.lineno}" for alias in node.names if alias.name in ("time", "time_ns")]
    return found


@pytest.mark.parametrize("path", [path for path in MODULES if name(path) != "revisit/clock.py"], ids=name)
def test_only_the_clock_reads_the_clock(path: Path) -> None:
    assert clock_reads(tree(path)) == []


@pytest.mark.parametrize(
    "code",
    [
        "date.today()",
        "datetime.now(UTC)",
        "dt.datetime.utcnow()",
        "time.time()",
        "Field(default_factory=datetime.now)",
        "from time import time",
    ],
)
def test_a_clock_read_would_be_found(code: str) -> None:
    assert clock_reads(ast.parse(code))


@pytest.mark.parametrize("path", [path for path in MODULES if name(path) != "revisit/render.py"], ids=name)
def test_only_render_prints(path: Path) -> None:
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and dotted(node.func) == "print"]
    assert [f"line {node.lineno}" for node in calls] == []


def test_no_drawer_for_odds_and_ends() -> None:
    forbidden = {"utils", "util", "helpers", "helper", "misc"}
    assert [name(path) for path in MODULES if forbidden & set(name(path).removesuffix(".py").split("/"))] == []


def test_imports_point_one_way() -> None:
    contracts = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([contracts, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# --- what is handed out


def handed_out() -> list[str]:
    """The files that git tracks or would take; in a copy without git, what a source package holds."""
    if not (ROOT / ".git").exists():
        tops = ["revisit", "templates", "tests", "tools", "docs", "requirements", ".ci"]
        files = [path for top in tops for path in (ROOT / top).rglob("*") if path.suffix not in (".pyc", ".mo")]
        return [name(path) for path in [*files, *ROOT.glob("*.*"), ROOT / "Makefile"] if path.is_file()]
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted({file for file in listed.split("\0") if file and (ROOT / file).is_file()})


def test_no_file_names_this_machine_or_an_address_of_packages() -> None:
    found = []
    for file in handed_out():
        text = (ROOT / file).read_bytes().decode("utf-8", errors="ignore").replace(ALLOWED.get(file, "\0"), "")
        found += [f"{file}: {match[0]}" for match in FOREIGN.finditer(text)]
    assert found == []


@pytest.mark.parametrize("text", ["see /work" + "/main", "cd /root" + "/x", "https://py" + "pi.org/simple"])
def test_such_a_name_would_be_found(text: str) -> None:
    assert FOREIGN.search(text)


def test_what_is_made_is_not_handed_out() -> None:
    made = (".mo", ".pyc", ".db", ".whl", "uv.lock")
    assert [file for file in handed_out() if file.endswith(made)] == []
