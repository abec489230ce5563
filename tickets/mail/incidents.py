"""Notices by itself when a mailbox falls silent or mail stands still, tells people once, and closes by itself.

The rules are few, and stated where people read them (`RULES`): each needs only rows that are there anyway.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from subscribers.enums import Role
from subscribers.errors import Refused
from subscribers.lazy import grouped
from subscribers.lazy import lazily as _
from subscribers.models import Membership
from tickets.enums import AccountKind, InboundState, IncidentKind, OutboundState
from tickets.mail.outbox import queue_mail
from tickets.mail.routing import ours_among
from tickets.models import InboundMail, MailAccount, Mailbox, MailIncident, OutboundMail

logger = logging.getLogger(__name__)

FETCHING_FAILS = timedelta(minutes=15)
UNREAD_AFTER = timedelta(minutes=15)
SENDING_WAITS = timedelta(minutes=15)
SENDING_WAITS_FEW = timedelta(hours=1)
FEW = 3  # mails that may wait for servers of their own
MANY_FAILED = 5  # in an hour, with none sent
QUIET_AT_LEAST = timedelta(hours=2)
HISTORY = timedelta(days=28)
HISTORY_MAILS = 50
PAUSES = 1.5  # times the longest pause of its history

RULES = {
    IncidentKind.FETCHING: _("Fetching failed, or nobody fetched, for 15 minutes."),
    IncidentKind.SILENT: _(
        "No mail for half as long again as its longest pause of four weeks, and for two hours at "
        "least. Known from 50 mails in these weeks on."
    ),
    IncidentKind.UNREAD: _("A mail was stored 15 minutes ago and is not read yet."),
    IncidentKind.QUARANTINED: _("A mail could not be read, and waits for a person."),
    IncidentKind.SENDING: _(
        "Three mails have waited for 15 minutes, or one for an hour, and none left since; or five "
        "failed in an hour and none was sent."
    ),
}


@dataclass(frozen=True)
class Finding:
    """Something wrong, as it is now. `since`: when it began."""

    mailbox_id: int
    kind: IncidentKind
    since: datetime
    detail: str


def findings(now: datetime | None = None) -> list[Finding]:
    """What is wrong with the mailboxes in use, one of a kind for each. Writes nothing; a few queries."""
    now = now or timezone.now()
    mailboxes = dict(Mailbox.objects.filter(is_active=True).values_list("pk", "address"))
    found = [*_fetching(now), *_unread(now), *_quarantined(), *_sending(now), *_silent(now)]
    first: dict[tuple[int, str], Finding] = {}
    for finding in sorted(found, key=lambda one: one.since):
        if finding.mailbox_id in mailboxes:
            first.setdefault((finding.mailbox_id, finding.kind), finding)
    return list(first.values())


def sweep(now: datetime | None = None) -> None:
    """Open what is new, keep true what lasts, close what is over, and write to those who answer for it."""
    now = now or timezone.now()
    found = {(one.mailbox_id, str(one.kind)): one for one in findings(now)}
    for incident in MailIncident.objects.open():
        finding = found.pop((incident.mailbox_id, incident.kind), None)
        if finding is None:
            MailIncident.objects.open().filter(pk=incident.pk).update(cleared_at=max(now, incident.since))
        elif finding.detail != incident.detail:
            MailIncident.objects.open().filter(pk=incident.pk).update(detail=finding.detail)
    for finding in found.values():
        # Another sweep may be quicker: the constraint lets one of them open it.
        MailIncident.objects.bulk_create(
            [MailIncident(**{**finding.__dict__, "kind": str(finding.kind)})], ignore_conflicts=True
        )
    for incident in MailIncident.objects.open().filter(told_at=None).select_related("mailbox__store"):
        _tell(incident, now)


def _tell(incident: MailIncident, now: datetime) -> None:
    """Write to the administrators, once. Not of mail that cannot be sent: those mails would wait with the others."""
    if incident.kind == IncidentKind.SENDING:
        return
    with transaction.atomic():
        if not MailIncident.objects.filter(pk=incident.pk, told_at=None).update(told_at=now):
            return
        for person in _responsible(incident):
            try:
                queue_mail(
                    store=incident.mailbox.store,
                    subscriber=None,
                    recipient=person.email,
                    subject=f"{incident.get_kind_display()}: {incident.mailbox.address}",
                    text=_letter(incident),
                    key=f"incident:{incident.pk}:{person.pk}",
                    essential=True,
                )
            except Refused as refused:
                logger.warning("nobody could be told of %s: %s", incident, refused)


def _letter(incident: MailIncident) -> str:
    rule = RULES[IncidentKind(incident.kind)]
    return gettext(
        "%(detail)s\n\nMailbox: %(address)s\nSince: %(since)s UTC\nLook: "
        "%(base_url)s%(reverse)s\n\nThis is told when: %(rule)s\nThe notice goes by itself once "
        "it is over."
    ) % {
        "detail": incident.detail,
        "address": incident.mailbox.address,
        "since": f"{incident.since:%d %b %Y, %H:%M}",
        "base_url": settings.BASE_URL,
        "reverse": reverse("mail-health"),
        "rule": rule,
    }


def _responsible(incident: MailIncident) -> list[Any]:
    """The store's administrators, else its leads; nobody whose mail would come back here."""
    members = Membership.objects.filter(store=incident.mailbox.store_id, user__is_active=True)
    people = get_user_model().objects.filter(memberships__in=members.filter(role=Role.ADMIN))
    if not people:
        people = get_user_model().objects.filter(memberships__in=members.filter(role=Role.LEAD))
    ours = ours_among(person.email for person in people)
    return [person for person in people.order_by("pk") if person.email.lower() not in ours]


