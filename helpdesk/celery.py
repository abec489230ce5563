"""The Celery application: the clock and the hands. The database is the truth (see docs/decisions/)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

app = Celery("helpdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(
    [
        "subscribers.cancellation",
        "subscribers.privacy",
        "subscribers.imports",
        "success.health",
        "success.evidence",
        "success.insights",
        "success.causes",
    ]
)
