"""One answer to everybody who complained: prepared as rows, taken back within seconds, sent ticket by ticket.

Each ticket is a transaction of its own whose mail has a key made of the answer and the ticket: a worker that dies, a
second one, or a repeated request send nothing twice.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from subscribers.later import soon
from success.causes.enums import AnswerOutcome, AnswerState, CauseEventKind
from success.causes.services import locked, log
from success.models import Cause, CauseAnswer, CauseAnswerItem
from tickets.bulk.answering import SHOWN, Shown, check_text, filled_in, shown
from tickets.enums import TicketStatus
from tickets.models import Ticket
from tickets.services.conversation import reply

logger = logging.getLogger(__name__)


def tickets_to_answer(cause: Cause, user: AbstractBaseUser) -> list[Ticket]:
    """The linked tickets that this person sees and that are not resolved, the oldest first."""
    rows = Ticket.objects.visible_to(user).unresolved()
    linked = rows.filter(cause_links__cause=cause, cause_links__removed_at=None)
    return list(linked.select_related("store", "subscriber", "box", "queue").order_by("pk"))


def preview(cause: Cause, text: str, *, user: AbstractBaseUser) -> tuple[list[Shown], int]:
    """The first few as they would be sent, and to how many; raises Refused for a text that cannot be."""
    check_text(text)
    tickets = tickets_to_answer(cause, user)
    return shown(tickets[:SHOWN], text, user=user), len(tickets)


@transaction.atomic
def answer_all(
    cause: Cause, *, author: AbstractBaseUser, text: str, key: str, ticket_ids: Sequence[int], resolves: bool = False
) -> CauseAnswer:
    """Write an answer to these of its tickets; it leaves after UNDO_SEND_SECONDS. `key` told again is the same one."""
    check_text(text)
    cause = locked(cause)
    known = CauseAnswer.objects.filter(key=key[:64]).first()
    if known is not None:
        return known
    if not cause.is_open:
        raise Refused(_("This cause is closed."))
    asked = set(ticket_ids)
    tickets = [one for one in tickets_to_answer(cause, author) if one.pk in asked]
    if not tickets:
        raise Refused(_("None of its tickets waits for an answer."))
    leaves_at = timezone.now() + timedelta(seconds=settings.UNDO_SEND_SECONDS)
    answer = CauseAnswer.objects.create(
        cause=cause, key=key[:64], text=text.strip(), resolves=resolves, author_id=author.pk, leaves_at=leaves_at
    )
    CauseAnswerItem.objects.bulk_create(
        (CauseAnswerItem(answer=answer, ticket=one) for one in tickets), batch_size=5000
    )
    log(cause, CauseEventKind.ANSWERED, actor=author, to_value=len(tickets), answer=answer.pk)
    if not settings.UNDO_SEND_SECONDS:
        soon("success.causes.tasks.send_answers")
    return answer


@transaction.atomic
def take_back(answer: CauseAnswer, *, actor: AbstractBaseUser) -> CauseAnswer:
    """While it has not begun to leave."""
    cause = locked(answer.cause_id)
    answer = CauseAnswer.objects.select_for_update(no_key=True).get(pk=answer.pk)
    if answer.state != AnswerState.WAITING:
        raise Refused(_("It is too late: the answer has left."))
    answer.state = AnswerState.TAKEN_BACK
    answer.save(update_fields=["state"])
    log(cause, CauseEventKind.TAKEN_BACK, actor=actor, answer=answer.pk)
    return answer


def send_due(limit: int = 2000) -> int:
    """Send what is due, ticket by ticket; how many tickets were looked at."""
    due = CauseAnswer.objects.filter(
        state__in=(AnswerState.WAITING, AnswerState.SENDING), leaves_at__lte=timezone.now()
    )
    sent = 0
    for pk in due.order_by("leaves_at").values_list("pk", flat=True)[:20]:
        CauseAnswer.objects.filter(pk=pk, state=AnswerState.WAITING).update(state=AnswerState.SENDING)
        while sent < limit and _send_next(pk):
            sent += 1
        _finish(pk)
    return sent


@transaction.atomic
def _send_next(answer_pk: int) -> bool:
    items = CauseAnswerItem.objects.select_for_update(skip_locked=True, of=("self",))
    waiting = items.filter(answer=answer_pk, outcome=AnswerOutcome.WAITING, answer__state=AnswerState.SENDING)
    item = waiting.select_related("answer__author", "ticket__store", "ticket__subscriber").order_by("pk").first()
    if item is None:
        return False
    try:
        with transaction.atomic():
            _send(item)
        item.outcome = AnswerOutcome.SENT
    except Refused as refused:
        item.outcome, item.why = AnswerOutcome.REFUSED, refused.message[:500]
    except Exception as error:  # the next ticket is not its affair
        logger.exception("answer %s, ticket %s", answer_pk, item.ticket_id)
        item.outcome, item.why = AnswerOutcome.FAILED, f"{type(error).__name__}: {error}".replace("\x00", "")[:500]
    item.save(update_fields=["outcome", "why", "message"])
    return True


def _send(item: CauseAnswerItem) -> None:
    answer, ticket = item.answer, item.ticket
    if not Ticket.objects.visible_to(answer.author).unresolved().filter(pk=ticket.pk).exists():
        raise Refused(_("It was resolved meanwhile, or you do not see it any more."))
    text = filled_in(ticket, answer.text, author=answer.author)
    status = TicketStatus.RESOLVED if answer.resolves else TicketStatus.PENDING
    item.message = reply(ticket, author=answer.author, text=text, key=f"cause:{answer.pk}", status=status)


@transaction.atomic
def _finish(answer_pk: int) -> None:
    answer = CauseAnswer.objects.select_for_update(no_key=True).get(pk=answer_pk)
    waiting = answer.items.filter(outcome=AnswerOutcome.WAITING)
    if answer.state == AnswerState.SENDING and not waiting.exists():
        answer.state = AnswerState.DONE
        answer.save(update_fields=["state"])


def outcomes(answers: Sequence[CauseAnswer]) -> dict[int, dict[str, int]]:
    """How many tickets of each answer have each outcome."""
    found: dict[int, dict[str, int]] = {answer.pk: {} for answer in answers}
    rows = CauseAnswerItem.objects.filter(answer__in=found).values_list("answer", "outcome")
    for answer, outcome, number in rows.annotate(Count("pk")).order_by("answer"):
        found[answer][outcome] = number
    return found
