"""What each sign of the phrase language matches, and what is refused."""

import pytest

from tickets.topics.detect import Rule, detect


def quotes(text, phrases, unless="", language=""):
    rule = Rule(topic="t", phrases=phrases, unless=unless, language=language, name="r")
    return [quote for hit in detect(text, [rule]) for quote in hit.because]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("arrived broken", "It ARRIVED  broken!", ["ARRIVED  broken"]),
        ("arrived broken", "It arrived. Broken promises.", []),
        ("leak*", "The bottle leaks", ["leaks"]),
        ("leak*", "bleak", []),
        ("(box|my parcel) gone", "my parcel gone", ["my parcel gone"]),
        ("this (my|) box", "this box", ["this box"]),
        ("box … broken", "the box was very badly broken", ["box was very badly broken"]),
        ("box … broken", "box one two three four five broken", []),
        ("box ... broken", "box broken", ["box broken"]),
        ("box … broken", "the box is fine; broken", []),
        ("only # of", "I got only 3 of them, only two of those", ["only 3 of", "only two of"]),
        ("thing = box, gift bag\n[thing] gone", "gift bag gone", ["gift bag gone"]),
        ("a = x1\n([a]|y) z", "x1 z", ["x1 z"]),
        ("didn't come", "It didn’t come", ["didn’t come"]),
        ("didn't come", "it didnt come", ["didnt come"]),
        ("beschädigt", "BESCHÄDIGT", ["BESCHÄDIGT"]),
        ("beschädigt", "bescha\u0308digt", ["bescha\u0308digt"]),
        ("grosse box", "große Box", ["große Box"]),
        ("e-mail", "an E-Mail", ["E-Mail"]),
        ("caixa quebrada", "CAIXA\nQUEBRADA", ["CAIXA\nQUEBRADA"]),
    ],
)
def test_a_phrase_matches_these_words(phrase, text, found):
    assert quotes(text, phrase) == found


@pytest.mark.parametrize(
    ("phrases", "words"),
    [
        ("fine\n… broken", "Line 2 (… broken): a phrase starts and ends with a word, not with a gap."),
        ("box …", "Line 1 (box …): a phrase starts and ends with a word, not with a gap."),
        ("box … … broken", "Line 1 (box … … broken): two gaps in a row."),
        ("(|the) box", "Line 1 ((|the) box): the first word of a phrase cannot be left out."),
        ("(a|b", "Line 1 ((a|b): '(' has no partner, or one stands inside another."),
        ("((a)|b)", "Line 1 (((a)|b)): '(' has no partner, or one stands inside another."),
        ("()", "Line 1 (()): nothing to choose from."),
        ("br*", "Line 1 (br*): 'br*': at least 3 letters before the *, else it means too much."),
        ("bro*ken", "Line 1 (bro*ken): '*' cannot be part of a phrase."),
        ("what?", "Line 1 (what?): '?' cannot be part of a phrase."),
        (".*", "Line 1 (.*): '.' cannot be part of a phrase."),
        ("[thing] gone", "Line 1 ([thing] gone): there is no word list [thing] above this line."),
        ("a … b … c … d … e", "Line 1 (a … b … c … d … e): a phrase has at most 16 words and 3 gaps."),
        ("- x", "Line 1 (- x): '-' is not a word."),
        ("x\n" * 501, "At most 500 phrases, please; these are 501."),
        ("", "A rule needs at least one phrase."),
        ("thing = box", "A rule needs at least one phrase."),
    ],
)
def test_a_phrase_that_cannot_be_compiled_is_refused_in_words(phrases, words):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 the words are compared whole
        Rule(topic="t", phrases=phrases).check()
    assert str(refused.value) == words


@pytest.mark.parametrize("confidence", [0, -1, 1.1])
def test_a_confidence_is_a_share(confidence):
    with pytest.raises(ValueError, match=r"^The confidence lies between 0 and 1\.$"):
        Rule(topic="t", phrases="x", confidence=confidence).check()


def test_unless_is_checked_too():
    with pytest.raises(ValueError, match="has no partner"):
        Rule(topic="t", phrases="x", unless="(y").check()


def test_unless_takes_back_what_is_near_in_the_same_sentence():
    assert quotes("damage to my budget", "damage", "damage to my budget") == []
    assert quotes("Damage! My budget is gone.", "damage", "budget") == ["Damage"]
    text = "damage here and then, far behind many other words, my budget"
    assert quotes(text, "damage", "budget") == ["damage"]


def test_a_rule_of_another_language_is_not_tried():
    german = "Die Box ist gut und das ist der Fall mit dem gift"
    assert quotes(german, "gift", language="en") == []
    assert quotes(german, "gift", language="de") == ["gift"]
    assert quotes("gift", "gift", language="en") == ["gift"]


def test_weak_rules_add_up():
    weak = [
        Rule(topic="t", phrases="broken", confidence=0.4, name="word"),
        Rule(topic="t", phrases="replacement", confidence=0.3, name="context"),
    ]
    assert detect("broken", weak) == []
    [hit] = detect("Broken! Send a replacement.", weak)
    assert (hit.confidence, hit.because, hit.rules) == (0.58, ("Broken", "replacement"), ("word", "context"))
    assert hit.spans == ((0, 6), (15, 26))
