"""Who may see and do what: the matrix cell by cell, and each role at the commands that show customers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from revisit import access
from revisit.access import Viewer
from revisit.errors import Refused
from revisit.models import Department, Staff
from revisit.policy.access import DEEDS, SIGHTS, Deed, Side, Subject, may, side_of, sight
from revisit.staff import StaffMember
from tests.support import CREATED_AT, Program, at_shanghai, table, unit

# --- the matrix, as the rules of the house have it: written down once more, not read from the code

SIDES = ("own", "other", "supervisor", "administrator", "approver", "auditor", "stranger")
SEEN: dict[str, tuple[str, ...]] = {
    #          own      other     supervisor  admin     approver  auditor   stranger
    "name": ("whole", "masked", "whole", "whole", "whole", "whole", "whole"),
    "phone, owed": ("whole", "none", "masked", "masked", "none", "masked", "masked"),
    "phone": ("masked", "none", "masked", "masked", "none", "masked", "masked"),
    "log": ("whole", "none", "whole", "whole", "none", "whole", "whole"),
    "credit": ("whole", "none", "whole", "whole", "whole", "whole", "none"),
}
ALLOWED: dict[str, tuple[str, ...]] = {
    "log": ("own", "supervisor", "administrator"),
    "amend": ("own", "supervisor", "administrator"),
    "exclude": ("own", "supervisor", "administrator"),
    "waive": ("supervisor", "administrator"),
    "close": ("supervisor", "administrator"),
    "assign": ("supervisor", "administrator"),
    "merge": ("supervisor", "administrator"),
    "staff": ("administrator",),
    "import": ("own", "other", "supervisor", "administrator"),
    "undo": ("own", "supervisor", "administrator"),
    "reveal": ("own", "supervisor", "administrator"),
    "export": ("supervisor", "administrator"),
    "score": ("own", "supervisor", "administrator", "auditor"),
    "target": ("supervisor", "administrator"),
    "inspect": ("supervisor", "administrator"),
    "audit": ("supervisor", "administrator", "auditor"),
    "verify": ("administrator", "auditor"),
    "upgrade": ("administrator",),
    "effect": ("supervisor", "administrator", "approver", "auditor"),
    "simulate": ("supervisor", "administrator", "approver", "auditor"),
    "draft": ("supervisor", "administrator", "approver"),
    "adopt": ("administrator", "approver"),
    "close-report": ("supervisor", "administrator"),
}


def test_the_tables_are_about_the_same_sides_subjects_and_deeds() -> None:
    assert set(SIDES) == set(get_args(Side))
    assert {name.split(",")[0] for name in SEEN} == set(get_args(Subject)) == set(SIGHTS)
    assert set(ALLOWED) == set(get_args(Deed)) == set(DEEDS)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("what", SEEN)
def test_a_cell_of_what_is_seen(what: str, side: Side) -> None:
    subject: Any = what.split(",")[0]
    assert sight(subject, side, owes=what.endswith("owed")) == SEEN[what][SIDES.index(side)]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("deed", ALLOWED)
def test_a_cell_of_what_is_done(deed: Deed, side: Side) -> None:
    assert may(deed, side) == (side in ALLOWED[deed])


ME, OTHER = 1, 2
NORTH, SOUTH = 7, 8


@pytest.mark.parametrize(
    ("role", "mine", "owner", "theirs", "side"),
    [
        (None, None, ME, NORTH, "stranger"),
        (None, None, None, None, "stranger"),
        ("representative", NORTH, ME, NORTH, "own"),
        ("representative", NORTH, OTHER, NORTH, "other"),
        ("representative", NORTH, None, None, "other"),
        ("supervisor", NORTH, OTHER, NORTH, "supervisor"),
        ("supervisor", NORTH, OTHER, SOUTH, "other"),
        ("supervisor", NORTH, OTHER, None, "other"),
        ("supervisor", NORTH, None, None, "supervisor"),
        ("supervisor", NORTH, ME, NORTH, "supervisor"),
        ("supervisor", None, OTHER, SOUTH, "supervisor"),
        ("administrator", None, OTHER, SOUTH, "administrator"),
        ("administrator", None, ME, None, "administrator"),
        ("approver", NORTH, OTHER, NORTH, "approver"),
        ("auditor", NORTH, None, None, "auditor"),
    ],
)
def test_from_where_somebody_looks(
    role: str | None, mine: int | None, owner: int | None, theirs: int | None, side: str
) -> None:
    assert side_of(role, ME if role else None, mine, owner, theirs) == side


@pytest.mark.parametrize("deed", sorted(ALLOWED))
def test_who_may_not_is_sent_to_somebody_who_may(deed: Deed) -> None:
    """By the role that may do nothing of it at all."""
    role = next((one for one in ("approver", "auditor", "supervisor") if one not in ALLOWED[deed]), None)
    if role is None:
        access.require_role(StaffMember(ME, "me", "Me", "administrator"), deed)
        return
    with pytest.raises(Refused) as refused:
        access.require_role(StaffMember(ME, "me", "Me", role), deed)
    remedies = {
        "ask a supervisor or an administrator": {"supervisor", "administrator"},
        "ask an administrator or an approver": {"administrator", "approver"},
        "ask an administrator": {"administrator"},
    }
    assert remedies[refused.value.remedy] <= set(ALLOWED[deed])


@pytest.mark.parametrize(
    ("role", "owner", "owes", "phone"),
    [
        ("representative", ME, True, "whole"),
        ("representative", ME, False, "masked"),
        ("representative", OTHER, True, "none"),
        ("supervisor", ME, True, "whole"),
        ("supervisor", ME, False, "masked"),
        ("supervisor", OTHER, True, "masked"),
        ("administrator", ME, True, "whole"),
        ("administrator", None, True, "masked"),
        ("approver", ME, True, "none"),
        ("auditor", ME, True, "masked"),
    ],
)
def test_a_phone_is_whole_for_the_person_who_owes_the_contact(
    role: str, owner: int | None, owes: bool, phone: str
) -> None:
    viewer = Viewer(StaffMember(ME, "me", "Me", role))
    assert viewer.sees("phone", owner, owes=owes) == phone


def test_what_is_masked_tells_nothing() -> None:
    assert access.shown_name("宏远涂料有限公司", "masked") == "宏***"
    assert access.shown_name("", "masked") == ""
    assert access.shown_name("宏远涂料", "none") == ""
    assert access.masked_phone("13800000001") == "138****0001"
    assert access.masked_phone("02085550001x12") == "020****0001"
    assert access.masked_phone("12345") == "*****"
    assert access.shown_phone("13800000001", "none") == ""
    assert access.shown_address("长安街1号", "masked") == "****"
    assert access.shown_address("", "masked") == access.shown_address("长安街1号", "none") == ""


# --- each role at due and why

CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "联系人": "李敏", "电话": "13800000001"}
    | {"等级": "A", "地区": "华东", "客服专员": "wang"},
    {"客户编号": "C2", "客户名称": "恒昌五金", "联系人": "周强", "电话": "13800000002"}
    | {"等级": "B", "地区": "华南", "客服专员": "li"},
    {"客户编号": "C3", "客户名称": "新民建材", "联系人": "吴昊", "电话": "13800000003", "等级": "C", "地区": "华北"},
    {"客户编号": "C4", "客户名称": "安顺化工", "联系人": "郑洁", "电话": "13800000004"}
    | {"等级": "D", "地区": "西北", "客服专员": "boss"},
    {"客户编号": "C5", "客户名称": "负债商行", "跟进部门": "销售"}
    | {"移交日期": "2026-01-05", "欠款": "500", "签约日期": "2025-06-01", "客服专员": "wang"},
    {"客户编号": "C6", "客户名称": "勿扰商行", "免打扰": "是", "客服专员": "li"},
    {"客户编号": "C7", "客户名称": "无单商行", "客服专员": "wang"},
]  # fmt: skip
PHONES = {row["客户编号"]: row.get("电话", "") for row in CUSTOMERS}
ORDERS = [{"订单号": f"A{n}", "客户编号": f"C{n}", "下单日期": "2026-03-02"} for n in range(1, 5)]
PEOPLE = {  # login: role, department
    "wang": ("representative", "north"),
    "li": ("representative", "south"),
    "boss": ("supervisor", "north"),
    "chief": ("supervisor", None),
    "zhou": ("approver", "north"),
    "shen": ("auditor", None),
}
WHOLE, TEAM, PAPER, THERE = "whole", "phone masked", "neither phone nor log", "only that it is there"
LOOKS = {  # how each sees C1 (of wang), C2 (of li), C3 (of nobody), C4 (of boss)
    "wang": (WHOLE, THERE, THERE, THERE),
    "li": (THERE, WHOLE, THERE, THERE),
    "boss": (TEAM, THERE, TEAM, WHOLE),
    "chief": (TEAM, TEAM, TEAM, TEAM),
    "zhou": (PAPER, PAPER, PAPER, PAPER),
    "shen": (TEAM, TEAM, TEAM, TEAM),
    "admin": (TEAM, TEAM, TEAM, TEAM),
    None: (TEAM, TEAM, TEAM, TEAM),
}
OWN_LIST = {"wang": ["C1"], "li": ["C2"], "boss": ["C1", "C3", "C4"]}


def fill(revisit: Program, folder: Path) -> None:
    """Two departments and every role; each customer tried by phone and by text message on 11 March."""
    departments: dict[str | None, int | None] = {None: None}
    with unit(revisit.url, at_shanghai("2026-03-01 09:00")) as work:
        for name in ("north", "south"):
            department = Department(name=name)
            work.session.add(department)
            work.session.flush()
            departments[name] = department.id
        for login, (role, name) in PEOPLE.items():
            one = Staff(login=login, name=f"{login.title()} W.", role=role, created_at=CREATED_AT)
            one.department_id = departments[name]
            work.session.add(one)
    assert revisit("import", "customers", str(table(folder / "c.xlsx", CUSTOMERS))).code == 0
    assert revisit("import", "orders", str(table(folder / "o.xlsx", ORDERS))).code == 0
    for code in ("C1", "C2", "C3", "C4"):
        assert revisit("log", code, "--result", "no_answer", "--at", "2026-03-11 09:00").code == 0
        assert revisit("log", code, "--result", "sent", "--channel", "sms", "--at", "2026-03-11 09:10").code == 0


FILLED = {"office": fill}


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves."""
    return revisit


