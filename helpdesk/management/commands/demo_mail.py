"""Sends a mail from a subscriber of the demo store."""

import smtplib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.demo.catalogue import STORE_KEY
from helpdesk.demo.mails import LETTERS, NobodyToWrite, choose_writer, compose
from subscribers.models import Store

TIMEOUT = 10


class Command(BaseCommand):
    help = (
        "Send a believable mail, by SMTP, from a demo subscriber in their first cycle: damaged, late, thanks, cancel."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(LETTERS))
        parser.add_argument("--subscriber", default="", metavar="ADDRESS", help="who writes (default: somebody new)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not Store.objects.filter(key=STORE_KEY).exists():
            raise CommandError("There is no demo store here: make it with seed_demo.")
        try:
            writer = choose_writer(options["subscriber"])
        except NobodyToWrite as nobody:
            raise CommandError(str(nobody)) from nobody
        mail = compose(options["kind"], writer)
        where = f"{settings.SMTP_HOST}:{settings.SMTP_PORT}"
        try:
            with smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=TIMEOUT) as smtp:
                smtp.send_message(mail)
        except ConnectionRefusedError as refused:
            raise CommandError(
                f"Nothing listens for mail at {where}. Is `make run` running, with this DATA?"
            ) from refused
        except (OSError, smtplib.SMTPException) as failed:
            raise CommandError(f"The mail was not taken at {where}: {failed}") from failed
        self.stdout.write(
            f"From:    {mail['From']}\nTo:      {mail['To']}\nSubject: {mail['Subject']}\n\n"
            f"Look at {settings.BASE_URL}/tickets/ (agent@demo.example) and {settings.BASE_URL}/alerts/ "
            "(success@demo.example)."
        )
