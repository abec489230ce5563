"""Has a store's history read again; light, so that pages can call it."""

from django.utils import timezone

from subscribers.models import Store
from success.models import StudyPlan


def ask_again(store: Store) -> None:
    """Within a minute, whatever is planned."""
    now = timezone.now()
    plan, is_new = StudyPlan.objects.get_or_create(store=store, defaults={"due_at": now})
    if not is_new and plan.due_at > now:
        StudyPlan.objects.filter(pk=plan.pk).update(due_at=now)
