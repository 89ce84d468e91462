"""How people call a matter on the command line: a case 3 or #3, a complaint TS2026-0001, an approval A3, a service job S3."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Literal

import typer

from revisit.errors import WrongUsage
from revisit.i18n import N_, _

Kind = Literal["case", "complaint", "approval", "service"]
MARKS = {"case": "#", "approval": "A", "service": "S"}
"""What stands before the number of a kind; within the commands of that kind it may be left out."""
NO_NUMBER = {
    "case": (N_("{text} is no number of a case"), N_("for example 3 or #3")),
    "approval": (N_("{text} is no number of an approval"), N_("for example 3 or A3")),
    "service": (N_("{text} is no number of a service job"), N_("for example 12 or S12")),
}
_DIGITS = "([0-9]{1,9})"
_COMPLAINT = re.compile(r"TS.*|[0-9]{4}-[0-9]+", re.IGNORECASE)


def case(text: str) -> int:
    """The number of a case. Raises WrongUsage."""
    return _number("case", text)


def approval(text: str) -> int:
    """The number of an approval. Raises WrongUsage."""
    return _number("approval", text)


def job(text: str) -> int:
    """The number of a service job. Raises WrongUsage."""
    return _number("service", text)


def matter(text: str) -> tuple[Kind, str]:
    """Of which kind a number is; one without a mark is that of a case. Raises WrongUsage."""
    said = _typed(text)
    if re.fullmatch(f"#?{_DIGITS}", said):
        return "case", said
    if re.fullmatch(f"A{_DIGITS}", said, re.IGNORECASE):
        return "approval", said
    if re.fullmatch(f"S{_DIGITS}", said, re.IGNORECASE):
        return "service", said
    if _COMPLAINT.fullmatch(said):
        return "complaint", said
    raise WrongUsage(
        N_("{text} is no number of a case, complaint, approval or service job"),
        N_("a case is called 3, a complaint TS2026-0001, an approval A3, a service job S3"), text=text,
    )  # fmt: skip


CaseArgument = Annotated[
    int, typer.Argument(metavar=_("NUMBER"), parser=case, help=_("The number of a case: 3 or #3."))
]
ApprovalArgument = Annotated[
    int, typer.Argument(metavar=_("NUMBER"), parser=approval, help=_("The number of an approval: 3 or A3."))
]
JobArgument = Annotated[
    int, typer.Argument(metavar=_("NUMBER"), parser=job, help=_("The number of a service job: 12 or S12."))
]


def _number(kind: Literal["case", "approval", "service"], text: str) -> int:
    found = re.fullmatch(f"{MARKS[kind]}?{_DIGITS}", _typed(text), re.IGNORECASE)
    if found is None:
        raise WrongUsage(*NO_NUMBER[kind], text=text)
    return int(found[1])


def _typed(text: str) -> str:
    """What was typed, full-width letters and digits as the common ones."""
    return unicodedata.normalize("NFKC", text).strip()
