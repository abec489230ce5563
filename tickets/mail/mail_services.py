"""What differs between mail services: how they prove who they are, and where in their posts the mail is.

django-anymail checks signatures, and reads events and the mails that are posted in pieces. Where a service posts the
mail as it came, it is taken from the post, byte for byte: no reader stands between the mail and its being stored.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import requests
from anymail.inbound import AnymailInboundMessage
from anymail.webhooks import amazon_ses, brevo, mailersend, mailgun, mailjet, mandrill, postal, postmark, sendgrid
from anymail.webhooks import sparkpost as sparkpost_views
from anymail.webhooks.base import AnymailBaseWebhookView
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings
from django.urls import reverse

from tickets.enums import MailService
from tickets.mail.webhook_posts import Malformed, Post
from tickets.models import MailAccount

FETCH_TIMEOUT = 20.0  # seconds
SNS = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/")


@dataclass(frozen=True)
class Delivery:
    """One mail that a service hands over. `raw` is None where it came in pieces."""

    raw: bytes | None
    sender: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """`mails` and `events` make django-anymail's views; `whole` finds mails that were posted as they came.

    `needs`: the secrets without which it does not work.
    """

    mails: Callable[[MailAccount], Any]
    events: Callable[[MailAccount], Any]
    whole: Callable[[Post], list[Delivery]] = lambda post: []
    needs: tuple[str, ...] = ()
    advice: str = ""


def address_of(account: MailAccount, name: str = "mail-webhook") -> str:
    """Where the service posts mails, or, as `mail-webhook-events`, events. A secret: whoever has it can write to us."""
    if name == "mail-webhook" and account.service == MailService.MAILGUN:
        name = "mail-webhook-mime"  # by the end of the address Mailgun knows to post mails as they came
    return settings.BASE_URL + reverse(name, args=[account.service, account.token])


def quiet(view: Any) -> Any:
    """django-anymail's view without its warning that nothing but the address is secret: ours is."""
    return type(view.__name__, (view,), {"warn_if_no_basic_auth": False})


class BrevoMails(brevo.BrevoInboundWebhookView):
    """Fetches attachments in bounded time and size."""

    warn_if_no_basic_auth = False

    def _fetch_attachment(self, attachment: dict[str, Any]) -> Any:
        address = f"{self.api_url}inbound/attachments/{requests.utils.quote(attachment['DownloadToken'], safe='')}"
        content = b""
        with requests.get(address, headers={"api-key": self.api_key}, timeout=FETCH_TIMEOUT, stream=True) as answer:
            answer.raise_for_status()
            for piece in answer.iter_content(64 * 1024):
                content += piece
                if len(content) > settings.MAIL_MAX_BYTES:
                    raise Malformed("An attachment is larger than mails may be.")
            kind = answer.headers.get("Content-Type") or attachment.get("ContentType") or "application/octet-stream"
        return AnymailInboundMessage.construct_attachment(
            content_type=kind,
            content=content,
            filename=attachment.get("Name"),
            content_id=attachment.get("ContentID"),
        )


class SendGridMails(sendgrid.SendGridInboundWebhookView):
    warn_if_no_basic_auth = False

    def __init__(self) -> None:
        AnymailBaseWebhookView.__init__(self)  # not its own, which warns at each call


class SendGridEvents(sendgrid.SendGridTrackingWebhookView):
    warn_if_no_basic_auth = False

    def __init__(self, key: str) -> None:
        if key:
            pem = f"-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----"
            self.webhook_verification_key = load_pem_public_key(pem.encode())
        AnymailBaseWebhookView.__init__(self)


class AmazonEvents(amazon_ses.AmazonSESTrackingWebhookView):
    """Without Amazon's library, which it needs for nothing that we use."""

    warn_if_no_basic_auth = False

    def __init__(self) -> None:
        AnymailBaseWebhookView.__init__(self)

    def auto_confirm_sns_subscription(self, sns_message: dict[str, Any]) -> None:
        """Amazon asks whether its posts are welcome: they are, as it knows the address."""
        address = str(sns_message.get("SubscribeURL", ""))
        if not SNS.match(address):
            raise Malformed("The address to confirm the subscription at is not Amazon's.")
        requests.get(address, timeout=FETCH_TIMEOUT, allow_redirects=False).raise_for_status()


class AmazonMails(AmazonEvents):
    def esp_to_anymail_events(self, ses_event: Any, sns_message: Any) -> list[Any]:
        raise Malformed("The mail itself is missing: let the receipt rule's action be SNS, not S3.")


def object_of(post: Post) -> Any:
    try:
        return json.loads(post.body)
    except (ValueError, RecursionError) as error:
        raise Malformed("The post is no JSON.") from error


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError) as error:
        raise Malformed("The mail is no base64.") from error


def of_mailgun(post: Post) -> list[Delivery]:
    if "body-mime" not in post.fields:
        return []
    recipients = tuple(one.strip() for one in post.POST.get("recipient", "").split(",") if one.strip())
    return [Delivery(post.fields["body-mime"], post.POST.get("sender", ""), recipients)]


def of_sendgrid(post: Post) -> list[Delivery]:
    if "email" not in post.fields:
        return []
    try:
        envelope = json.loads(post.POST.get("envelope") or "{}")
    except ValueError:
        envelope = {}
    return [Delivery(post.fields["email"], str(envelope.get("from") or ""), strings(envelope.get("to")))]


