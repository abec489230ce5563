"""The lines with which mail programs introduce another's mail: "On … she wrote:", and blocks of From, Sent, To."""

import re
from dataclasses import dataclass

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
KINDS = {label: kind for kind, labels in words.LABELS.items() for label in labels.split("|")}

VERB = rf"(?:{words.WROTE})"
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
DASHED = re.compile(rf"^-{{2,}}\s*.{{3,250}}{VERB}\s*-{{2,}}\W*$", re.I)
LINKED = re.compile(r"<mailto:[^<>]*>|\(mailto:[^()]*\)|\[mailto:[^\[\]]*\]")


@dataclass(frozen=True)
class HeaderBlock:
    """A block of headers inside a body: how many lines, and the values by kind (from, date, to, subject, cc)."""

    lines: int
    values: dict[str, str]


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
    values: dict[str, str] = {}
    position, last, blanks, tails = at, at, 0, 0
    kind = ""
    while position < len(lines) and position - at < 24:
        line = lines[position]
        if not line.strip():
            blanks += 1
            if blanks > 1 or len(values) >= 4:
                break
            position += 1
            continue
        found = _label(line)
        if found:
            kind, value = found
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
    if "from" not in values or not {"date", "to", "subject"} & values.keys():
        return None
    strong = len(values) >= 3 or "@" in values["from"] or ("date" in values and re.search(r"\d", values["date"]))
    if not strong or (first[0] != "from" and "@" not in values["from"]):
        return None
    if "subject" not in values and "date" not in values and "@" not in values["from"] + values.get("to", ""):
        return None
    return HeaderBlock(_without_text(lines, at, last, values), values)


def _without_text(lines: list[str], at: int, last: int, values: dict[str, str]) -> int:
    """How many lines the block has. A wrapped subject has at most one more line, so that no text is taken."""
    labelled = max(i for i in range(at, last) if _label(lines[i]))
    return min(last, labelled + 3) - at


def _label(line: str) -> tuple[str, str] | None:
    found = LABEL_LINE.match(plain_line(line))
    if not found:
        return None
    kind = KINDS.get(found[1].strip().lower())
    return (kind, found[2].strip()) if kind else None


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
        if (span == 1 or opens or NAME_FIRST.match(start)) and _introduces(LINKED.sub("", joined), opens):
            return span
    return 0


def _introduces(text: str, opens: bool) -> bool:
    if not DIGIT_OR_ADDRESS.search(text):
        return False
    if DASHED.match(text) or TIME_AND_ADDRESS.match(text):
        return True
    if opens and (dated := DATED_NAME.match(text)) and (ZONE.search(text) or (dated["end"] and "@" in dated["end"])):
        return True
    named = "@" in text
    if not (opens or named):
        return False
    if ENDS_WITH_VERB.search(text[-80:]):
        return text.endswith((":", "：")) or named or len(text) < 200
    if ":" not in text[-8:] and "：" not in text[-8:]:
        return False
    return bool(VERB_THEN_DATE.search(text) or (opens and DATE_VERB_NAME.match(text)))
