"""`manage.py run`: the whole product in one terminal, stopped by Ctrl-C."""

import os
import signal
import sys
import threading
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections
from django.utils import timezone
from kombu.exceptions import KombuError

from helpdesk.health import check_broker, check_database, check_heartbeat
from helpdesk.local import launch, readiness
from helpdesk.local.lock import free_port, held, is_free
from helpdesk.local.postgres import Postgres
from helpdesk.local.process import Process, ProcessError
from helpdesk.local.supervisor import Stopped, Supervisor
from helpdesk.local.valkey import Valkey
from helpdesk.tasks import pulse
from subscribers.models import Store

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
        self.seeding: Process | None = None
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
        started = timezone.now()
        try:
            self.start_servers()
            self.prepare_database()
            self.start_parts()
            self.wait_until_ready(started)
            self.wait_until_seeded()
            self.greet(address, (timezone.now() - started).total_seconds())
            self.supervisor.watch()
        except Stopped:
            pass  # asked to stop while starting: as good as later
        finally:
            self.log("helpdesk", "stopping")
            if self.seeding is not None:
                self.seeding.stop(grace=2)
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
        instance = self.instance
        sockets = instance.prepare_sockets()
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(instance.folder / "postgres", sockets, self.log)
            self.supervisor.start(postgres)
            postgres.create_database(instance.database["NAME"])
        if not os.environ.get("CELERY_BROKER_URL"):
            self.supervisor.start(Valkey(instance.folder / "valkey", sockets / "valkey.sock", self.log))

    def prepare_database(self) -> None:
        """Migrates, and begins to seed the demo where there is no store: beside the start of the parts, which see
        nothing of it until it is whole."""
        try:
            call_command("migrate", interactive=False, verbosity=0)
            seed = self.demo and not Store.objects.exists()
        except Error as error:
            raise ProcessError(f"The database cannot be used: {str(error).strip()}") from error
        finally:
            connections.close_all()
        if seed:
            self.log("helpdesk", "seeding the demo store, once")
            self.seeding = self.manage("seed", "seed_once", attached=True)
            self.seeding.start()

    def wait_until_seeded(self) -> None:
        seeding = self.seeding
        if seeding is None:
            return
        self.supervisor.wait_for(lambda: seeding.exited() is not None)
        if seeding.exited() != 0:
            raise ProcessError("The demo store could not be seeded; see above. `--no-demo` does without.")

    def start_parts(self) -> None:
        web = [sys.executable, "-m", "uvicorn", "helpdesk.asgi:application", "--host", self.host]
        web += ["--port", str(self.port), "--timeout-graceful-shutdown", "3", "--lifespan", "off"]
        web += ["--log-level", "warning", "--no-access-log", "--no-server-header"]
        celery = [sys.executable, "-W", "ignore:You're running the worker with superuser privileges"]
        celery += ["-m", "celery", "-A", "helpdesk", "--quiet"]
        worker = ["worker", "--concurrency", "2", "--loglevel", "INFO"]
        worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        beat = ["beat", "--pidfile=", "--loglevel", "WARNING"]
        self.supervisor.start(self.part("web", web))
        self.supervisor.start(self.part("worker", [*celery, *worker]))
        self.supervisor.start(self.part("beat", [*celery, *beat]))
        self.supervisor.start(self.manage("mail in", "listen_smtp"))

    def wait_until_ready(self, started: datetime) -> None:
        """Until every part was seen at its work once; ProcessError names those that were not, in time."""
        with suppress(KombuError):  # a broker that is gone is named below
            pulse.delay()  # the worker need not wait for beat's first
        host = readiness.reachable(self.host)
        name = readiness.host_name(settings.ALLOWED_HOSTS, self.port)

        def lives(part: dict[str, Any]) -> bool:
            # A sign of life from before the start is one of an earlier run.
            return part["ok"] and ("seen_at" not in part or datetime.fromisoformat(part["seen_at"]) >= started)

        missing: dict[str, Callable[[], bool]] = {
            "web": lambda: readiness.page_answers(host, self.port, "/healthz", name),
            "mail in": lambda: readiness.smtp_greets(settings.SMTP_HOST, self.smtp_port),
            "database": lambda: lives(check_database()),
            "broker": lambda: lives(check_broker()),
            "worker": lambda: lives(check_heartbeat("worker")),
            "beat": lambda: lives(check_heartbeat("beat")),
        }

        def all_seen() -> bool:
            for part in [part for part, asked in missing.items() if asked()]:
                del missing[part]
            return not missing

        try:
            self.supervisor.wait_for(all_seen, READY_SECONDS)
        except TimeoutError:
            raise ProcessError(f"Not ready after {READY_SECONDS:g} s: {', '.join(missing)}.") from None
        finally:
            connections.close_all()

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

    def part(self, name: str, command: list[str], **options: Any) -> Process:
        env = {
            "DATA": str(self.instance.folder),
            "DEMO": "1" if self.demo else "0",
            "SMTP_PORT": str(self.smtp_port),
            "PYTHONUNBUFFERED": "1",
        }
        return Process(name, command, self.log, env=env, **options)

    def manage(self, name: str, command: str, **options: Any) -> Process:
        return self.part(name, [sys.executable, str(settings.BASE_DIR / "manage.py"), command], **options)

    def log(self, name: str, line: str) -> None:
        head = f"{name:<8} |"
        if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
            head = f"\x1b[{COLOURS.get(name, 0)}m{head}\x1b[0m"
        with self.write_lock, suppress(OSError):  # the terminal may be gone; the parts are not
            sys.stdout.write(f"{head} {line}\n")
            sys.stdout.flush()
