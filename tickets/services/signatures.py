"""Writes what stands below a person's answers."""

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from tickets.services.messages import clean


def sign_as(user: AbstractBaseUser, signature: str) -> None:
    get_user_model().objects.filter(pk=user.pk).update(signature=clean(signature).strip())
