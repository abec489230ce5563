"""A store as the world meets it: mails come in and go out, days pass, cards are charged, forms are sent."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from django.core import mail
from django.test import Client
from django.utils import timezone

from subscribers.cancellation import links
from subscribers.enums import BoxStatus, ChargeState, Interval, Provider
from subscribers.models import Box, Connection, Product, Store, Subscriber, Subscription
from subscribers.providers.builtin.billing import Outcome, register_collector, sweep_billing
from subscribers.providers.builtin.start import start_subscription
from subscribers.services.boxes import record_box_status
from success import tasks
from success.health import work as health
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import ProductFactory
from tickets.mail.intake import process, store_raw
from tickets.mail.sending import sweep
from tickets.models import Mailbox
from tickets.sla import sweep as clocks

MORNING = datetime(2026, 3, 18, 10, tzinfo=UTC)  # a Wednesday
NO = Outcome(ChargeState.REFUSED, "card_declined")


class Clock(datetime):
    """The time of a story: it goes on as ours does, from where the story says."""

    offset = timedelta(0)

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.offset


class Cards:
    """What the cards of a story answer, one after the other; then they are good."""

    answers: list[Outcome] = []

    def collect(self, charge) -> Outcome:
        return self.answers.pop(0) if self.answers else Outcome(ChargeState.PAID)


class World:
    def __init__(self, monkeypatch, client: Client, store: Store) -> None:
        self.client, self.store, self.cards = client, store, Cards()
        self.cards.answers = []
        self.clock = type("StoryClock", (Clock,), {"offset": MORNING - datetime.now(UTC)})
        monkeypatch.setattr("django.utils.timezone.datetime", self.clock)
        register_collector("journey", self.cards)
        Connection.objects.create(
            store=store, provider=Provider.BUILTIN, domain=store.key, options={"collector": "journey"}
        )
        store.flows.update(holdout_share=0)  # everybody is treated
        store.flows.first().versions.model.objects.update(published_at=MORNING - timedelta(days=30))

    # -- What passes -----------------------------------------------------------------------------------

    def work(self) -> None:
        """What the worker and the clock do, until nothing is left to do."""
        sweep_billing()
        tasks.watch_flows()
        tasks.follow_dates()
        tasks.sweep_offers()
        tasks.sweep_runs()
        sweep()

    def watch(self) -> None:
        """What is due by the clock alone: promises that were broken, and everybody's milestones and health."""
        clocks.sweep_clocks()
        health.sweep()
        self.work()

    def enrol(self) -> None:
        """What the clock asks of segments, once a day."""
        tasks.sweep_enrolments()
        self.work()

    def pass_time(self, **length: float) -> None:
        self.clock.offset += timedelta(**length)
        self.work()

    def until(self, moment: datetime) -> None:
        self.pass_time(seconds=(moment - timezone.now()).total_seconds())

    # -- Who there is ----------------------------------------------------------------------------------

    def subscribe(self, *, name: str = "Ana Souza", in_days: float = 0, product: Product | None = None, **person):
        """Somebody subscribes, monthly, and is billed first in so many days."""
        person = {"language": "en", "time_zone": "UTC"} | person
        subscriber = SubscriberFactory(store=self.store, name=name, **person)
        subscription = start_subscription(
            store=self.store,
            subscriber=subscriber,
            product=product or ProductFactory(store=self.store, name="Tea Box"),
            price=Decimal("20.00"),
            interval=Interval.MONTH,
            count=1,
            first_billing_at=timezone.now() + timedelta(days=in_days),
        )
        self.work()
        return subscription

    def carry(self, box: Box, status: BoxStatus = BoxStatus.DELIVERED) -> None:
        """The carrier reports."""
        record_box_status(Box.objects.get(pk=box.pk), status=status, at=timezone.now())
        self.work()

    # -- What people do --------------------------------------------------------------------------------

    def write(self, person: Subscriber, text: str, *, subject: str = "Hello", answers=None) -> None:
        """A mail to the store; `answers`: one of ours, as a mail program answers it."""
        message = EmailMessage()
        message["From"], message["To"] = f"{person.name} <{person.email}>", "help@shop.example"
        message["Message-ID"] = f"<{timezone.now():%H%M%S%f}@mail.example>"
        if answers is not None:
            message.replace_header("To", (answers.reply_to or [answers.from_email])[0])
            message["In-Reply-To"] = answers.extra_headers["Message-ID"]
            subject = f"Re: {answers.subject}"
        message["Subject"] = subject
        message.set_content(text)
        inbound = store_raw(mailbox=Mailbox.objects.get(), raw=message.as_bytes(), source="file")
        process(inbound.pk)
        self.work()

    def skip(self, subscription: Subscription) -> None:
        """On their account page, the next box."""
        account = links.account_path(subscription.subscriber)
        response = self.client.post(f"{account}{subscription.pk}/skip/", {"key": f"{timezone.now():%d%H%M%S%f}"})
        assert response.status_code == 302, response.content.decode()
        self.work()

    def post(self, link: str, **fields: str) -> str:
        """A form on a page that a mail brought; what the page says then."""
        response = self.client.post(urlsplit(link).path, fields, follow=True)
        self.work()
        return said(response)

    def ask(self, address: str, **query: Any) -> Any:
        """The REST interface, as whoever is signed in."""
        response = self.client.get(address, query)
        assert response.status_code == 200, response.content.decode()
        return response.json()

    def get(self, link: str, **query: str) -> str:
        return said(self.client.get(urlsplit(link).path, query))

    # -- What arrived ----------------------------------------------------------------------------------

    def inbox(self, person: Subscriber) -> list:
        return [one for one in mail.outbox if one.to == [person.email]]

    def subjects(self, person: Subscriber) -> list[str]:
        return [one.subject for one in self.inbox(person)]


def said(response) -> str:
    return " ".join(response.content.decode().split())


def link_in(letter, part: str) -> str:
    """The address in a mail whose path begins so."""
    return next(one for one in re.findall(r"https?://\S+", letter.body) if urlsplit(one).path.startswith(part))
