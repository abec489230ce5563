"""What customers fill in on the help pages. Labels and errors in their language."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from subscribers.lazy import lazily as _
from subscribers.models import Box, Reason
from tickets.forms import FilesField, ManyFiles

LONGEST = 20_000  # characters


def new_key() -> str:
    return uuid.uuid4().hex


class AskForm(forms.Form):
    """What every form asks for. `is_known`: a signed link says who writes, so that nobody types their address."""

    name = forms.CharField(label=_("Your name"), max_length=200, required=False)
    email = forms.EmailField(
        label=_("Your mail address"), max_length=254, help_text=_("The one of your subscription, if you have one.")
    )
    order_number = forms.CharField(label=_("Order number"), max_length=60, required=False)
    text = forms.CharField(label=_("Your message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}))
    attachments = FilesField(label=_("Files"), required=False)
    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput, initial=new_key)
    # Programs that fill in every field give themselves away; nobody else sees it.
    website = forms.CharField(required=False, label=_("Leave this empty"), max_length=200)

    order = ("topic", "box", "name", "email", "order_number", "text", "attachments", "website", "key")

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        if is_known:
            for name in ("name", "email", "order_number"):
                del self.fields[name]
        self.order_fields(self.order)

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this empty"))
        return ""


class ContactForm(AskForm):
    """A question about anything."""

    topic = forms.ChoiceField(label=_("What is it about?"), required=False)

    def __init__(
        self, *args: Any, topics: Sequence[Reason], labels: Mapping[int, str], is_known: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, is_known=is_known, **kwargs)
        self.topics = {topic.key: topic for topic in topics}
        choices = [(topic.key, labels[topic.pk]) for topic in topics]
        self.fields["topic"].choices = [("", _("Something else")), *choices]  # type: ignore[attr-defined]

    def clean_topic(self) -> Reason | None:
        return self.topics.get(self.cleaned_data["topic"])


class DamagedForm(AskForm):
    """A box that came damaged. `boxes`: those of somebody known, to choose from."""

    box = forms.ChoiceField(label=_("Which box?"), required=False, widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, boxes: Sequence[tuple[Box, str]] = (), is_known: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, is_known=is_known, **kwargs)
        self.fields["text"].label = _("What is damaged?")
        self.fields["attachments"].label = _("Photographs")
        self.fields["attachments"].help_text = _(
            "Of the damage and of the parcel: it helps us to make it right at once."
        )
        self.fields["attachments"].widget = ManyFiles(attrs={"accept": "image/*", "multiple": True})
        self.boxes = {str(box.pk): box for box, _words in boxes}
        if boxes:
            self.fields["box"].choices = [(str(box.pk), words) for box, words in boxes]  # type: ignore[attr-defined]
            self.fields["box"].initial = str(boxes[0][0].pk)
        else:
            del self.fields["box"]

    def clean_box(self) -> Box | None:
        return self.boxes.get(self.cleaned_data["box"])
