"""The pages of causes: the list, one of them, what is done on it, and its table of affected boxes."""

import csv
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from success.causes import answering, selectors, services, wording
from success.causes.chart import HEIGHT, SMALL_HEIGHT, SMALL_WIDTH, WIDTH, chart_of
from success.causes.enums import MOVES, CauseState
from success.causes.forms import AnswerForm, DismissForm, FixForm, NoteForm, TicketForm
from success.causes.measuring import figures_of, measure
from success.models import Alert, Cause, CauseAnswer
from success.permissions import may_work_alerts, stores_to_work
from success.selectors import owners
from tickets.models import Ticket

HISTORY = 100


@require_safe
def cause_list(request: SignedInRequest) -> HttpResponse:
    """What complaints rise with, `?view=` open, fixed, ended or all."""
    counts = selectors.counts(request.user)
    view = request.GET.get("view", "")
    view = view if view in selectors.VIEWS else "open"
    rows = selectors.rows(request.user, view)
    context = {
        "rows": rows,
        "several_stores": len({row.cause.store_id for row in rows}) > 1,
        "views": [(name, label, counts[name]) for name, label in wording.VIEWS],
        "view": view,
        "size": (SMALL_WIDTH, SMALL_HEIGHT),
        "nav": "causes",
    }
    return render(request, "causes/list.html", context)


@require_safe
def cause_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, _load(request, pk))


def _load(request: SignedInRequest, pk: int, *, to_work: bool = False) -> Cause:
    causes = Cause.objects.visible_to(request.user).select_related("store", "topic", "owner")
    cause = get_object_or_404(causes, pk=pk)
    if to_work and not may_work_alerts(request.user, cause.store_id):
        raise PermissionDenied(gettext("The success team works the causes of this store."))
    return cause


def _page(request: SignedInRequest, cause: Cause, status: int = 200, **more: Any) -> HttpResponse:
    """`more`: a form with faults, or a preview, in the place of what the page begins with."""
    figures = figures_of(cause)
    may_work = may_work_alerts(request.user, cause.store_id)
    answers = list(cause.answers.select_related("author").order_by("-pk")[:10])
    outcomes = answering.outcomes(answers)
    links = selectors.links_of(cause, request.user)
    context = {
        "cause": cause,
        "figures": figures,
        "chart": chart_of(cause, figures),
        "size": (WIDTH, HEIGHT),
        "avoided": wording.avoided_words(figures.avoided),
        "chance": wording.chance_words(cause.q),
        "links": links,
        "linked": cause.links.filter(removed_at=None).count(),
        "affected": selectors.affected_boxes(cause).count(),
        "to_answer": len(answering.tickets_to_answer(cause, request.user)) if may_work and cause.is_open else 0,
        "answers": [(answer, wording.outcome_words(outcomes[answer.pk])) for answer in answers],
        "events": [
            wording.event_line(event)
            for event in cause.events.select_related("actor").order_by("-occurred_at", "-pk")[:HISTORY]
        ],
        "alert": Alert.objects.visible_to(request.user).live().filter(store=cause.store, about=cause.about).first(),
        "moves": [
            (state, wording.MOVE_WORDS[state])
            for state in MOVES[CauseState(cause.state)]
            if state in wording.MOVE_WORDS
        ],
        "may_work": may_work,
        "may_act": may_work and cause.is_open,
        "owners": list(owners(cause.store)) if may_work else [],
        "fix_form": FixForm(initial={"on": cause.fixed_on}),
        "dismiss_form": DismissForm(),
        "note_form": NoteForm(),
        "ticket_form": TicketForm(user=request.user, cause=cause),
        "answer_form": AnswerForm(),
        "answer_key": uuid.uuid4().hex,
        "nav": "causes",
        **more,
    }
    return render(request, "causes/detail.html", context, status=status)


def _act(request: SignedInRequest, cause: Cause, act: Callable[[], Any], said: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, said)
    return redirect(cause)


