"""A row that was refused, and each of its cells that was not understood, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from revisit.i18n import N_, _

EMPTY = N_("the cell is empty")
RowLabel = int | str
"""A row as a person finds it: its number, or `华东!7` where several sheets are read."""


@dataclass(frozen=True, slots=True)
class BadValue:
    """A cell that was not understood, and why as a template with its parameters."""

    column: str
    value: str
    template: str
    params: dict[str, object]

    @property
    def reason(self) -> str:
        """Why, in words."""
        return _(self.template).format(**self.params)


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was refused: the cell, and why as a template with its parameters; and what else in it was not understood."""

    row: RowLabel
    column: str
    value: str
    template: str
    params: dict[str, object]
    also: tuple[BadValue, ...] = ()

    @property
    def cells(self) -> tuple[BadValue, ...]:
        """All that is wrong with it."""
        return (BadValue(self.column, self.value, self.template, self.params), *self.also)