def of_postmark(post: Post) -> list[Delivery]:
    given = object_of(post)
    if "RawEmail" not in given:
        return []
    return [Delivery(encoded(given["RawEmail"]), return_path(given), strings([given.get("OriginalRecipient")]))]


def return_path(given: dict[str, Any]) -> str:
    found = [one["Value"] for one in given.get("Headers", [])[:1] if one["Name"].lower() == "return-path"]
    return found[0].strip("<> ") if found else ""


def of_sparkpost(post: Post) -> list[Delivery]:
    messages = [one["msys"]["relay_message"] for one in object_of(post) if one["msys"]]
    return [
        Delivery(
            (from_base64 if one["content"].get("email_rfc822_is_base64") else encoded)(one["content"]["email_rfc822"]),
            one.get("msg_from") or "",
            strings([one.get("rcpt_to")]),
        )
        for one in messages
    ]


def of_postal(post: Post) -> list[Delivery]:
    given = object_of(post)
    raw = (from_base64 if given.get("base64") is True else encoded)(given["message"])
    return [Delivery(raw, given.get("mail_from") or "", strings([given.get("rcpt_to")]))]


def of_mandrill(post: Post) -> list[Delivery]:
    try:
        events = json.loads(post.POST["mandrill_events"])
    except (ValueError, RecursionError) as error:
        raise Malformed("`mandrill_events` is no JSON.") from error
    return [
        Delivery(encoded(one["msg"]["raw_msg"]), "", strings([one["msg"].get("email")]))
        for one in events
        if one.get("event") == "inbound"
    ]


def of_mailersend(post: Post) -> list[Delivery]:
    given = object_of(post)["data"]
    recipients = (given.get("recipients") or {}).get("rcptTo") or []
    sender = (given.get("sender") or {}).get("email") or ""
    return [Delivery(encoded(given["raw"]), sender, strings(one.get("email") for one in recipients))]


def of_amazon(post: Post) -> list[Delivery]:
    given = object_of(post)
    if given.get("Type") != "Notification":
        return []
    try:
        told = json.loads(given["Message"])
    except ValueError:
        return []  # a greeting in words
    receipt = told["receipt"]
    if "content" not in told:
        return []
    is_base64 = str(receipt["action"].get("encoding", "")).upper() == "BASE64"
    raw = (from_base64 if is_base64 else encoded)(told["content"])
    return [Delivery(raw, told["mail"].get("source") or "", strings(receipt.get("recipients")))]


def strings(values: Iterable[Any] | None) -> tuple[str, ...]:
    return tuple(value for value in values or () if isinstance(value, str) and value)


SERVICES: dict[str, Service] = {
    MailService.AMAZON_SES: Service(
        lambda account: AmazonMails(),
        lambda account: AmazonEvents(),
        of_amazon,
        advice="The receipt rule’s action is SNS, encoded as Base64. Amazon returns mails above 150 kB there.",
    ),
    MailService.BREVO: Service(
        lambda account: BrevoMails(api_key=account.api_key),
        lambda account: quiet(brevo.BrevoTrackingWebhookView)(),
        needs=("api_key",),
    ),
    MailService.MAILERSEND: Service(
        lambda account: mailersend.MailerSendInboundWebhookView(inbound_secret=account.signing_key),
        lambda account: mailersend.MailerSendTrackingWebhookView(
            signing_secret=account.events_key or account.signing_key
        ),
        of_mailersend,
        needs=("signing_key",),
    ),
    MailService.MAILGUN: Service(
        lambda account: mailgun.MailgunInboundWebhookView(webhook_signing_key=account.signing_key),
        lambda account: mailgun.MailgunTrackingWebhookView(webhook_signing_key=account.signing_key),
        of_mailgun,
        needs=("signing_key",),
        advice="The route’s action is forward(), not store().",
    ),
    MailService.MAILJET: Service(
        lambda account: quiet(mailjet.MailjetInboundWebhookView)(),
        lambda account: quiet(mailjet.MailjetTrackingWebhookView)(),
    ),
    MailService.MANDRILL: Service(
        lambda account: mandrill.MandrillCombinedWebhookView(
            webhook_key=account.signing_key, webhook_url=address_of(account)
        ),
        lambda account: mandrill.MandrillCombinedWebhookView(
            webhook_key=account.events_key or account.signing_key,
            webhook_url=address_of(account, "mail-webhook-events"),
        ),
        of_mandrill,
        needs=("signing_key",),
    ),
    MailService.POSTAL: Service(
        lambda account: postal.PostalInboundWebhookView(webhook_key=account.signing_key),
        lambda account: postal.PostalTrackingWebhookView(webhook_key=account.events_key or account.signing_key),
        of_postal,
        needs=("signing_key",),
        advice="Post mails as raw messages, encoded as base64.",
    ),
    MailService.POSTMARK: Service(
        lambda account: quiet(postmark.PostmarkInboundWebhookView)(),
        lambda account: quiet(postmark.PostmarkTrackingWebhookView)(),
        of_postmark,
        advice="Switch on “Include raw email content in JSON payload”.",
    ),
    MailService.SENDGRID: Service(
        lambda account: SendGridMails(),
        lambda account: SendGridEvents(account.events_key),
        of_sendgrid,
        advice="Switch on “POST the raw, full MIME message”.",
    ),
    MailService.SPARKPOST: Service(
        lambda account: quiet(sparkpost_views.SparkPostInboundWebhookView)(),
        lambda account: quiet(sparkpost_views.SparkPostTrackingWebhookView)(),
        of_sparkpost,
    ),
}
