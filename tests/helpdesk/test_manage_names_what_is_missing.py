"""A command for an instance that does not run says so, in one line."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_a_command_without_a_running_instance_says_how_to_start_one(tmp_path: Path) -> None:
    unset = {"DATABASE_URL", "TESTS_FOLDER", "DJANGO_SETTINGS_MODULE"}
    env = {name: value for name, value in os.environ.items() if name not in unset} | {"DATA": str(tmp_path)}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "api_token", "agent@demo.example"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    expected = f"Nothing runs in {tmp_path}: start it by `make run`, or name another folder by DATA=…\n"
    assert (done.returncode, done.stderr) == (1, expected)
