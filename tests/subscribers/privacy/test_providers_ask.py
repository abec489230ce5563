"""What a provider asks for about a person is done from its row: found, started, settled, and emptied."""

import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from subscribers.enums import PrivacyRequestKind, PrivacyRequestState, Provider
from subscribers.models import (
    Connection,
    Erasure,
    PersonExport,
    PrivacyRequest,
    ProviderIdentity,
    Store,
    WebhookDelivery,
)
from subscribers.privacy.enums import ErasureReason, JobState
from subscribers.privacy.erasure import sweep_erasures
from subscribers.privacy.export import export, opened, sweep_expired, sweep_exports
from subscribers.privacy.requests import sweep_requests
from tests.factories.people import StoreFactory, SubscriberFactory
from tests.factories.tickets import make_ticket
from tickets.models import Attachment
from tickets.services.messages import NewAttachment, attach_all

pytestmark = pytest.mark.django_db
CUSTOMER = {"customer": {"id": 77, "email": "Ana@mail.example", "phone": "+55 11"}, "orders_to_redact": [1]}


@pytest.fixture
def store() -> Store:
    return StoreFactory()


def asked(store: Store, kind: PrivacyRequestKind, payload=None) -> PrivacyRequest:
    connection, _ = Connection.objects.get_or_create(
        provider=Provider.SHOPIFY, domain=f"{store.key}.myshopify.com", defaults={"store": store}
    )
    return PrivacyRequest.objects.create(
        store=store,
        connection=connection,
        kind=kind,
        source_key=f"{kind}:{PrivacyRequest.objects.count()}",
        payload=payload or CUSTOMER,
        due_at=timezone.now() + timedelta(days=30),
    )


def test_a_customer_is_redacted_by_id_and_by_address(store: Store) -> None:
    by_address = SubscriberFactory(store=store, email="ana@mail.example", name="Ana")
    by_id = SubscriberFactory(store=store, email="ana@work.example")
    ProviderIdentity.objects.create(store=store, subscriber=by_id, provider="shopify", external_id="gid://x/77")
    stranger = SubscriberFactory(store=store)
    request = asked(store, PrivacyRequestKind.ERASE)
    ProviderIdentity.objects.create(store=store, subscriber=by_id, provider="shopify", external_id="8877")
    for number in (8877, 18877):
        WebhookDelivery.objects.create(
            connection=request.connection, topic="orders/create", webhook_id=number, body=b'{"id":%d}' % number
        )
    namesake = SubscriberFactory(store=StoreFactory(), email="ana@mail.example")

    assert sweep_requests() == 0
    sweep_erasures()
    assert sweep_requests() == 1

    request.refresh_from_db()
    assert (request.state, request.payload, request.error) == (PrivacyRequestState.DONE, {}, "")
    for person, is_redacted in [(by_address, True), (by_id, True), (stranger, False), (namesake, False)]:
        person.refresh_from_db()
        assert (person.redacted_at is not None) == is_redacted
    assert {job.reason for job in Erasure.objects.all()} == {ErasureReason.PROVIDER}
    bodies = WebhookDelivery.objects.order_by("pk").values_list("body", flat=True)
    assert [bytes(body) for body in bodies] == [b"", b'{"id":18877}']
    nobody = asked(store, PrivacyRequestKind.ERASE)
    assert sweep_requests() == 1
    nobody.refresh_from_db()
    assert (nobody.state, nobody.error) == (PrivacyRequestState.DONE, "Nobody is known by what was asked for.")


def test_a_customer_gets_a_copy_of_everything(store: Store) -> None:
    person = SubscriberFactory(store=store, email="ana@mail.example", name="Ana <b>Souza</b>")
    ticket = make_ticket("My box arrived crushed.", subscriber=person)
    attach_all([(ticket.messages.get(), [NewAttachment("photo.txt", "text/plain", b"a picture")])])
    other = make_ticket("Nobody else may read this.", subscriber=SubscriberFactory(store=store))
    request = asked(store, PrivacyRequestKind.EXPORT)

    sweep_requests()
    sweep_exports()
    sweep_requests()

    request.refresh_from_db()
    job = PersonExport.objects.get()
    assert (request.state, job.state, job.subscriber) == (PrivacyRequestState.DONE, JobState.DONE, person)
    with opened(job) as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        (message,) = json.loads(archive.read("data/tickets_message.json"))
        assert message["text"] == "My box arrived crushed."
        (row,) = json.loads(archive.read("data/subscribers_subscriber.json"))
        assert (row["email"], row["name"]) == ("ana@mail.example", "Ana <b>Souza</b>")
        photo = Attachment.objects.get()
        assert archive.read(f"attachments/{photo.pk}-photo.txt") == b"a picture"
        page = archive.read("index.html").decode()
        everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "Ana &lt;b&gt;Souza&lt;/b&gt;" in page
    assert other.messages.get().text not in everything
    assert export(person, None) != job

    PersonExport.objects.filter(pk=job.pk).update(expires_at=timezone.now())
    assert sweep_expired() == 1
    assert not default_storage.exists(job.file)
