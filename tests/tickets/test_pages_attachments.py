"""Files of messages: for those who see the ticket, by a token, and never run in the browser."""

import uuid

import pytest

from tests.factories.pictures import gif_header, jpeg_header, png, png_header, webp_header
from tests.tickets.conftest import signed_in
from tickets.models import Attachment
from tickets.services.messages import NewAttachment, NewMessage

SCRIPT = b"<script>alert(1)</script>"


@pytest.fixture
def address(desk):
    def of(name: str, content: bytes = SCRIPT, content_type: str = "image/png") -> str:
        file = NewAttachment(name, content_type, content)
        ticket = desk.ticket(message=NewMessage(text="See this", attachments=[file]))
        return f"/tickets/{ticket.pk}/attachments/{Attachment.objects.latest('pk').token}/"

    return of


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (png(), "image/png"),
        (jpeg_header(40, 30), "image/jpeg"),
        (gif_header(4, 3), "image/gif"),
        (webp_header(4, 3), "image/webp"),
    ],
)
def test_picture_is_shown_as_what_it_is_and_saved_where_asked(address, alice, content, content_type):
    found = address("a.img", content, "text/html")
    response = alice.get(found)
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Content-Disposition"] == 'inline; filename="a.img"'
    assert b"".join(response) == content
    saved = alice.get(f"{found}?download")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="a.img"'
    assert saved.headers["Content-Type"] == "application/octet-stream"
    saved.close()


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (SCRIPT, "image/png"),
        (SCRIPT, "text/html"),
        (b"<svg onload='alert(1)'/>", "image/svg+xml"),
        (b"%PDF-1.7", "application/pdf"),
        (png_header(65_535, 65_535), "image/png"),
    ],
)
def test_everything_else_is_a_download_whatever_it_claims(address, alice, content, content_type):
    response = alice.get(address("page.html", content, content_type))
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"] == 'attachment; filename="page.html"'
    assert b"".join(response) == content


def test_nothing_in_a_file_may_run_or_load(address, alice):
    response = alice.get(address("page.html"))
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, max-age=86400"
    response.close()


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ('a"\r\nSet-Cookie: x=1.html', 'attachment; filename="a_Set-Cookie_ x=1.html"'),
        ("invoice\u202efdp.exe", 'attachment; filename="invoicefdp.exe"'),
        ("été.txt", "attachment; filename*=utf-8''%C3%A9t%C3%A9.txt"),
        ("../con.txt", 'attachment; filename="_con.txt"'),
    ],
)
def test_name_cannot_break_the_header_nor_deceive(address, alice, name, disposition):
    response = alice.get(address(name))
    assert response.headers["Content-Disposition"] == disposition
    assert "Set-Cookie" not in response.headers
    response.close()


def test_wrong_token_and_wrong_ticket_are_not_found(address, desk, alice):
    found = address("a.png")
    token = found.split("/")[-2]
    other = desk.ticket()
    assert alice.get(found.replace(token, str(uuid.uuid4()))).status_code == 404
    assert alice.get(f"/tickets/{other.pk}/attachments/{token}/").status_code == 404
    assert alice.get(found.replace(token, "x")).status_code == 404


def test_agent_of_another_store_and_strangers_get_nothing(address, desk, client):
    found = address("a.png")
    assert signed_in(desk.charlie).get(found).status_code == 404
    assert client.get(found).status_code == 302
