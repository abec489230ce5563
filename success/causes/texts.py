"""What complaints say: terms of their first messages, as series beside those of boxes, and what stands out in some."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from success.causes.detection import GAP, Series
from success.causes.enums import Dimension
from success.causes.facts import Complaint, Days
from success.causes.likeness import LEAST, LONGEST_TEXT, Word, standing_out, terms_of
from tickets.enums import Author
from tickets.models import Message

# Above it, every nth ticket is read, so that a look costs the same.
MOST_READ = 20_000
MOST_COMPARED = 500
# A term that fewer have is not looked at, and is not counted among the series.
LOOKED_AT = 2


def texts_of(tickets: Collection[int]) -> Iterator[tuple[int, str]]:
    """The first message of each customer, with its ticket."""
    rows = Message.objects.filter(ticket__in=tickets, author_kind=Author.SUBSCRIBER).order_by("ticket", "pk")
    first = rows.distinct("ticket").values_list("ticket", "text")
    for ticket, text in first.iterator(chunk_size=1000):
        yield ticket, text[:LONGEST_TEXT]


def word_series(days: Days, found: Sequence[Complaint], exposure: Sequence[float]) -> tuple[list[Series], int]:
    """Terms that several complaints of a topic share, and how many others were looked at and are too rare."""
    step = 1 + len(found) // MOST_READ
    some = [one for one in found if one.ticket % step == 0]
    newest = days.last - timedelta(days=GAP - 1)
    now = {one.ticket for one in some if one.day >= newest}
    said = {ticket: terms_of(text) for ticket, text in texts_of(now)}
    counts: Counter[tuple[int, str]] = Counter()
    for one in some:
        if one.ticket in now:
            counts.update((one.topic, term) for term in said.get(one.ticket, ()))
    frequent = {key for key, number in counts.items() if number >= LEAST}
    rare = sum(LOOKED_AT <= number < LEAST for number in counts.values())
    if not frequent:
        return [], rare
    terms = {term for _, term in frequent}
    for ticket, text in texts_of({one.ticket for one in some} - now):
        said[ticket] = terms_of(text) & terms
    heard: dict[tuple[int, str], list[set[int]]] = defaultdict(lambda: [set() for _ in range(len(days))])
    for one in some:
        for term in said.get(one.ticket, ()):
            if (one.topic, term) in frequent:
                heard[one.topic, term][days.number(one.day)].add(one.ticket)
    boxes = [number / step for number in exposure]
    breadth = len(Dimension)
    made = [
        Series((topic, str(Dimension.WORDS), term), [len(day) for day in tickets], boxes, None, breadth, tickets, False)
        for (topic, term), tickets in sorted(heard.items())
    ]
    return made, rare


def words_of(tickets: Collection[int], others: Collection[int]) -> list[Word]:
    """What stands out in these complaints against earlier ones of their topic."""
    now = [terms_of(text) for _, text in texts_of(sorted(tickets)[-MOST_COMPARED:])]
    before = [terms_of(text) for _, text in texts_of(sorted(others)[-MOST_COMPARED:])]
    return standing_out(now, before)


def having(found: Sequence[Complaint], term: str) -> list[Complaint]:
    """The complaints that say this term."""
    said: Mapping[int, str] = dict(texts_of({one.ticket for one in found}))
    return [one for one in found if term in terms_of(said.get(one.ticket, ""))]
