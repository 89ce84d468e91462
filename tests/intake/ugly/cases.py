"""The cases as data: what is written, with which options it is imported, and what has to come out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COUNTS = {
    "new": "inserted", "changed": "updated", "unchanged": "unchanged", "rejected": "rejected", "blank": "blank",
    "skipped": "skipped",
}  # fmt: skip
ABOUT = {
    "name", "says", "file", "kind", "given", "options", "code", "refused", "rejects", "warnings", "holds", "columns",
    "server", "heavy", "write", *COUNTS,
}  # fmt: skip
"""What a table says about the case; all its other keys are what the writer writes."""


@dataclass(frozen=True)
class Case:
    """One ugly file. `says` is the rule it is about.

    A file that is refused has `refused` (part of the sentence) and `code`. Any other has `counts`; the rejected rows as (row,
    column, part of the reason) in order, the row `一月!7` where several sheets are read; `warnings`, a part of each one and
    none besides; and in `holds` what stands in the database afterwards, by what is asked (`test_ugly.ASKED`) and by code or
    number. `given`: lists that are imported before, by kind. `heavy`: measured in a process of its own. `server`: on
    PostgreSQL too.
    """

    name: str
    says: str
    file: str
    write: str
    content: Mapping[str, Any]
    kind: str = "customers"
    options: tuple[str, ...] = ()
    given: Sequence[tuple[str, list[list[Any]]]] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    rejects: Sequence[tuple[int | str, str, str]] = ()
    warnings: Sequence[str] = ()
    holds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    columns: Mapping[str, str | None] = field(default_factory=dict)
    refused: str = ""
    code: int = 0
    server: bool = False
    heavy: bool = False

    @property
    def rows(self) -> int:
        """The rows of the sheet, its header not counted."""
        return sum(self.counts.values())


@cache
def load_cases() -> tuple[Case, ...]:
    """Every case, file after file."""
    found = [
        _case(table, path.stem)
        for path in sorted(HERE.glob("*.toml"))
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]
    names = [case.name for case in found]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
    return tuple(found)


def _case(table: dict[str, Any], group: str) -> Case:
    counts = {name: table.get(key, 0) for key, name in COUNTS.items()}
    rejects = [(row, column, reason) for row, column, reason in table.get("rejects", ())]
    counts["rejected"] = counts["rejected"] or len(rejects)
    refused = table.get("refused", "")
    return Case(
        name=f"{group}-{table['name']}",
        says=table["says"],
        file=table.get("file", f"{table['name']}.xlsx"),
        write=table.get("write", "xlsx"),
        content={key: value for key, value in table.items() if key not in ABOUT},
        kind=table.get("kind", "customers"),
        options=tuple(table.get("options", ())),
        given=[(kind, rows) for kind, rows in table.get("given", {}).items()],
        counts={} if refused else counts,
        rejects=rejects,
        warnings=table.get("warnings", ()),
        holds=table.get("holds", {}),
        columns={title: name or None for title, name in table.get("columns", {}).items()},
        refused=refused,
        code=table.get("code", 1 if refused else 3 if counts["rejected"] else 0),
        server=table.get("server", False),
        heavy=table.get("heavy", False),
    )
