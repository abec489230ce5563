"""A payment was refused: help with it, until it is paid; the store itself goes on trying."""

from success.enums import FlowKind, StepKind, Trigger
from success.flows.starter.base import StarterFlow, mail

FAILED_PAYMENT = StarterFlow(
    key="failed-payment",
    name="Help with a failed payment",
    kind=FlowKind.RECOVERY,
    trigger=Trigger.PAYMENT_FAILED,
    rank=30,
    exits=("cancelled",),
    steps=(
        mail(
            "it-failed",
            en="""Subject: Your payment to {{ store }} did not go through

                Hi {{ first_name|there }},

                The payment for {{ product|your subscription }} was refused by your bank or card. This happens: a
                card has expired, or a limit was reached.

                Please look at your means of payment here: {{ payment_link }}

                If your card is fine you need not do anything: we try again by ourselves within some days. Your
                subscription stays until then.

                Warm regards,
                {{ store }}
            """,
            de="""Subject: Ihre Zahlung an {{ store }} hat nicht geklappt

                Hallo {{ first_name|und guten Tag }},

                die Zahlung für {{ product|Ihr Abo }} wurde von Ihrer Bank oder Karte abgelehnt. Das kommt vor: Eine
                Karte ist abgelaufen, oder ein Limit war erreicht.

                Bitte sehen Sie hier nach Ihrem Zahlungsmittel: {{ payment_link }}

                Wenn mit Ihrer Karte alles stimmt, müssen Sie nichts tun: Wir versuchen es in den nächsten Tagen von
                selbst noch einmal. Ihr Abo bleibt bis dahin bestehen.

                Herzliche Grüße
                {{ store }}
            """,
            es="""Subject: Su pago a {{ store }} no se ha podido realizar

                Hola {{ first_name|y buenos días }}:

                Su banco o tarjeta ha rechazado el pago de {{ product|su suscripción }}. Suele pasar: una tarjeta ha
                caducado, o se alcanzó un límite.

                Revise su medio de pago aquí: {{ payment_link }}

                Si su tarjeta está bien, no tiene que hacer nada: lo volveremos a intentar en unos días. Hasta
                entonces, su suscripción sigue.

                Un saludo cordial,
                {{ store }}
            """,
        ),
        ("first-retry", StepKind.WAIT, {"hours": 72, "until": "paid"}),
        ("paid-by-now", StepKind.BRANCH, {"when": "paid", "then": "recovered", "otherwise": "reminder"}),
        mail(
            "reminder",
            en="""Subject: Your payment to {{ store }} is still open

                Hi {{ first_name|there }},

                We tried again, and the payment for {{ product|your subscription }} was refused once more. Your next
                box waits for it.

                It takes a minute to put in another card: {{ payment_link }}

                Would you rather pause, or get a box less often? That works too: {{ account_link }}

                Warm regards,
                {{ store }}
            """,
            de="""Subject: Ihre Zahlung an {{ store }} ist noch offen

                Hallo {{ first_name|und guten Tag }},

                wir haben es noch einmal versucht, und die Zahlung für {{ product|Ihr Abo }} wurde wieder abgelehnt.
                Ihre nächste Box wartet darauf.

                Eine andere Karte einzutragen dauert eine Minute: {{ payment_link }}

                Möchten Sie lieber pausieren oder die Box seltener bekommen? Auch das geht: {{ account_link }}

                Herzliche Grüße
                {{ store }}
            """,
            es="""Subject: Su pago a {{ store }} sigue pendiente

                Hola {{ first_name|y buenos días }}:

                Lo hemos intentado de nuevo, y el pago de {{ product|su suscripción }} ha sido rechazado otra vez. Su
                próxima caja está esperando.

                Poner otra tarjeta lleva un minuto: {{ payment_link }}

                ¿Prefiere hacer una pausa, o recibirla con menos frecuencia? También es posible: {{ account_link }}

                Un saludo cordial,
                {{ store }}
            """,
        ),
        ("second-retry", StepKind.WAIT, {"hours": 96, "until": "paid"}),
        ("paid-after-all", StepKind.BRANCH, {"when": "paid", "then": "recovered", "otherwise": "call"}),
        (
            "call",
            StepKind.TASK,
            {
                "title": "{{ name|A subscriber }}'s payment fails for a week: write or call before the last attempt",
                "instructions": "Two reminders went out. The store tries the card for the last time in about three "
                "days, and then the subscription ends. A word in person helps most now; a pause is better than an end.",
                "due_hours": 48,
            },
        ),
        ("last-attempt", StepKind.WAIT, {"hours": 24 * 8, "until": "paid"}),
        ("paid-at-last", StepKind.BRANCH, {"when": "paid", "then": "recovered", "otherwise": "lost"}),
        ("lost", StepKind.END, {"outcome": "not paid", "close_alert": "lost"}),
        ("recovered", StepKind.END, {"outcome": "paid", "close_alert": "saved"}),
    ),
)
