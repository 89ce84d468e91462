"""Calls as they are kept: a draft with each answer, so that an interrupted call goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from revisit.coverage import steps_of
from revisit.db import Sql, instant
from revisit.policy.scripts import Script, Step

COLUMNS = """
c.id, c.script, c.script_version, c.script_hash, c.language, c.channel, c.started_at, c.talk_seconds, c.steps, c.notes,
c.cut_short, c.raised
"""
MINE = f"""
SELECT {COLUMNS} FROM call_ c WHERE c.state = 'draft' AND c.staff_id = :staff AND c.customer_id = :customer
ORDER BY c.id DESC LIMIT 1
"""
OF_OTHERS = """
SELECT s.name, c.started_at FROM call_ c JOIN staff s ON s.id = c.staff_id
WHERE c.state = 'draft' AND c.staff_id <> :staff AND c.customer_id = :customer ORDER BY c.started_at
"""


BEGIN = """
INSERT INTO call_
  (customer_id, staff_id, state, script, script_version, script_hash, language, channel, started_at, talk_seconds, steps, notes,
   cut_short)
VALUES (:customer, :staff, 'draft', :script, :version, :hash, :language, :channel, :at, 0, '[]', '', '') RETURNING id
"""
KEEP = """
UPDATE call_ SET steps = :steps, notes = :notes, talk_seconds = :seconds, cut_short = :cut_short, raised = :raised
WHERE id = :id AND state = 'draft'
"""
END = "UPDATE call_ SET state = :state, ended_at = :at, revisit_id = :revisit WHERE id = :id AND state = 'draft'"


@dataclass(frozen=True, slots=True)
class Draft:
    """A call that is not finished: the words that were read out, the answers so far, and how long it has lasted.

    `cut_short`: how it ended where the other side hung up, "" otherwise. `raised`: what the case is about, None if nobody was
    asked yet.
    """

    id: int
    script: str
    script_version: int
    script_hash: str
    language: str
    channel: str
    started_at: datetime
    talk_seconds: int
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    cut_short: str
    raised: str | None


def find_draft(sql: Sql, *, customer_id: int, staff_id: int) -> Draft | None:
    """Somebody's own unfinished call with a customer; the newest."""
    for id_, script, version, sha256, language, channel, at, seconds, steps, notes, cut_short, raised in sql.rows(
        MINE, staff=staff_id, customer=customer_id
    ):
        started = instant(at)
        assert started is not None
        return Draft(
            id_,
            script,
            version,
            sha256,
            language,
            channel,
            started,
            seconds,
            steps_of(steps),
            tuple(notes.splitlines()),
            cut_short,
            raised,
        )
    return None


def drafts_of_others(sql: Sql, *, customer_id: int, staff_id: int) -> list[tuple[str, datetime]]:
    """Who else has an unfinished call with a customer, and since when."""
    return [
        (name, at) for name, text in sql.rows(OF_OTHERS, staff=staff_id, customer=customer_id) if (at := instant(text))
    ]


def open_draft(
    sql: Sql, *, customer_id: int, staff_id: int, script: Script, language: str, channel: str, at: datetime
) -> int:
    """A call begins; its id. Belongs to a short writing transaction, as `keep` and `end` do."""
    said = {
        "script": script.id,
        "version": script.version,
        "hash": script.hash,
        "language": language,
        "channel": channel,
    }
    ((call_id,),) = sql.rows(BEGIN, customer=customer_id, staff=staff_id, at=at, **said)
    return int(call_id)


def keep(
    sql: Sql,
    call_id: int,
    *,
    steps: Sequence[Step],
    notes: Sequence[str],
    talk_seconds: int,
    cut_short: str,
    raised: str | None,
) -> None:
    """What was answered and noted so far, and how it ended if it was cut short. A call that is over stays as it is."""
    said = {"steps": _json(steps), "notes": "\n".join(notes), "seconds": talk_seconds}
    sql.run(KEEP, id=call_id, cut_short=cut_short, raised=raised, **said)


def end(sql: Sql, call_id: int, *, at: datetime, revisit_id: int | None) -> None:
    """The call is over: with the record that came of it, or dropped."""
    sql.run(END, id=call_id, state="dropped" if revisit_id is None else "recorded", at=at, revisit=revisit_id)


def _json(steps: Sequence[Step]) -> str:
    said = [{"node": one.node, "key": one.key, "text": one.text, "seconds": one.seconds} for one in steps]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
