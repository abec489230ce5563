"""The form of a kept list: its name, and whom it is for."""

from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext

from subscribers.lazy import lazily as _
from tickets.models import SavedView
from tickets.saved_views.selectors import led_stores, personal, teams_of
from tickets.saved_views.services import Audience

ME = "me"


class SavedViewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput({"autofocus": True}))
    audience = forms.ChoiceField(label=_("Who sees it"), widget=forms.RadioSelect)
    opens_first = forms.BooleanField(label=_("Open the list of tickets with it"), required=False)
    query = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, user: AbstractBaseUser, saved: SavedView | None = None, **options: Any) -> None:
        if saved is not None:
            first = personal(user, counting=False).first == saved.pk
            options["initial"] = {"name": saved.name, "audience": _key_of(saved), "opens_first": first}
        super().__init__(*arguments, **options)
        stores = list(led_stores(user).order_by("name"))
        self.audiences: dict[str, Audience] = {ME: user}
        self.audiences |= {f"queue-{queue.pk}": queue for queue in teams_of(user)}
        self.audiences |= {f"store-{store.pk}": store for store in stores}
        self.fields["audience"].choices = [  # type: ignore[attr-defined]
            (key, self._words(key, audience)) for key, audience in self.audiences.items()
        ]
        self.fields["audience"].initial = ME

    def _words(self, key: str, audience: Audience) -> str:
        if key == ME:
            return gettext("Only me")
        if key.startswith("queue-"):
            return gettext("The team of %(queue)s") % {"queue": audience}
        return gettext("Everyone at %(store)s") % {"store": audience}

    @property
    def audience_chosen(self) -> Audience:
        return self.audiences[self.cleaned_data["audience"]]


def _key_of(saved: SavedView) -> str:
    if saved.owner_id:
        return ME
    return f"queue-{saved.queue_id}" if saved.queue_id else f"store-{saved.store_id}"
