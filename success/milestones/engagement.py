"""What subscribers told of using what they got: by a link, their page, an agent, a provider, or the API. The only
writer of `Engagement`."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from subscribers.live import announce
from subscribers.models import Subscriber, Subscription
from success.milestones.enums import EngagementKind, EngagementSource
from success.models import Engagement
from tickets.models import Ticket


@transaction.atomic
def record_engagement(
    *,
    subscriber: Subscriber,
    kind: EngagementKind,
    source: EngagementSource,
    source_key: str,
    occurred_at: datetime,
    subscription: Subscription | None = None,
    ticket: Ticket | None = None,
    subject: str = "",
    number: int | None = None,
    actor: AbstractBaseUser | None = None,
) -> tuple[Engagement, bool]:
    """The fact, and whether it is new: told again by its key, or first use confirmed already, it stays as it was."""
    same = Q(kind=kind, source_key=source_key, store=subscriber.store_id)
    if kind == EngagementKind.USE_CONFIRMED:
        same |= Q(kind=kind, subscription=subscription, retracted_at=None)
    if known := Engagement.objects.filter(same).order_by("pk").first():
        return known, False
    try:
        with transaction.atomic():
            told = Engagement.objects.create(
                store_id=subscriber.store_id,
                subscriber=subscriber,
                subscription=subscription,
                ticket=ticket,
                kind=kind,
                subject=subject,
                number=number,
                source=source,
                source_key=source_key,
                actor_id=actor.pk if actor else None,
                occurred_at=occurred_at,
            )
    except IntegrityError:  # two clicks at once
        return Engagement.objects.filter(same).order_by("pk")[0], False
    announce("subscriber", subscriber.pk)
    return told, True


def confirm_use(
    subscription: Subscription,
    *,
    source: EngagementSource,
    actor: AbstractBaseUser | None = None,
    occurred_at: datetime | None = None,
    source_key: str = "",
) -> tuple[Engagement, bool]:
    """What it delivers is in use. Confirmed once, whoever says so; again after it was taken back."""
    if not source_key:
        taken_back = subscription.engagements.filter(kind=EngagementKind.USE_CONFIRMED).count()
        source_key = f"use:{subscription.pk}:{taken_back}"
    return record_engagement(
        subscriber=subscription.subscriber,
        subscription=subscription,
        kind=EngagementKind.USE_CONFIRMED,
        source=source,
        source_key=source_key,
        occurred_at=occurred_at or timezone.now(),
        actor=actor,
    )


@transaction.atomic
def take_back(engagement: Engagement) -> bool:
    """It was told by mistake; whether it had stood until now."""
    rows = Engagement.objects.filter(pk=engagement.pk, retracted_at=None)
    if not rows.update(retracted_at=timezone.now()):
        return False
    announce("subscriber", engagement.subscriber_id)
    return True


def use_confirmed(subscription: Subscription) -> Engagement | None:
    rows = Engagement.objects.filter(subscription=subscription, kind=EngagementKind.USE_CONFIRMED, retracted_at=None)
    return rows.select_related("actor").first()
