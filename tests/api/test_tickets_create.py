"""`POST /api/v1/tickets/`: opens a ticket once, or says what is wrong and stores nothing."""

import base64

import pytest
from rest_framework.test import APIClient

from subscribers.enums import Role
from subscribers.models import Membership, Store, Subscriber
from tests.api.conftest import Cast
from tickets.models import Attachment, Message, Queue, Ticket

URL = "/api/v1/tickets/"
ANA = {"email": "ana@example.com", "name": "Ana"}
FILE = {"name": "jar.jpg", "content_type": "image/jpeg", "content": base64.b64encode(b"\xff\xd8jar").decode()}


def refused(cast: Cast, body: object, client: APIClient | None = None) -> dict:
    """What the answer says of each field; nothing was stored."""
    answer = (client or cast.alice).post(URL, body)
    assert answer.status_code == 400, answer.json()
    assert (Ticket.objects.count(), Message.objects.count(), Subscriber.objects.exclude(name="Known").count()) == (
        0,
    ) * 3
    return answer.json()


def test_ticket_is_opened_with_all_that_it_was_given(cast: Cast) -> None:
    box = cast.subscribed(cast.subscriber(), billings=2)
    answer = cast.alice.post(
        URL,
        {
            "store": "tea",
            "subscriber": {"email": "ANA@example.com"},
            "subject": "My jar",
            "text": "It came in pieces.\n\nWhat now?",
            "queue": "help",
            "priority": "high",
            "topics": ["damaged"],
            "box": box.pk,
            "source_key": "form-7",
            "attachments": [FILE],
        },
    )
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    ticket = Ticket.objects.get()
    assert {name: body[name] for name in ("id", "subject", "priority", "queue", "channel", "box", "cycle_index")} == {
        "id": ticket.pk,
        "subject": "My jar",
        "priority": "high",
        "queue": "help",
        "channel": "api",
        "box": box.pk,
        "cycle_index": 2,
    }
    assert body["subscriber"] == {"id": cast.subscriber().pk, "name": "Ana", "email": "ana@example.com"}
    assert [topic["reason"] for topic in body["topics"] if topic["source"] == "api"] == ["damaged"]
    assert [(clock["metric"], clock["state"]) for clock in body["clocks"]] == [
        ("first_reply", "running"),
        ("resolution", "running"),
    ]
    (message,) = body["messages"]
    assert (message["text"], message["author_kind"], message["from_address"]) == (
        "It came in pieces.\n\nWhat now?",
        "subscriber",
        "ana@example.com",
    )
    (file,) = message["attachments"]
    assert (file["name"], file["content_type"], file["size"]) == ("jar.jpg", "image/jpeg", 5)
    download = cast.alice.get(file["url"], headers={"Accept": "image/*"})
    assert b"".join(download.streaming_content) == b"\xff\xd8jar"
    assert download.headers["Content-Disposition"] == 'attachment; filename="jar.jpg"'
    assert download.headers["Content-Type"] == "application/octet-stream"
    assert cast.charlie.get(file["url"]).status_code == 404
    assert cast.alice.get(f"{URL}{ticket.pk}/").json() == body


def test_least_that_is_needed_is_a_subscriber_and_a_text(cast: Cast) -> None:
    answer = cast.alice.post(URL, {"subscriber": ANA, "text": "Where is my box?\nI wait."})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["subject"], body["store"], body["queue"], body["priority"]) == (
        "Where is my box?",
        "tea",
        "help",
        "normal",
    )
    assert (body["cycle_index"], body["subscriber"]["name"]) == (None, "Ana")


