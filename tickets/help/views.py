"""Pages for customers without a log-in: what we can help with, a question, and a box that came damaged."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from subscribers import tokens
from subscribers.cancellation.reasons import labels_of
from subscribers.cancellation.speech import day, language_of, zone_of
from subscribers.cancellation.views.public import place_of, public, store_of
from subscribers.errors import Refused
from subscribers.models import Box, Store, Subscriber
from subscribers.tokens import BadLink, Expired, Purpose
from tickets.help.asking import Wish, ask, box_of_order, boxes_to_report, damaged, topics_of
from tickets.help.forms import AskForm, ContactForm, DamagedForm
from tickets.models import Mailbox


@public
def start(request: HttpRequest) -> HttpResponse:
    """What a customer may want, each a way of its own."""
    return render(request, "help/start.html", _context(store_of(request)))


@public
def contact(request: HttpRequest, token: str = "") -> HttpResponse:
    """A question about anything. `token`: of the account page, which says who asks."""
    person = _known(token)
    with translation.override(language_of(person) if person else translation.get_language()):
        store = person.store if person else store_of(request)
        topics = topics_of(store) if store else []
        labels = labels_of(topics, translation.get_language() or "en")
        given = (request.POST, request.FILES) if request.method == "POST" else ()
        form = ContactForm(*given, topics=topics, labels=labels, is_known=person is not None)
        return _answer(request, form, store, person, "help/contact.html")


@public
def report_damaged(request: HttpRequest, token: str = "") -> HttpResponse:
    """A box that came damaged, with photographs. Somebody known chooses the box; others name their order."""
    person = _known(token)
    with translation.override(language_of(person) if person else translation.get_language()):
        boxes = [(box, _words(box, person)) for box in boxes_to_report(person)] if person else []
        given = (request.POST, request.FILES) if request.method == "POST" else ()
        form = DamagedForm(*given, boxes=boxes, is_known=person is not None)
        return _answer(request, form, person.store if person else store_of(request), person, "help/damaged.html")


@public
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "help/sent.html", _context(store_of(request)))


def _answer(
    request: HttpRequest, form: AskForm, store: Store | None, person: Subscriber | None, template: str
) -> HttpResponse:
    context = _context(store) | {"form": form, "stores": [] if store else list(Store.objects.order_by("name"))}
    if request.method != "POST":
        return render(request, template, context)
    if store is None or not form.is_valid():
        context["store_missing"] = store is None
        return render(request, template, context, status=422)
    try:
        ask(_wish(request, form, store, person))
    except Refused as refused:
        return render(request, template, context | {"error": refused.message}, status=429)
    return redirect(f"{reverse('help-sent')}?store={store.key}&lang={translation.get_language()}")


def _wish(request: HttpRequest, form: AskForm, store: Store, person: Subscriber | None) -> Wish:
    said, is_damage = form.cleaned_data, isinstance(form, DamagedForm)
    box = said.get("box")
    number = said.get("order_number", "")
    if person is None and number:
        box = box_of_order(store, said["email"], number)
    text = said["text"]
    if number and box is None:  # what could not be found is told to whoever reads it
        text = f"{text}\n\n{gettext('Order number')}: {number}"
    return Wish(
        store=store,
        key=said["key"],
        text=text,
        subject=gettext("My box came damaged") if is_damage else "",
        email=said.get("email", ""),
        name=said.get("name", ""),
        subscriber=person,
        box=box,
        topic=damaged(store) if is_damage else said.get("topic"),
        files=said["attachments"],
        asked_from=place_of(request),
    )


def _known(token: str) -> Subscriber | None:
    """Whom the account page's link belongs to; None for no link, and for one that is not good any more."""
    if not token:
        return None
    try:
        pk = tokens.read(Purpose.ACCOUNT, token)
    except (BadLink, Expired):
        return None
    return Subscriber.objects.filter(pk=pk, merged_into=None, redacted_at=None).select_related("store").first()


def _words(box: Box, person: Subscriber) -> str:
    product = box.cycle.subscription.product
    at = box.delivered_at or box.shipped_at
    when = day(at, zone_of(person, person.store)) if at else ""
    return ", ".join(part for part in (product.name if product else "", str(box), when) if part)


def _context(store: Store | None) -> dict[str, Any]:
    mailbox = Mailbox.objects.filter(store=store, is_active=True).order_by("pk").first() if store else None
    return {
        "store": store,
        "language": translation.get_language(),
        "address": mailbox.address if mailbox else "",
        "is_demo": settings.DEMO,
    }
