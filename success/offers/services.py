"""Makes, grants, declines and ends offers: the only writer of their rows.

Locks: the subscription, then the offer. An offer acts once however often its button is pressed: its action's key is
its own number.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from subscribers.cancellation.speech import language_of
from subscribers.changes import plan
from subscribers.enums import ENDED_SUBSCRIPTION, SETTLED_ACTION, ActionState, Actor
from subscribers.errors import Refused
from subscribers.models import ProviderAction, Subscription
from subscribers.services.actions import request_action
from subscribers.services.subscriptions import locked as locked_subscription
from success.enums import DECIDED_OFFER, OPEN_OFFER, TAKEN_OFFER, OfferState
from success.flows.deeds import within_limit
from success.flows.runs import log_run, look_again
from success.models import FlowOffer, FlowOfferEvent, Run, RunStep, Task
from success.offers import kinds, letters

VALID_DAYS = 14
LOOKED_AT_WITHIN = timedelta(hours=24)
BATCH = 200
KEY = "offer:"

TRANSITIONS = {
    OfferState.MADE: (OfferState.OPENED, OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED),
    OfferState.OPENED: (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED),
    OfferState.DECLINED: (OfferState.ACCEPTED,),
    OfferState.ACCEPTED: (OfferState.DONE, OfferState.FAILED),
    OfferState.FAILED: (OfferState.DONE, OfferState.ACCEPTED),
    OfferState.DONE: (),
    OfferState.EXPIRED: (),
}


@transaction.atomic
def make_offer(*, run_step: RunStep, config: Mapping[str, Any], now: datetime) -> FlowOffer:
    """The offer of one step of a run, made once for the fact that began the run. `config`: the step's own.

    A run that begins again after giving way goes on with the offer of the earlier one. Raises Refused where it cannot
    be: no running subscription, or nothing that it would change; OverLimit where it costs more than flows may give.
    """
    run, wanted = run_step.run, config["offer"]
    key = f"flow:{run.flow_id}:{run.trigger_key}:{run_step.step.key}"
    if known := FlowOffer.objects.filter(key=key).first():
        if known.run_id != run.pk:
            known.run, known.run_step = run, run_step
            known.save(update_fields=["run", "run_step"])
        return known
    subscription = subscription_of(run)
    if subscription is None:
        raise Refused(gettext("There is no running subscription to offer this for."))
    params = kinds.params_of(wanted, subscription)
    within_limit(plan(kinds.action_of(wanted["kind"]), params, subscription, now))
    offer = FlowOffer.objects.create(
        store_id=run.store_id,
        subscriber_id=run.subscriber_id,
        subscription=subscription,
        run=run,
        run_step=run_step,
        key=key,
        kind=wanted["kind"],
        params=params,
        made_at=now,
        valid_until=now + timedelta(days=config.get("valid_days") or VALID_DAYS),
    )
    FlowOfferEvent.objects.create(offer=offer, to_state=OfferState.MADE, occurred_at=now)
    return offer


def subscription_of(run: Run) -> Subscription | None:
    """The running subscription that a run is about: its own, its box's or its ticket's; else the person's newest."""
    rows = Subscription.objects.select_related("product", "store", "subscriber__store")
    live = rows.filter(subscriber=run.subscriber_id).exclude(status__in=ENDED_SUBSCRIPTION)
    for known in (
        run.subscription_id,
        run.box.cycle.subscription_id if run.box else None,
        run.ticket.subscription_id if run.ticket else None,
    ):
        if known is not None:
            return live.filter(pk=known).first()
    return live.order_by("-started_at", "-pk").first()


@transaction.atomic
def note_opened(offer: FlowOffer) -> None:
    """Its page was fetched: by the subscriber, or by what looks at mails for them. It decides nothing."""
    current = _locked(offer.pk)
    if current.state == OfferState.MADE:
        current.opened_at = timezone.now()
        _move(current, OfferState.OPENED, "", "opened_at")


@transaction.atomic
def accept(offer: FlowOffer) -> FlowOffer:
    """Have the provider do what was offered, once. Raises Refused where it cannot be any more."""
    subscription = locked_subscription(offer.subscription_id)
    current, now = _locked(offer.pk), timezone.now()
    if current.state in TAKEN_OFFER:
        return current
    if current.state == OfferState.EXPIRED or current.valid_until <= now:
        raise Refused(gettext_noop("This offer has ended."))
    with translation.override(language_of(subscription.subscriber)):
        current.language = translation.get_language() or ""
        current.shown = {
            "title": kinds.title_of(current.kind, current.params, subscription),
            "lines": list(kinds.lines_of(current.kind, current.params, subscription)),
        }
    current.decided_at = now
    _move(current, OfferState.ACCEPTED, current.shown["title"], "language", "shown", "decided_at")
    # Where the provider is built in, it is done here, and `settle` hears of it before this returns.
    action = request_action(
        subscriber=subscription.subscriber,
        subscription=subscription,
        kind=kinds.action_of(current.kind),
        params=current.params,
        key=f"{KEY}{current.pk}",
        actor_kind=Actor.SUBSCRIBER,
    )
    FlowOffer.objects.filter(pk=current.pk).update(action=action)
    if current.run is not None:
        log_run(current.run, "offer_accepted", f"They accepted: {_english_title(current)}", offer=current.pk)
    look_again(current.subscriber_id)
    return FlowOffer.objects.get(pk=current.pk)


