"""The detection rule's page: phrases are checked as they are written, and tried before they are saved."""

import pytest
from django.utils.html import strip_tags

from subscribers.models import Reason, Store
from tests.admin.conftest import Desk
from tickets.models import DetectionRule


def body(store: Store | None, reason: Reason, **changes: object) -> dict:
    return {
        "store": store.pk if store else "",
        "name": "Wet",
        "reason": reason.pk,
        "language": "",
        "confidence": "0.8",
        "is_active": "on",
        "phrases": "arrived (wet|soaked)",
        "unless": "",
    } | changes


def test_rule_is_saved(ada: Desk, tea: Store, damaged: Reason) -> None:
    ada.save("tickets_detectionrule_add", **body(tea, damaged))
    assert DetectionRule.objects.get(name="Wet").phrases == "arrived (wet|soaked)"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"phrases": "arrived (wet"}, "Line 1 (arrived (wet): '(' has no partner, or one stands inside another."),
        ({"phrases": "wet\n… broken"}, "Line 2 (… broken): a phrase starts and ends with a word, not with a gap."),
        ({"unless": "(no"}, "Line 1 ((no): '(' has no partner, or one stands inside another."),
        ({"confidence": "1.5"}, "The confidence lies between 0 and 1."),
        ({"confidence": "0"}, "The confidence lies between 0 and 1."),
        ({"phrases": ""}, "This field is required."),
    ],
)
def test_wrong_phrase_is_refused_in_words(ada: Desk, tea: Store, damaged: Reason, changes: dict, told: str) -> None:
    assert ada.refused("tickets_detectionrule_add", **body(tea, damaged, **changes)) == [told]
    assert not DetectionRule.objects.filter(name="Wet").exists()


def test_rule_names_a_reason_of_its_store(root: Desk, tea: Store, soap: Store, damaged: Reason) -> None:
    theirs = Reason.objects.create(store=soap, key="slippery", label="Slippery")
    for store in (tea, None):
        assert root.refused("tickets_detectionrule_add", **body(store, theirs)) == ["This belongs to another store."]
    root.save("tickets_detectionrule_add", **body(tea, damaged))
    rule = DetectionRule.objects.get(name="Wet")
    assert root.refused("tickets_detectionrule_change", rule.pk, **body(tea, theirs)) == [
        "This belongs to another store."
    ]


def tried(desk: Desk, **data: object) -> str:
    answer = desk.post("tickets_detectionrule_try", confidence="0.8", unless="", language="", **data)
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode().partition("<body>")[2]).split())


def test_rule_is_tried_with_its_words_and_not_saved(ada: Desk) -> None:
    before = DetectionRule.objects.count()
    page = tried(ada, phrases="arrived (wet|soaked)", sample="My box arrived soaked <b>today</b>.")
    assert page == (
        "Hit: “arrived soaked” My box arrived soaked &lt;b&gt;today&lt;/b&gt;. "
        "All saved, active rules together: no topic"
    )
    assert DetectionRule.objects.count() == before


def test_no_hit_and_faults_are_told(ada: Desk) -> None:
    assert tried(ada, phrases="wet", sample="It is not wet.").startswith("No hit. It is not wet.")
    assert tried(ada, phrases="(wet", sample="x").startswith("Line 1 ((wet):")
    assert tried(ada, phrases="wet", sample="") == "Sample: Write a text first."


def test_shared_rule_is_seen_by_staff_and_changed_by_superusers(ada: Desk, root: Desk, damaged: Reason) -> None:
    rule = DetectionRule.objects.create(store=None, name="Shared", reason=damaged, phrases="wet")
    assert ada.get("tickets_detectionrule_change", rule.pk).context["has_change_permission"] is False
    assert ada.post("tickets_detectionrule_change", rule.pk, **body(None, damaged)).status_code == 403
    root.save("tickets_detectionrule_change", rule.pk, **body(None, damaged, name="Renamed"))
    rule.refresh_from_db()
    assert rule.name == "Renamed"


def test_staff_make_no_shared_rule(ada: Desk, damaged: Reason) -> None:
    assert ada.refused("tickets_detectionrule_add", **body(None, damaged)) == ["This field is required."]
