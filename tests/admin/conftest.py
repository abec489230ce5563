"""The cast of the admin tests: `root` may do all, `ada` is staff of the store `tea`, whose neighbour is `soap`."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from helpdesk.models import User
from subscribers.enums import Role
from subscribers.models import Membership, Reason, Store
from success.flows.starter import install_flows
from tests.snapshots import Snapshot
from tickets.models import BusinessCalendar, Queue, SlaPolicy
from tickets.sla.starter import install_sla


@dataclass
class Desk:
    """One person at the admin's pages."""

    user: User
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.user)

    def get(self, name: str, /, *args: Any, query: str = "") -> HttpResponse:
        return self.client.get(reverse(f"admin:{name}", args=args) + query)

    def post(self, name: str, /, *args: Any, **data: Any) -> HttpResponse:
        return self.client.post(reverse(f"admin:{name}", args=args), data)

    def save(self, name: str, /, *args: Any, **data: Any) -> None:
        """Saves, and fails with the page's errors where it refuses."""
        answer = self.post(name, *args, **data)
        assert answer.status_code == 302, errors(answer)

    def refused(self, name: str, /, *args: Any, **data: Any) -> list[str]:
        """What the page says is wrong."""
        answer = self.post(name, *args, **data)
        assert answer.status_code == 200, answer
        return errors(answer)


def errors(answer: HttpResponse) -> list[str]:
    context = answer.context
    found = [text for texts in context["adminform"].errors.values() for text in texts] if "adminform" in context else []
    for formset in context.get("inline_admin_formsets", ()):
        found += list(formset.formset.non_form_errors())
        found += [text for form in formset.formset.errors for texts in form.values() for text in texts]
    return [strip_tags(str(text)) for text in found]


def rows(prefix: str, new: list[dict[str, Any]], kept: int = 0) -> dict[str, Any]:
    """The fields of an inline with so many rows."""
    data: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": kept + len(new), f"{prefix}-INITIAL_FORMS": kept}
    for number, row in enumerate(new, kept):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


@pytest.fixture
def tea(db: None) -> Store:
    return Store.objects.get(pk=TEA.lay())


@pytest.fixture
def soap(db: None) -> Store:
    return Store.objects.get(pk=SOAP.lay())


def _store(key: str) -> int:
    store = Store.objects.create(key=key, name=key.title())
    Queue.objects.create(store=store, key="help", name=f"Help of {key}", is_default=True)
    install_sla(store)
    install_flows(store)
    return store.pk


TEA, SOAP = Snapshot(lambda: _store("tea")), Snapshot(lambda: _store("soap"))


@pytest.fixture
def root(tea: Store, soap: Store) -> Desk:
    return Desk(User.objects.create_superuser("root@example.com", name="Root"))


@pytest.fixture
def ada(tea: Store, soap: Store) -> Desk:
    user = User.objects.create_user("ada@example.com", name="Ada", is_staff=True)
    Membership.objects.create(store=tea, user=user, role=Role.ADMIN)
    return Desk(user)


@pytest.fixture
def damaged(db: None) -> Reason:
    return Reason.objects.get_or_create(store=None, key="damaged", defaults={"label": "Damaged box"})[0]


@pytest.fixture
def calendar(tea: Store) -> BusinessCalendar:
    return BusinessCalendar.objects.get(store=tea)


@pytest.fixture
def policy(tea: Store) -> SlaPolicy:
    return SlaPolicy.objects.get(store=tea, name="Standard")
