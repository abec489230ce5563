"""The latest findings in the REST interface: list and read."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from success.models import Study


class StudySerializer(serializers.ModelSerializer[Study]):
    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    flow = serializers.SlugRelatedField[Any](slug_field="key", read_only=True, help_text="Empty: of service.")
    found = serializers.JSONField(help_text="The estimates with their intervals; docs/evidence.md describes them.")

    class Meta:
        model = Study
        fields = ["id", "store", "kind", "flow", "method", "data_until", "made_at", "found"]
        read_only_fields = fields


class EvidenceViewSet(ReadOnlyModelViewSet[Study]):
    """What the history of your stores says: of service, and of each flow; the latest of each."""

    queryset = Study.objects.none()
    serializer_class = StudySerializer
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[Study]":
        seen = Study.objects.visible_to(self.request.user).select_related("store", "flow").order_by("-made_at", "-pk")
        if self.action != "list":
            return seen
        return seen.filter(pk__in=Study.objects.visible_to(self.request.user).newest().values("pk"))
