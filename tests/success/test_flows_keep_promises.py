"""Random flows, facts and times: whatever comes, nobody is written to against their will, twice, too often or at
night; nobody is in a flow twice at once; and every run ends."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from subscribers.enums import ConsentCategory
from subscribers.models import Reason
from subscribers.privacy.consent import set_consent
from success.enums import LIVE_RUN, Arm, FlowKind, TouchCategory, TouchDecision, Trigger
from success.flows.contact import policy_of, quiet_until, zones_of
from success.flows.engine import complete_task, sweep_runs
from success.flows.entry import enter
from success.flows.runs import look_again
from success.models import ContactCap, Flow, Run, RunStep, Task, Touch
from tests.factories.flows import make_flow
from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory
from tests.factories.subscriptions import CycleFactory, SubscriptionFactory
from tests.factories.tickets import ReasonFactory
from tests.thorough import examples
from tickets.enums import TicketStatus, TopicSource
from tickets.models import Mailbox, OutboundMail, Queue, Ticket, TicketTopic

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 3, 2, 10, tzinfo=UTC)

texts = st.sampled_from(["Hi {{ first_name|there }}", "{{ product|it }} on {{ next_billing|time }}"])
steps = st.one_of(
    st.fixed_dictionaries({"text": texts, "if_held": st.sampled_from(["wait", "skip"])}).map(lambda c: ("mail", c)),
    st.fixed_dictionaries({"hours": st.sampled_from([1, 9, 40, 200])}).map(lambda c: ("wait", c)),
    st.fixed_dictionaries(
        {"hours": st.just(50), "until": st.sampled_from(["paid", "customer_replied", {"not": "still_subscribed"}])}
    ).map(lambda c: ("wait", c)),
    st.fixed_dictionaries(
        {"anchor": st.sampled_from(["next_billing", "cancelled"]), "offset_hours": st.just(-48), "hours": st.just(90)}
    ).map(lambda c: ("wait", c)),
    st.just(("task", {"title": "Call", "due_hours": 1, "wait_hours": 20})),
    st.just(("note", {"text": "x"})),
    st.just(("hand_over", {"to": "success", "note": "x"})),
    st.just(("branch", {"when": {"field": "subscription.cycle", "op": "at_least", "value": 2}})),
)
flows = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(FlowKind.values),
        "category": st.sampled_from(TouchCategory.values),
        "rank": st.integers(1, 3),
        "holdout_share": st.sampled_from([0, 0.5]),
        "exits": st.lists(st.sampled_from(["paid", "cancelled", "opted_out"]), unique=True, max_size=2),
        "reenter_after": st.sampled_from([None, timedelta(0), timedelta(days=3)]),
        "most_entries": st.sampled_from([None, 2]),
        "steps": st.lists(steps, min_size=1, max_size=5),
    }
)
events = st.one_of(
    st.tuples(st.just("enter"), st.integers(0, 2), st.integers(0, 1)),
    st.tuples(st.just("pass"), st.sampled_from([1, 5, 13, 60, 400])),
    st.tuples(st.just("no"), st.integers(0, 1), st.sampled_from(ConsentCategory.values)),
    st.tuples(st.just("complain"), st.integers(0, 1)),
    st.tuples(st.just("resolve"), st.integers(0, 1)),
    st.tuples(st.just("pay"), st.integers(0, 1)),
    st.tuples(st.just("task"), st.integers(0, 1)),
    st.tuples(st.just("forget"), st.integers(0, 1)),
)


class Over(Exception):
    """Takes an example back."""


class World:
    """Two people, some flows, and a clock that somebody moves."""

    def __init__(self, made: list[dict]) -> None:
        self.now = BEGAN
        self.count = 0
        self.store = StoreFactory(time_zone="Europe/Berlin")
        queue = Queue.objects.create(store=self.store, key="q", name="Q", is_default=True)
        Mailbox.objects.create(store=self.store, queue=queue, address="help@shop.example", name="Help")
        self.queue, self.reason = queue, Reason.objects.filter(key="damaged").first() or ReasonFactory(key="damaged")
        self.colleague = MembershipFactory(store=self.store).user
        self.people = [
            SubscriberFactory(store=self.store, time_zone="Asia/Tokyo"),
            SubscriberFactory(store=self.store, country="US"),
        ]
        for person in self.people:
            subscription = SubscriptionFactory(
                subscriber=person, started_at=BEGAN - timedelta(days=9), next_billing_at=BEGAN + timedelta(days=6)
            )
            CycleFactory(subscription=subscription)
        self.policy = policy_of(self.store.pk)
        self.policy.caps.all().delete()
        ContactCap.objects.create(policy=self.policy, category="", most=2, hours=72)
        ContactCap.objects.create(policy=self.policy, category="marketing", most=1, hours=100)
        self.flows = [self.publish(fields) for fields in made]

    def publish(self, fields: dict) -> Flow:
        rows = [(f"s{number}", *step) for number, step in enumerate(fields["steps"])]
        for number, (_, kind, config) in enumerate(rows):
            if kind == "branch":
                then = rows[number + 1][0] if number + 1 < len(rows) else "end"
                rows[number] = (rows[number][0], kind, {**config, "then": then, "otherwise": "end"})
        return make_flow(self.store, *rows, **{name: value for name, value in fields.items() if name != "steps"})

    def do(self, what: str, *how) -> None:
        self.count += 1
        if what == "enter":
            enter(self.flows[how[0] % len(self.flows)], self.people[how[1]], key=f"m:{self.count // 2}")
        elif what == "pass":
            self.now += timedelta(hours=how[0])
        elif what == "no":
            set_consent(self.people[how[0]], how[1], False, source="test")
        elif what == "complain":
            ticket = Ticket.objects.create(
                store=self.store, queue=self.queue, subscriber=self.people[how[0]], subject="x", opened_at=self.now
            )
            TicketTopic.objects.create(ticket=ticket, reason=self.reason, source=TopicSource.AGENT)
        elif what == "resolve":
            Ticket.objects.filter(subscriber=self.people[how[0]]).update(
                status=TicketStatus.RESOLVED, resolved_at=self.now
            )
            look_again(self.people[how[0]].pk)
        elif what == "pay":
            subscription = self.people[how[0]].subscriptions.get()
            CycleFactory(subscription=subscription, index=subscription.cycles.count() + 1, billed_at=self.now)
            look_again(self.people[how[0]].pk)
        elif what == "task":
            for task in Task.objects.filter(done_at=None, run_step__run__subscriber=self.people[how[0]]):
                complete_task(task, actor=self.colleague)
        elif what == "forget":
            self.people[how[0]].suppressed_until = self.now + timedelta(hours=50)
            self.people[how[0]].save()
        self.sweep()

    def sweep(self) -> None:
        sweep_runs()
        self.check()

    def check(self) -> None:
        live = list(Run.objects.filter(status__in=LIVE_RUN).values_list("subscriber", "flow", "is_recovery"))
        assert max(Counter(live).values(), default=0) <= 1
        assert max(Counter(person for person, _, is_recovery in live if is_recovery).values(), default=0) <= 1
        for touch in Touch.objects.filter(occurred_at=self.now, decision=TouchDecision.SENT).select_related(
            "subscriber__store", "run_step__run__flow"
        ):
            self.check_sent(touch)
        sent = Touch.objects.filter(decision=TouchDecision.SENT)
        assert OutboundMail.objects.count() == sent.count()
        assert not RunStep.objects.filter(attempts__gt=0).exists()
        arms = Run.objects.filter(holdout_share__gt=0).values_list("flow", "subscriber", "arm").distinct()
        assert len({one[:2] for one in arms}) == len(arms)

    def check_sent(self, touch: Touch) -> None:
        run, person = touch.run_step.run, touch.subscriber
        apology = run.flow.kind == FlowKind.RECOVERY and touch.category == TouchCategory.TRANSACTIONAL
        assert run.arm == Arm.TREATED or apology
        assert person.suppressed_until is None or person.suppressed_until <= self.now
        if touch.category == TouchCategory.TRANSACTIONAL:
            return
        assert not person.consents.filter(category=touch.category, granted=False).exists()
        assert quiet_until(zones_of(person), self.policy, self.now) is None
        counted = Touch.objects.filter(subscriber=person, decision=TouchDecision.SENT).exclude(
            category=TouchCategory.TRANSACTIONAL
        )
        assert counted.filter(occurred_at__gt=self.now - timedelta(hours=72)).count() <= 2
        marketing = counted.filter(category="marketing", occurred_at__gt=self.now - timedelta(hours=100))
        assert marketing.count() <= 1
        if run.flow.kind == FlowKind.OUTREACH:
            assert not Ticket.objects.filter(subscriber=person).exclude(status=TicketStatus.RESOLVED).exists()

    def end(self) -> None:
        """Once time passes, and nothing else happens, every run is over."""
        for _ in range(60):
            if not Run.objects.filter(status__in=LIVE_RUN).exists():
                return
            self.now += timedelta(hours=37)
            self.sweep()
        raise AssertionError(list(RunStep.objects.filter(finished_at=None).values("step__kind", "step__config")))


@settings(
    max_examples=examples(5),
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(made=st.lists(flows, min_size=1, max_size=3), happens=st.lists(events, min_size=4, max_size=14))
def test_whatever_happens(monkeypatch, made, happens):
    with suppress(Over), transaction.atomic():
        world = World(made)
        monkeypatch.setattr(timezone, "now", lambda: world.now)
        for event in happens:
            world.do(*event)
        world.end()
        raise Over


def test_triggers_know_every_fact():
    from success.enums import FactKind

    assert set(FactKind.values) <= set(Trigger.values)
