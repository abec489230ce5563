"""A provider that does not cancel: tried again, shown in its words, told to staff, and honest to the subscriber."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.cancellation import execution, links
from subscribers.cancellation.declarations import cancel
from subscribers.cancellation.enums import SessionChannel
from subscribers.cancellation.execution import MOST_ATTEMPTS, sweep_executions
from subscribers.cancellation.sessions import open_session
from subscribers.enums import Provider, Role
from subscribers.errors import Refused
from subscribers.models import CancellationSession, ProviderAction
from subscribers.providers.base import RefusedByProvider, TryAgain
from subscribers.services import actions
from subscribers.services.actions import do_action
from tests.factories.people import MembershipFactory
from tests.subscribers.cancellation.conftest import subscribe
from tickets.models import OutboundMail, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(store, remote):
    subscription = subscribe(store, provider=Provider.SHOPIFY)
    return cancel(open_session(subscription, channel=SessionChannel.PORTAL))


def work() -> None:
    ProviderAction.objects.update(next_attempt_at=timezone.now())
    actions.sweep_actions()


def receipts(session) -> list[str]:
    return list(
        OutboundMail.objects.filter(subject__contains=session.reference)
        .order_by("pk")
        .values_list("subject", flat=True)
    )


def test_refused_for_a_while_is_tried_until_it_is_done(session, remote):
    remote.says = [TryAgain("too many requests"), TryAgain("down for maintenance"), None]
    for _ in range(3):
        work()
    session.refresh_from_db()
    session.subscription.refresh_from_db()
    assert (session.subscription.status, session.confirmed_at is not None, len(set(remote.asked))) == (
        "cancelled",
        True,
        1,
    )
    assert receipts(session) == [
        f"Cancellation received: {session.reference}",
        f"Cancellation confirmed: {session.reference}",
    ]


def test_refused_for_good_is_a_persons_and_never_dropped(client, session, store, remote):
    lead = MembershipFactory(store=store, role=Role.LEAD).user
    remote.says = [RefusedByProvider("The contract is owned by another app")]
    work()
    session.refresh_from_db()
    assert (session.state, session.error, session.confirmed_at) == (
        "cancelled",
        "The contract is owned by another app",
        None,
    )
    ticket = Ticket.objects.get()
    assert ticket.priority == 1
    assert "owned by another app" in ticket.messages.get(kind="note").text
    assert OutboundMail.objects.filter(recipient=lead.email).count() == 1
    client.force_login(lead)
    page = client.get("/cancellations/?view=waiting").content.decode()
    assert (session.reference in page, "Refused" in page) == (True, True)
    panel = client.get(f"/cancellations/panel/{session.subscriber_id}/").content.decode()
    assert "The contract is owned by another app" in panel
    # The subscriber's page still says what is true.
    own = client.get(links.cancel_path(session.subscription)).content.decode()
    assert "has not confirmed it yet" in own
    # Mended, and asked again.
    client.post(f"/cancellations/{session.pk}/retry/")
    work()
    session.refresh_from_db()
    assert (session.confirmed_at is not None, session.error) == (True, "")
    assert receipts(session)[-1] == f"Cancellation confirmed: {session.reference}"


def test_what_cannot_even_be_asked_is_asked_again_then_told(store, remote, monkeypatch):
    remote.cannot = lambda *asked: "The connection is switched off."
    session = cancel(open_session(subscribe(store, provider=Provider.SHOPIFY), channel=SessionChannel.PORTAL))
    assert (session.error, session.attempts) == ("The connection is switched off.", 1)
    for _ in range(MOST_ATTEMPTS + 2):
        CancellationSession.objects.exclude(execute_at=None).update(execute_at=timezone.now() - timedelta(seconds=1))
        sweep_executions()
    session.refresh_from_db()
    assert (session.attempts, session.refused_at is not None, session.execute_at) == (MOST_ATTEMPTS, True, None)
    assert Ticket.objects.count() == 1


def test_ended_at_the_provider_by_other_hands_is_confirmed(session):
    from subscribers.services.subscriptions import record_cancellation

    record_cancellation(session.subscription, at=timezone.now(), source_key="webhook:1")
    session.refresh_from_db()
    assert session.confirmed_at is not None


def test_an_offer_that_the_provider_refuses_is_told(client, store, remote):
    subscription = subscribe(store, provider=Provider.SHOPIFY)
    link = links.cancel_path(subscription)
    client.post(link, {"do": "reason", "reason": "money", "more-money": "too_expensive"})
    session = CancellationSession.objects.get()
    client.post(link, {"do": "accept", "offer": session.offers_shown.get(offer__kind="discount").offer_id})
    remote.says = [RefusedByProvider("No such discount")]
    assert do_action(ProviderAction.objects.get().pk)
    session.refresh_from_db()
    assert (session.state, session.error) == ("accepted", "No such discount")
    assert Ticket.objects.get().subject.startswith("The provider does not give what they took")


def test_an_ended_subscription_cannot_be_cancelled(session, remote):
    work()
    with pytest.raises(Refused, match="ended already"):
        open_session(type(session.subscription).objects.get(pk=session.subscription_id), channel=SessionChannel.PORTAL)


def test_one_that_cannot_be_worked_off_holds_no_other_up(store, session, remote, monkeypatch, caplog):
    other = cancel(open_session(subscribe(store, provider=Provider.SHOPIFY), channel=SessionChannel.PORTAL))
    pks = [session.pk, other.pk]
    CancellationSession.objects.filter(pk__in=pks).update(execute_at=timezone.now() - timedelta(hours=1))
    real = execution.execute

    def execute(one: CancellationSession) -> None:
        if one.pk == session.pk:
            raise RuntimeError("a fault")
        real(one)

    monkeypatch.setattr(execution, "execute", execute)
    assert execution.sweep_executions() == 1
    assert CancellationSession.objects.get(pk=other.pk).execute_at is None
    assert CancellationSession.objects.get(pk=session.pk).execute_at is not None
