"""The SMTP and LMTP listener, as a process of its own."""

import asyncio
import signal
import threading
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.mail.smtp import Listener
from tickets.mail.watching import watch


class Command(BaseCommand):
    help = "Take mail for our mailboxes by SMTP, and by LMTP where LMTP_PORT is set, until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.SMTP_HOST)
        parser.add_argument("--port", type=int, default=settings.SMTP_PORT)
        parser.add_argument("--lmtp-port", type=int, default=settings.LMTP_PORT, help="0: no LMTP")
        parser.add_argument("--fetch", action="store_true", help="Do what `fetch_mail --watch` does as well.")

    def handle(self, *args: Any, host: str, port: int, lmtp_port: int, fetch: bool, **options: Any) -> None:
        listeners = [Listener(host, port)]
        if lmtp_port:
            listeners.append(Listener(host, lmtp_port, speaks_lmtp=True))
        stopping = threading.Event()
        fetching = threading.Thread(target=watch, args=(stopping,), name="watch")
        if fetch:
            fetching.start()
        try:
            asyncio.run(self._serve(listeners))
        except OSError as error:
            ports = " or ".join(str(one.port) for one in listeners)
            raise CommandError(f"Cannot listen on {host}, port {ports}: {error.strerror or error}") from error
        finally:
            stopping.set()
            if fetch:
                fetching.join()

    async def _serve(self, listeners: list[Listener]) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, listeners)
        await asyncio.gather(*(one.serve(partial(self._say, one)) for one in listeners))

    @staticmethod
    def _stop(listeners: list[Listener]) -> None:
        for one in listeners:
            one.stopping.set()

    def _say(self, listener: Listener, bound: int) -> None:
        what = " by LMTP" if listener.speaks_lmtp else ""
        self.stdout.write(f"Listening for mail{what} on {listener.host}:{bound}")
        self.stdout.flush()  # whoever waits for this line may read from a pipe
