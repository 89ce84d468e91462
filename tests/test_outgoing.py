"""What is exported is read back as what it was: into a fresh company the same records, into the same company nothing new."""

from __future__ import annotations

import csv
import json
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from revisit.commands.export import export_file
from revisit.commands.imports import import_spreadsheet
from revisit.context import Context
from revisit.outgoing import Wanted
from tests.conftest import template_of
from tests.support import PHASES, Program, at_shanghai, reading

KINDS = ("staff", "customers", "orders", "revisits", "sales-followups")  # in the order in which they are read in
FORMS = ("xlsx", "csv")
NOW = at_shanghai("2026-03-12 10:00")
RECORDS = {
    "staff": """SELECT s.login, s.name, s.role, s.post, s.ability_percent, s.active, d.name FROM staff s
        LEFT JOIN department d ON d.id = s.department_id""",
    "customer": """SELECT c.code, c.name, c.kind, c.grade, c.region, c.industry, c.intention, c.salesperson, c.followed_by,
        c.followed_since, c.contract_on, c.balance_cents, c.credit_limit_cents, c.term_days, c.birthday, c.do_not_call, c.note,
        c.shown_order_on, c.last_order_on, s.login, c.extra FROM customer c LEFT JOIN staff s ON s.id = c.rep_id""",
    "contact_person": "SELECT c.code, p.name, p.title FROM contact_person p JOIN customer c ON c.id = p.customer_id",
    "contact_point": """SELECT c.code, p.kind, p.position, p.value FROM contact_point p
        JOIN customer c ON c.id = p.customer_id""",
    "order_": """SELECT o.number, c.code, o.ordered_on, o.completed_on, o.cancelled_on IS NULL, o.amount_cents, o.product,
        o.extra FROM order_ o JOIN customer c ON c.id = o.customer_id""",
    "revisit": """SELECT r.source_number, c.code, r.done_on, r.done_at, r.channel, r.result, s.login, r.satisfaction, r.reason,
        r.suggestion, r.filled_at, r.note, b.promised_on, b.promised_at, r.version, r.extra FROM revisit r
        JOIN customer c ON c.id = r.customer_id LEFT JOIN staff s ON s.id = r.staff_id
        LEFT JOIN booking b ON b.revisit_id = r.id WHERE r.is_current AND NOT r.is_void""",
    "sales_follow_up": """SELECT c.code, f.done_on, f.salesperson, f.note, f.extra FROM sales_follow_up f
        JOIN customer c ON c.id = f.customer_id""",
    "follow_up": """SELECT c.code, f.rule, f.anchor_on, f.slot, f.opens_on, f.due_by, f.met_on, f.ended_on FROM follow_up f
        JOIN customer c ON c.id = f.customer_id""",
}
"""What a company knows, by natural keys; and what is owed, which follows from it."""


def context_of(url: str) -> Context:
    made = Context(db_option=url, login_option="admin")
    made.__dict__["now"] = NOW
    return made


def bring(url: str, kind: str, file: Path) -> Any:
    """Reads a sheet in; the receipt."""
    return import_spreadsheet(context_of(url), kind=kind, file=file)


def take(url: str, kind: str, file: Path, *, language: str = "zh") -> int:
    """Exports everything whole; the number of rows."""
    return export_file(context_of(url), Wanted(kind, language, None, True, "搬家"), file, replace=True).rows


def fresh_company(folder: Path) -> str:
    """The path of a company that knows nothing yet but its administrator."""
    return str(shutil.copy(template_of("sqlite"), folder / "fresh.db"))


