"""Which milestones a store asks for."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from success.milestones.compute import Asked
from success.models import Milestone

COLUMNS = ("predicate", "number", "subject", "anchor", "target_days", "behind_after_days", "stuck_after_days")


def definitions_of(stores: Iterable[int]) -> dict[int, list[Asked]]:
    """By store, in their order. A store's own definition with a key, on or off, stands before the shared one.

    Two statements.
    """
    wanted = sorted(set(stores))
    rows = list(Milestone.objects.filter(Q(store__in=wanted) | Q(store=None)).order_by("position", "pk"))
    products: dict[int, set[int]] = defaultdict(set)
    links = Milestone.products.through.objects.filter(milestone__in=[row.pk for row in rows])
    for milestone, product in links.values_list("milestone_id", "product_id"):
        products[milestone].add(product)
    found = {}
    for store in wanted:
        own = {row.key for row in rows if row.store_id == store}
        meant = (row for row in rows if row.store_id == store or (row.store_id is None and row.key not in own))
        found[store] = [_asked(row, products[row.pk]) for row in meant if row.is_active]
    return found


def _asked(row: Milestone, products: set[int]) -> Asked:
    given: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS}
    return Asked(pk=row.pk, products=frozenset(products), **given)
