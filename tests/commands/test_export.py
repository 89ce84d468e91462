"""`revisit export`: what stands on the sheet, who may take what along, and that it is never done in silence."""

from __future__ import annotations

import csv
import json
import re
import stat
import zipfile
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from revisit import access, outgoing
from revisit.commands import export as command
from revisit.policy import access as matrix
from tests.support import Program, at_shanghai, reading, unit
from tests.test_outgoing import sheet

DAY = "2026-03-12 10:00"
STAFF = [
    {"登录名": "wang", "姓名": "王丽", "岗位": "客服专员", "部门": "北区"},
    {"登录名": "li", "姓名": "李强", "岗位": "客服专员", "部门": "南区"},
    {"登录名": "gone", "姓名": "周走", "部门": "北区", "在职": "离职"},
    {"登录名": "ming", "姓名": "明珠", "岗位": "客服主管", "部门": "北区"},
    {"登录名": "boss", "姓名": "老板", "角色": "supervisor"},
    {"登录名": "shen", "姓名": "审批", "角色": "approver"},
    {"登录名": "guan", "姓名": "观察", "角色": "auditor"},
]
CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "联系人": "李敏", "称谓": "经理", "电话": "13800000001 021-60000002转8"}
    | {"地址": "解放路 1 号", "客服专员": "王丽", "业务员": "老赵", "跟进部门": "销售部", "移交日期": "2026-01-10"}
    | {"最近订货日期": "2026-02-03", "信用额度": "5000", "账期": "30", "生日": "1980-03-04", "免打扰": "是", "备注": "=1+1"}
    | {"手机": "13900000009", "爱好": "茶", "另": "打 139-0000-0009", "欠款": "-12.5", "等级": "A"},
    {"客户编号": "C2", "客户名称": "恒昌五金", "电话": "13800000002", "客服专员": "li", "类型": "潜在客户", "意向": "有意向"}
    | {"备注": "改打 １３８ 0000 0005"},
    {"客户编号": "C3", "客户名称": "无主商行", "地址": "三路"},
]  # fmt: skip
ORDERS = [
    {
        "订单号": "A1",
        "客户编号": "C1",
        "下单日期": "2026-02-01",
        "完成日期": "2026-02-03",
        "金额": "1280.5",
        "产品": "漆",
    },
    {"订单号": "A2", "客户编号": "C2", "下单日期": "2026-02-02", "金额": "7", "产品": "刷", "状态": "取消"},
]
REVISITS = [
    {
        "客户编号": "C1",
        "回访时间": "2026-03-01 10:30",
        "结果": "已接通",
        "回访人": "王丽",
        "满意度": "满意",
        "约定时间": "2026-03-20",
    },
    {"客户编号": "C2", "回访时间": "2026-03-02", "结果": "未接", "回访人": "li"},
]
SALES = [{"客户编号": "C1", "跟进日期": "2026-02-20", "业务员": "老赵", "备注": "催款"}]
SHEETS = {"staff": STAFF, "customers": CUSTOMERS, "orders": ORDERS, "revisits": REVISITS, "sales-followups": SALES}


def fill(revisit: Program, folder: Path) -> None:
    """Three customers: of wang (north), of li (south), of nobody; ming leads the north, boss everybody."""
    for kind, rows in SHEETS.items():
        done = revisit("import", kind, str(sheet(folder / f"in-{kind}.csv", rows)))
        assert done.code == 0, done


FILLED = {"office": fill}


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves, on 12 March 2026."""
    return revisit.at(DAY)


def by(office: Program, login: str, *arguments: str) -> Any:
    office.login = login
    try:
        return office(*arguments)
    finally:
        office.login = "admin"


def lines(path: Path) -> list[list[str]]:
    """The rows of a csv."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def column(path: Path, title: str) -> list[str]:
    """The cells of a column of a csv below its header."""
    _above, header, *rows = lines(path)
    return [row[header.index(title)] for row in rows]


