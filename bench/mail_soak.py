"""No mail lost, none twice: `python bench/mail_soak.py [--mails N] [--rounds R]`.

Starts an instance of its own (`manage.py run`) and a Dovecot, and sends N mails: half by SMTP to the listener, as a
mail server does it (what is not answered 250 is sent again), half into the Dovecot, whose folder the instance fetches.
Every fifth mail answers an earlier one. In each round worker, web, PostgreSQL, broker, beat and the mail process are
killed in turn with SIGKILL, each while mails come in; the instance starts them again, and the next is killed when all
are at work. In the end each mail must be exactly one message of one ticket. Needs Linux and Dovecot (Debian:
dovecot-imapd). Exit status 1 where anything is wrong.
"""

import argparse
import json
import os
import random
import re
import signal
import smtplib
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import Queue
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
MAILBOX = "help@soak.example"
USER = "soak"
PARTS = {  # by what their command lines say
    "worker": r"celeryd:|celery.* worker",  # with its pool
    "web": r"uvicorn",
    "database": r"postgres.* -D ",
    "broker": r"valkey-server",
    "mail in": r"listen_smtp",
    "beat": r"celery.* beat",
}
MOMENT = (0.1, 2.0)  # seconds between the first mail of a step and its kill, at random


def is_answer(number: int) -> bool:
    return number % 5 == 4 and number > 50


def letter(number: int) -> bytes:
    answered = number - 7 if is_answer(number) else None
    writer = number if answered is None else answered
    lines = [
        f"From: Customer {writer} <customer{writer}@mail.test>",
        f"To: {MAILBOX}",
        f"Subject: {'Question' if answered is None else 'Re: Question'} {writer}",
        "Date: Tue, 03 Nov 2026 10:00:00 +0100",
        f"Message-ID: <soak-{number}@mail.test>",
        *([f"In-Reply-To: <soak-{answered}@mail.test>"] if answered is not None else []),
        "",
        f"This is mail {number}. When will my next box be sent?",
        "",
    ]
    return "\r\n".join(lines).encode()


class Instance:
    """`manage.py run` in a folder of its own."""

    def __init__(self, folder: Path, port: int, smtp_port: int) -> None:
        self.folder, self.port, self.smtp_port = folder, port, smtp_port
        self.log = folder / "log"
        env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
        self.env = env | {"DATA": str(folder / "data"), "SMTP_PORT": str(smtp_port), "EMAIL_URL": "dummymail://"}

    def start(self) -> None:
        self.output = self.log.open("wb")
        command = [sys.executable, "manage.py", "run", "--no-demo", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=self.output, stderr=self.output)
        end = time.monotonic() + 120
        while b"is ready" not in self.log.read_bytes():
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"The instance does not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.2)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.output.close()

    def works(self, since: datetime) -> bool:
        """Whether the listener takes mail, and every part gave a sign of life after `since`."""
        try:
            with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=5) as wire:
                wire.ehlo()
                wire.mail("a@mail.test")
                if wire.rcpt(MAILBOX)[0] != 250:
                    return False
            with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                parts = json.load(answer)["parts"]
        except (OSError, smtplib.SMTPException):  # 503 as well
            return False
        return all("seen_at" not in one or datetime.fromisoformat(one["seen_at"]) > since for one in parts.values())

    def kill(self, part: str) -> int:
        pids = self.pids(part)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def pids(self, part: str) -> list[int]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = folder.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = folder.joinpath("environ").read_bytes()
                mine = str(self.folder).encode() in environment or str(self.folder) in command
                if mine and re.search(PARTS[part], command):
                    found.append(int(folder.name))
        return found


class Sender(threading.Thread):
    """Sends what it is given, each mail until it is taken; None ends it."""

    def __init__(self, send: Callable[[int], bool]) -> None:
        super().__init__(daemon=True)
        self.send = send
        self.given: Queue[int | None] = Queue()
        self.again = 0

    def run(self) -> None:
        while (number := self.given.get()) is not None:
            while not self.send(number):
                self.again += 1
                time.sleep(0.2)


def by_smtp(port: int, number: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as wire:
            wire.sendmail(f"customer{number}@mail.test", [MAILBOX], letter(number))
    except (OSError, smtplib.SMTPException):
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3, help="in each of which every part is killed once")
    parser.add_argument("--patience", type=float, default=900.0, help="seconds until the last has to be a message")
    options = parser.parse_args()
    from tests.tickets.mail import dovecot

    if not dovecot.PROGRAM:
        raise SystemExit("Dovecot is not installed: apt-get install dovecot-imapd")
    with tempfile.TemporaryDirectory(prefix="helpdesk-soak-") as name, dovecot.running() as server:
        instance = Instance(Path(name), *dovecot.free_ports(2))
        instance.start()
        try:
            return soak(instance, server, options)
        finally:
            instance.stop()


