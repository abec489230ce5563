"""What fails is tried again, then waits in quarantine; nothing is lost and nothing stops."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from tests.tickets.mail.plumbing import DUPLICATE, PROCESSED, QUARANTINED, STORED, letter, make_world, states
from tickets.mail import intake
from tickets.models import InboundMail, Ticket


def fail(*_args):
    raise OperationalError("the disk is full")


def make_due() -> None:
    InboundMail.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def test_a_passing_fault_is_tried_again_later(world, monkeypatch):
    inbound = world.store_raw(letter(Subject="Later"))
    with monkeypatch.context() as broken:
        broken.setattr(intake, "take_in", fail)
        assert intake.process(inbound.pk) is None
    inbound.refresh_from_db()
    assert (inbound.state, inbound.attempts, inbound.subject) == (STORED, 1, "Later")
    assert inbound.error == "OperationalError: the disk is full"
    assert inbound.next_attempt_at > timezone.now()
    assert intake.sweep() == 0
    make_due()
    assert intake.sweep() == 1
    assert (states(), Ticket.objects.count()) == ([PROCESSED], 1)


def test_a_fault_that_stays_ends_in_quarantine(world, monkeypatch):
    inbound = world.store_raw(letter())
    monkeypatch.setattr(intake, "take_in", fail)
    for _ in intake.WAITS:
        make_due()
        intake.process(inbound.pk)
    inbound.refresh_from_db()
    assert (inbound.state, inbound.attempts) == (QUARANTINED, len(intake.WAITS))


def test_a_mail_that_kills_its_worker_is_quarantined(world, monkeypatch):
    def die(*_args):
        raise SystemExit

    inbound = world.store_raw(letter())
    monkeypatch.setattr(intake, "take_in", die)
    for _ in intake.WAITS:
        make_due()
        with pytest.raises(SystemExit):
            intake.process(inbound.pk)
    make_due()
    assert intake.sweep() == 1
    inbound.refresh_from_db()
    assert (inbound.state, inbound.error) == (QUARANTINED, "Its processing was cut short each time.")


def test_a_failure_halfway_leaves_no_ticket(world, monkeypatch):
    def halfway(*args):
        intake_take_in(*args)
        fail()

    intake_take_in = intake.take_in
    monkeypatch.setattr(intake, "take_in", halfway)
    world.take(letter())
    assert (Ticket.objects.count(), states()) == (0, [STORED])


def test_one_bad_mail_does_not_stop_the_sweep(world):
    for raw in (b"", letter(), b"\x00" * 50, letter()):
        world.store_raw(raw)
    assert intake.sweep() == 4
    assert states() == [QUARANTINED, PROCESSED, QUARANTINED, PROCESSED]


def test_a_row_that_another_worker_holds_is_passed_by(transactional_db):
    world = make_world()
    inbound = world.store_raw(letter())
    outcomes = []

    def other_worker() -> None:
        outcomes.append(intake.process(inbound.pk))
        connection.close()

    with transaction.atomic():
        InboundMail.objects.select_for_update().get(pk=inbound.pk)
        thread = threading.Thread(target=other_worker)
        thread.start()
        thread.join()
    assert outcomes == [None]
    assert intake.process(inbound.pk).state == PROCESSED


def test_mails_of_one_thread_read_at_once_open_one_ticket(transactional_db):
    world = make_world()
    pks = []
    for number in range(6):
        ids = [f"<{number}.{part}@thread.test>" for part in range(3)]
        pks.append(world.store_raw(letter(Message_ID=ids[0])).pk)
        pks.append(world.store_raw(letter(Message_ID=ids[1], In_Reply_To=ids[0], References=ids[0])).pk)
        pks.append(world.store_raw(letter(Message_ID=ids[2], References=f"{ids[0]} {ids[1]}")).pk)
    together = threading.Barrier(3)

    def worker(mine: list[int]) -> None:
        for pk in mine:
            together.wait()
            intake.process(pk)
        connection.close()

    threads = [threading.Thread(target=worker, args=(pks[start::3],)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    make_due()
    intake.sweep()
    assert states() == [PROCESSED] * 18
    assert [ticket.messages.count() for ticket in Ticket.objects.all()] == [3] * 6


headers = st.sampled_from(
    (
        b"From: a@b.test",
        b"From: =?utf-8?q?=00?= <\x00@\xff>",
        b"Reply-To: x",
        b"Subject: \x00\xed\xa0\x80 =?x?b?////?=",
        b"Message-ID: <1@x>",
        b"Message-ID: " + b"\xe6\x97" * 600,
        b"References: <1@x> <\x00> <>",
        b"To: support+t1001-aaaaaaaaaaaaaaaa@demo.example",
        b"Date: Mon, 01 Jan 0001 00:00:00 +2359",
        b"Date: Fri, 31 Dec 9999 23:59:59 -2359",
        b"Date: Sat, 1 Jan 2000 00:00:00 +2000",
        b"Auto-Submitted: auto-replied",
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: message/rfc822",
        b"Content-Disposition: attachment; filename*=x'y'%00%ff",
        b"Content-Transfer-Encoding: base64",
    )
)
mails = st.one_of(
    st.binary(max_size=400),
    st.builds(
        lambda lines, body: b"\r\n".join(lines) + b"\r\n\r\n" + body,
        st.lists(headers, max_size=8),
        st.one_of(st.binary(max_size=200), st.just(b"--b\r\n\r\nhi\r\n--b\r\nContent-Type: x/y\r\n\r\n\x00\r\n--b--")),
    ),
)


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(raw=mails, sender=st.text(max_size=30), recipient=st.text(max_size=30))
def test_no_bytes_raise_and_none_are_lost(world, raw, sender, recipient):
    inbound = world.store_raw(raw, envelope_from=sender, envelope_to=[recipient])
    intake.process(inbound.pk)
    inbound.refresh_from_db()
    assert bytes(inbound.raw) == raw
    assert inbound.state in (PROCESSED, DUPLICATE, QUARANTINED)
    assert inbound.message_id or inbound.error
    assert "Error" not in inbound.error.split(":")[0], inbound.error
