"""Customer sheets: a file per customer; what a later sheet changes holds from the day it is recorded."""

from __future__ import annotations

from typing import Any

from revisit.i18n import N_
from revisit.intake import opening
from revisit.intake.applications import Applications
from revisit.intake.known import PHONES, Details, File, Known, details
from revisit.intake.ledger import Ledger, extra_text, merged_extra
from revisit.intake.opening import DATED, PLAIN, SIGNED, fact_text
from revisit.intake.people import People
from revisit.intake.prepared import Prepared, prepare, told_by
from revisit.intake.reach import points_of, reach, whose
from revisit.intake.rows import Record, RowLabel
from revisit.policy.firms import core_of
from revisit.policy.likeness import Lookalikes
from revisit.register.keep import Newcomers

COLUMNS = DATED | SIGNED | {"last_order_on": "shown_order_on"}
AT_ONCE = 250  # files that are made or compared at once


def apply(ledger: Ledger) -> None:
    """Plans the records of a customer sheet: rows with a code first, so that a name alone finds the file they made."""
    from revisit.models import Customer

    ledger.expect(Customer, "follow_up", "standing")
    sheet = _Sheet(ledger)
    later: list[Record] = []
    for record in ledger.reading.read():
        if "code" in record.values or "code" not in ledger.reading.fields:
            sheet.take(record)
        else:
            later.append(record)
    for record in later:
        sheet.take(record)
    sheet.close()


