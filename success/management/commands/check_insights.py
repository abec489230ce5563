"""Proves that the figures are what the events say: measures every ticket again and makes every sum again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from success.insights import keeping, sums
from success.models import DailyFigure, Measurement
from tickets.models import Ticket

AT_ONCE = 1000


class Command(BaseCommand):
    help = "Compare measurements and daily sums with a recomputation from the events; --repair puts right what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Put right what differs.")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        while not keeping.sweep():
            pass
        wrong = tickets = last = 0
        while ids := list(Ticket.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
            wrong += self._compare(ids, repair)
            tickets, last = tickets + len(ids), ids[-1]
        while not keeping.sweep():
            pass
        differing = sums.differences()
        for is_there, *row in differing:
            self.stdout.write(f"{'Not so any more' if is_there else 'Missing'}: {row}")
        if repair and differing:
            sums.sum_again(sorted({(row[1], row[2], row[3]) for row in differing}))
        counted = f"{tickets} tickets, {Measurement.objects.count()} measurements, {DailyFigure.objects.count()} sums"
        if wrong or differing:
            raise CommandError(f"{wrong} measurements and {len(differing)} sums differ ({counted}).")
        self.stdout.write(f"Equal to a recomputation from the events: {counted}.")

    def _compare(self, ids: list[int], repair: bool) -> int:
        with transaction.atomic():
            stale, missing = keeping.differences("ticket", ids)
            for row in missing[:5]:
                self.stdout.write(f"Missing: {row} of T-{row.ticket_id}")
            if repair:
                keeping.measure_again("ticket", ids)
        return len(stale) + len(missing)
