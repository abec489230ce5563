"""Learns from reviewed tickets what rules miss or take for too much, and whether that is any better. No database.

The newest quarter of the tickets is held back. What was learned from the others counts only where it makes fewer
mistakes there than the rules: by McNemar's exact test on the tickets about which the two disagree, one-sided.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tickets.topics.learned import Weights, signs
from tickets.topics.words import read_words

HELD_BACK = 0.25
LEAST_OF_TOPIC = 20  # tickets about it to learn from, and half as many to compare on
LEAST_PEOPLE = 5  # who used a word: one that fewer did may name a person
MOST_WORDS = 300
LEAST_WEIGHT = 0.1
ALPHA = 0.01  # the chance of using what is no better, each time that it is learned anew
DECIDES = 0.5


@dataclass(frozen=True)
class Example:
    """A reviewed ticket. `confidence`: of the rules' hit for the topic, 0 without one, at least 0.5 for a yes."""

    text: str
    person: int
    is_about: bool
    confidence: float

    @cached_property
    def signs(self) -> frozenset[str]:
        return frozenset(signs(read_words(self.text)))


@dataclass(frozen=True)
class Score:
    """Of one way to decide, on the held-back tickets."""

    hits: int
    false_alarms: int
    missed: int

    @property
    def mistakes(self) -> int:
        return self.false_alarms + self.missed

    @property
    def f1(self) -> float:
        """0 to 1; 0 where nothing was hit."""
        return 2 * self.hits / (2 * self.hits + self.mistakes) if self.hits else 0.0


@dataclass(frozen=True)
class Learned:
    """Weights, and how they did beside the rules. `chance`: McNemar's p, that they are no better."""

    weights: Weights
    learned_from: int
    compared_on: int
    of_rules: Score
    of_weights: Score
    chance: float

    @property
    def is_better(self) -> bool:
        return self.chance <= ALPHA and self.of_weights.f1 > self.of_rules.f1


def learn(examples: Sequence[Example]) -> Learned | None:
    """From examples, the oldest first; None where there are too few of a kind to learn from or to compare on."""
    cut = len(examples) - int(len(examples) * HELD_BACK)
    known, held_back = examples[:cut], examples[cut:]
    for part, least in ((known, LEAST_OF_TOPIC), (held_back, LEAST_OF_TOPIC // 2)):
        about = sum(one.is_about for one in part)
        if min(about, len(part) - about) < least:
            return None
    weights = fit(known)
    return Learned(weights, len(known), len(held_back), *compare(held_back, weights))


def fit(examples: Sequence[Example]) -> Weights:
    """An L2-regularised logistic regression on the rules' confidence and the words that enough people used."""
    # Half a second and 60 MB, which only the task that learns shall pay for.
    import numpy
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    users: dict[str, set[int]] = defaultdict(set)
    for one in examples:
        for sign in one.signs:
            users[sign].add(one.person)
    columns = {sign: n for n, sign in enumerate(sorted(s for s in users if len(users[s]) >= LEAST_PEOPLE), start=1)}
    cells = [(row, columns[sign], 1.0) for row, one in enumerate(examples) for sign in one.signs if sign in columns]
    cells += [(row, 0, one.confidence) for row, one in enumerate(examples) if one.confidence]
    rows, places, values = zip(*cells, strict=True) if cells else ((), (), ())
    matrix = csr_matrix((values, (rows, places)), shape=(len(examples), len(columns) + 1))
    model = LogisticRegression(solver="liblinear", C=1.0, random_state=0)
    model.fit(matrix, numpy.array([one.is_about for one in examples]))
    weight = [round(float(value), 4) for value in model.coef_[0]]
    telling = sorted(columns, key=lambda sign: -abs(weight[columns[sign]]))[:MOST_WORDS]
    kept = {sign: weight[columns[sign]] for sign in telling if abs(weight[columns[sign]]) >= LEAST_WEIGHT}
    return Weights(bias=round(float(model.intercept_[0]), 4), rules=weight[0], words=kept)


def compare(examples: Sequence[Example], weights: Weights) -> tuple[Score, Score, float]:
    """The rules' score, the weights' score, and McNemar's one-sided p."""
    rules, learned = Counter[str](), Counter[str]()
    only_rules = only_weights = 0
    for one in examples:
        by_rules = one.confidence >= DECIDES
        by_weights = weights.probability(one.signs, one.confidence) >= DECIDES
        for said, tally in ((by_rules, rules), (by_weights, learned)):
            tally["hit" if said and one.is_about else "false" if said else "missed" if one.is_about else "right"] += 1
        only_rules += by_rules == one.is_about != by_weights
        only_weights += by_weights == one.is_about != by_rules
    scores = [Score(tally["hit"], tally["false"], tally["missed"]) for tally in (rules, learned)]
    return scores[0], scores[1], mcnemar(only_weights, only_rules)


def mcnemar(better: int, worse: int) -> float:
    """The chance of at least so many better ones of all that differ, were both equally likely (exact, binomial)."""
    differ = better + worse
    return sum(math.comb(differ, n) for n in range(better, differ + 1)) / 2**differ
