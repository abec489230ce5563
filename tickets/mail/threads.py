"""Finds the ticket that a mail belongs to.

From the strongest mark to the weakest: a reply address that we signed, a Message-ID that we signed, In-Reply-To,
References from the newest, the number in the subject where the ticket's own subscriber writes. The same subject alone
never joins. Everything is looked up inside one store.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from subscribers.addresses import is_address
from subscribers.models import Store
from tickets.mail.parsed import ParsedMail
from tickets.mail.routing import tag_of
from tickets.mail.tokens import ticket_of_id, ticket_of_tag
from tickets.models import ThreadReference, Ticket

MOST_REFERENCES = 50  # of one mail, the newest
MOST_BYTES = 250  # of a reference as it is indexed; PostgreSQL's index rows hold 2,700
SUBJECT_TAG = re.compile(r"\[T-(\d{1,18})\]", re.I)


@dataclass(frozen=True)
class Found:
    """The ticket that a mail joins, and the mark that it was known by."""

    ticket: Ticket
    by: str


def reference_key(message_id: str) -> str:
    """A Message-ID as it is stored and looked up: without NUL, and hashed where it is too long for an index."""
    key = "".join(message_id.split()).replace("\x00", "")
    data = key.encode("utf-8", "replace")
    return key if len(data) <= MOST_BYTES else f"sha256:{hashlib.sha256(data).hexdigest()}"


def referred(mail: ParsedMail) -> list[str]:
    """The keys of what a mail answers: In-Reply-To, then References from the newest."""
    ids = [*mail.in_reply_to, *reversed(mail.references)]
    return list(dict.fromkeys(reference_key(reference) for reference in ids if reference))[:MOST_REFERENCES]


def find_ticket(
    mail: ParsedMail, *, store: Store, recipients: Sequence[str], sender: str, own_id: str = ""
) -> Found | None:
    """The ticket that the mail joins, or None where it begins a new one.

    `own_id`: the mail's own key, where a mail that answers it may have arrived before it. The first mark that leads
    to a ticket decides: if that ticket is deleted, the mail begins a new one.
    """
    ids = [*mail.bounced_message_ids[:MOST_REFERENCES], *mail.in_reply_to, *reversed(mail.references)]
    steps: list[tuple[str, Callable[[], Iterable[list[int]]]]] = [
        ("reply address", lambda: _each(ticket_of_tag(tag_of(address)) for address in recipients)),
        ("our Message-ID", lambda: _each(ticket_of_id(identifier) for identifier in ids)),
        ("reference", lambda: _of_references(store, [reference_key(identifier) for identifier in ids])),
        ("subject", lambda: _of_subject(store, mail.subject, sender)),
        ("an earlier answer", lambda: _of_references(store, [own_id] if own_id else [])),
    ]
    for by, candidates in steps:
        for ticket_ids in candidates():
            tickets = Ticket.objects.filter(store=store, pk__in=ticket_ids).order_by("-pk")
            targets = [merge_target(ticket) for ticket in tickets]
            if not targets:
                continue
            standing = [ticket for ticket in targets if ticket.deleted_at is None]
            return Found(standing[0], by) if standing else None
    return None


def merge_target(ticket: Ticket) -> Ticket:
    """Where a merged ticket's mail goes, through chains; a chain that bites its tail ends where it began."""
    seen = {ticket.pk}
    target = ticket
    while target.merged_into is not None and target.merged_into.pk not in seen:
        target = target.merged_into
        seen.add(target.pk)
    return target


def _each(found: Iterable[int | None]) -> Iterator[list[int]]:
    return ([ticket_id] for ticket_id in found if ticket_id is not None)


def _of_references(store: Store, keys: Sequence[str]) -> Iterator[list[int]]:
    """Tickets by reference, in the order of `keys`; those of one reference together: the newer of two wins.

    Where a message bears the id itself, those that only refer to it do not count.
    """
    keys = list(dict.fromkeys(keys))[:MOST_REFERENCES]
    if not keys:
        return iter(())
    bearing: dict[str, list[int]] = {}
    referring: dict[str, list[int]] = {}
    rows = ThreadReference.objects.filter(store=store, reference__in=keys)
    for reference, ticket_id, own in rows.values_list("reference", "message__ticket", "message__rfc822_id"):
        (bearing if own == reference else referring).setdefault(reference, []).append(ticket_id)
    return (found for key in keys if (found := bearing.get(key) or referring.get(key)))


def _of_subject(store: Store, subject: str, sender: str) -> Iterator[list[int]]:
    """Tickets by number, of those that the sender opened: a number is easily guessed."""
    for number in SUBJECT_TAG.findall(subject)[:5]:
        own = Ticket.objects.filter(is_address("subscriber__email", sender), pk=int(number), store=store)
        yield list(own.values_list("pk", flat=True))
