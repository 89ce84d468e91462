"""`revisit approval`: asked for, signed in order by different people, changed, rejected, withdrawn, delegated, reminded of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import Program, at_shanghai, reading, table, unit

PEOPLE = {
    "wang": "客服专员", "li": "客服专员", "boss": "客服主管", "md": "营销总监", "fin": "财务主管", "gm": "总经理",
    "vp": "副总经理", "sm": "销售部经理", "shen": "审计",
}  # fmt: skip
CUSTOMERS = [
    {
        "客户编号": "C1",
        "客户名称": "宏远涂料",
        "客服专员": "wang",
        "信用额度": "10000",
        "账期": "30",
        "签约日期": "2026-01-05",
    },
    {"客户编号": "C2", "客户名称": "利民建材", "客服专员": "li", "信用额度": "5000"},
]
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


def fill(revisit: Program, folder: Path) -> None:
    """Every post that signs, two representatives with a customer each."""
    revisit.at("2026-03-12 10:00")
    for login, post in PEOPLE.items():
        assert revisit("staff", "add", login, "--post", post).code == 0
    assert revisit("import", "customers", str(table(folder / "c.xlsx", CUSTOMERS))).code == 0


FILLED = {"office": fill}


@pytest.fixture
def office(revisit: Program) -> Program:
    return revisit.at("2026-03-12 10:00")


def by(office: Program, login: str, *words: str, code: int = 0) -> Any:
    """What somebody gets from `revisit approval`: the document, or what stands on stderr where it fails."""
    office.login = login
    done = office("approval", *words, *(["--json"] if code == 0 else []))
    assert done.code == code, done.err
    return done.json if code == 0 else done.err


def asked(office: Program, *words: str, login: str = "wang") -> int:
    number: int = by(office, login, "request", *words, "--reason", "客户要求")["number"]
    return number


def limit_of(office: Program, code: str = "C1") -> tuple[Any, Any]:
    office.login = "admin"
    shown = office("show", code, "--json").json
    return shown["credit_limit"], shown["term_days"]


def refusals(office: Program) -> list[tuple[str, str]]:
    """Who was refused what, as the audit has it."""
    office.login = "admin"
    found = office("audit", "--action", "refuse", "--json").json["rows"]
    return [(one["who"], one["changes"]["action"][1]) for one in reversed(found)]


def test_a_credit_limit_goes_through_three_hands_and_holds_from_the_last_signature_on(office: Program) -> None:
    number = asked(office, "credit", "C1", "--limit", "2万", "--term", "60")
    assert limit_of(office) == ("10000.00", 30)
    office.at("2026-03-13 09:00")
    assert by(office, "md", "sign", str(number), "--text", "同意")["state"] == "signed"
    office.at("2026-03-16 09:00")
    assert by(office, "fin", "sign", str(number))["waits_for"] == ["general manager"]
    assert limit_of(office) == ("10000.00", 30)
    office.at("2026-03-17 09:00")
    done = by(office, "gm", "sign", str(number))
    assert (done["state"], done["waits_for"], done["possible"]) == ("approved", [], [])
    assert [(one["act"], one["signature"]["by"], one["signature"]["text"]) for one in done["steps"]] == [
        ("review", "md", "同意"), ("check", "fin", ""), ("sign", "gm", ""),
    ]  # fmt: skip
    assert limit_of(office) == ("20000.00", 60)
    with reading(office.url) as (sql, _company):
        facts = sql.rows("SELECT name, value, from_on, reason FROM fact WHERE name IN ('credit_limit', 'term_days')")
    assert sorted(facts) == [
        ("credit_limit", "2000000", "2026-03-17", "A1"), ("term_days", "60", "2026-03-17", "A1"),
    ]  # fmt: skip
    timeline = [(event["on"], *event["parts"][:1]) for event in office("show", "C1", "--json").json["timeline"]]
    assert ("2026-03-17", "credit_limit = 20000.00") in timeline
    assert office("doctor").code == 0


def test_what_the_last_signature_says(office: Program) -> None:
    asked(office, "term", "C1", "--term", "60")
    for login in ("md", "fin"):
        by(office, login, "sign", "1")
    office.login = "gm"
    assert office("approval", "sign", "1").out.splitlines() == [
        "Approval A1, payment term 30 → 60 days of C1: approved",
        "  It holds from 2026-03-12 on.",
    ]


def test_what_is_shown_of_a_request(office: Program) -> None:
    asked(office, "credit", "C1", "--limit", "20000")
    by(office, "md", "sign", "1")
    office.login = "fin"
    assert office("approval", "show", "1").out.splitlines() == [
        "A1 C1 宏远涂料",
        "What       credit limit 10000.00 → 20000.00 [P3 1.5]",
        "Status     partly signed",
        "Asked for  2026-03-12 10:00 · wang",
        "Reason     客户要求",
        "",
        "Signatures",
        "1 review · marketing director · md · 2026-03-12 10:00",
        "2 check · finance supervisor · not yet",
        "3 sign · general manager · not yet",
        "",
        "Deadlines",
        "signature · marketing director · due by 2026-03-17 11:30 · met 03-12 10:00",
        "signature · finance supervisor · due by 2026-03-17 11:30 · running",
        "",
        "What was done",
        "03-12 10:00 asked for · 客户要求 · wang",
        "03-12 10:00 signed · marketing director · md",
        "",
        "Possible for you now: sign, reject",
    ]
    listed = office("approval", "list", "--mine").out
    assert listed.startswith("Approvals: 1\n")
    assert "finance supervisor" in listed
    office.login = "gm"
    assert office("approval", "list", "--mine").out.startswith("Approvals: 0\n")


REFUSED = [
    ("gm", ("sign", "1"), "A1 is not yours to sign yet: it waits for marketing director first"),
    ("vp", ("sign", "1"), "A1 is not yours to sign: it waits for marketing director"),
    ("vp", ("reject", "1", "--reason", "x"), "A1 is not yours to sign: it waits for marketing director"),
    ("wang", ("sign", "1"), "A1 is your own request, or of the person whose deputy you are"),
    ("li", ("sign", "1"), "approval A1 is not for you to see"),
    ("li", ("show", "1"), "approval A1 is not for you to see"),
    ("li", ("withdraw", "1", "--reason", "x"), "approval A1 is not for you to see"),
    ("shen", ("withdraw", "1", "--reason", "x"), "A1 is not signed yet: withdraw is not yours to do"),
    ("md", ("withdraw", "1", "--reason", "x"), "A1 is not signed yet: withdraw is not yours to do"),
    ("md", ("change", "1", "--limit", "1", "--reason", "x"), "A1 is not signed yet: change is not yours to do"),
    ("shen", ("sign", "1"), "A1 is not signed yet: sign is not yours to do"),
    ("md", ("sign", "1", "--limit", "15000"), "A1 asks for 20000.00, not for 15000.00"),
    ("li", ("request", "credit", "C1", "--limit", "1", "--reason", "x"), "C1 is not yours to ask an approval for"),
    ("gm", ("request", "credit", "C1", "--limit", "1", "--reason", "x"), "C1 is not yours to ask an approval for"),
    ("shen", ("request", "credit", "C1", "--limit", "1", "--reason", "x"), "C1 is not yours to ask an approval for"),
    ("boss", ("request", "credit", "C1", "--limit", "1", "--reason", "x"), "C1 has such a request already: A1"),
    ("li", ("delegate", "总经理", "--to", "li", "--until", "2026-03-20"), "the post general manager is gm's to delegate"),
]  # fmt: skip


@ON_SQLITE
def test_every_refusal_is_a_sentence_and_leaves_nothing_but_an_audit_row(office: Program) -> None:
    from tests.whole import state

    asked(office, "credit", "C1", "--limit", "20000")
    before = state(office.url)
    for login, words, sentence in REFUSED:
        said = by(office, login, *words, code=1)
        assert said.startswith(f"Error: {sentence}"), said
        assert len(said.splitlines()) == 2, "what is wrong, and a way out"
    assert state(office.url) == before
    assert refusals(office) == [(login, words[0]) for login, words, _sentence in REFUSED]


MISSING = [
    (("request", "credit", "C1", "--reason", "x"), "what is asked for is missing"),
    (("request", "credit", "C1", "--limit", "2"), "the reason is missing"),
    (("request", "settlement", "C1", "--reason", "x"), "what is asked for is missing"),
    (("request", "settlement", "C1", "--amount", "0", "--reason", "x"), "--amount says nothing that can be asked for"),
    (("request", "settlement", "C1", "--amount", "viel", "--reason", "x"), "viel is no amount of money"),
    (("request", "documents", "C1", "--amount", "5", "--reason", "x"), "--amount is not asked for with"),
    (("request", "term", "C1", "--term", "-1", "--reason", "x"), "--term says nothing that can be asked for"),
    (("request", "term", "C1", "--term", "30", "--reason", "x"), "that is what holds now"),
    (("request", "holiday", "C1", "--reason", "x"), "there is no approval of the kind holiday"),
    (("change", "1", "--reason", "x"), "nothing would change"),
    (("change", "1", "--limit", "3"), "the reason is missing"),
    (("withdraw", "1"), "the reason is missing"),
    (("remind",), "either a number or --late is wanted"),
    (("list", "--mine", "--all"), "--mine and --all exclude each other"),
    (("delegate",), "a deputy, --end or --list is wanted"),
    (("delegate", "--to", "li", "--until", "2026-03-20"), "admin holds no post to sign for"),
    (("delegate", "--to", "li", "--list"), "a deputy, --end or --list is wanted"),
    (("delegate", "园长", "--to", "li", "--until", "2026-03-20"), "there is no post 园长"),
    (("delegate", "总经理", "--to", "li"), "the deputy and the last day are missing"),
    (("delegate", "总经理", "--to", "gm", "--until", "2026-03-20"), "gm holds the post and needs no deputy"),
    (("delegate", "总经理", "--to", "li", "--until", "2026-03-11"), "a delegation from 2026-03-12 to 2026-03-11"),
]  # fmt: skip


@ON_SQLITE
def test_what_is_missing_is_wrong_usage_and_leaves_no_trace(office: Program) -> None:
    asked(office, "credit", "C1", "--limit", "20000")
    for words, sentence in MISSING:
        assert by(office, "admin", *words, code=2).startswith(f"Error: {sentence}"), words
    assert refusals(office) == []


def test_a_rejection_names_its_reason_and_changes_nothing(office: Program) -> None:
    asked(office, "credit", "C1", "--limit", "20000")
    by(office, "md", "sign", "1")
    assert by(office, "fin", "reject", "1", code=2).startswith("Error: the reason is missing")
    done = by(office, "fin", "reject", "1", "--reason", "欠款未清")
    assert (done["state"], done["timeline"][-1]["text"], done["possible"]) == ("rejected", "欠款未清", [])
    assert [one["ended"] for one in done["deadlines"]] == ["met", "met"]
    assert limit_of(office) == ("10000.00", 30)
    assert by(office, "gm", "sign", "1", code=1).startswith("Error: A1 is turned down: sign is not possible now")
    assert asked(office, "credit", "C1", "--limit", "15000") == 2, "and it may be asked for again"


def test_a_changed_request_voids_the_signatures_which_stay_to_be_seen(office: Program) -> None:
    asked(office, "credit", "C1", "--limit", "20000")
    by(office, "md", "sign", "1")
    by(office, "fin", "sign", "1")
    done = by(office, "boss", "change", "1", "--limit", "30000", "--reason", "订单更大")
    assert (done["form"], done["state"], done["credit_limit"]) == (2, "asked", "30000.00")
    assert [(one["by"], one["void_at"] is not None) for one in done["void"]] == [("md", True), ("fin", True)]
    assert [one["signature"] for one in done["steps"]] == [None, None, None]
    assert by(office, "gm", "sign", "1", code=1).startswith("Error: A1 is not yours to sign yet")
    assert by(office, "md", "sign", "1", "--limit", "20000", code=1).startswith("Error: A1 asks for 30000.00")
    for login in ("md", "fin", "gm"):
        by(office, login, "sign", "1", "--limit", "30000")
    assert limit_of(office) == ("30000.00", 30)


@ON_SQLITE
def test_who_has_changed_a_request_does_not_sign_it(office: Program) -> None:
    asked(office, "remote-service", "C1")
    assert by(office, "boss", "sign", "1")["state"] == "approved"
    asked(office, "settlement", "C1", "--amount", "800", login="admin")
    office.login = "admin"
    assert office("staff", "change", "boss", "--post", "销售部经理", "--role", "supervisor").code == 0
    by(office, "boss", "change", "2", "--amount", "900", "--reason", "x")
    assert by(office, "boss", "sign", "2", code=1).startswith("Error: A2 is your own request")
    assert by(office, "sm", "sign", "2")["state"] == "approved"


def test_a_change_asks_for_nothing_that_is_asked_for_already(office: Program) -> None:
    asked(office, "credit", "C1", "--limit", "20000")
    asked(office, "term", "C1", "--term", "60")
    before = by(office, "wang", "show", "1")
    refused = by(office, "wang", "change", "1", "--term", "90", "--reason", "x", code=1)
    assert refused.startswith("Error: C1 has such a request already: A2")
    assert by(office, "wang", "show", "1") == before
    assert refusals(office) == [("wang", "change")]
    assert by(office, "wang", "change", "1", "--limit", "25000", "--reason", "x")["credit_limit"] == "25000.00"


@pytest.mark.parametrize(
    ("amount", "signer"),
    [("999.99", "sm"), ("1000", "vp"), ("5000.00", "vp"), ("5000.01", "gm")],
)
@ON_SQLITE
def test_a_settlement_is_signed_by_the_tier_of_its_amount(office: Program, amount: str, signer: str) -> None:
    asked(office, "settlement", "C1", "--amount", amount)
    for login in {"sm", "vp", "gm", "md", "fin"} - {signer}:
        assert by(office, login, "sign", "1", code=1).startswith("Error: A1 is not yours to sign")
    assert by(office, signer, "sign", "1")["state"] == "approved"


def test_amounts_that_were_split_are_flagged_and_shown_to_who_signs(office: Program) -> None:
    office.login = "wang"
    words = ("--reason", "破损")
    assert office("approval", "request", "settlement", "C1", "--amount", "600", *words).err == ""
    office.at("2026-03-20 10:00")
    second = office("approval", "request", "settlement", "C1", "--amount", "500", *words)
    assert second.err == "Note: this one stays under a tier that it passes together with A1.\n"
    assert by(office, "sm", "show", "1")["split"] == [2]
    assert [(one["number"], one["split"]) for one in by(office, "sm", "list", "--mine")] == [(1, [2]), (2, [1])]
    office.login = "sm"
    assert "Look closely: this one stays under a tier" in office("approval", "show", "2").out
    by(office, "wang", "withdraw", "1", "--reason", "x")
    assert by(office, "sm", "show", "2")["split"] == [], "what was withdrawn is not counted"
    office.at("2026-05-20 10:00")
    asked(office, "settlement", "C1", "--amount", "700")
    assert by(office, "sm", "show", "3")["split"] == [], "nor what was asked for long before"
    asked(office, "settlement", "C2", "--amount", "700", login="li")
    assert by(office, "sm", "show", "4")["split"] == [], "nor another customer's"


def test_a_deputy_signs_for_the_holder_of_a_post_for_some_days(office: Program) -> None:
    asked(office, "documents", "C1")
    made = by(office, "gm", "delegate", "general manager", "--to", "li", "--until", "2026-03-14", "--reason", "出差")
    assert (made["holder"], made["deputy"], made["from_on"], made["until_on"]) == (
        "gm",
        "li",
        "2026-03-12",
        "2026-03-14",
    )
    assert by(office, "admin", "delegate", "总经理", "--to", "sm", "--until", "2026-03-13", code=1).startswith(
        "Error: li is the deputy from 2026-03-12 to 2026-03-14 already"
    )
    assert [one["number"] for one in by(office, "li", "list", "--mine")] == [1]
    done = by(office, "li", "sign", "1")
    assert done["state"] == "approved"
    signature = done["steps"][0]["signature"]
    assert (signature["by"], signature["for"], signature["post"]) == ("li", "gm", "general manager")
    office.login = "gm"
    assert "li for gm" in office("approval", "show", "1").out
    asked(office, "settlement", "C1", "--amount", "9000")
    office.at("2026-03-15 10:00")
    assert by(office, "li", "sign", "2", code=1).startswith("Error: approval A2 is not for you to see"), "it is over"
    office.at("2026-03-14 10:00")
    assert by(office, "md", "delegate", "--end", "1", code=1).startswith("Error: delegation 1 is gm's to end")
    assert by(office, "gm", "delegate", "--end", "1")["ended"]
    assert by(office, "li", "sign", "2", code=1).startswith("Error: approval A2 is not for you to see"), "it was ended"
    assert by(office, "admin", "delegate", "--list") == []


def test_nobody_signs_the_own_request_through_a_deputy(office: Program) -> None:
    office.login = "admin"
    assert office("staff", "change", "boss", "--post", "销售部经理", "--role", "supervisor").code == 0
    asked(office, "settlement", "C1", "--amount", "800", login="boss")
    by(office, "boss", "delegate", "销售部经理", "--to", "li", "--until", "2026-03-20")
    for login in ("boss", "li"):
        assert by(office, login, "sign", "1", code=1).startswith(
            "Error: A1 is your own request, or of the person whose"
        )
    assert by(office, "sm", "sign", "1")["state"] == "approved"


def test_nobody_signs_two_steps_of_one_request(office: Program) -> None:
    asked(office, "credit", "C1", "--limit", "20000")
    by(office, "fin", "delegate", "财务主管", "--to", "md", "--until", "2026-03-20")
    by(office, "md", "sign", "1")
    assert by(office, "md", "sign", "1", code=1).startswith(
        "Error: A1: you or the person whose deputy you are have signed"
    )
    by(office, "fin", "sign", "1")
    by(office, "admin", "delegate", "总经理", "--to", "fin", "--until", "2026-03-20")
    assert by(office, "fin", "sign", "1", code=1).startswith(
        "Error: A1: you or the person whose deputy you are have signed"
    )


def test_a_signature_that_is_late_climbs_and_is_reminded_of(office: Program) -> None:
    asked(office, "term", "C1", "--term", "60")
    office.login = "md"
    assert "Waiting for me: approvals: 1" in office("due").out
    office.at("2026-03-17 12:00")
    assert [one["number"] for one in by(office, "boss", "list", "--late")] == [1]
    shown = by(office, "wang", "show", "1")
    assert shown["timeline"][-1] == {
        "at": "2026-03-17T11:30:00+08:00", "action": "climb", "post": "service supervisor",
    }  # fmt: skip
    assert by(office, "md", "remind", "1", code=1).startswith("Error: A1 is not signed yet: remind is not yours to do")
    by(office, "boss", "remind", "1", "--text", "客户在等")
    assert by(office, "admin", "remind", "--late") == {"reminded": [1]}
    assert [one["reminders"] for one in by(office, "md", "list", "--mine")] == [2]
    by(office, "md", "sign", "1")
    assert by(office, "admin", "remind", "--late") == {"reminded": []}


@ON_SQLITE
def test_either_of_two_signs_for_missing_papers_and_the_other_has_nothing_left(office: Program) -> None:
    from revisit import approvals

    asked(office, "documents", "C1")
    assert [one["owed_by"] for one in by(office, "md", "show", "1")["deadlines"]] == [
        "marketing director",
        "general manager",
    ]
    with reading(office.url) as (sql, _company):
        assert approvals.documents_signed(sql, 1) is None
    done = by(office, "md", "sign", "1")
    assert {one["ended"] for one in done["deadlines"]} == {"met"}
    assert by(office, "gm", "sign", "1", code=1).startswith("Error: A1 is approved: sign is not possible now")
    with reading(office.url) as (sql, _company):
        found = approvals.documents_signed(sql, 1)
        assert found is not None
        assert approvals.state_of(sql, found.number) == "approved"


@ON_SQLITE
def test_a_matter_asks_and_is_covered_up_to_the_signed_amount(office: Program) -> None:
    from revisit import access, approvals, staff
    from revisit.matters import Matter

    matter = Matter("complaint", 7, "complaint", "#7", "settling", 1)
    with unit(office.url, at_shanghai("2026-03-12 10:00"), "wang") as work:
        made = approvals.request(
            work.session, work.sql, work.company, kind="settlement", customer_id=1, wanted=approvals.Wanted(amount=80_000),
            reason="x", viewer=access.viewer(work.sql, work.actor), actor=work.actor, at=work.now, about=matter,
        )  # fmt: skip
        assert staff.get_by_login(work.sql, "wang").id == made.requester
        assert not approvals.covers(work.sql, "complaint", 7, 80_000)
    by(office, "sm", "sign", "1")
    with reading(office.url) as (sql, _company):
        assert [one.number for one in approvals.of_matter(sql, "complaint", 7)] == [1]
        assert approvals.covers(sql, "complaint", 7, 80_000)
        assert not approvals.covers(sql, "complaint", 7, 80_001)
        assert not approvals.covers(sql, "complaint", 8, 1)
    assert by(office, "sm", "show", "1")["for"] == {"matter": "complaint", "id": 7}


def test_the_holder_of_a_post_need_not_name_it(office: Program) -> None:
    made = by(office, "gm", "delegate", "--to", "li", "--until", "2026-03-14")
    assert (made["post"], made["holder"], made["deputy"]) == ("general manager", "gm", "li")


@ON_SQLITE
def test_a_way_out_names_the_number_to_type(office: Program) -> None:
    asked(office, "credit", "C1", "--limit", "20000")
    for login, words, way in (
        ("li", ("sign", "1"), ""),
        ("vp", ("sign", "1"), "Try: who signs: revisit approval show 1"),
        ("gm", ("sign", "1"), "Try: remind them: revisit approval remind 1"),
        ("md", ("sign", "1", "--limit", "9"), "Try: look at it: revisit approval show 1"),
        ("wang", ("request", "credit", "C1", "--limit", "9", "--reason", "x"), "revisit approval show 1"),
    ):
        assert way in by(office, login, *words, code=1).splitlines()[1]


@ON_SQLITE
def test_who_sees_which_approvals(office: Program) -> None:
    asked(office, "credit", "C1", "--limit", "20000")
    asked(office, "credit", "C2", "--limit", "6000", login="li")
    seen = {login: [one["number"] for one in by(office, login, "list")] for login in (*PEOPLE, "admin")}
    assert seen == {
        "wang": [1], "li": [2], "boss": [1, 2], "md": [1, 2], "fin": [1, 2], "gm": [1, 2], "vp": [1, 2], "sm": [1, 2],
        "shen": [1, 2], "admin": [1, 2],
    }  # fmt: skip
    office.login = None
    assert office("approval", "list", "--json").json == []
    assert office("approval", "show", "1").err.startswith("Error: I do not know who you are")


@ON_SQLITE
def test_a_post_that_nobody_holds_is_told(office: Program) -> None:
    office.login = "admin"
    assert office("staff", "deactivate", "sm").code == 0
    office.login = "wang"
    done = office("approval", "request", "settlement", "C1", "--amount", "1", "--reason", "x")
    assert done.err == (
        "Note: nobody holds the post sales department manager; give it to somebody: revisit staff change LOGIN --post POST\n"
    )
