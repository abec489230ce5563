"""What customer service counts for `/metrics`."""

from django.utils import timezone

from subscribers import gauges
from tickets.enums import InboundState, OutboundState
from tickets.models import InboundMail, OutboundMail, Ticket

GAUGES = [
    gauges.Gauge(
        "helpdesk_tickets_unresolved",
        "Unresolved tickets by status",
        lambda: gauges.by(Ticket.objects.unresolved().filter(deleted_at=None), "status"),
        label="status",
    ),
    gauges.Gauge(
        "helpdesk_tickets_overdue",
        "Unresolved tickets with a promise that is overdue",
        lambda: {
            "": Ticket.objects.unresolved().filter(deleted_at=None, next_due_at__lt=timezone.now()).count(),
        },
    ),
    *gauges.waiting(
        "helpdesk_mail_in_waiting",
        "Mails that are stored and wait to be read",
        lambda: InboundMail.objects.filter(state=InboundState.STORED),
        "received_at",
    ),
    gauges.Gauge(
        "helpdesk_mail_in_quarantined",
        "Mails that could not be read",
        lambda: {"": InboundMail.objects.filter(state=InboundState.QUARANTINED).count()},
    ),
    *gauges.waiting(
        "helpdesk_mail_out_waiting",
        "Mails that wait to be sent",
        lambda: OutboundMail.objects.filter(state=OutboundState.QUEUED),
        "next_attempt_at",
    ),
]
