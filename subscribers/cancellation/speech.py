"""Dates, money and frequencies as a subscriber reads them: in their language and their zone."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, ngettext

from subscribers.enums import Interval
from subscribers.models import Store, Subscriber

LANGUAGES = ("en", "de", "es")
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}


def known_language(*wanted: str) -> str:
    """The first of these that our pages speak, else English."""
    for name in wanted:
        code = name.lower().replace("_", "-").partition("-")[0]
        if code in LANGUAGES:
            return code
    return "en"


def language_of(subscriber: Subscriber) -> str:
    return known_language(subscriber.language, subscriber.store.language)


def zone_of(subscriber: Subscriber | None, store: Store) -> ZoneInfo:
    for name in (subscriber.time_zone if subscriber else "", store.time_zone):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo("UTC")


def day(moment: datetime, zone: ZoneInfo) -> str:
    return date_format(moment.astimezone(zone), "DATE_FORMAT")


def minute(moment: datetime, zone: ZoneInfo) -> str:
    """With the zone's name: what a receipt states has to be clear."""
    local = moment.astimezone(zone)
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M} {local.tzname()}"


def money(amount: Decimal, currency: str) -> str:
    number = number_format(amount, 2, use_l10n=True)
    symbol = SYMBOLS.get(currency)
    if symbol and (get_language() or "en").startswith("en"):
        return f"{symbol}{number}"
    return f"{number} {symbol or currency}"


def frequency(interval: str, count: int) -> str:
    """How often, within a sentence: "every month", "every 2 months"."""
    if count == 1:
        return {
            Interval.DAY: gettext("every day"),
            Interval.WEEK: gettext("every week"),
            Interval.MONTH: gettext("every month"),
            Interval.YEAR: gettext("every year"),
        }[Interval(interval)]
    words = {
        Interval.DAY: ngettext("every %(count)s day", "every %(count)s days", count),
        Interval.WEEK: ngettext("every %(count)s week", "every %(count)s weeks", count),
        Interval.MONTH: ngettext("every %(count)s month", "every %(count)s months", count),
        Interval.YEAR: ngettext("every %(count)s year", "every %(count)s years", count),
    }
    return words[Interval(interval)] % {"count": count}


def date_words(on: date) -> str:
    return date_format(on, "DATE_FORMAT")
