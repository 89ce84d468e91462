"""Script files: shipped ones and a company's own, and what one with faults is told, with file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from revisit import calls, i18n, resources, script_faults, script_files
from revisit.errors import Refused, WrongUsage
from revisit.policy.scripts import LANGUAGES, PROBLEMS, check_script, load_script
from tests.policy.test_scripts import BROKEN, SHIPPED, broken

NAMES = "brief, callback, campaign, complaint, dormancy, prospect, satisfaction, survey, takeover"


def company_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> Path:
    """A company's own file among the scripts, such as en/dormancy."""
    monkeypatch.setattr(resources, "_company_folder", tmp_path / "own")
    path = tmp_path / "own" / "scripts" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def changed(name: str, old: str, new: str) -> str:
    """The text of a shipped script with something else in one place."""
    text = resources.read_text(f"scripts/{name}.toml")
    assert old in text
    return text.replace(old, new, 1)


def line_with(path: Path, words: str) -> int:
    """The number of the first line of a file in which the words stand."""
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if words in line)


# --- which there are


@pytest.mark.parametrize(
    ("language", "first"), [("en", ("brief", "Talk with the salesperson")), ("zh", ("brief", "与业务员交接"))]
)
def test_the_shipped_scripts_are_listed(language: str, first: tuple[str, str]) -> None:
    i18n.activate(language)
    found = calls.list_scripts()
    assert (found[0].id, found[0].title) == first
    assert [one.id for one in found] == SHIPPED
    assert {one.id: one.rules for one in found}["dormancy"] == ("dormant-week", "dormant-month")


def test_a_company_changes_one_file_and_leaves_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = changed("en/dormancy", "No orders for a while", "Where are you?")
    company_file(tmp_path, monkeypatch, "en/dormancy", text)
    company_file(tmp_path, monkeypatch, "en/vip", text)
    (tmp_path / "own" / "scripts" / "en" / "notes.txt").write_text("not a script")
    titles = {one.id: one.title for one in calls.list_scripts()}
    assert sorted(titles) == sorted([*SHIPPED, "vip"])
    assert titles["dormancy"] == titles["vip"] == "Where are you?"
    assert titles["takeover"] == "Your new contact"
    assert script_files.load_script_file("dormancy", "zh").title == "久未订货回访"
    assert script_files.load_script_file("vip", "zh").language == "en", "the language that there is"


def test_a_script_knows_its_version_and_the_hash_of_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = script_files.load_script_file("dormancy")
    assert shipped.hash == hashlib.sha256(resources.read_text("scripts/en/dormancy.toml").encode()).hexdigest()
    text = changed("en/dormancy", "version = 3", "version = 4")
    company_file(tmp_path, monkeypatch, "en/dormancy", text)
    own = script_files.load_script_file("dormancy")
    assert (shipped.version, own.version) == (3, 4)
    assert own.hash == hashlib.sha256(text.encode()).hexdigest() != shipped.hash


@pytest.mark.parametrize("name", ["nope", "", "../policy/default", "farewells", "dormancy.toml", "en/dormancy"])
def test_an_unknown_script_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        script_files.load_script_file(name)
    assert caught.value.params["known"] == NAMES


def test_a_company_file_that_is_no_toml_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = company_file(tmp_path, monkeypatch, "en/dormancy", 'id = "x"\ntitle = \n')
    with pytest.raises(Refused) as caught:
        script_files.load_script_file("dormancy")
    assert str(caught.value).startswith(f"{path} is no TOML from line 2 on: ")
    assert script_files.load_script_file("callback").minutes == 2


# --- faults


def test_every_problem_has_a_sentence_with_its_facts() -> None:
    variants = {"language-lacks-answer", "language-lacks-file", "language-differs-answer"}
    assert set(script_faults.SAYS) == {*PROBLEMS, *variants, "unreadable", "syntax", "wrong-language", "old-place"}
    for case in BROKEN:
        for problem in check_script(load_script(broken(case))):
            for fact in problem.params.values():
                assert str(fact) in script_faults.sentence(problem)


