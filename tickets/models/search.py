"""What search knows of tickets: one row each, written by a sweep, never by who writes a message."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from tickets.models.tickets import Ticket


class TicketWords(models.Model):
    """The words of one ticket: A its subject, B the people, C names of files, D what was said and noted."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="words")
    vector = SearchVectorField()

    class Meta:
        indexes = [
            # Reader: search, for words that few tickets hold. What waits to be merged into it is read by every
            # search, so that is kept short (kB).
            GinIndex(fields=["vector"], name="ticket_words", fastupdate=True, gin_pending_list_limit=256),
        ]

    def __str__(self) -> str:
        return f"T-{self.ticket_id}"


class WordsDue(models.Model):
    """A ticket whose words changed. Written by triggers of the database, one row a change, so that no writer waits for
    another and none can forget it; taken away by who reads the ticket's words anew."""

    ticket_id = models.BigIntegerField()  # no foreign key: it is the cheapest of all rows

    def __str__(self) -> str:
        return f"T-{self.ticket_id}"
