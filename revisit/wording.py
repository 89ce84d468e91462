"""From codes and numbers to sentences, in the language in use: the one place where a reason becomes words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from revisit import form_words, terms
from revisit.i18n import N_, _, language
from revisit.policy.hours import Outside

OWED = {
    "callback": N_("a call back was promised on {booked_on}"),
    "callback-planned": N_("planned on {planned_on}"),
    "case-revisit": N_("a problem was closed on {closed_on}, no conversation since"),
    "case-revisit-complaint": N_("complaint {complaint} was closed on {closed_on}, no conversation since"),
    "case-revisit-case": N_("case {case} was closed on {closed_on}, no conversation since"),
    "after-sale": N_("sale completed on {completed_on}, no conversation since"),
    "after-sale-again": N_("sale completed on {completed_on}, last conversation on {contact_on}: once a month"),
    "dormant-week": N_("no order for {idle_days} days (last {last_order_on})"),
    "dormant-month": N_("no order for {idle_days} days (last {last_order_on}); {made} of {owed} contacts this month"),
    "takeover": N_("sales has not followed up since {sales_on}, nothing is owed"),
    "prospect": N_("a prospect, last conversation on {contact_on}"),
    "prospect-first": N_("a new prospect, entered on {entered_on}, no conversation yet"),
    "prospect-interested": N_("an interested prospect, last conversation on {contact_on}"),
    "brief": N_("received on {allocated_on}, no talk with the salesperson yet"),
}
SINCE_CONTRACT = {
    "dormant-week": N_("never ordered, {idle_days} days since the contract of {contract_on}"),
    "dormant-month": N_(
        "never ordered, {idle_days} days since the contract of {contract_on}; {made} of {owed} contacts this month"
    ),
}
NOT_OWED = {
    "do_not_call": N_("do not call"),
    "closed": N_("the file is closed"),
    "waived": N_("waived by a supervisor"),
    "opens": N_("opens on {opens_on}"),
    "met": N_("met on {met_on}"),
    "void": N_("ended on {ended_on} before it was due: {cause}"),
    "missed": N_("missed: ended on {ended_on} ({cause})"),
    "prospect": N_("a prospect: no order and no contract yet"),
    "by-sales": N_("the sales department follows this customer"),
    "by-service": N_("customer service follows this customer"),
    "debt": N_("excluded by a debt of {balance}"),
    "candidate": N_("a candidate: a supervisor may register the takeover"),
    "over-a-month": N_("dormant over a month since {since}: two contacts a month are owed instead"),
    "defective-handover_date": N_("cannot be judged: neither a hand-over date nor a sales follow-up is known"),
    "defective-balance": N_("cannot be judged: the balance is unknown"),
    "defective-order_date": N_("cannot be judged: neither an order nor a contract date is known"),
    "no-callback": N_("no call back was promised"),
    "no-case-revisit": N_("no case that was closed waits for a conversation"),
    "no-after-sale": N_("no completed sale waits for a conversation"),
    "no-dormant-week": N_("not owed for the last order"),
    "no-dormant-month": N_("no contact is owed this month"),
    "no-takeover": N_("no takeover is owed"),
    "no-prospect": N_("a customer, no prospect any more"),
    "intention-none": N_("a prospect without intention"),
    "no-brief": N_("no talk with the salesperson is owed"),
}
CAUSES = {
    "rebooked": N_("booked anew"),
    "reopened": N_("the case was opened again"),
    "dormant": N_("dormant over a month"),
    "cancelled": N_("the sale was cancelled"),
    "order": N_("a new order"),
    "contract": N_("a contract was signed"),
    "intention": N_("no intention"),
    "reallocated": N_("given to another representative"),
    "excluded": N_("excluded"),
    "waived": N_("waived"),
    "handover": N_("handed over"),
    "kind": N_("marked as another kind"),
    "sales_follow_up": N_("sales followed up"),
    "balance": N_("a balance is owed"),
    "month_over": N_("the month is over"),
}
OUTSIDE = {
    "rest-day": N_("a day off"),
    "meal": N_("meal time, {start} to {end}"),
    "early": N_("calls begin at {end}"),
    "late": N_("calls end at {start}"),
}
"""Why a moment is outside call hours."""
MISSING = {
    "order_date": N_("order or contract date"),
    "handover_date": N_("hand-over date or sales follow-up"),
    "balance": N_("balance"),
}
MENDED_BY = {
    "order_date": N_("import an order, or enter the contract date"),
    "handover_date": N_("enter the hand-over date, or import the follow-ups of sales"),
    "balance": N_("enter the balance, 0 if nothing is owed"),
}
BAD_WHEN = {
    "unknown": N_("I do not understand the date {text}"),
    "impossible": N_("there is no such date: {text}"),
    "ambiguous": N_("{text} can be read in two ways"),
    "clash": N_("the weekday does not fit the date: {text}"),
    "weekday": N_("{text}: this week or next week?"),
    "vague": N_("{text} names no day that could be kept"),
    "over": N_("{text} has passed"),
    "deadline": N_("{text} says until when, but not when"),
    "range": N_("{text} is longer than one stretch of the call hours"),
    "no-working-day": N_("{text}: no call hour is left until then"),
    "far": N_("{text} is more than two years away"),
}
"""What is wrong with a date or time that a person typed, by the code of its error."""
UNPUBLISHED = N_("The working calendar of {year} is not published here: only weekends count as rest days.")
WHEN_REMEDIES = {
    "ambiguous": N_("write for example 下午3点 or 15:00, and a date as 2026-10-08"),
    "clash": N_("leave out one of the two"),
    "weekday": N_("write today, 下周五, friday next week or the date"),
    "vague": N_("name a day: 明天下午3点, 下周三上午, 月底前, tomorrow afternoon"),
    "over": N_("name a day: 明天下午3点, 下周三上午, 月底前, tomorrow afternoon"),
    "deadline": N_("name the time to call: 明天下午2点, tomorrow 14:00"),
    "range": N_("name the time to call: 明天下午2点, tomorrow 14:00"),
    "no-working-day": N_("name a day: 明天下午3点, 下周三上午, 月底前, tomorrow afternoon"),
}
AT_ONCE_HOURS = 0.05
ALIKE = {
    "same-name": N_("the same name"),
    "same-core": N_("the same name but for legal form and place"),
    "elsewhere": N_("the same name in another place"),
    "same-sound": N_("names that sound the same"),
    "short-sound": N_("short names that sound the same"),
    "like-name": N_("names that are {percent} % alike"),
    "short-name": N_("one name begins the other"),
    "same-phone": N_("the same phone"),
    "same-address": N_("the same address"),
    "same-person": N_("the same contact person"),
}
"""Why two customers may be one (`policy.likeness`)."""
STATES = {
    "ahead": N_("ahead"),
    "open": N_("open"),
    "overdue": N_("overdue"),
    "in_time": N_("in time"),
    "late": N_("late"),
    "missed": N_("missed"),
    "void": N_("void"),
}
WORDS = {
    "phone": N_("phone"), "visit": N_("visit"), "sms": N_("text message"), "wechat": N_("WeChat"), "email": N_("e-mail"),
    "service": N_("service desk"), "reached": N_("reached"), "declined": N_("declined"), "sent": N_("sent"),
    "no_answer": N_("no answer"), "busy": N_("engaged"), "wrong_number": N_("wrong number"),
    "inconvenient": N_("not convenient"), "satisfied": N_("satisfied"), "neutral": N_("neutral"),
    "dissatisfied": N_("dissatisfied"), "customer": N_("customer"), "prospect": N_("prospect"),
    "sales": N_("sales"), "interested": N_("interested"), "undecided": N_("undecided"), "none": N_("none"),
    "representative": N_("representative"), "supervisor": N_("supervisor"), "administrator": N_("administrator"),
    "approver": N_("approver"), "auditor": N_("auditor"), "call-sheet": N_("call sheet"), "late_record": N_("written down late"),
    "stated": N_("as stated"),
} | terms.WORDS | form_words.WORDS  # fmt: skip
DEPARTMENTS = {"service": N_("customer service"), "sales": N_("sales department")}
FACTS = {
    "kind": N_("kind"),
    "intention": N_("intention"),
    "contract_on": N_("contract"),
    "balance": N_("balance"),
    "do_not_call": N_("do not call"),
    "waived": N_("waived"),
    "closed": N_("closed"),
    "credit_limit": N_("credit limit"),
    "term_days": N_("payment term in days"),
}
ACTIONS = {
    "create": N_("made"), "update": N_("changed"), "import": N_("imported"), "amend": N_("corrected"),
    "void": N_("taken back"), "supersede": N_("replaced by a newer version"), "assign": N_("given to somebody"),
    "state": N_("stated"), "adopt": N_("adopted"), "reveal": N_("revealed"), "upgrade": N_("brought up to date"),
    "merge": N_("merged"), "undo": N_("undone"), "export": N_("exported"), "refuse": N_("refused"), "close": N_("frozen"),
}  # fmt: skip
"""What was done, as the audit calls it."""
TABLES = {
    "company": N_("company"), "policy_version": N_("policy"), "department": N_("department"), "staff": N_("staff"),
    "import_batch": N_("import"), "customer": N_("customer file"), "contact_person": N_("contact person"),
    "contact_point": N_("phone or address"), "order_": N_("order"), "revisit": N_("revisit"), "booking": N_("booking"),
    "allocation": N_("allocation"), "handover": N_("hand-over"), "fact": N_("fact of the file"),
    "distinct_pair": N_("two that look alike"), "call_": N_("call"), "claim": N_("claim"), "case_": N_("case"),
    "shift_note": N_("note for the next shift"), "move": N_("step of a matter"), "deadline": N_("deadline"),
    "pause": N_("pause"), "climb": N_("escalation"), "feedback_time": N_("feedback time"),
    "shown_order": N_("order shown by a sheet"), "sales_follow_up": N_("sales follow-up"), "alembic_version": N_("schema"),
} | terms.TABLES | form_words.TABLES  # fmt: skip
"""What was changed, by table."""
SPOKEN = (
    "kind", "intention", "channel", "result", "satisfaction", "with_whom", "role", "source_number", "change_reason", "severity",
    "urgency", "verdict",
)  # fmt: skip
"""Columns whose values are words of ours."""
COLUMNS = {
    "name": N_("name"), "timezone": N_("time zone"), "start_on": N_("programme start"), "in_force_from": N_("in force from"),
    "sha256": N_("hash"), "adopted_at": N_("adopted at"), "adopted_by": N_("adopted by"), "written_by": N_("written by"),
    "body": N_("text"),
    "login": N_("login"), "role": N_("role"), "post": N_("post"), "department": N_("department"),
    "ability_percent": N_("ability in percent"), "active": N_("active"), "created_at": N_("entered at"),
    "kind": N_("kind"), "file": N_("file name"), "file_name": N_("file name"), "images": N_("hash of what was before"),
    "inserted": N_("new"), "updated": N_("changed"), "unchanged": N_("unchanged"), "rejected": N_("rejected"),
    "removed": N_("removed"), "restored": N_("changed back"), "kept": N_("kept"),
    "counts": N_("counts"), "at": N_("at"), "code": N_("code"), "grade": N_("grade"), "region": N_("region"),
    "industry": N_("industry"), "intention": N_("intention"), "salesperson": N_("salesperson"),
    "followed_by": N_("followed by"), "followed_since": N_("handed over on"), "contract_on": N_("contract"),
    "balance": N_("balance"), "credit_limit": N_("credit limit"), "term_days": N_("payment term in days"),
    "birthday": N_("birthday"), "do_not_call": N_("do not call"), "closed": N_("closed"), "waived": N_("waived"),
    "filled_stated": N_("filled in at, as stated"), "opened_at": N_("opened at"), "immediate": N_("at once"),
    "what": N_("what it is about"), "state": N_("state"), "closed_on": N_("closed on"), "written_on": N_("written on"),
    "text": N_("text"), "matter": N_("kind of matter"), "action": N_("action"), "state_from": N_("state before"),
    "state_to": N_("state after"), "said": N_("more"), "clock": N_("clock"), "due_by": N_("due by"), "ended": N_("ended"),
    "ended_at": N_("ended at"), "started_at": N_("begun at"), "climbs_at": N_("climbs at"), "level": N_("level"),
    "answer_clock": N_("what the department owes"), "document": N_("document"), "sender": N_("sender"),
    "sent_on": N_("sent on"), "receiver": N_("receiver"), "why": N_("why"),
    "note": N_("note"), "extra": N_("further columns"), "shown_order_on": N_("last order shown"),
    "entered_on": N_("entered on"), "rep": N_("representative"), "position": N_("place"), "title": N_("form of address"),
    "value": N_("value"), "number": N_("number"), "ordered_on": N_("ordered on"), "completed_on": N_("completed on"),
    "cancelled_on": N_("cancelled on"), "amount": N_("amount"), "product": N_("product"), "version": N_("version"),
    "is_current": N_("in force"), "is_void": N_("void"), "staff": N_("staff"), "done_on": N_("day"), "done_at": N_("time"),
    "filled_at": N_("filled in at"), "channel": N_("channel"), "result": N_("result"), "inbound": N_("the customer called"),
    "important": N_("important"), "with_whom": N_("with"), "person": N_("person"), "satisfaction": N_("satisfaction"),
    "reason": N_("reason"), "suggestion": N_("suggestion"), "found_us": N_("how they found us"),
    "recommend": N_("would recommend us"), "order_again": N_("would order again"),
    "source_number": N_("number in the old log"), "change_reason": N_("why"), "promised_on": N_("booked for"),
    "promised_at": N_("booked time"), "purpose": N_("purpose"), "planned": N_("planned by us"), "from_on": N_("from"),
    "until_on": N_("until, not included"), "temporary": N_("temporary"), "to_whom": N_("to"),
    "customer": N_("customer"), "other": N_("other customer"), "keep": N_("kept file"), "merged": N_("merged file"),
    "merged_into": N_("merged into"), "version_num": N_("revision"), "rows": N_("rows"), "revealed": N_("with whole numbers"),
    "phone": N_("phone"), "address": N_("address"), "contact": N_("contact person"), "sheet": N_("call sheet"),
} | terms.COLUMNS | form_words.COLUMNS  # fmt: skip
"""What a column is called where a change is told."""
RULES = {
    "callback": N_("promised callback"),
    "after-sale": N_("after a sale"),
    "dormant-week": N_("dormant over a week"),
    "dormant-month": N_("dormant over a month"),
    "takeover": N_("takeover from sales"),
    "prospect": N_("prospect to follow"),
    "brief": N_("talk with sales"),
    "case-revisit": N_("after a complaint or case"),
    "campaign": N_("campaign"),
}


OWED_WITH = {
    ("after-sale", "contact_on"): "after-sale-again", ("case-revisit", "case"): "case-revisit-case",
    ("case-revisit", "complaint"): "case-revisit-complaint", ("callback", "planned_on"): "callback-planned",
    ("prospect", "entered_on"): "prospect-first", ("prospect", "intention"): "prospect-interested",
}  # fmt: skip
"""The sentence of a rule where a number stands among its numbers."""


def owed(rule: str, numbers: Mapping[str, str], *, idle_days: int | None, made: int, owed: int) -> str:
    """Why a contact is owed: the rule's sentence with its numbers."""
    template = OWED[next((key for (of, name), key in OWED_WITH.items() if of == rule and name in numbers), rule)]
    if "contract_on" in numbers and rule in SINCE_CONTRACT:
        template = SINCE_CONTRACT[rule]
    return _(template).format(**{**numbers, "idle_days": idle_days, "made": made, "owed": owed})


