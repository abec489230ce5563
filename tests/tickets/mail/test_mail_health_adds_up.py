"""The mail page: its figures add up and open their mails, for those who answer for the mail, at a fixed cost."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers.enums import Role
from tests.factories.people import MembershipFactory
from tests.factories.tickets import MailboxFactory
from tests.tickets.conftest import Desk, signed_in
from tickets.enums import AccountKind, InboundOutcome, InboundState, OutboundState
from tickets.mail import intake
from tickets.mail.health import report
from tickets.models import InboundMail, MailAccount, Mailbox, OutboundMail
from tickets.services.conversation import reply


@pytest.fixture
def mailbox(desk: Desk, settings) -> Mailbox:
    settings.SMTP_PORT = 1  # nobody listens there
    return Mailbox.objects.get(address="help@tea.example")


def arrive(mailbox: Mailbox, name: str, *headers: str, key: str = "", text: str = "Hello", read: bool = True):
    lines = (f"Message-ID: <{name}@mail.example>", "From: ana@mail.example", f"Subject: {name}", *headers, "", text)
    raw = "\r\n".join(lines).encode() if name else b" "
    inbound = intake.store_raw(mailbox=mailbox, raw=raw, source="smtp", source_key=key)
    if read:
        intake.process(inbound.pk)
    return inbound


@pytest.fixture
def busy(mailbox: Mailbox) -> Mailbox:
    """One of each: two tickets, an answer, a second copy, our own, one of no content, one that waits."""
    arrive(mailbox, "first")
    arrive(mailbox, "second")
    arrive(mailbox, "answer", "In-Reply-To: <first@mail.example>")
    arrive(mailbox, "first", key="imap:1:1")
    arrive(mailbox, "ours", "X-Loop: help@tea.example")
    arrive(mailbox, "")
    arrive(mailbox, "waits", read=False)
    return mailbox


def test_every_mail_counts_once(busy):
    found = report(Mailbox.objects.all())
    assert found.proof.received == 7
    assert dict(found.proof.terms) == {
        InboundOutcome.TICKET: 2,
        InboundOutcome.MESSAGE: 1,
        InboundOutcome.DUPLICATE: 1,
        InboundOutcome.NO_TICKET: 1,
        InboundOutcome.QUARANTINED: 1,
        InboundOutcome.WAITING: 1,
    }
    assert found.proof.adds_up
    assert (found.waiting, found.quarantined) == (1, 1)
    assert found.mailboxes[0].proof == found.proof


def test_delay_is_from_arrival_to_message(mailbox):
    for seconds in range(1, 12):
        inbound = arrive(mailbox, f"mail-{seconds}")
        inbound.refresh_from_db()
        InboundMail.objects.filter(pk=inbound.pk).update(received_at=inbound.processed_at - timedelta(seconds=seconds))
    delays = report(Mailbox.objects.all()).delays
    assert (delays.median, delays.p90, delays.slowest) == (6.0, 10.0, 11.0)


def test_what_leaves_is_counted_by_its_state(desk, mailbox):
    ticket = desk.ticket()
    for number, state in enumerate(("queued", "failed", "cancelled", "sent")):
        reply(ticket, author=desk.alice, text="Hello", key=f"key-{number}")
        changes = {
            "state": state,
            "sent_at": timezone.now() if state == "sent" else None,
            "error": "No.",
            "attempts": 2,
        }
        OutboundMail.objects.filter(pk=OutboundMail.objects.latest("pk").pk).update(**changes)
    leaving = report(Mailbox.objects.all()).leaving
    assert (leaving.waiting, leaving.retrying, leaving.failed, leaving.held, leaving.sent) == (1, 1, 1, 1, 1)
    assert leaving.oldest == OutboundMail.objects.get(state=OutboundState.QUEUED).created_at


def test_server_and_store_are_compared(mailbox):
    MailAccount.objects.create(
        mailbox=mailbox, kind=AccountKind.IMAP, host="imap.example", username="help", last_success_at=timezone.now(),
        counted_at=timezone.now(), server_count=5, stored_count=4,
    )  # fmt: skip
    [way] = report(Mailbox.objects.all()).mailboxes[0].ways_in
    assert (way.is_ok, way.server_count, way.stored_count, way.counts_agree) == (True, 5, 4, False)


@pytest.mark.parametrize("outcome", InboundOutcome)
def test_every_figure_opens_its_mails(desk, busy, outcome):
    bob = signed_in(desk.bob)
    count = report(Mailbox.objects.all()).proof.parts[outcome]
    response = bob.get(f"/mail/in/?outcome={outcome}&period=24h&mailbox={busy.pk}")
    assert len(response.context["page"].rows) == count
    for mail in response.context["page"].rows:
        assert bob.get(f"/mail/in/{mail.pk}/").status_code == 200


def test_quarantine_is_seen_saved_and_read_again(desk, busy, monkeypatch):
    bob = signed_in(desk.bob)
    [stopped] = bob.get("/mail/").context["quarantine"]
    page = bob.get(f"/mail/in/{stopped.pk}/").content.decode()
    assert "The mail is empty." in page
    assert bob.get(f"/mail/in/{stopped.pk}.eml").content == b" "
    assert bob.post(f"/mail/in/{stopped.pk}/retry/").status_code == 302
    stopped.refresh_from_db()
    assert stopped.state == InboundState.STORED
    intake.process(stopped.pk)
    assert bob.post("/mail/retry/").headers["Location"] == "/mail/?retried=1"
    response = bob.get("/mail/?retried=1")
    assert response.context["quarantine"] == []
    assert "A mail that cannot be read waits here" in response.content.decode()


def test_page_is_for_those_who_answer_for_the_mail(desk, busy, alice, client):
    stopped = InboundMail.objects.get(state=InboundState.QUARANTINED)
    addresses = ["/mail/", f"/mail/in/{stopped.pk}/", f"/mail/in/{stopped.pk}.eml"]
    assert [alice.get(address).status_code for address in addresses] == [403, 404, 404]
    assert alice.post(f"/mail/in/{stopped.pk}/retry/").status_code == 404
    charlie = signed_in(desk.charlie)
    MailboxFactory(store=desk.charlie.memberships.get().store, address="other@shop.example")
    assert [row.mailbox.address for row in charlie.get("/mail/").context["report"].mailboxes] == ["other@shop.example"]
    assert [charlie.get(address).status_code for address in addresses[1:]] == [404, 404]
    assert list(charlie.get("/mail/in/").context["page"].rows) == []
    assert client.get("/mail/").status_code == 302
    assert 'title="Mail"' not in alice.get("/").content.decode()
    assert 'title="Mail"' in charlie.get("/").content.decode()


@pytest.mark.parametrize("address", ["/mail/", "/mail/in/", "/mail/out/?state=failed"])
def test_page_asks_the_same_for_one_mailbox_and_for_three(desk, busy, address):
    bob = signed_in(desk.bob)
    ticket = desk.ticket()

    def asked() -> int:
        reply(ticket, author=desk.alice, text="Hello", key=f"key-{OutboundMail.objects.count()}")
        OutboundMail.objects.update(state=OutboundState.FAILED, error="No.")
        with CaptureQueriesContext(connection) as queries:
            assert bob.get(address).status_code == 200
        return len(queries)

    one = asked()
    for number in range(2):
        other = MailboxFactory(store=desk.store, queue=desk.support)
        MailAccount.objects.create(mailbox=other, kind=AccountKind.IMAP, host=f"imap{number}.example", username="x")
        arrive(other, f"more-{number}")
        arrive(other, "")
    assert asked() == one
    assert one <= 16


def test_command_tells_monitoring(busy, desk):
    MembershipFactory(store=desk.store, role=Role.ADMIN)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("mail_health", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert ended.value.code == 1
    assert (told["ok"], told["received"], told["became"]["ticket"], told["adds_up"]) == (False, 7, 2, True)
    assert [(wrong["kind"], wrong["mailbox"]) for wrong in told["wrong"]] == [("quarantined", "help@tea.example")]
    InboundMail.objects.filter(state=InboundState.QUARANTINED).delete()
    out = StringIO()
    call_command("mail_health", stdout=out)
    assert out.getvalue().splitlines()[0] == (
        "received in 24 hours: 6 = 2 new tickets + 1 messages on tickets + 1 second copies"
        " + 1 ours or automatic, without a ticket + 0 in quarantine + 1 not read yet"
    )
    assert out.getvalue().splitlines()[-1] == "nothing is wrong"
