"""What flows have providers do: asked for once by run and step, within the store's limit, beyond it by a person."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from subscribers.changes import Plan, plan
from subscribers.enums import ActionKind, Actor
from subscribers.errors import Refused
from subscribers.models import ProviderAction
from subscribers.services.actions import request_action
from success.flows.contact import policy_of
from success.models import Run, RunStep

NOT_SAID = ("do", "next", "both_arms", "offer")


class OverLimit(Exception):
    """It costs more than flows may give away by themselves."""

    def __init__(self, amount: Decimal, currency: str) -> None:
        super().__init__(f"It costs {amount} {currency}, more than flows may give by themselves.")


def key_of(row: RunStep) -> str:
    return f"flow:{row.run_id}:{row.step.key}"


def asked_for(row: RunStep) -> ProviderAction | None:
    return ProviderAction.objects.filter(key=key_of(row)).first()


def ask_for(row: RunStep) -> ProviderAction:
    """Ask the provider once. The subscription is locked already. Raises Refused, and OverLimit."""
    run = row.run
    kind, params = translated(row.step.config)
    if run.subscription is None:
        raise Refused(gettext("They have no subscription."))
    box = run.box if kind == ActionKind.REPLACEMENT else None
    run.subscription.refresh_from_db()
    within_limit(plan(kind, params, run.subscription, row.created_at, box=box))
    return request_action(
        subscriber=run.subscriber,
        subscription=run.subscription,
        box=box,
        kind=kind,
        params=params,
        key=key_of(row),
        actor_kind=Actor.FLOW,
    )


def within_limit(planned: Plan) -> None:
    """Raises OverLimit for what costs more than the store's flows may give."""
    subscription, amount = planned.subscription, planned.amount
    if planned.kind == ActionKind.REPLACEMENT:
        amount = subscription.price  # what is sent once more was worth that
    if amount is not None and amount > policy_of(subscription.store_id).most_per_action:
        raise OverLimit(amount, subscription.currency)


def translated(config: Mapping[str, Any]) -> tuple[ActionKind, dict[str, Any]]:
    """What a step says, as subscribers.services.actions takes it."""
    match config["do"]:
        case "skip":
            return ActionKind.SKIP, {}
        case "pause":
            return ActionKind.PAUSE, {"days": config["days"]}
        case "frequency":
            return ActionKind.SET_FREQUENCY, {"interval": config["interval"], "count": config["count"]}
        case "discount":
            off = {name: config[name] for name in ("amount", "percent") if config.get(name) is not None}
            return ActionKind.DISCOUNT, {**off, "billings": config.get("billings", 1)}
        case "credit":
            return ActionKind.DISCOUNT, {"amount": config["amount"], "billings": 1}
        case "gift":
            return ActionKind.GIFT, {name: config[name] for name in ("title", "product", "amount") if config.get(name)}
        case "replacement":
            return ActionKind.REPLACEMENT, {}
        case do:
            raise Refused(gettext("“%(do)s” is nothing that a provider does.") % {"do": do})


def words(run: Run, config: Mapping[str, Any]) -> str:
    """What was to be done, for the person who does it instead."""
    told = {**config.get("offer", {}), **config}
    said = ", ".join(f"{name} {value}" for name, value in told.items() if name not in NOT_SAID)
    return f"{str(config['do']).capitalize()} for {run.subscriber}{f': {said}' if said else ''}"
