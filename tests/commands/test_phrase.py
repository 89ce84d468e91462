"""`revisit phrase`: what is printed in both languages, its options, its document, its refusals, a company's own files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from revisit import i18n, models, phrases, resources
from revisit.policy.scripts import BLANK, PLACEHOLDERS
from revisit.render import width
from tests.support import Program, at_shanghai, unit
from tests.test_calls import HOSTILE, Order, enter, enter_staff

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
NOWHERE = "/nowhere/at-all.db"


@pytest.fixture
def shop(revisit: Program) -> Program:
    """C0012 has not ordered for ten days; 王芳 leads the team. It is Thursday, 2026-03-12."""
    enter(revisit.url, "C0012", orders=[Order("2026-03-02", "A 型涂料")])
    enter_staff(revisit.url, "wang", "王芳", "supervisor")
    revisit.login = "wang"
    return revisit


# --- the whole output

SAID = {
    ("zh", "问候 老客户"): """\
李敏女士您好，我是宏远商贸的王芳，又来打扰您了。
  老客户，听得出声音 · 问候与开场 · greeting-known

李敏女士您好，我是王芳。您是想问上次订的A 型涂料，还是有别的事？
  老客户打进来，先翻一下档案 · 问候与开场 · greeting-inbound-known

共12条，显示2条
""",
    ("zh", "久未订货"): """\
李敏女士您好，您上次订货是2026-03-02，有一阵子没跟您联系了，打个电话问候您一声。
  久未订货的客户 · 问候与开场 · greeting-long-time

您上次订A 型涂料是2026-03-02，到今天有10天了。是用得慢，还是有别的打算？您告诉我，我好有个数。
  久未订货，又说不出原因 · 客户有顾虑：需求不明确 · need-idle
""",
    ("en", "no orders for a while"): """\
You last ordered A 型涂料 on 2026-03-02, 10 days ago. Is it lasting longer, or have your plans changed? It would help me to know.
  no orders for a while, and no reason is named · Objection: unclear need · need-idle

Hello, 女士 李敏. Your last order was on 2026-03-02, and I thought it was time to ask how you are.
  a customer who has not ordered for a while · Greeting · greeting-long-time

2 of 17 phrases shown
""",
    ("en", "sum up everything said"): """\
Thank you for your time. I have noted everything you said. I wish you a good day. Goodbye!
  let the customer hang up first · Closing · closing-thanks

Let me sum up: on our side …, on yours …. Have I left anything out?
  after several matters · Closing · closing-summary

2 of 4 phrases shown
""",
}


@pytest.mark.parametrize(("language", "text"), SAID)
def test_the_phrases_are_printed_ready_to_say(shop: Program, language: str, text: str) -> None:
    i18n.activate(language)
    done = shop("phrase", *text.split(), "--customer", "C0012", "-n", "2")
    assert (done.code, done.err) == (0, "")
    assert done.out == SAID[language, text]


SITUATIONS = {
    "zh": """\
场合        标题        条数  原因
greeting    问候与开场    10
listening   倾听与核对     8
waiting     请客户稍等     9
transfer    转接           8
apology     道歉           8
criticism   客户批评       8
suggestion  客户建议       6
objection   客户有顾虑    31  不了解我们 (unfamiliar)、价格 (price)、已有别家 (competitor)、需求不明确 (need)、\
以后再说 (later)、做不了主 (authority)
callback    约时间         6
closing     结束语         9
""",
    "en": """\
Situation   Title                      Phrases  Causes
greeting    Greeting                        10
listening   Listening and making sure        8
waiting     Please wait                      9
transfer    Transfer                         8
apology     Apology                          8
criticism   Criticism                        8
suggestion  Suggestion                       6
objection   Objection                       31  does not know us (unfamiliar), price (price), buys elsewhere (competitor), \
unclear need (need), some other time (later), cannot decide (authority)
callback    Agreeing on a time               6
closing     Closing                          9
""",
}


@ON_SQLITE
@pytest.mark.parametrize("language", SITUATIONS)
def test_without_a_text_the_situations_are_listed_and_no_database_is_needed(revisit: Program, language: str) -> None:
    i18n.activate(language)
    revisit.url = NOWHERE
    done = revisit("phrase")
    assert (done.code, done.out, done.err) == (0, SITUATIONS[language], "")


@ON_SQLITE
@pytest.mark.parametrize(
    ("language", "first"), [("zh", "没有找到含“囧”的常用语。"), ("en", "No phrase is found by 囧.")]
)
def test_where_nothing_is_found_the_situations_are_listed(revisit: Program, language: str, first: str) -> None:
    i18n.activate(language)
    revisit.url = NOWHERE
    done = revisit("phrase", "囧")
    assert (done.code, done.out, done.err) == (0, f"{first}\n{SITUATIONS[language]}", "")


@ON_SQLITE
def test_a_situation_is_shown_as_its_file_has_it(revisit: Program) -> None:
    i18n.activate("zh")
    revisit.url = NOWHERE
    done = revisit("phrase", "--situation", "suggestion", "-n", "2")
    assert (
        done.out
        == """\