def test_source_key_told_again_gives_the_same_ticket(cast: Cast) -> None:
    first = cast.alice.post(URL, {"subscriber": ANA, "text": "Broken", "source_key": "k"})
    again = cast.alice.post(URL, {"subscriber": {"email": "eve@example.com"}, "text": "Other", "source_key": "k"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert (Ticket.objects.count(), Message.objects.count(), Subscriber.objects.count()) == (1, 1, 1)


def test_source_key_of_a_hidden_ticket_shows_nothing_of_it(cast: Cast) -> None:
    cast.ticket("A lawyer writes", queue=cast.legal, source_key="k", channel="api")
    answer = cast.bob.post(URL, {"subscriber": ANA, "text": "Broken", "source_key": "k"})
    assert (answer.status_code, answer.json()) == (
        409,
        {"detail": "This source_key made a ticket in a queue that you do not see."},
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"text": ""}, {"text": ["This field may not be blank."]}),
        ({"text": " \n\t"}, {"text": ["A ticket needs a text."]}),
        ({"text": None}, {"text": ["This field may not be null."]}),
        ({"text": ["x"]}, {"text": ["Not a valid string."]}),
        ({"text": "a\x00b"}, {"text": ["Null characters are not allowed."]}),
        ({"text": "x" * 200_001}, {"text": ["Ensure this field has no more than 200000 characters."]}),
        ({"subject": "x" * 501}, {"subject": ["Ensure this field has no more than 500 characters."]}),
        ({"queue": "nowhere"}, {"queue": ["This store has no queue “nowhere”."]}),
        ({"priority": "2"}, {"priority": ["“2” is none of urgent, high, normal, low."]}),
        ({"priority": 2}, {"priority": ["“2” is none of urgent, high, normal, low."]}),
        ({"priority": {}}, {"priority": ["“{}” is none of urgent, high, normal, low."]}),
        ({"topics": ["damaged", "no-such"]}, {"topics": ["There is no topic “no-such”."]}),
        ({"topics": "damaged"}, {"topics": ['Expected a list of items but got type "str".']}),
        ({"box": 999}, {"box": ["This subscriber has no box 999."]}),
        ({"box": "x"}, {"box": ["A valid integer is required."]}),
        ({"subscriber": 999}, {"subscriber": ["This store has no subscriber 999."]}),
        ({"subscriber": {"email": "ana"}}, {"subscriber": {"email": ["Enter a valid email address."]}}),
        ({"subscriber": {"name": "Ana"}}, {"subscriber": {"email": ["This field is required."]}}),
        (
            {"subscriber": "ana@example.com"},
            {"subscriber": ['An id, or an object such as {"email": "ana@example.com", "name": "Ana"}.']},
        ),
        ({"store": "soap"}, {"store": ["You work for no store “soap”."]}),
        ({"store": "nowhere"}, {"store": ["You work for no store “nowhere”."]}),
        ({"attachments": [{"name": "a"}]}, {"attachments": {"0": {"content": ["This field is required."]}}}),
        ({"attachments": [FILE | {"content": "%%"}]}, {"attachments": {"0": {"content": ["Base64 text."]}}}),
        (
            {"attachments": [FILE | {"content_type": "image/jpeg\r\nX: y"}]},
            {"attachments": {"0": {"content_type": ["A media type such as image/jpeg."]}}},
        ),
        (
            {"attachments": [FILE] * 21},
            {"attachments": ["Ensure this field has no more than 20 elements."]},
        ),
        (
            {"queue": "x", "topics": ["y"]},
            {"queue": ["This store has no queue “x”."], "topics": ["There is no topic “y”."]},
        ),
    ],
)
def test_wrong_field_is_named_and_nothing_is_stored(cast: Cast, change: dict, told: dict) -> None:
    assert refused(cast, {"subscriber": ANA, "text": "Broken"} | change) == told


def test_misspelt_field_is_named(cast: Cast) -> None:
    told = refused(cast, {"subscriber": ANA, "text": "Broken", "subjct": "x"})
    assert told["subjct"][0].startswith("There is no field “subjct” here; these are store, subscriber, subject, text,")


