"""`revisit forecast`: two weeks of a small team worked out by hand, on the screen and as a document, and who may see them."""

from __future__ import annotations

from pathlib import Path

import pytest

from revisit import i18n
from revisit.commands.forecast import bar
from revisit.forecast_words import Part
from revisit.render import width
from tests.report_files import outline
from tests.support import Program, mostly_on_sqlite, table
from tests.test_report_files import _HASH, ON_SQLITE, check_golden
from tests.test_startup import HEAVY, loaded, packages

GOLDEN = Path(__file__).parents[1] / "golden"
STAFF = [
    {"登录名": "han", "姓名": "韩梅", "角色": "supervisor", "部门": "客服一部"},
    {"登录名": "wang", "姓名": "王伟", "角色": "representative", "部门": "客服一部", "能力系数": "0.1"},
    {"登录名": "li", "姓名": "李敏", "角色": "representative", "部门": "客服一部", "能力系数": "0.1"},
    {"登录名": "zhao", "姓名": "赵强", "角色": "representative", "部门": "客服二部"},
]
"""An ability of 0.1 makes four contacts a day."""
ORDERS = [*((f"W{n}", "wang", "02") for n in range(1, 7)), ("L1", "li", "05"), ("Z1", "zhao", "05"), ("N1", None, "06")]
"""Code, whose it is, and the day of March on which a sale was completed."""
TODAY = "2026-03-09 08:00"
TWO_WEEKS = ("forecast", "--until", "2026-03-22")


def fill(revisit: Program, folder: Path) -> None:
    """The team on Monday, 9 March 2026.

    The calls after the sales of the 2nd end today: six of wang, who makes four. From the 10th to the 16th all six have been
    without an order for a week. L1 and Z1 are called by the 12th and from the 13th to the 19th, N1 by the 13th and from the
    14th to the 20th.
    """
    revisit.at("2026-03-09 07:00")
    customers = [
        {"客户编号": code, "客户名称": f"客户{code}", "客服专员": rep}
        if rep
        else {"客户编号": code, "客户名称": f"客户{code}"}
        for code, rep, _on in ORDERS
    ]
    orders = [{"订单号": code, "客户编号": code, "下单日期": f"2026-03-{on}"} for code, _rep, on in ORDERS]
    for kind, rows in (("staff", STAFF), ("customers", customers), ("orders", orders)):
        done = revisit("import", kind, str(table(folder / f"{kind}.xlsx", rows)))
        assert done.code == 0, done.err


FILLED = {"team": fill}


@pytest.fixture
def team(revisit: Program) -> Program:
    """The supervisor of that team in the morning."""
    revisit.login = "han"
    return revisit.at(TODAY)


def figures(periods: list[dict[str, int | str]], *names: str) -> dict[str, tuple[int | str, ...]]:
    """What is not all zero, by the day of March."""
    told = {str(one["from"])[-2:]: tuple(one[name] for name in names) for one in periods}
    return {day: numbers for day, numbers in told.items() if any(numbers)}


# --- the figures


def test_two_weeks_by_hand(team: Program) -> None:
    found = team(*TWO_WEEKS, "--json").json
    assert (found["from"], found["to"], found["by"], found["rep"]) == ("2026-03-09", "2026-03-22", "day", None)
    assert (found["customers"], found["lost"], found["suggestion"]) == (8, 4, None)
    people = {one["rep"]: one for one in found["people"]}
    assert {rep: (one["per_day"], one["overdue"]) for rep, one in people.items()} == {
        "wang": (4, 0), "li": (4, 0), "": (0, 0),
    }  # fmt: skip
    names = ("opening", "listed", "planned", "late", "overflow", "left")
    assert figures(people["wang"]["periods"], *names) == {
        "09": (6, 6, 4, 0, 2, 2), "10": (6, 6, 4, 0, 0, 2), "11": (0, 2, 2, 0, 0, 0),
    }  # fmt: skip
    assert figures(people["li"]["periods"], *names) == {"09": (1, 1, 1, 0, 0, 0), "13": (1, 1, 1, 0, 0, 0)}
    assert figures(people[""]["periods"], "opening", "overflow") == {
        "09": (1, 0),
        "13": (0, 1),
        "14": (1, 0),
        "20": (0, 1),
    }
    assert people["wang"]["overfull"] == [
        {"from": "2026-03-09", "to": "2026-03-09", "contacts": 6, "capacity": 4, "excess": 2}
    ]
    assert [(one["from"], one["to"], one["excess"]) for one in people[""]["overfull"]] == [
        ("2026-03-09", "2026-03-13", 1), ("2026-03-14", "2026-03-20", 1),
    ]  # fmt: skip
    for day, parts in zip(found["total"], zip(*(one["periods"] for one in found["people"]), strict=True), strict=True):
        assert all(day[name] == sum(part[name] for part in parts) for name in (*names, "capacity"))
    assert [day["from"][-2:] for day in found["total"] if not day["capacity"]] == ["14", "15", "21", "22"], "weekends"


