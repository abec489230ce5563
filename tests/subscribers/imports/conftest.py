"""Files made in memory, and the whole way of an import."""

import csv
import io

import pytest

from subscribers.enums import Provider
from subscribers.imports import services
from subscribers.imports.enums import ImportState, Outcome, Phase
from subscribers.models import Import
from tests.factories.people import StoreFactory


def csv_of(header, rows, *, delimiter=",", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return io.BytesIO(text.getvalue().encode(encoding))


def work_off(job, **options):
    """As the worker and its sweep would, until nothing more is to be done without an answer."""
    for _ in range(50):
        job = Import.objects.select_related("store").get(pk=job.pk)
        if not job.is_worked_on:
            return job
        services.work_on(job.pk, **options)
    raise AssertionError(job.state)


def take(store, file, *, name="file.csv", chunk=1000, **options):
    """Uploaded, checked, confirmed and taken in: the import as it is then."""
    job = work_off(services.upload(store=store, file=file, name=name, **options), chunk=chunk)
    assert job.state == ImportState.CHECKED, (job.state, job.questions, job.error)
    job = work_off(services.confirm(job), chunk=chunk)
    assert job.state == ImportState.DONE, job.error
    return job


def refused(job):
    """What was refused: by row, the columns to blame."""
    rows = job.rows.filter(outcome=Outcome.REFUSED, phase=Phase.IMPORT).order_by("number")
    return {row.number: [error["column"] for error in row.errors] for row in rows}


@pytest.fixture
def store(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return StoreFactory(currency="EUR", provider=Provider.RECHARGE, time_zone="Europe/Berlin")
