"""Filters of lists, strict: a parameter that does not exist is an error, not a list of everything."""

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError

# Parameters of lists that are no filters: of the pages, and of the framework.
PAGE_PARAMETERS = {"cursor", "page_size", "format"}


class FilterBackend(DjangoFilterBackend):
    """Applies the view's filters to lists alone; a single object is found by its id whatever the query says."""

    def filter_queryset(self, request: Any, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        if view.action != "list":
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        errors: dict[str, list[str]] = {}
        known = sorted(filterset.filters)
        for name in sorted(set(request.query_params) - PAGE_PARAMETERS - set(known)):
            errors[name] = [f"There is no filter “{name}” here; these are {', '.join(known)}."]
        if not filterset.is_valid():
            errors.update({name: list(map(str, texts)) for name, texts in filterset.errors.items()})
        if errors:
            raise ValidationError(errors)
        return filterset.qs
