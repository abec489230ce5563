"""Whatever is written: no error, quotes that stand in the text, and work in proportion to its length."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from tickets.topics.detect import Rule, detect
from tickets.topics.phrases import Phrase, compile_phrases
from tickets.topics.starter_rules import STARTER_RULES
from tickets.topics.words import LONGEST_TEXT, read_words

COMMON = [
    "not",
    "box",
    "broken",
    "arrived",
    "the",
    "where",
    "is",
    "my",
    "charged",
    "no",
    "llegó",
    "kaputt",
    "only",
    "2",
]
texts = st.one_of(
    st.text(max_size=400),
    st.lists(st.sampled_from([*COMMON, ".", ",", "\n\n", "’", "\u0308", "ß", "İ", "…"]), max_size=80).map(" ".join),
)


@given(texts)
@settings(max_examples=examples(60), deadline=None)
def test_quotes_are_the_text_at_their_spans(text):
    for hit in detect(text, STARTER_RULES):
        assert 0.5 <= hit.confidence <= 1
        assert hit.because == tuple(text[start:end] for start, end in hit.spans)
        assert all(0 <= start < end <= len(text) for start, end in hit.spans)
        assert list(hit.spans) == sorted(hit.spans)
        assert 1 <= len(hit.spans) <= 5
        assert set(hit.rules) <= {rule.name for rule in STARTER_RULES if rule.topic == hit.topic}


@given(st.text(alphabet="ab …*|()[]=#-'\n.é,", max_size=60))
@settings(max_examples=examples(100), deadline=None)
def test_phrases_compile_or_are_refused_and_then_match_anything(phrases):
    try:
        compile_phrases(phrases)
    except ValueError:
        return
    assert isinstance(detect("a b ab … é 'b a b 1 2 ab ab", [Rule(topic="t", phrases=phrases)]), list)


@pytest.mark.parametrize(
    "unit",
    [
        "not ",
        "box ",
        "arrived ",
        "where is my ",
        "only # ",
        "box arrived not broken ",
        "a",
        "'",
        "é\u0308",
        ". ",
        "\n\n",
        "(",
    ],
)
def test_work_grows_with_the_text_and_no_faster(unit, monkeypatch):
    steps = 0
    match = Phrase.match

    def counted(phrase, words, at, barred):
        nonlocal steps
        steps += 1
        return match(phrase, words, at, barred)

    monkeypatch.setattr(Phrase, "match", counted)
    counts = []
    for repeats in (100, 200, 400):
        steps = 0
        detect(unit * repeats, STARTER_RULES)
        counts.append(steps)
    assert counts[1] <= 2 * counts[0] + 500
    assert counts[2] <= 4 * counts[0] + 500


@pytest.mark.parametrize("gaps", [1, 2, 3])
def test_one_match_looks_at_a_bounded_number_of_places(gaps):
    looked = 0

    class Counted(list):
        def __getitem__(self, index):
            nonlocal looked
            looked += 1
            return super().__getitem__(index)

    [phrase] = compile_phrases(" … ".join(["not"] * (gaps + 1)) + " end")
    words = read_words("not " * 10_000)
    words.folded = Counted(words.folded)
    assert phrase.match(words, 0, [False] * 10_000) is None
    assert looked <= 200


def test_only_the_beginning_of_an_endless_text_is_read():
    text = "x " * LONGEST_TEXT + "my box arrived broken"
    assert detect(text, STARTER_RULES) == []
