"""A store that takes mail, and a mail server outside."""

import email
import email.policy
import socket
from collections.abc import Callable, Iterator

import pytest
from aiosmtpd.controller import Controller

from tests.tickets.mail.plumbing import World, make_world


@pytest.fixture
def world(db) -> World:
    return make_world()


class Server:
    """What a mail server outside took, and how it answers."""

    def __init__(self) -> None:
        self.mails: list[email.message.EmailMessage] = []
        self.recipients: list[str] = []
        self.at_rcpt = "250 OK"
        self.refused: dict[str, str] = {}
        self.before_answer: Callable[[], None] | None = None
        self.at_data = "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.refused.get(address, self.at_rcpt)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        if self.at_data.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            self.recipients += envelope.rcpt_tos
        if self.before_answer:
            self.before_answer()
        return self.at_data


@pytest.fixture
def outside(settings) -> Iterator[Server]:
    """A real SMTP server, to which the product's mail goes."""
    handler = Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    controller.stop()