def audited(office: Program) -> list[dict[str, Any]]:
    """What the audit knows of exports: who, what."""
    with reading(office.url) as (sql, _company):
        rows = sql.rows("SELECT who, table_name, change FROM audit WHERE action = 'export' ORDER BY id")
    return [
        {"who": who, "table": name} | {key: new for key, (_old, new) in json.loads(change).items()}
        for who, name, change in rows
    ]


# --- what stands on it


def test_a_masked_sheet(office: Program, tmp_path: Path) -> None:
    file = tmp_path / "客户.csv"
    done = office("export", "customers", "-o", str(file), "--lang", "zh", "--reason", "年会")
    assert (done.code, done.out) == (0, f"{file} is written, rows: 3\n")
    assert done.err == (
        "Phones are masked and addresses left out; whole: --reveal --reason TEXT\n"
        "Texts left out because a telephone number stands in them: 3; whole: --reveal --reason TEXT\n"
    )
    above, header, *rows = lines(file)
    assert above == ["客户 · 宏远商贸 · 2026-03-12 由 admin 导出；原因：年会；号码已隐藏，地址未列出"]
    assert " ".join(header[:23]) == (
        "客户编号 客户名称 联系人 称谓 电话 地址 地区 行业 等级 类型 意向 客服专员 业务员 跟进部门 移交日期 最近订货日期 "
        "签约日期 欠款 信用额度 账期 生日 免打扰 备注"
    )
    assert sorted(header[23:]) == sorted(["手机", "爱好", "另"])
    one, other, third = (dict(zip(header, row, strict=True)) for row in rows)
    assert {title: cell for title, cell in one.items() if cell} == {
        "客户编号": "C1", "客户名称": "宏远涂料", "联系人": "李敏", "称谓": "经理", "电话": "138****0001 / 021****0002",
        "等级": "A", "类型": "客户", "客服专员": "王丽", "业务员": "老赵", "跟进部门": "业务", "移交日期": "2026-01-10",
        "最近订货日期": "2026-02-03", "欠款": "-12.50", "信用额度": "5000.00", "账期": "30", "生日": "1980-03-04",
        "免打扰": "是", "备注": "'=1+1", "爱好": "茶",
    }  # fmt: skip
    assert {title: cell for title, cell in other.items() if cell} == {
        "客户编号": "C2", "客户名称": "恒昌五金", "电话": "138****0002", "类型": "潜在客户", "意向": "有意向", "客服专员": "李强",
        "跟进部门": "客服",
    }  # fmt: skip
    assert third["地址"] == ""
    for number in ("13800000001", "60000002", "13900000009", "0000-0009", "0000 0005"):
        assert number not in file.read_text("utf-8")


def test_a_whole_workbook(office: Program, tmp_path: Path) -> None:
    file = tmp_path / "customers.xlsx"
    done = office("export", "customers", "-o", str(file), "--lang", "en", "--reveal", "--reason", "=annual\nparty")
    assert (done.code, done.out, done.err) == (0, f"{file} is written, rows: 3\n", "")
    sheet = load_workbook(file).active
    assert sheet is not None and sheet.title == "customers" and sheet.freeze_panes == "A3"
    assert sheet["A1"].value == "customers of 宏远商贸, exported by admin on 2026-03-12; reason: =annual party"
    header, one, *_others = ([cell.value for cell in row] for row in sheet.iter_rows(min_row=2))
    found = {title: cell for title, cell in zip(header, one, strict=True) if cell is not None}
    day = datetime.fromisoformat
    assert found == {
        "code": "C1", "name": "宏远涂料", "contact": "李敏", "title": "经理", "phone": "13800000001 / 02160000002x8",
        "address": "解放路 1 号", "grade": "A", "kind": "customer", "rep": "王丽", "salesperson": "老赵", "followed_by": "sales",
        "followed_since": day("2026-01-10"), "last_order_on": day("2026-02-03"), "balance": -12.5, "credit_limit": 5000,
        "term_days": 30, "birthday": day("1980-03-04"), "do_not_call": "yes", "note": "=1+1", "手机": "13900000009", "爱好": "茶",
        "另": "打 139-0000-0009",
    }  # fmt: skip
    formats = {title: cell.number_format for title, cell in zip(header, sheet[3], strict=True)}
    assert formats["balance"] == "#,##0.00"
    assert {formats[title] for title in ("code", "phone")} == {"@"}
    with zipfile.ZipFile(file) as archive:
        assert not re.search(rb"<f[ >/]|hyperlink", b"".join(map(archive.read, archive.namelist())))


