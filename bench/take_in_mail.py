"""How fast mails are taken in: `python bench/take_in_mail.py [--mails N] [--large]`.

One process stores each mail raw (a commit of its own, as the listener does before it says 250), then takes them all in
by the sweep: ticket, message, participants, promises, topics, alerts of success, words for the search. Every tenth
writer is a subscriber in their first cycle, every fifth mail answers an earlier one, every tenth tells of damage.
`--large` takes in one mail of 25 MB besides. Starts a PostgreSQL of its own, as an instance has it, in a folder that
goes afterwards.
"""

import argparse
import base64
import cProfile
import io
import os
import pstats
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

TEXTS = (
    "Hello,\n\nwhen will my next box be sent? I am away in the second week and would not want it to wait outside.",
    "Hi there,\n\ncould you change the address of my subscription, please? We move to 12 Harbour Lane next month.",
    "Good morning,\n\nI love the coffee. Is it possible to get two bags of the dark roast instead of the light one?",
    "Hello,\n\nI was charged twice this month. Please have a look and refund one of the payments.",
    "Hi,\n\nthe tracking page has said the same thing for four days and nothing has arrived. Where is it?",
)
DAMAGED = "Hello,\n\nmy box number {number} arrived crushed and two of the jars were broken. Could you send them again?"
QUOTED = """

On Mon, 2 Nov 2026 at 10:02, Box Club <help@boxclub.example> wrote:

> Dear Ann,
> your box is on its way.
"""
HEADERS = """Return-Path: <{sender}>
Received: from mail.customer.example (mail.customer.example [192.0.2.7])
 by mx.boxclub.example; Tue, 3 Nov 2026 09:00:01 +0000
Authentication-Results: mx.boxclub.example; dkim=pass header.d=customer.example; spf=pass; dmarc=pass
From: Ann Example <{sender}>
To: Box Club <help@boxclub.example>
Subject: {subject} {number}
Date: Tue, 3 Nov 2026 10:00:00 +0100
Message-ID: <{number}.1@customer.example>
MIME-Version: 1.0
"""


def letter(number: int) -> bytes:
    answered = number - 7 if number % 5 == 4 and number > 100 else None
    text = DAMAGED.format(number=number) if number % 10 == 3 else TEXTS[number % len(TEXTS)]
    writer = number if answered is None else answered
    head = HEADERS.format(
        sender=f"ann{writer}@customer.example",
        subject="A question about my box" if answered is None else "Re: A question about my box",
        number=number,
    )
    if answered is not None:
        head += f"In-Reply-To: <{answered}.1@customer.example>\nReferences: <{answered}.1@customer.example>\n"
        text += QUOTED
    return (head + "Content-Type: text/plain; charset=utf-8\n\n" + text + "\n\nBest wishes\nAnn\n").encode()


def subscribe(store, numbers: range) -> None:
    """People in the first cycle of their subscription."""
    from django.utils import timezone

    from subscribers.models import Cycle, Subscriber, Subscription

    began = timezone.now() - timedelta(days=10)
    people = Subscriber.objects.bulk_create(
        Subscriber(store=store, email=f"ann{number}@customer.example", name="Ann Example") for number in numbers
    )
    subscriptions = Subscription.objects.bulk_create(
        Subscription(
            store=store,
            subscriber=person,
            external_id=f"bench-{person.pk}",
            price=Decimal(30),
            currency="USD",
            started_at=began,
        )
        for person in people
    )
    Cycle.objects.bulk_create(
        Cycle(
            subscription=subscription,
            index=1,
            starts_at=began,
            ends_at=began + timedelta(days=30),
            billing_expected_at=began,
            status="billed",
            billed_at=began,
            amount=Decimal(30),
        )
        for subscription in subscriptions
    )


