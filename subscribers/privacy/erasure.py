"""Forgets people: through every table that names them, batch by batch, and leaves a certificate.

`erase` writes the job and takes the person's own row out of use at once, so that mail from the same address makes a
new person; the worker does the rest, goes on where a killed one stopped, and may do everything twice.
"""

import json
import logging
import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat, Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from subscribers.append_only import erasing
from subscribers.errors import Refused
from subscribers.later import soon
from subscribers.models import Erasure, ErasureCount, LinkRequest, PrivacyRequest, Store, Subscriber
from subscribers.privacy.enums import OPEN_JOB, ErasedHow, ErasureReason, JobState
from subscribers.privacy.registry import Scope, Table, parts, tables
from subscribers.privacy.scopes import scope_of_person, scope_of_store

logger = logging.getLogger(__name__)

BATCH = 500
LONGEST = 60.0  # seconds of one task; the next one goes on
LEASE = timedelta(seconds=120)
WAITS = (10, 60, 300, 1800, 3600, 6 * 3600)  # seconds, by attempts that failed
DOMAIN = "erased.invalid"


@transaction.atomic
def erase(
    subscriber: Subscriber,
    requested_by: AbstractBaseUser | None,
    reason: ErasureReason | str = ErasureReason.ASKED,
    *,
    request: PrivacyRequest | None = None,
) -> Erasure:
    """Forget a person, and whomever they were merged with. Asked again, the job of before, or the certificate.

    Raises Refused for a reason that is none of ours: a certificate holds no words that people wrote.
    """
    if reason not in ErasureReason.values:
        raise Refused(gettext("Choose one of the reasons."), "reason")
    Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    scope = scope_of_person(subscriber)
    there = Erasure.objects.filter(subscriber__in=scope.subscriber_ids).order_by("-pk").first()
    people = Subscriber.objects.filter(pk__in=scope.subscriber_ids)
    if there is not None and (there.state in OPEN_JOB or not people.filter(redacted_at=None).exists()):
        return there
    job = Erasure.objects.create(
        store_id=scope.store_id,
        subscriber=subscriber,
        request=request,
        requested_by_id=requested_by.pk if requested_by else None,
        reason=reason,
        address_hashes=[address_hash(scope.store_id, address) for address in scope.addresses],
        scope=json.dumps(asdict(scope)),
    )
    _take_out_of_use(scope)
    soon("subscribers.privacy.tasks.do_erasure", job.pk)
    return job


@transaction.atomic
def erase_store(
    store: Store, requested_by: AbstractBaseUser | None, *, request: PrivacyRequest | None = None
) -> Erasure:
    """Forget everybody whom a store knew. The store itself, its settings and its numbers stay."""
    Store.objects.select_for_update().get(pk=store.pk)
    if there := Erasure.objects.filter(store=store, subscriber=None, state__in=OPEN_JOB).first():
        return there
    scope = scope_of_store(store)
    job = Erasure.objects.create(
        store=store,
        request=request,
        requested_by_id=requested_by.pk if requested_by else None,
        reason=ErasureReason.STORE,
        scope=json.dumps(asdict(scope)),
    )
    # Who asked for a link without a store being known is found by the address alone, while it is there.
    emails = Subscriber.objects.filter(store=store).annotate(low=Lower("email")).values("low")
    links = LinkRequest.objects.filter(store=None).alias(low=Lower("address")).filter(low__in=emails)
    _count(job, LinkRequest._meta.db_table, ErasedHow.DELETED, links.delete()[0])
    _take_out_of_use(scope)
    soon("subscribers.privacy.tasks.do_erasure", job.pk)
    return job


def _take_out_of_use(scope: Scope) -> None:
    """From now on the address is nobody's: what comes later is a new person's."""
    people = Subscriber.objects.filter(store=scope.store_id, redacted_at=None)
    (people if scope.is_store else people.filter(scope.of())).update(
        email=Concat(Value("erased-"), Cast("pk", CharField()), Value(f"@{DOMAIN}")),
        name="",
        phone="",
        redacted_at=timezone.now(),
    )


