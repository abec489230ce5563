"""What is asked of providers: a row first, done from there, retried by its key, told when it is settled.

The provider that is built in settles an action in the transaction that asks for it; others are asked by the worker.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext

from subscribers import signals
from subscribers.changes import Plan, Preview, plan
from subscribers.enums import ActionKind, ActionState, Actor
from subscribers.errors import Refused
from subscribers.later import soon
from subscribers.live import announce
from subscribers.models import (
    Box,
    Cycle,
    ProviderAction,
    ProviderActionEvent,
    Reason,
    Subscriber,
    Subscription,
)
from subscribers.providers.base import RefusedByProvider, Result, TryAgain, provider_of
from subscribers.services.limits import limit_for, stores_to_approve
from subscribers.services.subscriptions import locked

logger = logging.getLogger(__name__)

# Seconds until the next attempt, by attempts made: a day and a half in all.
WAITS = (15, 60, 300, 900, 3600, 3 * 3600, 8 * 3600, 24 * 3600)
# Longer than a provider is waited for in one attempt.
LEASE = timedelta(minutes=5)

TRANSITIONS = {
    ActionState.AWAITING_APPROVAL: (ActionState.QUEUED, ActionState.CANCELLED),
    ActionState.QUEUED: (ActionState.RUNNING, ActionState.DONE, ActionState.REFUSED, ActionState.CANCELLED),
    ActionState.RUNNING: (ActionState.QUEUED, ActionState.DONE, ActionState.REFUSED, ActionState.FAILED),
    ActionState.REFUSED: (ActionState.QUEUED,),
    ActionState.FAILED: (ActionState.QUEUED,),
    ActionState.DONE: (),
    ActionState.CANCELLED: (),
}


def preview(
    *,
    kind: ActionKind,
    params: Mapping[str, Any],
    subscription: Subscription | None,
    cycle: Cycle | None = None,
    box: Box | None = None,
    at: datetime | None = None,
) -> Preview:
    """What the action would change; writes nothing. Raises Refused for what cannot be."""
    return _planned(kind, params, subscription, cycle, box, at or timezone.now()).preview()


@transaction.atomic
def request_action(
    *,
    subscriber: Subscriber,
    kind: ActionKind,
    params: Mapping[str, Any],
    key: str,
    actor_kind: Actor,
    actor: AbstractBaseUser | None = None,
    subscription: Subscription | None = None,
    box: Box | None = None,
    cycle: Cycle | None = None,
    reason: Reason | None = None,
    note: str = "",
) -> ProviderAction:
    """Ask for something once a key: the row, settled already where the provider is built in.

    Raises Refused for what cannot be, and for a key that was used for something else. Over the asking person's limit
    the row waits for a lead's approval. `note`: why, for whoever approves it and whoever reads its history.
    """
    if box is not None and subscription is None:
        subscription = box.cycle.subscription
    if known := ProviderAction.objects.filter(key=key).first():
        return _same(known, kind, subscription)
    if subscription is not None:
        subscription = locked(subscription.pk)
        if subscription.subscriber_id != subscriber.pk:
            raise Refused(gettext("That subscription is somebody else's."), "subscription")
    for row in (cycle, box):
        if row is not None:
            row.refresh_from_db()  # as they are under the lock
    planned = _planned(kind, params, subscription, cycle, box, timezone.now())
    needs_approval = _is_over_limit(planned, actor, actor_kind)
    try:
        # A savepoint: of two requests with one key, the second meets the unique key and answers the first one's row.
        with transaction.atomic():
            action = ProviderAction.objects.create(
                store_id=subscriber.store_id,
                subscriber=subscriber,
                subscription=subscription,
                cycle=planned.cycle,
                box=planned.box,
                provider=planned.subscription.provider,
                kind=kind,
                params=planned.params,
                key=key,
                actor_kind=actor_kind,
                actor_id=actor.pk if actor else None,
                reason=reason,
                amount=planned.amount,
                currency=planned.subscription.currency if planned.amount is not None else "",
                state=ActionState.AWAITING_APPROVAL if needs_approval else ActionState.QUEUED,
            )
    except IntegrityError:
        return _same(ProviderAction.objects.get(key=key), kind, subscription)
    said = "Over the limit: a lead has to approve it." if needs_approval else ""
    _log(action, "", " ".join(part for part in (said, note.strip()[:1000]) if part), actor)
    if not needs_approval:
        _start(action)
    return action


@transaction.atomic
def approve(action: ProviderAction, *, by: AbstractBaseUser) -> ProviderAction:
    """Let an action go that waits for it. Refused for whoever asked for it, for who leads nothing here, and where it
    cannot be done any more: things move on while it waits."""
    action = _locked_in_order(action)
    if action.state != ActionState.AWAITING_APPROVAL:
        raise Refused(gettext("It does not wait for approval any more."))
    if not _may_approve(action, by):
        raise Refused(gettext("Only a lead of the store who did not ask for it may approve it."))
    plan(
        action.kind,
        action.params,
        action.subscription,
        timezone.now(),
        cycle=action.cycle,
        box=action.box,
        asked=action,
    )
    action.approved_by_id = by.pk
    action.next_attempt_at = timezone.now()
    _move(action, ActionState.QUEUED, "Approved.", by, "approved_by", "next_attempt_at")
    _start(action)
    return action


@transaction.atomic
def withdraw(action: ProviderAction, *, by: AbstractBaseUser | None, why: str) -> ProviderAction:
    """Take back what nobody has begun to do, or refuse to approve it."""
    action = _locked(action.pk)
    if action.state not in (ActionState.AWAITING_APPROVAL, ActionState.QUEUED):
        raise Refused(
            gettext("It is %(lower)s: too late to take it back.") % {"lower": action.get_state_display().lower()}
        )
    action.error = why
    _move(action, ActionState.CANCELLED, why, by, "error")
    _tell(action)
    return action


@transaction.atomic
def deny(action: ProviderAction, *, by: AbstractBaseUser, why: str) -> ProviderAction:
    """A lead says no to what waits for approval, in words that who asked for it reads."""
    action = _locked(action.pk)
    if action.state != ActionState.AWAITING_APPROVAL:
        raise Refused(gettext("It does not wait for approval any more."))
    if not _may_approve(action, by):
        raise Refused(gettext("Only a lead of the store who did not ask for it may decide about it."))
    if not why.strip():
        raise Refused(gettext("Say why not: whoever asked for it reads it."), "why")
    action.error = why.strip()[:1000]
    _move(action, ActionState.CANCELLED, f"Not approved. {action.error}", by, "error")
    _tell(action)
    return action


@transaction.atomic
def retry(action: ProviderAction, *, by: AbstractBaseUser | None) -> ProviderAction:
    """Ask again for what was refused or given up, with the same key."""
    action = _locked_in_order(action)
    if action.state not in (ActionState.REFUSED, ActionState.FAILED):
        raise Refused(
            gettext("It is %(lower)s: there is nothing to try again.") % {"lower": action.get_state_display().lower()}
        )
    action.attempts, action.next_attempt_at, action.settled_at = 0, timezone.now(), None
    _move(action, ActionState.QUEUED, "Asked again.", by, "attempts", "next_attempt_at")
    _start(action)
    return action


def do_action(action_id: int) -> bool:
    """One attempt at a queued action; whether this call made it. Safe to call twice: one claims the row."""
    action = _claim(action_id)
    if action is None:
        return False
    try:
        result = provider_of(action.provider).do(action)
    except RefusedByProvider as refused:
        _settle(action, ActionState.REFUSED, str(refused))
    except TryAgain as later:
        _put_off(action, str(later), later.after)
    except Exception as error:  # a fault of ours or theirs: tried again, then told
        logger.exception("action %s, attempt %s", action.pk, action.attempts)
        _put_off(action, f"{type(error).__name__}: {error}", None)
    else:
        try:
            settle(action, result)
        except Exception as error:  # done there, but not known here: the next attempt finds it by its key
            logger.exception("action %s was done and could not be recorded", action.pk)
            _put_off(action, f"{type(error).__name__}: {error}", None)
    return True


def sweep_actions(limit: int = 100) -> int:
    """Do what is due and nobody was told of, and what a dead worker left; how many."""
    due = list(ProviderAction.objects.filter(_due()).order_by("next_attempt_at").values_list("pk", flat=True)[:limit])
    return sum(do_action(pk) for pk in due)


@transaction.atomic
def settle(action: ProviderAction, result: Result) -> bool:
    """What was asked for was done: record what that made true. False where another worker settled it meanwhile."""
    current = _locked_in_order(action)
    if current.is_settled or current.attempts != action.attempts:
        return False
    current.external_id = result.external_id[:200] or current.external_id
    current.result = dict(result.data)
    provider_of(current.provider).settled(current, result)
    current.error = ""
    _move(current, ActionState.DONE, "", None, "external_id", "result", "error")
    _tell(current)
    _copy(current, action)
    return True


def _planned(
    kind: ActionKind,
    params: Mapping[str, Any],
    subscription: Subscription | None,
    cycle: Cycle | None,
    box: Box | None,
    at: datetime,
) -> Plan:
    planned = plan(kind, params, subscription, at, cycle=cycle, box=box)
    try:
        provider = provider_of(planned.subscription.provider)
    except LookupError as unknown:
        raise Refused(gettext("Nothing can be asked of that provider.")) from unknown
    if why := provider.cannot(planned.kind, planned.subscription, planned.subscription.store):
        raise Refused(why, "kind")
    return planned


def _same(known: ProviderAction, kind: ActionKind, subscription: Subscription | None) -> ProviderAction:
    if known.kind != kind or known.subscription_id != (subscription.pk if subscription else None):
        raise Refused(gettext("That key was used for something else."), "key")
    return known


def _start(action: ProviderAction) -> None:
    provider = provider_of(action.provider)
    if not provider.is_local:
        soon("subscribers.tasks.do_action", action.pk)
        return
    try:
        with transaction.atomic():
            result = provider.do(action)
            settle(action, result)
    except RefusedByProvider as refused:
        _settle(action, ActionState.REFUSED, str(refused))


def _due() -> Q:
    now = timezone.now()
    return Q(state=ActionState.QUEUED, next_attempt_at__lte=now) | Q(state=ActionState.RUNNING, claimed_until__lte=now)


def _claim(action_id: int) -> ProviderAction | None:
    """Compare and set: of two workers that want the row, one changes it. The attempt is counted before it is made."""
    with transaction.atomic():
        changed = ProviderAction.objects.filter(_due(), pk=action_id).update(
            state=ActionState.RUNNING, claimed_until=timezone.now() + LEASE, attempts=F("attempts") + 1
        )
        if not changed:
            return None
        related = ("store", "subscriber", "subscription__product", "cycle", "box", "reason", "actor")
        action = ProviderAction.objects.select_related(*related).get(pk=action_id)
        _log(action, ActionState.QUEUED, f"Attempt {action.attempts}.", None)
        return action


@transaction.atomic
def _settle(action: ProviderAction, state: ActionState, error: str) -> None:
    """End it without success, unless the lease ran out and another worker has it by now."""
    current = _locked(action.pk)
    if current.is_settled or current.attempts != action.attempts:
        return
    current.error = error.replace("\x00", "")[:5000]
    _move(current, state, current.error, None, "error")
    _tell(current)
    _copy(current, action)


@transaction.atomic
def _put_off(action: ProviderAction, error: str, after: timedelta | None) -> None:
    if action.attempts > len(WAITS):
        _settle(action, ActionState.FAILED, f"Given up after {action.attempts} attempts. {error}")
        return
    current = _locked(action.pk)
    if current.state != ActionState.RUNNING or current.attempts != action.attempts:
        return
    wait = max(timedelta(seconds=WAITS[action.attempts - 1]), after or timedelta(0))
    current.error = error.replace("\x00", "")[:5000]
    current.next_attempt_at = timezone.now() + wait
    _move(current, ActionState.QUEUED, current.error, None, "error", "next_attempt_at")


def _move(action: ProviderAction, to: ActionState, text: str, by: AbstractBaseUser | None, *changed: str) -> None:
    """The one door of an action's state, for a locked row."""
    before = ActionState(action.state)
    if to not in TRANSITIONS[before]:
        raise Refused(
            gettext("What is %(label)s cannot become %(label2)s.")
            % {"label": before.label.lower(), "label2": to.label.lower()}
        )
    action.state = to
    action.claimed_until = None
    settled = to in (ActionState.DONE, ActionState.REFUSED, ActionState.FAILED, ActionState.CANCELLED)
    action.settled_at = timezone.now() if settled else None
    action.save(update_fields=["state", "claimed_until", "settled_at", *changed])
    _log(action, before, text, by)


