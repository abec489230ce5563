"""`manage.py sla_preview`: when would this fall due? A JSON case a line in, a JSON answer a line out."""

from datetime import datetime
from typing import Any

from tickets.management.json_lines import JsonLinesCommand
from tickets.sla.business_time import Calendar, Pause


class Command(JsonLinesCommand):
    help = (
        "Reads cases such as "
        '{"calendar": {"tz": "Europe/Berlin", "hours": {"mon": [["09:00", "17:00"]]}, "holidays": [], '
        '"overrides": {}}, "op": "add", "start": "2026-03-02T09:00:00Z", "seconds": 3600, "pauses": []}, '
        "one a line, on standard input. The operations are add, subtract, business_minutes and is_open."
    )

    def answer(self, case: dict[str, Any]) -> dict[str, Any]:
        calendar = Calendar.from_dict(case.get("calendar", {}))
        start = read_instant(case.get("start"), "start")
        pauses = read_pauses(case.get("pauses") or [])
        match case.get("op"):
            case "add":
                return {"due": calendar.add(start, read_seconds(case.get("seconds")), pauses).isoformat()}
            case "subtract":
                return {"due": calendar.subtract(start, read_seconds(case.get("seconds")), pauses).isoformat()}
            case "business_minutes":
                return {"minutes": calendar.between(start, read_instant(case.get("end"), "end"), pauses) / 60}
            case "is_open":
                return {"open": calendar.is_open(start)}
            case other:
                raise ValueError(f"{other!r} is no operation; these are add, subtract, business_minutes, is_open.")


def read_instant(value: Any, name: str) -> datetime:
    """An ISO time with its offset."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: {value!r} is not a time such as 2026-03-02T09:00:00+01:00.") from None


def read_seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"seconds: {value!r} is not a number.")
    return value


def read_pauses(value: Any) -> list[Pause]:
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise ValueError("pauses: a list of pairs of times.")
    return [(read_instant(begin, "pauses"), read_instant(end, "pauses")) for begin, end in value]
