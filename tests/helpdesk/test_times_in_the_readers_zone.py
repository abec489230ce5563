"""Exact times are shown in the zone of whoever reads them."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.people import MembershipFactory, UserFactory
from tests.factories.tickets import make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _zone_of_the_tests():
    yield
    timezone.deactivate()


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Tokyo", "JST"), ("UTC", "UTC"), ("Atlantis/Capital", "UTC")])
def test_the_ticket_page_tells_times_in_the_readers_zone(zone: str, shown: str) -> None:
    ticket = make_ticket()
    reader = MembershipFactory(store=ticket.store, user=UserFactory(time_zone=zone)).user
    client = Client()
    client.force_login(reader)
    page = client.get(reverse("ticket-detail", args=[ticket.pk])).content.decode()
    opened = timezone.localtime(ticket.opened_at)
    assert f":{opened:%M} {shown}" in page
