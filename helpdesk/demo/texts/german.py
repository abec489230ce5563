"""What German-speaking subscribers write, and what they are answered."""

from helpdesk.demo.texts.story import Story

DAMAGED = Story(
    topic="damaged",
    queue="deliveries",
    about_box=True,
    priority=2,
    language="de",
    subjects=("Box beschädigt angekommen", "{Item} ist kaputt", "Beschädigte Lieferung {order}"),
    openings=(
        "meine Box ist heute leider [beschädigt angekommen|völlig zerdrückt angekommen]. {Item} ist "
        "zerbrochen, der Tee liegt lose im Karton. Fotos kann ich gerne schicken. [Bekomme ich Ersatz?|Wie gehen "
        "wir jetzt vor?]",
        "das Paket war an einer Ecke eingerissen und {item} ist kaputt und ausgelaufen, alles klebt. Sehr schade, ich "
        "hatte mich darauf gefreut. Bestellung {order}.",
        "{Item} ist kaputt, Karton zerdrückt. Bitte um Ersatz. Danke.",
    ),
    replies=(
        "Hallo {first}, das tut mir leid! Ich schicke Ihnen {item} noch einmal, das Paket geht "
        "morgen raus. Zurückschicken müssen Sie nichts.",
        "Hallo {first}, vielen Dank für die Nachricht, so soll keine Box ankommen. Ich habe Ihnen {item} neu "
        "bestellt. Stimmt die Adresse noch?",
    ),
    answers=("Ja, die Adresse stimmt. Vielen Dank für die schnelle Hilfe!", "Super, danke!"),
    seconds=("Sehr gerne, {first}. Viel Freude mit dem Tee!",),
    notes=("{Item} kam kaputt an, Ersatz ohne Rücksendung.",),
)

LATE = Story(
    topic="late",
    queue="deliveries",
    about_box=True,
    language="de",
    subjects=("Wo bleibt meine Box?", "Lieferung {order} verspätet"),
    openings=(
        "meine Box sollte am {expected} kommen und ist immer noch nicht da. Die Sendungsverfolgung zeigt seit "
        "Tagen nichts Neues. Können Sie bitte nachsehen?",
        "wo bleibt meine Box? Laut Tracking ({tracking}) ist sie seit einer Woche unterwegs. Die Lieferung ist "
        "verspätet und ich bin ab {day} verreist.",
    ),
    replies=(
        "Hallo {first}, Entschuldigung für die Verspätung. Das Paket hing im Verteilzentrum und ist wieder in "
        "Bewegung. Sollte es bis {day} nicht da sein, schicke ich sofort ein neues.",
    ),
    answers=("Danke, dann warte ich noch.", "Heute angekommen, vielen Dank!"),
    seconds=("Das freut mich, {first}. Lassen Sie es sich schmecken!",),
)

BILLING = Story(
    topic="billing",
    queue="billing",
    language="de",
    subjects=("Doppelte Abbuchung", "Zweimal abgebucht"),
    openings=("mir wurde die Box diesen Monat doppelt abgebucht, zweimal {price}. Bitte erstatten Sie einen Betrag.",),
    replies=(
        "Hallo {first}, danke für den Hinweis. Ich habe Ihnen {price} zurückgebucht; je nach Bank dauert es zwei "
        "bis fünf Werktage.",
        "Hallo {first}, die Rechnung schicke ich Ihnen heute noch als PDF. Melden Sie sich gerne, wenn etwas fehlt.",
    ),
    answers=("Vielen Dank!", "Ist angekommen, danke."),
    seconds=("Gerne, {first}!",),
)

CANCEL = Story(
    topic="cancel",
    queue="cancellations",
    language="de",
    subjects=("Kündigung", "Abo kündigen"),
    openings=(
        "hiermit möchte ich mein Abo zum nächstmöglichen Zeitpunkt kündigen. Bitte bestätigen Sie mir die Kündigung "
        "schriftlich.",
        "ich möchte mein Abo kündigen, es stapelt sich hier einfach zu viel Tee. War trotzdem schön mit euch!",
    ),
    replies=(
        "Hallo {first}, Ihr Abo ist ab sofort gekündigt, es wird nichts mehr abgebucht. Die Bestätigung kommt in einer "
        "eigenen Mail. Alles Gute!",
    ),
    answers=("Danke für die schnelle Erledigung.",),
    seconds=("Gerne, {first}. Vielleicht bis bald!",),
)

QUESTION = Story(
    topic="product_question",
    queue="support",
    language="de",
    subjects=("Wie lange ziehen lassen?", "Ziehzeit"),
    openings=("wie lange muss der Tee ziehen? Es geht um {item}, die Karte ist mir leider abhandengekommen.",),
    replies=("Hallo {first}, bei 80 Grad zwei bis drei Minuten, dann bleibt es mild. Guten Genuss!",),
    answers=("Danke schön!",),
    seconds=("Immer gerne!",),
)

STORIES = (DAMAGED, LATE, BILLING, CANCEL, QUESTION)
