from django.apps import AppConfig


class SuccessConfig(AppConfig):
    name = "success"
    verbose_name = "Success"

    def ready(self) -> None:
        from subscribers import gauges, seams
        from subscribers.privacy.registry import register
        from success import receivers, receivers_gone, waking
        from success.flows import receivers as flows
        from success.health import receivers as health
        from success.health.column import COLUMN
        from success.insights import behind
        from success.measured import GAUGES
        from success.offers import receivers as offers
        from success.privacy import PART

        register(PART)
        gauges.register(*GAUGES)
        receivers.connect()
        receivers_gone.connect()
        flows.connect()
        offers.connect()
        waking.connect()
        health.connect()
        behind.connect()
        seams.register(COLUMN)
