"""A command with commands of its own: what it shows alone, what is meant where none is named, how it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

import pytest
import typer

from revisit import cli
from revisit.commands.options import Command, JsonOption, add_group, context_of
from tests.support import Program, Result

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


def mount(app: typer.Typer) -> None:
    """`shelf add WORD`, `shelf list`, and `shelf WORD`, which is meant where none of them is named."""
    shelf = add_group(app, "shelf", "A shelf.")
    shelf.command("shelf", cls=Command, help="Puts a word back.")(put)
    shelf.command("add", cls=Command, help="Puts a word there.")(add)
    drawer = add_group(app, "drawer", "A drawer.")
    drawer.command("open", cls=Command, help="Opens it.")(add)


def add(ctx: typer.Context, word: Annotated[str, typer.Argument(metavar="WORD", help="Which.")] = "") -> None:
    typer.echo(f"added {word} for {context_of(ctx).login_option}")


def put(
    ctx: typer.Context, word: Annotated[str, typer.Argument(metavar="WORD", help="Which.")], as_json: JsonOption = False
) -> None:
    typer.echo(f"put {word} {as_json} for {context_of(ctx).login_option}")


@pytest.fixture
def shelf(revisit: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """A program with two groups that mean nothing."""
    import sys
    from types import ModuleType

    module = ModuleType("revisit.commands.shelf")
    module.mount = mount  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "revisit.commands.shelf", module)
    monkeypatch.setitem(cli.COMMANDS, "shelf", "shelf")
    monkeypatch.setitem(cli.COMMANDS, "drawer", "shelf")
    yield revisit


@ON_SQLITE
@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (("shelf", "add", "tea"), "added tea for admin\n"),
        (("shelf", "add", "tea", "--as", "ann"), "added tea for ann\n"),
        (("drawer", "--as", "ann", "open", "tea"), "added tea for ann\n"),
        (("shelf", "tea"), "put tea False for admin\n"),
        (("shelf", "--json", "tea"), "put tea True for admin\n"),
        (("shelf", "--as", "ann", "tea"), "put tea False for ann\n"),
    ],
    ids=str,
)
def test_the_command_that_is_named_runs_else_the_one_with_the_name_of_the_group(
    shelf: Program, arguments: tuple[str, ...], out: str
) -> None:
    assert shelf(*arguments) == Result(0, out, "")


@ON_SQLITE
@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (("drawer", "shut"), "Error: there is no command drawer shut\nTry: commands: open\n"),
        (("drawer", "--frob"), "Error: there is no option --frob\nTry: revisit drawer --help\n"),
        (("drawer", "open", "--frob"), "Error: there is no option --frob\nTry: revisit drawer open --help\n"),
        (("shelf", "add", "a", "b"), "Error: too many words: b\nTry: revisit shelf add --help\n"),
        (("shelf", "--json"), "Error: WORD is missing\nTry: revisit shelf --help\n"),
        (("shelf", "a", "b"), "Error: too many words: b\nTry: revisit shelf --help\n"),
    ],
    ids=str,
)
def test_wrong_usage_of_a_group_is_told_in_our_words(shelf: Program, arguments: tuple[str, ...], err: str) -> None:
    assert shelf(*arguments) == Result(2, "", err)


@ON_SQLITE
@pytest.mark.parametrize("arguments", [("drawer",), ("drawer", "--help")], ids=str)
def test_a_group_alone_shows_its_commands(shelf: Program, arguments: tuple[str, ...]) -> None:
    done = shelf(*arguments)
    assert (done.code, done.err) == (0, "")
    assert "Usage: revisit drawer [OPTIONS] COMMAND [ARGS]..." in done.out
    assert "open  Opens it." in done.out


@ON_SQLITE
def test_the_help_of_a_group_shows_the_command_that_is_meant_and_the_others(shelf: Program) -> None:
    done = shelf("shelf", "--help")
    assert done.code == 0
    for wanted in ("Usage: revisit shelf [OPTIONS] {WORD}\n", "Which.", "--json", "add  Puts a word there."):
        assert wanted in re.sub(r" +\n", "\n", done.out)
    assert "Puts a word back" not in done.out
    assert "Which." in shelf("shelf", "add", "-h").out
