"""What people do with imports, and what the worker does for them.

An import is one row: `reading` → (`asking`) → `checking` → `checked` → confirmed: `importing` → `done`. A worker holds
it by a lease that every chunk renews; whoever takes over goes on behind the cursor.
"""

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import IO, Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.enums import Provider
from subscribers.errors import Refused
from subscribers.imports import columns, tables
from subscribers.imports.enums import SETTLED, WORKED_ON, ImportKind, ImportState, Phase
from subscribers.imports.looking import look
from subscribers.imports.records import chunks_of, records_of
from subscribers.imports.taking import LEASE, TakenOver, take_chunk
from subscribers.later import soon
from subscribers.models import Import, Store

logger = logging.getLogger(__name__)

CHUNK = 1000  # records a transaction
MOST_STUCK = 10
TURN = 20.0  # seconds, then other work of the worker has its turn
KEPT = timedelta(days=30)
WAITS = timedelta(seconds=30)


def upload(
    *,
    store: Store,
    file: IO[bytes],
    name: str,
    kind: ImportKind | str = "",
    provider: Provider | str = "",
    as_of: datetime | None = None,
    date_order: str = "",
    decimal_mark: str = "",
    delimiter: str = "",
    consent_proof: str = "",
    by: AbstractBaseUser | None = None,
) -> Import:
    """Keep a file and have it read. Raises Refused for what is no table, or has no header that means anything.

    `kind` and `provider`: by the header and the store where they are not given. `as_of`: when it was exported; now.
    """
    sheet = tables.recognise(file, delimiter=delimiter)
    header = tables.header_of(file, sheet)
    known = columns.format_of(header)
    if known is not None and (not kind or kind == known.kind):
        kind, provider = known.kind, provider or known.provider
    elif not kind:
        known, kind = None, columns.kinds_of(header)[0]
    else:
        known = None
    mapping = columns.guess(kind, header, known)
    if not any(mapping):
        raise Refused(gettext("No column of this file has a name that is known. Is its first row the header?"), "file")
    digest = hashlib.sha256()
    file.seek(0)
    for piece in iter(lambda: file.read(1 << 20), b""):
        digest.update(piece)
    size = file.tell()
    file.seek(0)
    now = timezone.now()
    path = default_storage.save(f"imports/{now:%Y%m%d%H%M%S}-{digest.hexdigest()[:12]}", File(file))
    try:
        with transaction.atomic():
            job = Import.objects.create(
                store=store,
                kind=kind,
                provider=provider or store.provider,
                name=name.replace("\x00", "")[-200:],
                file=path,
                size=size,
                digest=digest.hexdigest(),
                format=known.key if known else "",
                encoding=sheet.encoding,
                delimiter=sheet.delimiter,
                header=[each.replace("\x00", "") for each in header],
                mapping=mapping,
                date_order=date_order,
                decimal_mark=decimal_mark,
                consent_proof=consent_proof.strip(),
                as_of=min(as_of or now, now),
                requested_by_id=by.pk if by else None,
                requested_at=now,
            )
            soon("subscribers.imports.tasks.work_on_import", job.pk)
    except BaseException:
        default_storage.delete(path)
        raise
    return job


@transaction.atomic
def answer(
    job: Import,
    *,
    mapping: Sequence[str],
    date_order: str,
    decimal_mark: str,
    provider: str = "",
    consent_proof: str | None = None,
) -> Import:
    """What the columns hold, and how dates and amounts are written; then it is read and checked anew."""
    job = _locked(job, ImportState.ASKING, ImportState.CHECKED)
    known = {column.name for column in columns.COLUMNS[ImportKind(job.kind)]}
    chosen = [name for name in mapping if name]
    if len(mapping) != len(job.header) or not known.issuperset(chosen):
        raise Refused(gettext("Choose for each column what it holds."), "mapping")
    if twice := next((name for name in chosen if chosen.count(name) > 1), ""):
        raise Refused(
            gettext("Two columns are “%(words)s”. Choose one.") % {"words": columns.column_of(job.kind, twice).words},
            "mapping",
        )
    if lacking := columns.missing(job.kind, mapping):
        raise Refused(gettext("No column is “%(lacking)s”, which is needed.") % {"lacking": lacking[0]}, "mapping")
    job.mapping, job.date_order, job.decimal_mark = list(mapping), date_order, decimal_mark
    job.provider = provider or job.provider
    if consent_proof is not None:
        job.consent_proof = consent_proof.strip()
    _begin(job, ImportState.READING)
    return job


@transaction.atomic
def confirm(job: Import, *, by: AbstractBaseUser | None = None) -> Import:
    """Take in for good what was checked. Once: a second click finds it under way."""
    fresh = Import.objects.select_for_update(no_key=True).get(pk=job.pk)
    if fresh.confirmed_at is not None and fresh.state in (ImportState.IMPORTING, ImportState.DONE):
        return fresh
    job = _locked(job, ImportState.CHECKED)
    job.confirmed_by_id, job.confirmed_at = by.pk if by else None, timezone.now()
    job.checked, job.stuck = job.counts, 0
    job.rows.filter(phase=Phase.CHECK).delete()
    _begin(job, ImportState.IMPORTING)
    return job


@transaction.atomic
def withdraw(job: Import) -> Import:
    """Give up what has not begun to be taken in; its file goes at once."""
    job = _locked(job, ImportState.READING, ImportState.ASKING, ImportState.CHECKING, ImportState.CHECKED)
    _settle(job, ImportState.WITHDRAWN, "")
    job.rows.all().delete()
    erase_files([job])
    job.refresh_from_db()
    return job


