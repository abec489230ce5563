"""The Django project: settings, addresses, people who work here, and what runs it all."""

from helpdesk.celery import app as celery_app

__all__ = ["celery_app"]
