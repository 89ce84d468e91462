"""The documents against the program: commands, options, JSON keys, settings, exit codes, numbers, examples, links."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from revisit import audit, cli, config, doctor, errors, models, wording
from revisit.commands import imports
from revisit.commands.periods import with_current
from revisit.policy import check
from tests.commands.test_callsheet import filled
from tests.support import Program, at_shanghai, every_command, table, unit
from tools import states

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "README.zh.md", ROOT / "CHANGELOG.md"]
EVERYWHERE = {"--db", "--as", "--help", "-h"}
POLICY = tomllib.loads((ROOT / "templates/policy/default.toml").read_text(encoding="utf-8"))
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@cache
def front_door() -> Any:
    return typer.main.get_command(cli.app)


def command(name: str) -> Any:
    """The command that is typed so: `due`, `policy show`."""
    return every_command().get(name)


def section(name: str) -> str:
    """What docs/cli.md says under the heading of a command; of `policy show` under that of `policy`."""
    found = re.search(rf"^## `revisit {name.split()[0]}\b.*?(?=^## |\Z)", text("cli.md"), re.M | re.S)
    assert found, f"docs/cli.md has no heading for revisit {name}"
    return found[0]


def named(page: str) -> set[str]:
    """Every word that stands in code marks or in a code block; of `log --at` both words."""
    blocks = re.findall(r"^```.*?^```|`[^`\n]+`", page, re.M | re.S)
    return {word for block in blocks for word in re.findall(r"[\w-]+", block)}


def options(name: str) -> set[str]:
    """The options of a command, --help among them; of a group those of its commands, too."""
    one = front_door() if name == "" else command(name)
    inner = list(getattr(one, "commands", {}).values()) if name else []
    params = [param for part in (one, getattr(one, "otherwise", None), *inner) if part for param in part.params]
    named = (param for param in params if param.param_type_name == "option")
    found = {option for param in named for option in (*param.opts, *param.secondary_opts)}
    return found | {"--help", "-h"}


# --- docs/cli.md


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_option_of_a_command_is_documented_and_no_other(name: str) -> None:
    documented = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*\b", " ".join(re.findall(r"`[^`\n]+`", section(name)))))
    assert options(name) - EVERYWHERE - documented == set()
    assert documented - options(name) == set()


@pytest.mark.parametrize("name", [name for name in every_command() if " " in name])
def test_every_command_of_a_group_is_documented_with_its_options(name: str) -> None:
    """In the section of the group: `revisit policy show [RULE]` at the beginning of a paragraph, or a heading of its own."""
    parts = re.split(r"^(?:### )?`(?=revisit )", section(name), flags=re.M)[1:]
    mine = [part for part in parts if re.match(rf"revisit {name}\b", part)]
    assert len(mine) == 1, f"docs/cli.md: no paragraph that begins with `revisit {name} …`"
    documented = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*\b", " ".join(re.findall(r"`[^`\n]+`", "`" + mine[0]))))
    assert options(name) - EVERYWHERE - documented == set()
    assert documented - options(name) == set()


def test_the_options_of_the_program_itself_are_documented() -> None:
    general = text("cli.md").split("\n## `revisit")[0]
    assert options("") - set(re.findall(r"--?[a-z][a-z-]*", general)) == set()


def test_every_heading_is_a_command() -> None:
    assert re.findall(r"^## `revisit ([\w-]+)", text("cli.md"), re.M) == [
        name for name in ORDER if name in cli.COMMANDS
    ]
    assert sorted(ORDER) == sorted(cli.COMMANDS)


ORDER = (
    "due", "next", "release", "call", "why", "show", "find", "script", "phrase", "log", "amend", "void", "import", "export",
    "day", "report", "effect", "forecast", "case", "clock", "complaint", "approval", "service", "survey", "chats", "target",
    "appraise", "inspect", "customer", "assign", "policy", "doctor", "audit", "db", "staff", "department", "whoami", "init",
    "demo", "completion",
)  # fmt: skip


def test_what_is_not_there_yet_is_not_there() -> None:
    promised = text("cli.md").split("## Not there yet")[1]
    assert named(promised) & set(cli.COMMANDS) <= {"due"}  # `due --csv`, the option


@pytest.mark.parametrize("code", [0, errors.Refused.exit_code, errors.WrongUsage.exit_code, imports.REJECTED, 130])
def test_every_exit_code_is_documented(code: int) -> None:
    for page in ("cli.md", "errors.md"):
        assert re.search(rf"^\| {code} \||\b{code}\b", text(page), re.M)
    if code < 100:
        for page in ("README.md", "README.zh.md"):
            assert f"\n| {code} | " in (ROOT / page).read_text(encoding="utf-8")


def test_every_class_of_error_is_documented_with_its_code() -> None:
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.RevisitError)]
    for one in classes:
        assert f"`{one.__name__}`" in text("errors.md")
        if one is not errors.RevisitError:
            assert f"\n| {one.exit_code} | `{one.__name__}` |" in text("errors.md")


# --- the JSON documents

BY_NAME = {("report", key) for key in ("by_rule", "by_rep", "by_region", "by_grade", "by_channel", "by_result")}
BY_NAME |= {("report", "by_department"), ("report", "figures")}
BY_NAME |= {
    ("report closed", "figures"),
    ("report pack", "figures"),
    ("report weekly", "figures"),
    ("report weekly", "done"),
}
BY_NAME |= {("report", "counts"), ("report changes", "counts")}
BY_NAME |= {("day", key) for key in ("by_channel", "by_result")}
BY_NAME |= {("policy show", "documents"), ("policy show", "numbers")}
BY_NAME |= {(f"policy {name}", key) for name in ("simulate", "adopt") for key in ("by_rule", "by_rep")}
BY_NAME |= {
    ("customer merge", "moved"),
    ("customer merge", "left"),
    ("customer unmerge", "restored"),
    ("customer unmerge", "removed"),
}
BY_NAME |= {("audit", "changes"), ("import", "columns"), ("show", "extra"), ("db info", "tables")}
BY_NAME |= {("import list", "counts"), ("import undo", "restored"), ("import undo", "removed")}
"""Their keys are data: names of rules, people, channels, columns."""


def keys_of(name: str, document: Any) -> Iterator[str]:
    """Every key of a document, at any depth."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield key
            inner = list(value.values()) if (name, key) in BY_NAME and isinstance(value, Mapping) else [value]
            for one in inner:
                yield from keys_of(name, one)
    elif isinstance(document, list):
        for one in document:
            yield from keys_of(name, one)


