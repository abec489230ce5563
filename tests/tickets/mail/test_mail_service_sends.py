"""Mail leaves through a mail service's HTTP interface: its id is kept, its refusals are told, its repetitions named."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tickets.enums import OutboundState
from tickets.mail import sending
from tickets.mail.outbox import Recipient
from tickets.models import OutboundMail
from tickets.services.conversation import reply
from tickets.services.leaving import send_again


class Service(BaseHTTPRequestHandler):
    """Resend's interface, as far as sending goes: a request whose key it knows is answered as the first one was."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known, key = self.server.sent, self.headers["Idempotency-Key"]
        self.server.asked.append(key)
        status, answer = self.server.answers.pop(0) if self.server.answers else (200, None)
        if status == 200:
            known.setdefault(key, {"id": f"r-{len(known) + 1}", **body})
            answer = {"id": known[key]["id"]}
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def service(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.sent, server.asked, server.answers = {}, [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.EMAIL_BACKEND = "tickets.mail.resend.EmailBackend"
    settings.ANYMAIL = {"RESEND_API_KEY": "key", "RESEND_API_URL": f"http://127.0.0.1:{server.server_port}/"}
    yield server
    server.shutdown()
    server.server_close()


def test_its_id_is_kept_and_a_repetition_is_not_sent_again(world, service):
    message = reply(world.open(), author=world.alice, text="Hello", key="1", cc=[Recipient("dan@mail.test", role="cc")])
    outbound = OutboundMail.objects.get(role="to")
    sending._hand_over(sending._claim(outbound.pk), sending.get_connection())  # and the worker dies
    OutboundMail.objects.filter(pk=outbound.pk).update(claimed_until="2026-01-01T00:00Z")
    sending.sweep()
    outbound.refresh_from_db()
    assert (outbound.state, outbound.provider_id, outbound.attempts) == (OutboundState.SENT, "r-1", 2)
    assert sorted(mail["to"][0] for mail in service.sent.values()) == ["bea@mail.test", "dan@mail.test"]
    assert (len(service.asked), len(service.sent)) == (3, 2)
    assert {mail["headers"]["Message-ID"] for mail in service.sent.values()} == {f"<{message.rfc822_id}>"}


def test_refusals_are_told_and_limits_are_waited_for(world, service):
    reply(world.open(), author=world.alice, text="Hello", key="1")
    service.answers += [(429, {"message": "slow down"}), (422, {"message": "Invalid `to` field"})]
    for _ in range(2):
        sending.sweep()
        OutboundMail.objects.update(next_attempt_at="2026-01-01T00:00Z")
    outbound = OutboundMail.objects.get()
    assert (outbound.state, outbound.attempts) == (OutboundState.FAILED, 2)
    assert "Invalid `to` field" in outbound.error
    send_again(outbound, actor=world.alice)
    sending.sweep()
    assert (len(service.sent), len(set(service.asked))) == (1, 2)
