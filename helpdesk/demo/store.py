"""Installs the demo's store: brand, colleagues, queues, mailboxes, reasons, promises, rules and flows."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from helpdesk.demo.catalogue import (
    MAILBOXES,
    PASSWORD,
    PRODUCTS,
    QUEUES,
    SHOPIFY_SECRET,
    STAFF,
    STORE,
    STORE_KEY,
)
from helpdesk.demo.guidance import guidance_of
from helpdesk.demo.world import Setting
from helpdesk.models import User
from subscribers.cancellation.starter import install_cancellation
from subscribers.enums import Provider, Role
from subscribers.models import Connection, Membership, Product, Reason, Store
from subscribers.services.limits import install_limits
from subscribers.starter_reasons import install_reasons
from success.flows.starter import install_flows
from success.health.settings import install_health
from success.milestones.starter import install_milestones
from success.models import FlowVersion
from success.starter import install_alert_rules
from tickets.macros.starter import install_macros
from tickets.mail.starter_answers import install_answers
from tickets.models import DetectionRule, Mailbox, Queue
from tickets.rules.starter import install_rules
from tickets.satisfaction.scheduling import install_satisfaction
from tickets.sla.starter import install_sla
from tickets.topics.starter_rules import STARTER_RULES

OPENED_BEFORE = timedelta(days=560)


def install_store(now: datetime, seed: int) -> Setting:
    """The store with everything that is configured rather than lived. Users that are there are kept."""
    store = Store.objects.create(key=STORE_KEY, created_at=now - OPENED_BEFORE, **STORE)
    install_limits(store)
    _install_connections(store)
    users = _install_staff(store)
    queues = {
        key: Queue.objects.create(store=store, key=key, name=name, is_default=is_default, position=number * 10)
        for number, (key, name, is_default) in enumerate(QUEUES, 1)
    }
    mailboxes = {
        address: Mailbox.objects.create(store=store, address=address, name=name, queue=queues[queue])
        for address, name, queue in MAILBOXES
    }
    products = {
        line.sku: Product.objects.create(
            store=store, name=line.name, sku=line.sku, external_id=line.sku, guidance=guidance_of(line.sku)
        ).pk
        for line in PRODUCTS
    }
    for queue in queues.values():
        install_answers(queue)
        install_satisfaction(queue)
    install_reasons()
    install_cancellation(store)
    install_detection()
    install_sla(store)
    install_macros(store)
    install_rules(store)
    install_alert_rules()
    install_milestones()
    install_health()
    install_flows(store)
    # They were at work all the time that the history tells of.
    FlowVersion.objects.filter(flow__store=store).update(created_at=store.created_at, published_at=store.created_at)
    return Setting(
        store=store,
        zone=ZoneInfo(store.time_zone),
        now=now,
        seed=seed,
        users=users,
        queues=queues,
        mailboxes=mailboxes,
        reasons=dict(Reason.objects.filter(store=None).values_list("key", "pk")),
        products=products,
    )


def _install_connections(store: Store) -> None:
    """Shopify, as far as the demo has it: its webhooks are taken in; nothing is asked of it. And our own calendar."""
    Connection.objects.create(
        store=store,
        provider=Provider.SHOPIFY,
        domain=store.domain,
        webhook_secret=SHOPIFY_SECRET,
        is_active=False,
        created_at=store.created_at,
    )
    Connection.objects.create(
        store=store,
        provider=Provider.BUILTIN,
        domain=store.key,
        options={"collector": "demo"},
        created_at=store.created_at,
    )


def _install_staff(store: Store) -> dict[str, User]:
    password = make_password(PASSWORD)
    users = {}
    for colleague in STAFF:
        is_admin = colleague.role == Role.ADMIN
        users[colleague.email], _ = User.objects.get_or_create(
            email=colleague.email,
            defaults={
                "name": colleague.name,
                "password": password,
                "time_zone": store.time_zone,
                "is_staff": is_admin,
                "is_superuser": is_admin,
            },
        )
        Membership.objects.create(store=store, user=users[colleague.email], role=colleague.role)
    return users


def install_detection() -> None:
    """Add the detection rules that ship and are missing; those that are there stay as somebody edited them."""
    reasons = dict(Reason.objects.filter(store=None).values_list("key", "pk"))
    there = set(DetectionRule.objects.filter(store=None).values_list("name", flat=True))
    DetectionRule.objects.bulk_create(
        DetectionRule(
            name=rule.name,
            reason_id=reasons[rule.topic],
            language=rule.language,
            phrases=rule.phrases,
            unless=rule.unless,
            confidence=rule.confidence,
        )
        for rule in STARTER_RULES
        if rule.name not in there
    )
