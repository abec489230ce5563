"""Recomputes milestones and health from the facts, and says whether anything differed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from success.health.work import compute_all
from success.milestones.check import differences


class Command(BaseCommand):
    help = "Compute milestones, and the health that rests on them, of everybody anew from the facts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what differs; nothing is written")

    def handle(self, *args: Any, **options: Any) -> None:
        different = 0
        for line in differences():
            different += 1
            self.stdout.write(line)
        if options["check"]:
            self.stdout.write(f"{different} milestones differ from what their facts say.")
            return
        done = compute_all()
        self.stdout.write(f"Computed {done} subscribers; {different} milestones differed.")
