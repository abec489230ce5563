"""The help pages: a customer without a log-in is heard once, known by a link or an address, and held to a limit."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from subscribers import tokens
from subscribers.models import Store
from subscribers.tokens import Purpose
from tests.factories.people import StoreFactory, SubscriberFactory
from tests.factories.pictures import png
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.factories.tickets import ReasonFactory
from tickets.help.asking import MOST_FROM_PLACE, MOST_OF_PERSON
from tickets.models import AutomaticAnswer, HelpRequest, OutboundMail, Ticket

pytestmark = pytest.mark.django_db

PAGES = ("/help/", "/help/contact/", "/help/damaged/", "/help/sent/")


@pytest.fixture(autouse=True)
def its_domain(desk):
    """Of the stores that there are, the page's host says which."""
    Store.objects.filter(pk=desk.store.pk).update(domain="testserver")


@pytest.fixture
def damaged(desk):
    return ReasonFactory(key="damaged", label="Damaged")


def filled(page: str, **changes: str) -> dict[str, object]:
    """What a browser would send: the form's own key, and these answers."""
    html = Client().get(page).content.decode()
    [key] = re.findall(r'name="key" value="([0-9a-f]{32})"', html)
    return {"key": key, "email": "Ana@Shop.example", "name": "Ana", "text": "Where is my box?", **changes}


def test_a_question_is_a_ticket_acknowledged_in_its_language(desk):
    AutomaticAnswer.objects.create(
        queue=desk.support, language="en", subject="We have it", text="Thank you, {{ name }}. {{ number }}"
    )
    response = Client().post("/help/contact/", filled("/help/contact/"))
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/help/sent/")
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.subscriber.email, ticket.subscriber.name) == ("web", "Ana@Shop.example", "Ana")
    assert (ticket.subject, ticket.queue) == ("Where is my box?", desk.support)
    [mail] = OutboundMail.objects.all()
    assert (mail.recipient, mail.subject) == ("Ana@Shop.example", "We have it")
    assert mail.text.startswith(f"Thank you, Ana. {ticket.number}")


def test_sent_twice_it_is_one_ticket(desk):
    said = filled("/help/contact/")
    assert [Client().post("/help/contact/", said).status_code for _ in range(2)] == [302, 302]
    assert (Ticket.objects.count(), HelpRequest.objects.count()) == (1, 1)


def test_a_topic_is_stated_and_none_of_another_store(desk, damaged):
    elsewhere = ReasonFactory(key="theirs", store=StoreFactory())
    Client().post("/help/contact/", filled("/help/contact/", topic="damaged"))
    [topic] = Ticket.objects.get().topics.all()
    assert (topic.reason, topic.source) == (damaged, "subscriber")
    assert Client().post("/help/contact/", filled("/help/contact/", topic=elsewhere.key)).status_code == 422
    assert Ticket.objects.count() == 1


def test_a_damaged_box_with_photographs_is_tied_to_its_order(desk, damaged):
    person = SubscriberFactory(store=desk.store, email="ana@shop.example")
    cycle = CycleFactory(subscription=SubscriptionFactory(subscriber=person))
    box = BoxFactory(cycle=cycle, order_number="#1001")
    BoxFactory(cycle=cycle, order_number="#1002", sequence=2)
    photo = SimpleUploadedFile("IMG 1.png", png(640, 480), "image/png")
    said = filled("/help/damaged/", order_number="1001", text="The jar is in pieces.", attachments=photo)
    assert Client().post("/help/damaged/", said).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.subscriber, ticket.box) == (person, box)
    assert [topic.reason.key for topic in ticket.topics.all()] == ["damaged"]
    [file] = ticket.messages.get().attachments.all()
    assert (file.name, file.picture_type, file.width) == ("IMG 1.png", "image/png", 640)


def test_an_order_that_is_not_theirs_is_told_and_ties_nothing(desk, damaged):
    BoxFactory(
        cycle=CycleFactory(subscription=SubscriptionFactory(subscriber=SubscriberFactory(store=desk.store))),
        order_number="#1001",
    )
    Client().post("/help/damaged/", filled("/help/damaged/", order_number="1001"))
    ticket = Ticket.objects.get()
    assert (ticket.box, ticket.messages.get().text) == (None, "Where is my box?\n\nOrder number: 1001")


def test_a_link_of_the_account_page_asks_for_no_address(desk, damaged):
    person = SubscriberFactory(store=desk.store, language="de", name="Ana Souza")
    other = SubscriberFactory(store=desk.store)
    boxes = [
        BoxFactory(
            cycle=CycleFactory(subscription=SubscriptionFactory(subscriber=one)),
            shipped_at=timezone.now() - timedelta(days=3),
            delivered_at=timezone.now() - timedelta(days=1),
        )
        for one in (person, other)
    ]
    page = f"/help/t/{tokens.make(Purpose.ACCOUNT, person.pk)}/damaged/"
    html = Client().get(page).content.decode()
    assert ('name="email"' in html, f'value="{boxes[0].pk}"' in html, f'value="{boxes[1].pk}"' in html) == (
        False,
        True,
        False,
    )
    assert Client().post(page, filled(page, box=str(boxes[1].pk))).status_code == 422
    assert Client().post(page, filled(page, box=str(boxes[0].pk))).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.subscriber, ticket.box) == (person, boxes[0])


def test_wrong_input_stores_nothing_and_keeps_what_was_typed(desk):
    response = Client().post("/help/contact/", filled("/help/contact/", email="nobody", text="Half a sentence"))
    assert (response.status_code, "Half a sentence" in response.content.decode()) == (422, True)
    for changes in ({"text": " "}, {"key": "mine"}, {"website": "https://spam.example"}):
        assert Client().post("/help/contact/", filled("/help/contact/", **changes)).status_code == 422
    assert Ticket.objects.count() == 0


def test_of_one_address_and_of_one_place_come_so_many_an_hour(desk):
    for _ in range(MOST_OF_PERSON):
        assert Client().post("/help/contact/", filled("/help/contact/")).status_code == 302
    assert Client().post("/help/contact/", filled("/help/contact/", email="ANA@shop.example")).status_code == 429
    for number in range(MOST_FROM_PLACE - MOST_OF_PERSON):
        email = f"someone{number}@shop.example"
        assert Client().post("/help/contact/", filled("/help/contact/", email=email)).status_code == 302
    said = filled("/help/contact/", email="late@shop.example")
    assert Client().post("/help/contact/", said).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").post("/help/contact/", said).status_code == 302
    HelpRequest.objects.update(asked_at=timezone.now() - timedelta(hours=2))
    assert Client().post("/help/contact/", filled("/help/contact/")).status_code == 302


def test_pages_speak_to_everybody_and_ask_which_shop_where_there_are_several(desk):
    assert [Client().get(page).status_code for page in PAGES] == [200] * 4
    Store.objects.update(domain="")
    assert Client().get("/help/contact/").content.decode().count("<option") >= 2
    assert Client().post("/help/contact/", filled("/help/contact/")).status_code == 422
    assert Client().post("/help/contact/", filled("/help/contact/", store=desk.store.key)).status_code == 302
    assert Ticket.objects.get().store == desk.store
