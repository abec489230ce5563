"""Up to which amount somebody may have an action done without a lead's approval.

A store's own row counts before the shared one. Where there is neither, the usual ones are written down for the store
when they are asked for first, so that they are seen and changed in the admin; what has no usual one needs approval
above a stated amount. Nothing is without a limit but what leads, administrators and rules of the store do.
"""

from decimal import Decimal

from django.db.models import Q

from subscribers.enums import ActionKind, Role
from subscribers.models import ApprovalLimit

# In the store's currency.
USUAL: dict[tuple[Role, ActionKind], Decimal] = {
    (Role.AGENT, ActionKind.REFUND): Decimal(50),
    (Role.AGENT, ActionKind.REPLACEMENT): Decimal(100),
    (Role.AGENT, ActionKind.GIFT): Decimal(25),
    (Role.AGENT, ActionKind.DISCOUNT): Decimal(25),
    (Role.SUCCESS, ActionKind.REFUND): Decimal(50),
    (Role.SUCCESS, ActionKind.REPLACEMENT): Decimal(100),
    (Role.SUCCESS, ActionKind.GIFT): Decimal(50),
    (Role.SUCCESS, ActionKind.DISCOUNT): Decimal(50),
}
# Of what nobody thought of; also for whoever has no role in the store.
UNSTATED = Decimal(25)


def limit_of(store_id: int, role: str | None, kind: str) -> Decimal:
    """The most that this role may have done by itself; leads are not asked about."""
    if role is None:
        return UNSTATED
    known = _known(store_id, role, kind)
    if known is None and (Role(role), ActionKind(kind)) in USUAL:
        install(store_id)
        known = _known(store_id, role, kind)
    return UNSTATED if known is None else known


def _known(store_id: int, role: str, kind: str) -> Decimal | None:
    rows = ApprovalLimit.objects.filter(Q(store=store_id) | Q(store=None), role=role, kind=kind)
    return rows.order_by("store").values_list("amount", flat=True).first()  # NULL, shared: last


def install(store_id: int) -> None:
    """Write the usual limits down for a store, but those that it, or all stores, have already."""
    rows = ApprovalLimit.objects.filter(Q(store=store_id) | Q(store=None))
    known = set(rows.values_list("role", "kind"))
    ApprovalLimit.objects.bulk_create(
        [
            ApprovalLimit(store_id=store_id, role=role, kind=kind, amount=amount)
            for (role, kind), amount in USUAL.items()
            if (role, kind) not in known
        ],
        ignore_conflicts=True,
    )
