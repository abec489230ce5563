"""One ticket of the demo store, told as the services would have written it: messages, history, mails, clocks."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from helpdesk.demo.clocks import TicketClocks
from helpdesk.demo.conversations import Conversation
from helpdesk.demo.world import Order, Parcel, Person, Setting
from helpdesk.demo.writer import Writer
from helpdesk.models import User
from subscribers.enums import Actor, Channel
from subscribers.lazy import in_english
from tickets.enums import (
    Author,
    ClockEventKind,
    MessageKind,
    OutboundState,
    Priority,
    TicketEventKind,
    TicketStatus,
    TopicSource,
)
from tickets.mail.compose import automatic_headers, html_of
from tickets.mail.tokens import reply_address
from tickets.models import Message, OutboundMail, ThreadReference, Ticket, TicketEvent, TicketTopic
from tickets.services.topics import DAMAGED
from tickets.sla.changes import TicketChange
from tickets.topics.detect import Rule, TopicHit, detect


@dataclass
class Said:
    """A message before it is a row."""

    at: datetime
    author: Author
    text: str
    kind: MessageKind = MessageKind.PUBLIC
    by: User | None = None
    visible: str = ""
    pk: int = 0
    outbound_pk: int | None = None
    rfc822_id: str = ""


@dataclass
class Happened:
    at: datetime
    kind: TicketEventKind
    actor: Actor
    by: User | None = None
    before: str = ""
    after: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    said: Said | None = None


@dataclass
class Topic:
    hit: TopicHit
    reason: int
    at: datetime
    said: Said
    rejected_at: datetime | None = None
    rejected_by: User | None = None


class Thread:
    """A ticket while it is told. Every method happens at a time; times only go forward."""

    def __init__(
        self,
        setting: Setting,
        pk: int,
        person: Person,
        talk: Conversation,
        order: Order | None,
        parcel: Parcel | None,
        at: datetime,
        rules: tuple[tuple[Rule, ...], dict[str, int]],
        clocks: TicketClocks,
        labels: dict[str, str],
    ) -> None:
        self.setting, self.pk, self.person, self.talk = setting, pk, person, talk
        self.order, self.parcel = order, parcel
        self.rules, self.reasons, self.labels = rules[0], rules[1], labels
        self.ticket: Ticket = clocks.ticket
        self.channel = Channel(self.ticket.channel)
        self.clocks = clocks
        self.queue = next(one for one in setting.queues.values() if one.pk == clocks.ticket.queue_id)
        self.mailbox = next(one for one in setting.mailboxes.values() if one.queue_id == self.queue.pk)
        self.opened_at = self.updated_at = at
        self.status = TicketStatus.NEW
        self.assignee: User | None = None
        self.waiting_since: datetime | None = at
        self.resolved_at: datetime | None = None
        self.resolutions: list[tuple[datetime, datetime | None]] = []
        self.messages: list[Said] = []
        self.history: list[Happened] = []
        self.topics: dict[str, Topic] = {}
        self.subject = talk.subject()
        self._open(at)

    @property
    def cycle_index(self) -> int | None:
        return self.ticket.cycle_index

    def _open(self, at: datetime) -> None:
        said = self._say(at, Author.SUBSCRIBER, self.talk.opening())
        self._log(at, TicketEventKind.OPENED, Actor.SUBSCRIBER, after=self.queue.name, data={"channel": self.channel})
        self.clocks.apply(TicketChange.OPENED, at, "Opened")
        self._detect(said)

    def receive(self, at: datetime, text: str, *, quoting: bool = False) -> None:
        """The customer writes again."""
        earlier = next(
            (one for one in reversed(self.messages) if one.author == Author.AGENT and one.kind == MessageKind.PUBLIC),
            None,
        )
        visible = ""
        if quoting and earlier and earlier.by:
            visible = text
            text = self.talk.quoted(text, earlier.text, earlier.at, earlier.by.name, self.mailbox.address)
        said = self._say(at, Author.SUBSCRIBER, text, visible=visible)
        self._log(at, TicketEventKind.MESSAGE_RECEIVED, Actor.SUBSCRIBER, said=said)
        if self.status in (TicketStatus.PENDING, TicketStatus.RESOLVED):
            self.become(at, TicketStatus.OPEN, None)
        self.waiting_since = self.waiting_since or at
        self.clocks.apply(TicketChange.CUSTOMER_REPLIED, at, "The customer wrote")
        self._detect(said)

    def reply(self, at: datetime, by: User, text: str, status: TicketStatus) -> None:
        said = self._say(at, Author.AGENT, text, by=by)
        self._log(at, TicketEventKind.REPLIED, Actor.AGENT, by=by, said=said)
        if self.assignee is None:
            self.assign(at, by, by)
        self.waiting_since = None
        self.clocks.apply(TicketChange.AGENT_REPLIED, at, "Answered")
        self.become(at, status, by)

    def assign(self, at: datetime, by: User, to: User) -> None:
        if self.assignee is to:
            return
        before = self.assignee.name if self.assignee else ""
        self.assignee = to
        self._log(at, TicketEventKind.ASSIGNED, Actor.AGENT, by=by, before=before, after=to.name)

    def note(self, at: datetime, by: User | None, text: str) -> None:
        author = Author.AGENT if by else Author.SYSTEM
        said = self._say(at, author, text, by=by, kind=MessageKind.NOTE)
        self._log(at, TicketEventKind.NOTED, Actor.AGENT if by else Actor.SYSTEM, by=by, said=said)

    def system_mail(self, at: datetime, text: str) -> Said:
        """A flow's mail in the thread."""
        said = self._say(at, Author.SYSTEM, text)
        self._log(at, TicketEventKind.REPLIED, Actor.FLOW, said=said)
        return said

    def set_priority(self, at: datetime, by: User, priority: Priority) -> None:
        before = Priority(self.ticket.priority)
        self.ticket.priority = priority
        self._log(
            at,
            TicketEventKind.PRIORITY_CHANGED,
            Actor.AGENT,
            by=by,
            before=in_english(before.label),
            after=in_english(priority.label),
        )
        self.clocks.apply(TicketChange.RETARGETED, at, f"Priority {priority.label.lower()}")

    def become(self, at: datetime, status: TicketStatus, by: User | None) -> None:
        before = self.status
        if status == before:
            return
        self.status = status
        resolved, reopened = status == TicketStatus.RESOLVED, before == TicketStatus.RESOLVED
        kind = TicketEventKind.STATUS_CHANGED
        if resolved:
            kind, self.waiting_since = TicketEventKind.RESOLVED, None
            self.resolutions.append((at, None))
        elif reopened:
            kind = TicketEventKind.REOPENED
            self.resolutions[-1] = (self.resolutions[-1][0], at)
        self.resolved_at = at if resolved else None
        who = Actor.AGENT if by else Actor.SUBSCRIBER
        self._log(at, kind, who, by=by, before=before, after=status)
        if resolved:
            self.clocks.apply(TicketChange.RESOLVED, at, "Resolved")
        elif reopened:
            self.clocks.apply(TicketChange.REOPENED, at, "Reopened")
        elif status == TicketStatus.PENDING:
            self.clocks.apply(TicketChange.WAITING, at, "Waiting for the customer")
        elif before == TicketStatus.PENDING:
            self.clocks.apply(TicketChange.WORKING, at, "Work went on")

    def reject_topic(self, at: datetime, by: User, key: str) -> None:
        topic = self.topics[key]
        topic.rejected_at, topic.rejected_by = at, by
        self._log(at, TicketEventKind.TOPIC_REJECTED, Actor.AGENT, by=by, before=self.labels[key])

    def resolved_by(self, at: datetime) -> bool:
        return any(since <= at and (until is None or until > at) for since, until in self.resolutions)

    def _detect(self, said: Said) -> None:
        for hit in detect(f"{self.subject}\n\n{said.visible or said.text}", self.rules):
            if hit.topic in self.topics:
                continue
            if hit.topic == DAMAGED and self.parcel is None:
                self.parcel = self.person.latest_parcel(said.at)
            self.topics[hit.topic] = Topic(hit, self.reasons[hit.topic], said.at, said)
            self._log(
                said.at,
                TicketEventKind.TOPIC_ADDED,
                Actor.SYSTEM,
                after=self.labels[hit.topic],
                data={"evidence": list(dict.fromkeys(hit.because))},
            )

    def _say(
        self,
        at: datetime,
        author: Author,
        text: str,
        *,
        by: User | None = None,
        kind: MessageKind = MessageKind.PUBLIC,
        visible: str = "",
    ) -> Said:
        said = Said(at, author, text, kind, by, visible)
        if kind == MessageKind.PUBLIC and (author != Author.SUBSCRIBER or self.channel == Channel.MAIL):
            host = self.person.email if author == Author.SUBSCRIBER else self.mailbox.address
            seed = f"{self.setting.seed}:{self.pk}:{len(self.messages)}"
            unique = base64.b32encode(hashlib.sha256(seed.encode()).digest()[:15]).decode().lower()
            said.rfc822_id = f"{unique}@{host.rpartition('@')[2]}"
        self.messages.append(said)
        self.updated_at = max(self.updated_at, at)
        return said

    def _log(
        self,
        at: datetime,
        kind: TicketEventKind,
        actor: Actor,
        *,
        by: User | None = None,
        before: str = "",
        after: str = "",
        data: dict[str, Any] | None = None,
        said: Said | None = None,
    ) -> None:
        self.updated_at = max(self.updated_at, at)
        self.history.append(Happened(at, kind, actor, by, str(before), str(after), data or {}, said))


