"""Makes the pictures of the README."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from helpdesk.local.lock import free_port
from helpdesk.local.process import Process, until

HOST = "127.0.0.1"
READY, READY_SECONDS = "is ready, after", 240.0
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]


class Command(BaseCommand):
    help = "Photograph the main pages, light and dark, of a demo that runs; by default of one made for this alone."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", help="of a demo that runs, such as http://127.0.0.1:8000 (default: start one)")
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "docs" / "img", help="%(default)s")

    def handle(self, *args: Any, url: str | None, folder: Path, **options: Any) -> None:
        try:
            from helpdesk.demo.photos import NoPicture, take_all
        except ImportError as error:
            raise CommandError("Playwright is missing: pip install -r requirements-dev.txt") from error
        try:
            if url:
                take_all(url.rstrip("/"), folder, since=None, told=self.tell)
                return
            with self.demo() as (address, env):
                since = timezone.now()
                self.send_mail(env)
                take_all(address, folder, since=since, told=self.tell)
        except NoPicture as error:
            raise CommandError(str(error)) from error

    def tell(self, path: Path) -> None:
        self.stdout.write(f"{path} ({path.stat().st_size / 1024:.0f} kB)")

    @contextmanager
    def demo(self) -> Iterator[tuple[str, dict[str, str]]]:
        """A demo in a folder that goes afterwards: its address, and the environment that reaches it."""
        with tempfile.TemporaryDirectory(prefix="helpdesk-pictures-") as folder:
            port = free_port(HOST, 8200)
            smtp_port = free_port(HOST, port + 25)
            address = f"http://{HOST}:{port}"
            env = {
                # Whatever the caller has set, this is an instance on its own, and no mail leaves it.
                **{"DATA": folder, "DATABASE_URL": "", "CELERY_BROKER_URL": "", "SECRET_KEY": "", "DEBUG": "0"},
                **{"PORT": str(port), "SMTP_PORT": str(smtp_port), "EMAIL_URL": f"smtp://{HOST}:{smtp_port}"},
                **{"BASE_URL": address, "ALLOWED_HOSTS": HOST, "HTTPS": "0", "DEMO": "1"},
            }
            ready = threading.Event()  # what it says itself: pages answer before the demo store is there

            def listen(name: str, line: str) -> None:
                if READY in line:
                    ready.set()

            run = Process("run", [*MANAGE, "run", "--demo"], listen, env=env)
            self.stdout.write("Starting a demo")
            run.start()
            try:
                until(lambda: run.exited() is not None or ready.is_set(), READY_SECONDS)
                if run.exited() is not None or not ready.is_set():
                    raise CommandError("The demo did not start:\n" + "\n".join(run.last_lines))
                yield address, env
            finally:
                run.stop(grace=60)

    def send_mail(self, env: dict[str, str]) -> None:
        sent = subprocess.run(
            [*MANAGE, "demo_mail", "damaged"], env={**os.environ, **env}, capture_output=True, text=True
        )
        if sent.returncode:
            raise CommandError(f"The demo's mail was not sent: {sent.stderr.strip()}")
