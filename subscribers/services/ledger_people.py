"""The people of a ledger: found by what a provider calls them or by their address, made where they are not known."""

from collections.abc import Callable, Collection

from django.db import connection

from subscribers.bulk import update_many
from subscribers.models import ProviderIdentity, Subscriber

# What a provider calls somebody: store, provider, its id.
Name = tuple[int, str, str]
# Of somebody whom a provider names by a number alone, until it tells more. Nothing is ever delivered there (RFC 2606).
UNKNOWN = "unknown.invalid"
# The database alone decides which spellings of an address are one.
BY_ADDRESS = """
SELECT person.*, wanted.email AS wanted
FROM unnest(%s::bigint[], %s::text[]) AS wanted (store_id, email)
JOIN subscribers_subscriber person ON lower(person.email) = lower(wanted.email) AND person.store_id = wanted.store_id
WHERE person.merged_into_id IS NULL AND person.redacted_at IS NULL
"""
BY_NAME = """
SELECT known.id FROM subscribers_provideridentity known
JOIN unnest(%s::bigint[], %s::text[], %s::text[]) AS wanted (store_id, provider, external_id)
    USING (store_id, provider, external_id)
"""


class People:
    def __init__(self, touch: Callable[[], None]) -> None:
        self.touch = touch
        self.by_name: dict[Name, Subscriber | None] = {}
        self.by_address: dict[tuple[int, str], Subscriber | None] = {}
        self.new: list[Subscriber] = []
        self.new_names: list[ProviderIdentity] = []
        self.changed: dict[int, tuple[Subscriber, set[str]]] = {}
        self.by_pk: dict[int, Subscriber] = {}

    def look_for(self, names: Collection[Name], addresses: Collection[tuple[int, str]]) -> None:
        """Read those that were not looked for yet; a statement for each kind."""
        if new := sorted({name for name in names if name not in self.by_name}):
            self.by_name |= dict.fromkeys(new)
            with connection.cursor() as cursor:
                cursor.execute(BY_NAME, [list(column) for column in zip(*new, strict=True)])
                pks = [row[0] for row in cursor.fetchall()]
            rows = ProviderIdentity.objects.filter(pk__in=pks).select_related("subscriber__merged_into")
            for row in rows if pks else ():
                self.by_name[(row.store_id, row.provider, row.external_id)] = self._one(itself(row.subscriber))
        wanted = {(store_id, email.strip()) for store_id, email in addresses}
        if missing := sorted(one for one in wanted if _spelt(one) not in self.by_address):
            self.by_address |= dict.fromkeys(map(_spelt, missing))
            found = Subscriber.objects.raw(BY_ADDRESS, [list(column) for column in zip(*missing, strict=True)])
            for person in found:
                spelt = (person.store_id, person.wanted.lower())  # type: ignore[attr-defined]  # of the statement
                self.by_address[spelt] = self._one(person)

    def _one(self, person: Subscriber) -> Subscriber:
        """Of two readings of one row the first: what was changed in it is not read again."""
        return self.by_pk.setdefault(person.pk, person)

    def called(self, name: Name) -> Subscriber | None:
        self.look_for([name], [])
        return self.by_name[name]

    def at(self, store_id: int, email: str) -> Subscriber | None:
        self.look_for([], [(store_id, email)])
        return self.by_address[_spelt((store_id, email.strip()))]

    def make(self, person: Subscriber) -> Subscriber:
        self.touch()
        self.new.append(person)
        self.by_address[_spelt((person.store_id, person.email))] = person
        return person

    def call(self, name: Name, person: Subscriber) -> None:
        self.touch()
        self.by_name[name] = person
        store_id, provider, external_id = name
        self.new_names.append(
            ProviderIdentity(store_id=store_id, provider=provider, external_id=external_id, subscriber=person)
        )

    def change(self, person: Subscriber, *names: str) -> None:
        self.touch()
        if "email" in names:
            self.by_address[_spelt((person.store_id, person.email))] = person
        if person.pk is not None:
            self.changed.setdefault(person.pk, (person, set()))[1].update(names)

    def write(self) -> None:
        # In one order, so that two who make the same people at once wait for each other and never in a circle.
        Subscriber.objects.bulk_create(sorted(self.new, key=lambda one: (one.store_id, one.email.lower())))
        self.new_names.sort(key=lambda one: (one.store_id, one.provider, one.external_id))
        ProviderIdentity.objects.bulk_create(self.new_names)
        rows = self.changed.values()
        update_many([person for person, _ in rows], set().union(*(names for _, names in rows)))
        self.new, self.new_names, self.changed = [], [], {}


def nameless(provider: str, external_id: str) -> str:
    """The address of somebody of whom no address was told."""
    return f"{provider}-{external_id}@{UNKNOWN}".lower()


def itself(person: Subscriber) -> Subscriber:
    """Who somebody became who was merged."""
    while person.merged_into is not None:
        person = person.merged_into
    return person


def _spelt(one: tuple[int, str]) -> tuple[int, str]:
    return one[0], one[1].lower()
