"""Which column is which field, as a person says it: `--map`, remembered for files of the same source; and what may be meant."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.intake.headers import Layout, field_of, fold_header
from revisit.intake.rows import Reading
from revisit.intake.textcell import clean

if TYPE_CHECKING:
    from sqlmodel import Session

REMEMBERED = "SELECT source, title, field FROM import_mapping WHERE kind = :kind"
FORGET = "DELETE FROM import_mapping WHERE kind = :kind AND source = :source AND title = :title"
NONE = "-"  # what is written for a column that is no field
ALIKE = 75  # percent from which on a title that is not understood looks like one that is
HOW = N_('write for example --map "Company=name", or name a TOML file with such lines')


def said(words: Iterable[str], layout: Layout) -> dict[str, str]:
    """Title → field (empty: none) of what was given with `--map`: `TITLE=FIELD`, or TOML files of such lines.

    A field is named by its own name or by any title that is known for it. Raises WrongUsage.
    """
    found: dict[str, str] = {}
    for word in words:
        title, equals, name = word.rpartition("=")
        given = {title: name} if equals and not _is_file(word) else _of_file(Path(word))
        for one, meant in given.items():
            found[clean(one)] = _field(clean(one), clean(meant), layout)
    return found


def _is_file(text: str) -> bool:
    """Whether a file is called so; what is too long for a name of one is none."""
    try:
        return Path(text).is_file()
    except OSError:
        return False


def _of_file(path: Path) -> Mapping[str, str]:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WrongUsage(N_("--map {text} is neither TITLE=FIELD nor a file"), HOW, text=str(path)) from None
    except (OSError, ValueError) as error:
        raise WrongUsage(N_("the file {path} cannot be used for --map: {why}"), HOW, path=path, why=error) from error
    if not all(isinstance(name, str) for name in told.values()):
        why = _('every line is "title" = "field"')
        raise WrongUsage(N_("the file {path} cannot be used for --map: {why}"), HOW, path=path, why=why)
    return told


def _field(title: str, name: str, layout: Layout) -> str:
    if name in ("", NONE):
        return ""
    field = name if name in layout.fields else field_of(name, layout)
    if field is None:
        raise WrongUsage(
            N_("--map {title}={name}: there is no such field"),
            N_("fields of {kind}: {known}"),
            title=title,
            name=name,
            kind=layout.kind,
            known=", ".join(layout.fields),
        )
    return field


def remembered(sql: Sql, kind: str) -> dict[str, dict[str, str]]:
    """What was said in earlier imports of a kind: title → field by source."""
    found: dict[str, dict[str, str]] = {}
    for source, title, field in sql.rows(REMEMBERED, kind=kind):
        found.setdefault(source, {})[title] = field
    return found


def remember(session: Session, sql: Sql, reading: Reading, batch_id: int) -> None:
    """Keeps what was said in this import, for the next file of the same source."""
    from revisit.models import ImportMapping

    known = reading.hints.remembered.get(reading.source, {})
    for title, field in reading.hints.fields.items():
        if known.get(title) == field:
            continue
        sql.run(FORGET, kind=reading.kind, source=reading.source, title=title)
        session.add(
            ImportMapping(kind=reading.kind, source=reading.source, title=title, field=field, batch_id=batch_id)
        )
    session.flush()


def suggestions(reading: Reading) -> list[tuple[str, str]]:
    """Of the columns that are no field: what they may be by the look of their title (title, field). Never applied unasked."""
    layout = reading.layout
    free = {name: field for name, field in layout.by_name.items() if field not in reading.fields}
    unknown = [title for title, field in reading.columns.items() if field is None and title not in reading.hints.fields]
    if not free or not unknown:
        return []
    from rapidfuzz import fuzz, process

    found: list[tuple[str, str]] = []
    for title in unknown:
        best = process.extractOne(fold_header(title), free.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
        if best is not None:
            found.append((title, free[best[0]]))
    return found
