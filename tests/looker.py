"""One of many who look at the same time, as a process of its own: `python tests/looker.py URL LOGIN INSTANT TIMES`, then a line
on stdin to begin. What was missed is put before the next post, as before each list that a command shows."""

from __future__ import annotations

import sys
from datetime import datetime

from revisit.context import Context


def main(url: str, login: str, now: datetime, times: int) -> None:
    """Looks so many times at one instant."""
    context = Context(db_option=url, login_option=login)
    context.__dict__["now"] = now
    with context.reading():
        pass
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for _ in range(times):
        context.look()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3]), int(sys.argv[4]))
