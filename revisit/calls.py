"""What to say: which script a customer's call follows, filled in with what is known; the company's scripts and their faults."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from revisit import customers, resources, scheduler
from revisit.company import CompanyInfo
from revisit.db import Sql, day
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _, language
from revisit.policy.calendar import WorkCalendar
from revisit.policy.scripts import Line, Problem, Script, Text, lay_out, load_script
from revisit.register import read
from revisit.staff import StaffMember

GROUP, FAREWELLS = "scripts", "farewells"
DEFAULT = "satisfaction"
STANDING = """
customer_id = :id AND ordered_on <= :on AND (cancelled_on IS NULL OR (cancelled_on > :on AND cancelled_on > ordered_on))
"""
LAST_ORDER = f"SELECT max(ordered_on) FROM order_ WHERE {STANDING}"
SHOWN_ORDER = "SELECT max(ordered_on) FROM shown_order WHERE customer_id = :id AND ordered_on <= :on"
LAST_PRODUCT = f"""
SELECT product FROM order_ WHERE {STANDING}
ORDER BY CASE WHEN completed_on <= :on THEN 0 ELSE 1 END, ordered_on DESC, id DESC LIMIT 1
"""
PROBLEM_WORDS = {
    "wrong-type": N_("“{key}” is of the wrong kind"),
    "unknown-key": N_("“{key}” is not known here"),
    "missing-key": N_("“{key}” is missing"),
    "no-start": N_("it should start at “{start}”, and there is no such node"),
    "unreachable": N_("nothing leads here"),
    "unknown-goto": N_("it leads on to “{goto}”, and there is no such node"),
    "never-ends": N_("from here the talk never comes to an end"),
    "no-exit": N_("it leads nowhere: it needs goto, end or answers"),
    "mixed-exit": N_("it has several of end, goto and answers that exclude each other"),
    "mixed-exit-answer": N_("the answer “{key}” needs either goto or end, one of them"),
    "duplicate-answer": N_("the answer “{key}” stands here twice"),
    "text-without-goto": N_("free text is taken down here, and no goto says what follows"),
    "unknown-outcome": N_("it ends with “{outcome}”, and there is no such outcome"),
    "unknown-field": N_("it records into “{field}”, and the record has no such field"),
    "nothing-said": N_("nothing is said or asked here"),
    "missing-language": N_("“{part}” is missing in the language {language}"),
    "unknown-placeholder": N_("“{part}” holds {name}, which is no placeholder"),
    "no-permission": N_("time is promised, and nobody asks whether it is convenient"),
    "opening-too-long": N_("until the customer has agreed it takes {seconds} seconds ({language}), more than {limit}"),
    "too-long": N_("the longest way takes {seconds} seconds ({language}), more than the {limit} promised"),
    "too-many-questions": N_("the longest way asks {questions} questions, more than {limit}"),
}
CHECK_IT = N_("look for the fault: revisit script --check FILE")


class Listed(NamedTuple):
    """A script on the list: its name, its title in the language in use, the rules it is written for."""

    id: str
    title: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a talk is for. `state`: open, overdue, ahead; or, without a follow-up: none, closed, do_not_call, waived."""

    script: str
    state: str = "none"
    rule: str = ""
    clause: str = ""
    opens_on: date | None = None
    due_by: date | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A script as it is read out to one customer; without a customer `code` is empty and every value a blank."""

    script: Script
    lines: tuple[Line, ...]
    code: str = ""
    name: str = ""
    occasion: Occasion | None = None


def script_names() -> list[str]:
    """The names of all scripts, shipped or the company's own."""
    files = [Path(name) for name in resources.list_names(GROUP)]
    return [file.stem for file in files if file.suffix == ".toml" and file.stem != FAREWELLS]


def list_scripts() -> list[Listed]:
    """Every script, shipped or the company's own, in order of name. Raises Refused for a file that cannot be read."""
    found = [load_script_file(name) for name in script_names()]
    return [Listed(script.id, script.title.of(language()) or script.id, script.rules) for script in found]


def load_script_file(script_id: str) -> Script:
    """The script of that name: its file's name without `.toml`. What is wrong inside it is found by `check_script`.

    Raises WrongUsage for a name that is none, Refused for a file that cannot be read.
    """
    known = script_names()
    if script_id not in known:
        raise WrongUsage(
            N_("there is no script {name}"), N_("scripts: {known}"), name=script_id, known=", ".join(known)
        )
    return replace(load_script(_template(script_id)), id=script_id)


def read_script(path: Path) -> Script:
    """The script in a file that somebody is writing. Raises Refused if it cannot be read or is no TOML."""
    remedy = N_("name a script file: UTF-8 text in TOML")
    return load_script(_parsed(lambda: path.read_text(encoding="utf-8-sig"), str(path), remedy))


def sentence(problem: Problem) -> str:
    """What is wrong, in the language in use. The facts come out of a file: not for a terminal as they are."""
    one_answer = problem.code == "mixed-exit" and "key" in problem.params
    words = PROBLEM_WORDS["mixed-exit-answer" if one_answer else problem.code]
    return _(words).format(**problem.params)


