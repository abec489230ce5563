"""The lines with which mail programs introduce another's mail: "On … she wrote:", and blocks of From, Sent, To."""

import re
from dataclasses import dataclass
from functools import lru_cache

from tickets.mail import reply_words as words

MAX_LINE = 600

# Spaces of other widths, and the marks that turn the direction of reading.
INVISIBLE = {
    0xA0: " ",
    0x202F: " ",
    **dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]),
}
PREFIX = re.compile(r"^[\s>*|]+")
LABEL_LINE = re.compile(r"^([^\W\d_][^:：<>@]{0,24}?|[^\W\d_])\s?[:：]\s*(.*)$")
INNER_LABEL = re.compile(r"\s(objet|betreff|subject|asunto|oggetto|onderwerp)\s?:", re.I)
# Labels on one line with the first, as web pages copy them: capitals tell them from words.
SAME_LINE = re.compile(
    r"(?<=[\s>;\w])(Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado(?: el)?|Enviada em|"
    r"Fecha|Para|Asunto|Assunto|Inviato|Data|Oggetto|Verzonden|Aan|Onderwerp|Skickat|Till|Ämne|Sendt|Til|Emne|Wysłano|Do|Temat|Odesláno|Komu|Předmět|"
    r"Отправлено|Кому|Тема|发送时间|收件人|主题)\s?[:：]"
)
TIME = re.compile(r"\d{1,2}\s?[:h時时시点點]\s?\d\d(?::\d\d)?|(?<![\d.])\d{1,2}\.\d\d(?![\d.])")
PLAIN_DATES = frozenset(words.PLAIN_DATES.split("|"))
KINDS = {label: kind for kind, labels in words.LABELS.items() for label in labels.split("|")}

VERB = rf"(?:{words.WROTE})"
FIRST_PERSON = re.compile(words.FIRST_PERSON.replace("{verb}", VERB), re.I)
SECOND_PERSON = re.compile(words.SECOND_PERSON.replace("{verb}", VERB), re.I)
DIGIT_OR_ADDRESS = re.compile(r"\d|@")
ENDS_WITH_VERB = re.compile(rf"(?:^|[\W\d]|(?<=[^\x00-\x7f])){VERB}\s?[:：]?\W{{0,12}}$", re.I)
VERB_THEN_DATE = re.compile(
    rf"[\s>\"]{VERB}\s(?:[^\n]{{0,12}}?\s)?(?:am|um|den|på|el|le|il|on|op|em|kl\.?|at|\d|pe|ma|ti|ke|to|la|su|w|dne|folgendes|följande|følgende|"
    rf"lo siguiente|het volgende|ce qui suit|quanto segue|<).{{0,90}}[:：]\W{{0,6}}$",
    re.I,
)
DATE_VERB_NAME = re.compile(rf"^.{{0,40}}\d.{{0,80}}?\s{VERB}\s[^.!?\n]?[^!?\n]{{0,150}}[:：]\W{{0,4}}$", re.I)
OPENER = re.compile(rf"^\W{{0,12}}(?:(?:{words.OPENERS})(?![^\W\d_])|\d)", re.I)
NAME_FIRST = re.compile(r"^[^<>@\n]{1,80}<[^<>@\s]{1,100}@[^<>\s]{1,200}>")
DATED_NAME = re.compile(
    r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:,?\s+\d{1,2}[:.]\d{2}(?::\d{2})?)?(?:\s*(?:GMT|UTC)\s?[+-]\d{1,2}:?\d{0,2})?"
    r"\s+[^\n]{0,120}?(?P<end><\s?[^<>\s]+@[^<>\s]+>\s*:?|:)?$"
)
ZONE = re.compile(r"\b(?:GMT|UTC)\s?[+-]\d{1,2}")
# A time and, at the end, an address with a colon: no verb is needed, so no language is.
TIME_AND_ADDRESS = re.compile(r"^(?=.{0,160}?\d{1,2}[:.]\d{2}).{8,220}<\s?[^<>\s]+@[^<>\s]+>\s?[:：]$")
DATED_ADDRESS = re.compile(r"^\d{4}\s?年.{4,40}\d{1,2}[:.]\d{2}.{0,12}\s[^<>\s]+@[^<>\s]+[:：]$")
# A name of few words, the verb, a whole date with its time, and nothing more.
NAME_VERB_DATE = re.compile(
    rf"^(?:\S{{1,40}}\s){{1,5}}{VERB}\s[^\n]{{0,20}}?"
    r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}\.? \w{3,12}\.? \d{4})"
    r"[^\n]{0,14}?\d{1,2}[:.]\d{2}[^\n]{0,20}[:：]$",
    re.I,
)
# Introduces a quotation only where one follows that ends the mail.
LOOSE = re.compile(rf"(?:^|\s)(?:{VERB}|quoting|zitat von|citando|citation de|citat|citaat)\b.{{0,120}}[:：]$", re.I)
DASHED = re.compile(rf"^-{{2,}}\s*.{{3,250}}{VERB}\s*:?\s*-{{2,}}\W*$", re.I)
LINKED = re.compile(r"<mailto:[^<>]*>|\(mailto:[^()]*\)|\[mailto:[^\[\]]*\]")


@dataclass(frozen=True)
class HeaderBlock:
    """A block of headers inside a body: how many lines, and the values by kind (from, date, to, subject, cc)."""

    lines: int
    values: dict[str, str]


@lru_cache(maxsize=256)  # each line is looked at from several sides
def plain_line(line: str) -> str:
    """A line without marks of emphasis and quoting, its spaces run together."""
    line = PREFIX.sub("", line[:MAX_LINE] if line.isascii() else line[:MAX_LINE].translate(INVISIBLE))
    return " ".join(line.replace("*", "").split())


