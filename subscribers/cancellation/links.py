"""Addresses of a subscriber's own pages, and the mails that bring them."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from subscribers import tokens
from subscribers.addresses import is_address
from subscribers.cancellation.enums import NoticeKind
from subscribers.cancellation.notices import want
from subscribers.errors import Refused
from subscribers.later import soon
from subscribers.models import Box, Store, Subscriber, Subscription
from subscribers.models.cancellation import CancellationSession, LinkRequest
from subscribers.tokens import Purpose

HOUR = timedelta(hours=1)
MOST_BY_ADDRESS = 5  # an hour; beyond it the links of before serve
MOST_BY_PLACE = 60  # an hour; many may share one


def cancel_path(subscription: Subscription) -> str:
    return reverse("cancel-flow", args=[tokens.make(Purpose.CANCEL, subscription.pk)])


def cancel_url(subscription: Subscription) -> str:
    return settings.BASE_URL + cancel_path(subscription)


def account_path(subscriber: Subscriber) -> str:
    return reverse("account", args=[tokens.make(Purpose.ACCOUNT, subscriber.pk)])


def account_url(subscriber: Subscriber) -> str:
    return settings.BASE_URL + account_path(subscriber)


def receipt_path(session: CancellationSession) -> str:
    return reverse("cancel-receipt", args=[tokens.make(Purpose.RECEIPT, session.pk)])


def receipt_url(session: CancellationSession) -> str:
    return settings.BASE_URL + receipt_path(session)


@transaction.atomic
def ask_for_link(*, address: str, order_number: str = "", store: Store | None, asked_from: str | None) -> None:
    """Somebody wants a link. The same is done whether the address is known or not: the worker looks.

    Refused where too many ask from one place.
    """
    since = timezone.now() - HOUR
    recent = LinkRequest.objects.filter(asked_at__gte=since)
    if asked_from and recent.filter(asked_from=asked_from).count() >= MOST_BY_PLACE:
        raise Refused(gettext_noop("Too many have asked from your network within the hour. Please try again later."))
    request = LinkRequest.objects.create(
        address=address.strip().lower()[:254],
        order_number=order_number.strip().lstrip("#")[:60],
        store=store,
        asked_from=asked_from,
        answered_at=None,
    )
    soon("subscribers.cancellation.tasks.answer_link_request", request.pk)


@transaction.atomic
def answer_link_request(pk: int) -> None:
    """Mail links to whom the address, or the order, belongs. Always to the address that the store knows."""
    request = LinkRequest.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if request is None or request.answered_at is not None:
        return
    request.answered_at = timezone.now()
    request.save(update_fields=["answered_at"])
    earlier = LinkRequest.objects.filter(
        address=request.address, asked_at__gte=request.asked_at - HOUR, asked_at__lt=request.asked_at
    )
    if earlier.count() >= MOST_BY_ADDRESS:
        return
    for subscriber in _meant(request):
        want(NoticeKind.LINK, subscriber=subscriber, key=f"link:{request.pk}:{subscriber.pk}")


def _meant(request: LinkRequest) -> list[Subscriber]:
    people = Subscriber.objects.filter(merged_into=None, redacted_at=None)
    if request.store_id:
        people = people.filter(store=request.store_id)
    found = list(people.filter(is_address("email", request.address)).select_related("store")[:20])
    if not found and request.order_number:
        numbers = (request.order_number, f"#{request.order_number}")
        ordered = Box.objects.filter(order_number__in=numbers).values("cycle__subscription__subscriber")
        found = list(people.filter(pk__in=ordered).select_related("store")[:2])
        # An order number of two stores names nobody.
        found = found if len(found) == 1 else []
    return found


def resend(subscription: Subscription) -> None:
    """A new link for one that expired, to the address that the store knows; at most once an hour."""
    hour = timezone.now().strftime("%Y%m%d%H")
    want(
        NoticeKind.LINK,
        subscriber=subscription.subscriber,
        subscription=subscription,
        key=f"link:again:{subscription.pk}:{hour}",
    )


def sweep_link_requests() -> int:
    """Answer what the worker was never told of."""
    open_ones = LinkRequest.objects.filter(answered_at=None, asked_at__lte=timezone.now() - timedelta(seconds=30))
    pks = list(open_ones.order_by("asked_at").values_list("pk", flat=True)[:200])
    for pk in pks:
        answer_link_request(pk)
    return len(pks)
