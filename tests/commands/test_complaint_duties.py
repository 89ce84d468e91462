"""`revisit complaint`: duties by department, notes within the settlement, the customer's letter, a case that is a complaint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from revisit import audit, i18n
from tests.commands.test_complaint import ON_SQLITE, does, proposed, refused, settled, sign, stands
from tests.commands.test_complaint import office as office
from tests.support import Program, reading


@pytest.fixture
def carried(office: Program) -> Program:
    """The same company, with a marketing department; its research and development carry their duty, too."""
    office.login = "admin"
    assert office("department", "add", "市场部", "--duty", "marketing").code == 0
    assert office("department", "change", "研发部", "--duty", "development").code == 0
    assert office("staff", "add", "mei", "--name", "梅", "--role", "representative", "--department", "市场部").code == 0
    return office


def refusals(office: Program) -> list[tuple[str, str]]:
    """Who was refused what, by the audit."""
    with reading(office.url) as (sql, _company):
        return [(row[1], row[3]) for row in sql.rows(audit.ALL) if row[2] == "refuse"]


def waiting(office: Program, login: str) -> int:
    office.login = login
    return int(office("due", "--json").json["waiting"]["complaints"])


def goods(office: Program, quantity: str = "10") -> None:
    """Goods came back for a settled complaint of 800.00, in two parts."""
    settled(office)
    for place in ("1", "2"):
        does(office, "wang", "return", "1", "--goods", "茶叶", "--quantity", quantity, "--unit", "箱")
        does(office, "wang", "return", "1", "--item", place, "--received", quantity)


def cells(path: Path) -> list[str]:
    from openpyxl import load_workbook

    page = load_workbook(path).active
    assert page is not None
    return [str(cell) for row in page.iter_rows(values_only=True) for cell in row if cell]


# --- duties


def test_a_department_carries_a_duty(office: Program) -> None:
    office.login = "admin"
    assert office("department", "add", "市场部", "--duty", "marketing").out == "The department 市场部 is added.\n"
    assert office("department", "change", "研发部", "--duty", "development").out == (
        "The department 研发部 has this part of every complaint: research and development.\n"
    )
    assert [one["duty"] for one in office("department", "list", "--json").json["departments"]] == [
        None, None, "development", None, "marketing",
    ]  # fmt: skip
    assert office("department", "list").out.splitlines()[-1].split() == ["市场部", "0", "marketing", "yes"]
    assert office("department", "change", "研发部", "--duty", "").out == (
        "The department 研发部 has no duty in complaints.\n"
    )
    with reading(office.url) as (sql, _company):
        changes = [row[-1] for row in sql.rows(audit.ALL) if row[3] == "department" and row[2] == "update"]
    assert len(changes) == 2
    for words, code in (
        (("change", "研发部", "--duty", "x"), 2),
        (("change", "研发部"), 2),
        (("change", "x", "--duty", ""), 1),
    ):
        assert office("department", *words).code == code
    office.login = "li"
    assert office("department", "change", "研发部", "--duty", "marketing").code == 1, "administrators only"
    assert office("department", "add", "x", "--duty", "marketing").code == 1


def test_marketing_takes_down_facts_and_tells_the_result_wherever_it_was_sent(carried: Program) -> None:
    proposed(carried)
    does(carried, "mei", "facts", "1", "--order", "D9", "--demand", "退款")
    carried.login = "mei"
    (listed,) = carried("complaint", "list", "--json").json
    assert (listed["number"], listed["name"]) == ("TS2026-0001", "明珠酒楼"), "who tells the customer knows the name"
    shown = carried("complaint", "show", "1", "--json").json
    assert shown["possible"] == ["facts"]
    assert sign(carried, "xiao") == 0
    does(carried, "wang", "settle", "1")
    does(carried, "mei", "answer", "1", "--channel", "phone", "--person", "王经理")
    does(carried, "wang", "measure", "1", "--exempt", "偶发")
    does(carried, "wang", "close", "1", "--result", "x")
    carried.login = "mei"
    assert carried("complaint", "list", "--all", "--json").json == []
    assert carried("complaint", "show", "1").code == 1, "nothing of the duty is left to do"


def test_a_duty_that_is_carried_is_not_anothers(carried: Program) -> None:
    does(carried, "wang", "open", "C001", "--text", "茶叶发霉")
    does(carried, "wang", "investigate", "1", "--department", "生产部")
    assert refused(carried, "zhou", "facts", "1", "--batch", "x") == [
        "Error: TS2026-0001: facts is the duty of 市场部",
        "Try: ask them, or customer service to write down what they say",
    ]
    assert refused(carried, "zhou", "conclude", "1", "--cause", "x")[0].endswith("conclude is the duty of 研发部")
    assert (
        refused(carried, "zhou", "measure", "1", "--text", "x")[0] == "Error: TS2026-0001/1: plan is the duty of 研发部"
    )
    assert refused(carried, "mei", "conclude", "1", "--cause", "x")[0].endswith("conclude is not yours to do")
    assert refused(carried, "zhao", "facts", "1", "--batch", "x")[0].endswith("facts is not yours to do")
    assert refusals(carried) == [
        ("zhou", "complaint"), ("zhou", "complaint"), ("zhou", "measure"), ("mei", "complaint"), ("zhao", "complaint"),
    ]  # fmt: skip
    does(carried, "wang", "facts", "1", "--batch", "B7")  # customer service writes it down for whoever said it
    does(carried, "zhao", "conclude", "1", "--cause", "受潮")
    assert [(one["duty"], one["departments"]) for one in stands(carried)["duties"]] == [
        ("marketing", ["市场部"]), ("development", ["研发部"]), ("service", []),
    ]  # fmt: skip


def test_a_measure_is_ended_by_the_department_that_it_was_given_to(carried: Program) -> None:
    """Also where that department has nothing else to do with the complaint; it sees what it owes."""
    proposed(carried)
    carried.login = "zhou"
    assert carried("complaint", "show", "1").code == 1
    does(carried, "zhao", "measure", "1", "--text", "换包装", "--department", "生产部")
    assert waiting(carried, "zhou") == 1
    assert carried("complaint", "show", "1").code == 0
    assert refused(carried, "zhou", "measure", "1", "--text", "y")[0].endswith("plan is not yours to do")
    assert refused(carried, "mei", "measure", "1", "--item", "1", "--done", "x")[0].endswith("done is not yours to do")
    does(carried, "zhou", "measure", "1", "--item", "1", "--done", "已换")


def test_what_is_owed_by_a_duty_waits_in_the_morning(carried: Program) -> None:
    does(carried, "wang", "open", "C001", "--text", "茶叶发霉", "--demand", "退款")
    does(carried, "wang", "open", "C001", "--text", "少一箱", "--order", "D1")
    seen = [(waiting(carried, "mei"), waiting(carried, "zhao"))]
    does(carried, "mei", "facts", "1", "--batch", "B7")
    seen.append((waiting(carried, "mei"), waiting(carried, "zhao")))
    does(carried, "wang", "investigate", "1", "--department", "生产部")
    seen.append((waiting(carried, "mei"), waiting(carried, "zhao")))
    does(carried, "zhao", "conclude", "1", "--cause", "受潮")
    does(carried, "wang", "report", "1", "--text", "x")
    does(carried, "wang", "propose", "1", "--not-upheld")
    seen.append((waiting(carried, "mei"), waiting(carried, "zhao")))
    does(carried, "wang", "settle", "1")
    seen.append((waiting(carried, "mei"), waiting(carried, "zhao")))
    carried.login = "mei"
    assert "Waiting for me: complaints: 1" in carried("due").out
    does(carried, "mei", "answer", "1", "--channel", "phone")
    seen.append((waiting(carried, "mei"), waiting(carried, "zhao")))
    assert seen == [(1, 0), (0, 0), (0, 1), (0, 0), (1, 0), (0, 0)]
    carried.login = "admin"
    assert carried("department", "change", "市场部", "--duty", "").code == 0
    does(carried, "wang", "open", "C001", "--text", "又发霉")
    assert waiting(carried, "mei") == 0


def test_the_screen_names_what_was_done_and_is_owed(carried: Program) -> None:
    does(carried, "wang", "open", "C001", "--text", "茶叶发霉", "--order", "D1")
    does(carried, "wang", "investigate", "1", "--department", "生产部", at="2026-03-12 10:00")
    shown = does(carried, "wang", "show", "1")
    place = shown.index("Duties")
    assert shown[place + 1 : place + 4] == [
        "marketing (市场部) · facts 03-12 09:00 wang · still to do: answer",
        "research and development (研发部) · still to do: conclude, measure",
        "customer service · investigate 03-12 10:00 wang · still to do: report, propose, settle, close, review",
    ]


# --- notes


def test_all_notes_together_stay_within_the_settlement(office: Program) -> None:
    goods(office)
    assert refused(office, "li", "return", "1", "--item", "1", "--approve", "10")[0] == "Error: the amount is missing"
    for amount in ("0", "-1", "x"):
        assert refused(office, "li", "return", "1", "--item", "1", "--approve", "10", "--amount", amount)
    assert refused(office, "li", "return", "1", "--item", "1", "--approve", "10", "--amount", "800.01") == [
        "Error: TS2026-0001/1: with it all notes come to 800.01, and the settlement was signed for 800.00",
        "Try: name a smaller amount, or look at the settlement: revisit complaint show TS2026-0001",
    ]
    does(office, "li", "return", "1", "--item", "1", "--approve", "10", "--amount", "500")
    assert refused(office, "li", "return", "1", "--item", "2", "--approve", "10", "--amount", "300.01")[0].startswith(
        "Error: TS2026-0001/2: with it all notes come to 800.01"
    )
    assert refusals(office) == [("li", "returned_goods"), ("li", "returned_goods")]
    does(office, "li", "return", "1", "--item", "2", "--approve", "10", "--amount", "300")
    assert [one["amount"] for one in stands(office)["returned"]] == ["500.00", "300.00"]


def test_the_amount_stands_on_the_note_before_it_is_signed(office: Program) -> None:
    settled(office)
    does(office, "wang", "return", "1", "--goods", "茶叶", "--quantity", "2", "--amount", "700")
    does(office, "wang", "return", "1", "--item", "1", "--received", "1", "--amount", "350")
    does(office, "li", "return", "1", "--item", "1", "--approve", "1", "--note", "TH-1")
    assert "1 · 茶叶 · return · announced 2 · came back 1 · approved 1 · amount 350.00 · TH-1" in does(
        office, "wang", "show", "1"
    )


def test_before_it_is_settled_a_note_is_worth_nothing(office: Program) -> None:
    proposed(office)
    does(office, "wang", "return", "1", "--goods", "茶叶", "--quantity", "2", "--amount", "700")
    does(office, "wang", "return", "1", "--item", "1", "--received", "2")
    assert sign(office, "xiao") == 0
    assert refused(office, "li", "return", "1", "--item", "1", "--approve", "2")[0].endswith("was signed for 0.00")
    does(office, "wang", "settle", "1")
    does(office, "wang", "answer", "1", "--channel", "phone")
    does(office, "wang", "refuse", "1", "--reason", "还要赔")
    assert refused(office, "li", "return", "1", "--item", "1", "--approve", "2")[0].endswith("was signed for 0.00")


# --- the letter


@ON_SQLITE
def test_the_letter_says_what_was_decided_and_nothing_internal(carried: Program, tmp_path: Path) -> None:
    proposed(carried, "800", "--responsible", "生产部", "--loss", "345.67", "--text", "客户难缠")
    sheet = tmp_path / "letter.xlsx"
    assert refused(carried, "wang", "letter", "1", "-o", str(sheet)) == [
        "Error: TS2026-0001 is not settled yet: there is no letter",
        "Try: what it says is known once it is settled",
    ]
    assert not sheet.exists()
    assert sign(carried, "xiao") == 0
    does(carried, "wang", "settle", "1", "--text", "别声张")
    does(carried, "mei", "letter", "1", "-o", str(sheet))
    assert cells(sheet) == [
        "Answer to your complaint", "Dear 明珠酒楼,",
        "thank you for telling us what went wrong. We are sorry for the trouble, and this is what we decided.",
        "Complaint no.", "TS2026-0001", "Received", "2026-03-12", "Your complaint", "茶叶发霉",
        "Our decision", "We settle it by: refund, worth 800.00.",
        "If anything is still open, or if you do not agree, please reach us and name the number above: 王芳, customer service",
        "Thank you for your trust.", "宏远商贸", "2026-03-12",
    ]  # fmt: skip
    i18n.activate("zh")
    does(carried, "mei", "letter", "1", "-o", str(sheet), "--yes", "--contact", "王芳 0371-60000000")
    text = "\n".join(cells(sheet))
    assert "处理方式：退款，金额800.00元。" in text
    assert "王芳 0371-60000000" in text
    for inside in ("受潮", "生产部", "研发部", "345.67", "客户难缠", "别声张", "受潮三箱", "wang"):
        assert inside not in text
    i18n.activate("en")
    does(carried, "mei", "answer", "1", "--channel", "email", "--letter", sheet.name)
    with reading(carried.url) as (sql, _company):
        written = [(row[1], row[3]) for row in sql.rows(audit.ALL) if row[2] == "export"]
    assert written == [("mei", "complaint"), ("mei", "complaint")]
    does(carried, "wang", "refuse", "1", "--reason", "不够")
    assert refused(carried, "wang", "letter", "1", "-o", str(tmp_path / "x.xlsx"))[0] == (
        "Error: TS2026-0001 goes on with the form TS2026-0002"
    )


@ON_SQLITE
def test_whoever_does_not_see_the_name_writes_no_letter(carried: Program, tmp_path: Path) -> None:
    settled(carried)
    for login in ("zhao", "sun"):
        carried.login = login
        done = carried("complaint", "letter", "1", "-o", str(tmp_path / "x.xlsx"))
        assert (done.code, "C001 is a customer of 王芳" in done.err) == (1, True)
    assert not (tmp_path / "x.xlsx").exists()


@ON_SQLITE
@pytest.mark.parametrize(
    ("words", "decided"),
    [
        (("--not-upheld",), "After a careful check we could not find that the goods or the service were at fault."),
        (("--settlement", "none"), "We take what you told us seriously; no payment follows from it."),
    ],
)
def test_a_letter_about_no_settlement(office: Program, tmp_path: Path, words: tuple[str, ...], decided: str) -> None:
    proposed(office)
    does(office, "wang", "propose", "1", *words)
    does(office, "wang", "settle", "1")
    office.login = "wang"
    done = office("complaint", "letter", "1", "-o", str(tmp_path / "x.xlsx"), "--json").json
    assert done == {"file": str(tmp_path / "x.xlsx"), "number": "TS2026-0001"}
    assert decided in cells(tmp_path / "x.xlsx")


@ON_SQLITE
def test_the_form_shows_duties_and_notes(carried: Program, tmp_path: Path) -> None:
    goods(carried)
    does(carried, "li", "return", "1", "--item", "1", "--approve", "10", "--amount", "500", "--note", "TH-1")
    does(carried, "wang", "form", "1", "-o", str(tmp_path / "form.xlsx"))
    found = cells(tmp_path / "form.xlsx")
    assert "1 · 茶叶 · return · announced 10 箱 · came back 10 箱 · approved 10 箱 · amount 500.00 · TH-1" in found
    assert found[found.index("Duties") + 1].startswith("marketing (市场部) · still to do: facts, answer")


# --- a case that is a complaint


def test_a_case_that_turns_out_to_be_a_complaint(office: Program) -> None:
    office.login = "wang"
    assert office("case", "open", "C001", "--text", "送来的茶叶发霉").code == 0
    assert office("case", "open", "C001", "--text", "少一箱").code == 0
    told = does(office, "wang", "open", "C001", "--case", "1", "--severe")
    assert told[0] == "Complaint TS2026-0001 of C001: accepted · from case #1"
    found: Any = stands(office)
    assert (found["what"], found["case"]) == ("送来的茶叶发霉", 1)
    assert any(line.split() == ["Case", "#1"] for line in does(office, "wang", "show", "1"))
    shown = office("case", "show", "1", "--json").json
    assert (shown["complaint"], shown["state"]) == ("TS2026-0001", "open"), "it goes on by its own states"
    assert any(line.split() == ["Complaint", "TS2026-0001"] for line in office("case", "show", "1").out.splitlines())
    assert office("case", "show", "2", "--json").json["complaint"] is None
    assert refused(office, "wang", "open", "C001", "--case", "1") == [
        "Error: case 1 is a complaint already: TS2026-0001",
        "Try: look at it: revisit complaint show TS2026-0001",
    ]
    does(office, "wang", "open", "C001", "--case", "2", "--text", "少了两箱")
    assert stands(office, "2")["what"] == "少了两箱"
    assert refused(office, "wang", "open", "C001", "--case", "9")[0] == "Error: there is no case 9"
    office.login = "sun"
    assert office("case", "open", "C002", "--text", "色差").code == 0
    assert refused(office, "wang", "open", "C001", "--case", "3")[0] == "Error: case 3 is another customer's"
    office.login = "wang"
    assert office("complaint", "open", "C001").code == 2, "what is it about?"
