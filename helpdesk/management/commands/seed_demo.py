"""Seeds the demo store."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from tqdm import tqdm

from helpdesk.demo.seed import AlreadySeeded, seed


def moment(text: str) -> datetime:
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or timezone.is_naive(at):
        raise ArgumentTypeError(f"{text!r} is no time with its offset, such as 2026-03-02T09:00:00+00:00")
    return at


def count(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is no number of rows")
    return int(text)


class Command(BaseCommand):
    help = "Make the demo store: subscribers, tickets, alerts of eighteen months. The same seed makes the same store."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--subscribers", type=count, default=300, metavar="N")
        parser.add_argument("--tickets", type=count, default=250, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument("--now", type=moment, help="the time that the history ends at (default: now)")
        parser.add_argument("--replace", action="store_true", help="remove the demo store first, with all it holds")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["tickets"] and not options["subscribers"]:
            raise CommandError("Tickets need subscribers who write them: ask for at least one.")
        try:
            made = seed(
                subscribers=options["subscribers"],
                tickets=options["tickets"],
                seed=options["seed"],
                now=options["now"] or timezone.now(),
                replace=options["replace"],
                progress=self.progress,
            )
        except AlreadySeeded:
            self.stdout.write("The demo store is there already; --replace makes it anew.")
            return
        self.stdout.write(
            f"The demo store has {made.subscribers} subscribers, {made.tickets} tickets and {made.alerts} alerts "
            f"({made.rows} rows)."
        )

    def progress(self, words: str, steps: int) -> Callable[[int], object]:
        """A bar on a terminal; nothing in a log."""
        return tqdm(total=steps, desc=words, unit="", file=self.stderr, disable=None, leave=False).update