客户建议
  您天天用着，最有发言权。您觉得我们哪里改一改会更好？
    主动征求建议 · suggestion-ask
  这个主意好，我们自己还真没想到，谢谢您。我照原话记下来，报上去。
    建议很有用 · suggestion-thanks

共6条，显示2条
"""
    )
    whole = revisit("phrase", "--list").out
    assert whole.count("\n\n") == 14, "nine situations without causes and six causes"
    assert "客户有顾虑：价格\n  您说贵，是跟别家比贵了" in whole
    assert revisit("phrase", "--cause", "价格").out.startswith("客户有顾虑：价格\n")


@ON_SQLITE
def test_a_word_taken_for_another_is_told_first(revisit: Program) -> None:
    i18n.activate("zh")
    revisit.url = NOWHERE
    lines = revisit("phrase", "shaodegn", "xyzzy").out.splitlines()
    assert lines[:4] == [
        "没有找到“shaodegn”，按“shaodeng”查找。",
        "没有找到：xyzzy",
        "",
        "请您稍等，我帮您查一下，大概一分钟，电话先别挂。",
    ]
    assert revisit("phrase", "囧等").code == 0


# --- the document


def test_the_document(shop: Program) -> None:
    found = shop("phrase", "price-ask", "--customer", "C0012", "--json").json
    assert found == {
        "text": "price-ask",
        "customer": "C0012",
        "items": [
            {
                "id": "price-ask",
                "situation": "objection",
                "title": "Objection",
                "cause": "price",
                "cause_title": "price",
                "text": "When you say expensive: compared with somebody else, or more than you had planned to spend? "
                "Once I know, I can look for a way.",
                "note": "“That is too expensive”: ask first, answer afterwards",
            }
        ],
        "total": 1,
        "unknown": [],
        "meant": [],
        "situations": [],
    }
    nothing = shop("phrase", "囧", "--json").json
    assert (nothing["items"], nothing["total"], nothing["unknown"]) == ([], 0, ["囧"])
    assert nothing["situations"] == shop("phrase", "--json").json["situations"]
    assert nothing["situations"][7]["causes"][1] == {"cause": "price", "title": "price"}
    assert shop("phrase", "prcie", "--json").json["meant"] == [{"word": "prcie", "taken_for": "price"}]


def test_the_limit_shortens_the_items_and_not_the_total(shop: Program) -> None:
    few, some, every = (shop("phrase", "wait", "--json", *more).json for more in (["-n", "2"], [], ["-n", "99"]))
    assert [len(one["items"]) for one in (few, some)] == [2, 5]
    assert few["total"] == some["total"] == every["total"] == len(every["items"]) > 5


# --- for whom


def test_of_a_file_that_holds_nothing_the_places_stay_blank(revisit: Program) -> None:
    enter(revisit.url, "C1", contact="", title="")
    out = revisit("phrase", "need-idle", "--customer", "C1").out
    assert f"You last ordered {BLANK} on {BLANK}, {BLANK} days ago." in out


def test_a_hostile_name_comes_through_unharmed(revisit: Program) -> None:
    enter(revisit.url, "C1", name=HOSTILE)
    out = revisit("phrase", "greeting-first", "-c", "C1").out
    assert f"Am I speaking with 女士 李敏 of {HOSTILE.replace(chr(27), chr(0xFFFD))}?" in out
    assert "\x1b" not in out


def test_a_customer_of_somebody_else_is_refused(shop: Program) -> None:
    with unit(shop.url, at_shanghai("2026-03-12 10:00")) as work:
        made = models.Staff(login="li", name="李", role="representative", created_at=at_shanghai("2026-03-12 09:00"))
        work.session.add(made)
    shop.login = "li"
    done = shop("phrase", "wait", "--customer", "C0012")
    assert (done.code, done.out) == (1, "")
    assert shop("phrase", "wait", "--customer", "C9999").code == 1
    assert shop("phrase", "wait").code == 0


# --- wrong usage

WRONG = {
    "--customer C0012": "which phrases are meant?",
    "-n 3": "which phrases are meant?",
    "wait --list": "--list takes no text",
    "--check wait": "--check stands alone",
    "--check --situation waiting": "--check stands alone",
    "--check --customer C0012": "--check stands alone",
    "--situation nope": "there is no situation nope",
    "wait --cause nope": "there is no cause nope",
    "wait -n 0": "--limit does not take this",
}


@ON_SQLITE
@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_usage(shop: Program, arguments: str) -> None:
    done = shop("phrase", *arguments.split())
    assert (done.code, done.out) == (2, "")
    assert f"Error: {WRONG[arguments]}" in done.err
    assert "\nTry: " in done.err


@ON_SQLITE
def test_a_text_of_spaces_is_nothing_to_look_for(revisit: Program) -> None:
    assert "there is nothing to look for" in revisit("phrase", " ", "　").err


# --- a company's own files


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The company's folder of Chinese phrases."""
    folder = tmp_path / "own" / "phrases" / "zh"
    folder.mkdir(parents=True)
    monkeypatch.setattr(resources, "_company_folder", None)  # is put back after the test
    monkeypatch.setenv("REVISIT_TEMPLATES", str(tmp_path / "own"))
    return folder


