"""When two names that people write are the same: the forms in which they are compared."""

from __future__ import annotations

import re
import unicodedata

_NOT_COMPARED = re.compile(r"[\s_\-]+")


def name(text: str) -> str:
    """Of a login or a department: width and case do not matter."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def word(text: str) -> str:
    """Of a word that is one of a few: width, case, spaces, hyphens and underscores do not matter."""
    return _NOT_COMPARED.sub("", name(text))
