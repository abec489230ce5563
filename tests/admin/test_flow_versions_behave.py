"""Flows' pages of the admin: raw configuration; versions are read there, and edited in the flow editor."""

import pytest

from subscribers.models import Store
from success.enums import VersionStatus
from success.flows.drafts import new_draft
from success.models import Flow, FlowVersion
from tests.admin.conftest import Desk, rows


@pytest.fixture
def flow(tea: Store) -> Flow:
    return Flow.objects.get(store=tea, key="damaged-box")


@pytest.mark.parametrize("status", [VersionStatus.PUBLISHED, VersionStatus.DRAFT])
def test_version_is_only_read_and_leads_to_the_editor(ada: Desk, flow: Flow, status: str) -> None:
    new_draft(flow, like=flow.versions.get())
    version = flow.versions.get(status=status)
    before = list(version.steps.order_by("position").values_list("key", "config"))
    page = ada.get("success_flowversion_change", version.pk)
    assert (page.status_code, page.context["has_change_permission"]) == (200, False)
    assert f"/flows/{flow.pk}/?version={version.number}" in page.content.decode()
    assert ada.post("success_flowversion_change", version.pk, **rows("steps", [])).status_code == 403
    assert ada.post("success_flowversion_delete", version.pk, post="yes").status_code == 403
    assert list(version.steps.order_by("position").values_list("key", "config")) == before


def test_new_flow_begins_with_a_draft(ada: Desk, tea: Store) -> None:
    data = {"store": tea.pk, "key": "late", "name": "Late", "kind": "recovery", "rank": 20, "category": "success"}
    ada.save("success_flow_add", **data, holdout_share=0, trigger="box_late", is_active="on", **rows("versions", []))
    version = FlowVersion.objects.get(flow__key="late")
    assert (version.number, version.status) == (1, VersionStatus.DRAFT)


def test_flow_with_a_wrong_share_or_a_taken_key_is_refused(ada: Desk, tea: Store) -> None:
    data = {"store": tea.pk, "key": "late", "name": "Late", "kind": "recovery", "rank": 20, "category": "success"}
    data |= rows("versions", []) | {"trigger": "box_late"}
    assert ada.refused("success_flow_add", **data, holdout_share=1) == ["A share lies from 0 to below 1, such as 0.1."]
    assert ada.refused("success_flow_add", **data | {"key": "damaged-box"}, holdout_share=0) == [
        "Flow with this Store and Key already exists."
    ]


def test_flow_of_another_store_is_not_there(ada: Desk, soap: Store) -> None:
    theirs = FlowVersion.objects.filter(flow__store=soap).first()
    assert ada.get("success_flowversion_change", theirs.pk).status_code == 302


def test_alert_rule_takes_a_length_in_words(ada: Desk, tea: Store) -> None:
    data = {
        "store": tea.pk,
        "kind": "box_late",
        "weight": 30,
        "is_active": "on",
        "position": 0,
        "most_per_hour": 100,
        "assign": "nobody",
    }
    ada.save("success_alertrule_add", **data, due_within="1 h 30 min")
    rule = tea.alertrule_set.get(kind="box_late")
    assert rule.due_within.total_seconds() == 5400
    assert 'value="1 h 30 min"' in ada.get("success_alertrule_change", rule.pk).content.decode()
    assert ada.refused("success_alertrule_change", rule.pk, **data | {"due_within": "soon"}) == [
        "“soon” is no length of time such as 4 h, 30 min or 1 h 30 min."
    ]
    assert ada.refused("success_alertrule_add", **data, due_within="1 h") == [
        "Alert rule with this Store, Kind and Name already exists."
    ]
