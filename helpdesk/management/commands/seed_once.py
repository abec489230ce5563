"""Seeds the demo store where there is no store yet."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from subscribers.models import Store

LOCK = 0x5EED  # of those who would seed one database at the same time


class Command(BaseCommand):
    help = "Seed the demo store, all of it or nothing, unless there is a store."

    def handle(self, *args: Any, **options: Any) -> None:
        # One transaction: whoever is killed half-way leaves nothing, and the next start begins anew.
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            if not Store.objects.exists():
                self.stdout.write("Seeding the demo store, once.")
                call_command("seed_demo")
