"""/styleguide/: every component in every state, in words of a box store. In debug mode and the demo only.

Its templates are the documentation of the components: copy from them. Each file of templates/partials/ names its
variables on top; `{% load ui ui_blocks %}` gives the tags. Colours, sizes and the order of the style sheets are in
helpdesk/styles/; after a new class in a template run `manage.py build_css`. The browser tests photograph this page
and run axe on it in both modes. It needs no database.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from helpdesk.looks import LOOKS
from helpdesk.models import User


class TicketForm(forms.Form):
    """A form with one field of each kind."""

    subject = forms.CharField(max_length=120, help_text="What the subscriber will see in their inbox.")
    queue = forms.ChoiceField(choices=[("", "Choose a queue"), ("s", "Support"), ("d", "Damaged boxes")])
    body = forms.CharField(label="Message", widget=forms.Textarea(attrs={"rows": 3}))
    photos = forms.FileField(required=False, help_text="JPEG, PNG or HEIC, up to 10 MB each.")
    channel = forms.ChoiceField(
        label="How it reached us",
        choices=[("mail", "Mail"), ("web", "Web form")],
        widget=forms.RadioSelect,
        initial="mail",
    )
    notify = forms.BooleanField(label="Tell the subscriber by mail", required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        if self.is_bound and not self.data.get("subject"):
            raise forms.ValidationError("The ticket was not opened. Two fields need another look.")
        return self.cleaned_data


COMPLAINT = """Hi, my first box came today and the lid was crushed in.
The honey jar leaked over everything, the tea is soaked.

I was really looking forward to this. Can you send another one?"""


def _facts() -> dict[str, Any]:
    now = timezone.now()
    return {
        "now": now,
        "minutes_ago": now - timedelta(minutes=7),
        "hours_ago": now - timedelta(hours=3, minutes=10),
        "days_ago": now - timedelta(days=2, hours=1),
        "months_ago": now - timedelta(days=80),
        "in_minutes": now + timedelta(minutes=24, seconds=30),
        "in_hours": now + timedelta(hours=5, minutes=40),
        "in_days": now + timedelta(days=2, hours=4),
        "complaint": COMPLAINT,
        "tickets": _tickets(),
        "events": _events(),
        "boxes": [
            ("September box", "in_transit", now + timedelta(days=2)),
            ("August box", "delivered", now - timedelta(days=26)),
        ],
        "files": [
            {"name": "lid-crushed.jpg", "url": "#file", "size": 2_410_233},
            {"name": "jar-leaking.jpg", "url": "#file", "size": 1_804_011},
        ],
    }


def _tickets() -> list[dict[str, Any]]:
    now = timezone.now()
    rows = [
        ("Box arrived crushed, honey everywhere", "Priya Nair", "new", 1, 24, "Damaged box", 7, "", True),
        ("Where is my September box?", "Tom Okafor", "open", 2, 100, "Late box", 42, "Alma Reyes", True),
        (
            "Can I swap the dark roast for decaf?",
            "Ines Carvalho",
            "pending",
            3,
            340,
            "Change of product",
            180,
            "Alma Reyes",
            False,
        ),
        ("Charged twice this month", "Jonas Weber", "open", 1, -72, "Billing", 260, "Ben Adeyemi", False),
        ("Skip October, we are away", "Mei-Ling Tan", "on_hold", 4, None, "Skip", 1500, "Ben Adeyemi", False),
        (
            "Thank you for the quick replacement!",
            "Sam Whitfield",
            "resolved",
            3,
            None,
            "Praise",
            4400,
            "Alma Reyes",
            False,
        ),
    ]
    return [
        {
            "number": f"T-{1048 - place}",
            "subject": subject,
            "name": name,
            "status": status,
            "priority": priority,
            "due_at": now + timedelta(minutes=due, seconds=30) if due is not None else None,
            "topic": topic,
            "at": now - timedelta(minutes=ago),
            "assignee": assignee,
            "unread": unread,
        }
        for place, (subject, name, status, priority, due, topic, ago, assignee, unread) in enumerate(rows)
    ]


def _events() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {"icon": "package-x", "tone": "bad", "title": "Damaged box recognised", "detail": "“crushed”, “leaking”",
         "at": now - timedelta(minutes=31)},
        {"icon": "bell-ring", "tone": "warn", "title": "Alert opened", "detail": "Damaged box · Cycle-1 ticket",
         "at": now - timedelta(minutes=31)},
        {"icon": "mail", "tone": "link", "who": "Recovery flow", "title": "sent an apology in this thread",
         "at": now - timedelta(minutes=29)},
        {"icon": "user-check", "who": "Nadia Haddad", "title": "took the alert", "at": now - timedelta(minutes=12)},
        {"icon": "hourglass", "title": "Wait for the replacement to arrive", "detail": "At most 5 days", "next": True},
        {"icon": "split", "title": "Asked again, or content?", "next": True},
    ]  # fmt: skip


@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    page = Paginator(range(1_284), 50).page(3)
    shown = {
        "user": User(name="Alma Reyes", email="alma@demo.example", is_staff=True),
        "nav_counts": {"inbox": 12, "alerts": 4},
        "states": {kind: list(looks) for kind, looks in LOOKS.items() if kind != "priority"},
        "priorities": [1, 2, 3, 4],
        "form": TicketForm(),
        "wrong_form": TicketForm({"queue": "s", "channel": "mail"}, auto_id="wrong_%s"),
        "page": page,
        "tabs": [
            {"label": "Conversation", "url": "#tabs", "current": True},
            {"label": "History", "url": "#tabs", "count": 14},
            {"label": "Subscriber", "url": "#tabs", "icon": "user"},
        ],
    }
    return render(request, "styleguide/index.html", {**_facts(), **shown})