def shown(item: dict[str, Any]) -> str:
    """How much of a customer a line of the document tells."""
    row = next(row for row in CUSTOMERS if row["客户编号"] == item["code"])
    telling = (item["contact"], item["grade"], item["region"], item["last_order_on"], item["idle_days"])
    logged = (item["attempts"], item["last_contact_on"])
    if item["name"] == row["客户名称"]:
        assert telling == (row["联系人"], row["等级"], row["地区"], "2026-03-02", 10)
        assert item["reason"] == "sale completed on 2026-03-02, no conversation since"
        if item["phone"] == "":
            assert logged == (0, None)
            return PAPER
        assert logged == (1, "2026-03-11")
        assert item["phone"] in (PHONES[row["客户编号"]], access.masked_phone(PHONES[row["客户编号"]]))
        return WHOLE if item["phone"] == PHONES[row["客户编号"]] else TEAM
    assert item["name"] == row["客户名称"][:1] + "***"
    assert (telling, logged, item["phone"]) == (("", "", "", None, None), (0, None), "")
    whose = f"{row['客服专员'].title()} W." if "客服专员" in row else None
    assert item["reason"] == (f"a customer of {whose}" if whose else "a customer without a representative")
    assert {one["reason"] for one in item["why"]} == {item["reason"]}
    assert (item["rule"], item["due_by"], item["status"], item["rep"]) == (
        "after-sale", "2026-03-09", "overdue", row.get("客服专员"),
    )  # fmt: skip
    return THERE


