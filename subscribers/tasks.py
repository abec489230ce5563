"""What the worker does for subscriptions. Each task is one call; the rows that it works on are the truth."""

from celery import shared_task

from subscribers.providers.builtin import billing
from subscribers.services import actions, cards, reconciliation, rereading
from subscribers.webhooks import work


@shared_task
def do_action(action_id: int) -> None:
    actions.do_action(action_id)


@shared_task
def sweep_actions() -> None:
    actions.sweep_actions()


@shared_task
def sweep_billing() -> None:
    billing.sweep_billing()


@shared_task
def sweep_cards() -> None:
    cards.sweep_cards()


@shared_task
def process_webhooks() -> None:
    work.process_due()


@shared_task
def purge_webhooks() -> None:
    work.purge()


@shared_task(time_limit=3600)
def reconcile(reconciliation_id: int) -> None:
    reconciliation.reconcile(reconciliation_id)


@shared_task(time_limit=3600)
def sweep_reconciliations() -> None:
    reconciliation.sweep_reconciliations()


@shared_task
def sweep_rereads() -> None:
    rereading.sweep_rereads()
