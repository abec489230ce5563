"""What Spanish-speaking subscribers write, and what they are answered."""

from helpdesk.demo.texts.story import Story

DAMAGED = Story(
    topic="damaged",
    queue="deliveries",
    about_box=True,
    priority=2,
    language="es",
    subjects=("Mi caja llegó dañada", "{item} roto", "Pedido {order} dañado"),
    openings=(
        "mi caja [llegó dañada|llegó aplastada] y el {item} está roto. El té se salió y está por todas partes. "
        "¿Me pueden mandar otro? Tengo fotos.",
        "acabo de abrir la caja y el {item} llegó roto, una lástima porque era un regalo. ¿Qué hago?",
    ),
    replies=(
        "Hola {first}, lo siento mucho. Ya pedí un reemplazo del {item}, sale mañana y no tienes que devolver nada.",
        "Hola {first}, gracias por avisarnos y perdona las molestias. Te enviamos otro {item} sin costo. ¿La "
        "dirección sigue siendo la misma?",
    ),
    answers=("Sí, la misma. ¡Muchas gracias!", "Mil gracias, qué rápidos."),
    seconds=("Con gusto, {first}. ¡Que lo disfrutes!",),
)

LATE = Story(
    topic="late",
    queue="deliveries",
    about_box=True,
    language="es",
    subjects=("¿Dónde está mi caja?", "Pedido {order} no ha llegado"),
    openings=(
        "mi caja tenía que llegar el {expected} y todavía no ha llegado. El seguimiento {tracking} no cambia desde "
        "hace días. ¿Pueden revisar?",
        "sigo esperando mi caja, ya tiene varios días de retraso. ¿Se perdió?",
    ),
    replies=(
        "Hola {first}, disculpa la demora. El paquete ya está otra vez en camino y debería llegar antes del {day}. "
        "Si no, te mando uno nuevo enseguida.",
    ),
    answers=("Gracias, espero entonces.", "¡Ya llegó, gracias!"),
    seconds=("¡Qué bueno, {first}! Que lo disfrutes.",),
)

CANCEL = Story(
    topic="cancel",
    queue="cancellations",
    language="es",
    subjects=("Cancelar mi suscripción", "Cancelación"),
    openings=(
        "quiero cancelar mi suscripción, por favor. Me mudo y no voy a poder recibir las cajas.",
        "por favor cancelen mi suscripción antes del próximo cobro. Gracias.",
    ),
    replies=(
        "Hola {first}, ya está cancelada y no se te cobrará nada más. Te llegará la confirmación por correo. ¡Mucha "
        "suerte!",
    ),
    answers=("Muchas gracias por todo.",),
    seconds=("A ti, {first}. ¡Hasta pronto!",),
)

QUESTION = Story(
    topic="product_question",
    queue="support",
    language="es",
    subjects=("Pregunta sobre el {item}",),
    openings=("¿el {item} tiene cafeína? Lo quiero para la noche, ¿y cuánto tiempo hay que dejarlo?",),
    replies=(
        "Hola {first}, no tiene cafeína, puedes tomarlo por la noche sin problema. Tres minutos en agua a 80 grados y "
        "listo.",
    ),
    answers=("¡Gracias!",),
    seconds=("¡Con gusto!",),
)

STORIES = (DAMAGED, LATE, CANCEL, QUESTION)
