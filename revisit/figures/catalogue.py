"""Every figure of a report by its name: from which source it is counted, which rows count, and what it means in words.

Names are stable: reports, traces and frozen months know figures by them. A family has a name for each word that occurs, such
as `contacts.channel.phone` or `reasons.价格`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar

from revisit.i18n import N_
from revisit.terms import INTENTIONS

Counts = Callable[[Any], bool]
_BETWEEN = re.compile("[；;、/]")
MATTERS = ("case", "complaint", "approval")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: how many rows of a source count, or (`money`) how many cents they hold together."""

    name: str
    source: str
    title: str
    definition: str
    counts: Counts
    money: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A figure that is one by others: the sum of `part` by the sum of `whole`; nothing where the whole is 0. `ratio`: it is
    shown as a number, not in percent."""

    name: str
    title: str
    definition: str
    part: tuple[str, ...]
    whole: tuple[str, ...]
    ratio: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """Figures that differ in a word; `of` gives the words of a row."""

    name: str
    source: str
    title: str
    definition: str
    of: Callable[[Any], Iterable[str]]

    def figure(self, word: str) -> Figure:
        """The figure of a word."""
        return Figure(f"{self.name}.{word}", self.source, word, self.definition, lambda marks: word in self.of(marks))


Named = TypeVar("Named", Figure, Share, Family)


def reasons_of(text: str) -> list[str]:
    """The reasons that one text names, each once."""
    return list(dict.fromkeys(part.strip() for part in _BETWEEN.split(text) if part.strip()))


def _marked(**wanted: object) -> Counts:
    """Counts rows with these marks."""
    names, values = tuple(wanted), tuple(wanted.values())
    marks = attrgetter(*names)
    value = values if len(values) > 1 else values[0]
    return lambda one: bool(marks(one) == value)


def _any(_one: object) -> bool:
    return True


def _by_intention(name: str) -> Callable[[Any], Iterable[str]]:
    """The intention of whoever counts for a figure."""
    counts = FIGURES[name].counts
    return lambda one: (one.intention,) if counts(one) else ()


def _index(*figures: Named) -> dict[str, Named]:
    return {one.name: one for one in figures}


# fmt: off
FIGURES = _index(
    Figure("followups.owed", "followups", N_("Follow-ups owed"),
        N_("follow-ups that fall due in the period, but for those that ended before they were due"),
        lambda one: one.state != "void"),
    Figure("followups.in_time", "followups", N_("met in time"), N_("of these met by the day they were due"),
        _marked(state="in_time")),
    Figure("followups.late", "followups", N_("met late"), N_("of these met after that day"), _marked(state="late")),
    Figure("followups.missed", "followups", N_("missed"), N_("of these ended without being met"), _marked(state="missed")),
    Figure("followups.overdue", "followups", N_("overdue"), N_("of these over, and still to be met"),
        _marked(state="overdue")),
    Figure("followups.open", "followups", N_("open"), N_("of these open, their day still to come"), _marked(state="open")),
    Figure("followups.void", "followups", N_("Void follow-ups"),
        N_("follow-ups of the period that ended before they were due: an order, a waiver, an exclusion"),
        _marked(state="void")),
    Figure("missed.tried", "followups", N_("missed, tried in vain"),
        N_("missed follow-ups with an attempt in vain while they were owed"), _marked(state="missed", tried=1)),
    Figure("missed.never_tried", "followups", N_("missed, never tried"),
        N_("missed follow-ups without any attempt while they were owed"), _marked(state="missed", tried=0)),
    Figure("contacts.total", "revisits", N_("Revisits made"), N_("revisits that went out from us, attempts among them"),
        _marked(inbound=0)),
    Figure("contacts.reached", "revisits", N_("contacts"),
        N_("of these contacts: conversations, and messages that count as one"), _marked(kind="contact")),
    Figure("contacts.attempts", "revisits", N_("attempts in vain"), N_("of these attempts in vain"),
        _marked(kind="attempt")),
    Figure("enquiries.total", "revisits", N_("Enquiries"), N_("calls and messages from outside on record"),
        _marked(inbound=1)),
    *(
        Figure(f"satisfaction.{word}", "revisits", title, N_("conversations that we began in which the customer said so"),
            _marked(inbound=0, result="reached", satisfaction=word))
        for word, title in (
            ("satisfied", N_("Satisfied")), ("neutral", N_("Neutral")), ("dissatisfied", N_("Dissatisfied")),
        )
    ),
    Figure("records.within_deadline", "revisits", N_("Records in time"),
        N_("revisits that were written down within the hours of the policy; unknown lags are left out"),
        _marked(record="within")),
    Figure("records.late", "revisits", N_("Records late"), N_("revisits that were written down later than that"),
        _marked(record="late")),
    Figure("suggestions.total", "suggestions", N_("Suggestions"), N_("revisits in which the customer suggested something"),
        _any),
    Figure("dormancy.entered", "dormancy", N_("Became dormant"),
        N_("customers that became dormant over a week in the period"), _marked(entered=1)),
    Figure("dormancy.reactivated", "dormancy", N_("Ordered again"),
        N_("dormant customers whose dormancy ended in the period: they ordered, or their file says otherwise"),
        _marked(reactivated=1)),
    Figure("dormancy.reactivated_soon", "dormancy", N_("within 30 days"),
        N_("of these within 30 days of becoming dormant"), _marked(soon=1)),
    Figure("dormancy.still", "dormancy", N_("Dormant at the end"), N_("customers dormant at the end of the period"),
        _marked(still=1)),
    Figure("customers.in_scope", "customers", N_("Customers in scope"),
        N_("customer files in scope at the end of the period"), _any),
    Figure("customers.contacted", "customers", N_("contacted"), N_("of these contacted in the period"),
        _marked(contacted=1)),
    Figure("customers.never_reached", "customers", N_("never reached"),
        N_("of these never contacted up to the end of the period"), _marked(reached=0)),
    Figure("prospects.in_scope", "prospects", N_("Prospects"),
        N_("files that are prospects at the end of the period: marked so, no order and no contract yet"), _marked(by="")),
    *(
        Figure(f"prospects.{word}", "prospects", title, N_("of these with this intention, as far as it is known by then"),
            _marked(by="", intention=word))
        for word, title in INTENTIONS.items()
    ),
    Figure("funnel.prospects", "prospects", N_("Prospects of the period"),
        N_("files that were prospects the evening before the period or on an evening in it"), _any),
    Figure("funnel.contacted", "prospects", N_("contacted"),
        N_("of the prospects of the period those contacted in it while they were prospects"), _marked(contacted=1)),
    Figure("funnel.interested", "prospects", N_("interested"),
        N_("of the prospects of the period those of whose intention this was known last at its end"),
        _marked(intention="interested")),
    Figure("funnel.customers", "prospects", N_("became customers"),
        N_("of the prospects of the period those that are customers at its end: by an order, a contract, or marked so"),
        lambda one: one.by != ""),
    Figure("funnel.ordered", "prospects", N_("by an order"), N_("of those that became customers the ones that ordered"),
        _marked(by="order")),
    Figure("cases.opened", "cases", N_("Cases opened"), N_("cases opened in the period"), _marked(opened=1)),
    Figure("cases.immediate", "cases", N_("to be solved at once"), N_("of these to be solved at once"),
        _marked(opened=1, immediate=1)),
    Figure("cases.closed", "cases", N_("Cases closed"), N_("cases closed in the period"), _marked(closed=1)),
    Figure("cases.open", "cases", N_("Cases open at the end"), N_("cases open at the end of the period"),
        _marked(closed=0)),
    Figure("complaints.opened", "complaints", N_("Complaints accepted"), N_("complaints accepted in the period"),
        _marked(opened=1)),
    Figure("complaints.severe", "complaints", N_("severe"), N_("of these severe"), _marked(opened=1, severity="severe")),
    Figure("complaints.closed", "complaints", N_("Complaints closed"), N_("complaints closed in the period"),
        _marked(closed=1)),
    Figure("complaints.upheld", "complaints", N_("upheld"), N_("of these upheld"), _marked(closed=1, upheld=1)),
    Figure("complaints.open", "complaints", N_("Complaints open at the end"),
        N_("complaints open at the end of the period"), _marked(closed=0)),
    Figure("complaints.amount", "complaints", N_("Settled amount"),
        N_("what was settled in the complaints closed in the period"), _marked(closed=1), money=True),
    *(
        Figure(f"deadlines.{matter}.{state}", "deadlines", title,
            N_("steps of this kind of matter whose deadline falls into the period, by how they stand"),
            _marked(matter=matter, state=state))
        for matter in MATTERS
        for state, title in (
            ("in_time", N_("done in time")), ("late", N_("done late")), ("overdue", N_("overdue")), ("open", N_("not due yet")),
        )
    ),
)
_JUDGED = ("followups.in_time", "followups.late", "followups.missed", "followups.overdue")
_ANSWERS = ("satisfaction.satisfied", "satisfaction.neutral", "satisfaction.dissatisfied")
SHARES = _index(
    Share("followups.coverage", N_("Coverage"), N_("met by what was to be met by now: met, missed, overdue"),
        ("followups.in_time", "followups.late"), _JUDGED),
    Share("satisfaction.share", N_("Satisfied share"), N_("satisfied by all who said how satisfied they are"),
        ("satisfaction.satisfied",), _ANSWERS),
    Share("contacts.attempts_per_contact", N_("Attempts per contact"), N_("attempts in vain by contacts"),
        ("contacts.attempts",), ("contacts.reached",), ratio=True),
    Share("records.share", N_("Records in time, share"), N_("written down in time by all whose lag is known"),
        ("records.within_deadline",), ("records.within_deadline", "records.late")),
    Share("customers.contacted_share", N_("Contacted, share"), N_("customers contacted by all in scope"),
        ("customers.contacted",), ("customers.in_scope",)),
    *(
        Share(f"deadlines.{matter}.share", N_("Done in time, share"),
            N_("steps of this kind of matter done in time by all whose deadline has come: in time, late, overdue"),
            (f"deadlines.{matter}.in_time",), tuple(f"deadlines.{matter}.{state}" for state in ("in_time", "late", "overdue")))
        for matter in MATTERS
    ),
    *(
        Share(f"funnel.{part}_share", title, N_("this part of the prospects of the period"),
            (f"funnel.{part}",), ("funnel.prospects",))
        for part, title in (
            ("contacted", N_("Prospects contacted, share")), ("interested", N_("Prospects interested, share")),
            ("customers", N_("Prospects who became customers, share")), ("ordered", N_("Prospects who ordered, share")),
        )
    ),
    Share("dormancy.soon_share", N_("Ordered again within 30 days, share"),
        N_("ordered again within 30 days by all that ordered again"),
        ("dormancy.reactivated_soon",), ("dormancy.reactivated",)),
)
FAMILIES = _index(
    Family("contacts.channel", "revisits", N_("Channel"), N_("revisits that went out from us by this channel"),
        lambda one: () if one.inbound else (one.channel,)),
    Family("contacts.result", "revisits", N_("Result"), N_("revisits that went out from us with this result"),
        lambda one: () if one.inbound else (one.result,)),
    Family("reasons", "reasons", N_("Reason"), N_("revisits that name this reason"), lambda one: reasons_of(one.reason)),
    Family("reasons_dormancy", "reasons", N_("Reason of dormant customers"),
        N_("revisits with dormant customers that name this reason"),
        lambda one: reasons_of(one.reason) if one.dormant else ()),
    Family("reasons_dissatisfaction", "reasons", N_("Reason of dissatisfaction"),
        N_("revisits with neutral or dissatisfied customers that name this reason"),
        lambda one: reasons_of(one.reason) if one.satisfaction in ("neutral", "dissatisfied") else ()),
    *(
        Family(f"funnel.{part}", "prospects", FIGURES[f"funnel.{part}"].title,
            N_("the same by the intention that is known at the end of the period"), _by_intention(f"funnel.{part}"))
        for part in ("prospects", "contacted", "customers", "ordered")
    ),
)
# fmt: on


def find_figure(name: str) -> Figure | None:
    """The figure of a name, one of a family among them."""
    if name in FIGURES:
        return FIGURES[name]
    for family in FAMILIES.values():
        if name.startswith(f"{family.name}."):
            return family.figure(name.removeprefix(f"{family.name}."))
    return None
