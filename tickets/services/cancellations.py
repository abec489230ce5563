"""Cancellations as customer service sees them: asked for by mail, to be matched, refused by a provider.

Nothing that a customer asked for ends here unseen: each becomes, or is on, a ticket, and time makes it urgent.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import translation

from subscribers.cancellation import letters, links
from subscribers.cancellation.declarations import cancel
from subscribers.cancellation.enums import (
    NoticeKind,
    OfferKind,
    SessionChannel,
    SessionKind,
    SessionState,
)
from subscribers.cancellation.notices import not_taken, taken
from subscribers.cancellation.policies import policy_for, rules_in, settings_of
from subscribers.cancellation.sessions import dismiss, give_reason, open_session
from subscribers.enums import ENDED_SUBSCRIPTION, Channel, Role
from subscribers.errors import Refused
from subscribers.models import (
    CancellationNotice,
    CancellationSession,
    Membership,
    Reason,
    Subscription,
)
from subscribers.services.people import identify
from tickets.enums import CANCEL, Authentication, Author, Priority, TicketStatus, TopicSource
from tickets.mail.outbox import queue_mail, queue_staff_mail
from tickets.models import Message, Ticket, TicketCancellation
from tickets.services.conversation import add_note
from tickets.services.history import locked
from tickets.services.messages import NewMessage
from tickets.services.tickets import change_status, open_ticket, set_priority
from tickets.topics.intent import declares_cancellation

# Tickets that a session made necessary: their text is a declaration that was taken already.
MADE_HERE = "cancellation:"


# -- Asked for by mail -----------------------------------------------------------------------------------


@transaction.atomic
def note_request(ticket: Ticket, message: Message | None = None) -> CancellationSession | None:
    """A customer writes that they cancel: a session that stays open until it is done, tied to the ticket.

    None where no subscription of theirs runs, or the ticket came of a session itself. Noted twice, it is one.
    """
    if ticket.source_key.startswith(MADE_HERE) or ticket.merged_into_id or ticket.deleted_at:
        return None
    ticket = locked(ticket)
    if there := CancellationSession.objects.filter(ticket_link__ticket=ticket, state=SessionState.REQUESTED).first():
        return there
    live = list(
        Subscription.objects.filter(subscriber=ticket.subscriber_id)
        .exclude(status__in=ENDED_SUBSCRIPTION)
        .select_related("subscriber__store", "store", "product")
        .order_by("-started_at", "pk")
    )
    if not live:
        return None
    subscription = next((one for one in live if one.pk == ticket.subscription_id), live[0])
    message = message or _their_words(ticket)
    session = open_session(
        subscription,
        channel=SessionChannel.MAIL,
        source=ticket.number,
        state=SessionState.REQUESTED,
        at=message.created_at if message else ticket.opened_at,
    )
    if not TicketCancellation.objects.filter(session=session).exists():
        TicketCancellation.objects.create(ticket=ticket, session=session)
    if len(live) == 1 and session.state == SessionState.REQUESTED and message and _may_execute(ticket, message):
        session = cancel(give_reason(session, words=message.visible_text or message.text))
    return session


def _their_words(ticket: Ticket) -> Message | None:
    theirs = ticket.messages.filter(author_kind=Author.SUBSCRIBER, automatic="")
    return theirs.order_by("-created_at", "-pk").first()


def _may_execute(ticket: Ticket, message: Message) -> bool:
    """Whether a mail cancels by itself: wanted by the store and the place, its sender proved, its words plain."""
    return (
        settings_of(ticket.store).executes_mail
        and rules_in(policy_for(ticket.subscriber)).mail_suffices
        and message.authentication == Authentication.PASS
        and message.subscriber_id == ticket.subscriber_id
        and declares_cancellation(message.visible_text or message.text)
    )


@transaction.atomic
def take_back_request(ticket: Ticket, actor: object) -> None:
    """An agent said that the ticket is not about cancelling."""
    for session in CancellationSession.objects.filter(ticket_link__ticket=ticket, state=SessionState.REQUESTED):
        dismiss(session, actor=actor, words="Not about cancelling")  # type: ignore[arg-type]


def way_to_cancel(ticket: Ticket) -> str:
    """What the acknowledgement of a mail that cancels says besides: the link that does it now. "" for others."""
    session = (
        CancellationSession.objects.filter(ticket_link__ticket=ticket)
        .select_related("subscription__subscriber", "subscriber")
        .order_by("-pk")
        .first()
    )
    if session is None or not session.is_open or session.subscription is None:
        return ""
    with translation.override(session.language):
        said = translation.gettext("You can cancel right now, without waiting for us and without a log-in:")
    return f"{said}\n{links.cancel_url(session.subscription)}"


# -- Mails -------------------------------------------------------------------------------------------------


@transaction.atomic
def deliver(notice: CancellationNotice) -> None:
    """Put a mail into the outbox, once; what cannot be is kept with its reason and tried again."""
    try:
        with transaction.atomic():
            letter = letters.letter_of(notice)
            queue_mail(
                store=notice.store,
                subscriber=notice.subscriber,
                subject=letter.subject,
                text=letter.text,
                key=notice.key,
                essential=True,
            )
            _copy_to_named_address(notice)
            taken(notice)
    except Refused as refused:
        not_taken(notice, refused.message)


def _copy_to_named_address(notice: CancellationNotice) -> None:
    """The confirmation also goes where a declaration asked for it: with what was declared, and nothing more."""
    session = notice.session
    if notice.kind != NoticeKind.RECEIPT or session is None:
        return
    address = str((session.statement or {}).get("confirm_to", ""))
    if not address or address.lower() == notice.subscriber.email.lower():
        return
    letter = letters.declaration_letter(session)
    queue_mail(
        store=notice.store,
        subscriber=None,
        recipient=address,
        subject=letter.subject,
        text=letter.text,
        key=f"{notice.key}:copy",
        essential=True,
    )


# -- What needs a person -------------------------------------------------------------------------------------


@transaction.atomic
def open_for(session: CancellationSession) -> Ticket | None:
    """The ticket that a session makes necessary: to match a declaration, to refund a withdrawal, to talk."""
    if link := TicketCancellation.objects.filter(session=session).select_related("ticket").first():
        return link.ticket
    subject, text, note = _asked_for(session)
    if not subject:
        return None
    return _open(session, subject, text, note)


def _asked_for(session: CancellationSession) -> tuple[str, str, str]:
    """Subject, the customer's words, and the note to colleagues; empty where no ticket is needed."""
    if session.state == SessionState.CANCELLED and session.is_unmatched:
        note = "Nobody could be matched. It counts from when it was declared: find the subscription and cancel it."
        return f"Cancellation to match: {session.reference}", declaration_text(session), note
    if session.state == SessionState.CANCELLED and session.kind == SessionKind.WITHDRAWAL:
        note = "The subscription is cancelled. Refund what they paid within 14 days, and tell them how to send it back."
        return f"Withdrawal: {session.reference}", declaration_text(session), note
    offer = session.accepted_offer
    if session.state == SessionState.ACCEPTED and offer is not None and offer.kind == OfferKind.CONTACT:
        reason = session.reason.label if session.reason else "no reason given"
        return f"Wants to talk before cancelling ({reason})", session.words or reason, ""
    return "", "", ""


