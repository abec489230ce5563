"""`api_token` prints a person's token, the same each time."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from rest_framework.authtoken.models import Token

from helpdesk.models import User

pytestmark = pytest.mark.django_db


def printed(address: str) -> str:
    out = io.StringIO()
    call_command("api_token", address, stdout=out)
    return out.getvalue().strip()


def test_the_same_token_each_time():
    user = User.objects.create_user("alice@demo.example", "demo", name="Alice")
    first = printed("Alice@demo.example")
    assert printed("alice@demo.example") == first == Token.objects.get(user=user).key


def test_an_unknown_user_is_named():
    with pytest.raises(CommandError, match=r"no user with the address 'bob@demo\.example'"):
        printed("bob@demo.example")
    assert Token.objects.count() == 0


def test_a_user_who_may_not_sign_in_gets_none():
    User.objects.create_user("alice@demo.example", "demo", name="Alice", is_active=False)
    with pytest.raises(CommandError, match="switched off"):
        printed("alice@demo.example")
