"""Is every text of the code there in Chinese? With `--update`: bring the texts of the code into the catalogue.

The catalogue is `revisit/locale/zh_CN/LC_MESSAGES/revisit.po`. It holds neither line numbers nor guesses, so that a
change of the code changes only the texts it touches. The English texts are the code's own and need no catalogue.
"""

from __future__ import annotations

import ast
import io
import re
import string
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "revisit" / "locale" / "zh_CN" / "LC_MESSAGES" / "revisit.po"
MARKS = ("_", "N_")
HEADER = rb"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Language: zh_CN\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
PERCENT = re.compile(r"%(?:\(\w+\))?[#0+-]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")


def extract(folder: Path = ROOT / "revisit") -> Catalog:
    """Every text that the code marks with `_` or `N_`: a text in so many letters, not the key of a table in the brackets."""
    found = Catalog(project="revisit", charset="utf-8")
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value:
                    found.add(text.value)
    return found


def load(path: Path = CATALOGUE) -> Catalog:
    """The Chinese catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN", charset="utf-8")


def fields(text: str) -> set[str]:
    """The names in the `{placeholders}` of a text; where it is no template at all (a lone brace), nothing."""
    try:
        return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return set()


def offenders(code: Catalog, chinese: Catalog) -> list[str]:
    """What is wrong with the Chinese catalogue, one line each; empty when it is complete."""
    wrong = []
    for message in code:
        if not message.id:
            continue  # the header
        ours, theirs = str(message.id), chinese.get(message.id)
        translated = str(theirs.string).strip() if theirs else ""
        if theirs is None:
            wrong.append(f"not in the catalogue: {ours!r}")
        elif not translated:
            wrong.append(f"not translated: {ours!r}")
        elif theirs.fuzzy:
            wrong.append(f"only a guess (fuzzy): {ours!r}")
        elif fields(ours) != fields(translated):
            wrong.append(f"other {{placeholders}}: {ours!r} → {translated!r}")
        elif sorted(PERCENT.findall(ours)) != sorted(PERCENT.findall(translated)):
            wrong.append(f"other %-placeholders: {ours!r} → {translated!r}")
    wrong += [f"no longer in the code: {message.id!r}" for message in chinese if message.id and message.id not in code]
    wrong += [f"left over in the catalogue (#~): {identifier!r}" for identifier in chinese.obsolete]
    return wrong


def update(code: Catalog, path: Path = CATALOGUE) -> None:
    """Add the texts that the catalogue lacks, still to be translated, and drop those that the code no longer has."""
    chinese = load(path)
    chinese.update(code, no_fuzzy_matching=True)
    body = io.BytesIO()
    write_po(body, chinese, width=120, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    path.write_bytes(HEADER + body.getvalue())


def main(arguments: list[str]) -> int:
    """List what is wrong; with `--update`, after bringing the catalogue up to the code."""
    code = extract()
    if "--update" in arguments:
        update(code)
    wrong = offenders(code, load())
    for line in wrong:
        print(line)
    if wrong and "--update" not in arguments:
        print(f"{len(wrong)} to mend in {CATALOGUE.relative_to(ROOT)}; `make i18n` brings it up to the code.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
