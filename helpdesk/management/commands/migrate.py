"""`migrate`, as Django's, sooner done on an empty database."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

from helpdesk.migrating import Executor

migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]  # what Django's command asks for by name


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with connections[options["database"]].cursor() as cursor:
                # A machine that dies may lose the last migrations whole; the next start applies them again.
                cursor.execute("SET synchronous_commit TO off")
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {str(error).strip()}") from error
        super().handle(*args, **options)
