"""A large file is read by a child process: the same comes of it, and it ends with its parent, however that ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from revisit.intake import child
from tests.intake.test_import_safety import CUSTOMERS, ORDERS, REVISITS, SALES, dump
from tests.support import Program, table, workbook

KINDS = {"customers": CUSTOMERS, "orders": ORDERS, "revisits": REVISITS, "sales-followups": SALES}
UNCLEAR = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "电话": "138****0001", "最近订货日期": "2026-05-01", "批次": "甲"},
    {"客户编号": "C2", "客户名称": "宏远涂料", "电话": "13800000002"},
    {"客户编号": "C3", "客户名称": "宏远涂料有限公司", "电话": "1380000"},
    {"客户编号": "C4", "客户名称": "长安（西安）重工", "电话": "13800000002", "欠款": "1.234"},
]
BEGINS_ONLY = """
import pickle, sys
from revisit import i18n
from revisit.intake import child
request = pickle.load(sys.stdin.buffer)
i18n.activate(request.language)
said = []
child.answer(request, said.append)
pickle.dump(said[0], sys.stdout.buffer)
sys.stdout.flush()
"""
SLOW = """
import sys
from revisit.intake import child
child.LARGE = 0
from revisit.__main__ import main
main()
"""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every file is large enough; the processes that are started."""
    found: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            found.append(self)

    monkeypatch.setattr(child, "LARGE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr("revisit.intake.child.subprocess.Popen", Noted)
    return found


def receipt(revisit: Program, kind: str, file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a dry run and then an import say, and what is on record after it."""
    dry, done = (revisit("import", kind, str(file), "--json", *more) for more in (["--dry-run"], []))
    told = [json.loads(one.out) | {"batch": 0, "imported_before": None} for one in (dry, done)]
    assert told[0] == told[1]
    assert (dry.code, done.code) == (dry.code, 3 if told[1]["rejects"] else 0)
    return told[1], dump(revisit.url)


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("rows", [CUSTOMERS, UNCLEAR], ids=["customers", "unclear"])
def test_it_says_and_writes_what_one_process_does(
    revisit: Program, tmp_path: Path, rows: list[dict[str, Any]], started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Warnings stand in the same order, rows in the same places, and the keys that find a customer are the same."""
    file = table(tmp_path / "a.xlsx", rows)
    before = Path(revisit.url).read_bytes()
    apart = receipt(revisit, "customers", file)
    assert len(started) == 2
    assert apart[0]["warnings"]
    assert apart[0]["columns"]["批次"] is None
    Path(revisit.url).write_bytes(before)
    monkeypatch.setattr(child, "LARGE", 10**9)
    assert receipt(revisit, "customers", file) == apart
    assert len(started) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_read_apart(revisit: Program, tmp_path: Path, kind: str, started: list[Any]) -> None:
    assert revisit("import", "customers", str(table(tmp_path / "c.xlsx", CUSTOMERS))).code == 3
    told, _tables = receipt(revisit, kind, table(tmp_path / f"{kind}.xlsx", KINDS[kind]))
    assert told["rows"] == len(KINDS[kind])
    assert len(started) == 3
    assert all(process.returncode is not None for process in started)


def test_more_rows_than_one_portion_holds(revisit: Program, tmp_path: Path, started: list[Any]) -> None:
    rows = [["客户编号", "客户名称", "电话"]]
    rows += [[f"C{n}", f"客户{n}号", "1" if n % 300 == 0 else str(13800000000 + n)] for n in range(1, 1001)]
    file = workbook(tmp_path / "a.xlsx", rows)
    told = revisit("import", "customers", str(file), "--json").json
    assert (told["inserted"], [one["row"] for one in told["rejects"]]) == (997, [301, 601, 901])
    assert revisit("import", "customers", str(file), "--json").json["unchanged"] == 997


def test_what_is_refused_is_said_in_the_same_words(
    revisit: Program, tmp_path: Path, started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [workbook(tmp_path / "a.xlsx", [["甲", "乙"], [1, 2]]), workbook(tmp_path / "b.xlsx", [["客户编号"]])]
    (tmp_path / "c.xlsx").write_bytes(b"PK\x03\x04 and nothing else")
    runs = [("import", "customers", str(file)) for file in (*files, tmp_path / "c.xlsx")]
    runs += [("import", "customers", str(files[1]), "--sheet", "无")]
    apart = [revisit(*words) for words in runs]
    monkeypatch.setattr(child, "LARGE", 10**9)
    assert [revisit(*words) for words in runs] == apart
    assert [one.code for one in apart] == [1, 1, 1, 2]
    assert len(started) == 4


def test_with_a_reject_workbook_one_process_reads(revisit: Program, tmp_path: Path, started: list[Any]) -> None:
    """It is written by going through the sheets again."""
    file, rejects = table(tmp_path / "a.xlsx", UNCLEAR), tmp_path / "r.xlsx"
    assert revisit("import", "customers", str(file), "--rejects", str(rejects)).code == 3
    assert rejects.exists()
    assert not started


def test_where_no_child_can_be_had_one_process_does_it(
    revisit: Program, tmp_path: Path, started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = table(tmp_path / "a.xlsx", CUSTOMERS)
    monkeypatch.setattr(child, "PROGRAM", "raise SystemExit(1)")
    assert revisit("import", "customers", str(file), "--json").json["rows"] == len(CUSTOMERS)
    assert [process.returncode for process in started] == [1]


def test_a_process_that_ends_before_its_time_leaves_nothing(
    revisit: Program, tmp_path: Path, started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, before = table(tmp_path / "a.xlsx", CUSTOMERS), dump(revisit.url)
    monkeypatch.setattr(child, "PROGRAM", BEGINS_ONLY)
    done = revisit("import", "customers", str(file))
    assert done.code == 1
    assert "the process that read a.xlsx has ended before its time; nothing was changed" in done.err
    assert dump(revisit.url) == before


# --- however the parent ends


def start(url: str, file: Path) -> subprocess.Popen[str]:
    """An import as a process of its own that has a child read."""
    return subprocess.Popen(
        [sys.executable, "-c", SLOW, "--db", url, "--as", "admin", "import", "customers", str(file)],
        env=os.environ | {"REVISIT_NOW": "2026-03-12T02:00:00+00:00"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def child_of(process: subprocess.Popen[str]) -> int:
    """The process that reads, once it is there."""
    for _attempt in range(1000):
        if process.poll() is None:
            found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            if found:
                return int(found[0])
        time.sleep(0.01)
    raise AssertionError("no child")


def is_gone(pid: int) -> bool:
    """Whether a process ends within some seconds."""
    for _attempt in range(2000):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.slow
@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("after", [0.0, 0.5, 1.5])
def test_the_child_ends_with_its_parent(company_db: str, tmp_path: Path, how: signal.Signals, after: float) -> None:
    rows = [["客户编号", "客户名称", "联系人", "电话", "客服专员", "最近订货日期"]]
    rows += [[f"C{n}", f"客户{n}", "李敏", str(13800000000 + n), "wang", "2026-02-01"] for n in range(12_000)]
    file, before = workbook(tmp_path / "a.xlsx", rows), dump(company_db)
    process = start(company_db, file)
    reader = child_of(process)
    time.sleep(after)
    process.send_signal(how)
    out, err = process.communicate(timeout=120)
    assert is_gone(reader)
    if how == signal.SIGINT and process.returncode == 130 and not out:
        assert err == "stopped; nothing was changed\n"
    if process.returncode:
        assert dump(company_db) == before
