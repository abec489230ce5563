"""The words of the mails that leave because of a cancellation, in the reader's language."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from subscribers.cancellation import links, speech
from subscribers.cancellation.enums import NoticeKind, SessionKind
from subscribers.cancellation.facts import subscription_facts
from subscribers.cancellation.policies import policy_for, rules_in
from subscribers.enums import ENDED_SUBSCRIPTION
from subscribers.models import Subscription
from subscribers.models.cancellation import CancellationNotice, CancellationSession


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str


def letter_of(notice: CancellationNotice) -> Letter:
    """The mail of a notice as of now; links in it are signed now."""
    language = notice.session.language if notice.session else speech.language_of(notice.subscriber)
    with translation.override(language):
        context = {"store": notice.store, "person": notice.subscriber, "notice": notice} | _context(notice)
        said = render_to_string(f"cancel/mail/{notice.kind}.txt", context)
    subject, _, text = said.strip().partition("\n")
    return Letter(subject.strip(), _tidy(text))


def declaration_letter(session: CancellationSession) -> Letter:
    """The receipt for an address that was only named: what was declared, and nothing that its writer did not say."""
    with translation.override(session.language):
        facts = receipt_facts(session) | {"facts": None, "account_url": "", "is_copy": session.subscription is not None}
        said = render_to_string("cancel/mail/receipt.txt", facts | {"store": session.store, "person": None})
    subject, _, text = said.strip().partition("\n")
    return Letter(subject.strip(), _tidy(text))


def _context(notice: CancellationNotice) -> dict[str, Any]:
    if notice.session is not None:
        return receipt_facts(notice.session)
    if notice.kind == NoticeKind.REMINDER and notice.subscription is not None:
        return {
            "facts": subscription_facts(notice.subscription),
            "cancel_url": links.cancel_url(notice.subscription),
        }
    live = (
        Subscription.objects.filter(subscriber=notice.subscriber)
        .exclude(status__in=ENDED_SUBSCRIPTION)
        .select_related("product", "subscriber__store", "store")
        .order_by("pk")
    )
    rules = rules_in(policy_for(notice.subscriber))
    return {
        "rows": [{"facts": subscription_facts(one), "url": links.cancel_url(one)} for one in live],
        "account_url": links.account_url(notice.subscriber),
        "entry_label": rules.entry_label,
    }


def receipt_facts(session: CancellationSession) -> dict[str, Any]:
    """What a receipt states, on the page and in the mail."""
    zone = speech.zone_of(session.subscriber, session.store)
    statement = session.statement or {}
    subscription = session.subscription
    return {
        "session": session,
        "reference": session.reference,
        "received": speech.minute(session.ended_at or session.started_at, zone),
        "effective": speech.day(session.effective_at, zone) if session.effective_at else "",
        "is_withdrawal": session.kind == SessionKind.WITHDRAWAL,
        "is_for_cause": session.kind == SessionKind.EXTRAORDINARY,
        "is_confirmed": session.confirmed_at is not None,
        "is_later": session.execute_at is not None and session.effective_at == session.execute_at,
        "facts": subscription_facts(subscription) if subscription else None,
        "statement": statement,
        "offer_title": _offer_title(session),
        "receipt_url": links.receipt_url(session),
        "account_url": links.account_url(session.subscriber) if session.subscriber else "",
    }


def _offer_title(session: CancellationSession) -> str:
    if session.accepted_offer_id is None:
        return ""
    return str(session.offers_shown.values_list("title", flat=True).get(offer=session.accepted_offer_id))


def _tidy(text: str) -> str:
    """At most one empty line in a row, whatever a template's conditions left."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(map(str, lines)) + "\n"
