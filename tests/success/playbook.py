"""A damaged-box flow of the tests' own: with a note, a mail, a task, waits and a branch, whatever the product ships."""

from subscribers.models import Store
from success.enums import StepKind
from success.flows.definitions import publish
from success.models import Flow, FlowStep, FlowVersion

STEPS = (
    ("tell-the-agent", StepKind.NOTE, {"text": "Success looks after it: an apology goes out in this thread now."}),
    (
        "apology",
        StepKind.MAIL,
        {
            "text": "Hi {{ first_name|there }},\n\nI am sorry that your box arrived damaged. A colleague of mine is "
            "arranging a replacement for order {{ order_number|your last order }}.\n\n{{ store }}"
        },
    ),
    (
        "replacement",
        StepKind.TASK,
        {
            "title": "Arrange a replacement for {{ name|this subscriber }}",
            "instructions": "Order {{ order_number|(see the ticket) }} arrived damaged ({{ ticket_number }}).",
            "due_hours": 4,
            "wait_hours": 48,
        },
    ),
    ("time-to-arrive", StepKind.WAIT, {"hours": 120, "until": "box_delivered"}),
    ("did-they-write", StepKind.BRANCH, {"when": "customer_replied", "then": "look", "otherwise": "check-in"}),
    (
        "check-in",
        StepKind.MAIL,
        {"text": "Did the replacement reach you in one piece?\n\n{{ store }}", "next": "time-to-answer"},
    ),
    (
        "look",
        StepKind.TASK,
        {"title": "Read what {{ name|the subscriber }} wrote", "due_hours": 24, "wait_hours": 96},
    ),
    ("time-to-answer", StepKind.WAIT, {"hours": 96, "until": "customer_replied"}),
    ("still-here", StepKind.BRANCH, {"when": "still_subscribed", "then": "recovered", "otherwise": "lost"}),
    ("recovered", StepKind.END, {"outcome": "recovered", "close_alert": "saved"}),
    ("lost", StepKind.END, {"outcome": "lost", "close_alert": "lost"}),
)


def follow_own_playbook(store: Store) -> None:
    """Have the store's damaged-box flow follow these steps."""
    flow = Flow.objects.get(store=store, key="damaged-box")
    flow.versions.all().delete()
    version = FlowVersion.objects.create(flow=flow, number=1)
    FlowStep.objects.bulk_create(
        FlowStep(version=version, position=(place + 1) * 10, key=key, kind=kind, config=config)
        for place, (key, kind, config) in enumerate(STEPS)
    )
    publish(version)
