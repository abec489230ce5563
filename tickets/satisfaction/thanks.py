"""Tells a mere thanks from a message that asks for something."""

import re

MOST_WORDS = 12
NAME = r"[A-ZÀ-ÖØ-Þ][^\W\d_A-Z]+"  # with one capital
KNOWN = re.compile(
    r"thanks?|thank|thx|ty|cheers|you|u|so|very|much|many|a|lot|million|again|all|for|your|the|help|helping|support|"
    r"quick|fast|great|perfect|good|nice|super|awesome|wonderful|appreciated?|appreciate|it|really|works|work|now|"
    r"everything|is|fine|job|well|done|hi|hello|dear|best|kind|regards|wishes|have|day|and|that|was|team|"
    r"danke|dankeschön|dankesehr|dank|vielen|herzlichen|besten|lieben|tausend|schön|sehr|für|die|eure|ihre|hilfe|"
    r"schnelle|euch|ihnen|dir|alles|gut|bestens|prima|toll|passt|jetzt|nett|liebe|viele|grüße|grüsse|hallo|lg|vg|mfg|"
    r"gracias|muchas|mil|muchísimas|por|su|tu|la|ayuda|todo|perfecto|genial|bien|excelente|rápida|rapida|respuesta|"
    r"agradecido|agradecida|hola|saludos|un|saludo|cordial|"
    r"obrigado|obrigada|muito|pela|ajuda|merci|beaucoup|grazie|mille|bedankt|dank|je|wel",
    re.I,
)
THANKS = re.compile(
    r"\b(?:thanks?|thx|ty|cheers|appreciate[ds]?|danke\w*|dank|gracias|agradecid[oa]|obrigad[oa]|merci|grazie|bedankt)\b",
    re.I,
)
WORD = re.compile(r"[^\W_]+")
# Names: with nothing between them and what thanks or greets, at an end; or in a last line of their own.
CALLED = re.compile(rf"([^\W\d_]+) {NAME}(?: {NAME})?(?=\W*$|[,.!\n])")
SIGNED = re.compile(rf"\n\W*{NAME}(?: {NAME})?\W*$")
SIGNS = "👍🙏❤😊🙂😀😄💚💛🎉☺"


def is_mere_thanks(text: str) -> bool:
    """Whether these words say thanks and nothing else. In doubt they do not: a person then reads them."""
    words = WORD.findall(text)
    if "?" in text or len(words) > MOST_WORDS:
        return False
    if not words:
        return any(sign in text for sign in SIGNS)
    rest = SIGNED.sub("", CALLED.sub(r"\1", text.strip()))
    return bool(THANKS.search(text)) and all(KNOWN.fullmatch(word) for word in WORD.findall(rest))
