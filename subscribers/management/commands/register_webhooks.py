"""`manage.py register_webhooks`: have the connected providers send us what is read."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from subscribers.enums import Provider
from subscribers.errors import Refused
from subscribers.models import Connection
from subscribers.services.connecting import register_webhooks


class Command(BaseCommand):
    help = "Subscribe to the webhooks that are read, at every connected provider."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--domain", help="only this connection's")
        parser.add_argument("--base-url", default="", help="under which providers reach us; BASE_URL if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Connection.objects.filter(is_active=True).exclude(provider=Provider.BUILTIN).order_by("pk")
        if options["domain"]:
            rows = rows.filter(domain__iexact=options["domain"])
        for connection in rows:
            try:
                made, refused = register_webhooks(connection, options["base_url"])
            except Refused as error:
                self.stderr.write(f"{connection}: {error}")
                continue
            self.stdout.write(f"{connection}: {made} new")
            for words in refused:
                self.stderr.write(f"{connection}: {words}")