_PHASE = {ClockEventKind.WARN: TicketEventKind.SLA_WARNED, ClockEventKind.BREACH: TicketEventKind.SLA_BREACHED}


def write_thread(writer: Writer, thread: Thread) -> None:
    """All rows of a ticket. Its subscriber, subscription and box are written elsewhere."""
    setting, ticket = thread.setting, thread.ticket
    thread.clocks.sweep(setting.now)
    thread.clocks.write(writer, thread.pk)
    for clock, phase, at in thread.clocks.notices:
        data = {"clock": thread.clocks.ids[id(clock)], "metric": clock.metric}
        label = str(clock.get_metric_display())
        thread.history.append(Happened(at, _PHASE[phase], Actor.SYSTEM, after=label, data=data))
    writer.add(
        Ticket,
        id=thread.pk,
        store_id=setting.store.pk,
        queue_id=ticket.queue_id,
        subscriber_id=thread.person.pk,
        subscription_id=thread.order.pk if thread.order else None,
        box_id=thread.parcel.pk if thread.parcel else None,
        subject=thread.subject[:500],
        status=thread.status,
        priority=ticket.priority,
        channel=thread.channel,
        assignee_id=thread.assignee.pk if thread.assignee else None,
        cycle_index=ticket.cycle_index,
        opened_at=thread.opened_at,
        updated_at=thread.updated_at,
        resolved_at=thread.resolved_at,
        waiting_since=thread.waiting_since,
        next_due_at=thread.clocks.next_due_at(),
    )
    earlier: list[Said] = []
    for said in sorted(thread.messages, key=lambda one: one.at):
        _write_message(writer, thread, said, earlier)
        if said.rfc822_id:
            earlier.append(said)
    for happened in sorted(thread.history, key=lambda one: one.at):
        data = {"message": happened.said.pk} if happened.said else happened.data
        writer.add(
            TicketEvent,
            ticket_id=thread.pk,
            kind=happened.kind,
            actor_kind=happened.actor,
            actor_id=happened.by.pk if happened.by else None,
            from_value=happened.before[:200],
            to_value=happened.after[:200],
            data=data,
            occurred_at=happened.at,
        )
    for topic in thread.topics.values():
        writer.add(
            TicketTopic,
            ticket_id=thread.pk,
            reason_id=topic.reason,
            message_id=topic.said.pk,
            source=TopicSource.RULE,
            rule_id=int(topic.hit.rules[0]),
            confidence=topic.hit.confidence,
            evidence=list(dict.fromkeys(topic.hit.because)),
            created_at=topic.at,
            rejected_at=topic.rejected_at,
            decided_by_id=topic.rejected_by.pk if topic.rejected_by else None,
        )


