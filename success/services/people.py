"""Two people became one: what success knows of the one is of the other from then on."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from subscribers.models import Subscriber
from success.enums import LIVE_ALERT, LIVE_RUN, AlertOutcome, ExitReason
from success.flows.runs import exit_run, look_again
from success.health import stale
from success.models import (
    Alert,
    Engagement,
    EntryRefusal,
    Evidence,
    FlowOffer,
    Health,
    HealthEvent,
    HeldFact,
    MilestoneProgress,
    OutgoingWebhook,
    Run,
    Touch,
)
from success.services.alerts import close_alert
from success.services.facts import weigh_again

# What is told of a person and moves as it is.
PLAIN = (Touch, EntryRefusal, HeldFact, FlowOffer, OutgoingWebhook, MilestoneProgress, Engagement)


@transaction.atomic
def move_everything(former: Subscriber, known: Subscriber) -> None:
    """Alerts, their reasons, runs, contacts and the rest. Of two open alerts one goes on with the reasons of both; of
    two runs that exclude each other the one that `known` is in. Order of locks: alert, then run."""
    _move_alerts(former, known)
    _move_runs(former, known)
    for model in PLAIN:
        model._default_manager.filter(subscriber=former).update(subscriber=known)
    _move_engagement_of_health(former)
    stale.mark(known.pk)
    look_again(known.pk)


def _move_alerts(former: Subscriber, known: Subscriber) -> None:
    live = Alert.objects.select_for_update(of=("self",), no_key=True).filter(status__in=LIVE_ALERT).order_by("pk")
    theirs = {alert.subscriber_id: alert for alert in live.filter(subscriber__in=(former, known))}
    ours, other = theirs.get(known.pk), theirs.get(former.pk)
    Evidence.objects.filter(subscriber=former).update(subscriber=known)
    if ours is not None and other is not None:
        other.evidence.filter(retracted_at=None).update(alert=ours)
        Run.objects.filter(alert=other, status__in=LIVE_RUN).update(alert=ours)
        close_alert(other, actor=None, outcome=AlertOutcome.AUTO_RESOLVED, note=f"The same person: see alert {ours.pk}")
        ours.due_at = min(ours.due_at, other.due_at)
        ours.save(update_fields=["due_at"])
        weigh_again(ours)
    Alert.objects.filter(subscriber=former).update(subscriber=known, updated_at=timezone.now())


def _move_runs(former: Subscriber, known: Subscriber) -> None:
    live = Run.objects.select_for_update(of=("self",), no_key=True).filter(status__in=LIVE_RUN).order_by("pk")
    ours = list(live.filter(subscriber=known))
    flows, in_recovery = {run.flow_id for run in ours}, any(run.is_recovery for run in ours)
    for run in live.filter(subscriber=former):
        if run.flow_id in flows or (run.is_recovery and in_recovery):
            exit_run(run, ExitReason.INELIGIBLE, why="The same person is in it already, under another address")
    Run.objects.filter(subscriber=former).update(subscriber=known)


def _move_engagement_of_health(former: Subscriber) -> None:
    """Health is computed of what a person has: nothing is left of who they were thought to be."""
    Health.objects.filter(Q(subscriber=former)).delete()
    HealthEvent.objects.filter(subscriber=former).delete()