def declaration_text(session: CancellationSession) -> str:
    said = [f"{name.replace('_', ' ')}: {value}" for name, value in (session.statement or {}).items() if value]
    subject = str(session.subscription or "")
    lines = [f"{session.get_kind_display()} {session.reference}", subject, *said, session.detail, session.words]
    return "\n".join(map(str, (line for line in lines if line)))


def _open(session: CancellationSession, subject: str, text: str, note: str) -> Ticket:
    statement = session.statement or {}
    store = session.store
    person = session.subscriber or identify(
        store=store, email=str(statement.get("email", "")), name=str(statement.get("name", ""))
    )
    reason = Reason.objects.of_store(store).filter(key=CANCEL).order_by("store").first()
    ticket = open_ticket(
        store=store,
        subscriber=person,
        subject=subject,
        channel=Channel.WEB,
        message=NewMessage(text=text),
        priority=Priority.HIGH,
        topics=[reason] if reason else [],
        topic_source=TopicSource.SUBSCRIBER,
        source_key=f"{MADE_HERE}{session.pk}",
    )
    TicketCancellation.objects.get_or_create(session=session, defaults={"ticket": ticket})
    if note:
        add_note(ticket, author=None, text=note)
    if session.subscriber_id is None:
        letter = letters.declaration_letter(session)
        queue_mail(
            store=store,
            subscriber=person,
            recipient=str(statement.get("confirm_to") or person.email),
            subject=letter.subject,
            text=letter.text,
            key=f"cancellation:{session.pk}:receipt",
            essential=True,
        )
    return ticket


@transaction.atomic
def tell_ended(session: CancellationSession) -> None:
    """What became of a session, on the ticket that it belongs to."""
    ticket = open_for(session)
    link = TicketCancellation.objects.filter(session=session).select_related("ticket").first()
    if link is None or link.ticket.source_key.startswith(MADE_HERE):
        return
    ticket = link.ticket
    words = {
        SessionState.CANCELLED: f"Cancelled: {session.reference}. The receipt goes to them by mail.",
        SessionState.ACCEPTED: "They took an offer instead of cancelling.",
        SessionState.ABANDONED: "They stay: nothing was cancelled.",
    }.get(SessionState(session.state))
    if words:
        add_note(ticket, author=None, text=words)


