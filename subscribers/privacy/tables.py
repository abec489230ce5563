"""What this app knows about people, and what is left of it."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db.models import F, Func, Q, TextField
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.enums import ENDED_SUBSCRIPTION, ActionState, DeliveryState, SubscriptionEventKind, SubscriptionStatus
from subscribers.errors import Refused
from subscribers.imports import privacy as imports
from subscribers.models import (
    ApprovalLimit,
    Box,
    BoxEvent,
    CancellationEvent,
    CancellationNotice,
    CancellationPolicy,
    CancellationPolicyVersion,
    CancellationSession,
    CancellationSettings,
    CardExpiry,
    Charge,
    Connection,
    Consent,
    ConsentEvent,
    Cycle,
    Difference,
    Discount,
    Erasure,
    ErasureCount,
    LinkRequest,
    Membership,
    Offer,
    OfferShown,
    PaymentMethod,
    PersonExport,
    PrivacyRequest,
    Product,
    ProviderAction,
    ProviderActionEvent,
    ProviderIdentity,
    Reason,
    ReasonLabel,
    Reconciliation,
    Store,
    Subscriber,
    Subscription,
    SubscriptionEvent,
    WebhookDelivery,
)
from subscribers.privacy.registry import Part, Scope, Table

# Of a history's data: what counts and measures, under these names, and in these forms.
ANONYMOUS = {
    "amount",
    "price",
    "quantity",
    "percent",
    "billings",
    "refunded",
    "currency",
    "status",
    "interval",
    "count",
    "billing_interval",
    "billing_interval_count",
    "delivery_interval",
    "delivery_interval_count",
    "min_cycles",
    "max_cycles",
    "next_billing_at",
    "resumes_at",
    "cancels_at",
    "born",
    "from",
    "to",
}
NESTED = {"set", "data", "before", "after", "from", "to"}
MEASURE = re.compile(r"-?\d{1,9}(?:\.\d{1,6})?|[a-z_]{1,20}|[A-Z]{3}|\d{4}-\d\d-\d\d(?:T[\d:.+Z-]{5,30})?")


def measures(value: Any) -> Any:
    """What is left of JSON: numbers, states and times under known names."""
    if not isinstance(value, dict):
        return {}
    kept: dict[str, Any] = {}
    for name, part in value.items():
        if isinstance(part, dict):
            if name in NESTED:
                kept[name] = measures(part)
        elif name in ANONYMOUS and _is_measure(part):
            kept[name] = part
    return kept


def _is_measure(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return True
    return len(str(value)) <= 40 and MEASURE.fullmatch(str(value)) is not None


class Escaped(Func):
    """Bytes as text that can be searched: what is not ASCII is escaped."""

    function, template, output_field = "encode", "%(function)s(%(expressions)s, 'escape')", TextField()


def _deliveries(scope: Scope) -> Q:
    """Webhooks of the store that speak of the person: by address, or by an id that stands alone in the body."""
    here = Q(connection__store=scope.store_id) & scope.before("received_at")
    if scope.is_store:
        return here
    # A mail address is ASCII but for few; an id is a word of its own, not part of a longer one.
    words = [re.escape(address) for address in scope.addresses if address.isascii()]
    words += [rf"(?<![0-9A-Za-z_-]){re.escape(each)}(?![0-9A-Za-z_-])" for each in scope.external_ids if len(each) > 2]
    if not words:
        return Q(pk__in=())
    told = WebhookDelivery.objects.alias(words=Escaped(F("body"))).filter(here, words__iregex="|".join(words))
    return Q(pk__in=told.values("pk"))


def _differences(scope: Scope) -> Q:
    here = Q(reconciliation__connection__store=scope.store_id) & scope.before("found_at")
    return (
        here
        if scope.is_store
        else here & (Q(external_id__in=scope.external_ids) | Q(subscription__subscriber__in=scope.subscriber_ids))
    )


def _requests(scope: Scope) -> Q:
    here = Q(store=scope.store_id) & scope.before("requested_at")
    if scope.is_store:
        return here
    found = Q(subscriber__in=scope.subscriber_ids)
    for address in scope.addresses:
        found |= Q(payload__customer__email__iexact=address)
    numbers = [int(each) for each in scope.external_ids if each.isdigit() and len(each) < 19]
    return here & (found | Q(payload__customer__id__in=[*numbers, *scope.external_ids]))


def _link_requests(scope: Scope) -> Q:
    """Who asked without a store being known is found by the address alone."""
    found = Q(pk__in=())
    for address in scope.addresses:
        found |= Q(address__iexact=address, store=None)
    return scope.at("address", "asked_at") | found & scope.before("asked_at")


def _log_entries(scope: Scope) -> Q:
    """The admin's own history names what it changed."""
    kind = ContentType.objects.get_for_model(Subscriber)
    if scope.is_store:
        ids = [str(pk) for pk in Subscriber.objects.filter(store=scope.store_id).values_list("pk", flat=True)]
        return Q(content_type=kind, object_id__in=ids)
    found = Q(content_type=kind, object_id__in=[str(pk) for pk in scope.subscriber_ids])
    for address in scope.addresses:
        found |= Q(object_repr__icontains=address) | Q(change_message__icontains=address)
    return found & scope.before("action_time")


def _delete_copies(pks: Sequence[int]) -> int:
    names = list(PersonExport.objects.filter(pk__in=pks).exclude(file="").values_list("file", flat=True))
    for name in names:
        default_storage.delete(name)
    return len(names)


