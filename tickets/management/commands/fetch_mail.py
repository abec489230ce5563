"""Fetches mail from IMAP accounts: once, or for as long as it runs."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.mail.fetching import fetch
from tickets.mail.watching import watch
from tickets.models import MailAccount


class Command(BaseCommand):
    help = "Fetch the mail of all IMAP accounts once, due or not. With --watch: stay, until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="Stay: mail is here as soon as it is there.")
        parser.add_argument("--mailbox", metavar="ADDRESS", help="Once, and only this one of ours.")

    def handle(self, *args: Any, watch: bool, mailbox: str | None, **options: Any) -> None:
        if watch and mailbox:
            raise CommandError("--watch attends to all mailboxes.")
        if watch:
            self._watch()
        else:
            self._once(mailbox)

    def _watch(self) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        self.stdout.write("Watching the IMAP accounts")
        self.stdout.flush()
        watch(stopping)

    def _once(self, mailbox: str | None) -> None:
        accounts = MailAccount.objects.fetched()
        if mailbox:
            accounts = accounts.filter(mailbox__address__iexact=mailbox)
        pks = list(accounts.order_by("pk").values_list("pk", flat=True))
        if not pks:
            raise CommandError("There is no active IMAP account" + (f" of {mailbox}." if mailbox else "."))
        failed = 0
        for pk in pks:
            taken = fetch(pk, early=True)
            account = MailAccount.objects.get(pk=pk)
            failed += bool(account.failing_since)
            if taken is None:
                self.stdout.write(f"{account}: another process fetches it")
            else:
                self.stdout.write(f"{account}: {taken} new. {account.last_error}".rstrip())
        if failed:
            raise CommandError(f"{failed} of {len(pks)} could not be fetched.")
