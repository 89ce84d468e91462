"""`revisit service`: taken down, dispatched, done, signed off; a refusal is a sentence and leaves only an audit row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from revisit import audit
from tests.support import Program, Result, at_shanghai, mostly_on_sqlite, reading, table, unit

STAFF = [
    {"登录名": "boss", "姓名": "何主管", "岗位": "客服主管"},
    {"登录名": "wang", "姓名": "王芳", "岗位": "客服专员"},
    {"登录名": "li", "姓名": "李雷", "岗位": "客服专员"},
    {"登录名": "vp", "姓名": "高副总", "岗位": "副总经理"},
    {"登录名": "audit", "姓名": "沈审计", "岗位": "审计"},
    {"登录名": "qian", "姓名": "钱经理", "岗位": "客服部经理"},
]
CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "联系人": "李敏", "电话": "13800000001", "地址": "解放路 1 号"}
    | {"客服专员": "wang"},
    {"客户编号": "C2", "客户名称": "利民建材", "联系人": "周强", "电话": "13800000002", "客服专员": "li"},
]


def fill(revisit: Program, folder: Path) -> None:
    """Two customers, a supervisor, two representatives, a vice president and an auditor."""
    assert revisit("import", "staff", str(table(folder / "s.xlsx", STAFF))).code == 0
    assert revisit("import", "customers", str(table(folder / "c.xlsx", CUSTOMERS))).code == 0


FILLED = {"office": fill}
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves, on Thursday, 12 March 2026, at ten."""
    return revisit.at("2026-03-12 10:00")


def by(office: Program, login: str, *words: str) -> Result:
    """The program, run by somebody."""
    return Program(office.url, office.capsys, office.monkeypatch, login)(*words)


def done(office: Program, login: str, *words: str) -> Any:
    """The document of a move that was made."""
    found = by(office, login, "service", *words, "--json")
    assert found.code == 0, found.err
    return found.json


def refused(office: Program) -> list[str]:
    """What the audit noted as refused, the action that was tried."""
    with reading(office.url) as (sql, _company):
        return [row[7] for row in sql.rows(audit.ALL) if row[2] == "refuse"]


def test_a_paid_job_from_the_request_to_the_signature(office: Program) -> None:
    opened = done(office, "wang", "open", "C1", "--kind", "有偿", "--text", "泵漏水", "--wanted", "明天上午")
    assert (opened["number"], opened["state"], opened["kind"], opened["place"]) == ("S1", "waiting", "paid", "on-site")
    assert opened["wanted"] == "2026-03-13T09:00:00+08:00"
    assert done(office, "boss", "dispatch", "1", "--to", "li")["worker"] == "li"
    office.at("2026-03-13 11:00")
    assert done(office, "li", "start", "S1", "--at", "9:05")["started_at"] == "2026-03-13T09:05:00+08:00"
    finished = done(office, "li", "finish", "S1", "--result", "换了密封圈", "--fee", "1,350.50", "--at", "10:40")
    assert (finished["state"], finished["fee"]) == ("finished", "1350.50")
    signed = done(office, "li", "sign-off", "S1", "--signed-by", "李敏")
    assert (signed["state"], signed["signed_by"], signed["signed_at"]) == ("done", "李敏", "2026-03-13T11:00:00+08:00")
    assert signed["possible"] == []
    shown = by(office, "wang", "service", "show", "1").out.splitlines()
    assert shown == [
        "S1 C1 宏远涂料",
        "What       泵漏水",
        "Kind       paid · on site",
        "Status     done",
        "Asked for  2026-03-12 10:00 · wang",
        "Wanted     2026-03-13 09:00",
        "Who goes   李雷",
        "Begun      2026-03-13 09:05",
        "Finished   2026-03-13 10:40",
        "Fee        1350.50",
        "Result     换了密封圈",
        "Signed     李敏 · 2026-03-13 11:00",
        "",
        "What was done",
        "03-12 10:00 opened · 泵漏水 · wang",
        "03-12 10:00 dispatched · 李雷 · boss",
        "03-13 11:00 begun · 2026-03-13 09:05 · li",
        "03-13 11:00 finished · 换了密封圈 · 2026-03-13 10:40 · 1350.50 · li",
        "03-13 11:00 signed off by the customer · 李敏 · li",
    ]
    assert refused(office) == []


