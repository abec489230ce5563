"""The ledger of contacts for people: what was sent or held back, why, and by which flow."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from subscribers.models import Subscriber
from subscribers.models.stores import Viewer
from success.enums import TouchDecision
from success.models import Touch
from success.wording import step_title
from tickets.models import Ticket


@dataclass(frozen=True)
class TouchRow:
    """One contact. `url` leads to the message, where the reader sees its ticket."""

    touch: Touch
    flow: str
    step: str
    url: str = ""

    @property
    def was_sent(self) -> bool:
        return self.touch.decision == TouchDecision.SENT


def touches_of(subscriber: Subscriber, user: Viewer) -> QuerySet[Touch]:
    """Their contacts that this person may see, the latest first."""
    rows = Touch.objects.visible_to(user).filter(subscriber=subscriber)
    return rows.select_related("run_step__run__flow", "run_step__step", "outbound_mail").order_by("-occurred_at", "-pk")


def touch_rows(touches: Sequence[Touch], user: Viewer) -> list[TouchRow]:
    """One query: which of their tickets the reader sees."""
    mails = [touch.outbound_mail for touch in touches if touch.outbound_mail]
    wanted = {mail.ticket_id for mail in mails if mail.ticket_id}
    seen = set(Ticket.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))
    rows = []
    for touch in touches:
        step, mail, url = touch.run_step, touch.outbound_mail, ""
        if mail is not None and mail.ticket_id in seen:
            url = Ticket(pk=mail.ticket_id).get_absolute_url()
            url += f"#message-{mail.message_id}" if mail.message_id else ""
        rows.append(TouchRow(touch, step.run.flow.name if step else "", step_title(step.step) if step else "", url))
    return rows
