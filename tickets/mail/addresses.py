"""Address lists of From, To, Cc and Reply-To: read leniently, in linear time, without recursion."""

import re

from tickets.mail.headers import decode_words

MAX_ADDRESSES = 5000
SPACES = re.compile(r"\s+")
BARE = re.compile(r"[^\s<>\"(),;:\[\]\\@]{1,256}@[^\s<>\"(),;:\\]{1,256}")  # bounded: each start is tried


def addresses(value: str) -> list[tuple[str, str]]:
    """(name, address) of each mailbox of a header value whose encoded words are not yet read."""
    found = []
    for item in _items(value):
        pair = _mailbox(item)
        if pair != ("", ""):
            found.append(pair)
        if len(found) >= MAX_ADDRESSES:
            break
    return found


def _items(value: str) -> list[list[tuple[str, str]]]:
    """Split at commas (and semicolons) outside quotes, comments and angles; drop a group's name.

    Each item is a list of (kind, text), the kind being "word", "quoted", "comment" or "angle".
    """
    items: list[list[tuple[str, str]]] = []
    item: list[tuple[str, str]] = []
    text: list[str] = []
    position, length = 0, len(value)

    def word() -> None:
        if text and (joined := "".join(text).strip()):
            item.append(("word", joined))
        text.clear()

    while position < length:
        character = value[position]
        if character == '"':
            word()
            inner, position = _until(value, position + 1, '"')
            item.append(("quoted", inner))
            continue
        if character == "(":
            word()
            inner, position = _comment(value, position + 1)
            item.append(("comment", inner))
            continue
        if character == "<":
            closing = value.find(">", position)
            opening = value.find("<", position + 1)
            if closing < 0 or (0 <= opening < closing and "@" not in value[position:opening]):
                text.append(character if closing >= 0 else " ")
                if closing < 0:
                    word()
                    item.append(("angle", value[position + 1 :].split(",")[0].strip()))
                    position = length
                    break
                position += 1
                continue
            word()
            item.append(("angle", value[position + 1 : closing].strip()))
            position = closing + 1
            continue
        if character in ",;":
            word()
            if item:
                items.append(item)
            item = []
        elif character == ":" and not item and "@" not in text:
            text.clear()  # a group's name
        else:
            text.append(character)
        position += 1
    word()
    if item:
        items.append(item)
    return items


def _until(value: str, position: int, closing: str) -> tuple[str, int]:
    inner: list[str] = []
    while position < len(value) and value[position] != closing:
        if value[position] == "\\" and position + 1 < len(value):
            position += 1
        inner.append(value[position])
        position += 1
    return "".join(inner), position + 1


def _comment(value: str, position: int) -> tuple[str, int]:
    depth, inner = 1, []
    while position < len(value):
        if value[position] == "\\" and position + 1 < len(value):
            position += 1
        elif value[position] == "(":
            depth += 1
        elif value[position] == ")":
            depth -= 1
            if not depth:
                break
        inner.append(value[position])
        position += 1
    return "".join(inner), position + 1


def _mailbox(item: list[tuple[str, str]]) -> tuple[str, str]:
    angles = [text for kind, text in item if kind == "angle"]
    names = [text for kind, text in item if kind in ("word", "quoted")]
    comments = [text for kind, text in item if kind == "comment"]
    if angles:
        address = angles[-1]
        name = " ".join(names) or " ".join(a for a in angles[:-1] if a != address)
        name = name or (" ".join(comments) if comments else "")
        address = decode_words(address) if "=?" in address else address
        if "@" not in address and (bare := BARE.search(" ".join(names))):
            return _name(name.replace(bare[0], "")), _address(bare[0])
        return _name(name), _address(address)
    joined = " ".join(names)
    if "=?" in joined and "@" not in joined:
        joined = decode_words(joined)
        if "<" in joined and (bare := BARE.search(joined)):
            return _name(joined[: bare.start()].strip(" <")), _address(bare[0])
    if len(names) > 1 and item and item[0][0] == "quoted" and names[1].startswith("@"):
        return "", _address('"' + names[0] + '"' + names[1])
    if bare := BARE.search(joined):
        rest = (joined[: bare.start()] + " " + joined[bare.end() :]).strip()
        return _name(rest or " ".join(comments)), _address(bare[0])
    if " " not in joined.strip() and joined.strip():
        return _name(" ".join(comments)), _address(joined)
    return _name(joined), ""


def _name(text: str) -> str:
    text = SPACES.sub(" ", decode_words(text)).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    return text


def _address(text: str) -> str:
    text = SPACES.sub("", text.strip().strip("<>").strip())
    if text.lower().startswith("mailto:"):
        text = text[7:]
    if "@" in text and ":" in text and text.startswith("@"):  # a source route of old
        text = text.rpartition(":")[2]
    return text[:998]
