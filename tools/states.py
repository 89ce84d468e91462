"""Writes docs/states.md from the tables of the state machines (`policy/machines.py`): `make guide`.

A test holds the page equal to what this makes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from revisit.policy.machines import MACHINES, Machine, diagram

PAGE = Path(__file__).resolve().parents[1] / "docs" / "states.md"
HEAD = """# States of matters

What may be done with a matter in which state, by whom, what it needs, and which deadlines it begins and ends. This page is
made from the tables in `revisit/policy/machines.py` (`make guide`). Anything else is refused, with what would be possible.

Who: `keeper` is the customer's representative, `lead` who leads the team (supervisor, administrator, and whoever holds a post
that the matter was put before), `department` the people of the department it was sent to, `signer` who may sign it now,
`worker` the person sent to a service job, `marketing`, `development` the people of a department that carries that duty; where
none does, those of the department that the complaint was sent to. What a need is not about is filled: only remote service
needs an approval, only paid service a fee.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for machine in MACHINES for line in _part(machine))])


def _part(machine: Machine) -> Iterator[str]:
    yield f"## {machine.name}"
    yield from ("", "```mermaid", diagram(machine), "```", "")
    yield "| in state | action | leads to | who | needs | begins | ends |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for move in machine.moves:
        cells = (
            move.state or "–", f"`{move.action}`", move.to, ", ".join(sorted(move.who)), ", ".join(move.needs) or "–",
            ", ".join(move.starts) or "–", ", ".join(move.ends) or "–",
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"
    yield ""
    if machine.aside:
        aside = ", ".join(f"`{action}`" for action in sorted(machine.aside))
        yield from (f"Whatever is done ends the waiting for the customer (`hold`), but for: {aside}.", "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
