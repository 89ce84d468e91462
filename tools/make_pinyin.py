"""Make the table of readings `templates/pinyin/readings.tsv` from the `pypinyin` package.

    python tools/make_pinyin.py

Every Chinese character the package knows gets its most frequent reading. A second one is given only to characters that are
read in two ways in the names of firms, people and places, or in what is said on the telephone: they stand below, the more
frequent reading first. A reading that the package does not know for a character is refused, so that a slip of the pen cannot
get in.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

FILE = Path(__file__).resolve().parent.parent / "templates" / "pinyin" / "readings.tsv"
HEAD = """\
# How Chinese characters are typed in Latin letters, without tones; ü is v. Written by tools/make_pinyin.py from pypinyin.
# Reading, the characters that are read so (most often), the characters that are read so as well (in names).
"""
TWO_WAYS = """
重重 zhong chong | 长長 chang zhang | 行 hang xing | 乐樂 le yue | 厦廈 xia sha | 朝 chao zhao | 曾 zeng ceng
单單 shan dan | 仇 qiu chou | 区區 qu ou | 解 jie xie | 查 zha cha | 翟 zhai di | 盖蓋 gai ge | 尉 wei yu
藏 cang zang | 盛 sheng cheng | 贾賈 jia gu | 沈 shen chen | 种種 zhong chong | 覃 qin tan | 繁 fan po | 秘 mi bi
缪繆 miao mou | 调調 diao tiao | 传傳 chuan zhuan | 弹彈 dan tan | 强強 qiang jiang | 降 jiang xiang | 都 du dou
会會 hui kuai | 万 wan mo | 系 xi ji | 角 jiao jue | 薄 bo bao | 柏 bai bo | 便 bian pian | 车車 che ju
率 lv shuai | 六 liu lu | 佛 fo fu | 卡 ka qia | 堡 bao pu | 什 shen shi | 卜 bu bo | 参參 can shen | 宿 su xiu
属屬 shu zhu | 朴 piao pu | 校 xiao jiao | 泊 bo po | 澄 cheng deng | 牟 mou mu | 省 sheng xing | 称稱 cheng chen
粘 zhan nian | 纤 xian qian | 艾 ai yi | 莞 guan wan | 著 zhu zhuo | 蔓 man wan | 露 lu lou | 阿 a e | 陆陸 lu liu
雀 que qiao | 靓靚 liang jing | 娜 na nuo | 模 mo mu | 塞 sai se | 勒 le lei | 屏 ping bing | 度 du duo
冯馮 feng ping | 员員 yuan yun | 召 zhao shao | 洗 xi xian | 隗 wei kui | 乜 nie mie | 俞 yu shu | 句 ju gou
能 neng nai | 宓 mi fu | 佴 nai er | 折 zhe she | 祭 ji zhai | 适 shi kuo | 谷 gu yu | 夏 xia jia | 褚 chu zhu
郗 xi chi | 郇 xun huan | 晟 sheng cheng | 奇 qi ji | 番 fan pan | 蚌 bang beng | 埔 pu bu | 荥滎 xing ying
歙 she xi | 涡渦 guo wo | 浒滸 hu xu | 浚 jun xun | 蔚 wei yu | 铅鉛 qian yan | 筠 yun jun | 洞 dong tong
栎櫟 li yue | 吁 yu xu | 咖 ka ga | 茜 qian xi | 莎 sha suo | 咀 ju zui | 峙 zhi shi | 龟龜 gui qiu | 畜 xu chu
壳殼 ke qiao | 削 xiao xue | 扎 zha za | 择擇 ze zhai | 提 ti di | 仔 zi zai
的 de di | 了 le liao | 还還 hai huan | 着 zhe zhao | 差 cha chai
"""
"""Characters (the traditional form beside the simple one) and their readings, the more frequent first."""


def known() -> dict[str, list[str]]:
    """Every reading of every character that the package knows, without tones, ü as v, the most frequent first."""
    found = {}
    for number, text in sorted(PINYIN_DICT.items()):
        readings = dict.fromkeys(to_normal(one).replace("ü", "v") for one in text.split(","))
        typed = [one for one in readings if one.isascii() and one.isalpha()]
        if typed:
            found[chr(number)] = typed
    return found


def table() -> dict[str, tuple[str, ...]]:
    """The readings of every character as the program uses them. Raises LookupError for one that the package does not know."""
    readings = known()
    chosen: dict[str, tuple[str, ...]] = {char: (all_of_it[0],) for char, all_of_it in readings.items()}
    for entry in TWO_WAYS.replace("\n", "|").split("|"):
        chars, *wanted = entry.split() or [""]
        for char in chars:
            unknown = set(wanted) - set(readings[char])
            if unknown:
                raise LookupError(f"{char} is not read {unknown}, only {readings[char]}")
            chosen[char] = tuple(wanted)
    return chosen


def text_of(chosen: dict[str, tuple[str, ...]]) -> str:
    """The file: a line per reading."""
    columns: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for char, (first, *others) in chosen.items():
        columns[first][0].append(char)
        for other in others:
            columns[other][1].append(char)
    lines = [f"{reading}\t{''.join(first)}\t{''.join(also)}" for reading, (first, also) in sorted(columns.items())]
    return HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Writes the file."""
    try:
        text = text_of(table())
    except LookupError as error:
        sys.exit(str(error))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text, encoding="utf-8", newline="\n")
    print(f"{FILE}: {len(table())} characters, {len(text.encode()) // 1024} KB")


if __name__ == "__main__":
    main()
