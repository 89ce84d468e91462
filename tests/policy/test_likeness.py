"""How alike two customers are: cores of names, reasons and scores, which pairs are found among many, and lookalikes."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from revisit import alike
from revisit.policy import likeness
from revisit.policy.firms import core_of
from revisit.policy.likeness import WEIGHTS, Lookalikes, Profile, Reason, compare, pairs_among, pairs_with, score_of

# --- the exact name


@pytest.mark.parametrize(
    "name",
    [
        "宏远（上海）有限公司",
        "宏远(上海)有限公司",
        " 宏远 [上海] 有限公司",
        "宏远【上海】有限公司",
        "宏远〔上海〕有限公司",
        "宏远\u3000（上海）\u200b有限公司\n",
    ],
)
def test_width_brackets_and_spaces_do_not_matter_in_a_name(name: str) -> None:
    assert alike.customer_name(name) == "宏远(上海)有限公司"


@pytest.mark.parametrize(
    ("one", "other"), [("ABC", "abc"), ("宏远", "宏远公司"), ("宏远(上海)", "宏远上海"), ("A-B", "AB")]
)
def test_what_only_looks_alike_is_another_name(one: str, other: str) -> None:
    assert alike.customer_name(one) != alike.customer_name(other)


@given(st.text(max_size=30))
@example("Y¯")
def test_the_form_of_a_name_is_its_own_form(name: str) -> None:
    once = alike.customer_name(name)
    assert alike.customer_name(once) == once
    assert not any(char.isspace() for char in once)


# --- the core


@pytest.mark.parametrize(
    ("name", "core", "places"),
    [
        ("宏远涂料有限公司", "宏远涂料", ()),
        ("宏远涂料股份有限公司", "宏远涂料", ()),
        ("宏远涂料有限责任公司", "宏远涂料", ()),
        ("宏远涂料集团股份有限公司", "宏远涂料", ()),
        ("宏远涂料厂", "宏远涂料", ()),
        ("宏遠塗料有限責任公司", "宏遠塗料", ()),
        ("上海宏远涂料公司", "宏远涂料", ("上海",)),
        ("浙江省杭州市宏远涂料厂", "宏远涂料", ("浙江", "杭州")),
        ("广西壮族自治区柳州市宏远", "宏远", ("广西", "柳州")),
        ("昆阳市宏远", "宏远", ("昆阳",)),
        ("宏远（上海）涂料有限公司", "宏远涂料", ("上海",)),
        ("宏远涂料（中国）有限公司", "宏远涂料", ("中国",)),
        ("宏远（新）涂料", "宏远新涂料", ()),
        ("宏远 涂料·有限公司", "宏远涂料", ()),
        ("上海公司", "上海", ()),
        ("（上海）", "上海", ()),
        ("有限公司", "有限公司", ()),
        ("红星超市连锁有限公司", "红星超市连锁", ()),
        ("明珠酒店", "明珠酒店", ()),
        ("明珠酒店有限公司", "明珠酒店", ()),
        ("宏远涂料上海分公司", "宏远涂料上海分公司", ()),
        ("ＨＯＮＧＹＵＡＮ　Coatings Co., Ltd.", "hongyuancoatings", ()),
        ("Hongyuan Coatings G.m.b.H.", "hongyuancoatings", ()),
        ("Müller & Söhne GmbH", "müllerandsöhne", ()),
        ("Company", "company", ()),
        ("ABC（上海）有限公司", "abc", ("上海",)),
        ("张三", "张三", ()),
        ("***", "", ()),
        ("", "", ()),
    ],
)  # fmt: skip
def test_the_core_of_a_name(name: str, core: str, places: tuple[str, ...]) -> None:
    found = core_of(name)
    assert (found.text, found.places) == (core, places)


@given(st.text(alphabet="宏远上海市省公司厂店有限集团（）()AB co.ltd12一 ", max_size=14))
def test_a_core_never_fails_and_loses_no_name(name: str) -> None:
    found = core_of(name)
    assert bool(found.text) == any(char.isalnum() for char in name)
    assert " " not in found.text


# --- two customers


def one(name: str, *phones: str, address: str = "", person: str = "", sound: str = "") -> Profile:
    return likeness.profile(
        name,
        sound=lambda _core: sound,
        phones=phones,
        addresses=[address] if address else [],
        people=[person] if person else [],
    )


PHONE, OTHER_PHONE = "13800000001", "13900000002"
CASES: list[tuple[Profile, Profile, set[str]]] = [
    (one("宏远涂料有限公司"), one("宏远涂料 有限公司"), {"same-name"}),
    (one("宏远涂料有限公司"), one("宏远涂料厂"), {"same-core"}),
    (one("上海宏远涂料"), one("宏远涂料（上海）公司"), {"same-core"}),
    (one("上海宏远涂料"), one("宏远涂料"), {"same-core"}),
    (one("上海宏远涂料"), one("北京宏远涂料"), {"elsewhere"}),
    (one("浙江省杭州市宏远涂料"), one("杭州宏远涂料"), {"same-core"}),
    (one("ABC Ltd"), one("abc"), {"same-core"}),
    (one("宏远涂料", sound="hongyuantuliao"), one("鸿远涂料", sound="hongyuantuliao"), {"same-sound"}),
    (one("张伟", sound="zhangwei"), one("章伟", sound="zhangwei"), {"short-sound"}),
    (one("宏远建筑装饰涂料"), one("宏远建筑装璜涂料"), {"like-name"}),
    (one("上海宏远建筑装饰涂料"), one("北京宏远建筑装璜涂料"), set()),
    (one("宏远涂料"), one("宏达涂料"), set()),
    (one("张三"), one("张山"), set()),
    (one("宏远"), one("宏远涂料"), {"short-name"}),
    (one("Hongyuan Coatings Ltd"), one("Coatings Hongyuan Inc"), {"like-name"}),
    (one("宏远建筑装饰一分公司"), one("宏远建筑装饰二分公司"), set()),
    (one("客户00001号"), one("客户00002号"), set()),
    (one("客户001号"), one("客户1号"), {"like-name"}),
    (one("甲", PHONE), one("乙", OTHER_PHONE, PHONE), {"same-phone"}),
    (one("甲", "138****0001"), one("乙", "138****0001"), set()),
    (one("甲", "110"), one("乙", "110"), set()),
    (one("甲", "02085550001x12"), one("乙", "02085550001x13"), set()),
    (one("甲", address="解放路 1 号大院"), one("乙", address="解放路1号 大院"), {"same-address"}),
    (one("甲", address="解放路"), one("乙", address="解放路"), set()),
    (one("甲", address="中山路12-3号"), one("乙", address="中山路12－3 号"), {"same-address"}),
    (one("甲", address="中山路12-3号"), one("乙", address="中山路123号"), set()),
    (one("甲", person="李敏"), one("乙", person="李敏"), {"same-person"}),
    (one("甲", person="李"), one("乙", person="李"), set()),
    (one("", PHONE), one("***"), set()),
    (one("宏远涂料", PHONE, person="李敏"), one("宏远涂料厂", PHONE, person="李敏"), {"same-core", "same-phone", "same-person"}),
]  # fmt: skip


@pytest.mark.parametrize(("mine", "theirs", "codes"), CASES)
def test_why_two_may_be_one(mine: Profile, theirs: Profile, codes: set[str]) -> None:
    found = compare(mine, theirs)
    assert {reason.code for reason in found} == codes
    assert compare(theirs, mine) == found


def test_what_is_shown_unasked() -> None:
    """The same phone alone, the same core alone, a name that is 92 % like; not another place, not one that is 91 % like."""
    shown = {code for code in WEIGHTS if score_of([Reason(code)]) >= likeness.LIKELY}
    assert shown == {"same-name", "same-core", "same-sound", "like-name", "same-phone"}
    assert score_of([Reason("like-name", 92)]) == 61
    assert score_of([Reason("like-name", 91)]) == 59
    assert score_of([Reason("elsewhere"), Reason("same-phone")]) == 78
    assert score_of([]) == 0


REASONS = st.lists(
    st.one_of(
        st.sampled_from(sorted(set(WEIGHTS) - {"like-name"})).map(Reason),
        st.integers(likeness.LIKE, 100).map(lambda percent: Reason("like-name", percent)),
    ),
    max_size=5,
)


@given(REASONS, REASONS)
def test_more_reasons_never_make_less(some: list[Reason], more: list[Reason]) -> None:
    assert 0 <= score_of(some) <= score_of(some + more) <= 100


NAMES = st.text(alphabet="宏鸿远达涂料建材公司上海北京厂AB一二", min_size=1, max_size=9)
PROFILES = st.builds(
    lambda name, phones: likeness.profile(name, phones=phones),
    NAMES,
    st.lists(st.sampled_from([PHONE, OTHER_PHONE, "138****0001", "02085550001"]), max_size=2),
)


@given(PROFILES, PROFILES)
def test_likeness_has_no_direction_and_a_name_is_like_itself(mine: Profile, theirs: Profile) -> None:
    score = score_of(compare(mine, theirs))
    assert score == score_of(compare(theirs, mine))
    if mine.core.text:
        assert score_of(compare(mine, mine)) >= WEIGHTS["same-name"] * 100 > likeness.LIKELY


# --- many customers


@given(st.lists(PROFILES, max_size=9))
def test_every_pair_that_is_likely_is_found(profiles: list[Profile]) -> None:
    """What is looked for in blocks is what comparing each with each finds."""
    every = {
        (place, other): score_of(compare(profiles[place], profiles[other]))
        for place, other in combinations(range(len(profiles)), 2)
    }
    found, groups = pairs_among(profiles)
    assert {(pair.one, pair.other): pair.score for pair in found} == {
        both: score for both, score in every.items() if score >= likeness.LIKELY
    }
    assert not groups
    assert [pair.score for pair in found] == sorted((pair.score for pair in found), reverse=True)
    for place in range(len(profiles)):
        alone = {tuple(sorted((pair.one, pair.other))) for pair in pairs_with(profiles, place)}
        assert alone == {both for both, score in every.items() if score >= likeness.LIKELY and place in both}


def test_long_names_that_differ_in_two_places_are_found() -> None:
    profiles = [one("宏远建筑装饰涂料工程设计咨询"), one("鸿远建筑装饰涂料工程设计谘询"), one("安顺化工")]
    (pair,), _groups = pairs_among(profiles, least=40)
    assert (pair.one, pair.other, pair.reasons[0].code) == (0, 1, "like-name")


def test_a_number_that_many_share_is_no_sign_and_is_said() -> None:
    profiles = [one(f"{char}氏商行", PHONE) for char in "赵钱孙李周吴郑王冯陈褚"]
    assert len(profiles) == likeness.SHARED_BY_MOST + 1
    found, (group,) = pairs_among(profiles)
    assert not found
    assert (group.what, group.members) == ("same-phone", tuple(range(len(profiles))))
    assert not pairs_with(profiles, 0)
    found, groups = pairs_among(profiles[:-1])
    assert len(found) == 45
    assert not groups


def test_a_name_that_many_bear_is_said_and_not_compared() -> None:
    profiles = [one("测试", sound="ceshi") for _ in range(likeness.NAMED_BY_MOST + 1)] + [one("宏远"), one("宏远")]
    (pair,), (group,) = pairs_among(profiles)
    assert (pair.one, pair.other) == (len(profiles) - 2, len(profiles) - 1)
    assert (group.what, len(group.members)) == ("same-core", likeness.NAMED_BY_MOST + 1)


# --- while a sheet is read


def named(name: str) -> tuple[str, tuple[str, ...]]:
    core = core_of(name)
    return core.text, core.places


def test_lookalikes_are_found_by_core_and_by_phone() -> None:
    known = Lookalikes()
    known.add("C1", *named("上海宏远涂料有限公司"), [PHONE])
    known.add("C2", *named("测试甲"), ["138****0001", "110"])
    assert known.like(*named("宏远涂料"), []) == ("C1", "same-core")
    assert known.like(*named("宏远涂料（上海）公司"), []) == ("C1", "same-core")
    assert known.like(*named("北京宏远涂料"), []) is None
    assert known.like(*named("北京宏远涂料"), [OTHER_PHONE, PHONE]) == ("C1", "same-phone")
    assert known.like(*named("乙"), ["138****0001", "110"]) is None
    assert known.like(*named(""), []) is None
    known.add("C3", *named("乙"), [])
    assert known.like(*named("乙"), []) == ("C3", "same-core")


def test_a_number_that_many_share_makes_no_lookalike() -> None:
    known = Lookalikes()
    for number in range(likeness.SHARED_BY_MOST):
        known.add(f"C{number}", *named(f"客户{number}"), [PHONE])
    assert known.like(*named("新"), [PHONE]) == ("C0", "same-phone")
    known.add("CX", *named("又一个"), [PHONE])
    assert known.like(*named("新"), [PHONE]) is None
