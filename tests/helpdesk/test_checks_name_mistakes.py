"""Mistakes of deployment are named by system checks."""

import pytest

from helpdesk.checks import deployment, secrets_and_addresses


def ids(found) -> list[str]:
    return [message.id for message in found]


def test_an_embedded_instance_is_warned_of_as_a_deployment(settings, monkeypatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", settings.INSTANCE.database["HOST"])
    settings.CELERY_BROKER_URL = settings.INSTANCE.broker_url
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", settings.INSTANCE.smtp_port
    assert ids(deployment(None)) == ["helpdesk.W001", "helpdesk.W002", "helpdesk.W004", "helpdesk.W003"]


def test_the_demo_is_as_it_should_be(settings) -> None:
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost"]
    assert deployment(None) == []


def test_a_real_deployment_is_not_warned_of(settings, monkeypatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "db.internal")
    settings.CELERY_BROKER_URL = "redis://broker.internal"
    settings.ALLOWED_HOSTS = ["help.example.com"]
    settings.EMAIL_HOST = "smtp.example.com"
    assert deployment(None) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"SECRET_KEY": "x" * 31}, ["helpdesk.E001"]),
        ({"SECURE_SSL_REDIRECT": True, "BASE_URL": "http://help.example.com"}, ["helpdesk.E002"]),
        ({"SECURE_SSL_REDIRECT": True, "BASE_URL": "https://help.example.com"}, []),
        ({"BASE_URL": "https://help.example.com/"}, ["helpdesk.E003"]),
    ],
)
def test_what_is_wrong_anywhere_is_an_error(settings, changes, expected) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids(secrets_and_addresses(None)) == expected
