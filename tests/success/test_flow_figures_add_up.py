"""The figures of a flow agree: who came in is still there, came to the end, left, gave way, or failed; nobody twice."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from success.enums import LIVE_RUN, ExitReason, RunStatus
from success.flows.counts import flow_counts, version_counts
from success.models import Run
from tests.factories.flows import make_flow
from tests.factories.people import SubscriberFactory

pytestmark = pytest.mark.django_db
ends = st.one_of(
    st.sampled_from([(status, "") for status in RunStatus if status != RunStatus.EXITED]),
    st.sampled_from([(RunStatus.EXITED, reason) for reason in ExitReason]),
)
runs = st.lists(st.tuples(ends, st.integers(0, 60), st.integers(0, 30)), max_size=12)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs)
def test_who_came_in_is_somewhere_and_nowhere_twice(store, drawn):
    flow, now = make_flow(store), timezone.now()
    version = flow.versions.get()
    made = []
    for number, ((status, reason), days, length) in enumerate(drawn):
        began, is_over = now - timedelta(days=days, minutes=1), status not in LIVE_RUN
        made.append(
            Run(
                store=store,
                flow=flow,
                version=version,
                subscriber=SubscriberFactory(store=store),
                is_recovery=False,
                status=status,
                exit_reason=reason,
                trigger_key=f"test:{number}",
                started_at=began,
                ended_at=min(began + timedelta(days=length), now) if is_over else None,
            )
        )
    Run.objects.bulk_create(made)
    counts, of_version = flow_counts([flow.pk])[flow.pk], version_counts(version)
    recent = [run for run in made if run.started_at >= now - timedelta(days=30)]
    assert counts.entered == of_version.entered == len(recent)
    assert counts.entered == counts.going + counts.finished + counts.ended_early
    assert counts.ended_early == counts.left + counts.superseded + counts.failed
    assert counts.live == of_version.live == sum(run.status in LIVE_RUN for run in made)
    assert counts.superseded == sum(run.exit_reason == ExitReason.SUPERSEDED for run in recent)
    ended_early = sum(count for _, _, count in of_version.exits) + of_version.failed
    assert ended_early == counts.ended_early
    Run.objects.all().delete()
