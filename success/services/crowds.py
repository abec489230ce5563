"""Alerts on which a flood gathers: thousands of facts of one kind on one alert, counted by a sweep.

Whoever adds to it only shares its row (`success.services.looking.shared`), so that they wait neither for each other
nor, in a circle, for the alerts of single subscribers; its numbers follow within seconds.
"""

from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from subscribers.enums import SubscriptionStatus
from subscribers.live import announce
from success.enums import AlertOutcome
from success.models import Alert
from success.models.alerts import CROWD
from success.rules.people import VALUE
from success.services.alerts import close_alert, priority_of

MOST_SCORE = 1000
COUNT = f"""
SELECT count(DISTINCT standing.subscriber_id), least(coalesce(sum(standing.weight), 0), %s), (
    SELECT round(coalesce({VALUE}, 0), 2) FROM subscribers_subscription
    WHERE status = %s AND subscriber_id IN (
        SELECT subscriber_id FROM success_evidence WHERE alert_id = %s AND retracted_at IS NULL
    )
)
FROM success_evidence standing WHERE standing.alert_id = %s AND standing.retracted_at IS NULL
"""  # noqa: S608  our own constants


def weigh_crowd(alert: Alert) -> bool:
    """Count a crowd's people, score and value anew; whether they changed. The alert is locked, or not yet seen."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [MOST_SCORE, SubscriptionStatus.ACTIVE, alert.pk, alert.pk])
        people, score, value = cursor.fetchone()
    before = (alert.people, alert.score, alert.value_at_risk)
    alert.people, alert.score, alert.value_at_risk = people, score, Decimal(value)
    if before == (alert.people, alert.score, alert.value_at_risk):
        return False
    alert.priority, alert.updated_at = priority_of(alert.score), timezone.now()
    alert.save(update_fields=["people", "score", "value_at_risk", "priority", "updated_at"])
    announce("alert", alert.pk)
    return True


def weigh_crowds() -> int:
    """Count every open crowd that nobody adds to at this moment; close those of which nothing stands any more."""
    changed = 0
    for pk in Alert.objects.live().filter(subscriber=None, about__startswith=CROWD).values_list("pk", flat=True):
        with transaction.atomic():
            rows = Alert.objects.select_for_update(no_key=True, skip_locked=True).live().filter(pk=pk)
            alert = rows.first()
            if alert is None:
                continue
            changed += weigh_crowd(alert)
            if alert.people == 0:
                close_alert(alert, actor=None, outcome=AlertOutcome.AUTO_RESOLVED, note="All of it came right")
    return changed