@pytest.fixture
def at_work(revisit: Program, tmp_path: Path) -> Program:
    """A company in which something is due, excluded, booked and met."""
    people = [
        {"客户编号": "C1", "客户名称": "宏远涂料", "电话": "13800000001", "客服专员": "admin", "爱好": "茶"},
        {"客户编号": "C2", "客户名称": "利民建材", "免打扰": "是"},
        {"客户编号": "C3", "客户名称": "安顺化工"},
    ]
    orders = [
        {"订单号": f"D{n}", "客户编号": "C1", "下单日期": on} for n, on in enumerate(("2026-01-02", "2026-02-20"))
    ]
    assert revisit("import", "customers", str(table(tmp_path / "people.xlsx", people))).code == 0
    assert revisit("import", "orders", str(table(tmp_path / "orders.xlsx", orders))).code == 0
    assert revisit("log", "C1", "--result", "inconvenient", "--callback", "2026-03-12 10:30").code == 0
    return revisit.at("2026-03-12 11:00")


def a_call(url: str) -> None:
    """A call that was left in the middle."""
    now = at_shanghai("2026-03-02 10:00")
    with unit(url, now) as work:
        call = models.Call(
            customer_id=1, staff_id=1, state="dropped", script="callback", script_version=2, script_hash="0", language="zh",
            started_at=now, steps='[{"node": "greeting", "key": "contact", "text": "", "seconds": 5}]',
        )  # fmt: skip
        work.session.add(call)
        work.session.flush()
        audit.changed(
            work.session, action="create", table="call_", row_id=call.id, customer_id=1, after={"state": "dropped"}
        )


