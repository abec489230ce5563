"""Every page of the admin: opens for staff, is closed to others, and costs the same however many rows it shows."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from helpdesk.models import User
from subscribers.cancellation.enums import NoticeKind, SessionChannel
from subscribers.cancellation.notices import want_of_session
from subscribers.cancellation.policies import publish
from subscribers.cancellation.sessions import open_session
from subscribers.enums import Role
from subscribers.models import (
    ApprovalLimit,
    CancellationPolicy,
    CancellationSettings,
    CardExpiry,
    Charge,
    Connection,
    Cycle,
    Difference,
    Erasure,
    Import,
    Membership,
    Offer,
    PaymentMethod,
    PersonExport,
    PrivacyRequest,
    Product,
    ProviderAction,
    Reason,
    Reconciliation,
    Store,
    Subscriber,
    Subscription,
    WebhookDelivery,
)
from success.enums import FlowKind
from success.models import (
    AlertRule,
    Cause,
    CauseEvent,
    CauseLook,
    ContactPolicy,
    Duty,
    Flow,
    FlowOffer,
    FlowVersion,
    HealthEvent,
    HealthScale,
    HealthWeight,
    HeldFact,
    Milestone,
    MilestoneEvent,
    MilestoneProgress,
    OutgoingWebhook,
    Portfolio,
    WebhookSecret,
)
from tests.admin.conftest import Desk
from tickets.enums import TicketEventKind
from tickets.mail.intake import store_raw
from tickets.models import (
    BusinessCalendar,
    DetectionRule,
    InboundMail,
    LearnedTopic,
    Macro,
    Mailbox,
    OpeningHours,
    OutboundMail,
    Queue,
    RuleFiring,
    RuleTask,
    SatisfactionRequest,
    SatisfactionSettings,
    SavedView,
    SlaPolicy,
    Suppression,
    Tag,
    Taker,
    Ticket,
    TicketEvent,
    TicketField,
    TicketRule,
    TicketRuleVersion,
)

PAGES = sorted(f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry)
HISTORIES = [
    "subscribers_cancellationnotice",
    "subscribers_cancellationsession",
    "subscribers_cardexpiry",
    "subscribers_charge",
    "subscribers_difference",
    "subscribers_erasure",
    "subscribers_import",
    "subscribers_paymentmethod",
    "subscribers_personexport",
    "subscribers_privacyrequest",
    "subscribers_provideraction",
    "subscribers_reconciliation",
    "subscribers_subscriptionevent",
    "subscribers_webhookdelivery",
    "success_alertevent",
    "success_cause",
    "success_causeevent",
    "success_causelook",
    "success_flowoffer",
    "success_healthevent",
    "success_heldfact",
    "success_milestoneevent",
    "success_outgoingwebhook",
    "success_runevent",
    "success_touch",
    "tickets_clockevent",
    "tickets_inboundmail",
    "tickets_learnedtopic",
    "tickets_outboundmail",
    "tickets_recalculation",
    "tickets_rulefiring",
    "tickets_ruletask",
    "tickets_satisfactionrequest",
    "tickets_suppression",
    "tickets_ticketevent",
]


def test_everything_that_is_configured_has_a_page() -> None:
    assert (
        sorted(
            [
                "helpdesk_user",
                "subscribers_approvallimit",
                "subscribers_box",
                "subscribers_cancellationpolicy",
                "subscribers_cancellationsettings",
                "subscribers_connection",
                "subscribers_offer",
                "subscribers_product",
                "subscribers_reason",
                "subscribers_store",
                "subscribers_subscriber",
                "subscribers_subscription",
                "success_alertrule",
                "success_contactpolicy",
                "success_duty",
                "success_flow",
                "success_flowversion",
                "success_healthscale",
                "success_healthweight",
                "success_milestone",
                "success_portfolio",
                "success_webhooksecret",
                "tickets_businesscalendar",
                "tickets_detectionrule",
                "tickets_macro",
                "tickets_mailbox",
                "tickets_queue",
                "tickets_satisfactionsettings",
                "tickets_savedview",
                "tickets_slapolicy",
                "tickets_tag",
                "tickets_ticketfield",
                "tickets_ticketrule",
                *HISTORIES,
            ]
        )
        == PAGES
    )


CLOSED = ("box", "subscriber", "flowversion", "savedview", "tag")


def test_list_and_form_open(root: Desk) -> None:
    added = {kind: 403 if kind in HISTORIES or kind.rpartition("_")[2] in CLOSED else 200 for kind in PAGES}
    assert {kind: root.get(f"{kind}_changelist").status_code for kind in PAGES} == dict.fromkeys(PAGES, 200)
    assert {kind: root.get(f"{kind}_add").status_code for kind in PAGES} == added


def test_staff_of_a_store_opens_all_but_accounts(ada: Desk) -> None:
    opened = {kind: ada.get(f"{kind}_changelist").status_code for kind in PAGES}
    assert opened == dict.fromkeys(PAGES, 200) | {"helpdesk_user": 403}


def test_agent_is_sent_to_sign_in(tea: Store) -> None:
    agent = User.objects.create_user("agent@example.com", name="Agent")
    Membership.objects.create(store=tea, user=agent, role=Role.LEAD)
    addresses = ["/admin/", *(reverse(f"admin:{kind}_changelist") for kind in PAGES)]
    client = Desk(agent).client
    answers = [(address, client.get(address)) for address in addresses]
    assert [
        (address, answer.status_code, answer.headers["Location"].partition("?")[0]) for address, answer in answers
    ] == [(address, 302, "/admin/login/") for address in addresses]
    assert [Client().get(address).status_code for address in addresses] == [302] * len(addresses)


def test_index_shows_groups_and_no_accounts_to_staff(ada: Desk, root: Desk) -> None:
    page = ada.get("index").content.decode()
    words = {line.strip() for line in strip_tags(page).splitlines()}
    assert {"Service", "Queues", "SLA policies", "Success", "Flows", "Mail in", "Histories"} - words == set()
    assert "helpdesk/user" not in page
    assert "helpdesk/user" in root.get("index").content.decode()


def add_rows(store: Store, number: int) -> None:
    """One more row of each kind that lists show."""
    queue = Queue.objects.create(store=store, key=f"q{number}", name=f"Queue {number}")
    mailbox = Mailbox.objects.create(store=store, address=f"m{number}@example.com", name="M", queue=queue)
    calendar = BusinessCalendar.objects.create(store=store, name=f"C{number}")
    OpeningHours.objects.create(calendar=calendar, weekday=0, opens="09:00", closes="17:00")
    SlaPolicy.objects.create(store=store, name=f"P{number}", queue=queue)
    parent = Reason.objects.create(store=store, key=f"p{number}", label="Parent")
    reason = Reason.objects.create(store=store, key=f"r{number}", label="Reason", parent=parent)
    DetectionRule.objects.create(store=store, name=f"D{number}", reason=reason, phrases="broken")
    learned = {"weights": {"bias": -1, "rules": 2, "words": {"leak": 1.5, "tasty": -1}}, "is_used": True, "chance": 0}
    counts = ("learned_from", "compared_on", "decisions", "rules_hits", "rules_false_alarms", "rules_missed")
    LearnedTopic.objects.create(
        store=store, reason=reason, **learned, **dict.fromkeys((*counts, "hits", "false_alarms", "missed"), 5)
    )
    subscriber = Subscriber.objects.create(store=store, email=f"s{number}@example.com")
    product = Product.objects.create(store=store, name="Tea")
    subscription = Subscription.objects.create(
        store=store,
        subscriber=subscriber,
        product=product,
        external_id=str(number),
        price=1,
        currency="EUR",
        started_at=timezone.now(),
    )
    add_provider_rows(subscription, number)
    add_cancellation_rows(subscription, number)
    add_privacy_rows(subscriber, number)
    ticket = Ticket.objects.create(store=store, queue=queue, subscriber=subscriber, subject="x", channel="mail")
    TicketEvent.objects.create(ticket=ticket, kind=TicketEventKind.OPENED, actor_kind="system")
    add_rule_rows(ticket, queue, number)
    store_raw(mailbox=mailbox, raw=b"Subject: x\n\n%d" % number, source="file")
    OutboundMail.objects.create(
        store=store, mailbox=mailbox, key=str(number), recipient="a@b.c", subject="x", text="x", rfc822_id=str(number)
    )
    SatisfactionSettings.objects.create(queue=queue)
    SatisfactionRequest.objects.create(
        store=store,
        ticket=ticket,
        subscriber=subscriber,
        queue=queue,
        resolved_at=timezone.now(),
        due_at=timezone.now(),
    )
    Suppression.objects.create(store=store, address=f"gone{number}@example.com", kind="bounced")
    flow = Flow.objects.create(store=store, key=f"f{number}", name="F", kind=FlowKind.OUTREACH)
    FlowVersion.objects.create(flow=flow, number=1)
    add_health_rows(subscription, number)
    kinds = ("box_late", "card_expiring", "health_falling")
    WebhookSecret.objects.create(store=store, name=f"w{number}", secret="s")
    OutgoingWebhook.objects.create(
        store=store, subscriber=subscriber, key=f"w{number}", url="https://hooks.example/", body="{}"
    )
    FlowOffer.objects.create(
        store=store,
        subscriber=subscriber,
        subscription=subscription,
        key=f"o{number}",
        kind="skip",
        valid_until=timezone.now() + timedelta(days=7),
    )
    look = timezone.localdate() - timedelta(days=number)
    found = {"begins_on": look, "found_on": look, "count": 5, "boxes": 9, "expected": 1, "p": 0, "q": 0}
    cause = Cause.objects.create(store=store, topic=reason, title="C", dimension="batch", value=str(number), **found)
    CauseEvent.objects.create(cause=cause, kind="found", actor_kind="system")
    CauseLook.objects.create(store=store, day=look, series=1, found=1)
    AlertRule.objects.create(store=store, kind=kinds[number], due_within=timedelta(hours=1))
    user = User.objects.create_user(f"u{number}@example.com", name="U")
    Membership.objects.create(store=store, user=user, role=Role.AGENT)
    Duty.objects.create(store=store, user=user)
    Portfolio.objects.create(store=store, name=f"P{number}")
    HeldFact.objects.create(
        store=store, kind="box_late", source_key=str(number), why="conditions", observed_at=timezone.now()
    )


def add_rule_rows(ticket: Ticket, queue: Queue, number: int) -> None:
    event = ticket.events.get()
    rule = TicketRule.objects.create(
        store=ticket.store,
        name=f"R{number}",
        event="opened",
        conditions={"cycle": 1},
        actions=[{"kind": "add_tag", "value": "x"}],
    )
    TicketRuleVersion.objects.create(rule=rule, number=1, said={"event": "opened"})
    RuleFiring.objects.create(rule=rule, version=1, ticket=ticket, event=event, done=rule.actions)
    RuleTask.objects.create(ticket=ticket, event=event, due_at=timezone.now())
    Macro.objects.create(store=ticket.store, name=f"M{number}")
    field = TicketField.objects.create(store=ticket.store, key=f"f{number}", label=f"F{number}")
    field.queues.add(queue)
    ticket.field_values.create(field=field, value="x")
    ticket.ticket_tags.create(tag=Tag.objects.create(store=ticket.store, name=f"t{number}"))
    SavedView.objects.create(store=ticket.store, name=f"V{number}", query="status=new")
    SavedView.objects.create(queue=queue, name=f"V{number}", query="q=lid")
    Taker.objects.create(queue=queue, user=User.objects.create_user(f"t{number}@example.com", name="T"))


def add_provider_rows(subscription: Subscription, number: int) -> None:
    now, store = timezone.now(), subscription.store
    limit = {"role": Role.AGENT, "kind": ("refund", "gift", "discount")[number]}
    ApprovalLimit.objects.create(store=store, amount=1, **limit)
    connection = Connection.objects.create(store=store, provider="shopify", domain=f"s{number}.myshopify.com")
    WebhookDelivery.objects.create(connection=connection, topic="a/b", webhook_id="w", body=b"{}")
    Import.objects.create(store=store, kind="boxes", provider="builtin", name="a.csv", as_of=now)
    job = Reconciliation.objects.create(connection=connection)
    Difference.objects.create(reconciliation=job, object_kind="subscription", external_id="1", field="price")
    cycle = Cycle.objects.create(
        subscription=subscription, index=1, starts_at=now, ends_at=now + timedelta(days=30), billing_expected_at=now
    )
    Charge.objects.create(cycle=cycle, amount=1, currency="EUR", due_at=now)
    person = subscription.subscriber
    card = {"provider": "shopify", "external_id": str(number), "expires_on": now.date(), "told_at": now}
    method = PaymentMethod.objects.create(store=store, subscriber=person, **card)
    CardExpiry.objects.create(subscription=subscription, method=method, expires_on=now.date(), billing_at=now)
    ProviderAction.objects.create(
        store=store,
        subscriber=subscription.subscriber,
        subscription=subscription,
        provider="shopify",
        kind="skip",
        key=str(number),
    )


def add_health_rows(subscription: Subscription, number: int) -> None:
    now, store = timezone.now(), subscription.store
    HealthScale.objects.get_or_create(store=store)
    ContactPolicy.objects.get_or_create(store=store)
    HealthWeight.objects.create(store=store, kind=("skipped", "paused", "renewed")[number], points=5)
    milestone = Milestone.objects.create(
        store=store, key=f"m{number}", label="M", predicate="box_delivered", target_days=7
    )
    progress = MilestoneProgress.objects.create(
        store=store,
        milestone=milestone,
        subscription=subscription,
        subscriber=subscription.subscriber,
        state="pending",
        since=now,
    )
    MilestoneEvent.objects.create(progress=progress, to_state="pending", occurred_at=now)
    HealthEvent.objects.create(subscriber=subscription.subscriber, number=80, word="healthy")


def add_privacy_rows(subscriber: Subscriber, number: int) -> None:
    now, store = timezone.now(), subscriber.store
    user = User.objects.create_user(f"p{number}@{store.key}.example", name="P")
    key = f"{store.key}{number}"
    PrivacyRequest.objects.create(
        store=store, subscriber=subscriber, kind="erase", source_key=key, requested_at=now, due_at=now
    )
    PersonExport.objects.create(store=store, subscriber=subscriber, requested_by=user)
    Erasure.objects.create(store=store, subscriber=subscriber, requested_by=user, reason="asked")


def add_cancellation_rows(subscription: Subscription, number: int) -> None:
    store = subscription.store
    CancellationSettings.objects.get_or_create(store=store)
    publish(CancellationPolicy(store=store, name="Ours", country=("FR", "IT", "ES")[number]), actor=None)
    Offer.objects.create(store=store, name=f"Offer {number}", kind="skip")
    session = open_session(subscription, channel=SessionChannel.PORTAL)
    want_of_session(NoticeKind.RECEIPT, session)


LISTS = [
    page for page in PAGES if page.rpartition("_")[2] not in ("box", "touch", "alertevent", "runevent", "clockevent")
]


def test_lists_cost_the_same_at_one_row_and_at_three(root: Desk, tea: Store) -> None:
    def costs() -> dict[str, int]:
        found = {}
        for kind in LISTS:
            with CaptureQueriesContext(connection) as queries:
                assert root.get(f"{kind}_changelist").status_code == 200
            found[kind] = len(queries)
        return found

    add_rows(tea, 0)
    root.get("index")
    first = costs()
    add_rows(tea, 1)
    add_rows(tea, 2)
    assert costs() == first
    assert max(first.values()) <= 14


@pytest.mark.parametrize("kind", ["tickets_inboundmail", "tickets_outboundmail", "tickets_ticketevent"])
def test_histories_are_only_read(root: Desk, tea: Store, kind: str) -> None:
    add_rows(tea, 0)
    model = next(model for model in admin.site._registry if f"{model._meta.app_label}_{model._meta.model_name}" == kind)
    row = model._default_manager.first()
    assert row is not None
    shown = root.get(f"{kind}_change", row.pk)
    assert (shown.status_code, shown.context["has_change_permission"]) == (200, False)
    assert root.post(f"{kind}_change", row.pk).status_code == 403
    assert root.get(f"{kind}_delete", row.pk).status_code == 403


def test_rows_of_other_stores_are_not_there(ada: Desk, tea: Store, soap: Store) -> None:
    add_rows(soap, 0)
    add_rows(tea, 1)
    for kind in LISTS:
        if kind in ("helpdesk_user", "subscribers_subscriptionevent", "tickets_recalculation"):
            continue
        model = next(m for m in admin.site._registry if f"{m._meta.app_label}_{m._meta.model_name}" == kind)
        shown = set(ada.get(f"{kind}_changelist").context["cl"].queryset)
        scope = admin.site._registry[model].store_path
        theirs = set(model._default_manager.filter(**{scope: soap.pk}))
        assert shown & theirs == set(), kind
        assert shown != set(), kind
        for row in theirs:
            assert ada.get(f"{kind}_change", row.pk).status_code == 302, kind
    assert InboundMail.objects.count() == 2
