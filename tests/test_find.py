"""`revisit find`, and one way to mean a customer: what is kept to search by, what finds it, in which order, for whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from revisit import access, customers, models, search, staff
from revisit.errors import Refused
from revisit.register import keep
from tests.support import Program, at_shanghai, reading, table, unit

NOW = at_shanghai("2026-03-12 10:00")
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
PEOPLE = [
    {"客户编号": "C0012", "客户名称": "杭州宏远涂料有限公司", "联系人": "李敏", "电话": "13800000001", "客服专员": "王丽"},
    {"客户编号": "C0013", "客户名称": "宏远建材", "联系人": "吕长乐", "电话": "010-88886666转12", "客服专员": "陈静"},
    {"客户编号": "C0120", "客户名称": "重庆长城厦华（集团）", "联系人": "曾敏", "电话": "13912345678", "客服专员": "王丽"},
    {"客户编号": "K-7", "客户名称": "Microsoft 微软(中国)", "联系人": "O'Brien", "电话": "+44 20 7946 0958", "客服专员": "陈静"},
    {"客户编号": "17850", "客户名称": "100%_[/]涂料'\"", "联系人": "", "电话": "", "客服专员": ""},
]  # fmt: skip


def fill(revisit: Program, folder: Path) -> None:
    """A company with a few customers of two representatives."""
    assert revisit("import", "customers", str(table(folder / "people.xlsx", PEOPLE))).code == 0, revisit.url


FILLED = {"known": fill}


@pytest.fixture
def known(revisit: Program) -> Program:
    """The company that `fill` leaves, on 12 March 2026."""
    return revisit.at("2026-03-12 10:00")


def codes(revisit: Program, *words: str) -> list[str]:
    found = revisit("find", *words, "--json")
    assert found.code == 0, found.err
    return [item["code"] for item in found.json["items"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C0012", ["C0012"]),
        ("c0012", ["C0012"]),
        ("Ｃ００１２", ["C0012"]),
        ("c00", ["C0012", "C0013"]),
        ("012", ["C0012", "C0120"]),
        ("宏远", ["C0013", "C0012"]),
        ("涂料", ["17850", "C0012"]),
        ("宏远 涂料", ["C0012"]),
        ("涂料 宏远", ["C0012"]),
        ("宏远 李", ["C0012"]),
        ("李敏", ["C0012"]),
        ("limin", ["C0012"]),
        ("lm", ["C0012"]),
        ("hongyuan", ["C0013", "C0012"]),
        ("HONGYUAN", ["C0013", "C0012"]),
        ("hongyuantuliao", ["C0012"]),
        ("hong'yuan", ["C0013", "C0012"]),
        ("tuliao", ["17850", "C0012"]),
        ("tul", ["17850", "C0012"]),
        ("uliao", []),
        ("hztyl", []),
        ("hzhy", ["C0012"]),
        ("hytl", ["C0012"]),
        ("tl", ["17850", "C0012"]),
        ("hy涂料", ["C0012"]),
        ("hangzhou tl", ["C0012"]),
        ("tuliaoyouxiangongsi", ["17850", "C0012"]),
        ("youxian", []),
        ("有限公司", ["C0012"]),
        ("chongqing", ["C0120"]),
        ("zhongqing", ["C0120"]),
        ("changchengxiahua", ["C0120"]),
        ("lvchangle", ["C0013"]),
        ("lüchangle", ["C0013"]),
        ("luchangle", ["C0013"]),
        ("zengmin", ["C0120"]),
        ("0001", ["C0012"]),
        ("138 0000", ["C0012"]),
        ("+86 138-0000-0001", ["C0012"]),
        ("008613800000001", ["C0012"]),
        ("8613800000001", ["C0012"]),
        ("１３８", ["C0012"]),
        ("13", ["C0013"]),
        ("88886666", ["C0013"]),
        ("(010)8888-6666", ["C0013"]),
        ("7946", ["K-7"]),
        ("microsoft", ["K-7"]),
        ("soft", ["K-7"]),
        ("weiruan", ["K-7"]),
        ("o'brien", ["K-7"]),
        ("k-7", ["K-7"]),
        ("17850", ["17850"]),
        ("%", ["17850"]),
        ("_", ["17850"]),
        ("[/]", ["17850"]),
        ("'\"", ["17850"]),
        ("!", []),
        ("' OR 1=1 --", []),
        ("涂料%有限", []),
    ],
)  # fmt: skip
def test_a_text_finds_customers_best_first(known_once: Program, text: str, expected: list[str]) -> None:
    assert codes(known_once, text) == expected


@pytest.fixture(scope="module")
def kept_urls() -> dict[str, str]:
    """The filled databases of this module: the cases above only read."""
    return {}


@pytest.fixture
def known_once(
    request: pytest.FixtureRequest,
    kept_urls: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Program:
    """The same company, made once per kind of database."""
    kind, url = "sqlite", kept_urls.get("sqlite")
    if url is None:
        folder = tmp_path_factory.mktemp("kept")
        url = kept_urls[kind] = str(folder / "kept.db")
        from tests.support import init_company

        init_company(url)
        fill(Program(url, capsys, monkeypatch).at("2026-03-12 10:00"), folder)
    return Program(url, capsys, monkeypatch).at("2026-03-12 10:00")


@pytest.mark.parametrize(
    "text", ["c0012", "宏远", "hongyuan", "hytl", "+86 138-0000-0001", "%", "'\"", "lvchangle", "soft"]
)
def test_both_databases_find_the_same(known: Program, known_once: Program, text: str) -> None:
    assert known("find", text, "--json").json == known_once("find", text, "--json").json
    assert known("find", text).out == known_once("find", text).out


def test_what_is_shown_and_how_it_is_told(known: Program) -> None:
    assert known("import", "orders", "--help").code == 0
    known("log", "C0012", "--result", "inconvenient", "--callback", "2026-03-20")
    found = known("find", "宏远", "--json").json
    assert found == {
        "text": "宏远",
        "items": [
            {
                "code": "C0013", "name": "宏远建材", "contact": "吕长乐", "phone": "010****6666", "grade": "", "region": "",
                "rep": known_rep(known, "陈静"), "rule": None, "due_by": None, "status": None,
            },
            {
                "code": "C0012", "name": "杭州宏远涂料有限公司", "contact": "李敏", "phone": "138****0001", "grade": "",
                "region": "", "rep": known_rep(known, "王丽"), "rule": "callback", "due_by": "2026-03-20", "status": "ahead",
            },
        ],
        "total": 2,
        "near": [],
    }  # fmt: skip
    shown = known("find", "宏远").out.splitlines()
    assert shown[0].split() == ["Code", "Customer", "Contact", "Phone", "Representative", "Owed"]
    assert shown[2].split("  ")[-1] == "promised callback · 2026-03-20 · ahead"
    assert known("find", "宏远", "-n", "1").out.splitlines()[-1] == "1 of 2 shown"


def known_rep(revisit: Program, name: str) -> str:
    with reading(revisit.url) as (sql, _company):
        return next(member.login for member in staff.list_staff(sql) if member.name == name)


def test_nothing_found_is_a_result_with_a_suggestion(known: Program) -> None:
    nobody = known("find", "zzzzz")
    assert (nobody.code, nobody.out) == (0, "Nobody is found by zzzzz.\n")
    assert known("find", "zzzzz", "--json").json == {"text": "zzzzz", "items": [], "total": 0, "near": []}
    near = known("find", "宏远涂料厂")
    assert near.code == 0
    assert near.out.splitlines()[:2] == ["Nobody is found by 宏远涂料厂.", "Did you mean:"]
    assert [item["code"] for item in known("find", "宏远涂料厂", "--json").json["near"]] == ["C0012"]
    assert [item["code"] for item in known("find", "C0012", "limin", "x", "--json").json["near"]] == ["C0012"]


@pytest.mark.parametrize("words", [("",), ("  ", "\t"), ("\u200b",)])
def test_nothing_to_look_for_is_wrong_usage(known_once: Program, words: tuple[str, ...]) -> None:
    asked = known_once("find", *words)
    assert asked.code == 2
    assert "there is nothing to look for" in asked.err
    assert known_once("find").code == 2


@pytest.mark.parametrize(
    "text", ["x" * 5000, " ".join("abcdefghijklmnopqrstuvwxyz"), "宏" * 300, "xqv\udcff\udcfe", "a\x00b"]
)
@pytest.mark.parametrize("company_db", ["sqlite", "postgresql"], indirect=True)
def test_a_hostile_text_finds_nothing_and_breaks_nothing(known: Program, text: str) -> None:
    with reading(known.url) as (sql, _company):
        assert search.find(sql, text, None, limit=5).ids == []
        assert search.beginning(sql, text, None, limit=5) == []
        with pytest.raises(Refused):
            customers.get_customer(sql, text)


# --- who sees what


def test_others_customers_are_there_and_no_more(known: Program) -> None:
    """Own customers first, of others' the code, the first character and whose they are; a part of their phone finds nothing."""
    mine, other = known_rep(known, "王丽"), known_rep(known, "陈静")
    known.login = mine
    items = known("find", "宏远", "--json").json["items"]
    assert [(item["code"], item["name"]) for item in items] == [("C0012", "杭州宏远涂料有限公司"), ("C0013", "宏***")]
    hidden = items[1]
    assert hidden == {
        "code": "C0013", "name": "宏***", "contact": "", "phone": "", "grade": "", "region": "", "rep": other, "rule": None,
        "due_by": None, "status": None,
    }  # fmt: skip
    assert codes(known, "8888") == []
    assert codes(known, "010-8888 6666") == ["C0013"], "a whole number tells that the customer is there already"
    assert codes(known, "0000") == ["C0012"]
    known.login = other
    assert codes(known, "8888") == ["C0013"]
    refused = known("why", "宏远")
    assert refused.code == 1
    assert "C0013 宏远建材, C0012 杭***" in refused.err


