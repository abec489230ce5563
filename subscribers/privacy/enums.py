"""The vocabulary of privacy."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobState(TextChoices):
    """Of an export or an erasure."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")  # an export whose file is gone


OPEN_JOB = (JobState.QUEUED, JobState.RUNNING)


class ErasureReason(TextChoices):
    """Why somebody is forgotten: a word of ours, because a certificate holds nobody's own words."""

    ASKED = "asked", _("The person asked for it")
    PROVIDER = "provider", _("The provider asked for it")
    WITHDRAWN = "withdrawn", _("Consent was taken back")
    AGE = "age", _("Kept long enough")
    STORE = "store", _("The store has left")


class ErasedHow(TextChoices):
    REDACTED = "redacted", _("Redacted")
    DELETED = "deleted", _("Deleted")
    FILES = "files", _("Files deleted")
