"""The rows behind a figure, as a person reads them: which record, of which customer, whose, and why it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from revisit import figures, terms, wording
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, chunks, id_list
from revisit.errors import WrongUsage
from revisit.figures import Figure, Slice
from revisit.figures.catalogue import FAMILIES, FIGURES, SHARES, Share
from revisit.figures.marks import Marked
from revisit.i18n import N_, _
from revisit.matters.words import CLOCKS
from revisit.policy.periods import Period
from revisit.reports.values import KINDS, title_of

CUSTOMERS = """
SELECT c.id, c.code, c.name, c.rep_id FROM customer c WHERE c.id IN ({ids})
"""
LOGINS = "SELECT id, login FROM staff"
LOG = frozenset({"reasons", "suggestions", "cases", "complaints"})
"""Sources whose rows say what a customer said: told to whoever sees the log of that customer."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that counts: the record (`#12` a revisit or case, the number of a form, the code of a file), the day that counts,
    customer, whose it is (login), what it is in words, and how much it counts (1, or cents)."""

    record: str
    on: date | None
    code: str
    name: str
    rep: str
    what: str
    counts: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A figure of a period, its definition, its value, and the rows that make it."""

    figure: Figure
    period: Period
    on: date
    value: int
    rows: tuple[Row, ...]


def figure_of(name: str) -> Figure:
    """The figure of a name. Raises WrongUsage: for a share with the figures that it is made of."""
    found = figures.find_figure(name)
    if found is not None:
        return found
    if name in SHARES:
        parts = ", ".join(dict.fromkeys((*SHARES[name].part, *SHARES[name].whole)))
        raise WrongUsage(
            N_("{name} is a share: it has no rows of its own"), N_("trace what it is made of: {parts}"), name=name, parts=parts
        )  # fmt: skip
    raise WrongUsage(
        N_("there is no figure {name}"), N_("the figures are listed by: revisit report figures"), name=name
    )


def trace(
    sql: Sql, company: CompanyInfo, period: Period, on: date, figure: Figure, *, part: Slice, viewer: Viewer
) -> Trace:
    """The rows behind a figure, in order of their days. The value is counted from them; a test holds it equal to the report's."""
    span = figures.span_of(company, period, on)
    found = figures.trace(sql, span, figure, part)
    customers = customers_of(sql, [one.customer_id for one in found if one.customer_id is not None])
    logins = dict(sql.rows(LOGINS))
    rows = []
    for one in found:
        code, name, owner = customers.get(one.customer_id or 0, ("", "", None))
        rows.append(
            Row(
                record=record_of(figure.source, one),
                on=date.fromisoformat(str(one.on)[:10]) if one.on else None,
                code=code,
                name=viewer.name(name, owner),
                rep=logins.get(one.marks.staff_id, ""),
                what=_what(company, figure.source, one)
                if figure.source not in LOG or viewer.sees("log", owner) == "whole"
                else "",
                counts=one.cents if figure.money else one.n,
            )
        )
    return Trace(figure, period, on, sum(row.counts for row in rows), tuple(rows))


def record_of(source: str, one: Marked) -> str:
    """By what a person finds a row again."""
    if source in ("revisits", "reasons", "suggestions", "hours"):
        return f"#{one.key}"
    if source == "cases":
        return _("case #{number}").format(number=one.key)
    return str(one.key) if source in ("complaints", "customers", "prospects", "deadlines") else ""


def _what(company: CompanyInfo, source: str, one: Marked) -> str:
    marks = one.marks
    if source == "followups":
        clause = company.policies.on(date.fromisoformat(one.on)).rules[marks.rule].clause
        return f"{wording.rule(marks.rule)} [{clause}] · {wording.state(marks.state)}"
    if source == "revisits":
        return " · ".join(
            filter(None, (wording.word(marks.channel), wording.word(marks.result), wording.word(marks.satisfaction)))
        )
    if source == "dormancy":
        return _("until {day}").format(day=one.said) if one.said else _("still dormant")
    if source == "prospects":
        return " · ".join((_(terms.INTENTIONS[marks.intention]), _(terms.BECAME[marks.by])))
    if source == "deadlines":
        state = FIGURES[f"deadlines.{marks.matter}.{marks.state}"].title
        return f"{_(KINDS[marks.matter])} · {_(CLOCKS[marks.clock])} · {_(state)}"
    return wording.word(str(one.said or ""))


def customers_of(sql: Sql, ids: Sequence[int]) -> dict[int, tuple[str, str, int | None]]:
    """Code, name and representative (staff id) of some customers by their ids."""
    return {
        id_: (code, name, owner)
        for portion in chunks(sorted(set(ids)))
        for id_, code, name, owner in sql.rows(CUSTOMERS.format(ids=id_list(portion)))
    }


def definitions() -> list[tuple[str, str, str]]:
    """(name, title, definition) of every figure; of a family one line."""
    plain: list[Figure | Share] = [*FIGURES.values(), *SHARES.values()]
    return [(one.name, title_of(one.name), _(one.definition)) for one in plain] + [
        (f"{one.name}.…", _(one.title), _(one.definition)) for one in FAMILIES.values()
    ]
