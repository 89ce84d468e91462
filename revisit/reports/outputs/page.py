"""A paper as one HTML file: nothing is fetched, no script but our own runs, everything from outside is text.

The policy in its head allows the style sheet and the script that stand in it, by their hashes, and nothing else; so there is no
`style` attribute and no handler in an element.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from revisit import i18n
from revisit.i18n import _
from revisit.reports.imprint import Imprint
from revisit.reports.outputs import svg
from revisit.reports.outputs.markup import Html, join, tag, text
from revisit.reports.sections import Bars, Column, Paper, Plot, Section, Table, Text
from revisit.reports.values import TEXTS, Unit, Value, unit_in, written

LANGUAGES = {"zh": "zh-CN", "en": "en"}
MOST_BARS = 92
"""Of a plot along the days: a quarter, day by day."""
WIDE = 5
"""From so many columns on a table may be moved sideways on a phone."""
SHORT = 16
"""A table of so few rows stays on one page of paper."""
_PERIOD = re.compile(r"([0-9]{4}(?:-[0-9QW]+)+)")


def page(paper: Paper, imprint: Imprint) -> str:
    """The whole page."""
    title = paper.heading
    writer = _Writer()
    parts = [writer.section(one) for one in paper.sections]
    links = [tag("li", tag("a", one.title, href=f"#{one.key}")) for one in paper.sections]
    body = (
        tag("header", tag("h1", _unbroken(title)), tag("p", imprint.company)),
        tag("nav", tag("ul", *links), aria_label=_("Sections")),
        tag("main", Html("\n"), join(parts, "\n"), Html("\n")),
        tag("footer", tag("h2", _("About this report")), _foot(imprint)),
    )
    style, script = _shipped("page.css"), _shipped("page.js")
    head = (
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_allowed(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="robots", content="noindex"),
        tag("title", title),
        tag("style", style),
    )
    whole = tag(
        "html", Html("\n"), tag("head", Html("\n"), join(head, "\n"), Html("\n")), Html("\n"),
        tag("body", Html("\n"), join((*body, tag("script", script)), "\n"), Html("\n")), Html("\n"),
        lang=LANGUAGES[i18n.language()],
    )  # fmt: skip
    return f"<!doctype html>\n{whole}\n"


def _shipped(name: str) -> Html:
    return Html(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def _allowed(style: str, script: str) -> str:
    """The content security policy of the page."""
    parts = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}
    parts |= {"style-src": _hash(style), "script-src": _hash(script)}
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _hash(inline: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


def _foot(imprint: Imprint) -> Html:
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", told)) for name, told in imprint.parts()))


class _Writer:
    """Sections as HTML; what has an id is numbered within its section."""

    def __init__(self) -> None:
        self.key = ""
        self.number = 0
        self.of: Mapping[type, Callable[[Any], Html]] = {
            Table: self.table, Bars: self.bars, Plot: self.plot, Text: lambda block: tag("p", block.text),
        }  # fmt: skip

    def section(self, one: Section) -> Html:
        """A section under its heading."""
        self.key, self.number, self.title = one.key, 0, one.title
        blocks = [self.of[type(block)](block) for block in one.blocks]
        heading = tag("h2", one.title, id=one.key)
        return tag("section", heading, Html("\n"), join(blocks, "\n"), aria_labelledby=one.key)

    def table(self, block: Table, unseen: str = "") -> Html:
        """A table; it can be sorted where its rows are of a kind, and numbers are numbers. `unseen`: its title, which stands
        above it already."""
        texts = sum(one.unit in TEXTS and one.unit != "trend" for one in block.columns)
        numbers = [row[one.key] for row in block.rows for one in block.columns if one.unit not in TEXTS]
        sortable = not block.names and len(block.rows) > 1 and not any(isinstance(one, str) for one in numbers)
        rows = [
            [self.cell(column, row, name, heads=place == 0) for place, column in enumerate(block.columns)]
            for row, name in zip(block.rows, block.names or [""] * len(block.rows), strict=True)
        ]
        look = ("sortable" if sortable else "", "cards" if texts > 2 else "")
        caption = self.caption("" if unseen else block.title, unseen or block.columns[0].title)
        return self.whole(caption, block.columns, rows, look)

    def cell(self, column: Column, row: Mapping[str, Value], name: str, *, heads: bool) -> Html:
        """A cell; `heads`: it says what its row is about, and leads to what that figure counts."""
        value, unit = row[column.key], unit_in(column.unit, row)
        if heads:
            shown = tag("a", value, href=f"#is-{name}") if name else text(written(value, unit))
            defined = f"is-{row['name']}" if self.key == "definitions" else None
            return tag("th", shown, scope="row", id=defined, class_=_look(column.unit), data_value=_sorted_by(value))
        shown = (
            svg.spark(value, column.labels, unit_in("n", row))
            if isinstance(value, tuple)
            else text(written(value, unit))
        )
        return tag("td", shown, class_=_look(column.unit), data_value=_sorted_by(value), data_title=column.title)

    def bars(self, block: Bars) -> Html:
        """Bars in their table; those of a Pareto chart stand in a plot above it, by their number."""
        columns = block.table().columns
        rows = []
        for place, one in enumerate(block.bars, 1):
            label = (
                join((tag("span", f"{place}. ", class_="rank"), text(one.label))) if block.pareto else text(one.label)
            )
            row: list[Html] = [tag("th", label, scope="row"), tag("td", one.n, class_="n")]
            if block.pareto:
                row.append(tag("td", written(one.together, "share"), class_="n"))
            else:
                row += [
                    tag("td", written(one.share, "share"), class_="n"),
                    tag("td", svg.share_bar(one.share), class_="drawn", aria_hidden="true"),
                ]
            rows.append(row)
        if not block.pareto:
            return self.whole(self.caption(block.title, block.column), columns, rows, ("bars",), drawn=True)
        plot = tag("figure", tag("figcaption", block.title), svg.pareto(block, self.id()))
        parts = [plot, self.whole(self.caption("", block.title), columns, rows, ("ranked",))]
        if block.more():
            parts.append(tag("p", block.more()))
        return tag("div", *parts, class_="pareto")

    def plot(self, block: Plot) -> Html:
        """A plot along the days, and its numbers for whoever would rather read them."""
        if not block.days:
            return Html()
        shown = block.folded(MOST_BARS)
        legend = [
            tag("li", title, class_="of-bars" if place == 0 else "of-line")
            for place, (title, _values) in enumerate(shown.lines)
        ]
        return tag(
            "figure", tag("figcaption", shown.title), tag("ul", *legend, class_="legend"), svg.days(shown, self.id()),
            tag("details", tag("summary", _("The numbers of this plot")), self.table(shown.table(), shown.title)),
        )  # fmt: skip

    def id(self) -> str:
        """A new id."""
        self.number += 1
        return f"{self.key}-{self.number}"

    def caption(self, title: str, otherwise: str) -> Html:
        """The title of a table; where none is shown, those who do not see the heading above are told one."""
        if title:
            return tag("caption", title)
        return tag(
            "caption", tag("span", _("{title}: {word}").format(title=self.title, word=otherwise), class_="unseen")
        )

    def whole(
        self,
        caption: Html,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Html]],
        look: Sequence[str],
        *,
        drawn: bool = False,
    ) -> Html:
        """A table from its cells; a wide one is moved in a frame of its own, also with the keyboard. `drawn`: the last cells hold
        a bar, which needs no title."""
        head = [tag("th", _unbroken(one.title), scope="col", class_=_look(one.unit)) for one in columns]
        head += [tag("td", class_="drawn", aria_hidden="true")] if drawn else []
        parts = (
            caption,
            tag("thead", tag("tr", *head)),
            tag("tbody", Html("\n"), join((tag("tr", *row) for row in rows), "\n"), Html("\n")),
        )
        table = tag(
            "table",
            join(parts, "\n"),
            class_=" ".join(filter(None, (*look, "short" if len(rows) <= SHORT else ""))) or None,
        )
        if "cards" in look:
            return tag("div", table, class_="wide")
        if len(columns) < WIDE:
            return table
        name = _("{title}: {word}").format(title=self.title, word=columns[0].title)
        return tag("div", table, class_="wide", role="region", tabindex="0", aria_label=name)


def _unbroken(title: str) -> Html:
    """A title; days and periods in it stay on one line."""
    return join(
        tag("span", part, class_="whole") if _PERIOD.fullmatch(part) else text(part) for part in _PERIOD.split(title)
    )


def _look(unit: Unit) -> str:
    return unit if unit in TEXTS else "n"


def _sorted_by(value: Value) -> str | None:
    """What a cell is sorted by."""
    return None if value is None or isinstance(value, tuple) else str(value)
