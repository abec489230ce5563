"""Makes one ticket a part of another, and takes it back.

The messages move: they are read, found and answered where they are from then on. What comes later for the ticket that
was merged goes to the other one, through chains (tickets.mail.threads). Its promises are not owed any more; the other
one is owed since the earliest customer who waits.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from tickets import signals
from tickets.enums import Author, DeletedAs, MessageState, ParticipantRole, TicketEventKind, TicketStatus
from tickets.models import (
    FieldValue,
    Follower,
    Message,
    OutboundMail,
    Participant,
    Ticket,
    TicketLink,
    TicketMerge,
    TicketTag,
    TicketTopic,
)
from tickets.services.discarding import bring_back, withdraw
from tickets.services.history import locked_together, log
from tickets.services.tickets import apply_status
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply

UNDONE_WITHIN = timedelta(hours=1)  # whatever came since; later, as long as nothing did


def standing_of(pk: int) -> int:
    """The ticket that this one is a part of by now, through chains; itself where it stands alone."""
    seen: set[int] = set()
    while pk not in seen:
        seen.add(pk)
        into = Ticket.objects.filter(pk=pk, deleted_as=DeletedAs.MERGED).values_list("merged_into", flat=True).first()
        pk = into or pk
    return pk


@transaction.atomic
def merge(source: Ticket, *, into: Ticket, actor: AbstractBaseUser | None) -> TicketMerge:
    """Raises `Refused` for a ticket with itself, of another store, or that is in no list."""
    if source.pk == into.pk:
        raise Refused(_("A ticket cannot be merged with itself."), "into")
    rows = locked_together([source.pk, into.pk])
    source, target = rows[source.pk], rows[into.pk]
    if source.store_id != target.store_id:
        raise Refused(_("These tickets belong to two stores."), "into")
    if source.deleted_at is not None or target.deleted_at is not None:
        raise Refused(_("One of these tickets is in no list any more."), "into")
    if source.messages.filter(state=MessageState.LEAVING).exists():
        raise Refused(_("An answer is just leaving. Try again in a moment."), "into")
    now = timezone.now()
    moved = {**_move(source, target), "waiting_since": _iso(target), "status": target.status}
    row = TicketMerge.objects.create(
        source=source, target=target, merged_by_id=actor.pk if actor else None, merged_at=now, moved=moved
    )
    source.merged_into = target
    withdraw(source, DeletedAs.MERGED, now=now)
    log(source, TicketEventKind.MERGED, actor=actor, to_value=target.number, at=now, into=target.pk)
    log(target, TicketEventKind.MERGED_IN, actor=actor, from_value=source.number, at=now, merge=row.pk)
    _owe(source, target)
    signals.ticket_discarded.send_robust(sender=Ticket, ticket=source, kind=DeletedAs.MERGED, actor=actor, into=target)
    return row


def _iso(ticket: Ticket) -> str:
    return ticket.waiting_since.isoformat() if ticket.waiting_since else ""


def _move(source: Ticket, target: Ticket) -> dict[str, list[int]]:
    """What went over, and what was made on the target for it, by id."""
    messages = list(source.messages.order_by("pk").values_list("pk", flat=True))
    mails = list(OutboundMail.objects.filter(ticket=source).order_by("pk").values_list("pk", flat=True))
    Message.objects.filter(pk__in=messages).update(ticket=target)
    OutboundMail.objects.filter(pk__in=mails).update(ticket=target)
    known = target.topics.values("reason")
    topics = list(source.topics.exclude(reason__in=known).values_list("pk", flat=True))
    TicketTopic.objects.filter(pk__in=topics).update(ticket=target)
    links = _link(source, target)
    return {"messages": messages, "mails": mails, "topics": topics, "links": links, **_join(source, target)}


def _link(source: Ticket, target: Ticket) -> list[int]:
    """What was linked with the one is linked with the other, unless it was already: which links went over."""
    known = {target.pk, *_others(target)}
    theirs = [row for row in _links(source) if known.isdisjoint({row.ticket_id, row.other_id} - {source.pk})]
    _relink(theirs, source, target)
    return [row.pk for row in theirs]


def _links(ticket: Ticket) -> list[TicketLink]:
    return list(TicketLink.objects.filter(Q(ticket=ticket) | Q(other=ticket)).order_by("pk"))


def _others(ticket: Ticket) -> set[int]:
    return {row.other_id if row.ticket_id == ticket.pk else row.ticket_id for row in _links(ticket)}


def _relink(links: Sequence[TicketLink], before: Ticket, after: Ticket) -> None:
    for row in links:
        if row.ticket_id == before.pk:
            row.ticket = after
        else:
            row.other = after
        row.save(update_fields=["ticket", "other"])


def _join(source: Ticket, target: Ticket) -> dict[str, list[int]]:
    there = set(target.participants.values_list("address", flat=True))
    people = [
        Participant(
            ticket=target,
            address=one.address,
            name=one.name,
            subscriber_id=one.subscriber_id,
            role=ParticipantRole.CC if one.role == ParticipantRole.REQUESTER else one.role,
            is_verified=one.is_verified,
        )
        for one in source.participants.order_by("pk")
        if one.address not in there
    ]
    tagged = set(target.ticket_tags.values_list("tag_id", flat=True))
    tags = [
        TicketTag(ticket=target, tag_id=one.tag_id, added_by_id=one.added_by_id)
        for one in source.ticket_tags.order_by("pk")
        if one.tag_id not in tagged
    ]
    filled = set(target.field_values.values_list("field_id", flat=True))
    values = [
        FieldValue(ticket=target, field_id=one.field_id, value=one.value)
        for one in source.field_values.order_by("pk")
        if one.field_id not in filled
    ]
    following = set(target.followers.values_list("user_id", flat=True))
    followers = [
        Follower(ticket=target, user_id=one.user_id)
        for one in source.followers.order_by("pk")
        if one.user_id not in following
    ]
    return {
        "participants": [row.pk for row in Participant.objects.bulk_create(people)],
        "tags": [row.pk for row in TicketTag.objects.bulk_create(tags)],
        "fields": [row.pk for row in FieldValue.objects.bulk_create(values)],
        "followers": [row.pk for row in Follower.objects.bulk_create(followers)],
    }


def _owe(source: Ticket, target: Ticket) -> None:
    """The earliest customer who waits is the one who is owed an answer."""
    since, now = source.waiting_since, timezone.now()
    target.updated_at = now
    if since is None:
        target.save(update_fields=["updated_at"])
        return
    target.waiting_since = min(since, target.waiting_since or since)
    target.save(update_fields=["waiting_since", "updated_at"])
    if target.status in (TicketStatus.PENDING, TicketStatus.RESOLVED):
        apply_status(target, TicketStatus.OPEN, actor=None, now=now)
    apply(target, TicketChange.DISCARDED, at=now, cause=f"Joined with {source.number}")
    apply(target, TicketChange.RESTORED, at=now, cause=f"Joined with {source.number}")


def may_undo(row: TicketMerge) -> bool:
    """Within the hour, or as long as no customer wrote since."""
    if row.undone_at is not None:
        return False
    came = Message.objects.filter(ticket=row.target_id, author_kind=Author.SUBSCRIBER, created_at__gt=row.merged_at)
    return timezone.now() - row.merged_at < UNDONE_WITHIN or not came.exists()


@transaction.atomic
def unmerge(row: TicketMerge, *, actor: AbstractBaseUser | None) -> Ticket:
    """The ticket that was merged, as it was; what came to the other one since stays there."""
    rows = locked_together([row.source_id, row.target_id])
    source, target = rows[row.source_id], rows[row.target_id]
    row = TicketMerge.objects.select_for_update(no_key=True).get(pk=row.pk)
    if target.deleted_at is not None or source.merged_into_id != target.pk or not may_undo(row):
        raise Refused(_("This merge cannot be taken back any more."))
    now, moved = timezone.now(), row.moved
    Message.objects.filter(pk__in=moved["messages"], ticket=target).update(ticket=source)
    OutboundMail.objects.filter(pk__in=moved["mails"], ticket=target).update(ticket=source)
    TicketTopic.objects.filter(pk__in=moved["topics"], ticket=target).update(ticket=source)
    for model, name in ((Participant, "participants"), (TicketTag, "tags"), (Follower, "followers")):
        model._default_manager.filter(pk__in=moved[name], ticket=target).delete()
    gone = [row for row in _links(target) if row.pk in moved.get("links", ())]
    known = _others(source)
    back = [row for row in gone if known.isdisjoint({row.ticket_id, row.other_id} - {target.pk})]
    _relink(back, target, source)
    # What somebody wrote there since stays.
    theirs = source.field_values.filter(field=OuterRef("field"), value=OuterRef("value"))
    taken = FieldValue.objects.filter(pk__in=moved.get("fields", ()), ticket=target).filter(Exists(theirs))
    FieldValue.objects.filter(pk__in=list(taken.values_list("pk", flat=True))).delete()
    row.undone_at, row.undone_by_id = now, actor.pk if actor else None
    row.save(update_fields=["undone_at", "undone_by"])
    bring_back(source, now=now, cause="Merge undone")
    log(source, TicketEventKind.UNMERGED, actor=actor, from_value=target.number, at=now)
    log(target, TicketEventKind.UNMERGED, actor=actor, from_value=source.number, at=now)
    _owe_no_longer(source, target, moved)
    signals.ticket_restored.send_robust(sender=Ticket, ticket=source, kind=DeletedAs.MERGED, actor=actor)
    return source


def _owe_no_longer(source: Ticket, target: Ticket, moved: dict[str, str]) -> None:
    """Where nobody answered and nobody wrote since, the other ticket is owed what it was owed before."""
    now = timezone.now()
    if source.waiting_since is None or target.waiting_since is None or target.waiting_since > source.waiting_since:
        return
    target.waiting_since = _since(target, moved["waiting_since"])
    target.updated_at = now
    target.save(update_fields=["waiting_since", "updated_at"])
    if target.waiting_since is None and moved["status"] == TicketStatus.PENDING:
        apply_status(target, TicketStatus.PENDING, actor=None, now=now)
    apply(target, TicketChange.DISCARDED, at=now, cause="Merge undone")
    apply(target, TicketChange.RESTORED, at=now, cause="Merge undone")


def _since(target: Ticket, before: str) -> datetime | None:
    """The oldest message of its own customers that nobody answered: as before the merge, or since."""
    if before:
        return datetime.fromisoformat(before)
    asked = target.messages.filter(author_kind=Author.SUBSCRIBER, automatic="")
    answered = target.messages.filter(author_kind=Author.AGENT, state=MessageState.SAID).exclude(kind="note")
    last = answered.order_by("-created_at").values_list("created_at", flat=True).first()
    if last is not None:
        asked = asked.filter(created_at__gt=last)
    return asked.order_by("created_at").values_list("created_at", flat=True).first()