def test_a_phone_is_whole_for_who_owes_a_contact(known: Program, tmp_path: Path) -> None:
    order = {"订单号": "D1", "客户编号": "C0012", "下单日期": "2026-02-20"}
    assert known("import", "orders", str(table(tmp_path / "orders.xlsx", [order]))).code == 0
    found = known("find", "c0012", "--json").json["items"][0]
    assert (found["phone"], found["rule"], found["status"]) == ("138****0001", "after-sale", "overdue")
    known.login = known_rep(known, "王丽")
    assert known("find", "c0012", "--json").json["items"][0]["phone"] == "13800000001"


# --- one way to mean a customer


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C0012", "C0012"), ("c0012", "C0012"), ("ｃ００１２ ", "C0012"), ("宏远建材", "C0013"), ("李敏", "C0012"),
        ("+86 138 0000 0001", "C0012"), ("010-88886666", "C0013"), ("+442079460958", "K-7"), ("hytl", "C0012"),
        ("chongqing", "C0120"), ("微软", "K-7"), ("MICROSOFT 微软（中国）", "K-7"), ("100%", "17850"), ("杭州 lm", "C0012"),
    ],
)  # fmt: skip
def test_every_command_understands_a_customer_in_the_same_way(known_once: Program, text: str, code: str) -> None:
    assert known_once("why", text, "--json").json["code"] == code
    assert known_once("show", text, "--json").json["code"] == code


