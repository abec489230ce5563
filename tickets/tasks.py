"""What the worker does for customer service. Each task is one call; the rows that it works on are the truth."""

from celery import shared_task


@shared_task
def process_inbound_mail(inbound_id: int) -> None:
    from tickets.mail import intake

    intake.process(inbound_id)


@shared_task
def sweep_inbound_mail() -> None:
    from tickets.mail import intake

    intake.sweep()


@shared_task
def send_outbound_mail(outbound_id: int) -> None:
    from tickets.mail import sending

    sending.send(outbound_id)


@shared_task
def sweep_outbound_mail() -> None:
    from tickets.mail import sending

    sending.sweep()


@shared_task
def sweep_clocks() -> None:
    from tickets.sla import sweep

    sweep.sweep_clocks()
