"""Re-reads a provider, shows where it knows something else than we do, and repairs that by the same facts as webhooks.

One object a transaction: a killed worker's successor goes on from the last one.
"""

import logging
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from subscribers.enums import DifferenceState, Provider, ReconciliationState
from subscribers.later import soon
from subscribers.models import Connection, Difference, Reconciliation
from subscribers.providers.base import RefusedByProvider, Truth, TryAgain, provider_of
from subscribers.services.truths import Differing, compare, repair

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
WAITS = (30, 120, 600, 1800, 3600)
EVERY = timedelta(hours=24)
# What changed shortly before the last one began may have been on its way.
OVERLAP = timedelta(hours=6)
LIVE = (ReconciliationState.QUEUED, ReconciliationState.RUNNING)


@transaction.atomic
def request_reconciliation(
    connection: Connection, *, by: AbstractBaseUser | None = None, whole: bool = True
) -> Reconciliation:
    """Ask for one; the one that is under way, if there is. `whole` False: only what changed since the last one."""
    live = Reconciliation.objects.filter(connection=connection, state__in=LIVE)
    if known := live.first():
        return known
    last = connection.last_reconciled_at
    try:
        with transaction.atomic():
            asked = Reconciliation.objects.create(
                connection=connection,
                requested_by_id=by.pk if by else None,
                since=None if whole or last is None else last - OVERLAP,
            )
    except IntegrityError:  # somebody else asked at the same time
        return live.get()
    soon("subscribers.tasks.reconcile", asked.pk)
    return asked


def reconcile(reconciliation_id: int) -> bool:
    """Do one, or go on with it; whether this call had it."""
    job = _claim(reconciliation_id)
    if job is None:
        return False
    provider = provider_of(job.connection.provider)
    try:
        if job.expected is None:
            expected = provider.count(job.connection, since=job.since)
            Reconciliation.objects.filter(pk=job.pk).update(expected=expected)
        for truth in provider.reconcile(job.connection, since=job.since, cursor=job.cursor):
            take_truth(job, truth)
    except TryAgain as later:
        _put_off(job, str(later), later.after)
    except RefusedByProvider as refused:
        _finish(job, ReconciliationState.FAILED, str(refused))
    except Exception as error:  # a fault of ours or theirs: tried again, then told
        logger.exception("reconciliation %s", job.pk)
        _put_off(job, f"{type(error).__name__}: {error}", None)
    else:
        _finish(job, ReconciliationState.DONE, "")
    return True


def take_truth(job: Reconciliation, truth: Truth) -> None:
    """Compare one object and repair what differs; a fault with it is written down and stops no other."""
    differing: list[Differing] = []
    try:
        with transaction.atomic():
            differing = compare(job.connection, truth)
            if differing:
                repair(job.connection, truth, key=f"reconcile:{job.pk}:{truth.external_id}")
        left = {(one.kind, one.external_id, one.field): one for one in compare(job.connection, truth)}
        error = "It still differs: what is known is newer, or cannot become this any more."
    except Exception as fault:
        logger.exception("reconciliation %s: %s could not be repaired", job.pk, truth.external_id)
        differing = differing or [Differing("subscription", truth.external_id, "", "", "")]
        left = {(one.kind, one.external_id, one.field): one for one in differing}
        error = f"{type(fault).__name__}: {fault}"
    with transaction.atomic():
        Difference.objects.bulk_create(
            [_row(job, one, error if (one.kind, one.external_id, one.field) in left else "") for one in differing],
            ignore_conflicts=True,
        )
        Reconciliation.objects.filter(pk=job.pk).update(
            read=F("read") + 1,
            differences_found=F("differences_found") + len(differing),
            repaired=F("repaired") + sum((one.kind, one.external_id, one.field) not in left for one in differing),
            cursor=truth.cursor,
            claimed_until=timezone.now() + LEASE,
        )


def _row(job: Reconciliation, one: Differing, error: str) -> Difference:
    return Difference(
        reconciliation=job,
        object_kind=one.kind,
        external_id=one.external_id[:200],
        field=one.field[:60],
        ours=one.ours,
        theirs=one.theirs,
        subscription_id=one.subscription_id,
        state=DifferenceState.FAILED if error else DifferenceState.REPAIRED,
        error=error,
    )


def sweep_reconciliations() -> int:
    """Begin the nightly ones, and go on with what a dead worker left or what was put off; how many."""
    now = timezone.now()
    stale = Connection.objects.filter(is_active=True).exclude(provider=Provider.BUILTIN)
    for connection in stale.filter(Q(last_reconciled_at=None) | Q(last_reconciled_at__lt=now - EVERY)):
        tried_lately = connection.reconciliations.filter(requested_at__gt=now - EVERY)
        if not tried_lately.exists():
            request_reconciliation(connection, whole=False)
    due = list(Reconciliation.objects.filter(_due()).values_list("pk", flat=True))
    return sum(reconcile(pk) for pk in due)


def _due() -> Q:
    return Q(state__in=LIVE) & (Q(claimed_until=None) | Q(claimed_until__lte=timezone.now()))


def _claim(reconciliation_id: int) -> Reconciliation | None:
    """Compare and set: of two workers that want it, one gets it."""
    now = timezone.now()
    changed = Reconciliation.objects.filter(_due(), pk=reconciliation_id).update(
        state=ReconciliationState.RUNNING, claimed_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not changed:
        return None
    Reconciliation.objects.filter(pk=reconciliation_id, started_at=None).update(started_at=now)
    return Reconciliation.objects.select_related("connection__store").get(pk=reconciliation_id)


def _put_off(job: Reconciliation, error: str, after: timedelta | None) -> None:
    if job.attempts > len(WAITS):
        _finish(job, ReconciliationState.FAILED, f"Given up after {job.attempts} attempts. {error}")
        return
    wait = max(timedelta(seconds=WAITS[job.attempts - 1]), after or timedelta(0))
    Reconciliation.objects.filter(pk=job.pk).update(
        state=ReconciliationState.QUEUED, claimed_until=timezone.now() + wait, error=error[:5000]
    )


@transaction.atomic
def _finish(job: Reconciliation, state: ReconciliationState, error: str) -> None:
    job.refresh_from_db()
    job.state, job.finished_at, job.claimed_until, job.error = state, timezone.now(), None, error[:5000]
    job.save(update_fields=["state", "finished_at", "claimed_until", "error"])
    changed: dict[str, object] = {"last_error": job.error}
    if state == ReconciliationState.DONE:
        changed["last_reconciled_at"] = job.started_at
    Connection.objects.filter(pk=job.connection_id).update(**changed)
