"""Microseconds an operation of business time: `python bench/business_time.py`."""

import sys
import timeit
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tickets.sla.business_time import Calendar
from tickets.sla.business_time_table import build_year

WEEK = {day: [["09:00", "12:30"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
FORM = {
    "tz": "Europe/Berlin",
    "hours": {**WEEK, "sat": [["22:00", "04:00"]]},
    "holidays": [f"{year}-{day}" for year in range(2020, 2040) for day in ("01-01", "05-01", "12-25", "12-26")],
    "overrides": {f"{year}-12-24": [["09:00", "12:00"]] for year in range(2020, 2040)},
}
YEAR = 2300 * 3600  # about a year of these hours


def main() -> None:
    calendar = Calendar.from_dict(FORM)
    start = datetime(2026, 3, 6, 16, 55, tzinfo=UTC)
    later = start + timedelta(days=365)
    pauses = [(start + timedelta(days=n), start + timedelta(days=n, hours=5)) for n in range(10)]
    operations = {
        "is_open": lambda: calendar.is_open(start),
        "add 4 hours": lambda: calendar.add(start, 4 * 3600),
        "add a year of business time": lambda: calendar.add(start, YEAR),
        "subtract a year of business time": lambda: calendar.subtract(start, YEAR),
        "between, a year apart": lambda: calendar.between(start, later),
        "add ten years of business time": lambda: calendar.add(start, 10 * YEAR),
        "add 40 hours over ten pauses": lambda: calendar.add(start, 40 * 3600, pauses),
        "from_dict, 100 exceptions": lambda: Calendar.from_dict(FORM),
        "first use of a year (its table is built)": lambda: build_year(
            calendar.tz, calendar.hours, calendar._by_ordinal, 2027
        ),
    }
    for name, operation in operations.items():
        operation()
        number = 2000 if "first" not in name and "from" not in name else 100
        best = min(timeit.repeat(operation, number=number, repeat=5)) / number
        print(f"{name:45} {best * 1e6:9.2f} µs")


if __name__ == "__main__":
    main()
