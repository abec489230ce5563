"""`POST /api/v1/tickets/<id>/actions/` and `…/merge/`: all or nothing, in words where not."""

from tests.api.conftest import Cast


def test_actions_are_done_all_or_none(cast: Cast) -> None:
    ticket = cast.ticket()
    address = f"/api/v1/tickets/{ticket.pk}/actions/"
    actions = [{"kind": "add_tag", "value": "vip"}, {"kind": "assign", "value": "me"}]
    answer = cast.alice.post(address, {"actions": actions, "cause": "a script"}, content_type="application/json")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["tags"] == ["vip"]
    assert set(ticket.events.filter(data__cause="a script").values_list("kind", flat=True)) == {"tag_added", "assigned"}
    wrong = [{"kind": "remove_tag", "value": "vip"}, {"kind": "queue", "value": "nowhere"}]
    refused = cast.alice.post(address, {"actions": wrong}, content_type="application/json")
    assert (refused.status_code, ticket.tags.count()) == (400, 1)
    gone = cast.alice.post(address, {"actions": [{"kind": "delete"}]}, content_type="application/json")
    assert gone.json()["deleted_as"] == "deleted"
    assert cast.alice.get(f"/api/v1/tickets/{ticket.pk}/").status_code == 404
    back = cast.alice.post(address, {"actions": [{"kind": "restore"}]}, content_type="application/json")
    assert back.json()["deleted_as"] == ""


def test_merging_answers_with_the_ticket_that_is_left(cast: Cast) -> None:
    source, target = cast.ticket(), cast.ticket()
    address = f"/api/v1/tickets/{source.pk}/merge/"
    answer = cast.alice.post(address, {"into": target.pk}, content_type="application/json")
    assert (answer.status_code, answer.json()["id"]) == (200, target.pk)
    again = cast.alice.post(address, {"into": target.pk}, content_type="application/json")
    assert again.status_code == 404
