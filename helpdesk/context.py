"""What every template may ask."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from helpdesk.browser_words import browser_words
from helpdesk.languages import NAMES
from tickets.mail.banner import watch
from tickets.saved_views.selectors import shelf


def shell(request: HttpRequest) -> dict[str, object]:
    """`saved_views` and `mail_watch` ask the database where a template looks at them: the shell, not parts of pages."""
    return {
        "is_demo": settings.DEMO,
        "languages": NAMES,
        "browser_words": browser_words,
        "saved_views": SimpleLazyObject(lambda: shelf(request.user)),
        "mail_watch": SimpleLazyObject(lambda: watch(request.user)),
    }
