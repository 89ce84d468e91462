"""How alike two customers are, and why: names, telephone numbers, addresses, contact persons. Pure; a person decides.

Each reason has a weight; together they make a score from 0 to 100: 100 × (1 − Π (1 − weight)). More reasons never make less.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from revisit import alike
from revisit.policy.firms import Core, core_of

LIKE = 80
"""Percent from which on two cores are like each other (rapidfuzz `ratio`; in Latin letters also with the words in order)."""
WEIGHTS: Mapping[str, float] = {
    "same-name": 0.85,  # but for width, brackets and spaces
    "same-core": 0.75,  # but for legal form and place
    "same-sound": 0.70,  # 宏远涂料, 鸿远涂料
    "short-sound": 0.35,  # the same of two or three characters: many people and firms
    "like-name": 0.75,  # of 100 % like; of `LIKE` % as much as LEAST_LIKE
    "elsewhere": 0.45,  # the same core in two places: often two firms
    "short-name": 0.35,  # one core begins the other
    "same-phone": 0.60,
    "same-address": 0.40,
    "same-person": 0.15,
}
LEAST_LIKE = 0.40
LIKELY = 60
"""The score from which on two customers are shown unasked: the same phone, the same core, a name that is 92 % like."""
SHARED_BY_MOST = 10
"""Customers that may have one telephone number or address: what more of them have is a switchboard's, and no sign at all."""
NAMED_BY_MOST = 20
"""Customers of one core that are compared with each other: of 测试 there may be hundreds."""
COMMON_PIECE = 20
"""Names in which a piece may stand that is looked for: what stands in more of them is 贸易 or trading."""
LONG_CORE = 8
"""Characters from which on names are compared piece by piece as well: they may differ in more than one character."""
FEWEST_ADDRESS = 6
FEWEST_PHONE = 7
_SHORT_SOUND = 3
_FEWEST_LIKE = 3
_FEWEST_LATIN = 5
_UNWRITTEN = re.compile(r"[\W_]+")
_SHORT_BITS = (1 << 60) - 1
_KEY_BITS, _PLACE_BITS = (1 << 36) - 1, 24


