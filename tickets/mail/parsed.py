"""What a mail said: the typed, immutable result of reading one."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from tickets.mail.markup import safe_html
from tickets.mail.report_words import UNSUBSCRIBE

PREFIX = re.compile(r"^(?:(?:re|aw|fwd?|wg|sv|vs|tr|rv|antw|odp)\s?:\s*)+", re.I)
Automatic = Literal["auto_reply", "bounce", "feedback_report", "list"]


@dataclass(frozen=True)
class Address:
    """One mailbox: the decoded display name ("" where there is none) and the bare address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()


@dataclass(frozen=True)
class Attachment:
    """A part that is not the message's text. Its bytes are decoded when `content` is first read."""

    name: str
    content_type: str
    inline: bool
    content_id: str
    decode: Callable[[], bytes] = field(repr=False, compare=False)

    @cached_property
    def content(self) -> bytes:
        return self.decode()

    @cached_property
    def size(self) -> int:
        """Decoded bytes."""
        return len(self.content)


@dataclass(frozen=True)
class BouncedRecipients:
    """Whom a bounce is about, in lower case: refused for good, or still being tried."""

    permanent: tuple[str, ...] = ()
    temporary: tuple[str, ...] = ()


@dataclass(frozen=True)
class ParsedMail:
    """One mail, read. Message-IDs and content ids carry no angle brackets; texts hold no NUL and no surrogate.

    Headers are (name, value) in the mail's order, unfolded but otherwise as sent, so that the topmost
    `Authentication-Results` can be told from the forged ones below it.
    """

    subject: str = ""
    sender: Address = Address("", "")
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime.datetime | None = None
    text_body: str = ""
    html_body: str = ""
    visible_reply: str = ""
    quoted_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: Automatic | None = None
    may_auto_reply: bool = True
    bounced_recipients: BouncedRecipients = BouncedRecipients()
    bounced_message_ids: tuple[str, ...] = ()
    forwarded: bool = False
    forwarded_from: Address | None = None
    return_path: str | None = None
    list_id: str = ""
    auto_submitted: str = ""
    precedence: str = ""
    list_unsubscribe: bool = False
    delivered_to: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    defects: tuple[str, ...] = ()

    @property
    def from_address(self) -> str:
        return self.sender.address

    @property
    def from_name(self) -> str:
        return self.sender.name

    @property
    def answer_to(self) -> Address:
        """Who gets the answer: a valid Reply-To wins over From."""
        for address in self.reply_to:
            if "@" in address.address:
                return address
        return self.sender

    @property
    def asks_to_unsubscribe(self) -> bool:
        """Whether the mail says nothing but that it wants no more mail (to cancel a subscription is more)."""
        subject = PREFIX.sub("", self.subject)
        return any(len(said) <= 120 and UNSUBSCRIBE.match(said.strip()) for said in (subject, self.visible_reply))

    @cached_property
    def safe_html(self) -> str:
        """The HTML that a page may show; "" where the mail has none."""
        return safe_html(self.html_body)

    def header_values(self, name: str) -> list[str]:
        """All values of a header, topmost first, unfolded and not decoded."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]
