"""Compiles phrases (see tickets.topics) and matches them against words, in time bounded by the phrase."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from tickets.topics.words import Words, fold, is_number

GAP = 4  # words at most
MOST_GAPS = 3
MOST_PARTS = 16
MOST_CHOICES = 400
MOST_LINES = 500
SHORTEST_STEM = 3

_PIECE = re.compile(r"\s*(?:(…|\.\.\.)|\(([^()]*+)\)|\[([^\[\]]*+)\]|([^\s()\[\]…|]++))")
_LIST = re.compile(r"\s*([^\s=]++)\s*=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Choice:
    """One place of a phrase: any of these words, beginnings of words, a number, or several words in a row."""

    exact: frozenset[str]
    stems: tuple[str, ...] = ()
    number: bool = False
    longer: tuple[tuple["Choice", ...], ...] = ()
    optional: bool = False
    # The rows of `longer` by the first letters that they can begin with, so that few are tried at a word.
    _rows: dict[str, list[tuple["Choice", ...]]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.longer:
            for key in row[0].first_letters():
                self._rows.setdefault(key, []).append(row)

    def first_letters(self) -> set[str]:
        """The first letters that a matching word can have; "#" for any number."""
        keys = {word[:SHORTEST_STEM] for word in (*self.exact, *self.stems)}
        keys |= {key for row in self.longer for key in row[0].first_letters()}
        return keys | {"#"} if self.number else keys

    def takes(self, word: str) -> bool:
        return word in self.exact or word.startswith(self.stems) or (self.number and is_number(word))

    def _rows_at(self, word: str) -> list[tuple["Choice", ...]]:
        rows = self._rows.get(word[:SHORTEST_STEM], [])
        return rows + self._rows.get("#", []) if is_number(word) else rows

    def after(self, words: Words, at: int, end: int) -> Iterator[int]:
        """The places at which the phrase can go on after this choice, from word `at`."""
        if self.optional:
            yield at
        if at < end:
            word = words.folded[at]
            if self.takes(word):
                yield at + 1
            for row in self._rows_at(word) if self.longer else ():
                place: int | None = at
                for choice in row:
                    place = next(choice.after(words, place, end), None) if place is not None else None
                if place is not None:
                    yield place


@dataclass(frozen=True, slots=True)
class Phrase:
    line: str
    parts: tuple[Choice | None, ...]  # None is a gap
    # For each part that must be there, the first letters of which a text must have some.
    _needs: tuple[set[str], ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        needs = tuple(part.first_letters() for part in self.parts if part is not None and not part.optional)
        object.__setattr__(self, "_needs", needs)

    def may_match(self, letters: Set[str]) -> bool:
        """Whether it can match a text whose words begin so (as `Words.first_letters`): most phrases cannot."""
        return not any(letters.isdisjoint(some) for some in self._needs)

    def first_letters(self) -> set[str]:
        return self.parts[0].first_letters() if self.parts[0] else set()

    def match(self, words: Words, at: int, barred: Sequence[bool]) -> int | None:
        """The word after the shortest match that starts at word `at`. Gaps do not pass a barred word."""
        end = words.sentence_ends[at]
        # Most phrases fail at a plain word: those are walked without a set of places.
        for number, part in enumerate(self.parts):
            if part is None or part.longer or part.optional:
                return self._spread(at, self.parts[number:], words, end, barred)
            if at >= end or not part.takes(words.folded[at]):
                return None
            at += 1
        return at

    @staticmethod
    def _spread(at: int, parts: Sequence[Choice | None], words: Words, end: int, barred: Sequence[bool]) -> int | None:
        places = {at}
        for part in parts:
            if part is None:
                for place in tuple(places):
                    for ahead in range(place, min(place + GAP, end)):
                        if barred[ahead]:
                            break
                        places.add(ahead + 1)
            else:
                places = {after for place in places for after in part.after(words, place, end)}
                if not places:
                    return None
        return min(places)


def compile_phrases(text: str) -> list[Phrase]:
    """The phrases of a text, one a line. Raises ValueError naming the line and what is wrong with it."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise ValueError(f"At most {MOST_LINES} phrases, please; these are {len(lines)}.")
    lists: dict[str, Choice] = {}
    phrases: list[Phrase] = []
    for number, line in lines:
        try:
            named = _LIST.fullmatch(line)
            if named:
                lists[named[1].casefold()] = _choice([text for text in named[2].split(",") if text.strip()], lists)
            else:
                phrases.append(_phrase(line, lists))
        except ValueError as wrong:
            raise ValueError(f"Line {number} ({line[:60]}): {wrong}") from None
    return phrases


