"""Stores, the people who work there, and the people whom they serve."""

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory

from subscribers.enums import Role
from subscribers.models import Membership, Store, Subscriber


class StoreFactory(DjangoModelFactory):
    class Meta:
        model = Store

    key = factory.Sequence(lambda n: f"store-{n}")
    name = factory.Sequence(lambda n: f"Store {n}")
    domain = factory.LazyAttribute(lambda store: f"{store.key}.example")
    time_zone = "UTC"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()

    email = factory.Sequence(lambda n: f"person{n}@staff.example")
    name = factory.Sequence(lambda n: f"Person {n}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    store = factory.SubFactory(StoreFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.AGENT


class SubscriberFactory(DjangoModelFactory):
    class Meta:
        model = Subscriber

    store = factory.SubFactory(StoreFactory)
    email = factory.Sequence(lambda n: f"subscriber{n}@mail.example")
    name = factory.Sequence(lambda n: f"Robin Nr{n}")
