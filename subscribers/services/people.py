"""Writes people: the only place that makes a subscriber from an address."""

from collections.abc import Collection, Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from subscribers import signals
from subscribers.models import Connection, Store, Subscriber
from subscribers.providers.base import PersonTruth
from subscribers.services.ledger import current, recording
from subscribers.services.ledger_people import UNKNOWN, Name, nameless


def identify(*, store: Store, email: str, name: str = "") -> Subscriber:
    """The store's person with this address (however it is spelled), made where there is none.

    Raises ValueError for an empty address.
    """
    email = email.strip()
    if not email:
        raise ValueError("A person needs a mail address")
    same = Subscriber.objects.with_email(email).filter(store=store, merged_into=None, redacted_at=None)
    known = same.first()
    if known is None:
        try:
            # A savepoint: two mails of one new person at once meet at the unique index, and the second finds the first.
            with transaction.atomic():
                return Subscriber.objects.create(
                    store=store, email=email, name=name.strip()[:200], language=store.language
                )
        except IntegrityError:
            known = same.get()
    if name and not known.name:
        known.name = name.strip()[:200]
        known.save(update_fields=["name"])
    return known


# The database alone decides which spellings of an address are one.
KNOWN = """
SELECT person.*, wanted.email AS wanted
FROM unnest(%s::text[]) AS wanted (email)
JOIN subscribers_subscriber person ON lower(person.email) = lower(wanted.email)
WHERE person.store_id = %s AND person.merged_into_id IS NULL AND person.redacted_at IS NULL
"""


def known_people(store: Store, emails: Collection[str]) -> dict[str, Subscriber]:
    """The store's people with these addresses, by the spelling asked for. One query."""
    people = Subscriber.objects.raw(KNOWN, [list(emails), store.pk])
    return {person.wanted: person for person in people}  # type: ignore[attr-defined]  # of the statement


def identify_all(store: Store, people: Mapping[str, str]) -> dict[str, Subscriber]:
    """As `identify`, for many at once: names by address; the people by the spelling asked for."""
    found = known_people(store, people)
    if missing := [email for email in people if email not in found]:
        # In one order, so that two who make the same people at once wait for each other and never in a circle.
        Subscriber.objects.bulk_create(
            [
                Subscriber(store=store, email=email, name=people[email].strip()[:200], language=store.language)
                for email in sorted(missing, key=str.lower)
            ],
            ignore_conflicts=True,
        )
        found |= known_people(store, missing)
    for email, person in found.items():
        if people[email] and not person.name:
            person.name = people[email].strip()[:200]
            person.save(update_fields=["name"])
    return found


@recording()
def know_customer(connection: Connection, person: PersonTruth) -> Subscriber:
    """The store's person whom a provider knows by an id, else by an address; made where there is none.

    A webhook may name a customer by a number alone: such a person is kept under an address that takes no mail, and
    becomes themselves (or who they were here already) when their address is told. What is known of them stays, what is
    not is taken over.
    """
    people, store, name = current().people, connection.store, _name(connection, person)
    subscriber = people.called(name) if person.external_id else None
    if subscriber is not None:
        if person.email and subscriber.email.endswith(f"@{UNKNOWN}"):
            subscriber = _named(subscriber, person.email, name)
    else:
        email = person.email.strip() or nameless(connection.provider, person.external_id)
        subscriber = people.at(store.pk, email)
        if subscriber is None:
            subscriber = people.make(Subscriber(store=store, email=email, language=store.language))
        if not person.email and subscriber.undeliverable_at is None:
            subscriber.undeliverable_at = timezone.now()
            people.change(subscriber, "undeliverable_at")
        if person.external_id:
            people.call(name, subscriber)
    changed = []
    for field, most in (("name", 200), ("phone", 40), ("country", 2), ("region", 60), ("language", 10)):
        told = getattr(person, field).strip()[:most]
        if told and not getattr(subscriber, field) and subscriber.redacted_at is None:
            setattr(subscriber, field, told)
            changed.append(field)
    if changed:
        people.change(subscriber, *changed)
    return subscriber


def _name(connection: Connection, person: PersonTruth) -> Name:
    return connection.store_id, str(connection.provider), person.external_id


def _named(nobody: Subscriber, email: str, name: Name) -> Subscriber:
    """Who somebody without an address turns out to be: themselves, or a person known here already."""
    people = current().people
    if people.at(nobody.store_id, email) is None:
        nobody.email, nobody.undeliverable_at = email.strip(), None
        people.change(nobody, "email", "undeliverable_at")
        return nobody
    # Two become one: rows of theirs change that no ledger has.
    current().restart()
    known = current().people.at(nobody.store_id, email)
    assert known is not None  # noqa: S101  it was found, and what was new is written
    nobody.subscriptions.update(subscriber=known)
    nobody.identities.update(subscriber=known)
    nobody.actions.update(subscriber=known)
    nobody.cancellation_sessions.update(subscriber=known)
    nobody.merged_into = known
    nobody.save(update_fields=["merged_into"])
    signals.subscribers_merged.send_robust(sender=Subscriber, former=nobody, subscriber=known)
    return known
