"""When would a ticket be due? Tried for what a policy's or a calendar's page says, saved or not."""

from typing import Any

import pytest
from django.http import HttpResponse

from subscribers.models import Reason, Store
from tests.admin.conftest import Desk, rows
from tests.admin.test_policy_page_makes_versions import body
from tickets.enums import Metric
from tickets.models import (
    BusinessCalendar,
    CalendarException,
    OpeningHours,
    Queue,
    SlaPolicy,
    SlaPolicyVersion,
    Ticket,
)

POLICY, CALENDAR = "tickets_slapolicy_try", "tickets_businesscalendar_try"


def ticket(store: Store, **changes: Any) -> dict[str, Any]:
    """Friday 27 November 2026, 17:55."""
    queue = Queue.objects.get(store=store)
    asked = {"arriving": "2026-11-27T17:55", "queue": queue.pk, "priority": 3, "channel": "mail"} | changes
    return {f"try-{name}": value for name, value in asked.items()}


def dues(answer: HttpResponse) -> dict[str, str]:
    assert answer.status_code == 200
    assert answer.context["faults"] == []
    return {due.metric: due.due for due in answer.context["found"].dues}


def winner(answer: HttpResponse) -> str | None:
    placed = answer.context["found"].winner
    return placed.name if placed else None


def stored() -> list[Any]:
    """Everything that a page could have changed."""
    models = (SlaPolicy, SlaPolicyVersion, BusinessCalendar, OpeningHours, CalendarException, Ticket)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_policy_as_it_is_saved(ada: Desk, policy: SlaPolicy, tea: Store) -> None:
    answer = ada.post(f"{POLICY}_saved", policy.pk, **body(policy), **ticket(tea))
    assert winner(answer) == "Standard"
    assert dues(answer) == {
        "First reply": "Mon 30 Nov 12:55",
        "Next reply": "Mon 30 Nov 16:55",
        "Resolution": "Tue 1 Dec 17:55",
    }
    assert (answer.context["found"].arriving, answer.context["found"].zone) == ("Fri 27 Nov 2026 17:55", "UTC")


def test_unsaved_times_count_and_nothing_is_stored(ada: Desk, policy: SlaPolicy, tea: Store) -> None:
    before = stored()
    asked = body(policy, name="Renamed", resolution_normal_0="5 min") | ticket(tea)
    answer = ada.post(f"{POLICY}_saved", policy.pk, **asked)
    assert winner(answer) == "Renamed"
    assert dues(answer)["Resolution"] == "Fri 27 Nov 18:00"
    assert stored() == before


def test_closed_hours_that_are_skipped_are_named(ada: Desk, policy: SlaPolicy, tea: Store) -> None:
    answer = ada.post(f"{POLICY}_saved", policy.pk, **body(policy), **ticket(tea))
    first = answer.context["found"].dues[0]
    assert first.skipped == ("Fri 27 Nov 18:00: Closed over the weekend, until Mon 30 Nov 09:00",)
    assert "This policy wins" in answer.content.decode()


def test_another_policy_wins_by_its_condition(ada: Desk, policy: SlaPolicy, tea: Store) -> None:
    answer = ada.post(f"{POLICY}_saved", policy.pk, **body(policy), **ticket(tea, cycle=1))
    assert winner(answer) == "First box"
    assert answer.context["own"].winner.name == "Standard"
    first = ada.post(f"{POLICY}_saved", policy.pk, **body(policy, position=1), **ticket(tea, cycle=1))
    assert winner(first) == "Standard"


def test_inactive_policy_is_not_asked(ada: Desk, policy: SlaPolicy, tea: Store) -> None:
    data = body(policy) | ticket(tea)
    data.pop("is_active")
    answer = ada.post(f"{POLICY}_saved", policy.pk, **data)
    assert winner(answer) is None
    assert "This policy is not active" in answer.content.decode()


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ({"only_billing_within": 48}, {"billing": 47}),
        ({"only_box_within": 24}, {"box": 24}),
        ({"only_topics": ["damaged"]}, {"topic": "damaged"}),
        ({"only_channels": ["web"]}, {"channel": "web"}),
    ],
)
def test_new_policy_is_tried_by_its_conditions(
    ada: Desk, policy: SlaPolicy, tea: Store, damaged: Reason, condition: dict, asked: dict
) -> None:
    damaged.for_tickets = True
    damaged.save()
    asked = {name: damaged.pk if value == "damaged" else value for name, value in asked.items()}
    data = body(policy, name="New", position=1) | condition
    assert winner(ada.post(POLICY, **data, **ticket(tea, **asked))) == "New"
    assert winner(ada.post(POLICY, **data, **ticket(tea))) == "Standard"


