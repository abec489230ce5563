"""A person's preferences, by a signed link and without a log-in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from subscribers.cancellation import speech
from subscribers.cancellation.views.public import explain, place_of, public, read_or_explain
from subscribers.enums import ConsentCategory
from subscribers.models import Consent, Subscriber
from subscribers.privacy.consent import WORDS, set_consent, unsubscribe
from subscribers.tokens import Purpose


@public
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """What they are written to about: shown (GET), and chosen (POST)."""
    person = _person(request, token)
    if isinstance(person, HttpResponse):
        return person
    with translation.override(speech.language_of(person)):
        if request.method == "POST":
            chosen = request.POST.getlist("category")
            for category, words in WORDS.items():
                set_consent(
                    person,
                    category,
                    category in chosen,
                    source="preferences page",
                    words=gettext(words),
                    asked_from=place_of(request),
                )
            return redirect(reverse("preferences", args=[token]) + "?done=1")
        return render(request, "preferences/preferences.html", _context(request, person, token))


@public
def unsubscribe_once(request: HttpRequest, token: str, category: str) -> HttpResponse:
    """RFC 8058: a POST, from a mail program or from the page's button, unsubscribes; a GET only shows the button.

    Link scanners follow every address in a mail, so nothing may change by it.
    """
    person = _person(request, token)
    if isinstance(person, HttpResponse):
        return person
    if category not in WORDS:
        return explain(request)
    with translation.override(speech.language_of(person)):
        context = _context(request, person, token) | {
            "category": category,
            "words": gettext(WORDS[ConsentCategory(category)]),
        }
        if request.method == "POST":
            is_machine = request.POST.get("List-Unsubscribe") == "One-Click"
            source = "one-click unsubscribe" if is_machine else "unsubscribe page"
            unsubscribe(person, category, source=source, asked_from=place_of(request))
            context["is_unsubscribed"] = True
        return render(request, "preferences/unsubscribe.html", context)


def _person(request: HttpRequest, token: str) -> Subscriber | HttpResponse:
    found = read_or_explain(request, Purpose.PREFERENCES, token)
    if isinstance(found, HttpResponse):
        return found
    people = Subscriber.objects.filter(redacted_at=None).select_related("store", "merged_into__store")
    person = people.filter(pk=found).first()
    if person is None:
        return explain(request)
    return person.merged_into or person


def _context(request: HttpRequest, person: Subscriber, token: str) -> dict[str, Any]:
    refused = set(Consent.objects.filter(subscriber=person, granted=False).values_list("category", flat=True))
    return {
        "store": person.store,
        "person": person,
        "token": token,
        "language": translation.get_language(),
        "done": request.GET.get("done") == "1",
        "choices": [
            {"key": category, "words": gettext(words), "is_on": category not in refused}
            for category, words in WORDS.items()
        ],
    }
