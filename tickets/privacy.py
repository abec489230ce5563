"""What customer service knows about people, and what is left of it when one is forgotten."""

import mailbox
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.models import Membership
from subscribers.privacy.registry import Part, Scope, Table
from subscribers.privacy.tables import Escaped
from tickets.enums import (
    UNRESOLVED,
    UNSAID,
    InboundState,
    MessageState,
    OutboundState,
    SatisfactionState,
    TicketEventKind,
    TicketStatus,
    WhyNotAsked,
)
from tickets.models import (
    Attachment,
    AutomaticAnswer,
    BlockedSender,
    BulkItem,
    BulkJob,
    BusinessCalendar,
    CalendarException,
    ClockEscalation,
    ClockEvent,
    DetectionRule,
    Draft,
    DraftFile,
    FieldValue,
    HelpRequest,
    InboundMail,
    LearnedTopic,
    ListPreference,
    Macro,
    MacroText,
    MacroUse,
    MailAccount,
    Mailbox,
    MailIncident,
    Mention,
    Message,
    OpeningHours,
    OutboundEvent,
    OutboundMail,
    Participant,
    Presence,
    Queue,
    Recalculation,
    RuleFiring,
    RuleTask,
    SatisfactionRating,
    SatisfactionRequest,
    SatisfactionSettings,
    SavedView,
    SlaEscalation,
    SlaPolicy,
    SlaPolicyVersion,
    SlaTarget,
    Suppression,
    Tag,
    Taker,
    ThreadReference,
    Ticket,
    TicketEvent,
    TicketField,
    TicketLink,
    TicketMerge,
    TicketRule,
    TicketRuleVersion,
    TicketTopic,
    TicketWords,
    Viewing,
)
from tickets.services.tickets import change_status

ERASED = "[erased]"
# Of these, from and to are words of ours or colleagues.
PLAIN_EVENTS = frozenset(
    (
        TicketEventKind.STATUS_CHANGED,
        TicketEventKind.RESOLVED,
        TicketEventKind.REOPENED,
        TicketEventKind.ASSIGNED,
        TicketEventKind.PRIORITY_CHANGED,
        TicketEventKind.QUEUE_CHANGED,
        TicketEventKind.TOPIC_ADDED,
        TicketEventKind.TOPIC_REJECTED,
        TicketEventKind.ASKED,
        TicketEventKind.RATED,
        TicketEventKind.RULE_APPLIED,
        TicketEventKind.TAG_ADDED,
        TicketEventKind.TAG_REMOVED,
        TicketEventKind.SNOOZED,
        TicketEventKind.WOKEN,
        TicketEventKind.FOLLOWED,
        TicketEventKind.UNFOLLOWED,
        TicketEventKind.LINKED,
        TicketEventKind.UNLINKED,
        TicketEventKind.MERGED,
        TicketEventKind.MERGED_IN,
        TicketEventKind.UNMERGED,
        TicketEventKind.SPLIT_OFF,
        TicketEventKind.SPLIT_FROM,
        TicketEventKind.DELETED,
        TicketEventKind.MARKED_SPAM,
        TicketEventKind.RESTORED,
    )
)
# Of a clock's ledger, what its arithmetic needs.
COUNTED = frozenset(("version", "target_seconds", "in_business_time", "in_time_after_all", "never_arrived"))
UNREAD = (InboundState.STORED, InboundState.QUARANTINED)
BYTES_READ = 1_000_000  # of a demo's mail


def _said(scope: Scope, path: str = "") -> Q:
    """Messages on the person's tickets, whoever wrote them, and what the person wrote elsewhere; `path` leads there."""
    return scope.of(f"{path}ticket__subscriber") | scope.of(f"{path}subscriber")


def _mails_out(scope: Scope) -> Q:
    return (
        scope.of("subscriber")
        | scope.of("ticket__subscriber")
        | _said(scope, "message__")
        | scope.at("recipient", "created_at")
    )


