"""Applies detection rules to a text and says which words each topic rests on."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from tickets.topics.denial import denials, is_denied, languages_of
from tickets.topics.phrases import SHORTEST_STEM, Phrase, compile_phrases
from tickets.topics.words import Words, is_number, read_words

LEAST_CONFIDENCE = 0.5
NEAR = 4  # words between a hit and the `unless` phrase that takes it back
MOST_REASONS = 5

Span = tuple[int, int]


@dataclass(frozen=True)
class Rule:
    """Phrases that speak for a topic.

    Rules of one topic add up as independent signs do: of two rules with confidence 0.4 neither suffices alone
    (LEAST_CONFIDENCE), both together give 0.64.
    """

    topic: str
    phrases: str  # one a line; tickets.topics describes their language
    unless: str = ""
    confidence: float = 0.8
    language: str = ""  # empty: tried on every text
    name: str = ""

    def check(self) -> None:
        """Raises ValueError, in words for its writer, for a rule that cannot be applied."""
        if not 0 < self.confidence <= 1:
            raise ValueError("The confidence lies between 0 and 1.")
        if not compile_phrases(self.phrases):
            raise ValueError("A rule needs at least one phrase.")
        compile_phrases(self.unless)


@dataclass(frozen=True)
class TopicHit:
    """A topic, its confidence from 0 to 1, the exact words that it rests on and where they stand in the text."""

    topic: str
    confidence: float
    because: tuple[str, ...]
    spans: tuple[Span, ...]
    rules: tuple[str, ...]  # the names of the rules that hit, the most confident first


def detect(text: str, rules: Iterable[Rule], least: float = LEAST_CONFIDENCE) -> list[TopicHit]:
    """The topics of a text with at least this confidence, the most confident first."""
    return _detector(tuple(rules)).detect(text, least)


@lru_cache(maxsize=64)
def _detector(rules: tuple[Rule, ...]) -> "Detector":
    return Detector(rules)


class Detector:
    """Compiled rules, found by the first letters of their phrases. Raises ValueError for a rule with an error."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self._phrases: dict[str, list[tuple[int, Phrase]]] = defaultdict(list)
        self._unless: dict[str, list[tuple[int, Phrase]]] = defaultdict(list)
        for number, rule in enumerate(rules):
            for index, lines in ((self._phrases, rule.phrases), (self._unless, rule.unless)):
                for phrase in compile_phrases(lines):
                    for letters in phrase.first_letters():
                        index[letters].append((number, phrase))

    def detect(self, text: str, least: float) -> list[TopicHit]:
        words = read_words(text)
        found = self._find(words)
        topics: dict[str, list[int]] = defaultdict(list)
        for number in sorted(found, key=lambda number: -self.rules[number].confidence):
            topics[self.rules[number].topic].append(number)
        hits = []
        for topic, numbers in topics.items():
            doubt = 1.0
            for number in numbers:
                doubt *= 1 - self.rules[number].confidence
            if 1 - doubt >= least:
                places = _apart([place for number in numbers for place in found[number]])
                hits.append(
                    TopicHit(
                        topic=topic,
                        confidence=round(1 - doubt, 3),
                        because=tuple(words.quote(*place) for place in places),
                        spans=tuple((words.starts[first], words.ends[after - 1]) for first, after in places),
                        rules=tuple(self.rules[number].name for number in numbers),
                    )
                )
        return sorted(hits, key=lambda hit: (-hit.confidence, hit.topic))

    def _find(self, words: Words) -> dict[int, list[Span]]:
        """By rule: where it hits, as (first word, word after the last)."""
        languages = languages_of(words)
        denied = denials(words, languages)
        found: dict[int, list[Span]] = defaultdict(list)
        tried = {n for n, rule in enumerate(self.rules) if not rule.language or rule.language in languages}
        for number, first, after in self._matches(self._phrases, tried, words, denied):
            if not is_denied(words, first, denied):
                found[number].append((first, after))
        if not found:
            return {}
        taken_back: dict[int, list[bool]] = defaultdict(lambda: [False] * len(words.folded))
        nowhere = [False] * len(words.folded)
        for number, first, after in self._matches(self._unless, found, words, nowhere):
            for at in range(max(first - NEAR, 0), min(after + NEAR, len(words.folded))):
                if words.sentences[at] == words.sentences[first]:
                    taken_back[number][at] = True
        standing = {
            number: [place for place in places if not any(taken_back[number][slice(*place)])]
            for number, places in found.items()
        }
        return {number: places for number, places in standing.items() if places}

    @staticmethod
    def _matches(
        index: dict[str, list[tuple[int, Phrase]]], tried: Container[int], words: Words, barred: list[bool]
    ) -> Iterator[tuple[int, int, int]]:
        """Every match of these rules' phrases: the rule's number, the first word, the word after the last."""
        letters = words.first_letters(SHORTEST_STEM)
        possible: dict[int, bool] = {}  # by phrase
        for at, word in enumerate(words.folded):
            for key in (word[:SHORTEST_STEM], "#") if is_number(word) else (word[:SHORTEST_STEM],):
                for number, phrase in index.get(key, ()):
                    if number not in tried:
                        continue
                    if (may := possible.get(id(phrase))) is None:
                        may = possible[id(phrase)] = phrase.may_match(letters)
                    if may and (after := phrase.match(words, at, barred)) is not None:
                        yield number, at, after


def _apart(places: list[Span]) -> list[Span]:
    """At most MOST_REASONS places that do not overlap, the surest first, then in the order of the text."""
    chosen: list[Span] = []
    for first, after in places:
        if len(chosen) == MOST_REASONS:
            break
        if all(after <= start or first >= end for start, end in chosen):
            chosen.append((first, after))
    return sorted(chosen)