def _locked(job: Import, *states: ImportState) -> Import:
    job = Import.objects.select_for_update(no_key=True, of=("self",)).select_related("store").get(pk=job.pk)
    if job.state not in states:
        raise Refused(
            gettext("This import is %(lower)s; that cannot be done now.") % {"lower": job.get_state_display().lower()}
        )
    return job


def _begin(job: Import, state: ImportState) -> None:
    job.state, job.claimed_until, job.error = state, None, ""
    job.done = job.cursor = 0
    job.counts = {}
    job.save()
    soon("subscribers.imports.tasks.work_on_import", job.pk)


# -- The worker ---------------------------------------------------------------------------------------


def work_on(import_id: int, *, chunk: int = CHUNK, turn: float = TURN) -> bool:
    """Do what an import's state asks for, for some seconds (`turn`), then ask to go on; whether this call had it."""
    job = _claim(import_id)
    if job is None:
        return False
    try:
        with default_storage.open(job.file) as file:
            if job.state == ImportState.READING:
                _read(job, file)
            if job.state in (ImportState.CHECKING, ImportState.IMPORTING):
                _take_all(job, file, chunk, monotonic() + turn)
    except TakenOver:
        logger.info("import %s: taken over, or withdrawn", job.pk)
    except Refused as refused:
        _fail(job, refused.message)
    except FileNotFoundError:
        _fail(job, "Its file is gone.")
    except Exception as error:  # a fault of ours or the database's: tried again, then told
        logger.exception("import %s", job.pk)
        _put_off(job, f"{type(error).__name__}")
    return True


def _claim(import_id: int) -> Import | None:
    """Compare and set: of two workers that want it, one gets it."""
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    changed = Import.objects.filter(free, pk=import_id, state__in=WORKED_ON).update(
        claimed_until=now + LEASE, attempts=F("attempts") + 1, stuck=F("stuck") + 1
    )
    return Import.objects.select_related("store").get(pk=import_id) if changed else None


def _mine(job: Import) -> Any:
    return Import.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts)


def _read(job: Import, file: IO[bytes]) -> None:
    def pulse() -> None:
        if not _mine(job).update(claimed_until=timezone.now() + LEASE):
            raise TakenOver

    found = look(job, file, pulse)
    if not found["total"]:
        raise Refused(gettext("The file has a header and no row."))
    asks = bool(found["questions"])
    state = ImportState.ASKING if asks else ImportState.CHECKING
    with transaction.atomic():
        changed = _mine(job).update(
            **found, state=state, counts={}, done=0, cursor=0, claimed_until=None if asks else timezone.now() + LEASE
        )
        if not changed:
            raise TakenOver
        job.rows.filter(phase=Phase.CHECK).delete()
    for name, value in found.items():
        setattr(job, name, value)
    job.state, job.counts, job.cursor = state, {}, 0


def _take_all(job: Import, file: IO[bytes], size: int, until: float) -> None:
    is_trial = job.state == ImportState.CHECKING
    for records in chunks_of(records_of(job, file, after=job.cursor), size):
        take_chunk(job, records, is_trial=is_trial)
        if monotonic() > until:
            _mine(job).update(claimed_until=None)
            soon("subscribers.imports.tasks.work_on_import", job.pk)
            return
    now = timezone.now()
    if is_trial:
        _mine(job).update(state=ImportState.CHECKED, claimed_until=None, stuck=0, error="")
    else:
        _mine(job).update(state=ImportState.DONE, claimed_until=None, finished_at=now, error="")


def _fail(job: Import, words: str) -> None:
    with transaction.atomic():
        fresh = _mine(job).select_for_update().first()
        if fresh is not None:
            _settle(fresh, ImportState.FAILED, words)


def _settle(job: Import, state: ImportState, error: str) -> None:
    job.state, job.error, job.claimed_until, job.finished_at = state, error[:2000], None, timezone.now()
    job.save(update_fields=["state", "error", "claimed_until", "finished_at"])


def _put_off(job: Import, error: str) -> None:
    if job.stuck >= MOST_STUCK:
        _fail(job, f"Given up after {job.stuck} attempts ({error}). What was taken in stays; import the file again.")
        return
    _mine(job).update(claimed_until=timezone.now() + WAITS, error=error[:2000])


def sweep_imports() -> int:
    """Go on with what a dead worker left, and erase files whose time is over; how many were gone on with."""
    now = timezone.now()
    left = Import.objects.filter(state__in=WORKED_ON).filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    pks = list(left.order_by("requested_at").values_list("pk", flat=True)[:5])
    old = Import.objects.exclude(file="").exclude(state__in=WORKED_ON).filter(requested_at__lte=now - KEPT)
    erase_files(list(old[:100]))
    return sum(work_on(pk) for pk in pks)


def erase_files(jobs: Sequence[Import]) -> int:
    """The files, and what of them is left in words: how many files. What is not settled is withdrawn."""
    for job in jobs:
        with transaction.atomic():
            if job.state not in SETTLED:
                _settle(job, ImportState.WITHDRAWN, "Its file was erased.")
            job.rows.exclude(cells="", changes="", errors=[]).update(cells="", changes="", errors=[])
            Import.objects.filter(pk=job.pk).update(file="", samples=[])
        default_storage.delete(job.file)
    return len(jobs)
