"""Mistakes of deployment, as system checks: `manage.py check --deploy` and every start name them."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

SHORT_KEY = 32  # characters
LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]"}


@register(Tags.security, deploy=True)
def deployment(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Judges the settings as those of a real store; silent for the demo, which is on one machine."""
    if settings.DEMO:
        return []
    found: list[CheckMessage] = []
    if settings.DATABASES["default"].get("HOST") == settings.INSTANCE.database["HOST"]:
        found.append(
            Warning(
                "The database is the embedded one.",
                hint="It has no backup and no second machine: set DATABASE_URL to a PostgreSQL of your own.",
                id="helpdesk.W001",
            )
        )
    if settings.INSTANCE.broker_url == settings.CELERY_BROKER_URL:
        found.append(
            Warning(
                "The broker is the embedded one.",
                hint="Set CELERY_BROKER_URL to a Valkey, Redis or RabbitMQ of your own.",
                id="helpdesk.W002",
            )
        )
    if ("127.0.0.1", settings.INSTANCE.smtp_port) == (settings.EMAIL_HOST, settings.EMAIL_PORT):
        found.append(
            Warning(
                "Answers would leave through our own listener, which takes mail only for our own mailboxes.",
                hint="Set EMAIL_URL to a mail server that delivers.",
                id="helpdesk.W004",
            )
        )
    if set(settings.ALLOWED_HOSTS) <= LOCAL_HOSTS:
        found.append(
            Warning(
                "Only this machine may ask for a page.",
                hint="Set ALLOWED_HOSTS to the names by which people reach the helpdesk.",
                id="helpdesk.W003",
            )
        )
    return found


@register(Tags.security)
def secrets_and_addresses(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """What is wrong wherever it runs."""
    found: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < SHORT_KEY:
        found.append(
            Error(
                f"SECRET_KEY has {len(settings.SECRET_KEY)} characters.",
                hint="It signs sessions and reply addresses: leave it out, or set at least 32 random ones.",
                id="helpdesk.E001",
            )
        )
    if settings.SECURE_SSL_REDIRECT and not settings.BASE_URL.startswith("https://"):
        found.append(
            Error(
                f"HTTPS is on, but links in mails would start with {settings.BASE_URL}.",
                hint="Set BASE_URL to the https:// address of the helpdesk.",
                id="helpdesk.E002",
            )
        )
    if settings.BASE_URL.endswith("/"):
        found.append(Error("BASE_URL ends with a slash.", hint="Links append paths to it.", id="helpdesk.E003"))
    return found
