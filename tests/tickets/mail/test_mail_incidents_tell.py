"""Silent mailboxes and mail that stands still: noticed, told once, on every page, and closed by themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.enums import Role
from tests.factories.people import MembershipFactory
from tests.factories.tickets import MailboxFactory
from tests.tickets.conftest import Desk, signed_in
from tickets.enums import AccountKind, InboundState, IncidentKind, OutboundState
from tickets.mail.incidents import findings, sweep
from tickets.mail.outbox import queue_mail
from tickets.models import InboundMail, MailAccount, Mailbox, MailIncident, OutboundMail

NOW = timezone.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def mailbox(desk: Desk) -> Mailbox:
    MembershipFactory(store=desk.store, role=Role.ADMIN, user__email="boss@tea.example")
    return Mailbox.objects.get(address="help@tea.example")


def mails(mailbox: Mailbox, *ages: timedelta, state: str = InboundState.PROCESSED) -> None:
    InboundMail.objects.bulk_create(
        InboundMail(mailbox=mailbox, source="smtp", source_key=f"{state}{age}", raw=b"x", size=1, state=state,
                    received_at=NOW - age)
        for age in ages
    )  # fmt: skip


def account(mailbox: Mailbox, **fields) -> MailAccount:
    return MailAccount.objects.create(
        mailbox=mailbox, kind=AccountKind.IMAP, host="imap.example", username="help", **fields
    )


def outbound(mailbox: Mailbox, age: timedelta, number: int = 0, **fields) -> None:
    key = f"{age} {number}"
    mail = queue_mail(
        store=mailbox.store, subscriber=None, recipient=f"x{number}@mail.example", subject="x", text="x", key=key
    )
    OutboundMail.objects.filter(pk=mail.pk).update(created_at=NOW - age, **fields)


def kinds() -> list[str]:
    return sorted(finding.kind for finding in findings(NOW))


def test_quiet_mailboxes_have_nothing_wrong(mailbox):
    assert kinds() == []


def test_fetching_that_fails_or_is_not_done_is_found(mailbox):
    row = account(mailbox, last_success_at=NOW - HOUR, failing_since=NOW - timedelta(minutes=10), last_error="No.")
    assert kinds() == []
    MailAccount.objects.filter(pk=row.pk).update(failing_since=NOW - timedelta(minutes=16))
    [finding] = findings(NOW)
    assert (finding.kind, finding.detail) == ("fetching", "help at imap.example, INBOX: No.")
    MailAccount.objects.filter(pk=row.pk).update(failing_since=None)
    [finding] = findings(NOW)
    assert (finding.kind, finding.since) == ("fetching", NOW - HOUR)
    MailAccount.objects.filter(pk=row.pk).update(is_active=False)
    assert kinds() == []


@pytest.mark.parametrize(
    ("last", "found"), [(timedelta(hours=1.9), []), (timedelta(hours=4.4), []), (timedelta(hours=4.6), ["silent"])]
)
def test_silence_is_measured_by_the_mailbox_own_pauses(mailbox, last, found):
    mails(mailbox, *(last + number * 3 * HOUR for number in range(60)))
    assert kinds() == found


def test_mailbox_of_little_mail_is_never_silent(mailbox):
    mails(mailbox, *(9 * HOUR + number * HOUR for number in range(49)))
    assert kinds() == []


def test_mail_that_waits_is_found_in_time(mailbox):
    mails(mailbox, timedelta(minutes=14), state=InboundState.STORED)
    assert kinds() == []
    mails(mailbox, timedelta(minutes=16), state=InboundState.STORED)
    mails(mailbox, timedelta(minutes=1), state=InboundState.QUARANTINED)
    assert kinds() == ["quarantined", "unread"]


def test_sending_that_stands_still_is_found(mailbox):
    minutes = timedelta(minutes=20)
    for number in range(2):
        outbound(mailbox, minutes, number, error="No route.")
    assert kinds() == []
    outbound(mailbox, minutes, 2)
    [finding] = findings(NOW)
    assert (finding.kind, finding.detail) == ("sending", "3 mails waiting to be sent. No route.")
    outbound(mailbox, timedelta(minutes=5), 3, state=OutboundState.SENT, sent_at=NOW)
    assert kinds() == [], "others get through: it is the recipients' servers that do not answer"


def test_five_failures_without_a_success_are_found(mailbox):
    for number in range(5):
        outbound(mailbox, timedelta(minutes=number), number, state=OutboundState.FAILED)
    assert kinds() == ["sending"]


def test_incident_opens_once_is_told_once_and_closes_by_itself(desk, mailbox):
    mails(mailbox, HOUR, state=InboundState.QUARANTINED)
    sweep(NOW)
    sweep(NOW)
    [incident] = MailIncident.objects.all()
    assert (incident.kind, incident.since, incident.told_at) == (IncidentKind.QUARANTINED, NOW - HOUR, NOW)
    [told] = OutboundMail.objects.all()
    assert (told.recipient, told.subject) == ("boss@tea.example", "Mail in quarantine: help@tea.example")
    mails(mailbox, 2 * HOUR, state=InboundState.QUARANTINED)
    sweep(NOW)
    incident.refresh_from_db()
    assert incident.detail == "2 mails in quarantine."
    InboundMail.objects.all().delete()
    sweep(NOW + HOUR)
    incident.refresh_from_db()
    assert incident.cleared_at == NOW + HOUR
    mails(mailbox, HOUR, state=InboundState.QUARANTINED)
    sweep(NOW)
    assert MailIncident.objects.open().count() == 1
    assert OutboundMail.objects.count() == 2


def test_what_cannot_be_sent_is_not_told_by_mail(mailbox):
    outbound(mailbox, 2 * HOUR)
    sweep(NOW)
    assert list(MailIncident.objects.values_list("kind", "told_at")) == [("sending", None)]
    assert OutboundMail.objects.count() == 1


def test_mailbox_that_is_switched_off_troubles_nobody(mailbox):
    mails(mailbox, HOUR, state=InboundState.QUARANTINED)
    sweep(NOW)
    Mailbox.objects.update(is_active=False)
    sweep(NOW)
    assert MailIncident.objects.open().count() == 0


def test_every_page_of_a_lead_says_so(desk, mailbox, alice):
    MailIncident.objects.create(mailbox=mailbox, kind=IncidentKind.SILENT, since=NOW - HOUR)
    MailIncident.objects.create(mailbox=mailbox, kind=IncidentKind.SENDING, since=NOW)
    page = signed_in(desk.bob).get("/tickets/").content.decode()
    assert "No mail arrives" in page
    assert "and 1 more" in page
    assert "No mail arrives" not in alice.get("/tickets/").content.decode()
    MailboxFactory(store=desk.charlie.memberships.get().store)
    assert "No mail arrives" not in signed_in(desk.charlie).get("/tickets/").content.decode()
