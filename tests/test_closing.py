"""Closed months: whatever happens afterwards, every figure that changed is told with a reason, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from revisit import closing, db, figures
from revisit.closing import proof
from revisit.closing.changes import Changes, changes
from revisit.closing.touching import touches
from revisit.figures import Counts, Slice
from revisit.policy.periods import period_of
from tests.support import Program, at_shanghai, reading, table, unit
from tests.test_doctor import tamper
from tests.test_reports import MARCH, PROSPECTS, at_random, fill

APRIL = period_of("month", date(2026, 4, 1))
SEEN = date(2026, 5, 3)
CLOSING = at_shanghai("2026-05-04 09:00")
LATER = date(2026, 5, 20)


def close(url: str) -> closing.Closed:
    with unit(url, CLOSING) as work:
        return closing.close(
            work.session, work.sql, work.company, APRIL, actor=work.actor, today=work.today, at=work.now
        )


def changed(url: str, *, every_touch: bool = True) -> Changes:
    with reading(url) as (sql, company):
        closed = closing.find(sql, "2026-04")
        assert closed is not None
        return changes(sql, company, closed, all_touches=every_touch)


def counted(url: str) -> dict[tuple[str, str | None], Any]:
    """Every figure of April that is something, of all (None) and of each representative, by what is known now."""
    with reading(url) as (sql, company):
        found: Counts = figures.count(sql, figures.span_of(company, APRIL, SEEN))
        people = [*sql.rows("SELECT id, login FROM staff"), (None, "")]
        told: dict[tuple[str, str | None], Any] = {(name, None): value for name, value in found.all().items() if value}
        for id_, login in people:
            mine = found.all(Slice(staff=frozenset({id_})))
            told |= {(name, login): value for name, value in mine.items() if value}
        return told


Deed = Callable[[Program, Random, Path, date], Any]


def some_day(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=random.randrange((last - first).days + 1))


def code(random: Random) -> str:
    return f"R{random.randrange(25):03}"


def a_revisit(run: Program, random: Random, _folder: Path, day: date) -> None:
    result = random.choice(["reached", "no_answer", "declined"])
    said = ("--satisfaction", random.choice(["satisfied", "neutral"])) if result == "reached" else ()
    run("log", code(random), "--result", result, "--at", f"{day} 10:00", *said)


def a_correction(run: Program, random: Random, _folder: Path, day: date) -> None:
    number = str(random.randrange(1, 90))
    if random.random() < 0.5:
        run("void", number, "--reason", "记错了")
    else:
        run("amend", number, "--at", f"{day} 11:00", "--because", "记错了")


def some_orders(run: Program, random: Random, folder: Path, day: date) -> None:
    rows = [
        {"订单号": f"N{day}{n}{random.random()}", "客户编号": code(random), "下单日期": str(day), "完成日期": str(day)}
        for n in range(2)
    ]
    run("import", "orders", str(table(folder / "orders.xlsx", rows)))
    if random.random() < 0.3:
        number = run("import", "list", "--json").json["imports"][0]["batch"]
        run("import", "undo", str(number), "--yes")


def some_files(run: Program, random: Random, folder: Path, day: date) -> None:
    rows = [{"客户编号": f"F{random.random()}", "客户名称": f"新客户{random.random()}", "签约日期": str(day)}]
    rows.append({"客户编号": code(random), "客户名称": "改名", "意向": random.choice(["有意向", "无意向"])})
    run("import", "customers", str(table(folder / "files.xlsx", rows)))


def a_hand_over(run: Program, random: Random, _folder: Path, _day: date) -> None:
    run("assign", code(random), "--to", random.choice(["wang", "li"]), "--reason", "换人")


def a_merge(run: Program, random: Random, _folder: Path, _day: date) -> None:
    run("customer", "merge", code(random), code(random), "--yes", "--reason", "同一家")


def a_statement(run: Program, random: Random, _folder: Path, _day: date) -> None:
    kind = random.choice(["close", "exclude"])
    run("customer", kind, code(random), "--reason", "客户要求")


def a_case(run: Program, random: Random, _folder: Path, _day: date) -> None:
    run("case", "open", code(random), "--text", "晚了")


DEEDS: tuple[Deed, ...] = (
    a_revisit, a_correction, some_orders, some_files, a_hand_over, a_merge, a_statement, a_case,
)  # fmt: skip


@pytest.mark.parametrize("luck", range(3))
def test_every_figure_that_changed_is_told_with_a_reason(revisit: Program, tmp_path: Path, luck: int) -> None:
    random = Random(luck)  # noqa: S311 - made-up customers, no secret
    fill(revisit.url, [at_random(random, number) for number in range(25)])
    before = counted(revisit.url)
    close(revisit.url)
    assert changed(revisit.url) == Changes((), (), (), policies=False, calendar=False)
    revisit.at(f"{LATER} 10:00")
    for deed in random.choices(DEEDS, k=8):
        deed(revisit, random, tmp_path, some_day(random, date(2026, 3, 20), SEEN))
        now, found = counted(revisit.url), changed(revisit.url)
        told = {(one.name, one.rep): (one.then, one.now) for one in (*found.figures, *found.by_rep)}
        differ = {key for key in before.keys() | now.keys() if before.get(key) != now.get(key)}
        assert {key for key, (then, after) in told.items() if (then or 0) != (after or 0)} == differ
        assert all((before.get(key) or 0, now.get(key) or 0) == (a or 0, b or 0) for key, (a, b) in told.items())
        assert found.touches or not told, told


@pytest.mark.parametrize("luck", range(2))
def test_what_happens_after_the_day_of_seeing_is_no_change(revisit: Program, tmp_path: Path, luck: int) -> None:
    random = Random(100 + luck)  # noqa: S311 - made-up customers, no secret
    fill(revisit.url, [at_random(random, number) for number in range(25)])
    close(revisit.url)
    revisit.at(f"{LATER} 10:00")
    for deed in random.choices((a_revisit, some_orders, a_statement, a_case), k=8):
        deed(revisit, random, tmp_path, some_day(random, SEEN + timedelta(days=1), LATER))
    assert changed(revisit.url) == Changes((), (), (), policies=False, calendar=False)


def test_reasons_are_looked_for_where_a_figure_changed(revisit: Program) -> None:
    fill(revisit.url, [])
    assert revisit("case", "open", "C1", "--text", "x").code == 1
    close(revisit.url)
    assert changed(revisit.url, every_touch=False).touches == ()


def test_what_the_program_did_not_count_then_has_not_changed(revisit: Program) -> None:
    """A month that was closed before there were figures of the way from prospect to order."""
    fill(revisit.url, PROSPECTS)
    with reading(revisit.url) as (sql, company):
        whole, people = closing.counted(sql, company, MARCH, SEEN)
        assert whole["funnel.prospects.interested"]
        before = closing.Closed(
            1, MARCH, SEEN, CLOSING, "admin", _without(whole),
            tuple(replace(one, figures=_without(one.figures)) for one in people), (), "", 0, "", "", "",
        )  # fmt: skip
        found = changes(sql, company, before)
    assert (found.figures, found.by_rep) == ((), ())


def _without(figures: closing.Figures) -> closing.Figures:
    return {name: value for name, value in figures.items() if not name.startswith("funnel.")}


def test_the_document_is_the_same_whenever_it_is_read(revisit: Program) -> None:
    random = Random(7)  # noqa: S311 - made-up customers, no secret
    fill(revisit.url, [at_random(random, number) for number in range(10)])
    made = close(revisit.url)
    first = revisit("report", "closed", "2026-04", "--json").out
    revisit.at(f"{LATER} 10:00")
    revisit("log", "R001", "--result", "reached", "--at", "2026-04-10 10:00")
    assert revisit("report", "closed", "2026-04", "--json").out == first
    said = json.loads(first)
    assert said.pop("sha256") == made.sha256 and closing.canonical(said) == made.document


TAMPERED = {
    "a figure": (
        "document",
        """UPDATE closed_report SET document = replace(document, '"contacts.total":', '"contacts.total":1')""",
    ),
    "a figure and its hash": ("hash", ""),
    "the audit row before": (
        "chain",
        "UPDATE audit SET who = 'li' WHERE id = (SELECT max(id) FROM audit WHERE action <> 'close')",
    ),
    "the row of the month": ("document", "DELETE FROM closed_report"),
    "its audit row": ("hash", "DELETE FROM audit WHERE action = 'close'"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_noticed(revisit: Program, what: str) -> None:
    import hashlib

    fill(revisit.url, [])
    made = close(revisit.url)
    with reading(revisit.url) as (sql, _company):
        assert [one.faults for one in proof.prove(sql)] == [()]
    fault, statement = TAMPERED[what]
    if not statement:
        text = made.document.replace('"contacts.total":0', '"contacts.total":9')
        assert text != made.document
        statement = (
            f"UPDATE closed_report SET document = '{text}', sha256 = '{hashlib.sha256(text.encode()).hexdigest()}'"
        )
    tamper(revisit.url, statement)
    with reading(revisit.url) as (sql, _company):
        (found,) = proof.prove(sql)
    assert fault in found.faults
    refused = revisit("report", "verify", "2026-04")
    assert (refused.code, "2026-04" in refused.err) == (1, True)
    assert "2026-04 (" in revisit("doctor").out


def test_a_policy_dated_back_is_a_reason(revisit: Program) -> None:
    fill(revisit.url, [])
    close(revisit.url)
    with unit(revisit.url, at_shanghai(f"{LATER} 10:00")) as work:
        from revisit import audit
        from revisit.models import PolicyVersion

        row = PolicyVersion(
            in_force_from=date(2026, 4, 15), body=work.sql.rows("SELECT body FROM policy_version")[0][0],
            sha256="x", adopted_at=work.now, adopted_by="admin",
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        audit.changed(work.session, action="adopt", table="policy_version", row_id=row.id, after={"sha256": "x"})
    with db.reading(revisit.url) as sql:
        assert closing.policies(sql, SEEN)[-1] == ("2026-04-15", "x")
    found = changed(revisit.url)
    assert found.policies
    assert [(one.kind, one.record) for one in found.touches] == [("policy-adopted", "2026-04-15")]


def test_each_touch_names_record_and_customer(revisit: Program) -> None:
    random = Random(9)  # noqa: S311 - made-up customers, no secret
    fill(revisit.url, [at_random(random, number) for number in range(3)])
    close(revisit.url)
    revisit.at(f"{LATER} 10:00")
    assert revisit("log", "R001", "--result", "reached", "--at", "2026-04-10 10:00").code == 0
    with reading(revisit.url) as (sql, _company):
        number = sql.rows("SELECT max(number) FROM revisit")[0][0]
    assert revisit("amend", str(number), "--at", "2026-05-10 10:00", "--because", "x").code == 0
    assert revisit("assign", "R002", "--to", "li", "--reason", "x").code == 0
    with reading(revisit.url) as (sql, company):
        found = [(one.kind, one.record, one.code) for one in touches(sql, company, closing.get(sql, APRIL))]
    assert found == [
        ("allocated", "", "R002"), ("revisit-amended", f"#{number}", "R001"), ("revisit-recorded", f"#{number}", "R001"),
    ]  # fmt: skip
