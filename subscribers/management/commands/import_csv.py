"""`manage.py import_csv FILE --store KEY`: the same import as on the page, in this process."""

import sys
import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from subscribers.enums import Provider
from subscribers.errors import Refused
from subscribers.imports import services
from subscribers.imports.enums import DateOrder, DecimalMark, ImportKind, ImportState, Outcome
from subscribers.imports.report import failed_rows, words
from subscribers.imports.values import Reading, moment
from subscribers.models import Import, Store

MOST_TOLD = 20
WAIT = 1.0


class Command(BaseCommand):
    help = "Check a CSV or XLSX of subscribers, subscriptions or boxes, and take it in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", required=True, help="the store's key")
        parser.add_argument("--kind", default="", choices=["", *ImportKind.values], help="by its columns if not given")
        parser.add_argument("--provider", default="", choices=["", *Provider.values], help="whose numbers it bears")
        parser.add_argument("--dry-run", action="store_true", help="only tell what it would do")
        parser.add_argument("--as-of", default="", help="when it was exported; when the file changed last if not given")
        parser.add_argument("--date-order", default="", choices=DateOrder.values)
        parser.add_argument("--decimal-mark", default="", choices=DecimalMark.values)
        parser.add_argument("--refused", type=Path, help="write the refused rows to this CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        store = Store.objects.filter(key=options["store"]).first()
        if store is None:
            raise CommandError(f"There is no store “{options['store']}”.")
        try:
            if options["as_of"]:
                as_of = moment(options["as_of"], Reading(timezone.get_current_timezone()))
            else:
                as_of = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            with path.open("rb") as file:
                job = services.upload(
                    store=store,
                    file=file,
                    name=path.name,
                    as_of=as_of,
                    **{name: options[name] for name in ("kind", "provider", "date_order", "decimal_mark")},
                )
            job = self._work_off(job)
            if job.state == ImportState.CHECKED and not options["dry_run"]:
                job = self._work_off(services.confirm(job))
        except (Refused, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self._tell(job, options["refused"])
        if options["dry_run"] and job.state == ImportState.CHECKED:
            services.withdraw(job)

    def _work_off(self, job: Import) -> Import:
        """Do it here, beside a worker that may have it already."""
        with tqdm(total=job.total, unit=" rows", disable=not sys.stderr.isatty()) as bar:
            while True:
                job = Import.objects.select_related("store").get(pk=job.pk)
                bar.total = job.total
                bar.update(max(job.done - bar.n, 0))
                if not job.is_worked_on:
                    return job
                if not services.work_on(job.pk, turn=WAIT):
                    time.sleep(WAIT)

    def _tell(self, job: Import, refused: Path | None) -> None:
        counts = ", ".join(f"{job.counts.get(one.value, 0):,} {one.label.lower()}" for one in Outcome)
        self.stdout.write(f"{job} ({job.name}): {job.get_state_display().lower()}. {counts}.")
        rows = job.rows.filter(phase=job.phase, outcome=Outcome.REFUSED).order_by("number")
        for row in rows[:MOST_TOLD]:
            self.stderr.write(f"row {row.number}: {words(row.errors)}")
        if refused is not None:
            refused.write_text("".join(failed_rows(job)), encoding="utf-8", newline="")
        if job.state == ImportState.ASKING:
            names = {
                "columns": "a header for what is needed",
                "date_order": "--date-order",
                "decimal_mark": "--decimal-mark",
            }
            raise CommandError("It leaves something open: give " + ", ".join(names[one] for one in job.questions) + ".")
        if job.state == ImportState.FAILED:
            raise CommandError(job.error)
