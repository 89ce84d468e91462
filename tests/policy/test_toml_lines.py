"""The lines of keys, against the reader of TOML that Python has: the same keys, each on the line where it was written."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.toml_lines import Key, line_of, lines_of

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "templates").rglob("*.toml"))
NAMES = st.text("abcdefg-_1", min_size=1, max_size=4) | st.sampled_from(["中文", "a.b", "a b", 'q"t', ""])
LEAVES = (
    st.integers(-9, 9)
    | st.booleans()
    | st.sampled_from(["", "a # b", "]", "}", "[x]\ny = 1", 'say "so"', "a\\", "三\n四", "'''"])
    | st.dates()
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)


def keys_of(value: Any, *at: str | int) -> Iterator[Key]:
    """Every way to a value, tables and lists included."""
    if at:
        yield at
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from keys_of(inner, *at, name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from keys_of(inner, *at, place)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_key_of_the_shipped_files_has_its_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = lines_of(text)
    assert set(found) == set(keys_of(tomllib.loads(text)))
    written = text.splitlines()
    for key, line in found.items():
        if isinstance(key[-1], str):
            assert key[-1] in written[line - 1]


class Writer:
    """Writes a document with comments, blank lines and every way to write a string; notes where each key came to stand."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Key, int] = {}

    def put(self, text: str) -> None:
        self.text += text

    def choose(self, *ways: str) -> str:
        return str(self.draw(st.sampled_from(ways)))

    def note(self, key: Key) -> None:
        self.lines.setdefault(key, self.text.count("\n") + 1)

    def name(self, name: str) -> str:
        bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        return self.choose(name, self.basic(name)) if bare or (set(name) <= set("-_") and name) else self.basic(name)

    def basic(self, text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    def string(self, text: str) -> str:
        ways = [self.basic(text), '"""\n' + text.replace("\\", "\\\\").replace('"', '\\"') + '"""']
        if "'" not in text:
            ways.append(f"'''{text}'''")
            ways += [f"'{text}'"] if "\n" not in text else []
        return self.choose(*ways)

    def value(self, value: Any, key: Key) -> None:
        self.note(key)
        if isinstance(value, bool):
            self.put(str(value).lower())
        elif isinstance(value, str):
            self.put(self.string(value))
        elif isinstance(value, list):
            self.put("[" + self.choose("", "\n  ", " # why ]\n"))
            for place, inner in enumerate(value):
                self.value(inner, (*key, place))
                self.put(self.choose(",", " ,\n", ", # }\n"))
            self.put("]")
        elif isinstance(value, Mapping):
            self.put("{ ")
            for place, (name, inner) in enumerate(value.items()):
                self.put(", " if place else "")
                self.note((*key, name))
                self.put(self.name(name) + " = ")
                self.value(inner, (*key, name))
            self.put(" }")
        else:
            self.put(str(value))

    def pairs(self, table: Mapping[str, Any], at: Key) -> None:
        for name, value in table.items():
            self.put(self.choose("", "\n", "  # a = [\n\n", "  "))
            self.note((*at, name))
            self.put(f"{self.name(name)}{self.choose(' = ', '=')}")
            self.value(value, (*at, name))
            self.put(self.choose("\n", "  # b = 2\n"))

    def header(self, name: str, at: Key, *, many: bool = False) -> None:
        self.note((name,))
        self.note(at)
        self.put(("[[" if many else "[") + self.name(name) + ("]]\n" if many else "]  # [c]\n"))


@st.composite
def documents(draw: Any) -> tuple[dict[str, Any], str, dict[Key, int]]:
    """A document: what it holds, its text, and the line of each key."""
    tables = st.dictionaries(NAMES, VALUES, max_size=3)
    data = draw(st.dictionaries(NAMES, VALUES | tables | st.lists(tables, min_size=1, max_size=2), max_size=4))
    writer = Writer(draw)
    plain = {name: value for name, value in data.items() if not _as_table(value)}
    writer.pairs(plain, ())
    for name, value in data.items():
        if isinstance(value, dict):
            writer.header(name, (name,))
            writer.pairs(value, (name,))
        elif _as_table(value):
            for place, one in enumerate(value):
                writer.header(name, (name, place), many=True)
                writer.pairs(one, (name, place))
    return data, writer.text, writer.lines


def _as_table(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
    )


@given(documents())
def test_every_key_of_any_document_has_its_line(document: tuple[dict[str, Any], str, dict[Key, int]]) -> None:
    data, text, lines = document
    assert tomllib.loads(text) == data, "the text says what was meant"
    assert set(lines) == set(keys_of(data))
    assert lines_of(text) == lines


def test_dotted_keys_and_headers_within_headers() -> None:
    text = 'a.b.c = 1\na.b."d e" = 2\n[x.y]\nz . w = 3\n[[p]]\nq = 1\n[p.r]\ns = 2\n[[p.t]]\n[[p]]\n[[p.t]]\nu = 4\n'
    assert set(lines_of(text)) == set(keys_of(tomllib.loads(text)))
    wanted: dict[Key, int] = {
        ("a", "b", "d e"): 2, ("x",): 3, ("x", "y", "z", "w"): 4, ("p", 0, "q"): 6, ("p", 0, "r", "s"): 8,
        ("p", 0, "t", 0): 9, ("p", 1): 10, ("p", 1, "t", 0, "u"): 12,
    }  # fmt: skip
    assert {key: lines_of(text)[key] for key in wanted} == wanted


def test_what_is_missing_is_missing_where_its_table_is() -> None:
    lines = lines_of("a = 1\n\n[b.c]\nd = 1\n")
    assert [line_of(lines, key) for key in (("b", "c", "x"), ("b", "x"), ("y",), ("b", "c", "d"))] == [3, 3, 1, 4]


@given(st.text("a=[]{}\"'#\n,. 1", max_size=30))
def test_no_text_makes_it_fail_or_hang(text: str) -> None:
    """It is asked about valid texts only; an invalid one must not end in a loop either."""
    lines_of(text)