def _by_form(
    request: SignedInRequest, cause: Cause, form: forms.Form, name: str, act: Callable[[dict[str, Any]], Any], said: str
) -> HttpResponse:
    """Do what a form asks; with a fault, the page again with it."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(request, said)
            return redirect(cause)
    return _page(request, cause, 422, **{name: form})


@require_POST
def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    cause, chosen = _load(request, pk, to_work=True), request.POST.get("owner", "")
    owner = get_object_or_404(get_user_model(), pk=chosen) if chosen.isdecimal() else None
    said = gettext("Given to %(owner)s") % {"owner": owner} if owner else gettext("Given to nobody")
    return _act(request, cause, lambda: services.assign(cause, actor=request.user, owner=owner), said)


@require_POST
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    cause, to = _load(request, pk, to_work=True), request.POST.get("state", "")
    if to not in CauseState.values:
        return redirect(cause)
    said = str(CauseState(to).label)
    return _act(request, cause, lambda: services.move(cause, CauseState(to), actor=request.user), said)


@require_POST
def fix(request: SignedInRequest, pk: int) -> HttpResponse:
    cause = _load(request, pk, to_work=True)

    def act(told: dict[str, Any]) -> None:
        measure(services.fix(cause, actor=request.user, on=told["on"], note=told["note"]))

    return _by_form(request, cause, FixForm(request.POST), "fix_form", act, gettext("Fixed"))


@require_POST
def dismiss(request: SignedInRequest, pk: int) -> HttpResponse:
    cause = _load(request, pk, to_work=True)

    def act(told: dict[str, Any]) -> None:
        services.dismiss(cause, actor=request.user, because=told["because"])

    return _by_form(request, cause, DismissForm(request.POST), "dismiss_form", act, gettext("Dismissed"))


@require_POST
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    cause = _load(request, pk, to_work=True)

    def act(told: dict[str, Any]) -> None:
        services.note(cause, actor=request.user, text=told["text"])

    return _by_form(request, cause, NoteForm(request.POST), "note_form", act, gettext("Noted"))


@require_POST
def link(request: SignedInRequest, pk: int) -> HttpResponse:
    cause = _load(request, pk, to_work=True)

    def act(told: dict[str, Any]) -> None:
        services.link_ticket(cause, told["ticket"], actor=request.user)

    form = TicketForm(request.POST, user=request.user, cause=cause)
    return _by_form(request, cause, form, "ticket_form", act, gettext("Linked"))


@require_POST
def unlink(request: SignedInRequest, pk: int, ticket_pk: int) -> HttpResponse:
    cause = _load(request, pk, to_work=True)
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=ticket_pk)
    said = gettext("%(ticket)s is no part of it") % {"ticket": ticket.number}
    return _act(request, cause, lambda: services.unlink_ticket(cause, ticket, actor=request.user), said)


@require_POST
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """First how it would read and to how many it would go; with `send`, it leaves to those that were counted."""
    cause, form = _load(request, pk, to_work=True), AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, cause, 422, answer_form=form)
    told, key = form.cleaned_data, request.POST.get("key", "")[:64] or uuid.uuid4().hex
    try:
        if "send" not in request.POST:
            shown, number = answering.preview(cause, told["text"], user=request.user)
            ids = [one.pk for one in answering.tickets_to_answer(cause, request.user)]
            return _page(request, cause, answer_form=form, shown=shown, number=number, answer_key=key, answer_ids=ids)
        ids = [int(one) for one in request.POST.get("tickets", "").split(",") if one.isdecimal()]
        answering.answer_all(cause, author=request.user, key=key, ticket_ids=ids, **told)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _page(request, cause, 422, answer_form=form)
    return redirect(f"{cause.get_absolute_url()}#answers")


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    mine = CauseAnswer.objects.filter(cause__store__in=stores_to_work(request.user)).select_related("cause")
    row = get_object_or_404(mine, pk=pk)
    said = gettext("Taken back: nobody was answered")
    return _act(request, row.cause, lambda: answering.take_back(row, actor=request.user), said)


@require_safe
def affected(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    """Every affected box and complaint as CSV."""
    cause = _load(request, pk)
    writer = csv.writer(Echo())

    def lines() -> Iterator[str]:
        yield writer.writerow(["order", "batch", "carrier", "shipped", "delivered", "name", "email", "ticket"])
        for row in selectors.affected_rows(cause, request.user):
            yield writer.writerow([_safe(one) for one in row])

    name = f'attachment; filename="cause-{cause.pk}.csv"'
    return StreamingHttpResponse(lines(), content_type="text/csv", headers={"Content-Disposition": name})


class Echo:
    """What the writer writes is the line itself."""

    def write(self, line: str) -> str:
        return line


def _safe(value: Any) -> str:
    """No text of a stranger begins a formula in a table."""
    words = value.isoformat() if hasattr(value, "isoformat") else str(value or "")
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words
