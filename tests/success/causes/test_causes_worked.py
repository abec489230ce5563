"""A cause from its owner to the tickets avoided: every step by its page, one answer a ticket, breaches on one alert."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from subscribers.enums import Role
from subscribers.errors import Refused
from success.causes import answering, services
from success.causes.enums import AnswerOutcome, AnswerState, CauseState
from success.causes.looking import gather, look_at
from success.causes.measuring import figures_of
from success.models import Alert, Cause, CauseAnswer, CauseEvent, Evidence
from success.receivers import on_sla_breached
from tests.factories.people import MembershipFactory
from tests.success.causes.conftest import TODAY, Shop
from tickets.enums import Metric, TicketStatus
from tickets.models import Clock, OutboundMail, Ticket


@pytest.fixture
def cause(shop: Shop) -> Cause:
    (cause,) = look_at(shop.store, TODAY)
    return cause


@pytest.fixture
def client(shop: Shop) -> Client:
    client = Client()
    client.force_login(shop.lead)
    return client


def test_the_whole_story_by_its_pages(shop: Shop, cause: Cause, client: Client):
    page = f"/causes/{cause.pk}/"
    assert [row.cause for row in client.get("/causes/").context["rows"]] == [cause]
    assert page in client.get(f"/alerts/{Alert.objects.get(about=cause.about).pk}/").content.decode()
    client.post(f"{page}assign/", {"owner": shop.lead.pk})
    cause.refresh_from_db()
    assert (cause.owner, cause.state) == (shop.lead, CauseState.INVESTIGATING)
    assert Alert.objects.get(about=cause.about).owner == shop.lead

    text = "Dear {{ first_name|friend }}, a new lid is on its way."
    shown = client.post(f"{page}answer/", {"text": text}).context
    assert (shown["number"], shown["shown"][0].filled.text) == (12, "Dear Pat, a new lid is on its way.")
    chosen = ",".join(map(str, shown["answer_ids"]))
    told = {"text": text, "key": shown["answer_key"], "tickets": chosen, "send": "1"}
    for _ in range(2):  # a double click
        client.post(f"{page}answer/", told)
    answering.send_due()
    answering.send_due()
    assert CauseAnswer.objects.get().state == AnswerState.DONE
    assert OutboundMail.objects.filter(message__text="Dear Pat, a new lid is on its way.").count() == 12
    assert set(Ticket.objects.filter(cause_links__cause=cause).values_list("status", flat=True)) == {
        TicketStatus.PENDING
    }

    assert client.post(f"{page}fix/", {"on": TODAY.date().isoformat(), "note": "New lids"}).status_code == 302
    cause.refresh_from_db()
    assert (cause.state, Alert.objects.get(about=cause.about).is_live) == (CauseState.FIXED, False)
    assert "Too early to say" in client.get(page).context["avoided"].words
    for week in range(3):
        shop.ship(100, -1 - 7 * week, batch="B-18")
    gather(cause.pk, TODAY + timedelta(days=40))
    avoided = figures_of(Cause.objects.get(pk=cause.pk)).avoided
    assert avoided is not None
    assert (avoided.before, avoided.after, avoided.is_shown) == (12, 0, True)
    assert avoided.interval[0] < avoided.number < avoided.interval[1]
    kinds = CauseEvent.objects.filter(cause=cause).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["found", "linked", "assigned", "moved", "answered", "moved"]


def test_an_answer_is_taken_back_within_its_seconds(shop: Shop, cause: Cause, client: Client, settings):
    settings.UNDO_SEND_SECONDS = 30
    ids = [one.pk for one in answering.tickets_to_answer(cause, shop.lead)]
    answer = answering.answer_all(cause, author=shop.lead, text="Sorry", key="k", ticket_ids=ids)
    assert answering.send_due() == 0
    client.post(f"/causes/answers/{answer.pk}/take-back/")
    answer.refresh_from_db()
    CauseAnswer.objects.filter(pk=answer.pk).update(leaves_at=TODAY)
    assert (answer.state, answering.send_due(), OutboundMail.objects.count()) == (AnswerState.TAKEN_BACK, 0, 0)


def test_a_refused_ticket_does_not_keep_others_from_their_answer(shop: Shop, cause: Cause):
    ids = [one.pk for one in answering.tickets_to_answer(cause, shop.lead)]
    with pytest.raises(Refused):
        answering.answer_all(cause, author=shop.lead, text="{{ nonsense }}", key="x", ticket_ids=ids)
    answer = answering.answer_all(cause, author=shop.lead, text="Sorry", key="k", ticket_ids=ids)
    Ticket.objects.filter(pk=ids[0]).update(status=TicketStatus.RESOLVED, resolved_at=TODAY)
    answering.send_due()
    counts = answering.outcomes([answer])[answer.pk]
    assert counts == {AnswerOutcome.REFUSED: 1, AnswerOutcome.SENT: 11}


def test_broken_promises_of_its_tickets_gather_on_its_alert(shop: Shop, cause: Cause):
    other = shop.complain(shop.ship(1, 3)[0], 1)
    linked = [link.ticket for link in cause.links.select_related("ticket")]
    for ticket in [*linked, other]:
        clock = Clock(ticket=ticket, metric=Metric.FIRST_REPLY, breached_at=TODAY)
        on_sla_breached(clock=clock, ticket=ticket)
    alert = Alert.objects.get(about=cause.about)
    assert alert.evidence.filter(kind="sla_breached").count() == 12
    assert Evidence.objects.get(ticket=other).alert.subscriber == other.subscriber
    assert Alert.objects.count() == 2


def test_one_open_cause_for_one_thing_and_an_append_only_history(shop: Shop, cause: Cause):
    same = Cause.objects.get(pk=cause.pk)
    same.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        same.save(force_insert=True)
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        CauseEvent.objects.update(to_value="else")
    services.dismiss(cause, actor=shop.lead, because="Ours")
    with pytest.raises(Refused):
        services.assign(cause, actor=shop.lead, owner=shop.lead)
    services.move(cause, CauseState.FOUND, actor=shop.lead)
    with pytest.raises(Refused):
        services.fix(cause, actor=shop.lead, on=cause.begins_on - timedelta(days=1))


def test_pages_are_for_the_store_and_acts_for_the_success_team(shop: Shop, cause: Cause):
    shop.store.team_mode = "two"
    shop.store.save()
    agent = MembershipFactory(store=shop.store, role=Role.AGENT).user
    stranger = MembershipFactory(role=Role.ADMIN).user
    for user, read, act in ((agent, 200, 403), (stranger, 404, 404)):
        client = Client()
        client.force_login(user)
        assert client.get(f"/causes/{cause.pk}/").status_code == read
        assert client.get(f"/causes/{cause.pk}/affected.csv").status_code == read
        for deed in ("assign", "move", "fix", "dismiss", "note", "link", "answer"):
            assert client.post(f"/causes/{cause.pk}/{deed}/").status_code == act, deed
        assert len(client.get("/causes/").context["rows"]) == (1 if user == agent else 0)


def test_the_table_has_every_affected_box(shop: Shop, cause: Cause, client: Client):
    lines = b"".join(client.get(f"/causes/{cause.pk}/affected.csv").streaming_content).decode().splitlines()
    assert lines[0] == "order,batch,carrier,shipped,delivered,name,email,ticket"
    assert len(lines) == 1 + 40
    assert sum("T-" in line for line in lines) == 12


def test_pages_ask_the_same_whatever_their_length(shop: Shop, cause: Cause, client: Client):
    def asked(page: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    asked("/causes/")
    before = asked("/causes/"), asked(f"/causes/{cause.pk}/")
    for value in ("B-2", "B-3"):
        copy = Cause.objects.get(pk=cause.pk)
        copy.pk, copy.value = None, value
        copy.save(force_insert=True)
    for box in shop.ship(2, 5, batch=cause.value):
        services.link_ticket(cause, shop.complain(box, 0), actor=shop.lead)
    assert (asked("/causes/"), asked(f"/causes/{cause.pk}/")) == before


def test_the_interface_tells_of_causes(shop: Shop, cause: Cause, client: Client):
    listed = client.get("/api/v1/causes/?state=found&topic=quality").json()["results"]
    assert [(row["title"], row["count"], row["tickets_count"]) for row in listed] == [("Quality: batch B-17", 12, 12)]
    services.fix(cause, actor=shop.lead, on=TODAY.date())
    gather(cause.pk, TODAY + timedelta(days=1))
    one = client.get(f"/api/v1/causes/{cause.pk}/").json()
    assert (len(one["tickets"]), one["avoided"]["is_too_early"], one["owner"]) == (12, True, None)
    assert one["words"][0]["term"] == "lid leaking"


def test_the_ticket_names_its_cause(shop: Shop, cause: Cause, client: Client):
    ticket = cause.links.first().ticket
    panel = client.get(f"/alerts/panel/ticket/{ticket.pk}/")
    assert panel.context["cause"] == cause
