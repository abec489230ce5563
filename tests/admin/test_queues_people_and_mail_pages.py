"""The pages of queues, mailboxes, reasons, stores, people and mail."""

import pytest

from helpdesk.models import User
from subscribers.enums import Role
from subscribers.models import Membership, Reason, Store
from tests.admin.conftest import Desk, rows
from tickets.enums import InboundState
from tickets.mail.intake import store_raw
from tickets.models import AutomaticAnswer, InboundMail, Mailbox, Queue, Suppression

TAKERS = rows("takers", []) | {"assign_by": "hand"}
ANSWERS = rows("automatic_answers", []) | TAKERS
LABELS = rows("labels", [])


@pytest.fixture
def quarantined(tea: Store) -> InboundMail:
    mailbox = Mailbox.objects.create(
        store=tea, address="help@tea.example", name="Tea", queue=Queue.objects.get(store=tea)
    )
    mail = store_raw(mailbox=mailbox, raw=b"Subject: x\n\nBroken \xff", source="file")
    InboundMail.objects.filter(pk=mail.pk).update(state=InboundState.QUARANTINED, attempts=6, error="It broke.")
    return mail


def test_new_default_queue_takes_the_mark_from_the_old_one(ada: Desk, tea: Store) -> None:
    data = {"store": tea.pk, "key": "vip", "name": "VIP", "position": 5, "is_default": "on", "members": [ada.user.pk]}
    ada.save("tickets_queue_add", **data, **ANSWERS)
    assert dict(tea.queues.values_list("key", "is_default")) == {"help": False, "vip": True}
    assert list(tea.queues.get(key="vip").members.all()) == [ada.user]
    assert ada.refused("tickets_queue_add", **data, **ANSWERS) == ["Queue with this Store and Key already exists."]


def test_members_of_a_queue_work_for_its_store(root: Desk, tea: Store, soap: Store) -> None:
    stranger = User.objects.create_user("sam@soap.example", name="Sam")
    Membership.objects.create(store=soap, user=stranger, role=Role.AGENT)
    data = {"store": tea.pk, "key": "vip", "name": "VIP", "position": 5, "members": [stranger.pk]}
    told = ["They do not work for this store: Sam."]
    assert root.refused("tickets_queue_add", **data, **ANSWERS) == told
    assert root.refused("tickets_queue_change", tea.queues.get().pk, **data, **ANSWERS) == told
    Membership.objects.create(store=tea, user=stranger, role=Role.AGENT)
    root.save("tickets_queue_add", **data, **ANSWERS)


def test_queue_keeps_its_key_and_its_store(ada: Desk, tea: Store, soap: Store) -> None:
    queue = tea.queues.get()
    ada.save("tickets_queue_change", queue.pk, name="Renamed", position=1, key="other", store=soap.pk, **ANSWERS)
    queue.refresh_from_db()
    assert (queue.key, queue.store, queue.name) == ("help", tea, "Renamed")


def test_queue_answers_in_each_language_once(ada: Desk, tea: Store) -> None:
    queue = tea.queues.get()
    said = {"kind": "acknowledgement", "language": "en", "text": "We have it.", "is_active": "on"}
    page = {"name": "Help", "position": 1}
    ada.save("tickets_queue_change", queue.pk, **page, **rows("automatic_answers", [said]), **TAKERS)
    assert AutomaticAnswer.objects.get(queue=queue).text == "We have it."
    again = rows("automatic_answers", [said, {**said, "language": "EN"}]) | TAKERS
    AutomaticAnswer.objects.all().delete()
    assert ada.refused("tickets_queue_change", queue.pk, **page, **again) != []


def test_mail_works_again_at_an_address(ada: Desk, tea: Store) -> None:
    held = Suppression.objects.create(store=tea, address="bea@mail.test", kind="bounced")
    ada.post("tickets_suppression_changelist", action="works_again", _selected_action=[held.pk])
    held.refresh_from_db()
    assert (held.lifted_at is not None, held.lifted_by) == (True, ada.user)


def test_mailbox_has_one_address_and_a_queue_of_its_store(root: Desk, tea: Store, soap: Store) -> None:
    data = {"store": tea.pk, "address": "help@tea.example", "name": "Tea", "is_active": "on"}
    data |= rows("accounts", []) | rows("accounts-2", [])
    assert root.refused("tickets_mailbox_add", **data, queue=soap.queues.get().pk) == ["This belongs to another store."]
    root.save("tickets_mailbox_add", **data, queue=tea.queues.get().pk)
    mailbox = Mailbox.objects.get()
    moved = data | {"queue": soap.queues.get().pk}
    assert root.refused("tickets_mailbox_change", mailbox.pk, **moved) == ["This belongs to another store."]
    again = data | {"address": "HELP@tea.example"}
    assert root.refused("tickets_mailbox_add", **again, queue=tea.queues.get().pk) == [
        "This address is a mailbox already."
    ]


