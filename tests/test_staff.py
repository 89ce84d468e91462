"""The people who work here: logins, posts and roles as data, and changes that would leave somebody out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from revisit import alike, departments, posts, resources, staff
from revisit.errors import Refused
from revisit.posts import find_post, load_posts, role_following
from revisit.staff import Person, login_from, login_problem, problem_with
from tests.support import at_shanghai, reading, unit

NOW = at_shanghai("2026-03-12 10:00")
WANG = Person(7, "wang", "王芳", "representative", None, "", 100, True, "", 3)
ADMIN = Person(1, "admin", "admin", "administrator", None, "", 100, True, "", 0)


@pytest.fixture
def company_folder(tmp_path: Path) -> Iterator[Path]:
    """A templates folder of the company's own."""
    resources.use_company_folder(tmp_path)
    yield tmp_path
    resources.use_company_folder(None)


# --- logins


@pytest.mark.parametrize("login", ["wang", "li.mei", "王芳", "w-2", "O'Hara", "[/]", "'OR'1=1", "../x"])
def test_what_can_be_a_login(login: str) -> None:
    assert login_problem(login) == ""


@pytest.mark.parametrize(
    "login", ["", "li mei", "a\tb", "a\n", "a\u202eb", "a\u200bb", "\u3000", "-x", "x" * 65, "a\x1b[2J"]
)
def test_what_can_be_no_login(login: str) -> None:
    assert "{login}" in login_problem(login)


@given(st.text())
@example("\u202e")
@example("- - ")
def test_a_login_made_of_any_name_is_a_login(name: str) -> None:
    assert login_problem(login_from(name)) == ""


@given(st.text(st.characters(codec="ascii"), max_size=20))
def test_logins_are_the_same_in_any_case_and_width(login: str) -> None:
    assert alike.name(login) == alike.name(login.upper()) == alike.name(f" {login} ")
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in login)
    assert alike.name(wide) == alike.name(login)


def test_whoever_works_here_is_found_in_any_case(company_db: str) -> None:
    with unit(company_db, NOW) as work:
        staff.add_staff(work.session, login="Wang", name="王芳", role="representative", at=NOW)
        staff.add_staff(work.session, login="gone", name="Gone", role="representative", at=NOW, active=False)
    with reading(company_db) as (sql, _company):
        for login in ("Wang", "wang", "ＷＡＮＧ", " WANG "):
            found = staff.find_by_login(sql, login)
            assert found is not None and found.login == "Wang"
        assert staff.find_by_login(sql, "gone") is None
        assert staff.get_by_login(sql, "GONE", former=True).name == "Gone"
        with pytest.raises(Refused, match="no staff login wong"):
            staff.get_by_login(sql, "wong", former=True)
        for login, kept in (("WANG", "Wang"), ("Gone", "gone")):
            with pytest.raises(Refused) as refused:
                staff.refuse_taken_login(sql, login)
            assert refused.value.params["login"] == kept


# --- posts


def test_the_shipped_posts() -> None:
    roles = {post.title["zh"]: (post.id, post.role) for post in load_posts()}
    assert roles == {
        "客服专员": ("service-representative", "representative"),
        "客服主管": ("service-supervisor", "supervisor"),
        "客服部经理": ("service-manager", "supervisor"),
        "系统管理员": ("system-administrator", "administrator"),
        "营销总监": ("marketing-director", "approver"),
        "财务主管": ("finance-supervisor", "approver"),
        "总经理": ("general-manager", "approver"),
        "副总经理": ("vice-president", "approver"),
        "销售部经理": ("sales-manager", "approver"),
        "审计": ("auditor", "auditor"),
    }


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("客服专员", "service-representative"), ("Service  Representative", "service-representative"),
        ("service_representative", "service-representative"), ("ＣＳＲ", "service-representative"),
        ("客服组长", "service-supervisor"),
        ("副总", "vice-president"), ("General Manager", "general-manager"), ("财务经理", "finance-supervisor"),
        ("司机", None), ("", None), ("经理", None),
    ],
)  # fmt: skip
def test_a_post_by_any_of_its_names(name: str, id_: str | None) -> None:
    found = find_post(load_posts(), name)
    assert (found.id if found else None) == id_


def test_a_company_has_posts_of_its_own(company_folder: Path) -> None:
    (company_folder / "posts.toml").write_text(
        '[driver]\ntitle = { zh = "司机", en = "driver" }\nrole = "auditor"\n', encoding="utf-8"
    )
    assert [(post.id, post.role, post.shown) for post in load_posts()] == [("driver", "auditor", "driver")]


