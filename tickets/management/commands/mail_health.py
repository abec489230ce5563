"""`manage.py mail_health`: how mail does, for people and for monitoring; exit code 1 where something is wrong."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tickets.enums import InboundOutcome
from tickets.mail.health import PERIODS, MailboxHealth, Report, report
from tickets.mail.incidents import Finding, findings
from tickets.models import Mailbox


class Command(BaseCommand):
    help = "Show how mail does: what arrived and what became of it, what waits, what left, and what is wrong."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
        parser.add_argument("--period", choices=sorted(PERIODS), default="24h")
        parser.add_argument("--mailbox", action="append", default=[], help="its address; may be given again")

    def handle(self, *args: Any, **options: Any) -> None:
        mailboxes = Mailbox.objects.all()
        if options["mailbox"]:
            mailboxes = mailboxes.filter(address__in=options["mailbox"])
            unknown = set(options["mailbox"]) - set(mailboxes.values_list("address", flat=True))
            if unknown:
                raise CommandError(f"No such mailbox: {', '.join(sorted(unknown))}")
        found = report(mailboxes, period=options["period"])
        addresses = {one.mailbox.pk: one.mailbox.address for one in found.mailboxes}
        wrong = [one for one in findings(found.at) if one.mailbox_id in addresses]
        is_ok = found.proof.adds_up and not wrong
        if options["json"]:
            self.stdout.write(json.dumps(as_json(found, wrong, addresses, is_ok), default=str))
        else:
            self.stdout.write("\n".join(as_text(found, wrong, addresses)))
        if not is_ok:
            sys.exit(1)


def as_json(found: Report, wrong: list[Finding], addresses: dict[int, str], is_ok: bool) -> dict[str, Any]:
    return {
        "ok": is_ok,
        "at": found.at.isoformat(),
        "period": found.period,
        "received": found.proof.received,
        "became": found.proof.parts,
        "adds_up": found.proof.adds_up,
        "delay_seconds": asdict(found.delays),
        "waiting": found.waiting,
        "quarantined": found.quarantined,
        "outbound": asdict(found.leaving),
        "listener_error": found.listener_error,
        "wrong": [
            {"mailbox": addresses[one.mailbox_id], "kind": str(one.kind), "since": one.since, "detail": one.detail}
            for one in wrong
        ],
        "mailboxes": [_mailbox(one) for one in found.mailboxes],
    }


def _mailbox(one: MailboxHealth) -> dict[str, Any]:
    return {
        "address": one.mailbox.address,
        "received": one.proof.received,
        "became": one.proof.parts,
        "delay_seconds": asdict(one.delays),
        "waiting": one.waiting,
        "quarantined": one.quarantined,
        "last_mail_at": one.last_mail_at,
        "outbound": asdict(one.leaving),
        "ways_in": [{**asdict(way)} for way in one.ways_in],
    }


def as_text(found: Report, wrong: list[Finding], addresses: dict[int, str]) -> list[str]:
    terms = " + ".join(f"{count} {InboundOutcome(outcome).label.lower()}" for outcome, count in found.proof.terms)
    sign = "=" if found.proof.adds_up else "≠"
    lines = [f"received in {found.period_words}: {found.proof.received} {sign} {terms}"]
    if found.delays.median is not None and found.delays.p90 is not None:
        lines.append(f"arrival to ticket: median {found.delays.median:.1f} s, 9 of 10 within {found.delays.p90:.1f} s")
    lines.append(f"waiting {found.waiting}, in quarantine {found.quarantined}")
    out = found.leaving
    lines.append(f"out: waiting {out.waiting}, retrying {out.retrying}, sent {out.sent}, failed {out.failed}")
    for one in found.mailboxes:
        for way in one.ways_in:
            state = "off" if not way.is_active else "ok" if way.is_ok else f"FAILS: {way.error or 'nobody asks it'}"
            counts = "" if way.server_count is None else f", server {way.server_count}, stored {way.stored_count}"
            lines.append(f"{one.mailbox.address} · {way.name}: {state}{counts}")
    lines += [f"WRONG {addresses[one.mailbox_id]}: {one.kind.label}. {one.detail}" for one in wrong]
    return lines if wrong else [*lines, "nothing is wrong"]
