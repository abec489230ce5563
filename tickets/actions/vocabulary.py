"""What the values of actions name in one store."""

from functools import cached_property

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from subscribers.models import Membership, Reason, Store
from tickets.models import Queue, TicketField


class Vocabulary:
    """A query each, when first asked; for as many tickets of the store as are changed together."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @cached_property
    def queues(self) -> dict[str, Queue]:
        """By key."""
        rows = Queue.objects.filter(store=self.store).order_by("position", "name")
        return {queue.key: queue for queue in rows}

    @cached_property
    def people(self) -> dict[int, AbstractBaseUser]:
        """By id: who works for the store."""
        members = Membership.objects.filter(store=self.store).values("user")
        rows = get_user_model().objects.filter(pk__in=members, is_active=True).order_by("name")
        return {person.pk: person for person in rows}

    @cached_property
    def fields(self) -> dict[str, TicketField]:
        """The store's own, by key."""
        rows = TicketField.objects.filter(store=self.store).order_by("position", "label")
        return {field.key: field for field in rows}

    @cached_property
    def topics(self) -> dict[str, Reason]:
        """By key; a store's own reason stands before the shared one of the same key."""
        rows = Reason.objects.of_store(self.store.pk).filter(for_tickets=True).order_by("position", "label")
        found: dict[str, Reason] = {}
        for reason in rows:
            if reason.store_id or reason.key not in found:
                found[reason.key] = reason
        return found