def test_today_is_the_morning_list(team: Program) -> None:
    for login in ("han", "wang", "li", "zhao", "admin"):
        team.login = login
        due = team("due", "--json").json["census"]["due"]
        assert team("forecast", "--json").json["total"][0]["listed"] == due > 0


def test_the_smallest_change(team: Program) -> None:
    found = team(*TWO_WEEKS, "--suggest", "--json").json["suggestion"]
    moves = [(one["owner"], one["to"], one["on"], one["opens_on"], one["call_by"]) for one in found["moves"]]
    assert moves[-2:] == [("wang", "li", "2026-03-09", "2026-03-02", "2026-03-09")] * 2
    assert [(owner, by) for owner, _to, _on, _opens, by in moves[:2]] == [("", "2026-03-13"), ("", "2026-03-20")]
    assert (len(moves), found["extra"], found["lost"]) == (4, [], 0)
    mine = team(*TWO_WEEKS, "--suggest", "--rep", "li", "--json").json
    assert [one["rep"] for one in mine["people"]] == ["li"]
    assert all(one["to"] == "li" for one in mine["suggestion"]["moves"])
    team.login = "wang"  # who can ask nobody
    found = team(*TWO_WEEKS, "--suggest", "--json").json["suggestion"]
    assert found["moves"] == []
    assert found["extra"] == [{"rep": "wang", "on": "2026-03-09", "calls": 2}]


def test_what_has_to_be_begun_earlier(team: Program) -> None:
    """Six windows end on the 16th, and four calls fit on that day: two of them on Friday the 13th at the latest."""
    team.login = "wang"
    found = team(*TWO_WEEKS, "--suggest", "--json").json["suggestion"]
    assert found["begin"] == [{"rep": "wang", "by": "2026-03-13", "calls": 2}]


def test_weeks_are_the_sum_of_their_days(team: Program) -> None:
    days = team(*TWO_WEEKS, "--json").json["total"]
    weeks = team(*TWO_WEEKS, "--by", "week", "--json").json["total"]
    assert [(one["from"], one["to"]) for one in weeks] == [("2026-03-09", "2026-03-15"), ("2026-03-16", "2026-03-22")]
    for place, week in enumerate(weeks):
        mine = days[7 * place : 7 * place + 7]
        for name in ("capacity", "opening", "planned", "late", "overflow"):
            assert week[name] == sum(day[name] for day in mine)
        assert (week["listed"], week["left"]) == (mine[0]["listed"], mine[-1]["left"])


def test_calls_of_today_take_room_of_today(team: Program) -> None:
    team.login = "wang"
    for code, result in (("W1", "reached"), ("W2", "no_answer")):
        assert team("log", code, "--result", result, "--at", "07:30").code == 0
    today = team("forecast", "--json").json["total"][0]
    assert (today["capacity"], today["listed"], today["planned"], today["overflow"]) == (3, 5, 3, 2)


def test_make_up_days_are_worked_and_festivals_are_not(team: Program) -> None:
    """Qingming 2026: 4 to 6 April; the Saturday before May Day's long rest is worked on 9 May."""
    found = team("forecast", "--until", "2026-05-10", "--json").json["total"]
    room = {one["from"]: one["capacity"] for one in found}
    assert [room[f"2026-04-{on}"] for on in ("03", "06", "07")] == [8, 0, 8]
    assert [room[f"2026-05-{on}"] for on in ("01", "05", "09", "10")] == [0, 0, 8, 0]


# --- who sees whose


@pytest.mark.parametrize(
    ("company_db", "login", "reps"),
    mostly_on_sqlite(
        [("wang", ["wang"]), ("zhao", ["zhao"]), ("admin", ["wang", "li", "zhao", ""]), ("han", ["wang", "li", ""])]
    ),
    indirect=["company_db"],
)
def test_everybody_sees_the_own_side(team: Program, login: str, reps: list[str]) -> None:
    team.login = login
    assert [one["rep"] for one in team("forecast", "--json").json["people"]] == reps


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("login", "rep"), [("wang", "li"), ("han", "zhao")])
def test_the_work_of_others_is_refused(team: Program, login: str, rep: str) -> None:
    team.login = login
    done = team("forecast", "--rep", rep)
    assert (done.code, done.out) == (1, "")
    assert f"the work of {rep} is not for you to see" in done.err
    assert "see your own: revisit forecast" in done.err


