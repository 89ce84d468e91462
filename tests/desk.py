"""One desk of many, as a process of its own: it takes one customer after the other from a list that was read before.

`python tests/desk.py URL LOGIN CLAIMS FILE`, then a line on stdin to begin; on stdout a JSON list of the codes it got. FILE
holds the lines that may be taken and the instant, pickled.
"""

from __future__ import annotations

import json
import pickle
import sys
from datetime import datetime
from pathlib import Path

from revisit import claims, db, quick, staff
from revisit.claims import Taking
from revisit.company import load_company
from revisit.morning import DueLine

SEEN = 500  # of the list: what stands before the customer it got is taken, and need not be looked at again


def main(url: str, login: str, wanted: int, free: tuple[DueLine, ...], now: datetime) -> list[str]:
    """The codes of the customers that this desk got, in order."""
    with db.reading(url) as sql:
        company = load_company(sql)
        taking = Taking(staff.get_by_login(sql, login), now.date(), now)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        got: list[str] = []
        while len(got) < wanted:
            with quick.writing(sql):
                line = claims.take(sql, company, free, taking)
            if line is None:
                break
            got.append(line.code)
            places = [one.customer_id for one in free[:SEEN]]
            free = free[places.index(line.customer_id) + 1 if line.customer_id in places else 0 :]
        return got


if __name__ == "__main__":
    url, login, wanted, file = sys.argv[1:]
    free, now = pickle.loads(Path(file).read_bytes())  # noqa: S301 - written by the test itself
    sys.stdout.write(json.dumps(main(url, login, int(wanted), free, now)))
