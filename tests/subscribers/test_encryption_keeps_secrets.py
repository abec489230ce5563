"""Secrets are unreadable in the database, and outlive a change of `SECRET_KEY`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.encryption import EncryptedTextField, decrypt, encrypt


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_encrypted_text_reads_as_it_was(text):
    assert decrypt(encrypt(text)) == text


def test_encrypted_text_hides_what_it_says():
    assert "hunter2" not in encrypt("hunter2")
    assert encrypt("hunter2") != encrypt("hunter2")


def test_former_key_still_reads(settings):
    token = encrypt("hunter2")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-key-of-the-store-that-is-long-enough-0123456789"
    assert decrypt(token) == "hunter2"


def test_lost_key_is_told(settings):
    token = encrypt("hunter2")
    settings.SECRET_KEY = "a-new-key-of-the-store-that-is-long-enough-0123456789"
    with pytest.raises(ValueError, match="encrypted with a key"):
        decrypt(token)
    assert EncryptedTextField().from_db_value(token, None, None) == ""


def test_field_keeps_nothing_as_nothing():
    field = EncryptedTextField()
    assert field.get_prep_value("") == ""
    assert field.from_db_value(field.get_prep_value("hunter2"), None, None) == "hunter2"
