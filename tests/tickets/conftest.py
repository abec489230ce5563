"""A store with two queues, the people who work in it, and somebody of another store."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.test import Client

from subscribers.enums import Role
from subscribers.models import Store
from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory
from tests.factories.tickets import MailboxFactory, QueueFactory, make_ticket
from tickets.models import Queue, Ticket

HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Desk:
    """Alice answers, Bob leads, Charlie works for another store; `closed` is a queue that only leads see."""

    store: Store
    support: Queue
    closed: Queue
    alice: AbstractBaseUser
    bob: AbstractBaseUser
    charlie: AbstractBaseUser

    def ticket(self, text: str = "Where is my box?", **fields: Any) -> Ticket:
        name = fields.pop("name", "Ana Souza")
        subscriber = fields.pop("subscriber", None) or SubscriberFactory(store=self.store, name=name)
        return make_ticket(text, subscriber=subscriber, **fields)


@pytest.fixture
def desk(db: None) -> Desk:
    store = StoreFactory(name="Tea House")
    support = QueueFactory(store=store, key="support", name="Support", is_default=True)
    MailboxFactory(store=store, queue=support, address="help@tea.example")
    return Desk(
        store=store,
        support=support,
        closed=QueueFactory(store=store, key="legal", name="Legal", is_restricted=True, position=9),
        alice=MembershipFactory(store=store, role=Role.AGENT, user__name="Alice Martin").user,
        bob=MembershipFactory(store=store, role=Role.LEAD, user__name="Bob Keller").user,
        charlie=MembershipFactory(role=Role.LEAD, user__name="Charlie Stone").user,
    )


@pytest.fixture
def alice(desk: Desk) -> Client:
    return signed_in(desk.alice)


def signed_in(user: AbstractBaseUser) -> Client:
    client = Client()
    client.force_login(user)
    return client
