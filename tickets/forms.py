"""Forms of the agents' pages: they check what was typed, services do the rest."""

import uuid
from typing import Any, Self

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile

from subscribers.models import Store
from tickets.enums import Priority, TicketStatus
from tickets.models import Queue
from tickets.services.messages import NewAttachment

MOST_BYTES = 25 * 1024 * 1024
MOST_FILES = 20


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
            raise forms.ValidationError(f"At most {MOST_FILES} files go with one message.")
        if sum(file.size or 0 for file in files) > MOST_BYTES:
            raise forms.ValidationError("The files are larger than 25 MB together; mail would not take them.")
        return [
            NewAttachment(file.name or "file", file.content_type or "application/octet-stream", file.read())
            for file in files
        ]


class ReplyForm(forms.Form):
    """An answer and what the ticket becomes with it. `key` is made once per composed answer."""

    text = forms.CharField(required=False, widget=forms.Textarea, max_length=200_000)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    then = forms.ChoiceField(
        required=False,
        choices=[(status, status.label) for status in TicketStatus if status != TicketStatus.NEW],
    )
    attachments = FilesField(required=False)

    @classmethod
    def fresh(cls) -> Self:
        """An empty one with a key of its own."""
        return cls(initial={"key": uuid.uuid4().hex})

    def status(self) -> TicketStatus:
        return TicketStatus(self.cleaned_data["then"] or TicketStatus.PENDING)


class NewTicketForm(forms.Form):
    """A ticket that an agent opens for a customer, from a call or a chat."""

    email = forms.EmailField(label="Customer’s mail address", max_length=254)
    name = forms.CharField(label="Customer’s name", required=False, max_length=200)
    queue = forms.ModelChoiceField(Queue.objects.none(), empty_label=None)
    priority = forms.TypedChoiceField(coerce=lambda value: Priority(int(value)), choices=Priority.choices)
    subject = forms.CharField(max_length=500)
    text = forms.CharField(
        label="What they said", widget=forms.Textarea, max_length=200_000, help_text="Kept as an internal note."
    )

    def __init__(self, *args: Any, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queues = Queue.objects.visible_to(user).select_related("store").order_by("store__name", "position", "name")
        self.fields["queue"].queryset = queues  # type: ignore[attr-defined]
        if Store.objects.visible_to(user).count() > 1:
            self.fields["queue"].label_from_instance = lambda queue: f"{queue.store} · {queue}"  # type: ignore[attr-defined]
        self.fields["priority"].initial = Priority.NORMAL