def _copied(scope: Scope) -> Q:
    """Mails to others that show the person's address in To or Cc."""
    found = Q(pk__in=())
    for address in scope.addresses:
        found |= Q(to_header__icontains=address) | Q(cc_header__icontains=address)
    return found & Q(store=scope.store_id) & scope.before("created_at")


def _mails_in(scope: Scope) -> Q:
    """What they wrote or what was written on their tickets; of mail that became no message, what names them."""
    here = Q(mailbox__store=scope.store_id) & scope.before("received_at")
    if scope.is_store:
        return here
    found = _said(scope, "message__") | scope.at("envelope_from", "received_at", "mailbox__store")
    words = "|".join(re.escape(address) for address in scope.addresses)
    if words:
        loose = InboundMail._base_manager.filter(here, message=None).exclude(raw=b"")
        found |= Q(pk__in=loose.alias(words=Escaped(F("raw"))).filter(words__iregex=words).values("pk"))
    return found


def _mentions(scope: Scope) -> Q:
    """Other people's messages that hold the address."""
    found = Q(pk__in=())
    for address in scope.addresses:
        found |= Q(search=SearchQuery(address, config="simple")) | Q(from_address__iexact=address)
    return found & Q(ticket__store=scope.store_id) & scope.before("created_at") & ~_said(scope)


def _views_that_name(scope: Scope) -> Q:
    """Lists that somebody keeps whose query or name holds the address: they would find nobody any more."""
    found = Q(pk__in=())
    for address in scope.addresses:
        found |= Q(query__icontains=address) | Q(name__icontains=address)
    if scope.is_store:
        found = Q(owner=None) | Q(query__contains="@") | Q(name__contains="@")
    colleagues = Membership.objects.filter(store=scope.store_id).values("user")
    here = Q(store=scope.store_id) | Q(queue__store=scope.store_id) | Q(owner__in=colleagues)
    return found & here & scope.before("updated_at")


def _participants(scope: Scope) -> Q:
    # The address in the index's own spelling: whose subscriber is empty is found by it alone.
    here = Q(ticket__store=scope.store_id) & scope.before("added_at")
    if scope.is_store:
        return here
    by_address = Participant.objects.alias(low=Lower("address")).filter(here, low__in=scope.addresses)
    return scope.of("subscriber") | scope.of("ticket__subscriber") | Q(pk__in=by_address.values("pk"))


def without(text: str, scope: Scope) -> str:
    """The text without the person's addresses, and without the names that stand before them."""
    for address in scope.addresses:
        named = rf"(?:\"[^\"\n]*\"|[^\s\"<>,;:][^\"<>,;:\n]*)?\s*<{re.escape(address)}>"
        text = re.sub(named, ERASED, text, flags=re.IGNORECASE)
        text = re.sub(re.escape(address), ERASED, text, flags=re.IGNORECASE)
    return text


def _without(column: str) -> Any:
    return lambda row, scope: without(getattr(row, column), scope)


def _keeps_plain(column: str) -> Any:
    return lambda row, scope: getattr(row, column) if row.kind in PLAIN_EVENTS else ""


def _delete_files(pks: Sequence[int]) -> int:
    """Files that no other row shows. Before the rows: a file without a row would never be found again."""
    rows = Attachment.objects.filter(pk__in=pks).exclude(file="")
    count, storage = 0, Attachment._meta.get_field("file").storage
    for name in sorted(set(rows.values_list("file", flat=True))):
        if not Attachment.objects.filter(file=name).exclude(pk__in=pks).exists():
            storage.delete(name)
            count += 1
    return count


def _delete_uploads(pks: Sequence[int]) -> int:
    """Each file is its row's own."""
    storage = DraftFile._meta.get_field("file").storage
    names = list(DraftFile.objects.filter(pk__in=pks).values_list("file", flat=True))
    for name in names:
        storage.delete(name)
    return len(names)


