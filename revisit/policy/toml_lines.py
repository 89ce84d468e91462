"""On which line of a TOML text each of its keys stands: tables, dotted keys, inline tables, the elements of lists."""

from __future__ import annotations

import re

Key = tuple[str | int, ...]
"""The way to a value: names of tables and keys, places in lists (from 0)."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_PART = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\]|\\.)*\"|'[^']*'")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})' + r"|'''.*?'''(?:'{0,2})" + r'|"(?:[^"\\]|\\.)*"' + r"|'[^']*'", re.DOTALL
)
_SCALAR = re.compile(r"[^,\]}\n#]+")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_SHORT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


def lines_of(text: str) -> dict[Key, int]:
    """The line (from 1) on which each key of a valid TOML text first stands, tables that are only implied included."""
    return _Scanner(text).scan()


def line_of(lines: dict[Key, int], key: Key) -> int:
    """The line of a key; of one that is not there, the line of the table where it is missing."""
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key, 1)


class _Scanner:
    """Walks once through a text that is known to be valid."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Key, int] = {}
        self.newest: dict[Key, int] = {}  # of each [[array of tables]] the place of the newest element

    def scan(self) -> dict[Key, int]:
        table: Key = ()
        while self._blank() < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _blank(self) -> int:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:  # not valid: go on behind it
            self.at += 1
            return ""
        self.at = found.end()
        return found[0]

    def _header(self) -> Key:
        line, many = self._line(), self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        name = self._name()
        self.at += 2 if many else 1
        *outer, last = self._inside(name[:-1]) + name[-1:]
        key: Key = (*outer, last)
        if many:
            self.newest[key] = self.newest.get(key, -1) + 1
        key = self._inside(name)
        self._note(key, line)
        return key

    def _inside(self, name: Key) -> Key:
        """The key of a header, with the place of the newest element behind each array of tables."""
        key: Key = ()
        for part in name:
            key = (*key, part)
            if key in self.newest:
                key = (*key, self.newest[key])
        return key

    def _pair(self, table: Key) -> None:
        line, key = self._line(), table + self._name()
        self._note(key, line)
        self.at += 1  # the sign =
        self._value(key)

    def _name(self) -> Key:
        parts: list[str] = []
        while True:
            self._blank()
            parts.append(_plain(self._take(_PART)))
            self._blank()
            if not self.text.startswith(".", self.at):
                return tuple(parts)
            self.at += 1

    def _value(self, key: Key) -> None:
        self._blank()
        self._note(key, self._line())
        first = self.text[self.at : self.at + 1]
        if first in ('"', "'"):
            self._take(_STRING)
        elif first == "[":
            self._elements(key)
        elif first == "{":
            self._entries(key)
        else:
            self._take(_SCALAR)

    def _elements(self, key: Key) -> None:
        self.at += 1
        number = 0
        while self._blank() < len(self.text) and self.text[self.at] != "]":
            self._value((*key, number))
            number += 1
            self._comma()
        self.at += 1

    def _entries(self, key: Key) -> None:
        self.at += 1
        while self._blank() < len(self.text) and self.text[self.at] != "}":
            self._pair(key)
            self._comma()
        self.at += 1

    def _comma(self) -> None:
        self._blank()
        if self.text.startswith(",", self.at):
            self.at += 1

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _note(self, key: Key, line: int) -> None:
        for length in range(1, len(key) + 1):
            self.lines.setdefault(key[:length], line)


def _plain(part: str) -> str:
    """The name that a key is written for, quoted or not."""
    if part.startswith("'"):
        return part[1:-1]
    if part.startswith('"'):
        return _ESCAPE.sub(_unescaped, part[1:-1])
    return part


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _SHORT.get(found[3], found[3])
