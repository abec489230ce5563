"""Tries connections to providers, and has their webhooks sent here. Each call asks the provider, and takes its time."""

from types import ModuleType

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from subscribers.enums import Provider
from subscribers.errors import Refused
from subscribers.models import Connection
from subscribers.providers.base import RefusedByProvider, TryAgain
from subscribers.providers.recharge import setup as recharge
from subscribers.providers.shopify import setup as shopify

SETUPS: dict[str, ModuleType] = {Provider.SHOPIFY: shopify, Provider.RECHARGE: recharge}


def try_it(connection: Connection) -> list[str]:
    """What does not work, in words; nothing where all does. Kept with the connection as its last error."""
    setup = SETUPS.get(connection.provider)
    if setup is None:
        return []
    try:
        wrong: list[str] = setup.try_it(connection)
    except (TryAgain, RefusedByProvider) as error:
        wrong = [str(error)]
    Connection.objects.filter(pk=connection.pk).update(last_error=" ".join(map(str, wrong)))
    return wrong


def register_webhooks(connection: Connection, base_url: str = "") -> tuple[int, list[str]]:
    """Have the provider send what is read to our door: how many topics are new, and what was refused, in words.

    `base_url`: under which providers reach us, where it is not the settings' own. Raises Refused in words.
    """
    setup = SETUPS.get(connection.provider)
    if setup is None:
        raise Refused(gettext("That provider sends no webhooks."))
    base = (base_url or settings.BASE_URL).rstrip("/")
    if not base.startswith("https://"):
        raise Refused(
            gettext("Providers send webhooks to https addresses only, not to %(base)s: set BASE_URL.") % {"base": base}
        )
    path = reverse(f"webhook-{connection.provider}")
    try:
        told: tuple[int, list[str]] = setup.register(connection, f"{base}{path}")
    except (TryAgain, RefusedByProvider) as error:
        raise Refused(str(error)) from error
    return told
