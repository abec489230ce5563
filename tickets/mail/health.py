"""What mail does now, in figures that must add up: what came, what became of it, what waits, and what left.

One report for the page, the command and whoever asks by JSON; a fixed number of queries, however many mailboxes.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Aggregate,
    Case,
    CharField,
    Count,
    DurationField,
    F,
    Max,
    Min,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from tickets.enums import AccountKind, InboundOutcome, InboundState, OutboundState
from tickets.mail.incidents import FETCHING_FAILS
from tickets.models import InboundMail, MailAccount, Mailbox, MailIncident, OutboundMail

PERIODS = {"24h": ("24 hours", timedelta(hours=24)), "7d": ("7 days", timedelta(days=7))}
# Apart, not as a list of states: each is read by its own partial index.
WAITING_TO_LEAVE = Q(state=OutboundState.QUEUED) | Q(state=OutboundState.SENDING)
PROBE_SECONDS = 0.5


class Share(Aggregate):
    """The value below which this share of the rows lies."""

    template = "percentile_cont(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


# What became of a mail: exactly one of these, whatever its row holds.
OUTCOME = Case(
    When(state=InboundState.STORED, then=Value(InboundOutcome.WAITING)),
    When(state=InboundState.QUARANTINED, then=Value(InboundOutcome.QUARANTINED)),
    When(state=InboundState.DUPLICATE, then=Value(InboundOutcome.DUPLICATE)),
    When(message=None, then=Value(InboundOutcome.NO_TICKET)),
    When(
        message__ticket__source_key=Concat(Value("mail:"), Cast("pk", CharField())),
        then=Value(InboundOutcome.TICKET),
    ),
    default=Value(InboundOutcome.MESSAGE),
    output_field=CharField(),
)
COUNTED: dict[str, Any] = {f"is_{outcome.value}": Count("pk", filter=Q(became=outcome)) for outcome in InboundOutcome}
DELAY = F("processed_at") - F("received_at")
DELAYS: dict[str, Any] = {
    "median": Share(DELAY, share=0.5),
    "p90": Share(DELAY, share=0.9),
    "slowest": Max(DELAY),
}


@dataclass(frozen=True)
class Proof:
    """Of mails received in a period, what became of each. `received` is counted apart from the parts."""

    received: int = 0
    parts: dict[str, int] = field(default_factory=dict)

    @property
    def adds_up(self) -> bool:
        return self.received == sum(self.parts.values())

    @property
    def terms(self) -> list[tuple[InboundOutcome, int]]:
        return [(outcome, self.parts.get(outcome, 0)) for outcome in InboundOutcome]


@dataclass(frozen=True)
class Delays:
    """From a mail's arrival in the raw store to its message, in seconds; None where no mail was read."""

    median: float | None = None
    p90: float | None = None
    slowest: float | None = None


@dataclass(frozen=True)
class Leaving:
    """The outbound queue. `oldest`: since when the longest waiting mail does; the rest in the period."""

    waiting: int = 0
    oldest: datetime | None = None
    retrying: int = 0
    planned: int = 0
    sent: int = 0
    failed: int = 0
    held: int = 0


@dataclass(frozen=True)
class WayIn:
    """One way by which mail comes to a mailbox."""

    name: str
    kind: str
    is_ok: bool
    last_success_at: datetime | None = None
    last_mail_at: datetime | None = None
    error: str = ""
    server_count: int | None = None
    stored_count: int | None = None
    is_active: bool = True

    @property
    def counts_agree(self) -> bool:
        return self.server_count == self.stored_count


@dataclass(frozen=True)
class MailboxHealth:
    mailbox: Mailbox
    ways_in: list[WayIn]
    incidents: list[MailIncident]
    proof: Proof
    delays: Delays
    leaving: Leaving
    waiting: int = 0
    waiting_since: datetime | None = None
    quarantined: int = 0
    last_mail_at: datetime | None = None


