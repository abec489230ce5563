"""What a flow's mails and notes say: `{{ first_name|there }}` stands for the subscriber's own facts.

Only known variables and their fall-backs: no code, no loops, nothing that an editor could break a store with. Dates are
said in the subscriber's language; a text may have a wording of its own for each language (`translations`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from subscribers.cancellation.links import account_url, cancel_url
from subscribers.cancellation.speech import language_of, zone_of
from subscribers.enums import PAID_CYCLE, BoxStatus
from subscribers.models import Box, Subscriber, Subscription
from subscribers.texts import VARIABLE as VARIABLE
from subscribers.texts import check_text, render_text
from success.milestones.links import first_use_url
from success.models import FlowStep, Run
from success.offers.selectors import latest_offer, offer_url

VARIABLES = {
    "first_name": "the subscriber's first name",
    "name": "the subscriber's name",
    "store": "the store's name",
    "product": "what they subscribe to",
    "order_number": "the order of the box that it is about",
    "ticket_number": "T-1042",
    "cycle": "which of their boxes it is, as a number",
    "ship_date": "the day on which the box ships: 2 December 2026",
    "delivery_day": "the day on which it should arrive: Friday",
    "guidance": "how to use the product, as the product says it",
    "next_billing": "the day of the next billing",
    "offer_link": "the page of the offer made last by this flow",
    "offer_until": "the last day of that offer",
    "shop_link": "the shop's address",
    "payment_link": "where they change their means of payment",
    "account_link": "their own account page",
    "cancel_link": "the page on which they cancel",
    "first_use_link": "the page on which they say that they use it",
}


def check(text: str) -> None:
    """Raises ValueError, in words for its writer, for a variable that does not exist."""
    check_text(text, VARIABLES)


class Facts(Mapping[str, str]):
    """The variables of one run, each looked up when it is asked for first."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.known: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self.known:
            with translation.override(language_of(self.run.subscriber)):
                self.known[name] = LOOK_UP[name](self.run)
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(LOOK_UP)

    def __len__(self) -> int:
        return len(LOOK_UP)


def facts_of(run: Run) -> Facts:
    return Facts(run)


def subscription_of(run: Run) -> Subscription | None:
    """What the run is about."""
    if run.subscription is not None:
        return run.subscription
    if run.ticket is not None and run.ticket.subscription is not None:
        return run.ticket.subscription
    rows = run.subscriber.subscriptions.select_related("product", "store")
    return rows.order_by(F("ended_at").desc(nulls_first=True), "-started_at", "-pk").first()


def _product(run: Run) -> str:
    subscription = subscription_of(run)
    return str(subscription.product) if subscription and subscription.product else ""


def _cycle(run: Run) -> str:
    if run.box is not None:
        return str(run.box.cycle.index)
    subscription = subscription_of(run)
    if subscription is None:
        return ""
    paid = subscription.cycles.filter(status__in=PAID_CYCLE).order_by("-index").values_list("index", flat=True)
    return str(paid.first() or "")


def _ship_date(run: Run) -> str:
    if run.box is None:
        return ""
    if run.box.shipped_at is not None:
        return date_format(run.box.shipped_at.astimezone(zone_of(None, run.store)), "DATE_FORMAT")
    return date_format(run.box.ships_on, "DATE_FORMAT") if run.box.ships_on else ""


def arrives_on(run: Run) -> date | None:
    """When the box should be at the door: as its carrier says, else by the store's usual days of delivery."""
    box = run.box
    if box is None:
        return None
    if box.delivered_at is not None:
        return box.delivered_at.astimezone(zone_of(run.subscriber, run.store)).date()
    if box.expected_on is not None:
        return box.expected_on
    left = box.shipped_at.astimezone(zone_of(None, run.store)).date() if box.shipped_at else box.ships_on
    return left + timedelta(days=run.store.delivery_days) if left else None


