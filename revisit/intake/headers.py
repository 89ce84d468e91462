"""Which column of a sheet is which field: the header row, found under titles and merged cells, and the rows of totals.

The names are data (`templates/import/<kind>.toml`), handed in as text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise

from ..errors import Refused
from ..i18n import N_
from ..sheets import BadCell, Row, Sheet, column_letter
from .own import Own, apart
from .textcell import clean, fold

TYPES = (
    "code", "text", "day", "birthday", "moment", "instant", "money", "number", "factor", "yes_no", "phones", "word", "post",
)  # fmt: skip
CUSTOMER_FIELDS = ("code", "name", "customer")
_ROWS_LOOKED_AT = 30  # rows that are not blank among which the header is looked for
_BLANK_LOOKED_AT = 10_000  # rows, blank ones included, beyond which nobody's header begins
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_ORNAMENT = re.compile(r"[()\[\]【】<>《》*:.,;、'\"#]+")
_TOTAL = re.compile(
    r"(?:合计|总计|小计|总共|共计|累计|本页合计|本页小计|总合计|total|totals|grandtotal|subtotal|sum):?(?:[¥$£€]?[\d,.]+[^\d]{0,3})?"
)
_NO_TOTAL = re.compile(
    r"[0-9A-FH-RU-Za-fh-ru-z\u4e00-\u5170\u5172-\u8ba0\u8ba2-\u9fff][ -~\u4e00-\u5170\u5172-\u8ba0\u8ba2-\u9fff]*"
).fullmatch
"""Whether a text is certainly no word of `_TOTAL` at a glance, as most first cells are; None says nothing."""
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
    """The header found: its row number, its columns, the non-blank rows above it (titles), the doubled columns; and, apart from
    its columns, those that a reject workbook adds (`own`)."""

    row_number: int
    columns: tuple[Column, ...]
    skipped: tuple[int, ...] = ()
    doubled: tuple[Doubled, ...] = ()
    own: Own | None = None

    @property
    def fields(self) -> Mapping[str, int]:
        """Field → column index."""
        return {column.field: column.index for column in self.columns if column.field}

    def missing(self, layout: Layout) -> tuple[str, ...]:
        """The required fields that have no column."""
        return tuple(name for name in layout.required if name not in self.fields)


@lru_cache(maxsize=32)
def parse_layout(kind: str, toml_text: str) -> Layout:
    """The layout of `kind` from the text of its TOML file: one object for one text. Raises Refused when the file contradicts
    itself."""
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


def source_of(titles: Iterable[str]) -> str:
    """By what files of one origin are known: the titles of their columns, in whatever order they stand."""
    told = "\n".join(sorted(fold_header(title) for title in titles))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


Meanings = Callable[[Mapping[int, str]], Mapping[str, str]]
"""Of the titles of a row: those whose field a person has named, with that field (empty: none)."""


def no_meanings(_titles: Mapping[int, str]) -> Mapping[str, str]:
    """Nobody has named a field."""
    return {}


def find_header(sheet: Sheet, layout: Layout, meanings: Meanings = no_meanings) -> Header | None:
    """The row among the first non-blank ones that names most fields, one that says whom it means among them; None if none does.

    A header of two rows (groups above, columns below) is recognised where both together name more than either. What a person
    has said of a title (`meanings`) goes before what the layout knows, and its column before others of the same field.
    """
    best: tuple[int, Row, dict[int, str], dict[str, str | None], Mapping[str, str]] | None = None
    above: list[int] = []
    for row, titles in _candidates(sheet, layout):
        if row.number not in above:
            above.append(row.number)
        told = meanings(titles)
        named = {title: told[title] or None if title in told else field_of(title, layout) for title in titles.values()}
        fields = set(named.values()) - {None}
        names_somebody = any(name in fields for name in layout.known_by)
        enough = len(fields) >= 2 or len(fields) == len(titles)
        if names_somebody and enough and (best is None or len(fields) > best[0]):
            best = len(fields), row, titles, named, told
    if best is None:
        return None
    _, row, titles, named, told = best
    columns, doubled = _columns(titles, named, told)
    own = apart(_all_titles(row))[1]
    return Header(row.number, columns, tuple(number for number in above if number < row.number), doubled, own)


def _candidates(sheet: Sheet, layout: Layout) -> Iterator[tuple[Row, dict[int, str]]]:
    """The first rows with their titles, and each of them together with the row above it where this may be one of groups."""
    upper: dict[int, str] = {}
    looked_at = 0
    for row in islice(sheet.rows, _BLANK_LOOKED_AT):
        if row.blank:
            continue
        titles = _titles(row)
        yield row, titles
        if titles and _may_be_groups(upper, titles, layout):
            yield row, dict(sorted({**upper, **titles}.items()))
        upper = titles
        looked_at += 1
        if looked_at == _ROWS_LOOKED_AT:
            return


def _may_be_groups(upper: Mapping[int, str], lower: Mapping[int, str], layout: Layout) -> bool:
    """Whether the row above can belong to the header: each of its titles that is known (such as 联系方式) stands over nothing,
    over several columns with titles of their own, of which it is the group, or over a title that is known as well. Under a
    header of one row stand values instead."""
    known = [index for index, title in upper.items() if field_of(title, layout)]
    ends = dict(pairwise([*upper, max(lower) + 1]))
    for index in known:
        columns = sum(below in lower for below in range(index, ends[index]))
        if index in lower and columns < 2 and not field_of(lower[index], layout):
            return False
    return bool(known)


def _titles(row: Row) -> dict[int, str]:
    """What may be titles of the source's columns."""
    return apart(_all_titles(row))[0]


def _all_titles(row: Row) -> dict[int, str]:
    cleaned = {index: clean(str(cell)) for index, cell in enumerate(row.cells) if _can_be_title(cell)}
    return {index: title for index, title in cleaned.items() if title}


def _can_be_title(cell: object) -> bool:
    return cell is not None and not isinstance(cell, BadCell)


def _columns(
    titles: Mapping[int, str], named: Mapping[str, str | None], told: Mapping[str, str]
) -> tuple[tuple[Column, ...], tuple[Doubled, ...]]:
    """Each field is the first column of that name, or the first that a person has named so (`told`)."""
    columns: list[Column] = []
    doubled: list[Doubled] = []
    takes: dict[str, int] = {}
    for index, title in sorted(titles.items(), key=lambda one: (one[1] not in told, one[0])):
        takes.setdefault(named[title] or "", index)
    for index, title in sorted(titles.items()):
        field = named[title]
        if field and takes[field] != index:
            doubled.append(Doubled(title, field, titles[takes[field]]))
            field = None
        columns.append(Column(index, title, field))
    return tuple(columns), tuple(doubled)


def untitled(index: int) -> Column:
    """A column that holds cells, but has no title."""
    return Column(index, f"列 {column_letter(index)}", None)


def is_total_row(cells: Sequence[object]) -> bool:
    """Whether a row only sums up: it begins with 合计, 总计, 小计, total or sum and holds nothing but figures besides."""
    for at, cell in enumerate(cells):
        if cell is None:
            continue
        if not isinstance(cell, str) or _NO_TOTAL(cell):
            return False
        if clean(cell):
            return _TOTAL.fullmatch(fold(cell)) is not None and all(map(_is_figure_or_blank, cells[at + 1 :]))
    return False


def _is_figure_or_blank(cell: object) -> bool:
    if isinstance(cell, str):
        return not clean(cell) or bool(_FIGURE.fullmatch(clean(unicodedata.normalize("NFKC", cell))))
    return cell is None or (isinstance(cell, int | float | BadCell) and not isinstance(cell, bool))
