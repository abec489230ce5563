"""The first ticket of a subscriber in their first cycle: the strongest early sign that somebody will leave."""

from success.enums import FlowKind, StepKind, Trigger
from success.flows.starter.base import StarterFlow, mail

CYCLE_ONE = StarterFlow(
    key="cycle-one",
    name="First-cycle recovery",
    kind=FlowKind.RECOVERY,
    trigger=Trigger.CYCLE_ONE_TICKET,
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
        mail(
            "care",
            en="""
                Hi {{ first_name|there }},

                You are new with us, so I wanted to ask in person: is everything right with
                {{ product|your subscription }} now? If something could be better, tell me; I read every answer.

                Warm regards,
                {{ store }}
            """,
            de="""
                Hallo {{ first_name|und guten Tag }},

                Sie sind neu bei uns, deshalb möchte ich persönlich nachfragen: Ist mit {{ product|Ihrem Abo }} jetzt
                alles in Ordnung? Wenn etwas besser sein könnte, schreiben Sie es mir; ich lese jede Antwort.

                Herzliche Grüße
                {{ store }}
            """,
            es="""
                Hola {{ first_name|y buenos días }}:

                Es usted nuevo con nosotros, y quería preguntarle personalmente: ¿está todo bien ahora con
                {{ product|su suscripción }}? Si algo puede mejorar, dígamelo; leo todas las respuestas.

                Un saludo cordial,
                {{ store }}
            """,
        ),
        ("time-to-answer", StepKind.WAIT, {"hours": 120, "until": "customer_replied"}),
        ("still-here", StepKind.BRANCH, {"when": "still_subscribed", "then": "recovered", "otherwise": "lost"}),
        ("recovered", StepKind.END, {"outcome": "recovered", "close_alert": "saved"}),
        ("lost", StepKind.END, {"outcome": "lost", "close_alert": "lost"}),
    ),
)
