"""What happened to alerts and runs, and every contact: to look at, never to change."""

from django.contrib import admin

from subscribers.admin_base import ReadOnlyAdmin
from success.models import AlertEvent, FlowOffer, RunEvent, Touch


@admin.register(AlertEvent)
class AlertEventAdmin(ReadOnlyAdmin):
    store_path = "alert__store"
    fixed = ()
    list_display = ("occurred_at", "alert", "kind", "actor_kind", "actor", "from_value", "to_value")
    list_select_related = ("alert", "actor")
    list_filter = ("kind", "actor_kind")
    search_fields = ("=alert__id",)
    ordering = ("-pk",)


@admin.register(RunEvent)
class RunEventAdmin(ReadOnlyAdmin):
    store_path = "run__store"
    fixed = ()
    list_display = ("occurred_at", "run", "flow", "kind", "text", "actor")
    list_select_related = ("run__flow", "actor")
    list_filter = ("kind", "run__flow")
    search_fields = ("=run__id",)
    ordering = ("-pk",)

    @admin.display(description="flow")
    def flow(self, event: RunEvent) -> str:
        return str(event.run.flow)


@admin.register(Touch)
class TouchAdmin(ReadOnlyAdmin):
    fixed = ()
    list_display = ("occurred_at", "subscriber", "channel", "category", "decision", "reason", "store")
    list_select_related = ("subscriber", "store")
    list_filter = ("decision", "category", "store")
    search_fields = ("subscriber__email__istartswith",)
    ordering = ("-pk",)


@admin.register(FlowOffer)
class FlowOfferAdmin(ReadOnlyAdmin):
    fixed = ()
    list_display = ("made_at", "subscriber", "kind", "state", "valid_until", "decided_at", "store")
    list_select_related = ("subscriber", "store")
    list_filter = ("state", "kind", "store")
    search_fields = ("subscriber__email__istartswith",)
    ordering = ("-pk",)
