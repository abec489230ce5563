"""Mail that machines sent: told apart, and never answered by ours."""

# ruff: noqa: E501 (samples)
import pytest

from tickets.mail.parsed import BouncedRecipients
from tickets.mail.parsing import parse_mail


def kind_and_answer(headers: str, body: str = "Text") -> tuple[str | None, bool]:
    parsed = parse_mail(f"From: Ann <ann@example.com>\n{headers}\n\n{body}".encode())
    return parsed.automatic, parsed.may_auto_reply


@pytest.mark.parametrize(
    ("headers", "kind", "may_answer"),
    [
        ("Subject: My box", None, True),
        ("Auto-Submitted: no", None, True),
        ("Auto-Submitted: auto-replied (vacation)", "auto_reply", False),
        ("Auto-Submitted: auto-generated", "auto_reply", False),
        ("Subject: Automatische Antwort: Ihre Box", "auto_reply", False),
        ("Subject: Out of Office: your box", "auto_reply", False),
        ("X-Autoreply: yes", "auto_reply", False),
        ("Precedence: bulk", "list", False),
        ("List-Id: <news.example.com>", "list", False),
        ("X-Auto-Response-Suppress: OOF, AutoReply", None, False),
        ("X-Auto-Response-Suppress: DR, RN", None, True),
        ("X-Loop: help@shop.example", None, False),
        ("Return-Path: <>", None, False),
        ("Subject: Delivery of my box failed", None, True),
        ("Subject: My box was returned to sender, undeliverable", None, True),
    ],
)
def test_headers_tell_machines_from_people(headers, kind, may_answer):
    assert kind_and_answer(headers) == (kind, may_answer)


@pytest.mark.parametrize("address", ["no-reply@x.example", "noreply@x.example", "bounces+1=2@x.example", "Ann", ""])
def test_addresses_that_nobody_reads_get_no_answer(address):
    assert parse_mail(f"From: {address}\nSubject: Hi\n\nText".encode()).may_auto_reply is False


REPORT = """From: Mail Delivery System <MAILER-DAEMON@mx.example>
Return-Path: <>
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; Gone@example.com
Action: failed
Status: 5.1.1

Final-Recipient: rfc822; slow@example.com
Action: delayed
Status: 4.4.1
--b
Content-Type: message/rfc822

Message-ID: <ours.1@shop.example>
Subject: Your box

Hello
--b--
"""


def test_delivery_report_names_recipients_and_the_message_it_is_about():
    parsed = parse_mail(REPORT.encode())
    assert parsed.automatic == "bounce"
    assert parsed.bounced_recipients == BouncedRecipients(("gone@example.com",), ("slow@example.com",))
    assert parsed.bounced_message_ids == ("ours.1@shop.example",)
    assert (parsed.may_auto_reply, parsed.forwarded) == (False, False)


def test_report_of_success_is_no_bounce():
    parsed = parse_mail(REPORT.replace("failed", "delivered").replace("delayed", "relayed").encode())
    assert parsed.automatic == "auto_reply"


def test_bounce_that_follows_no_standard():
    parsed = parse_mail(
        b"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.example.\n"
        b"I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        b"This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        b"<gone@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy\n"
    )
    assert parsed.automatic == "bounce"
    assert parsed.bounced_recipients.permanent == ("gone@example.com",)


def test_complaint_through_a_feedback_loop():
    raw = (
        b"From: fbl@isp.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        b"--b\n\nspam\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--\n"
    )
    assert parse_mail(raw).automatic == "feedback_report"


def test_vacation_answer_with_an_empty_envelope_sender_is_no_bounce():
    headers = "Return-Path: <>\nAuto-Submitted: auto-replied\nSubject: Away until Monday"
    assert kind_and_answer(headers, "I am away. My mailbox will be read on Monday.") == ("auto_reply", False)


def test_customers_words_about_delivery_are_no_bounce():
    body = "The box could not be delivered, the address was unknown. Delivery failed twice! Order 550 is lost."
    assert kind_and_answer("Subject: Delivery failed", body) == (None, True)


def test_forwarded_mail_names_its_writer():
    parsed = parse_mail(
        b"From: agent@shop.example\nSubject: Fwd: Broken\n\nplease open\n\n---------- Forwarded message ---------\n"
        b"From: Ann <ann@example.com>\nDate: Mon, 2 Nov 2026\nSubject: Broken\nTo: agent@shop.example\n\nIt is broken."
    )
    assert (parsed.forwarded, parsed.forwarded_from.address, parsed.visible_reply) == (
        True, "ann@example.com", "please open",
    )  # fmt: skip
