"""Which parts of a mail are its text, and which are attached."""

import html
import mimetypes
import re
from dataclasses import dataclass, field
from functools import partial

from tickets.mail import tnef
from tickets.mail.charsets import decode
from tickets.mail.headers import decode_words, split
from tickets.mail.html_text import text_of_html
from tickets.mail.parsed import Attachment
from tickets.mail.structure import Part

EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/rfc822-headers": ".txt",
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "video/quicktime": ".mov",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "application/pdf": ".pdf",
    "application/ms-tnef": ".dat",
    "application/zip": ".zip",
}
MAX_FLOWED = 200_000  # lines that are joined to paragraphs
META_CHARSET = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?([a-zA-Z0-9_:.-]{2,40})", re.I)
CONTROLS = re.compile("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
SPACE_STUFFED = re.compile(r"^ (?=[> ]|From )", re.M)


@dataclass
class Block:
    """A stretch of the message's text, in one or both forms."""

    text: str | None = None
    markup: str | None = None


@dataclass
class Bodies:
    """What was found, in the mail's order."""

    blocks: list[Block] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def text(self) -> str:
        pieces = [_block_text(block) for block in self.blocks]
        return "\n\n".join(piece for piece in pieces if piece.strip()) if len(pieces) > 1 else "".join(pieces)

    def markup(self) -> str:
        """The HTML as sent; where the mail mixes forms, its plain stretches are put between as they are."""
        if not any(block.markup for block in self.blocks):
            return ""
        pieces = []
        for block in self.blocks:
            if block.markup:
                pieces.append(block.markup)
            elif block.text and block.text.strip():
                pieces.append(f'<div style="white-space: pre-wrap">{html.escape(block.text)}</div>')
        return "\n".join(pieces)


def _block_text(block: Block) -> str:
    text = (block.text or "").strip()
    if block.markup and len(text) < 400 and (not text or len(block.markup) > 2000):
        of_markup = text_of_html(block.markup)
        if len(of_markup) > 8 * len(text):  # "Your program cannot show this" and the like: a stub
            return of_markup
    return block.text or ""


def read_bodies(root: Part, defects: list[str]) -> Bodies:
    """Walk the tree in order, without recursion. Every leaf ends as text or as an attachment."""
    found = Bodies()
    waiting: list[tuple[Part, Part | None, Block | None]] = [(root, None, None)]
    while waiting:
        part, parent, alternative = waiting.pop()
        if part.children:
            block = alternative
            if part.content_type == "multipart/alternative":
                block = Block()
                found.blocks.append(block)
            waiting += [(child, part, block) for child in reversed(part.children)]
        elif part.content_type.startswith("multipart/") and not part.body.strip():
            continue
        elif _is_text(part, parent):
            _add_text(found, part, alternative, defects)
        else:
            _attach(found, part, parent)
    _mark_inline(found)
    return found


def _is_text(part: Part, parent: Part | None) -> bool:
    kind = part.content_type
    if part.disposition[0] == "attachment":
        return False
    if kind.startswith("multipart/"):
        return parent is None  # a multipart that could not be split, alone: its text is all there is
    if parent is not None and parent.content_type == "multipart/related" and part is not parent.children[0]:
        return False
    if kind not in ("text/plain", "text/html", "text/enriched", "text/x-amp-html"):
        return kind.startswith("text/") and parent is None
    return not part.file_name or parent is None


def _add_text(found: Bodies, part: Part, alternative: Block | None, defects: list[str]) -> None:
    text = text_of(part, defects)
    if part.content_type == "text/x-amp-html":
        return
    is_html = part.content_type == "text/html" or (
        part.content_type == "text/plain" and text.lstrip()[:100].lower().startswith(("<html", "<!doctype html"))
    )
    if alternative is not None:
        if is_html and alternative.markup is None:
            alternative.markup = text
            return
        if not is_html and alternative.text is None:
            alternative.text = text
            return
        if is_html:
            alternative.markup = f"{alternative.markup}\n{text}"
        else:
            alternative.text = f"{alternative.text}\n{text}"
        return
    found.blocks.append(Block(markup=text) if is_html else Block(text=text))


def text_of(part: Part, defects: list[str]) -> str:
    """The decoded text of a text part, line ends made \\n."""
    data = part.decoded()
    charset = part.parameters.get("charset", "")
    if part.content_type == "text/html" and not data.isascii() and (meta := META_CHARSET.search(data[:4096])):
        charset = charset or meta[1].decode("ascii")
    where = "html" if part.content_type == "text/html" else "text"
    text = decode(data, charset, defects, where).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if part.parameters.get("format", "").lower() == "flowed" and text.count("\n") <= MAX_FLOWED:
        text = _unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
    return text


def _unflowed(text: str, delete_space: bool) -> str:
    """RFC 3676: soft line ends joined, so that a paragraph is one line."""
    lines: list[list[str]] = []  # each of the pieces that soft line ends join
    open_depth = -1
    for raw_line in text.split("\n"):
        depth = len(raw_line) - len(raw_line.lstrip(">"))
        content = raw_line[depth:]
        content = content[1:] if content.startswith(" ") else content
        soft = content.endswith(" ") and content != "-- "
        shown = content[:-1] if soft and delete_space else content
        if open_depth == depth and content != "-- ":
            lines[-1].append(shown)
        else:
            lines.append([(">" * depth + " " if depth else "") + shown])
        open_depth = depth if soft else -1
    return "\n".join("".join(pieces) for pieces in lines)


def _attach(found: Bodies, part: Part, parent: Part | None) -> None:
    kind = "application/octet-stream" if part.content_type.startswith("multipart/") else part.content_type
    inline = part.disposition[0] == "inline" or (parent is not None and parent.content_type == "multipart/related")
    name = attachment_name(part, kind, found.names)
    found.names.add(name)
    found.attachments.append(Attachment(name, kind, inline and bool(part.content_id), part.content_id, part.decoded))
    if kind in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == "winmail.dat":
        for inner_name, content in tnef.files(part.decoded()):
            name = safe_name(inner_name) or f"part-{len(found.attachments) + 1}"
            found.attachments.append(Attachment(name, "application/octet-stream", False, "", partial(bytes, content)))


def attachment_name(part: Part, kind: str, taken: set[str]) -> str:
    """The name that was sent, or one made from what the part is, told apart from the names `taken`."""
    if name := safe_name(part.file_name):
        return name
    name = ""
    if kind == "message/rfc822":
        headers, _ = split(part.raw, part.start, part.end, [])
        name = safe_name(decode_words(headers.text("subject")))
    extension = EXTENSIONS.get(kind) or mimetypes.guess_extension(kind, strict=False) or ""
    local = safe_name(part.content_id.partition("@")[0])
    if "." in local and (not extension or mimetypes.guess_type(local)[0] is not None):
        return local
    name = name or safe_name(decode_words(part.headers.text("content-description")))
    name = name or {"text": "document", "application": "file", "multipart": "file"}.get(
        part.content_type.split("/")[0], ""
    )
    name = name or part.content_type.split("/")[0]
    name = name if name.lower().endswith(extension) else name[:200] + extension
    if name not in taken:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem or ending}{len(taken)}{dot if stem else ''}{ending if stem else ''}"


def safe_name(name: str) -> str:
    """A file name without folders, control characters and marks that turn the reading direction."""
    return CONTROLS.sub("", name).replace("/", "_").replace("\\", "_").strip().strip(".")[-240:]


def _mark_inline(found: Bodies) -> None:
    """A part is inline if the HTML shows it; one that claims so, but is not shown, is an attachment."""
    markup = found.markup()
    if not any(attachment.content_id for attachment in found.attachments):
        return
    shown = set(re.findall(r"cid:([^\"'\s>)]+)", markup))
    found.attachments = [
        Attachment(a.name, a.content_type, bool(a.content_id) and a.content_id in shown, a.content_id, a.decode)
        if a.content_id or a.inline
        else a
        for a in found.attachments
    ]
