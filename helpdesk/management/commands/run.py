"""`manage.py run`: the whole product in one terminal, stopped by Ctrl-C.

This process only starts the others and watches them; it reads the settings and imports no app. The servers come up
while the nursery, from which the parts are forked, sets Django up.
"""

import os
import signal
import sys
import threading
from argparse import ArgumentParser, BooleanOptionalAction
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from helpdesk.local import launch, readiness
from helpdesk.local.lock import free_port, held, is_free
from helpdesk.local.nursery import Nursery, Part, Program
from helpdesk.local.process import ProcessError
from helpdesk.local.supervisor import Stopped, Supervisor

READY_SECONDS = 120.0
# Who is stopped together, and the seconds they have: first those who take work in, at last what holds the data.
ORDER = [(["web", "mail in", "beat"], 6.0), (["worker"], 8.0), (["broker", "database"], 30.0)]
COLOURS = {"database": 34, "broker": 35, "web": 32, "worker": 33, "beat": 36, "mail in": 95, "helpdesk": 1}
PEOPLE = {
    "agent@demo.example": "works tickets",
    "success@demo.example": "works alerts",
    "lead@demo.example": "sees both, and insights",
    "admin@demo.example": "configures, at /admin/",
}


class Command(BaseCommand):
    help = "Start database, broker, web, worker, beat and mail listener; Ctrl-C stops them all."
    requires_system_checks = []  # each part that is started checks itself

    def add_arguments(self, parser: ArgumentParser) -> None:
        instance = settings.INSTANCE
        default = int(os.environ.get("PORT") or instance.port)
        parser.add_argument("--port", type=int, default=default, help="of the pages (%(default)s)")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
        parser.add_argument(
            "--demo",
            action=BooleanOptionalAction,
            default=None,
            help="a seeded demo store, and its mails kept in a local mail box; remembered, at first on",
        )
        parser.add_argument(
            "--stop-with-parent", action="store_true", help="stop when the program that started this ends"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.instance = settings.INSTANCE
        self.host, self.port = options["host"], options["port"]
        demo = options["demo"]
        self.demo = demo if demo is not None else self.instance.knows("demo", default=True)
        self.write_lock = threading.Lock()
        self.supervisor = Supervisor(self.log)
        self.preparing: list[Part] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, lambda *_: self.supervisor.stopping.set())
        if options["stop_with_parent"]:
            launch.die_with(os.getppid(), signal.SIGTERM)
        self.instance.prepare()
        try:
            address = f"http://{readiness.reachable(self.host)}:{self.port}"
            with held(self.instance.folder / "run.lock", f"process {os.getpid()} runs there, at {address}"):
                self.run(address)
        except (ProcessError, PermissionError) as error:
            raise CommandError(str(error)) from error

    def run(self, address: str) -> None:
        self.choose_ports()
        started = datetime.now(UTC)
        self.nursery = Nursery(self.log, self.shared_env())
        try:
            self.nursery.open()
            self.start_servers()
            self.finish(self.prepare("migrate", "--verbosity", "0"), "The database could not be prepared; see above.")
            # The parts start beside the seeding, and see nothing of it until it is whole.
            seeding = self.prepare("seed_once") if self.demo else None
            self.start_parts()
            self.nursery.close()
            self.wait_until_ready(started)
            if seeding:
                self.finish(seeding, "The demo store could not be seeded; see above. `--no-demo` does without.")
            self.greet(address, (datetime.now(UTC) - started).total_seconds())
            self.supervisor.watch()
        except Stopped:
            pass  # asked to stop while starting: as good as later
        finally:
            self.log("helpdesk", "stopping")
            for part in self.preparing:
                part.stop(grace=2)
            self.nursery.close()
            self.supervisor.stop(ORDER)
            self.log("helpdesk", "stopped")

    def choose_ports(self) -> None:
        if not is_free(self.host, self.port):
            raise ProcessError(f"Port {self.port} is in use: choose another one by `make run PORT=…`.")
        if "SMTP_PORT" in os.environ:
            smtp_port = settings.SMTP_PORT
            if not is_free(settings.SMTP_HOST, smtp_port):
                raise ProcessError(f"Port {smtp_port} is in use: choose another SMTP_PORT.")
        else:
            smtp_port = free_port(settings.SMTP_HOST, self.port + 25)
        self.smtp_port = smtp_port
        self.instance.choose(port=self.port, smtp_port=smtp_port, demo=self.demo)

    def start_servers(self) -> None:
        """Their clients are imported here, while the nursery is busy already."""
        instance = self.instance
        sockets = instance.prepare_sockets()
        if not os.environ.get("CELERY_BROKER_URL"):
            from helpdesk.local.valkey import Valkey

            self.supervisor.start(Valkey(instance.folder / "valkey", sockets / "valkey.sock", self.log))
        if not os.environ.get("DATABASE_URL"):
            from helpdesk.local.postgres import Postgres

            postgres = Postgres(instance.folder / "postgres", sockets, self.log)
            self.supervisor.start(postgres)
            postgres.create_database(instance.database["NAME"])

    def prepare(self, command: str, *arguments: str) -> Part:
        """Start a command that prepares the database; it writes to our own terminal. The parts check the settings."""
        part = Part(command, Program("django", (command, "--skip-checks", *arguments)), self.nursery, attached=True)
        part.start()
        self.preparing.append(part)
        return part

    def finish(self, part: Part, otherwise: str) -> None:
        """Wait for its end; ProcessError with the given words if it failed."""
        self.supervisor.wait_for(lambda: part.exited() is not None)
        if part.exited() != 0:
            raise ProcessError(otherwise)

    def start_parts(self) -> None:
        web = ["helpdesk.asgi:application", "--host", self.host, "--port", str(self.port)]
        web += ["--timeout-graceful-shutdown", "3", "--lifespan", "off"]
        web += ["--log-level", "warning", "--no-access-log", "--no-server-header"]
        celery = ["-A", "helpdesk", "--quiet"]
        beat = [*celery, "beat", "--pidfile=", "--loglevel", "WARNING"]
        worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"]
        worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        parts = {
            "web": Program("uvicorn", tuple(web)),
            "beat": Program("celery", tuple(beat)),
            "worker": Program("celery", tuple(worker), "You're running the worker with superuser privileges"),
            "mail in": Program("django", ("listen_smtp", "--fetch")),
        }
        for name, program in parts.items():
            self.supervisor.start(Part(name, program, self.nursery))

    def wait_until_ready(self, started: datetime) -> None:
        """Until every part was seen at its work once; ProcessError names those that were not, in time."""
        host = readiness.reachable(self.host)
        name = readiness.host_name(settings.ALLOWED_HOSTS, self.port)

        missing = ["web", "mail in", "database", "broker", "worker", "beat"]

        def lives(part: dict[str, Any]) -> bool:
            # A sign of life from before the start is one of an earlier run.
            return part["ok"] and ("seen_at" not in part or datetime.fromisoformat(part["seen_at"]) >= started)

        def all_seen() -> bool:
            seen = {part for part, told in readiness.parts_told(host, self.port, name).items() if lives(told)}
            if seen:
                seen.add("web")
            if "mail in" in missing and readiness.smtp_greets(settings.SMTP_HOST, self.smtp_port):
                seen.add("mail in")
            missing[:] = [part for part in missing if part not in seen]
            return not missing

        try:
            self.supervisor.wait_for(all_seen, READY_SECONDS)
        except TimeoutError:
            raise ProcessError(f"Not ready after {READY_SECONDS:g} s: {', '.join(missing)}.") from None

    def greet(self, address: str, seconds: float) -> None:
        lines = [
            "",
            f"  The helpdesk is ready, after {seconds:.1f} s:  {address}/",
            f"  Mail for its mail boxes: SMTP at {settings.SMTP_HOST}:{self.smtp_port}",
        ]
        if self.demo:
            lines += ["", "  Sign in with the password `demo` as"]
            lines += [f"    {person:<22} {does}" for person, does in PEOPLE.items()]
        else:
            lines += ["  The first log-in is made by `manage.py createsuperuser`."]
        lines += [f"  State: {self.instance.folder}. Ctrl-C stops everything.", ""]
        for line in lines:
            self.log("helpdesk", line)

    def shared_env(self) -> dict[str, str]:
        """What every part is told."""
        return {
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "helpdesk.settings"),
            "DATA": str(self.instance.folder),
            "DEMO": "1" if self.demo else "0",
            "SMTP_PORT": str(self.smtp_port),
            "PYTHONUNBUFFERED": "1",
            "SPT_NOENV": "1",  # a process's title takes no room from its environment, by which it is found
        }

    def log(self, name: str, line: str) -> None:
        head = f"{name:<8} |"
        if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
            head = f"\x1b[{COLOURS.get(name, 0)}m{head}\x1b[0m"
        with self.write_lock, suppress(OSError):  # the terminal may be gone; the parts are not
            sys.stdout.write(f"{head} {line}\n")
            sys.stdout.flush()
