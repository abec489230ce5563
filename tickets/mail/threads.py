"""Finds the tickets that mails belong to.

From the strongest mark to the weakest: a reply address that we signed, a Message-ID that we signed, In-Reply-To,
References from the newest, a reply address of ours quoted in the text, the number in the subject where somebody of the
ticket writes. The same subject alone never joins. Everything is looked up inside one store, and for many mails at once.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import connection
from django.db.models.functions import Coalesce

from tickets.mail.parsed import ParsedMail
from tickets.mail.routing import tag_of
from tickets.mail.tokens import TAG, ticket_of_id, ticket_of_tag
from tickets.models import Participant, Ticket

MOST_REFERENCES = 50  # of one mail, the newest
MOST_BYTES = 250  # of a reference as it is indexed; PostgreSQL's index rows hold 2,700
MOST_MESSAGES = 10  # looked at for one reference; those of a long thread all lead to the same ticket
MOST_MARKERS = 10  # reply addresses in one text
MOST_MERGES = 50  # in a row
MARKED_TEXT = 100_000  # characters searched for a marker
SUBJECT_TAG = re.compile(r"\[T-(\d{1,18})\]", re.I)
REFERRING = """
SELECT wanted.store_id, wanted.reference, message.ticket_id, found.is_own
FROM unnest(%s::bigint[], %s::text[]) AS wanted (store_id, reference)
CROSS JOIN LATERAL (
    SELECT message_id, is_own FROM tickets_threadreference
    WHERE store_id = wanted.store_id AND reference = wanted.reference ORDER BY is_own DESC, id DESC LIMIT %s
) found
JOIN tickets_message message ON message.id = found.message_id
"""


@dataclass(frozen=True)
class Asked:
    """A mail whose ticket is looked for. `own_id`: its own key, where a mail that answers it may have come before it;
    `sender`: who wrote it, in lower case. Not Reply-To, where anybody may be named."""

    store_id: int
    mail: ParsedMail
    recipients: Sequence[str]
    sender: str
    own_id: str = ""
    staff_ticket: int | None = None  # of the address that one colleague has for answers by mail


@dataclass(frozen=True)
class Found:
    """The ticket that a mail joins, and the mark that it was known by."""

    ticket_id: int
    by: str
    merged_into_id: int | None = None  # as it was looked up: set only where a chain of merges bites its tail


@dataclass(frozen=True)
class Place:
    """Of a ticket, what tells where its mail goes."""

    store_id: int
    merged_into_id: int | None
    deleted_at: datetime | None


def reference_key(message_id: str) -> str:
    """A Message-ID as it is stored and looked up: without NUL, and hashed where it is too long for an index."""
    key = "".join(message_id.split()).replace("\x00", "")
    data = key.encode("utf-8", "replace")
    return key if len(data) <= MOST_BYTES else f"sha256:{hashlib.sha256(data).hexdigest()}"


def referred(mail: ParsedMail) -> list[str]:
    """The keys of what a mail answers: In-Reply-To, then References from the newest."""
    ids = [*mail.in_reply_to, *reversed(mail.references)]
    return list(dict.fromkeys(reference_key(reference) for reference in ids if reference))[:MOST_REFERENCES]


class Threads:
    """Where some mails belong. A handful of queries, however many mails."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self._asked = asked
        self._keys = [_keys(one) for one in asked]
        self._signed = [_signed(one) for one in asked]
        self._numbers = [[int(number) for number in SUBJECT_TAG.findall(one.mail.subject)[:5]] for one in asked]

    def find(self, number: int) -> Found | None:
        """The ticket that the mail of this number joins, or None where it begins a new one.

        The first mark that leads to a ticket decides: if that ticket is deleted, the mail begins a new one.
        """
        asked = self._asked[number]
        for by, candidates in self._marks(number):
            for ticket_ids in candidates:
                known = [pk for pk in sorted(ticket_ids, reverse=True) if self._is_of(pk, asked.store_id)]
                if known:
                    targets = [self._target(pk) for pk in known]
                    standing = [pk for pk in targets if self._places[pk].deleted_at is None]
                    return Found(standing[0], by, self._places[standing[0]].merged_into_id) if standing else None
        return None

    def _marks(self, number: int) -> Iterator[tuple[str, Iterable[Sequence[int]]]]:
        asked = self._asked[number]
        tags, ids, markers = self._signed[number]
        yield "a colleague's reply address", [[asked.staff_ticket]] if asked.staff_ticket else []
        yield "reply address", [[pk] for pk in tags]
        yield "our Message-ID", [[pk] for pk in ids]
        yield "reference", self._of_references(asked.store_id, self._keys[number])
        yield "a reply address in its text", [[pk] for pk in markers]
        yield "subject", [[pk] for pk in self._numbers[number] if (pk, asked.sender) in self._taking_part]
        yield "an earlier answer", self._of_references(asked.store_id, [asked.own_id] if asked.own_id else [])

    def _of_references(self, store_id: int, keys: Sequence[str]) -> Iterator[Sequence[int]]:
        """Tickets by reference, in the order of `keys`; those of one reference together: the newer of two wins."""
        return (found for key in keys if (found := self._referring.get((store_id, key))))

    @cached_property
    def _referring(self) -> Mapping[tuple[int, str], Sequence[int]]:
        """By store and reference. Where a message bears the id itself, those that only refer to it do not count."""
        wanted = {
            (one.store_id, key)
            for number, one in enumerate(self._asked)
            for key in (*self._keys[number], *([one.own_id] if one.own_id else []))
        }
        bearing: dict[tuple[int, str], list[int]] = {}
        referring: dict[tuple[int, str], list[int]] = {}
        if wanted:
            stores, keys = zip(*wanted, strict=True)
            with connection.cursor() as cursor:
                cursor.execute(REFERRING, [list(stores), list(keys), MOST_MESSAGES])
                for store_id, key, ticket_id, is_own in cursor.fetchall():
                    (bearing if is_own else referring).setdefault((store_id, key), []).append(ticket_id)
        return {**referring, **bearing}

    @cached_property
    def _taking_part(self) -> frozenset[tuple[int, str]]:
        """Tickets named in subjects, with the addresses of those who belong to them: a number is easily guessed."""
        numbers = {pk for named in self._numbers for pk in named}
        if not numbers:
            return frozenset()
        people = Participant.objects.filter(ticket__in=numbers, is_verified=True).values_list("ticket_id", "address")
        owners = Ticket.objects.filter(pk__in=numbers).values_list("pk", "subscriber__email")
        return frozenset((pk, address.lower()) for pk, address in (*people, *owners))

    @cached_property
    def _places(self) -> dict[int, Place]:
        """Every ticket that some mark may lead to, and what they were merged into, through chains."""
        places: dict[int, Place] = {}
        wanted = {pk for signed in self._signed for ids in signed for pk in ids}
        wanted |= {pk for named in self._numbers for pk in named}
        wanted |= {one.staff_ticket for one in self._asked if one.staff_ticket}
        wanted |= {pk for found in self._referring.values() for pk in found}
        # Of somebody who was forgotten: as if deleted, so that what is answered to it is a new person's.
        gone_at = Coalesce("deleted_at", "subscriber__redacted_at")
        for _ in range(MOST_MERGES):
            if not wanted:
                break
            rows = Ticket.objects.filter(pk__in=wanted).values_list("pk", "store_id", "merged_into_id", gone_at)
            places.update({pk: Place(store, into, deleted_at) for pk, store, into, deleted_at in rows})
            wanted = {place.merged_into_id for place in places.values() if place.merged_into_id} - places.keys()
        return places

    def _is_of(self, pk: int, store_id: int) -> bool:
        return pk in self._places and self._places[pk].store_id == store_id

    def _target(self, pk: int) -> int:
        """Where a merged ticket's mail goes; a chain that bites its tail ends where it is met again."""
        seen = {pk}
        while (into := self._places[pk].merged_into_id) is not None and into in self._places and into not in seen:
            seen.add(into)
            pk = into
        return pk


