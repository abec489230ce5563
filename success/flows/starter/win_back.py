"""Who left of their own accord, for a reason that may pass, is asked once; where they agreed to such mail."""

from datetime import timedelta

from success.enums import FlowKind, StepKind, TouchCategory, Trigger
from success.flows.starter.base import StarterFlow, mail

# What time may heal. Nobody who left over damage, quality, billing or service is courted by a machine.
MAY_PASS = ["too_expensive", "too_much_product", "arrives_too_early", "no_longer_need", "moving", "alternative"]

WIN_BACK = StarterFlow(
    key="win-back",
    name="Asking once after a cancellation",
    kind=FlowKind.OUTREACH,
    trigger=Trigger.SUBSCRIPTION_CANCELLED,
    category=TouchCategory.MARKETING,
    # Their own yes, everywhere: in many places the law forbids such mail without it.
    entry=(
        "consented",
        {"not": "ticket_open"},
        {"field": "subscription.status", "op": "is", "value": "cancelled"},
        {"field": "subscription.cancel_reason", "op": "in", "value": MAY_PASS},
    ),
    exits=("opted_out",),
    reenter_after=timedelta(days=365),
    holdout_share=0.1,
    steps=(
        ("a-while", StepKind.WAIT, {"anchor": "cancelled", "offset_hours": 24 * 45}),
        (
            "may-we-ask",
            StepKind.BRANCH,
            {
                "when": {"all": ["consented", {"not": "still_subscribed"}, {"not": "ticket_open"}]},
                "then": "ask",
                "otherwise": "not-asked",
            },
        ),
        mail(
            "ask",
            if_held="skip",
            next="time-to-come-back",
            en="""Subject: May we ask how you are getting on without us?

                Hi {{ first_name|there }},

                Some weeks ago you cancelled {{ product|your subscription }}. We hope that you are well, and have not
                forgotten that you were with us.

                If things have changed, you are welcome back at any time, also with fewer boxes than before:
                {{ shop_link }}

                And if not: this is the only mail of this kind. One line about what we could do better would help us;
                just answer.

                Warm regards,
                {{ store }}
            """,
            de="""Subject: Dürfen wir fragen, wie es Ihnen ohne uns geht?

                Hallo {{ first_name|und guten Tag }},

                vor einigen Wochen haben Sie {{ product|Ihr Abo }} gekündigt. Wir hoffen, dass es Ihnen gut geht, und
                haben nicht vergessen, dass Sie bei uns waren.

                Wenn sich etwas geändert hat, sind Sie jederzeit willkommen, auch mit weniger Boxen als früher:
                {{ shop_link }}

                Und wenn nicht: Das ist die einzige E-Mail dieser Art. Eine Zeile dazu, was wir besser machen könnten,
                würde uns helfen; antworten Sie einfach.

                Herzliche Grüße
                {{ store }}
            """,
            es="""Subject: ¿Podemos preguntarle qué tal le va sin nosotros?

                Hola {{ first_name|y buenos días }}:

                Hace unas semanas canceló {{ product|su suscripción }}. Esperamos que esté bien, y no hemos olvidado
                que estuvo con nosotros.

                Si algo ha cambiado, será bienvenido cuando quiera, también con menos cajas que antes:
                {{ shop_link }}

                Y si no: este es el único correo de este tipo. Una línea sobre qué podríamos hacer mejor nos
                ayudaría; basta con responder.

                Un saludo cordial,
                {{ store }}
            """,
        ),
        ("not-asked", StepKind.END, {"outcome": "not asked"}),
        ("time-to-come-back", StepKind.WAIT, {"hours": 24 * 30, "until": "still_subscribed"}),
        ("are-they-back", StepKind.BRANCH, {"when": "still_subscribed", "then": "back", "otherwise": "gone"}),
        ("back", StepKind.END, {"outcome": "came back"}),
        ("gone", StepKind.END, {"outcome": "stayed away"}),
    ),
)
