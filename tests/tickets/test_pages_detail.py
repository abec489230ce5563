"""The ticket page: head, thread, facts, and what comes again while it is open."""

import re

import pytest
from django.utils import timezone

from subscribers.enums import Actor
from tests.factories.pictures import png
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.factories.tickets import DetectionRuleFactory, ReasonFactory
from tests.tickets.conftest import HTMX
from tickets.enums import TicketStatus
from tickets.models import OutboundMail
from tickets.services.conversation import add_note, post_system_message, receive_message, reply
from tickets.services.messages import NewAttachment, NewMessage
from tickets.services.tickets import change_status
from tickets.services.topics import reject_topic
from tickets.sla.starter import install_sla

PNG = png()


def lines(response) -> list[tuple[str, str, str]]:
    return [
        (entry.look, entry.author, entry.text) if entry.message else ("event", "", entry.words)
        for entry in response.context["entries"]
    ]


def test_page_is_titled_and_names_the_ticket(desk, alice):
    ticket = desk.ticket(subject="Lid broken <again>")
    page = alice.get(ticket.get_absolute_url()).content.decode()
    assert f"<title>{ticket.number} Lid broken &lt;again&gt; · Helpdesk</title>" in page
    assert "<h1>Lid broken &lt;again&gt;</h1>" in page


def test_thread_tells_who_wrote_and_what_happened(desk, alice):
    ticket = desk.ticket("Where is it?", message=NewMessage(text="Where is it?", from_name="Ana S."))
    add_note(ticket, author=desk.bob, text="Ask the carrier.")
    reply(ticket, author=desk.alice, text="On its way.", key="k")
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="Thank you!"))
    post_system_message(ticket, text="How was it?", key="flow:1", actor_kind=Actor.FLOW)
    assert lines(alice.get(ticket.get_absolute_url())) == [
        ("in", "Ana S.", "Where is it?"),
        ("note", "Bob Keller", "Ask the carrier."),
        ("out", "Alice Martin", "On its way."),
        ("event", "", "took it"),
        ("event", "", "set it to pending"),
        ("in", "Ana Souza", "Thank you!"),
        ("event", "", "Is open again"),
        ("out", "Tea House", "How was it?"),
    ]


def test_flows_words_bear_the_stores_name_and_say_that_a_flow_wrote(desk, alice):
    ticket = desk.ticket()
    post_system_message(ticket, text="Sorry.", key="flow:1")
    add_note(ticket, author=None, text="A flow looks after it.")
    _, mail, note = alice.get(ticket.get_absolute_url()).context["entries"]
    assert (mail.author, mail.automatic) == ("Tea House", "Sent by a flow")
    assert (note.author, note.automatic) == ("Automation", "")


def test_quoted_text_is_folded_away(desk, alice):
    message = NewMessage(text="Yes.\n\n> Shall we?", visible_text="Yes.")
    [entry] = alice.get(desk.ticket(message=message).get_absolute_url()).context["entries"]
    assert (entry.text, entry.whole) == ("Yes.", "Yes.\n\n> Shall we?")


def test_html_of_a_mail_is_never_part_of_the_page(desk, alice):
    message = NewMessage(text="My box broke", html="<p onclick=steal()>My box <b>broke</b></p><script>steal()</script>")
    page = alice.get(desk.ticket(message=message).get_absolute_url()).content.decode()
    assert '<div class="message-body is-text">My box broke</div>' in page
    assert "steal" not in page


def test_markup_in_a_text_stays_text(desk, alice):
    text = "<script>alert(1)</script> & {{ 7 }}"
    page = alice.get(desk.ticket(text, name="<b>Ana</b>").get_absolute_url()).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 }}" in page
    assert "<b>Ana</b>" not in page


def test_message_of_files_alone_says_that_it_has_no_text(desk, alice):
    files = [NewAttachment("crushed.png", "", PNG), NewAttachment("invoice.pdf", "application/pdf", b"yy")]
    ticket = desk.ticket(message=NewMessage(text="", attachments=files))
    response = alice.get(ticket.get_absolute_url())
    [entry] = response.context["entries"]
    assert [(file.name, file.size, file.is_picture) for file in entry.files] == [
        ("crushed.png", len(PNG), True),
        ("invoice.pdf", 2, False),
    ]
    page = response.content.decode()
    assert "This message has no text." in page
    assert 'alt="Picture crushed.png"' in page


def test_two_running_promises_are_shown(desk, alice):
    install_sla(desk.store)
    promises = alice.get(desk.ticket().get_absolute_url()).context["promises"]
    assert [(promise.clock.metric, promise.is_paused) for promise in promises] == [
        ("first_reply", False),
        ("resolution", False),
    ]
    assert all(promise.due_at > timezone.now() for promise in promises)


