"""`manage.py parse_mail`: show how a mail is read, one JSON object for each file. Needs no database."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from tickets.mail.parsed import ParsedMail
from tickets.mail.parsing import parse_html, parse_mail, parse_text

READERS = {"eml": parse_mail, "text": parse_text, "html": parse_html}


class Command(BaseCommand):
    help = "Read mails from files (named as arguments, or one a line on standard input) and print each as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", help="files; without any, a path a line on standard input")
        parser.add_argument("--format", choices=sorted(READERS), default="eml", help="a whole mail, or a bare body")

    def handle(self, *args: Any, **options: Any) -> None:
        read = READERS[options["format"]]
        paths = options["paths"] or (os.fsdecode(line.rstrip(b"\r\n")) for line in sys.stdin.buffer)
        for path in paths:
            try:
                answer = described(read(Path(path).read_bytes()))
            except (OSError, ValueError) as refused:
                answer = {"error": f"{type(refused).__name__}: {refused}"}
            self.stdout.write(json.dumps(answer))
            self.stdout.flush()


def described(mail: ParsedMail) -> dict[str, Any]:
    """What the command prints of a mail."""
    return {
        "subject": mail.subject,
        "from_address": mail.from_address,
        "from_name": mail.from_name,
        "to": [a.address for a in mail.to],
        "cc": [a.address for a in mail.cc],
        "reply_to": [a.address for a in mail.reply_to],
        "message_id": mail.message_id,
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "date": mail.date.isoformat() if mail.date else None,
        "text_body": mail.text_body,
        "visible_reply": mail.visible_reply,
        "quoted_text": mail.quoted_text,
        "html_body": mail.html_body,
        "safe_html": mail.safe_html,
        "attachments": [
            {"name": a.name, "content_type": a.content_type, "size": a.size, "inline": a.inline}
            for a in mail.attachments
        ],
        "automatic": mail.automatic,
        "may_auto_reply": mail.may_auto_reply,
        "bounced_recipients": {
            "permanent": list(mail.bounced_recipients.permanent),
            "temporary": list(mail.bounced_recipients.temporary),
        },
        "forwarded": mail.forwarded,
        "defects": list(mail.defects),
    }
