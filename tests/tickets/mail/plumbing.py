"""The small world of the mail tests: a store, its mailbox, a colleague, and mails as customers send them."""

from dataclasses import dataclass
from email.message import EmailMessage
from itertools import count

from django.contrib.auth import get_user_model

from subscribers.models import Membership, Store
from tickets.enums import InboundState
from tickets.mail import intake
from tickets.mail.arrival import Outcome
from tickets.models import InboundMail, Mailbox, Queue, Ticket

NUMBERS = count(1)


@dataclass
class World:
    store: Store
    queue: Queue
    mailbox: Mailbox
    alice: object  # an agent

    def store_raw(self, raw: bytes, **more) -> InboundMail:
        return intake.store_raw(**{"mailbox": self.mailbox, "raw": raw, "source": "test", **more})

    def take(self, raw: bytes, **more) -> Outcome | None:
        return intake.process(self.store_raw(raw, **more).pk)

    def open(self, **headers) -> Ticket:
        """The ticket that a mail opened."""
        outcome = self.take(letter(**headers))
        assert outcome is not None
        assert outcome.message is not None, outcome.note
        return outcome.message.ticket


def make_world(key: str = "demo", address: str = "support@demo.example") -> World:
    store = Store.objects.create(key=key, name=f"Store {key}")
    queue = Queue.objects.create(store=store, key="general", name="General", is_default=True)
    mailbox = Mailbox.objects.create(store=store, address=address, name="Fernweh Coffee", queue=queue)
    alice = get_user_model().objects.create_user(f"alice@{key}.example", name="Alice Agent")
    Membership.objects.create(store=store, user=alice, role="agent")
    return World(store, queue, mailbox, alice)


def letter(text: str = "My box has not come.", files: tuple[tuple[str, bytes], ...] = (), **headers: str) -> bytes:
    """A mail; headers by name with _ for -, and "" to leave one out."""
    number = next(NUMBERS)
    mail = EmailMessage()
    given = {
        "From": "Bea Buyer <bea@mail.test>",
        "To": "support@demo.example",
        "Subject": f"Where is my box {number}",
        "Message-ID": f"<{number}@mail.test>",
        "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in given.items():
        if value:
            mail[name] = value
    mail.set_content(text)
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def states() -> list[str]:
    return list(InboundMail.objects.order_by("pk").values_list("state", flat=True))


PROCESSED, DUPLICATE, QUARANTINED, STORED = (
    InboundState.PROCESSED,
    InboundState.DUPLICATE,
    InboundState.QUARANTINED,
    InboundState.STORED,
)
