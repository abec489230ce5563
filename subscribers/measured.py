"""What subscriptions count for `/metrics`."""

from subscribers import gauges
from subscribers.models import ProviderAction, Subscription, WebhookDelivery

GAUGES = [
    gauges.Gauge(
        "helpdesk_subscriptions",
        "Subscriptions by status",
        lambda: gauges.by(Subscription.objects.all(), "status"),
        label="status",
    ),
    *gauges.waiting(
        "helpdesk_webhooks_waiting",
        "Webhooks of providers that wait to be worked off",
        lambda: WebhookDelivery.objects.filter(state="stored"),
        "received_at",
    ),
    gauges.Gauge(
        "helpdesk_webhooks_quarantined",
        "Webhooks of providers that could not be worked off",
        lambda: {"": WebhookDelivery.objects.filter(state="quarantined").count()},
    ),
    *gauges.waiting(
        "helpdesk_actions_waiting",
        "Actions at providers that wait for their turn",
        lambda: ProviderAction.objects.filter(state="queued"),
        "next_attempt_at",
    ),
]