def _write_message(writer: Writer, thread: Thread, said: Said, earlier: list[Said]) -> None:
    theirs = said.author == Author.SUBSCRIBER
    said.pk = writer.add(
        Message,
        ticket_id=thread.pk,
        kind=said.kind,
        author_kind=said.author,
        author_id=said.by.pk if said.by else None,
        subscriber_id=thread.person.pk if theirs else None,
        from_name=thread.person.name if theirs else "",
        from_address=thread.person.email if theirs else "",
        text=said.text,
        visible_text=said.visible,
        rfc822_id=said.rfc822_id,
        sent_at=said.at,
        created_at=said.at,
    )
    if not said.rfc822_id:
        return
    references = [said.rfc822_id]
    if theirs and earlier:
        references.append(earlier[-1].rfc822_id)
    for reference in references:
        writer.add(ThreadReference, message_id=said.pk, store_id=thread.setting.store.pk, reference=reference)
    if theirs:
        return
    answered = next(
        (one for one in reversed(earlier) if one.author == Author.SUBSCRIBER), earlier[-1] if earlier else None
    )
    headers = {"X-Loop": thread.mailbox.address}
    if answered:
        ids = [one.rfc822_id for one in earlier if one is not answered] + [answered.rfc822_id]
        headers = {
            "In-Reply-To": f"<{answered.rfc822_id}>",
            "References": " ".join(f"<{one}>" for one in ids),
            **headers,
        }
    if said.author == Author.SYSTEM:
        headers |= automatic_headers()
    name = f"{said.by.name} ({thread.mailbox.name})" if said.by else thread.mailbox.name
    said.outbound_pk = writer.add(
        OutboundMail,
        store_id=thread.setting.store.pk,
        mailbox_id=thread.mailbox.pk,
        message_id=said.pk,
        subscriber_id=thread.person.pk,
        key=f"demo:{said.rfc822_id}",
        recipient=thread.person.email,
        from_name=name,
        reply_to=reply_address(thread.mailbox.address, thread.pk),
        subject=f"Re: {thread.subject}"[:500],
        text=said.text,
        html=html_of(said.text),
        rfc822_id=said.rfc822_id,
        headers=headers,
        state=OutboundState.SENT,
        attempts=1,
        next_attempt_at=said.at,
        sent_at=said.at + timedelta(seconds=1),
        created_at=said.at,
    )
