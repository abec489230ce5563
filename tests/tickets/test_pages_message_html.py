"""HTML mail in its frame: nothing runs, nothing is fetched unasked, our pictures are shown; the mail as it came."""

import pytest

from tests.factories.pictures import png
from tests.tickets.conftest import Desk, signed_in
from tickets.enums import Authentication
from tickets.mail import intake
from tickets.models import Attachment, Mailbox, Message, Ticket
from tickets.services.messages import NewAttachment, NewMessage

POLICY = (
    "default-src 'none'; img-src 'self' data:{}; style-src 'unsafe-inline'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
MARKUP = (
    '<p onclick="alert(1)">Look:</p><script>alert(2)</script><img src="cid:photo@mail.example" alt="The box">'
    '<img src="http://elsewhere.example/banner.png" width="50"><img src="https://elsewhere.example/o.gif" width="1">'
)


def frame_of(ticket: Ticket) -> str:
    return f"/tickets/{ticket.pk}/messages/{ticket.messages.get().pk}/html/"


def with_markup(desk: Desk, markup: str = MARKUP, text: str = "Look:") -> Ticket:
    picture = NewAttachment("photo.png", "image/png", png(), "photo@mail.example", is_inline=True)
    return desk.ticket(message=NewMessage(text=text, html=markup, attachments=[picture]))


def test_frame_shows_our_picture_and_holds_back_those_of_others(desk, alice):
    ticket = with_markup(desk)
    response = alice.get(frame_of(ticket))
    page = response.content.decode()
    ours = f"/tickets/{ticket.pk}/attachments/{Attachment.objects.get().token}/"
    assert (
        f'<p>Look:</p><img alt="The box" src="{ours}"><span class="held-back" style="width:50px">Picture</span></div>'
        in page
    )
    assert "elsewhere.example" not in page
    assert "1 remote picture not loaded" in page
    assert response.headers["Content-Security-Policy"] == POLICY.format("")
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_pictures_of_others_come_when_asked_for_by_https_and_still_count_no_reader(desk, alice):
    response = alice.get(frame_of(with_markup(desk)) + "?images=1")
    page = response.content.decode()
    shown = '<img width="50" src="https://elsewhere.example/banner.png"></div>'
    assert shown in page
    assert "o.gif" not in page
    assert response.headers["Content-Security-Policy"] == POLICY.format(" https:")


def test_frame_is_for_those_who_see_the_ticket(desk, alice, client):
    ticket = with_markup(desk)
    assert signed_in(desk.charlie).get(frame_of(ticket)).status_code == 404
    assert client.get(frame_of(ticket)).status_code == 302
    other = desk.ticket()
    assert alice.get(frame_of(ticket).replace(f"/{ticket.pk}/m", f"/{other.pk}/m")).status_code == 404
    assert alice.get(frame_of(other)).status_code == 404, "a message of text has no frame"


@pytest.mark.parametrize(
    ("markup", "text", "first"),
    [
        ("<p>Hello</p>", "Hello", "text"),
        ('<p>Hello</p><img src="cid:photo@mail.example">', "Hello", "formatted"),
        ('<p>Hello</p><blockquote><img src="cid:logo"></blockquote>', "Hello", "text"),
        ('<p>Hello</p><img src="https://x.example/o.gif" width="1" height="1">', "Hello", "text"),
        ("<table>" + "<tr><td>Tea</td><td>2</td></tr>" * 2 + "</table>", "Tea 2 Tea 2", "formatted"),
        ("<table><tr><td><p>Hello</p></td></tr></table>", "Hello", "text"),
        ("<p>Keep <s>one</s> two</p>", "Keep one two", "formatted"),
        ("<p>Hello</p>", "", "formatted"),
    ],
)
def test_first_comes_what_says_more(desk, alice, markup, text, first):
    ticket = desk.ticket(message=NewMessage(text=text, html=markup))
    assert f'data-reads="{first}"' in alice.get(ticket.get_absolute_url()).content.decode()


def test_text_alone_offers_no_choice(desk, alice):
    page = alice.get(desk.ticket("Hello").get_absolute_url()).content.decode()
    assert "data-reads" not in page
    assert "<iframe" not in page


def test_forged_sender_is_told(desk, alice):
    ticket = desk.ticket()
    warning = "The sender may be forged."
    assert warning not in alice.get(ticket.get_absolute_url()).content.decode()
    Message.objects.filter(ticket=ticket).update(authentication=Authentication.FAIL)
    assert warning in alice.get(ticket.get_absolute_url()).content.decode()


@pytest.fixture
def arrived(desk: Desk) -> Ticket:
    raw = (
        b"Authentication-Results: mx.tea.example; dmarc=fail\r\nTo: help@tea.example\r\n"
        b"From: Ana <ana@mail.example>\r\n"
        b"Subject: A/b <c>\r\nMessage-ID: <a@mail.example>\r\n\r\nMy box \xff is wet.<script>\x1b[2J\r\n"
    )
    inbound = intake.store_raw(mailbox=Mailbox.objects.get(address="help@tea.example"), raw=raw, source="smtp")
    return intake.process(inbound.pk).message.ticket


def test_mail_as_it_came_is_for_leads(desk, arrived, alice):
    Mailbox.objects.update(authserv_ids="mx.tea.example")
    address = frame_of(arrived).replace("html/", "original")
    bob = signed_in(desk.bob)
    page = bob.get(address + "/").content.decode()
    assert "My box \\xff is wet.&lt;script&gt;\\x1b[2J" in page
    assert "by mx.tea.example: SPF –, DKIM –, DMARC fail" in page
    assert address + "/" in bob.get(arrived.get_absolute_url()).content.decode()
    file = bob.get(address + ".eml")
    assert file.content == bytes(arrived.messages.get().inbound_mail.raw)
    assert file.headers["Content-Disposition"] == 'attachment; filename="A-b _c_.eml"'
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert address not in alice.get(arrived.get_absolute_url()).content.decode()
    for reader in (alice, signed_in(desk.charlie)):
        assert [reader.get(address + end).status_code for end in ("/", ".eml")] == [404, 404]
