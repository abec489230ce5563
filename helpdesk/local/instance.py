"""Where one instance keeps its state and how its parts find each other.

An instance is a folder (`DATA`). `instance.json` in it holds what `make run` chose: the ports and whether it
is the demo. Everything else follows from the folder, so that any `manage.py` command with the same `DATA`
reaches the same instance. Nothing here needs Django.
"""

import hashlib
import json
import os
import secrets
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any


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

    def choose(self, **chosen: Any) -> None:
        """Remember ports and mode for every later command of this instance."""
        self.folder.mkdir(parents=True, exist_ok=True)
        merged = {**self._chosen, **chosen}
        target = self.folder / "instance.json"
        draft = target.with_suffix(".tmp")
        draft.write_text(json.dumps(merged, indent=1))
        draft.replace(target)
        self.__dict__.pop("_chosen", None)

    @cached_property
    def sockets(self) -> Path:
        """A folder for sockets: their paths are limited to 107 bytes, so it is not below a deep `DATA`."""
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"helpdesk-{os.getuid()}-{name}"

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
        try:
            return path.read_text()
        except FileNotFoundError:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                with path.open("x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                    file.write(secrets.token_urlsafe(50))
            except FileExistsError:  # another process of this instance was quicker
                pass
            return path.read_text()
