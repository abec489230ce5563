"""Does what macros do, and counts how often they are used."""

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from tickets.actions import perform
from tickets.models import Macro, Ticket


def count_use(ticket: Ticket, macros: Sequence[int], *, user: AbstractBaseUser) -> None:
    """Each of these macros of the ticket's store was used once more by this person, in one statement."""
    known = Macro.objects.filter(store=ticket.store_id, pk__in=macros).values_list("pk", flat=True) if macros else []
    pks = sorted(known)
    if not pks:
        return
    with connection.cursor() as cursor:
        # Two tabs of one person may be first at once: the second adds to the row of the first.
        cursor.execute(
            "INSERT INTO tickets_macrouse (macro_id, user_id, times, last_at)"
            " SELECT macro, %s, 1, %s FROM unnest(%s::bigint[]) AS macro"
            " ON CONFLICT (macro_id, user_id) DO UPDATE"
            " SET times = tickets_macrouse.times + 1, last_at = EXCLUDED.last_at",
            [user.pk, timezone.now(), pks],
        )


@transaction.atomic
def apply_actions(ticket: Ticket, macro: Macro, *, actor: AbstractBaseUser) -> None:
    """Do what a macro does, without its text, and count it."""
    perform(ticket, macro.actions, actor=actor, cause=macro.name)
    count_use(ticket, [macro.pk], user=actor)