@dataclass(frozen=True)
class Report:
    at: datetime
    period: str
    mailboxes: list[MailboxHealth]
    proof: Proof
    delays: Delays
    leaving: Leaving
    waiting: int
    quarantined: int
    listener_error: str

    @property
    def incidents(self) -> list[MailIncident]:
        found = [incident for one in self.mailboxes for incident in one.incidents]
        return sorted(found, key=lambda incident: incident.since)

    @property
    def period_words(self) -> str:
        return PERIODS[self.period][0]


def of_outcome(rows: QuerySet[InboundMail], outcome: str) -> QuerySet[InboundMail]:
    """Those of these mails that a term of the proof counts."""
    return rows.alias(became=OUTCOME).filter(became=outcome)


def report(mailboxes: QuerySet[Mailbox], *, period: str = "24h", now: datetime | None = None) -> Report:
    """How mail does in these mailboxes, those in use and those that still hold something."""
    now = now or timezone.now()
    since = now - PERIODS[period][1]
    incidents = MailIncident.objects.open().order_by("since")
    shown = list(
        mailboxes.select_related("store", "queue")
        .prefetch_related(
            Prefetch("accounts", MailAccount.objects.order_by("pk")),
            Prefetch("incidents", incidents, to_attr="open_incidents"),
        )
        .order_by("store__name", "address")
    )
    pks = [mailbox.pk for mailbox in shown]
    lately = InboundMail.objects.filter(mailbox__in=pks, received_at__gte=since).order_by()
    received = lately.alias(became=OUTCOME)
    of_each = {row["mailbox"]: row for row in received.values("mailbox").annotate(received=Count("pk"), **COUNTED)}
    read = lately.filter(message__isnull=False)
    delays = {row["mailbox"]: row for row in read.values("mailbox").annotate(**DELAYS)}
    all_delays = read.aggregate(**DELAYS)
    stopped = _stopped(pks)
    leaving = _leaving(pks, since)
    error = listener_error()
    last = _last_mail(pks, since)
    rows = [
        MailboxHealth(
            mailbox=mailbox,
            ways_in=_ways_in(mailbox, now, last.get((mailbox.pk, "smtp")), error),
            incidents=mailbox.open_incidents,
            proof=_proof(of_each.get(mailbox.pk, {})),
            delays=_delays(delays.get(mailbox.pk, {})),
            leaving=leaving.get(mailbox.pk, Leaving()),
            last_mail_at=max((at for (pk, _), at in last.items() if pk == mailbox.pk), default=None),
            **stopped.get(mailbox.pk, {}),
        )
        for mailbox in shown
    ]
    return Report(
        at=now,
        period=period,
        mailboxes=rows,
        proof=_sum_of_proofs(row.proof for row in rows),
        delays=_delays(all_delays),
        leaving=_sum_of_leaving(row.leaving for row in rows),
        waiting=sum(row.waiting for row in rows),
        quarantined=sum(row.quarantined for row in rows),
        listener_error=error,
    )