def test_topic_is_shown_with_its_words_once(desk, alice):
    DetectionRuleFactory(reason=ReasonFactory(label="Damaged delivery"))
    ticket = desk.ticket("It arrived crushed.", subject="arrived crushed")
    response = alice.get(ticket.get_absolute_url())
    [topic] = response.context["topics"]
    assert (topic.reason.label, topic.evidence) == ("Damaged delivery", ["arrived crushed"])
    assert response.content.decode().count("<mark") == 1
    assert ("event", "", "Recognised as damaged delivery by “arrived crushed”") in lines(response)
    reject_topic(ticket, reason=topic.reason, actor=desk.alice)
    response = alice.get(ticket.get_absolute_url())
    assert response.context["topics"] == []
    assert response.context["topic_choices"] == [topic.reason]


def test_statuses_offered_are_those_that_may_follow(desk, alice):
    ticket = desk.ticket()
    change_status(ticket, actor=desk.alice, status=TicketStatus.RESOLVED)
    response = alice.get(ticket.get_absolute_url())
    assert [status for status, _ in response.context["statuses"]] == ["open", "pending", "on_hold"]
    assert "Reopen this ticket" in response.content.decode()
    assert "Resolve this ticket" not in response.content.decode()


def test_take_it_is_offered_to_those_who_do_not_have_it(desk, alice):
    assert "Take this ticket" in alice.get(desk.ticket().get_absolute_url()).content.decode()
    assert "Take this ticket" not in alice.get(desk.ticket(assignee=desk.alice).get_absolute_url()).content.decode()


def test_subscription_cycle_and_boxes_stand_beside_the_ticket(desk, alice):
    ticket = desk.ticket()
    cycle = CycleFactory(subscription=SubscriptionFactory(subscriber=ticket.subscriber))
    box = BoxFactory(cycle=cycle)
    [card] = alice.get(ticket.get_absolute_url()).context["cards"]
    assert (card.subscription, card.billed_cycles, list(card.boxes)) == (cycle.subscription, 1, [box])


def test_five_other_tickets_stand_beside_it_newest_first(desk, alice):
    ticket = desk.ticket()
    others = [desk.ticket(subject=f"Other {number}", subscriber=ticket.subscriber) for number in range(6)]
    context = alice.get(ticket.get_absolute_url()).context
    assert (context["others"], context["has_more_others"]) == (others[:0:-1], True)


def test_failed_mail_says_why(desk, alice):
    ticket = desk.ticket()
    reply(ticket, author=desk.alice, text="Hello", key="k")
    OutboundMail.objects.update(state="failed", error="No such mail box")
    page = alice.get(ticket.get_absolute_url()).content.decode()
    assert "message-failed" in page
    assert "No such mail box" in page


def test_live_part_brings_what_may_change_and_leaves_the_composer(desk, alice):
    ticket = desk.ticket()
    page = alice.get(f"{ticket.get_absolute_url()}?part=live", headers=HTMX).content.decode()
    assert re.findall(r'id="([\w-]+)"[^>]* hx-swap-oob="true"', page) == [
        "ticket-head",
        "thread",
        "ticket-facts",
        "ticket-fields",
        "ticket-links",
    ]
    assert "<textarea" not in page


def test_every_entry_has_an_id_of_its_own(desk, alice):
    ticket = desk.ticket()
    for key in ("a", "b"):
        reply(ticket, author=desk.alice, text=key, key=key)
        receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text=key))
    anchors = [entry.anchor for entry in alice.get(ticket.get_absolute_url()).context["entries"]]
    assert len(set(anchors)) == len(anchors)
    assert all(anchors)


@pytest.mark.parametrize("pk", ["0", "999999999", "9" * 18])
def test_ticket_that_is_not_there_is_not_found(desk, alice, pk):
    assert alice.get(f"/tickets/{pk}/").status_code == 404


def test_a_mail_from_elsewhere_shows_its_address(desk, alice):
    ticket = desk.ticket(message=NewMessage(text="Where is it?", from_name="Ana", from_address="eve@mallory.test"))
    own = NewMessage(text="Here?", from_address=ticket.subscriber.email.upper())
    receive_message(ticket, subscriber=ticket.subscriber, message=own)
    response = alice.get(ticket.get_absolute_url())
    assert [entry.other_address for entry in response.context["entries"] if entry.message] == ["eve@mallory.test", ""]
    assert response.content.decode().count("Not the address that the customer is known by") == 1
