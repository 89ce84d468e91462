"""The program speaks Chinese throughout: help, refusals, screens. Data does not: codes, JSON keys, exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from revisit import i18n
from tests.support import Program, Result, every_command, table
from tools.check_translations import CATALOGUE, extract, load

CJK = re.compile(r"[\u3400-\u9fff]")
ENGLISH = re.compile(r"\b[a-z]+(?: [a-z]+){2,}")
"""Three small words in a row are a sentence that nobody translated."""
TYPED = re.compile(
    r"登录名|姓名|在职|角色|昨天|明天下午3点|下午3点|今天下午3点|明天下午2点|下周五|下周三上午|下周三|月底前|改天|宏远商贸|宏远|客户编号|客户名称|总经理|(?<=\d)万|\(是\)|\(否\)"
)
"""Examples of what may be typed or stand in a sheet; English texts name them too."""
WALK = """
import json
from revisit import i18n
i18n.activate("zh")
from revisit import cli
from typer.main import get_command
root = get_command(cli.app)
found = {}
def look(name, command):
    made = command.make_context(name, [], resilient_parsing=True)
    found[name] = {"": command.help} | {param.name: param.help for param in command.get_params(made)}
look("", root)
for name in root.list_commands(None):
    command = root.get_command(None, name)
    look(name, command)
    for inner, one in getattr(command, "commands", {}).items():
        look(f"{name} {inner}", one)
print(json.dumps(found))
"""
PAGES = """
import contextlib, io, json, sys
from revisit import i18n
i18n.activate(sys.argv[1])
from revisit import cli
found = {}
for command in json.loads(sys.argv[2]):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = cli.run([*command.split(), "--help"])
    found[command] = code, out.getvalue(), err.getvalue()