def stop(scope: Scope) -> None:
    """What was still to be done for them is not done any more; what still runs ends, and is not billed again."""
    now = timezone.now()
    if ProviderAction.objects.filter(scope.of("subscriber"), state=ActionState.RUNNING).exists():
        raise Refused(gettext("Something is just being asked of a provider for them. It goes on in a moment."))
    ProviderAction.objects.filter(
        scope.of("subscriber"), state__in=(ActionState.QUEUED, ActionState.AWAITING_APPROVAL)
    ).update(state=ActionState.CANCELLED, settled_at=now)
    live = Subscription.objects.filter(scope.of("subscriber")).exclude(status__in=ENDED_SUBSCRIPTION)
    for subscription in live.select_for_update(of=("self",)).order_by("pk"):
        ended = max(now, subscription.started_at)
        Subscription.objects.filter(pk=subscription.pk).update(
            status=SubscriptionStatus.STALE,
            ended_at=ended,
            next_billing_at=None,
            cancels_at=None,
            paused_at=None,
            resumes_at=None,
        )
        SubscriptionEvent.objects.create(
            subscription=subscription, kind=SubscriptionEventKind.STALE, occurred_at=ended, data={"status": "stale"}
        )
    CancellationNotice.objects.filter(scope.of("subscriber"), taken_at=None).delete()


SETTLED_DELIVERY = {"state": DeliveryState.IGNORED, "processed_at": timezone.now}

PART = Part(
    app="subscribers",
    stops=stop,
    impersonal=(
        ApprovalLimit,
        CancellationPolicy,
        CancellationPolicyVersion,
        CancellationSettings,
        Connection,
        Erasure,
        ErasureCount,
        Membership,
        Offer,
        Product,
        Reason,
        ReasonLabel,
        Reconciliation,
        Store,
        Discount,
    ),
    finishes=imports.erase_files,
    tables=(
        *imports.TABLES,
        Table(
            WebhookDelivery,
            _deliveries,
            empties=("headers", "body", "error", "outcome", "event_id"),
            keeps=("topic", "webhook_id"),
            sets=SETTLED_DELIVERY,
            is_exported=False,
        ),
        Table(
            Difference,
            _differences,
            empties=("ours", "theirs", "error"),
            numbers=("external_id",),
            keeps=("object_kind", "field"),
            is_exported=False,
        ),
        Table(LinkRequest, _link_requests, is_deleted=True),
        Table(
            CancellationEvent,
            lambda scope: scope.of("session__subscriber"),
            empties=("data",),
            keeps=("from_state", "to_state"),
        ),
        Table(OfferShown, lambda scope: scope.of("session__subscriber"), empties=("lines", "title")),
        Table(
            CancellationNotice,
            lambda scope: scope.of("subscriber"),
            empties=("error",),
            keeps=("key",),
            is_exported=False,
        ),
        Table(
            CancellationSession,
            lambda scope: scope.of("subscriber"),
            empties=("key", "detail", "words", "statement", "error", "source"),
            keeps=("reference",),
        ),
        Table(
            CancellationSession,
            lambda scope: scope.at("statement__email", "started_at") & Q(subscriber=None),
            empties=("key", "detail", "words", "statement", "error", "source"),
            keeps=("reference",),
        ),
        Table(ProviderActionEvent, lambda scope: scope.of("action__subscriber"), empties=("text",)),
        Table(
            ProviderAction,
            lambda scope: scope.of("subscriber"),
            empties=("params", "error", "result", "external_id"),
            numbers=("key",),
        ),
        Table(Charge, lambda scope: scope.of("cycle__subscription__subscriber"), empties=("error",)),
        Table(BoxEvent, lambda scope: scope.of("box__cycle__subscription__subscriber"), empties=("data", "source_key")),
        Table(
            Box,
            lambda scope: scope.of("cycle__subscription__subscriber"),
            empties=("order_number", "order_id", "fulfillment_id", "tracking_number", "tracking_url"),
            keeps=("carrier", "batch"),
        ),
        Table(
            SubscriptionEvent,
            lambda scope: scope.of("subscription__subscriber"),
            empties=("source_key",),
            reduces={"data": lambda row, _: measures(row.data)},
        ),
        Table(
            Cycle,
            lambda scope: scope.of("subscription__subscriber"),
            empties=("external_id", "order_id", "order_number"),
        ),
        Table(
            Subscription,
            lambda scope: scope.of("subscriber"),
            empties=("shipping_address", "lines"),
            numbers=("external_id",),
        ),
        Table(
            PersonExport, lambda scope: scope.of("subscriber"), is_deleted=True, files=_delete_copies, is_exported=False
        ),
        Table(PrivacyRequest, _requests, empties=("payload", "error"), keeps=("source_key",), is_exported=False),
        Table(ConsentEvent, lambda scope: scope.of("subscriber"), empties=("source", "words", "asked_from")),
        Table(Consent, lambda scope: scope.of("subscriber"), empties=("source",)),
        Table(CardExpiry, lambda scope: scope.of("subscription__subscriber"), is_deleted=True, is_exported=False),
        Table(PaymentMethod, lambda scope: scope.of("subscriber"), is_deleted=True),
        Table(ProviderIdentity, lambda scope: scope.of("subscriber"), is_deleted=True),
        Table(LogEntry, _log_entries, empties=("object_repr", "change_message"), is_exported=False),
        # The last one: until then the others are found by it.
        Table(
            Subscriber,
            lambda scope: scope.of(),
            empties=("name", "phone", "region", "time_zone"),
            reduces={"email": lambda row, _: f"erased-{row.pk}@erased.invalid"},
        ),
    ),
)
