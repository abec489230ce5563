"""Takes mails from files: for pipes of mail servers, for imports, and for trying things."""

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from tickets.enums import InboundState
from tickets.mail import intake
from tickets.mail.parsing import parse_mail
from tickets.mail.routing import mailbox_for, mailboxes_of
from tickets.models import InboundMail, Mailbox


class Command(BaseCommand):
    help = "Store mails from files, then open tickets or join threads. Says what became of each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mailbox", metavar="ADDRESS", help="Ours that they came to; else by their headers.")
        parser.add_argument("files", nargs="+", metavar="FILE", help="A mail (RFC 5322); - is standard input.")

    def handle(self, *args: Any, mailbox: str | None, files: list[str], **options: Any) -> None:
        chosen = self._chosen(mailbox) if mailbox else None
        lost = 0
        for name in files:
            try:
                said = self._receive(name, chosen)
            except (OSError, Error, CommandError) as error:
                lost += 1
                said = f"not stored: {error}"
            self.stdout.write(f"{name}: {' '.join(said.split())}")
        if lost:
            # EX_TEMPFAIL: a mail server that pipes into this keeps the mail and comes again.
            raise CommandError(f"{lost} of {len(files)} could not be stored.", returncode=os.EX_TEMPFAIL)

    @staticmethod
    def _chosen(address: str) -> Mailbox:
        if found := mailboxes_of([address]):
            return found[0]
        raise CommandError(f"{address} is no active mailbox of ours.")

    def _receive(self, name: str, chosen: Mailbox | None) -> str:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        mailbox = chosen or mailbox_for(parse_mail(raw))
        if mailbox is None:
            raise CommandError("there is no active mailbox; make one in the admin.")
        stored = intake.store_raw(mailbox=mailbox, raw=raw, source="file")
        outcome = intake.process(stored.pk)
        if outcome is not None:
            return f"{_LABELS[outcome.state]}: {outcome.note}"
        return _became(InboundMail.objects.select_related("message__ticket").get(pk=stored.pk))


_LABELS = {
    InboundState.PROCESSED: "processed",
    InboundState.DUPLICATE: "duplicate",
    InboundState.QUARANTINED: "quarantined",
}


def _became(inbound: InboundMail) -> str:
    """For a mail that is not taken in now: it was before, or its attempt failed and comes again."""
    if inbound.state == InboundState.STORED:
        return f"stored, to be tried again: {inbound.error}" if inbound.error else "stored, another process reads it"
    if inbound.message is not None:
        return f"duplicate: A copy of mail {inbound.pk}, which is in {inbound.message.ticket.number}."
    return f"duplicate: A copy of mail {inbound.pk}, which was {inbound.get_state_display().lower()}."
