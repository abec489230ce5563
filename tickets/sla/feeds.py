"""Keeps calendars up to date: their feeds of closed days, and public holidays of the years to come.

Each calendar is asked once a day, after a fault again in an hour; the fault stays on the calendar until it is read
again, with the days that were known before.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from subscribers.errors import Refused
from tickets.enums import ExceptionSource
from tickets.models import BusinessCalendar
from tickets.sla.closed_days import MOST_BYTES, Unreadable, read_closed_days, replace_closed_days
from tickets.sla.feed_fetch import NotFetched, fetch
from tickets.sla.publishing import publish_calendar

DAILY, AFTER_A_FAULT = timedelta(hours=23), timedelta(minutes=50)


def import_closed_days(calendar: BusinessCalendar, content: bytes) -> int:
    """Takes a file's closed days in, in place of those of the file before, and publishes; how many there are.

    Raises `Unreadable` for what is no list of closed days.
    """
    days = read_closed_days(content, today=timezone.localdate())
    with transaction.atomic():
        if replace_closed_days(calendar, days, ExceptionSource.FILE):
            publish_calendar(calendar)
    return len(days)


def refresh_calendars(now: datetime | None = None, get: Callable[[str], bytes] | None = None) -> int:
    """Refreshes the calendars whose day it is; how many were asked. One calendar's fault stops no other."""
    now = now or timezone.now()
    due = BusinessCalendar.objects.filter(_due(now))
    asked = 0
    for calendar in due.order_by("pk"):
        # Compare and set: of two workers, one asks.
        if BusinessCalendar.objects.filter(_due(now), pk=calendar.pk).update(feed_checked_at=now):
            refresh_calendar(calendar, get)
            asked += 1
    return asked


def refresh_calendar(calendar: BusinessCalendar, get: Callable[[str], bytes] | None = None) -> str:
    """Reads one calendar's feed, if it has one, and publishes what changed; the fault in words, "" for none."""
    get = get or _get
    error, days = "", None
    try:
        if calendar.feed_url:
            days = read_closed_days(get(calendar.feed_url), today=timezone.localdate())
    except (NotFetched, Unreadable) as fault:
        error = str(fault)
    now = timezone.now()
    try:
        with transaction.atomic():
            if days is not None or not calendar.feed_url:
                # Without an address there is no feed any more, and none of its days.
                replace_closed_days(calendar, days or {}, ExceptionSource.FEED)
            publish_calendar(calendar)
    except Refused as refused:
        error = refused.message
    read = {"feed_read_at": now} if calendar.feed_url and not error else {}
    BusinessCalendar.objects.filter(pk=calendar.pk).update(feed_checked_at=now, feed_error=error, **read)
    calendar.refresh_from_db()
    return error


def _get(url: str) -> bytes:
    return fetch(url, most_bytes=MOST_BYTES)


def _due(now: datetime) -> Q:
    fault = ~Q(feed_error="") & Q(feed_checked_at__lte=now - AFTER_A_FAULT)
    return Q(feed_checked_at=None) | Q(feed_checked_at__lte=now - DAILY) | fault
