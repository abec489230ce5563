"""What the clock asks of causes: thin calls that may come twice, late, or not at all."""

from celery import shared_task

from success.causes import answering, looking


@shared_task
def look_for_causes() -> None:
    looking.sweep()


@shared_task
def send_answers() -> None:
    answering.send_due()
