"""Copies and forgetting in the admin: for the store's administrators alone, asked twice, and proved."""

import pytest

from helpdesk.models import User
from subscribers.enums import Role
from subscribers.models import Erasure, Membership, PersonExport
from subscribers.privacy.erasure import sweep_erasures
from subscribers.privacy.export import sweep_exports
from tests.admin.conftest import Desk
from tests.factories.people import StoreFactory, SubscriberFactory

pytestmark = pytest.mark.django_db


def desk(store, role: Role) -> Desk:
    user = User.objects.create_user(f"{role}@staff.example", name=role, is_staff=True)
    Membership.objects.create(store=store, user=user, role=role)
    return Desk(user)


def test_a_person_is_copied_and_forgotten_by_an_administrator() -> None:
    person = SubscriberFactory(store=StoreFactory(), email="ana@mail.example")
    admin, lead = desk(person.store, Role.ADMIN), desk(person.store, Role.LEAD)
    for page in ("subscribers_subscriber_copy", "subscribers_subscriber_forget"):
        assert lead.get(page, person.pk).status_code == 403
        assert admin.get(page, person.pk).status_code == 200

    assert admin.post("subscribers_subscriber_copy", person.pk).status_code == 302
    sweep_exports()
    copy = PersonExport.objects.get()
    file = admin.get("subscribers_personexport_file", copy.pk)
    assert b"".join(file.streaming_content)[:2] == b"PK"
    assert lead.get("subscribers_personexport_file", copy.pk).status_code == 404

    asked = admin.post("subscribers_subscriber_forget", person.pk, reason="asked")
    assert (asked.status_code, Erasure.objects.count()) == (200, 0)
    wrong = admin.post("subscribers_subscriber_forget", person.pk, reason="asked", address="anna@mail.example")
    assert b"Type the address exactly as it stands above." in wrong.content
    sure = admin.post("subscribers_subscriber_forget", person.pk, reason="asked", address="Ana@mail.example ")
    job = Erasure.objects.get()
    assert (sure.status_code, job.requested_by) == (302, admin.user)
    sweep_erasures()

    told = admin.get("subscribers_erasure_certificate", job.pk, query="?form=json").json()
    assert (told["certificate"], told["requested_by"], told["state"]) == (job.number, "admin", "done")
    assert job.number.encode() in admin.get("subscribers_erasure_certificate", job.pk).content
    found = admin.get("subscribers_erasure_changelist", query="?q=ANA@mail.example").content
    unknown = admin.get("subscribers_erasure_changelist", query="?q=other@mail.example").content
    assert (job.number.encode() in found, job.number.encode() in unknown) == (True, False)
    assert admin.get("subscribers_personexport_file", copy.pk).status_code == 404
    assert admin.get("subscribers_erasure_change", job.pk).status_code == 200
    assert admin.get("subscribers_subscriber_change", person.pk).status_code == 200