def not_owed(code: str, numbers: Mapping[str, str]) -> str:
    """Why nothing is owed under a rule."""
    cause = CAUSES[numbers.get("cause") or "month_over"]
    balance = money(int(numbers["balance_cents"])) if "balance_cents" in numbers else ""
    if code == "waived" and "until_on" in numbers:
        return _("waived by a supervisor, until {until_on}").format(**numbers)
    return _(NOT_OWED[code]).format(**{"ended_on": "?", **numbers, "balance": balance, "cause": _(cause)})


def lag(hours: float, allowed: int, clause: str, *, stated: bool) -> str:
    """How long after a talk it was written down; where that was too late, how long it may take."""
    soon = abs(hours) < AT_ONCE_HOURS
    told = _("right after the talk") if soon else _("{hours} h after the talk").format(hours=shown_hours(hours))
    if stated:
        told += _(" (as stated)")
    if hours > allowed:
        told += _("; allowed: {allowed} h").format(allowed=allowed) + (f" [{clause}]" if clause else "")
    return told


def shown_hours(hours: float) -> str:
    """Hours with one decimal, none where it is 0."""
    return f"{hours:.1f}".removesuffix(".0")


def missing(code: str) -> str:
    """Why a customer is not judged: the fact that is missing, or what takes every rule away."""
    return _("no {fact}").format(fact=_(MISSING[code])) if code in MISSING else not_owed(code, {})


