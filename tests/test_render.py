"""Tables, cards, folded lines, cells of a CSV, and the pager: what a person sees on terminals of any size."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit import i18n, render
from revisit.commands import due
from revisit.folding import fold, pad, width
from revisit.render import Column
from tests.support import Program, table

# --- lines that fit

TEXTS = st.text(alphabet="ab 回访客户，。（）[]P32.-", max_size=80)


@given(TEXTS, st.integers(min_value=4, max_value=60))
def test_a_folded_text_fits_and_loses_nothing_but_spaces(text: str, room: int) -> None:
    lines = fold(text, room)
    assert lines
    assert all(width(line) <= room for line in lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("", 10, [""]),
        ("no order for 8 days", 10, ["no order", "for 8 days"]),
        ("回访客户", 4, ["回访", "客户"]),
        ("请先回访，再说", 8, ["请先回", "访，再说"]),  # no comma at a beginning
        ("已尝试1次", 8, ["已尝试1", "次"]),
        ("回访 [P3 2.3] 客户", 10, ["回访", "[P3 2.3]", "客户"]),
        ("met [P0, P1 11]", 11, ["met", "[P0, P1 11]"]),
        ("a [b c", 4, ["a [b", "c"]),  # a bracket that nothing closes keeps nothing together
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ],
)
def test_where_a_line_is_parted(text: str, room: int, lines: list[str]) -> None:
    assert fold(text, room) == lines


def test_wide_characters_take_two_columns() -> None:
    assert [width(text) for text in ("ab", "客户", "e\u0301", "（A）")] == [2, 4, 1, 5]
    assert pad("客户", 6) == "客户  "
    assert pad("客户", 6, right=True) == "  客户"


# --- tables


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_screen(monkeypatch: pytest.MonkeyPatch, columns: int, show: Callable[[], None]) -> list[str]:
    """The lines that appear on a terminal of that width."""
    terminal = Terminal()
    with monkeypatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        patch.setattr(sys, "stdout", terminal)
        show()
    return terminal.getvalue().splitlines()


ROWS = [
    {
        "place": 1, "code": "C0012", "who": "宏远涂料 (A)", "phone": "13800000001", "by": "03-09 overdue",
        "rule": "dormant over a month",
        "reason": "no order for 68 days (last 2026-01-03); 0 of 2 contacts this month [P3 1.4]; attempts: 1",
    },
    {
        "place": 2, "code": "C0102", "who": "唐山伟业家具有限公司 (C)", "phone": "no phone", "by": "03-12 15:00",
        "rule": "promised callback", "reason": "a call back was promised on 2026-03-11 [P3 2.3]",
    },
]  # fmt: skip


def listed() -> None:
    render.table(ROWS, due.VIEW)


def test_a_narrow_terminal_shows_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_screen(monkeypatch, 40, listed) == [
        "1  C0012  宏远涂料 (A)",
        "  dormant over a month · no order for 68",
        "  days (last 2026-01-03); 0 of 2",
        "  contacts this month [P3 1.4];",
        "  attempts: 1",
        "  Call by  03-09 overdue",
        "  Phone    13800000001",
        "",
        "2  C0102  唐山伟业家具有限公司 (C)",
        "  promised callback · a call back was",
        "  promised on 2026-03-11 [P3 2.3]",
        "  Call by  03-12 15:00",
        "  Phone    no phone",
    ]


def test_cards_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    i18n.activate("zh")
    row = ROWS[0] | {
        "by": "03-09 逾期",
        "rule": "超过一个月未订货",
        "reason": "68天未订货（最近订货2026-01-03） [P3 1.4]",
    }
    assert on_screen(monkeypatch, 40, lambda: render.table([row], due.VIEW)) == [
        "1  C0012  宏远涂料 (A)",
        "  超过一个月未订货 · 68天未订货（最近订",
        "  货2026-01-03） [P3 1.4]",
        "  最迟联系  03-09 逾期",
        "  电话      13800000001",
    ]


def test_eighty_columns_show_rule_and_reason_below_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_screen(monkeypatch, 80, listed) == [
        "#  Code   Customer                  Phone        Call by",
        "1  C0012  宏远涂料 (A)              13800000001  03-09 overdue",
        "   dormant over a month · no order for 68 days (last 2026-01-03); 0 of 2",
        "   contacts this month [P3 1.4]; attempts: 1",
        "2  C0102  唐山伟业家具有限公司 (C)  no phone     03-12 15:00",
        "   promised callback · a call back was promised on 2026-03-11 [P3 2.3]",
    ]


def test_a_hundred_columns_show_the_reason_below_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_screen(monkeypatch, 100, listed)[:2] == [
        "#  Code   Customer                  Phone        Call by        Rule",
        "1  C0012  宏远涂料 (A)              13800000001  03-09 overdue  dormant over a month",
    ]


def test_a_wide_terminal_shows_everything_beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_screen(monkeypatch, 120, listed) == [
        "#  Code   Customer                  Phone        Call by        Rule                  Why",
        "─" * 120,
        "1  C0012  宏远涂料 (A)              13800000001  03-09 overdue  dormant over a month  no order for 68 days (last",
        " " * 86 + "2026-01-03); 0 of 2 contacts this",
        " " * 86 + "month [P3 1.4]; attempts: 1",
        "2  C0102  唐山伟业家具有限公司 (C)  no phone     03-12 15:00    promised callback     a call back was promised on",
        " " * 86 + "2026-03-11 [P3 2.3]",
    ]


def test_a_table_that_fits_stays_a_table_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"name": "reached", "n": 12}, {"name": "sent", "n": 3}]
    view = (Column("name", "Result"), Column("n", "Number", right=True))
    assert on_screen(monkeypatch, 30, lambda: render.table(rows, view)) == [
        "Result   Number",
        "───────────────",
        "reached      12",
        "sent          3",
    ]


def test_a_cell_of_several_texts_has_a_line_for_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"code": "C1", "why": ("one two three four five six seven eight", "nine")}, {"code": "C2", "why": ()}]
    view = (Column("code", "Code", card=0), Column("why", "Why", wrap=True, card=1))
    render.table(rows, view)
    assert capsys.readouterr().out.splitlines() == [
        "Code  Why",
        "C1    one two three four five six seven eight",
        "      nine",
        "C2",
    ]
    assert on_screen(monkeypatch, 30, lambda: render.table(rows, view)) == [
        "C1",
        "  one two three four five",
        "    six seven eight",
        "  nine",
        "",
        "C2",
    ]


CELLS = st.text(alphabet="ab 回访，[]1", max_size=40)


@given(
    st.lists(st.fixed_dictionaries({column.key: CELLS for column in due.VIEW}), min_size=1, max_size=4),
    st.integers(min_value=40, max_value=160),
)
def test_no_line_is_wider_than_the_terminal(rows: list[dict[str, str]], columns: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for line in on_screen(patch, columns, lambda: render.table(rows, due.VIEW)):
            assert width(line) <= columns


def test_a_long_sum_is_parted_before_its_signs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "6 customers = 2 due + 0 promised + 1 settled + 1 waived"

    def show() -> None:
        render.paragraph(text, at=" + ")

    assert on_screen(monkeypatch, 30, show) == ["6 customers = 2 due", "+ 0 promised + 1 settled", "+ 1 waived"]
    assert on_screen(monkeypatch, 10, show)[:3] == ["6", "customers", "= 2 due"], "a part that is too long itself"
    show()
    assert capsys.readouterr().out == text + "\n"


def test_text_from_outside_steers_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"name": "a\x1b[31mb\u202ec\nd"}]
    lines = on_screen(monkeypatch, 40, lambda: render.table(rows, (Column("name", "Name"),)))
    assert lines[2] == "a\ufffd[31mb\ufffdc d"


# --- cells of a CSV


@given(st.text(max_size=20))
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    cell = render.harmless(text)
    assert cell[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    assert cell in (render.safe(text), "'" + render.safe(text))


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_a_csv_is_read_as_it_was_written(texts: list[str]) -> None:
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        render.as_csv([{"a": text, "b": 1, "c": None} for text in texts], [Column(key, key) for key in "abc"])
    read = list(csv.reader(io.StringIO(out.getvalue())))
    assert read == [["a", "b", "c"], *([render.harmless(text), "1", ""] for text in texts)]


# --- the pager

LONG = """
from revisit import render
with render.paged():
    render.heading('first')
    [render.tell(f'line {n}') for n in range(%d)]
