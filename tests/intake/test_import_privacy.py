"""An import tells nobody more of a customer than the file of that customer would."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support import Program, table

SECRET = {
    "客户编号": "C1", "客户名称": "宏远涂料有限公司", "客服专员": "wang", "电话": "13811112222 / 13833334444",
    "地址": "杭州西湖路一号", "联系人": "李敏敏", "备注": "下月破产", "欠款": "4321.00", "信用额度": "8765.00",
    "账期": "77", "批次": "密件",
}  # fmt: skip
SPY = {
    "客户编号": "C1", "客户名称": "z", "电话": "13833334444", "地址": "z", "联系人": "z", "备注": "z", "欠款": "1",
    "信用额度": "1", "账期": "1", "等级": "B", "批号": "z",
}  # fmt: skip
SECRETS = ("涂料", "11112222", "2222", "西湖", "李敏敏", "破产", "4321", "432100", "8765", "77", "密件")
HASH = re.compile(r"[0-9a-f]{8,}")  # its figures say nothing


@pytest.fixture
def company(revisit: Program, tmp_path: Path) -> Program:
    revisit.at("2026-03-12 10:00")
    for login in ("wang", "limin"):
        assert revisit("staff", "add", login, "--role", "representative").code == 0
    assert revisit("staff", "add", "zhou", "--role", "supervisor").code == 0
    assert revisit("import", "customers", str(table(tmp_path / "a.xlsx", [SECRET]))).code == 0
    return revisit


def changes(told: Any) -> dict[str, list[tuple[Any, Any]]]:
    found: dict[str, list[tuple[Any, Any]]] = {}
    for one in told["changes"]:
        found.setdefault(one["column"], []).append((one["old"], one["new"]))
    return found


def test_of_anothers_customer_a_dry_run_tells_nothing(company: Program, tmp_path: Path) -> None:
    """Not the values, nor which cells were empty, nor what a merged cell holds of the old one."""
    company.login = "limin"
    spy = str(table(tmp_path / "spy.xlsx", [SPY | {"客服专员": "limin"}]))
    dry = company("import", "customers", spy, "--dry-run", "--json")
    told = changes(dry.json)
    assert {old for cells in told.values() for old, _new in cells} == {"***"}
    assert told["phone"] == [("***", "***")] * 2
    assert (told["grade"], told["balance"], told["extra"]) == ([("***", "B")], [("***", "1.00")], [("***", "***")])
    screen = company("import", "customers", spy, "--dry-run")
    for text in (dry.out, dry.err, screen.out, screen.err):
        assert not [secret for secret in SECRETS if secret in text]
    assert "信用额度 of C1 stays ***" in screen.err


def test_nor_does_the_audit_of_an_import(company: Program, tmp_path: Path) -> None:
    company.login = "limin"
    assert company("import", "customers", str(table(tmp_path / "spy.xlsx", [SPY]))).code == 0
    for arguments in (("audit", "C1"), ("audit", "C1", "--json"), ("audit", "--json")):
        told = company(*arguments)
        assert told.code == 0
        assert not [secret for secret in SECRETS if secret in HASH.sub("", told.out)]
    assert company("import", "undo", "2", "--yes").code == 0
    for arguments in (("audit", "C1"), ("audit", "C1", "--json"), ("audit", "--json")):
        told = company(*arguments)
        assert not [secret for secret in SECRETS if secret in HASH.sub("", told.out)]


@pytest.mark.parametrize("login", ["admin", "zhou", "wang"])
def test_who_sees_the_file_sees_what_changes_with_masked_numbers(company: Program, tmp_path: Path, login: str) -> None:
    company.login = login
    told = changes(company("import", "customers", str(table(tmp_path / "b.xlsx", [SPY])), "--dry-run", "--json").json)
    assert told["note"] == [("下月破产", "z")]
    assert told["balance"] == [("4321.00", "1.00")]
    assert told["phone"] == [("138****2222", "138****4444"), ("138****4444", "138****2222")]
    assert told["address"] == [("****", "****")]


def test_nor_is_anothers_name_proposed_for_an_unknown_one(company: Program, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    def proposed(login: str) -> str:
        company.login = login
        log = str(table(tmp_path / "log.xlsx", [{"客户名称": "宏远途料有限公司", "跟进日期": "2026-03-01"}]))
        rejects = tmp_path / f"rejects-{login}.xlsx"
        assert company("import", "sales-followups", log, "--dry-run", "--rejects", str(rejects)).code == 3
        return repr([[cell.value for cell in row] for row in load_workbook(rejects).worksheets[0]])

    assert "宏远涂料有限公司" in proposed("wang")
    assert "涂料" not in proposed("limin")
