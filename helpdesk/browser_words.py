"""The words that scripts say (helpdesk/static/js/words.js), handed to a page in its language."""

from django.utils.translation import get_language, gettext, gettext_noop

WORDS = (
    gettext_noop("{count} s"),
    gettext_noop("{count} min"),
    gettext_noop("{count} h"),
    gettext_noop("{count} d"),
    gettext_noop("{time} ago"),
    gettext_noop("in {time}"),
    gettext_noop("{time} over"),
    gettext_noop("just now"),
    gettext_noop("in under 1 min"),
    gettext_noop("due now"),
    gettext_noop("Undo"),
    gettext_noop("You may not do that."),
    gettext_noop("That is no longer here."),
    gettext_noop("Too many requests; wait a moment."),
    gettext_noop("That did not work (error {status}). Nothing was changed."),
    gettext_noop("The server cannot be reached. What you wrote is still here."),
    gettext_noop("Go to {place}"),
    gettext_noop("Keyboard shortcuts"),
    gettext_noop("Search tickets for “{words}”"),
    gettext_noop("New message from {name}"),
    gettext_noop("{number} of {count}"),
    gettext_noop("{count} chosen"),
    gettext_noop("Choose all {count} {what}"),
    gettext_noop("Draft saved"),
    gettext_noop("Draft kept"),
    gettext_noop("Do not send {name}"),
)


def browser_words() -> dict[str, str]:
    """By the English words; nothing in English, which the scripts speak themselves."""
    return {} if get_language() == "en" else {word: gettext(word) for word in WORDS}
