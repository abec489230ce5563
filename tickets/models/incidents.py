"""When mail does not go as it should: one open row a mailbox and kind, told once, closed by itself."""

from django.db import models
from django.db.models import Q

from subscribers.models.stores import Viewer
from tickets.enums import IncidentKind
from tickets.models.mail import Mailbox


class MailIncidentQuerySet(models.QuerySet["MailIncident"]):
    def open(self) -> "MailIncidentQuerySet":
        return self.filter(cleared_at=None)

    def visible_to(self, user: Viewer) -> "MailIncidentQuerySet":
        """Those of the mailboxes that this person answers for."""
        return self.filter(mailbox__in=Mailbox.objects.led_by(user))


class MailIncident(models.Model):
    """Something that people must hear of, from when it began until it was over."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="incidents")
    kind = models.CharField(max_length=20, choices=IncidentKind)
    since = models.DateTimeField(help_text="When it began, which is before anybody could know.")
    detail = models.TextField(blank=True, help_text="In words, with figures; kept true while it lasts.")
    told_at = models.DateTimeField(null=True, blank=True, help_text="When mails to the administrators were written.")
    cleared_at = models.DateTimeField(null=True, blank=True)

    objects = MailIncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two sweeps at once open one. Its index is also read by every page of a lead, for the banner.
            models.UniqueConstraint(
                fields=["mailbox", "kind"], condition=Q(cleared_at=None), name="mail_incident_one_open"
            ),
            models.CheckConstraint(condition=Q(kind__in=IncidentKind.values), name="mail_incident_kind_known"),
            models.CheckConstraint(
                condition=Q(cleared_at=None) | Q(cleared_at__gte=models.F("since")), name="mail_incident_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.mailbox}"
