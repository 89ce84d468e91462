"""Headers as people write them; the shipped name tables contradict nobody."""

from __future__ import annotations

import pytest

from revisit.errors import Refused
from revisit.intake.headers import Column, Doubled, Layout, field_of, find_header, is_total_row, parse_layout
from revisit.resources import read_text
from revisit.sheets import BadCell, Row, Sheet

KINDS = {
    "customers": "code name contact title phone address region industry grade kind intention rep salesperson followed_by "
    "followed_since last_order_on contract_on balance credit_limit term_days birthday do_not_call note",
    "orders": "number code name customer ordered_on completed_on amount product status region",
    "revisits": "number code name customer at channel result staff satisfaction reason suggestion callback filled_at note",
    "sales-followups": "code name customer on salesperson note",
    "chats": "chat at sender staff text code name customer",
    "staff": "login name post department ability role active",
}


def layout(kind: str) -> Layout:
    return parse_layout(kind, read_text(f"import/{kind}.toml"))


def sheet(*rows: tuple[object, ...]) -> Sheet:
    return Sheet("S", tuple(Row(number, cells) for number, cells in enumerate(rows, 1)))


def fields(*titles: str, kind: str = "customers") -> list[str | None]:
    return [field_of(title, layout(kind)) for title in titles]


@pytest.mark.parametrize("kind", KINDS)
def test_shipped_layouts_have_the_fields_and_no_name_twice(kind: str) -> None:
    found = layout(kind)  # parsing refuses a name under two fields
    assert list(found.fields) == KINDS[kind].split()
    for name, field in found.fields.items():
        assert field.title.keys() == {"zh", "en"}
        assert (field.type == "word") == bool(field.words)
        assert len(field.names) == len(set(field.names)), name


def test_required_fields() -> None:
    required = {kind: layout(kind).required for kind in KINDS}
    assert required == {
        "customers": (), "orders": ("ordered_on",), "revisits": ("at", "result"), "sales-followups": ("on",), "staff": (),
        "chats": ("chat", "at", "sender"),
    }  # fmt: skip


def test_canonical_words() -> None:
    words = {(kind, f.name): set(f.words.values()) for kind in KINDS for f in layout(kind).fields.values() if f.words}
    assert words == {
        ("customers", "grade"): set("ABCD"),
        ("customers", "kind"): {"customer", "prospect"},
        ("customers", "intention"): {"interested", "undecided", "none"},
        ("customers", "followed_by"): {"service", "sales"},
        ("orders", "status"): {"cancelled", "ordered", "completed"},
        ("revisits", "channel"): {"phone", "visit", "sms", "wechat", "email", "service"},
        ("revisits", "result"): {
            "reached", "declined", "sent", "no_answer", "busy", "wrong_number", "inconvenient",
        },
        ("revisits", "satisfaction"): {"satisfied", "neutral", "dissatisfied"},
        ("staff", "role"): {"representative", "supervisor", "administrator", "approver", "auditor"},
        ("staff", "active"): {"active", "left"},
        ("chats", "sender"): {"customer", "staff", "system"},
    }  # fmt: skip


def test_two_fields_with_one_name_are_refused() -> None:
    text = 'title = { zh = "x", en = "y" }\ntype = "text"\nrequired = false\nnames = ["同名"]\n'
    with pytest.raises(Refused, match="同名"):
        parse_layout("x", f"[fields.a]\n{text}[fields.b]\n{text}".replace('"x"', '"同名"'))
    with pytest.raises(Refused):
        parse_layout("x", "not toml")
    with pytest.raises(Refused):
        parse_layout("x", '[fields.a]\ntitle = {}\ntype = "colour"\nrequired = true\nnames = []')


