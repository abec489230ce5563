"""Up to which amount somebody may have an action done without a lead's approval.

A store's own row counts before the shared one. A store has the usual ones from its beginning, seen and changed in the
admin; where one is missing, whatever costs something needs approval. Nothing is without a limit but what leads,
administrators and rules of the store do.
"""

from decimal import Decimal

from django.db.models import Q, QuerySet

from subscribers.enums import ActionKind, Role
from subscribers.models import ApprovalLimit, Membership, Store
from subscribers.models.stores import Viewer

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
# Where nobody set a limit, and for whoever has no role in the store: whatever costs something waits for a lead.
UNSET = Decimal(0)
# Who is asked, and is without a limit.
MAY_APPROVE = (Role.LEAD, Role.ADMIN)


def limit_of(store_id: int, role: str | None, kind: str) -> Decimal:
    """The most that this role may have done by itself; leads are not asked about."""
    rows = ApprovalLimit.objects.filter(Q(store=store_id) | Q(store=None), role=role or "", kind=kind)
    known = rows.order_by("store").values_list("amount", flat=True).first()  # NULL, shared: last
    return UNSET if known is None else known


def limit_for(user: Viewer, store_id: int, kind: str) -> Decimal | None:
    """The most that this person may have done without asking; None: they ask nobody."""
    if getattr(user, "is_superuser", False):
        return None
    role = Membership.objects.filter(store=store_id, user_id=user.pk or 0).values_list("role", flat=True).first()
    return None if role in MAY_APPROVE else limit_of(store_id, role, kind)


def stores_to_approve(user: Viewer) -> QuerySet[Store]:
    """The stores where this person decides about what is over somebody's limit."""
    if getattr(user, "is_superuser", False):
        return Store.objects.all()
    leading = Membership.objects.filter(user_id=user.pk or 0, role__in=MAY_APPROVE)
    return Store.objects.filter(pk__in=leading.values("store"))


def install_limits(store: Store) -> None:
    """Write the usual limits down for a store, but those that it, or all stores, have already."""
    rows = ApprovalLimit.objects.filter(Q(store=store) | Q(store=None))
    known = set(rows.values_list("role", "kind"))
    ApprovalLimit.objects.bulk_create(
        [
            ApprovalLimit(store=store, role=role, kind=kind, amount=amount)
            for (role, kind), amount in USUAL.items()
            if (role, kind) not in known
        ],
        ignore_conflicts=True,
    )
