"""What the writer of a mail wrote now, told apart from what was there before.

A scan from top to bottom sorts lines into the writer's own text and the rest. In doubt a line stays visible:
a customer's words hidden by mistake are worse than a quote shown. Every pattern takes linear time.
"""

import re
from dataclasses import dataclass, field

from tickets.mail import reply_words as words
from tickets.mail.quote_headers import LOOSE, HeaderBlock, attribution_at, header_block_at, plain_line

MAX_LINES = 5_000  # the rest counts as quoted: nobody writes that much
MAX_LINE = 1000
MAX_SEARCHED = 400  # lines of hidden text that are searched for another's mail

QUOTED = re.compile(r"^[ \t]{0,3}(?:>|&gt;)")
NAMED_QUOTE = re.compile(r"^[A-Z][A-Za-z]{0,9}>(?: |$)")
FORWARD = re.compile(
    rf"^[\s>*]*(?:[-_=*]{{2,}}\s*(?:{words.FORWARDS})\s*:?\s*[-_=*]*|(?:{words.FORWARDS})\s?[:：])\W*$", re.I
)
ORIGINAL = re.compile(rf"^[\s>*]*[-_=*]{{2,}}\s*(?:{words.ORIGINALS})\s*:?\s*[-_=*]*\W*$", re.I)
ABOVE_LINE = re.compile(rf"^(?:##- .{{4,200}} -##|[^\w\n]{{0,12}}.{{0,40}}?(?:{words.ABOVE_LINE}).{{0,40}})$", re.I)
ABOVE = re.compile(
    r"##-|above|über|oberhalb|dessus|encima|arriba|acima|sopra|boven|ovan|over|oven|ylä|powy|nad|выше|над|вище|上|以|위",
    re.I,
)
MARKS = frozenset("#=*_~<>-")
RULE = re.compile(r"^\s*(?:_{2,}|-{5,}|—{2,}|–{3,})\s*$")
DELIMITER = re.compile(r"^(?:--|—\xa0?--)[ \xa0]*$")
FOOTER = re.compile(
    rf"^\W{{0,4}}(?:(?:{words.SENT_FROM}).{{0,60}}?(?:{words.DEVICES})\b.{{0,80}}|(?:{words.WHOLE_FOOTERS}))\W*$",
    re.I,
)
DEVICE_FIRST = re.compile(rf"^\W{{0,4}}(?:{words.DEVICE_FIRST})\W*$", re.I)
SENT_FROM_MY = re.compile(
    r"^\W{0,4}(?:sent from my|envoyé de mon|enviado desde mi|inviato dal mio|gesendet von meinem|verzonden vanaf mijn|"
    r"skickat från min|sendt fra min|lähetetty|wysłane z mojego|отправлено с моего|odesláno z mého)\s+\S.{0,70}$",
    re.I,
)
PARCELS = re.compile(rf"\b(?:{words.PARCELS})\b", re.I)
MINE_OR_SORRY = re.compile(rf"{words.MINE}|{words.APOLOGY}", re.I)
MOST_FOOTER_WORDS = 9
ADVERTS = re.compile(
    r"^\W*(?:you are receiving this because you|reply to this email directly(?:,| or).{0,20}view)\b", re.I
)
INLINE = "--- On "  # on the writer's own line, where a program forgot the line end
INLINE_SPLIT = re.compile(r"^(.*[^\s-])(-{3,} On .{6,200} wrote:?\s*)$")
ONLY_LINKS = re.compile(r"^\W*(?:https?://\S+|<[^<>\s]+>)?\W*$")


@dataclass
class Split:
    """The two parts of a body, and what it says about a mail that it carries."""

    visible: str = ""
    quoted: str = ""
    forwarded: bool = False
    header_block: HeaderBlock | None = None
    marked_as_forward: bool = False


@dataclass
class Scan:
    lines: list[str]
    visible: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    result: Split = field(default_factory=Split)
    position: int = 0

    def says_something(self) -> bool:
        return any(line.strip() and not RULE.match(line) for line in self.visible)

    def hide(self, count: int) -> None:
        self.quoted += self.lines[self.position : self.position + count]
        self.position += count

    def hide_rest(self) -> None:
        if not self.result.forwarded:
            rest = self.lines[self.position : self.position + MAX_SEARCHED]
            self.result.forwarded = any(header_block_at(rest, at) for at in range(len(rest)))
        self.hide(len(self.lines) - self.position)


