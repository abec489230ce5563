"""Prints a person's token for the REST API."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rest_framework.authtoken.models import Token

from helpdesk.models import User
from subscribers.addresses import is_address


class Command(BaseCommand):
    help = "Print the API token of a user, made on the first call: Authorization: Token …"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="their mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(is_address("email", options["user"])).first()
        if user is None:
            raise CommandError(f"There is no user with the address {options['user']!r}.")
        if not user.is_active:
            raise CommandError(f"{user.email} is switched off and may not sign in.")
        token, _ = Token.objects.get_or_create(user=user)
        self.stdout.write(token.key)
