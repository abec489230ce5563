"""Files of messages: for those who see the ticket, by a token, and never run in the browser."""

import uuid

import pytest

from tests.tickets.conftest import signed_in
from tickets.models import Attachment
from tickets.services.messages import NewAttachment, NewMessage


@pytest.fixture
def address(desk):
    def of(name: str, content_type: str) -> str:
        file = NewAttachment(name, content_type, b"<script>alert(1)</script>")
        ticket = desk.ticket(message=NewMessage(text="See this", attachments=[file]))
        return f"/tickets/{ticket.pk}/attachments/{Attachment.objects.latest('pk').token}/"

    return of


@pytest.mark.parametrize("content_type", ["image/png", "image/jpeg", "image/gif", "image/webp"])
def test_picture_is_shown(address, alice, content_type):
    response = alice.get(address("a.img", content_type))
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Content-Disposition"] == 'inline; filename="a.img"'
    assert b"".join(response) == b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    "content_type", ["text/html", "image/svg+xml", "application/pdf", "application/xhtml+xml", "text/xml", "x"]
)
def test_everything_else_is_a_download(address, alice, content_type):
    response = alice.get(address("page.html", content_type))
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"] == 'attachment; filename="page.html"'
    assert b"".join(response) == b"<script>alert(1)</script>"


def test_nothing_in_a_file_may_run_or_load(address, alice):
    response = alice.get(address("page.html", "text/html"))
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, max-age=86400"
    response.close()


def test_name_cannot_break_the_header(address, alice):
    response = alice.get(address('a"\r\nSet-Cookie: x=1.html', "text/html"))
    assert "Set-Cookie" not in response.headers
    assert "\n" not in response.headers["Content-Disposition"]
    response.close()


def test_wrong_token_and_wrong_ticket_are_not_found(address, desk, alice):
    found = address("a.png", "image/png")
    token = found.split("/")[-2]
    other = desk.ticket()
    assert alice.get(found.replace(token, str(uuid.uuid4()))).status_code == 404
    assert alice.get(f"/tickets/{other.pk}/attachments/{token}/").status_code == 404
    assert alice.get(found.replace(token, "x")).status_code == 404


def test_agent_of_another_store_and_strangers_get_nothing(address, desk, client):
    found = address("a.png", "image/png")
    assert signed_in(desk.charlie).get(found).status_code == 404
    assert client.get(found).status_code == 302
