"""What words, tables and columns of approvals, service jobs, surveys, chats, inspections and reports are called; `wording` joins
them."""

from __future__ import annotations

from revisit.i18n import N_

WORDS = {
    "paid": N_("paid"), "contract": N_("by contract"), "free": N_("free of charge"), "internal": N_("internal"),
    "on-site": N_("on site"), "remote": N_("remote"), "very-satisfied": N_("very satisfied"), "fair": N_("fair"),
    "poor": N_("poor"), "attitude": N_("attitude"), "skill": N_("skill"), "arrival": N_("arrival time"),
    "promises": N_("kept promises"), "right": N_("right"), "minor": N_("minor fault"), "major": N_("major fault"),
}  # fmt: skip
INTENTIONS = {
    "interested": N_("interested"), "undecided": N_("undecided"), "none": N_("no intention"),
    "unknown": N_("intention not known"),
}  # fmt: skip
"""What a prospect intends, where nothing else says of what is spoken."""
BECAME = {
    "": N_("still a prospect"), "order": N_("a customer who ordered"), "contract": N_("a customer by contract"),
    "kind": N_("a customer, no longer marked as a prospect"),
}  # fmt: skip
"""What became of a prospect, by what made it a customer."""
TABLES = {
    "approval": N_("approval"), "signature": N_("signature"), "delegation": N_("delegation"),
    "service_job": N_("service job"), "survey": N_("survey"), "chat_message": N_("message of a chat"),
    "target": N_("target"), "inspection": N_("inspection"), "inspected": N_("checked record"),
    "report": N_("report"), "closed_report": N_("closed month"),
}  # fmt: skip
COLUMNS = {
    "label": N_("month"),
    "old_credit_limit": N_("credit limit until now"), "old_term_days": N_("payment term until now"), "round": N_("form"),
    "step": N_("step"), "holder": N_("for"), "deputy": N_("deputy"), "void_at": N_("void since"), "asked_at": N_("asked at"),
    "asker": N_("asked by"), "matter_id": N_("matter"), "batch": N_("import"),
    "place": N_("place"), "wanted_on": N_("wanted for"), "wanted_at": N_("wanted time"),
    "worker": N_("who goes"), "approver": N_("approved by"), "fee": N_("fee"), "signed_by": N_("signed by"),
    "signed_at": N_("signed at"), "attitude": N_("attitude"), "skill": N_("skill"), "arrival": N_("arrival time"),
    "promises": N_("kept promises"), "grave": N_("grave"), "asked_on": N_("asked on"), "by": N_("asked by"),
    "void_reason": N_("why it does not count"), "case": N_("case"), "job": N_("service job"), "chat": N_("chat"),
    "sender": N_("sender"), "visitor": N_("visitor"), "month": N_("month"), "indicator": N_("indicator"),
    "size": N_("size of the sample"), "seed": N_("seed"), "population": N_("records there were"), "sample": N_("sample"),
    "record": N_("record"), "verdict": N_("verdict"), "finding": N_("finding"), "evidence": N_("evidence"),
    "period": N_("period"), "on": N_("as it stood on"),
}  # fmt: skip
