"""Which words deny what follows, in each language, and where their reach ends."""

from itertools import zip_longest

from tickets.topics.words import Words

REACH = 6  # words behind a denial that it covers, inside its clause

STOP_WORDS = {  # by which a language is known
    "en": "the and is was my i it to of in that have for not this you were with on are they but me please",
    "de": "der die das und ist ich nicht war mein meine ein eine es mit auf den zu hat haben wir sie bei bitte",
    "es": "el la los las y es mi que de en un una por con lo me se pero muy esta mis ha fue del para hola",
    "pt": "o os as e meu minha que de em um uma por com nao eu mas muito esta foi do da para ainda veio ola",
}
DENIALS = {
    "en": "not no never none nothing nor neither without zero hardly didnt doesnt dont wasnt werent isnt arent hasnt "
    "havent hadnt wont wouldnt couldnt cant cannot didn doesn wasn nobody avoid prevent prevents prevented",
    "de": "nicht kein keine keinen keiner keinem keines nie niemals nichts ohne weder niemand",
    "es": "no nunca jamas ningun ninguna ninguno sin nada ni tampoco nadie",
    "pt": "nao nunca jamais nenhum nenhuma sem nada nem tampouco ninguem",
}
# A denial directly before one of these denies these, not what is told after them.
NO_DENIAL_BEFORE = """
only just even sure believe know understand happy pleased satisfied impressed acceptable recommend buy order
purchase again idea wonder surprised thanks longer bother waste doubt first good great worth
told tell said say mentioned informed asked answered replied
nur sicher glauben verstehen zufrieden
solo se entiendo puedo creo contento contenta feliz compren recomiendo
so sei entendo acredito satisfeito satisfeita recomendo comprem
"""
# Words that open a new clause, where no denial from before reaches.
CLAUSE_OPENERS = """
but because since please why when that which who although though however so then instead until after
aber weil dass warum als sondern obwohl
pero porque cuando aunque sino
mas quando embora
"""

_STOP = {language: frozenset(words.split()) for language, words in STOP_WORDS.items()}
_DENY = {language: frozenset(words.split()) for language, words in DENIALS.items()}
_UNTOUCHED = frozenset(NO_DENIAL_BEFORE.split())
_OPENERS = frozenset(CLAUSE_OPENERS.split())


def languages_of(words: Words) -> frozenset[str]:
    """The languages that a text may be in, by its little words; all of them where it has too few to tell."""
    counts = dict.fromkeys(_STOP, 0)
    for word in words.folded[:400]:
        for language, stop in _STOP.items():
            counts[language] += word in stop
    most = max(counts.values())
    if most < 2:
        return frozenset(_STOP)
    return frozenset(language for language, count in counts.items() if count * 3 >= most * 2)


def denials(words: Words, languages: frozenset[str]) -> list[bool]:
    """For each word, whether it denies what stands behind it."""
    # By language, because "no" denies in English and Spanish and means "in the" in Portuguese.
    deny = frozenset[str]().union(*(_DENY[language] for language in languages))
    folded = words.folded
    return [
        word in deny and after not in _UNTOUCHED
        for word, after in zip_longest(folded, folded[1:], fillvalue="")  # the last word has none behind it
    ]


def is_denied(words: Words, at: int, denied: list[bool]) -> bool:
    """Whether a denial before word `at` reaches it."""
    for index in range(at - 1, max(at - REACH, 0) - 1, -1):
        if words.clauses[index] != words.clauses[at] or words.folded[index] in _OPENERS:
            return False
        if denied[index]:
            return True
    return False
