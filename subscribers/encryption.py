"""Secrets of others (passwords of mail boxes, keys of providers), encrypted at rest.

The key is derived from `SECRET_KEY`; what a former key of `SECRET_KEY_FALLBACKS` encrypted stays readable.
"""

import base64
import hashlib
import logging
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

logger = logging.getLogger(__name__)


def encrypt(text: str) -> str:
    return _cipher().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """ValueError where none of our keys made the token."""
    try:
        return _cipher().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ValueError("The secret was encrypted with a key that is not here any more") from error


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys)


def _derived(key: str) -> bytes:
    """32 bytes for this use alone; `SECRET_KEY` is random and long, so a fast hash does."""
    return hashlib.blake2b(key.encode(), digest_size=32, person=b"encryption").digest()


class EncryptedTextField(models.TextField):
    """A text that the database holds encrypted; it cannot be searched for.

    A secret whose key is gone reads as "": whoever needs it says that it has to be entered again.
    """

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value:
            return value
        try:
            return decrypt(value)
        except ValueError as error:
            logger.warning("%s: %s", self, error)
            return ""
