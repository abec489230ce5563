"""What was found, in words: an answer, how sure it is, or that it is not known and what is missing."""

from dataclasses import dataclass

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _u
from django.utils.translation import ngettext

from success.evidence.results import Arms, Estimate, FlowEffect, Hazard, Hazards, Landmark, Prediction
from success.models import Flow

LEAST_HELD = 100  # as success.evidence.flow_effect asks
FACT_WORDS: dict[str, str | Promise] = {
    "ticket": _u("A ticket in the first cycle"),
    "damage": _u("A damage reported"),
    "slow": _u("Not resolved within 2 days"),
    "unhappy": _u("Rated below good"),
}


@dataclass(frozen=True)
class Said:
    """A statement. `tone`: good, bad, plain, or unknown where it is refused; `aside`: how sure, or what is missing."""

    tone: str
    text: str
    aside: str = ""


def number_format(value: float, digits: int = 0, *, force_grouping: bool = False) -> str:
    """Rounded: Django's own cuts digits off."""
    return formats.number_format(round(value, digits), digits, force_grouping=force_grouping)


def times(value: float) -> str:
    return number_format(value, 2 if value < 10 else 0)


def percent(value: float, digits: int = 0) -> str:
    return _("%(value)s %%") % {"value": number_format(100 * value, digits)}


