"""Whatever the bytes: an answer that JSON and PostgreSQL can hold, in bounded time and depth."""

# ruff: noqa: E501 (samples)
import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from tickets.mail.parsing import parse_html, parse_mail, parse_text
from tickets.management.commands.parse_mail import described

VALID = b"""Return-Path: <ann@example.com>
From: =?utf-8?q?Ann?= <ann@example.com>
To: "Box, Club" <help@box.example>
Subject: =?iso-8859-1?q?Gr=FC=DFe?=
Date: Mon, 2 Nov 2026 10:00:00 +0100
Message-ID: <1@example.com>
References: <0@box.example>
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: multipart/alternative; boundary="c"

--c
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe

On Mon, 2 Nov 2026, Box <help@box.example> wrote:
> Hi
--c
Content-Type: text/html; charset=utf-8

<p>Gr&uuml;&szlig;e</p><blockquote>Hi</blockquote>
--c--
--b
Content-Type: image/png; name*=utf-8''b%C3%BC.png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--b--
"""
PIECES = [
    b"From: a@b.c\n", b"Content-Type: multipart/mixed; boundary=b\n", b"\n", b"--b\n", b"--b--\n", b"=?utf-8?b?w6Q=?=",
    b"Content-Transfer-Encoding: base64\n", b"Content-Type: text/html; charset=utf-7\n", b"<div>", b"\x00", b"\xff", b"> q\n",
    b"Content-Type: message/delivery-status\n", b"Subject: ", b"=\n", b"begin 644 x\n", b"Content-Type: text/plain; charset=utf-16\n",
    b"Date: Mon, 2 Nov 2026 10:00:00 +9999\n", b"Content-Transfer-Encoding: uuencode\n", b"\xed\xa0\x80", b'name*1*="', b"\x1b$B",
]  # fmt: skip


def check(raw: bytes) -> None:
    for read in (parse_mail, parse_text, parse_html):
        line = json.dumps(described(read(raw)))
        assert "\\u0000" not in line
        json.loads(line)["text_body"].encode()  # no lone surrogate


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_arbitrary_bytes(raw):
    check(raw)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=30).map(b"".join))
def test_arbitrary_pieces_of_mails(raw):
    check(raw)


@settings(deadline=None, max_examples=examples(60))
@given(
    st.lists(st.tuples(st.integers(0, len(VALID)), st.integers(0, 40), st.binary(max_size=6)), min_size=1, max_size=4)
)
def test_mutations_of_a_valid_mail(changes):
    raw = VALID
    for at, removed, added in changes:
        raw = raw[:at] + added + raw[at + removed :]
    check(raw)


@settings(deadline=None)
@given(st.integers(0, len(VALID)))
def test_mail_cut_anywhere(length):
    check(VALID[:length])


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_no_byte_of_an_attachment_is_lost(content):
    raw = (
        b"From: a@b.c\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: image/png\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(content) + b"\n--b--\n"
    )
    assert [a.content for a in parse_mail(raw).attachments] == [content]


def test_fifteen_hundred_levels_end_in_one_part_that_keeps_the_rest():
    levels = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1500))
    parsed = parse_mail(b"From: a@b.c\n" + levels + b"Content-Type: text/plain\n\nthe end\n")
    assert parsed.attachments[0].content.endswith(b"the end\n")
    assert parsed.defects[-1] == "parts: nested too deeply, the rest kept as one"


def test_ten_thousand_parts_are_ten_thousand_attachments():
    parts = b"--b\nContent-Type: image/png\n\nx\n" * 10_000
    parsed = parse_mail(b"From: a@b.c\nContent-Type: multipart/mixed; boundary=b\n\n" + parts + b"--b--\n")
    assert len(parsed.attachments) == 10_000


@pytest.mark.parametrize(
    "body",
    [b"(" * 100_000, b"> " * 100_000, b"On 1\n" * 20_000, b"-" * 200_000, b"From: a@b.c\nx\n" * 5_000, b" " * 500_000],
    ids=["brackets", "quotes", "openers", "dashes", "headers", "spaces"],
)
def test_texts_made_to_be_slow(body):
    assert parse_mail(b"From: " + body[:100_000].replace(b"\n", b" ") + b"\n\n" + body).text_body.encode() == body


def test_twenty_five_megabytes():
    content = bytes(range(256)) * 75_000
    raw = b"From: a@b.c\nContent-Type: application/zip; name=big.zip\nContent-Transfer-Encoding: base64\n\n"
    (attachment,) = parse_mail(raw + base64.encodebytes(content)).attachments
    assert attachment.content == content


def test_base64_that_is_nothing_but_padding_and_lines_that_flow_for_ever():
    head = b"From: a@b.c\nContent-Type: image/png; name=x\nContent-Transfer-Encoding: base64\n\n"
    (attachment,) = parse_mail(head + b"QUJD=" * 20_000).attachments
    assert attachment.content == b"ABC" * 20_000
    flowed = b"x \n" * 300_000
    assert parse_mail(b"From: a@b.c\nContent-Type: text/plain; format=flowed\n\n" + flowed).text_body.encode() == flowed


def test_headers_without_end_leave_the_text_readable():
    lines = b"".join(b"X-%d: y\n" % number for number in range(100_000))
    parsed = parse_mail(b"From: a@b.c\n" + lines + b"\nhi\n")
    assert (parsed.from_address, parsed.text_body) == ("a@b.c", "hi\n")
    crowd = b", ".join(b"a%d@b.c" % number for number in range(3_000))
    assert len(parse_mail(b"From: a@b.c\nTo: " + crowd + b"\n\nhi").to) == 500


@pytest.mark.parametrize(
    ("subject", "text", "asks"),
    [("Unsubscribe", "", True), ("Re: box", "Bitte abmelden.", True), ("Unsubscribe me from your newsletter", "", True),
     ("Cancel my subscription", "Cancel my subscription", False), ("unsubscribe?", "How do I unsubscribe my box?", False)],
)  # fmt: skip
def test_wish_for_no_more_mail(subject, text, asks):
    assert parse_mail(f"From: a@b.c\nSubject: {subject}\n\n{text}".encode()).asks_to_unsubscribe is asks
