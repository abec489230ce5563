"""The automatic answers that a new queue starts with, to be changed in the admin."""

from tickets.enums import AnswerKind
from tickets.models import AutomaticAnswer, Queue

ACKNOWLEDGEMENTS = {
    "en": """Hello {{ name }},

thank you for your message. It has reached us as {{ number }}, and a person will answer you.

To add something, just reply to this mail.

{{ store }}""",
    "de": """Hallo {{ name }},

danke für Ihre Nachricht. Sie ist unter {{ number }} bei uns angekommen, und ein Mensch wird Ihnen antworten.

Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Mail.

{{ store }}""",
    "es": """Hola {{ name }}:

Gracias por escribirnos. Hemos recibido su mensaje con el número {{ number }} y una persona le responderá.

Si quiere añadir algo, responda a este correo.

{{ store }}""",
    "pt": """Olá {{ name }},

obrigado pela sua mensagem. Ela chegou até nós com o número {{ number }} e uma pessoa vai responder.

Se quiser acrescentar algo, basta responder a este e-mail.

{{ store }}""",
}
LIMITS = {
    "en": """Hello {{ name }},

we have your message ({{ number }}), but these files were too large or too many for us to take:

{{ files }}

Please send them smaller, or a few at a time, as a reply to this mail.

{{ store }}""",
    "de": """Hallo {{ name }},

Ihre Nachricht ({{ number }}) ist da, aber diese Dateien waren zu groß oder zu viele für uns:

{{ files }}

Bitte schicken Sie sie kleiner oder einzeln, als Antwort auf diese Mail.

{{ store }}""",
    "es": """Hola {{ name }}:

Hemos recibido su mensaje ({{ number }}), pero estos archivos eran demasiado grandes o demasiados:

{{ files }}

Envíelos más pequeños o en varios correos, respondiendo a este mensaje.

{{ store }}""",
    "pt": """Olá {{ name }},

recebemos sua mensagem ({{ number }}), mas estes arquivos eram grandes demais ou muitos:

{{ files }}

Envie-os menores ou aos poucos, respondendo a este e-mail.

{{ store }}""",
}


def install_answers(queue: Queue) -> None:
    """The answers in four languages; what the queue has already stays as it is."""
    texts = {AnswerKind.ACKNOWLEDGEMENT: ACKNOWLEDGEMENTS, AnswerKind.LIMITS: LIMITS}
    AutomaticAnswer.objects.bulk_create(
        [
            AutomaticAnswer(queue=queue, kind=kind, language=language, text=text)
            for kind, of_kind in texts.items()
            for language, text in of_kind.items()
        ],
        ignore_conflicts=True,
    )