def soak(instance: Instance, server, options: argparse.Namespace) -> int:
    connect(instance)
    prepare(server)
    steps = [part for _ in range(options.rounds) for part in PARTS]
    begun, kills, last = time.monotonic(), Counter(), datetime.now(UTC)
    with server.client(USER) as imap:
        smtp = Sender(partial(by_smtp, instance.smtp_port))
        folder = Sender(lambda number: imap.append("INBOX", None, None, letter(number))[0] == "OK")
        smtp.start()
        folder.start()
        for step, part in enumerate(steps):
            while not instance.works(last):
                time.sleep(0.2)
            for number in range(step, options.mails, len(steps)):
                (smtp if number // len(steps) % 2 else folder).given.put(number)
            time.sleep(random.uniform(*MOMENT))
            last = datetime.now(UTC)
            kills[part] += bool(instance.kill(part))
            print(f"  {time.monotonic() - begun:4.0f} s: {part} killed", flush=True)
        for sender in (smtp, folder):
            sender.given.put(None)
            sender.join()
    sent = time.monotonic() - begun
    done = wait_for(options.mails, options.patience)
    took = time.monotonic() - begun
    compare()
    return report(range(options.mails), smtp.again, kills, sent, took, done)


def connect(instance: Instance) -> None:
    os.environ.update({name: value for name, value in instance.env.items() if name not in ("PATH", "HOME")})
    os.environ["DJANGO_SETTINGS_MODULE"] = "helpdesk.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    import django

    django.setup()


def prepare(server) -> None:
    from django.core.management import call_command

    from tickets.models import MailAccount, Mailbox

    call_command("create_store", "soak", "--name", "Soak", "--mailbox", MAILBOX, verbosity=0)
    mailbox = Mailbox.objects.get()
    MailAccount.objects.create(
        mailbox=mailbox,
        kind="imap",
        host="localhost",
        port=server.tls_port,
        certificate=server.certificate,
        username=USER,
        password="secret",
        begin="all",
    )


def asked(question):
    """The database's answer; it is being killed."""
    from django.db import Error, close_old_connections, connection

    while True:
        try:
            close_old_connections()
            return question()
        except Error:
            connection.close()
            time.sleep(0.5)


def wait_for(number: int, seconds: float) -> bool:
    from tickets.models import InboundMail

    end = time.monotonic() + seconds
    shown = 0.0
    while time.monotonic() < end:
        settled = asked(lambda: InboundMail.objects.exclude(state="stored").values("rfc822_id").distinct().count())
        waiting = asked(lambda: InboundMail.objects.filter(state="stored").count())
        if settled >= number and not waiting:
            return True
        if time.monotonic() - shown > 10:
            shown = time.monotonic()
            print(f"  {settled:,} of {number:,} mails are in, {waiting:,} wait", flush=True)
        time.sleep(1)
    return False


def compare() -> None:
    """Have the instance compare what is on the IMAP server with what it has."""
    from tickets.models import MailAccount

    # Whoever stays at the folder lets go of it, and begins anew.
    changes = {"counted_at": None, "claimed_by": None, "claimed_until": None, "next_attempt_at": datetime.now(UTC)}
    asked(lambda: MailAccount.objects.update(**changes))
    end = time.monotonic() + 300
    while time.monotonic() < end and asked(lambda: MailAccount.objects.filter(counted_at=None).exists()):
        time.sleep(1)


def report(mails: range, again: int, kills: Counter, sent: float, took: float, done: bool) -> int:
    from tickets.models import InboundMail, MailAccount, Message, Ticket

    wanted = {f"soak-{number}@mail.test" for number in mails}
    said = Message.objects.filter(author_kind="subscriber").values_list("rfc822_id", flat=True)
    found = Counter(asked(lambda: list(said)))
    acknowledged = asked(lambda: Message.objects.filter(author_kind="system").count())
    missing = sorted(wanted - set(found))
    double = sorted(name for name, times in found.items() if times > 1)
    strange = sorted(name for name in found if name not in wanted)
    states = Counter(asked(lambda: list(InboundMail.objects.values_list("state", flat=True))))
    rows = asked(lambda: list(InboundMail.objects.values_list("received_at", "processed_at", "attempts")))
    delays = sorted((processed - received).total_seconds() for received, processed, _ in rows if processed)
    account = asked(lambda: MailAccount.objects.get())
    tickets = asked(Ticket.objects.count)
    told = ", ".join(f"{part} {times}" for part, times in kills.items())
    print(f"{len(mails):,} mails were sent within {sent:.0f} s and taken in after {took:.0f} s: {done}")
    print(f"killed: {told}")
    print(f"sent again by SMTP: {again}; more than one attempt to take in: {sum(n > 1 for *_, n in rows)}")
    print(
        f"rows {dict(states)}, messages {sum(found.values()):,}, tickets {tickets:,}, acknowledged {acknowledged:,}; "
        f"{sum(is_answer(number) for number in mails):,} of the mails are answers"
    )
    print(f"stored to message: median {delays[len(delays) // 2]:.1f} s, 95 % {delays[int(len(delays) * 0.95)]:.1f} s")
    print(
        f"IMAP: {account.stored_count} of {account.server_count} compared; last error: {account.last_error or 'none'}"
    )
    for words, names in (("missing", missing), ("double", double), ("strange", strange)):
        print(f"{words}: {len(names)} {' '.join(names[:10])}".rstrip())
    return int(bool(missing or double or strange or not done))


if __name__ == "__main__":
    sys.exit(main())
