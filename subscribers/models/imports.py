"""Files that are imported, and what became of each of their rows."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.enums import Provider
from subscribers.imports.enums import WORKED_ON, DateOrder, DecimalMark, ImportKind, ImportState, Outcome, Phase
from subscribers.models.stores import Store, Viewer


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: Viewer) -> "ImportQuerySet":
        return self.filter(store__in=Store.objects.administered_by(user))


class Import(models.Model):
    """One file on its way in. It is also the record of who imported what, and stays when the file is gone."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="imports")
    kind = models.CharField(max_length=20, choices=ImportKind)
    provider = models.CharField(max_length=20, choices=Provider, help_text="Whose numbers the file bears.")
    name = models.CharField("file", max_length=200, help_text="As it was called.")
    file = models.CharField(max_length=200, blank=True, help_text="Its name in the store of files; empty once erased.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file.")
    format = models.CharField(max_length=40, blank=True, help_text="By its header.")
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    header: Any = models.JSONField(default=list, blank=True)
    mapping: Any = models.JSONField(default=list, blank=True, help_text="By column: what it holds, or nothing.")
    samples: Any = models.JSONField(default=list, blank=True, help_text="By column: whether it has values.")
    questions: Any = models.JSONField(default=list, blank=True, help_text="What has to be answered first.")
    date_order = models.CharField(max_length=3, choices=DateOrder, blank=True, default="")
    decimal_mark = models.CharField(max_length=1, choices=DecimalMark, blank=True, default="")
    as_of = models.DateTimeField(help_text="When the file was true: what is known here since then stays.")
    consent_proof = models.TextField(blank=True, help_text="Where consent of this file was given, and to which words.")
    state = models.CharField(max_length=20, choices=ImportState, default=ImportState.READING)
    # Counted in records: an order of three lines is one.
    total = models.PositiveIntegerField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    cursor = models.PositiveIntegerField(default=0, help_text="The last row of the file that was worked off.")
    counts: Any = models.JSONField(default=dict, blank=True, help_text="By outcome.")
    checked: Any = models.JSONField(default=dict, blank=True, help_text="What the dry run counted, by outcome.")
    error = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0, help_text="How often a worker took it up.")
    stuck = models.PositiveSmallIntegerField(default=0, help_text="Of these, since the last progress.")
    claimed_until = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ImportState.values, kind__in=ImportKind.values, provider__in=Provider.values),
                name="import_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("done", "failed", "withdrawn"), finished_at__isnull=False)
                | (~Q(state__in=("done", "failed", "withdrawn")) & Q(finished_at=None)),
                name="import_finished_at_iff_finished",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("importing", "done")) | Q(confirmed_at__isnull=False),
                name="import_is_confirmed",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-requested_at"], name="import_newest"),
            # Reader: the sweep that goes on with what a killed worker left.
            models.Index(fields=["claimed_until"], condition=Q(state__in=WORKED_ON), name="import_worked_on"),
            # Reader: the sweep that erases files.
            models.Index(fields=["requested_at"], condition=~Q(file=""), name="import_with_file"),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}"

    @property
    def is_worked_on(self) -> bool:
        return self.state in WORKED_ON

    @property
    def phase(self) -> Phase:
        return Phase.IMPORT if self.confirmed_at else Phase.CHECK


class ImportRow(models.Model):
    """What became of one record of a file: which row made or changed what."""

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    phase = models.CharField(max_length=10, choices=Phase)
    number = models.PositiveIntegerField(help_text="As a spreadsheet counts: the header is row 1.")
    # A keyed hash of what the record is about: twice in one file is found without keeping the words.
    key = models.BigIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    object_id = models.BigIntegerField(null=True, blank=True, help_text="Subscriber, subscription or cycle, by kind.")
    errors: Any = models.JSONField(default=list, blank=True, help_text="Column and words of each.")
    # As JSON: the cells of a refused row, for the file of failed ones, and the first rows' changes, for the preview.
    cells = models.TextField(blank=True)
    changes = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "phase", "number"], name="import_row_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="import_row_outcome_known"),
        ]
        indexes = [
            # Reader: whether a record's like stood in the file before.
            models.Index(fields=["source", "phase", "key"], name="import_row_by_key"),
            # Readers: the list and the file of refused rows.
            models.Index(
                fields=["source", "phase", "number"], condition=Q(outcome="refused"), name="import_row_refused"
            ),
            # Readers: which imports a subscriber, a subscription or a cycle came from; erasure.
            models.Index(fields=["object_id"], condition=Q(object_id__isnull=False), name="import_row_by_object"),
        ]

    def __str__(self) -> str:
        return f"Row {self.number}"
