"""Who may see and do what: the matrix of the roles, as data. Pure; `revisit.access` applies it to lists and files.

On one SQLite file this is a guard-rail: whoever may read the file can read everything in it. A server enforces it by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Side = Literal["own", "other", "supervisor", "administrator", "approver", "auditor", "stranger"]
"""From where somebody looks at a customer: a representative at an own one or at another's, a supervisor at one of the team,
…; a stranger is somebody whom only the operating system names."""
Sight = Literal["whole", "owed", "masked", "none"]
"""`owed`: whole while the viewer owes this customer a contact, else masked. `none`: not even masked."""
Subject = Literal["name", "phone", "log", "credit"]
Deed = Literal[
    "log", "amend", "exclude", "waive", "close", "assign", "merge", "staff", "import", "undo",
    "reveal", "export", "score", "target", "inspect", "audit", "verify", "upgrade", "effect", "simulate", "draft", "adopt",
    "close-report",
]  # fmt: skip

SIGHTS: Mapping[Subject, Mapping[Side, Sight]] = {
    # name, grade, what is due
    "name": {
        "own": "whole", "other": "masked", "supervisor": "whole", "administrator": "whole", "approver": "whole",
        "auditor": "whole", "stranger": "whole",
    },
    # telephone, address
    "phone": {
        "own": "owed", "other": "none", "supervisor": "masked", "administrator": "masked", "approver": "none",
        "auditor": "masked", "stranger": "masked",
    },
    # what was said, and everything dated
    "log": {
        "own": "whole", "other": "none", "supervisor": "whole", "administrator": "whole", "approver": "none",
        "auditor": "whole", "stranger": "whole",
    },
    # credit limit, payment term, balance
    "credit": {
        "own": "whole", "other": "none", "supervisor": "whole", "administrator": "whole", "approver": "whole",
        "auditor": "whole", "stranger": "none",
    },
}  # fmt: skip

_LEAD: frozenset[Side] = frozenset({"supervisor", "administrator"})
DEEDS: Mapping[Deed, frozenset[Side]] = {
    "log": frozenset({"own", *_LEAD}),
    "amend": frozenset({"own", *_LEAD}),
    "exclude": frozenset({"own", *_LEAD}),  # who is told not to call has to be able to say so at once
    "waive": _LEAD,
    "close": _LEAD,
    "assign": _LEAD,
    "merge": _LEAD,  # two files into one, or say that they are two customers
    "staff": frozenset({"administrator"}),
    "import": frozenset({"own", "other", *_LEAD}),
    "undo": frozenset({"own", *_LEAD}),  # own: what one has imported oneself
    "reveal": frozenset({"own", *_LEAD}),
    "export": _LEAD,
    "score": frozenset(
        {"own", *_LEAD, "auditor"}
    ),  # of a person: see score sheet, targets, what was found of checked records
    "target": _LEAD,
    "inspect": _LEAD,
    "audit": frozenset({*_LEAD, "auditor"}),
    "close-report": _LEAD,
    "verify": frozenset({"administrator", "auditor"}),
    "upgrade": frozenset({"administrator"}),  # of a server; a file is brought up to date by whoever opens it
    "effect": frozenset({*_LEAD, "approver", "auditor"}),  # whether customers who were reached order more
    "simulate": frozenset({*_LEAD, "approver", "auditor"}),  # what another policy would change
    "draft": frozenset({*_LEAD, "approver"}),  # write a policy that somebody else adopts
    "adopt": frozenset({"administrator", "approver"}),
}
"""What takes nobody's customer (staff, import, upgrade, policies) is asked with the viewer's own side."""
MOST_REVEALED: Mapping[Side, int] = {"supervisor": 500}
"""How many rows with whole telephone numbers a sheet may hold that is exported; nothing said: as many as there are."""


def side_of(
    role: str | None,
    me: int | None,
    my_department: int | None,
    owner: int | None,
    owner_department: int | None,
) -> Side:
    """From where a viewer looks at a customer.

    `role` None: nobody of the staff. A supervisor leads the representatives of the own department, and customers without a
    representative; one who belongs to no department leads everybody.
    """
    if role is None:
        return "stranger"
    if role == "representative":
        return "own" if owner is not None and owner == me else "other"
    if role == "supervisor":
        leads = my_department is None or owner is None or owner == me or owner_department == my_department
        return "supervisor" if leads else "other"
    if role == "administrator":
        return "administrator"
    return "approver" if role == "approver" else "auditor"


def may(deed: Deed, side: Side) -> bool:
    """Whether somebody on that side may do it."""
    return side in DEEDS[deed]


def sight(subject: Subject, side: Side, *, owes: bool = False) -> Literal["whole", "masked", "none"]:
    """How much of a subject may be seen; `owes`: the customer is owed a contact by the viewer now."""
    found = SIGHTS[subject][side]
    if found == "owed":
        return "whole" if owes else "masked"
    return found
