"""What a policy does at a warning and at a breach, from the fields of its page."""

import pytest

from subscribers.enums import Role
from subscribers.models import Membership, Store
from tests.admin.conftest import Desk
from tests.admin.test_policy_page_makes_versions import body
from tickets.enums import EscalationAction, EscalationOccasion, Metric, Priority
from tickets.models import SlaPolicy
from tickets.sla.publishing import Escalation, escalations_of, latest_version, publish_version, targets_of

NOTIFY = Escalation(EscalationOccasion.WARNING, EscalationAction.NOTIFY)


def latest(policy: SlaPolicy):
    version = latest_version(policy)
    return version.number, set(escalations_of(version))


@pytest.fixture
def fields(ada: Desk) -> dict:
    return {"warning_notify": "on", "breach_assign": ada.user.pk, "breach_raise_priority": Priority.URGENT}


def test_fields_are_the_next_versions_escalations(ada: Desk, policy: SlaPolicy, fields: dict) -> None:
    ada.save("tickets_slapolicy_change", policy.pk, **body(policy, **fields))
    wanted = {
        NOTIFY,
        Escalation(EscalationOccasion.BREACH, EscalationAction.ASSIGN, assignee_id=ada.user.pk),
        Escalation(EscalationOccasion.BREACH, EscalationAction.RAISE_PRIORITY, priority=Priority.URGENT),
    }
    assert latest(policy) == (2, wanted)
    form = ada.get("tickets_slapolicy_change", policy.pk).context["adminform"].form
    assert [form[name].value() for name in fields] == [True, ada.user.pk, Priority.URGENT]
    ada.save("tickets_slapolicy_change", policy.pk, **body(policy, **fields))
    assert latest(policy) == (2, wanted)


def test_empty_fields_take_them_away_and_spare_those_of_one_metric(ada: Desk, policy: SlaPolicy) -> None:
    own = Escalation(EscalationOccasion.BREACH, EscalationAction.NOTIFY, metric=Metric.RESOLUTION)
    version = latest_version(policy)
    publish_version(
        policy,
        calendar=version.calendar,
        targets=targets_of(version),
        warn_at_share=version.warn_at_share,
        escalations=[NOTIFY, own],
    )
    ada.save("tickets_slapolicy_change", policy.pk, **body(policy))
    assert latest(policy) == (3, {own})


def test_person_of_another_store_is_no_choice(ada: Desk, root: Desk, policy: SlaPolicy, soap: Store) -> None:
    Membership.objects.create(store=soap, user=root.user, role=Role.LEAD)
    found = ada.refused("tickets_slapolicy_change", policy.pk, **body(policy, warning_assign=root.user.pk))
    assert found == ["Select a valid choice. That choice is not one of the available choices."]
