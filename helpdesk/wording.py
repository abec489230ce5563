"""Times, durations and money as words. times.js says the same in the browser; keep the two in step."""

import zlib
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, gettext_noop

MINUTE, HOUR, DAY = 60, 3600, 86_400
UNITS = ((DAY, gettext_noop("{count} d")), (HOUR, gettext_noop("{count} h")), (MINUTE, gettext_noop("{count} min")))
# Above this many days a date says more than a number of days.
DAYS_AS_WORDS = 30
SYMBOLS = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "CAD": "CA$",
    "AUD": "A$",
    "NZD": "NZ$",
    "INR": "₹",
}
WITHOUT_CENTS = {"JPY", "KRW", "CLP", "ISK", "VND"}
HUES = 8


def duration_words(seconds: float, *, parts: int = 2) -> str:
    """A length of time: "45 s", "12 min", "1 h 20 min", "3 d 4 h". Negative lengths count as their size."""
    rest = int(abs(seconds))
    if rest < MINUTE:
        return gettext("{count} s").format(count=rest)
    words = []
    for size, unit in UNITS:
        count, rest = divmod(rest, size)
        if count:
            words.append(gettext(unit).format(count=count))
        elif words:
            break
    return " ".join(map(str, words[:parts]))


def relative_words(moment: datetime, now: datetime) -> str:
    """How long ago or ahead `moment` is: "just now", "3 h ago", "in 2 d", "14 Mar", "14 Mar 2024"."""
    seconds = (moment - now).total_seconds()
    size = abs(seconds)
    if size < MINUTE:
        return gettext("just now") if seconds <= 0 else gettext("in under 1 min")
    if size >= DAYS_AS_WORDS * DAY:
        return day_words(moment, now)
    words = gettext("{time} ago") if seconds < 0 else gettext("in {time}")
    return words.format(time=duration_words(size, parts=1))


def day_words(moment: datetime, now: datetime) -> str:
    """A day in the reader's zone, with its year where that is not this year's."""
    here = timezone.localtime(moment)
    return date_format(here, gettext("j M") if here.year == timezone.localtime(now).year else gettext("j M Y"))


def exact_words(moment: datetime) -> str:
    """The exact time in the reader's zone: "Fri 14 Mar 2025, 16:05 CET"."""
    return date_format(timezone.localtime(moment), gettext("D j M Y, H:i T"))


def due_state(due: datetime, now: datetime, *, soon: timedelta) -> str:
    if due <= now:
        return "overdue"
    return "soon" if due - now <= soon else "ok"


def due_words(due: datetime, now: datetime) -> str:
    seconds = (due - now).total_seconds()
    if abs(seconds) < MINUTE:
        return gettext("due now")
    words = gettext("in {time}") if seconds > 0 else gettext("{time} over")
    return words.format(time=duration_words(seconds))


def money_words(amount: Decimal | int | float | str, currency: str) -> str:
    """An amount in whole units of its currency: "$1,234.50", "-€3.00", "CHF 20.00"; in German "1.234,50 $"."""
    places = 0 if currency in WITHOUT_CENTS else 2
    value = Decimal(amount)
    sign = "-" if round(value, places) < 0 else ""
    if (get_language() or "en") == "en":
        return f"{sign}{SYMBOLS.get(currency, currency + ' ')}{abs(value):,.{places}f}"
    number = number_format(abs(value), places, use_l10n=True, force_grouping=True)
    return f"{sign}{number} {SYMBOLS.get(currency, currency)}"


def initials_of(name: str) -> str:
    """Two letters for an avatar: of the first and the last word, or of a mail address."""
    words = [word for word in name.split("@")[0].replace(".", " ").replace("_", " ").split() if word]
    letters = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in letters).upper()


def hue_of(name: str) -> int:
    """A number below `HUES` that stays the same for a name."""
    return zlib.crc32(name.strip().lower().encode()) % HUES