def _delivery_day(run: Run) -> str:
    """The weekday alone within the week to come, with its date beyond it; "around" while no carrier has named a day."""
    day = arrives_on(run)
    if day is None or run.box is None:
        return ""
    ahead = (day - timezone.now().astimezone(zone_of(run.subscriber, run.store)).date()).days
    words = {"weekday": date_format(day, "l"), "day": date_format(day, "MONTH_DAY_FORMAT")}
    is_told = run.box.expected_on is not None or run.box.delivered_at is not None
    if 0 <= ahead < 7:
        # Translators: ends a sentence such as "Your first delivery should arrive Friday".
        return (gettext("%(weekday)s") if is_told else gettext("around %(weekday)s")) % words
    return (gettext("%(weekday)s, %(day)s") if is_told else gettext("around %(weekday)s, %(day)s")) % words


def _guidance(run: Run) -> str:
    subscription = subscription_of(run)
    told = subscription.product.guidance if subscription and subscription.product else {}
    return str(told.get(language_of(run.subscriber)) or told.get(run.store.language) or "") if told else ""


def _next_billing(run: Run) -> str:
    subscription = subscription_of(run)
    at = subscription.next_billing_at if subscription else None
    return date_format(at.astimezone(zone_of(run.subscriber, run.store)), "DATE_FORMAT") if at else ""


def _offer_link(run: Run) -> str:
    offer = latest_offer(run) if run.pk else None
    return offer_url(offer) if offer else ""


def _offer_until(run: Run) -> str:
    offer = latest_offer(run) if run.pk else None
    return date_format(offer.valid_until.astimezone(zone_of(run.subscriber, run.store)), "DATE_FORMAT") if offer else ""


def _cancel_link(run: Run) -> str:
    subscription = subscription_of(run)
    return cancel_url(subscription) if subscription else account_url(run.subscriber)


def _first_use_link(run: Run) -> str:
    subscription = subscription_of(run)
    return first_use_url(subscription) if subscription else account_url(run.subscriber)


LOOK_UP: dict[str, Callable[[Run], str]] = {
    "first_name": lambda run: run.subscriber.first_name,
    "name": lambda run: run.subscriber.name,
    "store": lambda run: run.store.name,
    "product": _product,
    "order_number": lambda run: run.box.order_number if run.box else "",
    "ticket_number": lambda run: run.ticket.number if run.ticket else "",
    "cycle": _cycle,
    "ship_date": _ship_date,
    "delivery_day": _delivery_day,
    "guidance": _guidance,
    "next_billing": _next_billing,
    "offer_link": _offer_link,
    "offer_until": _offer_until,
    "shop_link": lambda run: f"https://{run.store.domain}" if run.store.domain else "",
    "payment_link": lambda run: run.store.payment_url or account_url(run.subscriber),
    "account_link": lambda run: account_url(run.subscriber),
    "cancel_link": _cancel_link,
    "first_use_link": _first_use_link,
}


def render(text: str, facts: Mapping[str, str]) -> str:
    """Put the facts in; an empty one becomes its fall-back (`{{ product|your box }}`)."""
    return render_text(text, facts)


def said(step: FlowStep, name: str, subscriber: Subscriber, default: str = "") -> str:
    """A text of a step in the subscriber's language, where it has one for it."""
    own = step.config.get("translations", {}).get(language_of(subscriber), {})
    return str(own.get(name) or step.config.get(name, default))


@dataclass(frozen=True)
class Preview:
    """What one person would read."""

    subject: str
    text: str


def preview(step: FlowStep, subscriber: Subscriber) -> Preview:
    """What a step's mail, task or note would say to, or about, a real subscriber today. Nothing is written.

    It is about their newest running subscription, their next box (else their latest), and no ticket.
    """
    run = Run(store=subscriber.store, flow=step.version.flow, version=step.version, subscriber=subscriber)
    run.subscription = subscription_of(run)
    boxes = Box.objects.filter(cycle__subscription=run.subscription).select_related("cycle")
    run.box = (
        boxes.filter(status=BoxStatus.PLANNED).order_by("ships_on", "pk").first()
        or boxes.order_by("-cycle__index", "-pk").first()
    )
    facts = facts_of(run)
    if step.config.get("title"):
        return Preview(render(step.config["title"], facts), render(step.config.get("instructions", ""), facts))
    subject = render(said(step, "subject", subscriber, "{{ store }}"), facts) if step.kind == "mail" else ""
    return Preview(subject, render(said(step, "text", subscriber, step.config.get("note", "")), facts))
