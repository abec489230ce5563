"""What becomes of mails: a message on its thread, a new ticket, or neither."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection

from subscribers.models import Store, Subscriber
from subscribers.services.people import identify_all, known_people
from tickets.enums import Authentication, InboundState
from tickets.mail.acknowledge import acknowledge, tell_limits
from tickets.mail.arrived import Arrived, usable
from tickets.mail.colleagues import answer_by_mail, staff_address
from tickets.mail.filing import opening, received
from tickets.mail.parsed import Address
from tickets.mail.returned import note_bounce, note_complaint, sent_by_us
from tickets.mail.routing import header_recipients
from tickets.mail.surroundings import Surroundings
from tickets.mail.threads import Asked, Found, Threads, reference_key
from tickets.mail.tokens import is_own_id
from tickets.mail.unsubscribing import unsubscribed
from tickets.models import AutomaticAnswer, BlockedSender, InboundMail, Message, Ticket
from tickets.services.conversation import add_note
from tickets.services.history import locked_together
from tickets.services.opening import Opening, open_all
from tickets.services.participants import participants_of
from tickets.services.receiving import receive_all

MOST_NAMED = 20  # files that were left out
NOBODY = "The mail names nobody who could be answered: From, Reply-To and envelope hold no address."


class Contended(Exception):
    """A ticket moved while its mail was decided: the mail is looked at again."""


@dataclass(frozen=True)
class Outcome:
    """`note`: in a few words, why the mail went where it did."""

    state: InboundState
    note: str
    message: Message | None = None


@dataclass(frozen=True)
class Decided:
    """A mail that becomes a message, which bears `message_id`, of whoever wants something.

    `is_forwarded`: a colleague handed on what the requester wrote to them.
    """

    arrived: Arrived
    requester: Address
    message_id: str
    is_forwarded: bool = False

    @property
    def store(self) -> Store:
        return self.arrived.inbound.mailbox.store

    @property
    def is_from_requester(self) -> bool:
        """Whether From names them. By Reply-To anybody can write in anybody's name."""
        mail = self.arrived.mail
        return not mail.from_address or mail.from_address.strip().lower() == self.requester.address.strip().lower()

    @property
    def authentication(self) -> Authentication:
        """Of the requester: what the domain in From vouches for is said of nobody else."""
        found = self.arrived.authentication
        return Authentication.NONE if found == Authentication.PASS and not self.is_from_requester else found

    @property
    def may_bring_others(self) -> bool:
        """Whether those whom the mail names beside us are written to from now on."""
        is_theirs = self.is_from_requester or self.is_forwarded
        return is_theirs and self.authentication != Authentication.FAIL

    @property
    def is_report(self) -> bool:
        """A bounce or a complaint: on the thread that it is about, nobody wrote it."""
        return self.arrived.mail.automatic in ("bounce", "feedback_report")


def take_in(arrived: Sequence[Arrived]) -> list[tuple[Arrived, Outcome]]:
    """Decide and write some mails, none of which answers or copies another, inside the caller's transaction.

    Whichever of them others hold, or have taken in meanwhile, are left out.
    """
    arrived = _still_waiting(arrived)
    _one_at_a_time(arrived)
    around = Surroundings(arrived)
    outcomes: list[tuple[Arrived, Outcome]] = []
    asked: list[Decided] = []
    for one in arrived:
        if outcome := _kept_out(one, around):
            outcomes.append((one, outcome))
            continue
        is_reused = around.is_reused(one)
        forwarded = forwarded_by_colleague(one, around)
        requester = forwarded or requester_of(one, around)
        message_id = one.reused_id if is_reused else one.own_id
        asked.append(Decided(one, requester, message_id, is_forwarded=forwarded is not None))
    threads = Threads([_asked(decided) for decided in asked])
    joining: list[tuple[Decided, Found]] = []
    beginning: list[Decided] = []
    for number, decided in enumerate(asked):
        mail, found = decided.arrived.mail, threads.find(number)
        answered = sent_by_us(decided.store, mail) if mail.automatic else []
        if mail.automatic == "bounce":
            note_bounce(answered, mail.bounced_recipients)
        elif mail.automatic == "feedback_report":
            note_complaint(answered, mail.bounced_recipients)
        if found is None and answered:
            note = f"An automatic answer to mail {answered[0].pk}, which has no ticket."
            outcomes.append((decided.arrived, Outcome(InboundState.PROCESSED, note)))
        elif found is not None and (decided.requester.address or decided.is_report):
            joining.append((decided, found))
        elif decided.requester.address:
            beginning.append(decided)
        else:
            outcomes.append((decided.arrived, Outcome(InboundState.QUARANTINED, NOBODY)))
    return [*outcomes, *_join(joining, around), *_open(beginning, around)]


