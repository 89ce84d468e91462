"""How a text finds phrases: by words, by any piece of Chinese, by pinyin or initials, by situation and cause.

There is no dictionary: Chinese is looked for as it stands, and where it stands nowhere by its pairs of characters. How a
character is read is handed in. The same text finds the same phrases in the same order, whatever order they come in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log2
from typing import NamedTuple

from revisit.policy.phrases.model import Phrase, Situation

Readings = Callable[[str], Sequence[str]]
"""How a character is read, in pinyin without tones; nothing for what is not Chinese."""

LONGEST = 200  # characters of a text that is looked for; the rest is not read
ID, NAME, NOTE, TEXT = 8.0, 4.0, 2.0, 1.0  # what a word counts for where it is found
BEGINNING, SPELLED, SPELLING, INITIALS = 0.8, 0.9, 0.7, 0.5  # and how it is found there
SHORTEST_GUESS = 4  # letters of a word that may be misspelt
LIKENESS = 0.8  # of a misspelt word and the one that is meant
HALF = 0.5  # of a word, or of what the best phrase holds of it: with less a phrase is not found by its pieces
SMALL = 0.25  # part of what the best phrase holds of several words: with less a phrase is not found
FEWEST_INITIALS = 3  # letters; two fit nearly every text, so they are looked for in names only

_HAN = "\u3007\u3400-\u9fff\U00020000-\U0003ffff"
_PARTS = re.compile(rf"[{_HAN}]+|[^\W{_HAN}]+(?:['-][^\W{_HAN}]+)*")
_IN_BRACES = re.compile(r"\{[^{}]*\}")
_MARKS = re.compile(rf"[^\w\n{_HAN}]+")
_NOT_HAN = re.compile(rf"[^{_HAN}]+")
_LETTERS = re.compile(r"[a-z\u00fc']+")


@dataclass(frozen=True)
class Entry:
    """A phrase that may be found, its situation, and further names of both: those of the other language."""

    phrase: Phrase
    situation: Situation
    names: tuple[str, ...] = ()

    @cached_property
    def fields(self) -> tuple[_Field, ...]:
        """Where a word is looked for, with what it counts for there."""
        cause, situation = self.phrase.cause, self.situation.name
        names = [situation.id, situation.title, *situation.also, cause.id, cause.title, *cause.also, *self.names]
        return (
            _field(NAME, "\n".join(names)),
            _field(NOTE, self.phrase.note),
            _field(TEXT, f"{self.phrase.id}\n{self.phrase.text}"),
        )


class Hits(NamedTuple):
    """What a text finds, best first. `unknown`: its words that nothing holds; `meant`: words that were taken for others."""

    entries: tuple[Entry, ...]
    unknown: tuple[str, ...] = ()
    meant: tuple[tuple[str, str], ...] = ()


class _Field:
    """A text as it is looked through: its Chinese without marks, parted where anything else stands; its other words."""

    def __init__(self, weight: float, text: str) -> None:
        folded = fold(_IN_BRACES.sub("\n", text))
        self.weight = weight
        self.han = _NOT_HAN.sub("\n", _MARKS.sub("", folded)).strip("\n")
        whole = {part for part in _PARTS.findall(folded) if not _is_han(part)}
        self.words = frozenset(whole | {piece for part in whole for piece in part.split("-")})


@lru_cache(maxsize=1024)
def _sounds(han: str, readings: Readings) -> tuple[tuple[str, ...], ...]:
    """How each character of a Chinese text is read."""
    return tuple(tuple(readings(char)) for char in han)


_field = lru_cache(maxsize=1024)(_Field)  # phrases of one situation share their names


def fold(text: str) -> str:
    """The form in which texts are compared: width, case and the kind of apostrophe do not matter."""
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def words_of(text: str) -> list[str]:
    """The words of a text that is looked for, each once: parted by spaces and marks, and where Chinese begins or ends."""
    return list(dict.fromkeys(_PARTS.findall(fold(text[:LONGEST]))))


def search(entries: Iterable[Entry], text: str, readings: Readings, *, guess: bool = False) -> Hits:
    """The phrases that hold the words of a text: those that hold more of them first, then by where they hold them.

    What holds but a small part of what the best one holds is not found; a rare word is a larger part than a frequent one.
    With `guess` a word that nothing holds is taken for one that sounds like it or is written nearly so.
    """
    every = list(entries)
    unknown: list[str] = []
    meant: list[tuple[str, str]] = []
    held, part, score = ([0.0] * len(every) for _ in range(3))
    for word in words_of(text):
        marks = _marks(every, word, readings)
        if guess and not any(mark.held for mark in marks):
            other, marks = _guessed(every, word, readings)
            meant += [(word, other)] if other else []
        found = sum(mark.held > 0 for mark in marks)
        if not found:
            unknown.append(word)
            continue
        rarity = log2(1 + len(every) / found)
        for number, mark in enumerate(marks):
            held[number] += mark.held
            part[number] += mark.held * rarity
            score[number] += mark.score * rarity
    least = max(part, default=0.0) * SMALL
    ranked = sorted(
        (number for number, one in enumerate(part) if one > least),
        key=lambda number: (-held[number], -round(score[number], 6), order_of(every[number])),
    )
    return Hits(tuple(every[number] for number in ranked), tuple(unknown), tuple(meant))


def order_of(entry: Entry) -> tuple[int, str, int, str]:
    """The order in which phrases are listed: as a talk goes, and within a situation as its file has them."""
    return entry.situation.place, entry.situation.name.id, entry.phrase.place, entry.phrase.id


class _Mark(NamedTuple):
    """How a word is found in a phrase: `held` 1 as it stands, `HALF` by its pieces, 0 not at all; `score`: how well."""

    held: float
    score: float


def _marks(entries: Sequence[Entry], word: str, readings: Readings) -> list[_Mark]:
    """How a word is found in each phrase."""
    if not _is_han(word):
        scores = [_latin_score(entry, word, readings) for entry in entries]
        return [_Mark(float(score > 0), score) for score in scores]
    whole = [_han_score(entry, word) for entry in entries]
    pairs = {word[at : at + 2] for at in range(len(word) - 1)} if len(word) > 2 else set()
    return _with_pairs(entries, whole, sorted(pairs)) if pairs else [_Mark(float(one > 0), one) for one in whole]


def _with_pairs(entries: Sequence[Entry], whole: Sequence[float], pairs: Sequence[str]) -> list[_Mark]:
    """A word found as it stands, or by its pairs of characters, rare ones above all: by half of them at least; where the
    word stands nowhere, by whatever comes near the best."""
    scores, counts = [0.0] * len(entries), [0] * len(entries)
    for pair in pairs:
        found = [_han_score(entry, pair) for entry in entries]
        rarity = log2(1 + len(entries) / max(1, sum(map(bool, found))))
        scores = [score + one * rarity for score, one in zip(scores, found, strict=True)]
        counts = [count + bool(one) for count, one in zip(counts, found, strict=True)]
    if any(whole):
        near = [count >= len(pairs) * HALF for count in counts]
    else:
        near = [score >= max(scores) * HALF and score > 0 for score in scores]
    return [
        _Mark(1.0, full) if full else _Mark(HALF, score) if enough else _Mark(0.0, 0.0)
        for full, score, enough in zip(whole, scores, near, strict=True)
    ]


def _han_score(entry: Entry, word: str) -> float:
    return sum(field.weight for field in entry.fields if word in field.han)


def _latin_score(entry: Entry, word: str, readings: Readings) -> float:
    typed = word.replace("'", "").replace("ü", "v") if _LETTERS.fullmatch(word) else ""
    mark = ID if word == entry.phrase.id else NAME if "-" in word and entry.phrase.id.startswith(word) else 0.0
    for field in entry.fields:
        begun = len(word) > 1 and any(one.startswith(word) for one in field.words)
        written = 1.0 if word in field.words else BEGINNING if begun else 0.0
        mark += field.weight * (written or _spelled(typed, field, readings))
    return mark


def _spelled(typed: str, field: _Field, readings: Readings) -> float:
    """How well letters fit any piece of a Chinese text: as its pinyin, as the beginning of it, or as initials."""
    if len(typed) < 2 or not field.han:
        return 0.0
    sounds, best = _sounds(field.han, readings), 0.0
    starts = [at for at, known in enumerate(sounds) if any(one[0] == typed[0] for one in known)]
    for start in starts:
        reached = {0}
        for known in sounds[start : start + len(typed)]:
            ways = [(at, sound) for at in reached for sound in known]
            reached = {at + len(sound) for at, sound in ways if typed.startswith(sound, at)}
            if len(typed) in reached:
                return SPELLED
            if not best and any(sound.startswith(typed[at:]) for at, sound in ways):
                best = SPELLING
            if not reached:
                break
    if best or (len(typed) < FEWEST_INITIALS and field.weight != NAME):
        return best
    return INITIALS if any(_initialled(typed, sounds[start : start + len(typed)]) for start in starts) else 0.0


def _initialled(typed: str, sounds: Sequence[Sequence[str]]) -> bool:
    """Whether letters are the first ones of as many characters."""
    return len(sounds) == len(typed) and all(
        any(sound[0] == letter for sound in known) for letter, known in zip(typed, sounds, strict=True)
    )


# --- a word that nothing holds


def _guessed(entries: Sequence[Entry], word: str, readings: Readings) -> tuple[str, list[_Mark]]:
    """The word that may be meant, and how it is found."""
    other = _same_sound(entries, word, readings) if _is_han(word) else _nearly_written(entries, word, readings)
    return other, [_Mark(mark.held * HALF, mark.score) for mark in _marks(entries, other, readings)] if other else []


def _same_sound(entries: Sequence[Entry], word: str, readings: Readings) -> str:
    """A piece of Chinese that sounds like the word: who types pinyin takes the wrong character now and then."""
    sounds = [set(readings(char)) for char in word]
    if len(word) < 2 or not all(sounds):
        return ""
    for han in _in_order(entries):
        for start in range(len(han) - len(word) + 1):
            piece = han[start : start + len(word)]
            if all(not known.isdisjoint(readings(char)) for known, char in zip(sounds, piece, strict=True)):
                return piece
    return ""


def _nearly_written(entries: Sequence[Entry], word: str, readings: Readings) -> str:
    """The word, or the pinyin of a name, that is written nearly so."""
    from difflib import get_close_matches

    if len(word) < SHORTEST_GUESS:
        return ""
    known = {one for entry in entries for field in entry.fields for one in field.words}
    for entry in entries:
        for name in entry.fields[0].han.split("\n"):
            syllables = [next(iter(readings(char)), "") for char in name]
            known |= {"".join(syllables[start:]) for start in range(len(syllables))}
    longer = sorted(one for one in known if len(one) >= SHORTEST_GUESS)
    return next(iter(get_close_matches(word, longer, n=1, cutoff=LIKENESS)), "")


def _in_order(entries: Sequence[Entry]) -> Iterator[str]:
    """The Chinese of all phrases: names, then notes, then texts."""
    ordered = sorted(entries, key=order_of)
    for number in range(3):
        yield from (entry.fields[number].han for entry in ordered)


def _is_han(word: str) -> bool:
    return _NOT_HAN.search(word) is None
