"""Flows made, named, switched: what is done to a flow beside its versions. Each is written into its history."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.models import Store
from success.enums import FlowEventKind, FlowKind, StepKind, TouchCategory, Trigger
from success.flows.drafts import APART, BLANK, log_flow, published_of, put_on, settings_of
from success.models import Flow, FlowStep, FlowVersion

Rows = Sequence[tuple[str, str, dict[str, Any]]]  # key, kind, config
ONLY_AN_END: Rows = (("end", StepKind.END, dict(BLANK[StepKind.END])),)


@transaction.atomic
def create_flow(
    store: Store,
    *,
    name: str,
    kind: FlowKind,
    trigger: Trigger,
    actor: AbstractBaseUser | None,
    steps: Rows = ONLY_AN_END,
    **settings: Any,
) -> Flow:
    """A flow that is switched off, with a draft of these steps. `settings`: other fields of the flow."""
    category = TouchCategory.TRANSACTIONAL if kind == FlowKind.RECOVERY else TouchCategory.SUCCESS
    fields = {"category": category, **settings}
    flow = Flow(store=store, key=_free_key(store, name), name=name[:120], kind=kind, trigger=trigger, is_active=False)
    put_on(flow, fields)
    flow.save(force_insert=True)
    log_flow(flow, FlowEventKind.CREATED, actor=actor, text=name)
    _draft(flow, steps)
    return flow


@transaction.atomic
def duplicate(flow: Flow, *, actor: AbstractBaseUser | None) -> Flow:
    """A second flow with the settings and the published (else the latest) steps of this one, switched off."""
    version = published_of(flow) or flow.versions.order_by("-number").first()
    rows = [(one.key, one.kind, one.config) for one in version.steps.order_by("position")] if version else ONLY_AN_END
    name = f"{flow.name[:112]} (copy)"
    copy = Flow(store_id=flow.store_id, key=_free_key(flow.store, name), name=name, kind=flow.kind, is_active=False)
    put_on(copy, settings_of(flow))
    copy.save(force_insert=True)
    log_flow(copy, FlowEventKind.CREATED, actor=actor, text=f"A copy of {flow.name}")
    _draft(copy, rows)
    return copy


@transaction.atomic
def switch(flow: Flow, *, on: bool, actor: AbstractBaseUser | None) -> None:
    """Let new runs begin, or no more; those that are under way go on. Refused where nothing is published."""
    flow = Flow.objects.select_for_update().get(pk=flow.pk)
    if on and published_of(flow) is None:
        raise Refused(gettext("Publish a version first: there is nothing that new runs could follow."))
    if flow.is_active == on:
        return
    flow.is_active = on
    flow.save(update_fields=["is_active"])
    log_flow(flow, FlowEventKind.SWITCHED_ON if on else FlowEventKind.SWITCHED_OFF, actor=actor)


@transaction.atomic
def rename_flow(flow: Flow, *, name: str, actor: AbstractBaseUser | None) -> None:
    if flow.name == name:
        return
    log_flow(flow, FlowEventKind.RENAMED, actor=actor, text=f"{flow.name} → {name}")
    Flow.objects.filter(pk=flow.pk).update(name=name[:120])


def _draft(flow: Flow, rows: Rows) -> None:
    draft = FlowVersion.objects.create(flow=flow, number=1, flow_settings=settings_of(flow))
    FlowStep.objects.bulk_create(
        FlowStep(version=draft, position=(place + 1) * APART, key=key, kind=kind, config=config)
        for place, (key, kind, config) in enumerate(rows)
    )


def _free_key(store: Store, name: str) -> str:
    wanted = slugify(name)[:50] or "flow"
    taken = set(Flow.objects.filter(store=store, key__startswith=wanted).values_list("key", flat=True))
    key, number = wanted, 1
    while key in taken:
        number += 1
        key = f"{wanted}-{number}"
    return key
