"""Lists that people keep: keeping one, changing it, and all of them on a page. `views.lists` shows one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from tickets import columns
from tickets.list_query import view_of
from tickets.listing import LIST_VIEWS
from tickets.models import SavedView
from tickets.saved_views import services
from tickets.saved_views.asking import described, kept
from tickets.saved_views.forms import SavedViewForm
from tickets.saved_views.selectors import changeable_by, counts_of, personal, shelf


@require_safe
def saved_views(request: SignedInRequest) -> HttpResponse:
    """Every list that this person sees, with what it asks."""
    views = list(SavedView.objects.visible_to(request.user).select_related("queue", "store", "made_by").in_order())
    mine = set(changeable_by(request.user).values_list("pk", flat=True))
    lines = [(one, described(QueryDict(one.query)), one.pk in mine) for one in views]
    context = {"lines": lines, "first": personal(request.user, counting=False).first, "nav": "tickets"}
    return render(request, "tickets/saved_views.html", context)


@require_safe
def counts(request: SignedInRequest) -> HttpResponse:
    """The lists beside the pages with how much each holds; `at`: the number of the one that is open."""
    views, at = shelf(request.user), request.GET.get("at", "")
    context = {"saved_views": views, "counts": counts_of(views, request.user), "at": at}
    return render(request, "tickets/_rail_views.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Keep the list whose query is `query`, under a name."""
    asked = request.GET.get("query", "")
    form = SavedViewForm(request.POST or None, user=request.user, initial={"query": asked, "audience": "me"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        return _done(
            request,
            form,
            lambda: services.save_view(
                actor=request.user, name=data["name"], audience=form.audience_chosen, query=data["query"]
            ),
            _("The view is kept"),
        )
    return _form(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its name, and whom it is for."""
    saved = _changeable(request, pk)
    form = SavedViewForm(request.POST or None, user=request.user, saved=saved)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        return _done(
            request,
            form,
            lambda: services.change_view(saved, actor=request.user, name=name, audience=form.audience_chosen),
            _("The view is changed"),
            saved,
        )
    return _form(request, form, saved)


@require_POST
def keep_query(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let it show what is looked at now."""
    saved = _changeable(request, pk)
    try:
        services.change_query(saved, actor=request.user, query=request.POST.get("query", ""))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("“%(name)s” shows this from now on") % {"name": saved.name})
    return redirect(saved)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    saved = _changeable(request, pk)
    if request.method != "POST":
        context = {"saved": saved, "asks": described(QueryDict(saved.query)), "nav": "tickets"}
        return render(request, "tickets/saved_view_delete.html", context)
    services.delete_view(saved, actor=request.user)
    messages.success(request, _("The view “%(name)s” is deleted") % {"name": saved.name})
    return redirect("saved-views")


@require_POST
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """`step` up or down."""
    services.move_view(_changeable(request, pk), actor=request.user, step=-1 if request.POST.get("step") == "up" else 1)
    return redirect("saved-views")


@require_POST
def keep_columns(request: SignedInRequest) -> HttpResponse:
    """Remember `column`, in the order in which they come; `move` (`due:up`) puts one elsewhere first."""
    address = QueryDict(request.POST.get("query", ""), mutable=True)
    keys = [key for key in request.POST.getlist("column") if columns.is_column(key)]
    key, _colon, way = request.POST.get("move", "").partition(":")
    if key in keys:
        at = keys.index(key)
        keys.insert(max(0, at + (-1 if way == "up" else 1)), keys.pop(at))
    chosen = "" if "usual" in request.POST else columns.written(columns.chosen(",".join(keys) or columns.SUBJECT))
    number = request.POST.get("saved", "")
    saved = SavedView.objects.visible_to(request.user).filter(pk=number).first() if number.isdecimal() else None
    view = "" if saved else view_of(address, LIST_VIEWS, default=request.POST.get("view", "")).key
    # Where a kept list has columns of its own, the usual ones have to be said.
    own = saved is not None and "columns=" in saved.query and "usual" not in request.POST
    services.keep_columns(
        user=request.user, view=view, saved=saved, columns=chosen or (",".join(columns.DEFAULT) if own else "")
    )
    address.pop("columns", None)
    address.pop("cursor", None)
    if saved is not None and kept(address) == kept(QueryDict(saved.query), columns=False):
        return redirect(saved)
    if chosen:
        address["columns"] = chosen
    elif not kept(address):
        address["view"] = view
    start = saved.get_absolute_url() if saved else reverse("ticket-list")
    return redirect(f"{start}?{address.urlencode(safe=',:@')}")


def _changeable(request: SignedInRequest, pk: int) -> SavedView:
    saved = changeable_by(request.user).select_related("queue", "store").filter(pk=pk).first()
    if saved is None:
        raise Http404
    return saved


def _done(
    request: SignedInRequest, form: SavedViewForm, change: Any, words: str, before: SavedView | None = None
) -> HttpResponse:
    try:
        saved: SavedView = change()
    except Refused as refused:
        form.add_error(refused.field or None, refused.message)
        return _form(request, form, before)
    first = personal(request.user, counting=False).first == saved.pk
    if form.cleaned_data["opens_first"] != first:
        services.open_first(user=request.user, saved=None if first else saved)
    messages.success(request, words)
    return HttpResponseClientRedirect(saved.get_absolute_url()) if request.htmx else redirect(saved)


def _form(request: SignedInRequest, form: SavedViewForm, saved: SavedView | None) -> HttpResponse:
    """A page, or what a dialog shows."""
    template = "tickets/_saved_view_form.html" if request.htmx else "tickets/saved_view_form.html"
    asks = described(QueryDict(saved.query if saved else form["query"].value() or ""))
    status = 422 if form.is_bound and not form.is_valid() else 200
    context = {"form": form, "saved": saved, "asks": asks, "nav": "tickets"}
    return render(request, template, context, status=status)
