"""What was asked of providers, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from subscribers.asking.menu import ICONS
from subscribers.enums import UNSETTLED_ACTION, ActionKind, ActionState
from subscribers.models import ProviderAction, ProviderActionEvent, Subscriber
from subscribers.models.stores import Viewer
from subscribers.services.limits import stores_to_approve

SHOWN = 5
TROUBLED = (ActionState.REFUSED, ActionState.FAILED)


@dataclass(frozen=True)
class Asked:
    """One action as a row. `note`: why it was asked for. `story`: its states, the oldest first."""

    action: ProviderAction
    icon: str
    note: str
    story: Sequence[ProviderActionEvent]
    may_decide: bool
    may_withdraw: bool
    may_retry: bool

    @property
    def is_troubled(self) -> bool:
        return self.action.state in TROUBLED


@dataclass(frozen=True)
class View:
    key: str
    label: Any
    of: Q


VIEWS = (
    View("approval", _("Wait for approval"), Q(state=ActionState.AWAITING_APPROVAL)),
    View("under-way", _("Under way"), Q(state__in=(ActionState.QUEUED, ActionState.RUNNING))),
    View("refused", _("Refused or failed"), Q(state__in=TROUBLED)),
    View("all", _("All"), Q()),
)


def view_of(key: str | None) -> View:
    return next((view for view in VIEWS if view.key == key), VIEWS[0])


def to_decide(user: Viewer) -> int:
    """How many requests of colleagues wait for this person's word. One query."""
    waiting = ProviderAction.objects.filter(state=ActionState.AWAITING_APPROVAL, store__in=stores_to_approve(user))
    return waiting.exclude(actor_id=user.pk).count()


def for_rows(rows: "QuerySet[ProviderAction]") -> "QuerySet[ProviderAction]":
    events = ProviderActionEvent.objects.select_related("actor").order_by("occurred_at", "pk")
    related = ("subscriber", "subscription__product", "cycle", "box", "actor", "approved_by", "reason", "store")
    return rows.select_related(*related).prefetch_related(Prefetch("events", events, to_attr="story"))


def rows_of(actions: Sequence[ProviderAction], user: Viewer) -> list[Asked]:
    """Actions from `for_rows`. One query."""
    led = set(stores_to_approve(user).values_list("pk", flat=True))
    return [_row(action, user, action.store_id in led) for action in actions]


def _row(action: ProviderAction, user: Viewer, leads: bool) -> Asked:
    story: list[ProviderActionEvent] = action.story  # type: ignore[attr-defined]
    asker = action.actor_id == user.pk
    state = action.state
    begins = (ActionState.AWAITING_APPROVAL, ActionState.QUEUED)
    return Asked(
        action=action,
        icon=ICONS[ActionKind(action.kind)],
        note=next((event.text for event in story if not event.from_state), ""),
        story=story,
        may_decide=state == ActionState.AWAITING_APPROVAL and leads and not asker,
        may_withdraw=state in begins and (asker or leads),
        may_retry=state in TROUBLED,
    )


def latest_of(subscriber: Subscriber, user: Viewer) -> list[Asked]:
    """What is under way, waits or was refused first, then the newest, as far as SHOWN. Five queries."""
    rows = ProviderAction.objects.visible_to(user).filter(subscriber=subscriber)
    open_first = rows.order_by("settled_at", "-requested_at", "-pk").filter(state__in=UNSETTLED_ACTION)
    newest = rows.order_by("-requested_at", "-pk")
    wanted = [*open_first.values_list("pk", flat=True)[:SHOWN], *newest.values_list("pk", flat=True)[:SHOWN]]
    found = {action.pk: action for action in for_rows(ProviderAction.objects.filter(pk__in=wanted))}
    chosen = list(dict.fromkeys(wanted))[:SHOWN]
    return rows_of([found[pk] for pk in chosen], user)
