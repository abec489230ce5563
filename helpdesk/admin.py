"""The people who work here. Only a superuser sees their accounts."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from rest_framework.authtoken.models import TokenProxy
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from helpdesk.languages import NAMES
from helpdesk.models import User
from subscribers.addresses import is_address
from subscribers.admin import MembershipInline
from subscribers.lazy import lazily as _
from subscribers.models import Membership

# Rights come from memberships; tokens from `manage.py api_token`.
admin.site.unregister(Group)
admin.site.unregister(TokenProxy)


def known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValidationError(gettext("There is no time zone “%(name)s”; one is Europe/Berlin.") % {"name": name})
    return name


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name", "time_zone")

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(is_address("email", email)).exists():
            raise ValidationError(gettext("Somebody has this address already."))
        return email

    def clean_time_zone(self) -> str:
        return known_zone(self.cleaned_data["time_zone"])


class UserForm(UserChangeForm):
    language = forms.ChoiceField(
        choices=[("", _("As the browser")), *NAMES.items()], required=False, label=_("Language")
    )

    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(is_address("email", email)).exclude(pk=self.instance.pk).exists():
            raise ValidationError(gettext("Somebody has this address already."))
        return email

    def clean_time_zone(self) -> str:
        return known_zone(self.cleaned_data["time_zone"])


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    inlines = (MembershipInline,)
    list_display = ("email", "name", "stores", "is_staff", "is_active", "last_login")
    list_filter = ("is_active", "is_staff", "memberships__store")
    search_fields = ("email", "name")
    ordering = ("name",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "name", "time_zone", "language", "signature", "password")}),
        (
            _("May"),
            {
                "fields": ("is_active", "is_staff", "is_superuser"),
                "description": _("Staff configure the stores that they work for, on these pages; a superuser all."),
            },
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "time_zone", "password1", "password2")}),)
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        memberships = Membership.objects.select_related("store").order_by("store__name")
        return super().get_queryset(request).prefetch_related(Prefetch("memberships", memberships))

    @admin.display(description=_("works for"))
    def stores(self, user: User) -> str:
        return ", ".join(f"{one.store} ({one.get_role_display()})" for one in user.memberships.all()) or "—"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Staff choose colleagues as members of stores and queues; their accounts are a superuser's.
        is_choosing = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        return bool(getattr(request.user, "is_superuser", False) or is_choosing)
