"""Subscribers in the REST interface: list and read."""

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from rest_framework.viewsets import ReadOnlyModelViewSet

from subscribers.enums import PAID_CYCLE
from subscribers.filters import SubscriberFilter
from subscribers.models import Cycle, Subscriber, Subscription
from subscribers.serializers import SubscriberSerializer


def with_cycle_index(subscribers: "QuerySet[Subscriber]") -> "QuerySet[Subscriber]":
    """Adds `cycle_index` as of now to each row: what `selectors.cycle_index` says of one."""
    now = timezone.now()
    started = Subscription.objects.filter(subscriber=OuterRef("pk"), started_at__lte=now)
    billings = (
        Cycle.objects.filter(
            subscription__subscriber=OuterRef("pk"),
            subscription__started_at__lte=now,
            status__in=PAID_CYCLE,
            billed_at__lte=now,
        )
        .order_by()
        .values("subscription__subscriber")
        .annotate(billings=Count("pk"))
        .values("billings")
    )
    return subscribers.annotate(
        cycle_index=Case(
            When(Exists(started), then=Greatest(Coalesce(Subquery(billings), 0), Value(1))),
            default=None,
            output_field=IntegerField(null=True),
        )
    )


class SubscriberViewSet(ReadOnlyModelViewSet[Subscriber]):
    """Subscribers of the stores that you work for."""

    queryset = Subscriber.objects.none()
    serializer_class = SubscriberSerializer
    filterset_class = SubscriberFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[Subscriber]":
        subscribers = Subscriber.objects.visible_to(self.request.user).filter(merged_into=None)
        subscriptions = Subscription.objects.select_related("product").order_by("-started_at", "-pk")
        return (
            with_cycle_index(subscribers)
            .select_related("store")
            .prefetch_related(Prefetch("subscriptions", subscriptions))
        )
