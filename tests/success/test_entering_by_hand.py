"""People are brought into flows by hand: a segment after its number was read, a person with what speaks against it."""

import pytest

from success.flows.segments import sweep_enrolments
from success.models import Enrolment, Run
from tests.factories.flows import make_flow
from tests.factories.people import SubscriberFactory
from tests.factories.tickets import make_ticket
from tickets.services.tagging import add_tag

pytestmark = pytest.mark.django_db
LATER = ("later", "wait", {"hours": 1000})
IN_GERMANY = {"segment-0-ask": "compare", "segment-0-field": "subscriber.country", "segment-0-op": "is"}


def of(country: str) -> dict[str, str]:
    rest = {f"segment-{number}-ask": "" for number in (1, 2)}
    return {**IN_GERMANY, "segment-0-value": country, **rest}


def test_segment_is_counted_then_brought_in(client, store, manager, agent):
    for country in ("DE", "DE", "AT"):
        SubscriberFactory(store=store, country=country)
    flow = make_flow(store, LATER)
    address = f"/flows/{flow.pk}/enrol/"
    client.force_login(agent)
    assert client.get(address).status_code == 403
    client.force_login(manager)
    assert f'href="{address}"' in client.get(f"/flows/{flow.pk}/").content.decode()
    counted = client.post(address, of("DE"))
    assert (counted.context["count"], len(counted.context["examples"]), Enrolment.objects.count()) == (2, 2, 0)
    seen = counted.context["seen"]
    another = client.post(address, of("AT") | {"seen": seen})
    assert (another.context["count"], Enrolment.objects.count()) == (1, 0), "another segment than was counted"
    SubscriberFactory(store=store, country="DE")
    anew = client.post(address, of("DE") | {"seen": seen})
    assert (anew.context["count"], Enrolment.objects.count()) == (3, 0), "more people than were counted"
    assert client.post(address, of("DE") | {"seen": anew.context["seen"]}).status_code == 302
    assert (sweep_enrolments(), Run.objects.filter(flow=flow).count()) == (3, 3)
    nobody = client.post(address, {f"segment-{number}-ask": "" for number in range(3)} | {"seen": seen})
    assert (nobody.context["count"], Enrolment.objects.count()) == (0, 1), "everybody is no segment"


def test_flow_is_started_for_one_person(client, store, manager):
    flow, person = make_flow(store, LATER), SubscriberFactory(store=store)
    stranger = SubscriberFactory()
    client.force_login(manager)
    address = f"/flows/start/{person.pk}/"
    assert flow in client.get(address).context["form"].fields["flow"].queryset
    assert client.post(address, {"flow": flow.pk}).status_code == 302
    assert Run.objects.get().subscriber == person
    again = client.post(address, {"flow": flow.pk})
    assert (again.status_code, again.context["form"].errors) == (
        422,
        {"flow": ["It is under way for them already."]},
    )
    assert client.get(f"/flows/start/{stranger.pk}/").status_code == 404
    assert client.post(address, {"flow": make_flow(stranger.store, LATER).pk}).status_code == 422


def test_segment_by_the_tag_of_a_ticket(client, store, manager):
    tagged, other = SubscriberFactory(store=store), SubscriberFactory(store=store)
    add_tag(make_ticket("Hello", subscriber=tagged), name="VIP", actor=manager)
    add_tag(make_ticket("Hello", subscriber=other), name="press", actor=manager)
    flow = make_flow(store, LATER)
    client.force_login(manager)
    asked = of("vip") | {"segment-0-field": "ticket.tag"}
    counted = client.post(f"/flows/{flow.pk}/enrol/", asked)
    assert (counted.context["count"], counted.context["examples"]) == (1, [tagged])
