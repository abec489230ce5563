"""Finds tickets by what was said in them, the newest first, in a time that hardly depends on the words.

A word that few tickets hold is found by the index of words. One that many hold would be found there too often: then
tickets are read from the newest on until enough are found. Which of the two it is, PostgreSQL's statistics say. What
the second way has not found within so many tickets (two common words that never meet) the first one decides.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import CombinedSearchQuery, SearchQuery
from django.db import connection
from django.db.models import F, Max, Q, QuerySet

from subscribers.models.stores import Viewer
from tickets.models import Ticket, TicketWords
from tickets.search.conditions import boxes_of_order, conditions_of
from tickets.search.indexing import catch_up
from tickets.search.parsing import Search, Word, tokens_of

RARE = 12_000  # tickets that the index finds in time
WALKED = 6_000  # tickets read one by one at most, before the index is asked after all
FEW = 20_000  # tickets that may all be looked at
MOST = 1_000  # the newest that are put into another order, or told by the REST interface
CHUNKS = (200, 5_000, 200_000)
ORDERS = 50  # boxes of one order's number

Query = SearchQuery | CombinedSearchQuery


@dataclass(frozen=True)
class Asked:
    """A search as the database takes it: conditions on columns, and on words where there are any."""

    search: Search
    conditions: Q
    words: Query | None
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """Which of the found are wanted: so many of the newest, `below` a number, or of those next `above` one."""

    limit: int
    below: int | None = None
    above: int | None = None

    @property
    def is_upward(self) -> bool:
        return self.above is not None

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows if self.below is None else rows.filter(pk__lt=self.below)
        return rows if self.above is None else rows.filter(pk__gt=self.above)

    def first(self, rows: QuerySet[Any]) -> list[int]:
        ordered = self.of(rows).order_by("pk" if self.is_upward else "-pk")
        return list(ordered.values_list("pk", flat=True)[: self.limit])


def ask(search: Search, user: Viewer) -> Asked:
    conditions, problems = conditions_of(search, user)
    return Asked(search, conditions, query_of(search.words), problems)


def query_of(words: Sequence[Word]) -> Query | None:
    """All of the words, and none of those that are excluded; None where there are none."""
    queries = [_query(word) for word in words]
    return reduce(and_, queries) if queries else None


def any_of(words: Sequence[Word]) -> Query | None:
    """Any of the words that may have been said in a message, for marking them."""
    queries = [_query(word) for word in words if not word.is_excluded and not word.place]
    return reduce(or_, queries) if queries else None


def _query(word: Word) -> Query:
    text, kind = _raw(word)
    return SearchQuery(text, config="simple", search_type=kind, invert=word.is_excluded)


def _raw(word: Word) -> tuple[str, str]:
    """The text of a query, and how PostgreSQL has to read it."""
    if word.place:
        # Names are found by their beginnings.
        end = ":*" if word.is_beginning or word.place == "B" else ":"
        *others, last = tokens_of(word.text) or [word.text]
        text = " <-> ".join([*(f"'{one}':{word.place}" for one in others), f"'{last}'{end}{word.place}"])
        return text, "raw"
    return (f"'{word.text}':*", "raw") if word.is_beginning else (word.text, "phrase")


def newest(rows: QuerySet[Ticket], asked: Asked, part: Part) -> list[int]:
    """The numbers of those of the rows that are found, the newest first."""
    catch_up()
    rows = rows.filter(asked.conditions)
    if asked.search.ticket_number:
        return part.first(rows.filter(pk=asked.search.ticket_number))
    found = part.first(rows) if asked.words is None else _holding(rows, asked.words, part)
    if asked.search.number:
        found += _by_number(rows, asked.search.number, part)
    ordered = sorted(set(found), reverse=True)
    return ordered[-part.limit :] if part.is_upward else ordered[: part.limit]


def matching(rows: QuerySet[Ticket], asked: Asked, *, most: int = MOST) -> QuerySet[Ticket]:
    """Those of the rows that a search finds, of words the newest `most`, for any order and for counting."""
    if asked.words is None and not asked.search.number:
        return rows.filter(asked.conditions)
    return rows.filter(pk__in=newest(rows, asked, Part(most)))


def _by_number(rows: QuerySet[Ticket], text: str, part: Part) -> list[int]:
    """A number may be a ticket's, or that of an order: then whose it is, and what is about its box."""
    plain = text.lstrip("#")
    named = Q(pk=int(plain)) if plain.isascii() and plain.isdecimal() and len(plain) < 19 else Q(pk__in=())
    boxes = list(boxes_of_order(text).values_list("pk", "cycle__subscription__subscriber")[:ORDERS])
    if boxes:
        named |= Q(box__in=[box for box, _ in boxes]) | Q(subscriber__in={person for _, person in boxes})
    return part.first(rows.filter(named))


def _holding(rows: QuerySet[Ticket], words: Query, part: Part) -> list[int]:
    expected = _estimate(TicketWords.objects.filter(vector=words))
    if expected <= RARE:
        return _by_index(rows, words, part)
    if _estimate(rows) <= FEW:
        return part.first(rows.filter(words__vector=words))
    return _by_walk(rows, words, part, expected / _number_of_tickets())


def _estimate(rows: QuerySet[Any]) -> float:
    """How many rows the statistics expect."""
    plan = json.loads(rows.order_by().values("pk").explain(format="json"))
    return float(plan[0]["Plan"]["Plan Rows"])


def _number_of_tickets() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'tickets_ticketwords'::regclass")
        return float(cursor.fetchone()[0])


def _by_index(rows: QuerySet[Ticket], words: Query, part: Part) -> list[int]:
    # Ordered by an expression, so that no plan walks the tickets in order and looks for the words in each.
    number = F("pk") + 0
    hits = part.of(TicketWords.objects.filter(vector=words)).order_by(number if part.is_upward else number.desc())
    found: list[int] = []
    for chunk in CHUNKS:
        numbers = list(hits.values_list("pk", flat=True)[:chunk])
        found = part.first(rows.filter(pk__in=numbers))
        if len(found) == part.limit or len(numbers) < chunk:
            break
    return found


def _by_walk(rows: QuerySet[Ticket], words: Query, part: Part, density: float) -> list[int]:
    """From the newest (or from a number on) through so many tickets; what lies beyond by the index."""
    found: list[int] = []
    last = TicketWords.objects.aggregate(last=Max("pk"))["last"] or 0
    at = (part.above if part.is_upward else part.below) or last + 1
    span = int(min(max(1.5 * part.limit / density, 300), WALKED))
    for _ in range(WALKED // span):
        low, high = (at, at + span + 1) if part.is_upward else (at - span - 1, at)
        held = TicketWords.objects.filter(pk__gt=low, pk__lt=high, vector=words).values_list("pk", flat=True)
        found += Part(part.limit - len(found), part.below, part.above).first(rows.filter(pk__in=list(held)))
        at = high - 1 if part.is_upward else low + 1
        if len(found) == part.limit or (high > last if part.is_upward else low < 1):
            return found
    rest = Part(part.limit - len(found), *((None, at) if part.is_upward else (at, None)))
    return found + _by_index(rows, words, rest)
