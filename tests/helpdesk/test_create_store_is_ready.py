import pytest
from django.core.management import CommandError, call_command

from subscribers.models import ApprovalLimit, Reason, Store
from success.flows.starter import STARTER_FLOWS
from success.models import AlertRule, FlowVersion
from tickets.models import DetectionRule, Mailbox, SlaPolicy

pytestmark = pytest.mark.django_db
ASKED = ["--name", "Box Club", "--mailbox", "help@boxclub.example"]


def create(key="boxclub", *more):
    call_command("create_store", key, *ASKED, *more)


def test_create_store_installs_what_ships():
    create("boxclub", "--time-zone", "Europe/Berlin", "--country", "de", "--currency", "eur")
    store = Store.objects.get()
    assert (store.key, store.name, store.country, store.currency) == ("boxclub", "Box Club", "DE", "EUR")
    mailbox = Mailbox.objects.get()
    assert (mailbox.address, mailbox.name, mailbox.queue.is_default) == ("help@boxclub.example", "Box Club", True)
    calendars = {policy.versions.get().calendar.time_zone for policy in SlaPolicy.objects.filter(store=store)}
    assert calendars == {"Europe/Berlin"}
    published = FlowVersion.objects.filter(flow__store=store, status="published")
    assert set(published.values_list("flow__key", flat=True)) == {flow.key for flow in STARTER_FLOWS}
    assert Reason.objects.exists()
    assert DetectionRule.objects.exists()
    assert AlertRule.objects.exists()
    assert ApprovalLimit.objects.filter(store=store).count() == 8


def test_create_store_shares_reasons_and_rules():
    create()
    shared = [model.objects.count() for model in (Reason, DetectionRule, AlertRule)]
    call_command("create_store", "second", "--name", "Second", "--mailbox", "help@second.example")
    assert [model.objects.count() for model in (Reason, DetectionRule, AlertRule)] == shared


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["boxclub", "--name", "X", "--mailbox", "x@x.example"], "Store with this Key already exists."),
        (["other", *ASKED], "help@boxclub.example is a mailbox already."),
        (["no key", "--name", "X", "--mailbox", "x@x.example"], "Enter a valid “slug”"),
        (["other", "--name", "X", "--mailbox", "nobody"], "Enter a valid email address."),
        (["other", *ASKED, "--time-zone", "Mars/Base"], "There is no time zone 'Mars/Base'"),
    ],
)
def test_create_store_refuses_in_words_and_stores_nothing(arguments, words):
    create()
    with pytest.raises(CommandError) as refused:
        call_command("create_store", *arguments)
    assert words in str(refused.value)
    assert Store.objects.count() == 1
