from django.apps import AppConfig

from helpdesk import celery  # noqa: F401  the tasks of all apps are this application's


class HelpdeskConfig(AppConfig):
    name = "helpdesk"
    verbose_name = "People and operation"

    def ready(self) -> None:
        from helpdesk import checks  # noqa: F401  registers them
        from helpdesk.demo.life import DemoCollector
        from subscribers.providers.builtin.billing import register_collector

        register_collector("demo", DemoCollector())
