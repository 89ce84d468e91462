"""One file or one server: the same commands, the same documents. The whole demo company goes through both."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from revisit.commands.demo import problem
from revisit.context import Context
from revisit.demo import REPRESENTATIVES, make_spreadsheets
from revisit.demo.leading import lead
from tests.conftest import fresh_on_server
from tests.support import Program

TODAY = date(2026, 3, 12)


@pytest.mark.slow
def test_every_document_is_equal_on_both_databases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = make_spreadsheets(tmp_path, TODAY)
    on_server = fresh_on_server("template1")
    try:
        documents = []
        for url in (str(tmp_path / "one.db"), next(on_server)):
            program = Program(url, capsys, monkeypatch).at("2026-03-12 10:00")
            documents.append(everything_a_day_shows(program, files))
        one, other = documents
        assert one.keys() == other.keys()
        for name in one:
            assert one[name] == other[name], name
        assert {item["rule"] for item in one["due"]["items"]} == {
            "callback", "after-sale", "dormant-week", "dormant-month", "takeover", "prospect",
        }  # fmt: skip
        everybody = {login for login, _name in REPRESENTATIVES}
        assert {person["login"] for person in one["appraise"]["people"] if person["score"]} == everybody
        assert [len(month) for month in one["targets"]] == [len(everybody)] * 2
        assert {line["verdict"] for line in one["sample"]["items"]} == {"right", "minor", "major", None}
        assert (one["bulletin"]["drawn"], one["bulletin"]["checked"], len(one["bulletin"]["findings"])) == (12, 10, 3)
        assert one["closed"] == one["report --month last"]["figures"]
    finally:
        on_server.close()


def everything_a_day_shows(revisit: Program, files: Any) -> dict[str, Any]:
    """The JSON document of every command, on a company set up by `init` and its imports."""
    made = revisit(
        "init", "--company", "青禾", "--timezone", "Asia/Shanghai", "--start-on", str(files.start_on), "--yes"
    )
    assert made.code == 0, made.err
    found: dict[str, Any] = {}
    for kind, file in (
        ("staff", files.staff),
        ("customers", files.customers),
        ("orders", files.orders),
        ("revisits", files.revisits),
        ("sales-followups", files.sales_follow_ups),
    ):
        found[f"dry run {kind}"] = revisit("import", kind, str(file), "--dry-run", "--json").json
        found[f"import {kind}"] = revisit("import", kind, str(file), "--json").json
        assert found[f"import {kind}"].pop("batch") is not None
        assert found[f"dry run {kind}"].pop("batch") is None
        assert found[f"import {kind}"] == found[f"dry run {kind}"]
    found["import again"] = revisit("import", "orders", str(files.orders), "--json").json
    for name in ("imported_before", "batch"):
        found["import again"].pop(name, None)
    found["due"] = revisit("due", "--json").json
    found["due then"] = revisit("due", "--on", "2026-01-20", "--json").json
    found["due ahead"] = revisit("due", "--on", "2026-04-20", "--json").json
    codes = [item["code"] for item in found["due"]["items"]]
    found["why"] = [revisit("why", code, "--json").json for code in codes[:25]]
    found["show"] = [revisit("show", code, "--json").json for code in codes[:10]]
    found["script"] = revisit("script", codes[0], "--json").json
    found["log"] = [
        revisit("log", codes[0], "--result", "reached", "--satisfaction", "neutral", "--json").json,
        revisit("log", codes[1], "--result", "inconvenient", "--callback", "明天下午3点", "--json").json,
    ]
    for period in (("--month",), ("--month", "last"), ("--week",), ("--quarter",), ("--year",), ("--day",)):
        found["report " + " ".join(period)] = revisit("report", *period, "--json").json
    found["due after"] = revisit("due", "--json").json
    number = str(found["log"][0]["revisit"])
    found["amend"] = revisit("amend", number, "--satisfaction", "satisfied", "--because", "misheard", "--json").json
    found["void"] = revisit("void", number, "--reason", "another customer", "--json").json
    found["versions"] = revisit("amend", number, "--json").json
    found["inbound"] = revisit("log", codes[2], "--result", "reached", "--inbound", "--important", "--json").json
    found["waive"] = revisit("customer", "waive", codes[3], "--until", "2026-04-30", "--reason", "x", "--json").json
    found["exclude"] = revisit("customer", "exclude", codes[4], "--reason", "x", "--json").json
    found["close"] = revisit("customer", "close", codes[5], "--reason", "x", "--json").json
    found["assign"] = revisit("assign", codes[6], "--to", "admin", "--json").json
    found["find"] = [revisit("find", text, "--json").json for text in ("宏远", "hongyuan", "hy", "1380000", codes[0])]
    found["staff"] = revisit("staff", "list", "--json").json
    found["why later"] = [revisit("why", code, "--json").json for code in codes[:7]]
    found["due later"] = revisit("due", "--json", "--why").json
    assert [revisit(*line).code for line in problem(codes[8])] == [0] * 6
    found["case"] = revisit("case", "show", "1", "--json").json
    found["due to ask"] = revisit("due", "--rule", "case-revisit", "--json").json
    assert [item["code"] for item in found["due to ask"]["items"]] == [codes[8]]
    with Context(revisit.url, "admin").unit() as opened:
        lead(opened)
    found["appraise"] = revisit("appraise", "--month", "last", "--json").json
    found["targets"] = [revisit("target", "list", "--month", month, "--json").json for month in ("last", "current")]
    found["sample"] = revisit("inspect", "show", "1", "--json").json
    found["bulletin"] = revisit("inspect", "bulletin", "--month", "last", "--json").json
    found["closed"] = revisit("report", "closed", "last", "--json").json["figures"]
    rows = revisit("audit", codes[0], "--json").json["rows"]
    found["audit"] = [
        {key: value for key, value in row.items() if key != "batch"} for row in rows
    ]  # a dry run takes a number
    found["audit verified"] = revisit("audit", "--verify", "--json").code
    return found


def test_init_makes_a_database_once(
    db_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    revisit = Program(db_url, capsys, monkeypatch, login="zhang").at("2026-03-12 10:00")
    before = revisit("due")
    assert (before.code, "there is no database yet" in before.err) == (1, True)
    refused = revisit("init", "--company", "青禾", "--timezone", "Nowhere/Land", "--yes")
    assert (refused.code, "there is no time zone Nowhere/Land" in refused.err) == (2, True)
    missing = revisit("init", "--company", "青禾")
    assert (missing.code, "--start-on" in missing.err) == (2, True)
    assert revisit("init", "--company", "青禾", "--start-on", "2026-01-01").code == 0
    assert revisit("due", "--json").json["census"]["customers"] == 0
    again = revisit("init", "--company", "别家", "--yes")
    assert again.code == 1
    assert "Traceback" not in again.err
    assert revisit("due").code == 0


@pytest.mark.slow
def test_a_reader_who_has_seen_enough_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    environment = os.environ | {"REVISIT_DB": str(path), "REVISIT_USER": "admin"}
    program = [sys.executable, "-m", "revisit"]
    subprocess.run([*program, "init", "--company", "青禾", "--yes"], env=environment, check=True, capture_output=True)
    shell = f"'{sys.executable}' -m revisit due --json | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["{", "0"]
    assert "Traceback" not in done.stderr