def _fetching(now: datetime) -> Iterator[Finding]:
    late = now - FETCHING_FAILS
    for account in MailAccount.objects.filter(is_active=True):
        last = account.last_success_at or account.created_at
        if account.failing_since is not None and account.failing_since <= late:
            yield Finding(
                account.mailbox_id, IncidentKind.FETCHING, account.failing_since, f"{account}: {account.last_error}"
            )
        elif account.failing_since is None and last <= late and account.kind == AccountKind.IMAP:
            yield Finding(
                account.mailbox_id,
                IncidentKind.FETCHING,
                last,
                gettext("%(account)s: nobody has asked this server.") % {"account": account},
            )


def _unread(now: datetime) -> Iterator[Finding]:
    waiting = InboundMail.objects.filter(state=InboundState.STORED, received_at__lte=now - UNREAD_AFTER)
    for pk, count, since in _by_mailbox(waiting, "received_at"):
        yield Finding(
            pk, IncidentKind.UNREAD, since, gettext("%(mails)s stored and not read yet.") % {"mails": _mails(count)}
        )


def _quarantined() -> Iterator[Finding]:
    stopped = InboundMail.objects.filter(state=InboundState.QUARANTINED)
    for pk, count, since in _by_mailbox(stopped, "received_at"):
        yield Finding(
            pk, IncidentKind.QUARANTINED, since, gettext("%(mails)s in quarantine.") % {"mails": _mails(count)}
        )


def _sending(now: datetime) -> Iterator[Finding]:
    # Apart, not as a list of states: each is read by its own partial index.
    late = Q(state=OutboundState.QUEUED) | Q(state=OutboundState.SENDING)
    late &= Q(created_at__lte=now - SENDING_WAITS)
    late &= Q(not_before=None) | Q(not_before__lte=now - SENDING_WAITS)
    for pk, count, since in _by_mailbox(OutboundMail.objects.filter(late), "created_at"):
        is_long = count >= FEW or since <= now - SENDING_WAITS_FEW
        if is_long and not OutboundMail.objects.filter(mailbox=pk, created_at__gte=since, sent_at__gt=since).exists():
            error = OutboundMail.objects.filter(late, mailbox=pk).exclude(error="").order_by("-pk").first()
            told = f" {error.error}" if error else ""
            yield Finding(
                pk,
                IncidentKind.SENDING,
                since,
                (gettext("%(mails)s waiting to be sent.%(told)s") % {"mails": _mails(count), "told": told})[:1000],
            )
    lately = OutboundMail.objects.filter(created_at__gte=now - timedelta(hours=1))
    for row in lately.values("mailbox").annotate(
        failed=Count("pk", filter=Q(state=OutboundState.FAILED)),
        sent=Count("pk", filter=Q(state=OutboundState.SENT)),
        since=Min("created_at"),
    ):
        if row["failed"] >= MANY_FAILED and not row["sent"]:
            detail = gettext("%(mails)s failed within an hour, and none was sent.") % {"mails": _mails(row["failed"])}
            yield Finding(row["mailbox"], IncidentKind.SENDING, row["since"], detail)


def _silent(now: datetime) -> Iterator[Finding]:
    """Only mailboxes that are quiet now have their history looked at."""
    lately = InboundMail.objects.filter(received_at__gte=now - HISTORY)
    last = lately.values("mailbox").annotate(last=Max("received_at"), count=Count("pk"))
    quiet = {
        row["mailbox"]: row["last"]
        for row in last
        if row["count"] >= HISTORY_MAILS and row["last"] <= now - QUIET_AT_LEAST
    }
    for pk, pause in _longest_pauses(quiet, now - HISTORY):
        if now - quiet[pk] > max(PAUSES * pause, QUIET_AT_LEAST):
            detail = gettext("No mail has arrived; its longest pause in four weeks was %(hours)s.") % {
                "hours": _hours(pause)
            }
            yield Finding(pk, IncidentKind.SILENT, quiet[pk], detail)


def _longest_pauses(mailboxes: Iterable[int], since: datetime) -> list[tuple[int, timedelta]]:
    wanted = list(mailboxes)
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mailbox_id, max(pause) FROM (SELECT mailbox_id, received_at - lag(received_at)"
            " OVER (PARTITION BY mailbox_id ORDER BY received_at) AS pause FROM tickets_inboundmail"
            " WHERE mailbox_id = ANY(%s) AND received_at >= %s) AS pauses GROUP BY mailbox_id",
            [wanted, since],
        )
        return cursor.fetchall()


def _by_mailbox(rows: QuerySet[Any], moment: str) -> list[tuple[int, int, datetime]]:
    grouped = rows.order_by().values("mailbox").annotate(count=Count("pk"), since=Min(moment))
    return list(grouped.values_list("mailbox", "count", "since"))


def _mails(count: int) -> str:
    return ngettext("%(count)s mail", "%(count)s mails", count) % {"count": grouped(count)}


def _hours(pause: timedelta) -> str:
    hours = pause.total_seconds() / 3600
    return (
        gettext("%(hours)s hours") % {"hours": f"{hours:.0f}"}
        if hours >= 2
        else gettext("%(hours)s minutes") % {"hours": f"{hours * 60:.0f}"}
    )
