"""What a person and a script see of `revisit staff`, `revisit department` and `revisit whoami`."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, get_args

import pytest

from revisit import config
from revisit.commands import whoami as whoami_command
from revisit.policy.access import Deed, Sight, Subject
from tests.support import Program, Result, reading, table, unit

ON_SERVER = pytest.mark.parametrize("company_db", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


@pytest.fixture
def people(revisit: Program, tmp_path: Path) -> Program:
    """A department with 王芳, who has two customers, and her supervisor; nobody else but admin."""
    assert revisit("department", "add", "客服部").code == 0
    assert revisit("staff", "add", "wang", "--name", "王芳", "--post", "客服专员", "--department", "客服部").code == 0
    assert revisit("staff", "add", "chen", "--post", "客服主管", "--department", "客服部", "--ability", "1.2").code == 0
    rows = [{"客户编号": f"C{n}", "签约日期": "2026-02-01", "客服专员": "wang"} for n in range(2)]
    assert revisit("import", "customers", str(table(tmp_path / "c.xlsx", rows))).code == 0
    return revisit


def refused(result: Result, code: int, said: str) -> None:
    error, remedy = result.err.splitlines()
    assert (result.code, result.out) == (code, "")
    assert error.startswith("Error: ") and said in error, error
    assert remedy.startswith("Try: ")


def test_the_list(people: Program) -> None:
    assert people("staff", "list").out.splitlines() == [
        "Login  Name   Role            Post                    Department  Ability  Customers",
        "admin  admin  administrator                                             1          0",
        "wang   王芳   representative  service representative  客服部            1          2",
        "chen   chen   supervisor      service supervisor      客服部          1.2          0",
    ]
    document = people("staff", "list", "--json").json
    assert document["staff"][1:] == [
        {
            "login": "wang", "name": "王芳", "role": "representative", "post": "service-representative",
            "department": "客服部", "ability": 1.0, "active": True, "customers": 2,
        },
        {
            "login": "chen", "name": "chen", "role": "supervisor", "post": "service-supervisor", "department": "客服部",
            "ability": 1.2, "active": True, "customers": 0,
        },
    ]  # fmt: skip
    assert people("department", "list", "--json").json == {
        "departments": [{"name": "客服部", "staff": 2, "active": True, "duty": None}]
    }


def test_who_leaves_stays_on_record(people: Program) -> None:
    refused(people("staff", "deactivate", "wang"), 1, "wang still has 2 customers, who would stand on nobody's list")
    kept = people("staff", "deactivate", "wang", "--keep-customers")
    assert (kept.code, kept.out) == (0, "wang 王芳 no longer works here; what was recorded stays.\n")
    assert kept.err == "2 customers still belong to wang: revisit assign --from wang --to LOGIN\n"
    assert len(people("due", "--unassigned", "--json").json["items"]) == 2, "nobody's list is not nobody's customers"
    assert [one["login"] for one in people("staff", "list", "--json").json["staff"]] == ["admin", "chen"]
    former = people("staff", "list", "--all", "--json").json["staff"]
    assert [(one["login"], one["active"]) for one in former] == [("admin", True), ("wang", False), ("chen", True)]
    refused(people("staff", "deactivate", "wang"), 1, "no longer works here already")
    refused(people("staff", "add", "WANG"), 1, "the login wang is taken by 王芳")
    people.login = "wang"
    refused(people("due"), 1, "there is no staff login wang")
    people.login = "admin"
    assert people("staff", "change", "Wang", "--active").out == "Changed: wang 王芳, representative, " \
        "service representative, 客服部\n"  # fmt: skip
    assert people("due", "--unassigned", "--json").json["items"] == []


def test_a_change(people: Program) -> None:
    changed = people(
        "staff", "change", "wang", "--login", "wang.fang", "--post", "service supervisor", "--ability", "80%"
    )
    assert (changed.code, changed.err) == (0, "")
    assert changed.out == "Changed: wang.fang 王芳, supervisor, service supervisor, 客服部\n"
    assert people("staff", "change", "wang.fang", "--ability", "0.8").out == "Nothing to change.\n"
    told = people("staff", "change", "wang.fang", "--role", "auditor", "--keep-customers")
    assert told.out == "Changed: wang.fang 王芳, auditor, service supervisor, 客服部\n"
    gone = people("staff", "change", "wang.fang", "--post", "", "--department", "", "--role", "representative")
    assert gone.out == "Changed: wang.fang 王芳, representative\n"
    free = people("staff", "add", "li", "--post", "司机", "--role", "approver", "--name", "李\u202e 梅\n")
    assert free.out == "Added: li 李 梅, approver, 司机\n"
    stays = people("staff", "change", "admin", "--post", "客服主管")
    assert stays.out == "Changed: admin, administrator, service supervisor\n"
    assert stays.err == "admin stays administrator: name --role to change that.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("add", "li mei"), 2, "li mei is no login"),
        (("add", "li", "--post", "司机"), 2, "there is no post 司机"),
        (("add", "li", "--role", "king"), 2, "there is no role king"),
        (("add", "li", "--ability", "viel"), 2, "viel is no factor such as 1.2 or 120%"),
        (("add", "li", "--ability", "120"), 2, "120 is not between 0.1 and 10"),
        (("add", "li", "--department", "财务部"), 1, "there is no department 财务部"),
        (("add", "ADMIN"), 1, "the login admin is taken by admin"),
        (("change", "wang"), 2, "there is nothing to change"),
        (("change", "wang", "--name", " \u200b"), 2, "the person needs a name"),
        (("change", "wang", "--login", "Chen"), 1, "the login chen is taken by chen"),
        (("change", "wang", "--post", "营销总监"), 1, "wang still has 2 customers"),
        (("change", "nobody", "--name", "x"), 1, "there is no staff login nobody"),
        (("change", "admin", "--role", "supervisor"), 1, "admin is the last administrator"),
        (("deactivate", "admin"), 1, "nobody ends the own work here"),
        (("deactivate", "nobody"), 1, "there is no staff login nobody"),
        (("frob",), 2, "there is no command staff frob"),
    ],
    ids=str,
)
@ON_SQLITE
def test_what_is_refused(people: Program, arguments: tuple[str, ...], code: int, said: str) -> None:
    before = people("staff", "list", "--all", "--json").out
    refused(people("staff", *arguments), code, said)
    assert people("staff", "list", "--all", "--json").out == before


@pytest.mark.parametrize("login", ["wang", "chen"])
def test_only_an_administrator_changes_the_staff(people: Program, tmp_path: Path, login: str) -> None:
    people.login = login
    sheet = str(table(tmp_path / "s.xlsx", [{"登录名": login, "角色": "管理员"}]))
    for arguments in (
        ("staff", "add", "li"), ("staff", "change", login, "--role", "administrator"), ("staff", "deactivate", "admin"),
        ("department", "add", "x"), ("department", "rename", "客服部", "x"), ("department", "close", "客服部"),
        ("import", "staff", sheet), ("import", "staff", sheet, "--dry-run"),
    ):  # fmt: skip
        refused(people(*arguments), 1, "may not do this")
    assert people("staff", "list").code == 0


@pytest.mark.parametrize("role", ["approver", "auditor"])
@ON_SQLITE
def test_who_only_looks_imports_nothing(people: Program, tmp_path: Path, role: str) -> None:
    assert people("staff", "add", "li", "--role", role).code == 0
    people.login = "li"
    refused(people("import", "customers", str(tmp_path / "c.xlsx")), 1, f"the role {role} may not do this")


def test_departments(people: Program) -> None:
    refused(people("department", "add", "客服部"), 1, "there is a department 客服部 already")
    refused(people("department", "close", "客服部"), 1, "2 people work in the department 客服部")
    assert people("department", "rename", "客服部", "客服一部").out == "The department 客服部 is called 客服一部 now.\n"
    for login in ("wang", "chen"):
        assert people("staff", "change", login, "--department", "").code == 0
    assert people("department", "close", "客服一部").out == "The department 客服一部 is closed.\n"
    refused(people("staff", "change", "wang", "--department", "客服一部"), 1, "the department 客服一部 is closed")
    assert people("department", "list").out.splitlines() == ["Department  Staff  In use", "客服一部        0  no"]
    assert people("department", "add", "客服一部").out == "The department 客服一部 is open again.\n"
    refused(people("department", "add", " "), 2, "the department needs a name")


@ON_SERVER
def test_two_administrators_cannot_remove_each_other(people: Program) -> None:
    """On a server both see two of them at first: one waits for the other, and is refused."""
    from revisit import staff
    from revisit.staff import problem_with
    from tests.support import at_shanghai

    assert people("staff", "add", "boss", "--role", "administrator").code == 0
    now = at_shanghai("2026-03-12 10:00")
    inside, done = threading.Event(), threading.Event()
    problems: list[Any] = []

    def second() -> None:
        inside.wait(20)
        with unit(people.url, now, "boss") as work:
            staff.lock(work.sql)
            problems.append(done.is_set())
            count = sum(one.role == "administrator" for one in staff.list_people(work.sql))
            person = staff.get_person(work.sql, "boss")
            problems.append(problem_with(person, {"role": "auditor"}, administrators=count, actor_id=person.id))

    thread = threading.Thread(target=second)
    thread.start()
    with unit(people.url, now, "boss") as work:
        staff.lock(work.sql)
        inside.set()
        staff.change_staff(work.session, work.sql, staff.get_person(work.sql, "admin"), {"active": False})
        thread.join(1)
        assert thread.is_alive(), "the second one waits"
        done.set()
    thread.join(20)
    assert problems[0] is True
    assert "last administrator" in problems[1].message


# --- whoami


def test_who_i_am(people: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    people.login = "wang"
    result = people("whoami")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[:4] == [
        "wang 王芳 · by --as",
        "role: representative, post: service representative, department: 客服部",
        f"database: {people.url}",
        "language: en",
    ]
    assert "own customers    whole              whole while a contact is owed  whole" in result.out
    assert "other customers  masked             not at all" in result.out
    assert "May do with own customers: record revisits, " in result.out
    assert ("no lock" in result.out) == (not people.url.startswith("postgresql"))
    document = people("whoami", "--json").json
    assert {name: document[name] for name in ("login", "name", "role", "post", "department", "known_by", "language")} == {
        "login": "wang", "name": "王芳", "role": "representative", "post": "service-representative",
        "department": "客服部", "known_by": "option", "language": "en",
    }  # fmt: skip
    assert [one["side"] for one in document["rights"]] == ["own", "other"]
    assert document["rights"][1] | {"may": []} == {
        "side": "other", "name": "masked", "phone": "none", "log": "none", "credit": "none", "may": [],
    }  # fmt: skip


def test_how_it_is_known(people: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    people.login = None
    (tmp_path / "config.toml").write_text('user = "chen"\n')
    monkeypatch.setenv("REVISIT_CONFIG", str(tmp_path / "config.toml"))
    assert config.load()["user"] == "chen"
    found = people("whoami", "--json").json
    assert (found["login"], found["known_by"], found["role"]) == ("chen", "config", "supervisor")
    assert [one["side"] for one in found["rights"]] == ["supervisor", "other"]
    monkeypatch.setenv("REVISIT_USER", "wang")
    assert people("whoami", "--json").json["known_by"] == "environment"
    monkeypatch.delenv("REVISIT_USER")
    monkeypatch.delenv("REVISIT_CONFIG")
    monkeypatch.setattr("getpass.getuser", lambda: "passer-by")
    found = people("whoami", "--json").json
    assert (found["login"], found["known_by"], found["role"]) == ("passer-by", "system", None)


def test_a_login_that_is_not_of_the_staff_is_told(people: Program) -> None:
    people.login = "ghost"
    result = people("whoami")
    assert (result.code, result.err) == (0, "")
    assert "Nobody of the staff has this login" in result.out
    assert "May do with all customers: nothing" in result.out
    assert people("whoami", "--json").json["role"] is None


@ON_SERVER
def test_no_password_is_shown(people: Program) -> None:
    people.url = people.url.replace("postgres@", "postgres:geheim@")
    assert "geheim" not in people("whoami").out + people("whoami", "--json").out


def test_every_right_has_its_words() -> None:
    assert set(whoami_command.MAY) == set(get_args(Deed))
    assert set(whoami_command.SUBJECTS) == set(get_args(Subject))
    assert set(whoami_command.HOW) == set(get_args(Sight))


@pytest.mark.parametrize("language", ["zh", "en"])
@ON_SQLITE
def test_in_both_languages(people: Program, language: str) -> None:
    from revisit import i18n

    i18n.activate(language)
    assert ("客服专员" in people("staff", "list").out) == (language == "zh")
    assert people("whoami").code == people("department", "list").code == 0


def test_who_changed_what_is_on_record(people: Program) -> None:
    assert people("staff", "change", "wang", "--role", "supervisor").code == 0
    with reading(people.url) as (sql, _company):
        rows = sql.rows("SELECT who, change FROM audit WHERE table_name = 'staff' AND action = 'update'")
        assert rows == [("admin", '{"role":["representative","supervisor"]}')]
        made = sql.rows("SELECT action FROM audit WHERE table_name = 'department'")
        assert made == [("create",)]