@transaction.atomic
def decline(offer: FlowOffer) -> FlowOffer:
    """No, thanks. They may think better of it while it is valid."""
    current, now = _locked(offer.pk), timezone.now()
    if not current.is_open(now):
        return current
    current.decided_at = now
    _move(current, OfferState.DECLINED, "", "decided_at")
    if current.run is not None:
        log_run(current.run, "offer_declined", f"They declined: {_english_title(current)}", offer=current.pk)
    look_again(current.subscriber_id)
    return current


@transaction.atomic
def renew(offer: FlowOffer) -> FlowOffer:
    """The same once more, for whoever came too late, by a mail with a link of its own; what costs nothing only.

    Once for each offer. Raises Refused where it cannot be any more.
    """
    current, now = _locked(offer.pk), timezone.now()
    if known := FlowOffer.objects.filter(replaces=current).first():
        return known
    if current.state != OfferState.EXPIRED and current.is_open(now):
        return current
    subscription = Subscription.objects.select_related("product", "store", "subscriber__store").get(
        pk=current.subscription_id
    )
    if current.kind not in kinds.FREE or current.state in DECIDED_OFFER:
        raise Refused(gettext_noop("This offer is not available any more."))
    kinds.preview_of(current.kind, current.params, subscription)
    newer = FlowOffer.objects.create(
        store_id=current.store_id,
        subscriber_id=current.subscriber_id,
        subscription=subscription,
        run_id=current.run_id,
        run_step_id=current.run_step_id,
        replaces=current,
        key=f"{KEY}{current.pk}:again",
        kind=current.kind,
        params=current.params,
        made_at=now,
        valid_until=now + (current.valid_until - current.made_at),
    )
    FlowOfferEvent.objects.create(offer=newer, to_state=OfferState.MADE, text="Asked for by link", occurred_at=now)
    letters.send_again(newer)
    return newer


@transaction.atomic
def settle(action: ProviderAction) -> None:
    """The provider did what an accepted offer asked for, or will not. Told to the subscriber, and to success.

    Safe to call again: a failure that was mended by asking again becomes done.
    """
    offer = FlowOffer.objects.filter(pk=_offer_of(action) or 0).first()
    if offer is None:
        return
    current = _locked(offer.pk)
    if action.state == ActionState.DONE and current.state in (OfferState.ACCEPTED, OfferState.FAILED):
        current.error = ""
        _move(current, OfferState.DONE, "", "error")
        _close_task(current)
        letters.send_outcome(current)
    elif action.state != ActionState.DONE and current.state == OfferState.ACCEPTED:
        current.error = action.error
        _move(current, OfferState.FAILED, action.error, "error")
        _ask_success(current)
        letters.send_outcome(current)
    else:
        return
    look_again(current.subscriber_id)


def sweep_offers() -> int:
    """Mend what a receiver missed, and end what nobody answered in time; how many."""
    answered = FlowOffer.objects.filter(state=OfferState.ACCEPTED, action__state__in=SETTLED_ACTION)
    for offer in answered.select_related("action")[:BATCH]:
        if offer.action is not None:
            settle(offer.action)
    return expire_offers()


def expire_offers() -> int:
    """End what nobody answered in time; how many. The last sweep's, or another worker's, are left to them."""
    ended = 0
    due = FlowOffer.objects.filter(state__in=OPEN_OFFER, valid_until__lte=timezone.now()).order_by("valid_until")
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            offer = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(pk=pk).first()
            if offer is not None:
                _move(offer, OfferState.EXPIRED, "")
                look_again(offer.subscriber_id)
                ended += 1
    return ended


def _offer_of(action: ProviderAction) -> int | None:
    number = action.key.removeprefix(KEY)
    return int(number) if action.key.startswith(KEY) and number.isdecimal() and len(number) < 19 else None


def _locked(pk: int) -> FlowOffer:
    rows = FlowOffer.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("run", "subscription__subscriber__store", "subscription__product", "store").get(pk=pk)


def _move(offer: FlowOffer, to: OfferState, text: str, *changed: str) -> None:
    """The one door of an offer's state, for a locked row."""
    before = OfferState(offer.state)
    if to not in TRANSITIONS[before]:
        raise Refused(
            gettext("What is %(label)s cannot become %(label2)s.")
            % {"label": before.label.lower(), "label2": to.label.lower()}
        )
    offer.state = to
    offer.save(update_fields=["state", *changed])
    FlowOfferEvent.objects.create(offer=offer, from_state=before, to_state=to, text=text)


def _english_title(offer: FlowOffer) -> str:
    """For colleagues."""
    with translation.override("en"):
        return kinds.title_of(offer.kind, offer.params, offer.subscription)


def _ask_success(offer: FlowOffer) -> None:
    """What they were promised was not done: a person sees to it."""
    if offer.run is None or offer.run_step_id is None:
        return
    title = _english_title(offer)
    log_run(offer.run, "offer_failed", f"“{title}” was accepted and could not be done", offer=offer.pk)
    person = offer.subscription.subscriber
    Task.objects.get_or_create(
        run_step_id=offer.run_step_id,
        defaults={
            "alert_id": offer.run.alert_id,
            "title": f"{person.name or person.email} accepted “{title}”, and it failed"[:200],
            "instructions": f"The provider said: {offer.error or 'nothing'}\n\nThey were told that somebody looks into "
            "it. Ask the provider again from their page, or do it by hand and write to them.",
            "due_at": timezone.now() + LOOKED_AT_WITHIN,
        },
    )


def _close_task(offer: FlowOffer) -> None:
    tasks = Task.objects.filter(run_step=offer.run_step_id, done_at=None)
    if offer.run_step_id is not None:
        tasks.update(done_at=timezone.now(), result="done")
