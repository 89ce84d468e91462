"""From prospect to order: the funnel of a period as a section of its report, as a whole and by intention. Clause: P0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from revisit import terms
from revisit.i18n import _
from revisit.reports import Report
from revisit.reports.sections import Bar, Bars, Block, Column, Table, Text
from revisit.reports.values import Value, title_of

WHOLE = "funnel.prospects"
STEPS = (WHOLE, "funnel.contacted", "funnel.interested", "funnel.customers", "funnel.ordered")
BY_INTENTION = (WHOLE, "funnel.contacted", "funnel.customers", "funnel.ordered")


def blocks(found: Report) -> Iterator[Block]:
    """Each step beside all prospects of the period, then the steps by what is known of the intention; nothing without any."""

    def n(name: str) -> int:
        return int(found.figures.get(name) or 0)

    if not n(WHOLE):
        return
    yield Bars(
        "", _("Prospects"), tuple(Bar(title_of(name), n(name), n(name) / n(WHOLE), n(name) / n(WHOLE), name) for name in STEPS)
    )  # fmt: skip
    columns = (
        Column("intention", _("Intention"), "text"), Column(WHOLE, _("Prospects")),
        *(Column(name, title_of(name)) for name in BY_INTENTION[1:]), Column("share", _("Converted"), "share"),
    )  # fmt: skip
    rows: tuple[Mapping[str, Value], ...] = tuple(
        {"intention": _(shown), **{name: n(f"{name}.{word}") for name in BY_INTENTION},
         "share": n(f"funnel.customers.{word}") / n(f"{WHOLE}.{word}")}
        for word, shown in terms.INTENTIONS.items()
        if n(f"{WHOLE}.{word}")
    )  # fmt: skip
    yield Table(_("By intention"), columns, rows)
    yield Text(_("Prospects at the end of the period: {n}").format(n=n("prospects.in_scope")))