def _ids(mail: ParsedMail) -> list[str]:
    return [*mail.bounced_message_ids[:MOST_REFERENCES], *mail.in_reply_to, *reversed(mail.references)]


def _keys(asked: Asked) -> list[str]:
    return list(dict.fromkeys(reference_key(each) for each in _ids(asked.mail) if each))[:MOST_REFERENCES]


def _signed(asked: Asked) -> tuple[list[int], list[int], list[int]]:
    """Tickets whose reply address the mail came to, whose mail it answers, whose reply address its text quotes."""
    tags = (ticket_of_tag(tag_of(address)) for address in asked.recipients)
    ids = (ticket_of_id(each) for each in _ids(asked.mail)[: 2 * MOST_REFERENCES])
    text = asked.mail.text_body
    shown = text if len(text) <= MARKED_TEXT else text[: MARKED_TEXT // 2] + text[-MARKED_TEXT // 2 :]
    quoted = dict.fromkeys(found[0].lower() for found in TAG.finditer(shown.lower()))
    markers = (ticket_of_tag(tag) for tag in list(quoted)[:MOST_MARKERS])
    return _known(tags), _known(ids), _known(markers)


def _known(found: Iterable[int | None]) -> list[int]:
    return list(dict.fromkeys(pk for pk in found if pk is not None))
