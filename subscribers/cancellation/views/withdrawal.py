"""Withdrawing, in the two steps that the law of the Union describes: the statement, then its confirmation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from subscribers.cancellation.declarations import cancel
from subscribers.cancellation.enums import SessionChannel, SessionKind
from subscribers.cancellation.facts import subscription_facts
from subscribers.cancellation.forms import WithdrawalForm
from subscribers.cancellation.policies import policy_for, rules_in
from subscribers.cancellation.sessions import open_session
from subscribers.cancellation.speech import language_of
from subscribers.cancellation.views.find import context_of, declare, new_key, stores_to_choose, too_many
from subscribers.cancellation.views.public import explain, public, read_or_explain, store_of
from subscribers.cancellation.withdrawal import may_withdraw
from subscribers.models import Subscription
from subscribers.tokens import Purpose


@public
def withdraw(request: HttpRequest) -> HttpResponse:
    """Without a log-in: whoever it was, it is taken."""
    store = store_of(request)
    form = WithdrawalForm(request.POST or None, initial={"key": new_key()})
    context = context_of(store) | {"form": form, "stores": stores_to_choose(store)}
    if request.method == "POST" and form.is_valid() and store is not None:
        if request.POST.get("do") != "confirm":
            return render(request, "cancel/withdraw_confirm.html", context | {"said": form.cleaned_data})
        if too_many(request):
            return render(request, "cancel/withdraw.html", context | {"too_many": True}, status=429)
        return declare(request, form.declaration(), store, form.cleaned_data["key"], store.country or "DE")
    missing = request.method == "POST" and store is None
    status = 422 if form.is_bound else 200
    return render(request, "cancel/withdraw.html", context | {"store_missing": missing}, status=status)


@public
def withdraw_known(request: HttpRequest, token: str) -> HttpResponse:
    """For whom a signed link names: its page is the statement, its button the confirmation."""
    found = read_or_explain(request, Purpose.CANCEL, token)
    if isinstance(found, HttpResponse):
        return found
    rows = Subscription.objects.select_related("subscriber__store", "store", "product")
    subscription = rows.filter(pk=found, subscriber__redacted_at=None).first()
    if subscription is None:
        return explain(request)
    with translation.override(language_of(subscription.subscriber)):
        may = may_withdraw(subscription, rules_in(policy_for(subscription.subscriber)))
        if may and request.method == "POST":
            cancel(open_session(subscription, channel=SessionChannel.PORTAL), kind=SessionKind.WITHDRAWAL)
        if not may or request.method == "POST":
            return redirect("cancel-flow", token)
        context = context_of(subscription.store) | {"facts": subscription_facts(subscription), "token": token}
        return render(request, "cancel/withdraw_known.html", context)
