"""Whether somebody may be written to now: consent, quiet hours, caps over all flows, and what is open with them."""

from success.models import ContactCap, ContactPolicy

DEFAULT_CAPS = (("", 3, 168),)  # category, most, hours


def policy_of(store_id: int) -> ContactPolicy:
    """The store's limits; the usual ones are written down when they are asked for first."""
    if policy := ContactPolicy.objects.filter(store=store_id).first():
        return policy
    ContactPolicy.objects.bulk_create([ContactPolicy(store_id=store_id)], ignore_conflicts=True)
    policy = ContactPolicy.objects.get(store=store_id)
    caps = [ContactCap(policy=policy, category=one, most=most, hours=hours) for one, most, hours in DEFAULT_CAPS]
    ContactCap.objects.bulk_create(caps, ignore_conflicts=True)
    return policy
