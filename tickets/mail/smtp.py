"""The SMTP and LMTP listener: mail for our mailboxes is stored raw before it is acknowledged.

`250` means that the mail is in the database. Whatever stands in the way of that is answered `451`, and the sender
comes again; by LMTP, for each mailbox by itself. In the demo, mail for everybody else goes to a local mail box,
where it can be read.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakSet

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import Error, close_old_connections, connections, transaction

from subscribers.later import soon
from tickets.mail import demo_mailbox
from tickets.mail.intake import store_raw
from tickets.mail.routing import mailboxes_of, spellings

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

THREADS = 4  # that speak to the database
IDLE_SECONDS = 120.0
STORED = "250 2.0.0 OK, stored"
TRY_LATER = "451 4.3.0 Cannot store this now; please try again later"


class Listener:
    """One listening socket. All methods but `stopping.set` (by `call_soon_threadsafe`) are for its event loop."""

    def __init__(self, host: str, port: int, *, speaks_lmtp: bool = False) -> None:
        self.host = host
        self.port = port
        self.speaks_lmtp = speaks_lmtp
        self.stopping = asyncio.Event()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="smtp")

    async def serve(self, ready: Callable[[int], None]) -> None:
        """Listen until `stopping` is set; `ready` is told the port. OSError where the port is taken."""
        loop = asyncio.get_running_loop()
        sessions: WeakSet[SMTP] = WeakSet()

        def session() -> SMTP:
            opened = (AnswersEach if self.speaks_lmtp else LongLines)(self, loop=loop)
            sessions.add(opened)
            return opened

        server = await loop.create_server(session, self.host, self.port)
        try:
            ready(server.sockets[0].getsockname()[1])
            await self.stopping.wait()
        finally:
            server.close()
            for opened in list(sessions):
                if opened.transport is not None:
                    opened.transport.close()
            await server.wait_closed()
            await asyncio.to_thread(self._stop_threads)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        try:
            ours = await self._in_thread(lambda: bool(mailboxes_of([address])))
        except Error:
            logger.exception("cannot look up the mailbox %s", address)
            return TRY_LATER
        if not ours and not settings.DEMO:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        sender, recipients = envelope.mail_from or "", list(envelope.rcpt_tos)
        if self.speaks_lmtp:
            return "\r\n".join(await self._in_thread(lambda: keep_each(content, sender, recipients)))
        await self._in_thread(lambda: keep(content, sender, recipients))
        return STORED

    async def handle_exception(self, error: Exception) -> str:
        logger.error("a mail was put off", exc_info=error)
        return TRY_LATER

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        def run() -> Answer:
            close_old_connections()
            try:
                return work()
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    def _stop_threads(self) -> None:
        """Wait for what is being stored, then close each thread's connection in that thread."""
        together = threading.Barrier(THREADS)

        def close() -> None:
            together.wait()
            connections.close_all()

        for done in [self._threads.submit(close) for _ in range(THREADS)]:
            done.result()
        self._threads.shutdown()


class LongLines(SMTP):
    """aiosmtpd, told of our limits. Mails with lines beyond SMTP's 998 characters exist, and are taken."""

    def __init__(self, listener: Listener, *, loop: asyncio.AbstractEventLoop) -> None:
        self.line_length_limit = settings.MAIL_MAX_BYTES  # also bounds what a session may make us hold
        super().__init__(
            listener,
            data_size_limit=settings.MAIL_MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname="helpdesk",
            ident="Helpdesk",
            timeout=IDLE_SECONDS,
            loop=loop,
        )


class AnswersEach(LongLines, LMTP):
    """LMTP: after a mail, an answer for each of its recipients."""

    _awaited = 0  # answers, once the mail is being sent

    async def push(self, status: str | bytes) -> None:
        line = status.decode() if isinstance(status, bytes) else status
        if line.startswith("354") and self.envelope is not None:
            self._awaited = len(self.envelope.rcpt_tos)
        elif self._awaited:
            # What is said of the whole mail, such as that it is too large, is said to each.
            line = line if "\r\n" in line else "\r\n".join([line] * self._awaited)
            self._awaited = 0
        await super().push(line)


def keep_each(content: bytes, envelope_from: str, recipients: list[str]) -> list[str]:
    """As `keep`, for each mailbox by itself: an answer for each recipient, in their order."""
    groups: dict[str, list[str]] = {}
    for address in recipients:
        # The spellings of one mailbox belong together: one mail, whatever it was addressed to.
        groups.setdefault(spellings(address)[-1], []).append(address)
    answers: dict[str, str] = {}
    for together in groups.values():
        try:
            keep(content, envelope_from, together)
            answer = STORED
        except (Error, LookupError, OSError):
            logger.exception("a mail for %s was put off", ", ".join(together))
            answer = TRY_LATER
        answers |= dict.fromkeys(together, answer)
    return [answers[address] for address in recipients]


def keep(content: bytes, envelope_from: str, recipients: list[str]) -> None:
    """Store a mail for each of our mailboxes among its recipients; in the demo, deliver it to the others."""
    with transaction.atomic():
        mailboxes = mailboxes_of(recipients)
        taken: set[str] = set()
        for mailbox in mailboxes:
            own = [address for address in recipients if mailbox.address.lower() in spellings(address)]
            taken.update(own)
            inbound = store_raw(
                mailbox=mailbox, raw=content, source="smtp", envelope_from=envelope_from, envelope_to=own
            )
            soon("tickets.tasks.process_inbound_mail", inbound.pk)
        others = [address for address in recipients if address not in taken]
        if others and not settings.DEMO:  # it was there when they named it, and is gone: the sender must hear of it
            raise LookupError(f"No mailbox of ours takes mail for {', '.join(others)}")
        if others:
            demo_mailbox.deliver(content, envelope_from, others)