def split_reply(text: str) -> Split:
    """Split a plain-text body. Nothing is lost: what is not visible is in `quoted`, in order."""
    all_lines = text.split("\n", MAX_LINES)  # the last holds all the rest
    lines: list[str] = []
    for line in all_lines[:MAX_LINES]:
        line = line.rstrip("\r")
        if INLINE in line and len(line) <= 400 and (inline := INLINE_SPLIT.match(line)):
            lines += [inline[1], inline[2]]
        else:
            lines.append(line)
    scan = Scan(lines)
    while scan.position < len(lines):
        step(scan)
    visible = tidy(scan.visible)
    quoted = tidy(scan.quoted + all_lines[MAX_LINES:])
    if not visible and quoted and all(is_quoted(line) or not line.strip() for line in lines):
        visible, quoted = quoted, ""  # nothing but a quotation that nothing introduces: it is what was meant
    scan.result.visible, scan.result.quoted = visible, quoted
    return scan.result


def step(scan: Scan) -> None:
    """Sort the line at the scan's position, with those that belong to it."""
    lines, at = scan.lines, scan.position
    line = lines[at]
    if not line.strip():
        scan.visible.append("")
        scan.position += 1
    elif is_quoted(line):
        _quote(scan, attributed=False)
    elif len(line) > MAX_LINE:  # a paragraph, not a mark
        scan.visible.append(line)
        scan.position += 1
    elif FORWARD.match(line) or ORIGINAL.match(line):
        _separator(scan)
    elif _is_above_line(line):
        _tail(scan)
    elif block := header_block_at(lines, at):
        _header_block(scan, block, 0)
    elif RULE.match(line) and (block := header_block_at(lines, _next_text(lines, at + 1))):
        _header_block(scan, block, _next_text(lines, at + 1) - at)
    elif span := attribution_at(lines, at):
        _attribution(scan, span)
    elif _is_signature(scan) or _is_footer(scan):
        _tail(scan)
    else:
        scan.visible.append(line)
        scan.position += 1


def is_quoted(line: str) -> bool:
    return bool(QUOTED.match(line) or NAMED_QUOTE.match(line))


def _is_above_line(line: str) -> bool:
    """Whether this is the line that a help desk asked to write above: marked off, or nothing but that."""
    line = line.strip()
    if len(line) > 240 or not (line[0] in MARKS or line[-1] in MARKS or len(line.split()) <= 9):
        return False
    return bool(ABOVE.search(line) and ABOVE_LINE.match(line))


