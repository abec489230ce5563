"""Who is left alone, so that a flow's effect can be known: drawn once per person and flow, before anything is sent."""

import hashlib
import hmac
from collections.abc import Sequence

from success.enums import Arm, FlowKind, StepKind, TouchCategory
from success.flows.contact import policy_of
from success.models import Flow, FlowStep, Run

SCALE = 2**64


def hashed_arm(key: str, flow_id: int, subscriber_id: int, share: float) -> Arm:
    """By a hash with the store's own key: nobody outside can tell, and a larger share keeps those who were held out."""
    digest = hmac.digest(key.encode(), f"holdout {flow_id} {subscriber_id}".encode(), hashlib.sha256)
    return Arm.HOLDOUT if int.from_bytes(digest[:8], "big") < share * SCALE else Arm.TREATED


def draw(flow: Flow, subscriber_ids: Sequence[int]) -> dict[int, tuple[Arm, float]]:
    """The arm of each and the share that it was drawn with; an arm that was drawn before stays. Three statements."""
    if not flow.holdout_share:
        return dict.fromkeys(subscriber_ids, (Arm.TREATED, 0.0))
    key = policy_of(flow.store_id).holdout_key
    drawn = {pk: (hashed_arm(key, flow.pk, pk, flow.holdout_share), flow.holdout_share) for pk in subscriber_ids}
    earlier = Run.objects.filter(flow=flow, subscriber__in=subscriber_ids, holdout_share__gt=0)
    for pk, arm, share in earlier.order_by("-started_at", "-pk").values_list("subscriber_id", "arm", "holdout_share"):
        drawn[pk] = (Arm(arm), share)
    return drawn


def withholds(run: Run, step: FlowStep) -> bool:
    """Whether this step of a run is left out for the comparison. Every step may say for itself (`both_arms`).

    Without a word, tasks and notes for people are done in both arms, and so are the mails of recovery flows that are
    transactional: an apology for harm.
    """
    if run.arm != Arm.HOLDOUT or step.config.get("both_arms"):
        return False
    if step.kind not in run.flow.holdout_steps:
        return False
    is_apology = (
        step.kind == StepKind.MAIL
        and run.flow.kind == FlowKind.RECOVERY
        and run.flow.category == TouchCategory.TRANSACTIONAL
    )
    return not is_apology or step.config.get("both_arms") is False
