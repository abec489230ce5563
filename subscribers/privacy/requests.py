"""What providers ask for about people (`customers/redact`, `customers/data_request`, `shop/redact`), done from its row.

The webhook is only written down; the sweep finds the people, starts the jobs, and settles the request when they are
done. Each is due within the provider's time.
"""

import logging
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from subscribers.enums import PrivacyRequestKind, PrivacyRequestState
from subscribers.models import Erasure, PersonExport, PrivacyRequest, Subscriber
from subscribers.privacy.enums import OPEN_JOB, ErasureReason, JobState
from subscribers.privacy.erasure import erase, erase_store
from subscribers.privacy.export import export

logger = logging.getLogger(__name__)


def sweep_requests(limit: int = 100) -> int:
    """Take each open request a step further; how many are settled now."""
    open_ones = PrivacyRequest.objects.filter(state=PrivacyRequestState.OPEN).order_by("due_at", "pk")
    return sum(work_off(pk) for pk in list(open_ones.values_list("pk", flat=True)[:limit]))


def work_off(request_id: int) -> bool:
    """Start what a request asks for, or settle it once that is done; whether it is settled. Safe to call again."""
    try:
        with transaction.atomic():
            rows = PrivacyRequest.objects.select_for_update(skip_locked=True, of=("self",))
            request = rows.filter(pk=request_id, state=PrivacyRequestState.OPEN).select_related("store").first()
            return request is not None and _step(request)
    except Exception as error:  # kept on the row; the next sweep tries again
        logger.exception("privacy request %s", request_id)
        PrivacyRequest.objects.filter(pk=request_id).update(error=type(error).__name__)
        return False


def _step(request: PrivacyRequest) -> bool:
    jobs = _jobs(request)
    if not jobs:
        jobs = _start(request)
    if any(job.state in OPEN_JOB for job in jobs):
        return False
    failed = [job for job in jobs if job.state == JobState.FAILED]
    request.state = PrivacyRequestState.FAILED if failed else PrivacyRequestState.DONE
    request.error = failed[0].error if failed else "" if jobs else "Nobody is known by what was asked for."
    request.done_at = timezone.now()
    if not failed:
        request.payload = {}  # it names the person, and is not needed any more
    request.save(update_fields=["state", "error", "done_at", "payload"])
    return True


def _jobs(request: PrivacyRequest) -> list[Any]:
    if request.kind == PrivacyRequestKind.EXPORT:
        return list(PersonExport.objects.filter(request=request))
    return list(Erasure.objects.filter(request=request))


def _start(request: PrivacyRequest) -> list[Any]:
    if request.kind == PrivacyRequestKind.ERASE_STORE:
        return [erase_store(request.store, None, request=request)]
    people = people_of(request)
    if request.kind == PrivacyRequestKind.EXPORT:
        return [export(person, None, request=request) for person in people]
    return list({job.pk: job for person in people for job in [_erase(person, request)]}.values())


def _erase(person: Subscriber, request: PrivacyRequest) -> Erasure:
    job = erase(person, None, ErasureReason.PROVIDER, request=request)
    if job.request_id is None and job.state in OPEN_JOB:
        job.request = request
        job.save(update_fields=["request"])
    return job


def people_of(request: PrivacyRequest) -> list[Subscriber]:
    """Who is meant: by what the provider calls them, and by address; both, where they differ."""
    customer = request.payload.get("customer") or {}
    if not isinstance(customer, dict):
        customer = {}
    known = Q(pk=request.subscriber_id) if request.subscriber_id else Q(pk__in=())
    if number := str(customer.get("id") or ""):
        theirs = Q(identities__external_id=number) | Q(identities__external_id__endswith=f"/{number}")
        if request.connection is not None:
            theirs &= Q(identities__provider=request.connection.provider)
        known |= theirs
    if address := str(customer.get("email") or "").strip():
        known |= Q(pk__in=Subscriber.objects.with_email(address).filter(store=request.store).values("pk"))
    return list(Subscriber.objects.filter(known, store=request.store, redacted_at=None).distinct().order_by("pk"))