def _next_text(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _quote_end(lines: list[str], at: int) -> int:
    """The line after a block of quoted lines, wrapped and blank lines between them included."""
    end = at
    while at < len(lines):
        if is_quoted(lines[at]):
            at += 1
            end = at
        elif not lines[at].strip():
            at += 1
        elif at == end and at + 1 < len(lines) and is_quoted(lines[at + 1]) and len(lines[at]) < 80:
            at += 1  # the tail of a quoted line that some program wrapped
        elif at == end and at and _goes_on(lines[at - 1], lines[at]):
            at += 1
            end = at
        else:
            break
    return end


def _goes_on(quoted: str, line: str) -> bool:
    """Whether a line is the wrapped end of a long quoted one: it starts small where the other stops mid-sentence."""
    return len(quoted) >= 60 and line[:1].islower() and quoted.rstrip()[-1:] not in {".", "!", "?", ":"}


def _quote(scan: Scan, attributed: bool) -> None:
    lines, at = scan.lines, scan.position
    end = _quote_end(lines, at)
    inner = [QUOTED.sub("", line[:MAX_LINE]).strip() for line in lines[at : min(end, at + MAX_SEARCHED)]]
    first = _next_text(inner, 0)
    if first < len(inner):
        forward = FORWARD.match(inner[first])
        block = header_block_at(inner, _next_text(inner, first + 1) if forward else first)
        if forward or block:
            _note_forward(scan, block, bool(forward))
            attributed = True
        attributed = attributed or bool(attribution_at(inner, first))
    after = _next_text(lines, end)
    answered = after < len(lines) and not _starts_rest(scan, after)
    if not attributed and answered:
        # Nobody introduced this quotation and its writer goes on below: it belongs to the answer.
        scan.visible += lines[at:end]
        scan.position = end
        return
    if not attributed:
        _hide_loose_introduction(scan)
    scan.visible.append("")
    scan.hide(end - at)


def _hide_loose_introduction(scan: Scan) -> None:
    """Take "Ann wrote:" along with the quotation below it that ends the mail."""
    last = next((at for at in range(len(scan.visible) - 1, -1, -1) if scan.visible[at].strip()), None)
    if last is None or last < len(scan.visible) - 2 or not LOOSE.search(plain_line(scan.visible[last])):
        return
    if last and scan.visible[last - 1].strip():
        return  # the end of a paragraph of its writer's own
    scan.quoted += scan.visible[last:]
    del scan.visible[last:]


def _starts_rest(scan: Scan, at: int) -> bool:
    lines = scan.lines
    return bool(
        DELIMITER.match(lines[at])
        or RULE.match(lines[at])
        or attribution_at(lines, at)
        or _is_footer_line(lines[at])
        or header_block_at(lines, at)
    )


def _separator(scan: Scan) -> None:
    lines, at = scan.lines, scan.position
    forward = bool(FORWARD.match(lines[at]))
    start = _next_text(lines, at + 1)
    if block := header_block_at(lines, start):
        if forward:
            scan.result.marked_as_forward = True
        _header_block(scan, block, start - at)
        return
    if forward or scan.says_something():
        scan.result.forwarded |= forward
        scan.result.marked_as_forward |= forward
    if scan.says_something():
        scan.hide_rest()
    else:
        scan.hide(1)


def _header_block(scan: Scan, block: HeaderBlock, before: int) -> None:
    first = not scan.says_something()
    _note_forward(scan, block, scan.result.marked_as_forward)
    if first:
        scan.hide(before + block.lines)  # a bare forward: the forwarded text is all there is to show
    else:
        while scan.visible and (not scan.visible[-1].strip() or RULE.match(scan.visible[-1])):
            scan.quoted.insert(0, scan.visible.pop())
        scan.hide_rest()


def _note_forward(scan: Scan, block: HeaderBlock | None, marked: bool) -> None:
    scan.result.forwarded = True
    scan.result.marked_as_forward |= marked
    if block and scan.result.header_block is None:
        scan.result.header_block = block


def _attribution(scan: Scan, span: int) -> None:
    lines, at = scan.lines, scan.position
    following = _next_text(lines, at + span)
    if following < len(lines) and is_quoted(lines[following]):
        scan.hide(following - at)
        _quote(scan, attributed=True)
    elif scan.says_something():
        scan.hide_rest()
    else:
        scan.hide(span)


def _is_signature(scan: Scan) -> bool:
    lines, at = scan.lines, scan.position
    line = lines[at]
    if DELIMITER.match(line):
        return True
    if ADVERTS.match(line):
        return scan.says_something()
    if not RULE.match(line) or not scan.says_something():
        return False
    if at and lines[at - 1].strip():
        return False  # underlines something
    if at + 1 < len(lines) and not lines[at + 1].strip() and "__" not in line:
        return False  # divides sections
    rest = [text for text in lines[at + 1 : at + 61] if text.strip()]
    own = rest[: next((i for i, text in enumerate(rest) if is_quoted(text)), len(rest))]
    return 0 < len(own) <= 12 and all(len(text) <= 120 and not RULE.match(text) for text in own)


def _is_footer_line(line: str) -> bool:
    """Whether a line is what a phone or an app adds, rather than a sentence about what was sent from where."""
    if len(line) > 160:
        return False
    plain = plain_line(line)
    if FOOTER.match(plain) or (not plain.isascii() and DEVICE_FIRST.match(plain)):
        if MINE_OR_SORRY.search(plain):
            return True
        return len(plain.split()) <= MOST_FOOTER_WORDS and not PARCELS.search(plain)
    return False


def _is_footer(scan: Scan) -> bool:
    line = scan.lines[scan.position]
    if _is_footer_line(line):
        return True
    if len(line) > 160 or not SENT_FROM_MY.match(plain_line(line)):
        return False
    return _next_text(scan.lines, scan.position + 1) >= len(scan.lines) or not scan.lines[scan.position + 1].strip()


def _tail(scan: Scan) -> None:
    """A signature or a footer: what follows is no longer its writer's, unless nothing came before it."""
    if scan.says_something() or DELIMITER.match(scan.lines[scan.position]) is None:
        if scan.says_something():
            scan.hide_rest()
        else:
            scan.hide(1)
    else:
        scan.hide_rest()


def tidy(lines: list[str]) -> str:
    """Lines as text, runs of blank lines that a removal left behind made one."""
    text = "\n".join(line.rstrip() for line in lines)
    return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n").rstrip() if text.strip() else ""