def stop(scope: Scope) -> None:
    """Nothing more leaves for them, and nothing of theirs is open."""
    if OutboundMail.objects.filter(_mails_out(scope), state=OutboundState.SENDING).exists():
        raise Refused(gettext("A mail to them is just leaving. It goes on in a moment."))
    OutboundMail.objects.filter(_mails_out(scope), state__in=(OutboundState.PLANNED, OutboundState.QUEUED)).update(
        state=OutboundState.CANCELLED, error=""
    )
    Message.objects.filter(_said(scope), state__in=UNSAID).update(state=MessageState.WITHDRAWN)
    for ticket in Ticket.objects.filter(scope.of("subscriber"), status__in=UNRESOLVED).order_by("pk"):
        change_status(ticket, actor=None, status=TicketStatus.RESOLVED)
    due = SatisfactionRequest.objects.filter(scope.of("subscriber"), state=SatisfactionState.DUE)
    due.update(state=SatisfactionState.SKIPPED, why_not=WhyNotAsked.GONE)


def empty_demo_mailbox(scope: Scope) -> Mapping[str, int]:
    """The demo's mail box holds what left for people outside, as files."""
    words = [address.encode() for address in scope.addresses]
    if scope.is_store:
        ours = Mailbox.objects.filter(store=scope.store_id).values_list("address", flat=True)
        words = [address.lower().encode() for address in ours]
    folder = Path(settings.DEMO_MAILBOX)
    if not words or not folder.is_dir():
        return {}
    box, count = mailbox.Maildir(folder, create=True), 0
    for key in list(box.keys()):
        try:
            content = box.get_bytes(key)[:BYTES_READ].lower()
        except KeyError:  # removed meanwhile
            continue
        if any(word in content for word in words):
            box.discard(key)
            count += 1
    return {"demo mail box": count}


def files_of(scope: Scope) -> Iterator[tuple[str, bytes]]:
    """The files of the person's tickets, each under its row's number and its name."""
    rows = Attachment.objects.filter(scope.of("message__ticket__subscriber")).order_by("pk")
    for attachment in rows.iterator(chunk_size=100):
        try:
            with attachment.file.open("rb") as file:
                yield f"attachments/{attachment.pk}-{attachment.name}", file.read()
        except FileNotFoundError:
            yield f"attachments/{attachment.pk}-missing.txt", b"This file is not here any more.\n"


