"""`revisit inspect`: samples that anybody can draw again, what was found, the bulletin, and who may do and see what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from revisit import audit, i18n
from revisit.policy.sampling import sample
from tests.commands.test_appraise import by, done
from tests.commands.test_appraise import fill as fill_office
from tests.support import Program, reading, table

FILLED = {"office": fill_office}
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


@pytest.fixture
def office(revisit: Program) -> Program:
    """Two teams with seven records, on Friday, 20 March 2026, at ten."""
    return revisit.at("2026-03-20 10:00")


def sampled(office: Program, *words: str, login: str = "boss") -> Any:
    """The document of a sample that was drawn."""
    return done(office, login, "inspect", "draw", "--seed", "a", *words)


@pytest.fixture
def checked(office: Program) -> Program:
    """A sample of four of the six records of a team; two of them were checked."""
    sampled(office, "--size", "4")
    done(office, "boss", "inspect", "find", "1", "1", "--verdict", "right")
    words = ("--verdict", "major", "--text", "没有这次通话", "--evidence", "会话7")
    told = done(office, "boss", "inspect", "find", "1", "3", *words)
    assert (told["record"], told["login"], told["verdict"], told["evidence"]) == (1, "wang", "major", "会话7")
    assert (told["checked_by"], told["checked_at"]) == ("boss", "2026-03-20T10:00:00+08:00")
    return office


def test_the_same_seed_draws_the_same_from_the_same_records(office: Program) -> None:
    four = sampled(office, "--size", "4")
    assert (four["sample"], four["population"], four["seed"], four["drawn_by"]) == (1, 6, "a", "boss")
    assert [one["record"] for one in four["items"]] == list(sample((1, 2, 4, 5, 6, 7), "a", 4)), (
        "not that of another team"
    )
    more = sampled(office, "--size", "9")
    assert (more["sample"], len(more["items"])) == (2, 6), "there are no more"
    assert [one["record"] for one in more["items"]][:4] == [one["record"] for one in four["items"]]
    of_wang = sampled(office, "--size", "9", "--rep", "wang")
    assert (of_wang["rep"], {one["login"] for one in of_wang["items"]}) == ("wang", {"wang"})
    thrown = [done(office, "boss", "inspect", "draw", "--size", "1")["seed"] for _time in range(2)]
    assert thrown[0] != thrown[1] and all(thrown), "a seed that is thrown stands on record"


def test_whoever_draws_gets_none_of_the_own_records(office: Program) -> None:
    assert by(office, "boss", "log", "C1", "--result", "reached", "--at", "9:30").code == 0
    assert "boss" not in {one["login"] for one in sampled(office, "--size", "50")["items"]}
    everybody = sampled(office, "--size", "50", login="admin")
    assert {one["login"] for one in everybody["items"]} == {"boss", "wang", "li", "sun"}
    place = next(one["place"] for one in everybody["items"] if one["login"] == "boss")
    tried = by(office, "boss", "inspect", "find", "2", str(place), "--verdict", "right")
    assert (tried.code, "nobody checks the own records" in tried.err) == (1, True)
    assert by(office, "admin", "inspect", "find", "2", str(place), "--verdict", "right").code == 0


def test_records_that_do_not_count_are_not_drawn_and_a_change_since_is_told(office: Program) -> None:
    assert by(office, "boss", "void", "7", "--reason", "打错").code == 0
    found = sampled(office, "--size", "9")
    assert 7 not in [one["record"] for one in found["items"]]
    assert by(office, "boss", "void", "5", "--reason", "打错").code == 0
    assert by(office, "boss", "amend", "2", "--note", "补记", "--because", "漏写").code == 0
    now = {one["record"]: one for one in done(office, "boss", "inspect", "show", "1")["items"]}
    assert (now[5]["void"], now[2]["void"], now[2]["corrected"], now[1]["corrected"]) == (True, False, True, False)
    assert "corrected since" in by(office, "boss", "inspect", "show", "1").out


SHOWN = """Sample 1, 2026-03 · the team
Drawn by boss: 4 of 6 records, seed a; checked: 2.
#  Record  Day         Login  Customer     Verdict      What was found
1  #5      2026-03-11  li     C3 安顺化工  right
2  #2      2026-03-05  li     C3 安顺化工  –
3  #1      2026-03-04  wang   C1 宏远涂料  major fault  没有这次通话 · see 会话7
4  #7      2026-03-13  wang   C1 宏远涂料  –
"""
BULLETIN = """Inspections, 2026-03 · score 50.0

Person by person
Samples: 1 · records drawn: 4 · checked: 2 (50%)
Login  Name  Drawn  Checked  Right  Minor  Major  Score
li     李雷      2        1      1      0      0  100.0
wang   王芳      2        1      0      0      1    0.0

What was found
Record  Login  Verdict      What was found
#1      wang   major fault  没有这次通话 · see 会话7
"""
LISTED = """Samples: 1
Sample  Month    Of        Drawn  Checked  Drawn by  Drawn on
     1  2026-03  the team      4        2  boss      2026-03-20
"""
IN_CHINESE = """抽查通报，2026-03 · 得分50.0

各人情况
抽查1次 · 抽取记录4条 · 已检查2条（50%）
登录名  姓名  抽取  已检查  合格  轻微  严重   分数
li      李雷     2       1     1     0     0  100.0
wang    王芳     2       1     0     0     1    0.0