def do_erasure(erasure_id: int) -> bool:
    """Go on with a job for a minute at most; whether it is done now. Safe to call at any time, by anybody."""
    job = _claim(erasure_id)
    if job is None:
        return False
    try:
        is_done = _work(job, time.monotonic() + LONGEST)
    except Exception as error:  # kept on the row, tried again
        logger.exception("erasure %s", job.pk)
        _failed(job, error)
        return False
    if not is_done:
        Erasure.objects.filter(pk=job.pk).update(next_attempt_at=timezone.now())
        soon("subscribers.privacy.tasks.do_erasure", job.pk)
    return is_done


def sweep_erasures(limit: int = 20) -> int:
    """Go on with what is due and nobody was told of; how many."""
    due = Erasure.objects.filter(state__in=OPEN_JOB, next_attempt_at__lte=timezone.now()).order_by("next_attempt_at")
    pks = list(due.values_list("pk", flat=True)[:limit])
    for pk in pks:
        do_erasure(pk)
    return len(pks)


def _claim(erasure_id: int) -> Erasure | None:
    now = timezone.now()
    with transaction.atomic():
        rows = Erasure.objects.select_for_update(skip_locked=True)
        job = rows.filter(pk=erasure_id, state__in=OPEN_JOB, next_attempt_at__lte=now).first()
        if job is None:
            return None
        job.state, job.next_attempt_at, job.started_at = JobState.RUNNING, now + LEASE, job.started_at or now
        job.save(update_fields=["state", "next_attempt_at", "started_at"])
    return job


def _work(job: Erasure, until: float) -> bool:
    if not job.scope:
        raise Refused(
            gettext("The key that its scope was encrypted with is gone: SECRET_KEY changed without a fallback.")
        )
    scope = _scope(job.scope)
    order = tables()
    names = [str(number) for number in range(len(order))]
    if job.table == "":
        with transaction.atomic():
            for part in parts():
                if part.stops is not None:
                    part.stops(scope)
            _move(job, "0")
    while job.table in names:
        table = order[int(job.table)]
        if not _batch(job, table, scope):
            _move(job, str(int(job.table) + 1))
        if time.monotonic() > until:
            return False
    for part in parts():
        if part.finishes is not None:
            for name, count in part.finishes(scope).items():
                _count(job, name, ErasedHow.FILES, count)
    _finish(job)
    return True


def _batch(job: Erasure, table: Table, scope: Scope) -> bool:
    """The next rows of one table, in one transaction with the mark of how far it is; False where there are none."""
    with transaction.atomic():
        if not Erasure.objects.select_for_update().filter(pk=job.pk, table=job.table, cursor=job.cursor).exists():
            raise Refused(gettext("Another worker has gone on with it."))
        rows = table.model._base_manager.filter(table.rows(scope), pk__gt=job.cursor)
        pks = list(rows.order_by("pk").values_list("pk", flat=True).distinct()[:BATCH])
        if not pks:
            return False
        erasing()
        if table.files is not None:
            _count(job, table.name, ErasedHow.FILES, table.files(pks))
        if table.is_deleted:
            table.model._base_manager.filter(pk__in=pks).delete()
        else:
            redact(table, pks, scope)
        _count(job, table.name, ErasedHow.DELETED if table.is_deleted else ErasedHow.REDACTED, len(pks))
        _move(job, job.table, pks[-1])
    return True


def redact(table: Table, pks: list[int], scope: Scope) -> None:
    """Empty the columns of these rows that tell of a person."""
    manager = table.model._base_manager
    changes: dict[str, Any] = {name: _empty(table.model, name) for name in table.empties}
    for name in table.numbers:
        changes[name] = Concat(Value("erased-"), Cast(F("pk"), CharField()))
    changes |= {name: value() if callable(value) else value for name, value in table.sets.items()}
    if changes:
        manager.filter(pk__in=pks).update(**changes)
    if table.reduces:
        rows = list(manager.filter(pk__in=pks))
        for row in rows:
            for name, kept in table.reduces.items():
                setattr(row, name, kept(row, scope))
        manager.bulk_update(rows, list(table.reduces), batch_size=BATCH)