sys.stdout.buffer.write(json.dumps(found).encode())
"""
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
COMMANDS = every_command()


def run(*arguments: str, **environment: str) -> Result:
    """The program in a process of its own, in Chinese unless told; an empty value takes a variable away."""
    wanted = os.environ | {"REVISIT_LANG": "zh", "PYTHONUTF8": "1", "COLUMNS": "100"} | environment
    done = subprocess.run(
        [sys.executable, "-m", "revisit", *arguments],
        env={name: value for name, value in wanted.items() if value},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def english(text: str) -> list[str]:
    """Sentences that stayed English; what stands in quotation marks was typed or is to be typed."""
    return ENGLISH.findall(re.sub(r"“[^”]*”|revisit(?: [a-z-]+)+", "", text))


# --- the catalogue


def test_what_is_compiled_is_what_stands_in_the_catalogue() -> None:
    i18n.activate("zh")
    stale = [one.id for one in load() if one.id and i18n._(str(one.id)) != one.string]
    assert stale == [], "make setup compiles the catalogue"


def test_no_english_text_holds_chinese_beyond_examples() -> None:
    assert [one.id for one in extract() if one.id and CJK.search(TYPED.sub("", str(one.id)))] == []


def test_sentences_have_chinese_marks_and_no_english_between_them() -> None:
    half_width = re.compile(r"[\u3400-\u9fff][,;:?!()]|[,;:?!()][\u3400-\u9fff]")
    wrong = [str(one.string) for one in load() if one.id and half_width.search(str(one.string))]
    untranslated = [str(one.string) for one in load() if one.id and english(str(one.string))]
    assert (wrong, untranslated) == ([], [])


# --- help


@cache
def helps() -> dict[str, dict[str, str]]:
    """The help of every command (under "") and of each of its arguments and options."""
    done = subprocess.run([sys.executable, "-c", WALK], capture_output=True, check=True)
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


@cache
def pages(language: str, columns: str) -> dict[str, Result]:
    """What `--help` of every command shows; all of them in one process, a start each would take a minute."""
    done = subprocess.run(
        [sys.executable, "-c", PAGES, language, json.dumps(["", *COMMANDS])],
        env=os.environ | {"REVISIT_LANG": language, "PYTHONUTF8": "1", "COLUMNS": columns},
        capture_output=True,
        check=True,
    )
    return {command: Result(*page) for command, page in json.loads(done.stdout).items()}


def test_every_command_is_looked_at() -> None:
    assert list(helps()) == list(pages("zh", "100")) == ["", *COMMANDS]
    assert {"customer", "result", "help", "db"} <= set(helps()["log"])


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_and_option_is_explained_in_chinese(command: str) -> None:
    assert {name: text for name, text in helps()[command].items() if not CJK.search(text or "")} == {}


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_of_a_command_is_chinese_down_to_its_frame(command: str) -> None:
    done = pages("zh", "100")[command]
    assert (done.code, done.err) == (0, "")
    assert "用法：revisit" in done.out
    assert "─ 选项 ─" in done.out
    assert "[选项]" in done.out
    assert ("─ 命令 ─" in done.out) == (command == "" or hasattr(COMMANDS[command], "commands"))
    assert ("─ 参数 ─" in done.out) == (command != "" and takes_arguments(COMMANDS[command]))
    assert "显示本帮助后退出。" in done.out
    assert english(done.out) == []
    assert re.findall(r"Usage|Options|Arguments|Commands|required|default|<\w+>|OPTIONS|ARGS", done.out) == []


def takes_arguments(command: Any) -> bool:
    """Whether words that are no options stand after the command; of a group: after the one meant where none is named."""
    meant = getattr(command, "otherwise", None) or command
    return any(param.param_type_name == "argument" for param in meant.params)


@pytest.mark.parametrize("command", ["", *COMMANDS])
@pytest.mark.parametrize("columns", ["100", "70"])
def test_nothing_of_an_explanation_is_cut_off(command: str, columns: str) -> None:
    done = pages("zh", columns)[command]
    shown = re.sub(r"[\s│]", "", done.out)
    assert "…" not in shown.replace("://…", "")
    if columns == "100":  # wide enough for one column of names, and the explanations beside them
        whole = [re.sub(r"\s", "", text) for text in helps()[command].values()]
        assert [text for text in whole if len(text) < 20 and text not in shown] == []


def test_without_a_command_help_is_shown_and_no_empty_error() -> None:
    done = run()
    assert (done.code, done.err) == (0, "")
    assert "今天必须联系谁" in done.out


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_english_help_is_english(command: str) -> None:
    done = pages("en", "100")[command]
    assert (done.code, done.err) == (0, "")
    assert "Usage: revisit" in done.out
    assert CJK.findall(TYPED.sub("", done.out)) == []


@pytest.mark.parametrize(("language", "columns"), [("zh", "100"), ("zh", "70"), ("en", "100")])
@pytest.mark.parametrize("command", ["", "due", "import", "import template", "customer waive"])
def test_a_start_of_its_own_shows_the_same_page(command: str, language: str, columns: str) -> None:
    assert command in ("", *COMMANDS)
    done = run(*command.split(), "--help", REVISIT_LANG=language, COLUMNS=columns)
    assert done == pages(language, columns)[command]


# --- refusals

WRONG_USAGE = {
    "a missing option": (("log", "C1"), "缺少--result"),
    "an unknown option": (("due", "--frob"), "没有选项--frob"),
    "an option cut short": (("due", "--al"), "没有选项--al"),
    "a missing argument": (("why",), "缺少客户"),
    "a missing second argument": (("import", "orders"), "缺少文件"),
    "an unknown command": (("nonsense",), "没有命令“nonsense”"),
    "a bad number": (("due", "--limit", "x"), "--limit填写有误：“x”不是整数"),
    "a number out of range": (("due", "--limit", "-3"), "--limit填写有误：-3超出范围（x>=0）"),
    "an option without its value": (("due", "--rep"), "--rep后面要有值"),
    "a value where there is none": (("due", "--all=3"), "--all后面不能有值"),
    "too many words": (("due", "a", "b"), "多出了这些内容：a b"),
    "an unknown word": (("report", "--by", "x"), "--by不能填“x”"),
    "an unknown rule": (("due", "--rule", "x"), "没有规则“x”"),
    "an unknown kind": (("import", "x", "y"), "没有“x”这种导入"),
    "nothing to talk about": (("script",), "不知道要和谁通话"),
    "no company": (("init", "--yes"), "缺少公司名称"),
    "options that exclude each other": (("due", "--all", "--unassigned"), "不能同时使用"),
}


@pytest.mark.parametrize(("arguments", "sentence"), WRONG_USAGE.values(), ids=WRONG_USAGE)
def test_wrong_usage_is_a_chinese_sentence_and_a_remedy(arguments: tuple[str, ...], sentence: str) -> None:
    refused(run(*arguments), 2, sentence)


def test_a_refusal_is_a_chinese_sentence_and_a_remedy(tmp_path: Path) -> None:
    refused(run("due", REVISIT_DB=str(tmp_path / "none.db")), 1, f"“{tmp_path / 'none.db'}”处还没有数据库")
    refused(run("due", REVISIT_DB=str(tmp_path)), 1, "是文件夹，不是数据库")
    (tmp_path / "config.toml").write_text("colour = 'red'\n")
    config = {"REVISIT_CONFIG": str(tmp_path / "config.toml")}
    refused(run("due", **config), 1, "里有不认识的键：colour")


def refused(done: Result, code: int, sentence: str) -> None:
    """Two lines on stderr, in Chinese: what is wrong, and what to do."""
    wrong, remedy = done.err.splitlines()
    assert (done.code, done.out) == (code, "")
    assert wrong.startswith("错误：")
    assert sentence in wrong
    assert remedy.startswith("建议：")
    assert CJK.search(remedy.removeprefix("建议："))
    assert english(done.err) == []


# --- a small company


CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "Acme", "联系人": "Ann", "电话": "13800000001", "等级": "A", "客服专员": "wang"},
    {"客户编号": "C2", "客户名称": "Beta", "免打扰": "是", "签约日期": "2026-01-05"},
    {"客户编号": "C3", "客户名称": "Gamma"},
    {"客户编号": "C4", "客户名称": "Delta", "电话": "1.38E+10"},
    {
        "客户编号": "C5",
        "客户名称": "Eta",
        "跟进部门": "销售",
        "移交日期": "2026-02-05",
        "签约日期": "2026-01-05",
        "欠款": "5",
    },
]
ORDERS = [
    {"订单号": "A1", "客户编号": "C1", "下单日期": "2026-03-02", "金额": "1200.50"},
    {"订单号": "A2", "客户编号": "C9", "下单日期": "2026-03-02", "金额": "80"},
]


def fill(revisit: Program, folder: Path) -> None:
    """A company in which one call has been made."""
    assert revisit("import", "customers", str(table(folder / "customers.xlsx", CUSTOMERS))).code == 3
    assert revisit("import", "orders", str(table(folder / "orders.xlsx", ORDERS))).code == 3
    assert revisit("log", "C1", "--result", "no_answer", "--at", "2026-03-11 15:30").code == 0


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the sheets; who runs the program is at the desk of the company that `fill` leaves."""
    table(tmp_path / "customers.xlsx", CUSTOMERS)
    table(tmp_path / "orders.xlsx", ORDERS)
    monkeypatch.setenv("REVISIT_DB", revisit.url)
    monkeypatch.setenv("REVISIT_USER", "admin")
    return tmp_path


