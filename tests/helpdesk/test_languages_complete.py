"""Every message is said in German and Spanish, with the same places to fill in."""

import re

import pytest
from django.conf import settings
from django.utils import translation

from helpdesk import wording

PLACES = re.compile(r"%\(\w+\)|\{\w+\}")


def messages(language):
    """`(English, translations)` of a catalogue; a fuzzy one has none."""
    path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"
    for block in path.read_text().split("\n\n")[1:]:
        said = {"msgid": "", "msgid_plural": ""}
        name = ""
        for line in block.splitlines():
            if found := re.match(r"(msg\w+(?:\[\d\])?) (\".*\")$", line):
                name, line = found[1], found[2]
                said[name] = ""
            if line.startswith('"'):
                said[name] += line[1:-1]
        made = [] if "#, fuzzy" in block else [text for key, text in said.items() if key.startswith("msgstr")]
        yield said["msgid_plural"] or said["msgid"], made


@pytest.mark.parametrize("language", ["de", "es"])
def test_every_message_is_translated_with_its_places(language):
    wrong = [
        english
        for english, made in messages(language)
        if not made or not all(made) or set(PLACES.findall(made[-1])) != set(PLACES.findall(english))
    ]
    assert wrong == []


@pytest.mark.parametrize(("language", "words"), [("en", "3 h ago"), ("de", "vor 3 h"), ("es", "hace 3 h")])
def test_times_follow_the_language(language, words):
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with translation.override(language):
        assert wording.relative_words(now - timedelta(hours=3), now) == words
