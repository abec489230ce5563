"""Two boxes skipped in a row: the boxes come faster than they are used. A slower rhythm, before they cancel."""

from datetime import timedelta

from success.enums import FlowKind, StepKind, TouchCategory, Trigger
from success.flows.starter.base import StarterFlow, mail

SECOND_SKIP = StarterFlow(
    key="second-skip",
    name="Fewer boxes after two skips",
    kind=FlowKind.OUTREACH,
    trigger=Trigger.SKIPPED_TWICE,
    category=TouchCategory.SUCCESS,
    entry=({"field": "subscription.status", "op": "is", "value": "active"},),
    exits=("cancelled", "opted_out"),
    reenter_after=timedelta(days=180),
    holdout_share=0.1,
    steps=(
        ("offer", StepKind.ACTION, {"do": "offer", "offer": {"kind": "frequency", "slower": 2}, "valid_days": 14}),
        ("could-we", StepKind.BRANCH, {"when": "refused", "then": "by-hand", "otherwise": "ask"}),
        mail(
            "ask",
            if_held="wait",
            next="time-to-choose",
            en="""Subject: Would fewer boxes suit you better?

                Hi {{ first_name|there }},

                You have skipped two boxes in a row. That is perfectly fine, and you can go on doing it. Perhaps
                {{ product|your box }} simply comes faster than you use it: then we can send it less often, and you
                need not think of skipping any more.

                See what would change, and change it with one click: {{ offer_link }}

                Nothing changes unless you say so there. The offer stands until {{ offer_until }}. If the reason is
                another one, just answer this mail; we would like to know it.

                Warm regards,
                {{ store }}
            """,
            de="""Subject: Wären weniger Boxen besser für Sie?

                Hallo {{ first_name|und guten Tag }},

                Sie haben zwei Boxen nacheinander ausgelassen. Das ist völlig in Ordnung, und Sie können es weiterhin
                tun. Vielleicht kommt {{ product|Ihre Box }} einfach schneller, als Sie sie verbrauchen: Dann schicken
                wir sie seltener, und Sie müssen nicht mehr ans Auslassen denken.

                Sehen Sie, was sich ändern würde, und ändern Sie es mit einem Klick: {{ offer_link }}

                Es ändert sich nichts, solange Sie es dort nicht sagen. Das Angebot gilt bis {{ offer_until }}. Wenn
                es einen anderen Grund gibt, antworten Sie einfach auf diese E-Mail; wir wüssten ihn gern.

                Herzliche Grüße
                {{ store }}
            """,
            es="""Subject: ¿Le vendrían mejor menos cajas?

                Hola {{ first_name|y buenos días }}:

                Ha saltado dos cajas seguidas. No pasa nada, y puede seguir haciéndolo. Quizá
                {{ product|su caja }} llega más rápido de lo que la usa: entonces podemos enviarla con menos
                frecuencia, y no tendrá que pensar en saltarla.

                Vea qué cambiaría, y cámbielo con un clic: {{ offer_link }}

                No cambia nada si no lo dice allí. La oferta vale hasta el {{ offer_until }}. Si el motivo es otro,
                responda a este correo; nos gustaría saberlo.

                Un saludo cordial,
                {{ store }}
            """,
        ),
        (
            "by-hand",
            StepKind.TASK,
            {
                "title": "{{ name|A subscriber }} skipped twice: offer them fewer boxes",
                "instructions": "Their rhythm could not be offered by link, as its provider changes it by hand only. "
                "Write to them, and change it for them if they like.",
                "due_hours": 48,
                "next": "no-answer",
            },
        ),
        (
            "time-to-choose",
            StepKind.WAIT,
            {"hours": 24 * 14, "until": {"any": ["offer_accepted", "offer_declined"]}},
        ),
        ("accepted", StepKind.BRANCH, {"when": "offer_accepted", "then": "slower", "otherwise": "declined"}),
        ("declined", StepKind.BRANCH, {"when": "offer_declined", "then": "as-it-was", "otherwise": "no-answer"}),
        ("slower", StepKind.END, {"outcome": "accepted", "close_alert": "saved"}),
        ("as-it-was", StepKind.END, {"outcome": "declined"}),
        ("no-answer", StepKind.END, {"outcome": "no answer"}),
    ),
)