class Reason(NamedTuple):
    """Why two customers may be one: a code of `WEIGHTS`, and how many percent (100 but for `like-name`)."""

    code: str
    percent: int = 100


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of a customer. `sound`: how its core is spoken (pinyin), if it is Chinese."""

    name: str
    core: Core
    sound: str = ""
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


class Pair(NamedTuple):
    """Two customers by their places in the list, their score, and what it is made of."""

    score: int
    one: int
    other: int
    reasons: tuple[Reason, ...]


class Group(NamedTuple):
    """Customers that share a thing too many share to compare each with each: `what` as in the reasons, and their places."""

    what: str
    members: tuple[int, ...]


def profile(
    name: str,
    *,
    sound: Callable[[str], str] = lambda _core: "",
    phones: Iterable[str] = (),
    addresses: Iterable[str] = (),
    people: Iterable[str] = (),
) -> Profile:
    """A customer in the form in which it is compared. Masked and incomplete telephone numbers are left out."""
    core = core_of(name)
    return Profile(
        name=alike.customer_name(name),
        core=core,
        sound=sound(core.text),
        phones=tuple(one for one in phones if is_whole(one)),
        addresses=tuple(one for one in map(alike.address, addresses) if len(one) >= FEWEST_ADDRESS),
        people=tuple(one for one in map(_written, people) if len(one) > 1),
    )


def is_whole(phone: str) -> bool:
    """Whether a telephone number can tell who has it: `138****8000` matches nothing, and neither does 110."""
    if phone.isdigit():
        return len(phone) >= FEWEST_PHONE
    return "*" not in phone and sum(map(str.isdigit, phone)) >= FEWEST_PHONE


def _written(text: str) -> str:
    return _UNWRITTEN.sub("", unicodedata.normalize("NFKC", text).casefold())


# --- two customers


def compare(one: Profile, other: Profile) -> tuple[Reason, ...]:
    """Why two customers may be one; nothing where nothing speaks for it."""
    named = _names(one, other)
    reasons = [named] if named else []
    for code, mine, theirs in (
        ("same-phone", one.phones, other.phones),
        ("same-address", one.addresses, other.addresses),
        ("same-person", one.people, other.people),
    ):
        if mine and theirs and not set(mine).isdisjoint(theirs):
            reasons.append(Reason(code))
    return tuple(reasons)


def score_of(reasons: Iterable[Reason]) -> int:
    """The score of reasons, 0 to 100."""
    doubt = 1.0
    for reason in reasons:
        doubt *= 1 - _weight(reason)
    return round(100 * (1 - doubt))


def _weight(reason: Reason) -> float:
    whole = WEIGHTS[reason.code]
    if reason.code != "like-name":
        return whole
    return LEAST_LIKE + (whole - LEAST_LIKE) * (reason.percent - LIKE) / (100 - LIKE)


def _names(one: Profile, other: Profile) -> Reason | None:
    """What speaks for it in the names, if anything; the strongest only. Names that differ in a number are two."""
    mine, theirs = one.core, other.core
    if not mine.text or not theirs.text or mine.numbers != theirs.numbers:
        return None
    if one.name == other.name:
        return Reason("same-name")
    elsewhere = bool(mine.places and theirs.places) and set(mine.places).isdisjoint(theirs.places)
    if mine.text == theirs.text:
        return Reason("elsewhere" if elsewhere else "same-core")
    if elsewhere:
        return None
    if one.sound and one.sound == other.sound:
        return Reason("same-sound" if len(mine.text) > _SHORT_SOUND else "short-sound")
    percent = _percent(mine, theirs)
    if percent >= LIKE:
        return Reason("like-name", percent)
    short, long = sorted((mine.text, theirs.text), key=len)
    if long.startswith(short) and len(short) >= (_FEWEST_LATIN if short.isascii() else 2):
        return Reason("short-name")
    return None


def _percent(mine: Core, theirs: Core) -> int:
    """How much two cores are like each other, in percent; 0 below `LIKE` and for short ones, of which one character tells."""
    from rapidfuzz.fuzz import ratio

    fewest = _FEWEST_LATIN if mine.words and theirs.words else _FEWEST_LIKE
    if min(len(mine.text), len(theirs.text)) < fewest:
        return 0
    found = ratio(mine.text, theirs.text, score_cutoff=LIKE)
    if mine.words and theirs.words:
        found = max(found, ratio(mine.words, theirs.words, score_cutoff=LIKE))
    return min(99, int(found))


# --- many customers


def pairs_among(profiles: Sequence[Profile], *, least: int = LIKELY) -> tuple[list[Pair], list[Group]]:
    """The pairs of that score at least, the likest first, and the groups too large to be compared.

    Compared are those that share a phone, an address, a core, its sound, its letters but for one or two, its words in another
    order, or, of long names, a rare piece.
    """
    profiles, groups = _without_shared(profiles)
    found: dict[int, tuple[Reason, ...]] = {}
    size = len(profiles)
    for what, keys_of, most in _BLOCKS:
        for members in _blocks(profiles, keys_of):
            if len(members) > most:
                if what in ("same-core", "same-sound"):
                    groups.append(Group(what, tuple(members)))
                continue
            for place, one in enumerate(members):
                for other in members[place + 1 :]:
                    key = one * size + other
                    if key not in found:
                        reasons = compare(profiles[one], profiles[other])
                        if reasons and score_of(reasons) >= least:
                            found[key] = reasons
    pairs = [Pair(score_of(reasons), *divmod(key, size), reasons) for key, reasons in found.items()]
    return sorted(pairs, key=_likest), _largest_of_each(groups)


def pairs_with(profiles: Sequence[Profile], one: int, *, least: int = LIKELY) -> list[Pair]:
    """The pairs of one customer with any other of that score at least, the likest first."""
    shown, _groups = _without_shared(profiles)
    mine = shown[one]
    every = ((place, compare(mine, other)) for place, other in enumerate(shown) if place != one)
    pairs = [Pair(score_of(reasons), one, place, reasons) for place, reasons in every if reasons]
    return sorted((pair for pair in pairs if pair.score >= least), key=_likest)


def _likest(pair: Pair) -> tuple[int, int, int]:
    return (-pair.score, pair.one, pair.other)


def _without_shared(profiles: Sequence[Profile]) -> tuple[list[Profile], list[Group]]:
    """The profiles without telephone numbers and addresses that too many share; and who shares each of these."""
    phones, by_phone = _shared([one.phones for one in profiles])
    addresses, by_address = _shared([one.addresses for one in profiles])
    groups = [Group("same-phone", members) for members in by_phone] + [
        Group("same-address", members) for members in by_address
    ]
    if not groups:
        return list(profiles), []
    rows = zip(profiles, phones, addresses, strict=True)
    return [
        one if (mine, there) == (one.phones, one.addresses) else replace(one, phones=mine, addresses=there)
        for one, mine, there in rows
    ], groups


def _shared(rows: Sequence[tuple[str, ...]]) -> tuple[list[tuple[str, ...]], list[tuple[int, ...]]]:
    """The rows without the values that too many of them hold, and who holds each of these."""
    counts = Counter(value for row in rows for value in set(row))
    common = {value for value, times in counts.items() if times > SHARED_BY_MOST}
    if not common:
        return list(rows), []
    sharing: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        for value in common.intersection(row):
            sharing.setdefault(value, []).append(place)
    kept = [row if common.isdisjoint(row) else tuple(value for value in row if value not in common) for row in rows]
    return kept, [tuple(members) for members in sharing.values()]


def _largest_of_each(groups: Iterable[Group]) -> list[Group]:
    """Groups, the largest first; those of one sound that are a group of one core already are left out."""
    cores = {group.members for group in groups if group.what == "same-core"}
    kept = [group for group in groups if group.what != "same-sound" or group.members not in cores]
    return sorted(kept, key=lambda group: (-len(group.members), group.members))


Keys = Callable[[Profile], Iterable[str]]


def _blocks(profiles: Sequence[Profile], keys_of: Keys) -> Iterator[list[int]]:
    """The places of profiles that share a key, of each key with two or more. Keys are kept as numbers: there are many."""
    packed = [
        (hash(key) & _KEY_BITS) << _PLACE_BITS | place for place, one in enumerate(profiles) for key in keys_of(one)
    ]
    packed.sort()
    members: list[int] = []
    last = -1
    for number in packed:
        key, place = number >> _PLACE_BITS, number & ((1 << _PLACE_BITS) - 1)
        if key != last:
            if len(members) > 1:
                yield members
            members, last = [], key
        members.append(place)
    if len(members) > 1:
        yield members


def _shortened(one: Profile) -> set[str]:
    """The core, and what is left of it without one of its characters: two that share one differ in a character or two."""
    text = one.core.text
    if len(text) < _FEWEST_LIKE:
        return set()
    return {text, *(text[:place] + text[place + 1 :] for place in range(len(text)))}


def _pieces(one: Profile) -> set[str]:
    """Parts of a long core: words of Latin letters, pairs of Chinese characters."""
    text, words = one.core.text, one.core.words
    if words:
        return {word for word in words.split() if len(word) > _FEWEST_LIKE}
    return {text[place : place + 2] for place in range(len(text) - 1)} if len(text) >= LONG_CORE else set()


_BLOCKS: tuple[tuple[str, Keys, int], ...] = (
    ("same-phone", lambda one: set(one.phones), SHARED_BY_MOST),
    ("same-address", lambda one: set(one.addresses), SHARED_BY_MOST),
    ("same-core", lambda one: (one.core.text,) if one.core.text else (), NAMED_BY_MOST),
    ("same-sound", lambda one: (one.sound,) if one.sound else (), NAMED_BY_MOST),
    ("words", lambda one: (one.core.words,) if one.core.words else (), NAMED_BY_MOST),
    ("letters", _shortened, NAMED_BY_MOST),
    ("pieces", _pieces, COMMON_PIECE),
)


# --- while a sheet is read


def _short(text: str) -> int:
    """A text as a number of 60 bits, which Python keeps in half the space of one of 64."""
    return hash(text) & _SHORT_BITS


class Lookalikes:
    """Customers by core and by telephone number: whether a new one is probably there already, at once and without measuring.

    Of two of one core in different places nothing is said, and nothing of a number that many share. Cores and numbers are
    kept as hashes, since there may be a million: that two share one by chance would take thousands of millions.
    """

    def __init__(self) -> None:
        self._by_core: dict[int, tuple[str, tuple[str, ...]]] = {}
        self._by_phone: dict[int, str] = {}
        self._sharing: dict[int, int] = {}
        self._places: dict[tuple[str, ...], tuple[str, ...]] = {}

    def add(self, code: str, core: str, places: tuple[str, ...], phones: Iterable[str] = ()) -> None:
        """From now on a customer is there whose name has this core, and stood in these places."""
        if core:
            self._by_core.setdefault(_short(core), (code, self._places.setdefault(places, places)))
        for phone in phones:
            number = _short(phone)
            if number in self._by_phone:
                self._sharing[number] = self._sharing.get(number, 1) + 1
            elif is_whole(phone):
                self._by_phone[number] = code

    def like(self, core: str, places: tuple[str, ...], phones: Iterable[str] = ()) -> tuple[str, str] | None:
        """The code of a customer that is probably the same, and why (a code of `WEIGHTS`); None: there is none."""
        found = self._by_core.get(_short(core)) if core else None
        if found is not None and (not found[1] or not places or not set(found[1]).isdisjoint(places)):
            return found[0], "same-core"
        for phone in phones:
            number = _short(phone)
            if number in self._by_phone and self._sharing.get(number, 1) <= SHARED_BY_MOST:
                return self._by_phone[number], "same-phone"
        return None
