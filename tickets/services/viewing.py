"""Who is on a ticket's page, and who writes there: rows that pages renew, told to the other pages as they change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.live import announce
from tickets.enums import Composing
from tickets.models import Ticket, Viewing

# A page in sight tells every 15 seconds; a hidden one, which browsers hold back, tells nothing and is taken to be gone.
COUNTS_FOR = timedelta(seconds=40)
# Told again every 3 seconds while keys are pressed.
WRITING_FOR = timedelta(seconds=8)
KIND = "viewing"  # of the live announcements


@dataclass(frozen=True)
class Seen:
    """Somebody else on the page. `writing`: reply, note, or nothing."""

    user: AbstractBaseUser
    writing: str

    @property
    def words(self) -> str:
        name = {"name": str(self.user)}
        if self.writing == Composing.REPLY:
            return _("%(name)s is writing a reply") % name
        if self.writing == Composing.NOTE:
            return _("%(name)s is writing a note") % name
        return _("%(name)s is looking at this ticket") % name


def others_here(ticket: Ticket, user: AbstractBaseUser) -> list[Seen]:
    """Who else is there at this moment, those who write first. One query."""
    now = timezone.now()
    rows = Viewing.objects.filter(ticket=ticket.pk, due_at__gt=now).exclude(user=user.pk).select_related("user")
    here = [Seen(row.user, _writing(row, now)) for row in rows.order_by("since", "pk")]
    return sorted(here, key=lambda one: not one.writing)


@transaction.atomic
def be_here(ticket: Ticket, user: AbstractBaseUser, *, writing: str = "") -> None:
    """The person's page is in sight. The other pages are told where that changes something."""
    now = timezone.now()
    row, is_new = Viewing.objects.get_or_create(
        ticket_id=ticket.pk, user_id=user.pk, defaults={"due_at": now + COUNTS_FOR, "since": now}
    )
    was = None if is_new or row.due_at <= now else _writing(row, now)
    if was is None:
        row.since = now
    row.due_at = now + COUNTS_FOR
    row.writing, row.writing_until = (writing, now + WRITING_FOR) if writing in Composing.values else ("", None)
    row.save()
    if was != row.writing:
        announce(KIND, ticket.pk)


@transaction.atomic
def go(ticket: Ticket, user: AbstractBaseUser) -> None:
    """The person's page is closed or out of sight."""
    if Viewing.objects.filter(ticket=ticket.pk, user=user.pk).delete()[0]:
        announce(KIND, ticket.pk)


@transaction.atomic
def sweep_viewings(limit: int = 500) -> int:
    """Take away who has not been heard of, and tell the pages of those tickets; how many were taken away."""
    stale = Viewing.objects.filter(due_at__lte=timezone.now()).select_for_update(skip_locked=True)
    rows: Sequence[tuple[int, int]] = list(stale.order_by("due_at").values_list("pk", "ticket_id")[:limit])
    if rows:
        Viewing.objects.filter(pk__in=[pk for pk, _ticket in rows]).delete()
        announce(KIND, *dict.fromkeys(ticket for _pk, ticket in rows))
    return len(rows)


def _writing(row: Viewing, now: datetime) -> str:
    return row.writing if row.writing_until is not None and row.writing_until > now else ""
