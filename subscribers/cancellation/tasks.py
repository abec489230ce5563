"""What the worker does for cancellations. Each task is one call; the rows that it works on are the truth."""

from celery import shared_task

from subscribers.cancellation import execution, links, notices, sweeps, watch


@shared_task
def answer_link_request(pk: int) -> None:
    links.answer_link_request(pk)


@shared_task
def sweep_cancellations() -> None:
    """What is due within seconds: mails that nobody took over, links, and what a provider is to be asked."""
    links.sweep_link_requests()
    execution.sweep_executions()
    notices.sweep_notices()


@shared_task
def watch_cancellations() -> None:
    """What is due within hours: sessions that were left, requests that wait, and what was saved in the end."""
    sweeps.sweep_left()
    sweeps.sweep_requests()
    watch.sweep_watches()
    sweeps.sweep_reminders()
    sweeps.sweep_words()
