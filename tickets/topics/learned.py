"""What agents' corrections taught about a topic: weights of words, applied beside the rules."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tickets.topics.detect import LEAST_CONFIDENCE, MOST_REASONS, Rule, Span, TopicHit, detect
from tickets.topics.words import Words, is_number, read_words

SHORTEST_WORD = 3


@dataclass(frozen=True)
class Weights:
    """A logistic regression: log odds, of which each sign that a text has adds its own.

    `rules` is multiplied by the confidence of the rules' hit (0 to 1; 0 without one), `words` counts each word or pair
    of neighbours ("lid loose", folded) once, however often it stands there.
    """

    bias: float
    rules: float
    words: Mapping[str, float]

    def probability(self, found: Iterable[str], confidence: float) -> float:
        """From 0 to 1: how likely the text is about the topic."""
        odds = self.bias + self.rules * confidence + sum(self.words.get(sign, 0.0) for sign in found)
        return 1 / (1 + math.exp(-max(min(odds, 50.0), -50.0)))

    def as_json(self) -> dict[str, Any]:
        return {"bias": self.bias, "rules": self.rules, "words": dict(self.words)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Weights":
        return cls(bias=stored["bias"], rules=stored["rules"], words=stored["words"])


def signs(words: Words) -> dict[str, Span]:
    """Words and pairs of neighbours inside a sentence, each with its first place. Numbers are no signs of anything."""
    found: dict[str, Span] = {}
    before = ""
    for at, word in enumerate(words.folded):
        is_sign = len(word) >= SHORTEST_WORD and not is_number(word) and not any(map(str.isdigit, word))
        if is_sign:
            found.setdefault(word, (at, at + 1))
            if before and words.sentences[at] == words.sentences[at - 1]:
                found.setdefault(f"{before} {word}", (at - 1, at + 1))
        before = word if is_sign else ""
    return found


def detect_learned(text: str, rules: Iterable[Rule], learned: Mapping[str, Weights]) -> list[TopicHit]:
    """The topics of a text as `detect` finds them; of topics that something was learned about, as that says.

    Where the weights alone find a topic, its hit names no rule, and rests on the words that spoke for it most.
    """
    if not learned:
        return detect(text, rules)
    by_rules = {hit.topic: hit for hit in detect(text, rules, least=0.0)}
    words = read_words(text)
    found = signs(words)
    hits = [hit for hit in by_rules.values() if hit.topic not in learned and hit.confidence >= LEAST_CONFIDENCE]
    for topic, weights in learned.items():
        hit = by_rules.get(topic)
        sure = weights.probability(found, hit.confidence if hit else 0.0)
        if sure >= LEAST_CONFIDENCE:
            hits.append(_hit(topic, round(sure, 3), hit, words, found, weights))
    return sorted(hits, key=lambda hit: (-hit.confidence, hit.topic))


def _hit(
    topic: str, sure: float, hit: TopicHit | None, words: Words, found: Mapping[str, Span], weights: Weights
) -> TopicHit:
    if hit is not None and hit.confidence >= LEAST_CONFIDENCE:
        return TopicHit(topic, sure, hit.because, hit.spans, hit.rules)
    telling = sorted((sign for sign in found if weights.words.get(sign, 0) > 0), key=lambda s: -weights.words[s])
    apart: list[Span] = []
    for first, after in sorted(found[sign] for sign in telling[:MOST_REASONS]):
        if apart and first < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(after, apart[-1][1]))
        else:
            apart.append((first, after))
    return TopicHit(
        topic=topic,
        confidence=sure,
        because=tuple(words.quote(*place) for place in apart),
        spans=tuple((words.starts[first], words.ends[after - 1]) for first, after in apart),
        rules=(),
    )
