"""What must be known around some mails before they are decided: a query each, however many mails."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Min, QuerySet
from django.db.models.functions import Lower

from subscribers.models import Membership
from tickets.enums import InboundState
from tickets.mail.arrived import MOST_REPLY_TO, Arrived
from tickets.mail.routing import spellings
from tickets.models import InboundMail, Mailbox

MOST_NAMED = 100  # in To and in Cc


class Surroundings:
    def __init__(self, arrived: Sequence[Arrived]) -> None:
        self._arrived = arrived

    def copied(self, one: Arrived) -> int | None:
        """The number of the mail that this one is a copy of, in any mailbox of the store: one mail to two of them is
        one request."""
        return self._copied.get((one.inbound.mailbox.store_id, one.own_id, one.fingerprint))

    def is_reused(self, one: Arrived) -> bool:
        """Whether a mail with its Message-ID was taken in."""
        return (one.inbound.mailbox.store_id, one.own_id) in self._known_ids

    def is_ours(self, address: str) -> bool:
        """Whether a mailbox of ours has this address, whatever its tag; also where it is switched off."""
        return not self._mailboxes.keys().isdisjoint(spellings(address))

    def first_mailbox(self, one: Arrived) -> Mailbox:
        """Of the store's mailboxes that a mail names, the first: one mail to several is one ticket, there."""
        for address in (*one.mail.to[:MOST_NAMED], *one.mail.cc[:MOST_NAMED]):
            for spelling in spellings(address.address):
                mailbox = self._mailboxes.get(spelling)
                if mailbox is not None and mailbox.is_active and mailbox.store_id == one.inbound.mailbox.store_id:
                    return mailbox
        return one.inbound.mailbox

    def colleague(self, one: Arrived, address: str) -> AbstractBaseUser | None:
        """Who works for the mail's store under this address."""
        return self._colleagues.get((one.inbound.mailbox.store_id, address.strip().lower()))

    @cached_property
    def _copied(self) -> Mapping[tuple[int, str, str], int]:
        same = self._earlier.filter(fingerprint__in={one.fingerprint for one in self._arrived})
        rows = same.values_list("mailbox__store_id", "rfc822_id", "fingerprint").annotate(first=Min("pk"))
        return {(store, own_id, fingerprint): first for store, own_id, fingerprint, first in rows}

    @cached_property
    def _known_ids(self) -> frozenset[tuple[int, str]]:
        # Some senders give thousands of mails one Message-ID: only which there are is asked for.
        return frozenset(self._earlier.values_list("mailbox__store_id", "rfc822_id").distinct())

    @property
    def _earlier(self) -> QuerySet[InboundMail]:
        """Mails that were taken in and bear the Message-ID of one of these."""
        return InboundMail.objects.filter(
            mailbox__store__in={one.inbound.mailbox.store_id for one in self._arrived},
            rfc822_id__in={one.own_id for one in self._arrived},
            state=InboundState.PROCESSED,
        ).order_by()

    @cached_property
    def _mailboxes(self) -> Mapping[str, Mailbox]:
        asked = {spelling for one in self._arrived for address in _addresses(one) for spelling in spellings(address)}
        rows = Mailbox.objects.annotate(low=Lower("address")).filter(low__in=asked).select_related("queue")
        return {mailbox.address.lower(): mailbox for mailbox in rows}

    @cached_property
    def _colleagues(self) -> Mapping[tuple[int, str], AbstractBaseUser]:
        rows = (
            Membership.objects.filter(
                store__in={one.inbound.mailbox.store_id for one in self._arrived}, user__is_active=True
            )
            .annotate(low=Lower("user__email"))
            .filter(low__in={one.mail.from_address.strip().lower() for one in self._arrived})
            .select_related("user")
        )
        return {(row.store_id, row.low): row.user for row in rows}


def _addresses(one: Arrived) -> list[str]:
    written_by = [entry.address for entry in one.possible_requesters()]
    replies = [entry.address for entry in one.mail.reply_to[:MOST_REPLY_TO]]
    named = [entry.address for entry in (*one.mail.to[:MOST_NAMED], *one.mail.cc[:MOST_NAMED])]
    forwarded = [one.mail.forwarded_from.address] if one.mail.forwarded_from else []
    return [*written_by, *replies, *one.loops, *named, *forwarded]
