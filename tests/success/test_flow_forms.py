"""Forms of the flow editor: what is shown of a step, sent back untouched, is the same step; nonsense is refused."""

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from success.enums import AlertOutcome, Anchor, StepKind
from success.flow_pages.forms.fields import ConditionForm, hours_text, read_hours
from success.flow_pages.forms.settings import SettingsForm
from success.flow_pages.forms.steps import step_form
from success.flows.conditions import CONDITIONS
from success.flows.starter import STARTER_FLOWS
from success.models import Flow, FlowStep, FlowVersion
from tests.factories.people import StoreFactory
from tests.thorough import examples

pytestmark = pytest.mark.django_db

hours = st.one_of(st.integers(1, 8000), st.sampled_from([0.5, 1.25, 0.25, 36.5]))
texts = (
    st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), min_size=1, max_size=30).map(str.strip).filter(bool)
)
fields = st.sampled_from(
    [
        {"field": "subscription.price", "op": "above", "value": 30},
        {"field": "subscription.status", "op": "in", "value": ["active", "paused"]},
        {"field": "subscription.product", "op": "is_set"},
        {"field": "subscription.days", "op": "at_least", "value": 2.5},
    ]
)
plain = st.one_of(st.sampled_from(sorted(CONDITIONS)), fields)
conditions = st.one_of(
    plain,
    plain.map(lambda one: {"not": one}),
    st.lists(plain, min_size=1, max_size=2).map(lambda found: {"any": found}),
)


def some(**parts):
    """Some of these keys, each with a value."""
    return st.fixed_dictionaries({}, optional=parts)


def both(needed, others):
    return st.tuples(needed, others).map(lambda pair: {**pair[0], **pair[1]})


CONFIGS = {
    StepKind.MAIL: both(
        st.fixed_dictionaries({"text": texts}),
        some(
            subject=texts,
            if_held=st.sampled_from(["wait", "skip"]),
            hold_hours=hours,
            both_arms=st.booleans(),
            translations=st.fixed_dictionaries(
                {"de": st.fixed_dictionaries({"text": texts}, optional={"subject": texts})}
            ),
        ),
    ),
    StepKind.TASK: both(
        st.fixed_dictionaries({"title": texts, "due_hours": hours}), some(instructions=texts, wait_hours=hours)
    ),
    StepKind.WAIT: st.one_of(
        st.fixed_dictionaries({"hours": hours}),
        st.fixed_dictionaries({"hours": hours, "until": conditions}),
        both(
            st.fixed_dictionaries({"anchor": st.sampled_from(Anchor.values), "offset_hours": st.integers(-500, 500)}),
            some(hours=hours),
        ),
    ),
    StepKind.BRANCH: st.fixed_dictionaries({"when": conditions, "then": st.just("b"), "otherwise": st.just("c")}),
    StepKind.NOTE: st.fixed_dictionaries({"text": texts}),
    StepKind.ACTION: st.one_of(
        st.fixed_dictionaries({"do": st.just("pause"), "days": st.integers(1, 366)}),
        st.fixed_dictionaries({"do": st.just("credit"), "amount": st.integers(1, 500)}),
        both(
            st.fixed_dictionaries(
                {
                    "do": st.just("offer"),
                    "offer": st.one_of(
                        st.just({"kind": "frequency", "slower": 2}),
                        st.just({"kind": "skip"}),
                        st.just({"kind": "discount", "percent": 20, "billings": 2}),
                    ),
                }
            ),
            some(valid_days=st.integers(1, 366)),
        ),
    ),
    StepKind.WEBHOOK: both(st.just({"url": "https://hooks.example/a?b=c"}), some(secret=st.just("main"))),
    StepKind.HAND_OVER: st.fixed_dictionaries({"to": st.sampled_from(["service", "success"]), "note": texts}),
    StepKind.END: both(
        st.fixed_dictionaries({"outcome": texts}), some(close_alert=st.sampled_from(AlertOutcome.values))
    ),
}
steps = st.sampled_from(sorted(CONFIGS)).flatmap(
    lambda kind: st.tuples(
        st.just(kind), CONFIGS[kind], st.just({"next": "c"}) if kind not in ("branch", "end") else st.just({})
    )
)


