from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        from subscribers import gauges
        from subscribers.privacy.registry import register
        from tickets import receivers, receivers_people
        from tickets.measured import GAUGES
        from tickets.privacy import PART

        register(PART)
        gauges.register(*GAUGES)
        receivers.connect()
        receivers_people.connect()
