"""A box came damaged: an apology in the thread, a new box, and a look at how that one arrived."""

from success.enums import FlowKind, StepKind, Trigger
from success.flows.starter.base import StarterFlow, mail

DAMAGED_BOX = StarterFlow(
    key="damaged-box",
    name="Damaged box recovery",
    kind=FlowKind.RECOVERY,
    trigger=Trigger.DAMAGED_BOX,
    rank=10,
    steps=(
        (
            "tell-the-agent",
            StepKind.NOTE,
            {
                "text": "Success looks after the damaged box beside you: an apology goes out in this thread now, a "
                "replacement follows within the hour, and somebody checks back once it has arrived. Not damaged after "
                "all? Take the topic away, and all of it stops. Answer the rest as usual."
            },
        ),
        mail(
            "apology",
            both_arms=True,  # whoever was harmed hears from us, whatever is being measured
            en="""
                Hi {{ first_name|there }},

                I am sorry that your box arrived damaged. That is not how it left us, and not how it should reach you.

                We are sending you a new one for order {{ order_number|that you told us about }}. You do not need to
                send anything back, and you need not do anything else. If you have a photo of the damage, just answer
                this mail with it: it helps us to make the packaging better.

                Warm regards,
                {{ store }}
            """,
            de="""
                Hallo {{ first_name|und guten Tag }},

                es tut mir leid, dass Ihre Box beschädigt angekommen ist. So hat sie uns nicht verlassen, und so soll
                sie Sie nicht erreichen.

                Wir schicken Ihnen eine neue für die Bestellung {{ order_number|von der Sie uns geschrieben haben }}.
                Sie müssen nichts zurückschicken und auch sonst nichts tun. Wenn Sie ein Foto vom Schaden haben,
                antworten Sie einfach damit auf diese E-Mail: Es hilft uns, die Verpackung zu verbessern.

                Herzliche Grüße
                {{ store }}
            """,
            es="""
                Hola {{ first_name|y buenos días }}:

                Siento mucho que su caja haya llegado dañada. No salió así de nuestro almacén, y no es así como debe
                llegarle.

                Le enviamos una nueva por el pedido {{ order_number|del que nos habló }}. No tiene que devolver nada
                ni hacer nada más. Si tiene una foto del daño, responda a este correo con ella: nos ayuda a mejorar
                el embalaje.

                Un saludo cordial,
                {{ store }}
            """,
        ),
        # Time for the agent to say that it is no damage, before anything is sent.
        ("a-moment", StepKind.WAIT, {"hours": 1}),
        (
            "which-box",
            StepKind.BRANCH,
            {
                "when": {"field": "box.status", "op": "is_set"},
                "then": "already",
                "otherwise": "replacement",
            },
        ),
        ("already", StepKind.BRANCH, {"when": "replaced", "then": "time-to-arrive", "otherwise": "new-box"}),
        ("new-box", StepKind.ACTION, {"do": "replacement", "both_arms": True, "next": "time-to-arrive"}),
        (
            "replacement",
            StepKind.TASK,
            {
                "title": "Arrange a replacement for {{ name|this subscriber }}",
                "instructions": "Which box of {{ product|their subscription }} arrived damaged is not known "
                "({{ ticket_number }}). Find it and send a new one, or agree on something else if they prefer, and "
                "write to them what they can expect.",
                "due_hours": 4,
                "wait_hours": 48,
            },
        ),
        ("time-to-arrive", StepKind.WAIT, {"hours": 240, "until": "box_delivered"}),
        ("has-it-come", StepKind.BRANCH, {"when": "box_delivered", "then": "unpacked", "otherwise": "chase"}),
        (
            "chase",
            StepKind.TASK,
            {
                "title": "The new box for {{ name|the subscriber }} is not there after ten days",
                "instructions": "Ask the carrier, send another one if need be, and write to them "
                "({{ ticket_number }}).",
                "due_hours": 8,
                "wait_hours": 72,
                "next": "did-they-write",
            },
        ),
        ("unpacked", StepKind.WAIT, {"hours": 24, "until": "customer_replied"}),
        ("did-they-write", StepKind.BRANCH, {"when": "customer_replied", "then": "look", "otherwise": "check-in"}),
        mail(
            "check-in",
            en="""
                Hi {{ first_name|there }},

                Your new box should be with you by now. Did it reach you in one piece? If anything is still not right,
                answer this mail and it comes straight to us.

                Warm regards,
                {{ store }}
            """,
            de="""
                Hallo {{ first_name|und guten Tag }},

                Ihre neue Box sollte inzwischen bei Ihnen sein. Ist sie heil angekommen? Wenn noch etwas nicht stimmt,
                antworten Sie auf diese E-Mail; sie kommt direkt bei uns an.

                Herzliche Grüße
                {{ store }}
            """,
            es="""
                Hola {{ first_name|y buenos días }}:

                Su caja nueva ya debería estar con usted. ¿Llegó en buen estado? Si algo sigue sin estar bien,
                responda a este correo y nos llegará directamente.

                Un saludo cordial,
                {{ store }}
            """,
        ),
        ("time-to-answer", StepKind.WAIT, {"hours": 96, "until": "customer_replied"}),
        ("answered", StepKind.BRANCH, {"when": "customer_replied", "then": "look", "otherwise": "silent"}),
        (
            "silent",
            StepKind.TASK,
            {
                "title": "{{ name|The subscriber }} is silent since the damaged box: see whether they are well",
                "instructions": "A new box went out and nobody heard from them since ({{ ticket_number }}). Look at "
                "what they do next (skips, a cancellation), and call or write in person if it is worth it.",
                "due_hours": 24,
                "wait_hours": 96,
                "next": "still-here",
            },
        ),
        (
            "look",
            StepKind.TASK,
            {
                "title": "Read what {{ name|the subscriber }} wrote, and make sure that it is settled",
                "instructions": "They answered on {{ ticket_number }} after the apology. Are they content with what "
                "they got?",
                "due_hours": 24,
                "wait_hours": 96,
            },
        ),
        ("still-here", StepKind.BRANCH, {"when": "still_subscribed", "then": "recovered", "otherwise": "lost"}),
        ("recovered", StepKind.END, {"outcome": "recovered", "close_alert": "saved"}),
        ("lost", StepKind.END, {"outcome": "lost", "close_alert": "lost"}),
    ),
)
