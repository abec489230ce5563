"""Proves that the figures are what the events say: measures all again and makes every sum again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import QuerySet

from subscribers.models import Subscription
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
        of_tickets, tickets = self._compare_all("ticket", Ticket.objects.order_by("pk"), repair)
        theirs, subscriptions = self._compare_all("subscription", Subscription.objects.order_by("pk"), repair)
        wrong = of_tickets + theirs
        while not keeping.sweep():
            pass
        differing = sums.differences()
        for is_there, *row in differing:
            self.stdout.write(f"{'Not so any more' if is_there else 'Missing'}: {row}")
        if repair and differing:
            sums.sum_again(sorted({(row[1], row[2], row[3]) for row in differing}))
        counted = f"{tickets} tickets, {subscriptions} subscriptions, "
        counted += f"{Measurement.objects.count()} measurements, {DailyFigure.objects.count()} sums"
        if wrong or differing:
            raise CommandError(f"{wrong} measurements and {len(differing)} sums differ ({counted}).")
        self.stdout.write(f"Equal to a recomputation from the events: {counted}.")

    def _compare_all(self, kind: str, subjects: QuerySet[Any], repair: bool) -> tuple[int, int]:
        """How many measurements are wrong, and of how many subjects."""
        wrong = count = last = 0
        while ids := list(subjects.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
            wrong += self._compare(kind, ids, repair)
            count, last = count + len(ids), ids[-1]
        return wrong, count

    def _compare(self, kind: str, ids: list[int], repair: bool) -> int:
        with transaction.atomic():
            stale, missing = keeping.differences(kind, ids)
            for row in missing[:5]:
                self.stdout.write(f"Missing: {row} of {kind} {row.ticket_id or row.subscription_id}")
            if repair:
                keeping.measure_again(kind, ids)
        return len(stale) + len(missing)
