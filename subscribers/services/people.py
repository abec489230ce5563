"""Writes people: the only place that makes a subscriber from an address."""

from collections.abc import Collection, Mapping

from django.db import IntegrityError, transaction

from subscribers.models import Store, Subscriber


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