PART = Part(
    app="tickets",
    stops=stop,
    finishes=empty_demo_mailbox,
    exports_files=files_of,
    impersonal=(
        Presence,
        Taker,
        TicketRule,
        TicketRuleVersion,
        AutomaticAnswer,
        BulkItem,
        BulkJob,
        BusinessCalendar,
        CalendarException,
        DetectionRule,
        LearnedTopic,
        ListPreference,
        Macro,
        MacroText,
        MacroUse,
        MailAccount,
        Mailbox,
        MailIncident,
        OpeningHours,
        Queue,
        Recalculation,
        SatisfactionSettings,
        SlaEscalation,
        SlaPolicy,
        SlaPolicyVersion,
        SlaTarget,
        Tag,
        TicketField,
        TicketLink,
        TicketMerge,
    ),
    tables=(
        Table(
            DraftFile,
            lambda scope: scope.of("draft__ticket__subscriber"),
            is_deleted=True,
            files=_delete_uploads,
            hides=("token", "file"),
        ),
        Table(Draft, lambda scope: scope.of("ticket__subscriber"), is_deleted=True),
        Table(Viewing, lambda scope: scope.of("ticket__subscriber"), is_deleted=True, is_exported=False),
        Table(Mention, lambda scope: scope.of("ticket__subscriber"), is_deleted=True, is_exported=False),
        Table(FieldValue, lambda scope: scope.of("ticket__subscriber"), is_deleted=True),
        Table(BlockedSender, lambda scope: scope.at("address", "blocked_at"), is_deleted=True),
        Table(SatisfactionRating, lambda scope: scope.of("request__subscriber"), empties=("comment",)),
        Table(SatisfactionRequest, lambda scope: scope.of("subscriber"), empties=("comment", "error")),
        Table(
            OutboundEvent,
            lambda scope: (
                scope.of("outbound__subscriber")
                | scope.of("outbound__ticket__subscriber")
                | scope.at("outbound__recipient", "outbound__created_at", "outbound__store")
            ),
            empties=("detail", "event_id"),
            keeps=("source",),
        ),
        Table(
            OutboundMail,
            _mails_out,
            empties=(
                "to_header",
                "cc_header",
                "from_name",
                "reply_to",
                "subject",
                "text",
                "html",
                "headers",
                "provider_id",
                "error",
            ),
            numbers=("key", "rfc822_id"),
            reduces={"recipient": lambda row, _: f"erased-{row.pk}@erased.invalid"},
        ),
        Table(
            OutboundMail,
            _copied,
            reduces={
                "to_header": lambda row, scope: without(row.to_header, scope),
                "cc_header": lambda row, scope: without(row.cc_header, scope),
            },
            is_exported=False,
        ),
        Table(Suppression, lambda scope: scope.at("address", "since"), is_deleted=True),
        Table(
            Attachment,
            lambda scope: _said(scope, "message__"),
            is_deleted=True,
            files=_delete_files,
            hides=("token", "file", "sha256"),
        ),
        Table(ThreadReference, lambda scope: _said(scope, "message__"), is_deleted=True, is_exported=False),
        Table(
            InboundMail,
            _mails_in,
            empties=("envelope_from", "envelope_to", "raw", "error", "subject", "rfc822_id", "fingerprint"),
            # Where it came from, and its number there: without it the same mail could be fetched again.
            keeps=("source", "source_key"),
            hides=("raw", "fingerprint"),
            sets={
                "state": Case(When(state__in=UNREAD, then=Value(InboundState.PROCESSED)), default=F("state")),
                "processed_at": timezone.now,
            },
        ),
        Table(
            TicketTopic, lambda scope: scope.of("ticket__subscriber") | _said(scope, "message__"), empties=("evidence",)
        ),
        Table(
            ClockEvent,
            lambda scope: scope.of("clock__ticket__subscriber"),
            reduces={
                "data": lambda row, _: {
                    name: value
                    for name, value in row.data.items()
                    if name in COUNTED and isinstance(value, int | float)
                }
            },
        ),
        Table(
            ClockEscalation, lambda scope: scope.of("clock__ticket__subscriber"), empties=("error",), is_exported=False
        ),
        Table(
            TicketEvent,
            lambda scope: scope.of("ticket__subscriber"),
            empties=("data",),
            reduces={"from_value": _keeps_plain("from_value"), "to_value": _keeps_plain("to_value")},
        ),
        Table(RuleFiring, lambda scope: scope.of("ticket__subscriber"), empties=("because", "done", "refused")),
        Table(RuleTask, lambda scope: scope.of("ticket__subscriber"), empties=("error",), is_exported=False),
        Table(SavedView, _views_that_name, is_deleted=True, is_exported=False),
        Table(Participant, _participants, is_deleted=True),
        Table(HelpRequest, lambda scope: scope.of("ticket__subscriber"), is_deleted=True),
        Table(
            Message,
            _mentions,
            reduces={name: _without(name) for name in ("text", "html", "visible_text", "from_address")},
            is_exported=False,
        ),
        Table(
            Message,
            _said,
            empties=("from_name", "from_address", "text", "html", "visible_text", "rfc822_id"),
            hides=("search",),
        ),
        # Read anew from what is left: triggers note every change above.
        Table(TicketWords, lambda scope: scope.of("ticket__subscriber"), is_deleted=True, is_exported=False),
        Table(Ticket, lambda scope: scope.of("subscriber"), empties=("source_key",), sets={"subject": "Erased"}),
    ),
)
