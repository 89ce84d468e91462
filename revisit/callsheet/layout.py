"""The columns of a call sheet: their names in both languages, and the words that may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from revisit import resources
from revisit.intake.choosing import load_layout
from revisit.intake.headers import Field, Layout, field_of, parse_layout

KIND = "call-sheet"
FILLED_IN = (
    "at", "result", "channel", "satisfaction", "reason", "suggestion", "person", "callback", "note", "filled_at",
)  # fmt: skip
"""The fields that a person fills in; all others are locked."""
READ = ("code", *FILLED_IN, "token")
"""The fields that are read; what else the list said of a customer is nobody's word, however it looks by now."""
TOKEN = "token"  # noqa: S105 - the name of a column


def sheet_layout() -> Layout:
    """The columns of a call sheet; its words are those of a revisit log. Raises Refused for a file that contradicts itself."""
    plain = parse_layout(KIND, resources.read_text(f"import/{KIND}.toml"))
    log = load_layout("revisits").fields
    return replace(plain, fields={name: _worded(field, log.get(name)) for name, field in plain.fields.items()})


def read_layout(layout: Layout) -> Layout:
    """The layout with nothing but what is read."""
    by_name = {title: name for title, name in layout.by_name.items() if name in READ}
    return replace(layout, fields={name: layout.fields[name] for name in READ}, by_name=by_name)


def added(extra: Mapping[str, str], layout: Layout) -> dict[str, str]:
    """The columns that somebody has added to a sheet, among those of a row that are not read."""
    locked = layout.fields.keys() - set(READ)
    return {title: text for title, text in extra.items() if field_of(title, layout) not in locked}


def _worded(field: Field, known: Field | None) -> Field:
    """A field of words, with the words that a revisit log has for it."""
    if field.type != "word" or known is None:
        return field
    return replace(field, words=known.words, choices=known.choices)
