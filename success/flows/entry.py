"""Which fact or moment begins which flow, for whom, and which flow gives way."""

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.later import soon
from subscribers.lazy import in_english
from subscribers.models import Box, Subscriber, Subscription
from success.enums import LIVE_RUN, TAKEN_BACK, ExitReason, FactKind, FlowKind, Trigger, VersionStatus
from success.flows import conditions, holdout
from success.flows.runs import exit_run, log_run, open_step
from success.models import Alert, EntryRefusal, Evidence, Flow, FlowVersion, Run
from tickets.models import Ticket


class NotEntered(Exception):
    """Why somebody does not come into a flow. `is_final`: asking again for the same moment is of no use."""

    def __init__(self, reason: str, *, is_final: bool = True) -> None:
        super().__init__(reason)
        self.is_final = is_final


class NoRoom(NotEntered):
    """A recovery flow that is at least as urgent is under way; it is told of the fact. Later it may begin after all."""

    def __init__(self, current: Run, fact: str, source: str) -> None:
        super().__init__(f"“{current.flow.name}” is under way", is_final=False)
        self.current, self.fact, self.source = current, fact, source


def enter(
    flow: Flow | Trigger,
    subscriber: Subscriber,
    *,
    key: str,
    subscription: Subscription | None = None,
    box: Box | None = None,
    ticket: Ticket | None = None,
    alert: Alert | None = None,
    observed_at: datetime | None = None,
    actor: AbstractBaseUser | None = None,
) -> list[Run]:
    """Bring a person into a flow, or into all active flows of a trigger, whose entry lets them in; the runs begun.

    `key` names the moment, such as `box:1042`: each begins a flow once, so this is safe to call again. Who is not let
    in is written down with the reason. Of recovery flows at most one lives: the more urgent one (see `begin`).
    """
    trigger = flow if isinstance(flow, Trigger) else Trigger(flow.trigger)
    versions = published(subscriber.store_id, flow)
    if not versions:
        return []
    seed: dict[str, Any] = {
        "subscription": subscription,
        "box": box,
        "ticket": ticket,
        "alert": alert,
    }
    return _enter_all(versions, subscriber, trigger, key, observed_at or timezone.now(), actor, seed)


def enter_by_hand(flow: Flow, subscriber: Subscriber, *, actor: AbstractBaseUser) -> Run:
    """A person brings a subscriber into a flow. Raises Refused with the reason why not; consent holds here too."""
    version = next(iter(published(subscriber.store_id, flow)), None)
    if version is None or subscriber.store_id != flow.store_id:
        raise Refused(gettext("This flow is not published, or switched off."))
    now = timezone.now()
    key = f"hand:{subscriber.pk}:{now:%Y%m%dT%H%M%S.%f}"
    try:
        with transaction.atomic():
            return _enter_one(version, subscriber, Trigger.BY_HAND, key, now, actor, {})
    except NotEntered as why:
        raise Refused(f"{why}.") from why


def begin(evidence: Evidence) -> Run | None:
    """Begin what answers this fact, unless it was begun before. The alert is locked. The recovery run begun, if any.

    A subscriber has at most one live recovery run: a more urgent flow (smaller rank) takes over and the other exits as
    superseded; a less urgent one is noted on the run. Safe to call again: a fact begins a flow once.
    """
    alert, subscriber = evidence.alert, evidence.subscriber
    if subscriber is None:
        return None
    versions = published(alert.store_id, Trigger(evidence.kind))
    if not versions:
        return None
    box, ticket = evidence.box, evidence.ticket
    # An alert of many people is none run's to close.
    seed: dict[str, Any] = {"box": box, "ticket": ticket, "alert": alert if alert.subscriber_id else None}
    runs = _enter_all(
        versions,
        subscriber,
        Trigger(evidence.kind),
        trigger_key(evidence),
        evidence.observed_at,
        None,
        seed,
        source=evidence.source_key,
    )
    return next((run for run in runs if run.is_recovery), None)


def published(store_id: int, flow: Flow | Trigger) -> list[FlowVersion]:
    wanted = Q(flow__trigger=flow) if isinstance(flow, Trigger) else Q(flow=flow)
    versions = FlowVersion.objects.select_related("flow").filter(
        wanted, status=VersionStatus.PUBLISHED, flow__store=store_id, flow__is_active=True
    )
    return list(versions.order_by("flow__rank", "flow_id"))


def _enter_all(
    versions: list[FlowVersion],
    subscriber: Subscriber,
    trigger: Trigger,
    key: str,
    observed_at: datetime,
    actor: AbstractBaseUser | None,
    seed: dict[str, Any],
    source: str = "",
) -> list[Run]:
    runs: list[Run] = []
    asked = EntryRefusal.objects.filter(flow__in=[version.flow_id for version in versions], trigger_key=key)
    refused = set(asked.values_list("flow_id", flat=True))
    for version in versions:
        flow = version.flow
        if flow.pk in refused:
            continue
        if flow.kind == FlowKind.RECOVERY and any(run.is_recovery for run in runs):
            continue
        try:
            # A savepoint: of two that bring one person in at once, the second meets a constraint, and lets it be.
            with transaction.atomic():
                runs.append(_enter_one(version, subscriber, trigger, key, observed_at, actor, seed, source))
        except IntegrityError:
            continue
        except NoRoom as room:
            _note(room)
        except NotEntered as why:
            if why.is_final:
                refusal = EntryRefusal(
                    flow=flow, subscriber=subscriber, trigger_kind=trigger, trigger_key=key, reason=str(why)[:200]
                )
                EntryRefusal.objects.bulk_create([refusal], ignore_conflicts=True)
    return runs


