"""Whether somebody is there, and why they were given a ticket, in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.enums import AssignMode
from tickets.models import Presence


def availability_words(presence: Presence | None, now: datetime | None = None) -> str:
    now = now or timezone.now()
    if presence is None:
        return _("Offline")
    if presence.is_away(now):
        return (
            _("Away until %(time)s") % {"time": _moment(presence.away_until, now)} if presence.away_until else _("Away")
        )
    return _("Available") if presence.is_online(now) else _("Offline")


def _moment(at: datetime, now: datetime) -> str:
    here = timezone.localtime(at)
    is_today = here.date() == timezone.localtime(now).date()
    return date_format(here, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")


def why_words(data: Mapping[str, Any]) -> str:
    """Why a ticket came to somebody, or left them, as its event says; "" where nothing more is to be said."""
    number = data.get("open")
    if isinstance(number, int):
        load = ngettext("%(number)d open", "%(number)d open", number) % {"number": number}
        if data.get("by") == AssignMode.ROUND_ROBIN:
            return _("in turn (%(load)s)") % {"load": load}
        if data.get("by") == AssignMode.LEAST_LOADED:
            return _("the fewest: %(load)s") % {"load": load}
    if data.get("why") == "away":
        minutes = data.get("minutes") or 0
        words = ngettext(
            "not there for %(minutes)d minute, and the customer waits",
            "not there for %(minutes)d minutes, and the customer waits",
            minutes,
        )
        return words % {"minutes": minutes}
    if data.get("why") == "gone":
        return _("does not work here any more")
    return ""
