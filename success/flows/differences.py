"""What a version changes against another one, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from success.flow_pages.words import FIELD_WORDS, SETTING_WORDS, setting_words, step_name, value_words
from success.flows.drawing import links_of
from success.models import FlowStep, FlowVersion

MOST_SAID = 60  # characters of a text
JUMPS = ("next", "then", "otherwise")


def differences(before: FlowVersion | None, after: FlowVersion, current: Mapping[str, Any] | None = None) -> list[str]:
    """Sentences: settings first, then steps in their order. All of it is new where there is no earlier version.

    `current`: the flow's settings, for an earlier version that was published without any of its own.
    """
    old = list(before.steps.order_by("position")) if before else []
    new = list(after.steps.order_by("position"))
    old_settings = (before.flow_settings or current or {}) if before else {}
    return [*setting_changes(old_settings, after.flow_settings), *step_changes(old, new)]


def setting_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [
        gettext("%(setting_words)s: %(setting_words2)s (was %(setting_words3)s).")
        % {
            "setting_words": SETTING_WORDS[name],
            "setting_words2": setting_words(name, new[name]),
            "setting_words3": setting_words(name, old[name]),
        }
        for name in SETTING_WORDS
        if name in old and name in new and old[name] != new[name]
    ]


def step_changes(old: list[FlowStep], new: list[FlowStep]) -> list[str]:
    before, after = {step.key: step for step in old}, {step.key: step for step in new}
    said = [
        gettext("“%(step_name)s” is gone.") % {"step_name": step_name(step)} for step in old if step.key not in after
    ]
    ways_before, ways_after = _ways(old), _ways(new)
    for step in new:
        earlier = before.get(step.key)
        if earlier is None:
            said.append(
                gettext("“%(step_name)s” is new (%(lower)s).")
                % {"step_name": step_name(step), "lower": step.get_kind_display().lower()}
            )
        elif earlier.kind != step.kind:
            kinds = earlier.get_kind_display().lower(), step.get_kind_display().lower()
            said.append(
                gettext("“%(step_name)s” was a %(kinds)s and is a %(kinds2)s now.")
                % {"step_name": step_name(step), "kinds": kinds[0], "kinds2": kinds[1]}
            )
        else:
            said += _within(earlier, step)
            said += _turned(step, ways_before[step.key], ways_after[step.key], before, after)
    return said


def _within(old: FlowStep, new: FlowStep) -> list[str]:
    names = [name for name in dict.fromkeys([*new.config, *old.config]) if name not in JUMPS]
    said = []
    for name in names:
        was, now = old.config.get(name), new.config.get(name)
        if was == now:
            continue
        words = FIELD_WORDS.get(name, name.replace("_", " "))
        if isinstance(now, str) and isinstance(was, str) and max(len(was), len(now)) > MOST_SAID:
            said.append(
                gettext("“%(step_name)s”: the %(words)s was rewritten.") % {"step_name": step_name(new), "words": words}
            )
        elif now in (None, "", [], {}):
            said.append(
                gettext("“%(step_name)s”: no %(words)s any more (was %(value_words)s).")
                % {"step_name": step_name(new), "words": words, "value_words": value_words(name, was)}
            )
        elif was in (None, "", [], {}):
            said.append(
                gettext("“%(step_name)s”: the %(words)s is %(value_words)s.")
                % {"step_name": step_name(new), "words": words, "value_words": value_words(name, now)}
            )
        else:
            said.append(
                gettext("“%(step_name)s”: the %(words)s became %(value_words)s (was %(value_words2)s).")
                % {
                    "step_name": step_name(new),
                    "words": words,
                    "value_words": value_words(name, now),
                    "value_words2": value_words(name, was),
                }
            )
    return said


def _ways(steps: list[FlowStep]) -> dict[str, dict[str, str]]:
    """Of each step the one that follows each answer, by key."""
    ways: dict[str, dict[str, str]] = {step.key: {} for step in steps}
    for link in links_of(steps):
        answers = ("yes", "no") if link.answer == "either" else (link.answer,)
        for answer in answers:
            ways[steps[link.source].key][answer] = steps[link.target].key
    return ways


def _turned(
    step: FlowStep,
    was: Mapping[str, str],
    now: Mapping[str, str],
    before: Mapping[str, FlowStep],
    after: Mapping[str, FlowStep],
) -> list[str]:
    """Where a step leads elsewhere, though both the old and the new way were there before and are now."""
    said = []
    for answer, target in now.items():
        if was.get(answer) not in (target, None) and was[answer] in after and target in before:
            on = gettext(" on %(answer)s") % {"answer": answer} if answer else ""
            said.append(
                gettext("“%(step_name)s” leads%(on)s to “%(step_name2)s” now.")
                % {"step_name": step_name(step), "on": on, "step_name2": step_name(after[target])}
            )
    return said
