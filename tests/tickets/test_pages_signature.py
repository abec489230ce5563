"""Everybody writes their own signature, and sees it below their answers."""

from tickets.models import Mailbox


def test_signature_is_kept_and_shown_with_the_mailboxes(desk, alice):
    Mailbox.objects.update(signature="{{ agent }}\n{{ store }}")
    assert "Alice Martin\nTea House" in alice.get("/signature/").content.decode()
    assert alice.post("/signature/", {"signature": " Alice <3\x00\r\nMo–Fr "}).status_code == 200
    assert alice.post("/signature/", {"signature": " Alice <3\r\nMo–Fr "}).status_code == 302
    shown = alice.get("/signature/").content.decode()
    assert "Alice &lt;3\nMo–Fr\nTea House" in shown
    desk.alice.refresh_from_db()
    assert desk.alice.signature == "Alice <3\nMo–Fr"


def test_without_a_mailbox_it_says_so(desk, alice):
    Mailbox.objects.all().delete()
    assert "No mailbox yet" in alice.get("/signature/").content.decode()
