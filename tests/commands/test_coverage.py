"""`revisit script coverage`: which branches of the scripts were used, and where calls broke off."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from revisit import audit, i18n, models
from revisit.policy.scripts import Step
from revisit.render import width
from tests.policy.test_scripts import talked
from tests.support import Program, at_shanghai, unit
from tests.test_calls import enter

GOLDEN = Path(__file__).parents[1] / "golden"
SATISFIED = ("contact", "yes", "satisfied", "referral", "常来坐坐", "yes")
CALLS = (
    ("2026-03-02 09:00", "recorded", talked("satisfaction", *SATISFIED).steps),
    ("2026-03-03 09:00", "recorded", talked("satisfaction", *SATISFIED[:3], "路过看见的", "", "maybe").steps),
    (
        "2026-03-31 23:30",
        "recorded",
        talked("satisfaction", "contact", "yes", "dissatisfied", "delivery", "", "yes").steps,
    ),
    ("2026-03-10 10:00", "recorded", talked("satisfaction", "no_answer").steps),
    ("2026-03-10 11:00", "dropped", talked("satisfaction", "contact").steps),
    ("2026-03-10 12:00", "draft", talked("satisfaction", "contact", "yes", "neutral").steps),  # long forgotten
    ("2026-03-31 22:00", "draft", talked("satisfaction", "contact").steps),  # under way
    ("2026-04-01 00:10", "recorded", talked("satisfaction", "busy").steps),  # another month
)


def opened(
    url: str, script: str, at: str, state: str, steps: tuple[Step, ...], *, version: int = 2, sha256: str = ""
) -> None:
    """A call as the table keeps it."""
    kept = [{"node": one.node, "key": one.key, "text": one.text, "seconds": one.seconds} for one in steps]
    with unit(url, at_shanghai(at)) as work:
        row = models.Call(
            customer_id=1, staff_id=work.actor.id, state=state, script=script, script_version=version, script_hash=sha256,
            language="zh", started_at=at_shanghai(at), steps=json.dumps(kept, ensure_ascii=False),
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        audit.changed(
            work.session, action="create", table="call_", row_id=row.id, customer_id=1, after={"state": state}
        )


@pytest.fixture
def desk(revisit: Program) -> Program:
    """A season of calls; it is the last evening of March."""
    enter(revisit.url, "C0012")
    for at, state, steps in CALLS:
        opened(revisit.url, "satisfaction", at, state, steps, sha256="ab" * 32)
    opened(revisit.url, "takeover", "2026-03-05 15:00", "dropped", (), version=1, sha256="0123456789abcdef")
    return revisit.at("2026-03-31 23:50")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_whole_output(desk: Program, language: str) -> None:
    i18n.activate(language)
    done = desk("script", "coverage")
    assert (done.code, done.err) == (0, "")
    assert done.out == (GOLDEN / f"script-coverage-{language}.txt").read_text(encoding="utf-8")


def test_the_document(desk: Program) -> None:
    found = desk("script", "coverage", "--month", "--id", "satisfaction", "--json").json
    assert found["period"] == {"from": "2026-03-01", "to": "2026-03-31", "label": "2026-03"}
    (one,) = found["scripts"]
    counts = {name: one[name] for name in ("id", "calls", "recorded", "broke_off", "under_way")}
    assert counts == {"id": "satisfaction", "calls": 7, "recorded": 4, "broke_off": 2, "under_way": 1}
    assert one["wordings"] == [{"version": 2, "hash": "ab" * 32, "calls": 7}]
    nodes = {node["node"]: node for node in one["nodes"]}
    assert nodes["greeting"]["reached"] == 6
    assert nodes["permission"] == {
        "node": "permission",
        "reached": 5,
        "broke_off": 1,
        "answers": [
            {"key": "yes", "label": "yes", "n": 4, "share": 1.0},
            {"key": "no", "label": "not now", "n": 0, "share": 0.0},
            {"key": "declined", "label": "does not wish to be asked", "n": 0, "share": 0.0},
        ],
        "known": True,
    }
    assert nodes["so_so"]["broke_off"] == nodes["so_so"]["reached"] == 1
    assert [answer["n"] for answer in nodes["found_us"]["answers"] if answer["key"] in ("referral", "")] == [1, 1]
    assert {"node": "permission", "key": "no"} in one["unused"]
    assert {"node": "book", "key": None} in one["unused"]


def test_a_call_belongs_to_the_day_on_which_it_was_opened_in_the_companys_time(desk: Program) -> None:
    def calls(*options: str) -> int:
        return sum(one["calls"] for one in desk("script", "coverage", *options, "--json").json["scripts"])

    assert calls("--from", "2026-03-31") == calls("--from", "2026-03-31", "--to", "today") == 2
    assert calls("--from", "2026-03-02", "--to", "2026-03-03") == 2
    assert calls("--month", "2026-04") == 1
    assert calls("--month", "last") == 0
    assert (calls("--month"), calls("--id", "takeover"), calls("--id", "brief")) == (8, 1, 0)


def test_answers_of_an_earlier_version_are_shown(desk: Program) -> None:
    steps = (Step("greeting", "contact"), Step("weather", "fine"), Step("thanks"))
    opened(desk.url, "callback", "2026-03-20 09:00", "recorded", steps, version=1)
    opened(desk.url, "callback", "2026-03-20 10:00", "dropped", steps[:2], version=1)
    opened(desk.url, "sold", "2026-03-20 10:00", "recorded", steps, version=1)
    lines = desk("script", "coverage").out.splitlines()
    assert [line.split() for line in lines if "weather" in line or "fine" in line] == [
        ["weather", "(no", "longer", "in", "the", "script)", "3", "1"],
        ["▸", "fine", "2", "100%", "█" * 24],
        ["weather", "(no", "longer", "in", "the", "script)", "1"],
        ["▸", "fine", "1", "100%", "█" * 24],
    ]


def test_without_a_call_it_says_so(revisit: Program) -> None:
    done = revisit("script", "coverage", "--month", "2026-01")
    assert done.code == 0
    assert done.out.splitlines() == [
        "Call scripts, 2026-01-01 to 2026-01-31",
        "",
        "Not used: brief, callback, campaign, complaint, dormancy, prospect, satisfaction, survey, takeover",
    ]
    assert revisit("script", "coverage", "--id", "brief").out.splitlines()[2:] == [
        "brief · Talk with the salesperson",
        "Calls: 0; recorded: 0, broken off: 0, under way: 0",
    ]


WRONG = {
    "--month 2026-03 --from 2026-03-01": "--month and --from, --to exclude each other",
    "--to 2026-03-01": "--to wants the first day too",
    "--from 2026-03-02 --to 2026-03-01": "the last day lies before the first",
    "--id nope": "there is no script nope",
    "--month never": "I do not understand",
    "--from never": "I do not understand the date never",
}


@pytest.mark.parametrize("arguments", WRONG)
@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_wrong_usage(revisit: Program, arguments: str) -> None:
    done = revisit("script", "coverage", *arguments.split())
    assert (done.code, done.out) == (2, "")
    assert f"Error: {WRONG[arguments]}" in done.err
    assert "Try: " in done.err


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_it_fits_a_narrow_terminal(desk: Program, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    i18n.activate(language)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    for size in (40, 60, 100):
        monkeypatch.setenv("COLUMNS", str(size))
        out = desk("script", "coverage").out
        assert max(map(width, out.splitlines())) <= size
        assert "satisfaction" in out
