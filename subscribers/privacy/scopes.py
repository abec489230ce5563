"""Who is meant when somebody is to be forgotten, or wants a copy."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from subscribers.models import ProviderIdentity, Store, Subscriber, Subscription
from subscribers.privacy.registry import Scope


def scope_of_person(subscriber: Subscriber) -> Scope:
    """The person, everybody merged into them or they into, and by what else they are known."""
    ids = {subscriber.pk}
    while True:
        near = Subscriber.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids) | Q(merged__in=ids))
        found = set(near.values_list("pk", flat=True))
        if found <= ids:
            break
        ids |= found
    people = Subscriber.objects.filter(pk__in=ids)
    addresses = people.filter(redacted_at=None).values_list("email", flat=True)
    identities = ProviderIdentity.objects.filter(subscriber__in=ids).values_list("external_id", flat=True)
    contracts = Subscription.objects.filter(subscriber__in=ids).values_list("external_id", flat=True)
    return Scope(
        store_id=subscriber.store_id,
        subscriber_ids=tuple(sorted(ids)),
        addresses=tuple(sorted({address.lower() for address in addresses})),
        external_ids=_distinct([*identities, *contracts]),
        until=timezone.now().isoformat(),
    )


def scope_of_store(store: Store) -> Scope:
    return Scope(store_id=store.pk, is_store=True, until=timezone.now().isoformat())


def _distinct(ids: Iterable[str]) -> tuple[str, ...]:
    """Each as it is, and a global id (gid://shopify/Customer/1) also by its number alone."""
    found = {each for each in ids if each}
    found |= {each.rpartition("/")[2] for each in found if "/" in each}
    return tuple(sorted(each for each in found if each))
