"""The tab key: what the script of each shell asks, what it is told, and a real bash that completes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from revisit import cli
from revisit.commands import completion
from revisit.commands.completion import type_of
from tests.support import Program, at_shanghai, every_command, table
from tests.test_startup import HEAVY, TELL, packages

pytestmark = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
PEOPLE = [
    {"客户编号": "C0012", "客户名称": "宏远涂料", "客服专员": "王丽"},
    {"客户编号": "C0013", "客户名称": "宏远建材", "客服专员": "陈静"},
    {"客户编号": "D 1; echo $(id) *", "客户名称": "坏`id`$(id)人", "客服专员": "陈静"},
]


@pytest.fixture
def known(revisit: Program, tmp_path: Path) -> Program:
    """A company with customers of two representatives, one of them with a code that a shell would take for a command."""
    revisit.at("2026-03-12 10:00")
    assert revisit("import", "customers", str(table(tmp_path / "people.xlsx", PEOPLE))).code == 0
    revisit.monkeypatch.setenv("REVISIT_DB", revisit.url)
    revisit.monkeypatch.setenv("REVISIT_USER", "admin")
    return revisit


def asked(revisit: Program, line: str, shell: str = "bash") -> list[str]:
    """The lines of the answer to a shell; nothing is ever said on stderr, the exit code is always 0."""
    revisit.monkeypatch.setenv("_REVISIT_COMPLETE", shell)
    revisit.monkeypatch.setenv("_REVISIT_LINE", line)
    revisit.capsys.readouterr()
    assert cli.run([]) == 0
    captured = revisit.capsys.readouterr()
    revisit.monkeypatch.delenv("_REVISIT_COMPLETE")
    assert captured.err == ""
    return captured.out.splitlines()


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("revisit d", ["due", "day", "doctor", "db", "department", "demo"]),
        ("/opt/bin/revisit wh", ["whoami", "why"]),
        ("revisit due --u", ["--unassigned"]),
        ("revisit due --rule after-s", ["after-sale"]),
        ("revisit due --rule=after-s", ["after-sale"]),
        ("revisit log C0012 --result bu", ["busy"]),
        ("revisit customer merge C0012 C0013", ["C0013"]),
        ("revisit customer duplicates --different C0013", ["C0013"]),
        ("revisit customer unmerge ", []),
        ("revisit log C0012 --channel em", ["email"]),
        ("revisit import cust", ["customers"]),
        ("revisit import te", ["template"]),
        ("revisit export ord", ["orders"]),
        ("revisit export orders --rep adm", ["admin"]),
        ("revisit export orders --rev", ["--reveal"]),
        ("revisit import template ord", ["orders"]),
        ("revisit policy sh", ["show"]),
        ("revisit completion f", ["fish"]),
        ("revisit script --id dor", ["dormancy"]),
        ("revisit phrase --situation wai", ["waiting"]),
        ("revisit phrase --cause pr", ["price"]),
        ("revisit phrase --customer C0012", ["C0012"]),
        ("revisit due --rep adm", ["admin"]),
        ("revisit --as adm", ["admin"]),
        ("revisit due --as=adm", ["admin"]),
        ("revisit show C0012", ["C0012"]),
        ("revisit show c0012", ["C0012"]),
        ("revisit show 宏远涂", ["C0012"]),
        ("revisit show '宏远涂", ["C0012"]),
        ("revisit show hongyuantu", ["C0012"]),
        ("revisit show hytl", ["C0012"]),
        ("revisit log --result reached C0012", ["C0012"]),
        ("revisit show C0012 ", []),
        ("revisit show nix", []),
        ("revisit show C001", ["C0012  宏远涂料", "C0013  宏远建材"]),
        ("revisit why 宏", ["C0013  宏远建材", "C0012  宏远涂料", "宏"]),
        ("revisit show D", ["'D 1; echo $(id) *'"]),
        ("revisit nix C", []),
        ("revisit due --nix ", []),
        ("revisit --version ", list(cli.COMMANDS)),
        ("", list(cli.COMMANDS)),
    ],
)  # fmt: skip
def test_what_bash_is_told(known: Program, line: str, answer: list[str]) -> None:
    found = asked(known, line)
    assert sorted(found[1:]) == sorted(answer)
    assert found[:1] in (["words"], [])


@pytest.mark.parametrize(
    "line", ["revisit import customers ", "revisit --db ", "revisit due --db x", "revisit script --check "]
)
def test_where_a_file_is_meant_the_shell_looks_for_it(known: Program, line: str) -> None:
    assert asked(known, line) == ["files"]
    assert asked(known, line, "zsh") == asked(known, line, "fish") == ["files"]


def test_zsh_and_fish_get_explanations(known: Program) -> None:
    assert asked(known, "revisit why 宏", "zsh") == ["words", "C0012\t宏远涂料", "C0013\t宏远建材"]
    assert asked(known, "revisit why 宏", "fish") == ["words", "宏远涂料\tC0012", "宏远建材\tC0013"]
    assert asked(known, "revisit why C001", "fish") == ["words", "C0012\t宏远涂料", "C0013\t宏远建材"]
    assert asked(known, "revisit due --lim", "zsh") == ["words", "--limit\tOnly the first lines."]
    assert asked(known, "revisit fin", "fish") == [
        "words",
        "find\tFind customers by code, name, phone,...",
    ]


def test_a_representative_sees_of_others_that_they_are_there(known: Program) -> None:
    wang = known("find", "C0012", "--json").json["items"][0]["rep"]
    assert asked(known, f"revisit --as {wang} why 宏", "zsh") == ["words", "C0012\t宏远涂料", "C0013\t宏***"]
    assert asked(known, f"revisit why --as {wang} 宏", "zsh") == ["words", "C0012\t宏远涂料", "C0013\t宏***"]


@pytest.mark.parametrize("variable", ["REVISIT_DB", "REVISIT_USER"])
def test_where_there_is_nothing_to_read_nothing_is_offered(known: Program, tmp_path: Path, variable: str) -> None:
    known.monkeypatch.setenv(variable, str(tmp_path / "nowhere"))
    assert asked(known, "revisit show C") == []
    assert asked(known, "revisit due --rule takeo") == ["words", "takeover"]
    known.monkeypatch.setenv("REVISIT_CONFIG", str(table(tmp_path / "no config.xlsx", [{"a": 1}])))
    assert asked(known, "revisit show C") == []
    assert asked(known, "revisit show C", "tcsh") == []


def test_every_argument_that_names_a_customer_is_completed(known: Program) -> None:
    """Also in commands that come later: the name of the argument says it."""
    for name, command in every_command().items():
        for part in (command, getattr(command, "otherwise", None)):
            arguments = [one.name for one in getattr(part, "params", []) if one.param_type_name == "argument"]
            if arguments[:1] == ["customer"]:
                assert asked(known, f"revisit {name} C001")[1:] == ["C0012  宏远涂料", "C0013  宏远建材"], name


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("", ([], "", False)),
        ("revisit", ([], "", False)),
        ("revisit ", ([], "", False)),
        ("revisit show  C0", (["show"], "C0", False)),
        ("revisit show 'C 0", (["show"], "C 0", True)),
        ('revisit show "C 0" ', (["show", "C 0"], "", False)),
        ("revisit show C\\ 0", (["show"], "C 0", False)),
        ("revisit show #1", (["show"], "#1", False)),
    ],
)
def test_a_line_is_parted_as_a_shell_does(company_db: str, line: str, typed: tuple[list[str], str, bool]) -> None:
    assert type_of(line) == typed


# --- the script


def test_the_script_is_that_of_the_shell(revisit: Program) -> None:
    revisit.monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    assert revisit("completion").out.startswith("#compdef revisit\n")
    assert revisit("completion", "fish").out.startswith("function ")
    revisit.monkeypatch.setenv("SHELL", "")
    for arguments in ((), ("tcsh",)):
        refused = revisit("completion", *arguments)
        assert refused.code == 2
        assert "bash, zsh, fish" in refused.err
    assert "source <(revisit completion bash)" in revisit("completion", "--help").out


@pytest.mark.parametrize("shell", completion.SCRIPTS)
def test_each_shell_can_read_its_script(company_db: str, shell: str) -> None:
    """bash is everywhere where the tests run; the others are asked where they are installed."""
    program = shutil.which(shell)
    if program is None:
        assert shell != "bash"
        return
    done = subprocess.run([program, "-n"], input=completion.SCRIPTS[shell], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr) == (0, "")


def in_bash(known: Program, tmp_path: Path, typed: str) -> list[str]:
    """What a real bash would insert or show after these words."""
    script = (
        'source <(revisit completion bash)\n'
        'COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}\n'
        '_revisit revisit\n'
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )  # fmt: skip
    programs = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "REVISIT_NOW": at_shanghai("2026-03-12").isoformat(),
    }
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", typed],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.slow
def test_a_real_bash_completes(known: Program, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    assert in_bash(known, tmp_path, "revisit show 宏远涂") == ["C0012"]
    assert in_bash(known, tmp_path, "revisit show C001") == ["C0012  宏远涂料", "C0013  宏远建材"]
    assert in_bash(known, tmp_path, "revisit due --rule ta") == ["takeover"]
    assert in_bash(known, tmp_path, "revisit show D") == ["'D 1; echo $(id) *'"], "no star becomes a file, nothing runs"
    known.monkeypatch.setenv("REVISIT_DB", str(tmp_path / "nowhere"))
    assert in_bash(known, tmp_path, "revisit show C") == [""]


@pytest.mark.parametrize(
    "line", ["revisit show 宏", "revisit due --rep a", "revisit ", "revisit due --", "revisit import c"]
)
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_loads_nothing_heavy(known: Program, line: str, shell: str) -> None:
    environment = os.environ | {"_REVISIT_COMPLETE": shell, "_REVISIT_LINE": line}
    done = subprocess.run(
        [sys.executable, "-c", TELL, "plain"], env=environment, capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    assert done.stdout.startswith("words\n")
    assert packages(set(modules)) & HEAVY == set()