def mend(code: str) -> str:
    """How a missing fact comes into the file; what is not missing needs nothing."""
    return _(MENDED_BY[code]) if code in MENDED_BY else ""


def booked(sentence: str, purpose: str, ask_for: str) -> str:
    """Why a contact is owed, with what it was booked for and whom to ask for."""
    parts = [sentence]
    if purpose:
        parts.append(_("about: {purpose}").format(purpose=purpose))
    if ask_for:
        parts.append(_("ask for {person}").format(person=ask_for))
    return _("; ").join(parts)


def word(code: str) -> str:
    """A channel, result, satisfaction, line of a call sheet … in words; what is not ours stays as it is."""
    if code.startswith("sheet:") and code.count(":") == 2:
        _kind, sheet, place = code.split(":")
        return _("call sheet {sheet}, line {place}").format(sheet=sheet, place=place)
    return _(WORDS[code]) if code in WORDS else code


def words(codes: Iterable[str], shown: Callable[[str], str] = word) -> str:
    """Codes as they are typed, in Chinese with what they mean."""
    return ", ".join(code if language() == "en" else f"{code}（{shown(code)}）" for code in codes)


def alike(code: str, percent: int = 100) -> str:
    """Why two customers may be one."""
    return _(ALIKE[code]).format(percent=percent)