@pytest.fixture
def version(db) -> FlowVersion:
    flow = Flow.objects.create(store=StoreFactory(), key="f", name="F", kind="outreach")
    return FlowVersion.objects.create(flow=flow, number=1)


def sent(form) -> QueryDict:
    """What a browser sends of a form that nobody touched."""
    data = QueryDict(mutable=True)
    for part in (
        form,
        *filter(None, [getattr(form, "asked", None)]),
        *getattr(form, "entry", ()),
        *getattr(form, "segment", ()),
    ):
        for bound in part:
            value = bound.value()
            if value is True:
                data[bound.html_name] = "on"
            elif isinstance(value, list | tuple):
                data.setlist(bound.html_name, [str(one) for one in value])
            elif value not in (None, False):
                data[bound.html_name] = str(value)
    return data


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_untouched_step_stays_as_it_is(version, drawn):
    kind, config, jump = drawn
    config = {**config, **jump, "unknown": [1]}
    step = FlowStep(pk=1, version=version, position=1, key="a", kind=kind, config=config)
    later = [FlowStep(pk=n, version=version, position=n, key=key, kind="note") for n, key in enumerate("bc", 2)]
    shown = step_form(step, [step, *later])
    form = step_form(step, [step, *later], sent(shown))
    assert form.is_valid(), form.errors
    assert form.config() == config


@pytest.mark.parametrize("starter", STARTER_FLOWS, ids=lambda one: one.key)
def test_steps_that_ship_stay_as_they_are(version, starter):
    found = [
        FlowStep(pk=n, version=version, position=n, key=key, kind=kind, config=config)
        for n, (key, kind, config) in enumerate(starter.steps, 1)
    ]
    for step in found:
        form = step_form(step, found, sent(step_form(step, found)))
        assert form.is_valid(), (step.key, form.errors)
        assert form.config() == step.config


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("wait", {"name": "W", "mode": "time", "hours": "soon"}, "hours"),
        ("wait", {"name": "W", "mode": "time", "hours": "3 years"}, "hours"),
        ("wait", {"name": "W", "mode": "moon"}, "mode"),
        ("task", {"name": "", "due_hours": "1 d"}, "name"),
        ("mail", {"name": "M", "goes_on": "99"}, "goes_on"),
        ("mail", {"name": "M", "text": "x\x00"}, "text"),
        ("action", {"name": "A", "do": "explode"}, "do"),
        ("action", {"name": "A", "do": "pause", "days": "-1"}, "days"),
        ("action", {"name": "A", "do": "gift", "product": "7; drop"}, "product"),
    ],
)
def test_nonsense_is_refused_at_its_field(version, kind, data, field):
    step = FlowStep(pk=1, version=version, position=1, key="a", kind=kind, config={})
    form = step_form(step, [step], data)
    assert form.is_valid() is False
    assert list(form.errors) == [field]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"ask": "compare", "field": "subscription.price", "op": "above", "value": "much"}, "value"),
        ({"ask": "compare", "field": "subscription.price", "op": "above", "value": "nan"}, "value"),
        ({"ask": "compare", "field": "subscription.status", "op": "is", "value": "asleep"}, "value"),
        ({"ask": "compare", "field": "", "op": "is", "value": "1"}, "value"),
        ({"ask": "moon"}, "ask"),
    ],
)
def test_condition_that_cannot_be_asked_is_refused(data, fault):
    form = ConditionForm(data)
    assert (form.is_valid(), list(form.errors)) == (False, [fault])


@given(st.one_of(hours, st.floats(0.01, 8000)))
def test_length_is_read_as_it_is_written(length):
    assert abs(read_hours(hours_text(length)) - length) < 1e-5


@pytest.mark.parametrize("key", [one.key for one in STARTER_FLOWS])
def test_settings_that_ship_stay_as_they_are(store, key):
    flow = Flow.objects.get(store=store, key=key)
    form = SettingsForm(sent(SettingsForm(flow=flow)), flow=flow)
    assert form.is_valid(), form.errors
    found = form.settings()
    for name, value in found.items():
        stored = getattr(flow, name)
        assert value == (stored.total_seconds() / 3600 if name == "reenter_after" and stored else stored), name
