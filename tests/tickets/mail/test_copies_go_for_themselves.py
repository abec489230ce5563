"""Each recipient of one answer has a row: the same mail, sent, refused and sent again for itself."""

import pytest

from subscribers.errors import Refused
from tickets.enums import ClockState, Metric, OutboundState, RecipientRole, TicketEventKind
from tickets.mail import sending
from tickets.mail.outbox import Recipient
from tickets.models import OutboundMail, Suppression
from tickets.services.conversation import reply
from tickets.services.leaving import send_again, send_elsewhere
from tickets.sla.starter import install_sla

COPIES = (
    Recipient("dan@mail.test", 'Dan "D" Doe', RecipientRole.CC),
    Recipient("BEA@mail.test", "Bea again", RecipientRole.CC),
    Recipient("unal@mail.test", "Ünal", RecipientRole.CC),
)


@pytest.fixture
def ticket(world):
    install_sla(world.store)
    return world.open()


def rows(message) -> dict[str, str]:
    return dict(OutboundMail.objects.filter(message=message).values_list("recipient", "state"))


def first_reply(ticket):
    return ticket.clocks.filter(metric=Metric.FIRST_REPLY).order_by("cycle").values_list("state", flat=True)


def test_all_see_the_same_mail_and_each_gets_one(world, ticket, outside):
    message = reply(ticket, author=world.alice, text="Hello", key="1", cc=COPIES)
    sending.sweep()
    assert sorted(outside.recipients) == ["bea@mail.test", "dan@mail.test", "unal@mail.test"]
    assert {mail["Message-ID"] for mail in outside.mails} == {f"<{message.rfc822_id}>"}
    shown = [[(one.display_name, one.addr_spec) for one in mail["To"].addresses] for mail in outside.mails]
    assert shown == [[("Bea Buyer", "bea@mail.test")]] * 3
    shown = [[(one.display_name, one.addr_spec) for one in mail["Cc"].addresses] for mail in outside.mails]
    assert shown == [[("Dan D Doe", "dan@mail.test"), ("Ünal", "unal@mail.test")]] * 3


def test_a_refused_copy_is_told_and_leaves_the_answer_given(world, ticket, outside):
    outside.refused["dan@mail.test"] = "550 5.1.1 User unknown"
    message = reply(ticket, author=world.alice, text="Hello", key="1", cc=COPIES)
    sending.sweep()
    assert rows(message) == {"bea@mail.test": "sent", "dan@mail.test": "failed", "unal@mail.test": "sent"}
    ticket.refresh_from_db()
    assert (ticket.status, list(first_reply(ticket))) == ("pending", [ClockState.MET])
    assert ticket.events.get(kind=TicketEventKind.SEND_FAILED).to_value == "dan@mail.test"
    assert Suppression.objects.get().address == "dan@mail.test"


def test_a_failed_answer_is_sent_again_under_its_id_and_counts_from_then(world, ticket, outside):
    outside.refused["bea@mail.test"] = "554 5.7.1 No"
    message = reply(ticket, author=world.alice, text="Hello", key="1")
    sending.sweep()
    ticket.refresh_from_db()
    assert (ticket.status, list(first_reply(ticket))) == ("open", [ClockState.CANCELLED, ClockState.RUNNING])

    outside.refused.clear()
    outbound = send_again(OutboundMail.objects.get(), actor=world.alice)
    with pytest.raises(Refused):
        send_again(outbound, actor=world.alice)
    sending.sweep()
    ticket.refresh_from_db()
    assert (ticket.status, list(first_reply(ticket))) == ("pending", [ClockState.CANCELLED, ClockState.MET])
    assert [mail["Message-ID"] for mail in outside.mails] == [f"<{message.rfc822_id}>"]
    assert list(outbound.events.order_by("pk").values_list("kind", flat=True)) == [
        "attempted",
        "failed",
        "sent_again",
        "attempted",
        "sent",
    ]


def test_a_failed_answer_goes_to_another_address(world, ticket, outside):
    outside.refused["bea@mail.test"] = "550 5.1.1 User unknown"
    message = reply(ticket, author=world.alice, text="Hello", key="1")
    sending.sweep()
    failed = OutboundMail.objects.get()
    for wrong in ("nobody", "", "Bea@mail.test"):
        with pytest.raises(Refused):
            send_elsewhere(failed, actor=world.alice, address=wrong)
    send_elsewhere(failed, actor=world.alice, address="bea@home.test")
    sending.sweep()
    assert rows(message) == {"bea@mail.test": "failed", "bea@home.test": "sent"}
    assert [(mail["To"], mail["Message-ID"]) for mail in outside.mails] == [("bea@home.test", f"<{message.rfc822_id}>")]
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since, list(first_reply(ticket))[-1]) == ("pending", None, ClockState.MET)


def test_a_mail_cut_short_again_and_again_is_given_up_and_told(world, ticket, outside):
    """What a dead worker may have sent already goes out at most twice more."""
    reply(ticket, author=world.alice, text="Hello", key="1")
    pk = OutboundMail.objects.get().pk
    for _ in range(sending.MOST_CUT_SHORT + 1):
        assert sending._claim(pk) is not None
        OutboundMail.objects.update(claimed_until="2026-01-01T00:00Z")
    assert sending.sweep() == 1
    outbound = OutboundMail.objects.get()
    assert (outbound.state, outside.mails) == (OutboundState.FAILED, [])
    assert "it may have arrived" in outbound.error
    send_again(outbound, actor=world.alice)
    sending.sweep()
    assert len(outside.mails) == 1
