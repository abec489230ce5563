"""Tries an account as it is set up, saved or not: connects, reads nothing but a header, and says what it found."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from tickets.enums import BeginAt, MailSecurity
from tickets.mail.imap import Fault, Folder, opened
from tickets.mail.parsing import parse_mail
from tickets.models import MailAccount

TIMEOUT = 8.0  # seconds that somebody waits at a page


@dataclass(frozen=True)
class Trial:
    account: str
    works: bool
    lines: list[str]


def try_account(account: MailAccount) -> Trial:
    """What fails, in words, or what is there. Writes nothing, neither here nor on the server."""
    try:
        with opened(account, TIMEOUT) as folder:
            return Trial(str(account), True, _found(account, folder))
    except Fault as fault:
        return Trial(str(account), False, [str(fault)])


def _found(account: MailAccount, folder: Folder) -> list[str]:
    uids = folder.uids("ALL")
    if not uids:
        lines = ["It works: the folder is empty."]
    else:
        mails = "1 mail" if len(uids) == 1 else f"{len(uids):,} mails"
        lines = [f"It works: {mails}{_newest(folder, uids[-1])}."]
        if account.uid_validity is None:
            lines.append(
                "What is there stays as it is; what comes from now on is fetched."
                if account.begin == BeginAt.NOW
                else "All of it will be fetched, and each mail opens a ticket."
            )
    lines.append(
        "The server says when mail comes: it is here at once."
        if folder.has_idle
        else "The server does not say when mail comes: it is asked every half minute."
    )
    if account.security == MailSecurity.NONE:
        lines.append("Nothing is encrypted: choose this only for a server on this very machine.")
    return lines


def _newest(folder: Folder, uid: int) -> str:
    sent = parse_mail(folder.head(uid)).date
    return f", the newest of {date_format(timezone.localtime(sent), 'j F Y, H:i')}" if sent else ""