def points(value: float) -> str:
    """Of a difference of shares, with its sign: "+3.1"."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{number_format(abs(100 * value), 1)}"


def range_of_points(estimate: Estimate) -> str:
    return _("between %(low)s and %(high)s points") % {"low": points(estimate.low), "high": points(estimate.high)}


def on_service(found: Hazards) -> Said:
    """The answer in one sentence."""
    if not found.is_known:
        return _unknown_service(found)
    sure = [one for one in found.facts if one.ratio is not None and one.low is not None and one.low > 1]
    if not sure:
        few = _("Nothing of what service did can be told from chance yet.")
        return Said("plain", few, _("That is no proof that there is no effect: see how wide the intervals are."))
    worst = max(sure, key=lambda one: one.ratio or 0)
    text = _("Yes. After “%(fact)s” people leave %(times)s times as often.") % {
        "fact": FACT_WORDS[worst.fact],
        "times": times(worst.ratio or 0),
    }
    return Said("bad", text, _interval_words(worst))


def _unknown_service(found: Hazards) -> Said:
    if found.events >= found.needed:
        return Said(
            "unknown",
            _("We do not know yet: too few subscriptions met with any of it."),
            _("An estimate needs at least 5 cancellations that tell of it."),
        )
    text = _("We do not know yet: %(events)s of %(needed)s cancellations needed.") % {
        "events": number_format(found.events),
        "needed": number_format(found.needed),
    }
    aside = ngettext(
        "%(number)s subscription was followed from its first day.",
        "%(number)s subscriptions were followed from their first day.",
        found.subscriptions,
    )
    return Said("unknown", text, aside % {"number": number_format(found.subscriptions, force_grouping=True)})


def _interval_words(hazard: Hazard) -> str:
    return _("95 %% interval: %(low)s to %(high)s times.") % {
        "low": times(hazard.low or 0),
        "high": times(hazard.high or 0),
    }


def on_hazard(hazard: Hazard) -> Said:
    if hazard.ratio is None or hazard.low is None or hazard.high is None:
        text = _(
            "Too few to say: %(exposed)s had it, and %(telling)s of 5 needed cancellations would tell of it alone."
        )
        return Said("unknown", text % {"exposed": hazard.exposed, "telling": number_format(hazard.telling, 1)})
    if hazard.low > 1:
        said = Said("bad", _("They leave %(times)s times as often.") % {"times": times(hazard.ratio)})
    elif hazard.high < 1:
        said = Said("good", _("They leave less often: %(times)s times.") % {"times": times(hazard.ratio)})
    else:
        said = Said("plain", _("Cannot be told from chance."))
    if hazard.steady is None or hazard.steady >= 0.05:
        return Said(said.tone, said.text, _("The effect seems to stay the same over time."))
    if hazard.early:
        aside = _("The effect is stronger at first and fades: the ratio is an average over time.")
    else:
        aside = _("The effect grows with time: the ratio is an average over time.")
    return Said(said.tone, said.text, aside)


def on_landmark(found: Landmark) -> Said:
    gap = found.difference
    if gap is None:
        text = _(
            "We do not know yet: %(one)s with a ticket and %(other)s without reached the end of their first cycle; "
        )
        text += _("20 of each are needed.")
        return Said("unknown", text % {"one": found.with_ticket.number, "other": found.without.number})
    low, high = points(gap.low), points(gap.high)
    aside = _("95 %% interval: %(low)s to %(high)s points.") % {"low": low, "high": high}
    if gap.low > 0:
        text = _("Within 60 days after the first cycle, %(points)s more of 100 leave if they had a ticket.")
        return Said("bad", text % {"points": number_format(100 * gap.value, 1)}, aside)
    if gap.high < 0:
        text = _("Within 60 days after the first cycle, %(points)s fewer of 100 leave if they had a ticket.")
        return Said("good", text % {"points": number_format(-100 * gap.value, 1)}, aside)
    return Said("plain", _("With a ticket or without, as many leave: no difference beyond chance."), aside)


def on_prediction(found: Prediction) -> Said:
    if not found.groups or found.foretold is None or found.real is None:
        text = _(
            "We do not know yet: %(left)s of %(needed)s cancellations to learn from, %(judged)s of %(least)s to judge."
        )
        asked = {"left": found.left, "needed": found.needed, "judged": found.judged_left, "least": found.needed_judged}
        return Said("unknown", text % asked)
    tenth = next(one for one in found.lift if one.share == 0.1)
    text = _("The tenth of people with the highest risk holds %(caught)s of those who left.")
    aside = _("Judged on %(number)s who began later than those it was learnt on: %(foretold)s foretold, %(real)s left.")
    return Said(
        "plain",
        text % {"caught": percent(tenth.caught)},
        aside
        % {
            "number": number_format(found.judged, force_grouping=True),
            "foretold": percent(found.foretold, 1),
            "real": percent(found.real, 1),
        },
    )


def headline(effect: FlowEffect) -> Arms | None:
    """The horizon that says most: the first sure one, else 60 days, else the longest with an estimate."""
    known = [one for one in effect.arms if one.always is not None]
    sure = [one for one in known if one.always and (one.always.high < 0 if effect.harms else one.always.low > 0)]
    usual = [one for one in known if one.days == 60]
    return next(iter([*sure, *usual, *reversed(known)]), None)


def on_flow(flow: Flow, effect: FlowEffect | None) -> Said:
    if effect is None:
        if flow.holdout_share:
            return Said("unknown", _("We do not know yet: nobody has entered since people are held out."))
        text = _("Nobody can know: no one is held out.")
        return Said("unknown", text, _("Hold out a share at random in the flow’s settings, and it will be measured."))
    shown = headline(effect)
    if shown is None or shown.always is None:
        return _unknown_flow(effect)
    gap = shown.always
    asked = {"points": number_format(abs(100 * gap.value), 1), "days": shown.days}
    aside = range_of_points(gap)
    if effect.harms:
        text = _("It harms: after %(days)s days %(points)s fewer of 100 still subscribe than of those left alone.")
        return Said("bad", text % asked, aside)
    if effect.helps:
        text = _("It works: after %(days)s days %(points)s more of 100 still subscribe than of those left alone.")
        return Said("good", text % asked, aside)
    text = _("No effect can be told from chance yet, after %(days)s days.")
    return Said("plain", text % asked, aside)


def _unknown_flow(effect: FlowEffect) -> Said:
    first = effect.arms[0] if effect.arms else None
    held, treated = (first.number_held, first.number) if first else (0, 0)
    if min(held, treated) >= LEAST_HELD:
        return Said(
            "unknown",
            _("We do not know yet: nearly nobody left, or nearly nobody stayed."),
            _("At least 10 have to leave and 10 to stay."),
        )
    text = _("We do not know yet: %(held)s held out and %(treated)s treated began 30 days ago or earlier.")
    aside = _("%(least)s of each are needed.") % {"least": LEAST_HELD}
    return Said("unknown", text % {"held": held, "treated": treated}, aside)
