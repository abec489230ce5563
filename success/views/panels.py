"""What other pages show of success, each panel by its own address."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from subscribers.keyset import keyset_page
from subscribers.lazy import lazily as _
from subscribers.models import Subscriber
from subscribers.requests import SignedInRequest
from success.enums import TouchDecision
from success.holding import held_back
from success.models import Cause
from success.permissions import may_work_alerts, stores_to_work
from success.selectors import AlertRow, alerts_of_subscriber, row_of
from success.touches import touch_rows, touches_of
from tickets.models import Ticket

SHOWN = 6


@require_safe
def ticket_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """The live, else the latest, alert of the subscriber who wrote a ticket."""
    tickets = Ticket.objects.visible_to(request.user).select_related("subscriber")
    ticket = get_object_or_404(tickets, pk=pk)
    rows = _rows(request, ticket.subscriber, limit=1)
    context = {
        "ticket": ticket,
        "row": rows[0] if rows else None,
        "held": held_back(ticket.subscriber),
        "cause": Cause.objects.of_ticket(ticket).first(),
    }
    return render(request, "success/_ticket_panel.html", context)


@require_safe
def subscriber_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """A subscriber's alerts, for their page."""
    subscriber = get_object_or_404(Subscriber.objects.visible_to(request.user), pk=pk)
    rows = _rows(request, subscriber, limit=SHOWN + 1)
    context = {"subscriber": subscriber, "rows": rows[:SHOWN], "has_more": len(rows) > SHOWN}
    context["held"] = held_back(subscriber)
    context["may_start"] = may_work_alerts(request.user, subscriber.store_id) and not subscriber.redacted_at
    return render(request, "success/_subscriber_panel.html", context)


def _rows(request: SignedInRequest, subscriber: Subscriber, *, limit: int) -> list[AlertRow]:
    workable = set(stores_to_work(request.user).values_list("pk", flat=True))
    return [row_of(alert, workable) for alert in alerts_of_subscriber(subscriber, request.user, limit=limit)]


SHOWS = (("all", _("All")), ("sent", _("Sent")), ("held", _("Held back")))
TOUCHES = 8


@require_safe
def touches_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was sent to a subscriber, or held back and why; `?show=` sent or held."""
    subscriber = get_object_or_404(Subscriber.objects.visible_to(request.user), pk=pk)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in dict(SHOWS) else "all"
    touches = touches_of(subscriber, request.user)
    if chosen != "all":
        sent = Q(decision=TouchDecision.SENT)
        touches = touches.filter(sent if chosen == "sent" else ~sent)
    page = keyset_page(touches, request, size=TOUCHES)
    context = {"subscriber": subscriber, "page": page, "rows": touch_rows(page.rows, request.user)}
    return render(request, "success/_touches_panel.html", context | {"chosen": chosen, "filters": SHOWS})
