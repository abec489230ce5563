"""Which words complaints of a topic share beyond it. Explained by counts, without a database."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

WORD = re.compile(r"[^\W\d_]{3,}")
LONGEST_TEXT = 2000
LEAST = 5  # tickets that share a word before it says anything
# What people say in any complaint, in English, German, Spanish and Portuguese.
COMMON_WORDS = """
aber about after again agora ahora ainda algo all alle als also and angekommen antes any aqui aquí are arrived así
auch auf aus ayer back because been before bei best bin bis bitte boa bom box boxes buenas buenos but cada caixa
caja came can cannot chegou com como con contact could cuando customer danke dann das dass day days dear del
delivery dem den depois der des desde did die diese diesen dieser doch does don donde días ein eine einem einen
einer eines ela ele eles ella ellos em email entre era erhalten essa esse esta estaba estava este esto está every
favor first foi from fue für ganz gekommen get getting give gone got gracias gruß grüße guten habe haben había had
hallo has hasta hat have hay hello help her here heute hier hilfe him his hoje hola how hoy ich ihr ihre immer into
isso ist isto item its jetzt just kann kein keine kind know kommt können las last les like llegado llegó look los
mais make mal mas mehr mein meine meinem meinen meiner mes meu meus mfg mich minha mir mis mit month more much muito
muy my más nach nada need nem never new nicht noch nos not now nur não oder off olá once one only open opened order
ordered other otra otro our out over package paket para parcel pedido pela pelo pero please por porque product
products quando que qué really recebi received recibido regards saludos same schon see sehr sein seine sem send sent
ser seu she should sich sie sin since sincerely sind sobre solo some son still subscription such são tag también
também team tem tengo tenho than thank thanks that the their them then there these they thing this tiene time today
todo todos too tudo uma una und under uno unos uns until upon use used usted very vez você vom von vor want war
waren was way week well wenn werden were what when where which while who why wie wieder will wir wird with would
wurde yes yesterday yet you your zum zur über
"""
COMMON = frozenset(COMMON_WORDS.split())
NEAR = 3  # places: "the lid was leaking" is of a leaking lid


def terms_of(text: str, besides: Collection[str] = ()) -> set[str]:
    """Its telling words, and pairs of them that stand near each other, in lower case; none of COMMON or `besides`."""
    words = WORD.findall(text[:LONGEST_TEXT].lower())
    tell = [(place, word) for place, word in enumerate(words) if word not in COMMON and word not in besides]
    pairs = (f"{one} {other}" for (at, one), (to, other) in pairwise(tell) if to - at < NEAR and one != other)
    return {word for _, word in tell} | set(pairs)


@dataclass(frozen=True)
class Word:
    """In `count` of `tickets` complaints, where earlier ones had it in `before` of `tickets_before`."""

    term: str
    count: int
    tickets: int
    before: int
    tickets_before: int

    @property
    def times(self) -> float:
        """How many times as frequent as before; half a complaint is added, so that a new word has a number too."""
        return (self.count / self.tickets) / ((self.before + 0.5) / (self.tickets_before + 1))


def standing_out(now: Sequence[Iterable[str]], before: Sequence[Iterable[str]], *, most: int = 5) -> list[Word]:
    """Terms in at least LEAST of `now` and twice as frequent as in `before`, the most telling first.

    A pair stands for its words where it is as frequent as they are.
    """
    counts, earlier = Counter(term for one in now for term in set(one)), Counter(t for one in before for t in set(one))
    words = [Word(term, n, len(now), earlier[term], len(before)) for term, n in counts.items() if n >= LEAST]
    words = [word for word in words if word.times >= 2]
    pairs = {word.term: word.count for word in words if " " in word.term}
    inner = {part for term, n in pairs.items() for part in term.split() if counts[part] <= n * 1.25}
    told = [word for word in words if word.term not in inner]
    return sorted(told, key=lambda word: (-word.count * min(word.times, 20.0), word.term))[:most]
