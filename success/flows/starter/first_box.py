"""The first box: how to use it, told two days before it leaves; and whether it went well, once it is there."""

from success.enums import FlowKind, StepKind, TouchCategory, Trigger
from success.flows.starter.base import StarterFlow, mail

A_FIRST_BOX = (
    {"field": "box.cycle", "op": "is", "value": 1},
    {"field": "box.kind", "op": "is", "value": "regular"},
    {"field": "box.sequence", "op": "is", "value": 1},
)
COMING = ["planned", "label_purchased", "confirmed", "in_transit", "out_for_delivery", "delayed"]

FIRST_BOX = StarterFlow(
    key="first-box",
    name="Guidance before the first box",
    kind=FlowKind.OUTREACH,
    trigger=Trigger.BOX_UPCOMING,
    category=TouchCategory.SUCCESS,
    entry=A_FIRST_BOX,
    exits=("cancelled", "opted_out", "box_delivered"),
    steps=(
        ("two-days-before", StepKind.WAIT, {"anchor": "box_ships", "offset_hours": -48}),
        (
            "is-it-coming",
            StepKind.BRANCH,
            {
                "when": {
                    "all": [
                        {"field": "subscription.status", "op": "is", "value": "active"},
                        {"field": "box.status", "op": "in", "value": COMING},
                    ]
                },
                "then": "guidance",
                "otherwise": "not-needed",
            },
        ),
        mail(
            "guidance",
            if_held="skip",
            next="told",
            en="""Subject: Your first delivery should arrive {{ delivery_day|soon }}: here is how to use it

                Hi {{ first_name|there }},

                {{ product|Your first box }} leaves us on {{ ship_date }} and should arrive {{ delivery_day|soon }}.
                So that you can begin right away, here is how to use it:

                {{ guidance|Open the box as soon as it is there and look whether everything is in it.
                Begin with one thing, follow the card that lies on top, and give it a week before you
                judge it. }}

                Is the day or the address not right for you? Answer this mail before it leaves, or change it yourself:
                {{ account_link }}

                Warm regards,
                {{ store }}
            """,
            de="""Subject: Ihre erste Lieferung kommt voraussichtlich {{ delivery_day|bald }}: so verwenden Sie sie

                Hallo {{ first_name|und guten Tag }},

                {{ product|Ihre erste Box }} verlässt uns am {{ ship_date }} und kommt voraussichtlich
                {{ delivery_day|bald }} bei Ihnen an. Damit Sie gleich anfangen können, hier das Wichtigste:

                {{ guidance|Öffnen Sie die Box, sobald sie da ist, und sehen Sie nach, ob alles darin
                ist. Fangen Sie mit einer Sache an, folgen Sie der Karte, die obenauf liegt, und geben
                Sie dem Ganzen eine Woche, bevor Sie urteilen. }}

                Passt der Tag oder die Adresse nicht? Antworten Sie auf diese E-Mail, bevor die Box geht, oder ändern
                Sie es selbst: {{ account_link }}

                Herzliche Grüße
                {{ store }}
            """,
            es="""Subject: Su primera entrega debería llegar {{ delivery_day|pronto }}: así se usa

                Hola {{ first_name|y buenos días }}:

                {{ product|Su primera caja }} sale el {{ ship_date }} y debería llegar {{ delivery_day|pronto }}. Para
                que pueda empezar enseguida, así se usa:

                {{ guidance|Abra la caja en cuanto llegue y compruebe que está todo. Empiece por una
                sola cosa, siga la tarjeta que va encima y dele una semana antes de juzgar. }}

                ¿No le va bien el día o la dirección? Responda a este correo antes de que salga, o cámbielo usted
                mismo: {{ account_link }}

                Un saludo cordial,
                {{ store }}
            """,
        ),
        ("not-needed", StepKind.END, {"outcome": "not needed"}),
        ("told", StepKind.END, {"outcome": "told"}),
    ),
)

FIRST_USE = StarterFlow(
    key="first-use",
    name="After the first box",
    kind=FlowKind.OUTREACH,
    trigger=Trigger.BOX_DELIVERED,
    category=TouchCategory.SUCCESS,
    entry=A_FIRST_BOX,
    exits=("cancelled", "opted_out", "replied"),
    steps=(
        ("some-days-later", StepKind.WAIT, {"anchor": "box_delivered", "offset_hours": 96}),
        mail(
            "how-is-it",
            if_held="skip",
            en="""Subject: How is your first {{ product|box }}?

                Hi {{ first_name|there }},

                Your first box has been with you for some days now. Have you used it yet, and is it what you hoped
                for? One line is enough: answer this mail, and a person reads it.

                Should it come more or less often, or is something in it not for you? You can change that here:
                {{ account_link }}

                Warm regards,
                {{ store }}
            """,
            de="""Subject: Wie ist {{ product|Ihre erste Box }}?

                Hallo {{ first_name|und guten Tag }},

                Ihre erste Box ist nun seit einigen Tagen bei Ihnen. Haben Sie sie schon ausprobiert, und ist sie, was
                Sie sich erhofft haben? Eine Zeile genügt: Antworten Sie auf diese E-Mail; ein Mensch liest sie.

                Soll sie öfter oder seltener kommen, oder ist etwas darin nichts für Sie? Das ändern Sie hier:
                {{ account_link }}

                Herzliche Grüße
                {{ store }}
            """,
            es="""Subject: ¿Qué tal {{ product|su primera caja }}?

                Hola {{ first_name|y buenos días }}:

                Hace unos días que tiene su primera caja. ¿Ya la ha usado, y es lo que esperaba? Basta con una línea:
                responda a este correo, y lo leerá una persona.

                ¿Debería llegar más o menos a menudo, o hay algo que no es para usted? Puede cambiarlo aquí:
                {{ account_link }}

                Un saludo cordial,
                {{ store }}
            """,
        ),
        ("asked", StepKind.END, {"outcome": "asked"}),
    ),
)