@ON_SQLITE
def test_the_day_in_chinese(desk: Path) -> None:
    assert run("due").out.splitlines() == [
        "2026-03-12：应回访客户1位（全部）",
        "序号  编号  客户      电话         最迟联系    规则        说明",
        "   1  C1    Acme (A)  138****0001  03-09 逾期  成交后回访  "
        "2026-03-02成交，此后还没有通话 [P3 2.2]；已尝试1次；另有超过一周未订货",
        "客户4 = 应回访1 + 已约定0 + 无需回访1 + 已豁免0 + 已排除1 + 资料不全1",
        "订单资料截至2026-03-02。",
    ]
    assert run("due").err == "订单资料只到2026-03-02：请先导入较新的订单，再问客户为何不订货。\n"
    aside = run("due", "--excluded").out
    assert "缺少下单日期和签约日期资料；导入订单，或填写签约日期" in aside
    assert re.search("C2 .*已排除 .*免打扰", aside)
    assert run("why", "C1").out.splitlines() == [
        "C1 Acme · 2026-03-12",
        "应回访  规则                    条款       开始日期    到期日      说明",
        "否      约定回访                P3 2.3                             没有约定回访",
        "否      投诉、问题单办结后回访  P0                                 没有办结后待回访的问题单",
        "是      成交后回访              P3 2.2     2026-03-02  2026-03-09  2026-03-02成交，此后还没有通话",
        "是      超过一周未订货          P3 1.4     2026-03-10  2026-03-16  10天未订货（最近订货2026-03-02）",
        "否      超过一个月未订货        P3 1.4     2026-04-03  2026-04-15  2026-04-03起应回访",
        "否      接手跟进                P3 1.4                             该客户由客服部跟进",
        "否      潜在客户跟进            P0, P1 11                          已是客户，不再是潜在客户",
        "否      与业务员沟通            P3 1.3                             不需要与业务员沟通",
    ]
    assert run("log", "C1", "-r", "inconvenient", "--callback", "明天下午3点").out.splitlines() == [
        "回访已记录，编号2。",
        "约定回访：2026-03-13 15:00（星期五）",
    ]
    assert run("log", "C1", "-r", "reached").out.splitlines() == [
        "回访已记录，编号3。",
        "逾期完成：成交后回访（到期日2026-03-09）",
        "按时完成：超过一周未订货（到期日2026-03-16）",
        "按时完成：约定回访（到期日2026-03-13）",
    ]


