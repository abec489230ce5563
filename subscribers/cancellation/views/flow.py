"""A subscriber's own cancellation, by a signed link: reason, at most one page of offers, done.

Every page follows from what is stored, so that a reload, a second tab or the way back shows where things stand. GET
changes nothing: programs that look into mails follow links. “Just cancel” is on every page.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext

from subscribers import tokens
from subscribers.cancellation import links, speech
from subscribers.cancellation.arms import arm_of
from subscribers.cancellation.declarations import cancel, paid_until
from subscribers.cancellation.enums import Arm, SessionChannel, SessionKind, SessionState
from subscribers.cancellation.facts import subscription_facts
from subscribers.cancellation.forms import WishForm
from subscribers.cancellation.letters import receipt_facts
from subscribers.cancellation.policies import Rules, policy_for, rules_in, settings_of
from subscribers.cancellation.reasons import choices, reason_of_key
from subscribers.cancellation.sessions import accept, give_reason, keep, open_session, show_offers
from subscribers.cancellation.views.public import explain, public, read_or_explain
from subscribers.cancellation.withdrawal import may_withdraw
from subscribers.enums import ENDED_SUBSCRIPTION
from subscribers.errors import Refused
from subscribers.models import Offer, Subscription
from subscribers.models.cancellation import CancellationSession
from subscribers.tokens import Expired, Purpose


@public
def flow(request: HttpRequest, token: str) -> HttpResponse:
    if request.POST.get("do") == "resend":
        return _resend(request, token)
    found = read_or_explain(request, Purpose.CANCEL, token)
    if isinstance(found, HttpResponse):
        return found
    subscription = _subscription(found)
    if subscription is None:
        return explain(request)
    with translation.override(speech.language_of(subscription.subscriber)):
        if request.method != "POST":
            return _page(request, subscription, token)
        try:
            return _act(request, subscription, token)
        except Refused as refused:
            return _page(request, subscription, token, error=gettext(refused.message), status=409)


def _subscription(pk: int) -> Subscription | None:
    rows = Subscription.objects.select_related("subscriber__store", "store", "product")
    return rows.filter(pk=pk, subscriber__redacted_at=None).first()


def _resend(request: HttpRequest, token: str) -> HttpResponse:
    try:
        pk = tokens.read(Purpose.CANCEL, token)
    except Expired as expired:
        pk = expired.pk
    except tokens.BadLink:
        return explain(request)
    subscription = _subscription(pk)
    if subscription is not None:
        links.resend(subscription)
    return redirect("cancel-sent")


def _act(request: HttpRequest, subscription: Subscription, token: str) -> HttpResponse:
    here = redirect("cancel-flow", token)
    do = request.POST.get("do", "")
    session = _latest(subscription)
    if do == "after":
        if session is not None and session.state == SessionState.CANCELLED:
            _take_reason(request, session)
        return here
    if do in ("keep", "accept") and (session is None or not session.is_open):
        return here
    if do == "keep" and session is not None:
        keep(session)
        return here
    if do == "accept" and session is not None:
        accept(session, _number(request.POST.get("offer")))
        return here
    if do not in ("start", "reason", "cancel") or subscription.status in ENDED_SUBSCRIPTION:
        return here
    session = open_session(subscription, channel=SessionChannel.PORTAL)
    if do == "start":
        return here
    session = _take_reason(request, session)
    if do == "reason":
        if session.state == SessionState.STARTED:
            session = give_reason(session)
        show_offers(session)
        return here
    return _cancel(request, session, token)


def _cancel(request: HttpRequest, session: CancellationSession, token: str) -> HttpResponse:
    zone = speech.zone_of(session.subscriber, session.store)
    wish = WishForm(request.POST, zone=zone)
    if not wish.is_valid():
        subscription = _subscription(session.subscription_id or 0)
        if subscription is not None:
            return _page(request, subscription, token, wish=wish, status=422)
    cancel(
        session,
        kind=wish.cleaned_data["kind"] or SessionKind.ORDINARY,
        wished_at=wish.wished_at,
        detail=wish.cleaned_data["cause"],
    )
    return redirect("cancel-flow", token)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0


def _take_reason(request: HttpRequest, session: CancellationSession) -> CancellationSession:
    top = request.POST.get("reason", "")[:60]
    key = request.POST.get(f"more-{top}", "")[:60] or top
    reason = reason_of_key(session.store, key) or reason_of_key(session.store, top)
    words = request.POST.get("words", "")
    if reason is None and not words.strip():
        return session
    return give_reason(session, reason=reason, words=words)


def _latest(subscription: Subscription) -> CancellationSession | None:
    sessions = CancellationSession.objects.filter(subscription=subscription)
    rows = sessions.select_related("store", "subscriber__store", "subscription__product", "policy_version", "reason")
    return rows.order_by("-started_at", "-pk").first()


def _page(
    request: HttpRequest,
    subscription: Subscription,
    token: str,
    *,
    error: str = "",
    wish: WishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    session = _latest(subscription)
    is_open = session is not None and session.is_open
    version = session.policy_version if session is not None and is_open else policy_for(subscription.subscriber)
    rules = rules_in(version)
    context: dict[str, Any] = {
        "store": subscription.store,
        "subscription": subscription,
        "facts": subscription_facts(subscription),
        "rules": rules,
        "session": session,
        "token": token,
        "error": error,
        "language": translation.get_language(),
        "account_url": links.account_path(subscription.subscriber),
        "final_label": rules.final_label or gettext("Cancel subscription"),
    }
    # One that is confirmed while the subscription runs is an old story: it was taken up again.
    is_through = session is not None and session.confirmed_at is not None
    if session is not None and session.state == SessionState.CANCELLED:
        if subscription.status in ENDED_SUBSCRIPTION or not is_through:
            return _receipt(request, session, rules, context)
        session = None
    if subscription.status in ENDED_SUBSCRIPTION:
        return render(request, "cancel/ended.html", context)
    ends = paid_until(subscription, timezone.now())
    context |= {
        "ends": speech.day(ends, speech.zone_of(subscription.subscriber, subscription.store)),
        "may_withdraw": may_withdraw(subscription, rules),
        "may_offer": _may_offer(subscription, rules),
    }
    if rules.is_statutory:
        context["wish"] = wish or WishForm(zone=speech.zone_of(subscription.subscriber, subscription.store))
        return render(request, "cancel/statutory_known.html", context, status=status)
    if session is not None and is_open and session.state == SessionState.OFFER:
        context["shown"] = list(session.offers_shown.select_related("offer").order_by("position"))
        return render(request, "cancel/offers.html", context, status=status)
    if session is not None and is_open and session.state == SessionState.REASON:
        return render(request, "cancel/confirm.html", context, status=status)
    if session is not None and not is_open and session.state != SessionState.BOUNCED and _is_fresh(session):
        return render(request, "cancel/kept.html", context | receipt_facts(session), status=status)
    context["choices"] = _choices(subscription, rules, token) if rules.asks_reason_before else []
    return render(request, "cancel/reason.html", context, status=status)


def _receipt(request: HttpRequest, session: CancellationSession, rules: Rules, context: dict[str, Any]) -> HttpResponse:
    context |= receipt_facts(session)
    was_asked = bool(session.reason_id or session.words)
    if rules.asks_reason_after and not was_asked and session.subscription is not None:
        context["choices"] = _choices(session.subscription, rules, session.reference)
    context["has_thanked"] = was_asked and rules.asks_reason_after
    return render(request, "cancel/receipt.html", context)


def _choices(subscription: Subscription, rules: Rules, seed: str) -> list[Any]:
    return choices(subscription.store, speech.language_of(subscription.subscriber), seed)


def _is_fresh(session: CancellationSession) -> bool:
    """Whether the session is what they come from, and not an old story."""
    return session.ended_at is not None and timezone.now() - session.ended_at < timedelta(hours=24)


def _may_offer(subscription: Subscription, rules: Rules) -> bool:
    """Whether a page of offers may come: else the final button is on the first page."""
    if not rules.offer_pages:
        return False
    if arm_of(subscription.subscriber, settings_of(subscription.store).holdout_percent) == Arm.NO_OFFERS:
        return False
    return Offer.objects.filter(store=subscription.store_id, is_active=True).exists()
