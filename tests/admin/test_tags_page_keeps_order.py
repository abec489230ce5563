"""Tags are renamed, made one and taken away, and tickets keep what they should."""

import pytest

from subscribers.models import Store, Subscriber
from tests.admin.conftest import Desk
from tickets.models import Queue, Tag, Ticket
from tickets.services.tagging import add_tag


@pytest.fixture
def tagged(tea: Store) -> list[Ticket]:
    """The first has `Tee`, the second `Chai`, the third both."""
    person = Subscriber.objects.create(store=tea, email="sam@example.com")
    common = {"store": tea, "queue": Queue.objects.get(store=tea), "subscriber": person, "channel": "mail"}
    tickets = [Ticket.objects.create(subject=str(number), **common) for number in range(3)]
    for ticket, names in zip(tickets, (["Tee"], ["Chai"], ["Tee", "Chai"]), strict=True):
        for name in names:
            add_tag(ticket, actor=None, name=name)
    return tickets


def names(tickets: list[Ticket]) -> list[list[str]]:
    return [sorted(tag.name for tag in ticket.tags.all()) for ticket in tickets]


def test_renamed_merged_and_deleted(ada: Desk, soap: Store, tagged: list[Ticket]) -> None:
    tee, chai = Tag.objects.get(name="Tee"), Tag.objects.get(name="Chai")
    Tag.objects.create(store=soap, name="Foam")
    shown = ada.get("tickets_tag_changelist").context["cl"].result_list
    assert [(tag.name, tag.ticket_count) for tag in shown] == [("Chai", 2), ("Tee", 2)]

    page = "tickets_tag_change"
    assert ada.refused(page, tee.pk, name="chai") == ["There is such a tag already."]
    assert ada.refused(page, tee.pk, name="a,b") == ["A tag holds no commas and no quotes."]
    for other in ("Tee", "Foam"):
        assert ada.refused(page, tee.pk, name="Tee", merge_into=other) == ["This store has no other tag of that name."]
    ada.save(page, tee.pk, name="#Green  tea")
    assert names(tagged) == [["Green tea"], ["Chai"], ["Chai", "Green tea"]]

    ada.save(page, tee.pk, name="Green tea", merge_into="chai")
    assert names(tagged) == [["Chai"], ["Chai"], ["Chai"]]
    assert not Tag.objects.filter(pk=tee.pk).exists()

    asked = ada.get("tickets_tag_delete", chai.pk)
    assert asked.context["deleted_objects"] == ["Chai: on 3 tickets"]
    ada.save("tickets_tag_delete", chai.pk, post="yes")
    assert names(tagged) == [[], [], []]
    assert list(Tag.objects.values_list("name", flat=True)) == ["Foam"]
