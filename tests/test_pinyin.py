"""How names are typed in Latin letters, and the table that says so."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit import pinyin, resources

ROOT = Path(__file__).parent.parent
UNREAD = "兙兡嗧桛烪瓧瓰瓱瓼甅"  # made in Japan, for its measures: they have no Chinese reading
CHINESE = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5, exclude_characters=UNREAD)


def spelled(name: str) -> list[str]:
    return ["".join(syllables) for syllables in pinyin.spellings(name)]


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("宏远涂料", ["hongyuantuliao"]),
        ("重庆", ["zhongqing", "chongqing"]),
        ("长城", ["changcheng", "zhangcheng"]),
        ("银行", ["yinhang", "yinxing"]),
        ("乐天", ["letian", "yuetian"]),
        ("厦门", ["xiamen", "shamen"]),
        ("曾敏", ["zengmin", "cengmin"]),
        ("单于", ["shanyu", "danyu"]),
        ("翟", ["zhai", "di"]),
        ("查仇区解", ["zhaqiuqujie", "chaqiuqujie", "zhachouqujie", "zhaqiuoujie", "zhaqiuquxie"]),
        ("長樂", ["changle", "changyue", "zhangle", "zhangyue"]),
        ("吕", ["lv", "lu"]),
        ("女", ["nv", "nu"]),
        ("美的", ["meide", "meidi"]),
        ("二〇", ["erling"]),
        ("3m中国(上海)", ["3mzhongguoshanghai"]),
        ("abc", []),
        ("", []),
    ],
)
def test_a_name_is_spelled_in_every_way_in_which_it_may_be_read(name: str, spellings: list[str]) -> None:
    assert spelled(name) == spellings


def test_only_what_is_not_chinese_has_no_reading() -> None:
    assert [chr(code) for code in range(0x4E00, 0x9FA6) if not pinyin.readings(chr(code))] == list(UNREAD)


def test_many_ambiguous_characters_give_a_few_spellings_the_likeliest_first() -> None:
    found = spelled("重长行乐厦朝曾单" * 20)
    assert len(found) == pinyin.MOST == len(set(found))
    assert found[0].startswith("zhongchanghanglexia")


@given(st.text(CHINESE, min_size=1, max_size=12))
def test_every_character_of_the_unified_block_has_a_reading(name: str) -> None:
    for syllables in pinyin.spellings(name):
        assert len(syllables) == len(name)
        assert all(one.isascii() and one.isalpha() and one.islower() for one in syllables)


@given(st.text(max_size=30))
def test_no_text_is_too_strange(name: str) -> None:
    found = pinyin.spellings(name)
    assert len(found) <= pinyin.MOST
    assert bool(found) == any(pinyin.readings(char) for char in name)
    assert all("".join(one) for one in found)


def test_the_table_is_what_the_tool_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import make_pinyin

    try:
        made = make_pinyin.text_of(make_pinyin.table())
    finally:
        sys.modules.pop("make_pinyin", None)
    assert resources.read_text(pinyin.TABLE) == made


def test_the_table_covers_what_is_written_here() -> None:
    """Every character of the unified block that has a name; a few of its last ones have no reading at all."""
    named = [chr(code) for code in range(0x4E00, 0xA000) if unicodedata.name(chr(code), "")]
    assert sum(not pinyin.readings(char) for char in named) < 80


def test_a_slip_of_the_pen_does_not_get_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import make_pinyin

    monkeypatch.setattr(make_pinyin, "TWO_WAYS", "重 zhong shong")
    try:
        with pytest.raises(LookupError, match="shong"):
            make_pinyin.table()
    finally:
        sys.modules.pop("make_pinyin", None)
