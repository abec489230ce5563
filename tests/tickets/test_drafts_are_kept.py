"""Drafts: one a person, ticket and kind, kept while somebody types, whatever a colleague or another tab does."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tickets.conftest import HTMX, signed_in
from tickets.enums import Composing
from tickets.models import Draft, DraftFile
from tickets.services.drafting import MOST_BYTES, Writing, save
from tickets.services.tickets import assign


@pytest.fixture
def ticket(desk):
    return desk.ticket()


def keep(client, ticket, text, revision=0, kind="reply", **data):
    told = {"kind": kind, "text": text, "revision": revision, **data}
    return client.post(f"/tickets/{ticket.pk}/draft/", told).json()


def add(client, ticket, name="a.txt", content=b"x", kind="reply"):
    file = SimpleUploadedFile(name, content)
    return client.post(f"/tickets/{ticket.pk}/draft/files/", {"kind": kind, "file": file})


def page(client, ticket) -> str:
    return client.get(f"/tickets/{ticket.pk}/").content.decode()


def test_draft_is_its_writers_alone_and_outlives_what_colleagues_do(desk, ticket, alice):
    first = keep(alice, ticket, "Half a thought", cc="dan@mail.test")
    assert keep(alice, ticket, "Half a thought more", first["revision"], cc="dan@mail.test")["other"] == {}
    keep(alice, ticket, "Between us", kind="note")
    keep(signed_in(desk.bob), ticket, "Bob's own")
    assign(ticket, actor=desk.bob, assignee=desk.bob)
    shown = page(alice, ticket)
    assert ">Between us</textarea>" in shown  # what was written last
    assert 'data-draft="reply" data-revision="2">Half a thought more</template>' in shown
    assert 'value="dan@mail.test"' in shown
    assert ("Bob&#x27;s own" in shown, "Bob&#x27;s own" in page(signed_in(desk.bob), ticket)) == (False, True)
    assert alice.get(f"/tickets/{ticket.pk}/draft/").json() == {
        "reply": {"text": "Half a thought more", "revision": 2},
        "note": {"text": "Between us", "revision": 1},
    }


def test_two_tabs_overwrite_nothing_in_silence(ticket, alice):
    one = keep(alice, ticket, "From one tab")
    other = keep(alice, ticket, "From the other tab")
    assert other["other"]["text"] == "From one tab"
    assert keep(alice, ticket, "From one tab, and more", one["revision"])["other"]["text"] == "From the other tab"
    draft = Draft.objects.get()
    assert (draft.text, [one["text"] for one in draft.others]) == (
        "From one tab, and more",
        ["From the other tab", "From one tab"],
    )
    assert 'data-other="From the other tab"' in page(alice, ticket)
    alice.post(f"/tickets/{ticket.pk}/draft/", {"kind": "reply", "drop_others": "1"})
    assert "data-other=" not in page(alice, ticket)


def test_emptied_draft_is_gone_and_sent_one_too(ticket, alice):
    kept = keep(alice, ticket, "Never mind")
    assert keep(alice, ticket, " ", kept["revision"]) == {"revision": 0, "other": {}}
    assert Draft.objects.count() == 0
    keep(alice, ticket, "Hello")
    keep(alice, ticket, "Still here", kind="note")
    sent = alice.post(f"/tickets/{ticket.pk}/reply/", {"key": "k", "text": "Hello"}, headers=HTMX)
    assert sent.status_code == 200
    assert list(Draft.objects.values_list("kind", "text")) == [("note", "Still here")]


def test_files_stay_with_the_draft_and_go_with_the_answer(
    ticket, alice, desk, tmp_path, settings, django_capture_on_commit_callbacks
):
    told = add(alice, ticket, "../photo.png", b"picture").json()
    assert told["name"] == "photo.png"
    second = add(alice, ticket, "b.txt").json()["token"]
    storage = DraftFile._meta.get_field("file").storage
    paths = list(DraftFile.objects.order_by("pk").values_list("file", flat=True))
    assert page(alice, ticket).count('name="uploaded"') == 2
    removal = f"/tickets/{ticket.pk}/draft/files/{second}/remove/"
    assert signed_in(desk.bob).post(removal).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert alice.post(removal).status_code == 204
    stolen = {"key": "b", "text": "Mine", "uploaded": [told["token"]]}
    signed_in(desk.bob).post(f"/tickets/{ticket.pk}/reply/", stolen, headers=HTMX)
    with django_capture_on_commit_callbacks(execute=True):
        data = {"key": "k", "text": "", "uploaded": [told["token"], second]}
        alice.post(f"/tickets/{ticket.pk}/reply/", data, headers=HTMX)
    assert [list(one.attachments.values_list("name", "size")) for one in ticket.messages.order_by("pk")[1:]] == [
        [],
        [("photo.png", 7)],
    ]
    assert (DraftFile.objects.count(), [storage.exists(path) for path in paths]) == (0, [False, False])


def test_limits_are_said(ticket, alice, monkeypatch):
    monkeypatch.setattr("tickets.services.drafting.MOST_BYTES", 10)
    assert add(alice, ticket, content=b"12345678").status_code == 201
    refused = add(alice, ticket, "b.txt", b"12345")
    assert (refused.status_code, "is too large" in refused.json()["error"]) == (422, True)
    assert add(alice, ticket, "c.txt", b"").json() == {"error": "“c.txt” is empty."}
    assert DraftFile.objects.count() == 1
    assert MOST_BYTES == 25 * 1024 * 1024


def test_what_is_asked_for_is_small_and_the_same(ticket, alice, desk):
    def asked(act) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            act()
        return len(queries)

    keep(alice, ticket, "One")
    one = asked(lambda: keep(alice, ticket, "Two", 1)), asked(lambda: page(alice, ticket))
    for number in range(3):
        add(alice, ticket, f"{number}.txt")
        save(ticket, author=desk.bob, kind=Composing.NOTE, writing=Writing("Bob's"))
    keep(alice, ticket, "And a note", kind="note")
    assert (asked(lambda: keep(alice, ticket, "Three", 2)), asked(lambda: page(alice, ticket))) == one
    assert one[0] <= 9


def test_nobody_keeps_or_reads_what_they_may_not_see(desk, alice):
    hidden = desk.ticket(queue=desk.closed)
    for address in ("draft/", "macros/", "viewing/", "colleagues/"):
        assert alice.get(f"/tickets/{hidden.pk}/{address}").status_code == 404
    for address in ("draft/", "draft/files/", "viewing/"):
        assert alice.post(f"/tickets/{hidden.pk}/{address}", {"kind": "reply", "text": "x"}).status_code == 404
    assert Draft.objects.count() == 0