@ON_SQLITE
def test_a_sound_library(revisit: Program) -> None:
    revisit.url = NOWHERE
    done = revisit("phrase", "--check")
    assert (done.code, done.out, done.err) == (0, "The phrase library has no faults.\n", "")
    assert revisit("phrase", "--check", "--json").json == {"problems": []}


@ON_SQLITE
def test_a_company_file_with_faults(revisit: Program, own: Path) -> None:
    text = 'title = "验货"\n[[phrase]]\nid = "goods-check"\ntext = "{nmae}您好\\u001b[31m"\n[[phrase]]\nid = "b"\n'
    (own / "goods.toml").write_text(text, encoding="utf-8")
    i18n.activate("zh")
    done = revisit("phrase", "验货")
    assert (done.code, done.out.splitlines()[0]) == (0, "{nmae}您好\ufffd[31m")
    assert done.err == "这些文件里有内容用不上：phrases/zh/goods.toml\n建议：revisit phrase --check\n"
    done = revisit("phrase", "--check")
    missing = resources.folder() / "phrases/en/goods.toml"
    assert (done.code, done.err) == (1, "常用语库有3处毛病。\n")
    assert (
        done.out
        == f"""\
“{missing}”：1处毛病
行  键  问题
 1      缺少这个文件；有phrases/zh/goods.toml

“{own / "goods.toml"}”：2处毛病
行  键              问题
 4  phrase[1].text  {{nmae}}不是占位符；占位符有{", ".join(PLACEHOLDERS)}
 5  phrase[2].text  缺少这一项
"""
    )
    i18n.activate("en")
    found = revisit("phrase", "--check", "--json")
    assert found.code == 1
    assert found.json["problems"][2] == {
        "file": str(own / "goods.toml"), "line": 5, "key": "phrase[2].text", "problem": "is missing",
    }  # fmt: skip


# --- on a terminal


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("arguments", [("wait",), ("--list",), ()], ids=str)
def test_on_a_narrow_terminal_no_line_is_wider_than_it(
    revisit: Program, monkeypatch: pytest.MonkeyPatch, language: str, arguments: tuple[str, ...]
) -> None:
    i18n.activate(language)
    whole = revisit("phrase", *arguments).out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    folded = revisit("phrase", *arguments).out
    assert max(map(width, folded.splitlines())) <= 40 < max(map(width, whole.splitlines()))
    if arguments:
        assert "".join(folded.split()) == "".join(whole.split())
    for one in phrases.situations(language):
        assert not arguments or arguments == ("wait",) or one.title in folded
