"""What an import asked to be signed is withdrawn with it, as long as nobody has signed it or put it in another form."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from revisit import audit
from revisit.approvals import bulk
from revisit.undoing.spans import conditions, within
from revisit.undoing.work import Held, Work

if TYPE_CHECKING:
    from sqlmodel import Session

MADE = "SELECT id FROM approval WHERE {where}"


def withdraw(session: Session, work: Work, *, at: datetime, text: str) -> tuple[int, ...]:
    """Withdraws the approvals that the imports taken back have asked for; their numbers. What somebody has touched stays and is
    kept in `work`. The audit rows name no customer, so that they hold no file."""
    held = work.held("approval")
    owned = work.owned("approval")
    ids = [row[0] for where in conditions("id", owned) for row in work.sql.rows(MADE.format(where=where))]
    free = [one for one in ids if one not in held]
    found = bulk.withdraw_unsigned(work.sql, free, actor_id=work.actor_id, at=at, text=text)
    for one in found:
        audit.changed(
            session, action="undo", table="approval", row_id=one.id, batch_id=work.batch,
            before={"state": one.state}, after={"state": "withdrawn"},
        )  # fmt: skip
    own = work.makers("approval").spans({work.batch})
    work.kept += [Held("approval", id_, (), why) for id_, why in held.items() if within(own, id_)]
    return tuple(one.number for one in found)
