"""The phrase library as files: a company's own ones, what cannot be used, and the faults with file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from revisit import i18n, phrases, resources
from revisit.errors import WrongUsage
from revisit.policy.phrases import check
from revisit.policy.scripts.words import BLANK, PLACEHOLDERS

VALUES = {"company": "宏远商贸", "me": "王芳", "contact": "李敏", "title": "女士", "name": "宏远涂料"}
MINE = (
    'title = "验货"\nalso = ["到货"]\n\n[[phrase]]\nid = "goods-check"\ntext = "{contact}{title}，货到了请当面点清。"\n'
)
Own = Callable[[str, str], Path]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Own:
    """Puts a company's own file into the library."""

    def put(name: str, text: str) -> Path:
        path = tmp_path / "own" / "phrases" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    monkeypatch.setattr(resources, "_company_folder", tmp_path / "own")
    return put


def ids(text: str, language: str = "zh", **only: str) -> list[str]:
    return [one.id for one in phrases.find(text, values={}, language=language, **only).items]


# --- what is found


def test_a_phrase_is_filled_in_and_what_is_not_known_stays_blank() -> None:
    (known,) = phrases.find("greeting-first", values=VALUES, language="zh").items
    assert known.text == "您好！我是宏远商贸的客服王芳，请问是宏远涂料的李敏女士吗？"
    assert (known.situation, known.title, known.cause, known.cause_title) == ("greeting", "问候与开场", "", "")
    (blank,) = phrases.find("greeting-first", values={"name": "{me}"}, language="en").items
    assert blank.text == (
        f"Hello! This is {BLANK} from customer service at {BLANK}. Am I speaking with {BLANK} {BLANK} of {{me}}?"
    )


def test_an_empty_text_finds_all_in_the_order_of_a_talk() -> None:
    found = phrases.find("", values={}, language="zh")
    assert found.total == len(found.items) == sum(one.phrases for one in phrases.situations("zh"))
    assert list(dict.fromkeys(one.title for one in found.items)) == [
        "问候与开场", "倾听与核对", "请客户稍等", "转接", "道歉", "客户批评", "客户建议", "客户有顾虑", "约时间", "结束语",
    ]  # fmt: skip
    assert [one.id for one in phrases.find("", values={}, language="zh", limit=2).items] == [
        "greeting-first", "greeting-known",
    ]  # fmt: skip


HEARD = {
    "zh": """
        客户说太贵了: price-ask | 价钱太高了: price- | 太高: price- | 没钱: price- | 资金紧张: price- | 报价: price-
        多少钱: price- | 打个折: price- | 能不能便宜一点: price- | 账期: price-payment-term | taigui: price-ask | pianyi: price-
        试用: unfamiliar-sample | buliaojie: unfamiliar- | 骗子: unfamiliar- | 推销: unfamiliar-
        你怎么知道我电话: unfamiliar-my-number | tonghang: competitor- | 已经有供应商: competitor- | 换供应商: competitor-
        停工: need- | 没项目: need- | 用不上: need- | 再想想: later- | kaolvkaolv: later- | kaolukaolu: later-
        kaolükaolü: later- | 我做不了主: authority-who | 在忙: callback- | 在开车: callback- | 在开会: callback-
        等太久: waiting- | 稍后: waiting- | 找经理: transfer- | 转人工: transfer- | 骂人: criticism- | 投诉你们: criticism-
        态度差: apology-manner
        别打了: closing-no-more-calls | 不要再打来: closing-no-more-calls | 听不清: listening-not-clear
        打错了: greeting-wrong-person""",
    "en": """
        too expensive: price- | no money: price- | quote: price- | scam: unfamiliar- | no project: need- | driving: callback-
        in a meeting: callback- | stop calling: closing-no-more-calls""",
}
"""What is typed in a talk, and the phrase (or those of its situation or cause) that has to come first."""


@pytest.mark.parametrize("language", HEARD)
def test_what_is_heard_on_the_telephone_finds_what_to_say(language: str) -> None:
    for line in HEARD[language].replace("\n", "|").split("|"):
        if line.strip():
            typed, wanted = line.strip().split(": ")
            first = ids(typed, language)[:1]
            assert first, typed
            assert first == [wanted] or (wanted.endswith("-") and first[0].startswith(wanted)), (typed, first)


def test_the_names_of_the_other_language_find_too() -> None:
    assert ids("价格", "en", cause="price") == ids("", "en", cause="price")
    assert set(ids("投诉", "en")) == set(ids("", "en", situation="criticism"))
    assert set(ids("complaint", "zh")) == set(ids("", "zh", situation="criticism"))


@pytest.mark.parametrize("name", ["waiting", "WAITING", "请客户稍等", "稍等", "Please wait", "hold on"])
def test_a_situation_is_meant_by_its_name_or_a_part_of_it(name: str) -> None:
    assert set(ids("", situation=name)) == {one for one in ids("") if one.startswith("waiting-")}


