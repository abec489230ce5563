"""The policy's page: every change of a promise is a new version, and clocks keep theirs."""

import pytest
from django.utils import timezone

from subscribers.models import Store, Subscriber
from tests.admin.conftest import Desk, rows
from tickets.admin.promise_fields import KEYS, field_name
from tickets.enums import Metric, Priority
from tickets.models import BusinessCalendar, Clock, Queue, SlaPolicy, Ticket
from tickets.sla.lengths import length_words
from tickets.sla.policies import check_conditions


def body(policy: SlaPolicy, **changes: object) -> dict:
    """The page as it is sent back untouched."""
    version = policy.versions.order_by("-number").first()
    data: dict = {
        "store": policy.store_id,
        "name": policy.name,
        "position": policy.position,
        "is_active": "on",
        "calendar": version.calendar_id,
        "warn_percent": round(version.warn_at_share * 100),
    } | rows("versions", [])
    for row in version.targets.all():
        name = field_name(Metric(row.metric), None if row.priority is None else Priority(row.priority))
        data |= {f"{name}_0": length_words(row.seconds)} | ({f"{name}_1": "on"} if row.in_business_time else {})
    return data | changes


def promised(policy: SlaPolicy) -> tuple[int, dict]:
    version = policy.versions.order_by("-number").first()
    return version.number, {
        (row.metric, row.priority): (row.seconds, row.in_business_time) for row in version.targets.all()
    }


def test_untouched_page_makes_no_version(ada: Desk, policy: SlaPolicy) -> None:
    before = promised(policy)
    ada.save("tickets_slapolicy_change", policy.pk, **body(policy, name="Renamed"))
    policy.refresh_from_db()
    assert (policy.name, promised(policy)) == ("Renamed", before)


def test_changed_target_is_a_new_version_and_the_old_one_stays(ada: Desk, policy: SlaPolicy, tea: Store) -> None:
    _, old = promised(policy)
    first = policy.versions.get()
    subscriber = Subscriber.objects.create(store=tea, email="ana@example.com")
    ticket = Ticket.objects.create(
        store=tea, queue=Queue.objects.get(store=tea), subscriber=subscriber, subject="x", channel="mail"
    )
    now = timezone.now()
    clock = Clock.objects.create(
        ticket=ticket,
        metric="first_reply",
        version=first,
        target_seconds=60,
        started_at=now,
        running_since=now,
        due_at=now,
    )
    changes = {"first_reply_urgent_0": "1 h 30 min", "first_reply_urgent_1": ""}
    ada.save("tickets_slapolicy_change", policy.pk, **body(policy, **changes))
    assert promised(policy) == (2, old | {("first_reply", Priority.URGENT): (5400, False)})
    clock.refresh_from_db()
    assert clock.version == first
    assert {(row.metric, row.priority): (row.seconds, row.in_business_time) for row in first.targets.all()} == old


@pytest.mark.parametrize("changes", [{"warn_percent": 50}, {"resolution_low_0": ""}, {"next_reply_others_0": "9 h"}])
def test_each_kind_of_change_is_a_version(ada: Desk, policy: SlaPolicy, changes: dict) -> None:
    ada.save("tickets_slapolicy_change", policy.pk, **body(policy, **changes))
    assert promised(policy)[0] == 2
    ada.save("tickets_slapolicy_change", policy.pk, **body(policy))
    assert promised(policy)[0] == 2


def test_new_policy_has_its_first_version(ada: Desk, tea: Store, calendar: BusinessCalendar) -> None:
    data = {"store": tea.pk, "name": "New", "position": 5, "calendar": calendar.pk, "warn_percent": 80}
    data |= {
        "only_cycle": 1,
        "only_channels": ["web"],
        "only_priorities": [1, 2],
        "resolution_others_0": "2 h",
        "resolution_others_1": "on",
    }
    ada.save("tickets_slapolicy_add", **data, **rows("versions", []))
    policy = SlaPolicy.objects.get(name="New")
    assert (policy.conditions, promised(policy)) == (
        {"cycle": 1, "channel": ["web"], "priority": [1, 2]},
        (1, {("resolution", None): (7200, True)}),
    )
    page = ada.get("tickets_slapolicy_change", policy.pk).context["adminform"].form
    assert (page["only_cycle"].value(), page["only_priorities"].value()) == (1, [1, 2])
    check_conditions(policy.conditions)
    assert policy.versions.get().warn_at_share == 0.8


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"first_reply_urgent_0": "soon"},
            "“soon” is no length of time such as 4 h, 30 min or 1 h 30 min.",
        ),
        ({"first_reply_urgent_0": "0 h"}, "A promise is longer than nothing and shorter than a year."),
        ({"first_reply_urgent_0": "99999 h"}, "A promise is longer than nothing and shorter than a year."),
        ({"warn_percent": 100}, "Ensure this value is less than or equal to 99."),
        ({f"{name}_0": "" for name in KEYS}, "A policy promises something: give at least one time."),
        ({"only_cycle": 0}, "Ensure this value is greater than or equal to 1."),
        ({"only_channels": ["moon"]}, "Select a valid choice. moon is not one of the available choices."),
        ({"name": "First box"}, "SLA policy with this Store and Name already exists."),
    ],
)
def test_wrong_promise_is_refused_in_words(ada: Desk, policy: SlaPolicy, changes: dict, told: str) -> None:
    assert ada.refused("tickets_slapolicy_change", policy.pk, **body(policy, **changes)) == [told]
    assert promised(policy)[0] == 1


def test_calendar_and_queue_are_of_the_same_store(root: Desk, policy: SlaPolicy, soap: Store) -> None:
    theirs = Queue.objects.get(store=soap)
    assert root.refused("tickets_slapolicy_change", policy.pk, **body(policy, queue=theirs.pk)) == [
        "This belongs to another store."
    ]
