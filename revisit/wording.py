"""From codes and numbers to sentences, in the language in use: the one place where a reason becomes words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from revisit.i18n import N_, _, language

OWED = {
    "callback": N_("a call back was promised on {booked_on}"),
    "after-sale": N_("sale completed on {completed_on}, no conversation since"),
    "after-sale-again": N_("sale completed on {completed_on}, last conversation on {contact_on}: once a month"),
    "dormant-week": N_("no order for {idle_days} days (last {last_order_on})"),
    "dormant-month": N_("no order for {idle_days} days (last {last_order_on}); {made} of {owed} contacts this month"),
    "takeover": N_("sales has not followed up since {sales_on}, nothing is owed"),
}
SINCE_CONTRACT = {
    "dormant-week": N_("never ordered, {idle_days} days since the contract of {contract_on}"),
    "dormant-month": N_(
        "never ordered, {idle_days} days since the contract of {contract_on}; {made} of {owed} contacts this month"
    ),
}
NOT_OWED = {
    "excluded": N_("excluded: do not call, or the file is closed"),
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
    "no-after-sale": N_("no completed sale waits for a conversation"),
    "no-dormant-week": N_("not owed for the last order"),
    "no-dormant-month": N_("no contact is owed this month"),
    "no-takeover": N_("no takeover is owed"),
}
CAUSES = {
    "rebooked": N_("booked anew"),
    "dormant": N_("dormant over a month"),
    "cancelled": N_("the sale was cancelled"),
    "order": N_("a new order"),
    "excluded": N_("excluded"),
    "waived": N_("waived"),
    "handover": N_("handed over"),
    "kind": N_("no customer any more"),
    "sales_follow_up": N_("sales followed up"),
    "balance": N_("a balance is owed"),
    "month_over": N_("the month is over"),
}
MISSING = {
    "order_date": N_("order or contract date"),
    "handover_date": N_("hand-over date or sales follow-up"),
    "balance": N_("balance"),
}
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
}  # fmt: skip
DEPARTMENTS = {"service": N_("customer service"), "sales": N_("sales department")}
FACTS = {
    "kind": N_("kind"),
    "intention": N_("intention"),
    "contract_on": N_("contract"),
    "balance": N_("balance"),
    "do_not_call": N_("do not call"),
}
RULES = {
    "callback": N_("promised callback"),
    "after-sale": N_("after a sale"),
    "dormant-week": N_("dormant over a week"),
    "dormant-month": N_("dormant over a month"),
    "takeover": N_("takeover from sales"),
}


def owed(rule: str, numbers: Mapping[str, str], *, idle_days: int | None, made: int, owed: int) -> str:
    """Why a contact is owed: the rule's sentence with its numbers."""
    template = OWED[rule]
    if "contract_on" in numbers and rule in SINCE_CONTRACT:
        template = SINCE_CONTRACT[rule]
    elif rule == "after-sale" and "contact_on" in numbers:
        template = OWED["after-sale-again"]
    return _(template).format(**{**numbers, "idle_days": idle_days, "made": made, "owed": owed})


def not_owed(code: str, numbers: Mapping[str, str]) -> str:
    """Why nothing is owed under a rule."""
    cause = CAUSES[numbers.get("cause") or "month_over"]
    balance = money(int(numbers["balance_cents"])) if "balance_cents" in numbers else ""
    return _(NOT_OWED[code]).format(**{"ended_on": "?", **numbers, "balance": balance, "cause": _(cause)})


def missing(code: str) -> str:
    """Why a customer is not judged: the fact that is missing, or what takes every rule away."""
    return _("no {fact}").format(fact=_(MISSING[code])) if code in MISSING else not_owed(code, {})


def word(code: str) -> str:
    """A channel, result, satisfaction … in words; what is not ours stays as it is."""
    return _(WORDS[code]) if code in WORDS else code


def words(codes: Iterable[str]) -> str:
    """Codes as they are typed, in Chinese with what they mean."""
    return ", ".join(code if language() == "en" else f"{code}（{word(code)}）" for code in codes)


def department(code: str) -> str:
    """A department in words."""
    return _(DEPARTMENTS[code]) if code in DEPARTMENTS else code


def fact(name: str, value: str) -> str:
    """A fact of the file that changed, in words."""
    if name == "do_not_call":
        value = _("yes") if value == "1" else _("no")
    return f"{_(FACTS[name]) if name in FACTS else name} = {word(value)}"


def listed(texts: Iterable[str]) -> str:
    """Texts one after the other, with the mark between them that the language in use has."""
    return _(", ").join(texts)


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
