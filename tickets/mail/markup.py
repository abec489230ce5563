"""HTML of strangers, made safe for a page.

HTML parsers take quadratic time on markup that nests without end, so such markup is shown as text.
"""

import html
import re

import nh3

MAX_DEPTH = 400
MAX_OPEN_FORMATS = 60
MAX_TAGS = 400_000
MAX_HTML = 8 * 1024 * 1024  # characters shown and read; the message keeps all


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
FORMATS = words("a b big code em font i nobr s small strike strong tt u")
SHALLOW = words("p li br img hr td th tr dt dd option col meta link input area base wbr tbody thead")

TAGS = words(
    "a abbr acronym address article b bdi bdo big blockquote br caption center cite code col colgroup dd del "
    "details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main "
    "mark nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td "
    "tfoot th thead time tr tt u ul var wbr"
)
DROPPED = words("script style title head noscript template iframe object svg math textarea select xml")
LAYOUT = {"align", "valign", "width", "height", "bgcolor", "border", "cellpadding", "cellspacing"}
ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "border"},
    "table": LAYOUT,
    "td": {*LAYOUT, "colspan", "rowspan", "nowrap"},
    "th": {*LAYOUT, "colspan", "rowspan", "nowrap"},
    "tr": LAYOUT,
    "col": {"width", "span"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "time": {"datetime"},
}
STYLES = words(
    "background-color border border-bottom border-collapse border-color border-left border-radius border-right "
    "border-spacing border-style border-top border-width color direction display font font-family font-size "
    "font-style font-weight height letter-spacing line-height list-style-type margin margin-bottom margin-left "
    "margin-right margin-top max-width min-width padding padding-bottom padding-left padding-right padding-top "
    "text-align text-decoration text-indent text-transform vertical-align white-space width word-break"
)
UNSAFE_STYLE = re.compile(r"[\\@<>]|(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(|javascript|expression|behavior|-moz-", re.I)
LINK = re.compile(r"(?:https?:|mailto:|tel:)", re.I)
IMAGE = re.compile(r"(?:https?:|cid:|data:image/(?:png|gif|jpe?g|webp);base64,)", re.I)
BLANKS = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]+")
IMG = re.compile(r"<(?:[a-z][a-z0-9]*)(?: [a-z-]+=\"[^\"]*\")*>")
SRC = re.compile(r" src=\"((?!cid:|data:)[^\"]*)\"", re.I)


def too_deep(markup: str) -> bool:
    """Whether a parser would take more than linear time: deep nesting, or formats reopened in every block."""
    if markup.count("<") > MAX_TAGS:
        return True
    depth = formats = blocks = most = most_formats = 0
    for closing, name in TAG.findall(markup):
        name = name.lower()
        if name in FORMATS:
            formats = max(0, formats + (-1 if closing else 1))
            most_formats = max(most_formats, formats)
        elif name in SHALLOW:
            blocks += 1
        else:
            depth = max(0, depth + (-1 if closing else 1))
            most = max(most, depth)
    return (
        most > MAX_DEPTH
        or (most_formats > MAX_OPEN_FORMATS and most_formats * (blocks + most) > 20_000)
        or (most_formats > 2_000)
    )


def safe_html(markup: str) -> str:
    """Markup that a page may show in its sandboxed frame: nothing runs, and nothing is fetched.

    A remote image keeps its address in `data-src`, so that the reader's click can load it; `cid:` stays in
    `src`, for the page to point at the attachment.
    """
    if not markup:
        return ""
    if len(markup) > MAX_HTML or too_deep(markup):
        return f"<pre>{html.escape(as_text(markup[:MAX_HTML]))}</pre>"
    cleaned = nh3.clean(
        markup,
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=set(STYLES),
    )
    if "<img" not in cleaned:
        return cleaned
    return IMG.sub(lambda tag: SRC.sub(r' data-src="\1"', tag[0]) if tag[0].startswith("<img") else tag[0], cleaned)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if LINK.match(BLANKS.sub("", value)) else None
    if name == "src":
        return value if IMAGE.match(BLANKS.sub("", value)) else None
    if name == "style":
        kept = [d for d in value.split(";") if d.strip() and not UNSAFE_STYLE.search(d)]
        return ";".join(kept) or None
    return value


def as_text(markup: str) -> str:
    """Tags dropped, entities read: for markup that no parser should see."""
    markup = re.sub(r"<(script|style)\b.{0,1000000}?</\1\s*>", " ", markup, flags=re.I | re.S)
    return html.unescape(re.sub(r"<[^<>]{0,2000}>", " ", markup))