def test_work_for_ourselves_needs_no_signature(office: Program) -> None:
    opened = done(office, "wang", "open", "--kind", "internal", "--text", "换灯")
    assert (opened["customer"], opened["possible"]) == (None, ["cancel"])
    done(office, "boss", "dispatch", "1", "--to", "wang")
    done(office, "wang", "start", "1")
    assert done(office, "wang", "finish", "1", "--result", "换好了")["state"] == "done"
    assert by(office, "wang", "service", "sign-off", "1", "--signed-by", "x").code == 1


@ON_SQLITE
def test_what_was_not_dispatched_stands_first_the_next_day(office: Program) -> None:
    done(office, "wang", "open", "C1", "--kind", "free", "--text", "后天来", "--wanted", "2026-03-14")
    done(office, "wang", "open", "C1", "--kind", "free", "--text", "没人去")
    done(office, "li", "open", "C2", "--kind", "contract", "--text", "保养", "--wanted", "2026-03-12")
    done(office, "boss", "dispatch", "3", "--to", "li")
    listed = by(office, "boss", "service", "list", "--json").json
    assert (listed["left_over"], [one["number"] for one in listed["jobs"]]) == (0, ["S3", "S1", "S2"])
    office.at("2026-03-13 08:30")
    done(office, "wang", "open", "C1", "--kind", "free", "--text", "今天提的", "--wanted", "2026-03-13")
    listed = by(office, "boss", "service", "list", "--json").json
    assert (listed["left_over"], [one["number"] for one in listed["jobs"]]) == (2, ["S1", "S2", "S3", "S4"])
    assert by(office, "boss", "service", "list").out.splitlines() == [
        "Service jobs: 4",
        "Not dispatched on the day before: 2. They come first.",
        "Job  Customer     Status                      Kind            Wanted  Who goes  What",
        "S1   C1 宏远涂料  not dispatched since 03-12  free of charge  03-14             后天来",
        "S2   C1 宏远涂料  not dispatched since 03-12  free of charge                    没人去",
        "S3   C2 利民建材  dispatched                  by contract     03-12   李雷      保养",
        "S4   C1 宏远涂料  not dispatched              free of charge  03-13             今天提的",
    ]
    assert [one["number"] for one in by(office, "boss", "service", "list", "--to", "li", "--json").json["jobs"]] == [
        "S3"
    ]
    assert [one["number"] for one in by(office, "wang", "service", "list", "--undispatched", "--json").json["jobs"]] == [
        "S1", "S2", "S4",
    ]  # fmt: skip


def test_whoever_asks_for_remote_service_is_told_what_is_to_be_signed(office: Program) -> None:
    told = by(office, "wang", "service", "open", "C1", "--kind", "free", "--text", "远程设置", "--remote")
    assert told.out.splitlines()[0] == "Service job S1: not dispatched · to be signed: approval A1"
    waits = by(office, "boss", "service", "dispatch", "1", "--to", "li")
    assert waits.err.splitlines()[1] == "Try: look at it: revisit approval show A1"
    assert by(office, "boss", "approval", "reject", "1", "--reason", "到场").code == 0
    refused_now = by(office, "boss", "service", "dispatch", "1", "--to", "li")
    assert refused_now.err.splitlines()[1] == "Try: cancel it: revisit service cancel S1 --reason TEXT"


def test_remote_service_waits_for_a_signature_of_somebody_else(office: Program) -> None:
    done(office, "boss", "open", "C1", "--kind", "free", "--text", "远程设置", "--remote")
    waits = by(office, "boss", "service", "dispatch", "1", "--to", "li")
    assert (waits.code, waits.err.splitlines()[0]) == (
        1,
        "Error: S1 is done from afar, and approval A1 is not signed",
    )
    assert refused(office)
    for login, why in (("boss", "nobody signs"), ("vp", "the post"), ("li", "")):
        tried = by(office, login, "approval", "sign", "1")
        assert tried.code == 1, why
    assert by(office, "qian", "approval", "sign", "1").code == 0, "the service manager"
    found = done(office, "boss", "dispatch", "1", "--to", "li")
    assert found["approved_by"] == "qian"
    assert done(office, "boss", "dispatch", "1", "--to", "wang")["approved_by"] == "qian", "an approval holds"


def test_remote_service_that_was_turned_down_is_not_done(office: Program) -> None:
    for number in (1, 2):
        done(office, "wang", "open", "C1", "--kind", "free", "--text", "远程设置", "--remote")
        assert by(office, "boss", "approval", "show", str(number), "--json").json["state"] == "asked"
    assert by(office, "boss", "approval", "reject", "1", "--reason", "须到现场").code == 0
    tried = by(office, "boss", "service", "dispatch", "1", "--to", "li")
    assert (tried.code, tried.err.splitlines()[0]) == (1, "Error: S1 is done from afar, and that was not approved")
    done(office, "boss", "cancel", "2", "--reason", "客户自己弄好了")
    assert by(office, "boss", "approval", "show", "2", "--json").json["state"] == "withdrawn"


