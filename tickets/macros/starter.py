"""The macros that a new store starts with, to be changed in the admin."""

from dataclasses import dataclass
from typing import Any

from subscribers.models import Store
from tickets.enums import ActionKind
from tickets.models import Macro, MacroText


@dataclass(frozen=True)
class Starter:
    name: str
    folder: str
    texts: dict[str, str]
    actions: tuple[dict[str, Any], ...] = ()
    shown_when: dict[str, Any] | None = None


def _do(kind: ActionKind, value: Any) -> dict[str, Any]:
    return {"kind": kind.value, "value": value}


def _letter(hello: str, body: str, bye: str) -> str:
    return f"{hello}\n\n{body}\n\n{bye}"


def _in_three(en: str, de: str, es: str) -> dict[str, str]:
    return {
        "en": _letter("Hello {{ first_name|there }},", en, "Best wishes\n{{ agent_first_name }}, {{ store_name }}"),
        "de": _letter("Hallo {{ first_name|zusammen }},", de, "Viele Grüße\n{{ agent_first_name }}, {{ store_name }}"),
        "es": _letter(
            "Hola {{ first_name|y gracias por escribirnos }}:",
            es,
            "Un saludo\n{{ agent_first_name }}, {{ store_name }}",
        ),
    }


STARTERS = (
    Starter(
        "Where is my box?",
        "Delivery",
        _in_three(
            "Your box {{ order_number| }} is on its way. You can follow it here: {{ tracking_link }}\n\n"
            "Should it not be with you by {{ expected_date|the end of the week }}, just answer this mail.",
            "deine Box {{ order_number| }} ist unterwegs. Hier kannst du sie verfolgen: {{ tracking_link }}\n\n"
            "Sollte sie bis {{ expected_date|Ende der Woche }} nicht da sein, antworte einfach auf diese Mail.",
            "Su caja {{ order_number| }} está en camino. Puede seguirla aquí: {{ tracking_link }}\n\n"
            "Si no la ha recibido para {{ expected_date|el final de la semana }}, responda a este correo.",
        ),
        (_do(ActionKind.ADD_TAG, "delivery"),),
    ),
    Starter(
        "Late box: snooze until it arrives",
        "Delivery",
        _in_three(
            "I am sorry that your box takes longer than it should. I keep an eye on it until it is with you: "
            "{{ tracking_link }}",
            "es tut mir leid, dass deine Box länger braucht als sie sollte. Ich behalte sie im Auge, bis sie bei dir "
            "ist: {{ tracking_link }}",
            "Siento que su caja tarde más de lo debido. La seguiré hasta que llegue: {{ tracking_link }}",
        ),
        (_do(ActionKind.ADD_TAG, "late box"), _do(ActionKind.SNOOZE, "delivery")),
    ),
    Starter(
        "Damaged box: ask for photos",
        "Damage",
        _in_three(
            "I am sorry that your box arrived damaged. Please send us a photo of the parcel and of what is broken, as "
            "an answer to this mail, and we make it good at once.",
            "es tut mir leid, dass deine Box beschädigt angekommen ist. Schick uns bitte als Antwort ein Foto vom "
            "Paket und von dem, was kaputt ist; dann machen wir es sofort wieder gut.",
            "Siento que su caja haya llegado dañada. Envíenos, respondiendo a este correo, una foto del paquete y de "
            "lo que está roto, y lo solucionaremos de inmediato.",
        ),
        (_do(ActionKind.ADD_TAG, "waits for photos"),),
        {"topic": ["damaged"]},
    ),
    Starter(
        "Damaged box: a replacement is on its way",
        "Damage",
        _in_three(
            "Thank you for telling us. We send you a new box, free of charge; keep what can still be used. You get "
            "the tracking link as soon as it leaves.",
            "danke für deine Nachricht. Wir schicken dir kostenlos eine neue Box; behalte, was noch zu gebrauchen "
            "ist. Den Link zur Sendung bekommst du, sobald sie das Haus verlässt.",
            "Gracias por avisarnos. Le enviamos una caja nueva sin coste; quédese con lo que aún sirva. Recibirá el "
            "enlace de seguimiento en cuanto salga.",
        ),
        (_do(ActionKind.REMOVE_TAG, "waits for photos"), _do(ActionKind.STATUS, "resolved")),
        {"topic": ["damaged"]},
    ),
    Starter(
        "When does my next box ship?",
        "Subscription",
        _in_three(
            "Your next box ships on {{ next_box_date }}, and your next billing is on {{ next_billing_date }}. "
            "You can change or skip it until then here: {{ account_link }}",
            "deine nächste Box geht am {{ next_box_date }} auf die Reise, abgebucht wird am "
            "{{ next_billing_date }}. Bis dahin kannst du sie hier ändern oder auslassen: {{ account_link }}",
            "Su próxima caja sale el {{ next_box_date }} y el próximo cobro es el {{ next_billing_date }}. "
            "Hasta entonces puede cambiarla u omitirla aquí: {{ account_link }}",
        ),
        (_do(ActionKind.STATUS, "resolved"),),
    ),
    Starter(
        "Change the means of payment",
        "Subscription",
        _in_three(
            "You can change your card here, in a minute: {{ payment_link }}",
            "deine Karte kannst du hier in einer Minute ändern: {{ payment_link }}",
            "Puede cambiar su tarjeta aquí, en un minuto: {{ payment_link }}",
        ),
        (_do(ActionKind.ADD_TAG, "billing"),),
    ),
    Starter(
        "How to cancel",
        "Subscription",
        _in_three(
            "We are sorry to see you go. You can cancel {{ product|your subscription }} here whenever you like: "
            "{{ cancel_link }}",
            "schade, dass du gehst. {{ product|Dein Abo }} kannst du hier jederzeit kündigen: {{ cancel_link }}",
            "Sentimos que se vaya. Puede cancelar {{ product|su suscripción }} aquí cuando quiera: {{ cancel_link }}",
        ),
    ),
    Starter(
        "First box: welcome, and how it goes on",
        "Subscription",
        _in_three(
            "Welcome to {{ store_name }}! Your next box ships on {{ next_box_date|a day that we tell you by mail }}. "
            "Is there anything that you would like to know about {{ product|your first box }}?",
            "willkommen bei {{ store_name }}! Deine nächste Box kommt am {{ next_box_date|Tag, den wir dir mailen }}. "
            "Gibt es etwas, das du über {{ product|deine erste Box }} wissen möchtest?",
            "¡Le damos la bienvenida a {{ store_name }}! Su próxima caja sale el "
            "{{ next_box_date|día que le diremos por correo }}. ¿Desea saber algo sobre "
            "{{ product|su primera caja }}?",
        ),
        (),
        {"cycle": 1},
    ),
    Starter("Take it, urgent", "Inside", {}, (_do(ActionKind.ASSIGN, "me"), _do(ActionKind.PRIORITY, 1))),
)


def install_macros(store: Store) -> None:
    """Those that the store does not have yet; what it has stays as it is."""
    for position, starter in enumerate(STARTERS, 1):
        macro, is_new = Macro.objects.get_or_create(
            store=store,
            folder=starter.folder,
            name=starter.name,
            defaults={
                "actions": list(starter.actions),
                "shown_when": starter.shown_when or {},
                "position": position * 10,
            },
        )
        if is_new:
            MacroText.objects.bulk_create(
                MacroText(macro=macro, language=language, text=text) for language, text in starter.texts.items()
            )
