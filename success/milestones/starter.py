"""The milestones that a new installation asks for: a path to fit to one's own products."""

from typing import Any

from success.milestones.enums import Anchor, Predicate
from success.models import Milestone

LABELS = {
    "first-box": {"de": "Erste Box angekommen", "es": "Primera caja entregada", "pt": "Primeira caixa entregue"},
    "first-use": {"de": "Zum ersten Mal benutzt", "es": "Primer uso confirmado", "pt": "Primeiro uso confirmado"},
    "first-renewal": {"de": "Erste Verlängerung", "es": "Primera renovación", "pt": "Primeira renovação"},
    "second-renewal": {"de": "Zweite Verlängerung", "es": "Segunda renovación", "pt": "Segunda renovação"},
    "third-box": {"de": "Dritte Box angekommen", "es": "Tercera caja entregada", "pt": "Terceira caixa entregue"},
    "one-year": {"de": "Ein Jahr dabei", "es": "Un año con nosotros", "pt": "Um ano connosco"},
}
# key, label, predicate, number, counted from, (target, behind after, stuck after) in days, proves the value
STARTER: tuple[tuple[str, str, Predicate, int, Anchor, tuple[int, int, int], bool], ...] = (
    ("first-box", "First box delivered", Predicate.BOX_DELIVERED, 1, Anchor.STARTED, (10, 4, 14), False),
    ("first-use", "First use confirmed", Predicate.USE_CONFIRMED, 1, Anchor.FIRST_BOX, (7, 7, 28), True),
    ("first-renewal", "First renewal", Predicate.RENEWED, 1, Anchor.FIRST_BILLING, (35, 7, 35), False),
    ("second-renewal", "Second renewal", Predicate.RENEWED, 2, Anchor.FIRST_BILLING, (65, 10, 40), False),
    ("third-box", "Third box delivered", Predicate.BOX_DELIVERED, 3, Anchor.FIRST_BOX, (65, 10, 40), False),
    ("one-year", "A year subscribed", Predicate.SUBSCRIBED_DAYS, 365, Anchor.STARTED, (365, 7, 30), False),
)


def install_milestones() -> None:
    """Add the shared definitions that are missing; those that are there stay as somebody edited them.

    Intervals that are longer than a month need definitions of a store's own.
    """
    there = set(Milestone.objects.filter(store=None).values_list("key", flat=True))
    for number, (key, label, predicate, count, anchor, days, is_value) in enumerate(STARTER, 1):
        if key in there:
            continue
        dates: dict[str, Any] = dict(zip(("target_days", "behind_after_days", "stuck_after_days"), days, strict=True))
        Milestone.objects.create(
            key=key,
            label=label,
            labels=LABELS[key],
            predicate=predicate,
            number=count,
            anchor=anchor,
            is_value=is_value,
            position=number * 10,
            **dates,
        )
