"""Plots of a report as inline SVG: they take the width there is (places across in percent); texts and lines keep their size.

Colours are classes of the page's style sheet; every plot has a title and says in words what it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from revisit.i18n import _
from revisit.reports.outputs.markup import Html, join, tag
from revisit.reports.sections import Bars, Plot
from revisit.reports.values import Number, Unit, heights, written

HEIGHT, TOP, BOTTOM = 200, 18, 24
"""Of a plot, and the room above and below what is drawn, in pixels."""
GRID = 4
LABELS = 5
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 96, 24, 3


def share_bar(share: float) -> Html:
    """A horizontal bar for a share of 1; the numbers stand beside it."""
    full = tag("rect", class_="rest", width="100%", height="100%")
    part = tag("rect", class_="bar", width=_percent(max(0.0, min(1.0, share))), height="100%")
    return tag("svg", full, part, class_="share", aria_hidden="true")


def spark(values: Sequence[Number], labels: Sequence[str], unit: Unit) -> Html:
    """A small line of the values of some periods, the latest with a dot."""
    wide = (SPARK_WIDTH - 2 * SPARK_EDGE) / max(1, len(values) - 1)
    points = [
        None if high is None else (SPARK_EDGE + place * wide, SPARK_EDGE + (1 - high) * (SPARK_HEIGHT - 2 * SPARK_EDGE))
        for place, high in enumerate(heights(values))
    ]
    drawn = [
        tag("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in part)) for part in _connected(points) if len(part) > 1
    ]  # fmt: skip
    if points and points[-1] is not None:
        x, y = points[-1]
        drawn.append(tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="2.5"))
    said = _("; ").join(f"{label}: {written(one, unit)}" for label, one in zip(labels, values, strict=True))
    return tag(
        "svg", tag("title", said), *drawn, class_="spark", role="img", viewBox=f"0 0 {SPARK_WIDTH} {SPARK_HEIGHT}",
        width=SPARK_WIDTH, height=SPARK_HEIGHT,
    )  # fmt: skip


def days(plot: Plot, id_: str) -> Html:
    """Values along the days: the first line as bars, the others as lines."""
    size = len(plot.days)
    most = max((n for _title, values in plot.lines for n in values), default=0)
    marks = ticks(most)
    first, *others = plot.lines
    bars = [
        tag(
            "rect",
            tag("title", f"{day}: " + _("; ").join(f"{title} {values[place]}" for title, values in plot.lines)),
            class_="bar", x=_percent((place + 0.15) / size), width=_percent(0.7 / size), y=_pixels(_y(n / marks[-1])),
            height=_pixels(_y(0) - _y(n / marks[-1])),
        )
        for place, (day, n) in enumerate(zip(plot.days, first[1], strict=True))
    ]  # fmt: skip
    lines = [_line([n / marks[-1] for n in values]) for _title, values in others]
    every = max(1, -(-size // LABELS))
    below = [
        _below(f"{day:%m-%d}", (place + 0.5) / size)
        for place, day in enumerate(plot.days)
        if (place % every == 0 and place + every / 2 <= size) or place == size - 1
    ]
    said = _("From {first} to {last}. {sums}").format(
        first=plot.days[0], last=plot.days[-1],
        sums=_("; ").join(
            _("{title}: {sum} together, at most {most}").format(title=title, sum=sum(values), most=max(values))
            for title, values in plot.lines
        ),
    )  # fmt: skip
    return _svg(id_, plot.title, said, (_grid(marks), *bars, *lines, *below))


def pareto(bars: Bars, id_: str) -> Html:
    """Ranked columns, numbered as the rows of the table below, and the line of what they make up together."""
    size = len(bars.bars)
    marks = ticks(max((one.n for one in bars.bars), default=0))
    columns = [
        tag(
            "rect", tag("title", f"{one.label}: {one.n} ({one.together:.0%})"), class_="bar", x=_percent((place + 0.15) / size),
            width=_percent(0.7 / size), y=_pixels(_y(one.n / marks[-1])), height=_pixels(_y(0) - _y(one.n / marks[-1])),
        )
        for place, one in enumerate(bars.bars)
    ]  # fmt: skip
    below = [_below(str(place + 1), (place + 0.5) / size) for place in range(size)]
    right = [
        tag("text", f"{part:.0%}", class_="together", x="100%", dx="6", y=_pixels(_y(part) + 4))
        for part in (0, 0.5, 1.0)
    ]
    first = bars.bars[0]
    said = _("{n} reasons, the most frequent first: {first} with {share:.0%}. The line shows what they make up together.").format(
        n=size + bars.left, first=first.label, share=first.share
    )  # fmt: skip
    line = _line([one.together for one in bars.bars], dots=True)
    return _svg(id_, bars.title, said, (_grid(marks), *columns, line, *right, *below))


def ticks(most: int) -> list[int]:
    """Round numbers from 0 up to at least `most`, few of them."""
    step = next(one for one in (digit * 10**power for power in range(20) for digit in (1, 2, 5)) if most <= GRID * one)
    return [step * place for place in range(max(1, -(-most // step)) + 1)]


def _svg(id_: str, title: str, said: str, parts: Iterable[Html]) -> Html:
    return tag(
        "svg", tag("title", title, id=f"{id_}-title"), tag("desc", said, id=f"{id_}-desc"), *parts, class_="plot", role="img",
        height=HEIGHT, aria_labelledby=f"{id_}-title", aria_describedby=f"{id_}-desc",
    )  # fmt: skip


def _grid(marks: Sequence[int]) -> Html:
    """Lines across, each with its number before it."""
    return join(
        part
        for mark in marks
        for y in (_y(mark / marks[-1]),)
        for part in (
            tag("line", class_="grid", x1="0", x2="100%", y1=_pixels(y), y2=_pixels(y)),
            tag("text", mark, x="-8", y=_pixels(y + 4), text_anchor="end"),
        )
    )


def _line(values: Sequence[float], *, dots: bool = False) -> Html:
    """Values of 1 from left to right, in the middle of their places."""
    at = [(_percent((place + 0.5) / len(values)), _pixels(_y(one))) for place, one in enumerate(values)]
    parts = [
        tag("line", x1=x1, y1=y1, x2=x2, y2=y2) for (x1, y1), (x2, y2) in pairwise(at)
    ]  # fmt: skip
    if dots or len(at) == 1:
        parts += [tag("circle", cx=x, cy=y, r="3") for x, y in at]
    return tag("g", *parts, class_="line")


def _below(label: str, middle: float) -> Html:
    """A label below its place."""
    return tag("text", label, x=_percent(middle), y=_pixels(HEIGHT - 6), text_anchor="middle")


def _connected(points: Sequence[tuple[float, float] | None]) -> Iterator[list[tuple[float, float]]]:
    """The runs of points without a gap."""
    run: list[tuple[float, float]] = []
    for point in (*points, None):
        if point is not None:
            run.append(point)
        elif run:
            yield run
            run = []


def _y(share: float) -> float:
    """How far from above a share of the greatest value is drawn."""
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"


def _pixels(length: float) -> str:
    return f"{length:.1f}"
