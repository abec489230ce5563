"""People with data everywhere: a row in every table that knows people, and a mark in every column of each.

Tables and columns come from the models themselves, so a table or a column that nobody declared is planted, and found
again after the erasure.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection, models
from django.utils import timezone

from subscribers.models import (
    Connection,
    ImportRow,
    LinkRequest,
    PrivacyRequest,
    Store,
    Subscriber,
    Subscription,
    WebhookDelivery,
)
from subscribers.privacy.registry import parts, tables, textual_columns
from tests.factories.people import SubscriberFactory, UserFactory
from tickets.models import Attachment, BlockedSender, Message, SavedView, Suppression, Ticket

NOW = timezone.now()
_numbers = count(1)
# What checks and choices of the tables ask for, besides what a blank row has.
FIELDS: dict[str, dict[str, Any]] = {
    "Subscription": {"price": Decimal(30), "currency": "EUR", "started_at": NOW - timedelta(days=90)},
    "Cycle": {"starts_at": NOW - timedelta(days=30), "ends_at": NOW, "status": "scheduled", "currency": "EUR"},
    "CardExpiry": {"expires_on": NOW.date(), "billing_at": NOW},
    "Charge": {"amount": Decimal(30), "currency": "EUR"},
    "Box": {"status": "planned", "kind": "regular"},
    "Offer": {"kind": "contact"},
    "CancellationSession": {"channel": "web", "state": "started", "currency": "EUR"},
    "CancellationPolicy": {"store": None, "country": lambda: f"{next(_numbers) % 100:02d}", "region": ""},
    "ProviderAction": {"state": "queued", "currency": "EUR"},
    "WebhookDelivery": {"state": "quarantined", "processed_at": NOW},
    "Reconciliation": {"state": "done", "finished_at": NOW},
    "PrivacyRequest": {"requested_at": NOW, "due_at": NOW, "kind": "export", "connection": None},
    "PersonExport": {"state": "done", "expires_at": NOW, "request": None, "requested_by": None},
    "Queue": {"is_default": False},
    "Message": {"kind": "public", "author_kind": "subscriber", "author": None, "state": "said", "then": ""},
    "OutboundMail": {"state": "queued", "outcome": ""},
    "SlaPolicyVersion": {"warn_at_share": 0.5, "calendar_form": {}},
    "SlaEscalation": {"action": "notify", "assignee": None, "priority": None},
    "Clock": {"state": "running", "running_since": NOW, "due_at": NOW, "consumed_seconds": 0, "in_business_time": True},
    "ClockEscalation": {"state": "due"},
    "TicketEvent": {"kind": "send_failed"},
    "SatisfactionRequest": {
        "state": "rated",
        "asked_at": NOW,
        "answer_until": NOW,
        "rated_at": NOW,
        "score": 1,
        "why_not": "",
        "message": None,
    },
    "SatisfactionRating": {"score": 1},
    "Ticket": {"status": "open", "priority": 3},
    "SavedView": {"owner": UserFactory},
    "Cause": {"dismissed_because": ""},
    "AlertRule": {"due_within": timedelta(hours=4)},
    "Alert": {"status": "open", "outcome": "", "due_at": NOW, "about": "", "title": ""},
    "AlertEvent": {"kind": "noted"},
    "FlowOffer": {"state": "made", "valid_until": NOW + timedelta(days=7)},
    "MilestoneProgress": {"state": "pending"},
    "Health": {"word": "none"},
    "HealthEvent": {"word": "none"},
    "Engagement": {"kind": "told", "source": "api"},
    "FlowVersion": {"status": "published"},
    "Run": {"status": "active", "exit_reason": "", "is_recovery": True, "superseded_by": None},
    "RunStep": {"state": "due", "due_at": NOW, "sequence": 1},
    "Measurement": {"subscription": None},
    "Touch": {"decision": "sent", "category": "success"},
}
# Told the person's address instead, by which alone these rows are found.
LOOSE = {
    (LinkRequest, "address"),
    (Suppression, "address"),
    (BlockedSender, "address"),
    (SavedView, "name"),
    (SavedView, "query"),
    (PrivacyRequest, "payload"),
    (WebhookDelivery, "body"),
    (ImportRow, "cells"),
}


def personal_models() -> list[type[models.Model]]:
    """Every model of the apps that nobody declared impersonal."""
    impersonal = {model for part in parts() for model in part.impersonal}
    found = [
        model
        for label in ("subscribers", "tickets", "success")
        for model in apps.get_app_config(label).get_models()
        if model not in impersonal
    ]
    return [*found, LogEntry]


@dataclass
class Planted:
    """One person's rows, by model, and the mark of each of their columns."""

    store: Store
    rows: dict[type[models.Model], models.Model] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def subscriber(self) -> Subscriber:
        return self.rows[Subscriber]  # type: ignore[return-value]

    def grow(self) -> "Planted":
        self.rows[Store] = self.store
        number = next(_numbers)
        self.rows[Subscriber] = SubscriberFactory(
            store=self.store, email=f"Mark.{number}@Zq{number}zq.example", phone="+1", region="x", time_zone="x"
        )
        for model in personal_models():
            self.row_of(model)
        self.plant()
        return self

    def row_of(self, model: type[models.Model]) -> models.Model:
        if model not in self.rows:
            self.rows[model] = self.make(model)
        return self.rows[model]

    def make(self, model: type[models.Model]) -> models.Model:
        name, values = model.__name__, {}
        if name == "User":
            return UserFactory()
        given = FIELDS.get(name, {})
        for column in model._meta.concrete_fields:
            if column.name in given:
                value = given[column.name]
                values[column.name] = value() if callable(value) else value
            elif column.generated or (column.primary_key and not isinstance(column, models.ForeignKey)):
                continue
            elif isinstance(column, models.ForeignKey):
                if column.related_model is ContentType:
                    values[column.name] = ContentType.objects.get_for_model(Subscriber)
                elif not column.null or column.related_model in {Subscriber, Subscription, Ticket, Message} - {model}:
                    values[column.name] = self.row_of(column.related_model)
            elif not column.has_default() and not column.null:
                values[column.name] = self.blank(column)
        if model is LogEntry:
            values |= {"object_id": str(self.subscriber.pk), "action_flag": 2}
        if model is Message:
            values.pop("search", None)
        row = model(**values)
        models.Model.save(row, force_insert=True)
        return row

    def blank(self, column: models.Field) -> Any:
        if column.choices:
            return "" if column.blank else column.flatchoices[0][0]
        if isinstance(column, models.DateTimeField):
            return NOW
        if isinstance(column, models.DateField):
            return NOW.date()
        if isinstance(column, models.DurationField):
            return timedelta(hours=1)
        if isinstance(column, models.BooleanField):
            return True
        if isinstance(column, models.BinaryField):
            return b"x"
        if isinstance(column, models.JSONField):
            return {}
        if isinstance(column, models.IntegerField | models.FloatField | models.DecimalField):
            return 1
        return f"x{next(_numbers)}"[: column.max_length or 20]

    def plant(self) -> None:
        """A mark of its own in each textual column that is not declared to tell of nobody."""
        kept = {(table.model, name) for table in tables() for name in table.keeps}
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # past the guards of histories
            for model in personal_models():
                row = self.rows[model]
                for column in textual_columns(model):
                    if (model, column.name) in kept or (model, column.name) in {
                        (LogEntry, "object_id"),
                        (Attachment, "file"),
                    }:
                        continue
                    mark = f"zq{next(_numbers):05d}zq"
                    if isinstance(column, models.GenericIPAddressField):
                        mark = f"2001:db8::1:{0x1000 + next(_numbers):x}"  # none is another's beginning
                    if (model, column.name) not in LOOSE:
                        self.marks[mark] = f"{model._meta.db_table}.{column.name}"
                    model._base_manager.filter(pk=row.pk).update(**{column.name: self.marked(model, column, mark)})
            cursor.execute("SET LOCAL session_replication_role = origin")
        self.tell_loose_ones()
        self.keep_file()

    def marked(self, model: type[models.Model], column: models.Field, mark: str) -> Any:
        if isinstance(column, models.BinaryField):
            return mark.encode()
        if isinstance(column, models.JSONField):
            return {"price": mark, "note": [mark], mark: 1, "deep": {"set": {"price": mark}}}
        if model is Subscriber and column.name == "email":
            return f"{mark}@mail.example"
        return mark

    def tell_loose_ones(self) -> None:
        """Rows that know the person by address alone."""
        address = Subscriber.objects.get(pk=self.subscriber.pk).email
        mark = address.partition("@")[0]
        LinkRequest.objects.update_or_create(pk=self.rows[LinkRequest].pk, defaults={"address": address.upper()})
        Suppression.objects.filter(pk=self.rows[Suppression].pk).update(address=address)
        ImportRow.objects.filter(pk=self.rows[ImportRow].pk).update(cells=json.dumps([address]))
        view = {"owner": None, "store": self.store, "name": mark, "query": f"view=all&q=from:{address.upper()}"}
        SavedView.objects.filter(pk=self.rows[SavedView].pk).update(**view)
        request = {"customer": {"id": 7, "email": address, "phone": mark}}
        PrivacyRequest.objects.filter(pk=self.rows[PrivacyRequest].pk).update(payload=request)
        body = b'{"customer": {"email": "%s", "note": "\\u00fc"}}' % address.encode()
        WebhookDelivery.objects.filter(pk=self.rows[WebhookDelivery].pk).update(body=body)
        Connection.objects.filter(pk=self.rows[Connection].pk).update(store=self.store)
        Subscription.objects.filter(pk=self.rows[Subscription].pk).update(subscriber=self.subscriber)

    def keep_file(self) -> None:
        attachment = Attachment.objects.get(pk=self.rows[Attachment].pk)
        mark = f"zq{next(_numbers):05d}zq"
        self.marks[mark] = "the attachment's file"
        attachment.file.save("file", ContentFile(mark.encode()))


def found_in_database(marks: dict[str, str]) -> dict[str, list[str]]:
    """In which tables each mark still is, whatever columns they have; every table of the database is read."""
    found: dict[str, list[str]] = {}
    wanted = {mark: mark for mark in marks} | {mark.encode().hex(): mark for mark in marks}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            text = "\n".join(row[0] for row in cursor.fetchall()).lower()
            for spelling, mark in wanted.items():
                if spelling.lower() in text:
                    found.setdefault(mark, []).append(table)
    return found
