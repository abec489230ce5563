"""Flows' pages: drafts are edited and published, what is published is only read."""

import pytest
from django.contrib.messages import get_messages

from subscribers.models import Store
from success.enums import VersionStatus
from success.models import Flow, FlowVersion
from tests.admin.conftest import Desk, rows


@pytest.fixture
def flow(tea: Store) -> Flow:
    return Flow.objects.get(store=tea, key="damaged-box")


def steps_of(version: FlowVersion) -> list[tuple]:
    return list(version.steps.order_by("position").values_list("position", "key", "kind", "config"))


def draft_of(flow: Flow, desk: Desk) -> FlowVersion:
    answer = desk.post("success_flowversion_draft", flow.versions.get(status=VersionStatus.PUBLISHED).pk)
    assert answer.status_code == 302
    return flow.versions.get(status=VersionStatus.DRAFT)


def body(version: FlowVersion) -> dict:
    """The draft's page as it is sent back untouched."""
    kept = [
        {"id": step.pk, "version": version.pk, "position": step.position, "key": step.key, "kind": step.kind}
        | step.config
        for step in version.steps.order_by("position")
    ]
    return rows("steps", kept) | {"steps-INITIAL_FORMS": len(kept)}


def told(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_published_version_is_only_read(ada: Desk, flow: Flow) -> None:
    version = flow.versions.get()
    before = steps_of(version)
    page = ada.get("success_flowversion_change", version.pk)
    assert (page.status_code, page.context["has_change_permission"]) == (200, False)
    assert "New draft from this version" in page.content.decode()
    assert ada.post("success_flowversion_change", version.pk, **rows("steps", [])).status_code == 403
    assert ada.post("success_flowversion_delete", version.pk, post="yes").status_code == 403
    assert steps_of(version) == before


def test_draft_begins_with_the_steps_of_its_model(ada: Desk, flow: Flow) -> None:
    published = flow.versions.get()
    draft = draft_of(flow, ada)
    assert (draft.number, steps_of(draft)) == (2, steps_of(published))
    answer = ada.post("success_flowversion_draft", published.pk)
    assert told(answer) == ["Version 2 is a draft already: go on with that one, or delete it."]
    assert flow.versions.count() == 2


def test_draft_sent_back_untouched_stays_as_it_was(ada: Desk, flow: Flow) -> None:
    draft = draft_of(flow, ada)
    before = steps_of(draft)
    ada.save("success_flowversion_change", draft.pk, **body(draft))
    assert steps_of(draft) == before


def test_edited_draft_is_published_and_the_old_version_retired(ada: Desk, flow: Flow) -> None:
    old = flow.versions.get()
    before = steps_of(old)
    draft = draft_of(flow, ada)
    data = body(draft)
    index = next(i for i, step in enumerate(draft.steps.order_by("position")) if step.kind == "wait")
    data[f"steps-{index}-hours"] = "36"
    answer = ada.post("success_flowversion_change", draft.pk, **data, _publish="1")
    assert (answer.status_code, told(answer)[-1]) == (302, f"{draft} is published: new runs follow it.")
    draft.refresh_from_db()
    old.refresh_from_db()
    assert (draft.status, old.status, steps_of(old)) == (VersionStatus.PUBLISHED, VersionStatus.RETIRED, before)
    assert draft.steps.order_by("position")[index].config["hours"] == 36


def test_what_cannot_run_is_not_published_and_says_why(ada: Desk, flow: Flow) -> None:
    draft = draft_of(flow, ada)
    data = body(draft)
    index = next(i for i, step in enumerate(draft.steps.order_by("position")) if step.kind == "branch")
    key = draft.steps.order_by("position")[index].key
    data[f"steps-{index}-then"] = "nowhere"
    answer = ada.post("success_flowversion_change", draft.pk, **data, _publish="1")
    assert told(answer) == [
        f"Step {key}: there is no step “nowhere”.",
        "Saved as a draft, but not published.",
    ]
    draft.refresh_from_db()
    assert draft.status == VersionStatus.DRAFT
    assert draft.steps.order_by("position")[index].config["then"] == "nowhere"


def test_new_flow_begins_with_a_draft(ada: Desk, tea: Store) -> None:
    data = {"store": tea.pk, "key": "late", "name": "Late", "kind": "recovery", "rank": 20, "category": "success"}
    ada.save("success_flow_add", **data, holdout_share=0, trigger="box_late", is_active="on", **rows("versions", []))
    version = FlowVersion.objects.get(flow__key="late")
    assert (version.number, version.status) == (1, VersionStatus.DRAFT)
    one = {"position": 1, "key": "ask", "kind": "mail", "subject": "Late?", "text": "Hi {{ first_name|there }}"}
    end = {"position": 2, "key": "end", "kind": "end", "outcome": "told", "text": "lost on purpose"}
    answer = ada.post("success_flowversion_change", version.pk, **rows("steps", [one, end]), _publish="1")
    assert told(answer)[-1] == f"{version} is published: new runs follow it."
    assert steps_of(version) == [
        (1, "ask", "mail", {"subject": "Late?", "text": "Hi {{ first_name|there }}"}),
        (2, "end", "end", {"outcome": "told"}),
    ]


def test_flow_with_a_wrong_share_or_a_taken_key_is_refused(ada: Desk, tea: Store) -> None:
    data = {"store": tea.pk, "key": "late", "name": "Late", "kind": "recovery", "rank": 20, "category": "success"}
    data |= rows("versions", [])
    assert ada.refused("success_flow_add", **data, holdout_share=1) == ["A share lies from 0 to below 1, such as 0.1."]
    assert ada.refused("success_flow_add", **data | {"key": "damaged-box"}, holdout_share=0) == [
        "Flow with this Store and Key already exists."
    ]


def test_flow_of_another_store_is_not_there(ada: Desk, soap: Store) -> None:
    theirs = FlowVersion.objects.filter(flow__store=soap).first()
    assert ada.post("success_flowversion_draft", theirs.pk).status_code == 404
    assert ada.client.get(f"/admin/success/flowversion/{theirs.pk}/draft/").status_code == 405


def test_alert_rule_takes_a_length_in_words(ada: Desk, tea: Store) -> None:
    data = {"store": tea.pk, "kind": "box_late", "weight": 30, "is_active": "on"}
    ada.save("success_alertrule_add", **data, due_within="1 h 30 min")
    rule = tea.alertrule_set.get(kind="box_late")
    assert rule.due_within.total_seconds() == 5400
    assert 'value="1 h 30 min"' in ada.get("success_alertrule_change", rule.pk).content.decode()
    assert ada.refused("success_alertrule_change", rule.pk, weight=30, due_within="soon") == [
        "“soon” is no length of time such as 4 h, 30 min or 1 h 30 min."
    ]
    assert ada.refused("success_alertrule_add", **data, due_within="1 h") == [
        "Alert rule with this Store and Kind already exists."
    ]