@pytest.mark.parametrize(
    "text",
    [
        "[a",
        '[a]\ntitle = { zh = "甲", en = "a" }\nrole = "king"',
        '[a]\ntitle = { zh = "甲" }\nrole = "auditor"',
        '[a]\nrole = "auditor"',
        'a = "auditor"',
        '[a]\ntitle = { zh = "甲", en = "x" }\nrole = "auditor"\n[b]\ntitle = { zh = "乙", en = "X" }\nrole = "auditor"',
    ],
)
def test_posts_that_contradict_themselves_are_refused(company_folder: Path, text: str) -> None:
    (company_folder / "posts.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match="posts cannot be used"):
        load_posts()


@pytest.mark.parametrize(
    ("told", "post", "now", "role"),
    [
        (None, None, "", "representative"),
        (None, "客服主管", "", "supervisor"),
        ("auditor", "客服主管", "", "auditor"),
        (None, "营销总监", "representative", "approver"),
        (None, None, "supervisor", "supervisor"),
        (None, "客服主管", "administrator", "administrator"),
        ("supervisor", "客服主管", "administrator", "supervisor"),
        (None, "系统管理员", "representative", "administrator"),
    ],
)
def test_the_role_follows_from_the_post_unless_told(told: str | None, post: str | None, now: str, role: str) -> None:
    given_post = find_post(load_posts(), post) if post else None
    assert role_following(told, given_post, now) == role


# --- what would leave somebody out


@pytest.mark.parametrize(
    ("person", "after", "more", "said"),
    [
        (WANG, {"name": "王"}, {}, None),
        (WANG, {"active": False}, {}, "still has {count} customers"),
        (WANG, {"role": "approver"}, {}, "still has {count} customers"),
        (WANG, {"role": "supervisor"}, {}, None),
        (WANG, {"active": False}, {"keep_customers": True}, None),
        (WANG, {"active": False}, {"actor_id": 7}, "nobody ends the own work"),
        (ADMIN, {"active": False}, {"actor_id": 2, "administrators": 2}, None),
        (ADMIN, {"active": False}, {"actor_id": 2}, "last administrator"),
        (ADMIN, {"role": "supervisor"}, {"actor_id": 1}, "last administrator"),
        (ADMIN, {"role": "supervisor"}, {"actor_id": 1, "administrators": 2}, None),
        (ADMIN, {"name": "x", "role": "administrator"}, {"actor_id": 1}, None),
    ],
)
def test_what_would_leave_somebody_out(
    person: Person, after: dict[str, Any], more: dict[str, Any], said: str | None
) -> None:
    found = problem_with(person, after, **({"administrators": 1, "actor_id": 1} | more))
    assert (found is None) if said is None else (found is not None and said in found.message)


def test_a_change_is_only_what_differs(company_db: str) -> None:
    with unit(company_db, NOW) as work:
        person = staff.get_person(work.sql, "admin")
        assert staff.change_staff(work.session, work.sql, person, {"name": "admin", "role": "administrator"}) == {}
        before = staff.change_staff(work.session, work.sql, person, {"name": "张", "ability_percent": 120})
        assert before == {"name": "admin", "ability_percent": 100}
    with reading(company_db) as (sql, _company):
        (person,) = staff.list_people(sql)
        assert (person.name, person.ability, person.customers, person.department) == ("张", 1.2, 0, "")
        (change,) = sql.rows("SELECT change FROM audit WHERE table_name = 'staff' AND action = 'update'")
        assert change[0] == '{"ability_percent":[100,120],"name":["admin","张"]}'


# --- departments


def test_a_department_comes_changes_and_closes(company_db: str) -> None:
    with unit(company_db, NOW) as work:
        id_ = departments.add_department(work.session, "客服部A")
        staff.add_staff(work.session, login="wang", name="王", role="representative", at=NOW, department_id=id_)
    with unit(company_db, NOW) as work:
        found = departments.get_department(work.sql, "客服部ａ")
        assert (found.id, found.staff) == (id_, 1)
        with pytest.raises(Refused, match="1 people work in"):
            departments.set_active(work.session, work.sql, found, False)
        departments.add_department(work.session, "售后部")
        with pytest.raises(Refused, match="there is a department 售后部 already"):
            departments.rename_department(work.session, work.sql, found, "售后部")
        departments.rename_department(work.session, work.sql, found, "客服一部")
        staff.change_staff(work.session, work.sql, staff.get_person(work.sql, "wang"), {"department_id": None})
    with unit(company_db, NOW) as work:
        departments.set_active(work.session, work.sql, departments.get_department(work.sql, "客服一部"), False)
        with pytest.raises(Refused, match="is closed"):
            departments.get_department(work.sql, "客服一部")
        with pytest.raises(Refused, match="there is no department 财务部"):
            departments.get_department(work.sql, "财务部")
    with reading(company_db) as (sql, _company):
        assert [(one.name, one.active, one.staff) for one in departments.list_departments(sql)] == [
            ("客服一部", False, 0),
            ("售后部", True, 0),
        ]


def test_what_is_kept_of_a_post_is_shown_in_the_language_in_use() -> None:
    from revisit import i18n

    known = load_posts()
    i18n.activate("zh")
    assert posts.shown_post(known, "vice-president") == "副总经理"
    i18n.activate("en")
    assert posts.shown_post(known, "vice-president") == "vice president"
    assert posts.shown_post(known, "司机") == "司机"