def script_for(sql: Sql, company: CompanyInfo, customer_id: int, on: date) -> str:
    """The script of the follow-up that ranks first for a customer on a day; else of the next to open; else satisfaction."""
    return occasion_of(sql, company, customer_id, on).script


def occasion_of(sql: Sql, company: CompanyInfo, customer_id: int, on: date, script_id: str | None = None) -> Occasion:
    """What a talk with a customer on a day is for; with `script_id` only follow-ups that are talked about with that script."""
    policy = company.policies.on(on)
    scripts = {name: rule.script or DEFAULT for name, rule in policy.rules.items()}
    rank = {name: rule.rank for name, rule in policy.rules.items()}
    rows = [row for row in read.rows_of(sql, [customer_id]) if not policy.rules[row.rule].paperwork]
    owed = [one for row in rows for one in read.owed_of(row, on, company)]
    for one in sorted(owed, key=lambda one: scheduler.rank_of(one, rank)):
        if script_id in (None, scripts[one.rule]):
            clause = scheduler.clause_of(company, one.rule, one.anchor_on)
            return Occasion(scripts[one.rule], one.state, one.rule, clause, one.opens_on, one.due_by)
    verdicts = scheduler.verdicts(sql, company, customer_id, on)
    for code in ("closed", "do_not_call", "waived"):
        if any(one.code == code for one in verdicts):
            return Occasion(script_id or DEFAULT, code)
    calls = [one for one in verdicts if not policy.rules[one.rule].paperwork]
    ahead = [one for one in calls if one.code == "opens" and script_id in (None, scripts[one.rule])]
    if ahead:
        first = min(ahead, key=lambda one: one.opens_on or date.max)
        clause = scheduler.clause_of(company, first.rule, on)
        return Occasion(scripts[first.rule], "ahead", first.rule, clause, first.opens_on, first.due_by)
    return Occasion(script_id or DEFAULT)


def values_for(sql: Sql, company: CompanyInfo, customer_id: int, me: StaffMember | None, on: date) -> dict[str, str]:
    """What the placeholders of a script become for one customer on a day, as data; what is not known is empty.

    The product is that of the last order, a completed one before one that is still under way.
    """
    card = customers.cards(sql, [customer_id])[customer_id]
    days = [day(sql.rows(statement, id=customer_id, on=on)[0][0]) for statement in (LAST_ORDER, SHOWN_ORDER)]
    last = max((one for one in days if one), default=None)
    products = sql.rows(LAST_PRODUCT, id=customer_id, on=on)
    return {
        "company": company.name,
        "me": me.name if me else "",
        "contact": card.contact,
        "title": card.title,
        "name": card.name,
        "last_order_on": last.isoformat() if last else "",
        "idle_days": str((on - last).days) if last else "",
        "product": products[0][0] if products else "",
        "farewell": farewell(company.calendar, on),
    }


def farewell(calendar: WorkCalendar, on: date) -> str:
    """The last words of a talk, by the kind of day, in the language in use. Source: P3 2.3."""
    if calendar.festival(on):
        kind = "festival"
    elif calendar.kind_of_day(on) == "eve" or calendar.festival(on + timedelta(days=1)):
        kind = "before_rest"
    else:
        kind = "workday" if calendar.is_working_day(on) else "weekend"
    words = _template(FAREWELLS).get(kind)
    texts = {key: text for key, text in words.items() if isinstance(text, str)} if isinstance(words, dict) else {}
    return Text(texts.get("zh", ""), texts.get("en", "")).of(language()) or _("Goodbye!")


def filled(
    sql: Sql,
    company: CompanyInfo,
    customer_id: int,
    *,
    me: StaffMember | None,
    on: date,
    script_id: str | None = None,
) -> Filled:
    """The script for a customer on a day, or the one that was asked for, with all its branches in the language in use."""
    script = load_script_file(script_id) if script_id is not None else None
    occasion = occasion_of(sql, company, customer_id, on, script_id)
    script = script or load_script_file(occasion.script)
    card = customers.cards(sql, [customer_id])[customer_id]
    lines = lay_out(script, values_for(sql, company, customer_id, me, on), language())
    return Filled(script, lines, card.code, card.name, occasion)


def blank(script_id: str) -> Filled:
    """A script for nobody in particular: with blanks."""
    script = load_script_file(script_id)
    return Filled(script, lay_out(script, {}, language()))


def _template(name: str) -> Mapping[str, Any]:
    return _parsed(lambda: resources.read_text(f"{GROUP}/{name}.toml"), f"{GROUP}/{name}.toml", CHECK_IT)


def _parsed(read_text: Callable[[], str], name: str, remedy: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(read_text())
    except OSError as error:
        why = error.strerror or str(error)
        raise Refused(N_("{file} cannot be read: {why}"), remedy, file=name, why=why) from error
    except UnicodeDecodeError as error:
        raise Refused(N_("{file} is no UTF-8 text"), remedy, file=name) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refused(N_("{file} is no TOML: {why}"), remedy, file=name, why=error) from error