# --- the screen


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_whole_output(team: Program, language: str) -> None:
    i18n.activate(language)
    done = team(*TWO_WEEKS, "--suggest")
    assert (done.code, done.err) == (0, "")
    assert done.out == (GOLDEN / f"forecast-{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [60, 80])
def test_on_a_narrow_terminal_every_line_fits(
    team: Program, language: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    i18n.activate(language)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    for by in ("day", "week"):
        lines = team(*TWO_WEEKS, "--suggest", "--by", by).out.splitlines()
        assert max(map(width, lines)) <= columns
        (day,) = [line for line in lines if line.startswith("03-09") and "█" in line]
        assert day.endswith("!"), "a table with its bars, no cards"


def test_bars_have_a_sign_for_everything() -> None:
    def of(size: int, capacity: int, planned: int, late: int, overflow: int) -> str:
        figures = {"capacity": capacity, "planned": planned, "late": late, "overflow": overflow}
        return bar(Part(*[None] * 2, figures), 10, size)  # type: ignore[arg-type]

    assert of(10, 8, 4, 2, 0) == "████▒▒··"
    assert of(10, 6, 6, 0, 4) == "██████!!!!"
    assert of(20, 0, 0, 0, 1) == "!!"
    assert of(10, 9, 1, 0, 1) == "█········!"
    assert of(5, 10, 0, 0, 0) == "·····"
    assert of(5, 10, 1, 1, 0) == "█▒···", "one contact is seen, however small the bar"


EMPTY = {
    "en": "No customers here. They are brought in with: revisit import customers FILE",
    "zh": "这里还没有客户。请导入：revisit import customers 文件",
}


@pytest.mark.parametrize("language", EMPTY)
def test_without_customers_it_says_what_to_do(revisit: Program, language: str) -> None:
    i18n.activate(language)
    done = revisit("forecast")
    assert (done.code, done.out.splitlines()[1:]) == (0, [EMPTY[language]])


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_where_nothing_is_owed_it_says_so(team: Program) -> None:
    done = team.at("2026-03-20 08:00")("forecast", "--rep", "han")
    assert "No customers here." in done.out
    team.login = "li"
    quiet = team.at("2026-03-09 08:00")
    for at in ("07:30",):
        assert quiet("log", "L1", "--result", "reached", "--at", at).code == 0
    assert "Nobody is owed a contact in these days." in quiet("forecast", "--until", "2026-03-12").out


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_where_nobody_can_call_it_says_whom_to_add(revisit: Program, tmp_path: Path) -> None:
    revisit.at(TODAY)
    orders = [{"订单号": "1", "客户编号": "N1", "客户名称": "客户N1", "下单日期": "2026-03-06"}]
    assert revisit("import", "orders", str(table(tmp_path / "orders.xlsx", orders)), "--create-customers").code == 0
    found = revisit("forecast", "--until", "2026-03-13", "--suggest")
    assert "Nobody here can make the other 1. A representative is added with: revisit staff add LOGIN" in found.out


WRONG = {
    "--weeks 2 --until 2026-03-20": "--weeks and --until exclude each other",
    "--until 2026-03-08": "2026-03-08 is no day of the next 26 weeks",
    "--until 2026-12-31": "2026-12-31 is no day of the next 26 weeks",
    "--until never": "I do not understand the date never",
    "--by month": "--by does not know the word month",
    "--weeks 0": "0 is not in the range",
    "--weeks 27": "27 is not in the range",
}


@pytest.mark.parametrize("arguments", WRONG)
@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_wrong_usage(team: Program, arguments: str) -> None:
    done = team("forecast", *arguments.split())
    assert (done.code, done.out) == (2, "")
    assert WRONG[arguments] in done.err


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_before_the_programme_start_it_begins_there(team: Program) -> None:
    found = team.at("2025-12-20 08:00")("forecast", "--weeks", "1", "--json").json
    assert (found["from"], found["to"]) == ("2026-01-01", "2026-01-07")


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_it_starts_like_a_daily_command(team: Program) -> None:
    assert packages(loaded("--db", team.url, "--as", "han", "forecast", "--suggest")) & HEAVY == set()


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_forecast_as_a_file(team: Program, tmp_path: Path, language: str) -> None:
    """What the screen says, with a plot in place of bars; a representative takes the own work along."""
    i18n.activate(language)
    check_golden(f"forecast-{language}.md", _HASH.sub("…", made(team, tmp_path / "ahead.md", "--suggest")))
    page = outline(made(team, tmp_path / "ahead.html"))
    assert len([line for line in page.splitlines() if line.startswith("plot ")]) == 1
    weeks = made(team, tmp_path / "weeks.csv", "--by", "week")
    assert "03-09–03-15" in weeks
    team.login = "wang"
    assert "li" not in made(team, tmp_path / "mine.csv").replace("list", "")


def made(team: Program, path: Path, *options: str) -> str:
    done = team(*TWO_WEEKS, "-o", str(path), *options, "--json")
    assert (done.code, done.json["file"], done.json["period"]["label"]) == (0, str(path), "2026-03-09..2026-03-22")
    return path.read_text(encoding="utf-8-sig")
