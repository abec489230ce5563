"""When two teams may suit a store better than one, and who is told."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from subscribers.enums import Role, TeamMode
from subscribers.errors import Refused
from subscribers.models import Membership, Store, Subscription
from subscribers.models.stores import Viewer
from success.models import SplitNote

MANY = 5000  # active subscribers; one team seldom serves more well


def led_by(user: Viewer) -> QuerySet[Store]:
    """The stores whose teams this person may arrange: leads and administrators."""
    if getattr(user, "is_superuser", False):
        return Store.objects.all()
    leading = Membership.objects.filter(user_id=user.pk or 0, role__in=(Role.LEAD, Role.ADMIN))
    return Store.objects.filter(pk__in=leading.values("store"))


def is_large(store: Store) -> bool:
    """Whether more than MANY people subscribe to it now; it counts no further."""
    people = Subscription.objects.active().filter(subscriber__store=store).values("subscriber").distinct()
    return people[: MANY + 1].count() > MANY


def suggestion_for(user: Viewer) -> Store | None:
    """The first store that this person leads, as one team, and that has outgrown it; until somebody has read that."""
    stores = led_by(user).filter(team_mode=TeamMode.ONE).exclude(pk__in=SplitNote.objects.values("store"))
    return next((store for store in stores.order_by("pk") if is_large(store)), None)


@transaction.atomic
def set_team_mode(store: Store, mode: TeamMode, *, actor: AbstractBaseUser) -> None:
    """One team or two. Refused of whoever does not lead the store."""
    if not led_by(actor).filter(pk=store.pk).exists():
        raise Refused(gettext("Leads and administrators arrange the teams of a store."))
    Store.objects.filter(pk=store.pk).update(team_mode=mode)


@transaction.atomic
def dismiss(store: Store, *, actor: AbstractBaseUser) -> None:
    if not led_by(actor).filter(pk=store.pk).exists():
        raise Refused(gettext("Leads and administrators arrange the teams of a store."))
    SplitNote.objects.get_or_create(store=store, defaults={"dismissed_by_id": actor.pk})
