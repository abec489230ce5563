"""Who takes part in a ticket by mail: the requester, those in copy, and whoever else wrote on its thread."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from subscribers.models import Subscriber
from tickets.enums import ParticipantRole
from tickets.models.tickets import Ticket


class Participant(models.Model):
    """One address on one ticket. Only the verified are written to, and only they are known by the number in a subject.

    An address is verified where the requester, a colleague or an integration named it; somebody who merely writes on
    a known thread is a `writer` and stays unverified until an agent says otherwise.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    address = models.CharField(max_length=254, help_text="In lower case.")
    name = models.CharField(max_length=200, blank=True)
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.SET_NULL, null=True, blank=True, related_name="participations"
    )
    role = models.CharField(max_length=10, choices=ParticipantRole)
    is_verified = models.BooleanField(default=False)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("ticket", Lower("address"), name="participant_once"),
            models.CheckConstraint(condition=Q(role__in=ParticipantRole.values), name="participant_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address