def sheet(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """A csv as somebody else writes it: nothing is guarded, the delimiter is named."""
    titles = list(dict.fromkeys(title for row in rows for title in row))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write("sep=,\n")
        out = csv.DictWriter(file, titles, restval="", quoting=csv.QUOTE_ALL)
        out.writeheader()
        out.writerows(rows)
    return path


def records(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything known, in an order of its own; unknown columns as what they say."""
    with reading(url) as (sql, _company):
        return {name: sorted(map(_plain, sql.rows(text)), key=repr) for name, text in RECORDS.items()}


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    cells = (bool(one) if isinstance(one, bool) else one for one in row)
    return tuple(
        json.loads(one) if isinstance(one, str) and one[:2] in ('{"', "[{") else _instant(one) for one in cells
    )


def _instant(cell: Any) -> Any:
    """The two databases write instants and truths in their own ways."""
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, str) and len(cell) > 19 and cell[4] == cell[7] == "-" and cell[13] == cell[16] == ":":
        return cell[:19]
    return cell


@dataclass
class Company:
    """A company full of records, and a folder for its sheets."""

    url: str
    folder: Path

    def fill(self, sheets: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
        for kind in KINDS:
            if sheets.get(kind):
                receipt = bring(self.url, kind, sheet(self.folder / f"source-{kind}.csv", sheets[kind]))
                assert not receipt.rejected, receipt.reading.rejects

    def moved(self, form: str, language: str = "zh") -> None:
        """The property: exported, it reads back as what it was."""
        before = records(self.url)
        fresh = fresh_company(self.folder)
        for kind in KINDS:
            file = self.folder / f"{kind}.{form}"
            rows = take(self.url, kind, file, language=language)
            if not rows:
                continue
            again = bring(self.url, kind, file)
            counts = {name: getattr(again, name) for name in ("inserted", "updated", "unchanged", "rejected")}
            assert counts == {"inserted": 0, "updated": 0, "unchanged": rows, "rejected": 0}, (
                again.changes,
                again.reading.rejects,
            )
            moved = bring(fresh, kind, file)
            assert not moved.rejected, moved.reading.rejects
            assert moved.reading.skipped == 1  # the line that names who exported it
        assert records(self.url) == before
        after = records(fresh)
        for name in RECORDS:
            assert after[name] == before[name], name


@pytest.fixture
def company(company_db: str, tmp_path: Path) -> Company:
    return Company(company_db, tmp_path)


PAYLOADS = (
    "=1+1", "=cmd|' /C calc'!A0", "+86-1", "-2+3", "@SUM(A1)", "＝1＋1", "－1", "＠x", "'=1", "''", "'", "[/]", "[red]红[/red]",
    "<script>alert(1)</script>", "</t></is></c><c><f>1</f></c>", "<r><t>x</t></r>", "&amp;", "]]>", "_x0041_", "a,b", 'say "x"',
    "a;b", "a\tb", "甲\n乙", "甲\r\n乙", "\tx", "\n=1", " 空 ", "' OR 1=1 --", "../../etc", "%s {0} {name}",
    "http://x.y/?a=b&c", "𠮷野家😀", "1e5", "00123", "2026-03-01", "12/1/10", "合计", "客户", "小计", "TRUE", "#N/A", "é",
    "x" * 300,
)  # fmt: skip
"""Texts that have hurt somebody."""


def rows_of(text: str) -> list[dict[str, str]]:
    """A table as it is drawn in moving.toml: cells between bars, a blank one is no cell."""
    titles, *lines = (
        [cell.strip().replace("\\n", "\n") for cell in line.split("|")] for line in text.strip().splitlines()
    )
    return [{title: cell for title, cell in zip(titles, line, strict=True) if cell} for line in lines]


TABLES = tomllib.loads((Path(__file__).parent / "moving.toml").read_text(encoding="utf-8"))
SHEETS, MORE = {kind: rows_of(TABLES[kind]) for kind in KINDS}, rows_of(TABLES["more"])
SHEETS["customers"] = [
    one | next((more for more in MORE if more["客户编号"] == one.get("客户编号")), {}) for one in SHEETS["customers"]
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_company_moves(company: Company, form: str, language: str) -> None:
    company.fill(SHEETS)
    company.moved(form, language)


FACTS = {
    "orders": {"下单日期": "2026-03-01"},
    "revisits": {"回访时间": "2026-03-01", "结果": "已接通"},
    "sales-followups": {"跟进日期": "2026-03-01"},
}


@pytest.mark.parametrize("form", FORMS)
def test_every_text_that_has_hurt_somebody_goes_and_comes_back(company: Company, form: str) -> None:
    written = {
        "customers": ("客户名称", "联系人", "称谓", "地址", "地区", "行业", "业务员", "备注", "又"),
        "orders": ("产品", "又"),
        "revisits": ("原因", "建议", "备注", "又"),
        "sales-followups": ("业务员", "备注", "又"),
    }
    sheets = {
        kind: [
            {"客户编号": f"N{place}", **FACTS.get(kind, {})} | dict.fromkeys(titles, text)
            for place, text in enumerate(PAYLOADS)
        ]
        for kind, titles in written.items()
    }
    for place, text in enumerate(PAYLOADS):
        sheets["customers"][place] |= {"客户名称": f"{text}甲", f"列{text}": text}
    company.fill(sheets)
    company.moved(form)


def test_titles_that_are_names_of_fields(company: Company) -> None:
    """A second telephone column, two columns of one title, a title that the template has, a field that it has not."""
    header = ["客户编号", "客户名称", "手机", "电话", "备注", "备注", "名称", "爱好", "爱好"]
    rows = [header, ["C1", "甲", "13800000001", "座机坏了", "一", "二", "乙", "茶", "酒"]]
    write_csv(company.folder / "c.csv", rows)
    bring(company.url, "customers", company.folder / "c.csv")
    header = ["客户编号", "客户", "买家", "下单日期", "电话"]
    write_csv(company.folder / "o.csv", [header, ["C1", "甲", "老甲", "2026-03-01", "13800000009"]])
    bring(company.url, "orders", company.folder / "o.csv")
    company.moved("xlsx")
    company.moved("csv")


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)


# --- any company


PIECES = st.sampled_from(
    [*PAYLOADS, "宏远", "涂料", "A", "1", " ", "-", "=", "'", '"', ";", "\n", "‮", "１", "Ｘ", "é", "​"]
)
TEXTS = st.one_of(
    st.sampled_from(PAYLOADS),
    st.lists(PIECES, max_size=4).map("".join),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=8),
)
DAYS = st.dates(min_value=NOW.date().replace(year=2020), max_value=NOW.date()).map(str)
CENTS = st.integers(min_value=-(10**14), max_value=10**14).map(lambda cents: f"{cents / 100:.2f}")
PHONES = st.lists(
    st.sampled_from(["13800000001", "13900000002", "021-60000002", "+44 20 7946 0000", "0571-88886666转12", "400-800-1234"]),
    max_size=3,
).map(" / ".join)  # fmt: skip
LOGINS = st.sampled_from(["wang", "li", "zhou", ""])


def any_of(*words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *words))


@st.composite
def companies(draw: st.DrawFn) -> dict[str, list[dict[str, str]]]:
    """Sheets of every kind that fit together."""
    people = [
        {
            "登录名": login,
            "姓名": name,
            "角色": draw(any_of("supervisor", "客服专员")),
            "能力系数": draw(any_of("1.2", "0.85")),
        }
        for login, name in (("wang", "王丽"), ("li", "李强"), ("zhou", "李强"))
    ]
    titles = draw(st.lists(TEXTS.filter(lambda text: bool(text.strip())), max_size=2, unique=True))
    customers = [
        {
            "客户编号": f"C{place}", "客户名称": draw(TEXTS), "联系人": draw(TEXTS), "电话": draw(PHONES), "地址": draw(TEXTS),
            "地区": draw(TEXTS), "等级": draw(any_of("A", "b")), "类型": draw(any_of("客户", "prospect")),
            "意向": draw(any_of("有意向", "none")), "客服专员": draw(LOGINS), "业务员": draw(TEXTS),
            "跟进部门": draw(any_of("客服", "sales")), "移交日期": draw(st.one_of(st.just(""), DAYS)),
            "最近订货日期": draw(st.one_of(st.just(""), DAYS)), "签约日期": draw(st.one_of(st.just(""), DAYS)),
            "欠款": draw(st.one_of(st.just(""), CENTS)), "信用额度": draw(st.one_of(st.just(""), CENTS)),
            "账期": draw(any_of("0", "30")), "免打扰": draw(any_of("是", "否")), "备注": draw(TEXTS),
        } | {f"未知{title}": draw(TEXTS) for title in titles}
        for place in range(draw(st.integers(min_value=1, max_value=4)))
    ]  # fmt: skip
    code = st.sampled_from([one["客户编号"] for one in customers])
    orders = [
        {
            "订单号": f"D{place}" if draw(st.booleans()) else "", "客户编号": draw(code), "下单日期": draw(DAYS),
            "完成日期": draw(st.one_of(st.just(""), DAYS)), "金额": draw(st.one_of(st.just(""), CENTS)), "产品": draw(TEXTS),
            "状态": draw(any_of("已取消", "完成", "ordered")), "行": draw(TEXTS),
        }
        for place in range(draw(st.integers(min_value=0, max_value=4)))
    ]  # fmt: skip
    revisits = [
        {
            "记录编号": f"R{place}" if draw(st.booleans()) else "", "客户编号": draw(code), "天气": draw(TEXTS),
            "回访时间": f"2026-02-{place + 1:02d} 1{place}:05", "方式": draw(any_of("电话", "email")),
            "结果": draw(st.sampled_from(["已接通", "busy", "未接"])), "回访人": draw(LOGINS),
            "满意度": draw(any_of("满意", "neutral")), "原因": draw(TEXTS), "建议": draw(TEXTS), "备注": draw(TEXTS),
            "约定时间": draw(any_of("2026-03-15", "2026-03-16 09:30")),
            "填写时间": draw(any_of("2026-03-01 08:00:30", "2026-03-01")),
        }
        for place in range(draw(st.integers(min_value=0, max_value=3)))
    ]  # fmt: skip
    sales = [
        {
            "客户编号": draw(code),
            "跟进日期": f"2026-01-{place + 1:02d}",
            "业务员": draw(TEXTS),
            "备注": draw(TEXTS),
            "又": draw(TEXTS),
        }
        for place in range(draw(st.integers(min_value=0, max_value=2)))
    ]
    return {"staff": people, "customers": customers, "orders": orders, "revisits": revisits, "sales-followups": sales}


@pytest.mark.parametrize("form", FORMS)
@settings(
    max_examples=settings().max_examples // 6,
    phases=PHASES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(sheets=companies())
def test_any_company_moves(
    form: str, sheets: dict[str, list[dict[str, str]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("moving")
    company = Company(str(shutil.copy(template_of("sqlite"), folder / "revisit.db")), folder)
    company.fill(sheets)
    company.moved(form)


def test_a_talk_recorded_to_the_microsecond_is_the_same_talk(company_db: str, tmp_path: Path, revisit: Program) -> None:
    company = Company(company_db, tmp_path)
    company.fill({"customers": [{"客户编号": "C1"}]})
    revisit.monkeypatch.setenv("REVISIT_NOW", "2026-03-12T01:00:00.654321+00:00")
    assert revisit("log", "C1", "-r", "reached").code == 0
    revisit.at("2026-03-12 12:00")
    take(company.url, "revisits", tmp_path / "r.xlsx")
    again = bring(company.url, "revisits", tmp_path / "r.xlsx")
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, 1)
