"""The only writers of kept lists, and of how each person likes a list."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from subscribers.models import Store
from tickets import columns as list_columns
from tickets.models import ListPreference, Queue, SavedView
from tickets.saved_views.asking import LONGEST, kept
from tickets.saved_views.selectors import changeable_by, led_stores, teams_of

Audience = AbstractBaseUser | Queue | Store


def save_view(*, actor: AbstractBaseUser, name: str, audience: Audience, query: str) -> SavedView:
    """Keep a list, last in its order. Refused: a name that is taken, an audience that is not the actor's to give to."""
    whose = _whose(audience, actor)
    last = SavedView.objects.filter(**whose).order_by("-position").values_list("position", flat=True).first() or 0
    view = SavedView(made_by_id=actor.pk, query=_query(query), position=min(last + 1, 32_000), **whose)
    return _named(view, name)


def change_view(view: SavedView, *, actor: AbstractBaseUser, name: str, audience: Audience) -> SavedView:
    """Another name, or others to share it with. Refused as in `save_view`."""
    view = _mine(view, actor)
    wanted = _whose(audience, actor)
    for part in ("owner", "queue", "store"):
        setattr(view, f"{part}_id", wanted.get(f"{part}_id"))
    return _named(view, name)


def change_query(view: SavedView, *, actor: AbstractBaseUser, query: str) -> SavedView:
    """Show what this query asks from now on."""
    view = _mine(view, actor)
    view.query, view.updated_at = _query(query), timezone.now()
    view.save(update_fields=["query", "updated_at"])
    return view


def delete_view(view: SavedView, *, actor: AbstractBaseUser) -> None:
    _mine(view, actor).delete()


@transaction.atomic
def move_view(view: SavedView, *, actor: AbstractBaseUser, step: int) -> None:
    """One place up (-1) or down (1) among the lists of the same person, team or store."""
    view = _mine(view, actor)
    group = SavedView.objects.filter(owner=view.owner_id, queue=view.queue_id, store=view.store_id)
    # Locked in the order of their keys, so that two people who sort at once wait for each other.
    list(group.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    order = list(group.in_order())
    at = order.index(view)
    to = min(max(at + step, 0), len(order) - 1)
    order.insert(to, order.pop(at))
    for place, one in enumerate(order, start=1):
        one.position = place
    SavedView.objects.bulk_update(order, ["position"])


def keep_columns(*, user: AbstractBaseUser, view: str = "", saved: SavedView | None = None, columns: str) -> None:
    """Remember the columns that this person likes in one list; the usual ones where `columns` is empty."""
    chosen = ",".join(list_columns.chosen(columns)) if columns else ""
    ListPreference.objects.update_or_create(user_id=user.pk, view=view, saved_view=saved, defaults={"columns": chosen})


@transaction.atomic
def open_first(*, user: AbstractBaseUser, saved: SavedView | None) -> None:
    """The kept list that `/tickets/` opens with; None: the list of all that is open."""
    ListPreference.objects.filter(user_id=user.pk, is_first=True).update(is_first=False)
    if saved is not None:
        ListPreference.objects.update_or_create(user_id=user.pk, view="", saved_view=saved, defaults={"is_first": True})


def _mine(view: SavedView, actor: AbstractBaseUser) -> SavedView:
    found = changeable_by(actor).filter(pk=view.pk).first()
    if found is None:
        raise Refused(_("Only who made this view, and leads, change it."))
    return found


def _whose(audience: Audience, actor: AbstractBaseUser) -> dict[str, Any]:
    if isinstance(audience, Store):
        if not led_stores(actor).filter(pk=audience.pk).exists():
            raise Refused(_("Only leads and administrators share a view with everyone."), "audience")
        return {"store_id": audience.pk}
    if isinstance(audience, Queue):
        if not teams_of(actor).filter(pk=audience.pk).exists():
            raise Refused(_("You are not in this team."), "audience")
        return {"queue_id": audience.pk}
    return {"owner_id": actor.pk}


def _query(query: str) -> str:
    found = kept(QueryDict(query))
    if len(found) > LONGEST:
        raise Refused(_("These filters are too long to be kept."))
    return found


def _named(view: SavedView, name: str) -> SavedView:
    view.name, view.updated_at = " ".join(name.replace("\x00", "").split()), timezone.now()
    if not view.name:
        raise Refused(_("A view needs a name."), "name")
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        if "saved_view_once" not in str(error):
            raise
        raise Refused(_("There is a view of this name already."), "name") from None
    return view
