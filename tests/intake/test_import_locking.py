"""On a server: an import and what people do at the same time wait for each other, and never in a circle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from revisit import access, approvals, files, revisits, staff
from revisit.context import Unit
from revisit.intake import ledger
from tests.support import Program, at_shanghai, table, unit

NOW = at_shanghai("2026-03-12 12:00")


def not_to_be_called(work: Unit) -> None:
    files.state(work.session, work.sql, customer_id=1, name="do_not_call", today=work.today, reason="x")


def waived(work: Unit) -> None:
    files.state(work.session, work.sql, customer_id=1, name="waived", today=work.today, reason="x", until=work.today)


def closed(work: Unit) -> None:
    files.state(work.session, work.sql, customer_id=1, name="closed", today=work.today, reason="x")


def assigned(work: Unit) -> None:
    files.assign(work.session, work.sql, ids=[1], to=staff.get_by_login(work.sql, "wang"), today=work.today, reason="x")


def locked_as_by_log(work: Unit) -> None:
    revisits.lock(work.sql)


def locked_as_by_staff(work: Unit) -> None:
    staff.lock(work.sql)


def asked_for_an_approval(work: Unit) -> None:
    approvals.request(
        work.session, work.sql, work.company, kind="documents", customer_id=1, wanted=approvals.Wanted(), reason="x",
        viewer=access.viewer(work.sql, work.actor), actor=work.actor, at=work.now,
    )  # fmt: skip
    files.assign(work.session, work.sql, ids=[1], to=staff.get_by_login(work.sql, "wang"), today=work.today, reason="x")


DEEDS = [asked_for_an_approval, not_to_be_called, waived, closed, assigned, locked_as_by_log, locked_as_by_staff]


@pytest.mark.parametrize("company_db", ["postgresql"], indirect=True)
@pytest.mark.parametrize("deed", DEEDS)
def test_what_a_person_does_while_an_import_begins(
    revisit: Program, tmp_path: Path, deed: Callable[[Unit], None]
) -> None:
    revisit.at("2026-03-10 10:00")
    assert revisit("staff", "add", "wang", "--role", "representative").code == 0
    row = {"客户编号": "C1", "最近订货日期": "2026-03-01", "签约日期": "2026-01-01", "欠款": "0"}
    assert revisit("import", "customers", str(table(tmp_path / "a.xlsx", [row]))).code == 0
    locked: list[bool] = []
    failed: list[Exception] = []

    def begin() -> None:
        try:
            with unit(revisit.url, NOW) as work:
                ledger.lock(work.sql)
                locked.append(True)
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=begin)
    try:
        with unit(revisit.url, NOW) as work:
            deed(work)
            work.session.flush()
            thread.start()
            thread.join(0.5)
            assert not locked, "the import waits"
            work.session.info.setdefault("touched", set()).add(1)
            work.replan()
            work.sql.run("UPDATE follow_up SET opens_on = opens_on WHERE customer_id = 1")
            work.sql.run("UPDATE standing SET customer_id = customer_id WHERE customer_id = 1")
    finally:
        thread.join(20)
    assert (failed, locked) == ([], [True])