def test_all_missing_fields_are_told(cast: Cast) -> None:
    assert refused(cast, {}) == {"subscriber": ["This field is required."], "text": ["This field is required."]}


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"{", "JSON parse error"),
        (b"\xff", "JSON parse error"),
        (b"[" * 100_000, "JSON parse error - nested too deeply"),
        (b'{"text": NaN}', "JSON parse error"),
    ],
)
def test_what_is_no_json_is_refused(cast: Cast, raw: bytes, detail: str) -> None:
    answer = cast.alice.post(URL, raw, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(detail)


def test_other_content_types_and_shapes_are_refused(cast: Cast) -> None:
    answer = cast.alice.post(URL, "text=x", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, list(answer.json())) == (415, ["detail"])
    assert cast.alice.post(URL, [1]).json() == {
        "non_field_errors": ["Invalid data. Expected a dictionary, but got list."]
    }


def test_body_is_bounded(cast: Cast, settings) -> None:
    settings.API_MAX_BYTES = 1024 * 1024
    answer = cast.alice.post(URL, {"text": "x" * 1024 * 1024})
    assert (answer.status_code, answer.json()) == (413, {"detail": "The request is larger than 1 MB."})


def test_large_files_are_refused(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr("tickets.serializers_new.LARGEST_FILE", 4)
    told = refused(cast, {"subscriber": ANA, "text": "Broken", "attachments": [FILE]})
    assert told == {"attachments": {"0": {"content": ["A file holds at most 10 MB."]}}}
    monkeypatch.setattr("tickets.serializers_new.LARGEST_FILE", 5)
    monkeypatch.setattr("tickets.serializers_new.LARGEST_TOGETHER", 9)
    told = refused(cast, {"subscriber": ANA, "text": "Broken", "attachments": [FILE, FILE]})
    assert told == {"attachments": ["Files hold at most 0 MB together."]}
    assert Attachment.objects.count() == 0


def test_file_name_is_no_path(cast: Cast) -> None:
    file = FILE | {"name": "..\\..//etc/passwd"}
    body = cast.alice.post(URL, {"subscriber": ANA, "text": "Broken", "attachments": [file]}).json()
    assert body["messages"][0]["attachments"][0]["name"] == "passwd"


def test_restricted_queue_and_other_stores_people_and_boxes_do_not_exist_here(cast: Cast) -> None:
    theirs = Subscriber.objects.create(store=cast.soap, email="zoe@example.com", name="Known")
    box = cast.subscribed(theirs)
    told = refused(cast, {"subscriber": theirs.pk, "text": "x", "queue": "legal"}, cast.bob)
    assert told == {
        "queue": ["This store has no queue “legal”."],
        "subscriber": [f"This store has no subscriber {theirs.pk}."],
    }
    told = refused(cast, {"subscriber": {"email": theirs.email}, "text": "x", "box": box.pk}, cast.bob)
    assert told == {"box": [f"This subscriber has no box {box.pk}."]}


def test_store_must_be_said_by_who_works_for_several(cast: Cast) -> None:
    Membership.objects.create(store=cast.soap, user=cast.users.alice, role=Role.AGENT)
    told = refused(cast, {"subscriber": ANA, "text": "x"})
    assert told == {"store": ["Say which store: you work for none, or for several."]}
    assert cast.alice.post(URL, {"store": "soap", "subscriber": ANA, "text": "x"}).json()["store"] == "soap"


def test_store_without_queue_says_so_and_keeps_nobody(cast: Cast) -> None:
    bare = Store.objects.create(key="bare", name="Bare")
    Membership.objects.create(store=bare, user=cast.users.bob, role=Role.AGENT)
    assert Queue.objects.filter(store=bare).count() == 0
    told = refused(cast, {"store": "bare", "subscriber": ANA, "text": "x"}, cast.bob)
    assert told == {"queue": ["This store has no queue yet; make one in the admin."]}


def test_stranger_opens_nothing(cast: Cast) -> None:
    assert APIClient().post(URL, {"subscriber": ANA, "text": "x"}).status_code == 401
    session = APIClient(enforce_csrf_checks=True)
    session.login(email="alice@example.com", password="none")
    assert session.post(URL, {"subscriber": ANA, "text": "x"}).status_code == 401
    assert Ticket.objects.count() == 0