def take_in_all(mailbox, mails: list[bytes], profile: bool) -> None:
    from django.db import connection

    from success.models import Alert
    from tickets.mail import intake
    from tickets.models import Clock, InboundMail, Message, Ticket, TicketTopic

    statements = 0

    def count(execute, *arguments):
        nonlocal statements
        statements += 1
        return execute(*arguments)

    before = InboundMail.objects.count()
    begun, worked = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count), cProfile.Profile() if profile else nullcontext() as profiler:
        for number, raw in enumerate(mails):
            intake.store_raw(mailbox=mailbox, raw=raw, source="imap", source_key=f"{before}:{number}")
        stored = time.perf_counter()
        while intake.sweep():
            pass
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    if profiler:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
    states = dict.fromkeys(InboundMail.objects.values_list("state", flat=True).distinct())
    counts = ", ".join(
        f"{model.objects.count():,} {model._meta.verbose_name_plural}"
        for model in (Ticket, Message, Clock, TicketTopic, Alert)
    )
    print(f"{len(mails):,} mails ({', '.join(states)}): {counts}")
    print(
        f"{len(mails) / took:.0f} a second: {took:.1f} s, of which {stored - begun:.1f} s to store them raw; "
        f"{1000 * worked / len(mails):.2f} ms of this process and {statements / len(mails):.1f} statements a mail"
    )


def write_large(path: Path) -> None:
    photo = base64.encodebytes(os.urandom(18 * 1024 * 1024))
    head = HEADERS.format(sender="bea@customer.example", subject="Photos", number="large")
    path.write_bytes(
        head.encode()
        + b'Content-Type: multipart/mixed; boundary="=_b"\n\n--=_b\nContent-Type: text/plain\n\nMy broken box.\n'
        + b"--=_b\nContent-Type: image/jpeg; name=photo.jpg\nContent-Transfer-Encoding: base64\n\n"
        + photo
        + b"--=_b--\n"
    )


def take_in_large(path: Path) -> None:
    """In a process of its own, whose memory is this one mail's."""
    import django

    django.setup()
    from tickets import tasks  # with all that a worker has in memory
    from tickets.mail import intake
    from tickets.models import InboundMail, Mailbox

    mailbox = Mailbox.objects.get()
    raw = path.read_bytes()
    size, before = len(raw), peak()
    begun, worked = time.perf_counter(), time.process_time()
    pk = intake.store_raw(mailbox=mailbox, raw=raw, source="imap", source_key="large").pk
    del raw
    stored = time.perf_counter()
    tasks.process_inbound_mail(pk)
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    state = InboundMail.objects.get(pk=pk).state
    print(
        f"{size / 1e6:.0f} MB {state}: {took:.2f} s, of which {stored - begun:.2f} s to store it raw and "
        f"{worked:.2f} s of this process, which had {peak():.0f} MB at most ({before:.0f} MB before)"
    )


def peak() -> float:
    """MB of memory, at most so far; of this program alone, where `getrusage` counts what its starter had."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mails", type=int, default=3000)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--acknowledge", action="store_true", help="answer each mail that opens a ticket as well")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        return take_in_large(asked.one)
    with tempfile.TemporaryDirectory(prefix="helpdesk-bench-") as folder:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="helpdesk.settings", DATA=folder, CELERY_BROKER_URL="memory://", LOG_LEVEL="ERROR"
        )
        import django

        django.setup()
        from django.conf import settings

        from helpdesk.local.postgres import Postgres

        server = Postgres(
            Path(folder) / "postgres", settings.INSTANCE.prepare_sockets(), lambda name, line: print(name, line)
        )
        server.start()
        try:
            server.create_database(settings.DATABASES["default"]["NAME"])
            run(asked)
        finally:
            server.stop()


def run(asked: argparse.Namespace) -> None:
    from django.core.management import call_command
    from django.db import connections

    from tickets.models import AutomaticAnswer, Mailbox

    call_command("migrate", verbosity=0)
    call_command("create_store", "bench", name="Box Club", mailbox="help@boxclub.example", stdout=io.StringIO())
    mailbox = Mailbox.objects.get()
    AutomaticAnswer.objects.update(is_active=asked.acknowledge)
    if asked.large:
        path = Path(os.environ["DATA"]) / "large.eml"
        write_large(path)
        subprocess.run([sys.executable, __file__, "--one", path], check=True)
    subscribe(mailbox.store, range(0, asked.mails, 10))
    take_in_all(mailbox, [letter(number) for number in range(200)], profile=False)  # what is only done once
    take_in_all(mailbox, [letter(number) for number in range(200, 200 + asked.mails)], profile=asked.profile)
    connections.close_all()


if __name__ == "__main__":
    main()
