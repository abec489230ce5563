"""`manage.py api_token USER`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.api.conftest import Cast


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("api_token", *arguments, stdout=out)
    return out.getvalue().strip()


def test_token_stays_until_it_is_renewed(cast: Cast) -> None:
    first = printed("ALICE@example.com")
    assert printed("alice@example.com") == first
    renewed = printed("alice@example.com", "--renew")
    answers = [
        Client().get("/api/v1/tickets/", headers={"Authorization": f"Token {token}"}).status_code
        for token in (first, renewed)
    ]
    assert answers == [401, 200]


def test_nobody_has_no_token(cast: Cast) -> None:
    with pytest.raises(CommandError, match="Nobody who may sign in has the address"):
        printed("nobody@example.com")
