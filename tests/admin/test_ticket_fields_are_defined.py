"""Fields are made, ordered and changed; what tickets hold bounds what may become of one."""

from subscribers.models import Store, Subscriber
from tests.admin.conftest import Desk
from tickets.fields.setting import set_field
from tickets.models import Queue, Ticket, TicketField

PAGE = "tickets_ticketfield"
SAID = {"label": "Damage found in", "kind": "choice", "position": 10, "is_active": "on"}


def test_made_changed_ordered_and_deleted(ada: Desk, tea: Store, soap: Store) -> None:
    theirs = Queue.objects.get(store=soap)
    assert ada.refused(f"{PAGE}_add", store=tea.pk, **SAID) == ["Say what can be chosen, one a line."]
    assert "Select a valid choice" in ada.refused(f"{PAGE}_add", store=tea.pk, **SAID, queues=theirs.pk)[0]
    ada.save(f"{PAGE}_add", store=tea.pk, **SAID, listed="Lid\n lid\n\n Jar  body \n")
    field = TicketField.objects.get()
    assert (field.key, field.choices) == ("damage-found-in", ["Lid", "Jar body"])
    ada.save(f"{PAGE}_add", store=tea.pk, **SAID, listed="Lid")
    assert sorted(TicketField.objects.values_list("key", flat=True)) == ["damage-found-in", "damage-found-in-2"]
    TicketField.objects.exclude(pk=field.pk).delete()

    person = Subscriber.objects.create(store=tea, email="sam@example.com")
    queue = Queue.objects.get(store=tea)
    ticket = Ticket.objects.create(store=tea, queue=queue, subscriber=person, subject="Oh", channel="mail")
    set_field(ticket, actor=None, key="damage-found-in", raw="lid")
    wrong = ada.refused(f"{PAGE}_change", field.pk, **{**SAID, "kind": "text"}, listed="")
    assert wrong == ["Tickets hold values of it: what it takes stays as it is. Make another field."]
    ada.save(f"{PAGE}_change", field.pk, **SAID, listed="Jar body\nBox", queues=queue.pk, is_required="on")
    field.refresh_from_db()
    assert (field.choices, list(field.queues.all()), field.is_required) == (["Jar body", "Box"], [queue], True)
    assert ticket.field_values.get().value == "Lid"

    listed = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": field.pk, "form-0-position": 3}
    ada.save(f"{PAGE}_changelist", **listed, _save="Save")
    field.refresh_from_db()
    assert (field.position, field.choices, list(field.queues.all())) == (3, ["Jar body", "Box"], [queue])
    asked = ada.get(f"{PAGE}_delete", field.pk)
    assert asked.context["deleted_objects"] == ["Damage found in: on 1 tickets"]
    ada.save(f"{PAGE}_delete", field.pk, post="yes")
    assert ticket.field_values.count() == 0
