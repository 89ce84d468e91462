"""The wheel works where the sources are not: other folder, other environment, no network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from revisit import __version__

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path, language: str = "en") -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"REVISIT_LANG": language, "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: building writes into the sources, and other tests are reading those."""
    source = tmp_path_factory.mktemp("source")
    for file in ("pyproject.toml", "README.md", ".gitignore"):
        shutil.copy(ROOT / file, source)
    for folder in ("revisit", "templates", "tools"):
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, source, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`revisit` in a new environment that holds the wheel and sees the installed libraries, but not these sources."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(place, with_pip=False, symlinks=os.name != "nt")
    programs = place / ("Scripts" if os.name == "nt" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", programs / "python", "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=place)
    packages = run(programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=place)
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(packages.strip(), "libraries.pth").write_text("\n".join(sorted(libraries)), encoding="utf-8")
    return programs / "revisit"


def test_it_holds_translations_templates_and_migrations(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert "revisit/locale/zh_CN/LC_MESSAGES/revisit.mo" in inside
    templates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*") if path.is_file()}
    assert {f"revisit/{file}" for file in templates} <= inside
    for kind in ("policy", "scripts", "phrases/zh", "phrases/en", "calendar", "import"):
        assert any(file.startswith(f"revisit/templates/{kind}/") for file in inside), kind
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "revisit").rglob("*.py")}
    assert sources <= inside
    assert not [file for file in inside if file.startswith(("tests/", "tools/", "docs/"))]


def test_it_runs_from_its_own_place(program: Path, tmp_path: Path) -> None:
    where = run(program.parent / "python", "-c", "import revisit; print(revisit.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(program.parent.parent)


def test_it_says_its_version(program: Path, tmp_path: Path) -> None:
    assert __version__ in run(program, "--version", cwd=tmp_path)


def test_it_speaks_both_languages(program: Path, tmp_path: Path) -> None:
    han = re.compile(r"[\u4e00-\u9fff]{2}")
    assert han.search(run(program, "--help", cwd=tmp_path, language="zh"))
    assert not han.search(run(program, "--help", cwd=tmp_path, language="en"))