def _log(action: ProviderAction, before: str, text: str, by: AbstractBaseUser | None) -> None:
    ProviderActionEvent.objects.create(
        action=action, from_state=before, to_state=action.state, text=text, actor_id=by.pk if by else None
    )
    announce("subscriber", action.subscriber_id)


def _tell(action: ProviderAction) -> None:
    signals.action_settled.send_robust(sender=ProviderAction, action=action)


def _locked(action_id: int) -> ProviderAction:
    related = ("store", "subscriber", "subscription__product", "cycle", "box", "reason", "actor")
    rows = ProviderAction.objects.select_for_update(of=("self",), no_key=True).select_related(*related)
    return rows.get(pk=action_id)


def _locked_in_order(action: ProviderAction) -> ProviderAction:
    """The subscription first, as everywhere: what is settled writes to both."""
    if action.subscription_id is not None:
        locked(action.subscription_id)
    return _locked(action.pk)


def _copy(current: ProviderAction, action: ProviderAction) -> None:
    """The caller's row tells what became of it."""
    for name in ("state", "settled_at", "claimed_until", "error", "result", "external_id", "cycle", "box"):
        setattr(action, name, getattr(current, name))


def _is_over_limit(planned: Plan, actor: AbstractBaseUser | None, actor_kind: Actor) -> bool:
    if actor is None or actor_kind != Actor.AGENT or planned.amount is None:
        return False
    limit = limit_for(actor, planned.subscription.store_id, planned.kind)
    return limit is not None and planned.amount > limit


def _may_approve(action: ProviderAction, by: AbstractBaseUser) -> bool:
    return by.pk != action.actor_id and stores_to_approve(by).filter(pk=action.store_id).exists()
