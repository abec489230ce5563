"""The reasons that a new installation starts with, shared by topics, skips and cancellations.

Keys never change their meaning; labels, order and whether one is offered are edited in the admin.
"""

from dataclasses import dataclass

from django.db import transaction

from subscribers.models import Reason

TICKETS, SKIPS, CANCELLATIONS = "tickets", "skips", "cancellations"


@dataclass(frozen=True)
class StarterReason:
    key: str
    label: str
    parent: str = ""
    used_for: tuple[str, ...] = (TICKETS,)


STARTER_REASONS = (
    StarterReason("delivery", "Delivery"),
    StarterReason("damaged", "Damaged delivery", "delivery", (TICKETS, CANCELLATIONS)),
    StarterReason("missing_item", "Something is missing", "delivery"),
    StarterReason("wrong_item", "Wrong item", "delivery"),
    StarterReason("late", "Arrives late", "delivery", (TICKETS, CANCELLATIONS)),
    StarterReason("arrives_too_early", "Arrives too early", "delivery", (SKIPS, CANCELLATIONS)),
    StarterReason("address_change", "New address", "delivery"),
    StarterReason("product", "Product"),
    StarterReason("quality", "Quality", "product", (TICKETS, CANCELLATIONS)),
    StarterReason("did_not_like", "Did not like it", "product", (TICKETS, SKIPS, CANCELLATIONS)),
    StarterReason("different_product", "Wants a different product", "product", (TICKETS, SKIPS, CANCELLATIONS)),
    StarterReason("too_much_product", "Too much product", "product", (TICKETS, SKIPS, CANCELLATIONS)),
    StarterReason("product_question", "Question about a product", "product"),
    StarterReason("money", "Money"),
    StarterReason("billing", "Billing surprise", "money", (TICKETS, CANCELLATIONS)),
    StarterReason("too_expensive", "Too expensive", "money", (TICKETS, SKIPS, CANCELLATIONS)),
    StarterReason("subscription", "Subscription"),
    StarterReason("cancel", "Wants to cancel", "subscription"),
    StarterReason("skip_or_pause", "Skip, pause or change", "subscription"),
    StarterReason("customer_service", "Customer service", "subscription", (TICKETS, CANCELLATIONS)),
    StarterReason("alternative", "Found an alternative", "subscription", (CANCELLATIONS,)),
    StarterReason("no_longer_need", "No longer needed", "subscription", (SKIPS, CANCELLATIONS)),
    StarterReason("moving", "Moving", "subscription", (SKIPS, CANCELLATIONS)),
    StarterReason("other", "Other", "", (TICKETS, SKIPS, CANCELLATIONS)),
)


@transaction.atomic
def install_reasons() -> None:
    """Add the shared reasons that are missing; those that are there stay as somebody edited them."""
    there = dict(Reason.objects.filter(store=None).values_list("key", "pk"))
    for number, starter in enumerate(STARTER_REASONS, 1):
        if starter.key in there:
            continue
        reason = Reason.objects.create(
            key=starter.key,
            label=starter.label,
            parent_id=there[starter.parent] if starter.parent else None,
            for_tickets=TICKETS in starter.used_for,
            for_skips=SKIPS in starter.used_for,
            for_cancellations=CANCELLATIONS in starter.used_for,
            position=number * 10,
        )
        there[starter.key] = reason.pk
