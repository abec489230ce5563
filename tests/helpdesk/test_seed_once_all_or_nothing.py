"""The demo store is seeded once, and a seeding that was killed half-way leaves nothing."""

import pytest
from django.core.management import call_command

from helpdesk.management.commands import seed_once
from subscribers.models import Store


@pytest.mark.django_db
def test_a_half_done_seeding_is_done_anew_and_a_whole_one_is_not(monkeypatch) -> None:
    calls = []

    def seed_demo(name: str) -> None:
        calls.append(name)
        Store.objects.create(key=f"demo-{len(calls)}", name="Demo")
        if len(calls) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(seed_once, "call_command", seed_demo)
    with pytest.raises(KeyboardInterrupt):
        call_command("seed_once")
    assert list(Store.objects.all()) == []
    call_command("seed_once")
    call_command("seed_once")
    assert calls == ["seed_demo", "seed_demo"]
    assert [store.key for store in Store.objects.all()] == ["demo-2"]