def test_header_text_is_compared_without_dress() -> None:
    assert fields("* 客户 编号：", "ＣｕｓｔｏｍｅｒＩＤ", "customer_id", "Customer ID") == ["code"] * 4
    assert fields("欠款（元）", "信用额度(万元)", "账期[天]", "电话\n(手机)") == [
        "balance",
        "credit_limit",
        "term_days",
        "phone",
    ]
    assert fields("客户（编号）", "客户(名称)", "备用") == ["code", "name", None]
    assert fields("InvoiceNo", "InvoiceDate", "Amount", "Country", "客户", kind="orders") == [
        "number", "ordered_on", "amount", "region", "customer",
    ]  # fmt: skip
    for kind in KINDS.keys() - {"staff"}:
        assert fields("客户编号", "客户ID", "CustomerID", "code", kind=kind) == ["code"] * 4
        assert fields("客户名称", "name", kind=kind) == ["name"] * 2


def test_header_under_titles_blank_rows_and_columns() -> None:
    found = find_header(
        sheet(
            (None, "2026年客户名单", None, None),
            (),
            (None, "制表：李敏", None, None),
            (None, "客户编号", "公司名称", "手机号码", None),
            (None, "C1", "宏远", "13800000001", "随便"),
        ),
        layout("customers"),
    )
    assert found is not None
    assert (found.row_number, found.skipped) == (4, (1, 3))
    assert found.columns == (
        Column(1, "客户编号", "code"), Column(2, "公司名称", "name"), Column(3, "手机号码", "phone"),
    )  # fmt: skip
    assert found.fields == {"code": 1, "name": 2, "phone": 3}


def test_header_of_two_rows() -> None:
    found = find_header(
        sheet(
            ("客户编号", "客户名称", "联系信息", None),
            (None, None, "联系人", "电话"),
            ("C1", "宏远", "李敏", "13800000001"),
        ),
        layout("customers"),
    )
    assert found is not None
    assert (found.row_number, found.skipped) == (2, (1,))
    assert list(found.fields) == ["code", "name", "contact", "phone"]


def test_first_of_two_equal_columns_wins_and_is_told() -> None:
    found = find_header(sheet(("code", "name", "电话", "手机"), ("1", "a", "b", "c")), layout("customers"))
    assert found is not None
    assert found.columns[3] == Column(3, "手机", None)
    assert found.doubled == (Doubled("手机", "phone", "电话"),)


@pytest.mark.parametrize(
    ("rows", "kind", "found"),
    [
        ((("客户名称",), ("宏远",)), "customers", True),
        ((("客户名称", "甲", "乙"), ("宏远", 1, 2)), "customers", False),
        ((("电话", "地址"), ("1", "2")), "customers", False),
        ((("日期", "金额"), ("1", "2")), "orders", False),
        ((("客户", "日期"), ("1", "2")), "orders", True),
        (((1, 2), (3, 4)), "orders", False),
        ((), "orders", False),
    ],
)
def test_a_customer_column_and_one_more(rows: tuple[tuple[object, ...], ...], kind: str, found: bool) -> None:
    assert (find_header(sheet(*rows), layout(kind)) is not None) is found


def test_missing_required_columns_are_named() -> None:
    found = find_header(
        sheet(
            ("客户", "备注"),
        ),
        layout("revisits"),
    )
    assert found is not None
    assert found.missing(layout("revisits")) == ("at", "result")


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (("合计", None, 1000.0), True),
        ((None, "总计：", "￥1,000.00", "25笔"), True),
        (("合 计", "-"), True),
        (("Total", BadCell("uncached_formula", "=SUM(A1)")), True),
        (("小计:25",), True),
        (("合计贸易公司", None, 1000.0), False),
        (("C0012", "合计", 1000.0), False),
        (("Total", "C0012", 1000.0), False),
        ((None, ""), False),
        ((1000.0,), False),
    ],
)
def test_rows_of_totals(cells: tuple[object, ...], total: bool) -> None:
    assert is_total_row(cells) is total


def test_the_last_order_by_the_words_of_the_glossary() -> None:
    assert set(fields("最近订货", "最后订货", "上次订货", "最近下单", "last order")) == {"last_order_on"}
