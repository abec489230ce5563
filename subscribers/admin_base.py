"""What every admin page shares: who sees which rows, and errors in words.

Whoever is staff configures the stores that they work for; a superuser configures all, and what stores share.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from unfold.admin import ModelAdmin, TabularInline

from subscribers.models import Store


class PlainForm(forms.ModelForm):
    """`constraint_words`: by a constraint's name, the field that is to blame and what is wrong with it, in words."""

    constraint_words: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def _get_validation_exclusions(self) -> set[str]:
        # Fields that stay as they were made are not on the page, yet what is unique is unique together with them.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"store", "kind", "key"} if self.instance.pk else excluded

    def _update_errors(self, errors: ValidationError) -> None:
        told: dict[str, list[Any]] = {}
        for field, found in errors.error_dict.items():
            for error in found:
                text = " ".join(error.messages)
                blamed, words = next(
                    (known for name, known in self.constraint_words.items() if name in text), (field, None)
                )
                if blamed != NON_FIELD_ERRORS and blamed not in self.fields:
                    blamed = NON_FIELD_ERRORS
                told.setdefault(blamed, []).append(ValidationError(words) if words else error)
        super()._update_errors(ValidationError(told))  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        """Refuses what belongs to another store than the row itself."""
        data = super().clean() or {}
        if not _has_store(self._meta.model):
            return data
        store = data.get("store") or getattr(self.instance, "store", None)
        for name, value in list(data.items()):
            if not isinstance(value, Model) or isinstance(value, Store) or not _has_store(type(value)):
                continue
            theirs = getattr(value, "store_id", None)
            if theirs is not None and theirs != (store.pk if store else None):
                self.add_error(name, gettext("This belongs to another store."))
        return data


def _has_store(model: type[Model]) -> bool:
    return any(field.name == "store" for field in model._meta.get_fields())


class StaffOnly:
    """Permission by being staff alone: rows, not kinds of rows, are what differs between colleagues."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)


class StoreAdmin(StaffOnly, ModelAdmin):
    """Rows of the stores that a person works for.

    `store_path`: the lookup from a row to its store. `shares`: rows without a store are every store's; all staff see
    them, only superusers change them. `fixed`: fields that stay as they were made.
    """

    form = PlainForm
    store_path = "store"
    shares = False
    fixed: tuple[str, ...] = ("store",)
    list_per_page = 50
    show_full_result_count = False
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if getattr(request.user, "is_superuser", False):
            return rows
        mine = Q(**{f"{self.store_path}__in": Store.objects.visible_to(request.user)})
        return rows.filter(mine | Q(**{f"{self.store_path}__isnull": True}) if self.shares else mine)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, *self.fixed) if obj is not None else fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_shared = self.shares and obj is not None and obj.store_id is None
        return super().has_change_permission(request, obj) and (
            not is_shared or bool(getattr(request.user, "is_superuser", False))
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self.has_change_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if field is None or getattr(request.user, "is_superuser", False):
            return field
        stores = Store.objects.visible_to(request.user)
        if db_field.related_model is Store:
            field.queryset = field.queryset.filter(pk__in=stores)
            # Only a superuser makes what every store shares.
            field.required, field.empty_label = True, None
        elif _has_store(db_field.related_model):
            field.queryset = field.queryset.filter(Q(store__in=stores) | Q(store=None))
        return field


class ReadOnlyAdmin(StoreAdmin):
    """Rows to look at: what made them is elsewhere, and histories are never edited."""

    warn_unsaved_form = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StaffInline(StaffOnly, TabularInline):
    """Rows that are edited with the one that they belong to."""

    extra = 0
    tab = False


class ReadOnlyInline(StaffInline):
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
