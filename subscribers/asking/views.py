"""Asking a provider for something: the form with its preview, what was asked, and a lead's word on it."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from subscribers.asking import selectors
from subscribers.asking.deeds import ask, outcome_words
from subscribers.asking.forms import FORMS, ActionForm
from subscribers.asking.menu import ICONS, WORDS
from subscribers.asking.previews import Shown, shown
from subscribers.enums import ActionKind
from subscribers.errors import Refused
from subscribers.models import ProviderAction, Subscriber, Subscription
from subscribers.paging import page_of
from subscribers.requests import SignedInRequest
from subscribers.selectors import subscription_cards
from subscribers.services import actions


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """The form of one kind, with what it will mean; asked for once the person has seen that and says yes.

    `?part=preview`: what the form means as it is filled in. `source`: where they stand, such as T-1042.
    """
    rows = Subscription.objects.visible_to(request.user).select_related("store", "subscriber__store", "product")
    subscription = get_object_or_404(rows, pk=pk)
    if kind not in ActionKind.values:
        raise Http404
    wanted, sent = ActionKind(kind), request.method == "POST"
    box = (request.POST if sent else request.GET).get("box", "")
    form = FORMS[wanted](subscription, request.POST if sent else None, box=box)
    if request.GET.get("part") == "preview":
        return render(request, "subscribers/asking/_preview.html", _preview(request, wanted, form))
    if not sent:
        return _page(request, wanted, form, _preview(request, wanted, FORMS[wanted](subscription, form.first_values())))
    context = _preview(request, wanted, form)
    known = ProviderAction.objects.filter(key=_key(request, subscription)).exists()
    preview: Shown | None = context["preview"]
    if not known and (preview is None or request.POST.get("seen") != preview.mark):
        context["is_new"] = preview is not None and bool(request.POST.get("seen"))
        return _page(request, wanted, form, context, status=422)
    try:
        deed = ask(wanted, form, actor=request.user, key=_key(request, subscription), source=_source(request))
    except Refused as refused:
        return _page(request, wanted, form, {"preview": None, "refusal": refused.message}, status=422)
    return _told(request, subscription.subscriber_id, *outcome_words(deed, request.user))


def _key(request: SignedInRequest, subscription: Subscription) -> str:
    """Made with the form: sent twice, it is one wish. Keys of two stores never meet."""
    return f"panel:{subscription.store_id}:{request.POST.get('key', '')[:64] or uuid.uuid4().hex}"


def _source(request: SignedInRequest) -> str:
    return (request.POST if request.method == "POST" else request.GET).get("source", "")[:60]


def _preview(request: SignedInRequest, kind: ActionKind, form: ActionForm) -> dict[str, Any]:
    """What the form means, or why it cannot be; neither while something is left to fill in."""
    if not form.is_valid():
        return {"preview": None, "refusal": ""}
    try:
        return {"preview": shown(kind, form, request.user), "refusal": ""}
    except Refused as refused:
        if refused.field in form.fields:
            form.add_error(refused.field, refused.message)
        return {"preview": None, "refusal": refused.message}


def _page(
    request: SignedInRequest, kind: ActionKind, form: ActionForm, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The dialog; without htmx a page of its own."""
    said = request.POST if request.method == "POST" else request.GET
    context |= {
        "form": form,
        "kind": kind,
        "title": str(WORDS[kind]).rstrip("…"),
        "icon": ICONS[kind],
        "subscription": form.subscription,
        "form_key": said.get("key", "")[:64] or uuid.uuid4().hex,
        "source": _source(request),
        "back": _back(request, form.subscription.subscriber_id),
        "nav": "subscribers",
    }
    page = "subscribers/asking/_form.html" if request.htmx else "subscribers/asking/form.html"
    response = render(request, page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _back(request: SignedInRequest, subscriber_id: int) -> str:
    """The page that they came from, where it is one of ours."""
    back = (request.POST if request.method == "POST" else request.GET).get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return back if back and is_ours else reverse("subscriber-detail", args=[subscriber_id])


def _told(request: SignedInRequest, subscriber_id: int, words: str, level: str = "success") -> HttpResponse:
    """A toast, and the event on which panels ask again; without htmx, back to where they came from."""
    if not request.htmx:
        (messages.success if level in ("success", "info") else messages.error)(request, words)
        return redirect(_back(request, subscriber_id))
    told = {"toast": {"text": words, "level": level}, "dialog-close": {}, f"changed:subscriber:{subscriber_id}": {}}
    told["changed:subscriber"] = {}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})


@require_safe
def actions_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was asked for a subscriber of late, with its state as it is now."""
    subscriber = get_object_or_404(Subscriber.objects.visible_to(request.user), pk=pk)
    context = {"subscriber": subscriber, "rows": selectors.latest_of(subscriber, request.user)}
    return render(request, "subscribers/asking/_panel.html", context)


@require_safe
def card(request: SignedInRequest, pk: int) -> HttpResponse:
    """Their subscriptions and boxes as they are now, for pages that show them beside something else."""
    people = Subscriber.objects.visible_to(request.user).select_related("store")
    subscriber = get_object_or_404(people, pk=pk)
    context = {"subscriber": subscriber, "cards": subscription_cards(subscriber)}
    context |= {"source": _source(request), "back": _back(request, pk)}
    return render(request, "subscribers/_card.html", context)


@require_safe
def action_list(request: SignedInRequest) -> HttpResponse:
    """What waits for a lead, is under way, was refused; `?view=`."""
    view = selectors.view_of(request.GET.get("view"))
    rows = ProviderAction.objects.visible_to(request.user).filter(view.of).order_by("-requested_at", "-pk")
    page = page_of(selectors.for_rows(rows), request)
    context = {
        "views": [(one, one == view) for one in selectors.VIEWS],
        "view": view,
        "page": page,
        "rows": selectors.rows_of(page.rows, request.user),
        "nav": "subscribers",
    }
    template = "subscribers/asking/list.html"
    return render(request, f"{template}#rows" if request.htmx.target == "action-rows" else template, context)


DEEDS = {
    "approve": lambda action, by, why: actions.approve(action, by=by),
    "deny": lambda action, by, why: actions.deny(action, by=by, why=why),
    "withdraw": lambda action, by, why: actions.withdraw(action, by=by, why=why or _("Taken back.")),
    "retry": lambda action, by, why: actions.retry(action, by=by),
}


@require_POST
def act(request: SignedInRequest, pk: int, do: str) -> HttpResponse:
    """Approve or deny (a lead), take back (who asked, or a lead), ask again."""
    visible = ProviderAction.objects.visible_to(request.user)
    action = get_object_or_404(selectors.for_rows(visible), pk=pk)
    (row,) = selectors.rows_of([action], request.user)
    if do == "withdraw" and not row.may_withdraw:
        return _told(request, action.subscriber_id, _("It cannot be taken back any more, or not by you."), "error")
    try:
        done = DEEDS[do](action, request.user, request.POST.get("why", "").strip()[:1000])
    except Refused as refused:
        return _told(request, action.subscriber_id, refused.message, "error")
    return _told(request, action.subscriber_id, *outcome_words(done, request.user))
