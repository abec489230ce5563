"""What ends a run before its end: looked at before every step, and when something happened to its subscriber."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Exists, QuerySet

from subscribers.enums import PAID_CYCLE, BoxStatus, CycleStatus, SubscriptionStatus
from subscribers.lazy import in_english
from subscribers.models import Cycle
from success.enums import Exit, ExitReason, Trigger
from success.flows.conditions import CONDITIONS, Subject, subject_of_rows
from success.models import Run

# By exit: the condition that it is (since the run began), and how the run ends by it.
EXITS: dict[str, tuple[str, ExitReason]] = {
    Exit.PAID: ("paid", ExitReason.PAID),
    Exit.CANCELLED: ("cancelled", ExitReason.LEFT),
    Exit.REPLIED: ("customer_replied", ExitReason.REPLIED),
    Exit.OPTED_OUT: ("opted_out", ExitReason.OPTED_OUT),
    Exit.REFUNDED: ("refunded", ExitReason.REFUNDED),
    Exit.RENEWED: ("renewed", ExitReason.RENEWED),
    Exit.BOX_DELIVERED: ("box_delivered", ExitReason.BOX_DELIVERED),
    Exit.TICKET_RESOLVED: ("ticket_resolved", ExitReason.TICKET_RESOLVED),
}


def exits_of(runs: Iterable[Run]) -> dict[int, tuple[ExitReason, str]]:
    """Of these runs those that have to end now: by run, how, and why in words. At most two statements."""
    found: dict[int, tuple[ExitReason, str]] = {}
    asking: list[Run] = []
    for run in runs:
        if run.subscriber.redacted_at or run.subscriber.merged_into_id:
            found[run.pk] = (ExitReason.INELIGIBLE, "The subscriber is no longer there")
        elif why := _box_will_not_come(run):
            found[run.pk] = (ExitReason.INELIGIBLE, why)
        elif run.flow.exits:
            asking.append(run)
    if not asking:
        return found
    wanted = sorted({name for run in asking for name in run.flow.exits if name in EXITS})
    subject = subject_of_rows()
    asked: dict[str, Any] = {f"is_{name}": Exists(_rows(name)(subject)) for name in wanted}
    rows = Run.objects.filter(pk__in=[run.pk for run in asking]).annotate(**asked)
    answers = {row[0]: dict(zip(wanted, row[1:], strict=True)) for row in rows.values_list("pk", *asked)}
    for run in asking:
        name = next((name for name in run.flow.exits if answers.get(run.pk, {}).get(name)), None)
        if name is not None:
            found[run.pk] = (EXITS[name][1], in_english(Exit(name).label))
    return found


def _rows(name: str) -> Callable[[Subject], "QuerySet[Any]"]:
    return CONDITIONS[EXITS[name][0]][1]


def _box_will_not_come(run: Run) -> str:
    """Why a flow about a box that was planned has nothing to tell any more."""
    if run.trigger_kind != Trigger.BOX_UPCOMING:
        return ""
    box = run.box
    if box is None or box.status == BoxStatus.CANCELLED:
        return "The box is not sent"
    if box.status != BoxStatus.PLANNED:
        return ""
    cycle: Cycle = box.cycle
    if cycle.status in (CycleStatus.SKIPPED, CycleStatus.LOST):
        return f"The cycle is {cycle.get_status_display().lower()}"
    if cycle.status not in PAID_CYCLE and cycle.subscription.status != SubscriptionStatus.ACTIVE:
        return f"The subscription is {cycle.subscription.get_status_display().lower()}"
    return ""
