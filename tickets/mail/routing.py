"""Which of our mailboxes an address belongs to."""

from collections.abc import Iterable

from django.db.models.functions import Lower

from tickets.mail.parsed import ParsedMail
from tickets.models import Mailbox

MOST_RECIPIENTS = 500  # looked at: no honest mail to us names more before it names us


def mailboxes_of(addresses: Iterable[str], *, active: bool = True) -> list[Mailbox]:
    """Our mailboxes among these addresses, in their order, each once; a `+tag` before the @ does not matter."""
    wanted = [spelling for address in list(addresses)[:MOST_RECIPIENTS] for spelling in spellings(address)]
    if not wanted:
        return []
    known = Mailbox.objects.annotate(low=Lower("address")).filter(low__in=wanted).select_related("store", "queue")
    found = {mailbox.address.lower(): mailbox for mailbox in (known.filter(is_active=True) if active else known)}
    return list(dict.fromkeys(found[spelling] for spelling in wanted if spelling in found))


def ours_among(addresses: Iterable[str]) -> frozenset[str]:
    """Those of these addresses that are our own, in lower case; also where a mailbox is switched off."""
    given = [address.strip().lower() for address in addresses if address]
    known = {mailbox.address.lower() for mailbox in mailboxes_of(given, active=False)}
    return frozenset(address for address in given if known.intersection(spellings(address)))


def mailbox_for(mail: ParsedMail) -> Mailbox | None:
    """The mailbox that a mail without an envelope came to, by its headers, else the oldest one; None without any."""
    found = mailboxes_of(header_recipients(mail))
    return found[0] if found else Mailbox.objects.filter(is_active=True).order_by("pk").first()


def header_recipients(mail: ParsedMail) -> list[str]:
    """To whom the mail says it goes: what servers noted first, then what its writer put down."""
    return [*mail.delivered_to, *(entry.address for entry in (*mail.to, *mail.cc))]


def spellings(address: str) -> list[str]:
    """The address in lower case, and without its tag."""
    local, _, domain = address.strip().lower().replace("\x00", "").rpartition("@")
    base = local.rpartition("+")[0]
    return [f"{local}@{domain}", f"{base}@{domain}"] if base else [f"{local}@{domain}"]


def tag_of(address: str) -> str:
    """What follows the last + before the @; "" where there is none."""
    local = address.strip().rpartition("@")[0]
    return local.rpartition("+")[2] if "+" in local else ""
