"""Asks for what a form says, by the service that its kind has; and says what became of it."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _

from subscribers.asking.forms import ActionForm
from subscribers.cancellation.declarations import cancel_at_once
from subscribers.cancellation.enums import Effect, SessionChannel
from subscribers.enums import ActionKind, ActionState, Actor
from subscribers.models import ProviderAction
from subscribers.models.cancellation import CancellationSession
from subscribers.models.stores import Viewer
from subscribers.services import actions

Deed = ProviderAction | CancellationSession


def ask(kind: ActionKind, form: ActionForm, *, actor: AbstractBaseUser, key: str, source: str) -> Deed:
    """Once a key. A cancellation is declared, with its reason and receipt, as everywhere. Raises Refused."""
    form.is_valid()
    subscription = form.subscription
    if kind == ActionKind.CANCEL:
        return cancel_at_once(
            subscription,
            channel=SessionChannel.AGENT,
            actor=actor,
            source=source,
            reason=form.asked_reason(),
            words=form.cleaned_data["note"],
            effect=Effect(form.cleaned_data["effect"]),
        )
    said = (form.cleaned_data["note"], _("From %(source)s.") % {"source": source} if source else "")
    return actions.request_action(
        subscriber=subscription.subscriber,
        subscription=subscription,
        kind=kind,
        params=form.params,
        key=key,
        actor_kind=Actor.AGENT,
        actor=actor,
        cycle=form.asked_cycle(),
        box=form.asked_box(),
        reason=form.asked_reason(),
        note=" ".join(map(str, (part for part in said if part))),
    )


def outcome_words(deed: Deed, user: Viewer) -> tuple[str, str]:
    """What a toast says, and its level."""
    if isinstance(deed, CancellationSession):
        said = _("Cancelled; the receipt %(reference)s goes to them by mail.")
        return said % {"reference": deed.reference}, "success"
    names = {"kind": deed.get_kind_display(), "provider": deed.get_provider_display(), "why": deed.error}
    match deed.state:
        case ActionState.DONE:
            return _("Done: %(kind)s") % names, "success"
        case ActionState.AWAITING_APPROVAL:
            return _("A lead is asked first: %(kind)s") % names, "info"
        case ActionState.REFUSED | ActionState.FAILED:
            return _("Refused: %(why)s") % names, "error"
        case ActionState.CANCELLED:
            return _("Taken back: %(kind)s") % names, "info"
    return _("%(provider)s is asked: %(kind)s") % names, "info"
