#!/usr/bin/env python3
"""Django's command line for the helpdesk."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    if sys.argv[1:2] == ["run"]:
        # It only starts processes and watches them: no second and a half of setup before the first one starts.
        from helpdesk.management.commands.run import Command

        Command().run_from_argv(sys.argv)
        return
    from django.core.management import execute_from_command_line
    from django.db.utils import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError:
        from django.conf import settings

        if not settings.INSTANCE.is_without_server():
            raise
        sys.exit(f"Nothing runs in {settings.DATA}: start it by `make run`, or name another folder by DATA=…")


if __name__ == "__main__":
    main()