@transaction.atomic
def tell_refused(session: CancellationSession) -> None:
    """A provider does not do what a subscriber was promised: the ticket is ours, urgent, and the leads know."""
    link = TicketCancellation.objects.filter(session=session).select_related("ticket").first()
    what = "cancel" if session.state == SessionState.CANCELLED else "give what they took instead of cancelling"
    if link is None:
        subject = f"The provider does not {what}: {session.reference}"
        ticket = _open(session, subject, declaration_text(session), "")
    else:
        ticket = link.ticket
    add_note(
        ticket,
        author=None,
        text=f"The provider does not {what}: “{session.error}”. Look at {session.reference}, mend it, and try again.",
    )
    _make_urgent(ticket, session, "refused", f"The provider does not {what}: {session.reference}", session.error)


@transaction.atomic
def tell_overdue(session: CancellationSession) -> None:
    """Nobody worked off a mail that cancels."""
    link = TicketCancellation.objects.filter(session=session).select_related("ticket").first()
    if link is None:
        return
    add_note(link.ticket, author=None, text="They asked to cancel, and nobody has done it in time.")
    subject = f"Not cancelled in time: {link.ticket.number}"
    _make_urgent(link.ticket, session, "overdue", subject, "A customer asked by mail to cancel; it is overdue.")


def _make_urgent(ticket: Ticket, session: CancellationSession, why: str, subject: str, text: str) -> None:
    if ticket.status == TicketStatus.RESOLVED:
        change_status(ticket, actor=None, status=TicketStatus.OPEN)
    set_priority(ticket, actor=None, priority=Priority.URGENT)
    for person in _to_tell(ticket):
        queue_staff_mail(
            ticket,
            user=person,
            subject=subject,
            text=f"{ticket.number} {ticket.subject}\n\n{text}",
            key=f"cancellation:{session.pk}:{why}:{session.attempts}:{person.pk}",
        )


def _to_tell(ticket: Ticket) -> list[AbstractBaseUser]:
    """The assignee and the leads; administrators where there are none."""
    members = Membership.objects.filter(store=ticket.store_id, user__is_active=True).select_related("user")
    leads = [one.user for one in members.filter(role=Role.LEAD).order_by("user_id")]
    leads = leads or [one.user for one in members.filter(role=Role.ADMIN).order_by("user_id")]
    people = ([ticket.assignee] if ticket.assignee and ticket.assignee.is_active else []) + leads
    return list(dict.fromkeys(people))


# -- What was missed -----------------------------------------------------------------------------------------


def sweep_missed() -> int:
    """Find what a fault or an outage kept from being heard. How much was mended."""
    count = 0
    for ticket in _requests_missed():
        count += note_request(ticket) is not None
    for session in _sessions_without_ticket():
        count += open_for(session) is not None
    for session in _refusals_untold():
        tell_refused(session)
        count += 1
    return count


def _requests_missed() -> list[Ticket]:
    """Unresolved tickets about cancelling whose wish nobody took up."""
    tickets = (
        Ticket.objects.unresolved()
        .filter(deleted_at=None, merged_into=None, topics__reason__key=CANCEL, topics__rejected_at=None)
        .exclude(source_key__startswith=MADE_HERE)
        .filter(cancellations=None, subscriber__subscriptions__isnull=False)
        .exclude(subscriber__cancellation_sessions__state=SessionState.CANCELLED)
        .select_related("subscriber__store", "store")
    )
    return list(tickets.distinct().order_by("pk")[:200])


def _sessions_without_ticket() -> list[CancellationSession]:
    """Declarations to match, and withdrawals, that have no ticket yet."""
    sessions = CancellationSession.objects.filter(state=SessionState.CANCELLED, ticket_link=None).select_related(
        "store", "subscriber__store", "subscription__product", "reason", "accepted_offer"
    )
    unmatched = sessions.filter(subscription=None)
    withdrawn = sessions.filter(kind=SessionKind.WITHDRAWAL)
    return list((unmatched | withdrawn).order_by("pk")[:200])


def _refusals_untold() -> list[CancellationSession]:
    """What a provider refused, of which no ticket tells."""
    refused = CancellationSession.objects.filter(refused_at__isnull=False, confirmed_at=None, ticket_link=None)
    related = refused.select_related("store", "subscriber__store", "subscription__product", "reason", "accepted_offer")
    return list(related.order_by("pk")[:200])
