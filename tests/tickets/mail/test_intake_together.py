"""Mails are taken in many at a time; what one does is never another's affair."""

from itertools import pairwise

from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.models import Subscriber
from tests.thorough import examples
from tests.tickets.mail.plumbing import DUPLICATE, NUMBERS, PROCESSED, QUARANTINED, STORED, letter, states
from tickets.mail import intake
from tickets.models import ClockEvent, InboundMail, Message, Ticket, TicketEvent
from tickets.sla.starter import install_sla


def statements(world, mails: int) -> int:
    for _ in range(mails):
        world.store_raw(letter(From=f"writer{next(NUMBERS)}@mail.test"))
    with CaptureQueriesContext(connection) as captured:
        assert intake.sweep() == mails
    return len(captured)


def test_twenty_mails_take_the_statements_of_one(world):
    statements(world, 1)
    assert statements(world, 1) == statements(world, 20)


def test_a_conversation_in_one_batch_is_one_ticket(world):
    ids = [f"<{number}@thread.test>" for number in range(4)]
    world.store_raw(letter(Message_ID=ids[0]))
    for before, own in pairwise(ids):
        world.store_raw(letter(Message_ID=own, In_Reply_To=before, References=f"{ids[0]} {before}"))
    intake.sweep()
    assert [ticket.messages.count() for ticket in Ticket.objects.all()] == [4]
    assert list(Message.objects.order_by("pk").values_list("rfc822_id", flat=True)) == [each[1:-1] for each in ids]


def test_two_new_mails_of_one_person_in_one_batch_are_two_tickets_of_one_subscriber(world):
    world.store_raw(letter(From="Bea <bea@mail.test>"))
    world.store_raw(letter(From="BEA@mail.test"))
    intake.sweep()
    assert (Ticket.objects.count(), Subscriber.objects.get().name) == (2, "Bea")


def test_one_that_fails_leaves_the_others_alone(world, monkeypatch):
    def choosy(arrived):
        outcomes = take_in(arrived)
        if any(one.mail.subject == "Bad" for one in arrived):
            raise OSError("no")
        return outcomes

    take_in = intake.take_in
    monkeypatch.setattr(intake, "take_in", choosy)
    for subject in ("One", "Bad", "Two"):
        world.store_raw(letter(Subject=subject))
    assert intake.sweep() == 3
    assert states() == [PROCESSED, STORED, PROCESSED]
    assert sorted(Ticket.objects.values_list("subject", flat=True)) == ["One", "Two"]
    assert InboundMail.objects.get(state=STORED).error == "OSError: no"
    assert TicketEvent.objects.count() == 2


def test_one_that_kills_its_worker_takes_the_others_along_only_once(world, monkeypatch):
    def deadly(arrived):
        if any(one.mail.subject == "Bad" for one in arrived):
            raise SystemExit
        return take_in(arrived)

    take_in = intake.take_in
    monkeypatch.setattr(intake, "take_in", deadly)
    for subject in ("One", "Bad", "Two"):
        world.store_raw(letter(Subject=subject))
    for _ in range(3 + len(intake.WAITS)):
        InboundMail.objects.update(next_attempt_at="2026-01-01T00:00Z")
        try:
            intake.sweep()
        except SystemExit:
            continue
    assert states() == [PROCESSED, QUARANTINED, PROCESSED]
    assert list(InboundMail.objects.order_by("pk").values_list("attempts", flat=True)) == [2, 6, 2]


IDS = [f"{number}@talk.test" for number in range(4)]
TALK = [
    letter(Subject="Talk", Message_ID=f"<{IDS[0]}>"),
    letter(Subject="Re: Talk", Message_ID=f"<{IDS[1]}>", In_Reply_To=f"<{IDS[0]}>"),
    letter(Subject="Re: Talk", Message_ID=f"<{IDS[2]}>", References=f"<{IDS[0]}> <{IDS[1]}>"),
    letter(Subject="Re: Talk", Message_ID=f"<{IDS[3]}>", From="eve@mail.test", References=f"<{IDS[0]}> <{IDS[2]}>"),
]


@settings(
    max_examples=examples(6),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    order=st.permutations([*range(4), *range(4)]),
    together=st.booleans(),
)
def test_any_order_and_repetition_of_a_conversation_is_one_thread(world, order, together):
    InboundMail.objects.all().delete()
    Ticket.objects.all().delete()
    for copy, number in enumerate(order):
        world.store_raw(TALK[number], source_key=str(copy))
        if not together:
            intake.sweep()
    intake.sweep()
    assert sorted(states()) == [DUPLICATE] * 4 + [PROCESSED] * 4
    ticket = Ticket.objects.get()
    assert sorted(ticket.messages.values_list("rfc822_id", flat=True)) == IDS
    roles = dict(ticket.participants.values_list("address", "role"))
    assert roles.keys() == {"bea@mail.test", "eve@mail.test"}


def test_promises_of_a_batch_are_those_of_single_mails(world):
    install_sla(world.store)
    for together in (True, False):
        for number in range(3):
            world.store_raw(letter(From=f"{number}.{together}@mail.test"), source_key=f"{together}{number}")
            if not together:
                intake.sweep()
        intake.sweep()
    lines = ClockEvent.objects.order_by("pk").values_list("clock__metric", "kind", "data__change", "data__cause")
    assert list(lines[:6]) == list(lines[6:])
    assert Ticket.objects.filter(next_due_at=None).count() == 0


def test_a_copy_is_known_beside_an_id_that_many_mails_share(world):
    same = letter("Once", Message_ID="<once@mail.test>")
    for raw in (*(letter(f"Number {n}", Message_ID="<1@localhost>") for n in range(45)), same):
        world.store_raw(raw)
    intake.sweep()
    world.store_raw(letter("One more", Message_ID="<1@localhost>"))
    world.store_raw(same, source_key="again")
    intake.sweep()
    assert states()[-2:] == [PROCESSED, DUPLICATE]