def test_braces_of_a_file_are_no_placeholders_of_the_sentence(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('"{0.__class__}" = 1\n' + resources.read_text("scripts/en/callback.toml"), encoding="utf-8")
    (fault,) = script_faults.faults_of(path)
    assert fault == (str(path), 1, "", "unknown-key", "“{0.__class__}” is not known here")


def test_what_is_shipped_is_sound() -> None:
    assert script_faults.faults_in_force() == []


FAULTS = {
    "no start": ('start = "greeting"', 'start = "hello"', "no-start", 'start = "hello"'),
    "an unknown target": ('goto = "ask_for"', 'goto = "ask"', "unknown-goto", 'goto = "ask"'),
    "a step that nothing leads to": ('goto = "ask_for"', 'goto = "wrong"', "unreachable", "[node.ask_for]"),
    "a dead end": ('end = "wrong_number"\n', "", "dead-end", "[node.wrong]"),
    "an answer that leads nowhere": (', goto = "ask_for"', "", "dead-answer", 'key = "other"'),
    "a loop without exit": ('end = "wrong_number"', 'goto = "wrong"', "loop-without-exit", "[node.wrong]"),
    "an unknown placeholder": ("{farewell}", "{goodbye}", "unknown-placeholder", "{goodbye}"),
    "an unhappy way without a case": ("opens_case = true\n", "", "unhappy-without-case", "unhappy = true"),
    "a key that is none": ("opens_case = true", "open_case = true", "unknown-key", "open_case = true"),
    "no TOML": ("[node.wrong]", "[node.wrong", "syntax", "[node.wrong"),
}


@pytest.mark.parametrize("case", FAULTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_is_named_with_file_and_line(case: str, language: str, tmp_path: Path) -> None:
    old, new, code, words = FAULTS[case]
    path = tmp_path / "mine.toml"
    path.write_text(changed(f"{language}/takeover", old, new), encoding="utf-8")
    places = [(one.file, one.line) for one in script_faults.faults_of(path) if one.code == code]
    assert (str(path), line_with(path, words)) in places


def test_a_file_without_an_id_is_held_against_the_other_language_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "takeover.toml"
    path.write_text(changed("zh/takeover", 'id = "takeover"\n', ""), encoding="utf-8")
    assert script_faults.faults_of(path) == [(str(path), 1, "", "missing-key", "“id” is missing")]


def test_one_language_is_checked_against_the_other_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = changed("zh/takeover", 'goto = "need" },\n]\n\n[node.matter]', 'goto = "thanks" },\n]\n\n[node.matter]')
    text += '\n[node.thanks]\nsay = "谢谢！{farewell}"\nend = "reached"\n'
    path = company_file(tmp_path, monkeypatch, "zh/takeover", text)
    shipped = resources.folder() / "scripts" / "en" / "takeover.toml"
    there = line_with(shipped, 'label = "no", goto = "need"')
    differs = f"“goto” of the answer “no” is thanks here and need in scripts/en/takeover.toml:{there}"
    found = [
        (str(path), line_with(path, 'goto = "thanks"'), "matters", "language-differs", differs),
        ("scripts/en/takeover.toml", line_with(shipped, "[node."), "thanks", "language-lacks",
         f"this step is missing here; it stands in {path}:{line_with(path, '[node.thanks]')}"),
    ]  # fmt: skip
    assert sorted(script_faults.faults_in_force()) == sorted(script_faults.faults_of(path)) == sorted(found)


def test_an_answer_that_the_other_language_has_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = changed("en/takeover", '  { key = "busy", label = "the line is busy", end = "busy" },\n', "")
    path.write_text(text, encoding="utf-8")
    (fault,) = script_faults.faults_of(path)
    assert (fault.line, fault.node, fault.code) == (line_with(path, "answers = ["), "greeting", "language-lacks")
    assert fault.text.startswith("the answer “busy” is missing here; it stands in scripts/zh/takeover.toml:")


def test_a_file_beside_it_goes_before_the_one_in_force(tmp_path: Path) -> None:
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        text = changed(f"{language}/takeover", "minutes = 2", "minutes = 3").replace('"takeover"', '"ours"', 1)
        (tmp_path / language / "ours.toml").write_text(text, encoding="utf-8")
    assert script_faults.faults_of(tmp_path / "zh" / "ours.toml") == []
    (tmp_path / "zh" / "ours.toml").unlink()
    (fault,) = script_faults.faults_of(tmp_path / "en" / "ours.toml")
    assert (fault.file, fault.code) == ("scripts/zh/ours.toml", "language-lacks")
    assert fault.text == f"there is no such file; there is {tmp_path / 'en' / 'ours.toml'}"


def test_all_that_is_in_force_is_looked_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = company_file(tmp_path, monkeypatch, "takeover", "in one file for both languages")
    bad = company_file(tmp_path, monkeypatch, "zh/callback", "id =\n")
    gone = company_file(tmp_path, monkeypatch, "zh/complaint", "")
    gone.write_bytes("标题".encode("gb18030"))
    said = company_file(tmp_path, monkeypatch, "en/farewells", 'workday = "Bye!"\nweekend = 5\nsunday = "Rest well!"\n')
    alone = company_file(tmp_path, monkeypatch, "en/vip", changed("en/takeover", 'language = "en"', 'language = "zh"'))
    found = [(one.file, one.line, one.code) for one in script_faults.faults_in_force()]
    assert sorted(found) == sorted(
        [
            (str(old), 1, "old-place"), (str(bad), 1, "syntax"), (str(gone), 1, "unreadable"),
            (str(said), 1, "missing-key"), (str(said), 1, "missing-key"), (str(said), 2, "wrong-type"),
            (str(said), 3, "unknown-key"), (str(alone), line_with(alone, "language ="), "wrong-language"),
            ("scripts/zh/vip.toml", 1, "language-lacks"),
        ]
    )  # fmt: skip
    assert found == sorted(found, key=lambda one: one[:2])


UNREADABLE: dict[str, Callable[[Path], object]] = {
    "is no UTF-8 text": lambda path: path.write_bytes("标题".encode("gb18030")),
    "cannot be read": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("words", UNREADABLE)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(words: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    UNREADABLE[words](path)
    with pytest.raises(Refused) as caught:
        script_faults.faults_of(path)
    assert f"{path} {words}" in str(caught.value)


def test_brackets_without_end_are_no_script(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("a = " + "[" * 5000)
    (fault,) = script_faults.faults_of(path)
    assert fault.code == "syntax"
