"""Whom the rows of a chunk speak of, and rows about subscribers themselves."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from subscribers.enums import Actor, Channel, ConsentCategory
from subscribers.imports.enums import ImportKind, Outcome
from subscribers.imports.resource import ChunkResource, Draft
from subscribers.models import Consent, ConsentEvent, Erasure, ProviderIdentity, Subscriber
from subscribers.privacy.erasure import address_hash
from subscribers.services.people import UNKNOWN, known_people

FILLED = ("name", "phone", "country", "region", "language", "time_zone")


def find_people(resource: ChunkResource, drafts: Sequence[Draft]) -> None:
    """Know or make the person of each good draft (its `known["person"]`), or refuse it. Eight statements at most."""
    store = resource.store
    identities = ProviderIdentity.objects.filter(store=store, provider=resource.provider)
    numbers = {draft["customer_id"] for draft in drafts if draft["customer_id"]}
    by_number = {
        one.external_id: one.subscriber.merged_into or one.subscriber
        for one in identities.filter(external_id__in=numbers).select_related("subscriber__merged_into")
    }
    emails = {draft["email"] for draft in drafts if draft["email"]}
    by_email = known_people(store, emails)
    forgotten = _forgotten(store.pk, [email for email in emails if email not in by_email])
    wanted: dict[str, Draft] = {}
    for draft in drafts:
        numbered, addressed = by_number.get(draft["customer_id"]), by_email.get(draft["email"])
        if numbered and addressed and numbered.pk != addressed.pk:
            draft.refuse(
                "customer_id",
                (
                    gettext("Customer %(draft)s is %(email)s here, and %(draft2)s is somebody else. Merge them first.")
                    % {"draft": draft["customer_id"], "email": numbered.email, "draft2": draft["email"]}
                ),
            )
        elif numbered or addressed:
            draft.known["person"] = numbered or addressed
        elif not draft["email"]:
            draft.refuse(
                "customer_id",
                gettext("Customer %(draft)s is not known. Import the customers first.")
                % {"draft": draft["customer_id"]},
            )
        elif draft["email"] in forgotten:
            draft.refuse("email", gettext("This person asked to be forgotten. They come back only by themselves."))
        else:
            wanted.setdefault(draft["email"].lower(), draft)
            draft.known["is_new_person"] = True
    if wanted:
        _make(resource, wanted)
        made = known_people(store, {draft["email"] for draft in drafts if draft.known.get("is_new_person")})
        for draft in drafts:
            if draft.known.get("is_new_person"):
                draft.known["person"] = made[draft["email"]]
    ProviderIdentity.objects.bulk_create(
        [
            ProviderIdentity(
                store=store, subscriber=person, provider=resource.provider, external_id=draft["customer_id"]
            )
            for draft in drafts
            if draft.is_good and (person := draft.known.get("person")) and draft["customer_id"] not in by_number
            if draft["customer_id"]
        ],
        ignore_conflicts=True,
    )


def _make(resource: ChunkResource, wanted: dict[str, Draft]) -> None:
    store = resource.store
    Subscriber.objects.bulk_create(
        [
            Subscriber(
                store=store,
                email=draft["email"],
                name=resource.name_of(draft),
                # A subscription's file tells an address, not where its payer lives.
                **(
                    {
                        **{name: draft[name] or "" for name in FILLED if name != "name"},
                        "created_at": min(draft["created_at"] or resource.now, resource.now),
                        "language": draft["language"] or store.language,
                    }
                    if resource.kind == ImportKind.SUBSCRIBERS
                    else {"language": store.language}
                ),
            )
            # In one order, so that two who make the same people at once wait for each other and never in a circle.
            for _, draft in sorted(wanted.items())
        ],
        ignore_conflicts=True,
    )


def _forgotten(store_id: int, emails: Iterable[str]) -> set[str]:
    """Those of these addresses that were erased."""
    hashes = {
        address_hash(store_id, email, key): email
        for email in emails
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    }
    erased = Erasure.objects.filter(store=store_id, address_hashes__has_any_keys=list(hashes)) if hashes else ()
    return {hashes[one] for erasure in erased for one in erasure.address_hashes if one in hashes}


class SubscriberResource(ChunkResource):
    """What is known of a person stays; what is not is taken over. Consent: the newest word counts."""

    kind = ImportKind.SUBSCRIBERS

    def key(self, draft: Draft) -> tuple[Any, ...]:
        return ("email", draft["email"].lower())

    def check(self, draft: Draft) -> list[tuple[str, str]]:
        faults = [] if draft["email"] else [("email", "is needed")]
        for category in ("marketing", "success"):
            at = draft[f"{category}_at"]
            if draft[category] and draft[f"{category}_proof"] and at is None:
                faults.append((f"{category}_at", "Consent with a proof needs the day on which it was given."))
            if at is not None and at > self.now:
                faults.append((f"{category}_at", "lies in the future"))
        return faults

    def take_in(self, drafts: Sequence[Draft]) -> None:
        find_people(self, drafts)
        good = [draft for draft in drafts if draft.is_good]
        pks = {draft.known["person"].pk for draft in good}
        rows = Subscriber.objects.filter(pk__in=pks).select_for_update(no_key=True).order_by("pk")
        people = {person.pk: person for person in rows}
        changed: dict[int, Subscriber] = {}
        for draft in good:
            person = people[draft.known["person"].pk]
            draft.known["person"], draft.pk = person, person.pk
            if draft.known.get("is_new_person"):
                draft.outcome = Outcome.NEW
                draft.changed("Subscriber", "", f"{person.name} {person.email}".strip())
            elif self._fill(draft, person):
                changed[person.pk] = person
        Subscriber.objects.bulk_update(list(changed.values()), ["email", "undeliverable_at", *FILLED], batch_size=None)
        self._take_consents(good)

    def _fill(self, draft: Draft, person: Subscriber) -> bool:
        """Take over what is not known; whether anything was."""
        is_changed = False
        if draft["email"].lower() != person.email.lower():
            if person.email.endswith(f"@{UNKNOWN}"):
                draft.changed("Mail address", person.email, draft["email"])
                person.email, person.undeliverable_at, is_changed = draft["email"], None, True
            else:
                draft.outcome = Outcome.KEPT
        for name in FILLED:
            told = self.name_of(draft) if name == "name" else draft[name]
            known = getattr(person, name)
            if told and not known:
                setattr(person, name, told)
                draft.changed(name.replace("_", " ").capitalize(), "", told)
                is_changed = True
            elif told and told != known:
                draft.outcome = Outcome.KEPT
        if is_changed:
            draft.outcome = Outcome.CHANGED
        return is_changed

    def _take_consents(self, drafts: Sequence[Draft]) -> None:
        """A yes needs its proof and its day; without them it is nobody's consent, and is left out. A no needs none."""
        pks = [draft.pk for draft in drafts]
        rows = Consent.objects.filter(subscriber__in=pks, channel=Channel.MAIL)
        known = {(row.subscriber_id, row.category): row for row in rows}
        events, standing = [], []
        for draft in drafts:
            for category in (ConsentCategory.MARKETING, ConsentCategory.SUCCESS):
                granted = draft[category.value]
                if granted is None:
                    continue
                proof = draft[f"{category}_proof"] or self.job.consent_proof
                at: datetime | None = draft[f"{category}_at"] or (None if granted else self.as_of(draft))
                if granted and not (proof and at):
                    draft.changed(f"Consent: {category.label}", "", "left out: no proof, or no day")
                    continue
                there = known.get((draft.known["person"].pk, category))
                if at is None or (there and (there.changed_at > at or (there.changed_at == at and not there.granted))):
                    continue
                if there and there.granted == granted and (not granted or there.changed_at == at):
                    continue
                source = f"import {self.job.pk}, row {draft.number}: {proof}" if proof else f"import {self.job.pk}"
                told = {"subscriber_id": draft.pk, "channel": Channel.MAIL, "category": category, "granted": granted}
                events.append(
                    ConsentEvent(
                        **told,
                        source=source[:200],
                        words=proof or "",
                        actor_kind=Actor.AGENT if self.job.confirmed_by_id else Actor.SYSTEM,
                        actor_id=self.job.confirmed_by_id,
                        occurred_at=at,
                    )
                )
                standing.append(Consent(**told, source=source[:200], changed_at=at))
                draft.changed(
                    f"Consent: {category.label}",
                    there and ("yes" if there.granted else "no"),
                    "yes" if granted else "no",
                )
                if draft.outcome != Outcome.NEW:
                    draft.outcome = Outcome.CHANGED
        ConsentEvent.objects.bulk_create(events)
        Consent.objects.bulk_create(
            standing,
            update_conflicts=True,
            unique_fields=["subscriber", "channel", "category"],
            update_fields=["granted", "source", "changed_at"],
        )