def forwarded_by_colleague(one: Arrived, around: Surroundings) -> Address | None:
    """The customer whose mail a colleague forwards: they are who wants something."""
    writer = one.mail.forwarded_from
    if writer is None or not usable(writer.address) or around.is_ours(writer.address):
        return None
    return writer if around.colleague(one, one.mail.from_address) else None


def requester_of(one: Arrived, around: Surroundings) -> Address:
    """Who wants something: a valid Reply-To, From, the envelope.

    Addresses of our own want nothing. An address of "" where none can be answered.
    """
    for address in one.possible_requesters():
        if usable(address.address) and not around.is_ours(address.address):
            return address
    return Address("", "")


def loop(one: Arrived, around: Surroundings) -> str:
    """Why a mail is one of ours come back, "" where it is not. An answer to it would be answered for ever."""
    if is_own_id(one.mail.message_id):
        return "Our own mail came back."
    if any(around.is_ours(address) for address in one.loops):
        return "The mail carries our own X-Loop."
    if around.is_ours(one.mail.from_address) and all(around.is_ours(address) for address in one.answerable):
        return "The mail is from one of our own mailboxes."
    return ""


def _kept_out(one: Arrived, around: Surroundings) -> Outcome | None:
    if (earlier := around.copied(one)) is not None:
        return Outcome(InboundState.DUPLICATE, f"A copy of mail {earlier}.")
    reason = loop(one, around) or unsubscribed(one)
    return Outcome(InboundState.PROCESSED, reason) if reason else None


def _asked(decided: Decided) -> Asked:
    one = decided.arrived
    recipients = [*one.inbound.envelope_to, *header_recipients(one.mail)]
    staff = staff_address(one.inbound, one.mail)
    asking = decided.requester.address
    writer = asking if decided.is_forwarded else one.mail.from_address or asking
    return Asked(
        store_id=decided.store.pk,
        mail=one.mail,
        recipients=recipients,
        sender=writer.strip().lower(),
        own_id=one.own_id if decided.message_id == one.own_id else "",
        staff_ticket=staff[0] if staff else None,
    )


def _join(joining: Sequence[tuple[Decided, Found]], around: Surroundings) -> list[tuple[Arrived, Outcome]]:
    if not joining:
        return []
    tickets = locked_together([found.ticket_id for _, found in joining])
    taking_part = participants_of(list(tickets.values()))
    people = _known([decided for decided, _ in joining])
    outcomes, waiting, messages = [], [], []
    for decided, found in joining:
        ticket = tickets.get(found.ticket_id)
        if ticket is None or ticket.deleted_at or ticket.merged_into_id != found.merged_into_id:
            raise Contended(f"Ticket {found.ticket_id} moved.")
        if answer := _answer_of_colleague(decided, ticket, around):
            outcomes.append((decided.arrived, _joined(found, answer)))
            continue
        person = people.get((decided.store.pk, decided.requester.address))
        messages.append(received(decided, ticket, person, taking_part[ticket.pk], around))
        waiting.append((decided.arrived, found))
    for (arrived, found), row in zip(waiting, receive_all(messages), strict=True):
        outcomes.append((arrived, _joined(found, row)))
        _note_limits(arrived, row)
    return outcomes


def _answer_of_colleague(decided: Decided, ticket: Ticket, around: Surroundings) -> Message | None:
    """What a colleague's mail on this ticket became; None for a customer's, and for one that a colleague forwards.

    A colleague's own request, or a forward, that came to their address for answers is an answer all the same.
    """
    one = decided.arrived
    user = around.colleague(one, one.mail.from_address)
    if user is None:
        return None
    writer = one.mail.from_address.strip().lower()
    is_theirs = ticket.subscriber.email.lower() == writer or decided.requester.address.lower() != writer
    if is_theirs and staff_address(one.inbound, one.mail) is None:
        return None
    return answer_by_mail(one.inbound, one.mail, ticket, user, authentication=one.authentication)


def _joined(found: Found, message: Message) -> Outcome:
    return Outcome(InboundState.PROCESSED, f"Joined {message.ticket.number} by {found.by}.", message)


