"""Posts of mail services, as they send them: 200 means that the mail is in the database, as it came."""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.test import Client
from django.urls import reverse

from tests.tickets.mail.plumbing import PROCESSED, letter, make_world, states
from tickets.enums import AccountKind, MailService
from tickets.mail import intake
from tickets.mail.mail_services import address_of
from tickets.models import InboundMail, MailAccount, OutboundMail
from tickets.services.conversation import reply

KEY = "signing-key"
# No UTF-8, no line feeds alone, and a NUL: what readers of text would spoil.
ANY_BYTES = letter().replace(b"\n", b"\r\n") + b"caf\xe9 \x00\xff\r\n"
POSTAL = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def make_account(world, service: str, **more) -> MailAccount:
    account = MailAccount(mailbox=world.mailbox, kind=AccountKind.WEBHOOK, service=service, signing_key=KEY, **more)
    account.renew_token()
    account.save()
    return account


def post(account: MailAccount, body: bytes | str, kind: str = "application/json", name="mail-webhook", **headers):
    path = reverse(name, args=[account.service, account.token])
    return Client(enforce_csrf_checks=True).post(path, data=body, content_type=kind, headers=headers)


def signed_by_mailgun(key: str = KEY) -> dict[str, str]:
    stamp, token = str(int(time.time())), "t" * 50
    return {
        "timestamp": stamp,
        "token": token,
        "signature": hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest(),
    }


def form(fields: dict[str, str | bytes], files: dict[str, tuple[str, str, bytes]] | None = None) -> tuple[bytes, str]:
    body = b""
    for name, value in fields.items():
        content = value.encode() if isinstance(value, str) else value
        body += b'--xx\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), content)
    for name, (filename, kind, content) in (files or {}).items():
        head = f'--xx\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {kind}'
        body += head.encode() + b"\r\n\r\n" + content + b"\r\n"
    return body + b"--xx--\r\n", "multipart/form-data; boundary=xx"


def whole(service: str, raw: bytes) -> tuple[tuple[bytes | str, str], dict[str, str]]:
    """What the service posts for a mail as it came: body and type, and headers."""
    text, b64 = raw.decode("latin-1"), base64.b64encode(raw).decode()
    to, sender = "support@demo.example", "bea@mail.test"
    match service:
        case MailService.MAILGUN:
            return form({**signed_by_mailgun(), "recipient": to, "sender": sender, "body-mime": raw}), {}
        case MailService.SENDGRID:
            return form({"email": raw, "envelope": json.dumps({"to": [to], "from": sender})}), {}
        case MailService.SPARKPOST:
            content = {"email_rfc822": b64, "email_rfc822_is_base64": True}
            told = {"msys": {"relay_message": {"content": content, "msg_from": sender, "rcpt_to": to}}}
            return (json.dumps([told, {"msys": {}}]), "application/json"), {}
        case MailService.POSTAL:
            body = json.dumps({"message": b64, "base64": True, "rcpt_to": to, "mail_from": sender, "id": 1})
            signature = base64.b64encode(POSTAL.sign(body.encode(), padding.PKCS1v15(), hashes.SHA1()))
            return (body, "application/json"), {"X-Postal-Signature": signature.decode()}
        case MailService.AMAZON_SES:
            told = {
                "notificationType": "Received",
                "content": b64,
                "mail": {"source": sender},
                "receipt": {"recipients": [to], "action": {"type": "SNS", "encoding": "BASE64"}},
            }
            body = json.dumps({"Type": "Notification", "MessageId": "1", "Message": json.dumps(told)})
            headers = {"x-amz-sns-message-type": "Notification", "x-amz-sns-message-id": "1"}
            return (body, "text/plain; charset=UTF-8"), headers
        case MailService.POSTMARK:
            told = {"RawEmail": text, "OriginalRecipient": to, "MessageID": "1"}
            told["Headers"] = [{"Name": "Return-Path", "Value": f"<{sender}>"}]
            return (json.dumps(told), "application/json"), {}
        case MailService.MAILERSEND:
            data = {"id": "1", "raw": text, "sender": {"email": sender}, "recipients": {"rcptTo": [{"email": to}]}}
            body = json.dumps({"type": "inbound.message", "data": data})
            return (body, "application/json"), {
                "Signature": hmac.new(KEY.encode(), body.encode(), "sha256").hexdigest()
            }
    raise AssertionError(service)


BYTES = ["amazon_ses", "mailgun", "postal", "sendgrid", "sparkpost"]
TEXTS = ["mailersend", "postmark"]


