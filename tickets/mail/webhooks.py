"""Posts of mail services: mails are stored before they are acknowledged, events are written down at once."""

import hashlib
import logging

import requests
from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailWebhookValidationFailure
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from subscribers.later import soon
from tickets.enums import AccountKind
from tickets.mail import tracking
from tickets.mail.intake import store_raw
from tickets.mail.mail_services import SERVICES, Delivery, Service
from tickets.mail.routing import mailboxes_of
from tickets.mail.webhook_posts import Malformed, Post, TooLarge
from tickets.models import InboundMail, MailAccount, Mailbox
from tickets.models.accounts import hash_of

logger = logging.getLogger(__name__)
# What reading a stranger's structure raises where it is not what its service promises.
MISREAD = (KeyError, TypeError, ValueError, AttributeError, IndexError, AssertionError, RecursionError, AnymailError)


class Unproved(Exception):
    """The post is not signed by the service."""


class TryAgain(Exception):
    """The service has to be asked for something, and does not answer."""


class NotYet(Exception):
    """Nothing is wrong, and the service should tell it again; what was known of the post is written down."""


def account_of(service: str, token: str) -> MailAccount | None:
    accounts = MailAccount.objects.filter(kind=AccountKind.WEBHOOK, is_active=True, mailbox__is_active=True)
    found = accounts.filter(service=service, token_hash=hash_of(token))
    return found.select_related("mailbox__store").first()


def take_mails(account: MailAccount, post: Post) -> list[InboundMail]:
    """Store the mails of a post, all of them or none: Unproved, Malformed, TooLarge or TryAgain.

    The same post again gives the same rows.
    """
    service = SERVICES[account.service]
    _complete(service, account)
    try:
        view = service.mails(account)
        view.run_validators(post)
        deliveries = service.whole(post)
        keys = [""] * len(deliveries)
        if not deliveries:
            deliveries, keys = _in_pieces(account, view, post)
    except AnymailWebhookValidationFailure as error:
        raise Unproved(str(error)) from error
    except requests.RequestException as error:
        raise TryAgain(f"{account} does not hand over what belongs to the mail: {error}") from error
    except AnymailConfigurationError as error:  # mails posted where events belong, or the other way round
        raise Malformed(str(error)) from error
    except MISREAD as error:
        raise Malformed(f"{type(error).__name__}: {error}") from error
    if any(len(one.raw or b"") > settings.MAIL_MAX_BYTES for one in deliveries):
        raise TooLarge
    with transaction.atomic():
        stored = [mail for one, key in zip(deliveries, keys, strict=True) for mail in _store(account, one, key)]
        _note_success(account, has_mail=bool(stored))
    return stored


def take_events(account: MailAccount, post: Post) -> int:
    """Write down what became of mails of ours; how many events there are.

    Raises as `take_mails`, and NotYet for news that is quicker than the answer by which we learn a mail's id.
    """
    service = SERVICES[account.service]
    _complete(service, account)
    try:
        view = service.events(account)
        view.run_validators(post)
        events = view.parse_events(post)
    except AnymailWebhookValidationFailure as error:
        raise Unproved(str(error)) from error
    except requests.RequestException as error:
        raise TryAgain(str(error)) from error
    except AnymailConfigurationError as error:  # mails posted where events belong, or the other way round
        raise Malformed(str(error)) from error
    except MISREAD as error:
        raise Malformed(f"{type(error).__name__}: {error}") from error
    unknown = [event for event in events if tracking.record(account.service, event) is None]
    _note_success(account, has_mail=False)
    if any(tracking.is_early(event, account.mailbox.store_id) for event in unknown):
        raise NotYet("One of these mails is being sent this moment: tell it again.")
    return len(events)


def note_failure(account: MailAccount, words: str) -> None:
    logger.warning("a post of %s was refused: %s", account, words)
    MailAccount.objects.filter(pk=account.pk).update(
        failing_since=account.failing_since or timezone.now(),
        failures=account.failures + 1,
        last_error=words.replace("\x00", "")[:2000],
    )


def _complete(service: Service, account: MailAccount) -> None:
    if any(not getattr(account, name) for name in service.needs):
        raise Unproved("The key is missing by which posts of the service are known: enter it in the admin.")


def _note_success(account: MailAccount, *, has_mail: bool) -> None:
    now = timezone.now()
    changes = {"last_mail_at": now} if has_mail else {}
    MailAccount.objects.filter(pk=account.pk).update(
        last_success_at=now, failing_since=None, failures=0, last_error="", **changes
    )


def _in_pieces(account: MailAccount, view: object, post: Post) -> tuple[list[Delivery], list[str]]:
    """Mails that the service took apart, put together again; and a key for each: the bytes differ every time."""
    deliveries, keys = [], []
    for number, event in enumerate(view.parse_events(post)):  # type: ignore[attr-defined]
        message = event.message
        recipients = (message.envelope_recipient,) if message.envelope_recipient else ()
        deliveries.append(Delivery(message.as_bytes(), message.envelope_sender or "", recipients))
        known = event.event_id or f"{hashlib.sha256(post.body).hexdigest()}.{number}"
        keys.append(f"{account.service}:{known}")
    return deliveries, keys


def _store(account: MailAccount, delivery: Delivery, key: str) -> list[InboundMail]:
    found = [
        store_raw(
            mailbox=mailbox,
            raw=delivery.raw or b"",
            source="webhook",
            source_key=key,
            envelope_from=delivery.sender,
            envelope_to=delivery.recipients,
        )
        for mailbox in _mailboxes(account, delivery)
    ]
    for inbound in found:
        soon("tickets.tasks.process_inbound_mail", inbound.pk)
    return found


def _mailboxes(account: MailAccount, delivery: Delivery) -> list[Mailbox]:
    """Those of the store that it is for; the account's own where it names none of them."""
    named = [one for one in mailboxes_of(delivery.recipients) if one.store_id == account.mailbox.store_id]
    return named or [account.mailbox]
