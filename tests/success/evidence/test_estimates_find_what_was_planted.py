"""The estimators alone: frames with known effects in, what was planted out; too little is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import simulate
from success.evidence import sequential
from success.evidence.flow_effect import ALPHA_EACH, effect_of
from success.evidence.hazards import hazards_of, spells, steadiness
from success.evidence.landmark import landmark_of
from success.evidence.prediction import calibration, caught, prediction_of
from success.evidence.results import FACTS, FlowEffect, ServiceFindings, from_json, to_json

DAYS = st.floats(0.01, 200)
SUBSCRIPTION = st.tuples(DAYS, st.booleans(), *(st.one_of(st.just(np.nan), st.floats(-5, 220)) for _ in FACTS))


@settings(max_examples=60)
@given(st.lists(SUBSCRIPTION, min_size=1, max_size=8))
def test_cutting_keeps_all_time_and_every_end_and_knows_nothing_early(rows):
    frame = pd.DataFrame(rows, columns=["days", "left", *(f"{fact}_at" for fact in FACTS)]).assign(
        person=range(len(rows))
    )
    cut = spells(frame)
    for person, of in cut.groupby("person"):
        row = frame.iloc[person]
        assert of["start"].iloc[0] == 0
        assert list(of["start"])[1:] == list(of["stop"])[:-1]
        assert (of["stop"].iloc[-1], of["left"].sum()) == (row["days"], row["left"])
        for fact in FACTS:
            assert list(of[fact]) == [float(row[f"{fact}_at"] <= start) for start in of["start"]]


def test_ratios_are_found_where_ever_against_never_is_fooled():
    store = simulate.subscriptions(np.random.default_rng(5), 1000, 1.0, 2.5)
    found = {one.fact: one for one in hazards_of(store).facts}
    assert found["ticket"].low < 1.0 < found["ticket"].high
    assert found["damage"].low < 2.5 < found["damage"].high
    assert found["damage"].low > 1.3
    ever = store["ticket_at"].notna()
    naive = [group["left"].sum() / group["days"].sum() for group in (store[ever], store[~ever])]
    assert naive[0] / naive[1] < found["ticket"].ratio


def test_people_with_several_subscriptions_count_together():
    store = simulate.subscriptions(np.random.default_rng(5), 400, 1.5, 1.5)
    twice = pd.concat([store, store])  # the same people say the same again: nothing is surer
    once, doubled = hazards_of(store), hazards_of(twice)
    assert (once.is_clustered, doubled.is_clustered) == (False, True)
    for one, other in zip(once.facts, doubled.facts, strict=True):
        widths = [np.log(found.high / found.low) for found in (one, other)]
        assert widths[1] == pytest.approx(widths[0], rel=0.15)


def test_steadiness_equals_that_of_lifelines_where_it_has_one():
    from lifelines import CoxPHFitter
    from lifelines.statistics import proportional_hazard_test

    rng = np.random.default_rng(2)
    has = rng.random(300) < 0.4
    frame = pd.DataFrame({"a": has.astype(float), "b": rng.normal(size=300)})
    frame["stop"], frame["left"], frame["start"] = rng.weibull(np.where(has, 0.7, 1.4)) * 50, rng.random(300) < 0.8, 0.0
    model = CoxPHFitter().fit(frame.drop(columns="start"), "stop", "left")
    ours = steadiness(frame, ["a", "b"], model.params_.to_numpy())
    theirs = proportional_hazard_test(model, frame.drop(columns="start"), time_transform="rank").p_value
    assert [one for one, _ in ours] == pytest.approx(list(theirs), rel=1e-6)
    assert ours[0] == (pytest.approx(0, abs=1e-4), True)  # it is stronger at first


def test_too_few_are_refused_with_their_number():
    store = simulate.subscriptions(np.random.default_rng(1), 60, 1.5, 1.5)
    found = hazards_of(store)
    assert (found.is_known, found.events < found.needed, found.needed) == (False, True, 50)
    assert landmark_of(store.head(15)).difference is None
    larger = simulate.subscriptions(np.random.default_rng(1), 400, 1.5, 1.5)
    larger["slow_at"] = larger["ticket_at"]  # comes with every ticket: one of both can be told
    larger["unhappy_at"] = larger["ticket_at"].where(larger.index < 3)
    found = {one.fact: one.ratio for one in hazards_of(larger).facts}
    assert (found["ticket"] is None, found["slow"], found["unhappy"]) == (False, None, None)
    nobody = hazards_of(store.head(0))
    assert (nobody.events, nobody.is_known) == (0, False)


def foretellable(number: int) -> pd.DataFrame:
    store = simulate.subscriptions(np.random.default_rng(3), number, 2.5, 2.5, seen=120)
    return store.assign(
        born=range(number), could_see=120.0, failed=False, tickets=store["ticket_at"].notna().astype(float), wait=0.0
    )


def test_risk_is_foretold_for_those_who_began_later():
    store = foretellable(2000)
    found = prediction_of(store)
    assert found.foretold == pytest.approx(found.real, abs=0.05)
    assert sum(group.number for group in found.groups) == found.judged
    assert [group.foretold for group in found.groups] == sorted(group.foretold for group in found.groups)
    assert sum(group.low <= group.foretold <= group.high for group in found.groups) >= len(found.groups) - 1
    assert found.lift[1].caught > 0.15  # a tenth of the people, more than a tenth of those who leave
    few = prediction_of(foretellable(150))
    assert (few.groups, few.left < few.needed or few.judged_left < few.needed_judged) == ([], True)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5]), st.booleans()), min_size=1, max_size=40))
def test_groups_and_lift_count_everybody_once(rows):
    risk, real = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    groups = calibration(risk, real)
    assert sum(group.number for group in groups) == len(rows)
    assert sum(group.real * group.number for group in groups) == pytest.approx(real.sum())
    if real.any():
        assert caught(risk, real, 1.0) == pytest.approx(1.0)
        assert caught(risk, real, 0.2) <= caught(risk, real, 0.6)


def people(number: int, share: float, uplift: float, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    held, luck = rng.random(number) < share, rng.random(number)
    stays = 0.8 + np.where(held, 0.0, uplift)
    kept = {f"kept_{days}": luck < stays + (90 - days) / 1000 for days in (30, 60, 90)}
    return pd.DataFrame({"share": share, "held": held, "days": 120.0, **kept, "money": kept["kept_90"] * 60.0})


def test_a_flow_is_judged_by_its_holdout_as_it_was_drawn():
    good = effect_of(people(4000, 0.3, 0.1))
    assert (good.helps, good.harms, good.is_known) == (True, False, True)
    assert good.money.low < 600 < good.money.high
    bad = effect_of(people(4000, 0.3, -0.1))
    assert (bad.helps, bad.harms) == (False, True)
    nothing = effect_of(people(4000, 0.3, 0.0))
    assert (nothing.helps, nothing.harms) == (False, False)
    few = effect_of(people(200, 0.3, 0.1))
    assert (few.is_known, few.money, few.needed > 200) == (False, None, True)


def test_people_of_another_share_are_compared_with_their_own_kind():
    """More are held out in worse times: the flow does nothing, and is not thanked for the good times."""
    good_times, bad_times = people(3000, 0.1, 0.0), people(3000, 0.5, 0.0, seed=2)
    for days in (30, 60, 90):
        bad_times[f"kept_{days}"] &= np.random.default_rng(days).random(3000) < 0.6
    both = pd.concat([good_times, bad_times])
    found = effect_of(both)
    mixed = both[~both["held"]]["kept_60"].mean() - both[both["held"]]["kept_60"].mean()
    assert mixed > 0.08
    assert found.arms[1].always.low < 0 < found.arms[1].always.high
    assert found.arms[1].one_look is None
    alone = effect_of(pd.concat([good_times, people(50, 0.9, 0.0).assign(held=True)]))
    assert alone.left_out == 50


def test_looking_daily_alarms_no_more_often_than_was_promised():
    quiet = simulate.flows(200, 0.0, 0.1)
    assert quiet["told"].mean() <= 0.05
    assert quiet["outside"].mean() <= 0.05
    loud = simulate.flows(100, 0.08, 0.5)
    assert (loud["told"].mean(), loud["outside"].mean() <= 0.05) == (1.0, True)


def test_counts_and_frames_come_to_the_same():
    frame = people(1500, 0.5, 0.05)
    held, kept = frame["held"], frame["kept_30"]
    numbers = ((kept & ~held).sum(), (~held).sum(), (kept & held).sum(), held.sum())
    gap, spread = sequential.difference(*(np.array(float(number)) for number in numbers))
    width = spread * sequential.half_width(1500.0, ALPHA_EACH)
    always = effect_of(frame).arms[0].always
    assert (always.value, always.low, always.high) == pytest.approx((gap, gap - width, gap + width))


def test_fewer_people_show_larger_effects():
    asked = [sequential.needed(effect, 0.8, 0.2, 0.05) for effect in (0.02, 0.05, 0.1)]
    assert asked == sorted(asked, reverse=True)
    assert sequential.needed(0.05, 0.8, 0.5, 0.05) < asked[1]
    assert sequential.needed(1e-6, 0.8, 0.2, 0.05) is None


def test_what_was_found_is_read_again_as_it_was():
    store = foretellable(1000)
    found = ServiceFindings(1000, 1000, "2026-01-01", hazards_of(store), landmark_of(store), prediction_of(store))
    assert from_json(ServiceFindings, to_json(found)) == found
    effect = effect_of(people(3000, 0.3, 0.1))
    assert from_json(FlowEffect, to_json(effect)) == effect
