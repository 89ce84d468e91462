"""Cases, approvals and what hangs on them: states that follow from what was done, and deadlines that are what they were."""

from __future__ import annotations

from collections.abc import Iterator

from revisit import wording
from revisit.db import Sql
from revisit.doctor.finding import Patient, Said, failed, named, ok, warning
from revisit.i18n import N_, _
from revisit.matters import Matter, deadlines
from revisit.policy.machines import (
    APPROVAL,
    CASE,
    COMPLAINT,
    MEASURE,
    RETURNED,
    SERVICE,
    SERVICE_FOR_OURSELVES,
    Machine,
)  # fmt: skip

MATTERS = {
    "case": "SELECT id, '#' || number, state FROM case_ ORDER BY id",
    "approval": "SELECT id, 'A' || number, state FROM approval ORDER BY id",
    "complaint": "SELECT id, number, state FROM complaint ORDER BY id",
    "measure": "SELECT m.id, k.number, m.state FROM measure m JOIN complaint k ON k.id = m.complaint_id ORDER BY m.id",
    "returned": "SELECT g.id, k.number, g.state FROM returned_goods g JOIN complaint k ON k.id = g.complaint_id ORDER BY g.id",
    "service": "SELECT id, 'S' || number, state FROM service_job WHERE kind <> 'internal' ORDER BY id",
    "internal-service": "SELECT id, 'S' || number, state FROM service_job WHERE kind = 'internal' ORDER BY id",
}
"""Of each kind: every matter with its number and state."""
MACHINES: dict[str, Machine] = {
    "case": CASE, "approval": APPROVAL, "service": SERVICE, "internal-service": SERVICE_FOR_OURSELVES,
    "complaint": COMPLAINT, "measure": MEASURE, "returned": RETURNED,
}  # fmt: skip
MOVES = "SELECT matter_id, action, state_from, state_to FROM move WHERE matter = :kind ORDER BY matter_id, id"
OF_NOTHING = """
SELECT count(*) FROM {hanging} d WHERE d.matter = :kind AND NOT EXISTS (SELECT 1 FROM {owner} k WHERE k.id = d.matter_id)
"""
TABLES = {
    "case": "case_", "approval": "approval", "service": "service_job", "internal-service": "service_job",
    "complaint": "complaint", "measure": "measure", "returned": "returned_goods",
}  # fmt: skip
UNSIGNED = """
SELECT k.number, k.state, k.amount_cents FROM complaint k LEFT JOIN approval a ON a.id = k.approval_id
WHERE k.amount_cents > 0 AND k.state IN ('settled', 'told', 'closed', 'reviewed', 'refused')
  AND (a.id IS NULL OR a.state <> 'approved' OR a.amount_cents < k.amount_cents)
ORDER BY k.number
"""
"""What is settled with more than was signed."""
HANGING = ("move", "deadline", "pause")
RECOMPUTE = N_("the calendar or the policy was changed since; what began before keeps its deadline")


def matters(patient: Patient) -> Said:
    """Every matter stands where its last move led, by moves that there are; what is over owes nothing."""
    sql = patient.sql
    wrong = [fault for kind in MATTERS for fault in _wrong(sql, kind)]
    wrong += [f"{number} {state}, {wording.money(cents)}" for number, state, cents in sql.rows(UNSIGNED)]
    if wrong:
        return failed(_("states and steps contradict each other: {what}").format(what=named(wrong)))
    moved = [fault for kind in MATTERS for fault in _moved(patient, kind)]
    if moved:
        return warning(_("deadlines are not what they would be today: {what}").format(what=named(moved)), RECOMPUTE)
    number = sum(len(sql.rows(query)) for query in MATTERS.values())
    return ok(_("{number} matters, their steps and deadlines fit together").format(number=number))


def _wrong(sql: Sql, kind: str) -> Iterator[str]:
    machine, at, steps = MACHINES[kind], dict[int, str](), dict[int, list[str]]()
    for matter, action, before, after in sql.rows(MOVES, kind=kind):
        move = machine.find(before, action)
        if move is None or move.to != after or at.get(matter, "") != before:
            steps.setdefault(matter, []).append(f"{action}: {before} → {after}")
        at[matter] = after
    known = sql.rows(MATTERS[kind])
    kept = deadlines.open_of(sql, kind, [row[0] for row in known])
    for id_, number, state in known:
        yield from (f"{number} {fault}" for fault in steps.get(id_, ()))
        if at.get(id_) != state:
            yield f"{number} {state}, {at.get(id_) or '–'}"
        if state in machine.closed and id_ in kept:
            yield f"{number} {state}, {kept[id_][0].clock}"
    for table in HANGING:
        if count := sql.rows(OF_NOTHING.format(hanging=table, owner=TABLES[kind]), kind=kind)[0][0]:
            yield f"{table} ({count})"


def _moved(patient: Patient, kind: str) -> Iterator[str]:
    sql = patient.sql
    for id_, number, state in sql.rows(MATTERS[kind]):
        matter = Matter(kind, id_, TABLES[kind], number, state, None)
        for one in deadlines.of(sql, matter):
            if one.ended or one.stated:
                continue
            if deadlines.recomputed(sql, patient.company, matter, one) != one.due_by:
                yield f"{number} {one.clock}"
