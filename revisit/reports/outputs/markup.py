"""HTML from texts: whatever is not HTML already is escaped, so that nothing from outside can become markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from revisit.folding import safe

EMPTY = frozenset({"br", "link", "meta"})
Attribute = str | float | bool | None


class Html(str):
    """Text that is HTML already: made by `tag` and `join`, or written by us."""

    __slots__ = ()


def text(value: object) -> Html:
    """A text as HTML that shows it."""
    return value if isinstance(value, Html) else Html(escape(safe(value)))


def join(parts: Iterable[object], between: str = "") -> Html:
    """Parts one after the other."""
    return Html(between.join(map(text, parts)))


def tag(element: str, *inside: object, **attributes: Attribute) -> Html:
    """An element. An attribute is named as in Python (`aria_label`, `class_`); True: no value, None and False: no attribute."""
    told = "".join(
        f" {_named(key)}" if value is True else f' {_named(key)}="{escape(safe(value))}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{element}{told}>" if element in EMPTY else f"<{element}{told}>{join(inside)}</{element}>")


def _named(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
