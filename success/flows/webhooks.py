"""Sends flows' webhooks: from a row, signed, again until it is taken; never into our own network.

Signed is `<timestamp>.<body>` by HMAC-SHA256, so that an old one cannot be sent again by somebody else; whoever takes
webhooks knows a repeat by `X-Webhook-Id`.
"""

import hashlib
import hmac
import http.client
import ssl
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.errors import Refused
from success.enums import WebhookState
from success.models import OutgoingWebhook, WebhookSecret
from tickets.sla.feed_fetch import NotFetched, checked, connected, is_outside

SECONDS = 10.0
# Seconds until the next attempt, by attempts made: a day and a half in all.
WAITS = (15, 60, 300, 900, 3600, 3 * 3600, 8 * 3600, 24 * 3600)
LEASE = timedelta(minutes=2)
MOST_BYTES = 2000  # of an answer that are looked at
GONE = 410  # whoever is there wants no more of these


def send_due(limit: int = 200, *, may_connect: Callable[[str], bool] = is_outside) -> int:
    """Send what is due, and what a dead worker left; how many attempts were made."""
    due = OutgoingWebhook.objects.filter(_due()).order_by("next_attempt_at", "pk")
    return sum(send(pk, may_connect=may_connect) for pk in list(due.values_list("pk", flat=True)[:limit]))


def send(pk: int, *, may_connect: Callable[[str], bool] = is_outside) -> bool:
    """One attempt; whether this call made it. Of two workers one claims the row, by compare and set."""
    claimed = OutgoingWebhook.objects.filter(_due(), pk=pk).update(
        state=WebhookState.SENDING, claimed_until=timezone.now() + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    hook = OutgoingWebhook.objects.get(pk=pk)
    secret = WebhookSecret.objects.filter(store=hook.store_id, name=hook.secret).first() if hook.secret else None
    if hook.secret and (secret is None or not secret.secret):
        _settle(hook, None, f"There is no secret “{hook.secret}” to sign it with.", is_final=False)
        return True
    try:
        status = _post(hook, secret.secret if secret else "", may_connect)
    except NotFetched as error:
        _settle(hook, None, str(error), is_final=False)
    except (OSError, http.client.HTTPException, ssl.SSLError) as error:
        _settle(hook, None, f"It did not answer: {error or type(error).__name__}", is_final=False)
    except ValueError as error:  # such as letters that no request may have: it will be no other next time
        _settle(hook, None, f"It cannot be sent: {error}", is_final=True)
    else:
        refused = "" if 200 <= status < 300 else f"It answered {status}."
        _settle(hook, status, refused, is_final=status == GONE)
    return True


def give_up(hooks: QuerySet[OutgoingWebhook], why: str) -> None:
    """Send none of these any more; what a worker is sending at this moment has left."""
    waiting = hooks.filter(state__in=(WebhookState.QUEUED, WebhookState.SENDING))
    waiting.update(state=WebhookState.FAILED, error=why, claimed_until=None, settled_at=timezone.now())


@transaction.atomic
def retry(hook: OutgoingWebhook) -> None:
    """Send once more what was given up."""
    again = OutgoingWebhook.objects.filter(pk=hook.pk, state=WebhookState.FAILED).exclude(body="")
    now = timezone.now()
    if not again.update(state=WebhookState.QUEUED, attempts=0, next_attempt_at=now, settled_at=None):
        raise Refused(gettext("It was not given up, or is about somebody who was forgotten."))


def signature(secret: str, timestamp: int, body: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()


def _due() -> Q:
    now = timezone.now()
    return Q(state=WebhookState.QUEUED, next_attempt_at__lte=now) | Q(
        state=WebhookState.SENDING, claimed_until__lte=now
    )


def _post(hook: OutgoingWebhook, secret: str, may_connect: Callable[[str], bool]) -> int:
    """The status of the answer. A redirection is none that is followed: it would lead past the signature's reader."""
    parts, timestamp = checked(hook.url), int(timezone.now().timestamp())
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "helpdesk-webhooks",
        "X-Webhook-Id": hook.key,
        "X-Webhook-Timestamp": str(timestamp),
    }
    if secret:
        headers["X-Webhook-Signature"] = signature(secret, timestamp, hook.body)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.sock = connected(host, port, parts.scheme, may_connect)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=hook.body.encode(), headers=headers)
        with connection.getresponse() as response:
            response.read(MOST_BYTES)
            return response.status
    finally:
        connection.close()


def _settle(hook: OutgoingWebhook, status: int | None, error: str, *, is_final: bool) -> None:
    """What an attempt came to, unless the lease ran out and another worker has it by now."""
    now = timezone.now()
    ours = OutgoingWebhook.objects.filter(pk=hook.pk, state=WebhookState.SENDING, attempts=hook.attempts)
    if not error:
        ours.update(state=WebhookState.SENT, status_code=status, error="", claimed_until=None, settled_at=now)
    elif is_final or hook.attempts > len(WAITS):
        ours.update(
            state=WebhookState.FAILED, status_code=status, error=error[:2000], claimed_until=None, settled_at=now
        )
    else:
        ours.update(
            state=WebhookState.QUEUED,
            status_code=status,
            error=error[:2000],
            claimed_until=None,
            next_attempt_at=now + timedelta(seconds=WAITS[hook.attempts - 1]),
        )
