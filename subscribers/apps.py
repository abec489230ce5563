from django.apps import AppConfig


class SubscribersConfig(AppConfig):
    name = "subscribers"
    verbose_name = "Subscribers"

    def ready(self) -> None:
        from subscribers import gauges
        from subscribers.cancellation import receivers
        from subscribers.measured import GAUGES
        from subscribers.privacy import registry
        from subscribers.privacy.tables import PART
        from subscribers.providers.base import register
        from subscribers.providers.builtin import Builtin
        from subscribers.providers.recharge import Recharge
        from subscribers.providers.shopify import Shopify

        register(Builtin())
        register(Shopify())
        register(Recharge())
        registry.register(PART)
        gauges.register(*GAUGES)
        receivers.connect()
