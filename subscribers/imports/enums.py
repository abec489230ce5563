from django.db.models import TextChoices


class ImportKind(TextChoices):
    """What one row of a file tells."""

    SUBSCRIBERS = "subscribers", "Subscribers"
    SUBSCRIPTIONS = "subscriptions", "Subscriptions"
    BOXES = "boxes", "Billings and boxes"


class ImportState(TextChoices):
    READING = "reading", "Being read"
    ASKING = "asking", "Asks something"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked, to be confirmed"
    IMPORTING = "importing", "Being imported"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    WITHDRAWN = "withdrawn", "Withdrawn"


# What a worker does, or goes on with.
WORKED_ON = (ImportState.READING, ImportState.CHECKING, ImportState.IMPORTING)
SETTLED = (ImportState.DONE, ImportState.FAILED, ImportState.WITHDRAWN)


class Phase(TextChoices):
    CHECK = "check", "Dry run"
    IMPORT = "import", "Import"


class Outcome(TextChoices):
    """What becomes of a row. `kept`: it says otherwise, and what is known here is newer."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    KEPT = "kept", "Kept as it is here"
    REFUSED = "refused", "Refused"


class DateOrder(TextChoices):
    UNKNOWN = "", "Not needed: the file's dates are clear"
    DAY_FIRST = "dmy", "Day first: 3/4/2026 is 3 April"
    MONTH_FIRST = "mdy", "Month first: 3/4/2026 is 4 March"


class DecimalMark(TextChoices):
    UNKNOWN = "", "Not needed: the file's amounts are clear"
    POINT = ".", "A point: 1,234 is a thousand and more"
    COMMA = ",", "A comma: 1,234 is one and a bit"
