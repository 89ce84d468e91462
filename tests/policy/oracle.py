"""The rules once more, slow and obvious: one walk over the days, each day's events applied in order, nothing looked up ahead.

Written from the semantics alone, so that it can disagree with `revisit.policy.plan`. Eight rules: callback,
case-revisit, after-sale, dormant-week, dormant-month, takeover, prospect and brief. A day's end knows the events dated up to
that day because the walk has met no others. On a day, in this order:

    facts, hand-overs and allocations · orders, completions, cancellations · sales follow-ups · cases closed ·
    what time ends and opens · revisits · cases opened again
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from revisit.policy.calendar import WorkCalendar
from revisit.policy.facts import Closing, Contact, Fact, File, Handover, Sale
from revisit.policy.months import month_start, next_month, plus_months
from revisit.policy.values import Policies

DAY = timedelta(days=1)

Seen = tuple[str, date, date, str]
"""One follow-up on a day: rule, opens_on, due_by, state or outcome."""


class Day(NamedTuple):
    """What the end of one day looks like."""

    on: date
    owed: list[Seen]
    settled: list[Seen]
    promised: bool
    excluded: bool
    waived: bool
    candidate: bool
    missing: frozenset[str]


@dataclass
class Row:
    """A follow-up while the walk keeps it; `number` counts the owed slots of a month."""

    rule: str
    opens_on: date
    due_by: date
    call_by: date
    met_on: date | None = None
    ended_on: date | None = None
    number: int = 0

    @property
    def live(self) -> bool:
        return self.met_on is None and self.ended_on is None

    def seen(self, on: date) -> Seen | None:
        deadline = max(self.due_by, self.call_by)
        if self.met_on is not None:
            if self.opens_on > on:
                return None
            state = "in_time" if self.met_on <= deadline else "late"
        elif self.ended_on is not None:
            state = "missed" if self.ended_on > self.due_by else "void"
        elif self.opens_on > on:
            return None
        else:
            state = "overdue" if on > deadline else "open"
        return self.rule, self.opens_on, self.due_by, state


def first_day(file: File) -> date:
    """The day from which the file is in scope: its entry or its first dated event."""
    days = [file.entered_on, *file.sales_follow_ups, *file.shown_orders]
    days += [day for sale in file.sales for day in sale if day is not None]
    days += [contact.on for contact in file.contacts]
    days += [handover.on for handover in file.handovers if handover.on is not None]
    days += [date.fromisoformat(f.value) for f in file.facts if f.name == "contract_on" and f.value]
    days += [item.on for item in file.allocations if item.on is not None]
    days += [closing.on for closing in file.closings]
    return min(days)


def owed_on(file: File, policies: Policies, calendar: WorkCalendar, start_on: date, day: date) -> list[Seen]:
    """Everything open or overdue at the end of the day."""
    return next((seen.owed for seen in walk(file, policies, calendar, start_on, day) if seen.on == day), [])


def settled_before(file: File, policies: Policies, calendar: WorkCalendar, start_on: date, day: date) -> list[Seen]:
    """Everything met or ended up to the end of the day: in_time, late, missed, void."""
    return next((seen.settled for seen in walk(file, policies, calendar, start_on, day) if seen.on == day), [])


def rows_until(file: File, policies: Policies, calendar: WorkCalendar, start_on: date, day: date) -> list[Row]:
    """Every follow-up that has opened or been met by the end of the day, as it stands then."""
    simulation = _Walk(file, policies, calendar, start_on)
    for on in (first_day(file) + n * DAY for n in range((day - first_day(file)).days + 1)):
        simulation.step(on)
    return simulation.rows


def walk(file: File, policies: Policies, calendar: WorkCalendar, start_on: date, until: date) -> Iterator[Day]:
    """Day after day from the file's first day to `until`."""
    simulation = _Walk(file, policies, calendar, start_on)
    day = first_day(file)
    while day <= until:
        yield simulation.step(day)
        day += DAY


