"""Does one step of a run: one function a kind, each inside the engine's transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from subscribers.cancellation.speech import language_of
from subscribers.enums import ConsentCategory
from subscribers.models import Subscriber
from subscribers.privacy.consent import may_write
from subscribers.privacy.links import unsubscribe_headers, unsubscribe_url
from success.enums import RunStatus, StepKind, TouchCategory, TouchDecision
from success.flows import texts
from success.flows.conditions import holds, label
from success.models import RunStep, Task, Touch
from tickets.enums import OutboundState
from tickets.mail.outbox import queue_mail
from tickets.services.conversation import add_note, post_system_message


@dataclass(frozen=True)
class Done:
    """The step is done. `jump`: the key of the step to go on with, where it is not the next in line."""

    result: dict[str, Any] = field(default_factory=dict)
    jump: str = ""


@dataclass(frozen=True)
class Wait:
    """The step is not done yet: look again at this time, or when something happens before.

    A run that a person works on is active; one that only waits for time or the customer is waiting.
    """

    until: datetime
    status: RunStatus = RunStatus.WAITING


@dataclass(frozen=True)
class End:
    """The run ends here with this outcome, and its alert with that one (if any)."""

    outcome: str
    close_alert: str = ""


Result = Done | Wait | End


def do_mail(row: RunStep, now: datetime) -> Result:
    """Write to the subscriber: in the ticket's thread where the run has one. Sent or held, it is a touch.

    The key is the fact and the step, not the run: a flow that begins again after giving way, or for another ticket
    about the same box, says the same thing to nobody twice.
    """
    run, config = row.run, row.step.config
    key = f"flow:{run.flow_id}:{run.trigger_key}:{row.step.key}"
    if Touch.objects.filter(key=key).exists():
        return Done({"decision": TouchDecision.SENT, "reason": "An earlier run sent it"})
    category = run.flow.category
    decision, reason = _may_write(run.subscriber, category, now)
    outbound = None
    if decision == TouchDecision.SENT:
        facts = texts.facts_of(run)
        text = texts.render(config["text"], facts)
        if run.ticket is not None:
            outbound = post_system_message(run.ticket, text=text, key=key)
        else:
            subject = texts.render(config.get("subject", "{{ store }}"), facts)
            if category == TouchCategory.MARKETING:  # what advertises says in its own words how to end it
                with translation.override(language_of(run.subscriber)):
                    text += f"\n\n{gettext('Unsubscribe')}: {unsubscribe_url(run.subscriber, category)}"
            outbound = queue_mail(store=run.store, subscriber=run.subscriber, subject=subject, text=text, key=key)
        if category != TouchCategory.TRANSACTIONAL and outbound.state == OutboundState.QUEUED:
            # Its row is ours until this transaction ends: nobody has sent it yet.
            outbound.headers |= unsubscribe_headers(run.subscriber, category, outbound.mailbox.address)
            outbound.save(update_fields=["headers"])
        if outbound.state == OutboundState.CANCELLED:
            decision, reason = TouchDecision.SUPPRESSED, outbound.error
    Touch.objects.create(
        store_id=run.store_id,
        subscriber_id=run.subscriber_id,
        run_step=row,
        outbound_mail=outbound,
        key=key if decision == TouchDecision.SENT else f"{key}:held:{row.pk}",
        category=category,
        decision=decision,
        reason=reason,
        occurred_at=now,
    )
    return Done({"decision": decision, "reason": reason} if reason else {"decision": decision})


def _may_write(subscriber: Subscriber, category: str, now: datetime) -> tuple[TouchDecision, str]:
    if subscriber.redacted_at:
        return TouchDecision.SUPPRESSED, "The person was forgotten"
    if subscriber.undeliverable_at:
        return TouchDecision.SUPPRESSED, "Mail to this address does not arrive"
    if subscriber.suppressed_until and subscriber.suppressed_until > now:
        return TouchDecision.SUPPRESSED, f"Held until {subscriber.suppressed_until:%Y-%m-%d}"
    if category != TouchCategory.TRANSACTIONAL:
        wanted = ConsentCategory(category)
        if not may_write(subscriber, wanted):
            return TouchDecision.OPTED_OUT, f"Opted out of {wanted.label.lower()}"
    return TouchDecision.SENT, ""


def do_task(row: RunStep, now: datetime) -> Result:
    """Ask a person; wait for them where the step says so, but not for ever."""
    config = row.step.config
    facts = texts.facts_of(row.run)
    task, _ = Task.objects.get_or_create(
        run_step=row,
        defaults={
            "alert_id": row.run.alert_id,
            "title": texts.render(config["title"], facts)[:200],
            "instructions": texts.render(config.get("instructions", ""), facts),
            "due_at": now + timedelta(hours=config["due_hours"]),
        },
    )
    if task.done_at:
        return Done({"result": task.result})
    if config.get("wait_hours") is None:
        return Done({"asked": task.title})
    until = row.created_at + timedelta(hours=config["wait_hours"])
    return Wait(until, RunStatus.ACTIVE) if now < until else Done({"result": "not done in time"})


def do_wait(row: RunStep, now: datetime) -> Result:
    """Wait for a time, or until a fact, whichever comes first."""
    config = row.step.config
    until = config.get("until", "")
    if until and holds(until, row.run, since=row.created_at):
        return Done({"happened": label(until)})
    deadline = row.created_at + timedelta(hours=config["hours"])
    return Wait(deadline) if now < deadline else Done({"happened": "the time was over"})


def do_branch(row: RunStep, now: datetime) -> Result:
    config = row.step.config
    answer = holds(config["when"], row.run, since=row.run.started_at)
    return Done(
        {"asked": label(config["when"]), "answer": "yes" if answer else "no"},
        jump=config["then"] if answer else config["otherwise"],
    )


def do_note(row: RunStep, now: datetime) -> Result:
    if row.run.ticket is None:
        return Done({"note": "There is no ticket to note it on"})
    add_note(row.run.ticket, author=None, text=texts.render(row.step.config["text"], texts.facts_of(row.run)))
    return Done()


def do_end(row: RunStep, now: datetime) -> Result:
    return End(row.step.config["outcome"], row.step.config.get("close_alert", ""))


STEPS: dict[str, Callable[[RunStep, datetime], Result]] = {
    StepKind.MAIL: do_mail,
    StepKind.TASK: do_task,
    StepKind.WAIT: do_wait,
    StepKind.BRANCH: do_branch,
    StepKind.NOTE: do_note,
    StepKind.END: do_end,
}