@pytest.mark.parametrize("login", LOOKS)
def test_everybody_sees_of_the_list_what_the_role_allows(office: Program, login: str | None) -> None:
    office.login = login
    found = office("due", "--all", "--why", "--json")
    assert {item["code"]: shown(item) for item in found.json["items"]} == dict(
        zip(("C1", "C2", "C3", "C4"), LOOKS[login], strict=True)
    )
    hidden = [PHONES[f"C{n}"] for n, how in enumerate(LOOKS[login], 1) if how != WHOLE]
    names = [CUSTOMERS[n]["客户名称"] for n, how in enumerate(LOOKS[login]) if how == THERE]
    for arguments in (["--json"], ["--json", "--why"], ["--csv"], ["--csv", "--why"], [], ["--why"], ["--excluded"]):
        done = office("due", "--all", *arguments)
        assert done.code == 0
        assert [text for text in (*hidden, *names) if text in done.out] == []


@pytest.mark.parametrize("login", LOOKS)
def test_everybody_begins_with_the_own_list(office: Program, login: str | None) -> None:
    office.login = login
    found = office("due", "--json").json
    mine = OWN_LIST.get(login or "", ["C1", "C2", "C3", "C4"])
    assert [item["code"] for item in found["items"]] == mine
    assert found["census"]["due"] == len(mine)
    assert found["rep"] == (login if login in ("wang", "li") else None)
    scope = {"wang": "wang", "li": "li", "boss": "my team"}.get(login or "", "everybody")
    assert office("due").out.splitlines()[0] == f"2026-03-12: {len(mine)} customers to contact ({scope})"


