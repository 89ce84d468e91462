"""What states, actions, clocks and stretches of time of matters are called."""

from __future__ import annotations

from revisit.i18n import N_

STATES = {
    "open": N_("open, not decided yet"),
    "coordinating": N_("being coordinated"),
    "routed": N_("with the department"),
    "answered": N_("answered by the department"),
    "resolved": N_("resolved, the customer not told yet"),
    "closed": N_("closed, the customer was told"),
    "asked": N_("not signed yet"),
    "signed": N_("partly signed"),
    "approved": N_("approved"),
    "rejected": N_("turned down"),
    "withdrawn": N_("withdrawn"),
}
ACTIONS = {
    "open": N_("opened"),
    "decide": N_("decided"),
    "coordinate": N_("coordinated"),
    "route": N_("sent to the department"),
    "respond": N_("answered"),
    "urge": N_("urged"),
    "hold": N_("waits for the customer"),
    "resume": N_("goes on"),
    "resolve": N_("resolved"),
    "tell": N_("customer told"),
    "reopen": N_("opened again"),
    "escalate": N_("escalated"),
    "request": N_("asked for"),
    "sign": N_("signed"),
    "complete": N_("approved"),
    "reject": N_("turned down"),
    "change": N_("changed"),
    "withdraw": N_("withdrawn"),
    "remind": N_("reminded"),
    "climb": N_("put before the next post"),
}
CLOCKS = {
    "decide": N_("decision"),
    "coordinate": N_("coordination"),
    "form": N_("form to the department"),
    "contact": N_("department's first contact"),
    "plan": N_("department's plan of measures"),
    "feedback": N_("feedback"),
    "sign": N_("signature"),
}
SEGMENTS = {
    "counted": N_("counted"),
    "night": N_("outside working hours"),
    "meal": N_("break at noon"),
    "rest-day": N_("days off"),
    "festival": N_("festival"),
    "paused": N_("waiting for the customer"),
    "first-day": N_("the first day"),
}
ENDED = {"": N_("running"), "met": N_("met"), "dropped": N_("dropped")}