@ON_SQLITE
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("due", "--all"), "应回访客户"),
        (("due", "--unassigned", "--excluded"), "类别"),
        (("why", "C5"), "客户有欠款5.00，不能接手"),
        (("show", "C1"), "15:30 · 电话 · 未接"),
        (("show", "C5"), "跟进部门  销售部"),
        (("show", "C2"), "免打扰"),
        (("report",), "已做回访：1次"),
        (("report", "--by", "rep"), "客服专员"),
        (("report", "--year", "2030"), "还没有开始"),
        (("report", "--by", "grade"), "等级"),
        (("report", "--by", "region"), "地区"),
        (("due", "--why"), "成交后回访：2026-03-02成交"),
        (("due", "--csv"), "编号,客户"),
        (("find", "acme"), "成交后回访"),
        (("find", "nobody"), "没有找到"),
        (("amend", "1"), "未接"),
        (("amend", "1", "--note", "x", "--because", "y"), "第2版"),
        (("void", "1", "--reason", "x"), "已作废"),
        (("audit", "C1"), "新建"),
        (("audit", "--verify"), "审计记录"),
        (("whoami",), "管理员"),
        (("doctor",), "正常"),
        (("policy", "show", "prospect"), "潜在客户"),
        (("staff", "list"), "岗位"),
        (("department", "list"), "部门"),
        (("db", "info"), "数据库"),
        (("customer", "waive", "C1", "--until", "2026-03-20", "--reason", "x"), "豁免"),
        (("customer", "exclude", "C1", "--reason", "x"), "免打扰"),
        (("customer", "close", "C1", "--reason", "x"), "关闭"),
        (("assign", "C2", "--to", "wang"), "wang"),
        (("import", "template", "staff", "-o", "t.xlsx"), "t.xlsx"),
        (("script", "C1"), "用于：成交后回访 [P3 2.2]，已逾期，到期日2026-03-09"),
        (("script", "C3"), "没有应回访需要这次通话。"),
        (("script", "--list"), "话术"),
        (("phrase",), "客户有顾虑"),
        (("phrase", "太贵了", "--customer", "C1"), "您说贵，是跟别家比贵了"),
        (("script", "--tree", "--id", "dormancy"), "约2分钟"),
        (("import", "customers", "customers.xlsx"), "退回1行；改正后请重新导入该文件"),
        (("import", "orders", "orders.xlsx", "--dry-run"), "试运行“orders.xlsx”：没有写入"),
    ],
    ids=" ".join,
)
def test_a_screen_is_chinese(
    desk: Path, arguments: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk)
    done = run(*arguments)
    assert done.code == (3 if arguments[0] == "import" and arguments[1] != "template" else 0)
    assert told in done.out + done.err
    assert english(done.out + done.err) == []
    if "--tree" in arguments or arguments[0] == "db":
        return  # names of nodes and tables are not translated
    silent = [line for line in done.out.splitlines() if re.search("[a-z]", line) and not CJK.search(line)]
    assert [line for line in silent if not re.match(r"C\d +\w+|admin|wang", line)] == []


