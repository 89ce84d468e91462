"""What a firm's name says once its legal form, its place and its marks are taken away. Pure, and for comparing only.

`（上海）宏远涂料有限公司`, `上海市宏远涂料公司` and `宏远涂料` have one core, 宏远涂料; the first two stand in one place.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

LEGAL_FORMS = """
股份有限公司 有限责任公司 有限責任公司 有限公司 集团公司 集團公司 总公司 總公司 公司 集团 集團 个体工商户 個體工商戶 合作社
经营部 經營部 门市部 門市部 批发部 商行 商店 专卖店 工厂 工廠 厂 廠 店
"""
"""Ends of a Chinese name that tell a kind of business, not which."""
NO_FORMS = "分公司 子公司 酒店 饭店 飯店 书店 書店 药店 藥店 旅店"
"""Words that end like one and are none: which branch it is, which house."""
LATIN_FORMS = """
co ltd limited inc incorporated llc llp lp corp corporation company plc gmbh mbh ag kg ohg ug sa sas sarl srl spa bv nv ab
as oy pte pty sdn bhd kk group holding holdings
"""
"""The same in Latin letters, at the end of a name."""
PROVINCES = """
北京 天津 上海 重庆 重慶 河北 山西 辽宁 遼寧 吉林 黑龙江 黑龍江 江苏 江蘇 浙江 安徽 福建 江西 山东 山東 河南 湖北 湖南
广东 廣東 海南 四川 贵州 貴州 云南 雲南 陕西 陝西 甘肃 甘肅 青海 台湾 臺灣 内蒙古 广西 廣西 西藏 宁夏 寧夏 新疆
香港 澳门 澳門 中国 中國
"""
CITIES = """
石家庄 唐山 秦皇岛 邯郸 保定 廊坊 太原 大同 呼和浩特 包头 沈阳 大连 鞍山 长春 哈尔滨 大庆 南京 无锡 徐州 常州 苏州 南通
连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 常熟 张家港 江阴 宜兴 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 义乌 衢州 舟山 台州
丽水 合肥 芜湖 蚌埠 福州 厦门 泉州 漳州 莆田 南昌 九江 赣州 济南 青岛 淄博 烟台 潍坊 济宁 威海 临沂 郑州 洛阳 开封 新乡
南阳 武汉 宜昌 襄阳 长沙 株洲 湘潭 衡阳 岳阳 广州 深圳 珠海 汕头 佛山 顺德 江门 湛江 惠州 东莞 中山 南宁 柳州 桂林 海口
三亚 成都 绵阳 贵阳 遵义 昆明 拉萨 西安 咸阳 宝鸡 兰州 西宁 银川 乌鲁木齐
"""
"""Large cities, known also without 市 behind their name; any other is known by that."""
FEWEST = 2  # characters that must be left of a name

_FORMS = sorted(LEGAL_FORMS.split(), key=len, reverse=True)
_FORMS_BY_END = {end: tuple(form for form in _FORMS if form[-1] == end) for end in {form[-1] for form in _FORMS}}
_NO_FORMS = frozenset(NO_FORMS.split())
_LATIN_FORMS = frozenset(LATIN_FORMS.split())
_NAMED = sorted({*PROVINCES.split(), *CITIES.split()}, key=len, reverse=True)
_NAMED_STARTS = frozenset(one[:2] for one in _NAMED)
_PLACE = re.compile(
    f"(?P<named>{'|'.join(_NAMED)})(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)?"
    "|(?P<city>[\u4e00-\u9fff]{2,3}(?<![超城股菜夜都门門花]))市"
)
_BRACKETED = re.compile(r"[(（\[【〔〖{]([^)）\]】〕〗}]*)[)）\]】〕〗}]")
_FIRST_CHINESE = "\u3400"
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_WORDS = re.compile(r"[^\W_]+")
_MARKS = re.compile(r"[\W_]")
_DOTS = re.compile(r"[.'’`]")
_NUMBERS = re.compile("[0-9]+|[一二三四五六七八九十]+")


class Core(NamedTuple):
    """What is left of a name: `text` without spaces, `words` in alphabetical order (of a name without Chinese), the `places`
    that stood before it or in brackets, and the numbers in it: names that differ in these are names of two."""

    text: str
    words: str
    places: tuple[str, ...]
    numbers: tuple[str, ...]


def core_of(name: str) -> Core:
    """The core of a customer's name. Of a name that is nothing but form and place all is left."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    name = name.casefold()
    if name < _FIRST_CHINESE and not _CHINESE.search(name):
        return _latin(name)
    places: list[str] = []
    text = name
    if _MARKS.search(name):
        text = "".join(_WORDS.findall(_BRACKETED.sub(lambda found: _kept(found[1], places), name)))
    text = _without_place(_without_form(text), places)
    if not text:  # nothing but a place in brackets
        text, places = "".join(_WORDS.findall(name)), []
    return Core(text, "", tuple(places), _numbers(text))


def _latin(name: str) -> Core:
    words = _WORDS.findall(_DOTS.sub("", name).replace("&", " and "))
    while len(words) > 1 and words[-1] in _LATIN_FORMS:
        words.pop()
    text = "".join(words)
    return Core(text, " ".join(sorted(words)), (), _numbers(text))


def _kept(content: str, places: list[str]) -> str:
    """What stays of the text in a pair of brackets: all of it, unless it is a place."""
    place = _PLACE.fullmatch(content.strip())
    if place is None:
        return content
    places.append(place["named"] or place["city"])
    return ""


def _without_form(text: str) -> str:
    while forms := _FORMS_BY_END.get(text[-1:]):
        for form in forms:
            if text.endswith(form):
                break
        else:
            return text
        end = len(text) - len(form)
        if end < FEWEST or text[end - 1 :] in _NO_FORMS:
            return text
        text = text[:end]
    return text


def _without_place(text: str, places: list[str]) -> str:
    """Takes provinces and cities from the front of a name: 浙江省杭州市宏远 is 宏远."""
    while text[:2] in _NAMED_STARTS or "市" in text[2:4]:
        place = _PLACE.match(text)
        if place is None or len(text) - place.end() < FEWEST:
            break
        places.append(place["named"] or place["city"])
        text = text[place.end() :]
    return text


def _numbers(text: str) -> tuple[str, ...]:
    found = _NUMBERS.findall(text)
    return tuple([one.lstrip("0") for one in found]) if found else ()