def listener_error() -> str:
    """Why the SMTP listener cannot be spoken to from here; "" where it greets. Waits half a second at most."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.SMTP_HOST, settings.SMTP_HOST)  # noqa: S104
    try:
        with socket.create_connection((host, settings.SMTP_PORT), PROBE_SECONDS) as connection:
            connection.settimeout(PROBE_SECONDS)
            greeting = connection.recv(200)
            connection.sendall(b"QUIT\r\n")
    except OSError as error:
        return f"Nobody listens at {settings.SMTP_HOST}:{settings.SMTP_PORT}: {error.strerror or error}"
    return "" if greeting.startswith(b"220") else f"The listener answers {greeting[:80].decode('ascii', 'replace')}"


def _ways_in(mailbox: Mailbox, now: datetime, last_smtp: datetime | None, error: str) -> list[WayIn]:
    ways = [
        WayIn(
            name=str(account),
            kind=account.get_kind_display(),
            is_ok=not account.last_error and (account.kind != AccountKind.IMAP or _is_fresh(account, now)),
            last_success_at=account.last_success_at,
            last_mail_at=account.last_mail_at,
            error=account.last_error,
            server_count=account.server_count if account.counted_at else None,
            stored_count=account.stored_count if account.counted_at else None,
            is_active=account.is_active,
        )
        for account in mailbox.accounts.all()
    ]
    # The listener takes mail for every mailbox; it is named where it does, or where nothing else would.
    if last_smtp or not ways:
        ways.append(WayIn("SMTP listener", "SMTP", not error, last_mail_at=last_smtp, error=error))
    return ways


def _is_fresh(account: MailAccount, now: datetime) -> bool:
    return (account.last_success_at or account.created_at) > now - FETCHING_FAILS


def _last_mail(pks: list[int], since: datetime) -> dict[tuple[int, str], datetime]:
    lately = InboundMail.objects.filter(mailbox__in=pks, received_at__gte=since).order_by()
    rows = lately.values("mailbox", "source").annotate(last=Max("received_at"))
    return {(row["mailbox"], row["source"]): row["last"] for row in rows}


def _stopped(pks: list[int]) -> dict[int, dict[str, Any]]:
    """What waits, and what waits for a person, however old: read by its partial indexes."""
    held = Q(state=InboundState.STORED) | Q(state=InboundState.QUARANTINED)
    rows = InboundMail.objects.filter(held, mailbox__in=pks).order_by().values("mailbox")
    return {
        row.pop("mailbox"): row
        for row in rows.annotate(
            waiting=Count("pk", filter=Q(state=InboundState.STORED)),
            waiting_since=Min("received_at", filter=Q(state=InboundState.STORED)),
            quarantined=Count("pk", filter=Q(state=InboundState.QUARANTINED)),
        )
    }


def _leaving(pks: list[int], since: datetime) -> dict[int, Leaving]:
    waits = WAITING_TO_LEAVE
    lately = Q(created_at__gte=since)
    mails = OutboundMail.objects.filter(waits | Q(state=OutboundState.PLANNED) | lately, mailbox__in=pks).order_by()
    rows = mails.values("mailbox").annotate(
        waiting=Count("pk", filter=waits),
        oldest=Min("created_at", filter=waits),
        retrying=Count("pk", filter=waits & Q(attempts__gt=0, state=OutboundState.QUEUED)),
        planned=Count("pk", filter=Q(state=OutboundState.PLANNED)),
        sent=Count("pk", filter=lately & Q(state=OutboundState.SENT)),
        failed=Count("pk", filter=lately & Q(state=OutboundState.FAILED)),
        held=Count("pk", filter=lately & Q(state=OutboundState.CANCELLED) & ~Q(error="")),
    )
    found: dict[int, dict[str, Any]] = {row["mailbox"]: {**row} for row in rows}
    names = [one.name for one in fields(Leaving)]
    return {pk: Leaving(**{name: row[name] for name in names}) for pk, row in found.items()}


def _proof(row: dict[str, Any]) -> Proof:
    return Proof(
        row.get("received", 0), {outcome.value: row.get(f"is_{outcome.value}", 0) for outcome in InboundOutcome}
    )


def _delays(row: dict[str, Any]) -> Delays:
    return Delays(
        *(row[name].total_seconds() if row.get(name) is not None else None for name in ("median", "p90", "slowest"))
    )


def _sum_of_proofs(proofs: Iterable[Proof]) -> Proof:
    received, parts = 0, dict.fromkeys((outcome.value for outcome in InboundOutcome), 0)
    for proof in proofs:
        received += proof.received
        for name, count in proof.parts.items():
            parts[name] += count
    return Proof(received, parts)


def _sum_of_leaving(rows: Iterable[Leaving]) -> Leaving:
    every = list(rows)
    counts = {
        name: sum(getattr(row, name) for row in every)
        for name in ("waiting", "retrying", "planned", "sent", "failed", "held")
    }
    return Leaving(oldest=min((row.oldest for row in every if row.oldest), default=None), **counts)