"""


def pager(tmp_path: Path, name: str, body: str) -> str:
    """A pager of our own: a program of a few lines."""
    file = tmp_path / name
    file.write_text(f"#!{sys.executable}\nimport sys\n{body}\n")
    file.chmod(0o755)
    return str(file)


def seen(code: str, *, rows: int = 12, columns: int = 80, **environment: str | None) -> str:
    """What appears on a terminal of that size."""
    size = {"LINES": str(rows), "COLUMNS": str(columns)}  # the terminal learns its own only after the program has begun
    wanted = {**os.environ, **size, "TERM": "xterm", "PYTHONUTF8": "1", **environment}
    terminal = pexpect.spawn(
        sys.executable,
        ["-c", code],
        env={name: value for name, value in wanted.items() if value is not None},
        dimensions=(rows, columns),
        encoding="utf-8",
        timeout=30,
    )
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0, terminal.before
    return str(terminal.before).replace("\r\n", "\n")


def whole(lines: int) -> str:
    return "first\n" + "".join(f"line {n}\n" for n in range(lines))


MARKED = "print('«' + sys.stdin.read() + '»', end='')"


def test_what_is_longer_than_the_screen_goes_through_the_pager(tmp_path: Path) -> None:
    marked = pager(tmp_path, "marked", MARKED)
    assert seen(LONG % 30, PAGER=marked) == f"«{whole(30)}»"
    assert seen(LONG % 9, PAGER=marked) == whole(9), "it fits: no pager"
    assert seen(LONG % 30, PAGER=marked, rows=50) == whole(30)
    assert seen(LONG % 30, PAGER=f"'{marked}' -x") == f"«{whole(30)}»"
    folded = "from revisit import render\nwith render.paged():\n    [render.tell('回' * 100) for n in range(4)]\n"
    assert seen(folded, PAGER=marked, columns=40).startswith("«"), "four lines, which the terminal makes twenty"


def test_colour_goes_through_the_pager(tmp_path: Path) -> None:
    marked = pager(tmp_path, "marked", MARKED)
    assert seen(LONG % 30, PAGER=marked, NO_COLOR=None).startswith("«\x1b[1mfirst\x1b[0m\n")


@pytest.mark.parametrize(
    ("code", "environment"),
    [
        (LONG % 30, {"PAGER": "no-such-program-anywhere"}),
        (LONG % 30, {"PAGER": ""}),
        (LONG % 30, {"PAGER": "'half a quotation"}),
        (LONG % 30, {"PAGER": "false"}),
        (LONG % 30, {"PAGER": "{marked}", "TERM": "dumb"}),
        (LONG % 30, {"PAGER": "{marked}", "TERM": None}),
        ("from revisit import render\nrender.use_pager('')\n" + LONG % 30, {"PAGER": "{marked}"}),
    ],
)
def test_without_a_pager_everything_is_simply_there(
    code: str, environment: dict[str, str | None], tmp_path: Path
) -> None:
    marked = pager(tmp_path, "marked", MARKED)
    told = {name: value and value.replace("{marked}", marked) for name, value in environment.items()}
    assert seen(code, **told) == whole(30)


def test_a_pager_that_is_left_early_is_no_failure(tmp_path: Path) -> None:
    early = pager(tmp_path, "early", "print(sys.stdin.readline(), end='')")
    assert seen(LONG % 30, PAGER=early) == "first\n"
    assert seen(LONG % 200_000, PAGER=early) == "first\n", "more than a pipe holds"


def test_what_was_told_before_an_error_is_not_lost(tmp_path: Path) -> None:
    marked = pager(tmp_path, "marked", MARKED)
    code = "try:\n" + "".join(f"    {line}\n" for line in (LONG % 30).splitlines()) + "        1 / 0\n"
    code += "except ZeroDivisionError:\n    print('caught')\n"
    assert seen(code, PAGER=marked) == whole(30) + "caught\n"


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_the_list_is_paged_by_the_pager_of_the_settings(revisit: Program, tmp_path: Path) -> None:
    people = [{"客户编号": f"C{n:02}", "客户名称": f"客户{n}", "签约日期": "2026-01-02"} for n in range(30)]
    assert revisit("import", "customers", str(table(tmp_path / "c.xlsx", people))).code == 0
    marked = pager(tmp_path, "marked", MARKED)
    config = tmp_path / "config.toml"
    config.write_text(f'pager = "{marked}"\n')
    code = f"import sys\nfrom revisit import cli\nsys.exit(cli.run(['--db', {revisit.url!r}, '--as', 'admin', *{{0}}]))"
    due_list = code.format(["due"])
    paged = seen(due_list, REVISIT_CONFIG=str(config))
    assert paged.startswith("«2026-03-12: 30 customers to contact (everybody)\n")
    assert "C29" in paged
    assert not seen(due_list, REVISIT_CONFIG=str(config), REVISIT_PAGER="").startswith("«")
    assert seen(due_list, PAGER="no-such-program", REVISIT_PAGER=marked).startswith("«")
    for words in (["due", "--json"], ["due", "--csv"], ["due", "--limit", "1"]):
        assert "«" not in seen(code.format(words), REVISIT_CONFIG=str(config))
    for words in (["script", "--id", "satisfaction"], ["report", "--year"], ["why", "C01"]):
        assert seen(code.format(words), REVISIT_CONFIG=str(config)).startswith("«"), words
