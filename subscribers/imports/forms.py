from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.enums import Provider
from subscribers.imports.columns import COLUMNS, NEEDED
from subscribers.imports.enums import DateOrder, DecimalMark, ImportKind
from subscribers.imports.tables import MOST_BYTES
from subscribers.lazy import lazily as _
from subscribers.models import Import, Store

BY_HEADER = _("As the file's columns say")


class UploadForm(forms.Form):
    """A file, whose it is, and when it was true."""

    store = forms.ModelChoiceField(Store.objects.none(), empty_label=None)
    file = forms.FileField(
        label=_("CSV or XLSX file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx", "class": "file-input"}),
    )
    as_of = forms.DateField(
        label=_("Exported on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("What is known here since that day stays as it is."),
    )
    kind = forms.ChoiceField(
        label=_("It tells of"),
        required=False,
        choices=[("", BY_HEADER), *ImportKind.choices],
    )
    provider = forms.ChoiceField(
        label=_("Its numbers are those of"),
        required=False,
        choices=[("", BY_HEADER), *Provider.choices],
    )

    def __init__(self, *args: Any, user: AbstractBaseUser, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["store"].queryset = Store.objects.administered_by(user).order_by("name")  # type: ignore[attr-defined]
        self.fields["as_of"].initial = timezone.localdate

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                gettext("The file is larger than %(most_bytes)s MB. Split it.") % {"most_bytes": MOST_BYTES // 1024**2}
            )
        return file

    def as_of_moment(self) -> datetime:
        """Of today: now; of an earlier day its beginning, so that nothing of that day is overwritten."""
        told, store = self.cleaned_data["as_of"], self.cleaned_data["store"]
        zone = ZoneInfo(store.time_zone)
        now = timezone.now()
        return now if told >= now.astimezone(zone).date() else datetime.combine(told, time(), zone)


class ColumnsForm(forms.Form):
    """What each column holds, and how its dates and amounts are written."""

    provider = forms.ChoiceField(label=_("Its numbers are those of"), choices=Provider.choices)
    date_order = forms.ChoiceField(label=_("Dates such as 3/4/2026"), choices=DateOrder.choices, required=False)
    decimal_mark = forms.ChoiceField(label=_("Amounts such as 1,234"), choices=DecimalMark.choices, required=False)
    consent_proof = forms.CharField(
        label=_("Where consent was given, and to which words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For rows that say yes without a proof of their own. Without one, a yes is left out."),
    )

    def __init__(self, *args: Any, job: Import, **options: Any) -> None:
        super().__init__(*args, **options)
        self.job = job
        if job.kind != ImportKind.SUBSCRIBERS:
            del self.fields["consent_proof"]
        for question in ("date_order", "decimal_mark"):
            if question in job.questions:
                self.fields[question].required = True
                self.fields[question].choices = [  # type: ignore[attr-defined]
                    ("", gettext("Choose")),
                    *[one for one in self.fields[question].choices if one[0]],  # type: ignore[attr-defined]
                ]
        needed = {name for names in NEEDED[ImportKind(job.kind)] for name in names}
        held = [
            (column.name, f"{column.words}{' *' if column.name in needed else ''}")
            for column in COLUMNS[ImportKind(job.kind)]
        ]
        for place, (header, name) in enumerate(zip(job.header, job.mapping, strict=True)):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header or gettext("Column %(place)s") % {"place": place + 1},
                choices=[("", gettext("Leave out")), *held],
                required=False,
                initial=name,
            )

    def columns(self) -> list[tuple[forms.BoundField, str]]:
        samples = self.job.samples or [[]] * len(self.job.header)
        return [(self[f"column_{place}"], " · ".join(samples[place])) for place in range(len(self.job.header))]

    @property
    def mapping(self) -> list[str]:
        return [self.cleaned_data[f"column_{place}"] for place in range(len(self.job.header))]
