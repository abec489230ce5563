"""Cards as providers told of them, and those that will have expired when they are to pay: to look at."""

from django.contrib import admin

from subscribers.admin_base import ReadOnlyAdmin, ReadOnlyInline
from subscribers.lazy import lazily as _
from subscribers.models import CardExpiry, PaymentMethod


class CardExpiryInline(ReadOnlyInline):
    model = CardExpiry
    fields = ("subscription", "expires_on", "billing_at", "noted_at", "settled_at")
    readonly_fields = fields
    ordering = ("-noted_at", "-pk")
    verbose_name_plural = _("expired before a payment")


@admin.register(PaymentMethod)
class PaymentMethodAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "subscriber", "provider", "expires_on", "revoked_at", "told_at")
    list_select_related = ("subscriber",)
    list_filter = ("provider", ("expires_on", admin.DateFieldListFilter), "store")
    search_fields = ("subscriber__email__istartswith", "=external_id", "=last4")
    search_help_text = _("The beginning of a mail address, the provider's id, or the last four digits")
    ordering = ("-told_at", "-pk")
    inlines = (CardExpiryInline,)


@admin.register(CardExpiry)
class CardExpiryAdmin(ReadOnlyAdmin):
    store_path = "subscription__store"
    fixed = ()
    list_display = ("noted_at", "method", "subscriber", "expires_on", "billing_at", "settled_at")
    list_select_related = ("method", "subscription__subscriber")
    list_filter = (("settled_at", admin.EmptyFieldListFilter), "subscription__store")
    search_fields = ("subscription__subscriber__email__istartswith",)
    ordering = ("-noted_at", "-pk")

    @admin.display(description="subscriber")
    def subscriber(self, row: CardExpiry) -> str:
        return str(row.subscription.subscriber)
