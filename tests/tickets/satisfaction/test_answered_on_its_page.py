"""The page behind a mail's link: it chooses, the button answers, and whatever else a link may be is explained."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from success.models import Alert, AlertRule, Evidence
from success.reconcile import reconcile_alerts
from success.starter import install_alert_rules
from tests.factories.people import SubscriberFactory
from tests.tickets.conftest import signed_in
from tests.tickets.satisfaction.conftest import asked
from tickets import signals
from tickets.models import SatisfactionRating, SatisfactionRequest, TicketEvent
from tickets.satisfaction.letters import rate_path


@pytest.fixture
def request_(desk, chosen) -> SatisfactionRequest:
    return asked(desk)


def everything() -> list:
    return [*SatisfactionRequest.objects.values(), *SatisfactionRating.objects.values(), TicketEvent.objects.count()]


def test_opening_links_changes_nothing_however_often_and_by_whom(request_):
    before = everything()
    for score in (1, 2, 3, 4, 5):
        for method in ("get", "head"):
            assert getattr(Client(), method)(rate_path(request_, score)).status_code == 200
    assert everything() == before
    page = Client().get(rate_path(request_, 4)).content.decode()
    assert page.count(" checked") == 1
    assert 'value="4" checked' in page
    assert page.count('type="radio"') == 5
    assert " checked" not in Client().get(rate_path(request_)).content.decode()


def test_button_answers_once_and_a_changed_answer_keeps_the_history(request_):
    path, client = rate_path(request_), Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = client.post(path, {"score": "2", "comment": " Slow.\r\nVery. "})
        assert (answer.status_code, answer.headers["Location"]) == (302, path)
    assert list(SatisfactionRating.objects.values_list("score", "comment")) == [(2, "Slow.\nVery.")]
    assert "You said “Bad”" in client.get(path).content.decode()
    client.post(path, {"score": "5", "comment": ""})
    request_.refresh_from_db()
    assert (request_.state, request_.score, request_.comment) == ("rated", 5, "")
    assert request_.rated_at < request_.changed_at
    assert list(SatisfactionRating.objects.order_by("pk").values_list("score", flat=True)) == [2, 5]
    told = TicketEvent.objects.filter(kind="rated").order_by("pk").values_list("from_value", "to_value", "actor_kind")
    assert list(told) == [("", "2", "subscriber"), ("2", "5", "subscriber")]
    with pytest.raises(IntegrityError), transaction.atomic():
        SatisfactionRating.objects.update(score=1)


def test_bad_score_is_evidence_of_an_alert_until_it_is_corrected(request_):
    install_alert_rules()
    assert AlertRule.objects.filter(kind="low_satisfaction").exists()
    Client().post(rate_path(request_), {"score": "1", "comment": "Nobody answered."})
    evidence = Evidence.objects.get(kind="low_satisfaction")
    assert (evidence.ticket, evidence.data["rating"]) == (request_.ticket, 1)
    assert (evidence.data["words"], evidence.retracted_at) == (["Nobody answered."], None)
    Client().post(rate_path(request_), {"score": "4"})
    evidence.refresh_from_db()
    assert evidence.retracted_at is not None
    assert Alert.objects.count() == 1


@pytest.mark.parametrize(("score", "status"), [("", 422), ("0", 422), ("6", 422), ("x", 422), ("²", 422)])
def test_what_is_no_answer_is_asked_again_and_the_words_stay(request_, score, status):
    before = everything()
    page = Client().post(rate_path(request_), {"score": score, "comment": "My words"})
    assert page.status_code == status
    assert "My words" in page.content.decode()
    assert everything() == before


def expired(request):
    SatisfactionRequest.objects.update(answer_until=timezone.now() - timedelta(minutes=1))


def long_ago(request):
    Client().post(rate_path(request), {"score": "3"})
    SatisfactionRequest.objects.update(rated_at=timezone.now() - timedelta(days=8))


def forgotten(request):
    type(request.subscriber).objects.update(redacted_at=timezone.now())


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (expired, 410, "This link has expired"),
        (long_ago, 200, "We have your answer"),
        (forgotten, 404, "This link does not work"),
    ],
)
def test_links_whose_time_is_over_explain_themselves_and_take_nothing(request_, change, status, words):
    change(request_)
    before = everything()
    page = Client().get(rate_path(request_, 5))
    assert (page.status_code, words in page.content.decode()) == (status, True)
    assert Client().post(rate_path(request_), {"score": "1"}).status_code == (404 if status == 404 else 409)
    assert everything() == before


def test_forged_links_and_those_of_another_purpose_open_nothing(request_):
    path = rate_path(request_)
    other = rate_path(SatisfactionRequest(pk=request_.pk + 1)).split("/")[2]
    token = path.split("/")[2]
    forged = [
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        str(request_.pk),
        f"{request_.pk + 1}{token[len(str(request_.pk)) :]}",
    ]
    for one in (other, *forged):
        page = Client().get(f"/rate/{one}/5/")
        assert (page.status_code, "This link does not work" in page.content.decode()) == (404, True)


def test_page_speaks_the_language_of_the_subscriber(desk, chosen):
    for language, words in (("de", "Wie zufrieden sind Sie mit unserer Hilfe?"), ("es", "¿Qué tal fue nuestra ayuda?")):
        request = asked(desk, subscriber=SubscriberFactory(store=desk.store, language=language))
        page = Client(headers={"Accept-Language": "en"}).get(rate_path(request, 1)).content.decode()
        assert f"<h1>{words}</h1>" in page
        assert f'lang="{language}"' in page


def test_ticket_page_lists_and_interface_show_what_was_answered_to_whoever_sees_the_ticket(desk, chosen, alice):
    rated = [asked(desk) for _ in range(3)]
    silent = asked(desk)
    for request, score in zip(rated, (1, 5, 3), strict=True):
        Client().post(rate_path(request), {"score": score, "comment": f"Words {score}"})
    page = alice.get(rated[0].ticket.get_absolute_url()).content.decode()
    assert "The customer rated our help “Very bad” (1 of 5): “Words 1”" in page
    assert "Very bad" in alice.get(f"/tickets/panel/subscriber/{rated[0].subscriber_id}/").content.decode()
    by_word = {"bad": rated[:1], "good": rated[1:2], "okay": rated[2:], "asked": [silent], "none": [silent]}
    by_word["bad,asked"] = [rated[0], silent]
    for word, wanted in by_word.items():
        numbers = {one.ticket_id for one in wanted}
        shown = alice.get(f"/tickets/?satisfaction={word}").context["tickets"]
        assert {ticket.pk for ticket in shown} == numbers
        listed = alice.get(f"/api/v1/tickets/?satisfaction={word}").json()["results"]
        assert {ticket["id"] for ticket in listed} == numbers
    [told] = alice.get("/api/v1/satisfaction/?score=1").json()["results"]
    assert (told["ticket"], told["state"], told["agent"]["name"]) == (rated[0].ticket_id, "rated", "Alice Martin")
    assert [one["comment"] for one in told["answers"]] == ["Words 1"]
    assert alice.get("/api/v1/satisfaction/?state=asked,rated").json()["count"] == 4
    assert alice.get("/api/v1/satisfaction/?score=9").status_code == 400
    assert signed_in(desk.charlie).get("/api/v1/satisfaction/").json()["count"] == 0
    assert Client().get("/api/v1/satisfaction/").status_code in (401, 403)


def test_interface_asks_the_same_for_one_row_and_for_three(desk, chosen, alice):
    costs = []
    for count in (1, 2):
        for _ in range(count):
            Client().post(rate_path(asked(desk)), {"score": "2"})
        with CaptureQueriesContext(connection) as queries:
            assert len(alice.get("/api/v1/satisfaction/").json()["results"]) == (1 if count == 1 else 3)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8


def test_sweep_repairs_what_success_did_not_hear_of_an_answer_and_of_its_correction(request_):
    install_alert_rules()
    with mock.patch.object(signals.satisfaction_rated, "send_robust"):
        Client().post(rate_path(request_), {"score": "2", "comment": "Late."})
        reconcile_alerts()
        evidence = Evidence.objects.get(kind="low_satisfaction")
        assert (evidence.data["rating"], evidence.data["words"], evidence.retracted_at) == (2, ["Late."], None)
        Client().post(rate_path(request_), {"score": "5"})
        reconcile_alerts()
    evidence.refresh_from_db()
    assert evidence.retracted_at is not None
    reconcile_alerts()
    assert Evidence.objects.filter(kind="low_satisfaction").count() == 1
