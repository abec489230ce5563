"""Changes what a policy promises: always by a new version, so that clocks keep the promise they were started under."""

from collections.abc import Mapping

from django.db import transaction

from tickets.enums import Metric, Priority
from tickets.models import BusinessCalendar, SlaPolicy, SlaPolicyVersion, SlaTarget
from tickets.sla.policies import Target

Targets = Mapping[tuple[Metric, Priority | None], Target]


def latest_version(policy: SlaPolicy) -> SlaPolicyVersion | None:
    return policy.versions.select_related("calendar").order_by("-number").first()


def targets_of(version: SlaPolicyVersion) -> dict[tuple[Metric, Priority | None], Target]:
    return {
        (Metric(row.metric), None if row.priority is None else Priority(row.priority)): Target(
            row.seconds, row.in_business_time
        )
        for row in version.targets.all()
    }


@transaction.atomic
def publish_version(
    policy: SlaPolicy, *, calendar: BusinessCalendar, warn_at_share: float, targets: Targets
) -> SlaPolicyVersion:
    """The policy's next version; the latest one where it says the same already."""
    SlaPolicy.objects.select_for_update().get(pk=policy.pk)  # two editors at once get two numbers
    latest = latest_version(policy)
    if (
        latest is not None
        and latest.calendar_id == calendar.pk
        and latest.warn_at_share == warn_at_share
        and targets_of(latest) == dict(targets)
    ):
        return latest
    version = SlaPolicyVersion.objects.create(
        policy=policy,
        number=latest.number + 1 if latest else 1,
        calendar=calendar,
        warn_at_share=warn_at_share,
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
    return version
