"""Reads the cells of a file. Every function takes the words of one cell (never empty) and raises ValueError, in words
for the person who made the file, for what it cannot be."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.dateparse import parse_datetime

from subscribers.enums import BoxKind, BoxStatus, CycleStatus, Interval, SubscriptionStatus
from subscribers.facts import CENT
from subscribers.imports.enums import DateOrder, DecimalMark

LONGEST = 5000  # characters of a cell
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
NUMERIC = re.compile(
    r"(?P<a>\d{1,4})(?P<mark>[./-])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{1,4})(?:,?[ T](?P<clock>\d{1,2}:.*))?", re.ASCII
)
WORDED = (
    re.compile(r"(?P<d>\d{1,2})\.?[ -](?P<m>[A-Za-z]{3,9})\.?,?[ -](?P<y>\d{4})(?:,? (?P<clock>\d.*))?", re.ASCII),
    re.compile(r"(?P<m>[A-Za-z]{3,9})\.? (?P<d>\d{1,2}),? (?P<y>\d{4})(?:,? (?:at )?(?P<clock>\d.*))?", re.ASCII),
)
CLOCK = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?(?: ?(Z|UTC|GMT|[+-]\d\d:?\d\d))?", re.ASCII
)
PLAIN = re.compile(r"[+-]?\d+", re.ASCII)
AMOUNT = re.compile(r"[+-]?\d[\d.,' \u00a0\u202f]*", re.ASCII)
CURRENCY_SIGNS = "€$£¥₹"


@dataclass(frozen=True)
class Reading:
    """How the cells of one file are read. `zone`: of times that name none."""

    zone: ZoneInfo
    date_order: str = ""
    decimal_mark: str = ""


def text(told: str, reading: Reading) -> str:
    if CONTROL.search(told):
        raise ValueError("holds characters that no text has (such as NUL)")
    if len(told) > LONGEST:
        raise ValueError(f"is longer than {LONGEST:,} characters")
    try:
        told.encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half a character") from error
    return told


def short(most: int) -> Any:
    def read(told: str, reading: Reading) -> str:
        words = text(told, reading)
        if len(words) > most:
            raise ValueError(f"is longer than {most} characters")
        return words

    return read


def number_id(told: str, reading: Reading) -> str:
    """An id of a provider: as it is, of a global id (gid://shopify/Order/1) its number, and not what a spreadsheet
    made of a long one."""
    words = short(100)(told.removeprefix("'"), reading).strip()
    if re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+\d+", words):
        raise ValueError(f"“{words}” is a number that a spreadsheet rounded; export it as text")
    words = words.rpartition("/")[2].partition("?")[0] if words.startswith("gid://") else words
    return words.removesuffix(".0") if words.removesuffix(".0").isdigit() else words


def email(told: str, reading: Reading) -> str:
    words = text(told, reading).strip()
    try:
        validate_email(words)
    except ValidationError as error:
        raise ValueError(f"“{words[:80]}” is no mail address") from error
    if len(words) > 254:
        raise ValueError("is longer than 254 characters")
    return words


def phone(told: str, reading: Reading) -> str:
    return str(short(40)(told.removeprefix("'"), reading))


def url(told: str, reading: Reading) -> str:
    words = str(short(500)(told, reading))
    try:
        URLValidator(schemes=["http", "https"])(words)
    except ValidationError as error:
        raise ValueError(f"“{words[:80]}” is no address of a page") from error
    return words


def whole(least: int, most: int) -> Any:
    def read(told: str, reading: Reading) -> int:
        words = told.removesuffix(".0")
        if not PLAIN.fullmatch(words) or not least <= int(words[:20]) <= most:
            raise ValueError(f"“{told[:40]}” is no whole number from {least} to {most:,}")
        return int(words)

    return read


def mark_of(told: str) -> str | None:
    """What proves to be the decimal mark of an amount: "." or ","; "" where it could be either; None: nothing does."""
    words = told.strip().strip(CURRENCY_SIGNS).strip()
    if not AMOUNT.fullmatch(words):
        return None
    marks = [letter for letter in words if letter in ".,"]
    if not marks:
        return None
    last = marks[-1]
    after = len(words) - words.rindex(last) - 1
    if len(set(marks)) == 2:
        return last
    if len(marks) > 1:  # 1.234.567: it separates thousands
        return "," if last == "." else "."
    return "" if after == 3 and words[0] != "0" else last


def amount(told: str, reading: Reading) -> Decimal:
    words = told.strip().strip(CURRENCY_SIGNS).strip()
    if not AMOUNT.fullmatch(words):
        raise ValueError(f"“{told[:40]}” is no amount")
    mark = mark_of(words)
    if mark == "":
        mark = reading.decimal_mark
        if not mark:
            raise ValueError(f"“{told[:40]}” could be thousands or decimals")
    elif mark and reading.decimal_mark and mark != reading.decimal_mark:
        raise ValueError(f"“{told[:40]}” has another decimal mark than the rest of the file")
    other = "," if mark == "." else "."
    words = re.sub(r"[' \u00a0\u202f]", "", words).replace(other, "").replace(mark or ".", ".")
    try:
        value = Decimal(words)
    except InvalidOperation as error:
        raise ValueError(f"“{told[:40]}” is no amount") from error
    if not 0 <= value < 10**9:
        raise ValueError(f"“{told[:40]}” is no amount from 0 to 999,999,999")
    if value != value.quantize(CENT):
        raise ValueError(f"“{told[:40]}” has more than two decimals")
    return value.quantize(CENT)


def order_of(told: str) -> str | None:
    """The order that a date proves: "dmy" or "mdy"; "" where it could be either; None where it does not matter."""
    found = NUMERIC.fullmatch(told.strip())
    if found is None or len(found["a"]) == 4 or found["mark"] == "." or len(found["c"]) != 4:
        return None
    first, second = int(found["a"]), int(found["b"])
    if first == second:
        return None
    if first > 12:
        return DateOrder.DAY_FIRST if second <= 12 else None
    return DateOrder.MONTH_FIRST if second > 12 else ""


def _date_of(told: str, reading: Reading) -> tuple[date, str]:
    """The day, and what is said of the clock."""
    for pattern in WORDED:
        if (found := pattern.fullmatch(told)) and (month := MONTHS.get(found["m"][:3].lower())):
            return date(int(found["y"]), month, int(found["d"])), found["clock"] or ""
    found = NUMERIC.fullmatch(told)
    if found is None:
        raise ValueError
    first, second, third, clock = found["a"], int(found["b"]), found["c"], found["clock"] or ""
    if len(first) == 4:
        return date(int(first), second, int(third)), clock
    if len(third) != 4:
        raise ValueError("the year needs four digits")
    if found["mark"] == ".":
        return date(int(third), second, int(first)), clock
    order = order_of(told)
    if order == "":
        order = reading.date_order
        if not order:
            raise ValueError("which is the day and which the month is not clear")
    elif order and reading.date_order and order != reading.date_order:
        raise ValueError("it has another order than the file's other dates")
    day, month = (second, int(first)) if order == DateOrder.MONTH_FIRST else (int(first), second)
    return date(int(third), month, day), clock


def _clock_of(words: str) -> tuple[time, str]:
    found = CLOCK.fullmatch(words.strip())
    if found is None:
        raise ValueError
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if found[4] in "pP" else 0)
    return time(hour, minute, second), found[5] or ""


def moment(told: str, reading: Reading) -> datetime:
    """A time; a day begins in the store's time zone. A numeric date is read by the file's order, never by a guess."""
    words = told.strip()
    try:
        at = parse_datetime(words) if words[:4].isdigit() else None
        if at is None:
            day, clock = _date_of(words, reading)
            hour, offset = _clock_of(clock) if clock else (time(), "")
            at = datetime.combine(day, hour)
            if offset:
                sign = offset.lstrip("+-ZUTCGM").replace(":", "")
                minutes = int(sign[:2]) * 60 + int(sign[2:]) if sign else 0
                at = (at - timedelta(minutes=-minutes if offset[0] == "-" else minutes)).replace(tzinfo=UTC)
        at = at if at.tzinfo is not None else at.replace(tzinfo=reading.zone)
        at = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        why = str(error) if str(error).startswith(("which", "the year", "it has")) else ""
        raise ValueError(f"“{words[:40]}” is no date: {why}" if why else f"“{words[:40]}” is no date") from error
    if not 1990 <= at.year < 2100:
        raise ValueError(f"“{words[:40]}” is no date between 1990 and 2100")
    return at


def day(told: str, reading: Reading) -> date:
    return moment(told, reading).astimezone(reading.zone).date()


YES = frozenset(("yes", "y", "true", "1", "subscribed", "x", "ja", "oui", "si", "sí"))
NO = frozenset(("no", "n", "false", "0", "unsubscribed", "not_subscribed", "not subscribed", "nein", "non"))


def yes_or_no(told: str, reading: Reading) -> bool:
    words = told.strip().lower()
    if words not in YES | NO:
        raise ValueError(f"“{told[:40]}” is neither yes nor no")
    return words in YES


def country(told: str, reading: Reading) -> str:
    words = told.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", words):
        raise ValueError(f"“{told[:40]}” is no country of two letters, such as DE")
    return words


def currency(told: str, reading: Reading) -> str:
    words = told.strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", words):
        raise ValueError(f"“{told[:40]}” is no currency of three letters, such as EUR")
    return words


def language(told: str, reading: Reading) -> str:
    words = told.strip().replace("_", "-")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?", words):
        raise ValueError(f"“{told[:40]}” is no language, such as en or de-CH")
    return words


def time_zone(told: str, reading: Reading) -> str:
    if told.strip() not in available_timezones():
        raise ValueError(f"“{told[:40]}” is no time zone, such as Europe/Berlin")
    return told.strip()


def _words_for(known: dict[str, Any], what: str) -> Any:
    def read(told: str, reading: Reading) -> Any:
        words = re.sub(r"[\s_-]+", "_", told.strip().lower())
        if words not in known:
            raise ValueError(f"“{told[:40]}” is no {what}; known are {', '.join(sorted(known)[:12])}…")
        return known[words]

    return read


interval = _words_for(
    {f"{unit.value}{s}": unit.value for unit in Interval for s in ("", "s")}
    | {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year"},
    "unit of time",
)
subscription_status = _words_for(
    {status.value: status.value for status in SubscriptionStatus}
    | {
        "canceled": SubscriptionStatus.CANCELLED.value,
        "churned": SubscriptionStatus.CANCELLED.value,
        "inactive": SubscriptionStatus.CANCELLED.value,
        "on_hold": SubscriptionStatus.PAUSED.value,
    },
    "state of a subscription",
)
cycle_status = _words_for(
    {status.value: status.value for status in CycleStatus}
    | {
        **dict.fromkeys(("paid", "success", "partially_refunded", "refunded", "succeeded", "processed"), "billed"),
        **dict.fromkeys(("queued", "pending", "authorized", "upcoming", "open"), "scheduled"),
        **dict.fromkeys(("error", "refused", "declined"), "failed"),
        **dict.fromkeys(("voided", "expired", "max_retries_reached"), "lost"),
    },
    "state of a billing",
)
box_status = _words_for(
    {status.value: status.value for status in BoxStatus}
    | {
        **dict.fromkeys(("unfulfilled", "pending", "scheduled"), BoxStatus.PLANNED.value),
        **dict.fromkeys(("fulfilled", "shipped", "partial", "partially_fulfilled"), BoxStatus.IN_TRANSIT.value),
        **dict.fromkeys(("restocked", "canceled"), BoxStatus.CANCELLED.value),
        **dict.fromkeys(("lost", "returned"), BoxStatus.FAILURE.value),
    },
    "state of a box",
)
box_kind = _words_for({kind.value: kind.value for kind in BoxKind}, "kind of a box")

DATES = (moment, day)
MARKS = {DecimalMark.POINT.value, DecimalMark.COMMA.value}
