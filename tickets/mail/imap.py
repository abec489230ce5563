"""Speaks with IMAP servers: opens a folder for reading alone, and hands over what lies in it.

Nothing here changes anything on the server: folders are opened by EXAMINE, mails are read by BODY.PEEK, so whoever
reads the same folder in a mail program sees it as if we were not there.
"""

import imaplib
import re
import select
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.consts import SHORT_MONTH_NAMES
from imap_tools.errors import (
    ImapToolsError,
    MailboxFetchError,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailboxStarttlsError,
)

from tickets.enums import MailSecurity
from tickets.models import MailAccount

TIMEOUT = 30.0  # seconds that a server may be silent
MOST_FOLDERS = 30  # named when one is missing
UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
QUOTED = re.compile(rb'\bBODY\[[^\]]*\](?:<\d+>)? "((?:[^"\\]|\\.)*)"')
TIMING = re.compile(r" \([\d. +]+secs\)")  # Dovecot tells how long an answer took
# Whatever the network and the server can do to us.
FAULTS = (OSError, imaplib.IMAP4.error, ImapToolsError)


class Fault(Exception):
    """Why mail cannot be fetched, in words for the person who set the account up; never with a secret."""


class Folder:
    """An account's folder, open for reading. Its methods raise what is in FAULTS."""

    def __init__(self, account: MailAccount, timeout: float) -> None:
        self.account = account
        self.timeout = timeout
        self.box = sign_in(account, timeout)
        try:
            self.box.folder.set(account.folder, readonly=True)
            validity = self._told("UIDVALIDITY")
            if not validity:
                raise Fault("The server does not number its mails (no UIDVALIDITY): they could not be told apart.")
            self.uid_validity = validity
            self.uid_next = self._told("UIDNEXT") or max(self.uids("ALL"), default=0) + 1
        except MailboxFolderSelectError as error:
            told = missing_folder(self.box, account, error)
            self.close()
            raise Fault(told) from error
        except BaseException:
            self.close()
            raise
        self.has_idle = "IDLE" in self.box.client.capabilities

    def close(self) -> None:
        close(self.box)

    def reopen(self) -> None:
        """By another connection, after the server ended the former one; Fault where it is not the same any more."""
        self.close()
        again = Folder(self.account, self.timeout)
        self.box = again.box
        if again.uid_validity != self.uid_validity:
            raise Fault("The folder was made anew while it was read.")

    def _told(self, code: str) -> int:
        """A number that the server sent when it opened the folder; 0 where it did not."""
        data = self.box.client.response(code)[1]
        return int(data[-1]) if data and data[-1] else 0

    def uids(self, criteria: str) -> list[int]:
        """In ascending order."""
        return sorted(int(uid) for uid in self.box.uids(criteria, charset=None))

    def uids_from(self, first: int, since: date | None = None) -> list[int]:
        """From this one on; `since`: of those that the server received on that day or later."""
        criteria = f"UID {first}:*"
        if since is not None:
            criteria += f" SINCE {since.day:02}-{SHORT_MONTH_NAMES[since.month - 1]}-{since.year}"
        # `n:*` names the last mail even where it is before n.
        return [uid for uid in self.uids(criteria) if uid >= first]

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Bytes, as far as the server says; without those that are gone."""
        found = {}
        for item in self._fetch(uids, "(UID RFC822.SIZE)"):
            head = item if isinstance(item, bytes) else item[0]
            uid, size = UID.search(head), SIZE.search(head)
            if uid and size:
                found[int(uid[1])] = int(size[1])
        return found

    def mails(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The mails as they are; without those that are gone."""
        return dict(self._bodies(uids, "(UID BODY.PEEK[])"))

    def head(self, uid: int) -> bytes:
        """The header of a mail, or b"" where it is gone."""
        return dict(self._bodies([uid], "(UID BODY.PEEK[HEADER])")).get(uid, b"")

    def beginning(self, uid: int, most: int) -> bytes:
        """So many bytes of a mail, or b"" where it is gone."""
        return dict(self._bodies([uid], f"(UID BODY.PEEK[]<0.{most}>)")).get(uid, b"")

    def _bodies(self, uids: Sequence[int], parts: str) -> Iterator[tuple[int, bytes]]:
        answer = self._fetch(uids, parts)
        for item, after in zip(answer, [*answer[1:], b""], strict=True):
            if isinstance(item, tuple):
                # The UID stands before the literal or after it.
                found = UID.search(item[0]) or (UID.search(after) if isinstance(after, bytes) else None)
                if found:
                    yield int(found[1]), bytes(item[1])
            elif (quoted := QUOTED.search(item)) and (found := UID.search(item)):
                yield int(found[1]), re.sub(rb"\\(.)", rb"\1", quoted[1])

    def _fetch(self, uids: Iterable[int], parts: str) -> list[bytes | tuple[bytes, bytes]]:
        status, data = self.box.client.uid("FETCH", ",".join(map(str, uids)), parts)
        if status != "OK":
            raise MailboxFetchError((status, data), "OK")
        return [item for item in data if item is not None]

    def begin_to_wait(self) -> bool:
        """IDLE; whether the server has told something already. End it by `end_waiting`."""
        self.box.idle.start()
        # What came in one packet with its consent is in our buffer, where `poll` of the socket does not see it.
        return self._has_line()

    def wait(self, seconds: float) -> bool:
        """Whether the server said anything, or hung up, within so long."""
        poller = select.poll()
        poller.register(self.box.client.sock.fileno(), select.POLLIN)
        return bool(poller.poll(seconds * 1000))

    def end_waiting(self) -> None:
        self.box.idle.stop()

    def _has_line(self) -> bool:
        sock = self.box.client.sock
        sock.settimeout(0)
        try:
            return bool(self.box.client._get_line())
        except (OSError, imaplib.IMAP4.abort):
            return False  # nothing yet; a connection that is gone shows at the next command
        finally:
            sock.settimeout(TIMEOUT)