REFUSED: dict[str, tuple[str, tuple[str, ...], int, str, bool]] = {
    "a representative sends nobody": ("wang", ("dispatch", "1", "--to", "li"), 1, "dispatch is not yours to do", True),
    "an auditor only reads": ("audit", ("cancel", "1", "--reason", "x"), 1, "cancel is not yours to do", True),
    "not before it was dispatched": ("wang", ("start", "1"), 1, "S1 is not dispatched: start is not possible now", True),
    "another's customer": ("li", ("cancel", "1", "--reason", "x"), 1, "cancel is not yours to do", True),
    "nobody named": ("boss", ("dispatch", "1"), 2, "who goes is missing", False),
    "no reason": ("wang", ("cancel", "1"), 2, "the reason is missing", False),
    "no such job": ("wang", ("start", "9"), 1, "there is no service job 9", False),
    "no number": ("wang", ("start", "x1"), 2, "x1 is no number of a service job", False),
    "no amount": ("boss", ("dispatch", "1", "--to", "li", "--fee", "viel"), 2, "viel is no amount", False),
    "a fee of nothing": ("boss", ("dispatch", "1", "--to", "li", "--fee", "0"), 1, "a fee of 0.00 is none", False),
    "no kind": ("wang", ("open", "C1", "--text", "x"), 2, "--kind is missing", False),
    "another kind": ("wang", ("open", "C1", "--kind", "gratis", "--text", "x"), 2, "--kind does not know the word gratis", False),
    "nothing asked": ("wang", ("open", "C1", "--kind", "paid"), 2, "what is asked for is missing", False),
    "a fee of free service": ("wang", ("open", "C1", "--kind", "free", "--text", "x", "--fee", "3"), 1, "only paid", False),
    "internal for a customer": ("wang", ("open", "C1", "--kind", "internal", "--text", "x"), 1, "internal service has no", False),
    "paid for nobody": ("wang", ("open", "--kind", "paid", "--text", "x"), 1, "internal service has no customer", False),
    "for another's customer": ("wang", ("open", "C2", "--kind", "paid", "--text", "x"), 1, "C2 is a customer of 李雷", False),
    "asked for tomorrow": ("wang", ("open", "C1", "--kind", "free", "--text", "x", "--at", "明天9:00"), 1, "not come", False),
    "an auditor opens nothing": ("audit", ("open", "--kind", "internal", "--text", "x"), 1, "auditor may not do this", False),
}  # fmt: skip


@pytest.mark.parametrize(
    ("company_db", "name"), mostly_on_sqlite([(name,) for name in REFUSED]), indirect=["company_db"]
)
def test_refusals_change_nothing(office: Program, name: str) -> None:
    login, words, code, why, noted = REFUSED[name]
    done(office, "wang", "open", "C1", "--kind", "paid", "--text", "泵漏水")
    before = by(office, "boss", "service", "list", "--all", "--json").json
    tried = by(office, login, "service", *words)
    assert tried.code == code
    assert why in tried.err
    assert by(office, "boss", "service", "list", "--all", "--json").json == before
    assert len(refused(office)) == noted


@ON_SQLITE
def test_times_stand_in_order_and_not_in_the_future(office: Program) -> None:
    done(office, "wang", "open", "C1", "--kind", "paid", "--text", "泵漏水", "--at", "2026-03-11 16:00")
    done(office, "boss", "dispatch", "1", "--to", "li")
    for at, why in (("2026-03-11 15:59", "is before 2026-03-11 16:00"), ("10:01", "has not come yet")):
        tried = by(office, "li", "service", "start", "1", "--at", at)
        assert (tried.code, why in tried.err) == (1, True)
    assert by(office, "li", "service", "start", "1", "--at", "今天").code == 2, "no time of day"
    done(office, "li", "start", "1", "--at", "2026-03-11 16:00")
    tried = by(office, "li", "service", "finish", "1", "--result", "x", "--fee", "3", "--at", "2026-03-11 15:00")
    assert "is before 2026-03-11 16:00" in tried.err
    assert "the fee of paid service is missing" in by(office, "li", "service", "finish", "1", "--result", "x").err
    done(office, "li", "finish", "1", "--result", "x", "--fee", "3")
    assert by(office, "li", "service", "sign-off", "1", "--signed-by", "李敏", "--at", "9:59").code == 1


