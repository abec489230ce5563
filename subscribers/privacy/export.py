"""A copy of everything about a person: a zip of JSON, a page to read it, and the files that came with it."""

import json
import logging
import tempfile
import zipfile
from datetime import timedelta
from typing import Any, BinaryIO

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.encryption import EncryptedTextField
from subscribers.errors import Refused
from subscribers.later import soon
from subscribers.models import PersonExport, PrivacyRequest, Subscriber
from subscribers.privacy.enums import OPEN_JOB, JobState
from subscribers.privacy.registry import Scope, Table, parts, tables
from subscribers.privacy.scopes import scope_of_person

logger = logging.getLogger(__name__)

KEPT = timedelta(days=7)
LEASE = timedelta(minutes=10)
WAITS = (10, 60, 300, 1800)  # seconds, by attempts that failed; after the last one it is given up
MOST_SHOWN = 500  # rows of a table on the page; the JSON has all
CELL = 2000  # characters of a value on the page


@transaction.atomic
def export(
    subscriber: Subscriber, requested_by: AbstractBaseUser | None, *, request: PrivacyRequest | None = None
) -> PersonExport:
    """Ask for a copy; the one that is being made, where there is one. Refused for somebody who was forgotten."""
    if subscriber.redacted_at:
        raise Refused(gettext("This person was forgotten: there is nothing to copy."))
    Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if there := PersonExport.objects.filter(subscriber=subscriber, state__in=OPEN_JOB).first():
        return there
    job = PersonExport.objects.create(
        store_id=subscriber.store_id,
        subscriber=subscriber,
        request=request,
        requested_by_id=requested_by.pk if requested_by else None,
    )
    soon("subscribers.privacy.tasks.do_export", job.pk)
    return job


def do_export(export_id: int) -> bool:
    """Write the file of one job that is due; whether it is there now."""
    now = timezone.now()
    with transaction.atomic():
        rows = PersonExport.objects.select_for_update(skip_locked=True)
        job = rows.filter(pk=export_id, state__in=OPEN_JOB, next_attempt_at__lte=now).first()
        if job is None:
            return False
        job.state, job.next_attempt_at, job.attempts = JobState.RUNNING, now + LEASE, job.attempts + 1
        job.save(update_fields=["state", "next_attempt_at", "attempts"])
    try:
        with tempfile.TemporaryFile() as file:
            counts = write(file, job.subscriber)
            size = file.tell()
            file.seek(0)
            name = default_storage.save(f"exports/{job.pk}-{now:%Y%m%d%H%M%S}.zip", File(file))
    except Exception as error:  # kept on the row, tried again
        logger.exception("export %s", job.pk)
        _failed(job, error)
        return False
    return _done(job, name, size, counts)


def _done(job: PersonExport, name: str, size: int, counts: dict[str, int]) -> bool:
    now = timezone.now()
    changed = PersonExport.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).update(
        state=JobState.DONE,
        file=name,
        size=size,
        counts=counts,
        error="",
        finished_at=now,
        expires_at=now + KEPT,
    )
    if not changed:  # the person was forgotten meanwhile, or another worker took over
        default_storage.delete(name)
    return bool(changed)


def _failed(job: PersonExport, error: Exception) -> None:
    is_over = job.attempts > len(WAITS)
    wait = timedelta(seconds=WAITS[min(job.attempts, len(WAITS)) - 1])
    PersonExport.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).update(
        state=JobState.FAILED if is_over else JobState.QUEUED,
        error=f"{type(error).__name__}: {error}"[:2000].replace("\x00", ""),
        next_attempt_at=timezone.now() + wait,
        finished_at=timezone.now() if is_over else None,
    )


def write(file: BinaryIO, subscriber: Subscriber) -> dict[str, int]:
    """The whole copy; rows by table. One row at a time is held in memory, and one file."""
    scope = scope_of_person(subscriber)
    counts: dict[str, int] = {}
    shown: list[dict[str, Any]] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables():
            if not table.is_exported:
                continue
            name = table.name if table.name not in counts else f"{table.name}_more"
            rows = _write_table(archive, f"data/{name}.json", table, scope)
            if rows:
                counts[name] = rows.total
                shown.append({"name": _title(table), "file": f"data/{name}.json", "rows": rows})
        files = 0
        for part in parts():
            for name, content in part.exports_files(scope) if part.exports_files else ():
                archive.writestr(name, content)
                files += 1
        if files:
            counts["files"] = files
        about = {"person": subscriber.email, "store": subscriber.store.name, "made_at": timezone.now().isoformat()}
        archive.writestr("about.json", json.dumps(about | {"rows": counts}, indent=1))
        page = render_to_string("privacy/copy.html", {"about": about, "tables": reversed(shown), "files": files})
        archive.writestr("index.html", page)
    return counts


class Rows(list[dict[str, str]]):
    """The first rows of a table, as the page shows them, and how many there are."""

    total = 0


def _write_table(archive: zipfile.ZipFile, name: str, table: Table, scope: Scope) -> Rows | None:
    columns = _columns(table)
    found = table.model._base_manager.filter(table.rows(scope)).distinct()
    found = found.only(*[column.name for column in columns]).order_by("pk")
    shown = Rows()
    if not found.exists():
        return None
    with archive.open(name, "w") as member:
        for row in found.iterator(chunk_size=200):
            told = {column.name: _value(row, column) for column in columns}
            member.write(b"[\n" if not shown.total else b",\n")
            member.write(json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False).encode("utf-8", "replace"))
            shown.total += 1
            if len(shown) < MOST_SHOWN:
                shown.append({key: _cell(value) for key, value in told.items() if value not in ("", None, {}, [])})
        member.write(b"\n]\n")
    return shown


def _columns(table: Table) -> list[Any]:
    return [
        column
        for column in table.model._meta.concrete_fields
        if column.name not in table.hides
        and not column.generated
        and not isinstance(column, models.BinaryField | EncryptedTextField)
    ]


def _value(row: Any, column: Any) -> Any:
    value = getattr(row, column.attname)
    return str(value) if isinstance(column, models.FileField) else value


def _cell(value: Any) -> str:
    text = (
        json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    )
    return text if len(text) <= CELL else text[:CELL] + "…"


def _title(table: Table) -> str:
    return str(table.model._meta.verbose_name_plural).capitalize()


def sweep_exports(limit: int = 20) -> int:
    due = PersonExport.objects.filter(state__in=OPEN_JOB, next_attempt_at__lte=timezone.now())
    pks = list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])
    for pk in pks:
        do_export(pk)
    return len(pks)


def sweep_expired() -> int:
    """Delete files whose time is over; how many."""
    over = PersonExport.objects.filter(state=JobState.DONE, expires_at__lte=timezone.now())
    count = 0
    for job in over.order_by("expires_at")[:100]:
        default_storage.delete(job.file)
        count += PersonExport.objects.filter(pk=job.pk, state=JobState.DONE).update(state=JobState.EXPIRED, file="")
    return count


def opened(job: PersonExport) -> File:
    """The file, and the mark that somebody took it. Refused once it has expired."""
    if job.state != JobState.DONE or job.expires_at is None or job.expires_at <= timezone.now():
        raise Refused(gettext("This copy has expired. Ask for a new one."))
    PersonExport.objects.filter(pk=job.pk).update(downloaded_at=timezone.now())
    return default_storage.open(job.file)