@pytest.mark.parametrize("login", LOOKS)
def test_the_lists_of_others_are_seen_with_the_own_eyes(office: Program, login: str | None) -> None:
    office.login = login
    for n, arguments in enumerate((["--rep", "wang"], ["--rep", "li"], ["--unassigned"])):
        (item,) = office("due", *arguments, "--why", "--json").json["items"]
        assert (item["code"], shown(item)) == (f"C{n + 1}", LOOKS[login][n])


@pytest.mark.parametrize("login", LOOKS)
def test_why_is_refused_where_only_existence_is_seen(office: Program, login: str | None) -> None:
    office.login = login
    owners = {"C1": "Wang W.", "C2": "Li W.", "C4": "Boss W."}
    for code, how in zip(("C1", "C2", "C3", "C4"), LOOKS[login], strict=True):
        done = office("why", code)
        if how != THERE:
            assert (done.code, done.err) == (0, "")
            continue
        assert (done.code, done.out) == (1, "")
        said = f"{code} is a customer of {owners[code]}" if code in owners else f"{code} has no representative yet"
        assert said in done.err


@pytest.mark.parametrize("login", LOOKS)
def test_a_file_shows_the_name_and_phone_of_the_list(office: Program, login: str | None) -> None:
    office.login = login
    listed = {item["code"]: item for item in office("due", "--all", "--json").json["items"]}
    for code, item in listed.items():
        found = office("show", code, "--json").json
        assert (found["name"], found["phone"]) == (item["name"], item["phone"])


@pytest.mark.parametrize("login", ["wang", "boss", "zhou", "shen", "admin", None])
def test_a_balance_is_seen_by_whom_it_concerns(office: Program, login: str | None) -> None:
    office.login = login
    rules = {one["rule"]: one for one in office("why", "C5", "--json").json["rules"]}
    amount = " of 500.00" if login is not None else ""
    assert rules["takeover"]["reason"] == f"excluded by a debt{amount}"


@pytest.mark.parametrize(
    ("login", "named", "missing"),
    [
        ("wang", ["勿***", "无单商行"], [[], ["order_date"]]),
        ("li", ["勿扰商行", "无***"], [["do_not_call"], []]),
        ("boss", ["勿***", "无单商行"], [[], ["order_date"]]),
        ("zhou", ["勿扰商行", "无单商行"], [["do_not_call"], ["order_date"]]),
        (None, ["勿扰商行", "无单商行"], [["do_not_call"], ["order_date"]]),
    ],
)
def test_who_is_not_judged_is_masked_as_well(
    office: Program, login: str | None, named: list[str], missing: list[list[str]]
) -> None:
    office.login = login
    found = {one["code"]: one for one in office("due", "--all", "--json").json["excluded"]}
    assert [found[code]["name"] for code in ("C6", "C7")] == named
    assert [found[code]["missing"] for code in ("C6", "C7")] == missing
    assert [found[code]["group"] for code in ("C6", "C7")] == ["excluded", "defective"]


def test_what_a_person_said_is_not_for_who_sees_no_log(office: Program) -> None:
    office.login = "boss"
    said = office("customer", "waive", "C1", "--until", "2026-03-31", "--reason", "老板住院")
    assert said.code == 0, said.err
    for login, reason, by in (
        ("wang", "老板住院", "boss"),
        ("admin", "老板住院", "boss"),
        ("zhou", "", ""),
        ("li", "", ""),
    ):
        office.login = login
        (one,) = [one for one in office("due", "--all", "--json").json["excluded"] if one["code"] == "C1"]
        assert (one["group"], one["reason"], one["by"], one["until_on"]) == ("waived", reason, by, "2026-03-31")


def test_a_past_list_is_seen_with_the_rights_of_today(office: Program) -> None:
    """Who gave a customer away sees no more of it, whatever day is asked for; the new owner does."""
    office.at("2026-03-14 10:00")
    assert office("assign", "C1", "--to", "li").code == 0
    office.login = "wang"
    (then,) = office("due", "--on", "2026-03-12", "--why", "--json").json["items"]
    assert (then["code"], then["rep"], then["name"], then["phone"]) == ("C1", "wang", "宏***", "")
    assert then["reason"] == "a customer of Li W."
    office.login = "li"
    (then,) = office("due", "--on", "2026-03-12", "--rep", "wang", "--json").json["items"]
    assert (then["code"], then["rep"], then["name"], then["phone"]) == ("C1", "wang", "宏远涂料", "13800000001")
