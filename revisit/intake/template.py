"""An empty sheet of a kind to fill in: header, examples, words to choose from, and a sheet that explains each column.

It is made of the same layout by which a sheet is read, so what it holds can be imported as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revisit import posts, resources
from revisit.folding import width
from revisit.intake.choosing import EXPLANATION, load_layout
from revisit.intake.headers import Field, Layout
from revisit.sheets import column_letter
from revisit.sheets.writing import put, save_workbook

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

FORMATTED_ROWS = 1000
EXPLANATIONS = "import/explanations.toml"
SHEET_NAME = {"zh": "填写说明", "en": "How to fill in"}
FORMATS = {
    "code": "@", "phones": "@", "day": "yyyy-mm-dd", "birthday": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm", "instant": "yyyy-mm-dd hh:mm:ss", "money": "#,##0.00", "number": "0",
    "factor": "0.00",
}  # fmt: skip
WIDTHS = {
    "code": 14,
    "phones": 18,
    "day": 14,
    "birthday": 14,
    "moment": 18,
    "instant": 20,
    "money": 14,
    "number": 10,
    "factor": 10,
    "yes_no": 10,
}
_TITLED, _NEEDED, _EXAMPLE = "DDE7F3", "F8D7A8", "7F7F7F"
Texts = dict[str, dict[str, dict[str, Any]]]


def write_template(path: Path, kind: str, language: str, *, replace: bool = False) -> None:
    """A workbook to fill in for a kind of import, in a language (zh, en). Raises WrongUsage, Refused."""
    save_workbook(template_of(load_layout(kind), language), path, replace=replace)


def template_of(layout: Layout, language: str) -> Workbook:
    """The workbook: the sheet to fill in first, the sheet that explains it second."""
    import tomllib

    from openpyxl import Workbook

    texts: Texts = tomllib.loads(resources.read_text(EXPLANATIONS))
    fields = [field for field in layout.fields.values() if field.in_template]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = (layout.title or {}).get(language, layout.kind)
    explained = book.create_sheet(SHEET_NAME[language])
    _fill(sheet, fields, layout, language, texts)
    first_choice = _explain(explained, fields, layout, language, texts)
    _offer(sheet, explained, fields, language, texts, first_choice)
    return book


def choices(field: Field, language: str, texts: Texts) -> tuple[str, ...]:
    """The words from which a cell of this column is chosen; none: it is free."""
    if field.type == "word":
        return field.choices[language]
    if field.type == "post":
        return tuple(post.title[language] for post in posts.load_posts())
    return tuple(texts["choices"].get(field.type, {}).get(language, ()))


def _fill(sheet: Worksheet, fields: Sequence[Field], layout: Layout, language: str, texts: Texts) -> None:
    """Header with notes, example rows, and cells that keep codes and telephone numbers as they are typed."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    for index, field in enumerate(fields, 1):
        letter = column_letter(index - 1)
        head = sheet[f"{letter}1"]
        put(head, field.title[language])
        need = _need(field, layout, language, texts)
        head.font, head.alignment = Font(bold=True), Alignment(horizontal="center")
        head.fill = PatternFill("solid", fgColor=_NEEDED if need else _TITLED)
        said = [field.says[language], texts["forms"][field.type][language], f"({need})" if need else ""]
        head.comment = Comment("\n".join(filter(None, said)), "revisit", width=320, height=110)
        examples = field.examples[language]
        for row in range(2, FORMATTED_ROWS + 2) if field.type in FORMATS else ():
            sheet[f"{letter}{row}"].number_format = FORMATS[field.type]
        for row, example in enumerate(examples, 2):
            if example not in (None, ""):
                put(sheet[f"{letter}{row}"], example)
                sheet[f"{letter}{row}"].font = Font(italic=True, color=_EXAMPLE)
        shown = [head.value, *examples]
        widest = max(width(str(one or "")) for one in shown) + 3
        sheet.column_dimensions[letter].width = min(max(widest, WIDTHS.get(field.type, 12)), 40)
    sheet.freeze_panes = "A2"


def _explain(sheet: Worksheet, fields: Sequence[Field], layout: Layout, language: str, texts: Texts) -> int:
    """What each column means and how it is written; the row from which on the words stand, a column per field."""
    from openpyxl.styles import Alignment, Font

    put(sheet["A1"], EXPLANATION[language])
    sheet["A1"].font = Font(bold=True, size=14)
    said = [(layout.says or {}).get(language, ""), *(one[language] for one in texts["texts"].values())]
    for number, text in enumerate(filter(None, said), 2):
        put(sheet.cell(number, 1), text.replace("{kind}", layout.kind))
    row = number + 2
    headings = texts["headings"]
    for column, name in enumerate(("column", "need", "meaning", "form", "words"), 1):
        put(sheet.cell(row, column), headings[name][language])
        sheet.cell(row, column).font = Font(bold=True)
    for field in fields:
        row += 1
        words = (
            "、".join(choices(field, language, texts))
            if language == "zh"
            else ", ".join(choices(field, language, texts))
        )
        form = texts["forms"][field.type][language]
        told = (field.title[language], _need(field, layout, language, texts), field.says[language], form, words)
        for column, text in enumerate(told, 1):
            put(sheet.cell(row, column), text)
            sheet.cell(row, column).alignment = Alignment(wrap_text=column > 2, vertical="top")
    for letter, size in zip("ABCDE", (18, 14, 44, 44, 40), strict=True):
        sheet.column_dimensions[letter].width = size
    return row + 3


def _offer(
    sheet: Worksheet, explained: Worksheet, fields: Sequence[Field], language: str, texts: Texts, first: int
) -> None:
    """Lists to choose from. Another word may be typed all the same: the importer understands more than are listed."""
    from openpyxl.worksheet.datavalidation import DataValidation

    place = 0
    for index, field in enumerate(fields):
        words = choices(field, language, texts)
        if not words:
            continue
        letter = column_letter(place)
        place += 1
        put(explained[f"{letter}{first - 1}"], field.title[language])
        for offset, word in enumerate(words):
            put(explained[f"{letter}{first + offset}"], word)
        source = f"'{explained.title}'!${letter}${first}:${letter}${first + len(words) - 1}"
        offered = DataValidation("list", formula1=source, allow_blank=True, errorStyle="warning")
        offered.error = texts["forms"]["word"][language]
        sheet.add_data_validation(offered)
        offered.add(f"{column_letter(index)}2:{column_letter(index)}{FORMATTED_ROWS + 1}")


def _need(field: Field, layout: Layout, language: str, texts: Texts) -> str:
    """Whether a column has to be filled in: on its own, or one of several."""
    headings = texts["headings"]
    if field.required:
        return str(headings["required"][language])
    return str(headings["one_of"][language]) if field.name in layout.known_by else ""
