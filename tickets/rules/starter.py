"""Rules that a new store starts with: few, plain, to be changed in the admin."""

from typing import Any

from subscribers.models import Store
from tickets.enums import Priority, RuleEvent, TicketStatus
from tickets.models import TicketRule
from tickets.rules.saving import save_rule

STARTER: tuple[dict[str, Any], ...] = (
    {
        "name": "Legal words are urgent",
        "event": RuleEvent.OPENED,
        "conditions": {"words_any": ["lawyer", "attorney", "chargeback", "Anwalt", "abogado"]},
        "actions": [{"kind": "priority", "value": int(Priority.URGENT)}, {"kind": "add_tag", "value": "legal"}],
        "position": 10,
    },
    {
        "name": "About to be billed",
        "event": RuleEvent.OPENED,
        "conditions": {"priority": [int(Priority.NORMAL), int(Priority.LOW)], "billing_within_hours": 24},
        "actions": [{"kind": "priority", "value": int(Priority.HIGH)}, {"kind": "add_tag", "value": "billing soon"}],
        "position": 20,
    },
    {
        "name": "No answer for two weeks",
        "event": RuleEvent.IN_STATUS,
        "status": TicketStatus.PENDING,
        "hours": 14 * 24,
        "actions": [
            {"kind": "note", "value": "The customer did not write again within two weeks."},
            {"kind": "status", "value": str(TicketStatus.RESOLVED)},
        ],
        "position": 30,
    },
)


def install_rules(store: Store) -> None:
    """Add those that ship and are missing by name."""
    there = set(TicketRule.objects.filter(store=store).values_list("name", flat=True))
    for said in STARTER:
        if said["name"] not in there:
            save_rule(TicketRule(store=store, **said), actor=None)
