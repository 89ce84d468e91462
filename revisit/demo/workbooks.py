"""The company's spreadsheets, as offices keep them: titles, totals, mixed notations, and some rows that are wrong."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from revisit.demo import words
from revisit.demo.people import REPRESENTATIVES, SUPERVISOR, Customer, Order

if TYPE_CHECKING:
    from openpyxl import Workbook

CUSTOMER_HEADER = (
    "客户编号", "客户名称", "联系人", "称谓", "电话", "地址", "地区", "行业", "等级", "客户类型", "意向", "客服专员", "业务员",
    "跟进部门", "移交日期", "签约日期", "最近订货日期", "欠款(元)", "信用额度(元)", "账期(天)", "生日", "免打扰",
    "结算方式", "备注",
)  # fmt: skip
ORDER_HEADER = ("订单号", "客户编号", "客户名称", "下单日期", "完成日期", "产品", "金额", "状态", "开单人")
REVISIT_HEADER = (
    "客户编号", "客户名称", "回访时间", "方式", "结果", "回访人", "满意度", "原因", "建议", "约定时间", "填写时间", "备注",
)  # fmt: skip
STAFF_HEADER = ("登录名", "姓名", "岗位", "部门")
SALES_HEADER = ("客户编号", "客户名称", "跟进日期", "业务员", "备注")
CHANNELS = {"phone": "电话", "visit": "上门", "sms": "短信", "wechat": "微信"}
RESULTS = {
    "reached": "已接通", "declined": "拒访", "sent": "已发送", "no_answer": "未接", "busy": "占线", "wrong_number": "空号",
    "inconvenient": "不方便",
}  # fmt: skip
OPINIONS = {"": None, "satisfied": "满意", "neutral": "一般", "dissatisfied": "不满意"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PAYMENT = ("月结", "现结", "承兑", "月结")
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def write_staff(path: Path) -> None:
    """The people of customer service."""
    rows = [(*one, "客服专员", "客服部") for one in REPRESENTATIVES]
    _save(_book("员工", [STAFF_HEADER, *rows, (*SUPERVISOR, "客服主管", "客服部")], header_row=1), path)


def write_customers(path: Path, customers: Sequence[Customer], today: date, rng: Random) -> None:
    """The customer list with titles, merged cells, a blank row, a total, and rows that cannot be understood."""
    rows: list[Sequence[Any]] = [_customer_row(one, rng) for one in customers]
    for place, row in zip(sorted(rng.sample(range(20, len(rows)), 6)), _wrong_customers(today), strict=True):
        rows.insert(place, row)
    rows.insert(len(rows) // 2, ())
    balance, limit = sum(one.balance or 0 for one in customers), sum(one.credit_limit for one in customers)
    total: list[Any] = [None] * len(CUSTOMER_HEADER)
    total[0], total[17], total[18] = "合计", balance / 100, limit // 100
    titles = [("客户档案总表",), (f"制表日期:{today.year}年{today.month}月{today.day}日",), (), CUSTOMER_HEADER]
    _save(_book("客户档案", [*titles, *rows, total], header_row=4, merged=("A1:X1", "A2:D2")), path)


def write_orders(path: Path, customers: Sequence[Customer], today: date, rng: Random) -> None:
    """The order list in order of date; three of its rows are wrong."""
    dated = [(order, one) for one in customers for order in one.orders]
    dated.sort(key=lambda pair: (pair[0].ordered_on, pair[1].code))
    rows: list[list[Any]] = []
    of_day: Counter[date] = Counter()
    for order, one in dated:
        of_day[order.ordered_on] += 1
        number = f"SO{order.ordered_on:%Y%m%d}-{of_day[order.ordered_on]:03d}"
        rows += _order_rows(number, order, one, rng)
    first, other, third = rng.sample([one for one in customers if one.habit == "weekly"], 3)
    lines = Counter(row[0] for row in rows)
    early = next(row for row in rows if row[1] == first.code and lines[row[0]] == 1)
    wrong = [
        [
            f"SO{today.year}-X01",
            "C9999",
            "未建档客户",
            early[3],
            None,
            "内墙乳胶漆 18L",
            1680,
            "已下单",
            words.CLERKS[0],
        ],
        [early[0], other.code, other.name, *early[3:]],
        [
            f"SO{today.year}-X02",
            third.code,
            third.name,
            early[3],
            early[4],
            "防锈底漆 18kg",
            "面议",
            "已完成",
            words.CLERKS[1],
        ],
    ]
    place = len(rows) // 3
    for row in wrong:
        rows.insert(place, row)
        place += len(rows) // 4
    _save(_book("订单", [ORDER_HEADER, *rows], header_row=1), path)


def write_revisits(path: Path, customers: Sequence[Customer], rng: Random) -> None:
    """The revisit log of the season, in order of time."""
    calls = sorted(
        ((call, one) for one in customers for call in one.calls), key=lambda pair: (pair[0].at, pair[1].code)
    )
    rows = [
        (
            one.code,
            one.name,
            _moment(call.at, rng) if call.timed else _day(call.at.date(), rng),
            CHANNELS[call.channel],
            RESULTS[call.result],
            call.rep,
            OPINIONS[call.satisfaction],
            call.reason or None,
            call.suggestion or None,
            _moment(call.promised, rng) if isinstance(call.promised, datetime) else call.promised,
            call.filled_at,
            call.note or None,
        )
        for call, one in calls
    ]
    _save(_book("回访记录", [("客户回访记录",), REVISIT_HEADER, *rows], header_row=2), path)


def write_sales_follow_ups(path: Path, customers: Sequence[Customer], rng: Random) -> None:
    """What the sales department has done with the customers that it follows."""
    found = sorted((day, one.code, one) for one in customers for day in one.sales_follow_ups)
    rows = [
        (code, one.name, _day(day, rng), one.salesperson, rng.choice(words.SALES_NOTES) or None)
        for day, code, one in found
    ]
    _save(_book("销售跟进", [SALES_HEADER, *rows], header_row=1), path)


def _customer_row(one: Customer, rng: Random) -> list[Any]:
    follows = "销售" if one.by_sales else rng.choice(("客服", "客服", "客服部", None))
    prospect = one.habit == "prospect"
    return [
        one.code,
        one.name,
        one.contact,
        one.title,
        _phone(one.phone, rng),
        one.address,
        one.region,
        one.industry,
        one.grade if rng.random() < 0.8 else f"{one.grade}级",
        "潜在客户" if prospect else "客户",
        one.intention or None,
        one.rep,
        one.salesperson,
        follows,
        _day(one.followed_since, rng) if one.followed_since else None,
        _day(one.contract_on, rng) if one.contract_on else None,
        _day(one.last_order_on, rng) if one.last_order_on else None,
        None if one.balance is None else _money(one.balance, rng),
        one.credit_limit // 100,
        one.term_days if rng.random() < 0.8 else f"{one.term_days}天",
        _day(one.birthday, rng) if one.birthday else None,
        "是" if one.do_not_call else rng.choice((None, None, "否")),
        None if prospect else rng.choice(_PAYMENT),
        one.note or None,
    ]


def _wrong_customers(today: date) -> list[list[Any]]:
    """One row for each of the usual mistakes: an impossible day, lost digits, an unknown word, nobody, letters in figures."""

    def row(number: int, **cells: Any) -> list[Any]:
        usual: dict[str, Any] = {
            "客户编号": f"C08{number:02d}", "客户名称": f"待核客户{number}号商行", "联系人": "钱先", "称谓": "先生",
            "电话": f"138000099{number:02d}", "地区": "华东", "行业": "五金", "等级": "C", "客户类型": "客户", "跟进部门": "客服",
            "签约日期": date(today.year - 1, 6, 18), "欠款(元)": 0,
        }  # fmt: skip
        cells = usual | cells
        return [cells.get(title) for title in CUSTOMER_HEADER]

    return [
        row(1, 签约日期=f"{today.year}-02-30"),
        row(2, 电话="1.38E+10"),
        row(3, 等级="特等"),
        row(4, 客户编号=None, 客户名称=None),
        row(5, **{"欠款(元)": "12O0元"}),
        row(6, **{"账期(天)": "一个月左右"}),
    ]


def _order_rows(number: str, order: Order, one: Customer, rng: Random) -> list[list[Any]]:
    """One order, now and then in two lines."""
    done = _day(order.completed_on, rng) if order.completed_on else None
    on, clerk = _day(order.ordered_on, rng), rng.choice(words.CLERKS)

    def line(product: str, cents: int) -> list[Any]:
        return [number, one.code, one.name, on, done, product, _money(cents, rng), order.status, clerk]

    if rng.random() < 0.05:
        part = order.cents // 300 * 100
        more = rng.choice([product for product in words.PRODUCTS[one.industry] if product != order.product])
        return [line(order.product, order.cents - part), line(more, part)]
    return [line(order.product, order.cents)]


# --- notations


def _day(day: date, rng: Random) -> date | str:
    """Mostly a real date, else as people type it."""
    draw = rng.random()
    if draw < 0.7:
        return day
    if draw < 0.8:
        return f"{day.year}.{day.month}.{day.day}"
    if draw < 0.9:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.year}/{day.month}/{day.day}"


def _moment(at: datetime, rng: Random) -> datetime | str:
    draw = rng.random()
    if draw < 0.75:
        return at
    return f"{at:%Y-%m-%d %H:%M}" if draw < 0.9 else f"{at.year}年{at.month}月{at.day}日 {at.hour}:{at.minute:02d}"


def _money(cents: int, rng: Random) -> int | float | str:
    if rng.random() < 0.06:
        return f"¥{cents / 100:,.2f}"
    return cents / 100 if cents % 100 else cents // 100


def _phone(phone: str, rng: Random) -> int | str:
    draw = rng.random()
    if draw < 0.25:
        return int(phone)
    if draw < 0.4:
        return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    if draw < 0.48:
        return f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    if draw < 0.52:
        return phone.translate({ord("0") + n: ord("０") + n for n in range(10)})
    return phone


# --- writing


def _book(title: str, rows: Iterable[Sequence[Any]], header_row: int, merged: Sequence[str] = ()) -> Workbook:
    """A workbook of one sheet. A text stays a text, whatever it begins with."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = f"A{header_row + 1}"
    for number, row in enumerate(rows, 1):
        cells = list(row)
        for place, value in enumerate(cells):
            if isinstance(value, str) and (number <= header_row or value.startswith("=")):
                cells[place] = cell = WriteOnlyCell(sheet, value)
                cell.data_type = "s"
                cell.font = Font(bold=number <= header_row)
                if number == header_row:
                    width = 18 if "时间" in value or "名称" in value else 13
                    sheet.column_dimensions[get_column_letter(place + 1)].width = width
        sheet.append(cells)
    for area in merged:
        sheet.merged_cells.add(area)
    return book


def _save(book: Workbook, path: Path) -> None:
    """Saves the workbook without the moment of saving in it: equal content, equal bytes."""
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", data)
            target.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