def test_an_exact_code_goes_before_a_name_and_that_before_a_part(company_db: str) -> None:
    with unit(company_db, NOW) as work:
        for code, name in (
            ("A1", "乙"),
            ("a1", "甲"),
            ("乙", "丙"),
            ("B7", "A1"),
            ("B8", "甲乙"),
            ("B9", "丁"),
            ("b90", "x"),
        ):
            row = models.Customer(code=code, name=name, entered_on=NOW.date())
            work.session.add(row)
            work.session.flush()
            work.session.info.setdefault("touched", set()).add(row.id)

    def meant(text: str) -> str:
        with reading(company_db) as (sql, _company):
            found = customers.get_customer(sql, text)
            return str(sql.rows("SELECT code FROM customer WHERE id = :id", id=found)[0][0])

    assert [meant(text) for text in ("A1", "a1", "乙", "甲", "b8", "b9", "B9", "B90", "丁")] == [
        "A1", "a1", "乙", "a1", "B8", "B9", "B9", "b90", "B9",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("宏远", "宏远 fits several customers: C0013 宏远建材, C0012 杭州宏远涂料有限公司"),
        ("nix", "no customer is known as nix"),
        ("", "no customer is known as"),
    ],
)
def test_who_means_several_or_nobody_is_told_so(known_once: Program, text: str, words: str) -> None:
    refused = known_once("why", text)
    assert refused.code == 1
    assert words in refused.err


