"""An address is one person's whatever its case, as the unique index has it, and it is found by an index."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from subscribers.models import Subscriber
from subscribers.services.people import identify
from tests.factories.people import StoreFactory, SubscriberFactory
from tests.factories.tickets import make_ticket
from tickets.filters import TicketFilter
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
KELVIN, DOTLESS_I = "\u212a", "\u0131"


@pytest.mark.parametrize("spelling", ["kate@mail.example", "KATE@Mail.Example", f"{KELVIN}ate@mail.example"])
def test_one_person_whatever_the_case(spelling):
    store = StoreFactory()
    kate = identify(store=store, email="Kate@mail.example")
    assert identify(store=store, email=f" {spelling} ") == kate
    assert list(Subscriber.objects.with_email(spelling)) == [kate]


def test_kelvin_sign_first_and_the_letter_later():
    store = StoreFactory()
    kate = identify(store=store, email=f"{KELVIN}ate@mail.example")
    assert identify(store=store, email="kate@mail.example") == kate


def test_letters_that_only_share_their_capital_are_two_people():
    store = StoreFactory()
    mike = identify(store=store, email="mike@mail.example")
    other = identify(store=store, email=f"m{DOTLESS_I}ke@mail.example")
    assert other != mike
    assert list(Subscriber.objects.with_email("MIKE@mail.example")) == [mike]


def test_one_address_in_two_stores_is_two_people():
    first, second = StoreFactory(), StoreFactory()
    assert identify(store=first, email="a@mail.example") != identify(store=second, email="A@mail.example")


def test_tickets_are_filtered_by_address():
    mikes = make_ticket(subscriber=SubscriberFactory(email="Mike@mail.example"))
    make_ticket(subscriber=SubscriberFactory(email=f"m{DOTLESS_I}ke@mail.example"))
    found = TicketFilter({"subscriber": "mIKE@mail.example"}, queryset=Ticket.objects.all())
    assert found.is_valid()
    assert list(found.qs) == [mikes]


def test_colleagues_sign_in_with_any_case_and_nobody_elses_letters():
    user = get_user_model().objects.create_user("mike@staff.example")
    assert get_user_model().objects.get_by_natural_key("Mike@Staff.example") == user
    with pytest.raises(get_user_model().DoesNotExist):
        get_user_model().objects.get_by_natural_key(f"m{DOTLESS_I}ke@staff.example")


def test_look_up_is_answered_by_an_index():
    store = StoreFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO subscribers_subscriber
               (store_id, email, name, phone, country, region, language, time_zone, created_at)
               SELECT %s, 'p' || i || '@mail.example', '', '', '', '', '', '', now() FROM generate_series(1, 3000) i""",
            [store.pk],
        )
        cursor.execute("ANALYZE subscribers_subscriber")
    anywhere = Subscriber.objects.with_email("P5@mail.example")
    in_store = anywhere.filter(store=store, merged_into=None, redacted_at=None).order_by("pk")
    for plan in (anywhere.explain(), in_store.explain()):
        assert "Seq Scan" not in plan
        assert "lower((email)::text) = 'p5@mail.example'::text" in plan