def header_block_at(lines: list[str], at: int) -> HeaderBlock | None:
    """The header block that starts at this line: From and at least one of date, recipient and subject."""
    if at >= len(lines) or (first := _label(lines[at])) is None:
        return None
    if first[0] not in ("from", "date", "subject", "to"):
        return None
    if values := _same_line(first[0], first[1]):
        return HeaderBlock(1, values)
    position, last, blanks, tails = at, at, 0, 0
    kind, is_sent = "", False
    while position < len(lines) and position - at < 24:
        line = lines[position]
        if not line.strip():
            if kind and not values[kind]:  # a table's cells: the label alone, its value below
                position += 1
                continue
            blanks += 1
            if blanks > 1 or len(values) >= 4:
                break
            position += 1
            continue
        found = _label(line)
        if found:
            kind, value, word = found
            is_sent |= kind == "date" and word not in PLAIN_DATES
            if kind in values and kind != "cc":
                break
            values[kind] = value
            if inner := INNER_LABEL.search(" " + value):
                values.setdefault(KINDS[inner[1].lower()], value[inner.end() - 1 :].strip())
            tails = 0
        elif blanks or not kind or tails >= 3:
            break
        else:
            tails += 1  # a value that goes on in the next line
            values[kind] += " " + line.strip()
        blanks = 0
        position += 1
        last = position
    if not _is_block(values, first[0], is_sent):
        return None
    return HeaderBlock(_without_text(lines, at, last, values), values)


def _is_block(values: dict[str, str], first: str, is_sent: bool) -> bool:
    """Whether these are a mail's headers, rather than the labels of a form that its writer filled in.

    `is_sent`: the date's label says that something was sent, as none but mail programs' do.
    """
    has_time = bool(TIME.search(values.get("date", "")))
    if "from" not in values:
        return first in ("date", "to") and has_time and "@" in values.get("to", "")
    if not {"date", "to", "subject"} & values.keys() or (first != "from" and "@" not in values["from"]):
        return False
    if "@" in values["from"]:
        return True
    if "@" in values.get("to", ""):
        return has_time or len(values) >= 3
    return ("subject" in values and ("date" in values or "to" in values)) or (is_sent and has_time and "to" in values)


def _same_line(kind: str, value: str) -> dict[str, str]:
    """The headers of a block whose line ends were lost, or {}."""
    found = list(SAME_LINE.finditer(value)) if kind == "from" and "@" in value else []
    if len(found) < 2:
        return {}
    values = {kind: value[: found[0].start()].strip()}
    for label, following in zip(found, [*found[1:], None], strict=True):
        text = value[label.end() : following.start() if following else len(value)].strip()
        values.setdefault(KINDS[label[1].lower()], text)
    return values if len(values) >= 3 else {}


def _without_text(lines: list[str], at: int, last: int, values: dict[str, str]) -> int:
    """How many lines the block has. A wrapped subject has at most one more line, so that no text is taken."""
    labelled = max(i for i in range(at, last) if _label(lines[i]))
    return min(last, labelled + 3) - at


def _label(line: str) -> tuple[str, str, str] | None:
    """(kind, value, the label itself) of a line that begins with a header's name."""
    if ":" not in line and "：" not in line:
        return None
    found = LABEL_LINE.match(plain_line(line))
    if not found:
        return None
    word = found[1].strip().lower()
    kind = KINDS.get(word)
    return (kind, found[2].strip(), word) if kind else None


def attribution_at(lines: list[str], at: int) -> int:
    """How many lines from here on introduce a quotation ("On Monday, Ann wrote:"), 0 where they do not."""
    if at >= len(lines) or not lines[at].strip() or len(lines[at]) > MAX_LINE:
        return 0
    joined = ""
    start = plain_line(lines[at])
    opens = bool(OPENER.match(start))
    for span in range(1, 6):
        index = at + span - 1
        if index >= len(lines) or not lines[index].strip():
            return 0
        joined = (joined + " " + plain_line(lines[index])).strip()
        if len(joined) > MAX_LINE:
            return 0
        if (span == 1 or opens or start.endswith("<") or NAME_FIRST.match(start)) and _introduces(
            LINKED.sub("", joined), opens
        ):
            return span
    return 0


def _introduces(text: str, opens: bool) -> bool:
    if DASHED.match(text):
        return True
    if not DIGIT_OR_ADDRESS.search(text):
        return False
    if TIME_AND_ADDRESS.match(text) or DATED_ADDRESS.match(text):
        return True
    if opens and (dated := DATED_NAME.match(text)) and (ZONE.search(text) or (dated["end"] and "@" in dated["end"])):
        return True
    named = "@" in text
    if not _says_wrote(text, opens, named):
        return False
    if not named and not DIGIT_OR_ADDRESS.search(TIME.sub("", text)):
        return False  # a time without a day: somebody tells what happened
    return named or not (
        FIRST_PERSON.search(text[-120:]) or (SECOND_PERSON.search(text[-120:]) and not TIME.search(text))
    )


def _says_wrote(text: str, opens: bool, named: bool) -> bool:
    if (opens or named) and ENDS_WITH_VERB.search(text[-80:]):
        return text.endswith((":", "：")) or named or len(text) < 200
    if ":" not in text[-8:] and "：" not in text[-8:]:
        return False
    if (opens or named) and VERB_THEN_DATE.search(text):
        return True
    return bool(NAME_VERB_DATE.match(text) or (opens and DATE_VERB_NAME.match(text)))
