"""How the call scripts are used in a period: which branches, how often, and where calls break off."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from revisit import clock, script_files
from revisit.company import CompanyInfo
from revisit.db import Sql, instant
from revisit.policy.periods import Period
from revisit.policy.scripts import NodeUse, Script, Step, Talk, usage

CALLS = """
SELECT script, script_version, script_hash, state, started_at, steps FROM call_
WHERE started_at >= :since AND started_at < :before ORDER BY id
"""
LEFT_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words that were read out: the version and the SHA-256 of the script, and in how many calls."""

    version: int
    hash: str
    calls: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The use of one script. `calls` that were opened: `recorded` (led to an end of the script), `broke_off` (dropped, or cut
    short and recorded all the same) or still `under_way`."""

    id: str
    title: str
    calls: int
    recorded: int
    broke_off: int
    under_way: int
    wordings: tuple[Wording, ...]
    nodes: tuple[NodeUse, ...]


def coverage(
    sql: Sql, company: CompanyInfo, period: Period, *, now: datetime, script_id: str | None = None
) -> list[Coverage]:
    """The scripts that were used in calls opened in a period, in order of name; or one of them, used or not.

    A call broke off that was dropped, or is a draft for more than a day (`LEFT_AFTER`). A draft that is younger is under
    way: its answers do not count yet. Raises WrongUsage for a script that is none.
    """
    found: dict[str, list[tuple[int, str, str, tuple[Step, ...]]]] = defaultdict(list)
    if script_id is not None:
        script_files.load_script_file(script_id)
        found[script_id] = []
    midnight = [datetime.combine(day, time()) for day in (period.start, period.end + timedelta(days=1))]
    since, before = (clock.instant(wall, company.timezone) for wall in midnight)
    for name, version, sha256, state, started_at, steps in sql.rows(CALLS, since=since, before=before):
        if script_id in (None, name):
            at = instant(started_at)
            left = state == "draft" and at is not None and now - at > LEFT_AFTER
            found[name].append((version, sha256, "dropped" if left else state, steps_of(steps)))
    return [_coverage(name, found[name]) for name in sorted(found)]


def steps_of(text: str) -> tuple[Step, ...]:
    """The steps of a call as the table keeps them."""
    return tuple(Step(**one) for one in json.loads(text))


def _coverage(name: str, calls: list[tuple[int, str, str, tuple[Step, ...]]]) -> Coverage:
    script = script_files.load_script_file(name) if name in script_files.script_ids() else _gone(name)
    by_state = Counter(state for _, _, state, _ in calls)
    read_out = Counter((version, sha256) for version, sha256, _, _ in calls)
    cut_short = [one for _, _, state, one in calls if state == "recorded" and _is_cut_short(script, one)]
    whole = [one for _, _, state, one in calls if state == "recorded" and not _is_cut_short(script, one)]
    broken = [one for _, _, state, one in calls if state == "dropped"] + cut_short
    return Coverage(
        id=name,
        title=script.title or name,
        calls=len(calls),
        recorded=len(whole),
        broke_off=len(broken),
        under_way=by_state["draft"],
        wordings=tuple(Wording(*words, n) for words, n in sorted(read_out.items(), reverse=True)),
        nodes=usage(script, whole, broken),
    )


def _is_cut_short(script: Script, steps: tuple[Step, ...]) -> bool:
    """Whether a call on record did not come to an end of the script: the other side hung up."""
    talk = Talk.resume(script, steps)
    return not talk.ended and not talk.lost


def _gone(name: str) -> Script:
    """What stands for a script that the company no longer has."""
    return Script(name, 0, "", name, 0, 0, (), "", {})