def _enter_one(
    version: FlowVersion,
    subscriber: Subscriber,
    trigger: Trigger,
    key: str,
    observed_at: datetime,
    actor: AbstractBaseUser | None,
    seed: dict[str, Any],
    source: str = "",
) -> Run:
    flow, now = version.flow, timezone.now()
    if subscriber.redacted_at or subscriber.merged_into_id:
        raise NotEntered(gettext("The subscriber is no longer there"))
    _check_again(flow, subscriber, trigger, key, now)
    run = Run(
        store_id=flow.store_id,
        flow=flow,
        version=version,
        subscriber=subscriber,
        is_recovery=flow.kind == FlowKind.RECOVERY,
        trigger_kind=trigger,
        trigger_key=key,
        started_at=now,
        updated_at=now,
        **seed,
    )
    run.subscription = seed.get("subscription") or subscription_of(run)
    if not conditions.all_hold(flow.entry, run):
        raise NotEntered(gettext("Its entry conditions did not hold"))
    replaced = _make_room(run, source) if run.is_recovery else None
    ((run.arm, run.holdout_share),) = holdout.draw(flow, [subscriber.pk]).values()
    run.save(force_insert=True)
    log_run(run, "started", f"Started by: {trigger.label.lower()}", actor=actor, observed_at=observed_at.isoformat())
    if replaced is not None:
        replaced.superseded_by = run
        replaced.save(update_fields=["superseded_by"])
    first = version.steps.order_by("position").first()
    if first is not None:
        open_step(run, first, due_at=now, is_first=True)
        soon("success.tasks.sweep_runs")
    return run


def _check_again(flow: Flow, subscriber: Subscriber, trigger: Trigger, key: str, now: datetime) -> None:
    """Raises NotEntered where this moment had its run, one lives, or it is too soon or too often for the person."""
    # In the words of `run_once_per_fact`, so that its index answers.
    runs = Run.objects.filter(flow=flow).exclude(exit_reason__in=TAKEN_BACK)
    mine = Q(subscriber=subscriber) | Q(trigger_key=key)
    known = list(runs.filter(mine).values_list("subscriber_id", "trigger_key", "status", "exit_reason", "started_at"))
    if any(one[1] == key for one in known):
        raise NotEntered(gettext("This moment began it before"), is_final=False)
    entered = [one for one in known if one[0] == subscriber.pk]
    if flow.kind == FlowKind.OUTREACH and any(one[2] in LIVE_RUN for one in entered):
        # A box that is planned is asked about again once the run about the box before it has ended.
        raise NotEntered(gettext("It is under way for them already"), is_final=trigger != Trigger.BOX_UPCOMING)
    if flow.most_entries is not None and len(entered) >= flow.most_entries:
        raise NotEntered(gettext("They were in it %(entered)s times") % {"entered": len(entered)})
    if not entered:
        return
    if flow.reenter_after is None:
        if flow.kind == FlowKind.OUTREACH:
            raise NotEntered(gettext("They were in it before"))
    elif max(one[4] for one in entered) + flow.reenter_after > now:
        raise NotEntered(gettext("They were in it not long ago"))


def newest_first(subscriptions: QuerySet[Subscription], *before: str) -> QuerySet[Subscription]:
    """Those that go on first, then by when they began."""
    return subscriptions.order_by(*before, F("ended_at").desc(nulls_first=True), "-started_at", "-pk")


def subscription_of(run: Run) -> Subscription | None:
    """What it is about: that of the box or of the ticket, else the one that began last, those that go on first."""
    if run.box is not None:
        return run.box.cycle.subscription
    if run.ticket is not None and run.ticket.subscription is not None:
        return run.ticket.subscription
    return newest_first(Subscription.objects.filter(subscriber=run.subscriber_id)).first()


def _make_room(run: Run, source: str) -> Run | None:
    """The recovery run that gives way to this one, ended. Raises NotEntered where the live one is as urgent."""
    current = (
        Run.objects.select_for_update(of=("self",), no_key=True)
        .select_related("flow")
        .filter(subscriber=run.subscriber_id, is_recovery=True, status__in=LIVE_RUN)
        .first()
    )
    if current is None:
        return None
    if run.flow.rank >= current.flow.rank:
        raise NoRoom(
            current, in_english(FactKind(run.trigger_kind).label) if run.trigger_kind in FactKind.values else "", source
        )
    exit_run(current, ExitReason.SUPERSEDED, why=f"“{run.flow.name}” is more urgent and took over")
    return current


def _note(room: NoRoom) -> None:
    """The fact that a live recovery run was told of, once."""
    current = room.current
    if room.source and not current.events.filter(kind="fact_noted", data__source=room.source).exists():
        log_run(current, "fact_noted", f"Also: {room.fact.lower()}", source=room.source)


def trigger_key(evidence: Evidence) -> str:
    """What a flow is begun for once: the box where it is known (nobody gets two apologies for one box), the
    subscriber's first cycle, else the fact itself."""
    if evidence.kind == FactKind.DAMAGED_BOX and evidence.box_id:
        return f"box:{evidence.box_id}"
    if evidence.kind == FactKind.CYCLE_ONE_TICKET:
        return f"subscriber:{evidence.subscriber_id}"
    return evidence.source_key
