"""Values of a report as text: how each is written, and what a figure is called, by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, cast

from revisit import terms, wording
from revisit.figures import find_figure
from revisit.figures.catalogue import FAMILIES, FIGURES, SHARES
from revisit.i18n import N_, _

Unit = Literal["n", "share", "ratio", "score", "money", "text", "long", "code", "day", "unit", "trend"]
"""How a value is written: a number, percent (of a share of 1), a number with two decimals or with one, an amount (cents), a text,
what somebody wrote, one word, a day, the word for what was counted, the values of several periods as a line (the latest last)."""
Number = int | float | None
Value = int | float | str | date | tuple[Number, ...] | None
TEXTS = frozenset({"text", "long", "code", "day", "unit", "trend"})
"""What stands to the left in its column."""
NOTHING = "–"
_HEIGHTS = "▁▂▃▄▅▆▇█"
_WITH_WORDS = ("contacts.channel", "contacts.result")
KINDS = {"case": N_("Case"), "complaint": N_("Complaint"), "approval": N_("Approval")}
"""What the kinds of matters are called whose deadlines are counted."""
COUNTED = {
    "followups": N_("follow-ups"), "revisits": N_("revisits"), "suggestions": N_("suggestions"), "dormancy": N_("times"),
    "customers": N_("customers"), "prospects": N_("customers"), "cases": N_("cases"), "complaints": N_("complaints"),
    "deadlines": N_("steps"), "reasons": N_("mentions"),
}  # fmt: skip
"""What a figure of a source counts."""
_AT_THE_END = "dormancy.still"  # of whom each is there once


def written(value: Value, unit: Unit) -> str:
    """A value as a text."""
    if isinstance(value, tuple):
        return spark(value)
    if value is None:
        return NOTHING
    if isinstance(value, int | float):
        if unit == "share":
            return f"{value:.1%}"
        if unit in ("ratio", "score"):
            return f"{value:.2f}" if unit == "ratio" else f"{value:.1f}"
        if unit == "money":
            return wording.money(int(value))
    return str(value)


def unit_in(unit: Unit, row: Mapping[str, Value]) -> Unit:
    """How a value of a column with this unit is written in a row, which may have a unit of its own."""
    return cast(Unit, row.get("unit", unit)) if unit == "n" else unit


def heights(values: Sequence[Number]) -> list[float | None]:
    """Values between the least of them (0) and the greatest (1); all in the middle where they are equal."""
    known = [one for one in values if one is not None]
    least, most = min(known, default=0), max(known, default=0)
    if most == least:
        return [None if one is None else 0.5 for one in values]
    return [None if one is None else (one - least) / (most - least) for one in values]


def spark(values: Sequence[Number]) -> str:
    """Values as a line of block characters, one for each; a space where there is none."""
    top = len(_HEIGHTS) - 1
    return "".join(" " if one is None else _HEIGHTS[round(one * top)] for one in heights(values))


def unit_of(name: str) -> Unit:
    """How a figure is written."""
    if name in SHARES:
        return "ratio" if SHARES[name].ratio else "share"
    return "money" if name in FIGURES and FIGURES[name].money else "n"


def counted_in(name: str) -> str:
    """What a figure counts, in a word; nothing of a share, which is written with its mark."""
    unit = unit_of(name)
    found = find_figure(name)
    if unit == "money":
        return _("yuan")
    if found is None:
        return _("per contact") if unit == "ratio" else ""
    return _(COUNTED["customers" if name == _AT_THE_END else found.source])


def title_of(name: str) -> str:
    """What a figure is called; one of a family by the family and its word, one of deadlines with the kind of matter."""
    if name.startswith("deadlines."):
        found = SHARES.get(name) or FIGURES[name]
        return _("{title}: {word}").format(title=_(KINDS[name.split(".")[1]]), word=_(found.title))
    if name in SHARES:
        return _(SHARES[name].title)
    if name in FIGURES:
        return _(FIGURES[name].title)
    family = next(one for one in FAMILIES.values() if name.startswith(f"{one.name}."))
    word = name.removeprefix(f"{family.name}.")
    shown = wording.word(word) if family.name in _WITH_WORDS else word
    if family.source == "prospects":
        shown = _(terms.INTENTIONS[word])
    return _("{title}: {word}").format(title=_(family.title), word=shown)


def definition_of(name: str) -> str:
    """What a figure counts."""
    found = SHARES.get(name) or find_figure(name)
    return _(found.definition) if found else ""
