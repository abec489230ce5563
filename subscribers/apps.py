from django.apps import AppConfig


class SubscribersConfig(AppConfig):
    name = "subscribers"
    verbose_name = "Subscribers"

    def ready(self) -> None:
        from subscribers.cancellation import receivers
        from subscribers.providers.base import register
        from subscribers.providers.builtin import Builtin

        register(Builtin())
        receivers.connect()
