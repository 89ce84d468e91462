"""Which columns a sheet has and how each value is written: by the layout that reads it again, as much as may be seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from revisit import access, posts, resources
from revisit.access import Viewer
from revisit.intake.headers import Field, Layout, field_of
from revisit.intake.template import EXPLANATIONS
from revisit.outgoing.records import Record
from revisit.sheets.streaming import Cell, Form, OutColumn

FORMS: Mapping[str, Form] = {
    "code": "code", "phones": "code", "day": "day", "moment": "moment", "money": "hundredths", "factor": "hundredths",
    "number": "number",
}  # fmt: skip
REACHED_BY = ("phone", "address")
CREDIT = ("balance", "credit_limit", "term_days")
Shown = Literal["whole", "masked", "none"]
FREE = ("contact", "title", "region", "industry", "product", "note", "reason", "suggestion")
"""Fields in which people write what they like, telephone numbers among it; not those by which a record is known."""


class Columns:
    """The columns of an exported sheet: those of the template in its order, then the unknown ones.

    `hidden` counts the cells that were left out because a telephone number stands in them.
    """

    def __init__(
        self, layout: Layout, extras: Sequence[str], language: str, *, viewer: Viewer, contacts: Layout, revealed: bool
    ) -> None:
        named = {field_of(title, layout) for title in extras}
        self.hidden = 0
        self._fields = [field for field in layout.fields.values() if field.in_template or field.name in named]
        self._extras = list(extras)
        self._language = language
        self._viewer = viewer
        self._revealed = revealed
        self._names = [field.name for field in self._fields]
        self._writers = [
            (place, write) for place, field in enumerate(self._fields) if (write := self._writer(field)) is not None
        ]
        self._phone, self._address, self._credit, self._written, self._product = (
            [place for place, name in enumerate(self._names) if name in names]
            for names in (("phone",), ("address",), CREDIT, FREE, ("product",))
        )
        # a second telephone column of a sheet is kept as an unknown one
        self._private = {title for title in extras if field_of(title, contacts) in REACHED_BY}
        self._seen: dict[int | None, tuple[Shown, bool]] = {}

    @property
    def shown(self) -> list[OutColumn]:
        """Titles and forms."""
        known = [OutColumn(self._title(field), FORMS.get(field.type, "text")) for field in self._fields]
        return known + [OutColumn(title) for title in self._extras]

    def row(self, record: Record) -> list[Cell]:
        """The cells of a record, as much of it as may be seen.

        A masked address would only say that there is one, and read back it would be one: it is left out.
        """
        how, credit = self._sight(record.owner)
        cells: list[Any] = [record.values.get(name) for name in self._names]
        for place, write in self._writers:
            if cells[place] is not None:
                cells[place] = write(cells[place])
        for place in () if credit else self._credit:
            cells[place] = None
        if how != "whole":
            for place in self._address:
                cells[place] = None
        for place in self._phone:
            shown = (access.shown_phone(one, how) for one in cells[place] or ())
            cells[place] = " / ".join(filter(None, shown))
        known_by = () if record.values.get("number") else self._product  # an order without number is known by it
        for place in () if self._revealed else self._written:
            if place not in known_by:
                cells[place] = self._free(cells[place] or "")
        for title in self._extras:
            cell = record.extra.get(title)
            cells.append(None if cell is None else self._free(str(cell), private=title in self._private))
        return cells

    def _sight(self, owner: int | None) -> tuple[Shown, bool]:
        """How phones of a customer of this owner are shown, and whether its credit is."""
        if owner not in self._seen:
            phone: Shown = "whole" if self._revealed else self._viewer.sees("phone", owner)
            self._seen[owner] = phone, self._viewer.sees("credit", owner) != "none"
        return self._seen[owner]

    def _free(self, text: str, *, private: bool = False) -> str | None:
        if self._revealed or not (private or access.holds_phone(text)):
            return text
        self.hidden += 1
        return None

    def _title(self, field: Field) -> str:
        """The title of a field; another name of it where an unknown column bears that title."""
        names = (field.title[self._language], *field.names)
        return next((name for name in names if name not in self._extras), names[0])

    def _writer(self, field: Field) -> Callable[[Any], Cell] | None:
        """What puts a value of this field into the words of the language."""
        if field.type == "word":
            words = dict(zip(dict.fromkeys(field.words.values()), field.choices[self._language], strict=True))
            return lambda value: words.get(value, value)
        if field.type == "post":
            titles = {post.id: post.title[self._language] for post in posts.load_posts()}
            return lambda value: titles.get(value, value)
        if field.type == "yes_no":
            yes = _yes(self._language)
            return lambda value: yes if value else None
        return None


def _yes(language: str) -> str:
    """The word for yes. No is left blank: a blank cell takes nothing back."""
    import tomllib

    return str(tomllib.loads(resources.read_text(EXPLANATIONS))["choices"]["yes_no"][language][0])
