"""The addresses that providers call."""

from django.urls import path

from subscribers.enums import Provider
from subscribers.webhooks.views import webhook

urlpatterns = [
    path("webhooks/shopify/", webhook, {"provider": Provider.SHOPIFY}, name="webhook-shopify"),
    path("webhooks/recharge/", webhook, {"provider": Provider.RECHARGE}, name="webhook-recharge"),
    path("webhooks/recharge/<str:shop>/", webhook, {"provider": Provider.RECHARGE}, name="webhook-recharge-shop"),
]