OTHERS = {
    "orders": [
        "订单号|客户编号|客户名称|下单日期|完成日期|金额|产品|状态|地区",
        "A1|C1|宏远涂料|2026-02-01|2026-02-03|1280.50|漆|已完成|",
        "A2|C2|恒昌五金|2026-02-02||7.00|刷|已取消|",
    ],
    "revisits": [
        "记录编号|客户编号|客户名称|回访时间|方式|结果|回访人|满意度|原因|建议|约定时间|填写时间|备注",
        "|C1|宏远涂料|2026-03-01 10:30:00|电话|已接通|王丽|满意|||2026-03-20||",
        "|C2|恒昌五金|2026-03-02|电话|未接|李强||||||",
    ],
    "sales-followups": [
        "客户编号|客户名称|跟进日期|业务员|备注",
        "C1|宏远涂料|2026-02-20|老赵|催款",
    ],
    "staff": [
        "登录名|姓名|岗位|部门|能力系数|角色|在职",
        "admin|admin|||1.00|管理员|在职",
        "wang|王丽|客服专员|北区|1.00|客服专员|在职",
        "li|李强|客服专员|南区|1.00|客服专员|在职",
        "ming|明珠|客服主管|北区|1.00|客服主管|在职",
        "gone|周走||北区|1.00|客服专员|离职",
        "boss|老板|||1.00|客服主管|在职",
        "shen|审批|||1.00|审批人|在职",
        "guan|观察|||1.00|审计|在职",
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_the_other_kinds(office: Program, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "x.csv"
    done = office("export", kind, "-o", str(file), "--lang", "zh", "--json")
    assert done.json == {
        "kind": kind, "rows": len(OTHERS[kind]) - 1, "file": str(file), "masked": True,
        "left_out": {"hidden": 0, "too_long": 0, "unsayable": 0},
    }  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert ["|".join(line) for line in lines(file)[1:]] == OTHERS[kind]


def test_nothing_on_record_is_a_sheet_with_a_header(revisit: Program, tmp_path: Path) -> None:
    done = revisit("export", "orders", "-o", str(tmp_path / "x.csv"))
    assert (done.code, done.out) == (0, f"{tmp_path / 'x.csv'} is written, rows: 0\n")
    assert len(lines(tmp_path / "x.csv")) == 2


def test_do_not_call_is_what_holds(office: Program, tmp_path: Path) -> None:
    assert office("customer", "exclude", "C2", "--reason", "x").code == 0
    assert office("customer", "exclude", "C1", "--lift", "--reason", "x").code == 0
    office("export", "customers", "-o", str(tmp_path / "x.csv"), "--reveal", "--reason", "x")
    assert column(tmp_path / "x.csv", "do_not_call") == ["", "yes", ""]
    office("import", "customers", str(tmp_path / "x.csv"))
    assert [office("show", code, "--json").json["do_not_call"] for code in ("C1", "C2")] == [False, True]


def test_what_a_sheet_has_no_words_for_is_left_out_and_counted(office: Program, tmp_path: Path) -> None:
    """Calls from customers, talks with sales, what was taken back, our own plans; the newest version goes out."""
    for options in (["--inbound"], ["--with", "sales"], [], ["--next", "2026-03-25"]):
        assert office("log", "C1", "-r", "reached", *options).code == 0
    assert office("void", "5", "--reason", "x").code == 0
    assert office("amend", "6", "-r", "busy").code == 0
    done = office("export", "revisits", "-o", str(tmp_path / "x.csv"), "--json")
    assert (done.json["rows"], done.json["left_out"]["unsayable"]) == (3, 2)
    assert (
        done.err
        == "Records left out because a sheet has no words for them (calls from customers, talks with sales): 2\n"
    )
    assert column(tmp_path / "x.csv", "result") == ["reached", "no answer", "busy"]
    assert column(tmp_path / "x.csv", "callback") == ["2026-03-20", "", ""]


def test_a_masked_sheet_takes_nothing_away_when_it_comes_back(office: Program, tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    assert office("export", "customers", "-o", str(file)).code == 0
    before = [office("show", code, "--reveal", "--reason", "x", "--json").json for code in ("C1", "C2", "C3")]
    told = office("import", "customers", str(file), "--json")
    assert (told.code, told.json["unchanged"], told.json["updated"]) == (0, 3, 0)
    assert any("masked" in one for one in told.json["warnings"])
    assert [office("show", code, "--reveal", "--reason", "x", "--json").json for code in ("C1", "C2", "C3")] == before


def test_a_number_beside_a_persons_name_is_left_out_as_well(office: Program, tmp_path: Path) -> None:
    """People write numbers wherever there is room. What a record is known by stays: without it the record would come twice."""
    number = "13600000007"
    customer = {"客户编号": "C9", "客户名称": "王五"} | dict.fromkeys(
        ("联系人", "称谓", "地区", "行业"), f"王五{number}"
    )
    orders = [
        {"客户编号": "C9", "下单日期": "2026-02-05", "金额": "5", "产品": f"漆 {number}"} | more
        for more in ({"订单号": "A9"}, {})
    ]
    for kind, rows in (("customers", [customer]), ("orders", orders)):
        assert office("import", kind, str(sheet(tmp_path / f"more-{kind}.csv", rows))).code == 0
        file = tmp_path / f"{kind}.csv"
        assert office("export", kind, "-o", str(file), "--lang", "zh", "--json").json["left_out"]["hidden"] >= 1
        assert file.read_text("utf-8").count(number) == {"customers": 0, "orders": 1}[kind]
        told = office("import", kind, str(file), "--json").json
        assert (told["inserted"], told["updated"], told["rejected"]) == (0, 0, 0)


# --- who may take what along

EVERYTHING = {"customers": 3, "orders": 2, "revisits": 2, "sales-followups": 1, "staff": 8}
NORTH = {"customers": ["C1", "C3"], "orders": ["C1"], "revisits": ["C1"], "sales-followups": ["C1"]}
"""Of the own team, and of nobody."""


@pytest.mark.parametrize("kind", EVERYTHING)
def test_who_may_export_what(office: Program, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "x.csv"
    for login in ("wang", "shen", "guan"):
        done = by(office, login, "export", kind, "-o", str(file))
        assert (done.code, "the role" in done.err and "may not do this" in done.err, file.exists()) == (1, True, False)
    office.login = None
    office.monkeypatch.setattr("getpass.getuser", lambda: "nobody-here")
    done = office("export", kind, "-o", str(file))
    assert (done.code, done.err.splitlines()[0], file.exists()) == (1, "Error: I do not know who you are", False)
    assert by(office, "admin", "export", kind, "-o", str(file)).code == 0
    assert len(lines(file)) == EVERYTHING[kind] + 2
    for login in ("ming", "boss"):
        done = by(office, login, "export", kind, "-o", str(file), "--yes")
        if kind == "staff":
            assert done.code == 1
            continue
        assert done.code == 0
        codes = column(file, "code")
        assert codes == NORTH[kind] if login == "ming" else len(codes) == EVERYTHING[kind]
    assert [one["who"] for one in audited(office)] == ["admin"] + ([] if kind == "staff" else ["ming", "boss"])


def test_of_one_representative(office: Program, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    assert office("export", "customers", "-o", str(file), "--rep", "li").code == 0
    assert column(file, "code") == ["C2"]
    assert by(office, "ming", "export", "orders", "-o", str(file), "--rep", "WANG", "--yes").code == 0
    assert column(file, "code") == ["C1"]
    assert by(office, "ming", "export", "orders", "-o", str(file), "--rep", "gone", "--yes").code == 0
    assert column(file, "code") == []
    done = by(office, "ming", "export", "customers", "-o", str(file), "--rep", "li", "--yes")
    assert (done.code, done.err) == (
        1, "Error: li is not of your team\nTry: name somebody of your team, or ask an administrator\n",
    )  # fmt: skip
    assert [one.get("rep") for one in audited(office)] == ["li", "WANG", "gone"]


def test_a_supervisor_reveals_a_limited_number_of_rows(office: Program, tmp_path: Path) -> None:
    assert matrix.MOST_REVEALED == {"supervisor": 500}
    office.monkeypatch.setitem(matrix.MOST_REVEALED, "supervisor", 1)
    reveal = ("--reveal", "--reason", "x")
    done = by(office, "ming", "export", "customers", "-o", str(tmp_path / "x.csv"), *reveal)
    assert (done.code, list(tmp_path.glob("*x.csv*"))) == (1, [])
    assert done.err.startswith(
        "Error: 2 rows are too many to be exported with whole telephone numbers (a supervisor may export 1)\n"
    )
    assert by(office, "ming", "export", "customers", "-o", str(tmp_path / "x.csv"), "--rep", "wang", *reveal).code == 0
    assert column(tmp_path / "x.csv", "phone") == ["13800000001 / 02160000002x8"]
    assert by(office, "ming", "export", "customers", "-o", str(tmp_path / "y.csv")).code == 0
    assert by(office, "admin", "export", "customers", "-o", str(tmp_path / "z.csv"), *reveal).code == 0
    assert [one["revealed"] for one in audited(office)] == [True, False, True]


def test_credit_goes_by_the_matrix(office: Program, tmp_path: Path) -> None:
    office.monkeypatch.setitem(matrix.SIGHTS["credit"], "supervisor", "none")  # type: ignore[arg-type]
    by(office, "ming", "export", "customers", "-o", str(tmp_path / "x.csv"))
    for title in ("balance", "credit_limit", "term_days"):
        assert column(tmp_path / "x.csv", title) == ["", ""]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("打 13800000001 找李", True), ("１３８ 0000 0001", True), ("138-0000-0001", True), ("021-60000002", True),
        ("(0571)88886666", True), ("+44 20 7946 0000", True), ("0044 2079460000", True), ("2026-03-12 10:00", False),
        ("20260312", False), ("订单 SO20260312-001", False), ("1380000000", False), ("138000000012", False), ("", False),
        ("余额 0.13800000001", False), ("5000.00", False),
    ],
)  # fmt: skip
def test_a_telephone_number_in_a_text(text: str, holds: bool) -> None:
    assert access.holds_phone(text) == holds


# --- never in silence, never half


def test_the_audit_knows_of_it_in_words(office: Program, tmp_path: Path) -> None:
    assert (
        by(office, "boss", "export", "customers", "-o", str(tmp_path / "x.csv"), "--reveal", "--reason", " 年会 ").code
        == 0
    )
    assert audited(office) == [
        {"who": "boss", "table": "customer", "kind": "customers", "rows": 3, "file": "x.csv", "revealed": True, "reason": "年会"}
    ]  # fmt: skip
    assert office("audit", "--action", "export").out.splitlines()[1] == (
        "2026-03-12 10:00  boss        exported: customer file  "
        "file name: x.csv, kind: customers, reason: 年会, with whole numbers: yes, rows: 3"
    )
    assert office("audit", "--verify").code == 0


def test_what_the_audit_does_not_know_of_is_not_there(office: Program, tmp_path: Path) -> None:
    def fail(*_arguments: Any) -> None:
        raise RuntimeError("no room")

    office.monkeypatch.setattr(outgoing, "note", fail)
    with pytest.raises(RuntimeError):
        office("export", "customers", "-o", str(tmp_path / "x.csv"))
    assert not list(tmp_path.glob("*x.csv*"))


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(office: Program, tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    file.write_text("mine")
    done = office("export", "customers", "-o", str(file))
    assert (done.code, file.read_text()) == (1, "mine")
    assert done.err == f"Error: {file} is there already\nTry: name another file, or let it be replaced with --yes\n"
    assert audited(office) == []
    assert office("export", "customers", "-o", str(file), "-y").code == 0
    assert file.read_bytes()[:2] == b"PK"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600  # personal data: the owner's alone
    assert office("export", "customers", "-o", str(tmp_path)).code == 2
    (tmp_path / "d.csv").mkdir()
    assert office("export", "customers", "-o", str(tmp_path / "d.csv")).code == 1
    assert office("export", "customers", "-o", str(tmp_path / "no" / "x.csv")).code == 1


def test_stopped_in_the_middle_nothing_is_left(office: Program, tmp_path: Path) -> None:
    def stop(_stage: str, _done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    @contextmanager
    def shown(_stages: Any) -> Any:
        yield stop

    office.monkeypatch.setattr(command.progress, "shown", shown)
    (tmp_path / "x.csv").write_text("mine")
    done = office("export", "customers", "-o", str(tmp_path / "x.csv"), "--yes")
    assert (done.code, done.err) == (130, "stopped; nothing was changed\n")
    assert [one.name for one in tmp_path.glob("*x.csv*")] == ["x.csv"]
    assert ((tmp_path / "x.csv").read_text(), audited(office)) == ("mine", [])


WRONG = [
    (["nix", "-o", "x.csv"], "there is no kind of import nix"),
    (["customers"], "--output is missing"),
    (["customers", "-o", "x.ods"], "x.ods ends neither in .xlsx nor in .csv"),
    (["customers", "-o", "x.csv", "--reveal"], "the reason is missing"),
    (["customers", "-o", "x.csv", "--reveal", "--reason", " "], "the reason is missing"),
    (["customers", "-o", "x.csv", "--lang", "fr"], "there is no language fr"),
    (["staff", "-o", "x.csv", "--rep", "wang"], "staff is not exported by representative"),
]


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[one[1] for one in WRONG])
def test_wrong_usage(office: Program, tmp_path: Path, arguments: list[str], message: str) -> None:
    office.monkeypatch.chdir(tmp_path)
    done = office("export", *arguments)
    assert (done.code, done.err.splitlines()[0]) == (2, f"Error: {message}")
    assert not list(tmp_path.glob("*x.*s*"))


@pytest.mark.parametrize("company_db", ["postgresql"], indirect=True)
def test_everything_is_of_one_moment(office: Program, tmp_path: Path) -> None:
    """On a server somebody else may write meanwhile; in a file nobody can."""
    import psycopg

    from revisit.outgoing.records import Source

    whole = Source.titles

    def meanwhile(source: Source) -> tuple[str, ...]:
        found = whole(source)
        with psycopg.connect(office.url) as other:
            other.execute("UPDATE customer SET extra = '{\"新\": \"x\"}', name = 'new' WHERE code = 'C2'")
        return found

    office.monkeypatch.setattr(Source, "titles", meanwhile)
    assert office("export", "customers", "-o", str(tmp_path / "x.csv")).code == 0
    assert column(tmp_path / "x.csv", "name") == ["宏远涂料", "恒昌五金", "无主商行"]


def test_merged_files_are_none_any_more(office: Program, tmp_path: Path) -> None:
    with unit(office.url, at_shanghai(DAY)) as work:
        work.session.execute(
            text("UPDATE customer SET merged_into = (SELECT id FROM customer WHERE code = 'C1') WHERE code = 'C2'")
        )
    assert office("export", "customers", "-o", str(tmp_path / "x.csv")).code == 0
    assert column(tmp_path / "x.csv", "code") == ["C1", "C3"]
