"""The request as views get it, for the type checker."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class SignedInRequest(HttpRequest):
    """A request of somebody who is signed in: LoginRequiredMiddleware lets no other reach a view."""

    user: AbstractBaseUser  # type: ignore[assignment]
    htmx: HtmxDetails
