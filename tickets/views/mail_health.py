"""The page that proves that no mail was lost, and the lists behind its figures; for those who answer for the mail."""

from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from subscribers.lazy import grouped
from subscribers.lazy import lazily as _
from subscribers.paging import page_of
from subscribers.requests import SignedInRequest
from tickets.enums import InboundOutcome, InboundState, OutboundState
from tickets.mail import intake
from tickets.mail.health import PERIODS, WAITING_TO_LEAVE, of_outcome, report
from tickets.mail.incidents import RULES
from tickets.mail.original import original_of
from tickets.models import InboundMail, Mailbox, OutboundMail
from tickets.views.html import source_file

Row = TypeVar("Row", InboundMail, OutboundMail)
SHOWN = 20
MOST_RETRIED = 5_000
OUTBOUND = {
    "waiting": (_("Waiting to leave"), WAITING_TO_LEAVE),
    "retrying": (_("Tried again"), Q(state=OutboundState.QUEUED, attempts__gt=0)),
    "planned": (_("Planned"), Q(state=OutboundState.PLANNED)),
    "failed": (_("Failed"), Q(state=OutboundState.FAILED)),
    "held": (_("Held back"), Q(state=OutboundState.CANCELLED) & ~Q(error="")),
    "sent": (_("Sent"), Q(state=OutboundState.SENT)),
}
STANDING = ("waiting", "retrying", "planned")  # whatever their age


@require_safe
def mail_health(request: SignedInRequest) -> HttpResponse:
    """The whole page; for its own htmx the report alone."""
    period = request.GET.get("period", "24h")
    if period not in PERIODS:
        raise Http404
    found = report(_mailboxes(request), period=period)
    if not found.mailboxes and not request.user.is_superuser:  # type: ignore[attr-defined]
        raise PermissionDenied
    stopped = _inbound(request).filter(state=InboundState.QUARANTINED).select_related("mailbox")
    troubled = _outbound(request).filter(OUTBOUND["retrying"][1]).select_related("mailbox", "message")
    asked = request.GET.get("retried", "")
    retried = int(asked) if asked.isdecimal() and len(asked) < 7 else 0
    done = max(0, retried - found.waiting)
    context = {
        "report": found,
        "periods": [(key, words, key == period) for key, (words, _) in PERIODS.items()],
        "quarantine": list(stopped.order_by("-received_at")[:SHOWN]),
        "retrying": list(troubled.order_by("next_attempt_at")[:SHOWN]),
        "rules": [(kind.label, rule) for kind, rule in RULES.items()],
        "retried": retried,
        "retry_done": done,
        "retry_words": gettext("%(done)s of %(retried)s") % {"done": grouped(done), "retried": grouped(retried)},
        "nav": "mail",
    }
    return render(request, "tickets/mail/_report.html" if request.htmx else "tickets/mail/health.html", context)


@require_safe
def mail_arrived(request: SignedInRequest) -> HttpResponse:
    """The mails behind a figure: of an outcome, a period, a mailbox."""
    rows = _inbound(request).select_related("mailbox", "message__ticket")
    outcome, period = request.GET.get("outcome", ""), request.GET.get("period", "")
    if outcome in InboundOutcome.values:
        rows = of_outcome(rows, outcome)
    if period in PERIODS:
        rows = rows.filter(received_at__gte=timezone.now() - PERIODS[period][1])
    rows = _of_mailbox(request, rows)
    context = {
        "page": page_of(rows.order_by("-received_at", "-pk"), request),
        "outcomes": [(one.value, one.label, one.value == outcome) for one in InboundOutcome],
        "outcome": InboundOutcome(outcome) if outcome in InboundOutcome.values else None,
        "period": PERIODS[period][0] if period in PERIODS else "",
        "nav": "mail",
    }
    return render(request, "tickets/mail/arrived.html", context)


@require_safe
def mail_left(request: SignedInRequest) -> HttpResponse:
    """Mail on its way out, by what became of it."""
    chosen = request.GET.get("state", "waiting")
    if chosen not in OUTBOUND:
        raise Http404
    rows = _outbound(request).filter(OUTBOUND[chosen][1]).select_related("mailbox", "message__ticket", "ticket")
    period = request.GET.get("period", "")
    if period in PERIODS and chosen not in STANDING:
        rows = rows.filter(created_at__gte=timezone.now() - PERIODS[period][1])
    context = {
        "page": page_of(_of_mailbox(request, rows).order_by("-created_at", "-pk"), request),
        "states": [(key, label, key == chosen) for key, (label, _) in OUTBOUND.items()],
        "label": OUTBOUND[chosen][0],
        "nav": "mail",
    }
    return render(request, "tickets/mail/left.html", context)


@require_safe
def mail_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """One mail: how it was read, and what became of it."""
    inbound = get_object_or_404(_inbound(request).select_related("mailbox", "message__ticket"), pk=pk)
    context = {"inbound": inbound, "original": original_of(inbound), "nav": "mail"}
    return render(request, "tickets/mail/preview.html", context)


@require_safe
def mail_source(request: SignedInRequest, pk: int) -> HttpResponse:
    inbound = get_object_or_404(_inbound(request), pk=pk)
    return source_file(original_of(inbound).raw, inbound.subject or f"mail-{inbound.pk}")


@require_POST
def mail_retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read one mail of the quarantine again."""
    intake.retry(get_object_or_404(_inbound(request), pk=pk))
    messages.success(request, gettext("It is read again; see below what becomes of it."))
    return redirect("mail-preview", pk)


@require_POST
def mail_retry_all(request: SignedInRequest) -> HttpResponse:
    """Read the whole quarantine again."""
    stopped = _inbound(request).filter(state=InboundState.QUARANTINED).order_by("received_at")[:MOST_RETRIED]
    rows = list(stopped)
    for inbound in rows:
        intake.retry(inbound)
    response = redirect("mail-health")
    response.headers["Location"] += f"?retried={len(rows)}" if rows else ""
    return response


def _mailboxes(request: SignedInRequest) -> QuerySet[Mailbox]:
    return Mailbox.objects.led_by(request.user)


def _inbound(request: SignedInRequest) -> QuerySet[InboundMail]:
    return InboundMail.objects.filter(mailbox__in=_mailboxes(request))


def _outbound(request: SignedInRequest) -> QuerySet[OutboundMail]:
    return OutboundMail.objects.filter(mailbox__in=_mailboxes(request)).defer("text", "html")


def _of_mailbox(request: SignedInRequest, rows: QuerySet[Row]) -> QuerySet[Row]:
    chosen = request.GET.get("mailbox", "")
    return rows.filter(mailbox=int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else rows
