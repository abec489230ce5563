"""Mail fetched from a real IMAP server: each mail once, whatever happens to the folder and to us."""

import io
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.tickets.mail import dovecot
from tests.tickets.mail.plumbing import DUPLICATE, PROCESSED, letter, make_world, states
from tickets.enums import AccountKind, BeginAt, MailSecurity
from tickets.mail import accounts, fetching, intake, watching
from tickets.mail.fetching import fetch
from tickets.models import InboundMail, MailAccount, Message

pytestmark = pytest.mark.skipif(not dovecot.PROGRAM, reason="Dovecot is not installed (apt-get install dovecot-imapd)")


@pytest.fixture(scope="module")
def server() -> Iterator[dovecot.Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture
def user(request) -> str:
    """A log-in, and so a mail store, for each test."""
    return request.node.name.replace("[", "-").strip("]")


@pytest.fixture
def account(world, server, user) -> MailAccount:
    return make_account(world.mailbox, server, user)


def make_account(mailbox, server: dovecot.Dovecot, user: str, **more) -> MailAccount:
    given = {"host": "localhost", "port": server.tls_port, "certificate": server.certificate, "username": user}
    given |= {"password": dovecot.PASSWORD, "begin": BeginAt.ALL, "kind": AccountKind.IMAP}
    return MailAccount.objects.create(mailbox=mailbox, **given | more)


def mails(number: int) -> list[bytes]:
    return [letter(f"Mail {n}").replace(b"\n", b"\r\n") for n in range(number)]


def fetch_now(account: MailAccount) -> int | None:
    taken = fetch(account.pk, early=True)
    account.refresh_from_db()
    return taken


def stored() -> list[bytes]:
    return [bytes(raw) for raw in InboundMail.objects.order_by("pk").values_list("raw", flat=True)]


def counts(account: MailAccount) -> tuple[int, int]:
    """Compared anew: mails on the server that are ours, and those of them that we have."""
    MailAccount.objects.filter(pk=account.pk).update(counted_at=None)
    fetch_now(account)
    return account.server_count, account.stored_count


def flags(server: dovecot.Dovecot, user: str) -> bytes:
    with server.client(user) as imap:
        imap.select("INBOX", readonly=True)
        return b" ".join(imap.fetch("1:*", "(FLAGS)")[1])


def test_each_mail_is_stored_once_as_it_is_and_stays_unread(server, user, account):
    letters = mails(3)
    server.put(user, *letters[:2])
    assert fetch_now(account) == 2
    assert fetch_now(account) == 0
    server.put(user, letters[2])
    assert fetch_now(account) == 1
    assert stored() == letters
    assert b"Seen" not in flags(server, user)
    validity = account.uid_validity
    assert [mail.source_key for mail in InboundMail.objects.order_by("pk")] == [
        f"imap:{account.pk}:{validity}:{uid}" for uid in (1, 2, 3)
    ]
    assert (account.last_uid, account.has_idle, account.last_error) == (3, True, "")
    assert counts(account) == (3, 3)
    assert account.last_success_at is not None


def test_from_now_on_leaves_what_was_there(server, user, world):
    account = make_account(world.mailbox, server, user, begin=BeginAt.NOW)
    server.put(user, *mails(2))
    assert fetch_now(account) == 0
    new = mails(1)
    server.put(user, *new)
    assert fetch_now(account) == 1
    assert stored() == new
    assert counts(account) == (1, 1)


def test_mail_that_others_read_move_and_delete(server, user, account):
    letters = mails(5)
    server.put(user, letters[0])
    fetch_now(account)
    server.put(user, *letters[1:4])
    with server.client(user) as imap:
        imap.select("INBOX")
        imap.store("1:4", "+FLAGS", "\\Seen")
        imap.create("Done")
        imap.uid("COPY", "1", "Done")
        imap.uid("STORE", "1,3", "+FLAGS", "\\Deleted")
        imap.expunge()
    assert fetch_now(account) == 2
    assert stored() == [letters[0], letters[1], letters[3]]
    server.put(user, letters[4])
    assert fetch_now(account) == 1
    assert counts(account) == (3, 3)


def test_a_folder_that_is_made_anew_loses_and_doubles_nothing(server, user, world):
    with server.client(user) as imap:
        imap.create("Support")
    account = make_account(world.mailbox, server, user, folder="Support")
    same_id = "<one@mail.test>"
    old = [*mails(2), letter("First", Message_ID=same_id), letter("Other", Message_ID=same_id), letter(Message_ID="")]
    server.put(user, *old, folder="Support")
    assert fetch_now(account) == 5
    assert intake.sweep() == 5
    before = account.uid_validity

    with server.client(user) as imap:
        imap.delete("Support")
    fetch_now(account)
    assert account.last_error.startswith("The folder “Support” cannot be opened: ")
    assert account.last_error.endswith("There are: INBOX.")

    with server.client(user) as imap:
        imap.create("Support")
    new = mails(1)
    server.put(user, *new, *reversed(old), folder="Support")
    fetch_now(account)
    assert account.uid_validity != before
    assert account.failing_since is None
    intake.sweep()
    # The one without a Message-ID is stored once more, and recognised when it is read.
    assert states() == [*[PROCESSED] * 5, DUPLICATE, PROCESSED] or states() == [*[PROCESSED] * 6, DUPLICATE]
    assert Message.objects.count() == 6
    assert counts(account) == (6, 6)


def test_what_lay_there_before_we_began_stays_where_it_is_when_the_folder_is_numbered_anew(server, user, world):
    with server.client(user) as imap:
        imap.create("Support")
        imap.append("Support", None, datetime(2020, 1, 1, tzinfo=UTC), mails(1)[0])
    account = make_account(world.mailbox, server, user, folder="Support", begin=BeginAt.NOW)
    fetch_now(account)
    ours = mails(2)
    server.put(user, *ours, folder="Support")
    assert fetch_now(account) == 2
    with server.client(user) as imap:
        imap.delete("Support")
        imap.create("Support")
        imap.append("Support", None, datetime(2020, 1, 1, tzinfo=UTC), mails(1)[0])
    server.put(user, *ours, *mails(1), folder="Support")
    assert fetch_now(account) == 1
    assert counts(account) == (3, 3)


def test_an_account_that_is_made_again_knows_its_mail(server, user, account, world):
    server.put(user, *mails(2))
    fetch_now(account)
    intake.sweep()
    account.delete()
    again = make_account(world.mailbox, server, user)
    assert fetch_now(again) == 0
    assert counts(again) == (2, 2)
    assert InboundMail.objects.count() == 2


def test_two_copies_in_a_folder_are_two_rows_and_one_message(server, user, account):
    server.put(user, *mails(1) * 2)
    assert fetch_now(account) == 2
    intake.sweep()
    assert states() == [PROCESSED, DUPLICATE]
    assert counts(account) == (2, 2)


def test_nothing_is_passed_over_when_storing_fails(server, user, account, monkeypatch):
    server.put(user, *mails(3))
    given = []

    def fails_at_the_third(**more):
        given.append(more)
        if len(given) == 3:
            raise RuntimeError("killed")
        return intake.store_raw(**more)

    with monkeypatch.context() as fault:
        fault.setattr(fetching, "store_raw", fails_at_the_third)
        with pytest.raises(RuntimeError):
            fetch_now(account)
    assert (InboundMail.objects.count(), MailAccount.objects.get().last_uid) == (0, 0)
    assert fetch(account.pk, early=True) is None  # the lease of who died still runs
    MailAccount.objects.update(claimed_until=timezone.now())
    assert fetch_now(account) == 3


def test_a_mail_that_the_server_does_not_give_stops_no_other(server, user, account):
    letters = mails(3)
    server.put(user, *letters)
    (broken,) = [
        path for path in (server.folder / "mail" / user / "Maildir").glob("*/*") if b"Mail 1" in path.read_bytes()
    ]
    broken.chmod(0)
    fetch_now(account)
    fetch_now(account)
    assert sorted(stored()) == sorted([letters[0], letters[2]])
    assert account.last_error.startswith("The server does not give these mails (UID): 2.")
    assert (account.server_count, account.stored_count) == (3, 2)
    broken.chmod(0o644)
    assert counts(account) == (3, 3)
    assert account.last_error == ""


def test_of_too_large_a_mail_the_beginning_is_fetched(server, user, account, settings):
    settings.MAIL_MAX_BYTES = 5_000
    large, small = letter("x\n" * 9_000, Subject="Many photos"), letter()
    server.put(user, large, small)
    assert fetch_now(account) == 2
    first = InboundMail.objects.order_by("pk").first()
    assert first.size > 18_000
    assert bytes(first.raw) == large.replace(b"\n", b"\r\n")[:5_000]
    intake.sweep()
    assert states() == [PROCESSED] * 2
    assert Message.objects.order_by("pk").first().ticket.subject == "Many photos"
    assert counts(account) == (2, 2)


def test_a_server_that_is_gone_is_asked_less_and_less(world, user):
    with dovecot.running() as server:
        account = make_account(world.mailbox, server, user)
        server.put(user, *mails(1))
        fetch_now(account)
        server.kill()
        waits = []
        for _ in range(3):
            begun = timezone.now()
            fetch_now(account)
            ended = timezone.now()
            # However long the attempt itself took: the wait is counted from some moment of it.
            waits.append((account.next_attempt_at - ended, account.next_attempt_at - begun))
        assert account.last_error == f"Nothing listens at localhost, port {server.tls_port}."
        for seconds, (least, most) in zip((15, 30, 60), waits, strict=True):
            assert least <= timedelta(seconds=seconds) <= most
        assert account.failures == 3
        assert fetch(account.pk) is None  # not due
        since = account.failing_since
        assert since is not None
        assert since < account.next_attempt_at

        server.start()
        server.put(user, *mails(1))
        assert fetch_now(account) == 1
        assert (account.failing_since, account.failures, account.last_error) == (None, 0, "")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"password": "wrong-Pa55word"}, "The log-in was refused: [AUTHENTICATIONFAILED] Authentication failed."),
        ({"password": ""}, "There is no password, or it was encrypted with a key that is gone: enter it again."),
        ({"certificate": ""}, "The certificate of localhost is not to be trusted: self-signed certificate."),
        ({"host": "no.such.invalid"}, "There is no server named no.such.invalid."),
        (
            {"folder": "Nöwhere"},
            "The folder “Nöwhere” cannot be opened: Mailbox doesn't exist: Nöwhere. There are: INBOX.",
        ),
    ],
)
def test_what_fails_is_said_in_words(world, server, user, given, told):
    account = make_account(world.mailbox, server, "somebody", **given)
    assert fetch_now(account) == 0
    assert account.last_error == told


