"""`manage.py api_token USER`: the token by which a program speaks to the REST interface as this person."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rest_framework.authtoken.models import Token

from helpdesk.models import User


class Command(BaseCommand):
    help = "Prints a person's API token, made where there is none."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("user", help="Mail address.")
        parser.add_argument("--renew", action="store_true", help="A new token; the old one ends.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody who may sign in has the address {options['user']}.")
        if options["renew"]:
            Token.objects.filter(user=user).delete()
        self.stdout.write(Token.objects.get_or_create(user=user)[0].key)
