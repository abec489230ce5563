"""Bytes to text, whatever the mail claims about them. Nothing here raises."""

import codecs
import re

import charset_normalizer

# What senders write, and what their bytes are: the supersets that browsers read too.
ALIASES = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf8": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "big5": "big5hkscs",
    "iso-2022-jp": "iso2022_jp_2",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "x-unknown": "",
    "unknown-8bit": "",
    "default_charset": "",
    "8bit": "",
    "binary": "",
}
# Codecs of Python that are no charsets of a mail, or that a stranger must not choose.
REFUSED = {"unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "idna", "punycode"}
SAMPLE = 32 * 1024
HIGH = bytes(range(128, 256))
MAX_ESCAPES = 50_000  # of ISO-2022-JP that are repaired
CONTROLS = re.compile("[\x01-\x08\x0e-\x1f\x7f]")
JIS_ESCAPE = re.compile(rb"(?=\x1b(?:\$[@B]|\([BJI]))")
SURROGATES = re.compile("[\ud800-\udfff]")


def codec_of(charset: str) -> str | None:
    """The name of Python's codec for a charset as a mail names it, or None where there is none."""
    name = charset.strip().strip("\"'").lower().replace(" ", "-")
    if name.startswith(("cp-", "windows_", "win-", "x-windows-")):
        name = "cp" + name.rpartition("-")[2].rpartition("_")[2]
    name = ALIASES.get(name, name)
    if not name:
        return None
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if info.name.replace("-", "_") in REFUSED or not info._is_text_encoding:
        return None
    return info.name


def guess(data: bytes) -> str:
    """The likeliest charset of bytes that carry no usable name: UTF-8, else by statistics, else Windows-1252."""
    if data.isascii():
        return "utf-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as broken:
        if broken.reason == "unexpected end of data":
            return "utf-8"
    else:
        return "utf-8"
    if sum(byte > 127 for byte in data[:SAMPLE]) >= 12:
        best = charset_normalizer.from_bytes(data[:SAMPLE], steps=3, chunk_size=512).best()
        if best is not None:
            return codec_of(best.encoding) or "cp1252"
    return "cp1252"


def decode(data: bytes, charset: str, defects: list[str], where: str) -> str:
    """Text of `data`. What could not be read as the mail claims is replaced, and noted in `defects`."""
    text = _decode(data, charset, defects, where)
    return clean(text, defects, where)


def _decode(data: bytes, charset: str, defects: list[str], where: str) -> str:
    codec = codec_of(charset) if charset else "utf-8"
    if codec is None:
        if not data.isascii():
            defects.append(f"{where}: unknown charset {charset[:40]!r}")
        codec = guess(data)
    if data.isascii() and codec in {"utf-8", "cp1252"}:
        return data.decode("ascii")
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, UnicodeError, ValueError):
        pass
    if codec == "iso2022_jp_2" and data.count(b"\x1b") <= MAX_ESCAPES and (text := _microsoft_jis(data)):
        return text
    declared = charset or "none"
    if codec in {"utf-8", "cp1252"} or not charset:
        # Mostly right UTF-8 with a few broken bytes stays UTF-8; else the bytes are of another charset.
        text = data.decode("utf-8", "replace")
        broken = text.count("�")
        beyond = len(data) - len(data.translate(None, HIGH))
        if codec == "utf-8" and beyond > broken * 4:
            defects.append(f"{where}: {broken} bytes are not {declared}")
            return text
        guessed = guess(data)
        if guessed != codec:
            defects.append(f"{where}: not {declared}, read as {guessed}")
            return data.decode(guessed, "replace")
    defects.append(f"{where}: some bytes are not {declared}")
    return data.decode(codec, "replace")


def _microsoft_jis(data: bytes) -> str:
    """ISO-2022-JP with the characters that Windows and phones add (circled numbers and the like), or ""."""
    pieces = []
    for piece in JIS_ESCAPE.split(data):
        if piece.startswith((b"\x1b$B", b"\x1b$@")):
            pairs = piece[3:].replace(b"\r", b"").replace(b"\n", b"")
            shifted = bytearray()
            for high, low in zip(pairs[::2], pairs[1::2], strict=False):
                row, column = high - 0x21, low + (0x7E if high % 2 == 0 else 0x1F)
                column += 1 if high % 2 and column >= 0x7F else 0
                lead = (row >> 1) + 0x81
                shifted += bytes([(lead + 0x40 if lead > 0x9F else lead) & 0xFF, column & 0xFF])
            pieces.append(bytes(shifted).decode("cp932", "replace"))
        elif piece.startswith(b"\x1b(I"):
            pieces.append(bytes(byte | 0x80 for byte in piece[3:]).decode("cp932", "replace"))
        else:
            pieces.append((piece[3:] if piece[:1] == b"\x1b" else piece).decode("ascii", "replace"))
    text = "".join(pieces)
    return "" if text.count("�") > len(text) // 20 else text


def clean(text: str, defects: list[str], where: str) -> str:
    """Text that PostgreSQL and JSON can hold: no NUL, no lone surrogate."""
    if "\x00" in text:
        defects.append(f"{where}: {text.count(chr(0))} NUL characters removed")
        text = text.replace("\x00", "")
    if not text.isascii() and SURROGATES.search(text):
        defects.append(f"{where}: lone surrogates replaced")
        text = SURROGATES.sub("�", text)
    return text
