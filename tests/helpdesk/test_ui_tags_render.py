"""The tags of presentation: what they write, and that strangers' words stay words."""

import re
from datetime import timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from helpdesk.looks import LOOKS
from helpdesk.templatetags.ui import _icons, icon


def render(source: str, **context) -> str:
    return Template("{% load ui ui_blocks %}" + source).render(Context(context)).strip()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


class Form(forms.Form):
    subject = forms.CharField(help_text="Short.")
    channel = forms.ChoiceField(choices=[("mail", "Mail"), ("web", "Web")], widget=forms.RadioSelect)
    note = forms.CharField(required=False, widget=forms.Textarea)


def test_every_look_has_an_icon_that_exists_and_a_tone_that_is_styled():
    looks = [look for kind in LOOKS.values() for look in kind.values()]
    assert [look for look in looks if look.icon not in _icons()] == []
    assert {look.tone for look in looks} <= {"plain", "strong", "link", "good", "warn", "bad"}


def test_unknown_icon_is_an_error_that_names_it():
    with pytest.raises(KeyError, match="no-such-icon"):
        icon("no-such-icon")


def test_badge_says_the_state_in_a_word_and_knows_priorities_by_number():
    assert words(render("{% badge 'ticket' 'on_hold' %}")) == "On hold"
    assert words(render("{% badge 'priority' 1 %}")) == "Urgent"
    assert words(render("{% badge 'ticket' 'brand_new_state' %}")) == "Brand new state"


def test_relative_time_carries_the_exact_one():
    moment = timezone.now() - timedelta(hours=3, minutes=5)
    html = render("{% relative_time at %}", at=moment)
    assert words(html) == "3 h ago"
    assert f'datetime="{moment.isoformat(timespec="seconds")}"' in html
    assert words(render("{% relative_time None %}")) == "–"


@pytest.mark.parametrize(
    ("due", "met", "paused", "state"),
    [
        (2, None, False, "ok"),
        (-1, None, False, "overdue"),
        (2, 1, False, "met"),
        (-2, -1, False, "missed"),
        (2, None, True, "paused"),
    ],
)
def test_due_tells_its_state(due, met, paused, state):
    now = timezone.now()
    at = now + timedelta(hours=due)
    met_at = None if met is None else now + timedelta(hours=met)
    html = render("{% due at met_at=met_at paused=paused %}", at=at, met_at=met_at, paused=paused)
    assert re.findall(r'data-state="(\w+)"', html) == [state]
    assert ("data-due" in html) == (state in ("ok", "overdue"))


def test_field_ties_label_help_and_error_to_its_control():
    form = Form({"subject": "", "channel": "mail"})
    html = render("{% field form.subject data_key='s' %}", form=form)
    assert words(html) == "Subject Short. This field is required."
    control = re.search(r"<input[^>]*>", html)[0]
    assert 'aria-invalid="true"' in control
    assert 'data-key="s"' in control
    for name in re.search(r'aria-describedby="([^"]*)"', control)[1].split():
        assert f'id="{name}"' in html


def test_radio_field_is_a_fieldset_with_one_class_on_each_option_alone():
    html = render("{% field form.channel %}", form=Form())
    assert html.startswith("<fieldset")
    assert html.count('class="radio"') == 2
    assert words(html) == "Channel Mail Web"


def test_optional_field_says_so():
    assert words(render("{% field form.note %}", form=Form())) == "Note optional"


def test_blocks_escape_what_they_are_given_and_keep_their_content():
    html = render("{% panel title=title count=0 %}<b>{{ body }}</b>{% endpanel %}", title="<i>", body="<script>")
    assert words(html).startswith("&lt;i&gt; 0")
    assert "<b>&lt;script&gt;</b>" in html


def test_message_text_of_a_stranger_stays_text():
    html = render(
        "{% include 'partials/message.html' with kind='in' author=author text=text at=at %}",
        author="<img src=x>",
        text="<script>alert(1)</script>",
        at=timezone.now(),
    )
    assert "<script" not in html
    assert "<img" not in html
