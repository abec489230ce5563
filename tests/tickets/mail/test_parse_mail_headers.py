"""Headers: decoded, lenient, never invented."""

import pytest

from tickets.mail.parsed import Address
from tickets.mail.parsing import message_ids, parse_mail


def mail(headers: str, body: str = "Hi\n") -> bytes:
    return f"{headers}\n\n{body}".encode()


def test_sender_with_an_encoded_name():
    parsed = parse_mail(mail("From: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg@example.com>"))
    assert parsed.sender == Address("Jörg Müller", "joerg@example.com")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ann@example.com", ("", "ann@example.com")),
        ("Ann Example <ann@example.com>", ("Ann Example", "ann@example.com")),
        ('"Example, Ann" <ann@example.com>', ("Example, Ann", "ann@example.com")),
        ("ann@example.com (Ann (of the) Example)", ("Ann (of the) Example", "ann@example.com")),
        ("<ann@example.com", ("", "ann@example.com")),
        ("Ann | Box Club <ann@example.com>", ("Ann | Box Club", "ann@example.com")),
        ("=?utf-8?q?Ann=2C_Example?= <ann@example.com>", ("Ann, Example", "ann@example.com")),
        ("MAILER-DAEMON", ("", "MAILER-DAEMON")),
        ("", ("", "")),
    ],
)
def test_sender_as_people_and_programs_write_it(value, expected):
    parsed = parse_mail(mail(f"From: {value}"))
    assert (parsed.from_name, parsed.from_address) == expected


def test_recipients_of_groups_and_lists_are_bare_and_once():
    parsed = parse_mail(
        mail("From: a@example.com\nTo: Team: b@example.com, C <c@example.com>;, B@example.com\nCc: d@example.com")
    )
    assert [a.address for a in parsed.to] == ["b@example.com", "c@example.com"]
    assert [a.address for a in parsed.cc] == ["d@example.com"]


def test_reply_to_wins_over_from_when_it_is_an_address():
    parsed = parse_mail(mail("From: form@shop.example\nReply-To: Ann <ann@example.com>"))
    assert parsed.answer_to == Address("Ann", "ann@example.com")
    parsed = parse_mail(mail("From: form@shop.example\nReply-To: undisclosed"))
    assert parsed.answer_to == Address("", "form@shop.example")


def test_subject_cut_within_a_character():
    words = "=?utf-8?b?" + "w4Q=" + "?= =?utf-8?q?=C3?=\n =?utf-8?q?=A4?="
    assert parse_mail(mail(f"From: a@example.com\nSubject: {words}")).subject == "Ää"


def test_subject_of_raw_bytes_without_a_charset():
    assert parse_mail("From: a@b.example\nSubject: Schöne Grüße\n\nx".encode("latin-1")).subject == "Schöne Grüße"


def test_ids_lose_their_brackets_and_repetitions():
    assert message_ids("<a@x> <b@x>\n <a@x> c@x,") == ("a@x", "b@x", "c@x")
    assert message_ids("") == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Tue, 3 Nov 2026 10:00:00 +0100", "2026-11-03T10:00:00+01:00"),
        ("Tue, 3 Nov 2026 10:00:00 -0000", "2026-11-03T10:00:00+00:00"),
        ("Tue, 99 Nov 99999 10:00:00 +0100", None),
        ("yesterday", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
    ],
)
def test_date_is_read_or_null(value, expected):
    date = parse_mail(mail(f"From: a@example.com\nDate: {value}")).date
    assert (date.isoformat() if date else None) == expected


def test_a_fold_that_lost_its_space_ends_no_headers():
    parsed = parse_mail(mail("X-Junk: abc\ndef ghi\nFrom: a@example.com\nSubject: Kept"))
    assert (parsed.subject, parsed.from_address) == ("Kept", "a@example.com")


def test_authentication_results_keep_their_order():
    parsed = parse_mail(mail("Authentication-Results: ours; dmarc=fail\nAuthentication-Results: forged; dmarc=pass"))
    assert parsed.header_values("authentication-results") == ["ours; dmarc=fail", "forged; dmarc=pass"]


def test_envelope_and_delivery_headers():
    parsed = parse_mail(mail("Return-Path: <>\nDelivered-To: help@Shop.example\nX-Original-To: hi@shop.example"))
    assert parsed.return_path == ""
    assert parsed.delivered_to == ("help@shop.example", "hi@shop.example")
    assert parse_mail(mail("From: a@example.com")).return_path is None