@pytest.mark.parametrize("only", [{"situation": "x"}, {"situation": ""}, {"cause": "客"}, {"cause": "waiting"}])
def test_what_there_is_none_of_is_refused_with_the_names_there_are(only: dict[str, str]) -> None:
    with pytest.raises(WrongUsage) as caught:
        ids("", **only)
    assert ("price (价格)" if "cause" in only else "waiting (请客户稍等)") in caught.value.params["known"]


def test_a_part_of_several_names_is_refused_with_those_it_may_mean() -> None:
    with pytest.raises(WrongUsage) as caught:
        ids("", situation="客户")
    assert caught.value.args[0] == "{name} may mean several situations"
    known = caught.value.params["known"]
    assert "criticism (客户批评)" in known
    assert "closing" not in known
    with pytest.raises(WrongUsage) as caught:
        ids("", cause="不")
    assert "unfamiliar (不了解我们)" in caught.value.params["known"]
    assert "price" not in caught.value.params["known"]


def test_where_nothing_is_found_the_words_are_named() -> None:
    found = phrases.find("囧 xyzzy", values={}, language="zh")
    assert (found.items, found.total, found.unknown) == ((), 0, ("囧", "xyzzy"))


# --- a company's own files


def test_a_company_adds_a_situation_and_replaces_one(own: Own) -> None:
    own("zh/goods.toml", MINE)
    assert ids("到货")[:1] == ["goods-check"]
    assert phrases.situations("zh")[-1].title == "验货"
    own("zh/closing.toml", MINE.replace("验货", "收尾").replace("goods-check", "closing-own"))
    assert [one for one in ids("") if one.startswith("closing-")] == ["closing-own"]
    assert len(ids("", "en", situation="closing")) > 1
    assert "waiting-back" in ids("")


UNUSABLE = {
    "no TOML": ("title = ", set()),
    "brackets without end": ("a = " + "[" * 5000, set()),
    "a phrase without a text": (MINE + '\n[[phrase]]\nid = "b"\n', {"goods-check"}),
    "no table": ('title = 1\nphrase = "x"\ncause = 3\nalso = 4\nplace = "x"\n', set()),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_used_is_left_out_and_named_and_the_rest_is_found(own: Own, case: str) -> None:
    text, there = UNUSABLE[case]
    own("zh/goods.toml", text)
    found = phrases.find("", values={}, language="zh")
    assert found.unusable == ("phrases/zh/goods.toml",)
    assert {one.id for one in found.items if one.situation == "goods"} == there
    assert found.total > 60


def test_a_file_in_another_encoding_is_left_out_and_named(own: Own) -> None:
    own("zh/goods.toml", "").write_bytes(b'title = "x"\n# ' + "验货".encode("gb18030"))
    assert phrases.load("zh").unusable == ("phrases/zh/goods.toml",)
    (problem,) = dict(phrases.problems())[str(resources.locate("phrases/zh/goods.toml"))]
    assert problem == (2, "", "from here on this is no UTF-8 text")


# --- faults


def test_the_shipped_library_has_no_faults() -> None:
    assert phrases.problems() == []


def test_a_fault_is_told_with_its_file_and_line(own: Own) -> None:
    text = resources.read_text("phrases/zh/waiting.toml")
    line = text.splitlines().index('id = "waiting-system"') + 1
    text = text.replace('id = "waiting-system"', 'id = "waiting-back"').replace("{product}", "{produkt}")
    path = own("zh/waiting.toml", text + "\n[[phrase]]\nid = 5\nwhen = 'x'\n")
    end = text.count("\n") + 2
    (place,) = [n for n, one in enumerate(text.splitlines(), 1) if "{produkt}" in one]
    back = next(n for n, one in enumerate(text.splitlines(), 1) if one == 'id = "waiting-back"')
    known = ", ".join(PLACEHOLDERS)
    mate = resources.read_text("phrases/en/waiting.toml").splitlines()
    there = mate.index('id = "waiting-system"')  # [[phrase]] stands on the line before
    assert phrases.problems() == [
        (
            str(path),
            [
                (1, "", f'the phrase "waiting-system" is missing; it stands in phrases/en/waiting.toml, line {there}'),
                (place, "phrase[2].text", f"{{produkt}} is no placeholder; placeholders are {known}"),
                (line, "phrase[9].id", f'"waiting-back" stands in phrases/zh/waiting.toml already, line {back}'),
                (end, "phrase[10].text", "is missing"),
                (end + 1, "phrase[10].id", "a text in quotation marks is wanted, not 5"),
                (end + 2, "phrase[10].when", "unknown key; known here: id, cause, text, note"),
            ],
        )
    ]


def test_a_file_that_one_language_lacks_is_told_once(own: Own) -> None:
    own("zh/goods.toml", MINE)
    missing = str(resources.folder() / "phrases/en/goods.toml")
    assert phrases.problems() == [(missing, [(1, "", "this file is missing; there is phrases/zh/goods.toml")])]


def test_every_fault_has_a_sentence_in_both_languages() -> None:
    source = Path(check.__file__).read_text(encoding="utf-8")
    assert {code for code in phrases.SAYS if f'"{code}"' in source} == set(phrases.SAYS)
    i18n.activate("zh")
    assert [text for text in map(i18n._, phrases.SAYS.values()) if text.isascii()] == []
