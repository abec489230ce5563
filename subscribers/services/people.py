"""Writes people: the only place that makes a subscriber from an address."""

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
