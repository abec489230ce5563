"""A mail's header block: split, unfolded, decoded, its parameters read."""

import base64
import binascii
import re
import urllib.parse
from dataclasses import dataclass
from functools import cached_property

from tickets.mail.charsets import clean, codec_of, decode, guess

# A header longer than this is cut for reading; the raw mail keeps it whole.
MAX_VALUE = 256 * 1024
MAX_HEADERS = 2000
MAX_STRAYS = 50
MAX_HEADER_BYTES = 1024 * 1024

BLANK = re.compile(rb"\r?\n\r?\n")
KNOWN = re.compile(
    rb"^(?:from|to|subject|date|message-id|mime-version|content-type|received|return-path):", re.I | re.M
)
FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[ \t]*(.*)", re.S)
WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*?)\?=", re.S)
# Between two encoded words white space is none (RFC 2047, 6.2).
BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
PARAMETER = re.compile(r";[ \t]*([^=;\s\"]+)[ \t]*=[ \t]*(\"(?:[^\"\\]|\\.)*\"?|[^;]*)", re.S)
CONTINUED = re.compile(r"^(.+?)\*(\d+)(\*?)$")


@dataclass
class HeaderBlock:
    """Headers in order, names as sent, values unfolded as raw bytes."""

    fields: list[tuple[str, bytes]]

    @cached_property
    def by_name(self) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        for key, value in self.fields:
            found.setdefault(key.lower(), []).append(value)
        return found

    def all(self, name: str) -> list[bytes]:
        return self.by_name.get(name, [])

    def first(self, name: str) -> bytes:
        values = self.by_name.get(name)
        return values[0] if values else b""

    def text(self, name: str) -> str:
        """The first value of a header as text, encoded words left as they are."""
        return plain(self.first(name))


def plain(value: bytes) -> str:
    """Raw header bytes as text: UTF-8 where it is (RFC 6532), else a guess."""
    value = value[:MAX_VALUE]
    text = value.decode("ascii") if value.isascii() else value.decode(guess(value), "replace")
    return clean(text, [], "")


def split(raw: bytes | memoryview, start: int, end: int, defects: list[str]) -> tuple[HeaderBlock, int]:
    """Read the header block at `start`; return it and where the body starts."""
    data = raw if isinstance(raw, bytes) else bytes(raw)
    fields: list[tuple[str, bytes]] = []
    position = start
    limit = min(end, start + MAX_HEADER_BYTES)
    name, pieces, strays = "", [b""], 0

    def keep() -> None:
        if name and len(fields) < MAX_HEADERS:
            fields.append((name, b"".join(pieces).strip(b" \t\r\n")))

    while position < end:
        newline = data.find(b"\n", position, end)
        after = end if newline < 0 else newline + 1
        line = data[position : min(after, position + MAX_VALUE)].rstrip(b"\r\n")
        if not line.strip():
            if line and name:  # white space alone: an ill-made fold, or the end of the block
                following = data[after : after + 200].split(b"\n", 1)[0]
                if FIELD.match(following) or following[:1] in (b" ", b"\t"):
                    position = after
                    continue
            position = after
            break
        if position > limit or len(fields) >= MAX_HEADERS:
            if "headers: too many or too long, the rest not read" not in defects:
                defects.append("headers: too many or too long, the rest not read")
            blank = BLANK.search(data, position, end)
            position = blank.end() if blank else end
            break
        if line[:1] in (b" ", b"\t") and name:
            if len(pieces) < 5000:
                pieces.append(b" " + line.lstrip(b" \t"))
        elif matched := FIELD.match(line):
            keep()
            name, pieces = matched[1].decode("ascii", "replace"), [matched[2]]
        elif not name and (line.startswith((b"From ", b">From ")) or (position > start and line[:1] in (b" ", b"\t"))):
            pass  # an mbox's separator
        elif name and strays < MAX_STRAYS and _more_follow(data, after, end):
            strays += 1  # a fold that lost its space
            pieces.append(line)
            if strays == 1:
                defects.append("headers: lines that are none, read as folds")
        elif not name and position == start:
            defects.append("headers: none")
            break
        else:
            # A line that is no header: the block ends here without its blank line.
            defects.append("headers: a line that is none ends them")
            break
        position = after
    keep()
    return HeaderBlock(fields), position


def _more_follow(data: bytes, position: int, end: int) -> bool:
    """Whether well-known headers come before the next blank line."""
    blank = BLANK.search(data, position, min(end, position + MAX_VALUE))
    return bool(blank and KNOWN.search(data, position, blank.start()))


def decode_words(value: str) -> str:
    """A header's text with its encoded words (RFC 2047) read, also those cut in the middle of a character."""
    value = value[:MAX_VALUE]
    if "=?" not in value:
        return clean(value, [], "")
    value = BETWEEN.sub(r"\1", value)
    pieces: list[str] = []
    position = 0
    pending, pending_charset = b"", ""

    def flush() -> None:
        nonlocal pending
        if pending:
            pieces.append(decode(pending, pending_charset, [], "header"))
            pending = b""

    for found in WORD.finditer(value):
        if found.start() > position:
            flush()
            pieces.append(value[position : found.start()])
        charset = found[1].partition("*")[0].lower()
        data = _word_bytes(found[2], found[3])
        if pending and charset != pending_charset:
            flush()
        if codec_of(charset) and "2022" in charset:
            flush()  # stateful: each word starts anew
        pending += data
        pending_charset = charset
        position = found.end()
    flush()
    pieces.append(value[position:])
    return clean("".join(pieces), [], "")


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "bB":
        data = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        try:
            return base64.b64decode(data + b"=" * (-len(data) % 4))
        except (binascii.Error, ValueError):
            return base64.b64decode(data[: len(data) // 4 * 4])
    return HEX.sub(lambda m: bytes([int(m[1], 16)]), data.replace(b"_", b" "))


def value_and_parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=x` → ("text/plain", {"charset": "x"}), with RFC 2231 and RFC 2047 values read."""
    head, _, _ = value.partition(";")
    found: dict[str, str] = {}
    continued: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in PARAMETER.finditer(value[:MAX_VALUE]):
        name, text = match[1].lower(), match[2].strip()
        if text[:1] == '"':
            text = re.sub(r"\\([\"\\])", r"\1", text[1:-1] if len(text) > 1 and text[-1] == '"' else text[1:])
        if piece := CONTINUED.match(name):
            continued.setdefault(piece[1], {})[int(piece[2][:6])] = (text, bool(piece[3]))
        elif name.endswith("*"):
            continued.setdefault(name[:-1], {})[0] = (text, True)
        else:
            found.setdefault(name, decode_words(text))
    for name, sections in continued.items():
        found[name] = _joined(sections)
    return head.strip().lower(), found


def _joined(sections: dict[int, tuple[str, bool]]) -> str:
    charset, data = "", b""
    for number, (text, encoded) in sorted(sections.items()):
        if encoded:
            if number == min(sections) and text.count("'") >= 2:
                charset, _, text = text.split("'", 2)
            data += urllib.parse.unquote_to_bytes(text)
        else:
            data += text.encode("utf-8", "replace")
    return decode(data, charset, [], "parameter")
