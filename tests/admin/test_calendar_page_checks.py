"""The calendar's page: hours and exceptions go through the arithmetic that will use them."""

import pytest

from subscribers.models import Store
from tests.admin.conftest import Desk, rows
from tickets.models import BusinessCalendar

NINE = {"weekday": 0, "opens": "09:00", "closes": "17:00"}


def body(store: Store, hours: list[dict], exceptions: list[dict] = (), **changes: object) -> dict:
    return (
        {"store": store.pk, "name": "Team", "time_zone": "Europe/Berlin", "holidays_country": "", "holidays_region": ""}
        | rows("hours", hours)
        | rows("exceptions", list(exceptions))
        | changes
    )


def test_calendar_is_saved_with_its_hours_and_dates(ada: Desk, tea: Store) -> None:
    eve = {"date": "2026-12-24", "label": "Eve", "opens": "09:00", "closes": "12:00"}
    ada.save("tickets_businesscalendar_add", **body(tea, [NINE], [eve], holidays_country="de", holidays_region="be"))
    calendar = BusinessCalendar.objects.get(name="Team")
    assert list(calendar.hours.values_list("weekday", "opens", "closes")) == [(0, "09:00", "17:00")]
    assert list(calendar.exceptions.values_list("label", "closes")) == [("Eve", "12:00")]
    assert (calendar.holidays_country, calendar.holidays_region) == ("DE", "BE")


@pytest.mark.parametrize(
    ("hours", "exceptions", "changes", "told"),
    [
        ([], [], {}, ["A calendar needs open hours: this one is closed on every day."]),
        ([], [{"date": "2026-12-24", "opens": "09:00", "closes": "12:00"}], {}, ["A calendar needs open hours:"]),
        ([NINE | {"opens": "9"}], [], {}, ["A time like 09:00; 24:00 is the end of the day."]),
        ([NINE | {"closes": "09:00"}], [], {}, ["09:00–09:00 is empty; a whole day is 00:00 to 24:00."]),
        ([NINE | {"opens": "24:00"}], [], {}, ["'24:00': a window opens before 24:00."]),
        ([NINE], [{"date": "2026-12-24", "opens": "09:00"}], {}, ["Give both times, or neither where it is closed."]),
        ([NINE], [{"date": "2026-12-24", "opens": "9", "closes": "10"}], {}, ["A time like", "A time like"]),
        (
            [NINE],
            [{"date": "2026-12-24"}, {"date": "2026-12-24", "opens": "09:00", "closes": "10:00"}],
            {},
            ["2026-12-24 is closed in one row and has hours in another."],
        ),
        ([NINE], [], {"time_zone": "Berlin"}, ["There is no time zone 'Berlin'."]),
        ([NINE], [], {"holidays_country": "XX"}, ["No public holidays are known for XX."]),
        ([NINE], [], {"holidays_country": "DE", "holidays_region": "XX"}, ["No public holidays are known for DE XX."]),
        ([NINE], [], {"holidays_region": "BE"}, ["A region needs its country."]),
    ],
)
def test_what_never_opens_or_does_not_exist_is_refused(
    ada: Desk, tea: Store, hours: list[dict], exceptions: list[dict], changes: dict, told: list[str]
) -> None:
    found = ada.refused("tickets_businesscalendar_add", **body(tea, hours, exceptions, **changes))
    assert [text[: len(start)] for text, start in zip(found, told, strict=True)] == told
    assert not BusinessCalendar.objects.filter(name="Team").exists()


def test_last_hours_cannot_be_taken_away(ada: Desk, calendar: BusinessCalendar) -> None:
    kept = [
        {"id": row.pk, "calendar": calendar.pk, "weekday": row.weekday, "opens": row.opens, "closes": row.closes}
        for row in calendar.hours.order_by("weekday")
    ]
    data = {"name": calendar.name, "time_zone": "UTC"} | rows("exceptions", [])
    data |= rows("hours", [row | {"DELETE": "on"} for row in kept]) | {"hours-INITIAL_FORMS": len(kept)}
    assert ada.refused("tickets_businesscalendar_change", calendar.pk, **data) == [
        "A calendar needs open hours: this one is closed on every day."
    ]
    data |= {"hours-0-DELETE": ""}
    ada.save("tickets_businesscalendar_change", calendar.pk, **data)
    assert calendar.hours.count() == 1


def test_calendar_of_another_store_cannot_be_made(ada: Desk, soap: Store) -> None:
    found = ada.refused("tickets_businesscalendar_add", **body(soap, [NINE]))
    assert found == ["Select a valid choice. That choice is not one of the available choices."]
