"""The SMTP listener, as a process of its own."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.mail.smtp import Listener


class Command(BaseCommand):
    help = "Take mail for our mailboxes by SMTP until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.SMTP_HOST)
        parser.add_argument("--port", type=int, default=settings.SMTP_PORT)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        try:
            asyncio.run(self._serve(host, port))
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror or error}") from error

    async def _serve(self, host: str, port: int) -> None:
        listener = Listener(host, port)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, listener.stopping.set)
        await listener.serve(lambda bound: self._say(f"Listening for mail on {host}:{bound}"))

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()  # whoever waits for this line may read from a pipe
