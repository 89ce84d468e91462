"""The words of the complaint form: its columns where a change is told, and what may stand in them; quantities as shown."""

from __future__ import annotations

from revisit.i18n import N_, _

TABLES = {
    "complaint": N_("complaint"), "measure": N_("measure of improvement"), "returned_goods": N_("returned goods"),
}  # fmt: skip
COLUMNS = {
    "parent": N_("form before"), "approval": N_("approval"), "severity": N_("severity"),
    "urgency": N_("urgency"), "order_number": N_("order"), "batch_number": N_("batch"),
    "quantity": N_("quantity"), "unit": N_("unit"), "shipped_on": N_("shipped on"), "demand": N_("demand"), "cause": N_("cause"),
    "upheld": N_("upheld"), "responsible": N_("responsible department"), "supplier_liable": N_("supplier liable"),
    "loss": N_("loss"), "settlement": N_("settlement"), "answered_on": N_("customer told on"), "due_on": N_("due on"),
    "ended_on": N_("ended on"), "goods": N_("goods"), "note_number": N_("number of the note"), "announced": N_("announced"),
    "received": N_("came back"), "receiver": N_("received by"), "approved": N_("approved"), "duty": N_("duty"),
}  # fmt: skip
WORDS = {
    "quality": N_("quality"), "non-quality": N_("not quality"), "ordinary": N_("ordinary"), "severe": N_("severe"),
    "urgent": N_("urgent"), "no-settlement": N_("no settlement"), "refund": N_("refund"),
    "discount": N_("discount"), "return": N_("return"),
    "replacement": N_("replacement"), "repair": N_("repair"), "compensation": N_("compensation"),
}  # fmt: skip
SETTLEMENTS = ("none", "refund", "discount", "return", "replacement", "repair", "compensation")
"""How a complaint may be settled."""
DUTIES = {
    "marketing": N_("marketing"), "development": N_("research and development"), "service": N_("customer service"),
}  # fmt: skip
"""The parts that departments have in a complaint."""
QUANTITIES = ("quantity", "announced", "received", "approved")
"""Columns that hold thousandths of a unit."""


def duty(code: str) -> str:
    """The part that a department has in a complaint, in words."""
    return _(DUTIES[code]) if code in DUTIES else code


def quantity(thousandths: int) -> str:
    """A quantity as it is written: 20, 12.5."""
    whole, part = divmod(thousandths, 1000)
    return f"{whole}.{part:03d}".rstrip("0").rstrip(".") if part else str(whole)


def settlement(code: str) -> str:
    """How a complaint is settled, in words; `none` is also a word of what a customer intends, and another one in Chinese."""
    return _(WORDS["no-settlement" if code == "none" else code])
