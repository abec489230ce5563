"""A subscriber's small account page, by a signed link: what they have, what comes next, and how to change it."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from subscribers.cancellation import account as changes
from subscribers.cancellation import links, speech
from subscribers.cancellation.facts import subscription_facts
from subscribers.cancellation.policies import policy_for, rules_in
from subscribers.cancellation.views.public import explain, public, read_or_explain
from subscribers.errors import Refused
from subscribers.models import Subscriber, Subscription
from subscribers.tokens import Purpose

MOST_SHOWN = 20


@public
def account(request: HttpRequest, token: str) -> HttpResponse:
    found = read_or_explain(request, Purpose.ACCOUNT, token)
    if isinstance(found, HttpResponse):
        return found
    person = _person(found)
    if person is None:
        return explain(request)
    with translation.override(speech.language_of(person)):
        rules = rules_in(policy_for(person))
        context = _context(person, token) | {
            "rows": [_row(subscription) for subscription in _subscriptions(person)[:MOST_SHOWN]],
            "entry_label": rules.entry_label or gettext("Cancel"),
            "done": request.GET.get("done") == "1",
        }
        return render(request, "account/account.html", context)


@public
def change(request: HttpRequest, token: str, pk: int, do: str) -> HttpResponse:
    """Shows what would change (GET), and does it once (POST)."""
    found = read_or_explain(request, Purpose.ACCOUNT, token)
    if isinstance(found, HttpResponse):
        return found
    person = _person(found)
    subscription = _subscriptions(person).filter(pk=pk).first() if person else None
    if person is None or subscription is None:
        return explain(request)
    with translation.override(speech.language_of(person)):
        wanted = changes.change_of(subscription, do, (request.POST.get("to") or request.GET.get("to") or "")[:20])
        if wanted is None:
            return redirect("account", token)
        context = _context(person, token) | {"facts": subscription_facts(subscription), "change": wanted}
        try:
            if request.method == "POST":
                changes.make(subscription, wanted, key=request.POST.get("key", "")[:60])
                return redirect(reverse("account", args=[token]) + "?done=1")
            context |= {"lines": changes.preview_of(subscription, wanted), "key": uuid.uuid4().hex}
        except Refused as refused:
            return render(request, "account/change.html", context | {"error": gettext(refused.message)}, status=409)
        return render(request, "account/change.html", context)


def _person(pk: int) -> Subscriber | None:
    people = Subscriber.objects.filter(redacted_at=None).select_related("store", "merged_into__store")
    person = people.filter(pk=pk).first()
    return person.merged_into if person is not None and person.merged_into else person


def _subscriptions(person: Subscriber) -> Any:
    rows = Subscription.objects.filter(subscriber=person).select_related("product", "store", "subscriber__store")
    return rows.order_by("ended_at", "-started_at", "pk")


def _context(person: Subscriber, token: str) -> dict[str, Any]:
    return {"store": person.store, "person": person, "token": token, "language": translation.get_language()}


def _row(subscription: Subscription) -> dict[str, Any]:
    facts = subscription_facts(subscription)
    return {
        "subscription": subscription,
        "facts": facts,
        "changes": changes.changes(subscription),
        "is_pending": changes.pending(subscription),
        "cancel_path": "" if facts.is_ended else links.cancel_path(subscription),
    }