def test_reason_keeps_its_key_and_warns(ada: Desk, tea: Store) -> None:
    data = {"store": tea.pk, "key": "too-sweet", "label": "Too sweet", "position": 1, "is_active": "on", **LABELS}
    ada.save("subscribers_reason_add", **data)
    reason = Reason.objects.get(key="too-sweet")
    ada.save("subscribers_reason_change", reason.pk, **data | {"key": "other", "label": "Much too sweet"})
    reason.refresh_from_db()
    assert (reason.key, reason.label) == ("too-sweet", "Much too sweet")
    page = ada.get("subscribers_reason_change", reason.pk).content.decode()
    assert "a reason never comes to mean something else" in page
    assert 'name="key"' not in page


def test_reasons_do_not_stand_below_themselves(ada: Desk, tea: Store) -> None:
    above = Reason.objects.create(store=tea, key="above", label="Above")
    below = Reason.objects.create(store=tea, key="below", label="Below", parent=above)
    data = {"label": "Above", "position": 1, "parent": below.pk, **LABELS}
    assert ada.refused("subscribers_reason_change", above.pk, **data) == ["That reason is below this one already."]


def test_store_is_edited_with_its_people(ada: Desk, tea: Store) -> None:
    bob = User.objects.create_user("bob@example.com", name="Bob")
    membership = tea.memberships.get()
    data = {"name": "Teas", "time_zone": "Europe/Berlin", "country": "de", "language": "de", "currency": "eur"}
    data |= {"provider": "builtin", "team_mode": "two", "delivery_days": 3}
    kept = {"id": membership.pk, "store": tea.pk, "user": ada.user.pk, "role": "admin"}
    people = rows("memberships", [kept, {"store": tea.pk, "user": bob.pk, "role": Role.AGENT}])
    people |= {"memberships-INITIAL_FORMS": 1}
    assert ada.refused("subscribers_store_change", tea.pk, **data | {"time_zone": "Mars"}, **people) == [
        "There is no time zone “Mars”; one is Europe/Berlin."
    ]
    ada.save("subscribers_store_change", tea.pk, **data, **people)
    tea.refresh_from_db()
    assert (tea.name, tea.country, tea.currency, tea.team_mode) == ("Teas", "DE", "EUR", "two")
    assert Membership.objects.get(user=bob).role == Role.AGENT


def test_superuser_makes_an_account(root: Desk) -> None:
    data = {
        "email": "Eve@Example.com",
        "name": "Eve",
        "time_zone": "UTC",
        "password1": "ahC7ee-tea",
        "password2": "ahC7ee-tea",
    }
    root.save("helpdesk_user_add", **data, **rows("memberships", []))
    eve = User.objects.get(email="eve@example.com")
    assert (eve.check_password("ahC7ee-tea"), eve.is_staff) == (True, False)
    assert root.refused("helpdesk_user_add", **data, **rows("memberships", [])) == [
        "Somebody has this address already."
    ]
    short = data | {"email": "f@example.com", "time_zone": "Moon", "password1": "x", "password2": "x"}
    assert len(root.refused("helpdesk_user_add", **short, **rows("memberships", []))) >= 2


def test_staff_reach_no_account(ada: Desk, root: Desk) -> None:
    for name in ("change", "delete", "history"):
        assert ada.get(f"helpdesk_user_{name}", root.user.pk).status_code == 403
    assert ada.get("auth_user_password_change", root.user.pk).status_code == 403
    assert ada.get("helpdesk_user_add").status_code == 403


def test_quarantined_mail_is_taken_up_again(ada: Desk, quarantined: InboundMail) -> None:
    answer = ada.post("tickets_inboundmail_changelist", action="take_up_again", _selected_action=[quarantined.pk])
    assert answer.status_code == 302
    quarantined.refresh_from_db()
    assert (quarantined.state, quarantined.attempts) == (InboundState.STORED, 0)


def test_raw_mail_is_downloaded_and_never_shown(ada: Desk, quarantined: InboundMail, soap: Store) -> None:
    answer = ada.get("tickets_inboundmail_raw", quarantined.pk)
    assert answer.content == b"Subject: x\n\nBroken \xff"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="mail-{quarantined.pk}.eml"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    outsider = User.objects.create_user("out@example.com", name="Out", is_staff=True)
    Membership.objects.create(store=soap, user=outsider, role=Role.ADMIN)
    assert Desk(outsider).get("tickets_inboundmail_raw", quarantined.pk).status_code == 404
    assert "It broke." in ada.get("tickets_inboundmail_changelist", query="?state__exact=quarantined").content.decode()