@pytest.mark.parametrize("security", MailSecurity.values)
def test_every_encryption_works_and_a_wrong_one_says_so(world, server, user, security):
    port = server.tls_port if security == MailSecurity.TLS else server.port
    account = make_account(world.mailbox, server, user, security=security, port=port)
    server.put(user, *mails(1))
    assert fetch_now(account) == 1
    if security == MailSecurity.TLS:
        account = make_account(world.mailbox, server, "other", security=security, port=server.port)
        fetch_now(account)
        assert account.last_error.startswith(f"localhost, port {server.port} does not speak TLS as we do")


def test_who_holds_the_lease_fetches_alone(server, user, account):
    server.put(user, *mails(1))
    held = accounts.claim(account.pk)
    assert held is not None
    assert accounts.claim(account.pk, early=True) is None
    MailAccount.objects.update(claimed_until=timezone.now())
    assert fetch_now(account) == 1
    with pytest.raises(accounts.LeaseLost):
        accounts.renew(held)
    accounts.note_failure(held, "too late")
    accounts.release(held)
    account.refresh_from_db()
    assert account.last_error == ""


def test_the_sweep_asks_who_is_due_and_the_command_everybody(server, user, account, world):
    server.put(user, *mails(1))
    assert fetching.sweep() == 1
    output = io.StringIO()
    call_command("fetch_mail", stdout=output)
    assert output.getvalue() == f"{account}: 1 new.\n"
    assert fetching.sweep() == 0
    MailAccount.objects.update(host="no.such.invalid")
    with pytest.raises(CommandError, match=r"1 of 1 could not be fetched\."):
        call_command("fetch_mail", "--mailbox", "SUPPORT@demo.example", stdout=output)
    world.mailbox.is_active = False
    world.mailbox.save()
    with pytest.raises(CommandError, match=r"There is no active IMAP account\."):
        call_command("fetch_mail")


