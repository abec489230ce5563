"""A text as words: folded for comparing, with their places in the text, sentences and clauses."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

LONGEST_TEXT = 20_000  # characters read; a complaint stands at the beginning
_LONGEST_WORD = 60

_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])++(?:['’ʼ`´](?:[^\W_]|[\u0300-\u036f])++)*+")
_SENTENCE_END = re.compile(r"[!?;…。！？]|\.(?=\s|$|[\"')\]])|\.\.|\n\s*\n|\n\s*[-*•]")
_CLAUSE_END = re.compile(r"[,:()–—/]|\s-+\s|\.")
_NUMBERS = """
one two three four five six seven eight nine ten eleven twelve
eine einen zwei drei vier funf sechs sieben acht neun zehn elf zwolf
una uno dos tres cuatro cinco seis siete ocho nueve diez once doce
uma dois duas quatro sete oito nove dez onze doze
"""
_NUMBER_WORDS = frozenset(_NUMBERS.split())


@dataclass(slots=True)
class Words:
    """Parallel lists, an entry a word."""

    text: str
    folded: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)  # the number of the sentence that it stands in
    clauses: list[int] = field(default_factory=list)  # likewise, parts between commas
    sentence_ends: list[int] = field(default_factory=list)  # by word: the index after its sentence's last word

    def first_letters(self, number: int) -> frozenset[str]:
        """The beginnings of its words, of so many letters; "#" where there is a number."""
        letters = {word[:number] for word in self.folded}
        return frozenset(letters | {"#"} if any(map(is_number, self.folded)) else letters)

    def quote(self, first: int, after: int) -> str:
        """The exact text of the words from `first` up to before `after`."""
        return self.text[self.starts[first] : self.ends[after - 1]]


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Lower case without accents or apostrophes: "Größe" is "grosse", "didn’t" is "didnt"."""
    plain = unicodedata.normalize("NFKD", word[:_LONGEST_WORD].casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def is_number(folded: str) -> bool:
    return folded.isdecimal() or folded in _NUMBER_WORDS


def read_words(text: str) -> Words:
    """The words of a text, of at most LONGEST_TEXT characters of it."""
    words = Words(text)
    sentence = clause = end = 0
    for match in _WORD.finditer(text, 0, LONGEST_TEXT):
        folded = fold(match[0])
        if not folded:
            continue
        if _SENTENCE_END.search(text, end, match.start() + 1):
            sentence, clause = sentence + 1, clause + 1
        elif _CLAUSE_END.search(text, end, match.start()):
            clause += 1
        end = match.end()
        words.folded.append(folded)
        words.starts.append(match.start())
        words.ends.append(end)
        words.sentences.append(sentence)
        words.clauses.append(clause)
    last = len(words.folded)
    words.sentence_ends = [last] * last
    for index in range(last - 2, -1, -1):
        same = words.sentences[index] == words.sentences[index + 1]
        words.sentence_ends[index] = words.sentence_ends[index + 1] if same else index + 1
    return words
