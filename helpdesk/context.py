"""What every template may ask."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from helpdesk.browser_words import browser_words
from helpdesk.languages import NAMES
from tickets.mail.banner import watch


def shell(request: HttpRequest) -> dict[str, object]:
    """`mail_watch` asks the database where a template looks at it: the shell does, parts of pages do not."""
    return {
        "is_demo": settings.DEMO,
        "languages": NAMES,
        "browser_words": browser_words,
        "mail_watch": SimpleLazyObject(lambda: watch(request.user)),
    }
