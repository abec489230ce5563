"""Cancelling without a link: by mail address, on the statutory page, and withdrawing. Nothing is lost or given away."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.cancellation import links
from subscribers.models import CancellationSession, Cycle, LinkRequest
from subscribers.tokens import Purpose, read
from tests.factories.people import StoreFactory
from tests.factories.subscriptions import BoxFactory
from tests.subscribers.cancellation.conftest import subscribe
from tickets.models import OutboundMail, Ticket

pytestmark = pytest.mark.django_db

DECLARED = {"name": "Robin Hood", "email": "robin@mail.example", "key": "k1", "when": "soon", "kind": "ordinary"}


@pytest.fixture
def robin(store, subscription):
    subscription.subscriber.email = "robin@mail.example"
    subscription.subscriber.country = "DE"
    subscription.subscriber.save()
    return subscription


def answer_requests() -> None:
    for pk in LinkRequest.objects.filter(answered_at=None).values_list("pk", flat=True):
        links.answer_link_request(pk)


def test_the_answer_is_the_same_whether_somebody_is_known(client, robin):
    answers = [
        client.post("/cancel/", {"email": address}, follow=True)
        for address in ("Robin@mail.example", "nobody@mail.example")
    ]
    assert answers[0].content == answers[1].content
    assert OutboundMail.objects.count() == 0  # the worker looks, so that it takes no longer for one of them
    answer_requests()
    answer_requests()
    mail = OutboundMail.objects.get()
    assert mail.recipient == "robin@mail.example"
    token = re.search(r"/cancel/t/([^/]+)/", mail.text)[1]
    assert read(Purpose.CANCEL, token) == robin.pk
    assert "/account/" in mail.text


def test_an_order_number_helps_who_forgot_the_address(client, robin):
    BoxFactory(cycle=robin.cycles.get(index=1), order_number="#5001")
    client.post("/cancel/", {"email": "other@mail.example", "order_number": "5001"})
    answer_requests()
    assert OutboundMail.objects.get().recipient == "robin@mail.example"


def test_links_are_limited_by_address_and_place(client, robin):
    for _ in range(7):
        client.post("/cancel/", {"email": "robin@mail.example"})
    answer_requests()
    assert OutboundMail.objects.count() == links.MOST_BY_ADDRESS
    LinkRequest.objects.bulk_create(
        LinkRequest(address=f"a{n}@mail.example", asked_from="127.0.0.1", answered_at=timezone.now()) for n in range(60)
    )
    assert client.post("/cancel/", {"email": "robin@mail.example"}).status_code == 429


def test_the_statutory_page_cancels_who_can_be_told_at_once(client, robin):
    page = client.get("/cancel/de/").content.decode()
    assert ("Verträge hier kündigen" in page, "jetzt kündigen" in page) == (True, True)
    answer = client.post("/cancel/de/", DECLARED, follow=True)
    session = CancellationSession.objects.get()
    robin.refresh_from_db()
    assert (session.state, session.subscription, robin.status) == ("cancelled", robin, "cancelled")
    assert session.reference in answer.content.decode()
    mail = OutboundMail.objects.get()
    assert (mail.recipient, mail.subject) == ("robin@mail.example", f"Kündigung erhalten: {session.reference}")


def test_a_double_click_declares_once(client, robin):
    for _ in range(2):
        client.post("/cancel/de/", DECLARED)
    assert CancellationSession.objects.count() == 1


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"email": "other@mail.example"}, id="an address that nobody has"),
        pytest.param({"name": "Somebody Else"}, id="a stranger who knows the address"),
    ],
)
def test_who_cannot_be_told_is_taken_all_the_same_and_a_person_matches(client, robin, said):
    answer = client.post("/cancel/de/", DECLARED | said, follow=True)
    session = CancellationSession.objects.get()
    assert (session.state, session.subscription) == ("cancelled", None)
    assert session.reference in answer.content.decode()
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.priority) == (f"Cancellation to match: {session.reference}", 2)
    assert (
        "Robin Hood" in ticket.messages.order_by("pk")[0].text or "Somebody" in ticket.messages.order_by("pk")[0].text
    )
    assert OutboundMail.objects.filter(subject__contains=session.reference).count() == 1
    # The page tells the matched and the others apart by nothing.
    assert "Tea Box" not in answer.content.decode()


def test_the_number_of_a_contract_chooses_among_several(client, store, robin):
    other = subscribe(store, subscriber=robin.subscriber)
    client.post("/cancel/de/", DECLARED | {"contract": f"Abo Nr. {other.external_id}, bitte"})
    other.refresh_from_db()
    robin.refresh_from_db()
    assert (other.status, robin.status) == ("cancelled", "active")


def test_a_confirmation_elsewhere_holds_only_what_was_said(client, robin):
    client.post("/cancel/de/", DECLARED | {"confirm_to": "office@mail.example"})
    copy = OutboundMail.objects.get(recipient="office@mail.example")
    assert ("Robin Hood" in copy.text, robin.external_id in copy.text) == (True, False)
    assert OutboundMail.objects.filter(recipient="robin@mail.example").count() == 1


def test_withdrawing_without_a_link_asks_twice(client, robin):
    said = {"name": "Robin Hood", "email": "robin@mail.example", "key": "k2"}
    first = client.post("/cancel/withdraw/", said)
    assert CancellationSession.objects.count() == 0
    assert "Confirm withdrawal" in first.content.decode()
    client.post("/cancel/withdraw/", said | {"do": "confirm"})
    session = CancellationSession.objects.get()
    assert (session.kind, session.subscription) == ("withdrawal", robin)


def test_two_stores_ask_which_is_meant(client, robin):
    StoreFactory(name="Soap")
    assert client.post("/cancel/de/", DECLARED).status_code == 422
    client.post("/cancel/de/", DECLARED | {"store": robin.store.key})
    assert CancellationSession.objects.get().store == robin.store


@pytest.mark.parametrize("path", ["/cancel/", "/cancel/de/", "/cancel/withdraw/", "/cancel/sent/"])
def test_pages_are_open_to_everybody_and_indexed_by_nobody(client, store, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex, nofollow")
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_account_page_shows_and_changes_once_with_a_preview(client, subscription):
    path = links.account_path(subscription.subscriber)
    page = client.get(path).content.decode()
    assert ("Skip the next box" in page, "Next billing" in page) == (True, True)
    change = f"{path}{subscription.pk}/skip/"
    preview = client.get(change)
    assert subscription.actions.count() == 0
    assert "Next billing" in preview.content.decode()
    key = preview.context["key"]
    for _ in range(2):
        assert client.post(change, {"key": key, "to": ""}).status_code == 302
    assert list(subscription.actions.values_list("kind", "state")) == [("skip", "done")]
    assert "Take back the skip" in client.get(path).content.decode()


def test_everything_on_the_account_page_can_be_done(client, subscription):
    path = links.account_path(subscription.subscriber)
    for do, to in (("frequency", "month-2"), ("skip", ""), ("pause", "60"), ("resume", "")):
        page = client.get(f"{path}{subscription.pk}/{do}/", {"to": to})
        assert page.status_code == 200, do
        assert client.post(f"{path}{subscription.pk}/{do}/", {"to": to, "key": do}).status_code == 302
    kinds = list(subscription.actions.order_by("pk").values_list("kind", "state"))
    assert kinds == [(kind, "done") for kind in ("set_frequency", "skip", "pause", "resume")]
    # Beginning to cancel from here is a click that counts: who leaves then has only looked.
    client.post(links.cancel_path(subscription), {"do": "start"})
    assert CancellationSession.objects.get().state == "started"


def test_who_skipped_once_may_skip_again(client, subscription):
    first = subscription.cycles.get(index=1)
    Cycle.objects.filter(pk=first.pk).update(status="skipped", billed_at=None, amount=None)
    assert "Skip the next box" in client.get(links.account_path(subscription.subscriber)).content.decode()


def test_another_persons_subscription_is_not_changed(client, store, subscription):
    other = subscribe(store)
    path = links.account_path(subscription.subscriber)
    assert client.post(f"{path}{other.pk}/skip/", {"key": "x"}).status_code == 404
    assert other.actions.count() == 0


def test_left_over_link_requests_are_answered_by_the_sweep(client, robin):
    client.post("/cancel/", {"email": "robin@mail.example"})
    LinkRequest.objects.update(asked_at=timezone.now() - timedelta(minutes=5))
    assert (links.sweep_link_requests(), links.sweep_link_requests()) == (1, 0)
    assert OutboundMail.objects.count() == 1