def test_warning_before_the_end_is_told(ada: Desk, policy: SlaPolicy, tea: Store) -> None:
    data = body(policy, warn_percent="", warn_before="30 min")
    answer = ada.post(f"{POLICY}_saved", policy.pk, **data, **ticket(tea))
    assert answer.context["found"].dues[0].warn == "Mon 30 Nov 12:25"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "Name: This field is required."),
        ({"first_reply_normal_0": "soon"}, "Normal: “soon” is no length of time such as 4 h, 30 min or 1 h 30 min."),
        ({"warn_before": "20 h"}, "Or warn before the end: The shortest time would be over before its warning."),
        ({"try-arriving": "x"}, "Arriving: This is no date and time."),
        ({"try-arriving": "9999-12-31T23:59"}, "Arriving: Years lie between 1902 and 2498."),
        ({"try-queue": 999999}, "Queue: Select a valid choice. That choice is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_told(ada: Desk, policy: SlaPolicy, tea: Store, changes: dict, told: str) -> None:
    answer = ada.post(f"{POLICY}_saved", policy.pk, **(body(policy) | ticket(tea) | changes))
    assert answer.context["faults"] == [told]


def calendar_body(calendar: BusinessCalendar, exceptions: list[dict[str, Any]]) -> dict[str, Any]:
    kept = [
        {"id": row.pk, "calendar": calendar.pk, "weekday": row.weekday, "opens": row.opens, "closes": row.closes}
        for row in calendar.hours.order_by("weekday")
    ]
    data = {"name": calendar.name, "time_zone": "Europe/Berlin", "holidays_country": "", "holidays_region": ""}
    return data | rows("hours", kept) | {"hours-INITIAL_FORMS": len(kept)} | rows("exceptions", exceptions)


def test_unsaved_closed_day_moves_what_is_due(ada: Desk, calendar: BusinessCalendar, tea: Store) -> None:
    before = stored()
    plain = ada.post(f"{CALENDAR}_saved", calendar.pk, **calendar_body(calendar, []), **ticket(tea))
    closed = calendar_body(calendar, [{"date": "2026-11-30", "label": "Fair"}])
    answer = ada.post(f"{CALENDAR}_saved", calendar.pk, **closed, **ticket(tea))
    assert (winner(plain), plain.context["found"].zone) == ("Standard", "Europe/Berlin")
    assert (dues(plain)["First reply"], dues(answer)["First reply"]) == ("Mon 30 Nov 12:55", "Tue 1 Dec 12:55")
    assert stored() == before


def test_new_calendar_is_shown_by_an_example(ada: Desk, tea: Store, calendar: BusinessCalendar) -> None:
    hours = rows("hours", [{"weekday": 5, "opens": "10:00", "closes": "12:00"}])
    data = {"store": tea.pk, "name": "Saturdays", "time_zone": "UTC", "holidays_country": "", "holidays_region": ""}
    answer = ada.post(CALENDAR, **data, **hours, **rows("exceptions", []), **ticket(tea))
    assert [due.due for due in answer.context["example"]] == ["Sat 5 Dec 12:00"]
    assert not BusinessCalendar.objects.filter(name="Saturdays").exists()


def test_never_open_calendar_is_told(ada: Desk, tea: Store) -> None:
    data = {"store": tea.pk, "name": "Never", "time_zone": "UTC", "holidays_country": "", "holidays_region": ""}
    answer = ada.post(CALENDAR, **data, **rows("hours", []), **rows("exceptions", []), **ticket(tea))
    assert answer.context["faults"] == ["A calendar needs open hours: this one is closed on every day."]


def test_other_stores_are_not_tried(ada: Desk, soap: Store, tea: Store, policy: SlaPolicy) -> None:
    theirs = SlaPolicy.objects.get(store=soap, name="Standard")
    assert ada.post(f"{POLICY}_saved", theirs.pk, **body(theirs), **ticket(soap)).status_code == 404
    answer = ada.post(f"{POLICY}_saved", policy.pk, **body(policy), **ticket(soap))
    assert answer.context["faults"] == [
        "Queue: Select a valid choice. That choice is not one of the available choices."
    ]
    assert ada.get(POLICY).status_code == 405


def test_page_offers_the_trial(ada: Desk, policy: SlaPolicy, calendar: BusinessCalendar) -> None:
    for name, pk in (("tickets_slapolicy", policy.pk), ("tickets_businesscalendar", calendar.pk)):
        for page in (ada.get(f"{name}_change", pk), ada.get(f"{name}_add")):
            assert "Try it: when is a ticket due?" in page.content.decode()


def test_every_metric_is_answered_once(ada: Desk, policy: SlaPolicy, tea: Store) -> None:
    answer = ada.post(f"{POLICY}_saved", policy.pk, **body(policy), **ticket(tea, priority=1))
    assert list(dues(answer)) == [str(metric.label) for metric in Metric]