@ON_SQLITE
def test_who_does_not_sign_gets_somebody_again(office: Program) -> None:
    done(office, "wang", "open", "C1", "--kind", "free", "--text", "x")
    done(office, "boss", "dispatch", "1", "--to", "li")
    done(office, "li", "start", "1")
    done(office, "li", "finish", "1", "--result", "一半")
    again = done(office, "boss", "dispatch", "1", "--to", "wang")
    assert (again["state"], again["worker"], again["started_at"], again["result"]) == ("dispatched", "wang", None, "")
    assert [one["action"] for one in again["timeline"]] == ["open", "dispatch", "start", "finish", "dispatch"]


def cells(path: Path) -> list[str]:
    page = openpyxl.load_workbook(path).active
    assert page is not None
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "portrait")
    return [str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None]


@ON_SQLITE
def test_the_voucher_prints_and_shows_whole_numbers_to_whoever_goes(office: Program, tmp_path: Path) -> None:
    done(office, "wang", "open", "C1", "--kind", "paid", "--text", "=1+1 泵漏水", "--fee", "350", "--remote")
    assert by(office, "boss", "approval", "sign", "1").code == 0
    done(office, "boss", "dispatch", "1", "--to", "li")
    for login, phone, address in (("li", "13800000001", "解放路 1 号"), ("wang", "138****0001", "****")):
        path = tmp_path / f"{login}.xlsx"
        assert by(office, login, "service", "voucher", "1", "-o", str(path)).out == f"{path} is written.\n"
        told = cells(path)
        assert {
            "Service voucher",
            "No. S1",
            "C1 宏远涂料",
            "=1+1 泵漏水",
            "350.00",
            "李雷",
            "boss",
            phone,
            address,
        } <= set(told)
        assert "Customer's signature" in told
    tried = by(office, "li", "service", "voucher", "1", "-o", str(tmp_path / "li.xlsx"))
    assert (tried.code, "is there already" in tried.err) == (1, True)
    assert by(office, "li", "service", "voucher", "1", "-o", str(tmp_path / "li.xlsx"), "--yes").code == 0
    assert by(office, "li", "service", "voucher", "1", "-o", str(tmp_path / "li.pdf")).code == 2
    office.monkeypatch.setenv("REVISIT_LANG", "zh")
    from revisit import i18n

    i18n.activate("zh")
    path = tmp_path / "zh.xlsx"
    assert by(office, "li", "service", "voucher", "1", "-o", str(path)).code == 0
    assert {"服务派工单", "编号：S1", "客户签字", "有偿", "远程"} <= set(cells(path))
    with reading(office.url) as (sql, _company):
        assert sum(row[2] == "export" and row[3] == "service_job" for row in sql.rows(audit.ALL)) == 4
    done(office, "boss", "cancel", "1", "--reason", "x")
    assert by(office, "li", "service", "voucher", "1", "-o", str(tmp_path / "over.xlsx")).code == 0
    assert "13800000001" not in cells(tmp_path / "over.xlsx"), "what is over needs no telephone"


@ON_SQLITE
def test_who_may_not_see_it_does_not(office: Program) -> None:
    done(office, "wang", "open", "C1", "--kind", "paid", "--text", "泵漏水")
    done(office, "wang", "open", "--kind", "internal", "--text", "换灯")
    assert by(office, "li", "service", "list", "--json").json["jobs"] == []
    assert "C1 is a customer of 王芳" in by(office, "li", "service", "show", "1").err
    assert "service job S2 is not for you to see" in by(office, "li", "service", "show", "2").err
    done(office, "boss", "dispatch", "1", "--to", "li")
    (seen,) = by(office, "li", "service", "list", "--json").json["jobs"]
    assert (seen["number"], seen["name"]) == ("S1", "宏远涂料"), "who is sent there knows where"
    assert len(by(office, "audit", "service", "list", "--json").json["jobs"]) == 2


def test_the_doctor_knows_where_a_job_has_to_stand(office: Program) -> None:
    done(office, "wang", "open", "C1", "--kind", "paid", "--text", "泵漏水")
    done(office, "wang", "open", "--kind", "internal", "--text", "换灯")
    done(office, "boss", "dispatch", "1", "--to", "li")
    done(office, "boss", "dispatch", "2", "--to", "li")
    assert office("doctor").code == 0
    with unit(office.url, at_shanghai("2026-03-12 10:00")) as work:
        work.sql.run("UPDATE service_job SET state = 'waiting' WHERE number = 2")
    found = office("doctor")
    assert (found.code, "S2 waiting, dispatched" in found.out) == (1, True), found.out
