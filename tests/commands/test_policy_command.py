"""`revisit policy check` finds every fault of a file with its line; `policy show` shows the numbers in force."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit import policy_file, revisits, wording
from revisit.commands import policies
from revisit.policy import chains, check, plan, scoring
from tests.support import Program, Result, unit
from tests.support import at_shanghai as at

ROOT = Path(__file__).parents[2]
DEFAULT = (ROOT / "templates/policy/default.toml").read_text(encoding="utf-8")
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


def line(beginning: str, text: str = DEFAULT, after: str = "") -> int:
    """The number of the line that begins so, after the line that begins with `after`."""
    lines = text.splitlines()
    start = next(n for n, one in enumerate(lines) if one.startswith(after))
    return next(n for n, one in enumerate(lines) if n >= start and one.startswith(beginning)) + 1


def problems(text: str) -> list[tuple[int, str, str]]:
    return [tuple(one) for one in policy_file.problems_of(text)]


def changed(old: str, new: str, after: str = "") -> str:
    """The shipped policy with one place changed, the first after a line."""
    head, mark, tail = DEFAULT.partition(after) if after else ("", "", DEFAULT)
    assert old in tail
    return head + mark + tail.replace(old, new, 1)


def test_the_shipped_policy_has_no_faults() -> None:
    assert problems(DEFAULT) == []


def test_a_file_from_before_the_call_hours_has_no_faults() -> None:
    before, _, rest = DEFAULT.partition("[call_hours]")
    assert problems(before + rest[rest.index("[records]") :]) == []


def test_a_file_from_before_the_call_desk_has_no_faults() -> None:
    before, _, rest = DEFAULT.partition("[desk]")
    assert problems(before + rest[rest.index("[records]") :]) == []


def test_an_empty_file_lacks_everything_that_is_wanted() -> None:
    assert [(number, key) for number, key, _text in problems("")] == [
        (1, name) for name in ("id", "title", "in_force_from", "contact", "records", "list", "documents", "rules")
    ]


RECORDS = '[records]\nclause = "P3 2.2"\nhours = 24\ndormancy_hours = 1\n'
FAULTS: dict[str, tuple[str, int, str, str]] = {
    "a wrong type": (
        changed("hours = 24", 'hours = "24"'), line("hours"), "records.hours",
        'a whole number from 1 to 8760 is wanted, not "24"',
    ),
    "no whole number": (
        changed("hours = 24", "hours = 24.5"), line("hours"), "records.hours",
        "a whole number from 1 to 8760 is wanted, not 24.5",
    ),
    "true is no number": (
        changed("min_days_left = 7", "min_days_left = true"), line("min_days_left"), "rules.dormant-month.min_days_left",
        "a whole number from 1 to 15 is wanted, not true",
    ),
    "out of range": (
        changed("after_months = 1", "after_months = 0", "[rules.dormant-month]"),
        line("after_months", after="[rules.dormant-month]"), "rules.dormant-month.after_months",
        "a whole number from 1 to 120 is wanted, not 0",
    ),
    "a negative number": (
        changed("orders_fresh_days = 3", "orders_fresh_days = -3"), line("orders_fresh_days"), "list.orders_fresh_days",
        "a whole number from 0 to 3650 is wanted, not -3",
    ),
    "hours that are none": (
        changed('"14:00-17:30"', '"14:00-25:30"'), line("working_days"), "call_hours.working_days[2]",
        'hours in quotation marks are wanted, such as "09:00-12:00", not "14:00-25:30"',
    ),
    "hours that end before they begin": (
        changed('"06:00-12:00"', '"12:00-06:00"'), line("morning"), "call_hours.morning",
        'hours in quotation marks are wanted, such as "09:00-12:00", not "12:00-06:00"',
    ),
    "hours that overlap": (
        changed('"14:00-17:30"', '"11:30-17:30"'), line("working_days"), "call_hours.working_days[2]",
        'the hours "11:30-17:30" begin before "09:00-12:00" end',
    ),
    "hours without brackets": (
        changed("rest_days = []", 'rest_days = "09:00-12:00"'), line("rest_days"), "call_hours.rest_days",
        'a list in square brackets is wanted, not "09:00-12:00"',
    ),
    "no hours on working days": (
        changed('["09:00-12:00", "14:00-17:30"]', "[]"), line("working_days"), "call_hours.working_days",
        "must not be empty",
    ),
    "too many minutes": (
        changed("claim_minutes = 30", "claim_minutes = 2000"), line("claim_minutes"), "desk.claim_minutes",
        "a whole number from 1 to 1440 is wanted, not 2000",
    ),
    "a result that is none": (
        changed("busy = {", "bussy = {"), line("busy"), "outcomes.bussy", "unknown key; is busy meant?",
    ),
    "a key of no result": (
        changed("retry_after_minutes = 15", "retry_after_hours = 15"), line("busy"), "outcomes.busy.retry_after_hours",
        "unknown key; is retry_after_minutes meant?",
    ),
    "a note that is neither wanted nor not": (
        changed("declined = { note_required = false }", 'declined = { note_required = "yes" }'), line("declined"),
        "outcomes.declined.note_required", 'true or false is wanted, not "yes"',
    ),
    "no result but a number": (
        changed("sent = { note_required = false }", "sent = 3"), line("sent"), "outcomes.sent",
        "a table is wanted, not 3",
    ),
    "a key cut short": (
        changed("window_days = 0", "window_day = 0"), line("window_days"), "rules.callback.window_day",
        "unknown key; is window_days meant?",
    ),
    "a key of nowhere": (
        changed("hours = 24", "hours = 24\ncolour = 1"), line("hours") + 1, "records.colour",
        "unknown key; known here: clause, hours, dormancy_hours",
    ),
    "a table of nowhere": (
        DEFAULT + "[money]\n", DEFAULT.count("\n") + 1, "money",
        "unknown key; known here: id, title, in_force_from, contact, call_hours, desk, outcomes, records, list, working_hours, "
        "clocks, escalation, approvals, survey, chats, capacity, appraisal, documents, rules",
    ),
    "no clause": (
        changed('clause = "P3 2.3"\n', "", "[rules.callback]"), line("[rules.callback]"), "rules.callback.clause",
        'the clause is missing: each number stands under one, such as "P3 1.4"',
    ),
    "weights that do not add up": (
        changed("{ coverage = 30, ", "{ coverage = 29, "), line("[appraisal.posts]") + 1,
        "appraisal.posts.service-representative", "the weights of a post add up to 100, these to 99",
    ),
    "an indicator of nowhere": (
        changed("survey = 5,", "surveys = 5,"), line("[appraisal.posts]") + 1, "appraisal.posts.service-representative.surveys",
        'unknown word "surveys"; is survey meant?',
    ),
    "a weight that is none": (
        changed("survey = 5,", 'survey = "5",'), line("[appraisal.posts]") + 1, "appraisal.posts.service-representative.survey",
        'a whole number from 1 to 100 is wanted, not "5"',
    ),
    "a figure of nowhere": (
        changed('"followups.coverage"', '"followups.coverge"'), line("coverage = {"), "appraisal.indicators.coverage.figure",
        'unknown word "followups.coverge"; is followups.coverage meant?',
    ),
    "a number without a target": (
        changed('points = "target", most = 120', 'points = "share"'), line("contacts = {"),
        "appraisal.indicators.contacts.points",
        "contacts.reached is a number: its points go by a target",
    ),
    "a most without a target": (
        changed('"satisfaction.share", points = "share"', '"satisfaction.share", points = "share", most = 110'),
        line("satisfaction = {"), "appraisal.indicators.satisfaction.most", "only what goes by a target has a most",
    ),
    "a verdict too many": (
        changed("major = 0 }", "major = 0, grave = 0 }"), line("verdicts"), "appraisal.verdicts.grave",
        "unknown key; known here: right, minor, major",
    ),
    "no clause of a section": (
        changed('clause = "P3 2.2"\n', "", "[records]"), line("[records]"), "records.clause",
        'the clause is missing: each number stands under one, such as "P3 1.4"',
    ),
    "an empty clause": (
        changed('clause = "P3 2.3"', 'clause = ""'), line("clause", after="[rules.callback]"), "rules.callback.clause",
        'a clause is wanted that begins with a document, such as "P3 1.4", not ""',
    ),
    "a document of nowhere": (
        changed('clause = "P0, P1 11"', 'clause = "P0, P9 11"'), line('clause = "P0, P1'), "rules.prospect.clause",
        "P9 is not listed under [documents]; listed: P0, P1, P2, P3, P4",
    ),
    "a missing key": (
        changed("slots = [1, 16]", "# none"), line("[rules.dormant-month]"), "rules.dormant-month.slots", "is missing",
    ),
    "a missing language": (
        changed(', en = "telesales department policy"', ""), line("P1 ="), "documents.P1.en", "is missing",
    ),
    "an empty sentence": (
        changed('en = "when the customer is busy, agree on another time and keep it"', 'en = " "'),
        line("says", after="[rules.callback]"), "rules.callback.says.en", "must not be empty",
    ),
    "a sentence in one language": (
        changed('title = { zh = "客户回访制度（默认）", en = "Follow-up policy (default)" }', 'title = "Policy"'),
        line("title"), "title", 'a text in both languages is wanted, { zh = "…", en = "…" }, not "Policy"',
    ),
    "a rule of nowhere": (
        changed("[rules.takeover]", "[rules.takover]"), line("[rules.takeover]"), "rules.takover",
        "unknown rule; is takeover meant?",
    ),
    "a rule like no other": (
        DEFAULT + "[rules.xyz]\n", DEFAULT.count("\n") + 1, "rules.xyz",
        "unknown rule; known: callback, case-revisit, after-sale, dormant-week, dormant-month, takeover, prospect, campaign, "
        "brief, dossier",
    ),
    "a channel of nowhere": (
        changed('"phone", "visit"', '"phone", "visits"'), line("phone_channels"), "contact.phone_channels[2]",
        'unknown word "visits"; is visit meant?',
    ),
    "a result of nowhere": (
        changed('"reached", "declined"', '"reached", "xyz"'), line("conversation_results"),
        "contact.conversation_results[2]",
        'unknown word "xyz"; known: reached, declined, sent, no_answer, busy, wrong_number, inconvenient',
    ),
    "a result that is two things": (
        changed('message_result = "sent"', 'message_result = "reached"'), line("message_result"), "contact.message_result",
        "reached stands in contact.conversation_results already",
    ),
    "a channel twice": (
        changed('"sms", "wechat"', '"sms", "sms"'), line("message_channels"), "contact.message_channels[2]", "sms stands twice",
    ),
    "no channel": (
        changed('["sms", "wechat"]', "[]"), line("message_channels"), "contact.message_channels", "must not be empty",
    ),
    "a word for a list": (
        changed('["sms", "wechat"]', '"sms"'), line("message_channels"), "contact.message_channels",
        'a list in square brackets is wanted, not "sms"',
    ),
    "slots that fall": (
        changed("[1, 16]", "[1, 20, 16]"), line("slots"), "rules.dormant-month.slots",
        "rising first days of a month are wanted, beginning with 1, none after 28, not [1, 20, 16]",
    ),
    "slots that begin late": (
        changed("[1, 16]", "[2]"), line("slots"), "rules.dormant-month.slots",
        "rising first days of a month are wanted, beginning with 1, none after 28, not [2]",
    ),
    "a slot that February lacks": (
        changed("[1, 16]", "[1, 29]"), line("slots"), "rules.dormant-month.slots",
        "rising first days of a month are wanted, beginning with 1, none after 28, not [1, 29]",
    ),
    "a slot twice": (
        changed("[1, 16]", "[1, 1]"), line("slots"), "rules.dormant-month.slots",
        "rising first days of a month are wanted, beginning with 1, none after 28, not [1, 1]",
    ),
    "a sale of nowhere": (
        changed('"monthly"', '"weekly"'), line("repeat"), "rules.after-sale.repeat",
        'unknown word "weekly"; known: monthly, each-sale',
    ),
    "a script of nowhere": (
        changed('"dormancy"', '"dormancyy"'), line("script", after="[rules.dormant-week]"), "rules.dormant-week.script",
        'there is no script "dormancyy"; is dormancy meant?',
    ),
    "a word for true": (
        changed("auto = true", 'auto = "yes"'), line("auto"), "rules.takeover.auto", 'true or false is wanted, not "yes"',
    ),
    "an amount as a number": (
        changed('"0.00"', "0.0"), line("max_balance"), "rules.takeover.max_balance",
        'an amount in quotation marks with two decimals is wanted, such as "0.00", not 0.0',
    ),
    "a date as a text": (
        changed("1900-01-01", '"1900-01-01"'), line("in_force_from"), "in_force_from",
        'a date without quotation marks is wanted, such as 2026-01-01, not "1900-01-01"',
    ),
    "a date with a time": (
        changed("1900-01-01", "1900-01-01T00:00:00"), line("in_force_from"), "in_force_from",
        "a date without quotation marks is wanted, such as 2026-01-01, not 1900-01-01 00:00:00",
    ),
    "an exception for everybody": (
        changed("exceptions = []", "exceptions = [\n  { after_days = 5 },\n]"), line("exceptions") + 1,
        "rules.dormant-week.exceptions[1]",
        "this exception names nobody: at least one of code, grade, region, industry is wanted",
    ),
    "an exception for a grade of nowhere": (
        changed("exceptions = []", 'exceptions = [\n  { grade = "A", after_days = 5 },\n  { grade = "X", after_days = 5 },\n]'),
        line("exceptions") + 2, "rules.dormant-week.exceptions[2].grade", 'unknown word "X"; known: A, B, C, D',
    ),
    "an exception twice": (
        changed("exceptions = []", 'exceptions = [\n{ code = "C1", after_days = 5 },\n{ code = "C1", after_days = 5 }]'),
        line("exceptions") + 2, "rules.dormant-week.exceptions[2]", "this exception stands twice",
    ),
    "an exception without its days": (
        changed("exceptions = []", 'exceptions = [{ code = "C1" }]'), line("exceptions"),
        "rules.dormant-week.exceptions[1].after_days", "is missing",
    ),
    "a number for a table": (
        DEFAULT.replace("[documents]", "records = 5\n[documents]", 1).replace(RECORDS, "", 1), line("[documents]"),
        "records", "a table is wanted, not 5",
    ),
    "a missing rule": (
        DEFAULT[: DEFAULT.index("[rules.brief]")], line("[rules.callback]"), "rules.brief", "this rule is missing",
    ),
    "no value": (
        changed("hours = 24", "hours ="), line("hours"), "",
        "from here on this is no TOML: there is no value here that TOML knows; texts stand in quotation marks",
    ),
    "a text without its mark": (
        changed('id = "default"', 'id = "default'), line("id"), "", "from here on this is no TOML: a quotation mark is missing",
    ),
    "a key twice": (
        changed("hours = 24", "hours = 24\nhours = 25"), line("hours") + 1, "",
        "from here on this is no TOML: this key stands twice",
    ),
    "a table twice": (
        changed("[list]", "[records]"), line("[list]"), "", "from here on this is no TOML: this table stands twice",
    ),
    "a list without its end": (
        DEFAULT + 'x = ["a"\n', DEFAULT.count("\n") + 1, "",
        "from here on this is no TOML: a square bracket or a comma is missing",
    ),
    "a key that is Chinese": (
        changed("hours = 24", "小时 = 24"), line("hours"), "",
        "from here on this is no TOML: a table in square brackets or a key is wanted",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "number", "key", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_line_and_what_would_be_right(
    text: str, number: int, key: str, sentence: str
) -> None:
    found = problems(text)
    assert found == [(number, key, sentence)]


def test_all_faults_are_told_at_once_in_the_order_of_lines() -> None:
    text = changed("hours = 24", "hours = 0").replace("auto = true", "auto = 1").replace('id = "default"', "id = 1")
    text = text.replace("[rules.brief]", "[rules.briefs]").replace("slots = [1, 16]", "slots = []")
    found = problems(text)
    assert [key for _line, key, _text in found] == [
        "id", "records.hours", "rules.dormant-month.slots", "rules.takeover.auto", "rules.briefs"
    ]  # fmt: skip
    assert [number for number, _key, _text in found] == sorted(number for number, _key, _text in found)


@given(
    st.integers(0, len(DEFAULT)), st.integers(1, 40), st.sampled_from(["", "=", "]", '"', "x", "\n", "0", "[a]\n", "é"])
)
def test_no_damage_to_a_file_makes_the_check_fail(place: int, length: int, instead: str) -> None:
    """Whatever is cut out or put in: sentences with lines that the file has."""
    text = DEFAULT[:place] + instead + DEFAULT[place + length :]
    for number, _key, sentence in problems(text):
        assert 1 <= number <= text.count("\n") + 1
        assert sentence
        assert not re.search(r"\{\w+\}", sentence)


SWAPS: list[Any] = [0, -1, 10**9, 1.5, True, "", "x", [], [1], ["x"], [[]], {}, {"zh": 1}, [{}], [{"grade": 1}]]


@pytest.mark.parametrize("value", SWAPS, ids=str)
def test_no_value_of_another_type_makes_the_check_fail(value: Any) -> None:
    def swapped(table: dict[str, Any]) -> list[dict[str, Any]]:
        found = [table | {key: value} for key in table]
        for key, inner in table.items():
            if isinstance(inner, dict):
                found += [table | {key: one} for one in swapped(inner)]
        return found

    for data in swapped(tomllib.loads(DEFAULT)):
        for fault in check.check_policy(data, ["callback", "satisfaction", "dormancy", "takeover"]):
            assert policy_file.sentence(fault)


def test_every_key_of_the_shipped_policy_is_known_and_explained() -> None:
    data = tomllib.loads(DEFAULT)
    assert set(data["rules"]) == set(check.RULES)
    sections = [shape for name, shape in check.SECTIONS.items() if name != "outcomes"]  # those: `policy outcomes`
    shapes = [*check.RULES.values(), *sections]
    keys = {key for shape in shapes for key in shape} - {"clause", "says"}
    assert keys == set(policies.NUMBERS)
    assert set(check.SECTIONS) == set(policies.SECTIONS)


def test_the_words_that_are_known_are_those_of_the_program() -> None:
    assert check.RESULTS == revisits.RESULTS
    assert check.CHANNELS == revisits.CHANNELS
    assert set(plan.RULES) == set(check.RULES) - set(check.NOT_DECIDED_BY)
    assert set(check.RESULTS) | set(check.CHANNELS) <= set(wording.WORDS)


def test_every_code_has_its_sentence() -> None:
    source = "".join(Path(one.__file__).read_text(encoding="utf-8") for one in (check, chains, scoring))
    codes = set(re.findall(r"\"((?:no|missing|unknown|twice|two|empty|fits)(?:-[a-z]+)*)\"", source)) - {"no_answer"}
    assert codes == {code.removesuffix("-near") for code in policy_file.SAYS} - {"syntax", "other"}


# --- the command


@pytest.fixture
def away(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    """A program without a database."""
    return Program(str(tmp_path / "none.db"), capsys, monkeypatch)


def test_a_clean_file_is_one_sentence(away: Program, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("\ufeff" + DEFAULT, encoding="utf-8")
    assert away("policy", "check", str(file)) == Result(0, f"{file}: no faults\n", "")
    done = away("policy", "check", str(file), "--json")
    assert (done.code, done.json) == (0, {"file": str(file), "problems": []})


def test_faults_are_listed(away: Program, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(changed("hours = 24", "hours = 0\nhuors = 1"), encoding="utf-8")
    done = away("policy", "check", str(file))
    number = line("hours")
    assert (done.code, done.err) == (1, "The policy cannot be used as it is: faults: 2.\n")
    assert [re.split(r"  +", one.strip()) for one in done.out.splitlines()] == [
        [f"{file}: faults: 2"],
        ["Line", "Key", "What is wrong"],
        [str(number), "records.hours", "a whole number from 1 to 8760 is wanted, not 0"],
        [str(number + 1), "records.huors", "unknown key; is hours meant?"],
    ]
    done = away("policy", "check", str(file), "--json")
    assert done.code == 1
    assert done.json["problems"][1] == {
        "line": number + 1, "key": "records.huors", "problem": "unknown key; is hours meant?"
    }  # fmt: skip


def test_what_comes_out_of_a_file_cannot_steer_the_terminal(away: Program, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(DEFAULT + '"\\u001b[2J" = 1\n', encoding="utf-8")
    done = away("policy", "check", str(file))
    assert "\x1b" not in done.out
    assert "[2J" in done.out


@pytest.mark.parametrize("content", [None, "folder", b"\xff\xfe\x00"], ids=str)
def test_a_file_that_cannot_be_read(away: Program, tmp_path: Path, content: bytes | str | None) -> None:
    file = tmp_path / "policy.toml"
    if content == "folder":
        file.mkdir()
    elif isinstance(content, bytes):
        file.write_bytes(content)
    done = away("policy", "check", str(file))
    assert (done.code, done.out) == (1, "")
    assert f"{file} cannot be read: " in done.err
    assert "Try: name a policy file: UTF-8 text in TOML" in done.err


NEWER = DEFAULT.replace("1900-01-01", "2026-07-01").replace("after_days = 7", "after_days = 10")


@pytest.fixture
def two_versions(revisit: Program) -> Program:
    """A company that adopts a second version of the policy for the first of July."""
    import hashlib
    from datetime import date

    from revisit.models import PolicyVersion

    with unit(revisit.url, at("2026-03-01 09:00")) as work:
        sha256 = hashlib.sha256(NEWER.encode()).hexdigest()
        when = {"adopted_at": at("2026-03-01 09:00"), "adopted_by": "admin"}
        work.session.add(PolicyVersion(in_force_from=date(2026, 7, 1), body=NEWER, sha256=sha256, **when))
    return revisit


def test_the_version_of_the_day_is_shown(two_versions: Program) -> None:
    done = two_versions("policy", "show", "dormant-week")
    assert (done.code, done.err) == (0, "")
    assert [re.split(r"  +", one.strip()) for one in done.out.splitlines()] == [
        ["Follow-up policy (default) · 2026-03-12"],
        [""],
        ["dormant-week · dormant over a week [P3 1.4]"],
        ["no order for over a week: one phone contact within the following week"],
        ["after_days", "7", "days after which it begins"],
        ["window_days", "7", "days from opening until it is due"],
        ["script", "dormancy", "script of the talk"],
        ["exceptions", "–", "other days for some customers"],
    ]
    found = {
        on: two_versions("policy", "show", "dormant-week", "--on", on, "--json").json["rules"][0]["numbers"][
            "after_days"
        ]
        for on in ("1899-12-31", "2026-06-30", "2026-07-01", "2030-01-01")
    }
    assert found == {"1899-12-31": 7, "2026-06-30": 7, "2026-07-01": 10, "2030-01-01": 10}
    assert "Versions: 1900-01-01, 2026-07-01" in two_versions("policy", "show").out


def test_the_whole_policy_is_shown(two_versions: Program) -> None:
    shown = two_versions("policy", "show").out
    for name, rule in tomllib.loads(DEFAULT)["rules"].items():
        assert re.search(rf"^{name}\b.*\[{re.escape(rule['clause'])}\]$", shown, re.M)
        assert rule["says"]["en"] in shown
    for sentence in policies.NUMBERS.values():
        assert sentence in shown
    assert "P3  customer service management" in shown


def test_the_text_of_a_version_becomes_a_file_to_change(two_versions: Program, tmp_path: Path) -> None:
    file = tmp_path / "our policy.toml"
    assert two_versions("policy", "show", "-o", str(file), "--on", "2026-06-30").out == f"{file} is written.\n"
    assert file.read_text(encoding="utf-8") == DEFAULT
    again = two_versions("policy", "show", "-o", str(file))
    assert (again.code, again.err.splitlines()[0]) == (1, f"Error: {file} is there already")
    done = two_versions("policy", "show", "--output", str(file), "--on", "2026-07-01", "--yes", "--json")
    assert done.json == {"file": str(file), "in_force_from": "2026-07-01"}
    assert file.read_text(encoding="utf-8") == NEWER
    assert two_versions("policy", "show", "callback", "-o", str(tmp_path / "part.toml")).code == 2
    assert not (tmp_path / "part.toml").exists()


def test_the_document_holds_what_was_adopted(two_versions: Program) -> None:
    found = two_versions("policy", "show", "--on", "2026-07-01", "--json").json
    data = tomllib.loads(NEWER)
    assert (found["on"], found["id"], found["in_force_from"]) == ("2026-07-01", "default", "2026-07-01")
    assert found["versions"][1] == {
        "in_force_from": "2026-07-01", "adopted_at": "2026-03-01T09:00:00+08:00", "adopted_by": "admin",
        "written_by": "",
    }  # fmt: skip
    assert found["title"] == data["title"]
    assert found["documents"] == data["documents"]
    for one in found["rules"]:
        assert {"clause": one["clause"], "says": one["says"], **one["numbers"]} == data["rules"][one["rule"]]
    for one in found["sections"]:
        clause = {"clause": one["clause"]} if one["clause"] else {}  # each clock has its own
        assert clause | one["numbers"] == data[one["section"]]
    assert [one["rule"] for one in found["rules"]] == list(data["rules"])


@ON_SQLITE
def test_a_rule_of_nowhere_is_wrong_usage(revisit: Program) -> None:
    done = revisit("policy", "show", "xyz")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: there is no rule xyz\nTry: rules: callback, case-revisit, ")


@ON_SQLITE
def test_nobody_known_may_read_the_policy(revisit: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "stranger")
    revisit.login = None
    assert revisit("policy", "show").code == 0


@ON_SQLITE
def test_long_lines_are_folded_on_a_terminal(revisit: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from revisit import render

    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shown = revisit("policy", "show", "takeover").out
    assert max(map(render.width, shown.splitlines())) <= 40
    assert "sales has not followed up" in " ".join(shown.split())
