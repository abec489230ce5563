"""A mail's HTML as a page shows it, in a frame of its own: pictures placed or held back, quotes folded.

What comes in here was made safe by `markup.safe_html`, whose serializer escapes every `<` that is no tag: so tags are
found exactly, and what is put between them cannot be reached by what a stranger wrote.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tickets.mail.markup import safe_html, words

TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>')
ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
FOLD = "<details><summary>Show what was quoted</summary>"
TINY = ("0", "1", "2")  # pixels: a picture of this size only counts its readers
# Sizes by the window's: in a frame that grows with its content they would grow without end.
BY_WINDOW = re.compile(r"\d(?:d|l|s)?v(?:h|w|min|max|b|i)\b", re.I)
INDENT = re.compile(r"margin:\s?0(?:px)? 0(?:px)? 0(?:px)? 40px", re.I)  # a blockquote that only indents
COLOUR = re.compile(r'(bg|background-|\b)color(?:="|\s*:\s*)([^";]+)|background:\s*([^";]+)', re.I)
NEUTRAL = words("black windowtext auto inherit initial transparent none")
HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})$", re.I)
RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)", re.I)

# Of the markup's beginning, what is looked at to choose how a message is first shown.
LOOKED_AT = 60_000
QUOTE_BEGINS = re.compile(
    r"<blockquote|gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend|mail-editor-reference-message|"
    r"border-top:\s?solid #[0-9a-f]{6} 1\.0pt|-----\s?Original",
    re.I,
)
OF_MEANING = re.compile(r"<img\b[^>]{0,3000}>|<(?:s|strike|del)\b", re.I)
CELLS = re.compile(r"<(/?)(table|tr|td|th)\b", re.I)
COUNTS_READERS = re.compile(r"""\b(?:width|height)\s*[=:]\s*["']?\s*[012](?:px)?["';\s/>]|display\s*:\s*none""", re.I)


@dataclass
class Shown:
    """`body` goes into the frame. `held_back`: remote pictures that were left out."""

    body: str
    held_back: int = 0
    has_colours: bool = False
    _open_quotes: int = field(default=0, repr=False)
    _is_folding: bool = field(default=False, repr=False)
    _has_spoken: bool = field(default=False, repr=False)
    _read_to: int = field(default=0, repr=False)


def says_more(markup: str) -> bool:
    """Whether HTML, by its beginning, tells its reader what its plain text cannot: pictures, tables, struck-out words.

    What it quotes, and what only counts readers, does not matter.
    """
    markup = markup[:LOOKED_AT]
    if begins := QUOTE_BEGINS.search(markup):
        markup = markup[: begins.start()]
    if any(not (tag[0][1:4].lower() == "img" and COUNTS_READERS.search(tag[0])) for tag in OF_MEANING.finditer(markup)):
        return True
    return _has_table(markup)


def _has_table(markup: str) -> bool:
    """Two rows of two cells in one table: anything less only lays out."""
    tables: list[list[int]] = []  # of each open table, the cells of its rows
    for closing, name in CELLS.findall(markup):
        name = name.lower()
        if name == "table" and not closing:
            tables.append([])
        elif not tables:
            continue
        elif name == "table":
            if sum(cells >= 2 for cells in tables.pop()) >= 2:
                return True
        elif name == "tr" and not closing:
            tables[-1].append(0)
        elif not closing and tables[-1]:
            tables[-1][-1] += 1
    return any(sum(cells >= 2 for cells in rows) >= 2 for rows in tables)


def shown(markup: str, *, pictures: Mapping[str, str], with_remote: bool) -> Shown:
    """A stranger's markup as the body of a frame.

    `pictures`: addresses of ours by Content-ID. Remote pictures are left out, and counted, unless `with_remote`; then
    they are asked for by https alone.
    """
    safe = safe_html(markup)
    found = Shown("", has_colours=any(_is_colour(match) for match in COLOUR.finditer(safe)))

    def placed(tag: re.Match[str]) -> str:
        closing, name, attributes = tag.groups()
        found._has_spoken |= bool(safe[found._read_to : tag.start()].replace("&nbsp;", "").strip())
        found._read_to = tag.end()
        if name == "img":
            return _picture(attributes, found, pictures, with_remote)
        if BY_WINDOW.search(attributes):
            attributes = ATTRIBUTE.sub(_without_window_sizes, attributes)
        markup = f"<{closing}{name}{attributes}>"
        return _quote(markup, closing, attributes, found) if name == "blockquote" else markup

    found.body = TAG.sub(placed, safe)
    return found


def _picture(attributes: str, found: Shown, pictures: Mapping[str, str], with_remote: bool) -> str:
    values = {name: html.unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
    source, remote = values.pop("src", "").strip(), values.pop("data-src", "").strip()
    if remote and (values.get("width") in TINY or values.get("height") in TINY):
        return ""
    if remote and with_remote:
        source = re.sub(r"^http:", "https:", remote, flags=re.I)
    elif remote:
        found.held_back += 1
        return _place_of(values)
    elif source[:4].lower() == "cid:":
        source = pictures.get(source[4:].strip().strip("<>"), "")
    if not source:
        return _place_of(values) if values.get("alt") else ""
    kept = "".join(f' {name}="{html.escape(value)}"' for name, value in values.items())
    return f'<img{kept} src="{html.escape(source)}">'


def _place_of(values: Mapping[str, str]) -> str:
    """Where a picture would be: about as large, with its words."""
    sides = [
        f"{side}:{min(int(values[side]), 320)}px" for side in ("width", "height") if values.get(side, "").isdecimal()
    ]
    style = f' style="{";".join(sides)}"' if sides else ""
    return f'<span class="held-back"{style}>{html.escape(values.get("alt", "").strip()[:200] or "Picture")}</span>'


def _without_window_sizes(attribute: re.Match[str]) -> str:
    name, value = attribute.groups()
    if name != "style":
        return attribute[0]
    return f' style="{";".join(part for part in value.split(";") if not BY_WINDOW.search(part))}"'


def _quote(markup: str, closing: str, attributes: str, found: Shown) -> str:
    """Folds the outermost quotes, apart from one with which the message begins: that is what it says."""
    if closing:
        found._open_quotes -= 1
        return markup + "</details>" if found._open_quotes == 0 and found._is_folding else markup
    found._open_quotes += 1
    if found._open_quotes > 1:
        return markup
    found._is_folding = found._has_spoken and not INDENT.search(attributes)
    return FOLD + markup if found._is_folding else markup


def _is_colour(match: re.Match[str]) -> bool:
    """Whether a declared colour is more than dark on light: what a mail says without meaning anything by it."""
    is_ground = match[1] is None or match[1].lower() != ""
    value = html.unescape(match[2] or match[3] or "").replace("!important", "").strip().lower()
    if not value or value in NEUTRAL:
        return is_ground and value == "black"
    if value == "white":
        return not is_ground
    if found := RGB.match(value):
        shades = [int(shade) for shade in found.groups()]
    elif found := HEX.match(value):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        shades = list(bytes.fromhex(digits))
    else:
        return True
    return min(shades) < 0xF0 if is_ground else max(shades) > 0x40
