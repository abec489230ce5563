"""What happened to tickets and their clocks: to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from subscribers.admin_base import ReadOnlyAdmin
from tickets.models import ClockEvent, Ticket, TicketEvent


class TicketHistoryAdmin(ReadOnlyAdmin):
    """Events of the tickets that a person sees, restricted queues included."""

    fixed = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        ticket_path = self.store_path.removesuffix("__store")
        return super().get_queryset(request).filter(**{f"{ticket_path}__in": Ticket.objects.visible_to(request.user)})


@admin.register(TicketEvent)
class TicketEventAdmin(TicketHistoryAdmin):
    store_path = "ticket__store"
    list_display = ("occurred_at", "ticket", "kind", "actor_kind", "actor", "from_value", "to_value")
    list_select_related = ("ticket", "actor")
    list_filter = ("kind", "actor_kind")
    search_fields = ("=ticket__id",)
    ordering = ("-pk",)


@admin.register(ClockEvent)
class ClockEventAdmin(TicketHistoryAdmin):
    store_path = "clock__ticket__store"
    list_display = ("occurred_at", "ticket", "clock", "kind", "consumed_seconds", "due_at")
    list_select_related = ("clock__ticket",)
    list_filter = ("kind", "clock__metric")
    search_fields = ("=clock__ticket__id",)
    ordering = ("-pk",)

    @admin.display(description="ticket")
    def ticket(self, event: ClockEvent) -> str:
        return str(event.clock.ticket)
