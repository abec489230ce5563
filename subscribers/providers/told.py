"""Reads what providers tell: ids, amounts and times as plain values, whatever their spelling."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from subscribers.facts import CENT
from subscribers.providers.base import Malformed

CURRENCY = re.compile(r"[A-Z]{3}")


def number_of(told: Any) -> str:
    """The number of an id, which may be a number, its text, or a global id (gid://shopify/Order/1); "" for none."""
    if told is None or isinstance(told, bool | float | dict | list):
        return ""
    text = str(told).rpartition("/")[2].partition("?")[0].strip()
    return text if text.isascii() and text.replace("-", "").replace("_", "").isalnum() and len(text) <= 100 else ""


def needed(payload: Mapping[str, Any], name: str) -> str:
    """As `number_of`. Raises Malformed where it is missing."""
    found = number_of(payload.get(name))
    if not found:
        raise Malformed(f"It has no usable {name}.")
    return found


def moment(told: Any, zone: Any = UTC) -> datetime | None:
    """A time; one without its offset is of `zone`, and a day begins in it. None for what is none."""
    if not isinstance(told, str):
        return None
    try:
        at = parse_datetime(told)
        if at is None and (day := parse_date(told)) is not None:
            at = datetime.combine(day, time(), zone)
    except ValueError:
        return None
    if at is None:
        return None
    at = at if timezone.is_aware(at) else at.replace(tzinfo=zone)
    # What the database could not keep, nobody meant.
    return at if 1970 < at.year < 2200 else None


def day(told: Any, zone: Any) -> date | None:
    at = moment(told, zone)
    return at.astimezone(zone).date() if at else None


def amount(told: Any) -> Decimal | None:
    """An amount of 0 or more, in cents; None for what is none."""
    if told is None or isinstance(told, bool | dict | list):
        return None
    try:
        value = Decimal(str(told))
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value < 10**10:
        return None
    return value.quantize(CENT)


def currency(told: Any) -> str:
    text = str(told or "").upper()
    return text if CURRENCY.fullmatch(text) else ""


def text(told: Any, most: int = 200) -> str:
    """Words, without what PostgreSQL cannot keep; "" for what are none."""
    if told is None or isinstance(told, dict | list | bool):
        return ""
    return str(told).replace("\x00", "").strip()[:most]


def counted(told: Any, most: int = 32767) -> int | None:
    """A whole number from 1 up; None for what is none."""
    try:
        value = int(str(told))
    except (TypeError, ValueError):
        return None
    return value if 1 <= value <= most else None


def part(told: Any, name: str) -> dict[str, Any]:
    """A part that is an object; empty where it is none."""
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, dict) else {}


def parts(told: Any, name: str) -> list[dict[str, Any]]:
    """The objects of a part that is a list."""
    found = told.get(name) if isinstance(told, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