@contextmanager
def opened(account: MailAccount, timeout: float = TIMEOUT) -> Iterator[Folder]:
    """The account's folder; Fault where something fails, also inside the block."""
    folder: Folder | None = None
    try:
        folder = Folder(account, timeout)
        yield folder
    except FAULTS as error:
        raise Fault(in_words(error, account)) from error
    finally:
        if folder is not None:
            folder.close()


def sign_in(account: MailAccount, timeout: float) -> BaseMailBox:
    """A connection to the account's server, logged in."""
    box = connected(account, timeout)
    try:
        log_in(box, account)
    except BaseException:
        close(box)
        raise
    return box


def close(box: BaseMailBox) -> None:
    with suppress(*FAULTS):
        box.logout()
    with suppress(*FAULTS):
        box.client.shutdown()


def connected(account: MailAccount, timeout: float) -> BaseMailBox:
    if account.security == MailSecurity.NONE:
        return MailBoxUnencrypted(account.host, account.port, timeout=timeout)
    context = ssl.create_default_context()
    if account.certificate:
        try:
            context.load_verify_locations(cadata=account.certificate)
        except (ssl.SSLError, ValueError) as error:
            raise Fault("The trusted certificate is no PEM certificate.") from error
    kind = MailBox if account.security == MailSecurity.TLS else MailBoxStartTls
    return kind(account.host, account.port, timeout=timeout, ssl_context=context)


def log_in(box: BaseMailBox, account: MailAccount) -> None:
    if not account.password:
        raise Fault("There is no password, or it was encrypted with a key that is gone: enter it again.")
    if account.username.isascii() and account.password.isascii():
        box.login(account.username, account.password, initial_folder=None)
    else:
        box.login_utf8(account.username, account.password, initial_folder=None)
    # What a server can do it often tells only those who are logged in.
    status, data = box.client.capability()
    if status == "OK" and data and data[-1]:
        box.client.capabilities = tuple(data[-1].decode("ascii", "replace").upper().split())


def missing_folder(box: BaseMailBox, account: MailAccount, error: MailboxFolderSelectError) -> str:
    names: list[str] = []
    with suppress(*FAULTS):
        names = [info.name for info in box.folder.list()]
    told = f"The folder “{account.folder}” cannot be opened: {answer_of(error)}."
    if names:
        told += f" There are: {', '.join(names[:MOST_FOLDERS])}{' …' if len(names) > MOST_FOLDERS else ''}."
    return told


def in_words(error: BaseException, account: MailAccount) -> str:
    """What went wrong, for people. It never holds the password: no error of a server repeats what it was told."""
    where = f"{account.host}, port {account.port}"
    match error:
        case Fault():
            return str(error)
        case socket.gaierror():
            return f"There is no server named {account.host}."
        case ConnectionRefusedError():
            return f"Nothing listens at {where}."
        case ssl.SSLCertVerificationError():
            return f"The certificate of {account.host} is not to be trusted: {error.verify_message}."
        case ssl.SSLError():
            return f"{where} does not speak TLS as we do ({error.reason or 'no answer'}). Is it STARTTLS there?"
        case TimeoutError():
            return f"{where} does not answer."
        case MailboxLoginError():
            return f"The log-in was refused: {answer_of(error)}."
        case MailboxStarttlsError():
            return f"{where} offers no STARTTLS."
        case imaplib.IMAP4.abort() if "TLS not supported" in str(error):
            return f"{where} offers no STARTTLS."
        case imaplib.IMAP4.abort():
            return f"{account.host} ended the connection: {error}."
        case imaplib.IMAP4.error():
            return f"{account.host} said: {error}."
        case ImapToolsError():
            return f"{account.host} refused: {answer_of(error)}."
        case OSError():
            return f"{where} cannot be reached: {error.strerror or error}."
    return f"{type(error).__name__}: {error}"


def answer_of(error: ImapToolsError) -> str:
    """What the server said, without the full stop that ours ends with."""
    result = getattr(error, "command_result", ("", [str(error)]))
    words = [word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word) for word in result[1] if word]
    return TIMING.sub("", " ".join(words)).strip().rstrip(".") or str(result[0])
