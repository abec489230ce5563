"""The plain text of a stranger's HTML, laid out as its reader sees it."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tickets.mail.markup import MAX_HTML, as_text, too_deep, words

BLOCKS = words(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
PARAGRAPHS = words("p h1 h2 h3 h4 h5 h6 ul ol dl pre blockquote table")
UNREAD = words("head script style title noscript template iframe object svg math select meta link")
SPACES = re.compile(r"[ \t\n\r\f]+")


class Writer:
    """Gathers text as a browser would lay it out: blocks on lines of their own, spaces run together."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.bare = True  # nothing on this line yet

    def add(self, text: str) -> None:
        if self.bare:
            text = text.lstrip(" ")
        if text:
            self.line.append(text)
            self.bare = False

    def end_line(self, force: bool = False) -> None:
        text = "".join(self.line).rstrip()
        self.line, self.bare = [], True
        if text or force:
            self.lines.append(("> " * self.quotes + text) if self.quotes else text)

    def blank(self) -> None:
        self.end_line()
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(("> " * self.quotes).rstrip())


def text_of_html(markup: str) -> str:
    """The text that a reader of the HTML sees, quoted blocks marked with `> ` as mail programs do."""
    if len(markup) > MAX_HTML or too_deep(markup):
        return as_text(markup[:MAX_HTML])
    root = LexborHTMLParser(markup).root
    if root is None:
        return ""
    writer = Writer()
    node: LexborNode | None = root
    preformatted = 0
    while node is not None:
        tag = node.tag or "-unknown"
        down = None
        if tag == "-text":
            text = node.text_content or ""
            if preformatted:
                first, *rest = text.split("\n")
                writer.line.append(first)
                for line in rest:
                    writer.end_line(force=True)
                    writer.line.append(line)
                writer.bare = not "".join(writer.line)
            else:
                text = SPACES.sub(" ", text)
                if text != " " or not writer.bare:
                    writer.add(text)
        elif tag not in UNREAD and not tag.startswith(("-", "!")):
            _open(node, tag, writer)
            preformatted += tag == "pre"
            down = node.child
        if down is not None:
            node = down
            continue
        while node is not None:
            tag = node.tag or "-unknown"
            if tag not in UNREAD and not tag.startswith(("-", "!")):
                _close(tag, node, writer)
                preformatted -= tag == "pre"
            following = node.next
            if following is not None:
                node = following
                break
            node = node.parent
            if node is not None and node.is_document_node:
                node = None
    writer.end_line()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(writer.lines)).strip("\n")


def _open(node: LexborNode, tag: str, writer: Writer) -> None:
    if tag == "br":
        writer.end_line(force=True)
    elif tag in BLOCKS:
        if tag in PARAGRAPHS:
            writer.blank()
        else:
            writer.end_line()
        if tag == "li":
            writer.line.append("- ")
        elif tag == "hr":
            writer.line.append("________________________________")
            writer.end_line()
        elif tag == "blockquote" and _cited(node):
            writer.quotes += 1
    elif tag in ("td", "th"):
        if not writer.bare:
            writer.add(" ")
    elif tag == "img":
        alternative = (node.attributes.get("alt") or "").strip()
        if alternative and not alternative.lower().startswith(("image", "logo")):
            writer.add(f"[{alternative[:200]}]")


def _close(tag: str, node: LexborNode, writer: Writer) -> None:
    if tag == "blockquote" and _cited(node):
        writer.end_line()
        while writer.lines and writer.lines[-1] and not writer.lines[-1].strip("> "):
            writer.lines.pop()
        writer.quotes = max(0, writer.quotes - 1)
        writer.blank()
    elif tag in PARAGRAPHS:
        writer.blank()
    elif tag in BLOCKS:
        writer.end_line()


def _cited(node: LexborNode) -> bool:
    """A blockquote that cites a mail rather than indents: nearly all of them in mail."""
    style = (node.attributes.get("style") or "").replace(" ", "").lower()
    return not (style.startswith("margin:00040px") and "border:none" in style)