def of_service(revisit: Program) -> Iterator[tuple[str, Any]]:
    """A job that was done and asked about, and one that nobody was sent to."""
    assert revisit("staff", "add", "sup", "--post", "客服主管").code == 0
    assert revisit("staff", "add", "rep", "--post", "客服专员").code == 0
    remote = ("--kind", "paid", "--text", "x", "--remote", "--wanted", "2026-03-13", "--fee", "3")
    yield "service open", revisit("service", "open", "C1", *remote, "--json").json
    assert revisit("service", "open", "C1", "--kind", "free", "--text", "y").code == 0
    waiting = revisit("approval", "list", "--json").json
    (number,) = [one["number"] for one in waiting if one["kind"] == "remote-service"]
    revisit.login = "sup"
    assert revisit("approval", "sign", str(number)).code == 0
    revisit.login = "admin"
    for words in (
        ("dispatch", "--to", "admin"), ("start", "--at", "11:00"), ("finish", "--result", "x"),
        ("sign-off", "--signed-by", "x"),
    ):  # fmt: skip
        yield f"service {words[0]}", revisit("service", words[0], "1", *words[1:], "--json").json
    yield "service cancel", revisit("service", "cancel", "2", "--reason", "x", "--json").json
    yield "service list", revisit("service", "list", "--all", "--json").json
    yield "service show", revisit("service", "show", "1", "--json").json
    yield "survey due", revisit("survey", "due", "--json").json
    grades = [word for item in ("attitude", "skill", "arrival", "promises") for word in (f"--{item}", "poor")]
    yield "survey record", revisit("survey", "record", "C1", "--job", "1", *grades, "--note", "x", "--json").json
    found = revisit("survey", "results", "--json").json
    assert found["people"]
    yield "survey results", found
    yield "survey list", revisit("survey", "list", "--json").json
    yield "survey show", revisit("survey", "show", "1", "--json").json
    assert revisit("survey", "record", "C1", "--staff", "sup", *grades).code == 0
    yield "chats", revisit("chats", "--json").json
    yield from of_appraisal(revisit)
    yield "survey void", revisit("survey", "void", "2", "--reason", "x", "--json").json


