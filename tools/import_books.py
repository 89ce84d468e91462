"""Workbooks to measure an import with: a customer list and an order list as companies keep them, always the same from one seed.

Names look like those of Chinese companies, phones are text and sometimes numbers, days are real dates, amounts are numbers.
Used by measure_import.py.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import xlsxwriter
from measure_due import TODAY

SEED = 20260312
CUSTOMER_HEADER = (
    *("客户编号", "客户名称", "联系人", "称谓", "电话", "地址", "地区", "行业", "等级", "类型"),
    *("客服专员", "业务员", "最近订货日期", "欠款", "备注"),
)
CITIES = {
    "华东": ("杭州", "宁波", "上海", "苏州", "无锡", "南京", "合肥", "温州", "青岛", "济南"),
    "华南": ("广州", "深圳", "佛山", "东莞", "厦门", "福州", "南宁", "海口"),
    "华北": ("北京", "天津", "石家庄", "太原", "唐山"),
    "华中": ("武汉", "长沙", "郑州", "南昌"),
    "西南": ("成都", "重庆", "昆明", "贵阳"),
    "东北": ("沈阳", "大连", "长春", "哈尔滨"),
}
AREA_CODES = (
    "021",
    "010",
    "0571",
    "0512",
    "020",
    "0755",
    "028",
    "027",
    "0731",
    "024",
)  # where numbers have eight digits
MOBILES = (*range(134, 140), *range(150, 154), *range(157, 160), *range(182, 189))
WORDS = "宏远利民安顺德昌永盛金海龙华嘉瑞泰达鑫源恒信诚明东方中联美佳新创博雅天和同兴万隆百川正大润丰锦程卓越启航汇通"
TRADES = (
    "涂料",
    "建材",
    "化工",
    "五金",
    "机械",
    "电器",
    "贸易",
    "纺织",
    "塑胶",
    "食品",
    "装饰",
    "科技",
    "包装",
    "家具",
    "电子",
)
FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "商行", "经营部", "厂")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "敏芳伟强丽军洋勇艳杰娟涛明超霞平刚桂英华玉兰秀珍建国志远晓燕文博雨婷浩然子轩"
ROADS = ("中山路", "人民路", "解放大道", "工业园北路", "文三路", "建设路", "科技大道", "滨江路", "和平街", "新华路")
NOTES = (
    "月结三十天",
    "送货前先打电话",
    "老板爱喝茶，周二下午在",
    "开票信息见合同",
    "只收现款",
    "年底前要对账",
    "经朋友介绍",
)
CONTACT_TITLES = ("先生", "女士", "经理", "总经理", "主任", "采购", "")
KINDS, GRADES = ("客户",) * 9 + ("潜在客户",), "ABBCCCDDDD"

ORDER_HEADER = ("订单号", "客户编号", "下单日期", "金额", "产品")

Row = tuple[object, ...]


def code_of(number: int) -> str:
    """The code of a customer."""
    return f"KH{number:06d}"


def person(chance: random.Random) -> str:
    """Somebody's name, of two or three characters."""
    return chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2))))


def people(chance: random.Random, count: int) -> list[str]:
    """So many different names."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[person(chance)] = None
    return list(found)


def phone(chance: random.Random) -> object:
    """A phone as lists have it: mostly text, some as numbers, some landlines, some two in a cell."""
    mobile = f"{chance.choice(MOBILES)}{chance.randrange(10**8):08d}"
    landline = f"{chance.choice(AREA_CODES)}-{chance.randrange(82_000_000, 89_000_000)}"
    return chance.choices((mobile, int(mobile), landline, f"{mobile} / {landline}"), (80, 8, 8, 4))[0]


def address(chance: random.Random, city: str) -> str:
    """Where somebody is; hardly ever twice the same."""
    house, block, room = chance.randrange(1, 999), chance.randrange(1, 30), chance.randrange(101, 2500)
    return f"{city}市{chance.choice(ROADS)}{house}号{block}幢{room}室"


def customers(rows: int) -> Iterator[Row]:
    """The customer list; no two companies share a name."""
    chance = random.Random(SEED)  # noqa: S311 - a list to measure with
    reps, sellers = people(chance, 500), people(chance, 200)
    taken: set[str] = set()
    for number in range(rows):
        region = chance.choice(tuple(CITIES))
        city, trade, name = chance.choice(CITIES[region]), chance.choice(TRADES), ""
        while not name or name in taken:
            mark = "".join(chance.choices(WORDS, k=chance.choice((2, 2, 3))))
            name = f"{city}{mark}{trade}{chance.choice(FORMS)}"
        taken.add(name)
        kind = chance.choice(KINDS)
        bought = kind == "客户" and chance.random() < 0.95
        yield (
            code_of(number),
            name,
            person(chance),
            chance.choice(CONTACT_TITLES),
            phone(chance),
            address(chance, city),
            region,
            trade,
            chance.choice(GRADES),
            kind,
            chance.choice(reps),
            chance.choice(sellers) if chance.random() < 0.8 else "",
            TODAY - timedelta(days=chance.randrange(1, 700)) if bought else "",
            round(chance.expovariate(1 / 20_000), 2) if bought and chance.random() < 0.4 else 0,
            f"{chance.choice(NOTES)}，{chance.randrange(1, 13)}月说的" if chance.random() < 0.4 else "",
        )


def orders(rows: int) -> Iterator[Row]:
    """An order list of three years, oldest first: ten rows per customer on average, some customers far more than others."""
    chance = random.Random(SEED)  # noqa: S311 - a list to measure with
    known = rows // 10
    products = [f"{trade}{letter}{size}型" for trade in TRADES for letter in "ABCDE" for size in (5, 10, 18, 25)]
    for number in range(rows):
        ordered = TODAY - timedelta(days=1095 - number * 1095 // rows)
        customer = int(known * chance.random() ** 1.5)
        amount = round(chance.lognormvariate(8, 1), 2)
        yield f"XS{ordered:%y%m}{number:07d}", code_of(customer), ordered, amount, chance.choice(products)


def write_book(path: Path, header: Iterable[str], rows: Iterable[Row]) -> None:
    """A workbook as a spreadsheet program saves it: shared strings, real dates, formats. The same rows give the same bytes."""
    draft = path.with_suffix(".part")
    book = xlsxwriter.Workbook(str(draft), {"constant_memory": False})
    book.set_properties({"created": datetime.combine(TODAY, datetime.min.time())})
    bold, day, money = (book.add_format(how) for how in ({"bold": True}, {"num_format": 14}, {"num_format": 4}))
    sheet = book.add_worksheet("Sheet1")
    sheet.write_row(0, 0, header, bold)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                if value:
                    sheet.write_string(line, column, value)
            elif isinstance(value, date):
                sheet.write_datetime(line, column, value, day)
            elif isinstance(value, int | float):
                sheet.write_number(line, column, value, money if isinstance(value, float) else None)
    book.close()
    draft.rename(path)


def write_customers(path: Path, rows: int) -> None:
    """The workbook of customers."""
    write_book(path, CUSTOMER_HEADER, customers(rows))


def write_orders(path: Path, rows: int) -> None:
    """The workbook of orders."""
    write_book(path, ORDER_HEADER, orders(rows))
