"""What every template may ask."""

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    return {"is_demo": settings.DEMO}