def department(code: str) -> str:
    """A department in words."""
    return _(DEPARTMENTS[code]) if code in DEPARTMENTS else code


def fact(name: str, value: str) -> str:
    """A fact of the file that changed, in words."""
    if name in ("do_not_call", "waived", "closed"):
        value = _("yes") if value == "1" else _("no")
    return f"{_(FACTS[name]) if name in FACTS else name} = {word(value)}"


def action(code: str) -> str:
    """What was done, in words; what is not ours stays as it is."""
    return _(ACTIONS[code]) if code in ACTIONS else code


def table(name: str) -> str:
    """What was changed, in words."""
    return _(TABLES[name]) if name in TABLES else name


def column(name: str) -> str:
    """The name of a column in words."""
    return _(COLUMNS[name]) if name in COLUMNS else name


def change(name: str, old: object, new: object) -> str:
    """One change in words: what it was, what it is; only what it is where it was nothing."""
    if old in (None, ""):
        return _("{field}: {new}").format(field=column(name), new=told(name, new))
    return _("{field}: {old} → {new}").format(field=column(name), old=told(name, old), new=told(name, new))


def told(name: str, value: object) -> str:
    """A value of a column in words; a dash for none."""
    if value in (None, ""):
        return "—"
    if isinstance(value, bool) or (name in ("waived", "closed", "do_not_call") and value in ("0", "1")):
        return _("yes") if value in (True, "1") else _("no")
    if name in ("followed_by", "to_whom"):
        return department(str(value))
    if name == "duty":
        return form_words.duty(str(value))
    if name in form_words.QUANTITIES and isinstance(value, int):
        return form_words.quantity(value)
    if name == "settlement":
        return form_words.settlement(str(value))
    if name in SPOKEN:
        return word(str(value))
    if name == "name" and value in FACTS:
        return _(FACTS[str(value)])
    return str(value)


def listed(texts: Iterable[str]) -> str:
    """Texts one after the other, with the mark between them that the language in use has."""
    return _(", ").join(texts)


def outside(why: Outside) -> str:
    """Why no call should be made at a moment."""
    if why.code == "rest-day" and why.festival:
        return _("a day off ({festival})").format(festival=why.festival.get(language(), ""))
    start, end = (f"{at:%H:%M}" if at else "" for at in (why.start, why.end))
    return _(OUTSIDE[why.code]).format(start=start, end=end)


def rule(name: str) -> str:
    """A rule in words."""
    return _(RULES[name]) if name in RULES else name


def state(code: str) -> str:
    """A state in words."""
    return _(STATES[code])


def money(cents: int) -> str:
    """Whole cents as text with two decimals."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