class _Sheet:
    """A customer sheet on its way in, in portions: files to be made, and files to be compared with what is on record."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known = Known(ledger.sql)
        self._people = People(ledger)
        self._told_by = told_by(ledger.reading.fields)
        self._fresh: list[tuple[Record, File]] = []
        self._old: list[tuple[Record, File]] = []
        self._newcomers = Newcomers(ledger.company)
        self._lookalikes: Lookalikes | None = None
        self._applications = Applications(ledger)

    def take(self, record: Record) -> None:
        """One row."""
        ledger = self._ledger
        if not self._people.is_clear(record, "rep"):
            return
        file = _file_of(ledger, record, self._known)
        if file is None:
            return
        prepared = record.prepared or prepare(record.values, self._told_by, keys=False)
        told = prepared.told
        if file.row:
            _again(ledger, record, file.row, same=told == file.told)
            return
        file.row, file.told = record.row, told
        _check(ledger, record)
        if file.id is None:
            self._look_alike(record, file, prepared)
            self._fresh.append((record, file))
            ledger.count("inserted")
            if len(self._fresh) == AT_ONCE:
                self._make()
            return
        if "name" in record.values and record.values["name"] != file.name:
            self._known.rename(file, record.values["name"])
        self._old.append((record, file))
        if len(self._old) == AT_ONCE:
            self._compare()

    def close(self) -> None:
        """The last portion."""
        self._make()
        self._compare()

    def _make(self) -> None:
        opening.create(self._ledger, self._fresh, self._people, self._newcomers)
        self._fresh = []

    def _compare(self) -> None:
        ids = [file.id for _record, file in self._old if file.id is not None]
        on_file = details(self._ledger.sql, ids) if ids else {}
        self._applications.look(self._old, on_file)
        for record, file in self._old:
            found = on_file[file.row_id]
            changed = False
            if not _stands_there(record, found, self._people):
                asked = self._applications.ask(record, found)
                changed = _update(self._ledger, record, found, self._people) or asked
            self._ledger.count("updated" if changed else "unchanged")
        self._old = []

    def _look_alike(self, record: Record, file: File, prepared: Prepared) -> None:
        """Whether a new customer is perhaps one that is there already: for a person to decide."""
        if self._lookalikes is None:
            self._lookalikes = Lookalikes()
            self._ledger.write()
            for code, name, phone in self._ledger.sql.rows(PHONES):
                kept = core_of(name)
                self._lookalikes.add(code, kept.text, kept.places, (phone,) if phone else ())
        phones = record.values.get("phone", ())
        core, places = prepared.core, prepared.places
        if not prepared.search:
            core, _words, places, _numbers = core_of(file.name)
        found = self._lookalikes.like(core, places, phones)
        if found is not None:
            self._ledger.alike(record.row, file.code, *found)
        self._lookalikes.add(file.code, core, places, phones)


def fitting(ledger: Ledger, record: Record, field_name: str, name: str, known: Known) -> list[File] | None:
    """The file of that name, if any; None where it fits several, and the row is rejected."""
    files = known.by_name(name)
    if len(files) < 2:
        return files
    codes = ", ".join(file.code for file in files[:5])
    ledger.reject(record, field_name, N_("the name fits several customers: {codes}"), codes=codes)
    return None


def open_file(ledger: Ledger, record: Record, code: str | None, name: str | None, known: Known) -> File:
    """A file that is going to be made from a row; a name that is already there is worth a warning."""
    namesakes = known.by_name(name) if name else []
    if namesakes:
        ledger.warn(
            N_("row {row}: {name} is also the name of {other}; {code} became a file of its own"),
            row=record.row, name=name, other=namesakes[0].code, code=code,
        )  # fmt: skip
    return known.open(code, name)


def _file_of(ledger: Ledger, record: Record, known: Known) -> File | None:
    """The file a row speaks of, by code, else by exact name; it is opened where there is none. None: the row is rejected."""
    code, name = record.values.get("code"), record.values.get("name")
    if code is not None:
        return known.by_code(code) or open_file(ledger, record, code, name, known)
    if name is None:
        ledger.reject(record, "name", N_("the row names no customer: neither code nor name"))
        return None
    files = fitting(ledger, record, "name", name, known)
    if files is None:
        return None
    return files[0] if files else open_file(ledger, record, None, name, known)


def _again(ledger: Ledger, record: Record, row: RowLabel, *, same: bool) -> None:
    """A second row for the customer of `row`: it says the same, or it is a contradiction."""
    if same:
        ledger.count("unchanged")
    else:
        column = "code" if "code" in record.values else "name"
        ledger.reject(record, column, N_("row {other} states the same customer differently"), other=row)


def _check(ledger: Ledger, record: Record) -> None:
    values = record.values
    for name in ("last_order_on", "contract_on", "followed_since"):
        if name in values and values[name] > ledger.today:
            ledger.warn(N_("row {row}: {day} lies in the future"), row=record.row, day=values[name].isoformat())
    if "followed_since" in values and "followed_by" not in values:
        ledger.warn(N_("row {row}: a hand-over date without the department that follows was not used"), row=record.row)


def _stands_there(record: Record, file: Details, people: People) -> bool:
    """Whether all that a row says stands in the file, as most rows of a list that comes every week; False says nothing."""
    for name, value in record.values.items():
        if name in ("code", "rep"):
            continue
        if name in ("phone", "address"):
            points = file["points"][name]
            given = points_of(record.values, name)
            if [one for _id, one in points[: len(given)]] != list(given):
                return False
        elif file[COLUMNS.get(name, name)] != value:
            return False
    rep, on = record.values.get("rep"), record.values.get("last_order_on")
    if rep is not None and (file["rep_id"] is None or people.find(rep) != file["rep_id"]):
        return False
    return not record.extra and (on is None or on in file["shown"])


def _update(ledger: Ledger, record: Record, file: Details, people: People) -> bool:
    """Changes what the row says otherwise than the file; whether it did."""
    from revisit.models import Customer

    values = record.values
    after = {name: values[name] for name in PLAIN if name in values and values[name] != file[name]}
    beside = [
        _state_facts(ledger, record, file, after),
        _hand_over(ledger, record, file, after),
        _allocate(ledger, record, file, after, people),
        _show_order(ledger, record, file, after),
        reach(ledger, record, file),
    ]
    _sign(record, file, after)
    extra = merged_extra(file["extra"], extra_text(record.extra))
    if extra != file["extra"]:
        after["extra"] = extra
    if after:
        ledger.update(Customer, file["id"], file, after, record.row, whose(file))
    changed = bool(after) or any(beside)
    if changed:
        ledger.touched.add(file["id"])
    return changed


def _state_facts(ledger: Ledger, record: Record, file: Details, after: dict[str, Any]) -> bool:
    from revisit.models import Fact

    news = {name: record.values[name] for name, column in DATED.items() if name in record.values}
    news = {name: value for name, value in news.items() if value != file[DATED[name]]}
    after |= {DATED[name]: value for name, value in news.items()}
    facts = [
        {"customer_id": file["id"], "name": name, "value": fact_text(value), "from_on": ledger.today}
        for name, value in news.items()
    ]
    ledger.insert(Fact, facts, [record.row] * len(facts))
    return bool(facts)


def _sign(record: Record, file: Details, after: dict[str, Any]) -> None:
    """Limit and term are taken over where there was none; a change has to be applied for (`applications`)."""
    after |= {
        column: record.values[name]
        for name, column in SIGNED.items()
        if name in record.values and file[column] is None and record.values[name] is not None
    }


def _hand_over(ledger: Ledger, record: Record, file: Details, after: dict[str, Any]) -> bool:
    """A new pair (department, date) is a hand-over; a pair that the file has seen before is none."""
    from revisit.models import Handover

    by, since = record.values.get("followed_by"), record.values.get("followed_since")
    if by is None or (by == file["followed_by"] and since in (None, file["followed_since"])):
        return False
    if since is not None and (by, since) in file["handovers"]:
        return False
    after |= {name: value for name, value in (("followed_by", by), ("followed_since", since)) if value != file[name]}
    if by == file["followed_by"] == "service":
        return False
    handover = {"customer_id": file["id"], "to_whom": by, "from_on": since or ledger.today}
    ledger.insert(Handover, [handover], [record.row])
    return True


def _allocate(ledger: Ledger, record: Record, file: Details, after: dict[str, Any], people: People) -> bool:
    from revisit.models import Allocation

    word = record.values.get("rep")
    if word is None or (file["rep_id"] is not None and people.find(word) == file["rep_id"]):
        return False
    after["rep_id"] = people.representative(word, record.row)
    allocation = {"customer_id": file["id"], "staff_id": after["rep_id"], "from_on": ledger.today}
    ledger.insert(Allocation, [allocation], [record.row])
    return True


def _show_order(ledger: Ledger, record: Record, file: Details, after: dict[str, Any]) -> bool:
    from revisit.models import ShownOrder

    on = record.values.get("last_order_on")
    if on is None:
        return False
    if on != file["shown_order_on"]:
        after["shown_order_on"] = on
    if on in file["shown"]:
        return False
    ledger.insert(ShownOrder, [{"customer_id": file["id"], "ordered_on": on}], [record.row])
    return True
