from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ImportKind(TextChoices):
    """What one row of a file tells."""

    SUBSCRIBERS = "subscribers", _("Subscribers")
    SUBSCRIPTIONS = "subscriptions", _("Subscriptions")
    BOXES = "boxes", _("Billings and boxes")


class ImportState(TextChoices):
    READING = "reading", _("Being read")
    ASKING = "asking", _("Asks something")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked, to be confirmed")
    IMPORTING = "importing", _("Being imported")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# What a worker does, or goes on with.
WORKED_ON = (ImportState.READING, ImportState.CHECKING, ImportState.IMPORTING)
SETTLED = (ImportState.DONE, ImportState.FAILED, ImportState.WITHDRAWN)


class Phase(TextChoices):
    CHECK = "check", _("Dry run")
    IMPORT = "import", _("Import")


class Outcome(TextChoices):
    """What becomes of a row. `kept`: it says otherwise, and what is known here is newer."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    KEPT = "kept", _("Kept as it is here")
    REFUSED = "refused", _("Refused")


class DateOrder(TextChoices):
    UNKNOWN = "", _("Not needed: the file's dates are clear")
    DAY_FIRST = "dmy", _("Day first: 3/4/2026 is 3 April")
    MONTH_FIRST = "mdy", _("Month first: 3/4/2026 is 4 March")


class DecimalMark(TextChoices):
    UNKNOWN = "", _("Not needed: the file's amounts are clear")
    POINT = ".", _("A point: 1,234 is a thousand and more")
    COMMA = ",", _("A comma: 1,234 is one and a bit")
