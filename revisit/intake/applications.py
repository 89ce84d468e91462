"""Credit limits and payment terms that a customer sheet changes: each customer's become an application to sign, not a fact.

The same sheet asks once: what is asked for already is not asked again, nor what was rejected or withdrawn by somebody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from revisit.approvals import bulk, records
from revisit.approvals.records import Approval
from revisit.i18n import N_
from revisit.intake.known import Details, File
from revisit.intake.ledger import Application, Ledger, file_name
from revisit.intake.opening import SIGNED
from revisit.intake.rows import Record
from revisit.policy.access import may
from revisit.wording import money

ATTRIBUTES = {"credit_limit": "credit_limit", "term_days": "term_days"}
"""By the field of a sheet: what an approval calls it."""
STAYS = {
    "same": N_("row {row}: {column} of {code} stays {old} until approval {number} is signed"),
    "other": N_(
        "row {row}: {column} of {code} stays {old}; approval {number} asks for another one and is not signed yet"
    ),
    "refused": N_("row {row}: {column} of {code} stays {old}; approval {number} asked for the same in vain"),
    "": N_("row {row}: {column} of {code} stays {old}; a change has to be applied for and signed"),
}
"""What is said of a limit or term for which a sheet asks nothing."""


class Applications:
    """What a customer sheet asks to be signed, portion by portion."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._fields = [name for name in SIGNED if name in ledger.reading.fields]
        self._there: Mapping[int, list[Approval]] = {}
        self._undone: frozenset[int] | None = None
        self._number: int | None = None
        self._deadlines: dict[str, list[dict[str, Any]]] = {}
        policy = ledger.company.policies.on(ledger.today).approvals
        self._together = policy["credit"].tiers == policy["term"].tiers

    def look(self, rows: Sequence[tuple[Record, File]], on_file: Mapping[int, Details]) -> None:
        """Reads what there is for those of a portion whose limit or term changes."""
        ids = [
            file.row_id for record, file in rows if self._fields and self._changed(record, on_file[file.row_id])
        ]  # fmt: skip
        if ids and self._undone is None:
            self._undone = bulk.undone_batches(self._ledger.sql)
        self._there = records.credit_of(self._ledger.sql, ids) if ids else {}

    def ask(self, record: Record, file: Details) -> bool:
        """Asks for the limit and term that a row changes; whether it did."""
        wanted: dict[str, int] = {}
        for name, new in self._changed(record, file).items():
            old = file[SIGNED[name]]
            there = bulk.standing(
                self._there.get(file["id"], ()), self._undone or frozenset(), ATTRIBUTES[name], new, old
            )
            if there is None and may("log", self._ledger.viewer.side(file["rep_id"])):
                wanted[name] = new
            else:
                self._tell(record, file, name, there)
        if len(wanted) > 1 and not self._together:
            for name, value in wanted.items():
                self._open(record, file, {name: value})
        elif wanted:
            self._open(record, file, wanted)
        return bool(wanted)

    def _changed(self, record: Record, file: Details) -> dict[str, int]:
        """The limit and term of a row that differ from those on file; where there was none they are taken over."""
        values = record.values
        return {
            name: values[name]
            for name in self._fields
            if name in values and file[SIGNED[name]] is not None and values[name] not in (None, file[SIGNED[name]])
        }

    def _tell(self, record: Record, file: Details, name: str, there: bulk.Standing | None) -> None:
        ledger, column = self._ledger, SIGNED[name]
        old = ledger.viewer.cell(column, file[column], file["rep_id"])
        ledger.warn(
            STAYS[there.code if there else ""],
            row=record.row, column=ledger.title(name), code=file["code"], number=records.called(there.number) if there else None,
            old=money(old) if name == "credit_limit" and old == file[column] else old,
        )  # fmt: skip

    def _open(self, record: Record, file: Details, wanted: Mapping[str, int]) -> None:
        """One application with all that is given."""
        from revisit.models import Approval as Row
        from revisit.models import Deadline, Move

        ledger = self._ledger
        actor = ledger.viewer.member
        assert actor is not None
        number = self._number = self._number + 1 if self._number else records.next_number(ledger.sql)
        kind = "credit" if "credit_limit" in wanted else "term"
        reason = file_name(ledger.reading)
        cells: dict[str, Any] = {
            "number": number, "kind": kind, "customer_id": file["id"], "staff_id": actor.id, "asker_id": actor.id,
            "opened_at": ledger.now, "asked_at": ledger.now, "reason": reason, "batch_id": ledger.batch_id,
        }  # fmt: skip
        for name, value in wanted.items():
            column = SIGNED[name]
            cells |= {column: value, f"old_{column}": file[column]}
            ledger.applications.append(Application(record.row, file["code"], column, file[column], value, number))
        (id_,) = ledger.insert(Row, [cells], [record.row])
        ledger.insert(Move, [bulk.move_of(id_, actor.id, reason, ledger.now)], [record.row])
        if kind not in self._deadlines:
            self._deadlines[kind] = bulk.deadlines_of(ledger.company, kind, ledger.now)
        steps = [one | {"matter_id": id_} for one in self._deadlines[kind]]
        ledger.insert(Deadline, steps, [record.row] * len(steps))
