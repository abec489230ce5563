"""How the demo's subscribers fared: who told of using their tea, their milestones, and three months of health."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from helpdesk.demo.chance import Chance
from helpdesk.demo.world import Setting
from subscribers.enums import BoxKind
from subscribers.models import Box
from success.health.score import Scale, Weights, counted, score
from success.health.services import reasons_of, stored_signals
from success.health.settings import settings_of
from success.health.work import compute_all
from success.milestones.enums import EngagementKind, EngagementSource
from success.models import Engagement, Health, HealthEvent

TOLD = 0.58  # of those whose first box arrived
SOURCES = {EngagementSource.LINK: 0.7, EngagementSource.ACCOUNT: 0.2, EngagementSource.API: 0.1}
WEEKS = 13


def write_health(setting: Setting) -> int:
    """Alerts and flows hear nothing of it: theirs are told by the seed already. How many people it is about."""
    _write_use(setting)
    done = compute_all(store=setting.store.pk, now=setting.now, is_quiet=True)
    _write_history(setting)
    return done


def _write_use(setting: Setting) -> None:
    chance = Chance(setting.seed, "use")
    first = (
        Box.objects.filter(cycle__subscription__store=setting.store, kind=BoxKind.REGULAR, delivered_at__isnull=False)
        .order_by("cycle__subscription", "delivered_at", "pk")
        .distinct("cycle__subscription")
    )
    rows = first.values_list(
        "cycle__subscription",
        "cycle__subscription__subscriber",
        "delivered_at",
        "cycle__subscription__subscriber__email",
        "cycle__subscription__started_at",
    )
    told = []
    for subscription, subscriber, delivered_at, *_ in sorted(rows, key=lambda row: row[3:]):
        at = (delivered_at or setting.now) + timedelta(days=chance.about(3.5))
        source = chance.weighed(SOURCES)
        if chance.happens(TOLD) and at < setting.now:
            told.append(
                Engagement(
                    store=setting.store,
                    subscription_id=subscription,
                    subscriber_id=subscriber,
                    kind=EngagementKind.USE_CONFIRMED,
                    source=source,
                    source_key=f"use:{subscription}:0",
                    occurred_at=at,
                    recorded_at=at,
                )
            )
    Engagement.objects.bulk_create(told, batch_size=2000)


def _write_history(setting: Setting) -> None:
    """What the signals of today would have made week by week: near to how it was, without living it again."""
    weights, scale = settings_of(setting.store)
    rows = list(Health.objects.filter(store=setting.store, number__isnull=False).order_by("pk"))
    HealthEvent.objects.filter(subscriber__in=[row.pk for row in rows]).delete()
    events = []
    for row in rows:
        theirs = list(_lived(row, weights, scale, setting.now))
        row.changed_at = theirs[-1].occurred_at
        events += theirs
    HealthEvent.objects.bulk_create(events, batch_size=2000)
    Health.objects.bulk_update(rows, ["changed_at"], batch_size=1000)


def _lived(row: Health, weights: Weights, scale: Scale, now: datetime) -> Iterator[HealthEvent]:
    signals = stored_signals(row)
    last: HealthEvent | None = None
    for weeks in range(WEEKS, -1, -1):
        at = now - timedelta(weeks=weeks)
        ones = counted([one for one in signals if one.at <= at], weights, at.astimezone(UTC).date())
        found = score(ones, scale)
        if last is not None and found.number == last.number:
            continue
        last = HealthEvent(
            subscriber_id=row.pk,
            from_number=last.number if last else None,
            from_word=last.word if last else "",
            number=found.number,
            word=found.word,
            success=found.success,
            service=found.service,
            reasons=reasons_of(ones),
            occurred_at=at,
        )
        yield last