def _phrase(line: str, lists: Mapping[str, Choice]) -> Phrase:
    parts: list[Choice | None] = []
    place = 0
    while place < len(line):
        piece = _PIECE.match(line, place)
        if piece is None:
            raise ValueError(f"{line[place:].strip()[:1]!r} has no partner, or one stands inside another.")
        place = piece.end()
        gap, choices, name, word = piece.groups()
        if gap:
            parts.append(None)
        elif choices is not None:
            parts.append(_choice(choices.split("|"), lists))
        elif name is not None:
            parts.append(_list(name, lists))
        else:
            parts.extend(_row(word))
    _check(parts)
    return Phrase(line, tuple(parts))


def _check(parts: Sequence[Choice | None]) -> None:
    if not parts or parts[0] is None or parts[-1] is None:
        raise ValueError("a phrase starts and ends with a word, not with a gap.")
    if parts[0].optional or all(part is None or part.optional for part in parts):
        raise ValueError("the first word of a phrase cannot be left out.")
    if len(parts) > MOST_PARTS or parts.count(None) > MOST_GAPS:
        raise ValueError(f"a phrase has at most {MOST_PARTS} words and {MOST_GAPS} gaps.")
    if any(one is None and two is None for one, two in pairwise(parts)):
        raise ValueError("two gaps in a row.")


def _list(name: str, lists: Mapping[str, Choice]) -> Choice:
    choice = lists.get(name.strip().casefold())
    if choice is None:
        raise ValueError(f"there is no word list [{name}] above this line.")
    return choice


def _choice(texts: Sequence[str], lists: Mapping[str, Choice]) -> Choice:
    """One of several; each is a word, a stem, a number, a word list or several of them in a row."""
    if len(texts) > MOST_CHOICES:
        raise ValueError(f"at most {MOST_CHOICES} alternatives, please.")
    rows = [
        [
            choice
            for word in text.split()
            for choice in ([_list(word[1:-1], lists)] if word[0] + word[-1] == "[]" else _row(word))
        ]
        for text in texts
    ]
    single = [row[0] for row in rows if len(row) == 1]
    longer = (*(tuple(row) for row in rows if len(row) > 1), *(row for choice in single for row in choice.longer))
    if not single and not longer:
        raise ValueError("nothing to choose from.")
    if any(len(row) > MOST_PARTS for row in longer):
        raise ValueError(f"an alternative has at most {MOST_PARTS} words.")
    return Choice(
        exact=frozenset(word for choice in single for word in choice.exact),
        stems=tuple(stem for choice in single for stem in choice.stems),
        number=any(choice.number for choice in single),
        longer=longer,
        optional=any(not row for row in rows) or any(choice.optional for choice in single),
    )


@lru_cache(maxsize=4096)
def _row(word: str) -> tuple[Choice, ...]:
    """The words that a text would have here: "e-mail" is two."""
    if word == "#":
        return (Choice(frozenset(), number=True),)
    stem = word.endswith("*")
    parts = re.split(r"[-‐‑]", word.removesuffix("*"))
    foldeds = [fold(part) for part in parts]
    strange = re.search(r"[^\w\s'’ʼ`´\-‐‑\u0300-\u036f]|_", word.removesuffix("*"))
    if strange:
        raise ValueError(f"{strange[0]!r} cannot be part of a phrase.")
    if not all(foldeds):
        raise ValueError(f"{word!r} is not a word.")
    if stem and len(foldeds[-1]) < SHORTEST_STEM:
        raise ValueError(f"{word!r}: at least {SHORTEST_STEM} letters before the *, else it means too much.")
    row = [Choice(frozenset([folded])) for folded in foldeds]
    if stem:
        row[-1] = Choice(frozenset(), stems=(foldeds[-1],))
    return tuple(row)
