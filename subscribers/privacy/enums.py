"""The vocabulary of privacy."""

from django.db.models import TextChoices


class JobState(TextChoices):
    """Of an export or an erasure."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "Expired"  # an export whose file is gone


OPEN_JOB = (JobState.QUEUED, JobState.RUNNING)


class ErasureReason(TextChoices):
    """Why somebody is forgotten: a word of ours, because a certificate holds nobody's own words."""

    ASKED = "asked", "The person asked for it"
    PROVIDER = "provider", "The provider asked for it"
    WITHDRAWN = "withdrawn", "Consent was taken back"
    AGE = "age", "Kept long enough"
    STORE = "store", "The store has left"


class ErasedHow(TextChoices):
    REDACTED = "redacted", "Redacted"
    DELETED = "deleted", "Deleted"
    FILES = "files", "Files deleted"
