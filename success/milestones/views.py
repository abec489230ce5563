"""The pages on which a subscriber says that they use what they got. Only a POST confirms: programs that look at mails
for people open every link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from subscribers.cancellation.facts import subscription_facts
from subscribers.cancellation.speech import language_of
from subscribers.cancellation.views.public import explain, public, read_or_explain
from subscribers.models import Subscription
from subscribers.models.subscriptions import SubscriptionQuerySet
from subscribers.tokens import Purpose
from success.milestones.engagement import confirm_use, use_confirmed
from success.milestones.enums import EngagementSource


@public
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """By the link of a mail, whose token is the subscription's."""
    found = read_or_explain(request, Purpose.FIRST_USE, token)
    if isinstance(found, HttpResponse):
        return found
    subscription = _subscriptions().filter(pk=found).first()
    return _page(request, subscription, EngagementSource.LINK)


@public
def by_account(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """By the button of the account page, whose token is the person's."""
    found = read_or_explain(request, Purpose.ACCOUNT, token)
    if isinstance(found, HttpResponse):
        return found
    theirs = _subscriptions().filter(pk=pk)
    subscription = theirs.filter(subscriber=found).first() or theirs.filter(subscriber__merged=found).first()
    return _page(request, subscription, EngagementSource.ACCOUNT, back=token)


def _subscriptions() -> SubscriptionQuerySet:
    rows = Subscription.objects.filter(subscriber__redacted_at=None)
    return rows.select_related("product", "store", "subscriber__store")


def _page(
    request: HttpRequest, subscription: Subscription | None, source: EngagementSource, back: str = ""
) -> HttpResponse:
    if subscription is None:
        return explain(request)
    with translation.override(language_of(subscription.subscriber)):
        if request.method == "POST":
            confirm_use(subscription, source=source)
            return redirect(request.path)
        context = {
            "store": subscription.store,
            "person": subscription.subscriber,
            "language": translation.get_language(),
            "facts": subscription_facts(subscription),
            "is_known": use_confirmed(subscription) is not None,
            "back": back,
        }
        return render(request, "use/confirm.html", context)
