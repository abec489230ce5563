"""Unsubscribing: by a mail program's button without a cookie, by the page, by mail; never by opening a link."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from subscribers import tokens
from subscribers.enums import ConsentCategory
from subscribers.models import Consent, ConsentEvent, Subscriber
from subscribers.privacy.consent import may_write, set_consent
from subscribers.privacy.links import preferences_url, read_unsubscribe_tag, unsubscribe_headers, unsubscribe_tag
from subscribers.tokens import Purpose
from tests.factories.people import SubscriberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Subscriber:
    return SubscriberFactory(language="en")


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def path_in(headers: dict[str, str]) -> str:
    return urlsplit(headers["List-Unsubscribe"].partition(">")[0].lstrip("<")).path


def test_one_click_needs_a_post_and_nothing_else(client: Client, person: Subscriber) -> None:
    headers = unsubscribe_headers(person, ConsentCategory.MARKETING, "help@shop.example")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].endswith(
        f"<mailto:help+{unsubscribe_tag(person.pk, 'marketing')}@shop.example?subject=unsubscribe>"
    )

    seen = client.get(path_in(headers))
    assert (seen.status_code, may_write(person, "marketing")) == (200, True)
    for _ in range(2):  # a program may ask twice
        done = client.post(
            path_in(headers), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        assert (done.status_code, done.cookies) == (200, {})

    assert (may_write(person, "marketing"), may_write(person, "success")) == (False, True)
    (event,) = ConsentEvent.objects.all()
    assert (event.granted, event.source, event.words) == (False, "one-click unsubscribe", "News and offers")


def test_preferences_are_shown_and_kept(client: Client, person: Subscriber) -> None:
    page = urlsplit(preferences_url(person)).path
    assert b'value="marketing" checked' in client.get(page).content
    client.post(page, {"category": ["success"]})
    assert dict(Consent.objects.values_list("category", "granted")) == {"success": True, "marketing": False}
    content = client.get(page + "?done=1").content
    assert (b'value="marketing" checked' in content, b'value="success" checked' in content) == (False, True)


def test_a_forged_link_does_nothing(client: Client, person: Subscriber) -> None:
    forged = tokens.make(Purpose.ACCOUNT, person.pk)
    assert client.post(f"/unsubscribe/{forged}/marketing/").status_code == 404
    assert client.post(f"/unsubscribe/{tokens.make(Purpose.PREFERENCES, person.pk)}/receipts/").status_code == 404
    tag = unsubscribe_tag(person.pk, "success")
    assert read_unsubscribe_tag(tag.upper()) == (person.pk, ConsentCategory.SUCCESS)
    for wrong in (f"u{person.pk + 1}{tag[len(f'u{person.pk}') :]}", tag[:-1], "", "u-", "um-x", "u٣s-x"):
        assert read_unsubscribe_tag(wrong) is None
    assert not Consent.objects.exists()


def test_the_history_holds_every_word_once(person: Subscriber) -> None:
    assert set_consent(person, "marketing", True, source="checkout", words="Send me news")
    assert not set_consent(person, "marketing", True, source="checkout")
    assert not set_consent(person, "marketing", True, source="import")
    assert set_consent(person, "marketing", False, source="page")
    history = ConsentEvent.objects.order_by("pk").values_list("granted", "source")
    assert list(history) == [(True, "checkout"), (True, "import"), (False, "page")]
