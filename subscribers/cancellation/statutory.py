"""Declarations without a log-in, as the law of some places wants them: taken at once, whoever it was.

Who can be told for sure is cancelled at once; everything else is a person's to match. The answer is the same.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from difflib import SequenceMatcher

from django.db import transaction
from django.utils import timezone

from subscribers.cancellation.declarations import cancel, declare_unmatched
from subscribers.cancellation.enums import SessionChannel, SessionKind
from subscribers.cancellation.policies import policy_at, policy_for
from subscribers.cancellation.sessions import open_session
from subscribers.cancellation.speech import known_language, zone_of
from subscribers.enums import ENDED_SUBSCRIPTION
from subscribers.errors import Refused
from subscribers.models import Box, Store, Subscriber, Subscription
from subscribers.models.cancellation import CancellationSession

SAME_NAME = 0.72


@dataclass(frozen=True)
class Declaration:
    """The statutory fields: who, which contract, which kind, when, and where the confirmation goes."""

    name: str
    email: str
    contract: str = ""
    kind: str = SessionKind.ORDINARY
    cause: str = ""
    wished_on: date | None = None
    confirm_to: str = ""


@transaction.atomic
def take_declaration(
    declaration: Declaration, *, store: Store, key: str, language: str, country: str = "DE"
) -> CancellationSession:
    """It counts from now. The same `key` again (a double click) is the same declaration."""
    if known := CancellationSession.objects.filter(store=store, key=key).first():
        return known
    statement = asdict(declaration) | {
        "wished_on": declaration.wished_on.isoformat() if declaration.wished_on else "",
    }
    person, subscription = find(store, declaration)
    if subscription is not None:
        try:
            return _cancel_matched(declaration, subscription, statement, key, known_language(language))
        except Refused:
            person = subscription.subscriber
    return declare_unmatched(
        store=store,
        policy_version=policy_for(person) if person else policy_at(store, country),
        statement=statement,
        kind=SessionKind(declaration.kind),
        language=known_language(language),
        key=key,
        detail=declaration.cause,
    )


def _cancel_matched(
    declaration: Declaration, subscription: Subscription, statement: dict[str, object], key: str, language: str
) -> CancellationSession:
    with transaction.atomic():
        session = open_session(subscription, channel=SessionChannel.PORTAL, key=key)
        CancellationSession.objects.filter(pk=session.pk).update(statement=statement, key=key, language=language)
        wished_at = None
        if declaration.wished_on is not None:
            zone = zone_of(subscription.subscriber, subscription.store)
            wished_at = datetime.combine(declaration.wished_on, time(0), tzinfo=zone)
        return cancel(
            session,
            kind=SessionKind(declaration.kind),
            wished_at=wished_at if wished_at and wished_at > timezone.now() else None,
            detail=declaration.cause,
        )


def find(store: Store, declaration: Declaration) -> tuple[Subscriber | None, Subscription | None]:
    """The person by their address, and the one subscription that can be meant; None where there is any doubt."""
    person = (
        Subscriber.objects.with_email(declaration.email.strip())
        .filter(store=store, merged_into=None, redacted_at=None)
        .select_related("store")
        .first()
    )
    if person is None:
        return None, None
    live = list(
        Subscription.objects.filter(subscriber=person)
        .exclude(status__in=ENDED_SUBSCRIPTION)
        .select_related("product", "subscriber__store", "store")
        .order_by("pk")
    )
    named = [subscription for subscription in live if _names(subscription, declaration.contract)]
    if len(named) == 1:
        return person, named[0]
    # Whoever knows the address only must at least know the name: a stranger's joke is a person's to judge.
    if len(live) == 1 and _is_named(person, declaration.name):
        return person, live[0]
    return person, None


def _names(subscription: Subscription, contract: str) -> bool:
    """Whether the contract's designation has one of its numbers."""
    words = {word.strip("#.,;:()").casefold() for word in contract.split()} - {""}
    if not words:
        return False
    if subscription.external_id.casefold() in words:
        return True
    orders = Box.objects.filter(cycle__subscription=subscription).exclude(order_number="")
    return any(number.strip("#").casefold() in words for number in orders.values_list("order_number", flat=True))


def _is_named(person: Subscriber, name: str) -> bool:
    ours, theirs = _plain(person.name), _plain(name)
    if not ours:
        return True
    return SequenceMatcher(None, " ".join(ours), " ".join(theirs)).ratio() >= SAME_NAME or bool(
        ours and theirs and ours[-1] == theirs[-1]
    )


def _plain(name: str) -> list[str]:
    return sorted(name.casefold().replace(",", " ").split(), key=len)
