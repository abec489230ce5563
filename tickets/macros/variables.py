"""The facts that a macro's text may hold: of a ticket, its customer, their boxes, and whoever answers."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from subscribers.cancellation.links import account_url, cancel_url
from subscribers.cancellation.speech import language_of, zone_of
from subscribers.enums import BoxStatus
from subscribers.models import Box, Subscription
from subscribers.texts import check_text
from tickets.models import Ticket

VARIABLES: dict[str, str | Promise] = {
    "first_name": _("the customer’s first name"),
    "name": _("the customer’s name"),
    "email": _("the customer’s mail address"),
    "store_name": _("the store’s name"),
    "shop_link": _("the shop’s address"),
    "agent_name": _("the name of whoever answers"),
    "agent_first_name": _("the first name of whoever answers"),
    "ticket_number": _("such as T-1042"),
    "subject": _("what the ticket is about, as its subject says"),
    "product": _("what they subscribe to"),
    "next_box_date": _("the day on which their next box ships"),
    "next_billing_date": _("the day of their next billing"),
    "order_number": _("the order of the box that the ticket is about, else of their latest"),
    "carrier": _("who carries that box"),
    "tracking_number": _("that box’s number at its carrier"),
    "tracking_link": _("the page that follows that box"),
    "expected_date": _("the day on which that box should arrive"),
    "account_link": _("their own account page"),
    "cancel_link": _("the page on which they cancel"),
    "payment_link": _("where they change their means of payment"),
}


def check(text: str) -> None:
    """Raises ValueError, in words for its writer, for a variable that does not exist."""
    check_text(text, VARIABLES)


class Facts(Mapping[str, str]):
    """The variables on one ticket for one person, each looked up when it is asked for first; three queries at most."""

    def __init__(self, ticket: Ticket, agent: AbstractBaseUser) -> None:
        self.ticket, self.agent = ticket, agent
        self._known: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            with translation.override(language_of(self.ticket.subscriber)):
                self._known[name] = LOOK_UP[name](self)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(LOOK_UP)

    def __len__(self) -> int:
        return len(LOOK_UP)

    @cached_property
    def subscription(self) -> Subscription | None:
        """The ticket's, else the newest that runs, else the one that ended last."""
        rows = Subscription.objects.select_related("product", "store")
        if self.ticket.subscription_id is not None:
            return rows.get(pk=self.ticket.subscription_id)
        mine = rows.filter(subscriber=self.ticket.subscriber_id)
        return mine.order_by(F("ended_at").desc(nulls_first=True), "-started_at", "-pk").first()

    @cached_property
    def box(self) -> Box | None:
        """The one that the ticket is about, else the latest that left."""
        if self.ticket.box_id is not None:
            return self.ticket.box
        left = Box.objects.filter(cycle__subscription__subscriber=self.ticket.subscriber_id, shipped_at__isnull=False)
        return left.order_by("-shipped_at", "-pk").first()

    @cached_property
    def next_box(self) -> Box | None:
        today = timezone.now().astimezone(zone_of(None, self.ticket.store)).date()
        planned = Box.objects.filter(
            cycle__subscription__subscriber=self.ticket.subscriber_id, status=BoxStatus.PLANNED, ships_on__gte=today
        )
        return planned.order_by("ships_on", "pk").first()

    def day(self, day: date | None) -> str:
        return date_format(day, "DATE_FORMAT") if day else ""

    @property
    def next_billing_day(self) -> str:
        at = self.subscription.next_billing_at if self.subscription else None
        return self.day(at.astimezone(zone_of(self.ticket.subscriber, self.ticket.store)).date()) if at else ""


def _expected(facts: Facts) -> str:
    box = facts.box
    return facts.day(box.expected_on) if box is not None and box.delivered_at is None else ""


LOOK_UP: dict[str, Callable[[Facts], str]] = {
    "first_name": lambda facts: facts.ticket.subscriber.first_name,
    "name": lambda facts: facts.ticket.subscriber.name,
    "email": lambda facts: facts.ticket.subscriber.email,
    "store_name": lambda facts: facts.ticket.store.name,
    "shop_link": lambda facts: f"https://{facts.ticket.store.domain}" if facts.ticket.store.domain else "",
    "agent_name": lambda facts: str(facts.agent),
    "agent_first_name": lambda facts: str(facts.agent).split(" ")[0],
    "ticket_number": lambda facts: facts.ticket.number,
    "subject": lambda facts: facts.ticket.subject,
    "product": lambda facts: str(facts.subscription.product or "") if facts.subscription else "",
    "next_box_date": lambda facts: facts.day(facts.next_box.ships_on) if facts.next_box else "",
    "next_billing_date": lambda facts: facts.next_billing_day,
    "order_number": lambda facts: facts.box.order_number if facts.box else "",
    "carrier": lambda facts: facts.box.carrier if facts.box else "",
    "tracking_number": lambda facts: facts.box.tracking_number if facts.box else "",
    "tracking_link": lambda facts: facts.box.tracking_url if facts.box else "",
    "expected_date": _expected,
    "account_link": lambda facts: account_url(facts.ticket.subscriber),
    "cancel_link": lambda facts: cancel_url(facts.subscription) if facts.subscription else "",
    "payment_link": lambda facts: facts.ticket.store.payment_url or account_url(facts.ticket.subscriber),
}
