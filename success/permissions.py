"""Who may act on alerts. Reading them is `visible_to`."""

from django.db.models import Q, QuerySet

from subscribers.enums import Role, TeamMode
from subscribers.models import Membership, Store
from subscribers.models.stores import Viewer

# Where success is a team of its own, agents read alerts beside their tickets and these work them.
SUCCESS_TEAM = (Role.SUCCESS, Role.LEAD, Role.ADMIN)


def stores_to_work(user: Viewer) -> QuerySet[Store]:
    """The stores whose alerts this person may work: as one team everybody, as two the success team."""
    stores = Store.objects.visible_to(user)
    if getattr(user, "is_superuser", False):
        return stores
    working = Membership.objects.filter(Q(store__team_mode=TeamMode.ONE) | Q(role__in=SUCCESS_TEAM))
    return stores.filter(pk__in=working.filter(user_id=user.pk or 0).values("store"))


def may_work_alerts(user: Viewer, store_id: int) -> bool:
    return stores_to_work(user).filter(pk=store_id).exists()


def stores_of_flows(user: Viewer) -> QuerySet[Store]:
    """The stores whose flows this person may edit: the success team's, as one team or two; agents read."""
    stores = Store.objects.visible_to(user)
    if getattr(user, "is_superuser", False):
        return stores
    editing = Membership.objects.filter(role__in=SUCCESS_TEAM, user_id=user.pk or 0)
    return stores.filter(pk__in=editing.values("store"))


def may_edit_flows(user: Viewer, store_id: int) -> bool:
    return stores_of_flows(user).filter(pk=store_id).exists()


def halves_of(user: Viewer) -> tuple[bool, bool]:
    """Whether tickets, and whether alerts, are this person's own work.

    As one team both are everybody's; of two, agents have tickets, the success team alerts, leads and admins both.
    """
    if getattr(user, "is_superuser", False):
        return True, True
    mine = Membership.objects.filter(user_id=user.pk or 0).values_list("role", "store__team_mode")
    found = set(mine)
    tickets = any(mode == TeamMode.ONE or role != Role.SUCCESS for role, mode in found)
    alerts = any(mode == TeamMode.ONE or role != Role.AGENT for role, mode in found)
    return tickets or not found, alerts
