"""The demo's mail box: what left, read and answered as its recipient; nowhere but in the demo."""

import smtplib
from email.message import EmailMessage

import pytest

from tickets.mail.demo_mailbox import deliver, list_mails


@pytest.fixture
def demo(settings):
    settings.DEMO = True
    return settings


def leave(subject: str = "Re: My box", text: str = "On its way.") -> str:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Tea House <help@tea.example>", "ana@mail.example"
    mail["Subject"], mail["Message-ID"] = subject, f"<{abs(hash(subject))}@tea.example>"
    mail["In-Reply-To"] = "<first@mail.example>"
    mail.set_content(text)
    deliver(mail.as_bytes(), "help@tea.example", ["ana@mail.example"])
    return list_mails()[0].key


def test_mail_box_exists_in_the_demo_alone(desk, alice, settings):
    settings.DEMO = False
    key = leave()
    assert alice.get("/mailbox/").status_code == 404
    assert alice.get(f"/mailbox/{key}/").status_code == 404
    assert alice.post(f"/mailbox/{key}/", {"text": "Hi"}).status_code == 404


def test_empty_box_says_how_mail_comes_into_it(desk, alice, demo):
    assert "Nothing has left yet" in alice.get("/mailbox/").content.decode()


def test_mails_are_listed_and_opened_with_their_headers(desk, alice, demo):
    key = leave(text="On its <b>way</b>.")
    page = alice.get("/mailbox/").content.decode()
    assert f'href="/mailbox/{key}/"' in page
    opened = alice.get(f"/mailbox/{key}/").content.decode()
    assert "On its &lt;b&gt;way&lt;/b&gt;." in opened
    assert "In-Reply-To: &lt;first@mail.example&gt;" in opened


def test_unknown_mail_is_not_found(desk, alice, demo):
    assert alice.get("/mailbox/nothing/").status_code == 404
    assert alice.post("/mailbox/nothing/", {"text": "Hi"}).status_code == 404


def test_answer_is_sent_by_smtp_as_the_recipient(desk, alice, demo, monkeypatch):
    sent = []
    monkeypatch.setattr(smtplib.SMTP, "__init__", lambda self, host, port, timeout: sent.append((host, port)))
    monkeypatch.setattr(smtplib.SMTP, "__exit__", lambda self, *_: None)
    monkeypatch.setattr(
        smtplib.SMTP, "send_message", lambda self, mail, from_addr, to_addrs: sent.append((mail, from_addr, to_addrs))
    )
    key = leave()
    response = alice.post(f"/mailbox/{key}/", {"text": "Thank you!"}, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "Sent as ana@mail.example; look at the ticket."
    ]
    address, (mail, sender, recipients) = sent
    assert address == (demo.SMTP_HOST, demo.SMTP_PORT)
    assert (sender, recipients) == ("ana@mail.example", ["help@tea.example"])
    assert mail["In-Reply-To"] == f"<{list_mails()[0].mail.message_id}>"
    assert mail.get_content().startswith("Thank you!\n")


def test_empty_answer_is_refused(desk, alice, demo):
    response = alice.post(f"/mailbox/{leave()}/", {"text": " "}, follow=True)
    assert [str(message) for message in response.context["messages"]] == ["Write something before you send it."]


def test_listener_that_is_not_there_is_told(desk, alice, demo):
    demo.SMTP_PORT = 1
    response = alice.post(f"/mailbox/{leave()}/", {"text": "Hi"}, follow=True)
    [message] = response.context["messages"]
    assert str(message).startswith("The mail listener did not take it: ")
