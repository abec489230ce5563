"""Changes what a policy promises: always by a new version, so that clocks keep the promise they were started under."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from subscribers.errors import Refused
from tickets.enums import EscalationAction, EscalationOccasion, Metric, Priority
from tickets.models import BusinessCalendar, SlaEscalation, SlaPolicy, SlaPolicyVersion, SlaTarget
from tickets.sla.calendars import form_of, says_the_same
from tickets.sla.lengths import length_words
from tickets.sla.policies import Target

Targets = Mapping[tuple[Metric, Priority | None], Target]


@dataclass(frozen=True)
class Escalation:
    """What is done at a warning or a breach of a metric (None: any). `assignee_id` to assign, `priority` to raise."""

    occasion: EscalationOccasion
    action: EscalationAction
    metric: Metric | None = None
    assignee_id: int | None = None
    priority: Priority | None = None


def latest_version(policy: SlaPolicy) -> SlaPolicyVersion | None:
    return policy.versions.select_related("calendar").order_by("-number").first()


def targets_of(version: SlaPolicyVersion) -> dict[tuple[Metric, Priority | None], Target]:
    return {
        (Metric(row.metric), None if row.priority is None else Priority(row.priority)): Target(
            row.seconds, row.in_business_time
        )
        for row in version.targets.all()
    }


def escalations_of(version: SlaPolicyVersion) -> tuple[Escalation, ...]:
    return tuple(
        Escalation(
            occasion=EscalationOccasion(row.occasion),
            action=EscalationAction(row.action),
            metric=Metric(row.metric) if row.metric else None,
            assignee_id=row.assignee_id,
            priority=None if row.priority is None else Priority(row.priority),
        )
        for row in version.escalations.order_by("pk")
    )


@transaction.atomic
def publish_version(
    policy: SlaPolicy,
    *,
    calendar: BusinessCalendar,
    targets: Targets,
    warn_at_share: float | None = None,
    warn_before_seconds: int | None = None,
    escalations: Sequence[Escalation] | None = None,
) -> SlaPolicyVersion:
    """The policy's next version; the latest one where it says the same already.

    It warns at a share of each target (0 to 1) or so many seconds before its end: exactly one is given. Escalations
    left out stay as they are. The calendar is frozen as it is now. Raises `Refused`, naming the field.
    """
    SlaPolicy.objects.select_for_update().get(pk=policy.pk)  # two editors at once get two numbers
    latest = latest_version(policy)
    if escalations is None:
        escalations = escalations_of(latest) if latest else ()
    _check(policy, calendar, targets, warn_at_share, warn_before_seconds, escalations)
    try:
        form = form_of(calendar)
    except ValueError as wrong:
        raise Refused(str(wrong), "calendar") from wrong
    if (
        latest is not None
        and latest.calendar_id == calendar.pk
        and (latest.warn_at_share, latest.warn_before_seconds) == (warn_at_share, warn_before_seconds)
        and targets_of(latest) == dict(targets)
        and set(escalations_of(latest)) == set(escalations)
        and says_the_same(latest.calendar_form, form)
    ):
        return latest
    version = SlaPolicyVersion.objects.create(
        policy=policy,
        number=latest.number + 1 if latest else 1,
        calendar=calendar,
        calendar_form=form,
        warn_at_share=warn_at_share,
        warn_before_seconds=warn_before_seconds,
    )
    SlaTarget.objects.bulk_create(
        SlaTarget(
            version=version,
            metric=metric,
            priority=priority,
            seconds=target.seconds,
            in_business_time=target.in_business_time,
        )
        for (metric, priority), target in targets.items()
    )
    SlaEscalation.objects.bulk_create(
        SlaEscalation(
            version=version,
            metric=escalation.metric or "",
            occasion=escalation.occasion,
            action=escalation.action,
            assignee_id=escalation.assignee_id,
            priority=escalation.priority,
        )
        for escalation in dict.fromkeys(escalations)
    )
    return version


@transaction.atomic
def publish_calendar(calendar: BusinessCalendar) -> list[SlaPolicyVersion]:
    """The next version of every policy that counts by this calendar, as the calendar's rows are now.

    Called after its hours, dates or zone changed. Policies for which nothing changed get none. Clocks that run stay
    on their versions. Raises `Refused` where the calendar is never open.
    """
    published = []
    for policy in SlaPolicy.objects.filter(versions__calendar=calendar).distinct().order_by("pk"):
        before = latest_version(policy)
        if before is None or before.calendar_id != calendar.pk:
            continue
        version = publish_version(
            policy,
            calendar=calendar,
            targets=targets_of(before),
            warn_at_share=before.warn_at_share,
            warn_before_seconds=before.warn_before_seconds,
        )
        if version.pk != before.pk:
            published.append(version)
    return published


def _check(
    policy: SlaPolicy,
    calendar: BusinessCalendar,
    targets: Targets,
    share: float | None,
    before: int | None,
    escalations: Sequence[Escalation],
) -> None:
    if calendar.store_id != policy.store_id:
        raise Refused(gettext("This calendar belongs to another store."), "calendar")
    if (share is None) == (before is None):
        raise Refused(
            gettext("A policy warns at a share of its times or an interval before they end: give one."), "warning"
        )
    if share is not None and not 0 < share < 1:
        raise Refused(gettext("The share at which a policy warns lies between nothing and all of it."), "warning")
    shortest = min((target.seconds for target in targets.values()), default=None)
    if before is not None and (before <= 0 or (shortest is not None and before >= shortest)):
        words = f", {length_words(shortest)}" if shortest else ""
        raise Refused(
            gettext("The warning comes before the end, and after the start, of the shortest time%(words)s.")
            % {"words": words},
            "warning",
        )
    places: list[Any] = [(one.metric, one.occasion, one.action) for one in dict.fromkeys(escalations)]
    if len(places) != len(set(places)):
        raise Refused(gettext("One action for the same time and occasion is said twice."), "escalations")
    for one in escalations:
        if (one.action == EscalationAction.ASSIGN) != (one.assignee_id is not None):
            raise Refused(gettext("To assign names a person; nothing else does."), "escalations")
        if (one.action == EscalationAction.RAISE_PRIORITY) != (one.priority is not None):
            raise Refused(gettext("To raise the priority names one; nothing else does."), "escalations")
