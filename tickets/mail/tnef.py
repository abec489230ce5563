"""Files inside winmail.dat (TNEF), which Outlook sends in place of attachments. Reads what is whole."""

import struct
from collections.abc import Iterator

SIGNATURE = 0x223E9F78
ATTACHMENT_DATA = 0x800F
ATTACHMENT_TITLE = 0x8010
ATTACHMENT_START = 0x9002
ATTACHMENT_PROPERTIES = 0x9005
LONG_NAME = 0x3707
WIDE_TEXT = 0x001F
NARROW_TEXT = 0x001E
MAX_FILES = 200


def files(data: bytes) -> list[tuple[str, bytes]]:
    """(name, content) of each file; an empty list where the bytes are no TNEF or are broken from the start."""
    found: list[tuple[str, bytes]] = []
    name, content = "", b""
    for attribute, value in _attributes(data):
        if attribute == ATTACHMENT_START:
            if content or name:
                found.append((name, content))
            name, content = "", b""
        elif attribute == ATTACHMENT_TITLE:
            name = name or _text(value.rstrip(b"\x00"))
        elif attribute == ATTACHMENT_DATA:
            content = value
        elif attribute == ATTACHMENT_PROPERTIES:
            name = _long_name(value) or name
        if len(found) >= MAX_FILES:
            return found
    if content or name:
        found.append((name, content))
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        return
    position = 6
    while position + 9 <= len(data):
        _level, attribute, _kind, length = struct.unpack_from("<BHHI", data, position)
        position += 9
        if position + length + 2 > len(data):
            return
        yield attribute, data[position : position + length]
        position += length + 2


def _long_name(value: bytes) -> str:
    """The long file name, found by its tag: the properties before it need not be understood."""
    for kind, encoding in ((WIDE_TEXT, "utf-16-le"), (NARROW_TEXT, "")):
        at = value.find(struct.pack("<HH", kind, LONG_NAME))
        if at < 0 or at + 12 > len(value):
            continue
        count, length = struct.unpack_from("<II", value, at + 4)
        text = value[at + 12 : at + 12 + length]
        if count == 1 and len(text) == length and length < 2048:
            return text.decode(encoding, "replace").rstrip("\x00") if encoding else _text(text.rstrip(b"\x00"))
    return ""


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")
