from django.apps import AppConfig


class SuccessConfig(AppConfig):
    name = "success"
    verbose_name = "Success"

    def ready(self) -> None:
        from success import receivers

        receivers.connect()
