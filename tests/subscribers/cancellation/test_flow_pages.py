"""A subscriber's own cancellation by a signed link: each step, in clicks, and what is stored of it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers import tokens
from subscribers.cancellation import links
from subscribers.cancellation.declarations import cancel
from subscribers.cancellation.enums import SessionChannel
from subscribers.cancellation.sessions import open_session
from subscribers.enums import Provider
from subscribers.models import CancellationSession, CancellationSettings
from subscribers.tokens import Purpose
from tests.subscribers.cancellation.conftest import subscribe
from tickets.models import OutboundMail

pytestmark = pytest.mark.django_db


def texts(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_reading_changes_nothing(client, link):
    """Programs that look into mails follow links."""
    for _ in range(2):
        assert client.get(link).status_code == 200
    assert client.head(link).status_code == 200
    assert CancellationSession.objects.count() == 0


def test_just_cancel_is_one_click_with_a_receipt_at_once(
    client, subscription, link, django_capture_on_commit_callbacks
):
    assert client.post(link, {"do": "cancel"}).status_code == 302
    session = CancellationSession.objects.get()
    subscription.refresh_from_db()
    assert (subscription.status, session.state, session.channel) == ("cancelled", "cancelled", "portal")
    assert session.confirmed_at is not None
    assert session.effective_at == subscription.cycles.get(index=2).ends_at
    page = client.get(link)
    assert "Tea Box is cancelled" in texts(page)
    assert session.reference in texts(page)
    mail = OutboundMail.objects.get()
    assert (mail.recipient, mail.key) == (subscription.subscriber.email, f"cancellation:{session.pk}:receipt")
    assert session.reference in mail.subject
    assert "It is done: nothing more is charged." in mail.text
    assert [event.kind for event in session.events.order_by("pk")] == [
        "started",
        "declared",
        "confirmed",
        "action_requested",
    ]


def test_twice_is_once(client, link):
    for _ in range(2):
        client.post(link, {"do": "cancel"})
    assert CancellationSession.objects.count() == 1
    assert OutboundMail.objects.count() == 1


def test_reason_offers_then_an_offer_taken(client, subscription, link):
    client.post(link, {"do": "reason", "reason": "money", "more-money": "too_expensive", "words": "Rent went up"})
    session = CancellationSession.objects.get()
    assert (session.state, session.reason.key, session.words) == ("offer", "too_expensive", "Rent went up")
    page = client.get(link)
    shown = list(session.offers_shown.order_by("position"))
    assert [one.offer.kind for one in shown] == ["frequency", "pause", "discount"]
    assert shown[2].lines == ["Price: $24.00 instead of $30.00"]
    assert texts(page).count("Do this instead") == 3
    assert "Just cancel" in texts(page)
    client.post(link, {"do": "accept", "offer": shown[2].offer_id})
    session.refresh_from_db()
    assert (session.state, session.accepted_offer, session.offer_cost) == ("accepted", shown[2].offer, 12)
    assert session.offer_action.state == "done"
    assert session.watch_until > timezone.now() + timedelta(days=29)
    subscription.refresh_from_db()
    assert subscription.status == "active"
    assert "Done: 20% off your next 2 boxes" in texts(client.get(link))
    assert OutboundMail.objects.get().subject == "20% off your next 2 boxes"


def test_offers_declined_cancel_in_two_clicks(client, subscription, link):
    client.post(link, {"do": "reason", "reason": "money"})
    client.post(link, {"do": "cancel"})
    session = CancellationSession.objects.get()
    assert (session.state, session.reason.key) == ("cancelled", "money")
    subscription.refresh_from_db()
    assert subscription.status == "cancelled"


def test_keeping_is_told_and_cancelling_after_all_is_one_click(client, subscription, link):
    client.post(link, {"do": "reason", "reason": "product", "more-product": "too_much_product"})
    client.post(link, {"do": "keep"})
    assert "Nothing was changed" in texts(client.get(link))
    client.post(link, {"do": "cancel"})
    assert list(CancellationSession.objects.order_by("pk").values_list("state", flat=True)) == [
        "abandoned",
        "cancelled",
    ]


def test_no_offers_for_the_share_without_and_it_says_so(client, store, subscription, link):
    CancellationSettings.objects.filter(store=store).update(holdout_percent=100)
    page = client.get(link)
    assert ("Continue" in texts(page), "Cancel subscription" in texts(page)) == (False, True)
    client.post(link, {"do": "reason", "reason": "money"})
    session = CancellationSession.objects.get()
    assert (session.state, session.arm) == ("reason", "no_offers")
    assert session.events.get(kind="no_offers").data == {"why": "holdout"}
    assert "Cancel subscription" in texts(client.get(link))


def test_germany_is_one_page_and_one_click(client, store):
    subscription = subscribe(store, country="DE", language="de")
    link = links.cancel_path(subscription)
    page = texts(client.get(link))
    assert ("jetzt kündigen" in page, "Weiter" in page) == (True, False)
    client.post(link, {"do": "cancel"})
    session = CancellationSession.objects.get()
    assert (session.state, session.rules["country"], session.language) == ("cancelled", "DE", "de")
    assert "Tea Box ist gekündigt" in texts(client.get(link))
    assert OutboundMail.objects.get().subject == f"Kündigung erhalten: {session.reference}"
    # The reason is asked for after it, and is as free as anything.
    client.post(link, {"do": "after", "reason": "money", "words": "Zu teuer"})
    session.refresh_from_db()
    assert (session.reason.key, session.words) == ("money", "Zu teuer")


def test_a_later_day_is_kept_and_executed_then(client, store, subscription, link):
    subscription.subscriber.country = "DE"
    subscription.subscriber.save()
    day = (timezone.now() + timedelta(days=60)).date()
    client.post(link, {"do": "cancel", "when": "day", "wished_on": day.isoformat()})
    session = CancellationSession.objects.get()
    subscription.refresh_from_db()
    assert (session.state, subscription.status, session.execute_at.date()) == ("cancelled", "active", day)


def test_a_day_that_passed_is_refused_with_words(client, store):
    subscription = subscribe(store, country="DE", language="de")
    answer = client.post(links.cancel_path(subscription), {"do": "cancel", "when": "day", "wished_on": "2001-01-01"})
    assert answer.status_code == 422
    assert "Dieser Tag ist vorbei." in texts(answer)


def test_forged_and_expired_links_explain_themselves(client, subscription, monkeypatch):
    forged = client.get(f"/cancel/t/{subscription.pk}.1abcde.nonsense/")
    assert (forged.status_code, "This link does not work" in texts(forged)) == (404, True)
    assert "Ask for a new one" in texts(forged)
    path = links.cancel_path(subscription)
    monkeypatch.setitem(tokens.LASTS, Purpose.CANCEL, timedelta(seconds=-1))
    expired = client.get(path)
    assert (expired.status_code, "This link has expired" in texts(expired)) == (410, True)
    assert client.post(path, {"do": "cancel"}).status_code == 410
    assert client.post(path, {"do": "resend"}).status_code == 302
    mail = OutboundMail.objects.get()
    assert mail.recipient == subscription.subscriber.email
    assert CancellationSession.objects.count() == 0


def test_a_token_is_worth_nothing_for_another_purpose(client, subscription):
    account = tokens.make(Purpose.ACCOUNT, subscription.pk)
    assert client.get(f"/cancel/t/{account}/").status_code == 404


def test_a_reactivated_subscription_can_be_cancelled_again(client, subscription, link):
    client.post(link, {"do": "cancel"})
    type(subscription).objects.filter(pk=subscription.pk).update(status="active", ended_at=None)
    assert "Just cancel" in texts(client.get(link))
    client.post(link, {"do": "cancel"})
    assert CancellationSession.objects.filter(state="cancelled").count() == 2


def test_withdrawing_takes_its_two_steps_and_a_person_refunds(client, store):
    subscription = subscribe(store, country="FR", billed=1)
    type(subscription).objects.filter(pk=subscription.pk).update(started_at=timezone.now() - timedelta(days=3))
    link = links.cancel_path(subscription)
    assert "Withdraw from the contract instead" in texts(client.get(link))
    assert "Confirm withdrawal" in texts(client.get(f"{link}withdraw/"))
    client.post(f"{link}withdraw/")
    session = CancellationSession.objects.get()
    assert (session.kind, session.state) == ("withdrawal", "cancelled")
    assert session.ticket_link.ticket.subject == f"Withdrawal: {session.reference}"


def test_what_the_provider_did_not_confirm_yet_is_said_honestly(client, store, remote):
    subscription = subscribe(store, provider=Provider.SHOPIFY)
    link = links.cancel_path(subscription)
    client.post(link, {"do": "cancel"})
    assert "has not confirmed it yet" in texts(client.get(link))
    assert "has not confirmed it yet" in OutboundMail.objects.get().text


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_whatever_it_shows(client, store, subscription, link, django_assert_num_queries, rows):
    for _ in range(rows):
        client.post(link, {"do": "reason", "reason": "money", "more-money": "too_expensive"})
        client.post(link, {"do": "keep"})
    CancellationSession.objects.update(state="bounced", started_at=timezone.now() - timedelta(days=9))
    with django_assert_num_queries(10):
        client.get(link)


def test_who_wished_a_later_day_may_cancel_at_once_after_all(client, store, subscription, link):
    later = timezone.now() + timedelta(days=60)
    first = cancel(open_session(subscription, channel=SessionChannel.PORTAL), wished_at=later)
    for wished_at in (later, later + timedelta(days=1)):
        assert cancel(first, wished_at=wished_at).execute_at == later
    subscription.refresh_from_db()
    assert subscription.status == "active"
    client.post(link, {"do": "cancel", "kind": "extraordinary"})
    subscription.refresh_from_db()
    session = CancellationSession.objects.get()
    assert (subscription.status, session.kind, session.confirmed_at is not None) == ("cancelled", "extraordinary", True)
