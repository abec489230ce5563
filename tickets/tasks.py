"""What the worker does for customer service. Each task is one call; the rows that it works on are the truth."""

from celery import shared_task

from tickets.assignment import giving, returning
from tickets.bulk import jobs
from tickets.mail import fetching, incidents, intake, sending
from tickets.rules import engine
from tickets.satisfaction import asking
from tickets.search import indexing
from tickets.services import cancellations, leaving, snoozing, topic_learning, viewing
from tickets.sla import feeds, recalculation, sweep


@shared_task
def process_inbound_mail(inbound_id: int) -> None:
    # With whatever else is due: many together take little longer than one.
    intake.sweep(limit=intake.BATCH)


@shared_task
def sweep_inbound_mail() -> None:
    intake.sweep()


@shared_task
def fetch_mail_account(account_id: int) -> None:
    fetching.fetch(account_id)


@shared_task
def sweep_mail_accounts() -> None:
    fetching.sweep()


@shared_task
def send_outbound_mail(outbound_id: int) -> None:
    sending.send(outbound_id)


@shared_task
def sweep_outbound_mail() -> None:
    sending.sweep()


@shared_task
def let_answers_go() -> None:
    leaving.let_go()


@shared_task
def sweep_clocks() -> None:
    sweep.sweep_clocks()


@shared_task
def refresh_calendars() -> None:
    feeds.refresh_calendars()


@shared_task
def recalculate_clocks(recalculation_id: int) -> None:
    recalculation.work(recalculation_id)


@shared_task
def sweep_recalculations() -> None:
    recalculation.sweep()


@shared_task
def sweep_cancellations() -> None:
    cancellations.sweep_missed()


@shared_task
def sweep_mail_incidents() -> None:
    incidents.sweep()


@shared_task
def ask_satisfaction() -> None:
    asking.ask_due()


@shared_task
def wake_snoozed() -> None:
    snoozing.wake_due()


@shared_task
def give_tickets() -> None:
    """What waits to whoever is there, after what is taken back from whoever is not."""
    returning.release_left()
    returning.give_back()
    giving.give_waiting()


@shared_task
def apply_rules() -> None:
    engine.apply_rules()


@shared_task
def sweep_viewings() -> None:
    viewing.sweep_viewings()


@shared_task
def work_bulk_job(job_id: int) -> None:
    jobs.work(job_id)


@shared_task
def sweep_bulk_jobs() -> None:
    jobs.work_due()


@shared_task
def read_words() -> None:
    indexing.sweep()


@shared_task
def learn_topics() -> None:
    topic_learning.learn_all()
