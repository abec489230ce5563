"""Whoever is not heard of any more is gone, and the other pages are told; only what changes is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers import signals
from tickets.models import Viewing
from tickets.services.viewing import be_here, go, others_here, sweep_viewings


@pytest.fixture
def told():
    heard = []

    def hear(*, changed, **_):
        heard.extend(sorted(changed))

    signals.announced.connect(hear)
    yield heard
    signals.announced.disconnect(hear)


def test_only_changes_are_told_and_the_stale_vanish(desk, told):
    ticket = desk.ticket()
    told.clear()
    here = [("viewing", ticket.pk)]
    be_here(ticket, desk.bob)
    be_here(ticket, desk.bob)
    assert told == here
    be_here(ticket, desk.bob, writing="note")
    assert (told, [one.words for one in others_here(ticket, desk.alice)]) == (
        here * 2,
        ["Bob Keller is writing a note"],
    )
    Viewing.objects.update(writing_until=timezone.now() - timedelta(seconds=1))
    assert [one.writing for one in others_here(ticket, desk.alice)] == [""]
    assert sweep_viewings() == 0
    Viewing.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert (others_here(ticket, desk.alice), sweep_viewings(), told) == ([], 1, here * 3)
    be_here(ticket, desk.bob)
    go(ticket, desk.bob)
    go(ticket, desk.bob)
    assert told == here * 5
