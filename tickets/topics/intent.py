"""Whether a text declares a cancellation, not only speaks of one. Careful: what it finds may cancel by itself."""

import re

# Each declares in so many words, by its writer, now.
DECLARED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"\b(?:please|kindly) (?:cancel|end|terminate|stop) (?:my|this|our|the) (?:\w+ )?"
        r"(?:subscription|membership|plan|contract|box)",
        r"\bi(?: |'d )(?:hereby |want to |would like to |wish to |like to )?(?:cancel|terminate) (?:my|this|our|the) "
        r"(?:\w+ )?(?:subscription|membership|plan|contract|box)",
        r"\bi(?:'m| am) (?:hereby )?(?:cancell?ing|terminating) (?:my|this|our|the) (?:\w+ )?"
        r"(?:subscription|membership|plan|contract|box)",
        r"\bhiermit (?:kündige|kuendige|widerrufe) ich\b",
        r"\b(?:kündige|kuendige) ich (?:hiermit|mein|meine|meinen|das|den)\b",
        r"\bich (?:kündige|kuendige)\b",
        r"\bich (?:möchte|moechte|will) (?:\w+ ){0,3}(?:abo|abonnement|vertrag|mitgliedschaft|box)\w* (?:\w+ ){0,3}"
        r"(?:kündigen|kuendigen)\b",
        r"\b(?:bitte|bitte auch) (?:\w+ ){0,2}(?:kündigen|kuendigen|kündigt|kündigen sie)\b",
        r"\b(?:quiero|quisiera|deseo) (?:cancelar|dar de baja) (?:mi|la|esta) (?:suscripción|suscripcion|caja)",
        r"\b(?:por favor|favor de) (?:cancelen?|cancelar|den? de baja) (?:mi|la|esta) (?:suscripción|suscripcion|caja)",
        r"\bcancelo mi (?:suscripción|suscripcion)",
    )
)
# A sentence with one of these asks, tells or imagines.
NOT_MEANT = re.compile(
    r"\?|¿|\b(?:how|if|unless|before|whether|don't|do not|dont|didn't|did not|never|not|already|tried|cannot|can't|"
    r"could|would have|was going|wie|wenn|falls|ob|bevor|nicht|nie|bereits|schon|kann|könnte|cómo|como|si|no|nunca|"
    r"ya|puedo|about to|thinking|overlegt|order|bestellung|pedido)\b",
    re.I,
)
SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
LONGEST = 20_000  # characters that are read


def declares_cancellation(text: str) -> bool:
    """True only where a sentence says plainly that its writer cancels, and none takes it back."""
    found = False
    for match in SENTENCE.finditer(text[:LONGEST].replace("’", "'")):
        sentence = match[0]
        if not any(pattern.search(sentence) for pattern in DECLARED):
            continue
        if NOT_MEANT.search(sentence):
            return False
        found = True
    return found
