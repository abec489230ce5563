"""What is done with a whole ticket: tagged, put aside, followed, thrown away, made a part of another."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from tickets.forms_handling import SnoozeForm
from tickets.models import Ticket, TicketMerge
from tickets.services import discarding, following, merging, snoozing, tagging
from tickets.sla.mornings import mornings_of
from tickets.views.actions import act_on, answer, load, refuse
from tickets.views.detail import seen_or_404


@require_POST
def add_tag(request: SignedInRequest, pk: int) -> HttpResponse:
    name, actor = request.POST.get("tag", ""), request.user
    return act_on(request, pk, lambda ticket: tagging.add_tag(ticket, actor=actor, name=name), _("Tagged"))


@require_safe
def suggest_tags(request: SignedInRequest) -> HttpResponse:
    """Of the store of the ticket `for`, names of tags that match `tag`, as options of a list."""
    wanted = request.GET.get("for", "")
    ticket = load(request, int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)
    names = tagging.suggest(ticket.store_id, request.GET.get("tag", ""))
    return render(request, "tickets/_tag_options.html", {"names": names})


@require_POST
def remove_tag(request: SignedInRequest, pk: int) -> HttpResponse:
    name, actor = request.POST.get("tag", ""), request.user
    return act_on(request, pk, lambda ticket: tagging.remove_tag(ticket, actor=actor, name=name), _("Tag removed"))


@require_http_methods(["GET", "HEAD", "POST"])
def snooze(request: SignedInRequest, pk: int) -> HttpResponse:
    """The choices with their times, as a dialog or a page; posted, the ticket is put aside."""
    ticket, now = load(request, pk), timezone.now()
    mornings = mornings_of(ticket.store, now)
    form = SnoozeForm(request.POST or None, mornings=mornings)
    if request.method == "POST" and form.is_valid():
        response = act_on(request, pk, lambda ticket: form.put_aside(ticket, request.user), _("Put aside"))
        if request.htmx and response.status_code == 200:
            response.headers["HX-Trigger-After-Swap"] = "dialog-close"
        return response
    context = {"ticket": ticket, "form": form, "moments": mornings.choices(), "box": snoozing.awaited_box(ticket)}
    status = 422 if form.is_bound else 200
    page = "tickets/_snooze.html" if request.htmx else "tickets/snooze.html"
    response = render(request, page, context, status=status)
    if request.htmx and form.is_bound:
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialog-content", "innerHTML"
    return response


@require_POST
def wake(request: SignedInRequest, pk: int) -> HttpResponse:
    return act_on(request, pk, lambda ticket: snoozing.wake(ticket, actor=request.user), _("Awake"))


@require_POST
def follow(request: SignedInRequest, pk: int) -> HttpResponse:
    """Follow, or with `stop` no longer."""
    user, stops = request.user, "stop" in request.POST
    act = following.unfollow if stops else following.follow
    said = _("You no longer follow it") if stops else _("You follow it: what the customer writes comes by mail")
    return act_on(request, pk, lambda ticket: act(ticket, actor=user, user=user), said)


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket = load(request, pk)
    discarding.delete(ticket, actor=request.user)
    return _gone(request, ticket, _("Deleted"))


@require_POST
def spam(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket, block = load(request, pk), "block" in request.POST
    try:
        discarding.mark_spam(ticket, actor=request.user, block=block)
    except Refused as refused:
        return refuse(request, pk, refused)
    return _gone(request, ticket, _("Marked as spam, and its sender is blocked") if block else _("Marked as spam"))


def _gone(request: SignedInRequest, ticket: Ticket, said: str) -> HttpResponse:
    undo = {"url": reverse("ticket-restore", args=[ticket.pk]), "label": _("Undo")}
    return answer(request, ticket.pk, said, undo=undo)


@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket = get_object_or_404(Ticket.objects.discarded_for(request.user), pk=pk)
    discarding.restore(ticket, actor=request.user, unblock=True)
    return answer(request, pk, _("It is back"))


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which ticket this one becomes a part of; posted, with `into` chosen, it does."""
    source = load(request, pk)
    wanted = request.POST.get("into", request.GET.get("into", "")).upper().removeprefix("T-").strip()
    here = Ticket.objects.visible_to(request.user).filter(store=source.store_id).exclude(pk=pk)
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0
    target = here.select_related("subscriber").filter(pk=number).first()
    if request.method == "POST" and target is not None:
        return _merged(request, source, target)
    others = here.filter(subscriber=source.subscriber_id).order_by("-opened_at", "-pk")[:20]
    error = _("You see no such ticket in this store.") if wanted and target is None else ""
    context = {"ticket": source, "target": target, "others": others, "wanted": wanted, "error": error}
    return render(request, "tickets/merge.html", {**context, "nav": "tickets"}, status=422 if error else 200)


def _merged(request: SignedInRequest, source: Ticket, target: Ticket) -> HttpResponse:
    try:
        merging.merge(source, into=target, actor=request.user)
    except Refused as refused:
        return refuse(request, source.pk, refused)
    messages.success(request, _("%(number)s is a part of this ticket now") % {"number": source.number})
    return redirect(target)


@require_POST
def unmerge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the merge of the given number into this ticket back."""
    target, wanted = seen_or_404(request.user, pk), request.POST.get("merge", "")
    row = get_object_or_404(TicketMerge, target=target, pk=int(wanted) if wanted.isdecimal() else 0)
    return act_on(request, pk, lambda ticket: merging.unmerge(row, actor=request.user), _("They are two again"))
