"""Asks rules about what happened, and does what they say: one event, or one wait that is over, in a transaction each.

The row that says so goes in the transaction that did it, so whatever dies in between is done again from the start and
nothing is done twice. A ticket that somebody holds is left to the next sweep. What fails is put off, and says so.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.enums import Actor
from subscribers.errors import Refused
from tickets.actions import perform
from tickets.actions.vocabulary import Vocabulary
from tickets.enums import RuleEvent, TicketEventKind
from tickets.models import RuleFiring, RuleTask, Ticket, TicketEvent, TicketRule
from tickets.rules.asking import by_rule
from tickets.rules.conditions import RuleFacts, check_conditions, facts_of, reasons
from tickets.rules.events import STATUS_KINDS, told_by
from tickets.rules.replies import send_reply
from tickets.rules.words import reason_words
from tickets.services.history import log

logger = logging.getLogger(__name__)

DAY = timedelta(hours=24)
# Rules that worked on a ticket, one after another, since a person last did.
MOST_CHAINED = 10
# Seconds until the next attempt, by attempts made.
WAITS = (30, 120, 600, 3600, 6 * 3600)


def apply_rules(limit: int = 500) -> int:
    """Settles what is due, at most `limit`; how many rows it looked at."""
    done = 0
    while done < limit and _next(timezone.now()):
        done += 1
    return done


@transaction.atomic
def _next(now: datetime) -> bool:
    due = RuleTask.objects.filter(failed_at=None, due_at__lte=now).order_by("due_at", "pk")
    tied = ("event", "rule", "ticket__store", "ticket__queue", "ticket__subscriber", "ticket__assignee")
    # With the ticket's row, which every service locks first.
    locked = due.select_related(*tied).select_for_update(skip_locked=True, of=("self", "ticket"), no_key=True)
    task = locked.first()
    if task is None:
        return False
    try:
        with transaction.atomic():
            settle(task, now)
            task.delete()
    except Exception as error:
        logger.exception("rules of event %s, attempt %s", task.event_id, task.attempts + 1)
        _put_off(task, error, now)
    return True


def _put_off(task: RuleTask, error: Exception, now: datetime) -> None:
    task.attempts += 1
    task.error = f"{type(error).__name__}: {error}".replace("\x00", "")[:2000]
    if task.attempts > len(WAITS):
        task.failed_at = now
    else:
        task.due_at = now + timedelta(seconds=WAITS[task.attempts - 1])
    task.save(update_fields=["attempts", "error", "failed_at", "due_at"])


def settle(task: RuleTask, now: datetime) -> list[RuleFiring]:
    """Ask the rules that wait for this, in order; what those that matched did."""
    ticket, event = task.ticket, task.event
    if ticket.deleted_at is not None:
        return []
    rules = _waiting(task)
    if not rules:
        return []
    worked = _Worked(ticket, now)
    known = Vocabulary(ticket.store)
    facts = facts_of(event, ticket, now)
    fired = []
    for rule in rules:
        found = _found(rule, facts)
        if found is None:
            continue
        firing = _fire(rule, found, facts, known, worked, now)
        fired.append(firing)
        if firing.done:
            # The rules below see what this one made of the ticket.
            ticket = Ticket.objects.select_related("store", "queue", "subscriber", "assignee").get(pk=ticket.pk)
            facts = facts_of(event, ticket, now)
        if rule.stops or ticket.deleted_at is not None:
            break
    return fired


def _waiting(task: RuleTask) -> list[TicketRule]:
    if task.rule is None:
        rules = TicketRule.objects.filter(store=task.ticket.store_id, event__in=told_by(task.event), is_active=True)
        return list(rules.order_by("position", "pk"))
    rule = task.rule
    is_there_still = rule.is_active and rule.event == RuleEvent.IN_STATUS and task.ticket.status == rule.status
    if not is_there_still:
        return []
    # It left the status and came back: then the wait began anew, with a row of its own.
    later = TicketEvent.objects.filter(ticket=task.ticket, kind__in=STATUS_KINDS, pk__gt=task.event_id)
    return [] if later.exists() else [rule]


def _found(rule: TicketRule, facts: RuleFacts) -> list[dict[str, Any]] | None:
    try:
        check_conditions(rule.conditions)
    except ValueError as wrong:  # edited past the admin
        logger.error("ticket rule %s “%s” cannot be read: %s", rule.pk, rule.name, wrong)
        return None
    return reasons(rule.conditions, facts)


class _Worked:
    """How often rules worked on a ticket lately. Two queries, when first asked."""

    def __init__(self, ticket: Ticket, now: datetime) -> None:
        rows = RuleFiring.objects.filter(ticket=ticket).exclude(done=[])
        today = rows.filter(fired_at__gt=now - DAY).values_list("rule_id").annotate(number=Count("pk")).order_by()
        self.today: dict[int, int] = dict(today)
        people = TicketEvent.objects.filter(ticket=ticket, actor_kind__in=(Actor.AGENT, Actor.SUBSCRIBER))
        last = people.order_by("-occurred_at", "-pk").values_list("occurred_at", flat=True).first()
        self.chained = (rows.filter(fired_at__gt=last) if last else rows).count()

    def refusal(self, rule: TicketRule) -> str:
        if self.today.get(rule.pk, 0) >= rule.most_a_day:
            return _("It worked on this ticket %(number)d times within 24 hours already.") % {"number": rule.most_a_day}
        if self.chained >= MOST_CHAINED:
            return _("%(number)d rules worked on this ticket since a person did.") % {"number": MOST_CHAINED}
        return ""

    def add(self, rule: TicketRule) -> None:
        self.today[rule.pk] = self.today.get(rule.pk, 0) + 1
        self.chained += 1


def _fire(
    rule: TicketRule,
    found: Sequence[dict[str, Any]],
    facts: RuleFacts,
    known: Vocabulary,
    worked: _Worked,
    now: datetime,
) -> RuleFiring:
    done: list[dict[str, Any]] = []
    refused: list[str] = []
    if held := worked.refusal(rule):
        refused.append(held)
    else:
        with by_rule():
            _act(rule, facts, known, done, refused)
            if done or refused:
                _tell(rule, facts, found, done, refused, now)
        if done:
            worked.add(rule)
    return RuleFiring.objects.create(
        rule=rule,
        version=rule.version,
        ticket=facts.ticket,
        event=facts.event,
        fired_at=now,
        because=list(found),
        done=done,
        refused=refused,
    )


def _act(rule: TicketRule, facts: RuleFacts, known: Vocabulary, done: list[dict[str, Any]], refused: list[str]) -> None:
    """All actions together; where one is refused, each for itself, so that the others are done all the same."""
    ticket, cause = facts.ticket, _("Rule “%(name)s”") % {"name": rule.name}
    if rule.reply:  # before what may put the ticket away
        key = f"rule:{rule.pk}:{facts.event.pk}"
        try:
            with transaction.atomic():
                send_reply(ticket, rule.reply, facts, key=key)
            done.append({"kind": "reply"})
        except Refused as why:
            refused.append(_("Answer: %(why)s") % {"why": why.message})
    if not rule.actions:
        return
    try:
        done += perform(ticket, rule.actions, actor=None, cause=cause, known=known).done
    except Refused:
        for action in rule.actions:
            try:
                done += perform(ticket, [action], actor=None, cause=cause, known=known).done
            except Refused as why:
                refused.append(why.message)


def _tell(
    rule: TicketRule,
    facts: RuleFacts,
    found: Sequence[dict[str, Any]],
    done: Sequence[dict[str, Any]],
    refused: Sequence[str],
    now: datetime,
) -> None:
    log(
        facts.ticket,
        TicketEventKind.RULE_APPLIED,
        actor_kind=Actor.RULE,
        to_value=rule.name,
        at=now,
        rule=rule.pk,
        because=[reason_words(one) for one in found],
        done=list(done),
        refused=list(refused),
    )
