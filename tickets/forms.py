"""Forms of the agents' pages: they check what was typed, services do the rest."""

import json
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from email.utils import getaddresses
from typing import Any, Self

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.lazy import lazily as _
from subscribers.models import Store
from tickets.enums import Composing, Priority, RecipientRole, TicketStatus
from tickets.mail.outbox import Recipient
from tickets.models import Attachment, Message, Queue
from tickets.services.drafting import MOST_BYTES, MOST_FILES, Writing
from tickets.services.messages import NewAttachment

# When an answer may leave instead of now, in the agent's own time.
MOMENTS = [("hour", _("In an hour")), ("tomorrow", _("Tomorrow, 9:00")), ("monday", _("Monday, 9:00"))]


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(forms.FileField):
    """Any number of files, together no larger than mail takes."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[NewAttachment]:
        files: list[UploadedFile] = [super(FilesField, self).clean(one, initial) for one in data or []]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(
                gettext("At most %(most_files)s files go with one message.") % {"most_files": MOST_FILES}
            )
        if sum(file.size or 0 for file in files) > MOST_BYTES:
            raise forms.ValidationError(gettext("The files are larger than 25 MB together; mail would not take them."))
        return [
            NewAttachment(file.name or "file", file.content_type or "application/octet-stream", file.read())
            for file in files
        ]


class ReplyForm(forms.Form):
    """An answer, who else gets it, when it leaves, and what the ticket becomes with it.

    `key` is made once per composed answer. `resumes` is an answer that was taken back, `kept` those of its files that
    go along. `seen`: the last message that stood above it.
    """

    text = forms.CharField(required=False, widget=forms.Textarea, max_length=200_000)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    then = forms.ChoiceField(
        required=False,
        choices=[(status, status.label) for status in TicketStatus if status != TicketStatus.NEW],
    )
    attachments = FilesField(required=False)
    cc = forms.CharField(required=False, max_length=2000)
    later = forms.ChoiceField(required=False, choices=[*MOMENTS, ("at", _("At another time"))])
    send_at = forms.DateTimeField(required=False)
    resumes = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)

    moments = MOMENTS
    files_kept: Sequence[Attachment] = ()
    copied: Collection[str] = ()

    @classmethod
    def fresh(cls, resumed: Message | None = None) -> Self:
        """An empty one with a key of its own, or one with what an answer that was taken back held."""
        form = cls(initial={"key": uuid.uuid4().hex})
        if resumed is not None:
            form.initial.update(text=resumed.text, resumes=resumed.pk)
            form.files_kept = list(resumed.attachments.order_by("pk"))
            copies = resumed.outbound_mails.filter(role=RecipientRole.CC).values_list("recipient", flat=True)
            form.copied = {address.lower() for address in copies}
        return form

    def status(self) -> TicketStatus:
        return TicketStatus(self.cleaned_data["then"] or TicketStatus.PENDING)

    def clean_cc(self) -> list[Recipient]:
        """The people who were ticked, and those who were typed: addresses with or without a name."""
        typed = getaddresses([self.cleaned_data["cc"].replace(";", ",")])
        ticked = [("", address) for address in self.data.getlist("copy")] if hasattr(self.data, "getlist") else []
        found = [Recipient(address, name, RecipientRole.CC) for name, address in [*ticked, *typed] if name or address]
        for one in found:
            try:
                validate_email(one.address)
            except forms.ValidationError as error:
                raise forms.ValidationError(
                    gettext("“%(address)s” is not a mail address.") % {"address": one.address or one.name}
                ) from error
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        later = data.get("later")
        if later == "at" and not data.get("send_at") and not self.errors.get("send_at"):
            self.add_error("send_at", gettext("Choose the time at which it leaves."))
        elif later and later != "at":
            data["send_at"] = moment_of(later, timezone.localtime())
        elif not later:
            data["send_at"] = None
        return data


class DraftForm(forms.Form):
    """What a page keeps of a composer while somebody types in it."""

    kind = forms.ChoiceField(choices=Composing.choices)
    text = forms.CharField(required=False, strip=False)
    cc = forms.CharField(required=False, max_length=2000)
    resumes = forms.IntegerField(required=False)
    revision = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 2)

    def writing(self, data: QueryDict, resumes: Message | None) -> Writing:
        kind = self.cleaned_data["kind"]
        return Writing(
            text=self.cleaned_data["text"],
            cc=self.cleaned_data["cc"],
            copies=data.getlist("copy"),
            actions=actions_in(data, kind),
            macros=macros_in(data, kind),
            resumes=resumes,
            revision=self.cleaned_data["revision"] or 0,
        )


def actions_in(data: QueryDict, kind: str) -> list[Any]:
    """The actions that stand in a composer, each as JSON; what is none is left to whoever checks them."""
    found = []
    for one in data.getlist(f"action-{kind}")[:50]:
        try:
            found.append(json.loads(one))
        except ValueError:
            found.append(one)
    return found


def macros_in(data: QueryDict, kind: str) -> list[int]:
    """Ids of the macros that a composed text was made with."""
    named = data.getlist(f"macro-{kind}")[:20]
    return list(dict.fromkeys(int(one) for one in named if one.isdecimal() and len(one) < 19))


def tokens_in(data: QueryDict) -> list[str]:
    """Of the uploaded files that go along."""
    found = []
    for one in data.getlist("uploaded")[: 2 * MOST_FILES]:
        try:
            found.append(str(uuid.UUID(one)))
        except ValueError:
            continue
    return found


def moment_of(choice: str, now: datetime) -> datetime:
    """When “tomorrow” and the like are, by the clock of whoever chose it."""
    if choice == "hour":
        return now + timedelta(hours=1)
    days = 1 if choice == "tomorrow" else (7 - now.weekday()) % 7 or 7
    day = now.date() + timedelta(days=days)
    return datetime.combine(day, time(9), now.tzinfo)


class SignatureForm(forms.Form):
    signature = forms.CharField(
        label=_("Your signature"), required=False, max_length=2000, strip=True, widget=forms.Textarea(attrs={"rows": 5})
    )


class NewTicketForm(forms.Form):
    """A ticket that an agent opens for a customer, from a call or a chat."""

    email = forms.EmailField(label=_("Customer’s mail address"), max_length=254)
    name = forms.CharField(label=_("Customer’s name"), required=False, max_length=200)
    queue = forms.ModelChoiceField(Queue.objects.none(), empty_label=None)
    priority = forms.TypedChoiceField(coerce=lambda value: Priority(int(value)), choices=Priority.choices)
    subject = forms.CharField(max_length=500)
    text = forms.CharField(
        label=_("What they said"), widget=forms.Textarea, max_length=200_000, help_text=_("Kept as an internal note.")
    )

    def __init__(self, *args: Any, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queues = Queue.objects.visible_to(user).select_related("store").order_by("store__name", "position", "name")
        self.fields["queue"].queryset = queues  # type: ignore[attr-defined]
        if Store.objects.visible_to(user).count() > 1:
            self.fields["queue"].label_from_instance = lambda queue: f"{queue.store} · {queue}"  # type: ignore[attr-defined]
        self.fields["priority"].initial = Priority.NORMAL