class _Walk:
    def __init__(self, file: File, policies: Policies, calendar: WorkCalendar, start_on: date) -> None:
        self.file, self.policies, self.calendar, self.start_on = file, policies, calendar, start_on
        self.first = first_day(file)
        self.rows: list[Row] = []
        # facts as they stand
        self.fact: dict[str, str] = {}
        self.sales_follow = False
        self.s: date | None = None  # S: the last hand-over to sales or sales follow-up
        # after-sale
        self.dormant = False
        self.last_order_yesterday: date | None = None
        self.conversation: date | None = None
        self.k: date | None = None
        self.settled_from: date | None = None  # sales completed before this day are settled
        self.c: date | None = None
        self.c_from: date | None = None  # C, or the day on which it took the place of a cancelled sale
        # dormancy
        self.series: date | None = None
        self.contact_days: list[date] = []
        # callback
        self.booking: date | None = None  # the promised day, or the booking day if that is later
        self.booked: Row | None = None
        self.booked_day: date | None = None
        # case-revisit: what was closed and not asked about yet, each with its follow-up while there is one
        self.closed: list[tuple[Closing, list[Row]]] = []
        # prospect: what was said of its intention and until when, the newest last
        self.said: list[tuple[str, date | None]] = []
        # brief
        self.received: date | None = None

    # -- words ---------------------------------------------------------------------------------------------------------

    @property
    def excluded(self) -> bool:
        return any(self.fact.get(name) == "1" for name in ("do_not_call", "closed", "waived"))

    @property
    def is_customer(self) -> bool:
        return self.fact.get("kind") != "prospect" or self.last_order is not None

    @property
    def eligible(self) -> bool:
        return self.is_customer and not self.sales_follow and not self.excluded

    def counts(self, sale: Sale) -> bool:
        """Whether the order stands today."""
        return sale.ordered_on <= self.day and not (sale.cancelled_on is not None and sale.cancelled_on <= self.day)

    @property
    def last_order(self) -> date | None:
        orders = [sale.ordered_on for sale in self.file.sales if self.counts(sale)]
        orders += [day for day in self.file.shown_orders if day <= self.day]
        if orders:
            return max(orders)
        contract = self.fact.get("contract_on")
        if contract and date.fromisoformat(contract) <= self.day:
            return date.fromisoformat(contract)
        return None

    def dormant_from(self, last_order: date) -> date:
        """M."""
        return plus_months(last_order, self.policies.on(last_order).month_after_months) + DAY

    def live(self, rule: str) -> list[Row]:
        return [row for row in self.rows if row.rule == rule and row.live]

    def end(self, *rules: str) -> None:
        for rule in rules:
            for row in self.live(rule):
                row.ended_on = self.day

    def meet(self, rule: str) -> None:
        for row in self.live(rule):
            row.met_on = self.day

    def open(self, rule: str, due_by: date, number: int = 0, opens_on: date | None = None) -> Row:
        opens = opens_on or self.day
        call_by = due_by if rule == "callback" else self.calendar.call_by(opens, due_by)
        row = Row(rule, opens, due_by, call_by, number=number)
        self.rows.append(row)
        return row

    # -- one day -------------------------------------------------------------------------------------------------------

    def step(self, day: date) -> Day:
        self.day = day
        self.facts_and_handovers()
        self.orders()
        self.sales_follow_ups()
        self.cases_closed()
        if self.last_order != self.last_order_yesterday:  # a new order, or one that is gone
            self.end("dormant-week")
        self.time_ends()
        self.time_opens()
        self.revisits()
        self.cases_opened_again()
        self.last_order_yesterday = self.last_order
        return self.seen()

    def facts_and_handovers(self) -> None:
        for name in {fact.name for fact in self.file.facts}:
            said = [fact for fact in self.file.facts if fact.name == name and (fact.on or self.first) <= self.day]
            said.sort(key=lambda fact: fact.on or date.min)
            holds = [fact.value for fact in said if fact.until is None or fact.until > self.day]
            self.fact[name] = holds[-1] if holds else ""
        for fact in self.today(fact for fact in self.file.facts if fact.name == "intention"):
            self.said.append((fact.value, fact.until))
        for handover in self.today(self.file.handovers):
            self.sales_follow = handover.to == "sales"
            if self.sales_follow:
                self.set_s(handover.on)
            else:
                self.set_s(None)
        if any(item.on == self.day and not item.temporary for item in self.file.allocations):
            self.end("brief")
            self.received = self.day
        if self.excluded:
            self.end(
                "callback",
                "case-revisit",
                "after-sale",
                "dormant-week",
                "dormant-month",
                "takeover",
                "prospect",
                "brief",
            )
            self.booked = None

    def today(self, items: Iterator[Fact] | tuple[Handover, ...] | Iterator[Handover]) -> list:  # type: ignore[type-arg]
        """What holds from today: first what was there without a day, then what is dated."""
        mine = [item for item in items if max(item.on or self.first, self.first) == self.day]
        return sorted(mine, key=lambda item: item.on is not None)

    def set_s(self, day: date | None) -> None:
        if day != self.s:
            self.end("takeover")
        self.s = day

    def orders(self) -> None:
        completed = sorted(
            sale.completed_on
            for sale in self.file.sales
            if sale.completed_on is not None and sale.completed_on <= self.day and self.counts(sale)
        )
        owed_for = [
            day
            for day in completed
            if (self.conversation is None or day > self.conversation)
            and (self.settled_from is None or day >= self.settled_from)
        ]
        if self.c is not None and self.c not in owed_for:  # its sale was cancelled
            self.end("after-sale")
            self.c = self.c_from = None
            if owed_for:
                self.c, self.c_from = owed_for[0], self.day
        elif self.c is None and owed_for:
            self.c = self.c_from = owed_for[0]

    def sales_follow_ups(self) -> None:
        if self.day in self.file.sales_follow_ups and self.sales_follow:
            self.set_s(self.day)

    def cases_closed(self) -> None:
        self.closed += [(closing, []) for closing in self.file.closings if closing.on == self.day]

    def cases_opened_again(self) -> None:
        for closing, rows in self.closed:
            if closing.reopened_on is not None and closing.reopened_on <= self.day:
                for row in rows:
                    if row.live:
                        row.ended_on = self.day
        self.closed = [one for one in self.closed if one[0].reopened_on is None or one[0].reopened_on > self.day]

    def time_ends(self) -> None:
        last = self.last_order
        was, self.dormant = self.dormant, last is not None and self.day >= self.dormant_from(last)
        if self.dormant and not was:  # M
            self.end("dormant-week")
            self.k = None
            self.settled_from = self.day
            if self.c is not None and self.c_from is not None and self.c < self.day:
                self.end("after-sale")
                self.c = self.c_from = None
                today = [s for s in self.file.sales if s.completed_on == self.day and self.counts(s)]
                if today:
                    self.c = self.c_from = self.day
        if not self.eligible:
            self.end("dormant-week", "dormant-month")
        if not (self.eligible and self.dormant):
            self.end("dormant-month")
            self.series = None
        if self.day == month_start(self.day):
            self.end("dormant-month")
        if not self.takeover_possible:
            self.end("takeover")
        if not self.prospect_possible:
            self.end("prospect")

    @property
    def intention(self) -> str:
        holds = [value for value, until in self.said if until is None or until > self.day]
        return holds[-1] if holds else ""

    @property
    def prospect_possible(self) -> bool:
        return not self.is_customer and not self.excluded and self.intention != "none"

    @property
    def takeover_possible(self) -> bool:
        """Sales follows, nothing excludes, and the balance is known and not owed."""
        return self.sales_follow and self.is_customer and not self.excluded and self.debt is False

    @property
    def debt(self) -> bool | None:
        if not self.fact.get("balance"):
            return None
        return int(self.fact["balance"]) > self.policies.on(self.s or self.day).takeover_max_balance_cents

    @property
    def takeover_day(self) -> date | None:
        if self.s is None:
            return None
        return max(plus_months(self.s, self.policies.on(self.s).takeover_after_months) + DAY, self.start_on)

    def time_opens(self) -> None:
        # callback
        if self.booking is not None and self.booked is None and not self.excluded:
            opens = max(self.booking, self.day)
            self.booked = self.open("callback", opens, opens_on=opens)
            self.booked_day = self.day
        # case-revisit: one for each, unless it is opened again today
        for closing, rows in self.closed:
            window = timedelta(self.policies.on(closing.on).rules["case-revisit"].window_days)
            in_time = closing.on + window >= self.start_on
            waits = closing.reopened_on is None or closing.reopened_on > self.day
            if in_time and waits and not self.excluded and not any(row.live for row in rows):
                rows.append(self.open("case-revisit", self.day + window))
        # after-sale
        if self.c is not None and self.c_from is not None and not self.excluded and not self.live("after-sale"):
            policy = self.policies.on(self.c)
            opens = max(self.c_from, self.start_on)
            if self.k is not None and policy.repeat == "monthly":
                opens = max(opens, plus_months(self.k, policy.again_after_months))
            if self.day >= opens:
                self.open("after-sale", self.day + timedelta(policy.rules["after-sale"].window_days))
        # takeover
        if (
            self.takeover_possible
            and self.takeover_day is not None
            and self.day >= self.takeover_day
            and not self.live("takeover")
            and self.s is not None
        ):
            policy = self.policies.on(self.s)
            if policy.takeover_auto:
                self.open("takeover", self.day + timedelta(policy.rules["takeover"].window_days))
        # brief
        if self.received is not None and not self.excluded and not self.live("brief"):
            window = timedelta(self.policies.on(self.received).rules["brief"].window_days)
            if self.received + window >= self.start_on:
                self.open("brief", self.day + window)
        self.prospect_opens()
        self.dormancy_opens()

    def prospect_opens(self) -> None:
        if not self.prospect_possible or self.live("prospect") or self.day < self.start_on:
            return
        last = self.conversation
        if last is None:
            if self.day >= self.file.entered_on:
                policy = self.policies.on(self.file.entered_on)
                self.open("prospect", self.day + timedelta(policy.prospect_first_window_days))
            return
        policy = self.policies.on(last)
        if self.intention == "interested":
            again = last + timedelta(policy.prospect_interested_after_days)
        else:
            again = plus_months(last, policy.prospect_again_after_months)
        if self.day >= again:
            self.open("prospect", self.day + timedelta(policy.rules["prospect"].window_days))

    def dormancy_opens(self) -> None:
        last = self.last_order
        if last is None or not self.eligible:
            return
        if not self.dormant:
            policy = self.policies.on(last)
            after = policy.week_days(self.file.code, self.file.grade, self.file.region, self.file.industry)
            due_by = last + timedelta(after + policy.rules["dormant-week"].window_days)
            opened = any(row.rule == "dormant-week" and row.opens_on == self.day for row in self.rows)
            if self.day == last + timedelta(after + 1) and due_by >= self.start_on and not opened:
                self.open("dormant-week", due_by)
            return
        if self.series is None:
            self.series = self.day
        for number, _, opens, last_day in self.slots():
            opened = any(row.number == number for row in self.slot_rows())
            if opens == self.day and not opened:
                self.open("dormant-month", last_day, number)
        self.meet_slots()

    def slots(self) -> list[tuple[int, date, date, date]]:
        """The slots of this month that the series owes: number, first day, opens on, last day."""
        assert self.series is not None
        month = month_start(self.day)
        policy = self.policies.on(month)
        result: list[tuple[int, date, date, date]] = []
        for index, first in enumerate(policy.slots):
            begins = month.replace(day=first)
            rest = policy.slots[index + 1 :]
            last = (month.replace(day=rest[0]) if rest else next_month(month)) - DAY
            opens = max(begins, self.series)
            if (last - opens).days + 1 >= policy.min_days_left and last >= self.start_on:
                result.append((len(result) + 1, begins, opens, last))
        return result

    def slot_rows(self) -> list[Row]:
        """The slots of this month and series that have opened."""
        return [
            row
            for row in self.rows
            if row.rule == "dormant-month"
            and month_start(row.opens_on) == month_start(self.day)
            and self.series is not None
            and row.opens_on >= self.series
        ]

    def meet_slots(self) -> None:
        """The k-th day with a contact in this month meets the k-th slot."""
        if self.series is None or not (slots := self.slots()):
            return
        days = [day for day in self.contact_days if slots[0][1] <= day and month_start(day) == month_start(self.day)]
        for row in self.slot_rows():
            if row.live and row.number <= len(days):
                row.met_on = days[row.number - 1]

    # -- revisits ------------------------------------------------------------------------------------------------------

    def revisits(self) -> None:
        for contact in self.file.contacts:
            if contact.on == self.day:
                self.revisit(contact)
        # Taken over today: customer service follows from this day on.
        self.dormancy_opens()
        policy = self.policies.on(self.day)
        for contact in self.file.contacts:
            if contact.on == self.day and self.talked(contact) and contact.channel in policy.phone_channels:
                self.meet("dormant-week")

    def talked(self, contact: Contact) -> bool:
        """A conversation."""
        return (
            not contact.inbound
            and not contact.with_sales
            and contact.result in self.policies.on(self.day).conversation_results
        )

    def revisit(self, contact: Contact) -> None:
        policy = self.policies.on(self.day)
        talked = self.talked(contact)
        messaged = (
            not contact.inbound
            and not contact.with_sales
            and contact.result == policy.message_result
            and contact.channel in policy.message_channels
        )
        enquiry = contact.inbound and not contact.with_sales and contact.result not in policy.attempt_results
        if contact.with_sales and contact.result in policy.conversation_results and self.received is not None:
            self.meet("brief")
            self.received = None
        if talked or enquiry:
            self.meet("callback")
            self.booking = self.booked = None
        if contact.promised_on is not None:
            if self.booked is not None and self.booked.live and self.booked_day == self.day:
                self.rows.remove(self.booked)  # booked anew on the same day: it was never owed at the end of one
            self.end("callback")
            self.booked_day = self.day
            opens = max(contact.promised_on, self.day)
            self.booking = opens if opens >= self.start_on else None
            self.booked = None
            if self.booking is not None and not self.excluded:
                self.booked = self.open("callback", opens, opens_on=opens)
        if talked:
            self.meet("case-revisit")
            self.closed = []
            self.meet("after-sale")
            self.meet("prospect")
            self.c = self.c_from = None
            self.conversation = self.day
            if not self.dormant:
                self.k = self.day
        if talked or messaged:
            if self.day not in self.contact_days:
                self.contact_days.append(self.day)
            if self.live("takeover"):
                self.meet("takeover")
                self.sales_follow = False
                self.s = None
        if contact.intention:
            self.said.append((contact.intention, None))
            for row in self.live("prospect"):
                if not self.prospect_possible and row.opens_on == self.day:
                    self.rows.remove(row)  # owed at the end of no day
            if not self.prospect_possible:
                self.end("prospect")
            self.prospect_opens()

    # -- the day's end -------------------------------------------------------------------------------------------------

    def seen(self) -> Day:
        rows = sorted(seen for row in self.rows if (seen := row.seen(self.day)) is not None)
        opening = (
            self.sales_follow
            and self.is_customer
            and not self.excluded
            and self.takeover_day is not None
            and self.day >= self.takeover_day
        )
        automatic = self.s is None or self.policies.on(self.s).takeover_auto
        missing = {
            "order_date": self.is_customer and self.last_order is None,
            "handover_date": self.is_customer and self.sales_follow and self.s is None,
            "balance": opening and self.debt is None,
        }
        return Day(
            on=self.day,
            owed=[seen for seen in rows if seen[3] in ("open", "overdue")],
            settled=[seen for seen in rows if seen[3] not in ("open", "overdue")],
            promised=self.booked is not None and self.booked.live and self.booked.opens_on > self.day,
            excluded=any(self.fact.get(name) == "1" for name in ("do_not_call", "closed")),
            waived=self.fact.get("waived") == "1",
            candidate=opening and self.debt is False and not automatic,
            missing=frozenset(name for name, holds in missing.items() if holds),
        )
