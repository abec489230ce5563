"""Which rules hold for a subscriber, and publishing new ones. Not legal advice: rows, edited in the admin."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Q

from subscribers.cancellation.enums import Effect, PageForm, ReasonAsked
from subscribers.models import Store, Subscriber
from subscribers.models.cancellation_rules import CancellationPolicy, CancellationPolicyVersion, CancellationSettings

UNION = "EU"
_MEMBERS = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
MEMBERS = frozenset(_MEMBERS.split())


@dataclass(frozen=True)
class Rules:
    """What a version of a policy says."""

    name: str = "Everywhere"
    country: str = ""
    region: str = ""
    page_form: str = PageForm.STEPS
    offer_pages: int = 1
    reason_asked: str = ReasonAsked.BEFORE
    entry_label: str = ""
    final_label: str = ""
    effect: str = Effect.PERIOD_END
    withdrawal_days: int = 0
    mail_suffices: bool = False
    record_years: int = 3
    reminder_days: int = 0
    reminder_min_months: int = 12

    @property
    def is_statutory(self) -> bool:
        return self.page_form == PageForm.STATUTORY

    @property
    def asks_reason_before(self) -> bool:
        return self.reason_asked == ReasonAsked.BEFORE

    @property
    def asks_reason_after(self) -> bool:
        return self.reason_asked == ReasonAsked.AFTER


RULES = tuple(field.name for field in fields(Rules))

STARTER_POLICIES = (
    Rules(),
    # § 312k BGB: a button for good, one page with the statutory fields and the final button, no log-in, no offers.
    Rules(
        name="Germany",
        country="DE",
        page_form=PageForm.STATUTORY,
        offer_pages=0,
        reason_asked=ReasonAsked.AFTER,
        entry_label="Verträge hier kündigen",
        final_label="jetzt kündigen",
        withdrawal_days=14,
        mail_suffices=True,
    ),
    # Directive (EU) 2023/2673: a function to withdraw, in two steps, from 19 June 2026.
    Rules(name="European Union", country=UNION, withdrawal_days=14, mail_suffices=True),
    Rules(name="United Kingdom", country="GB", withdrawal_days=14, reminder_days=14, reminder_min_months=6),
    # ROSCA: as easy as signing up.
    Rules(name="United States", country="US"),
    # AB 2863: cancelled online where it was bought online, nothing in the way, records for three years.
    Rules(name="California", country="US", region="CA", mail_suffices=True, reminder_days=30),
    Rules(name="New York", country="US", region="NY", reminder_days=30),
    Rules(name="Massachusetts", country="US", region="MA", reminder_days=30, reminder_min_months=2),
)


@transaction.atomic
def install_policies() -> None:
    """Add the shared policies that are missing; those that are there stay as somebody edited them.

    Two may do it at once, such as two panels of one page: the second waits, and adds nothing.
    """
    shared = CancellationPolicy.objects.filter(store=None)
    there = set(shared.values_list("country", "region"))
    missing = [rules for rules in STARTER_POLICIES if (rules.country, rules.region) not in there]
    CancellationPolicy.objects.bulk_create(
        [CancellationPolicy(**asdict(rules), version=1) for rules in missing], ignore_conflicts=True
    )
    CancellationPolicyVersion.objects.bulk_create(
        CancellationPolicyVersion(policy=policy, number=policy.version, rules=asdict(rules_of(policy)))
        for policy in shared.filter(versions=None)
    )


@transaction.atomic
def publish(policy: CancellationPolicy, *, actor: AbstractBaseUser | None) -> CancellationPolicyVersion:
    """Save a policy; where its rules differ from its newest version's, as a new version."""
    if policy.pk:
        policy.version = (
            CancellationPolicy.objects.select_for_update().values_list("version", flat=True).get(pk=policy.pk)
        )
    rules = asdict(rules_of(policy))
    newest = policy.versions.filter(number=policy.version).first() if policy.pk else None
    if newest is not None and newest.rules == rules:
        policy.save()
        return newest
    policy.version += 1
    policy.save()
    return CancellationPolicyVersion.objects.create(
        policy=policy, number=policy.version, rules=rules, actor_id=actor.pk if actor else None
    )


def rules_of(policy: CancellationPolicy) -> Rules:
    return Rules(**{name: getattr(policy, name) for name in RULES})


def rules_in(version: CancellationPolicyVersion) -> Rules:
    """What a version said; a rule that is newer than the version has its default."""
    return Rules(**{name: value for name, value in version.rules.items() if name in RULES})


def policy_for(subscriber: Subscriber) -> CancellationPolicyVersion:
    """The newest version of the most specific policy for where the subscriber lives, else where the store is."""
    return policy_at(subscriber.store, subscriber.country or subscriber.store.country, subscriber.region)


def policy_at(store: Store | None, country: str, region: str = "") -> CancellationPolicyVersion:
    """The most specific policy of a place; the store's own before the shared one of the same place.

    Where every policy that fits is switched off, the shared one of everywhere holds: some rules always do.
    """
    best = _active_at(store, country, region)
    if best is None:
        install_policies()
        best = _active_at(store, country, region)
    if best is None:
        best = CancellationPolicy.objects.get(store=None, country="", region="")
    return best.versions.get(number=best.version)


def _active_at(store: Store | None, country: str, region: str) -> CancellationPolicy | None:
    country, region = country.strip().upper(), region.strip()
    places = [""] + ([UNION] if country in MEMBERS else []) + ([country] if country else [])
    mine = Q(store=None) | (Q(store=store) if store else Q())
    found = CancellationPolicy.objects.filter(mine, country__in=places, is_active=True)
    return _most_specific(list(found), places, country, region)


def _most_specific(
    policies: Sequence[CancellationPolicy], places: Sequence[str], country: str, region: str
) -> CancellationPolicy | None:
    code = region.upper().removeprefix(f"{country}-")
    fitting = [
        policy
        for policy in policies
        if not policy.region or policy.region.upper() == code or policy.name.casefold() == region.casefold()
    ]
    return max(
        fitting,
        key=lambda policy: (places.index(policy.country), bool(policy.region), policy.store_id is not None),
        default=None,
    )


def settings_of(store: Store) -> CancellationSettings:
    """The store's settings, or what holds until somebody sets them."""
    return CancellationSettings.objects.filter(store=store).first() or CancellationSettings(store=store)


def risks(rules: Rules) -> list[str]:
    """What is legally risky in these rules, in words for the administrator."""
    found = []
    if rules.country == "DE":
        if not rules.is_statutory:
            found.append("§ 312k BGB asks for one page with the statutory fields and the final button.")
        if rules.offer_pages:
            found.append("Offers before the final button are taken for an obstruction in Germany.")
        if rules.final_label and rules.final_label.strip().lower() not in ("jetzt kündigen", "jetzt kündigen!"):
            found.append("The final button has to say “jetzt kündigen”, or as clearly that.")
        if rules.entry_label and rules.entry_label.strip().lower() != "verträge hier kündigen":
            found.append("The way in has to say “Verträge hier kündigen”, or as clearly that.")
    if rules.country in MEMBERS | {UNION} and rules.withdrawal_days < 14:
        found.append("Consumers of the Union may withdraw for 14 days, by a function of its own from 19 June 2026.")
    if rules.country == "US" and rules.region == "CA" and rules.record_years < 3:
        found.append("California asks for records of three years.")
    if rules.country == "US" and rules.region in ("NY", "MA", "CA") and not rules.reminder_days:
        found.append("This state asks for a notice before longer terms renew.")
    return found
