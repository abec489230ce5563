"""Errors as JSON: `{"field": ["what is wrong"]}` for input, `{"detail": "…"}` for everything else."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from subscribers.errors import Refused


def on_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """What a service refuses is bad input, named by its field. What nobody expected stays an error of ours."""
    if isinstance(error, Refused):
        error = ValidationError({error.field or "non_field_errors": [error.message]})
    return exception_handler(error, context)
