"""What the panel of cancelling shows of a subscriber."""

from dataclasses import dataclass

from subscribers.cancellation import links
from subscribers.cancellation.policies import Rules, policy_for, rules_in
from subscribers.enums import ENDED_SUBSCRIPTION
from subscribers.models import Offer, Subscriber, Subscription
from subscribers.models.cancellation import CancellationSession


@dataclass(frozen=True)
class PanelRow:
    """One subscription with its latest session. `hints`: what an agent might offer, where offers are allowed at all."""

    subscription: Subscription
    session: CancellationSession | None
    rules: Rules
    hints: tuple[str, ...]
    link: str

    @property
    def can_cancel(self) -> bool:
        return self.subscription.status not in ENDED_SUBSCRIPTION

    @property
    def is_requested(self) -> bool:
        return self.session is not None and self.session.is_open and self.session.due_at is not None

    @property
    def is_refused(self) -> bool:
        session = self.session
        return session is not None and session.refused_at is not None and session.confirmed_at is None

    @property
    def is_waiting(self) -> bool:
        """Declared, and the provider has not done it yet."""
        session = self.session
        return session is not None and session.state == "cancelled" and session.confirmed_at is None


def panel_rows(subscriber: Subscriber) -> list[PanelRow]:
    """Live subscriptions, and ended ones whose cancellation is not done with. A fixed number of queries."""
    subscriptions = list(
        Subscription.objects.filter(subscriber=subscriber)
        .select_related("product", "store", "subscriber")
        .order_by("ended_at", "-started_at", "pk")
    )
    latest: dict[int, CancellationSession] = {}
    sessions = CancellationSession.objects.filter(subscriber=subscriber, subscription__isnull=False)
    for session in sessions.select_related("reason", "cancel_action").order_by("started_at", "pk"):
        latest[session.subscription_id or 0] = session
    rules = rules_in(policy_for(subscriber))
    hints: tuple[str, ...] = ()
    if rules.offer_pages:
        offers = Offer.objects.filter(store=subscriber.store_id, is_active=True).order_by("position", "pk")
        hints = tuple(offers.values_list("name", flat=True)[:5])
    rows = [PanelRow(one, latest.get(one.pk), rules, hints, links.cancel_url(one)) for one in subscriptions]
    return [row for row in rows if row.can_cancel or row.session is not None]
