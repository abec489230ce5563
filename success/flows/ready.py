"""Ready-made flows to begin a new one with: those that ship, as rows of steps and settings."""

from dataclasses import dataclass, field
from typing import Any

from success.enums import FlowKind
from success.flows.drafts import SETTINGS, settings_of
from success.flows.making import Rows
from success.flows.starter import STARTER_FLOWS
from success.models import Flow


@dataclass(frozen=True)
class Ready:
    key: str
    name: str
    kind: str
    trigger: str
    steps: Rows
    settings: dict[str, Any] = field(default_factory=dict)


def ready_made() -> list[Ready]:
    """Recovery first, as they ship."""
    found = []
    for one in STARTER_FLOWS:
        kind = getattr(one, "kind", FlowKind.RECOVERY)
        given = {name: getattr(one, name) for name in SETTINGS if hasattr(one, name) and name != "trigger"}
        plain = settings_of(Flow(**given))
        settings = {name: list(plain[name]) if isinstance(plain[name], tuple) else plain[name] for name in given}
        found.append(Ready(one.key, one.name, str(kind), str(one.trigger), one.steps, settings))
    return found
