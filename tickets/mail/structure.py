"""A mail's bytes as a tree of parts: read without recursion, in bounded time, every byte kept in some part.

The standard library's parser recurses for each level and looks at every line once a level; a mail of 1,500
levels breaks it, and 25 MB take it seconds. Parts here are offsets into the one buffer.
"""

import binascii
import io
import quopri
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from tickets.mail.headers import HeaderBlock, decode_words, split, value_and_parameters

MAX_DEPTH = 60
MAX_PARTS = 12_000
MAX_RUNS = 10_000  # of base64 in one body; more are no run of anything
NOT_BASE64 = bytes(set(range(256)) - set(string.ascii_letters.encode() + string.digits.encode() + b"+/"))
LINE_FEED = 10
AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]*\r?$", re.M)
UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} (.+?)\r?$", re.M)


@dataclass
class Part:
    """One entity: its headers and where its body lies in the buffer."""

    raw: bytes = field(repr=False)
    headers: HeaderBlock
    start: int
    end: int
    default_type: str = "text/plain"
    children: list["Part"] = field(default_factory=list)

    @cached_property
    def type_and_parameters(self) -> tuple[str, dict[str, str]]:
        value = self.headers.text("content-type")
        kind, parameters = value_and_parameters(value) if value else ("", {})
        if not re.fullmatch(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", kind):
            kind = {"text": "text/plain", "html": "text/html"}.get(kind, self.default_type)
        return kind, parameters

    @property
    def content_type(self) -> str:
        return self.type_and_parameters[0]

    @property
    def parameters(self) -> dict[str, str]:
        return self.type_and_parameters[1]

    @cached_property
    def disposition(self) -> tuple[str, dict[str, str]]:
        return value_and_parameters(self.headers.text("content-disposition"))

    @cached_property
    def file_name(self) -> str:
        """The name that the sender gave, as sent (it may hold a path), or ""."""
        name = self.disposition[1].get("filename") or self.parameters.get("name") or ""
        return decode_words(name).strip()

    @property
    def content_id(self) -> str:
        return self.headers.text("content-id").strip().strip("<>")

    @property
    def body(self) -> bytes:
        """As sent, not yet decoded."""
        return self.raw[self.start : self.end]

    def decoded(self) -> bytes:
        """The body's bytes with the transfer encoding taken off; what is broken is read as far as it goes."""
        encoding = self.headers.text("content-transfer-encoding").split(";")[0].strip().strip("\"'").lower()
        if encoding == "base64":
            return self._unbase64()
        body = self.body
        if encoding == "quoted-printable":
            return quopri.decodestring(body) if b"=" in body else body
        if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
            return uudecode(body)
        return body

    def _unbase64(self) -> bytes:
        """Lenient base64: foreign characters skipped, several padded runs joined, a torn end kept. Large files stand
        in it: where it is whole, nothing is copied."""
        if self.raw.find(b"=", self.start, max(self.start, self.end - 8)) < 0:
            try:
                return binascii.a2b_base64(memoryview(self.raw)[self.start : self.end])
            except (binascii.Error, ValueError):
                pass
        return _runs(self.body)


def _runs(body: bytes) -> bytes:
    out = []
    for run in re.split(rb"=+", body) if body.count(b"=") <= MAX_RUNS else [body]:
        data = run.translate(None, NOT_BASE64)
        if len(data) % 4 == 1:
            data = data[:-1]
        out.append(binascii.a2b_base64(data + b"=" * (-len(data) % 4)))
    return b"".join(out)


def uudecode(body: bytes) -> bytes:
    """The bytes of a uuencoded body; what is not uuencoded is answered as it is."""
    begin = UU_BEGIN.search(body)
    if not begin:
        return body
    out = bytearray()
    for raw_line in io.BytesIO(body[begin.end() :].lstrip(b"\r\n")):
        line = raw_line.rstrip(b"\r\n")
        if line in (b"end", b"`", b""):
            break
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            out += binascii.a2b_uu(line[: ((line[0] - 32 & 63) * 4 + 5) // 3])
    return bytes(out)


def read(raw: bytes, defects: list[str]) -> Part:
    """The root of a mail's parts. What lies too deep, or beyond too many parts, stays whole in one part."""
    headers, start = split(raw, 0, len(raw), defects)
    root = Part(raw, headers, start, len(raw))
    waiting = [(root, 0)]
    parts = 1
    while waiting:
        part, depth = waiting.pop()
        if not part.content_type.startswith("multipart/"):
            continue
        if depth >= MAX_DEPTH or parts >= MAX_PARTS:
            note = "parts: nested too deeply" if depth >= MAX_DEPTH else "parts: too many"
            if note not in defects:
                defects.append(note + ", the rest kept as one")
            continue
        spans = _spans(part, defects, MAX_PARTS - parts)
        kind = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for begin, end in spans:
            child_headers, child_start = _child_headers(raw, begin, end)
            child = Part(raw, child_headers, child_start, end, kind)
            part.children.append(child)
            waiting.append((child, depth + 1))
        parts += len(spans)
    return root


def _child_headers(raw: bytes, begin: int, end: int) -> tuple[HeaderBlock, int]:
    if raw[begin : begin + 1] in (b"\n", b"\r"):  # no headers at all
        return HeaderBlock([]), begin + (2 if raw[begin : begin + 2] == b"\r\n" else 1)
    return split(raw, begin, end, [])


def _spans(part: Part, defects: list[str], most: int) -> list[tuple[int, int]]:
    """Where the children of a multipart lie; a preamble or epilogue that holds text is a child too."""
    boundary = _boundary(part)
    if not boundary:
        defects.append("multipart without a boundary")
        return [(part.start, part.end)] if part.start < part.end else []
    spans: list[tuple[int, int]] = []
    begin: int | None = None
    closed = False
    for line in _boundary_lines(part.raw, boundary, part.start, part.end):
        if begin is not None:
            spans.append((begin, _before_newline(part.raw, begin, line.start)))
        begin = min(line.end + 1, part.end)
        if line.closes:
            closed, begin = True, None  # some programs go on after it: more parts are looked for
        if len(spans) >= most:
            break
    if begin is None and not spans and not closed:
        defects.append("multipart: its boundary never starts")
        return [(part.start, part.end)] if part.raw[part.start : part.end].strip() else []
    if begin is not None:
        if not closed:
            defects.append("multipart: its boundary never closes")
        spans.append((begin, part.end))
    return spans


class _BoundaryLine(NamedTuple):
    start: int
    end: int  # before its line feed
    closes: bool


def _boundary_lines(raw: bytes, boundary: bytes, start: int, end: int) -> Iterator[_BoundaryLine]:
    """The lines that are this boundary. By a search for its bytes: an expression that looks at the beginning of every
    line takes a quarter of a second for 25 MB."""
    mark = b"--" + boundary
    at = raw.find(mark, start, end)
    while at >= 0:
        is_line = at == 0 or raw[at - 1] == LINE_FEED
        if is_line and (rest := AFTER_BOUNDARY.match(raw, at + len(mark), end)):
            yield _BoundaryLine(at, rest.end(), bool(rest[1]))
        at = raw.find(mark, at + 1, end)


def _boundary(part: Part) -> bytes:
    """The boundary as bytes. Read from the raw header: decoding words would change it."""
    raw = part.headers.first("content-type")
    found = re.search(rb";\s*boundary\s*=\s*(?:\"([^\"]*)\"?|([^;\s]+))", raw, re.I)
    if not found:
        return part.parameters.get("boundary", "").encode("utf-8", "replace")
    return (found[1] if found[1] is not None else found[2]).rstrip(b" \t\r\n")


def _before_newline(raw: bytes, begin: int, end: int) -> int:
    if end > begin and raw[end - 1] == 10:
        end -= 1
        if end > begin and raw[end - 1] == 13:
            end -= 1
    return max(end, begin)
