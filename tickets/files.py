"""Files of strangers: what they really are, and what they may be called. Nothing here decodes or unpacks one.

A picture is known by its first bytes, never by what its sender calls it, and its size is read from its header: a
picture of 65,535 × 65,535 pixels is a few kilobytes as a file and 17 GB once a browser has decoded it.
"""

import re
import unicodedata
from dataclasses import dataclass

from tickets.mail.markup import words

MOST_PIXELS = 64_000_000  # a telephone's largest photographs have 50 million
LONGEST_SIDE = 20_000
JPEG_MARKERS_READ = 500  # segments before the frame's own; honest files have a few dozen
LONGEST_NAME = 150  # characters
MOST_NAME_BYTES = 200
LONGEST_EXTENSION = 16

RESERVED = re.compile(r"^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.I)  # Windows' devices
BREAKING = re.compile(r'[<>:"|?*%]')
JOINERS = "\u200c\u200d"  # Persian and emoji need them
# What Windows, macOS or an office program may run when it is opened; .html and .svg run scripts in a browser.
HARMFUL = words(
    "ade adp app appx bat cab chm cmd com command cpl dll dmg docm dotm exe gadget hta htm html img inf ins iso isp "
    "jar jnlp js jse jsp lib lnk mde mht mhtml msc msi msix msp mst nsh one osd pif pkg potm ppam ppsm pptm ps1 ps1xml "
    "ps2 psc1 psd1 psm1 py reg scf scr sct settingcontent-ms sh shb shs shtml svg svgz swf sys terminal url vb vbe vbp "
    "vbs vhd vhdx vxd wsc wsf wsh xhtml xla xlam xll xls xlsb xlsm xltm xml xps xsl xslt"
)


@dataclass(frozen=True)
class Picture:
    """What a file's header says. `content_type` is one of those that every browser shows."""

    content_type: str
    width: int
    height: int

    @property
    def is_showable(self) -> bool:
        """Whether a browser can decode it without harm."""
        sides = (self.width, self.height)
        return min(sides) > 0 and max(sides) <= LONGEST_SIDE and self.width * self.height <= MOST_PIXELS


def picture_of(content: bytes) -> Picture | None:
    """The PNG, JPEG, GIF or WebP that these bytes are, by their header; None for everything else."""
    size: tuple[int, int] | None = None
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and len(content) >= 24:
        kind, size = "image/png", (_big(content, 16, 4), _big(content, 20, 4))
    elif content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        kind, size = "image/gif", (_little(content, 6, 2), _little(content, 8, 2))
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind, size = "image/webp", _webp_size(content)
    elif content.startswith(b"\xff\xd8\xff"):
        kind, size = "image/jpeg", _jpeg_size(content)
    return Picture(kind, *size) if size else None


def picture_columns(content: bytes) -> dict[str, str | int]:
    """The columns of what a page may show; none for what it only offers as a download."""
    found = picture_of(content)
    if found is None or not found.is_showable:
        return {}
    return {"picture_type": found.content_type, "width": found.width, "height": found.height}


def safe_file_name(name: str) -> str:
    """The name under which a file is shown and saved, on any system, whatever its sender called it.

    Without folders, control characters, marks that turn the reading direction, and names that Windows keeps for
    devices; the extension stays the last one that was sent.
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    kept = "".join(
        " " if unicodedata.category(letter).startswith("Z") else letter
        for letter in name
        if letter in JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co")
    )
    kept = BREAKING.sub("_", " ".join(kept.split())).rstrip(". ")
    if kept.startswith((".", "-")):
        kept = "_" + kept.lstrip(".-")
    if RESERVED.match(kept):
        kept = "_" + kept
    return _shortened(kept) if kept.strip("_ .") else "attachment"


def may_harm(name: str) -> bool:
    """Whether opening a file of this name may run something."""
    return extension_of(name) in HARMFUL


def extension_of(name: str) -> str:
    """In lower case, without its dot; "" where there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower().strip() if dot and stem else ""


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME and len(name.encode()) <= MOST_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > LONGEST_EXTENSION:
        stem, dot, extension = name, "", ""
    ending = dot + extension
    room = MOST_NAME_BYTES - len(ending.encode())
    return stem[: LONGEST_NAME - len(ending)].encode()[:room].decode(errors="ignore").rstrip(". ") + ending


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """From the first frame header; the segments before it are stepped over."""
    at = 2
    for _ in range(JPEG_MARKERS_READ):
        while content[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if content[at : at + 1] != b"\xff" or len(content) < at + 9:
            return None
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return _big(content, at + 7, 2), _big(content, at + 5, 2)
        if marker in (0x01, *range(0xD0, 0xD8)):  # stand alone
            at += 2
        elif marker in (0xD9, 0xDA):  # the end, or the pixels, and no frame before
            return None
        else:
            at += 2 + max(2, _big(content, at + 2, 2))
    return None


def _webp_size(content: bytes) -> tuple[int, int] | None:
    kind = content[12:16]
    if len(content) < 30:
        return None
    if kind == b"VP8X":
        return _little(content, 24, 3) + 1, _little(content, 27, 3) + 1
    if kind == b"VP8L" and content[20] == 0x2F:
        bits = _little(content, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        return _little(content, 26, 2) & 0x3FFF, _little(content, 28, 2) & 0x3FFF
    return None


def _big(content: bytes, at: int, length: int) -> int:
    return int.from_bytes(content[at : at + length], "big")


def _little(content: bytes, at: int, length: int) -> int:
    return int.from_bytes(content[at : at + length], "little")