@ON_SQLITE
def test_a_script_file_with_faults_is_told_in_chinese(desk: Path) -> None:
    (desk / "x.toml").write_text('id = "x"\nversion = 1\nstart = "a"\nfoo = 1\n[node.b]\nask.zh = "好吗"\n')
    done = run("script", "--check", str(desk / "x.toml"))
    assert done.code == 1
    assert "这里不认识“foo”" in done.out
    assert english(done.out) == []


def keys(value: Any) -> Any:
    """What a document is called inside, without what it says."""
    if isinstance(value, dict):
        return {name: keys(one) for name, one in value.items()}
    return [keys(one) for one in value] if isinstance(value, list) else None


@ON_SQLITE
@pytest.mark.parametrize("arguments", [("due",), ("why", "C1"), ("show", "C1"), ("report",)], ids=" ".join)
def test_a_document_has_the_same_keys_and_codes_in_both_languages(desk: Path, arguments: tuple[str, ...]) -> None:
    chinese, ours = run(*arguments, "--json"), run(*arguments, "--json", REVISIT_LANG="en")
    assert keys(chinese.json) == keys(ours.json)
    assert CJK.search(str(keys(chinese.json))) is None
    assert CJK.search(re.sub(r'"reason": ".*"', "", chinese.out)) is None
    if arguments[0] in ("due", "why"):
        assert all(CJK.search(text) for text in re.findall(r'"reason": "(.+)"', chinese.out))


@ON_SQLITE
@pytest.mark.parametrize("arguments", [("due",), ("due", "--excluded"), ("why", "C1"), ("show", "C1"), ("report",)])
def test_an_english_screen_is_english(desk: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, REVISIT_LANG="en")
    assert done.code == 0
    assert CJK.findall(done.out + done.err) == []


# --- which language it is


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": ""}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "REVISIT_LANG": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "REVISIT_LANG": "en"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "de"}, "en"),
    ],
    ids=str,
)
def test_the_language_is_that_of_the_settings_else_of_the_locale(environment: dict[str, str], language: str) -> None:
    done = run("--help", **({"REVISIT_LANG": ""} | environment))
    assert {"zh": "用法：", "en": "Usage: "}[language] in done.out
    assert {"zh": "显示版本。", "en": "Show the version."}[language] in done.out


def test_the_config_file_beats_the_locale_and_is_beaten_by_the_variable(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('lang = "zh"\n')
    settings = {"REVISIT_CONFIG": str(tmp_path / "config.toml"), "LANG": "en_US.UTF-8"}
    assert "用法：" in run("--help", REVISIT_LANG="", **settings).out
    assert "Usage: " in run("--help", REVISIT_LANG="en", **settings).out


def test_the_catalogue_is_where_the_program_looks() -> None:
    assert CATALOGUE.with_suffix(".mo").is_file()
