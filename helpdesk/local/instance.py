"""Where one instance keeps its state and how its parts find each other.

An instance is a folder (`DATA`). `instance.json` in it holds what `make run` chose: the ports and whether it
is the demo. Everything else follows from the folder, so that any `manage.py` command with the same `DATA`
reaches the same instance. Nothing here needs Django.
"""

import hashlib
import json
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

SOCKET_FOLDER_BYTES = 107 - len("/.s.PGSQL.5432")


class Instance:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def _chosen(self) -> dict[str, Any]:
        try:
            return json.loads((self.folder / "instance.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}

    @property
    def port(self) -> int:
        return int(self._chosen.get("port", 8000))

    @property
    def smtp_port(self) -> int:
        return int(self._chosen.get("smtp_port", 8025))

    @property
    def demo(self) -> bool:
        return bool(self._chosen.get("demo", False))

    def knows(self, name: str, *, default: Any) -> Any:
        """What was chosen under that name, or the default where nothing was."""
        return self._chosen.get(name, default)

    def prepare(self) -> None:
        """Make the folder; nobody else may look inside, for it holds mails, attachments and keys."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def choose(self, **chosen: Any) -> None:
        """Remember ports and mode for every later command of this instance."""
        self.prepare()
        merged = {**self._chosen, **chosen}
        target = self.folder / "instance.json"
        draft = target.with_suffix(".tmp")
        draft.write_text(json.dumps(merged, indent=1))
        draft.replace(target)
        self.__dict__.pop("_chosen", None)

    @cached_property
    def sockets(self) -> Path:
        """The folder of the servers' sockets: in `DATA`, or, as a socket's path has at most 107 bytes, in the
        folder for temporary files where `DATA` is too deep."""
        inside = self.folder / "sockets"
        if len(os.fsencode(inside)) <= SOCKET_FOLDER_BYTES:
            return inside
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        outside = Path(tempfile.gettempdir()) / f"helpdesk-{os.getuid()}-{name}"
        self._refuse_strangers(outside)
        return outside

    def prepare_sockets(self) -> Path:
        """Make the folder of the sockets, or make sure that the one found is ours. PermissionError if not."""
        self.prepare()
        with suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
        self._refuse_strangers(self.sockets)
        self.sockets.chmod(0o700)
        return self.sockets

    @staticmethod
    def _refuse_strangers(folder: Path) -> None:
        # The servers behind the sockets ask for no password, so whoever owns the folder could be them.
        try:
            found = folder.lstat()
        except FileNotFoundError:
            return
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise PermissionError(f"{folder} belongs to somebody else. Remove it, or choose a shorter DATA.")

    def is_without_server(self) -> bool:
        """Whether the embedded PostgreSQL is wanted and does not run."""
        return not os.environ.get("DATABASE_URL") and not (self.sockets / ".s.PGSQL.5432").exists()

    @property
    def database(self) -> dict[str, Any]:
        """Django's settings of the embedded PostgreSQL, reached by its socket alone."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "helpdesk",
            "USER": "postgres",
            "HOST": str(self.sockets),
        }

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.sockets / 'valkey.sock'}"

    def secret_key(self) -> str:
        """The signing key of this instance, made on first use and kept with its state."""
        path = self.folder / "secret-key"
        if not path.exists():
            self.prepare()
            with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix="secret-key-") as draft:  # mode 0600
                draft.write(secrets.token_urlsafe(50))
                draft.flush()
                with suppress(FileExistsError):  # another process of this instance was quicker
                    path.hardlink_to(draft.name)
        return path.read_text()
