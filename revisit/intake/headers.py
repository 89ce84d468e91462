"""Which column of a sheet is which field: the header row, found under titles and merged cells, and the rows of totals.

The names are data (`templates/import/<kind>.toml`), handed in as text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import Refused
from ..i18n import N_
from ..sheets import BadCell, Row, Sheet, column_letter
from .textcell import clean, fold

TYPES = ("code", "text", "day", "moment", "money", "number", "factor", "yes_no", "phones", "word", "post")
CUSTOMER_FIELDS = ("code", "name", "customer")
_ROWS_LOOKED_AT = 30
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_ORNAMENT = re.compile(r"[()\[\]【】<>《》*:.,;、'\"#]+")
_TOTAL = re.compile(
    r"(?:合计|总计|小计|总共|共计|累计|本页合计|本页小计|总合计|total|totals|grandtotal|subtotal|sum):?(?:[¥$£€]?[\d,.]+[^\d]{0,3})?"
)
_FIGURE = re.compile(r"[-(]?[¥$£€]?[-\d,.\s]*\d[\d,.]*\)?\s*(?:%|[^\W\d_]{0,3})|[-—/]+")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind of sheet. `words` maps every folded synonym to its canonical word (fields of type word).

    For the template: `says` what the column means, `examples` what may stand in it (per language, row by row), `choices`
    the words to choose from, `in_template` whether it has a column there.
    """

    name: str
    type: str
    required: bool
    title: Mapping[str, str]
    names: tuple[str, ...]
    words: Mapping[str, str]
    says: Mapping[str, str]
    examples: Mapping[str, tuple[object, ...]]
    choices: Mapping[str, tuple[str, ...]]
    in_template: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """What a kind of sheet may hold. `by_name` leads from the folded header text to the field's name; `known_by` are the
    fields that say whom a row means, one of which must be there. `title` and `says`: how a template of it is headed."""

    kind: str
    fields: Mapping[str, Field]
    by_name: Mapping[str, str]
    known_by: tuple[str, ...] = CUSTOMER_FIELDS
    title: Mapping[str, str] | None = None
    says: Mapping[str, str] | None = None

    @property
    def required(self) -> tuple[str, ...]:
        """The fields without which a sheet of this kind says nothing."""
        return tuple(field.name for field in self.fields.values() if field.required)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet: index from 0, title as seen (`列 C` where it has none), field or None when unknown."""

    index: int
    title: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Doubled:
    """A column whose field another column had taken already; it is kept with the row like an unknown one."""

    title: str
    field: str
    kept: str


@dataclass(frozen=True, slots=True)
class Header:
    """The header found: its row number, its columns, the non-blank rows above it (titles), the doubled columns."""

    row_number: int
    columns: tuple[Column, ...]
    skipped: tuple[int, ...] = ()
    doubled: tuple[Doubled, ...] = ()

    @property
    def fields(self) -> Mapping[str, int]:
        """Field → column index."""
        return {column.field: column.index for column in self.columns if column.field}

    def missing(self, layout: Layout) -> tuple[str, ...]:
        """The required fields that have no column."""
        return tuple(name for name in layout.required if name not in self.fields)


def parse_layout(kind: str, toml_text: str) -> Layout:
    """The layout of `kind` from the text of its TOML file. Raises Refused when the file contradicts itself."""
    import tomllib

    try:
        whole = tomllib.loads(toml_text)
        fields = {name: _field(name, table) for name, table in whole["fields"].items()}
        known_by = tuple(name for name in whole.get("known_by", CUSTOMER_FIELDS) if name in fields)
        template = {name: _in_both(whole[name]) for name in ("title", "says") if name in whole}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise _wrong_layout(kind, str(error)) from error
    by_name: dict[str, str] = {}
    for field in fields.values():
        for written in (field.name, *field.names, *field.title.values()):
            owner = by_name.setdefault(fold_header(written), field.name)
            if owner != field.name:
                raise _wrong_layout(kind, f"{written}: {owner}, {field.name}")
    return Layout(kind, fields, by_name, known_by, **template)


def _field(name: str, table: Mapping[str, object]) -> Field:
    names, title, words = table["names"], table["title"], table.get("words", {})
    if table["type"] not in TYPES or not (
        isinstance(names, list) and isinstance(title, dict) and isinstance(words, dict)
    ):
        raise ValueError(name)
    by_word: dict[str, str] = {}
    choices = {
        "zh": tuple(_in_chinese(word, synonyms) for word, synonyms in words.items()),
        "en": tuple(word.replace("_", " ") for word in words),
    }
    for canonical, synonyms in words.items():
        for synonym in (canonical, *synonyms):
            if by_word.setdefault(fold(synonym), canonical) != canonical:
                raise ValueError(f"{name}: {synonym}")
    says, examples = _in_both(table.get("says", "")), table.get("examples", [])
    shown = {
        language: tuple(one.get(language) if isinstance(one, dict) else one for one in examples)  # type: ignore[attr-defined]
        for language in ("zh", "en")
    }
    required, in_template = table["required"] is True, table.get("in_template", True) is True
    return Field(name, str(table["type"]), required, title, tuple(names), by_word, says, shown, choices, in_template)


def _in_chinese(word: str, synonyms: list[str]) -> str:
    """How a Chinese sheet writes a word: by the first of its synonyms; a letter such as the grade A stays."""
    return word if word.isupper() else next((one for one in synonyms if not one.isascii()), word)


def _in_both(text: object) -> Mapping[str, str]:
    """A text per language; a plain text stands for both."""
    return {language: str(text[language] if isinstance(text, dict) else text) for language in ("zh", "en")}


def _wrong_layout(kind: str, detail: str) -> Refused:
    return Refused(
        N_("the column names of {kind} cannot be used: {detail}"),
        N_("correct the file import/{kind}.toml: every name belongs to one field"),
        kind=kind,
        detail=detail,
    )


def fold_header(title: str) -> str:
    """The form in which headers are compared: width, case, spaces, brackets, stars and colons do not matter."""
    return _ORNAMENT.sub("", fold(title))


def field_of(title: str, layout: Layout) -> str | None:
    """The field a header names: as written, else without what stands in brackets, such as a unit."""
    whole = layout.by_name.get(fold_header(title))
    if whole is not None:
        return whole
    return layout.by_name.get(fold_header(_BRACKETED.sub("", unicodedata.normalize("NFKC", title))))


def find_header(sheet: Sheet, layout: Layout) -> Header | None:
    """The row among the first non-blank ones that names most fields, one that says whom it means among them; None if none does.

    A header of two rows (groups above, columns below) is recognised where both together name more than either.
    """
    best: tuple[int, Row, dict[int, str]] | None = None
    for row, titles in _candidates(sheet, layout):
        fields = {field for title in titles.values() if (field := field_of(title, layout))}
        names_somebody = any(name in fields for name in layout.known_by)
        enough = len(fields) >= 2 or len(fields) == len(titles)
        if names_somebody and enough and (best is None or len(fields) > best[0]):
            best = len(fields), row, titles
    if best is None:
        return None
    _, row, titles = best
    columns, doubled = _columns(sheet, row.number, titles, layout)
    above = tuple(other.number for other in sheet.rows if other.number < row.number and not other.blank)
    return Header(row.number, columns, above, doubled)


def _candidates(sheet: Sheet, layout: Layout) -> Iterator[tuple[Row, dict[int, str]]]:
    upper: dict[int, str] = {}
    looked_at = 0
    for row in sheet.rows:
        if row.blank:
            continue
        titles = _titles(row)
        yield row, titles
        known_above = {index for index, title in upper.items() if field_of(title, layout)}
        if known_above and not known_above & titles.keys() and titles:
            yield row, dict(sorted({**upper, **titles}.items()))
        upper = titles
        looked_at += 1
        if looked_at == _ROWS_LOOKED_AT:
            return


def _titles(row: Row) -> dict[int, str]:
    cleaned = {index: clean(str(cell)) for index, cell in enumerate(row.cells) if _can_be_title(cell)}
    return {index: title for index, title in cleaned.items() if title}


def _can_be_title(cell: object) -> bool:
    return cell is not None and not isinstance(cell, BadCell)


def _columns(
    sheet: Sheet, header_row: int, titles: Mapping[int, str], layout: Layout
) -> tuple[tuple[Column, ...], tuple[Doubled, ...]]:
    columns: list[Column] = []
    doubled: list[Doubled] = []
    taken: dict[str, str] = {}
    for index in sorted(titles.keys() | _filled_below(sheet, header_row)):
        title = titles.get(index, f"列 {column_letter(index)}")
        field = field_of(title, layout) if index in titles else None
        if field in taken:
            doubled.append(Doubled(title, field, taken[field]))
            field = None
        elif field:
            taken[field] = title
        columns.append(Column(index, title, field))
    return tuple(columns), tuple(doubled)


def _filled_below(sheet: Sheet, header_row: int) -> set[int]:
    """The columns that hold anything below the header."""
    widest = max((len(row.cells) for row in sheet.rows), default=0)
    filled: set[int] = set()
    for row in sheet.rows:
        if row.number > header_row and len(filled) < widest:
            filled.update(index for index, cell in enumerate(row.cells) if cell is not None and index not in filled)
    return filled


def is_total_row(cells: Sequence[object]) -> bool:
    """Whether a row only sums up: it begins with 合计, 总计, 小计, total or sum and holds nothing but figures besides."""
    shown = [cell for cell in cells if cell is not None and not (isinstance(cell, str) and not clean(cell))]
    if not shown or not isinstance(shown[0], str) or not _TOTAL.fullmatch(fold(shown[0])):
        return False
    return all(_is_figure(cell) for cell in shown[1:])


def _is_figure(cell: object) -> bool:
    if isinstance(cell, str):
        return bool(_FIGURE.fullmatch(clean(unicodedata.normalize("NFKC", cell))))
    return isinstance(cell, int | float | BadCell) and not isinstance(cell, bool)
