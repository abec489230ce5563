"""The whole product as `make run` starts it, for the browser tests that need every part of it."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg

from helpdesk.local.instance import Instance
from helpdesk.local.process import until

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
SUPPORT = "support@demo.example"


class Product:
    """One `manage.py run` with its demo store, on a folder and ports of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.env = {**kept, "DATA": str(data), "DATABASE_POOL": "4", "UNDO_SEND_SECONDS": "6"}
        self.output = data.with_name("product.txt")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run", "--demo", "--port", str(self.port)],
                cwd=ROOT,
                env=self.env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self) -> None:
        until(lambda: "is ready, after" in self.said or self.process.poll() is not None, SECONDS)
        assert "is ready, after" in self.said, self.said

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(SECONDS)
        finally:
            self.process.kill()
            self.process.wait()

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds: for facts that no page shows."""
        where = Instance(self.data).database
        with psycopg.connect(host=where["HOST"], dbname=where["NAME"], user=where["USER"]) as connection:
            return connection.execute(statement, values).fetchall()

    def send(self, subject: str, text: str, *, sender: str = "Robin <robin@mail.example>", answers: str = "") -> None:
        """A mail by SMTP, whose Message-ID follows from its subject; `answers` is the subject of an earlier one."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, SUPPORT, subject
        mail["Message-ID"] = f"<{subject.replace(' ', '-')}@mail.example>"
        if answers:
            mail["In-Reply-To"] = f"<{answers.replace(' ', '-')}@mail.example>"
        mail.set_content(text)
        with smtplib.SMTP("127.0.0.1", Instance(self.data).smtp_port, timeout=10) as server:
            server.send_message(mail)

    def kill_worker(self) -> None:
        """As `kill -9` does: the worker's first process, a child of what we started."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                arguments = (entry / "cmdline").read_bytes()
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == self.process.pid and b"celeryd:" in arguments:
                os.kill(int(entry.name), signal.SIGKILL)
                return
        raise AssertionError("no worker to kill")
