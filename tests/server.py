"""The run's own PostgreSQL: a copy of a cluster that was made, and migrated, once for the migrations that there are."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from helpdesk.local.instance import Instance
from helpdesk.local.postgres import Postgres

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache"
TEMPLATE = "migrated"  # each process's database is a copy of this one
# What a crash would lose is of no use to anybody.
HASTE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "max_connections": "200",
}


def silent(name: str, line: str) -> None:
    """Servers of tests speak only by the errors that they raise."""


def start(folder: Path) -> Postgres:
    """A server below `folder` with a migrated database to copy."""
    instance = Instance(folder)
    server = Postgres(folder / "postgres", instance.prepare_sockets(), silent, HASTE)
    kept = KEPT / f"postgres-{state_of_migrations()}"
    if kept.exists():
        copy(kept, server.folder)
        server.start()
        return server
    server.start()
    server.create_database(TEMPLATE)
    address = f"postgres://postgres@/{TEMPLATE}?host={server.sockets}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": address}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
    server.stop()  # only what a server has written down can be copied
    keep(server.folder, kept)
    server.start()
    return server


def state_of_migrations() -> str:
    """Changes with what a migrated database follows from. What `migrate` makes of models alone is made again anyway."""
    files = [*ROOT.glob("*/migrations/*.py"), ROOT / "requirements.txt", ROOT / "helpdesk" / "local" / "postgres.py"]
    state = hashlib.sha256(str(os.getuid()).encode())
    for file in sorted(files):
        state.update(file.name.encode() + b"\0" + file.read_bytes())
    return state.hexdigest()[:16]


def keep(folder: Path, kept: Path) -> None:
    KEPT.mkdir(exist_ok=True)
    for older in KEPT.glob("postgres-*"):
        shutil.rmtree(older, ignore_errors=True)
    draft = KEPT / f"draft-{os.getpid()}"
    copy(folder, draft)
    try:
        draft.rename(kept)
    except OSError:  # another run was quicker
        shutil.rmtree(draft)


def copy(source: Path, target: Path) -> None:
    """With owners and modes, which PostgreSQL insists on."""
    subprocess.run(["cp", "-a", source, target], check=True)
