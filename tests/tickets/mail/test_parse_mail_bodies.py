"""Bodies and attachments: what is text, what is attached, and what encodings did to both."""

import base64
import struct

import pytest

from tickets.mail.charsets import decode
from tickets.mail.parsing import parse_html, parse_mail

PIXEL = base64.b64encode(b"\x89PNG pixel")


def mixed(*parts: bytes, kind: str = "mixed") -> bytes:
    head = f'From: a@example.com\nContent-Type: multipart/{kind}; boundary="b"\n\n'.encode()
    return head + b"".join(b"--b\n" + part + b"\n" for part in parts) + b"--b--\n"


def test_plain_text_wins_over_its_html():
    parsed = parse_mail(mixed(b"\nplain", b"Content-Type: text/html\n\n<b>rich</b>", kind="alternative"))
    assert (parsed.text_body, parsed.html_body, parsed.attachments) == ("plain", "<b>rich</b>", ())


def test_text_is_made_from_html_where_there_is_no_other():
    parsed = parse_mail(b"Content-Type: text/html\n\n<p>One &amp; two</p><div>three<br>four</div><style>x{}</style>")
    assert parsed.text_body == "One & two\n\nthree\nfour"


def test_attached_file_with_a_name_in_pieces():
    part = (
        b"Content-Type: application/pdf\nContent-Disposition: attachment;\n"
        b" filename*0*=utf-8''Rechnung%20M;\n filename*1*=%C3%BC;\n filename*2=ller.pdf\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(b"%PDF")
    )
    (attachment,) = parse_mail(mixed(b"\nhi", part)).attachments
    assert (attachment.name, attachment.content, attachment.size, attachment.inline) == (
        "Rechnung Müller.pdf", b"%PDF", 4, False,
    )  # fmt: skip


def test_image_is_inline_only_if_the_html_shows_it():
    html = b'Content-Type: text/html\n\n<img src="cid:one@x">'
    one = b"Content-Type: image/png\nContent-ID: <one@x>\nContent-Transfer-Encoding: base64\n\n" + PIXEL
    two = one.replace(b"one@x", b"two@x")
    parsed = parse_mail(mixed(html, one, two, kind="related"))
    assert [(a.content_id, a.inline) for a in parsed.attachments] == [("one@x", True), ("two@x", False)]


def test_nameless_parts_get_names_apart():
    image = b"Content-Type: image/png\n\nx"
    parsed = parse_mail(mixed(b"\nhi", image, image, b"Content-Type: text/calendar\nContent-Disposition: inline\n\nx"))
    assert [a.name for a in parsed.attachments] == ["image.png", "image1.png", "document.ics"]


def test_attached_mail_is_kept_whole_and_named_by_its_subject():
    inner = b"From: b@example.com\nSubject: Broken box\n\ninner text"
    parsed = parse_mail(mixed(b"\nsee below", b"Content-Type: message/rfc822\n\n" + inner))
    assert parsed.text_body == "see below"
    assert [(a.name, a.content) for a in parsed.attachments] == [("Broken box.eml", inner)]
    assert parsed.forwarded is True


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\\b.txt", "x\u202egpj.exe", "a\r\nb.txt", "/"])
def test_names_hold_no_folders_and_no_controls(name):
    part = f'Content-Type: text/x-log; name="{name}"\nContent-Disposition: attachment\n\nx'.encode()
    (attachment,) = parse_mail(mixed(b"\nhi", part)).attachments
    assert not set("/\\\r\n\u202e") & set(attachment.name)
    assert attachment.name != ""


def test_winmail_dat_is_opened():
    def attribute(number: int, value: bytes) -> bytes:
        return struct.pack("<BHHI", 2, number, 6, len(value)) + value + b"\0\0"

    tnef = struct.pack("<IH", 0x223E9F78, 1) + attribute(0x9002, b"") + attribute(0x8010, b"photo.jpg\0")
    tnef += attribute(0x800F, b"jpeg bytes")
    part = b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
    parsed = parse_mail(mixed(b"\nhi", part + base64.b64encode(tnef)))
    assert [(a.name, a.content) for a in parsed.attachments] == [("winmail.dat", tnef), ("photo.jpg", b"jpeg bytes")]


@pytest.mark.parametrize(
    ("data", "charset", "text", "noted"),
    [
        (b"caf\xe9", "iso-8859-1", "café", 0),
        ("naïve “quote”".encode("cp1252"), "iso-8859-1", "naïve “quote”", 0),
        ("schön".encode(), "us-ascii", "schön", 0),
        ("schön".encode("latin-1"), "utf-8", "schön", 1),
        ("绩效管理".encode("gb18030"), "gb2312", "绩效管理", 0),
        ("①番".encode("cp932"), "shift_jis", "①番", 0),
        (b"\x1b$B-!HV\x1b(B", "iso-2022-jp", "①番", 0),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет", 0),
        ("schön".encode(), "no-such-charset", "schön", 1),
        (b"nul\0l", "utf-8", "null", 1),
        (b"+2AA-", "utf-7", "�", 1),
        (b"abc", "hex", "abc", 0),
    ],
)
def test_bytes_become_text_and_what_was_wrong_is_said(data, charset, text, noted):
    defects = []
    assert decode(data, charset, defects, "text") == text
    assert len(defects) == noted


def test_flowed_text_is_joined():
    raw = b"Content-Type: text/plain; format=flowed\n\nOne long \nparagraph.\n> quoted \n> too\nEnd"
    assert parse_mail(raw).text_body == "One long paragraph.\n> quoted too\nEnd"


def test_parts_after_a_boundary_that_closed_too_soon_are_kept():
    raw = mixed(b"\nhi") + b"--b\nContent-Type: image/png; name=late.png\n\nx\n--b--\n"
    assert [a.name for a in parse_mail(raw).attachments] == ["late.png"]


def test_quoted_html_is_marked_so_that_the_reply_can_be_told_from_it():
    parsed = parse_html(
        b"<div>Thank you!</div><div class=gmail_quote>On Mon, 2 Nov 2026 at 10:00, Box &lt;b@x.example&gt; wrote:"
        b"<blockquote>Hello<br>there</blockquote></div>"
    )
    assert parsed.visible_reply == "Thank you!"
    assert parsed.quoted_text.splitlines()[-2:] == ["> Hello", "> there"]
