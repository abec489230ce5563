"""What a person typed into the search box, taken apart. Any text is a search: nothing here raises."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

KEYS = frozenset(
    (
        "after",
        "assignee",
        "before",
        "channel",
        "cycle",
        "field",
        "file",
        "from",
        "has",
        "is",
        "order",
        "priority",
        "queue",
        "status",
        "subject",
        "tag",
        "to",
        "topic",
    )
)
PLACES = {"subject": "A", "from": "B", "file": "C"}  # words of one part of a ticket
MOST_TERMS = 20
LONGEST = 500  # characters
BEGINNING = 3  # letters from which on the last word may be the beginning of one
# A value may have a name of its own, and the quotes behind it: field:found="jar body".
PART = re.compile(r"""(-?)(?:([A-Za-z]+):)?(?:"([^"]*)(?:"|$)|((?<=:)[\w-]+="[^"]*(?:"|$)|\S+))|(\S)""")
SEPARATORS = re.compile(r"[\W_]+")
NUMBER = re.compile(r"(?:[Tt]-|#)?(\d{1,18})")


@dataclass(frozen=True)
class Word:
    """Words as they stand, one after the other. `place`: the weight of the part of a ticket that holds them."""

    text: str
    is_beginning: bool = False
    is_excluded: bool = False
    place: str = ""


@dataclass(frozen=True)
class Operator:
    key: str
    value: str
    is_excluded: bool = False


@dataclass(frozen=True)
class Search:
    text: str = ""
    words: tuple[Word, ...] = ()
    operators: tuple[Operator, ...] = ()
    unknown: tuple[str, ...] = ()  # what stands before a colon and is no key; it was read as a word

    def __bool__(self) -> bool:
        return bool(self.words or self.operators)

    @property
    def ticket_number(self) -> int | None:
        """`T-1042` means one ticket."""
        found = NUMBER.fullmatch(self.text)
        return int(found[1]) if found and self.text[:2].upper() == "T-" else None

    @property
    def number(self) -> str:
        """A number alone, which may be a ticket's or an order's."""
        text = self.text
        return text if re.fullmatch(r"#?[\w-]{1,60}", text) and any(map(str.isdecimal, text)) else ""


def parse(text: str) -> Search:
    """Words, "phrases", begin*, -not, and key:value for the keys that there are."""
    text = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    words: list[Word] = []
    operators: list[Operator] = []
    parts = list(_parts(text))[:MOST_TERMS]
    for number, (excluded, key, quoted, bare) in enumerate(parts):
        value = quoted or bare
        if key and key not in PLACES:
            operators.append(Operator(key, value, excluded))
            continue
        is_last = number == len(parts) - 1
        begins = not quoted and _may_begin(bare, is_last=is_last and not excluded)
        value = value.rstrip("*") if begins else value
        if any(map(str.isalnum, value)):
            words.append(Word(value, begins, excluded, PLACES.get(key, "")))
    return Search(text, tuple(words), tuple(operators), tuple(_unknown(text)))


def _parts(text: str) -> Iterator[tuple[bool, str, str, str]]:
    for minus, name, quoted, bare, rest in PART.findall(text):
        key = name.lower()
        if name and key not in KEYS:  # a word with a colon, such as an address of the web
            quoted, bare, key = "", f"{name}:{quoted or bare}", ""
        bare = bare or rest
        if quoted.strip() or bare:
            yield bool(minus), key, quoted.strip(), bare


def _unknown(text: str) -> Iterator[str]:
    for _minus, name, quoted, bare, _rest in PART.findall(text):
        # Not an address of the web, nor a time.
        if len(name) > 1 and name.lower() not in KEYS and (quoted or bare) and not bare.startswith("//"):
            yield name


def _may_begin(word: str, *, is_last: bool) -> bool:
    letters = word.rstrip("*")
    if not letters.isalnum():
        return False
    return len(letters) >= 2 if letters != word else is_last and len(letters) >= BEGINNING


def tokens_of(text: str) -> list[str]:
    """As the index splits names and addresses: letters and digits."""
    return [token for token in SEPARATORS.split(text.lower()) if token]
