"""What became of causes: to look at, never to change."""

from django.contrib import admin

from subscribers.admin_base import ReadOnlyAdmin
from success.models import Cause, CauseEvent, CauseLook


@admin.register(Cause)
class CauseAdmin(ReadOnlyAdmin):
    fixed = ()
    list_display = ("title", "store", "state", "dimension", "value", "owner", "found_at", "fixed_on")
    list_select_related = ("store", "owner")
    list_filter = ("state", "dimension", "store")
    search_fields = ("title", "=value")
    ordering = ("-pk",)


@admin.register(CauseEvent)
class CauseEventAdmin(ReadOnlyAdmin):
    store_path = "cause__store"
    fixed = ()
    list_display = ("occurred_at", "cause", "kind", "actor_kind", "actor", "from_value", "to_value")
    list_select_related = ("cause", "actor")
    list_filter = ("kind", "actor_kind")
    search_fields = ("=cause__id",)
    ordering = ("-pk",)


@admin.register(CauseLook)
class CauseLookAdmin(ReadOnlyAdmin):
    fixed = ()
    list_display = ("day", "store", "series", "found", "looked_at")
    list_select_related = ("store",)
    list_filter = ("store",)
    ordering = ("-pk",)