def _empty(model: type[models.Model], name: str) -> Any:
    column = model._meta.get_field(name)
    if getattr(column, "null", False):
        return None
    if isinstance(column, models.JSONField):
        return Value(column.default() if callable(column.default) else {}, models.JSONField())
    return b"" if isinstance(column, models.BinaryField) else ""


def _move(job: Erasure, table: str, cursor: int = 0) -> None:
    job.table, job.cursor, job.next_attempt_at = table, cursor, timezone.now() + LEASE
    job.save(update_fields=["table", "cursor", "next_attempt_at"])


def _count(job: Erasure, table: str, how: ErasedHow, rows: int) -> None:
    if not rows:
        return
    counted, is_new = ErasureCount.objects.get_or_create(erasure=job, table=table, how=how, defaults={"rows": rows})
    if not is_new:
        ErasureCount.objects.filter(pk=counted.pk).update(rows=F("rows") + rows)


@transaction.atomic
def _finish(job: Erasure) -> None:
    job.state, job.finished_at, job.scope, job.error = JobState.DONE, timezone.now(), "", ""
    job.table, job.cursor = "", 0
    job.save(update_fields=["state", "finished_at", "scope", "error", "table", "cursor"])


@transaction.atomic
def _failed(job: Erasure, error: Exception) -> None:
    row = Erasure.objects.select_for_update().filter(pk=job.pk, state__in=OPEN_JOB).first()
    if row is None:
        return
    row.attempts += 1
    # The type alone: a database's own words may quote the row that it refused.
    row.error = str(error.message) if isinstance(error, Refused) else type(error).__name__
    wait = WAITS[min(row.attempts, len(WAITS)) - 1]
    row.next_attempt_at = timezone.now() + timedelta(seconds=wait)
    row.save(update_fields=["attempts", "error", "next_attempt_at"])


def _scope(text: str) -> Scope:
    told: dict[str, Any] = json.loads(text)
    for name in ("subscriber_ids", "addresses", "external_ids"):
        told[name] = tuple(told[name])
    return Scope(**told)


# -- What a certificate can answer -----------------------------------------------------------------------


def address_hash(store_id: int, address: str, key: str | None = None) -> str:
    """Says nothing about an address to whoever has neither it nor our key."""
    text = f"{store_id}:{address.strip().lower()}"
    return salted_hmac("subscribers.privacy.certificate", text, secret=key, algorithm="sha256").hexdigest()


def certificates_of(store: Store | int, address: str) -> models.QuerySet[Erasure]:
    """The erasures of whoever had this address then."""
    store_id = store if isinstance(store, int) else store.pk
    found = Q(pk__in=())
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        found |= Q(address_hashes__contains=[address_hash(store_id, address, key)])
    return Erasure.objects.filter(found, store=store_id).order_by("-pk")


def certificate(job: Erasure) -> dict[str, Any]:
    """What was erased, as JSON: nothing in it names the person."""
    return {
        "certificate": job.number,
        "store": job.store.key,
        "state": job.state,
        "reason": job.reason,
        "requested_at": job.requested_at.isoformat(),
        "requested_by": str(job.requested_by) if job.requested_by else "the provider",
        "request": job.request_id,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "address_hashes": job.address_hashes,
        "hash": "HMAC-SHA256 of store and address, by the installation's secret key",
        "rows": [{"table": row.table, "how": row.how, "rows": row.rows} for row in job.counts.order_by("table", "how")],
        "kept": "Counts, times, reasons and amounts, without anybody's name.",
    }


def in_database(scope: Scope) -> dict[str, int]:
    """Rows about somebody, by table: what an erasure would touch."""
    found: dict[str, int] = {}
    for table in tables():
        if count := table.model._base_manager.filter(table.rows(scope)).values("pk").distinct().count():
            found[table.name] = found.get(table.name, 0) + count
    return found
