"""Asks for changes of many tickets, does them, and takes them back.

Each ticket is a transaction of its own, with its outcome on its row: a job that dies goes on where it stood, and any
number of workers may do one job together.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from subscribers.later import soon
from tickets.actions import perform, take_back
from tickets.bulk import answering
from tickets.enums import BulkOutcome, BulkState
from tickets.models import BulkItem, BulkJob, Ticket
from tickets.services.history import locked

logger = logging.getLogger(__name__)

AT_ONCE = 25  # tickets; as many take no longer than a person waits
MOST = 50_000
AT_A_STRETCH = 20.0  # seconds that a worker gives one job


def begin(
    *, actor: AbstractBaseUser, key: str, actions: Sequence[dict[str, Any]], ticket_ids: Iterable[int]
) -> BulkJob:
    """A job for these tickets, done already where they are few. `key` told again is the same job."""
    ids = list(dict.fromkeys(ticket_ids))
    if not ids:
        raise Refused(_("Choose at least one ticket."))
    if len(ids) > MOST:
        raise Refused(_("At most %(number)s tickets can be changed together.") % {"number": MOST})
    with transaction.atomic():
        fields = {"requested_by_id": actor.pk, "actions": list(actions), "total": len(ids)}
        job, is_new = BulkJob.objects.get_or_create(key=key[:64], defaults=fields)
        if is_new:
            BulkItem.objects.bulk_create((BulkItem(job=job, ticket_id=pk) for pk in ids), batch_size=5000)
    return _begun(job) if is_new else job


def undo(job: BulkJob, *, actor: AbstractBaseUser) -> BulkJob:
    """Take back what a job did, ticket by ticket; what changed since is left alone. Once a job."""
    with transaction.atomic():
        job = BulkJob.objects.select_for_update(no_key=True).get(pk=job.pk)
        if job.undoes_id is not None or job.state != BulkState.DONE:
            raise Refused(_("This cannot be taken back."))
        if BulkJob.objects.filter(undoes=job).exists():
            raise Refused(_("This was taken back already."))
        done = BulkItem.objects.filter(job=job, outcome=BulkOutcome.DONE).order_by("pk")
        items = [BulkItem(ticket_id=item.ticket_id, inverse=item.inverse) for item in done]
        back = BulkJob.objects.create(
            requested_by_id=actor.pk, key=f"undo:{job.pk}", undoes=job, total=len(items), actions=[]
        )
        for item in items:
            item.job = back
        BulkItem.objects.bulk_create(items, batch_size=5000)
    return _begun(back)


def _begun(job: BulkJob) -> BulkJob:
    if job.total <= AT_ONCE:
        work(job.pk)
    else:
        soon("tickets.tasks.work_bulk_job", job.pk)
    job.refresh_from_db()
    return job


def work_due() -> int:
    """Go on with what is left of jobs that nobody finished; how many there were."""
    waiting = list(BulkJob.objects.exclude(state=BulkState.DONE).order_by("pk").values_list("pk", flat=True)[:20])
    for pk in waiting:
        work(pk)
    return len(waiting)


def work(job_pk: int, *, seconds: float = AT_A_STRETCH) -> None:
    """Do what waits, for at most so long; the sweep goes on."""
    job = BulkJob.objects.select_related("requested_by", "undoes").get(pk=job_pk)
    ends = time.monotonic() + seconds
    BulkJob.objects.filter(pk=job_pk, state=BulkState.QUEUED).update(state=BulkState.RUNNING)
    while _next(job):
        if time.monotonic() > ends:
            return
    _finish(job_pk)


@transaction.atomic
def _next(job: BulkJob) -> bool:
    waiting = BulkItem.objects.filter(job=job, outcome=BulkOutcome.WAITING).order_by("pk")
    item = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if item is None:
        return False
    try:
        with transaction.atomic():
            item.outcome, item.why = _do(job, item)
    except Refused as refused:
        item.outcome, item.why = BulkOutcome.REFUSED, refused.message[:500]
    except Exception as error:  # the next ticket is not its affair
        logger.exception("bulk job %s, ticket %s", job.pk, item.ticket_id)
        item.outcome, item.why = BulkOutcome.FAILED, f"{type(error).__name__}: {error}".replace("\x00", "")[:500]
    item.save(update_fields=["outcome", "why", "inverse"])
    return True


def _do(job: BulkJob, item: BulkItem) -> tuple[BulkOutcome, str]:
    actor, ticket = job.requested_by, locked(item.ticket_id)
    seen = Ticket.objects.discarded_for(actor) | Ticket.objects.visible_to(actor)
    if not seen.filter(pk=ticket.pk).exists():
        raise Refused(_("You do not see this ticket any more."))
    cause = f"bulk:{job.pk}"
    if job.undoes is not None and job.undoes.is_answer:
        return _unsay(job, item)
    if job.undoes_id is not None:
        left = take_back(ticket, item.inverse, actor=actor, cause=cause).left
        if left:
            return BulkOutcome.LEFT, _("It was changed since: %(what)s") % {
                "what": ", ".join(str(action["kind"]) for action in left)
            }
        return BulkOutcome.DONE, ""
    if job.is_answer:
        item.inverse = answering.answer(job, ticket)
        return BulkOutcome.DONE, ""
    performed = perform(ticket, job.actions, actor=actor, cause=cause)
    item.inverse = performed.inverse
    return (BulkOutcome.DONE if performed.done else BulkOutcome.UNCHANGED), ""


def _unsay(job: BulkJob, item: BulkItem) -> tuple[BulkOutcome, str]:
    try:
        answering.take_back(item.inverse, actor=job.requested_by)
    except Refused as refused:
        return BulkOutcome.LEFT, refused.message[:500]
    return BulkOutcome.DONE, ""


@transaction.atomic
def _finish(job_pk: int) -> None:
    """Done once nothing waits, here or with another worker."""
    job = BulkJob.objects.select_for_update(no_key=True).get(pk=job_pk)
    if job.state != BulkState.DONE and not job.items.filter(outcome=BulkOutcome.WAITING).exists():
        job.state, job.finished_at = BulkState.DONE, timezone.now()
        job.save(update_fields=["state", "finished_at"])


def progress(job: BulkJob) -> dict[str, int]:
    """How many tickets have each outcome, and `worked`: how many are not waiting. One query."""
    rows = job.items.values_list("outcome").annotate(Count("pk"))
    counts: dict[str, int] = {str(outcome): 0 for outcome in BulkOutcome} | dict(rows)
    return counts | {"worked": job.total - counts[BulkOutcome.WAITING]}
