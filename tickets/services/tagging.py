"""Puts words on tickets, and keeps a store's words in order."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from subscribers.live import announce
from subscribers.models import Store
from tickets.enums import TicketEventKind
from tickets.models import Tag, Ticket, TicketTag
from tickets.services.history import locked, log

LONGEST = 60
MOST_TAGS = 50  # on one ticket


def tag_name(text: str) -> str:
    """A tag as it is kept: on one line, without the mark before it. Raises `Refused` for what is none."""
    name = " ".join(text.replace("\x00", "").lstrip(" #").split())
    if not name:
        raise Refused(_("A tag needs a name."), "tag")
    if len(name) > LONGEST:
        raise Refused(_("A tag has at most %(number)s characters.") % {"number": LONGEST}, "tag")
    if "," in name or '"' in name:  # which part words from each other in addresses and in searches
        raise Refused(_("A tag holds no commas and no quotes."), "tag")
    return name


def named(store: Store | int, name: str) -> QuerySet[Tag]:
    """The store's tag of this name, in any case: by the database's rules, as the constraint has them."""
    rows = Tag.objects.filter(store=store).alias(low=Lower("name"))
    return rows.filter(low=Lower(Value(name)))


def tag_of(store: Store, text: str) -> Tag:
    """The store's tag of this name, made where there is none."""
    name = tag_name(text)
    if (tag := named(store, name).first()) is not None:
        return tag
    # Two at once: the constraint lets one in, and both find it.
    Tag.objects.bulk_create([Tag(store=store, name=name)], ignore_conflicts=True)
    return named(store, name).get()


@transaction.atomic
def add_tag(ticket: Ticket, *, actor: AbstractBaseUser | None, name: str) -> Tag:
    ticket = locked(ticket)
    tag = tag_of(ticket.store, name)
    there = list(TicketTag.objects.filter(ticket=ticket).values_list("tag_id", flat=True))
    if tag.pk in there:
        return tag
    if len(there) >= MOST_TAGS:
        raise Refused(_("A ticket has at most %(number)s tags.") % {"number": MOST_TAGS}, "tag")
    now = timezone.now()
    TicketTag.objects.create(ticket=ticket, tag=tag, added_by_id=actor.pk if actor else None, added_at=now)
    log(ticket, TicketEventKind.TAG_ADDED, actor=actor, to_value=tag, at=now)
    _touch(ticket)
    return tag


@transaction.atomic
def remove_tag(ticket: Ticket, *, actor: AbstractBaseUser | None, name: str) -> bool:
    """Whether it was there."""
    ticket = locked(ticket)
    tag = named(ticket.store_id, tag_name(name)).first()
    if tag is None or not TicketTag.objects.filter(ticket=ticket, tag=tag).delete()[0]:
        return False
    log(ticket, TicketEventKind.TAG_REMOVED, actor=actor, from_value=tag)
    _touch(ticket)
    return True


def _touch(ticket: Ticket) -> None:
    ticket.updated_at = timezone.now()
    ticket.save(update_fields=["updated_at"])


@transaction.atomic
def rename_tag(tag: Tag, name: str) -> Tag:
    """Give a tag another name. Where the store has a tag of that name, the two become one; returns what is left."""
    name = tag_name(name)
    other = named(tag.store_id, name).exclude(pk=tag.pk).first()
    if other is not None:
        return merge_tags(tag, into=other)
    tag.name = name
    tag.save(update_fields=["name"])
    return tag


@transaction.atomic
def merge_tags(tag: Tag, *, into: Tag) -> Tag:
    """Every ticket that has the one has the other instead."""
    if tag.store_id != into.store_id:
        raise Refused(_("These tags belong to two stores."), "tag")
    if tag.pk == into.pk:
        return into
    theirs = TicketTag.objects.filter(tag=tag)
    changed = list(theirs.values_list("ticket_id", flat=True))
    theirs.exclude(ticket__in=TicketTag.objects.filter(tag=into).values("ticket")).update(tag=into)
    tag.delete()
    if changed:
        announce("ticket", *changed[:1000])
    return into


@transaction.atomic
def delete_tag(tag: Tag) -> int:
    """Take a tag from every ticket, for good. Returns from how many."""
    changed = list(TicketTag.objects.filter(tag=tag).values_list("ticket_id", flat=True))
    tag.delete()
    if changed:
        announce("ticket", *changed[:1000])
    return len(changed)


def suggest(store: Store | int, text: str, *, limit: int = 8) -> list[str]:
    """Names that begin with what was typed, then those that hold it. One query."""
    text = " ".join(text.replace("\x00", "").lstrip(" #").split())[:LONGEST]
    found = Tag.objects.filter(store=store, name__icontains=text).order_by(Lower("name"))[:200]
    names = [tag.name for tag in found]
    return sorted(names, key=lambda name: not name.lower().startswith(text.lower()))[:limit]
