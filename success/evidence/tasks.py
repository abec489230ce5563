"""What the clock asks of evidence: a thin call that may come twice, late, or not at all."""

from celery import shared_task


@shared_task
def study_stores() -> None:
    # Loaded here: numpy, pandas and lifelines stay out of processes that only plan or show.
    from success.evidence import keeping

    keeping.sweep()
