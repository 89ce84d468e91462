"""What can go wrong for a person, as a sentence and a remedy.

A class stands for an exit code (see `docs/errors.md`), never for a single message. Messages are English templates marked
with `N_`; they are translated and filled in when they are shown, in `cli.py` alone.
"""

from __future__ import annotations


class RevisitError(Exception):
    """A failure that a person can understand and mend. `message` and `remedy` are templates, `params` fill them."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "", **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.params = params

    def __str__(self) -> str:
        return self.message.format(**self.params)


class Refused(RevisitError):
    """Not found, not allowed, a rule broken, or a database that cannot be used. Exit code 1."""

    exit_code = 1


class NotedRefusal(Refused):
    """A refusal that leaves an audit row: somebody tried what is not for them, or not now. `table` and `row_id` name what it was
    about, `action` what was tried."""

    def __init__(
        self,
        message: str,
        remedy: str = "",
        *,
        table: str,
        row_id: int | None,
        customer_id: int | None,
        action: str,
        **params: object,
    ) -> None:
        super().__init__(message, remedy, action=action, **params)
        self.table = table
        self.row_id = row_id
        self.customer_id = customer_id
        self.action = action


class WrongUsage(RevisitError):
    """An option, date, rule or word that the program does not know. Exit code 2."""

    exit_code = 2
