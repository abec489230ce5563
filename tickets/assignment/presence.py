"""Who is there: told by open pages, and by each colleague's own word."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from subscribers.later import soon
from tickets.models import Presence

GIVE = "tickets.tasks.give_tickets"


def heard(user: AbstractBaseUser) -> Presence:
    """A page of this person is open: they are online. Whoever comes back is given what waits, at once."""
    now = timezone.now()
    before = Presence.objects.filter(pk=user.pk).first()
    presence = before or Presence(user_id=user.pk)
    was_there = before is not None and before.is_available(now)
    presence.seen_at = now
    Presence.objects.bulk_create([presence], update_conflicts=True, unique_fields=["user"], update_fields=["seen_at"])
    if not was_there and presence.is_available(now):
        soon(GIVE)
    return presence


@transaction.atomic
def set_away(user: AbstractBaseUser, *, until: datetime | None = None) -> Presence:
    """They take no tickets, until then or until they say otherwise. Refused of a time that is over."""
    now = timezone.now()
    if until is not None and until <= now:
        raise Refused(_("Choose a time in the future."), "until")
    presence = _locked(user)
    if not presence.is_away(now):
        presence.away_since = now
    presence.away_until = until
    presence.save(update_fields=["away_since", "away_until"])
    return presence


@transaction.atomic
def set_available(user: AbstractBaseUser) -> Presence:
    """They take tickets, and are given what waits, at once."""
    presence = _locked(user)
    presence.away_since = presence.away_until = None
    presence.seen_at = timezone.now()  # whoever says so is there
    presence.save(update_fields=["away_since", "away_until", "seen_at"])
    soon(GIVE)
    return presence


def _locked(user: AbstractBaseUser) -> Presence:
    presence, _made = Presence.objects.select_for_update().get_or_create(user_id=user.pk)
    return presence
