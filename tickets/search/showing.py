"""What a found ticket shows of why it was found: what was said, with the hit marked. For the rows of one page alone."""

import re
from collections.abc import Sequence

from django.contrib.postgres.search import SearchHeadline
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Left
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from tickets.enums import MessageState
from tickets.models import Attachment, Message, Ticket
from tickets.search.finding import any_of
from tickets.search.parsing import Search, Word, tokens_of

# Around a hit while it is text: two characters that no message needs, which become markup once all else is escaped.
OPENS, CLOSES = "\ue000", "\ue001"
READ = 20_000  # characters of a message


def mark(tickets: Sequence[Ticket], search: Search) -> None:
    """Gives each ticket `snippet`, `subject_marked` and `person_marked`: safe HTML. Two statements at most."""
    said = _said([ticket.pk for ticket in tickets], search)
    files = _files([ticket.pk for ticket in tickets if ticket.pk not in said], search)
    words = [word for word in search.words if not word.is_excluded]
    subject = _pattern([word for word in words if word.place in ("", "A")])
    person = _pattern([word for word in words if word.place in ("", "B")])
    for ticket in tickets:
        ticket.snippet = said.get(ticket.pk) or files.get(ticket.pk, "")  # type: ignore[attr-defined]
        ticket.subject_marked = _marked(ticket.subject, subject)  # type: ignore[attr-defined]
        ticket.person_marked = _marked(str(ticket.subscriber), person)  # type: ignore[attr-defined]


def _said(tickets: Sequence[int], search: Search) -> dict[int, SafeString]:
    query = any_of(search.words)
    if query is None or not tickets:
        return {}
    holding = Message.objects.filter(ticket=OuterRef("pk"), search=query).exclude(state=MessageState.WITHDRAWN)
    headline = SearchHeadline(
        Left("text", READ),
        query,
        config="simple",
        start_sel=OPENS,
        stop_sel=CLOSES,
        max_words=24,
        min_words=12,
        max_fragments=1,
    )
    newest = Subquery(holding.order_by("-created_at", "-pk").values("pk")[:1])
    chosen = Ticket.objects.filter(pk__in=tickets).annotate(newest=newest).values("newest")
    found: QuerySet[Message] = Message.objects.filter(pk__in=chosen)
    rows = found.annotate(headline=headline).values_list("ticket", "headline")
    return {ticket: _safe(text) for ticket, text in rows}


def _files(tickets: Sequence[int], search: Search) -> dict[int, SafeString]:
    """The name of a file, where no message holds the words."""
    words = [word for word in search.words if not word.is_excluded and word.place in ("", "C")]
    pattern = _pattern(words)
    if pattern is None or not tickets:
        return {}
    files = Attachment.objects.filter(message__ticket__in=tickets).exclude(message__state=MessageState.WITHDRAWN)
    named = files.values_list("message__ticket", "name").order_by("pk")
    return {ticket: _marked(name, pattern) for ticket, name in named if pattern.search(name)}


def _pattern(words: Sequence[Word]) -> re.Pattern[str] | None:
    """Finds the words in a short text, as whole words or beginnings; None where there are none."""
    parts = []
    for word in words:
        tokens = tokens_of(word.text)
        ends = "" if word.is_beginning or word.place == "B" else r"(?!\w)"
        if tokens:
            parts.append(r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, tokens)) + ends)
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _marked(text: str, pattern: re.Pattern[str] | None) -> SafeString:
    clean = text.replace(OPENS, "").replace(CLOSES, "")
    return _safe(pattern.sub(lambda hit: f"{OPENS}{hit[0]}{CLOSES}", clean) if pattern else clean)


def _safe(text: str) -> SafeString:
    """Escaped first; then only the marks become markup, and as many close as open."""
    parts = str(escape(" ".join(text.split()))).split(OPENS)
    told = parts[0].replace(CLOSES, "")
    for part in parts[1:]:
        hit, closes, rest = part.partition(CLOSES)
        told += f"<mark>{hit}</mark>{rest.replace(CLOSES, '')}" if closes else hit
    return mark_safe(told)  # noqa: S308 - escaped above
