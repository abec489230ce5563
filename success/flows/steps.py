"""Does one step of a run: one function a kind, each inside the engine's transaction, its run and person locked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from subscribers.cancellation.speech import language_of
from subscribers.enums import ActionState
from subscribers.errors import Refused
from subscribers.later import soon
from subscribers.models import ProviderAction
from subscribers.privacy.links import unsubscribe_headers, unsubscribe_url
from success.enums import RunStatus, StepKind, TouchCategory, TouchDecision
from success.flows import anchors, deeds, holdout, texts
from success.flows.asking import Ways
from success.flows.conditions import label
from success.flows.contact import MAY, Desk, Verdict
from success.models import OutgoingWebhook, RunStep, Task, Touch
from success.offers.services import make_offer
from tickets.enums import UNRESOLVED, OutboundState, TicketStatus
from tickets.mail.outbox import queue_mail
from tickets.models import OutboundMail
from tickets.services.conversation import add_note, post_system_message
from tickets.services.tickets import change_status

LOOK_AGAIN = timedelta(hours=12)  # what waits for a fact looks by itself too, should nobody have told it
LONGEST_WAIT = timedelta(days=366)
HOLD_HOURS = 72  # a mail that is held back is waited for so long, unless its step says otherwise
PROVIDER_HOURS = 72
ASKED_HOURS = 72


@dataclass
class Work:
    """What the engine knows for a batch: the time, who may be written to, and which conditions hold (by row)."""

    now: datetime
    desk: Desk
    answers: dict[int, bool] = field(default_factory=dict)
    ways: Ways = field(default_factory=Ways)


@dataclass(frozen=True)
class Done:
    """The step is done. `jump`: the key of the step to go on with, where it is not the next in line."""

    result: dict[str, Any] = field(default_factory=dict)
    jump: str = ""


@dataclass(frozen=True)
class Wait:
    """The step is not done yet: look again at this time, or when something happens before.

    A run that a person works on is active; one that only waits for time or the customer is waiting. `anchor_at`: the
    date that the time was counted from.
    """

    until: datetime
    status: RunStatus = RunStatus.WAITING
    anchor_at: datetime | None = None


@dataclass(frozen=True)
class End:
    """The run ends here with this outcome, and its alert with that one (if any)."""

    outcome: str
    close_alert: str = ""


Result = Done | Wait | End


def do_mail(row: RunStep, work: Work) -> Result:
    """Write to the subscriber: in the ticket's thread where the run has one. Sent or held, it is a touch.

    The key is the fact and the step, not the run: a flow that begins again after giving way, or for another ticket
    about the same box, says the same thing to nobody twice.
    """
    run = row.run
    key = f"flow:{run.flow_id}:{run.trigger_key}:{row.step.key}"
    if Touch.objects.filter(key=key).exists():
        return Done({"decision": TouchDecision.SENT, "reason": "An earlier run sent it"})
    if holdout.withholds(run, row.step):
        subject, text = _written(row)
        _touch(row, work, f"{key}:held:{row.pk}", Verdict(TouchDecision.HELD_OUT, "Held out, to compare"))
        return Done({"decision": TouchDecision.HELD_OUT, "subject": subject, "text": text})
    verdict = work.desk.decide(run)
    if verdict != MAY:
        return _hold(row, work, key, verdict)
    outbound = _write(row, key)
    if outbound.state == OutboundState.CANCELLED:
        verdict = Verdict(TouchDecision.SUPPRESSED, outbound.error[:200])
        _touch(row, work, f"{key}:held:{row.pk}", verdict, outbound)
        return Done({"decision": verdict.decision, "reason": verdict.reason})
    work.desk.sent(run)
    _touch(row, work, key, verdict, outbound)
    return Done({"decision": TouchDecision.SENT})


def _hold(row: RunStep, work: Work, key: str, verdict: Verdict) -> Result:
    """Not now: told once for each reason; tried again where that may help, but not for ever."""
    _touch(row, work, f"{key}:held:{row.pk}:{verdict.decision}", verdict)
    config = row.step.config
    held = Done({"decision": verdict.decision, "reason": verdict.reason})
    if verdict.again_at is None:
        return held
    if verdict.decision == TouchDecision.HELD_QUIET:
        return Wait(verdict.again_at)
    deadline = row.created_at + timedelta(hours=config.get("hold_hours", HOLD_HOURS))
    if config.get("if_held") == "skip" or work.now >= deadline:
        return held
    return Wait(min(verdict.again_at, deadline))


def _written(row: RunStep) -> tuple[str, str]:
    run, facts = row.run, texts.facts_of(row.run)
    subject = texts.render(texts.said(row.step, "subject", run.subscriber, "{{ store }}"), facts)
    return subject, texts.render(texts.said(row.step, "text", run.subscriber), facts)


def _write(row: RunStep, key: str) -> OutboundMail:
    run, category = row.run, row.run.flow.category
    subject, text = _written(row)
    if run.ticket is not None:
        outbound = post_system_message(run.ticket, text=text, key=key)
    else:
        if category == TouchCategory.MARKETING:  # what advertises says in its own words how to end it
            with translation.override(language_of(run.subscriber)):
                text += f"\n\n{gettext('Unsubscribe')}: {unsubscribe_url(run.subscriber, category)}"
        outbound = queue_mail(store=run.store, subscriber=run.subscriber, subject=subject, text=text, key=key)
    if category != TouchCategory.TRANSACTIONAL and outbound.state == OutboundState.QUEUED:
        # Its row is ours until this transaction ends: nobody has sent it yet.
        outbound.headers |= unsubscribe_headers(run.subscriber, category, outbound.mailbox.address)
        outbound.save(update_fields=["headers"])
    return outbound


def _touch(row: RunStep, work: Work, key: str, verdict: Verdict, outbound: OutboundMail | None = None) -> None:
    run = row.run
    touch = Touch(
        store_id=run.store_id,
        subscriber_id=run.subscriber_id,
        run_step=row,
        outbound_mail=outbound,
        key=key[:200],
        category=run.flow.category,
        decision=verdict.decision,
        reason=verdict.reason[:200],
        occurred_at=work.now,
    )
    if verdict.decision == TouchDecision.SENT:
        touch.save(force_insert=True)  # a second one of the same key undoes all that was done for it
    else:
        Touch.objects.bulk_create([touch], ignore_conflicts=True)


def do_task(row: RunStep, work: Work) -> Result:
    """Ask a person; wait for them where the step says so, but not for ever."""
    config = row.step.config
    facts = texts.facts_of(row.run)
    return _ask(
        row,
        work,
        title=texts.render(config["title"], facts),
        instructions=texts.render(config.get("instructions", ""), facts),
        due_hours=config["due_hours"],
        wait_hours=config.get("wait_hours"),
    )


def _ask(
    row: RunStep, work: Work, *, title: str, instructions: str, due_hours: float, wait_hours: float | None
) -> Result:
    task, _ = Task.objects.get_or_create(
        run_step=row,
        defaults={
            "alert_id": row.run.alert_id,
            "title": title[:200],
            "instructions": instructions,
            "due_at": work.now + timedelta(hours=due_hours),
        },
    )
    if task.done_at:
        return Done({"result": task.result})
    if wait_hours is None:
        return Done({"asked": task.title})
    until = row.created_at + timedelta(hours=wait_hours)
    return Wait(until, RunStatus.ACTIVE) if work.now < until else Done({"result": "not done in time"})


def do_wait(row: RunStep, work: Work) -> Result:
    """Wait for a time, until a fact, or for a date that may move; whichever comes first."""
    config = row.step.config
    if anchor := config.get("anchor"):
        return _wait_for_date(row, work, anchor)
    deadline = row.created_at + timedelta(hours=config["hours"])
    if until := config.get("until"):
        if work.answers[row.pk]:
            return Done({"happened": label(until)})
        if work.now < deadline:
            return Wait(min(deadline, work.now + LOOK_AGAIN))
    return Wait(deadline) if work.now < deadline else Done({"happened": "the time was over"})


def _wait_for_date(row: RunStep, work: Work, anchor: str) -> Result:
    config = row.step.config
    longest = timedelta(hours=config["hours"]) if config.get("hours") else LONGEST_WAIT
    deadline = row.created_at + longest
    moment = anchors.moment_of(row.run, anchor)
    due = moment + timedelta(hours=config.get("offset_hours", 0)) if moment else None
    if due is not None and due <= work.now:
        return Done({"happened": "the day came", "anchor": moment.isoformat() if moment else ""})
    if work.now >= deadline:
        return Done({"happened": "the time was over"})
    return Wait(min(due or work.now + LOOK_AGAIN, deadline), anchor_at=moment)


def do_branch(row: RunStep, work: Work) -> Result:
    config, answer = row.step.config, work.answers[row.pk]
    return Done(
        {"asked": label(config["when"]), "answer": "yes" if answer else "no"},
        jump=config["then"] if answer else config["otherwise"],
    )


def do_note(row: RunStep, work: Work) -> Result:
    if row.run.ticket is None:
        return Done({"note": "There is no ticket to note it on"})
    add_note(row.run.ticket, author=None, text=texts.render(row.step.config["text"], texts.facts_of(row.run)))
    return Done()


def do_action(row: RunStep, work: Work) -> Result:
    """Make an offer, or have the provider do something, once; what it refuses, a person looks after."""
    if holdout.withholds(row.run, row.step):
        return Done({"held_out": True, "would": deeds.words(row.run, row.step.config)})
    if row.step.config["do"] == "offer":
        try:
            offer = make_offer(run_step=row, config=row.step.config, now=work.now)
        except deeds.OverLimit as why:
            return _ask_for_it(row, work, str(why))
        except Refused as refused:
            return Done({"refused": refused.message})
        return Done({"offer": offer.pk})
    action = deeds.asked_for(row)
    if action is None:
        if Task.objects.filter(run_step=row).exists():
            return _ask_for_it(row, work, "")
        try:
            action = deeds.ask_for(row)
        except (Refused, deeds.OverLimit) as why:
            return _ask_for_it(row, work, str(why))
    return _became(row, work, action)


def _became(row: RunStep, work: Work, action: ProviderAction) -> Result:
    told: Mapping[str, Any] = {"action": action.pk, "state": action.state}
    if action.state == ActionState.DONE:
        return Done(dict(told))
    if action.is_settled:
        return _ask_for_it(row, work, action.error or "The provider did not do it.")
    deadline = row.created_at + timedelta(hours=PROVIDER_HOURS)
    if work.now >= deadline:  # the action goes on by itself; the run goes on without it
        return Done({**told, "late": True})
    return Wait(min(deadline, work.now + LOOK_AGAIN))


def _ask_for_it(row: RunStep, work: Work, why: str) -> Result:
    """A person decides on what a flow may not, or could not, do."""
    title = deeds.words(row.run, row.step.config)
    asked = _ask(row, work, title=title, instructions=why, due_hours=24, wait_hours=ASKED_HOURS)
    return Done({**asked.result, "refused": why}) if isinstance(asked, Done) and why else asked


def do_webhook(row: RunStep, work: Work) -> Result:
    """Tell another system: a row that is sent from there; the run does not wait for it."""
    if holdout.withholds(row.run, row.step):
        return Done({"held_out": True, "would": row.step.config["url"]})
    run, key = row.run, deeds.key_of(row)
    subscription, person = run.subscription, run.subscriber
    told = {
        "id": key,
        "flow": run.flow.key,
        "step": row.step.key,
        "run": run.pk,
        "occurred_at": work.now.isoformat(),
        "store": run.store.key,
        "subscriber": {"id": person.pk, "email": person.email, "name": person.name},
        "subscription": {"id": subscription.pk, "external_id": subscription.external_id} if subscription else None,
        "box": {"id": run.box.pk, "order_number": run.box.order_number} if run.box else None,
        "ticket": run.ticket_id,
    }
    hook = OutgoingWebhook(
        store_id=run.store_id,
        subscriber_id=run.subscriber_id,
        run_step=row,
        key=key,
        url=row.step.config["url"],
        secret=row.step.config.get("secret", ""),
        body=json.dumps(told, separators=(",", ":"), ensure_ascii=False),
        next_attempt_at=work.now,
    )
    OutgoingWebhook.objects.bulk_create([hook], ignore_conflicts=True)
    soon("success.tasks.send_webhooks")
    return Done({"webhook": key})


def do_hand_over(row: RunStep, work: Work) -> Result:
    """Ask the other team: service on the ticket, which is theirs again; else a task for whoever looks after it."""
    run, to = row.run, row.step.config["to"]
    text = texts.render(row.step.config["note"], texts.facts_of(run))
    if run.ticket is not None:
        add_note(run.ticket, author=None, text=text)
    if to == "service" and run.ticket is not None:
        if run.ticket.status not in UNRESOLVED or run.ticket.status == TicketStatus.PENDING:
            change_status(run.ticket, actor=None, status=TicketStatus.OPEN)
        return Done({"handed_to": to})
    _ask(row, work, title=f"Look after {run.subscriber}", instructions=text, due_hours=24, wait_hours=None)
    return Done({"handed_to": to})


def do_end(row: RunStep, work: Work) -> Result:
    return End(row.step.config["outcome"], row.step.config.get("close_alert", ""))


STEPS: dict[str, Callable[[RunStep, Work], Result]] = {
    StepKind.MAIL: do_mail,
    StepKind.TASK: do_task,
    StepKind.WAIT: do_wait,
    StepKind.BRANCH: do_branch,
    StepKind.NOTE: do_note,
    StepKind.ACTION: do_action,
    StepKind.WEBHOOK: do_webhook,
    StepKind.HAND_OVER: do_hand_over,
    StepKind.END: do_end,
}