@pytest.mark.parametrize("service", [*BYTES, *TEXTS])
def test_a_mail_is_stored_as_it_came_and_once(world, service):
    account = make_account(world, service)
    if service == MailService.POSTAL:
        pem = POSTAL.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        account.signing_key = "".join(pem.decode().splitlines()[1:-1])
        account.save()
    raw = ANY_BYTES if service in BYTES else letter()
    for _ in range(2):
        (body, kind), headers = whole(service, raw)
        answer = post(account, body, kind, **headers)
        assert (answer.status_code, answer.content) == (200, b"stored\n")
    inbound = InboundMail.objects.get()
    assert bytes(inbound.raw) == raw
    assert (inbound.source, inbound.envelope_to) == ("webhook", ["support@demo.example"])
    assert (inbound.envelope_from, inbound.mailbox) == ("bea@mail.test", world.mailbox)
    account.refresh_from_db()
    assert account.last_mail_at is not None
    assert intake.sweep() == 1
    assert states() == [PROCESSED]


def test_mandrill_signs_its_address_and_an_escaped_form_is_read_whole(world, settings):
    settings.BASE_URL = "https://desk.example"
    account = make_account(world, MailService.MANDRILL)
    raw = letter("Grüße") + "später".encode()
    event = {"event": "inbound", "msg": {"raw_msg": raw.decode(), "email": "support@demo.example"}}
    fields = {"mandrill_events": json.dumps([event])}
    signed = address_of(account) + "".join(name + fields[name] for name in sorted(fields))
    assert signed.startswith(f"https://desk.example/webhooks/mail/mandrill/{account.token}/mandrill_events")
    signature = base64.b64encode(hmac.new(KEY.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    kind = "application/x-www-form-urlencoded"
    assert post(account, urlencode(fields), kind, **{"X-Mandrill-Signature": "x"}).status_code == 403
    assert post(account, urlencode(fields), kind, **{"X-Mandrill-Signature": signature}).status_code == 200
    assert bytes(InboundMail.objects.get().raw) == raw


def test_a_mail_in_pieces_is_put_together_and_known_again(world):
    account = make_account(world, MailService.MAILJET)
    told = {
        "Sender": "bea@mail.test",
        "Recipient": "support@demo.example",
        "Headers": {"From": "Béa <bea@mail.test>", "Subject": "Kaputt – wieder", "Message-ID": "<mj@mail.test>"},
        "Parts": [{"Headers": {"Content-Type": "image/png; name=a.png"}, "ContentRef": "Attachment1"}],
        "Text-part": "Grüße\n",
        "Attachment1": base64.b64encode(b"\x89PNG").decode(),
    }
    for _ in range(2):
        assert post(account, json.dumps(told)).status_code == 200
    intake.sweep()
    message = InboundMail.objects.get().message
    assert (message.from_address, message.ticket.subject) == ("bea@mail.test", "Kaputt – wieder")
    assert message.text.strip() == "Grüße"
    assert message.attachments.get().size == 4


def test_it_goes_to_the_mailbox_of_the_store_that_it_is_for(world):
    account = make_account(world, MailService.SENDGRID)
    billing = world.mailbox.__class__.objects.create(
        store=world.store, address="billing@demo.example", name="B", queue=world.queue
    )
    stranger = make_world("other", "help@other.example").mailbox
    for to in ("billing+x@demo.example", stranger.address, "any@demo.example"):
        assert post(account, *form({"email": letter(), "envelope": json.dumps({"to": [to]})})).status_code == 200
    found = [mail.mailbox for mail in InboundMail.objects.order_by("pk")]
    assert found == [billing, world.mailbox, world.mailbox]


def test_who_does_not_know_the_address_or_does_not_sign_stores_nothing(world):
    account = make_account(world, MailService.MAILGUN)
    (good, kind), _ = whole(MailService.MAILGUN, letter())
    wrong = form({**signed_by_mailgun("guessed"), "recipient": "support@demo.example", "body-mime": letter()})
    assert post(account, *wrong).status_code == 403
    account.refresh_from_db()
    assert account.failing_since is not None
    assert "incorrect signature" in account.last_error
    account.signing_key = ""
    account.save()
    assert post(account, good, kind).status_code == 403

    token = account.token
    account.signing_key = KEY
    account.renew_token()
    account.save()
    for service, secret in ((account.service, token), (account.service, "x"), ("postmark", account.token)):
        path = reverse("mail-webhook", args=[service, secret])
        assert Client().post(path, good, content_type=kind).status_code == 404
    MailAccount.objects.update(is_active=False)
    assert post(account, good, kind).status_code == 404
    assert InboundMail.objects.count() == 0


@pytest.mark.parametrize(
    ("service", "body", "kind", "status"),
    [
        ("postmark", b"{", "application/json", 400),
        ("postmark", b"[" * 100_000, "application/json", 400),
        ("postmark", b"\xff\x00", "application/json", 400),
        ("postmark", b'{"RawEmail": 7}', "application/json", 400),
        ("postmark", b'{"RecordType": "Bounce"}', "application/json", 400),
        ("sparkpost", b'{"msys": 1}', "application/json", 400),
        ("sparkpost", b'[{"msys": {"message_event": {}}}]', "application/json", 400),
        ("mailjet", b"null", "application/json", 400),
        ("sendgrid", b"x", "multipart/form-data", 400),
        ("sendgrid", b"--xx\r\n\r\n--xx--", "multipart/form-data; boundary=xx", 400),
        ("sendgrid", b"a=1&" * 5_000, "application/x-www-form-urlencoded", 400),
        ("postmark", b"x" * 1_200_000, "application/json", 413),
    ],
)
def test_what_is_no_mail_is_refused_and_stores_nothing(world, settings, service, body, kind, status):
    settings.MAIL_MAX_BYTES = 100_000
    account = make_account(world, service)
    assert post(account, body, kind).status_code == status
    assert InboundMail.objects.count() == 0
    account.refresh_from_db()
    assert account.last_error != ""


def test_a_mail_above_djangos_own_limit_is_taken(world):
    account = make_account(world, MailService.SENDGRID)
    raw = letter("x" * 70 + "\n") + (b"y" * 76 + b"\n") * 60_000
    assert post(account, *form({"email": raw})).status_code == 200
    assert bytes(InboundMail.objects.get().raw) == raw


def test_only_post_and_head_and_without_a_session(world):
    account = make_account(world, MailService.POSTMARK)
    path = reverse("mail-webhook", args=[account.service, account.token])
    assert Client().head(path).status_code == 200
    assert Client().get(path).status_code == 405
    answer = post(account, json.dumps({"RawEmail": letter().decode()}))
    assert (answer.status_code, dict(answer.cookies)) == (200, {})


def test_amazon_is_told_that_it_is_welcome_only_at_its_own_address(world):
    account = make_account(world, MailService.AMAZON_SES)
    asked = {"Type": "SubscriptionConfirmation", "MessageId": "1", "SubscribeURL": "https://sns.evil.test/"}
    headers = {"x-amz-sns-message-type": "SubscriptionConfirmation", "x-amz-sns-message-id": "1"}
    assert post(account, json.dumps(asked), **headers).status_code == 400


def test_events_are_written_on_the_mails_that_they_are_about(world):
    account = make_account(world, MailService.MAILGUN)
    ticket = world.open()
    message = reply(ticket, author=world.alice, text="We are sorry.", key="1")
    outbound = OutboundMail.objects.get()
    told = {
        "signature": signed_by_mailgun(),
        "event-data": {
            "event": "delivered",
            "timestamp": time.time(),
            "recipient": outbound.recipient,
            "message": {"headers": {"message-id": message.rfc822_id}},
            "user-variables": {},
        },
    }
    OutboundMail.objects.update(state="sent", sent_at=ticket.opened_at)
    assert post(account, json.dumps(told), name="mail-webhook-events").status_code == 200
    outbound.refresh_from_db()
    assert outbound.outcome == "delivered"


def test_news_that_is_quicker_than_the_mails_own_id_is_asked_for_again(world):
    account = make_account(world, MailService.MAILGUN)
    reply(world.open(), author=world.alice, text="We are sorry.", key="1")
    outbound = OutboundMail.objects.get()
    data = {"event": "delivered", "timestamp": time.time(), "recipient": outbound.recipient.upper()}
    data |= {"message": {"headers": {"message-id": "made-by@mailgun"}}, "user-variables": {}}

    def told() -> int:
        body = json.dumps({"signature": signed_by_mailgun(), "event-data": data})
        return post(account, body, name="mail-webhook-events").status_code

    assert told() == 200  # of a mail that nobody sends, the news is none of ours
    OutboundMail.objects.update(state="sending", claimed_until=outbound.created_at)
    assert told() == 503
    account.refresh_from_db()
    assert (account.failures, account.last_error) == (0, "")
    OutboundMail.objects.update(
        state="sent", claimed_until=None, sent_at=outbound.created_at, provider_id="made-by@mailgun"
    )
    assert told() == 200
    outbound.refresh_from_db()
    assert outbound.outcome == "delivered"
