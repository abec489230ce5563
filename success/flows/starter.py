"""The recovery flows that ship: data that `install_flows` puts into a store, to be edited there."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from subscribers.models import Store
from success.enums import FactKind, FlowKind, StepKind, TouchCategory
from success.flows.definitions import publish
from success.models import Flow, FlowStep, FlowVersion


@dataclass(frozen=True)
class StarterFlow:
    key: str
    name: str
    trigger: FactKind
    rank: int
    steps: tuple[tuple[str, StepKind, dict[str, Any]], ...]


DAMAGED_BOX = StarterFlow(
    key="damaged-box",
    name="Damaged box recovery",
    trigger=FactKind.DAMAGED_BOX,
    rank=10,
    steps=(
        (
            "tell-the-agent",
            StepKind.NOTE,
            {
                "text": "Success looks after the damaged box beside you: an apology goes out in this thread now, "
                "a success manager arranges a replacement, and somebody checks back later. Answer the rest as usual."
            },
        ),
        (
            "apology",
            StepKind.MAIL,
            {
                "text": "Hi {{ first_name|there }},\n\nI am sorry that your box arrived damaged. That is not how it "
                "left us, and not how it should reach you.\n\nA colleague of mine is arranging a replacement for "
                "order {{ order_number|your last order }} right now. You do not need to send anything back. If you "
                "have a photo of the damage, just answer this mail with it: it helps us to make the packaging "
                "better.\n\nWarm regards,\n{{ store }}"
            },
        ),
        (
            "replacement",
            StepKind.TASK,
            {
                "title": "Arrange a replacement for {{ name|this subscriber }}",
                "instructions": "Order {{ order_number|(see the ticket) }} of {{ product|their subscription }} arrived "
                "damaged ({{ ticket_number }}). Send a new box, or agree on something else if they prefer, and write "
                "to them what they can expect.",
                "due_hours": 4,
                "wait_hours": 48,
            },
        ),
        ("time-to-arrive", StepKind.WAIT, {"hours": 120, "until": "box_delivered"}),
        ("did-they-write", StepKind.BRANCH, {"when": "customer_replied", "then": "look", "otherwise": "check-in"}),
        (
            "check-in",
            StepKind.MAIL,
            {
                "text": "Hi {{ first_name|there }},\n\nDid the replacement reach you in one piece? If anything is "
                "still not right, answer this mail and it comes straight to us.\n\nWarm regards,\n{{ store }}",
                "next": "time-to-answer",
            },
        ),
        (
            "look",
            StepKind.TASK,
            {
                "title": "Read what {{ name|the subscriber }} wrote, and make sure that it is settled",
                "instructions": "They answered on {{ ticket_number }} after the apology.",
                "due_hours": 24,
                "wait_hours": 96,
            },
        ),
        ("time-to-answer", StepKind.WAIT, {"hours": 96, "until": "customer_replied"}),
        ("still-here", StepKind.BRANCH, {"when": "still_subscribed", "then": "recovered", "otherwise": "lost"}),
        ("recovered", StepKind.END, {"outcome": "recovered", "close_alert": "saved"}),
        ("lost", StepKind.END, {"outcome": "lost", "close_alert": "lost"}),
    ),
)

CYCLE_ONE = StarterFlow(
    key="cycle-one",
    name="First-cycle recovery",
    trigger=FactKind.CYCLE_ONE_TICKET,
    rank=50,
    steps=(
        (
            "look",
            StepKind.TASK,
            {
                "title": "Look at {{ name|a new subscriber }}'s first ticket",
                "instructions": "{{ ticket_number }} came before their second box. Is it about something that will "
                "put them off? Call or write if it is; otherwise just tick this off.",
                "due_hours": 24,
                "wait_hours": 48,
            },
        ),
        ("settling", StepKind.WAIT, {"hours": 72, "until": "ticket_resolved"}),
        ("resolved", StepKind.BRANCH, {"when": "ticket_resolved", "then": "care", "otherwise": "push"}),
        (
            "push",
            StepKind.TASK,
            {
                "title": "{{ ticket_number }} of a new subscriber is still open: bring it to an end",
                "instructions": "Three days after their first ticket {{ name|the subscriber }} has no solution yet.",
                "due_hours": 8,
                "wait_hours": 72,
            },
        ),
        (
            "care",
            StepKind.MAIL,
            {
                "text": "Hi {{ first_name|there }},\n\nYou are new with us, so I wanted to ask in person: is "
                "everything right with {{ product|your subscription }} now? If something could be better, tell me; "
                "I read every answer.\n\nWarm regards,\n{{ store }}"
            },
        ),
        ("time-to-answer", StepKind.WAIT, {"hours": 120, "until": "customer_replied"}),
        ("still-here", StepKind.BRANCH, {"when": "still_subscribed", "then": "recovered", "otherwise": "lost"}),
        ("recovered", StepKind.END, {"outcome": "recovered", "close_alert": "saved"}),
        ("lost", StepKind.END, {"outcome": "lost", "close_alert": "lost"}),
    ),
)

STARTER_FLOWS = (DAMAGED_BOX, CYCLE_ONE)


@transaction.atomic
def install_flows(store: Store) -> None:
    """Publish the starter flows that the store lacks; those that it has stay as somebody edited them."""
    for starter in STARTER_FLOWS:
        if Flow.objects.filter(store=store, key=starter.key).exists():
            continue
        flow = Flow.objects.create(
            store=store,
            key=starter.key,
            name=starter.name,
            kind=FlowKind.RECOVERY,
            trigger=starter.trigger,
            rank=starter.rank,
            category=TouchCategory.TRANSACTIONAL,
        )
        version = FlowVersion.objects.create(flow=flow, number=1)
        FlowStep.objects.bulk_create(
            FlowStep(version=version, position=(number + 1) * 10, key=key, kind=kind, config=config)
            for number, (key, kind, config) in enumerate(starter.steps)
        )
        publish(version)