# --- what is kept


def test_what_is_kept_follows_the_names(known: Program, tmp_path: Path) -> None:
    """A changed name or contact person is found from then on, the old one is not; a rebuild has nothing to add."""
    changed = {"客户编号": "C0013", "客户名称": "鸿源门窗", "联系人": "赵芳"}
    assert known("import", "customers", str(table(tmp_path / "again.xlsx", [changed]))).code == 0
    assert codes(known, "hongyuanmenchuang") == codes(known, "zhaofang") == codes(known, "赵芳") == ["C0013"]
    assert codes(known, "宏远建材") == codes(known, "lvchangle") == []
    with unit(known.url, NOW) as work:
        assert keep.replan(work.sql, work.company) == (0, 0, 0)
        work.sql.run("UPDATE customer SET search = '' WHERE code = 'C0013'")
        assert keep.replan(work.sql, work.company) == (0, 1, 0)
    assert codes(known, "zhaofang") == ["C0013"]


def test_the_form_of_what_is_kept() -> None:
    assert search.search_text("Ｃ0012", "宏远 Paint有限公司", ["李敏", ""]) == (
        "c0012\n宏远 paint有限公司\n李敏\n\n"
        " hongyuanpaintyouxiangongsi\n hypyxgs\n limin\n lm c yuanpaint yp paint aint int nt min"
    )


@given(st.text(max_size=400), st.text(max_size=4000), st.lists(st.text(max_size=40), max_size=3))
@example("", "宏" * 4000, [])
def test_no_name_is_too_long_or_too_strange_to_be_kept(code: str, name: str, people: list[str]) -> None:
    """A server's index takes no entry above 2704 bytes; neither database takes NUL or half a surrogate pair."""
    kept = search.search_text(code, name, people)
    assert len(kept.encode()) <= search.MOST_BYTES
    assert "\x00" not in kept
    assert kept == search.search_text(code, name, people)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = search.fold(search.fold(text))
    assert search.fold(folded) == folded


def test_every_statement_is_prepared_on_both_databases(company_db: str) -> None:
    """With every kind of word, for somebody who sees all, and for a representative."""
    with unit(company_db, NOW) as work:
        staff_id = staff.add_staff(work.session, login="ann", name="Ann", role="representative", at=NOW)
    with reading(company_db) as (sql, _company):
        ann = access.viewer(sql, staff.get_by_login(sql, "ann"))
        assert ann.member is not None
        assert ann.member.id == staff_id
        for text in ("宏远", "hy", "138 0000", "c1-2", "宏远 hy 0001 +44"):
            for viewer in (None, ann):
                assert search.find(sql, text, viewer, limit=3) == ([], 0)
                assert search.beginning(sql, text, viewer, limit=3) == []
        assert search.with_phone(sql, "13800000001") == search.exactly(sql, "c1") == []


def test_only_what_writes_reads_the_table(known: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from revisit import pinyin

    monkeypatch.setattr(pinyin, "TABLE", "pinyin/there is no such file")
    pinyin._readings.cache_clear()
    with reading(known.url) as (sql, _company):
        assert search.find(sql, "hytl", None, limit=5).total == 1
