from django.apps import AppConfig


class SuccessConfig(AppConfig):
    name = "success"
    verbose_name = "Success"

    def ready(self) -> None:
        from subscribers.privacy.registry import register
        from success import receivers
        from success.health import receivers as health
        from success.offers import receivers as offers
        from success.privacy import PART

        register(PART)
        receivers.connect()
        offers.connect()
        health.connect()