def policies_of(revisit: Program, tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """Another policy, tried and adopted for a day to come."""
    other = tmp_path / "other.toml"
    shipped = (ROOT / "templates/policy/default.toml").read_text(encoding="utf-8")
    other.write_text(shipped.replace("\nafter_days = 7\n", "\nafter_days = 10\n"), encoding="utf-8")
    simulated = revisit("policy", "simulate", str(other), "--from", "2026-01-01", "--json").json
    assert simulated["examples"] and simulated["by_rep"] and simulated["changes"]
    yield "policy simulate", simulated
    assert revisit("staff", "add", "author", "--role", "supervisor").code == 0
    words = ("--effective", "2026-06-01", "--author", "author", "--yes", "--dry-run", "--json")
    yield "policy adopt", revisit("policy", "adopt", str(other), *words).json


def of_appraisal(revisit: Program) -> Iterator[tuple[str, Any]]:
    """A target, a sample that was checked, and the sheets."""
    revisit.login = "sup"
    yield "target set", revisit("target", "set", "rep", "contacts", "3", "--json").json
    yield "target list", revisit("target", "list", "--json").json
    yield "target show", revisit("target", "show", "rep", "--json").json
    yield "inspect draw", revisit("inspect", "draw", "--size", "3", "--json").json
    words = ("--verdict", "major", "--text", "x", "--evidence", "x", "--json")
    yield "inspect find", revisit("inspect", "find", "1", "1", *words).json
    yield "inspect list", revisit("inspect", "list", "--json").json
    yield "inspect show", revisit("inspect", "show", "1", "--json").json
    told = revisit("inspect", "bulletin", "--json").json
    assert told["people"] and told["findings"]
    yield "inspect bulletin", told
    sheets = revisit("appraise", "--year", "--json").json
    assert sheets["people"][0]["quarters"] and sheets["people"][0]["months"][0]["indicators"]
    yield "appraise", sheets
    revisit.login = "admin"


def closed_months(revisit: Program) -> Iterator[tuple[str, Any]]:
    """A closed month in which something is recorded later; packs and the week."""
    yield "report close", revisit("report", "close", "2026-02", "--json").json
    assert revisit("log", "C1", "--result", "reached", "--at", "2026-02-20 10:00").code == 0
    yield "report closed", revisit("report", "closed", "--json").json
    yield "report closed", revisit("report", "closed", "2026-02", "--json").json
    changed = revisit("report", "changes", "2026-02", "--json").json
    assert changed["changed"] and changed["changed_by_rep"] and changed["reasons"]
    yield "report changes", changed
    yield "report", revisit("report", "--month", "2026-02", "--json").json
    yield "report verify", revisit("report", "verify", "2026-02", "--json").json
    yield "report pack", revisit("report", "pack", "--quarter", "2026-Q1", "--json").json
    yield "report weekly", revisit("report", "weekly", "--json").json


def documents(revisit: Program, tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """A real document of each command, none of its lists empty but those that always are."""
    bad = table(tmp_path / "bad.xlsx", [{"订单号": "X", "客户编号": "C9", "下单日期": "2026-01-02"}])
    imported = revisit("import", "orders", str(bad), "--json")
    assert imported.code == 3
    yield "import", imported.json
    yield "export", revisit("export", "customers", "-o", str(tmp_path / "people-out.csv"), "--json").json
    yield "import list", revisit("import", "list", "--json").json
    undone = revisit("import", "undo", "2", "--dry-run", "--json").json
    kept = revisit("import", "undo", "1", "--dry-run", "--json").json
    assert undone["removed"] and kept["kept"]
    yield "import undo", kept
    due = revisit("due", "--why", "--json").json
    assert due["items"][0]["also"] and due["items"][0]["why"] and due["excluded"]
    yield "due", due
    yield "next", revisit("next", "--claim-only", "--json").json
    yield "next", revisit("next", "--resume", "--json").json
    yield "release", revisit("release", "--all", "--json").json
    found = revisit("find", "宏远", "--json").json
    assert found["items"] and not found["near"]
    yield "find", found
    yield "why", revisit("why", "C1", "--json").json
    yield "due", revisit("due", "-o", str(tmp_path / "sheet.xlsx"), "--json").json
    unknown = filled(tmp_path / "sheet.xlsx", {"C1": {"Result": "?"}}, "unknown.xlsx")
    unanswered = filled(tmp_path / "sheet.xlsx", {"C1": {"Result": "no answer"}}, "unanswered.xlsx")
    sheet = revisit("log", "--from", str(unanswered), "--dry-run", "--json").json
    assert sheet["records"]
    yield "log", sheet
    logged = revisit("log", "C1", "--result", "reached", "--callback", "2026-03-20", "--json").json
    assert logged["met"] and logged["opened"]
    yield "log", logged
    yield from (("log", revisit("log", "--from", str(one), "--json").json) for one in (unknown, unanswered))
    yield "amend", revisit("amend", "2", "--next", "2026-03-25", "--json").json
    yield "amend", revisit("amend", "2", "--json").json
    voided = revisit("void", "2", "--reason", "x", "--json").json
    assert voided["owed_again"] and voided["gone"]
    yield "void", voided
    yield "audit", revisit("audit", "--json").json
    shown = revisit("show", "C1", "--json").json
    assert shown["contacts"] and shown["timeline"] and shown["followups"]
    yield "show", shown
    yield "report", revisit("report", "--json").json
    yield "report figures", revisit("report", "figures", "--json").json
    yield "report trace", revisit("report", "trace", "last", "contacts.total", "--json").json
    effect = revisit("effect", "--from", "2026-01-01", "--show", "--json").json
    assert effect["rules"][0]["rows"]
    yield "effect", effect
    yield from closed_months(revisit)
    yield "forecast", revisit("forecast", "--suggest", "--json").json
    yield "day", revisit("day", "--team", "--json").json
    yield "day", revisit("day", "--note", "x", "--json").json
    yield "script", revisit("script", "C1", "--json").json
    yield "script", revisit("script", "--list", "--json").json
    faulty = tmp_path / "script.toml"
    faulty.write_text("id = 1", encoding="utf-8")
    yield "script", revisit("script", "--check", str(faulty), "--json").json
    a_call(revisit.url)
    covered = revisit("script", "coverage", "--json").json
    assert covered["scripts"][0]["nodes"][0]["answers"] and covered["scripts"][0]["unused"]
    yield "script coverage", covered
    said = revisit("phrase", "shaodegn", "--customer", "C1", "--json").json
    assert said["items"] and said["meant"]
    yield "phrase", said
    yield "phrase", revisit("phrase", "--json").json
    yield "policy show", revisit("policy", "show", "--json").json
    faulty = tmp_path / "policy.toml"
    faulty.write_text("id = 1", encoding="utf-8")
    yield "policy check", revisit("policy", "check", str(faulty), "--json").json
    yield "policy outcomes", revisit("policy", "outcomes", "--json").json
    yield from policies_of(revisit, tmp_path)
    yield "doctor", revisit("doctor", "--json").json
    yield "staff list", revisit("staff", "list", "--json").json
    assert revisit("department", "add", "x").code == 0
    yield "department list", revisit("department", "list", "--json").json
    for words in (
        ("open", "C1", "--text", "x", "--at-once"), ("coordinate", "1", "--department", "x"), ("urge", "1"),
        ("escalate", "1", "--reason", "x"), ("hold", "1", "--reason", "x"), ("resume", "1"), ("route", "1", "--department", "x"),
        ("respond", "1", "--text", "x"), ("resolve", "1", "--result", "x"),
        ("tell", "1", "--channel", "phone", "--person", "x", "--on", "today"), ("reopen", "1", "--reason", "x"),
        ("decide", "1", "--result", "x"), ("open", "C1", "--text", "x"),
    ):  # fmt: skip
        moved = revisit("case", *words, "--json").json
        assert moved["deadlines"] and moved["timeline"] and moved["possible"]
        yield f"case {words[0]}", moved
    sales = ("--until", "2026-03-20", "--document", "x", "--sender", "x", "--receiver", "x")
    yield "case feedback", revisit("case", "feedback", "C1", *sales, "--json").json
    yield "case pack", revisit("case", "pack", "--json").json
    yield "case list", revisit("case", "list", "--all", "--json").json
    yield "case show", revisit("case", "show", "1", "--json").json
    yield "clock", revisit("clock", "1", "--json").json
    yield from approvals_of(revisit)
    yield from complaints_of(revisit, tmp_path)
    message = {"会话编号": "1", "时间": "2026-03-12 10:00:00", "发送方": "客户", "内容": "x"}
    chat = [message, message | {"时间": "2026-03-12 10:00:20", "发送方": "客服", "客服": "admin"}]
    assert revisit("import", "chats", str(table(tmp_path / "chats.xlsx", chat))).code == 0
    yield from of_service(revisit)
    yield "whoami", revisit("whoami", "--json").json
    yield "db info", revisit("db", "info", "--json").json
    yield "assign", revisit("assign", "C2", "--to", "admin", "--json").json
    yield "customer waive", revisit("customer", "waive", "C2", "--until", "2026-04-01", "--reason", "x", "--json").json
    yield "customer exclude", revisit("customer", "exclude", "C3", "--reason", "x", "--json").json
    yield "customer close", revisit("customer", "close", "C3", "--reason", "x", "--json").json
    alike = [{"客户编号": f"L{n}", "客户名称": "利民建材厂", "电话": f"1390000000{n // 2}"} for n in range(3)]
    crowd = [{"客户编号": f"T{n}", "客户名称": "测试", "电话": f"1390000{n:04d}"} for n in range(30)]
    assert revisit("import", "customers", str(table(tmp_path / "alike.xlsx", alike + crowd))).code == 0
    found = revisit("customer", "duplicates", "--json").json
    assert found["items"] and found["crowds"]
    yield "customer duplicates", found
    yield "customer duplicates", revisit("customer", "duplicates", "--different", "L0", "L2", "--json").json
    merged = revisit("customer", "merge", "C1", "L1", "--yes", "--json").json
    assert merged["moved"] and merged["owed"]
    yield "customer merge", merged
    assert revisit("show", "C1", "--json").json["merged"]
    yield "show", revisit("show", "C1", "--json").json
    assert revisit("log", "L1", "--result", "reached").code == 0
    yield "customer unmerge", revisit("customer", "unmerge", "L1", "--yes", "--json").json


def approvals_of(revisit: Program) -> Iterator[tuple[str, Any]]:
    """A document of each command of `approval`: signed by a deputy, split, changed, reminded of."""
    for login, post in (("gm", "总经理"), ("md", "营销总监"), ("li", "客服专员"), ("sm", "销售部经理")):
        assert revisit("staff", "add", login, "--post", post).code == 0
    asked = ("approval", "request", "settlement", "C1", "--reason", "x")
    assert revisit(*asked, "--amount", "600").code == 0
    yield "approval request", revisit(*asked, "--amount", "500", "--json").json
    yield "approval remind", revisit("approval", "remind", "2", "--json").json
    deputy = ("delegate", "销售部经理", "--to", "li", "--until", "2026-03-20")
    yield "approval delegate", revisit("approval", *deputy, "--json").json
    yield "approval delegate", revisit("approval", "delegate", "--list", "--json").json
    revisit.login = "li"
    yield "approval sign", revisit("approval", "sign", "2", "--json").json
    revisit.login = "sm"
    yield "approval reject", revisit("approval", "reject", "1", "--reason", "x", "--json").json
    revisit.login = "admin"
    assert revisit("approval", "request", "credit", "C1", "--limit", "5", "--reason", "x").code == 0
    revisit.login = "md"
    assert revisit("approval", "sign", "3").code == 0
    revisit.login = "admin"
    changed = revisit("approval", "change", "3", "--limit", "6", "--reason", "x", "--json").json
    assert changed["void"] and changed["steps"]
    yield "approval change", changed
    yield "approval list", revisit("approval", "list", "--all", "--json").json
    yield "approval show", revisit("approval", "show", "2", "--json").json
    yield "approval withdraw", revisit("approval", "withdraw", "3", "--reason", "x", "--json").json


def complaints_of(revisit: Program, tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """A document of each command of `complaint`: a severe one, settled, answered, reviewed, and not accepted all the same."""
    assert revisit("staff", "add", "vp", "--post", "副总经理").code == 0
    for words, login in (
        (("open", "C1", "--text", "x", "--severe", "--quantity", "2", "--order", "x"), "admin"),
        (("instruct", "1", "--text", "x"), "vp"), (("facts", "1", "--batch", "x"), "admin"),
        (("hold", "1", "--reason", "x"), "admin"), (("resume", "1"), "admin"),
        (("investigate", "1", "--department", "x"), "admin"), (("urge", "1", "--text", "x"), "admin"),
        (("conclude", "1", "--cause", "x"), "admin"),
        (("report", "1", "--text", "x"), "admin"),
        (("propose", "1", "--settlement", "refund", "--amount", "5", "--responsible", "x"), "admin"),
        (("", "sign", "4"), "sm"), (("settle", "1"), "admin"), (("answer", "1", "--channel", "phone", "--letter", "x"), "admin"),
        (("measure", "1", "--text", "x"), "admin"), (("return", "1", "--goods", "x", "--quantity", "1"), "admin"),
        (("close", "1", "--result", "x"), "admin"),
        (("form", "1", "-o", str(tmp_path / "form.xlsx")), "admin"),
        (("letter", "1", "-o", str(tmp_path / "letter.xlsx")), "admin"), (("show", "1"), "admin"),
        (("list", "--all"), "admin"),
        (("review", "--month", "2026-03"), "admin"), (("refuse", "1", "--reason", "x"), "admin"),
    ):  # fmt: skip
        revisit.login = login
        if not words[0]:
            assert revisit("approval", *words[1:]).code == 0
            continue
        moved = revisit("complaint", *words, "--json")
        assert moved.code == 0, (words, moved.err)
        yield f"complaint {words[0]}", moved.json
    revisit.login = "admin"


@ON_SQLITE
def test_every_key_of_the_json_documents_is_documented(at_work: Program, tmp_path: Path) -> None:
    seen = set()
    for name, document in documents(at_work, tmp_path):
        seen.add(name)
        missing = set(keys_of(name, document)) - named(section(name))
        assert not missing, f"docs/cli.md, revisit {name}: {sorted(missing)}"
    meant = {name: getattr(one, "otherwise", one) for name, one in every_command().items()}
    assert seen == {name for name, one in meant.items() if one and "as_json" in [param.name for param in one.params]}


# --- settings, rules, numbers


def test_every_check_of_the_doctor_is_documented() -> None:
    assert re.findall(r"^\| `([\w-]+)` \|", section("doctor"), re.M) == [code for code, _check in doctor.CHECKS]


def test_every_setting_is_documented() -> None:
    page = text("configuration.md")
    for setting in config.SETTINGS:
        assert f"| `{setting.key}` | `{setting.variable}` |" in page
    read = {
        name
        for path in (ROOT / "revisit").rglob("*.py")
        for name in re.findall(r"\"(REVISIT_[A-Z]+)\"", path.read_text(encoding="utf-8"))
    }
    assert read == set(re.findall(r"REVISIT_[A-Z]+", page))


def leaves(value: Any, *path: str) -> Iterator[tuple[str, Any]]:
    """Every number, word and clause of the policy by its key; the sentences in two languages left out."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in ("says", "title") and (*path, key) != ("documents",):
                yield from leaves(inner, *path, key)
    else:
        yield ".".join(path), value


def in_words(value: Any) -> str:
    """A value within a list: of a table its keys as well."""
    if isinstance(value, Mapping):
        return " ".join(f"{key} {in_words(one)}" for key, one in value.items())
    return " / ".join(map(in_words, value)) if isinstance(value, list) else str(value)


def as_documented(value: Any) -> str:
    if isinstance(value, list):
        return f"`{', '.join(map(in_words, value))}`" if value else "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def test_every_number_of_the_policy_is_documented_with_its_value() -> None:
    documented = dict(
        re.findall(
            rf"^\| `((?:{'|'.join((*check.SECTIONS, 'rules'))})\.[\w.-]+)` \| (.*?) \|",
            text("rules.md"),
            re.M,
        )
    )
    policy = {key: as_documented(value) for key, value in leaves(POLICY) if "." in key}
    assert documented == policy


def test_the_page_of_states_is_made_from_the_tables() -> None:
    assert text("states.md") == states.page(), "run: make guide"


def test_every_rule_stands_with_its_clause() -> None:
    lines = text("rules.md").splitlines()
    for name, rule in POLICY["rules"].items():
        assert any(f"`{name}`" in line and rule["clause"] in line for line in lines) or (
            f"`{name}` ({rule['clause']})" in text("rules.md").replace("\n", " ")
        )


def test_every_code_and_cause_behind_why_is_documented() -> None:
    page = text("rules.md")
    assert set(re.findall(r"^\| `([\w-]+)` \|", page.split("## Why not")[1], re.M)) == set(wording.NOT_OWED)
    assert set(wording.STATES) <= set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    causes = page.split("Causes: ")[1].split("Coverage")[0]
    assert set(re.findall(r"`([a-z_]+)`", causes)) == set(wording.CAUSES) - {"", "month_over"}


def test_the_worked_examples_are_those_that_are_tested() -> None:
    page = text("rules.md").split("## Worked examples")[1].split("\n## ")[0]
    rows = [line for line in page.splitlines() if line.startswith("|")][2:]
    cases = tomllib.loads((ROOT / "tests/policy/worked_examples.toml").read_text(encoding="utf-8"))["case"]
    assert len(rows) == len(cases)


@pytest.mark.parametrize("kind", ["customers", "orders", "revisits", "sales-followups", "staff", "chats"])
def test_every_field_of_a_sheet_is_documented(kind: str) -> None:
    layout = tomllib.loads((ROOT / f"templates/import/{kind}.toml").read_text(encoding="utf-8"))["fields"]
    paragraph = re.search(rf"^\*\*{kind}\*\*.*?(?=\n\n)", text("import.md"), re.M | re.S)
    assert paragraph
    marked = " ".join(re.findall(r"`([^`]+)`", paragraph[0])).split()
    assert set(layout) <= set(marked)
    for name, field in layout.items():
        if kind == "staff" or name not in ("code", "name", "customer"):
            assert field["title"]["zh"] in paragraph[0]
        if field["required"]:
            assert f"**`{name}`" in paragraph[0]


# --- command lines and links


def typed(page: Path) -> Iterator[str]:
    """Every line `revisit …` that a page shows: in code blocks, indented, or in code marks."""
    content = page.read_text(encoding="utf-8")
    for line in content.splitlines():
        if found := re.match(r"\s*(?:\$ |    )(revisit .*)", line):
            yield re.split(r"\s+# ", found[1])[0]
    for code in re.findall(r"`([^`\n]+)`", content):
        if found := re.search(r"(?:^|\s|/)(revisit [a-z-].*)", code):
            yield found[1].replace("\\|", "|")


def parse(line: str) -> None:
    """Fails unless every command and option of the line exists and, where it is whole, its parts fit together."""
    words = shlex.split(line.replace("…", " "))[1:]
    while words and words[0] in ("--db", "--as"):
        words = words[2:]
    if words[:1] == ["COMMAND"] or not words or words[0].startswith("-"):
        assert set(words) <= {"COMMAND", "[OPTIONS]", "--version", "--help"}, line
        return
    name, *rest = words
    assert name in cli.COMMANDS, line
    if rest and f"{name} {rest[0]}" in every_command():
        name, rest = f"{name} {rest[0]}", rest[1:]
    elif hasattr(command(name), "commands") and not command(name).otherwise:
        assert not rest or re.fullmatch(r"[\w-]+(?:\|[\w-]+)+", rest[0]), line
        assert not rest or set(rest[0].split("|")) <= set(command(name).commands), line
        return
    unknown = {word for word in rest if re.fullmatch(r"--?[a-z][a-z-]*", word)} - options(name)
    assert not unknown, line
    if "…" in line or "|" in line or "[" in line:
        return
    rest = ["1" if word == "N" else word for word in rest]  # the number of a record
    if (rest and name not in ("import", "log")) or len(rest) > 1:
        command(name).make_context(name, with_current(rest) if name == "report" else rest, resilient_parsing=False)


@EACH_PAGE
def test_every_command_line_that_is_shown_can_be_typed(page: Path) -> None:
    for line in typed(page):
        try:
            parse(line)
        except Exception as error:
            pytest.fail(f"{page.name}: {line}: {error}")


@pytest.mark.parametrize("line", ["revisit nix", "revisit due --nix", "revisit log C1 --with", "revisit why C1 C2"])
def test_a_wrong_command_line_would_be_found(line: str) -> None:
    with pytest.raises(Exception):  # noqa: B017 - Typer's own classes are private
        parse(line)


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as they are made where it is shown."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@EACH_PAGE
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        leads_to = (page.parent / path).resolve() if path else page
        assert leads_to.exists(), target
        if anchor:
            assert anchor in anchors(leads_to), target


def test_both_readmes_show_the_same() -> None:
    """Tables, links and command lines are as many; every command of the one stands in the other."""
    one, other = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    other = other.replace("-zh.png", "-en.png")
    assert one.count("\n## ") == other.count("\n## ")
    assert one.count("\n| ") == other.count("\n| ")
    for pattern in (r"`(\.venv/bin/\w+|uv run [a-z ]+|make \w+)", r"^    (\S+ [a-z-]+)", r"\]\((docs/\S+)\)"):
        assert re.findall(pattern, one, re.M) == re.findall(pattern, other, re.M)
