"""Stays at the folders whose servers say when mail comes (IDLE), and looks at the others every half minute."""

import logging
import threading
import time
from functools import partial

from django.db import Error, close_old_connections, connections

from tickets.mail.accounts import renew
from tickets.mail.fetching import fetch, visit
from tickets.mail.imap import Folder
from tickets.models import MailAccount

logger = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds between two looks for accounts that are due
# Servers end an IDLE after 29 minutes at the earliest, routers forget a silent connection long before.
IDLE_SECONDS = 120.0
RENEW_EVERY = 20.0  # seconds; a third of the lease
STEP = 0.5  # seconds until it is noticed that we shall stop
PATIENCE = 4.0  # seconds for leaving the folders; what is cut short was not stored, and is fetched again


def watch(stopping: threading.Event) -> None:
    """Until `stopping` is set: a thread for each account that is due, which stays where the server has IDLE."""
    threads: dict[int, threading.Thread] = {}
    while not stopping.is_set():
        threads = {pk: thread for pk, thread in threads.items() if thread.is_alive()}
        try:
            close_old_connections()
            due = list(MailAccount.objects.due().values_list("pk", flat=True))
        except Error as error:
            logger.warning("the database does not answer: %s", str(error).strip())
            due = []
        for pk in due:
            if pk not in threads:
                threads[pk] = threading.Thread(
                    target=_attend, args=(pk, stopping), name=f"mail account {pk}", daemon=True
                )
                threads[pk].start()
        stopping.wait(LOOK_EVERY)
    connections.close_all()
    end = time.monotonic() + PATIENCE
    for thread in threads.values():
        thread.join(max(0.0, end - time.monotonic()))


def _attend(account_id: int, stopping: threading.Event) -> None:
    try:
        fetch(account_id, stay=partial(_stay, stopping=stopping))
    except Error as error:
        # Its lease runs out, and somebody takes it up again.
        logger.warning("mail account %s was left: %s", account_id, str(error).strip())
    finally:
        connections.close_all()


def _stay(account: MailAccount, folder: Folder, *, stopping: threading.Event) -> None:
    """Fetch as soon as the server says that something came; at once back where it has no IDLE."""
    while folder.has_idle and not stopping.is_set():
        connections.close_all()  # a thread that waits needs none
        _wait(account, folder, stopping)
        if not stopping.is_set():
            visit(account, folder)


def _wait(account: MailAccount, folder: Folder, stopping: threading.Event) -> None:
    begun = renewed = time.monotonic()
    told = folder.begin_to_wait()
    while not told and not stopping.is_set() and time.monotonic() - begun < IDLE_SECONDS:
        told = folder.wait(STEP)
        if time.monotonic() - renewed > RENEW_EVERY:
            renewed = time.monotonic()
            renew(account)
            connections.close_all()
    folder.end_waiting()