def _open(beginning: Sequence[Decided], around: Surroundings) -> list[tuple[Arrived, Outcome]]:
    if not beginning:
        return []
    people: dict[tuple[int, str], Subscriber] = {}
    for store, some in _by_store(beginning).items():
        names = {decided.requester.address.strip(): decided.requester.name for decided in reversed(some)}
        people |= {(store.pk, email): person for email, person in identify_all(store, names).items()}
    openings = [
        opening(decided, people[decided.store.pk, decided.requester.address.strip()], around) for decided in beginning
    ]
    openings = _spam_marked(openings)
    answering = _queues_that_acknowledge({one.queue.pk for one in openings if not one.is_spam})
    outcomes = []
    for decided, (ticket, message) in zip(beginning, open_all(openings), strict=True):
        note = f"Opened {ticket.number}."
        outcomes.append((decided.arrived, Outcome(InboundState.PROCESSED, note, message)))
        if ticket.deleted_at is None and ticket.queue_id in answering and decided.arrived.mail.may_auto_reply:
            acknowledge(ticket, message)
        _note_limits(decided.arrived, message)
    return outcomes


def _spam_marked(openings: Sequence[Opening]) -> list[Opening]:
    """What blocked senders write is spam."""
    wanted = {one.subscriber.email.lower() for one in openings}
    rows = BlockedSender.objects.filter(address__in=wanted, store__in={one.store.pk for one in openings})
    blocked = set(rows.values_list("store_id", "address"))
    return [replace(one, is_spam=(one.store.pk, one.subscriber.email.lower()) in blocked) for one in openings]


def _queues_that_acknowledge(queue_ids: set[int]) -> set[int]:
    rows = AutomaticAnswer.objects.filter(queue__in=queue_ids, is_active=True)
    return set(rows.values_list("queue_id", flat=True))


def _note_limits(one: Arrived, message: Message) -> None:
    """What was not taken in is told to colleagues, and to whoever sent it."""
    if one.left_out:
        names = [f"– {name}" for name in one.left_out[:MOST_NAMED]]
        if len(one.left_out) > MOST_NAMED:
            names.append(f"and {len(one.left_out) - MOST_NAMED} more")
        text = "\n".join(["Not taken in, for it is too large or too much:", *names])
        add_note(message.ticket, author=None, text=text)
        if one.mail.may_auto_reply and message.ticket.deleted_at is None:
            tell_limits(message.ticket, message, one.left_out)


def _known(some: Sequence[Decided]) -> dict[tuple[int, str], Subscriber]:
    return {
        (store.pk, email): person
        for store, decided in _by_store(some).items()
        for email, person in known_people(store, {one.requester.address for one in decided}).items()
    }


def _by_store(some: Sequence[Decided]) -> dict[Store, list[Decided]]:
    found: dict[Store, list[Decided]] = {}
    for decided in some:
        found.setdefault(decided.store, []).append(decided)
    return found


def _still_waiting(arrived: Sequence[Arrived]) -> list[Arrived]:
    """Those whose rows still wait, by the same claim; the rows are held until the transaction ends."""
    by_pk = {one.inbound.pk: one for one in arrived}
    rows = InboundMail.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        pk__in=by_pk, state=InboundState.STORED
    )
    held = rows.order_by("pk").values_list("pk", "attempts")
    waiting = {pk for pk, attempts in held if attempts == by_pk[pk].attempt}
    return [one for one in arrived if one.inbound.pk in waiting]


def _one_at_a_time(arrived: Sequence[Arrived]) -> None:
    """Until the transaction ends, nobody else takes in a copy of these mails, another of their threads or writers.

    Without it, a mail and the answer to it, read by two workers at once, would open two tickets. In one order, so
    that no two wait for each other in a circle.
    """
    keys = set()
    for one in arrived:
        mail, store = one.mail, one.inbound.mailbox.store_id
        oldest = reference_key((mail.references or mail.in_reply_to or (one.own_id,))[0])
        keys |= {f"{store} {one.own_id}", f"{store} {oldest}"}
        writers = {address.address.strip().lower() for address in one.possible_requesters()}
        keys |= {f"{store} {address}" for address in writers if address}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(key) FROM (SELECT hashtextextended(key, 0) AS key "
            "FROM unnest(%s::text[]) AS key ORDER BY 1) AS keys",
            [list(keys)],
        )
