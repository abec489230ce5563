"""Asks for a batch of steps at once what their waits and branches want to know, and where their flows go on."""

import json
from collections.abc import Sequence

from success.enums import StepKind
from success.flows.conditions import Condition, expression, subject_of_rows
from success.models import FlowStep, RunStep


def answers(rows: Sequence[RunStep]) -> dict[int, bool]:
    """By row, whether what it asks holds; one statement for each condition that differs."""
    asked: dict[tuple[str, str], tuple[Condition, list[int]]] = {}
    for row in rows:
        if row.step.kind == StepKind.BRANCH:
            condition, since = row.step.config["when"], "run__started_at"
        elif row.step.kind == StepKind.WAIT and row.step.config.get("until"):
            condition, since = row.step.config["until"], "created_at"
        else:
            continue
        key = (json.dumps(condition, sort_keys=True), since)
        asked.setdefault(key, (condition, []))[1].append(row.pk)
    found: dict[int, bool] = {}
    for (_, since), (condition, pks) in asked.items():
        holds = RunStep.objects.filter(expression(condition, subject_of_rows("run__", since=since)), pk__in=pks)
        yes = set(holds.values_list("pk", flat=True))
        found.update({pk: pk in yes for pk in pks})
    return found


class Ways:
    """Where flows go on: the steps of each version, read once."""

    def __init__(self) -> None:
        self.versions: dict[int, list[FlowStep]] = {}

    def after(self, step: FlowStep, jump: str = "") -> FlowStep | None:
        """The step that follows: the one that is jumped to, the one named as next, or the next in line."""
        if step.version_id not in self.versions:
            self.versions[step.version_id] = list(FlowStep.objects.filter(version=step.version_id).order_by("position"))
        steps, key = self.versions[step.version_id], jump or step.config.get("next", "")
        if key:
            return next(one for one in steps if one.key == key)
        return next((one for one in steps if one.position > step.position), None)
