"""A stored mail beside what was read in it: for people who ask why a mail became what it is."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings

from tickets.mail.authentication import Assessment, assess
from tickets.mail.parsed import ParsedMail
from tickets.mail.parsing import parse_mail
from tickets.models import InboundMail

SHOWN_SOURCE = 200_000  # bytes; the download has all


@dataclass(frozen=True)
class Original:
    inbound: InboundMail
    raw: bytes

    @cached_property
    def mail(self) -> ParsedMail:
        return parse_mail(self.raw, null_sender=self.inbound.has_null_sender)

    @property
    def source(self) -> str:
        """The beginning of the mail's bytes as text: what is not UTF-8 is shown byte by byte, nothing is hidden."""
        beginning = self.raw[:SHOWN_SOURCE].replace(b"\r\n", b"\n")
        return "".join(
            letter if letter.isprintable() or letter in "\n\t" else f"\\x{ord(letter) & 0xFF:02x}"
            for letter in beginning.decode("utf-8", "surrogateescape")
        )

    @property
    def is_cut(self) -> bool:
        return len(self.raw) > SHOWN_SOURCE

    @property
    def results(self) -> list[str]:
        """What servers on its way, or its sender in their name, say of its authentication; the topmost is ours."""
        return self.mail.header_values("Authentication-Results")[:5]

    @property
    def assessment(self) -> Assessment:
        """What our own receiver found of its sender."""
        ids = [name.strip() for name in self.inbound.mailbox.authserv_ids.split(",") if name.strip()]
        return assess(self.mail, ids or settings.MAIL_AUTHSERV_IDS)

    @property
    def facts(self) -> list[tuple[str, object]]:
        mail, inbound = self.mail, self.inbound
        people = {"To": mail.to, "Cc": mail.cc, "Reply-To": mail.reply_to}
        found: list[tuple[str, object]] = [("From", _named(mail.from_name, mail.from_address) or "nobody")]
        found += [(label, ", ".join(entry.address for entry in those[:20])) for label, those in people.items() if those]
        found += [
            ("Envelope", f"{inbound.envelope_from or '<>'} → {', '.join(inbound.envelope_to[:20]) or 'not known'}"),
            ("Date", mail.date),
            ("Received", inbound.received_at),
            ("Way in", inbound.source),
            ("Message-ID", mail.message_id),
            ("Answers", ", ".join((*mail.in_reply_to, *mail.references)[:5])),
            ("Automatic", (mail.automatic or "no").replace("_", " ")),
            ("Attachments", len(mail.attachments)),
        ]
        return [(label, value) for label, value in found if value not in ("", None)]


def original_of(inbound: InboundMail) -> Original:
    """With the raw bytes, which are read only here."""
    return Original(inbound, bytes(InboundMail.objects.values_list("raw", flat=True).get(pk=inbound.pk)))


def _named(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and address else name or address