情况
记录  登录名  结论      情况
#1    wang    严重问题  没有这次通话 · 见会话7
"""


def test_a_sample_and_the_bulletin_on_the_screen(checked: Program) -> None:
    assert by(checked, "boss", "inspect", "show", "1").out == SHOWN
    assert by(checked, "boss", "inspect", "bulletin").out == BULLETIN
    assert by(checked, "boss", "inspect", "list").out == LISTED
    assert by(checked, "shen", "inspect", "show", "1").out == SHOWN, "an auditor sees everything"
    assert by(checked, "boss", "inspect", "list", "--month", "2026-02").out.startswith("Samples: 0\nNone.")
    i18n.activate("zh")
    assert by(checked, "boss", "inspect", "bulletin").out == IN_CHINESE
    told = by(checked, "boss", "inspect", "find", "1", "2", "--verdict", "轻微问题", "--text", "原因未问")
    assert told.out == "li的记录#2：轻微问题。\n"


@ON_SQLITE
def test_whose_record_it_is_sees_it_once_it_was_checked(checked: Program) -> None:
    """What was drawn and waits is not told: it would be mended first."""
    assert [one["record"] for one in done(checked, "wang", "inspect", "show", "1")["items"]] == [1]
    assert [(one["sample"], one["checked"]) for one in done(checked, "li", "inspect", "list")] == [(1, 1)]
    told = done(checked, "wang", "inspect", "bulletin")
    assert (told["drawn"], told["checked"], told["share"], told["score"]) == (2, 1, 0.5, 0.0)
    assert [one["login"] for one in told["people"]] == ["wang"]
    assert [one["record"] for one in told["findings"]] == [1]
    assert done(checked, "li", "inspect", "bulletin")["findings"] == []
    assert done(checked, "sun", "inspect", "list") == []
    assert done(checked, "fang", "inspect", "bulletin")["samples"] == 0, "another team's supervisor"


@ON_SQLITE
def test_a_finding_is_replaced_and_a_record_counts_once(checked: Program) -> None:
    done(checked, "boss", "inspect", "find", "1", "3", "--verdict", "minor", "--text", "时间不对")
    assert done(checked, "boss", "inspect", "bulletin")["score"] == 80.0
    checked.at("2026-03-20 11:00")
    again = sampled(checked, "--size", "9", "--rep", "wang")
    place = next(one["place"] for one in again["items"] if one["record"] == 1)
    done(checked, "boss", "inspect", "find", "2", str(place), "--verdict", "right")
    told = done(checked, "boss", "inspect", "bulletin")
    assert (told["samples"], told["drawn"], told["checked"], told["score"]) == (2, 6, 2, 100.0)
    sheet = done(checked, "boss", "appraise", "--rep", "wang")["people"][0]["months"][0]
    line = next(one for one in sheet["indicators"] if one["indicator"] == "inspection")
    assert (line["value"], line["points"], line["trace"]) == (
        100.0,
        100.0,
        ["revisit inspect bulletin --month 2026-03"],
    )


LEAD, OWN = "samples are drawn and checked by supervisors", "nobody checks the own records"
REFUSED: dict[str, tuple[str, str, int, str, str | None]] = {
    "a representative draws": ("wang", "draw --size 2", 1, LEAD, "inspection"),
    "an auditor draws": ("shen", "draw --size 2", 1, LEAD, "inspection"),
    "of another team": ("fang", "draw --size 2 --rep wang", 1, "this is for supervisors of wang", "inspection"),
    "of oneself": ("boss", "draw --size 2 --rep boss", 1, OWN, "inspection"),
    "no record": ("boss", "draw --size 2 --month 2026-01", 1, "there is no record in 2026-01", None),
    "a representative checks": ("wang", "find 1 3 --verdict right", 1, LEAD, "inspection"),
    "another team checks": ("fang", "find 1 1 --verdict right", 1, "this is for supervisors of li", "inspected"),
    "not yours to see": ("sun", "show 1", 1, "nothing of sample 1 is for you to see", "inspection"),
    "no such place": ("boss", "find 1 9 --verdict right", 1, "sample 1 has no record 9", None),
    "no such sample": ("boss", "show 7", 1, "there is no sample 7", None),
    "no verdict": ("boss", "find 1 1", 2, "--verdict is missing", None),
    "another verdict": ("boss", "find 1 1 --verdict good", 2, "--verdict does not know the word good", None),
    "no text": ("boss", "find 1 1 --verdict minor", 2, "what was wrong is missing", None),
    "none": ("boss", "draw --size 0", 2, "0", None),
}


def test_refusals_are_sentences_and_change_nothing(checked: Program) -> None:
    before = done(checked, "shen", "inspect", "show", "1"), done(checked, "shen", "inspect", "list")
    for name, (login, words, code, why, noted) in REFUSED.items():
        with reading(checked.url) as (sql, _company):
            rows = len(sql.rows(audit.ALL))
        tried = by(checked, login, "inspect", *words.split())
        assert (tried.code, why in tried.err.splitlines()[0]) == (code, True), (name, tried.err)
        with reading(checked.url) as (sql, _company):
            more = [(row[1], row[2], row[3]) for row in sql.rows(audit.ALL)[rows:]]
        assert more == ([(login, "refuse", noted)] if noted else []), name
    assert (done(checked, "shen", "inspect", "show", "1"), done(checked, "shen", "inspect", "list")) == before


def test_an_import_whose_records_were_drawn_keeps_them(office: Program, tmp_path: Path) -> None:
    log = [
        {"客户编号": "C3", "回访时间": "2026-03-03 10:00", "结果": "已接通", "客服专员": "li"} | {"回访方式": "电话"}
    ]
    batch = office("import", "revisits", str(table(tmp_path / "log.xlsx", log)), "--json").json["batch"]
    drawn = sampled(office, "--size", "50")
    assert 8 in [one["record"] for one in drawn["items"]]
    undone = office("import", "undo", str(batch), "--yes", "--json")
    assert [one["table"] for one in undone.json["kept"]] == ["revisit"], undone.err
    assert 8 in [one["record"] for one in done(office, "boss", "inspect", "show", "1")["items"]]