class Watching:
    """The watcher, in a thread."""

    def __enter__(self):
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=watching.watch, args=(self.stopping,))
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


def until(condition, seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_watcher_is_told_of_mail_and_comes_back_to_a_server_that_died(transactional_db, user, monkeypatch):
    monkeypatch.setattr(watching, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(watching, "STEP", 0.05)
    monkeypatch.setattr(accounts, "BACK_OFF", (0.1,))
    world = make_world()
    other = make_world("other", "help@other.example")
    with dovecot.running() as server:
        account = make_account(world.mailbox, server, user)
        # Its neighbour fails all the time, and holds up nobody.
        make_account(other.mailbox, server, "neighbour", folder="Nowhere")
        with Watching():
            until(lambda: MailAccount.objects.get(pk=account.pk).last_success_at)
            server.put(user, *mails(1))
            until(lambda: InboundMail.objects.count() == 1)
            assert not MailAccount.objects.due().filter(pk=account.pk).exists()
            server.kill()
            until(lambda: MailAccount.objects.get(pk=account.pk).failing_since)
            server.start()
            server.put(user, *mails(1))
            until(lambda: InboundMail.objects.count() == 2)
            until(lambda: not MailAccount.objects.get(pk=account.pk).failing_since)
    assert MailAccount.objects.filter(claimed_until=None).count() == 2


def test_one_mail_in_two_folders_is_a_row_of_each(server, user, account, world):
    both = mails(1)
    server.put(user, *both)
    with server.client(user) as imap:
        imap.create("Archive")
    server.put(user, *both, folder="Archive")
    other = make_account(world.mailbox, server, user, folder="Archive")
    assert (fetch_now(account), fetch_now(other)) == (1, 1)
    assert (counts(account), counts(other)) == ((1, 1), (1, 1))
    intake.sweep()
    assert states() == [PROCESSED, DUPLICATE]
