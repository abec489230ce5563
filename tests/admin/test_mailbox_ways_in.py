"""A mailbox's ways in: secrets go in and never come out, mistakes are named, and a button tries them."""

from typing import Any

import pytest
from django.db import connection
from django.utils.html import strip_tags

from subscribers.models import Store
from tests.admin.conftest import Desk, rows
from tests.tickets.mail import dovecot
from tickets.enums import AccountKind, BeginAt
from tickets.mail.intake import store_raw
from tickets.mail.mail_services import address_of
from tickets.models import InboundMail, MailAccount, Mailbox, Queue

PASSWORD = "tr0ub4dor&3"


@pytest.fixture
def mailbox(tea: Store) -> Mailbox:
    return Mailbox.objects.create(store=tea, address="help@tea.example", name="Tea", queue=Queue.objects.get(store=tea))


def page(mailbox: Mailbox, imap: list[dict[str, Any]], services: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The page's fields; rows that name an `id` are there already."""
    data = {"address": mailbox.address, "name": mailbox.name, "queue": mailbox.queue_id, "is_active": "on"}
    for prefix, given in (("accounts", imap), ("accounts-2", services or [])):
        given = [{"mailbox": mailbox.pk, "is_active": "on", **row} for row in given]
        data |= rows(prefix, given) | {f"{prefix}-INITIAL_FORMS": sum("id" in row for row in given)}
    return data


def imap(**more: Any) -> dict[str, Any]:
    given = {"host": "imap.tea.example", "port": 993, "security": "tls", "username": "help", "password": PASSWORD}
    return given | {"folder": "INBOX", "begin": "now"} | more


def saved(mailbox: Mailbox, **more: Any) -> MailAccount:
    given = imap(**more) | {"kind": AccountKind.IMAP}
    return MailAccount.objects.create(mailbox=mailbox, **given)


def test_a_password_goes_in_and_never_comes_out(ada: Desk, mailbox: Mailbox) -> None:
    ada.save("tickets_mailbox_change", mailbox.pk, **page(mailbox, [imap()]))
    account = MailAccount.objects.get()
    assert (account.kind, account.password, account.begin) == (AccountKind.IMAP, PASSWORD, BeginAt.NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM tickets_mailaccount")
        assert PASSWORD not in cursor.fetchone()[0]
    told = ada.get("tickets_mailbox_change", mailbox.pk).content.decode()
    assert PASSWORD not in told
    assert "Set; leave empty to keep it" in told

    row = imap(id=account.pk, password="", is_active="")
    ada.save("tickets_mailbox_change", mailbox.pk, **page(mailbox, [row]))
    account.refresh_from_db()
    assert (account.password, account.is_active) == (PASSWORD, False)
    refused = ada.post("tickets_mailbox_change", mailbox.pk, **page(mailbox, [imap(host="", id=account.pk)]))
    assert PASSWORD not in refused.content.decode()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"host": ""}, "This is needed."),
        ({"password": ""}, "This is needed."),
        ({"host": "https://imap.tea.example"}, "Only the name of the server, such as imap.example.com."),
        ({"port": 70000}, "Ports are 1 to 65535."),
        ({"security": "starttls"}, "Port 993 speaks TLS from the beginning."),
        ({"certificate": "-----BEGIN"}, "This is no certificate in PEM."),
    ],
)
def test_mistakes_are_named(ada: Desk, mailbox: Mailbox, wrong: dict[str, Any], told: str) -> None:
    assert ada.refused("tickets_mailbox_change", mailbox.pk, **page(mailbox, [imap(**wrong)])) == [told]


def test_a_folder_is_fetched_once(ada: Desk, mailbox: Mailbox) -> None:
    saved(mailbox)
    again = page(mailbox, [imap(host="IMAP.tea.example")])
    assert ada.refused("tickets_mailbox_change", mailbox.pk, **again) == ["This folder is fetched already."]


@pytest.mark.parametrize(
    ("change", "validity", "key"),
    [
        ({"password": "new"}, 7, "imap:{pk}:7:1"),
        ({"folder": "Other"}, None, "was:"),
        ({"host": "new.tea.example", "password": "new"}, 0, "was:"),
    ],
)
def test_another_place_is_read_anew_and_a_new_password_is_tried_at_once(
    ada: Desk, mailbox: Mailbox, change: dict[str, Any], validity: int | None, key: str
) -> None:
    account = saved(mailbox)
    MailAccount.objects.update(uid_validity=7, last_uid=1, failures=5, last_error="Refused.")
    store_raw(mailbox=mailbox, raw=b"Subject: x\n\nx", source="imap", source_key=f"imap:{account.pk}:7:1")
    row = imap(id=account.pk, password="") | change
    ada.save("tickets_mailbox_change", mailbox.pk, **page(mailbox, [row]))
    account.refresh_from_db()
    assert (account.uid_validity, account.failures, account.last_error) == (validity, 0, "")
    assert InboundMail.objects.get().source_key.startswith(key.format(pk=account.pk))
    assert MailAccount.objects.due().get() == account


def test_a_service_gets_a_secret_address_which_can_be_changed(ada: Desk, mailbox: Mailbox) -> None:
    row = {"service": "mailgun", "signing_key": ""}
    assert ada.refused("tickets_mailbox_change", mailbox.pk, **page(mailbox, [], [row])) == ["This is needed."]
    row |= {"signing_key": PASSWORD}
    ada.save("tickets_mailbox_change", mailbox.pk, **page(mailbox, [], [row]))
    account = MailAccount.objects.get()
    first = address_of(account)
    assert first.endswith(f"/webhooks/mail/mailgun/{account.token}/mime")
    told = ada.get("tickets_mailbox_change", mailbox.pk).content.decode()
    assert first in told
    assert PASSWORD not in told
    row |= {"id": account.pk, "signing_key": "", "new_address": "on"}
    ada.save("tickets_mailbox_change", mailbox.pk, **page(mailbox, [], [row]))
    account.refresh_from_db()
    assert address_of(account) != first
    assert account.signing_key == PASSWORD


def tried(desk: Desk, mailbox: Mailbox, *accounts: dict[str, Any]) -> str:
    answer = desk.post("tickets_mailbox_try_saved", mailbox.pk, **page(mailbox, list(accounts)))
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode().partition("<body>")[2].replace("<", " <")).split())


def test_trying_says_what_failed(ada: Desk, mailbox: Mailbox) -> None:
    (port,) = dovecot.free_ports(1)
    row = imap(host="127.0.0.1", port=port)
    told = f"help at 127.0.0.1, INBOX Nothing listens at 127.0.0.1, port {port}."
    assert tried(ada, mailbox, row) == told
    account = saved(mailbox, host="127.0.0.1", port=port)
    assert tried(ada, mailbox, row | {"id": account.pk, "password": ""}) == told
    assert tried(ada, mailbox, row | {"id": account.pk, "host": ""}) == "Server: This is needed."
    assert tried(ada, mailbox) == "There is no IMAP account to try."
    assert MailAccount.objects.filter(last_error="", uid_validity=None).count() == 1


@pytest.mark.skipif(not dovecot.PROGRAM, reason="Dovecot is not installed (apt-get install dovecot-imapd)")
def test_trying_says_what_is_there(ada: Desk, mailbox: Mailbox) -> None:
    with dovecot.running() as server:
        server.put("help", b"Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nSubject: One\r\n\r\nx")
        row = imap(host="localhost", port=server.tls_port, certificate=server.certificate, password=dovecot.PASSWORD)
        assert tried(ada, mailbox, row) == (
            "help at localhost, INBOX It works: 1 mail, the newest of 2 March 2026, 09:00. "
            "What is there stays as it is; what comes from now on is fetched. "
            "The server says when mail comes: it is here at once."
        )
        wrong = tried(ada, mailbox, row | {"password": PASSWORD})
        assert "The log-in was refused: [AUTHENTICATIONFAILED] Authentication failed." in wrong
        assert PASSWORD not in wrong
        assert "There are: INBOX." in tried(ada, mailbox, row | {"folder": "Nowhere"})
    assert MailAccount.objects.count() == 0


def test_only_the_store_s_own_people_try(ada: Desk, mailbox: Mailbox, soap: Store) -> None:
    theirs = Mailbox.objects.create(
        store=soap, address="help@soap.example", name="Soap", queue=Queue.objects.get(store=soap)
    )
    assert ada.post("tickets_mailbox_try_saved", theirs.pk, **page(theirs, [])).status_code == 404
    assert ada.get("tickets_mailbox_try_saved", mailbox.pk).status_code == 405


def test_a_stored_password_goes_to_no_other_server(ada: Desk, mailbox: Mailbox) -> None:
    account = saved(mailbox)
    again = "Enter it again: it would go to another server."
    for change in ({"host": "imap.mallory.example"}, {"port": 143, "security": "none"}):
        row = imap(id=account.pk, password="") | change
        assert ada.refused("tickets_mailbox_change", mailbox.pk, **page(mailbox, [row])) == [again]
        assert tried(ada, mailbox, row) == f"Password: {again}"
